//! The camera: where it stands at each moment, and how a plane at a depth appears to it.

use super::chance::noise1;

/// A 2-D affine map: `x' = a x + b y + c`, `y' = d x + e y + f`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Affine {
    pub(super) a: f32,
    pub(super) b: f32,
    pub(super) c: f32,
    pub(super) d: f32,
    pub(super) e: f32,
    pub(super) f: f32,
}

impl Affine {
    pub(super) const IDENTITY: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 0.0, e: 1.0, f: 0.0 };

    /// First `inner`, then this.
    pub(super) fn after(self, inner: Self) -> Self {
        Self {
            a: self.a * inner.a + self.b * inner.d,
            b: self.a * inner.b + self.b * inner.e,
            c: self.a * inner.c + self.b * inner.f + self.c,
            d: self.d * inner.a + self.e * inner.d,
            e: self.d * inner.b + self.e * inner.e,
            f: self.d * inner.c + self.e * inner.f + self.f,
        }
    }

    /// The map back. Maps that flatten everything give the identity.
    pub(super) fn inverse(self) -> Self {
        let det = self.a * self.e - self.b * self.d;
        if det.abs() < 1e-9 {
            return Self::IDENTITY;
        }
        let (a, b, d, e) = (self.e / det, -self.b / det, -self.d / det, self.a / det);
        Self { a, b, c: -(a * self.c + b * self.f), d, e, f: -(d * self.c + e * self.f) }
    }

    pub(super) fn apply(self, x: f32, y: f32) -> (f32, f32) {
        (self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f)
    }
}

/// Where the camera is, in frame units at the figures' plane (depth 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CameraState {
    /// Sideways, positive to the right.
    pub(super) truck: f32,
    /// Up and down, positive downwards.
    pub(super) pedestal: f32,
    /// Towards the picture.
    pub(super) dolly: f32,
    /// Turn of the head: shift of the whole picture, positive looks right.
    pub(super) pan: f32,
    /// Positive looks down.
    pub(super) tilt: f32,
    /// Lens, 1 is the shot's own framing.
    pub(super) zoom: f32,
    pub(super) roll_radians: f32,
}

impl CameraState {
    pub(super) const REST: Self =
        Self { truck: 0.0, pedestal: 0.0, dolly: 0.0, pan: 0.0, tilt: 0.0, zoom: 1.0, roll_radians: 0.0 };

    /// How a plane at a depth (1 is the figures, larger is farther) maps onto the frame.
    pub(super) fn view(&self, depth: f32) -> Affine {
        let away = (depth - self.dolly).max(depth * 0.12);
        let scale = self.zoom * depth / away;
        // A turn shifts near and far alike; a hair more for the far planes keeps the planes apart as lenses do.
        let shift_x = -self.zoom * (self.truck / away + self.pan);
        let shift_y = -self.zoom * (self.pedestal / away + self.tilt);
        let (sin, cos) = self.roll_radians.sin_cos();
        Affine { a: cos, b: -sin, c: 0.0, d: sin, e: cos, f: 0.0 }.after(Affine {
            a: scale,
            b: 0.0,
            c: shift_x,
            d: 0.0,
            e: scale,
            f: shift_y,
        })
    }
}

/// The way a shot moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Move {
    Static,
    PanLeft,
    PanRight,
    TiltUp,
    TiltDown,
    ZoomIn,
    ZoomOut,
    DollyIn,
    DollyOut,
    TruckLeft,
    TruckRight,
    CraneUp,
    CraneDown,
    OrbitLeft,
    OrbitRight,
    Handheld,
}

/// A shot's camera from its first frame to its last.
#[derive(Debug, Clone)]
pub(super) struct CameraPath {
    pub(super) moves: Vec<Move>,
    /// How far the moves go, 1 is usual.
    pub(super) reach: f32,
    pub(super) duration_secs: f32,
    pub(super) seed: u32,
}

