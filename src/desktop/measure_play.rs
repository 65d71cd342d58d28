//! Whether playback keeps time: the film plays as it does in the window, on the system's sound output, into textures, and
//! is drawn nowhere. Late and dropped frames are counted as the window counts them, and the playhead is held against the
//! clock on the wall, by which a null sink plays. `benches/run.py --only preview` reads it.

use super::measure_preview::Stage;
use crate::{
    audio::{self, FilmSound, SoundNotice},
    gpu::Screen,
    playback::{FilmTimes, Follows, Player, Transport},
    preview::{MonitorAsk, PlayDirection, PlayTally, Tally},
};
use kinora_core::{
    film::{Film, ProjectLayout},
    render::live::LiveFilm,
    time::SAMPLE_RATE_HZ,
};
use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// Seconds after which the output has found its pace, and seconds that say where the playhead lies then.
const SETTLED_SECS: f64 = 2.0;
const BASE_SECS: f64 = 3.0;
/// How often it is begun anew for the sake of the sound, and how long the output has to open between.
const MOST_BEGINNINGS: u32 = 5;
const BETWEEN_BEGINNINGS: Duration = Duration::from_secs(1);

/// What playing gave.
#[derive(Debug, Clone)]
pub struct PlayTimes {
    /// How long it played.
    pub secs: f64,
    /// What the playhead followed at the end.
    pub follows: Follows,
    /// Frames shown, late and dropped.
    pub tally: PlayTally,
    /// The furthest that the playhead came away from the clock on the wall, as the median of a second, in frames.
    pub drift_frames: f64,
    /// The furthest in any single moment.
    pub worst_frames: f64,
    /// Samples that the mix was late with.
    pub starved_samples: u64,
    /// Bytes of decoded frames, at most.
    pub memory_bytes: u64,
    /// What the listener was told.
    pub notices: Vec<SoundNotice>,
}

