//! What playback asks of the sound, and what it is told.

use std::{ops::Range, time::Instant};

/// A stretch of the film to play.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayOrder {
    /// Names the order: what is told of the sound is told of this one.
    pub id: u64,
    /// Where it starts, in samples of the film at 48 kHz: the first one heard, or backwards the one after it.
    pub from_sample: u64,
    /// Whether the film runs backwards.
    pub backwards: bool,
    /// Times real time, above 0. Pitch goes with it; above [`LOUDEST_SPEED`] it is silent.
    pub speed: f64,
    /// The samples it stays in.
    pub span_samples: Range<u64>,
    /// Whether it goes round in them.
    pub looped: bool,
}

/// The highest speed that is heard: faster speech is only noise.
pub const LOUDEST_SPEED: f64 = 2.0;

/// Where the output stood when it last asked for sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// When that was.
    pub at: Instant,
    /// Samples of the film handed over before, counted from the start of the order, loops included.
    pub played_samples: f64,
    /// How long after `at` the next sample is heard, in seconds.
    pub latency_secs: f64,
}

/// How it stands with an order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SoundState {
    /// The output has not asked for it yet.
    Starting,
    /// It is heard, or all of it is handed over.
    Playing(Reading),
    /// There is no output for it: time passes by the clock on the wall.
    Silent,
}

/// Something that plays the film's sound.
pub trait PlaysSound {
    /// Plays a stretch in place of what is playing.
    fn play(&self, order: PlayOrder);
    /// Fades out.
    fn stop(&self);
    /// How it stands with an order.
    fn state(&self, id: u64) -> SoundState;
}

/// Something the listener should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundNotice {
    /// There is no output, and why.
    NoOutput(String),
    /// The output went away while it played, and how.
    OutputLost(String),
    /// Sounds that are not heard, and why.
    Problem(String),
}
