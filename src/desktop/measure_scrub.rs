//! How soon a picture follows the hand: the playhead jumps to random frames, first one after the other as each comes
//! sharp, with a hand that rests until then, as the window does; then to another one every frame.
//! `benches/run.py --only scrub` reads it.

use super::{Film, alarm::Alarm, screen::MonitorDesk, strips::ScrubShown};
use crate::{
    preview::{Monitor, ScrubFrames},
    strips::DrawCounts,
    ui::state::UiState,
};
use bevy::{prelude::*, window::RequestRedraw};
use kinora_core::store::write_atomic;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Jumps of each part.
const JUMPS: usize = 300;
/// A picture that has not come by then counts with this.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// While pictures are made, it is looked this often whether they are all there.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Where the waits are written.
#[derive(Debug, Clone)]
pub struct MeasureScrub {
    /// The JSON file to write.
    pub file: PathBuf,
    /// When the process began.
    pub process_began: Instant,
}

#[derive(Resource)]
struct Running {
    measure: MeasureScrub,
    first_picture: Option<Duration>,
    filled: Option<Duration>,
    random: u64,
    jump: Option<Jump>,
    /// Waits for each sharp picture; and then never waits.
    found: [Vec<Found>; 2],
}

struct Jump {
    frame: u64,
    began: Instant,
    frames: u32,
    small: Option<(u32, Duration, u64)>,
}

/// What became of a jump.
struct Found {
    /// Frames of the window between the input and the small picture, 0 in the very frame; and the time.
    small_frames: u32,
    small: Duration,
    /// Frames of the film between the small picture and the one asked for.
    off_frames: u64,
    sharp: Option<Duration>,
}

impl Running {
    /// Whether the hand holds still until the picture is sharp.
    fn is_resting(&self) -> bool {
        self.found[0].len() < JUMPS && self.jump.as_ref().is_some_and(|jump| jump.small.is_some())
    }
}

pub(super) fn add(app: &mut App, measure: Option<MeasureScrub>) {
    let Some(measure) = measure else { return };
    app.insert_resource(Running {
        measure,
        first_picture: None,
        filled: None,
        random: 20_261_128,
        jump: None,
        found: [Vec::new(), Vec::new()],
    })
    .add_systems(Update, act.before(super::draw::gather))
    .add_systems(Last, note);
}

/// The hand.
fn act(
    mut running: ResMut<'_, Running>,
    mut state: ResMut<'_, UiState>,
    film: Res<'_, Film>,
    alarm: Option<Res<'_, Alarm>>,
    mut redraw: MessageWriter<'_, RequestRedraw>,
) {
    if running.filled.is_none() {
        // Drawn without pause on the cores themselves, the window would keep its pictures from being made.
        match alarm {
            Some(alarm) => alarm.after(LOOK_EVERY),
            None => drop(redraw.write(RequestRedraw)),
        }
        return;
    }
    if let Some(alarm) = alarm.filter(|_| running.is_resting()) {
        // The sharp picture wakes the window by itself.
        alarm.after(LONGEST_WAIT);
    } else {
        redraw.write(RequestRedraw);
    }
    if running.jump.is_some() || film.model.frames == 0 {
        return;
    }
    running.random = running.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let frame = (running.random >> 33) % film.model.frames;
    state.transport.frame = frame;
    running.jump = Some(Jump { frame, began: Instant::now(), frames: 0, small: None });
}

/// The eye.
fn note(
    mut running: ResMut<'_, Running>,
    shown: Res<'_, ScrubShown>,
    (monitor, decoded): (Res<'_, MonitorDesk>, Res<'_, Monitor>),
    frames: Res<'_, ScrubFrames>,
    draws: Res<'_, DrawCounts>,
    film: Res<'_, Film>,
    (mut exits, mut redraw): (MessageWriter<'_, AppExit>, MessageWriter<'_, RequestRedraw>),
) {
    let since_start = running.measure.process_began.elapsed();
    if running.first_picture.is_none() && (shown.film_frame.is_some() || monitor.monitor_frame().is_some()) {
        running.first_picture = Some(since_start);
    }
    let counts = frames.counts();
    if running.filled.is_none() && counts.takes > 0 && frames.is_idle() {
        running.filled = Some(since_start);
    }
    let part = usize::from(running.found[0].len() >= JUMPS);
    let Some(jump) = &mut running.jump else { return };
    let sharp = (monitor.monitor_frame() == Some(jump.frame)).then(|| jump.began.elapsed());
    if jump.small.is_none() && (shown.film_frame == Some(jump.frame) || sharp.is_some()) {
        let off_frames = if sharp.is_some() { 0 } else { shown.off_frames };
        jump.small = Some((jump.frames, jump.began.elapsed(), off_frames));
    }
    jump.frames += 1;
    let is_late = jump.began.elapsed() > LONGEST_WAIT;
    let is_done = if part == 0 { jump.small.is_some() && sharp.is_some() } else { jump.small.is_some() };
    if !(is_done || is_late) {
        return;
    }
    let (small_frames, small, off_frames) = jump.small.unwrap_or((jump.frames, LONGEST_WAIT, 0));
    running.found[part].push(Found { small_frames, small, off_frames, sharp });
    running.jump = None;
    redraw.write(RequestRedraw);
    if running.found[1].len() < JUMPS {
        return;
    }
    let secs = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
    let report = json!({
        "film_frames": film.model.frames,
        "first_picture_secs": secs(running.first_picture),
        "filled_secs": secs(running.filled),
        "kept_pictures": counts.pictures,
        "kept_bytes": counts.bytes,
        "step": counts.step,
        "made_files": counts.made_files,
        "atlas_bytes": draws.atlas_bytes,
        "decoded_bytes": decoded.counts().memory_bytes,
        "jumps": figures(&running.found[0]),
        "storm": figures(&running.found[1]),
    });
    match write_atomic(&running.measure.file, report.to_string().as_bytes()) {
        Ok(()) => drop(exits.write(AppExit::Success)),
        Err(error) => {
            tracing::error!("{error}");
            exits.write(AppExit::error());
        }
    }
}

fn figures(found: &[Found]) -> Value {
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    let spread = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        let at = |part: f64| values.get(((values.len().max(1) - 1) as f64 * part).round() as usize).copied();
        json!({ "count": values.len(), "median": at(0.5), "p99": at(0.99), "worst": at(1.0) })
    };
    json!({
        "small_frames": spread(found.iter().map(|found| f64::from(found.small_frames)).collect()),
        "small_ms": spread(found.iter().map(|found| millis(found.small)).collect()),
        "off_frames": spread(found.iter().map(|found| found.off_frames as f64).collect()),
        "sharp_ms": spread(found.iter().filter_map(|found| found.sharp.map(millis)).collect()),
    })
}
