//! Playback: what the keys ask for, and where the playhead is.
//!
//! The master clock is the sound that is heard (`crate::audio`); late pictures are dropped, never sound. Without an
//! output time passes by the clock on the wall.
//!
//! - `transport`: the state that keys and buttons change, and its rules; `course`: the way through the film;
//! - `clock`: from an output's readings to what is heard now; `player`: all of it together, once a frame of the window.

mod clock;
mod course;
mod player;
mod transport;

pub use clock::{HeardClock, OutputReading};
pub use course::{Course, Place};
pub use player::{Follows, Player};
pub use transport::{Around, Choice, FASTEST, FilmTimes, Scope, Transport};

use bevy::prelude::{App, Plugin};

/// Adds [`Player`].
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaybackPlugin;

impl Plugin for PlaybackPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Player>();
    }
}
