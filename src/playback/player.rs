//! Moves the playhead: by the sound that is heard, or by the clock on the wall where there is none.

use super::{
    clock::{HeardClock, OutputReading},
    course::Course,
    transport::{FilmTimes, Transport},
};
use crate::audio::{PlayOrder, PlaysSound, SoundState};
use bevy::prelude::Resource;
use kinora_core::time::SAMPLE_RATE_HZ;
use std::time::{Duration, Instant};

/// The playhead waits so long for an output to begin; then it goes on without.
const OUTPUT_MAY_TAKE: Duration = Duration::from_millis(1_500);
/// A window that was held up, by a dialog or a sleeping machine, goes on where it was.
const MOST_AT_ONCE: Duration = Duration::from_millis(250);
/// Length of what is heard of a frame under a dragged playhead.
const GRAIN_SECS: f64 = 0.08;

/// Plays what a [`Transport`] asks for.
#[derive(Resource, Default)]
pub struct Player {
    run: Option<Run>,
    next_id: u64,
}

/// What plays now.
struct Run {
    id: u64,
    course: Course,
    speed: f64,
    /// The frame that was put into the transport last: another one there was put by a hand.
    shown_frame: u64,
    began: Instant,
    pace: Pace,
}

/// What the playhead follows.
enum Pace {
    /// The output has not begun yet.
    Waiting,
    /// What is heard.
    Heard(HeardClock),
    /// The clock on the wall: samples played until a moment.
    Wall { played_samples: f64, at: Instant },
}

/// What the playhead follows, for diagnostics and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// It stands still.
    Nothing,
    /// It waits for the sound to begin.
    Waiting,
    /// The sound that is heard.
    Sound,
    /// The clock on the wall.
    Wall,
}

impl Player {
    /// Brings the playhead up to a moment, and the sound to what the transport asks for.
    pub fn tick(&mut self, transport: &mut Transport, times: &FilmTimes, sound: &dyn PlaysSound, now: Instant) {
        if transport.speed == 0.0 || times.frames == 0 {
            if self.run.take().is_some() {
                sound.stop();
            }
            transport.speed = 0.0;
            transport.around = None;
            self.scrub(transport, times, sound);
            return;
        }
        transport.scrubbed = None;
        if !self.run.as_ref().is_some_and(|run| run.is_as_asked(transport, times)) {
            self.begin(transport, times, sound, now);
        }
        let Some(run) = &mut self.run else { return };
        if !run.follow(sound.state(run.id), now) {
            // Sound that came now would be late for good.
            sound.stop();
        }
        let played = run.played_samples(now);
        let place = run.course.place(played);
        transport.frame = place.frame;
        run.shown_frame = place.frame;
        if place.is_end {
            if let Some(around) = transport.around.take() {
                transport.frame = around.back_to.min(times.frames - 1);
            }
            transport.speed = 0.0;
            self.run = None;
            sound.stop();
        }
    }

    /// What the playhead follows now.
    #[must_use]
    pub fn follows(&self) -> Follows {
        match self.run.as_ref().map(|run| &run.pace) {
            None => Follows::Nothing,
            Some(Pace::Waiting) => Follows::Waiting,
            Some(Pace::Heard(_)) => Follows::Sound,
            Some(Pace::Wall { .. }) => Follows::Wall,
        }
    }

    /// Samples of the film that were played since playback began, loops included.
    pub fn played_samples(&mut self, now: Instant) -> f64 {
        self.run.as_mut().map_or(0.0, |run| run.played_samples(now))
    }

