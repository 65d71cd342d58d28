//! Frame rates as exact fractions, and the conversions between frames, samples and seconds.

use super::SAMPLE_RATE_HZ;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A text or number that is no usable frame rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a frame rate: write 24, 23.976, 29.97 or a fraction such as 24000/1001, from 1 to 240")]
pub struct RateError(pub String);

/// Frames per second as a reduced fraction.
///
/// Serialised as text: `"24"` or `"24000/1001"`; also read from a JSON number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RateRepr", into = "String")]
pub struct FrameRate {
    numerator: u32,
    denominator: u32,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "not a frame rate: write \"24\", \"23.976\" or a fraction such as \"24000/1001\"")]
enum RateRepr {
    Number(f64),
    Text(String),
}

impl FrameRate {
    /// 24 frames a second.
    pub const FPS_24: Self = Self { numerator: 24, denominator: 1 };
    /// 25 frames a second.
    pub const FPS_25: Self = Self { numerator: 25, denominator: 1 };
    /// 30 frames a second.
    pub const FPS_30: Self = Self { numerator: 30, denominator: 1 };

    /// 60 frames a second.
    pub const FPS_60: Self = Self { numerator: 60, denominator: 1 };

    /// A rate from a fraction, reduced.
    ///
    /// # Errors
    /// [`RateError`] for a zero part or a rate outside 1 to 240 frames a second.
    pub fn new(numerator: u32, denominator: u32) -> Result<Self, RateError> {
        let refuse = || RateError(format!("{numerator}/{denominator}"));
        if numerator == 0 || denominator == 0 {
            return Err(refuse());
        }
        let divisor = gcd(numerator, denominator);
        let rate = Self { numerator: numerator / divisor, denominator: denominator / divisor };
        if (1.0..=240.0).contains(&rate.as_f64()) { Ok(rate) } else { Err(refuse()) }
    }

    /// The nearest broadcast rate to a decimal such as 23.976, or the decimal itself to three places.
    ///
    /// # Errors
    /// [`RateError`] outside 1 to 240 frames a second, or not a number.
    pub fn from_decimal(fps: f64) -> Result<Self, RateError> {
        if !fps.is_finite() || !(1.0..=240.0).contains(&fps) {
            return Err(RateError(fps.to_string()));
        }
        for nominal in [24_u32, 30, 48, 60, 120] {
            let ntsc = f64::from(nominal) * 1000.0 / 1001.0;
            if (fps - ntsc).abs() < 0.006 {
                return Self::new(nominal * 1000, 1001);
            }
        }
        Self::new((fps * 1000.0).round() as u32, 1000)
    }

    /// Numerator of the reduced fraction.
    #[must_use]
    pub const fn numerator(self) -> u32 {
        self.numerator
    }

    /// Denominator of the reduced fraction.
    #[must_use]
    pub const fn denominator(self) -> u32 {
        self.denominator
    }

    /// Frames per second, for display and comparison only.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }

    /// Start of a frame in seconds, for the edges only.
    #[must_use]
    pub fn frames_to_secs(self, frames: u64) -> f64 {
        (frames as f64) * f64::from(self.denominator) / f64::from(self.numerator)
    }

    /// The number of whole frames nearest to a span of seconds (half rounds up); negative and NaN give 0.
    #[must_use]
    pub fn secs_to_frames(self, secs: f64) -> u64 {
        (secs * self.as_f64() + 0.5).floor().max(0.0) as u64
    }

    /// The sample at 48 kHz on which a frame starts, rounded down; exact over any length.
    #[must_use]
    pub fn frame_to_sample(self, frame: u64) -> u64 {
        let samples =
            u128::from(frame) * u128::from(SAMPLE_RATE_HZ) * u128::from(self.denominator) / u128::from(self.numerator);
        u64::try_from(samples).unwrap_or(u64::MAX)
    }

