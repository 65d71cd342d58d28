//! The sound of a render: a [`MixPlan`] says what is heard when, a [`Mixer`] streams it.
//!
//! All positions are samples at 48 kHz of interleaved stereo. The plan is plain data with a hash; the mixer holds one
//! block of it at a time and only as many open files as sound at once, so memory does not grow with the film.

mod envelope;
mod mixer;
#[cfg(test)]
mod mixer_tests;
mod source;
mod speech;

pub(in crate::render) use envelope::db_to_factor;
pub use envelope::{DuckCurve, FadeSpan};
pub use mixer::{Mixer, OpenSound};
pub use source::{MixError, SampleSource, StereoStream, WavSource};
pub use speech::find_speech;

use super::plan::content_hash;
use serde::{Deserialize, Serialize};

/// What is heard when.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MixPlan {
    /// The scenes one after the other. A scene's sound never reaches into the next.
    pub scenes: Vec<SceneMix>,
}

impl MixPlan {
    /// Length in samples.
    #[must_use]
    pub fn total_samples(&self) -> u64 {
        self.scenes.iter().map(|scene| scene.length_samples).sum()
    }

    /// blake3 over the plan, 64 hex digits: measured loudness is kept under it.
    #[must_use]
    pub fn hash(&self) -> String {
        content_hash("mix", self)
    }
}

/// The sound of a scene. Positions are samples from the scene's start.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SceneMix {
    /// Length in samples.
    pub length_samples: u64,
    /// What sounds, sorted by start.
    pub clips: Vec<MixClip>,
    /// How far the clips that duck step back, over time.
    pub duck: DuckCurve,
    /// Fades of the whole scene.
    pub fades: Vec<FadeSpan>,
}

/// A stretch of a sound file in a scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MixClip {
    /// The file.
    pub sound: SoundRef,
    /// Where it starts in the scene.
    pub start_sample: u64,
    /// Where in the file it starts.
    pub source_start_sample: u64,
    /// How long it sounds; what the file lacks is silence.
    pub length_samples: u64,
    /// Gain in decibels.
    pub gain_db: f64,
    /// Whether it steps back under speech.
    pub ducked: bool,
    /// Starts the file again with a crossfade for as long as the clip lasts.
    pub repeat: Option<Repeat>,
    /// Fades, in samples from the scene's start.
    pub fades: Vec<FadeSpan>,
}

impl MixClip {
    /// One past its last sample in the scene.
    #[must_use]
    pub fn end_sample(&self) -> u64 {
        self.start_sample + self.length_samples
    }
}

/// How a clip goes round: each round starts `period_samples` after the last one and overlaps it by the crossfade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// From the start of one round to the start of the next.
    pub period_samples: u64,
    /// Overlap of two rounds, faded at equal power; at most the period.
    pub crossfade_samples: u64,
}

/// A sound by its content. Whoever runs the mix finds the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundRef {
    /// The sound of a conformed take.
    Clip {
        /// Key of the conformed take.
        conform_key: String,
    },
    /// A sound file, conformed to 48 kHz stereo.
    File {
        /// blake3 of the original file.
        blake3: String,
    },
}
