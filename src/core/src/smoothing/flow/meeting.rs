//! Both flows of a pair brought together: what moves how at a moment between, and which picture shows it.

use super::{between::Between, field::FlowField, splat::Splat};

/// Mismatch of the ways there and back, in the flow's samples, at which a sample's flow counts half.
const DOUBTFUL_PX: f32 = 1.0;
/// Mismatch, in the flow's samples, that says nothing of what covers what.
const TOLERATED_PX: f32 = 1.0;
/// How quickly trust falls beyond that. On real footage the mean of the two is as near to the truth on average (PSNR
/// within 0.03 dB); what this saves is the ghost of what is covered.
const DISTRUST: f32 = 0.2;
/// The share that a picture keeps of what lies outside it.
const OUTSIDE: f32 = 0.05;
/// Less gathered weight than this leaves a sample to the flow of its own place.
const THIN: f32 = 0.1;

/// The flows between two pictures, each held against the other.
pub(super) struct Meeting<'a> {
    forward: &'a FlowField,
    backward: &'a FlowField,
    /// How far the way there and back ends from where it began, for the samples of either picture.
    mismatch: [Vec<f32>; 2],
}

impl<'a> Meeting<'a> {
    pub(super) fn new(forward: &'a FlowField, backward: &'a FlowField) -> Self {
        Self { forward, backward, mismatch: [mismatch(forward, backward), mismatch(backward, forward)] }
    }

    /// The motion of the moment `t` (0 is `a`, 1 is `b`).
    ///
    /// Both flows are carried to the moment, where those that agree on the way back count most (0.1 dB above the flow
    /// of the same place, on real footage). Where nothing arrives, that one stands in. Samples of one picture that the
    /// other does not show, because something covers them or because they lie outside, are fetched from that picture.
    pub(super) fn at(&self, t: f32) -> Between {
        let (forward, backward) = (self.forward, self.backward);
        let count = forward.dx.len();
        let mut carried = Splat::new(count);
        let trust = |mismatch: &[f32], share: f32| -> Vec<f32> {
            let weigh = |off_px: &f32| share * DOUBTFUL_PX / (DOUBTFUL_PX + off_px * off_px);
            mismatch.iter().map(weigh).collect()
        };
        carried.carry(forward, &trust(&self.mismatch[0], 1.0 - t), t, 1.0);
        carried.carry(backward, &trust(&self.mismatch[1], t), 1.0 - t, -1.0);
        let mut planes = [(); 5].map(|()| Vec::with_capacity(count));
        for index in 0..count {
            for (plane, value) in planes.iter_mut().zip(self.sample(&carried, index, t)) {
                plane.push(value);
            }
        }
        Between { width_px: forward.width_px, height_px: forward.height_px, planes }
    }

    /// The ways of one sample to `a` and `b`, and the share of `b`.
    fn sample(&self, carried: &Splat, index: usize, t: f32) -> [f32; 5] {
        let (forward, backward) = (self.forward, self.backward);
        let weight = carried.weight[index];
        let (keep, scale) = ((weight / THIN).min(1.0), 1.0 / weight.max(1e-6));
        let (dx, dy) = (carried.dx[index] * scale, carried.dy[index] * scale);
        let mixed = |carried: f32, own: f32| carried + (1.0 - keep) * (own - carried);
        let to_a = (mixed(-t * dx, t * backward.dx[index]), mixed(-t * dy, t * backward.dy[index]));
        let rest = 1.0 - t;
        let to_b = (mixed(rest * dx, rest * forward.dx[index]), mixed(rest * dy, rest * forward.dy[index]));
        let ((a_trust, a_inside), (b_trust, b_inside)) = (self.look(0, index, to_a), self.look(1, index, to_b));
        // What one picture has and the other has not is seen in the mismatch of the one that has it.
        let (a, b) = (rest * b_trust * a_inside, t * a_trust * b_inside);
        [to_a.0, to_a.1, to_b.0, to_b.1, b / (a + b)]
    }

    /// How far the other picture is to be trusted with what this one shows where a sample is fetched, and how far
    /// this one is: less outside of it.
    fn look(&self, picture: usize, index: usize, (dx, dy): (f32, f32)) -> (f32, f32) {
        let (width_px, height_px) = (self.forward.width_px, self.forward.height_px);
        let nearest = |position: usize, way: f32, side: usize| {
            let at = position as f32 + way + 0.5;
            (at.max(0.0).min((side - 1) as f32) as usize, at >= -0.5 && at <= side as f32 + 0.5)
        };
        let (x, x_inside) = nearest(index % width_px, dx, width_px);
        let (y, y_inside) = nearest(index / width_px, dy, height_px);
        let inside = if x_inside && y_inside { 1.0 } else { OUTSIDE };
        (seen(self.mismatch[picture][y * width_px + x]), inside)
    }
}

/// How far the other picture is to be trusted with what mismatches by this much here.
fn seen(mismatch_px: f32) -> f32 {
    let beyond = (mismatch_px - TOLERATED_PX).max(0.0);
    1.0 / (1.0 + DISTRUST * beyond * beyond)
}

fn mismatch(there: &FlowField, back: &FlowField) -> Vec<f32> {
    let ways = there.dx.iter().zip(&there.dy).enumerate();
    let off = |(index, (dx, dy)): (usize, (&f32, &f32))| {
        let (x_px, y_px) = ((index % there.width_px) as f32, (index / there.width_px) as f32);
        let (back_dx, back_dy) = back.sample(x_px + dx, y_px + dy);
        (dx + back_dx).hypot(dy + back_dy)
    };
    ways.map(off).collect()
}