    fn begin(&mut self, transport: &Transport, times: &FilmTimes, sound: &dyn PlaysSound, now: Instant) {
        let range = transport.range(times);
        let goes_on = self.run.is_some() && range.contains(&transport.frame);
        let from = if goes_on { transport.frame } else { transport.start_frame(&range) };
        let backwards = transport.speed < 0.0;
        let course = Course { rate: times.rate, from, backwards, range, looped: transport.looped };
        let id = self.new_id();
        sound.play(PlayOrder {
            id,
            from_sample: course.from_sample(),
            backwards,
            speed: transport.speed.abs(),
            span_samples: course.span_samples(),
            looped: course.looped,
        });
        let speed = transport.speed;
        self.run = Some(Run { id, course, speed, shown_frame: transport.frame, began: now, pace: Pace::Waiting });
    }

    /// Lets a frame be heard under a dragged playhead.
    fn scrub(&mut self, transport: &mut Transport, times: &FilmTimes, sound: &dyn PlaysSound) {
        let Some(frame) = transport.scrubbed.take().filter(|_| transport.choice.scrub_sound) else { return };
        let start = times.rate.frame_to_sample(frame.min(times.frames.saturating_sub(1)));
        let end =
            (start + (GRAIN_SECS * f64::from(SAMPLE_RATE_HZ)) as u64).min(times.rate.frame_to_sample(times.frames));
        let (id, span_samples) = (self.new_id(), start..end);
        sound.play(PlayOrder { id, from_sample: start, backwards: false, speed: 1.0, span_samples, looped: false });
    }

    const fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

impl Run {
    /// Whether this is what the transport asks for: a jump, another speed or range begin anew.
    fn is_as_asked(&self, transport: &Transport, times: &FilmTimes) -> bool {
        let range = transport.range(times);
        // The scene that plays is the one that it began in, although the playhead may show the next one's first frame.
        self.speed == transport.speed
            && self.shown_frame == transport.frame
            && self.course.range == range
            && self.course.looped == transport.looped
            && self.course.rate == times.rate
    }

    fn rate_hz(&self) -> f64 {
        f64::from(SAMPLE_RATE_HZ) * self.speed.abs()
    }

    /// Takes in what the output says. Answers false when it was waited for long enough.
    fn follow(&mut self, state: SoundState, now: Instant) -> bool {
        let rate_hz = self.rate_hz();
        match (state, &mut self.pace) {
            (SoundState::Playing(reading), Pace::Waiting | Pace::Heard(_)) => {
                if matches!(self.pace, Pace::Waiting) {
                    self.pace = Pace::Heard(HeardClock::new(rate_hz));
                }
                if let Pace::Heard(clock) = &mut self.pace {
                    clock.note(OutputReading {
                        at_secs: secs_between(self.began, reading.at),
                        played_samples: reading.played_samples,
                        latency_secs: reading.latency_secs,
                    });
                }
            }
            (SoundState::Silent, Pace::Waiting) => self.pace = Pace::Wall { played_samples: 0.0, at: self.began },
            (SoundState::Silent, Pace::Heard(clock)) => {
                let played_samples = clock.heard(secs_between(self.began, now));
                self.pace = Pace::Wall { played_samples, at: now };
            }
            (SoundState::Starting, Pace::Waiting) if now.duration_since(self.began) > OUTPUT_MAY_TAKE => {
                self.pace = Pace::Wall { played_samples: 0.0, at: now };
                return false;
            }
            _ => {}
        }
        true
    }

    fn played_samples(&mut self, now: Instant) -> f64 {
        let rate_hz = self.rate_hz();
        match &mut self.pace {
            Pace::Waiting => 0.0,
            Pace::Heard(clock) => clock.heard(secs_between(self.began, now)),
            Pace::Wall { played_samples, at } => {
                *played_samples += now.saturating_duration_since(*at).min(MOST_AT_ONCE).as_secs_f64() * rate_hz;
                *at = now;
                *played_samples
            }
        }
    }
}

/// Seconds from one moment to another, negative if it lies before.
fn secs_between(from: Instant, to: Instant) -> f64 {
    match to.checked_duration_since(from) {
        Some(after) => after.as_secs_f64(),
        None => -from.duration_since(to).as_secs_f64(),
    }
}
