//! The shape of a sound: least and greatest sample of every stretch, in ever coarser levels.

use crate::time::SAMPLE_RATE_HZ;
use std::ops::Range;

/// Samples at 48 kHz in a bucket of the finest level.
pub const BUCKET_SAMPLES: u64 = 256;
/// Buckets of one level in a bucket of the next.
const STEP: usize = 4;

/// Least and greatest sample of a bucket; full scale is ±32,767.
pub(super) type Bucket = [i16; 2];

/// A sound's peaks, its channels mixed to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peaks {
    length_samples: u64,
    levels: Vec<Vec<Bucket>>,
}

impl Peaks {
    pub(super) fn from_finest(length_samples: u64, finest: Vec<Bucket>) -> Self {
        let mut levels = vec![finest];
        while let Some(finer) = levels.last().filter(|level| level.len() > STEP) {
            let coarser = finer.chunks(STEP).map(joined).collect();
            levels.push(coarser);
        }
        Self { length_samples, levels }
    }

    /// Length of the sound in samples at 48 kHz.
    #[must_use]
    pub const fn length_samples(&self) -> u64 {
        self.length_samples
    }

    /// Bytes of memory.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.levels.iter().map(|level| level.len() * size_of::<Bucket>()).sum()
    }

    /// Buckets of each level as least and greatest sample, the finest first; a bucket of a level is four of the one
    /// before. A renderer keeps them as they are.
    pub fn levels(&self) -> impl ExactSizeIterator<Item = &[[i16; 2]]> {
        self.levels.iter().map(Vec::as_slice)
    }

    /// The coarsest level of which a column that is `finest_buckets` of the finest level wide still holds a whole bucket.
    #[must_use]
    pub fn level_for(&self, finest_buckets: f64) -> usize {
        let (mut level, mut width) = (0, STEP as f64);
        while level + 1 < self.levels.len() && width <= finest_buckets {
            (level, width) = (level + 1, width * STEP as f64);
        }
        level
    }

    pub(super) fn finest(&self) -> &[Bucket] {
        &self.levels[0]
    }

    /// Least and greatest sample of each of `columns` equal parts of a stretch of time, -1 to 1.
    ///
    /// A column holds every bucket that it touches, so no peak is lost at any zoom; outside the sound it is (0, 0).
    #[must_use]
    pub fn range(&self, start_secs: f64, end_secs: f64, columns: usize) -> Vec<(f32, f32)> {
        let per_sec = f64::from(SAMPLE_RATE_HZ) / BUCKET_SAMPLES as f64;
        let (start, width) = (start_secs * per_sec, (end_secs - start_secs) * per_sec / columns.max(1) as f64);
        let count = self.finest().len();
        (0..columns)
            .map(|column| {
                let (from, to) = (start + width * column as f64, start + width * (column + 1) as f64);
                if !(from < to && to > 0.0 && from < count as f64) {
                    return (0.0, 0.0);
                }
                let [least, greatest] =
                    self.least_and_greatest(from.max(0.0) as usize..(to.ceil() as usize).min(count));
                (f32::from(least) / 32_767.0, f32::from(greatest) / 32_767.0)
            })
            .collect()
    }

    /// Over buckets of the finest level: whole coarser buckets where they fit, single ones at the ends.
    fn least_and_greatest(&self, buckets: Range<usize>) -> Bucket {
        let (mut from, mut to) = (buckets.start, buckets.end);
        let mut found: Option<Bucket> = None;
        let mut add = |bucket: &Bucket| found = Some(found.map_or(*bucket, |sum| joined(&[sum, *bucket])));
        for (index, level) in self.levels.iter().enumerate() {
            let is_last = index + 1 == self.levels.len();
            while from < to && (is_last || !from.is_multiple_of(STEP)) {
                add(&level[from]);
                from += 1;
            }
            while from < to && !to.is_multiple_of(STEP) {
                to -= 1;
                add(&level[to]);
            }
            (from, to) = (from / STEP, to / STEP);
        }
        found.unwrap_or_default()
    }
}

fn joined(buckets: &[Bucket]) -> Bucket {
    let least = buckets.iter().map(|bucket| bucket[0]).min().unwrap_or(0);
    [least, buckets.iter().map(|bucket| bucket[1]).max().unwrap_or(0)]
}

/// Builds [`Peaks`] from samples as they come, at any rate.
#[derive(Debug)]
pub struct PeaksBuilder {
    rate_hz: u64,
    samples: u64,
    finest: Vec<Bucket>,
}