    /// The frame that a sample at 48 kHz belongs to: the last one that starts at it or before.
    #[must_use]
    pub fn sample_to_frame(self, sample: u64) -> u64 {
        let end = (u128::from(sample) + 1) * u128::from(self.numerator);
        // `frame_to_sample` rounds down, so the sample after this one is what the next frame must not reach.
        let frame = (end - 1) / (u128::from(SAMPLE_RATE_HZ) * u128::from(self.denominator));
        u64::try_from(frame).unwrap_or(u64::MAX)
    }

    /// The closest whole rate: 24 for 23.976. Timecode counts with it.
    #[must_use]
    pub fn nominal(self) -> u32 {
        self.as_f64().round() as u32
    }

    /// Distance between key frames in conformed files: half a second, at least one frame.
    #[must_use]
    pub fn gop_frames(self) -> u64 {
        u64::from(self.nominal() / 2).max(1)
    }
}

const fn gcd(left: u32, right: u32) -> u32 {
    if right == 0 { left } else { gcd(right, left % right) }
}

impl FromStr for FrameRate {
    type Err = RateError;
    fn from_str(text: &str) -> Result<Self, RateError> {
        let refuse = || RateError(text.chars().take(40).collect());
        match text.trim().split_once('/') {
            Some((numerator, denominator)) => Self::new(
                numerator.trim().parse().map_err(|_| refuse())?,
                denominator.trim().parse().map_err(|_| refuse())?,
            ),
            None => Self::from_decimal(text.trim().parse().map_err(|_| refuse())?),
        }
        .map_err(|_| refuse())
    }
}

impl TryFrom<RateRepr> for FrameRate {
    type Error = RateError;
    fn try_from(value: RateRepr) -> Result<Self, RateError> {
        match value {
            RateRepr::Number(fps) => Self::from_decimal(fps),
            RateRepr::Text(text) => text.parse(),
        }
    }
}

impl From<FrameRate> for String {
    fn from(rate: FrameRate) -> Self {
        rate.to_string()
    }
}

impl fmt::Display for FrameRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            write!(formatter, "{}", self.numerator)
        } else {
            write!(formatter, "{}/{}", self.numerator, self.denominator)
        }
    }
}

impl fmt::Debug for FrameRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self} fps")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rates_parse_as_people_write_them() {
        for (text, numerator, denominator) in [
            ("24", 24, 1),
            ("23.976", 24000, 1001),
            ("23.98", 24000, 1001),
            ("29.97", 30000, 1001),
            ("59.94", 60000, 1001),
            ("24000/1001", 24000, 1001),
            ("50/2", 25, 1),
            ("12.5", 25, 2),
        ] {
            let rate: FrameRate = text.parse().unwrap();
            assert_eq!((rate.numerator(), rate.denominator()), (numerator, denominator), "{text}");
        }
        for bad in ["", "0", "-24", "NaN", "inf", "24/0", "1000", "abc", "24/1/1"] {
            assert!(bad.parse::<FrameRate>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn frame_to_seconds_and_back_is_the_same_frame(
            frame in 0_u64..10_000_000,
            rate in prop::sample::select(vec!["24", "23.976", "25", "29.97", "30", "60", "16", "59.94"]),
        ) {
            let rate: FrameRate = rate.parse().unwrap();
            prop_assert_eq!(rate.secs_to_frames(rate.frames_to_secs(frame)), frame);
        }

        #[test]
        fn every_sample_belongs_to_the_last_frame_that_has_begun(
            sample in 0_u64..20_000_000_000,
            rate in prop::sample::select(vec!["24", "23.976", "25", "29.97", "30", "60", "16", "59.94", "240"]),
        ) {
            let rate: FrameRate = rate.parse().unwrap();
            let frame = rate.sample_to_frame(sample);
            prop_assert!(rate.frame_to_sample(frame) <= sample && sample < rate.frame_to_sample(frame + 1));
        }

        #[test]
        fn samples_of_consecutive_spans_add_up(first in 0_u64..1_000_000, second in 0_u64..1_000_000) {
            let rate: FrameRate = "23.976".parse().unwrap();
            let joint = rate.frame_to_sample(first + second);
            let parts = rate.frame_to_sample(first) + rate.frame_to_sample(second);
            prop_assert!(joint - parts <= 1);
        }
    }
}