impl CameraPath {
    /// The camera at a share of the shot (0 first frame, 1 last frame).
    pub(super) fn at(&self, share: f32) -> CameraState {
        let share = share.clamp(0.0, 1.0);
        // Eased at both ends, steady between: the start and the stop of a fluid head.
        let eased = {
            let smooth = share * share * (3.0 - 2.0 * share);
            share * 0.35 + smooth * 0.65
        };
        let from_middle = eased - 0.5;
        let secs = share * self.duration_secs;
        let mut state = CameraState::REST;
        let reach = self.reach;
        for step in &self.moves {
            match step {
                Move::Static => {}
                Move::PanLeft => state.pan -= 0.46 * from_middle * reach,
                Move::PanRight => state.pan += 0.46 * from_middle * reach,
                Move::TiltUp => state.tilt -= 0.30 * from_middle * reach,
                Move::TiltDown => state.tilt += 0.30 * from_middle * reach,
                Move::ZoomIn => state.zoom *= (0.42 * reach * eased).exp(),
                Move::ZoomOut => state.zoom *= (0.42 * reach * (1.0 - eased)).exp(),
                Move::DollyIn => state.dolly += (0.27 * eased - 0.02) * reach.min(1.6),
                Move::DollyOut => state.dolly += (0.27 * (1.0 - eased) - 0.02) * reach.min(1.6),
                Move::TruckLeft => state.truck -= 0.44 * from_middle * reach,
                Move::TruckRight => state.truck += 0.44 * from_middle * reach,
                Move::CraneUp => {
                    state.pedestal -= 0.36 * from_middle * reach;
                    state.tilt += 0.02 * from_middle * reach;
                }
                Move::CraneDown => {
                    state.pedestal += 0.36 * from_middle * reach;
                    state.tilt -= 0.02 * from_middle * reach;
                }
                // Around the figures: the camera goes one way and looks back, so the near plane stays and the far swings.
                Move::OrbitLeft => {
                    state.truck -= 0.62 * from_middle * reach;
                    state.pan += 0.62 * from_middle * reach;
                }
                Move::OrbitRight => {
                    state.truck += 0.62 * from_middle * reach;
                    state.pan -= 0.62 * from_middle * reach;
                }
                Move::Handheld => {
                    let wander = |speed: f32, salt: u32| {
                        noise1(secs * speed, self.seed ^ salt) + 0.35 * noise1(secs * speed * 2.7, self.seed ^ salt ^ 9)
                    };
                    state.pan += 0.016 * wander(1.1, 11);
                    state.tilt += 0.013 * wander(1.3, 23);
                    state.roll_radians += 0.008 * wander(0.8, 37);
                    state.truck += 0.02 * wander(0.5, 51);
                    state.dolly += 0.012 * wander(0.4, 63);
                }
            }
        }
        state
    }

    /// The parts of a plane at a depth that come into view during the shot, with room for sway.
    pub(super) fn reach_of(&self, depth: f32, half_width: f32, half_height: f32) -> super::canvas::Area {
        let mut area = super::canvas::Area { left: -0.01, top: -0.01, right: 0.01, bottom: 0.01 };
        let steps = if self.moves.contains(&Move::Handheld) { 160 } else { 24 };
        for step in 0..=steps {
            let back = self.at(step as f32 / steps as f32).view(depth).inverse();
            for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
                let (x, y) = back.apply(x * half_width, y * half_height);
                area.left = area.left.min(x);
                area.right = area.right.max(x);
                area.top = area.top.min(y);
                area.bottom = area.bottom.max(y);
            }
        }
        area.grow(0.03)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(step: Move) -> CameraPath {
        CameraPath { moves: vec![step], reach: 1.0, duration_secs: 5.0, seed: 3 }
    }

    #[test]
    fn a_dolly_moves_the_near_more_than_the_far_and_a_zoom_moves_them_alike() {
        let growth = |step, depth| path(step).at(1.0).view(depth).a / path(step).at(0.0).view(depth).a;
        assert!(growth(Move::DollyIn, 1.0) > growth(Move::DollyIn, 3.0) + 0.1);
        assert!(growth(Move::DollyIn, 3.0) > 1.0);
        assert!(growth(Move::DollyOut, 1.0) < 1.0);
        assert!((growth(Move::ZoomIn, 1.0) - growth(Move::ZoomIn, 9.0)).abs() < 1e-4);
    }

    #[test]
    fn an_orbit_holds_the_figures_and_swings_the_background() {
        let shift = |depth| path(Move::OrbitRight).at(1.0).view(depth).c - path(Move::OrbitRight).at(0.0).view(depth).c;
        assert!(shift(1.0).abs() < 1e-4);
        assert!(shift(4.0) > 0.2);
    }

    #[test]
    fn affine_maps_undo_themselves() {
        let map = CameraState { roll_radians: 0.2, zoom: 1.3, truck: 0.4, ..CameraState::REST }.view(2.0);
        let (x, y) = map.inverse().apply(map.apply(0.3, -0.2).0, map.apply(0.3, -0.2).1);
        assert!((x - 0.3).abs() < 1e-5 && (y + 0.2).abs() < 1e-5);
    }
}
