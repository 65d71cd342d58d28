//! Shapes, sizes and rates as requests carry them: exact, and written the way people write them.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A text that is no aspect ratio, size or rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not {expected}")]
pub struct MeasureError {
    /// The refused text, cut to 40 characters.
    pub value: String,
    /// What would have been right, with an example.
    pub expected: &'static str,
}

macro_rules! text_pair {
    ($(#[$doc:meta])* $name:ident, $separator:literal, $first:ident: $first_doc:literal, $second:ident: $second_doc:literal,
     $limit:expr, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name {
            #[doc = $first_doc]
            pub $first: u32,
            #[doc = $second_doc]
            pub $second: u32,
        }

        impl FromStr for $name {
            type Err = MeasureError;
            fn from_str(text: &str) -> Result<Self, MeasureError> {
                let part = |side: &str| side.trim().parse::<u32>().ok().filter(|value| (1..=$limit).contains(value));
                text.split_once($separator)
                    .and_then(|(first, second)| Some(Self { $first: part(first)?, $second: part(second)? }))
                    .ok_or_else(|| MeasureError { value: text.chars().take(40).collect(), expected: $expected })
            }
        }

        impl TryFrom<String> for $name {
            type Error = MeasureError;
            fn try_from(text: String) -> Result<Self, MeasureError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}{}{}", self.$first, $separator, self.$second)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }
    };
}

text_pair!(
    /// Width to height, serialised as models write it: `"16:9"`.
    AspectRatio, ':', width: "Width part.", height: "Height part.", 100, "an aspect ratio such as 16:9"
);
text_pair!(
    /// A picture size in pixels, serialised as `"1920x1080"`.
    SizePx, 'x', width_px: "Width in pixels.", height_px: "Height in pixels.", 16_384, "a size such as 1920x1080"
);
text_pair!(
    /// Frames per second as a fraction, serialised as `"24000/1001"`.
    Rate, '/', numerator: "Frames.", denominator: "Seconds those frames last.", 1_000_000,
    "a frame rate such as 24/1 or 24000/1001"
);

impl AspectRatio {
    /// 16:9.
    pub const WIDE: Self = Self { width: 16, height: 9 };
    /// 9:16.
    pub const TALL: Self = Self { width: 9, height: 16 };
    /// 1:1.
    pub const SQUARE: Self = Self { width: 1, height: 1 };

    /// Width divided by height.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.width) / f64::from(self.height)
    }
}

impl Rate {
    /// 24 frames a second.
    pub const FPS_24: Self = Self { numerator: 24, denominator: 1 };

    /// Frames per second, for display and comparison only.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_read_as_written_and_refuse_the_rest() {
        assert_eq!("16:9".parse::<AspectRatio>().unwrap().to_string(), "16:9");
        assert_eq!("1920x1080".parse::<SizePx>().unwrap(), SizePx { width_px: 1920, height_px: 1080 });
        assert_eq!(serde_json::to_string(&"24000/1001".parse::<Rate>().unwrap()).unwrap(), "\"24000/1001\"");
        for bad in ["", "16", "0:9", "16:0", "16:9:1", "-1:2", "101:1", "a:b"] {
            assert!(bad.parse::<AspectRatio>().is_err(), "{bad:?}");
        }
        assert!("99999x2".parse::<SizePx>().is_err());
        assert!("24/0".parse::<Rate>().is_err());
    }
}