impl PeaksBuilder {
    /// For sound of a rate in samples a second, at least 1.
    #[must_use]
    pub fn new(rate_hz: u32) -> Self {
        Self { rate_hz: u64::from(rate_hz.max(1)), samples: 0, finest: Vec::new() }
    }

    /// Adds the next sample, -1 to 1; what is beyond is cut off, what is no number is silence.
    pub fn push(&mut self, sample: f32) {
        let value = if sample.is_nan() { 0.0 } else { sample.clamp(-1.0, 1.0) };
        let value = (value * 32_767.0).round() as i16;
        let place = self.samples as u128 * u128::from(SAMPLE_RATE_HZ) / u128::from(self.rate_hz * BUCKET_SAMPLES);
        self.samples += 1;
        // Where samples lie further apart than buckets, a sample fills those since the last.
        while self.finest.len() as u128 <= place {
            self.finest.push([value, value]);
        }
        if let Some(bucket) = self.finest.last_mut() {
            *bucket = [bucket[0].min(value), bucket[1].max(value)];
        }
    }

    /// The peaks of what was added.
    #[must_use]
    pub fn finish(self) -> Peaks {
        let length = u128::from(self.samples) * u128::from(SAMPLE_RATE_HZ) / u128::from(self.rate_hz);
        Peaks::from_finest(u64::try_from(length).unwrap_or(u64::MAX), self.finest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn peaks_of(samples: &[f32]) -> Peaks {
        let mut builder = PeaksBuilder::new(SAMPLE_RATE_HZ);
        samples.iter().for_each(|sample| builder.push(*sample));
        builder.finish()
    }

    proptest! {
        /// The law: a column is the least and greatest sample of the whole buckets that it touches.
        #[test]
        fn a_column_holds_every_sample_it_touches(
            samples in prop::collection::vec(-1.2_f32..1.2, 0..40_000),
            start in -0.2_f64..1.0,
            length in 0.0_f64..1.0,
            columns in 0_usize..40,
        ) {
            let peaks = peaks_of(&samples);
            prop_assert_eq!(peaks.length_samples(), samples.len() as u64);
            let found = peaks.range(start, start + length, columns);
            prop_assert_eq!(found.len(), columns);
            let quantised = |sample: f32| (sample.clamp(-1.0, 1.0) * 32_767.0).round() / 32_767.0;
            let per_sec = 48_000.0 / 256.0;
            for (column, (least, greatest)) in found.into_iter().enumerate() {
                let width = (start + length - start) * per_sec / columns as f64;
                let (from, to) = (start * per_sec + width * column as f64, start * per_sec + width * (column + 1) as f64);
                let touched = samples.iter().enumerate().filter(|(index, _)| {
                    let bucket = (index / 256) as f64;
                    from < to && bucket < to && bucket + 1.0 > from
                });
                let values: Vec<f32> = touched.map(|(_, sample)| quantised(*sample)).collect();
                let least_true = values.iter().copied().fold(f32::INFINITY, f32::min);
                let greatest_true = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                if values.is_empty() {
                    prop_assert_eq!((least, greatest), (0.0, 0.0));
                } else {
                    prop_assert!((least - least_true).abs() < 1e-6, "{} {}", least, least_true);
                    prop_assert!((greatest - greatest_true).abs() < 1e-6, "{} {}", greatest, greatest_true);
                }
            }
        }
    }

    #[test]
    fn another_rate_keeps_its_length_and_place() {
        for rate_hz in [100_u32, 8_000, 44_100, 48_000, 192_000] {
            let mut builder = PeaksBuilder::new(rate_hz);
            (0..rate_hz * 2).for_each(|index| builder.push(if index < rate_hz { 0.25 } else { -0.5 }));
            let peaks = builder.finish();
            assert_eq!(peaks.length_samples(), 96_000, "{rate_hz}");
            let columns = peaks.range(0.1, 1.9, 2);
            let near = |(left, right): (f32, f32), least: f32, greatest: f32| {
                (left - least).abs() < 1e-4 && (right - greatest).abs() < 1e-4
            };
            assert!(near(peaks.range(0.1, 0.9, 1)[0], 0.25, 0.25), "{rate_hz}: {columns:?}");
            assert!(near(peaks.range(1.1, 1.9, 1)[0], -0.5, -0.5), "{rate_hz}: {columns:?}");
        }
    }
}
