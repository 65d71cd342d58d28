//! Timecode for people: `HH:MM:SS:FF`, non-drop.

use super::FrameRate;
use std::fmt;

/// A frame position shown as non-drop timecode at a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timecode {
    /// Frame counted from the start of the film.
    pub frame: u64,
    /// The film's rate.
    pub rate: FrameRate,
}

impl fmt::Display for Timecode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_second = u64::from(self.rate.nominal().max(1));
        let (secs, frames) = (self.frame / per_second, self.frame % per_second);
        write!(formatter, "{:02}:{:02}:{:02}:{frames:02}", secs / 3600, secs / 60 % 60, secs % 60)
    }
}

/// A span of seconds as people read it: `0:07`, `1:02:03`.
#[must_use]
pub fn format_clock(secs: f64) -> String {
    let whole = secs.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timecode_counts_frames_in_the_nominal_rate() {
        let rate = FrameRate::FPS_24;
        assert_eq!(Timecode { frame: 0, rate }.to_string(), "00:00:00:00");
        assert_eq!(Timecode { frame: 24 * 3661 + 5, rate }.to_string(), "01:01:01:05");
        assert_eq!(format_clock(62.4), "1:02");
    }
}
