//! What is drawn in one go, as plain numbers.

use super::sounds::Level;
use bevy_egui::egui::{Color32, Rect, Rgba};
use kinora_core::{
    preview::{BUCKET_SAMPLES, Peaks},
    time::SAMPLE_RATE_HZ,
};

/// Pictures and sounds of one place of the window.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Batch {
    pub(super) tiles: Vec<Tile>,
    pub(super) waves: Vec<Wave>,
}

/// A small picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tile {
    /// Where the whole of it would lie, in points.
    pub(super) rect: Rect,
    /// What it is cut to.
    pub(super) frame: Rect,
    /// Radius of the frame's lower corners, in points.
    pub(super) radius: f32,
    /// Width of the dark line at its right, in points.
    pub(super) line: f32,
    /// Its number in the atlas.
    pub(super) slot: u32,
}

/// The shape of a stretch of a sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wave {
    /// Where it lies, in points.
    pub(super) rect: Rect,
    pub(super) colour: Color32,
    /// The level's buckets.
    pub(super) level: Level,
    /// The bucket from which columns are counted.
    pub(super) base: u32,
    /// Where the first column begins within it, in buckets of the level.
    pub(super) first: f32,
    /// Buckets of the level a column.
    pub(super) per_column: f32,
    /// The part of the first column that lies left of the rectangle, 0 to 1.
    pub(super) cut: f32,
}

impl Wave {
    /// The stretch from `start_secs` on, at so many seconds a point. Columns are a pixel wide and begin at the same moments
    /// of the sound wherever it is scrolled to, so that a shape moves without flicker.
    pub(super) fn new(
        peaks: &Peaks,
        levels: &[Level],
        (rect, colour): (Rect, Color32),
        start_secs: f64,
        secs_per_px: f64,
    ) -> Option<Self> {
        let per_sec = f64::from(SAMPLE_RATE_HZ) / BUCKET_SAMPLES as f64;
        let finest_per_column = secs_per_px * per_sec;
        if !(finest_per_column > 0.0 && start_secs.is_finite()) {
            return None;
        }
        let number = peaks.level_for(finest_per_column);
        let scale = 4_f64.powi(number as i32);
        let per_column = finest_per_column / scale;
        let start = (start_secs * per_sec / scale).max(0.0);
        let columns = (start / per_column).floor();
        let first = columns * per_column;
        Some(Self {
            rect,
            colour,
            level: *levels.get(number)?,
            base: first.floor() as u32,
            first: first.fract() as f32,
            per_column: per_column as f32,
            cut: (start / per_column - columns) as f32,
        })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        write(out, &corners(self.rect));
        write(out, &Rgba::from(self.colour).to_array());
        for value in [self.level.start, self.level.count, self.base, 0] {
            out.extend(value.to_ne_bytes());
        }
        write(out, &[self.first, self.per_column, self.cut, 0.0]);
    }
}

impl Tile {
    /// `slot` is the picture's number in its page.
    pub(super) fn write(&self, slot: u32, out: &mut Vec<u8>) {
        write(out, &corners(self.rect));
        write(out, &corners(self.frame));
        write(out, &[self.radius, self.line]);
        out.extend(slot.to_ne_bytes());
    }
}

impl Batch {
    pub(super) const fn is_empty(&self) -> bool {
        self.tiles.is_empty() && self.waves.is_empty()
    }
}

const fn corners(rect: Rect) -> [f32; 4] {
    [rect.min.x, rect.min.y, rect.max.x, rect.max.y]
}

fn write(out: &mut Vec<u8>, values: &[f32]) {
    out.extend(values.iter().flat_map(|value| value.to_ne_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy_egui::egui::pos2;
    use kinora_core::preview::PeaksBuilder;

    fn peaks(secs: u32) -> Peaks {
        let mut builder = PeaksBuilder::new(SAMPLE_RATE_HZ);
        (0..SAMPLE_RATE_HZ * secs).for_each(|sample| builder.push((sample % 100) as f32 / 100.0));
        builder.finish()
    }

    #[test]
    fn a_column_touches_few_buckets_at_any_zoom_and_time_stays_in_its_column() {
        let peaks = peaks(120);
        let levels: Vec<_> = peaks.levels().map(|level| Level { start: 0, count: level.len() as u32 }).collect();
        let look = (Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 20.0)), Color32::WHITE);
        for power in -12..8 {
            let secs_per_px = 2_f64.powi(power) / 100.0;
            for start_secs in [0.0, 0.3, 7.77, 63.21] {
                let wave = Wave::new(&peaks, &levels, look, start_secs, secs_per_px).unwrap();
                assert!(wave.per_column < 4.0, "{wave:?}");
                assert!(wave.per_column >= 1.0 || wave.level == levels[0], "{wave:?}");
                assert!((0.0..=1.0).contains(&wave.cut));
                // The left border of the rectangle is the moment that was asked for.
                let scale = 4_f64.powi(levels.iter().position(|level| *level == wave.level).unwrap() as i32);
                let bucket = f64::from(wave.base) + f64::from(wave.first) + f64::from(wave.cut * wave.per_column);
                let off_px = (bucket * scale / 187.5 - start_secs).abs() / secs_per_px;
                assert!(off_px < 0.01, "{start_secs} s: off by {off_px} px");
            }
            // Scrolled by a quarter of a pixel, the same column is asked for.
            let [left, right] = [10.0, 10.0 + secs_per_px / 4.0]
                .map(|start| Wave::new(&peaks, &levels, look, start, secs_per_px).unwrap());
            let moved = f64::from(right.base - left.base) + f64::from(right.first - left.first);
            let columns = moved / f64::from(left.per_column);
            assert!((columns - columns.round()).abs() < 1e-2, "{left:?} {right:?}");
        }
        assert!(Wave::new(&peaks, &levels, look, f64::NAN, 0.1).is_none());
        assert!(Wave::new(&peaks, &levels, look, 1.0, 0.0).is_none());
        assert!(Wave::new(&peaks, &[], look, 1.0, 1.0).is_none());
    }

    #[test]
    fn instances_are_as_long_as_the_shaders_read_them() {
        let rect = Rect::from_min_max(pos2(1.0, 2.0), pos2(3.0, 4.0));
        let mut bytes = Vec::new();
        Tile { rect, frame: rect, radius: 5.0, line: 6.0, slot: 9 }.write(7, &mut bytes);
        assert_eq!(bytes.len(), 44);
        assert_eq!(bytes[40..], 7_u32.to_ne_bytes());
        bytes.clear();
        let peaks = peaks(1);
        let levels = [Level { start: 3, count: 188 }];
        Wave::new(&peaks, &levels, (rect, Color32::WHITE), 0.0, 1.0 / 187.5).unwrap().write(&mut bytes);
        assert_eq!(bytes.len(), 64);
    }
}
