//! The motion of a moment between two pictures: where each of its samples comes from, in either of them.

/// For each sample of a moment between `a` and `b`, at the flow's resolution, its way to its like in both, and the
/// share of `b`.
pub(super) struct Between {
    pub(super) width_px: usize,
    pub(super) height_px: usize,
    /// dx to `a`, dy to `a`, dx to `b`, dy to `b`, share of `b` in 0..=1.
    pub(super) planes: [Vec<f32>; 5],
}

impl Between {
    /// The same for a plane of half the sides.
    pub(super) fn halved(&self) -> Self {
        let (width_px, height_px) = (self.width_px.div_ceil(2), self.height_px.div_ceil(2));
        let halved = |plane: &Vec<f32>, scale: f32| {
            let at = |x: usize, y: usize| plane[y.min(self.height_px - 1) * self.width_px + x.min(self.width_px - 1)];
            let mean = |index: usize| {
                let (x, y) = (2 * (index % width_px), 2 * (index / width_px));
                (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) * scale
            };
            (0..width_px * height_px).map(mean).collect()
        };
        let [a_dx, a_dy, b_dx, b_dy, share] = &self.planes;
        let planes =
            [halved(a_dx, 0.125), halved(a_dy, 0.125), halved(b_dx, 0.125), halved(b_dy, 0.125), halved(share, 0.25)];
        Self { width_px, height_px, planes }
    }
}
