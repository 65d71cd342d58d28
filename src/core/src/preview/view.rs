//! How a picture lies in the room of a monitor: fitted, or enlarged and moved. Lengths are physical pixels.

/// How large a picture is shown.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Zoom {
    /// As large as the room allows, wholly seen.
    #[default]
    Fit,
    /// Screen pixels for each pixel of the film; 1 is 100 %.
    Times(f32),
}

/// What part of a picture is seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MonitorView {
    /// How large.
    pub zoom: Zoom,
    /// The point of the film in the middle of the room, as shares of width and height off its centre.
    pub center: [f32; 2],
}

/// An area that matters on screens that cut edges off, as a share of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SafeArea {
    /// What happens stays inside: 93 percent.
    Action,
    /// Words stay inside: 90 percent.
    Title,
}

/// Largest and smallest enlargement.
const LIMITS: (f32, f32) = (0.05, 32.0);

impl SafeArea {
    /// Its share of width and height (EBU R 95, SMPTE ST 2046-1).
    #[must_use]
    pub const fn share(self) -> f32 {
        match self {
            Self::Action => 0.93,
            Self::Title => 0.90,
        }
    }
}

impl MonitorView {
    /// Screen pixels for each pixel of a film in a room.
    #[must_use]
    pub fn scale(&self, film_px: [u32; 2], room_px: [f32; 2]) -> f32 {
        match self.zoom {
            Zoom::Fit => {
                let [across, down] = [0, 1].map(|axis| room_px[axis] / film_px[axis].max(1) as f32);
                across.min(down).max(f32::MIN_POSITIVE)
            }
            Zoom::Times(times) => times,
        }
    }

    /// Where the film's picture lies in a room: its upper left corner from the room's, and its size. Fitted pictures
    /// start on whole pixels.
    #[must_use]
    pub fn place(&self, film_px: [u32; 2], room_px: [f32; 2]) -> ([f32; 2], [f32; 2]) {
        let scale = self.scale(film_px, room_px);
        let center = if self.zoom == Zoom::Fit { [0.0; 2] } else { self.center };
        let size = film_px.map(|side| side as f32 * scale);
        let corner = [0, 1].map(|axis| (room_px[axis] / 2.0 - size[axis] * (0.5 + center[axis])).round());
        (corner, size)
    }

    /// Enlarges or shrinks about a point of the room: what lies under it stays there.
    #[must_use]
    pub fn zoomed_about(self, point_px: [f32; 2], by: f32, film_px: [u32; 2], room_px: [f32; 2]) -> Self {
        let old = self.scale(film_px, room_px);
        let times = (old * by).clamp(LIMITS.0, LIMITS.1);
        let center = if self.zoom == Zoom::Fit { [0.0; 2] } else { self.center };
        let center = [0, 1].map(|axis| {
            let from_middle = point_px[axis] - room_px[axis] / 2.0;
            let side = film_px[axis].max(1) as f32;
            center[axis] + from_middle / side * (1.0 / old - 1.0 / times)
        });
        Self { zoom: Zoom::Times(times), center }.within()
    }

    /// Moves the picture by pixels of the screen.
    #[must_use]
    pub fn moved(self, by_px: [f32; 2], film_px: [u32; 2]) -> Self {
        let Zoom::Times(times) = self.zoom else { return self };
        let center = [0, 1].map(|axis| self.center[axis] - by_px[axis] / (film_px[axis].max(1) as f32 * times));
        Self { center, ..self }.within()
    }

    /// The middle of the room never leaves the picture.
    fn within(self) -> Self {
        Self { center: self.center.map(|share| share.clamp(-0.5, 0.5)), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILM: [u32; 2] = [1920, 1080];

    #[test]
    fn a_fitted_picture_is_wholly_seen_in_the_middle() {
        let view = MonitorView::default();
        for (room, corner, size) in [
            ([960.0, 540.0], [0.0, 0.0], [960.0, 540.0]),
            ([960.0, 740.0], [0.0, 100.0], [960.0, 540.0]),
            ([1160.0, 540.0], [100.0, 0.0], [960.0, 540.0]),
        ] {
            assert_eq!(view.place(FILM, room), (corner, size), "{room:?}");
        }
        let whole = MonitorView { zoom: Zoom::Times(1.0), ..view };
        assert_eq!(whole.place(FILM, [960.0, 540.0]), ([-480.0, -270.0], [1920.0, 1080.0]));
    }

    proptest! {
        #[test]
        fn the_point_under_the_pointer_stays_when_zooming(
            x in 0.0_f32..1.0, y in 0.0_f32..1.0, by in 0.5_f32..3.0, start in 0.3_f32..3.0,
        ) {
            let room = [1280.0, 720.0];
            let view = MonitorView { zoom: Zoom::Times(start), center: [0.05, -0.1] };
            let (corner, size) = view.place(FILM, room);
            let point = [0, 1].map(|axis| corner[axis] + [x, y][axis] * size[axis]);
            let zoomed = view.zoomed_about(point, by, FILM, room);
            // A picture that had to be held in the room may move.
            prop_assume!(zoomed.center.iter().all(|share| share.abs() < 0.5));
            let (corner, size) = zoomed.place(FILM, room);
            for axis in 0..2 {
                let now = corner[axis] + [x, y][axis] * size[axis];
                // A corner lies on whole pixels.
                prop_assert!((now - point[axis]).abs() <= 2.0, "{} {}", now, point[axis]);
            }
        }

        #[test]
        fn a_picture_moves_with_the_hand_and_never_out_of_sight(
            moves in prop::collection::vec((-400.0_f32..400.0, -400.0_f32..400.0), 1..30), times in 0.1_f32..8.0,
        ) {
            let room = [800.0, 600.0];
            let mut view = MonitorView { zoom: Zoom::Times(times), ..MonitorView::default() };
            for (across, down) in moves {
                let before = view.place(FILM, room).0;
                view = view.moved([across, down], FILM);
                let (corner, size) = view.place(FILM, room);
                for axis in 0..2 {
                    prop_assert!(corner[axis] <= room[axis] / 2.0 + 1.0);
                    prop_assert!(corner[axis] + size[axis] >= room[axis] / 2.0 - 1.0);
                    if view.center[axis].abs() < 0.5 {
                        prop_assert!((corner[axis] - before[axis] - [across, down][axis]).abs() <= 2.0);
                    }
                }
            }
        }
    }
}