/// Plays for so long, round and round if the film is shorter.
pub(super) fn play_in_time(
    stage: &mut Stage,
    film: &Film,
    layout: &ProjectLayout,
    secs: f64,
) -> Result<PlayTimes, String> {
    let world = stage.app.world_mut();
    audio::open_project(world, layout).map_err(|error| error.to_string())?;
    world.init_resource::<Player>();
    world.resource::<FilmSound>().show_film(LiveFilm {
        metadata: film.metadata.clone(),
        settings: film.settings.clone(),
        scenes: stage.film.scenes.clone(),
        map: Arc::clone(&stage.film.map),
    });
    let (rate, frames) = (film.metadata.rate, stage.film.map.total_frames());
    let times = FilmTimes { rate, frames, marks: (None, None), scene: 0..0 };
    let mut transport = Transport { looped: true, ..Transport::default() };
    let mut notices = begin(stage, &mut transport, &times);
    let mut heard = Heard::default();
    let (mut tally, mut shown, mut memory_bytes, mut follows) = (Tally::default(), None, 0, Follows::Nothing);
    // As often as the window draws while a film plays.
    let pace = Duration::from_secs_f64(0.5 / rate.as_f64());
    let (began, mut next) = (Instant::now(), Instant::now());
    while began.elapsed().as_secs_f64() < secs {
        let now = Instant::now();
        let played;
        (follows, played) = tick(stage, &mut transport, &times);
        if matches!(follows, Follows::Sound | Follows::Wall) {
            heard.note((now - began).as_secs_f64(), played / f64::from(SAMPLE_RATE_HZ));
        }
        let ask = MonitorAsk { film_frame: transport.frame, direction: PlayDirection::Forward, wipe: None };
        stage.monitor().ask(ask);
        if let Some(found) = stage.monitor().take() {
            shown = Some(found.film_frame);
            stage.app.world_mut().resource_mut::<Screen>().show(found.picture, found.right);
        }
        stage.app.update();
        tally.note(transport.frame, shown, transport.speed);
        memory_bytes = memory_bytes.max(stage.monitor().counts().memory_bytes);
        next = (next + pace).max(Instant::now());
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    let sound = stage.app.world().resource::<FilmSound>();
    let starved_samples = sound.counts().starved_samples;
    notices.extend(sound.take_notices());
    audio::close_project(stage.app.world_mut());
    let (drift_frames, worst_frames) = heard.off_secs().ok_or("the film did not begin to play")?;
    Ok(PlayTimes {
        secs: began.elapsed().as_secs_f64(),
        follows,
        tally: tally.counts(),
        drift_frames: drift_frames * rate.as_f64(),
        worst_frames: worst_frames * rate.as_f64(),
        starved_samples,
        memory_bytes,
        notices,
    })
}

/// Begins to play. An output that was opened so late that the film went on without is there by the next time.
fn begin(stage: &mut Stage, transport: &mut Transport, times: &FilmTimes) -> Vec<SoundNotice> {
    let mut notices = Vec::new();
    for _ in 0..MOST_BEGINNINGS {
        (transport.frame, transport.speed) = (0, 1.0);
        let mut follows = Follows::Waiting;
        while follows == Follows::Waiting {
            follows = tick(stage, transport, times).0;
            thread::sleep(Duration::from_millis(5));
        }
        notices.extend(stage.app.world().resource::<FilmSound>().take_notices());
        if follows == Follows::Sound || !notices.is_empty() {
            break;
        }
        transport.stop();
        tick(stage, transport, times);
        thread::sleep(BETWEEN_BEGINNINGS);
    }
    // One that never came leaves the clock on the wall.
    transport.speed = 1.0;
    notices
}

/// Brings the playhead up to now; gives what it follows, and the samples played so far.
fn tick(stage: &mut Stage, transport: &mut Transport, times: &FilmTimes) -> (Follows, f64) {
    let now = Instant::now();
    stage.app.world_mut().resource_scope::<Player, _>(|world, mut player| {
        player.tick(transport, times, world.resource::<FilmSound>(), now);
        (player.follows(), player.played_samples(now))
    })
}

/// How far the playhead was ahead of the clock on the wall, at which moments.
#[derive(Default)]
struct Heard(Vec<(f64, f64)>);

impl Heard {
    fn note(&mut self, wall_secs: f64, played_secs: f64) {
        self.0.push((wall_secs, played_secs - wall_secs));
    }

    /// The furthest that the playhead came away from where it lay at first: as the median of a second, and in a moment.
    /// `None` if it played too short for any.
    fn off_secs(&self) -> Option<(f64, f64)> {
        let start = self.0.first()?.0 + SETTLED_SECS;
        let base = median(self.0.iter().filter(|(at, _)| (start..start + BASE_SECS).contains(at)))?;
        let seconds: Vec<&[(f64, f64)]> =
            self.0.chunk_by(|(one, _), (other, _)| one.floor() == other.floor()).collect();
        let settled = seconds.into_iter().filter(|second| second[0].0 >= start);
        let drift =
            settled.filter_map(|second| median(second.iter())).map(|off| (off - base).abs()).fold(0.0, f64::max);
        let later = self.0.iter().filter(|(at, _)| *at >= start);
        Some((drift, later.map(|(_, off)| (off - base).abs()).fold(0.0, f64::max)))
    }
}

fn median<'a>(offs: impl Iterator<Item = &'a (f64, f64)>) -> Option<f64> {
    let mut sorted: Vec<f64> = offs.map(|(_, off)| *off).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(secs: u32, played: impl Fn(f64) -> f64) -> Heard {
        let mut heard = Heard::default();
        (0..secs * 48).map(|tick| f64::from(tick) / 48.0).for_each(|at| heard.note(at, played(at)));
        heard
    }

    #[test]
    fn a_clock_that_runs_fast_drifts_and_a_single_late_moment_does_not() {
        // An output begins late and stays so.
        let (drift, worst) = heard(60, |at| at - 0.12).off_secs().unwrap();
        assert!(drift < 1e-9 && worst < 1e-9, "{drift} {worst}");
        let (drift, _) = heard(602, |at| at * 1.000_1).off_secs().unwrap();
        assert!((0.055..0.060).contains(&drift), "a tenth of a per mille in ten minutes: {drift}");
        let (drift, worst) =
            heard(60, |at| if (30.0..30.05).contains(&at) { at - 0.04 } else { at }).off_secs().unwrap();
        assert!(drift < 1e-9 && (0.039..0.041).contains(&worst), "{drift} {worst}");
        assert!(heard(0, |at| at).off_secs().is_none());
        assert!(heard(2, |at| at).off_secs().is_none());
    }
}
