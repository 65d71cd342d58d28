//! The motion of a moment between two pictures: where each of its samples comes from, in either of them.

use super::field::FlowField;

/// For each sample of a moment between `a` and `b`, at the flow's resolution, its way to its like in both and the
/// share of `b`: dx and dy to `a`, dx and dy to `b`, share, and padding.
pub(super) struct Between {
    pub(super) width_px: usize,
    pub(super) height_px: usize,
    pub(super) ways: Vec<[f32; 8]>,
}

impl Between {
    /// The moment `t` (0 is `a`, 1 is `b`).
    pub(super) fn new(forward: &FlowField, backward: &FlowField, t: f32) -> Self {
        let ways = (0..forward.dx.len())
            .map(|i| {
                [
                    backward.dx[i] * t,
                    backward.dy[i] * t,
                    forward.dx[i] * (1.0 - t),
                    forward.dy[i] * (1.0 - t),
                    t,
                    0.0,
                    0.0,
                    0.0,
                ]
            })
            .collect();
        Self { width_px: forward.width_px, height_px: forward.height_px, ways }
    }
}
