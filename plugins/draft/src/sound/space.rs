//! Rooms: FunDSP's stereo reverb laid under a dry sound.

use super::{RATE_HZ, Shape, Sound};
use fundsp::prelude32::{self as dsp, AudioUnit};

/// A room to put a sound into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// Size in metres, 10 to 30.
    pub(crate) size_m: f32,
    /// Time until the tail is 60 dB down, in seconds.
    pub(crate) tail_secs: f32,
    /// Loss of highs, 0 to 1.
    pub(crate) damping: f32,
    /// Level of the room beside the dry sound, as a gain.
    pub(crate) wet: f32,
}

impl Room {
    /// A furnished room: just enough that a voice does not stick to the glass.
    pub(crate) const PARLOUR: Self = Self { size_m: 10.0, tail_secs: 0.45, damping: 0.8, wet: 0.11 };
    /// A hall for music.
    pub(crate) const HALL: Self = Self { size_m: 24.0, tail_secs: 3.2, damping: 0.45, wet: 0.32 };
    /// Open air with something far off to answer.
    pub(crate) const OPEN: Self = Self { size_m: 30.0, tail_secs: 2.2, damping: 0.7, wet: 0.25 };
}

/// A sound with a room around it; as long as before, so leave room for the tail.
pub(crate) fn in_room(dry: &Sound, room: Room) -> Sound {
    let mut unit: Box<dyn AudioUnit> = Box::new(dsp::reverb_stereo(room.size_m, room.tail_secs, room.damping));
    unit.set_sample_rate(RATE_HZ as f64);
    let mut wet = Sound::silence(dry.len());
    for index in 0..dry.len() {
        let (left, right) = unit.filter_stereo(dry.left[index], dry.right[index]);
        (wet.left[index], wet.right[index]) = (left, right);
    }
    for side in wet.sides_mut() {
        Shape::HighPass(140.0).run(side);
    }
    let mut sound = dry.clone();
    sound.add(&wet, 0, room.wet);
    sound
}
