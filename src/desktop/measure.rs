//! How long the application takes for a frame, without the graphics card: the main schedule from its first system to its
//! last, while the timeline is scrolled, zoomed, and an edge is dragged. `benches/run.py --only window` reads it.

use super::Film;
use crate::{
    strips::DrawCounts,
    ui::{ask::Ask, state::UiState},
};
use bevy::{prelude::*, window::RequestRedraw};
use kinora_core::store::write_atomic;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Frames of each part.
const FRAMES: usize = 240;
/// Frames that warm the caches of text and layout first.
const WARM_FRAMES: usize = 30;

/// Measures, writes a JSON file and ends.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The file to write.
    pub file: PathBuf,
    /// When the process began.
    pub process_began: Instant,
    /// Measures scrubbing in place of frames.
    pub scrub: bool,
}

#[derive(Resource)]
struct Running {
    measure: Measure,
    frame_began: Instant,
    first_frame: Option<Duration>,
    part: usize,
    frame: usize,
    times: Vec<Duration>,
    /// Most draw calls of a frame: of strips, and of everything else.
    most_draws: [u64; 2],
    found: Vec<(&'static str, Value)>,
}

const PARTS: [&str; 4] = ["still", "scroll", "zoom", "drag"];

pub(super) fn add(app: &mut App, measure: Option<Measure>) {
    let Some(measure) = measure else { return };
    if measure.scrub {
        super::measure_scrub::add(app, measure);
        return;
    }
    app.insert_resource(Running {
        measure,
        frame_began: Instant::now(),
        first_frame: None,
        part: 0,
        frame: 0,
        times: Vec::new(),
        most_draws: [0; 2],
        found: Vec::new(),
    })
    .add_systems(First, |mut running: ResMut<'_, Running>| running.frame_began = Instant::now())
    .add_systems(Update, act.before(super::draw::gather))
    .add_systems(Last, note);
}

/// What a hand would do in this frame.
fn act(
    mut running: ResMut<'_, Running>,
    mut state: ResMut<'_, UiState>,
    mut waiting: ResMut<'_, super::asks::Waiting>,
    film: Res<'_, Film>,
    mut redraw: MessageWriter<'_, RequestRedraw>,
) {
    redraw.write(RequestRedraw);
    let frame = running.frame;
    match PARTS.get(running.part).copied() {
        Some("scroll") => {
            state.timeline.px_per_frame = 0.6;
            state.timeline.scroll_frames = frame as f64 * film.model.frames as f64 / FRAMES as f64;
        }
        Some("zoom") => state.timeline.zoom_by(if frame < FRAMES / 2 { 1.06 } else { 1.0 / 1.06 }),
        Some("drag") => {
            let index = film.model.shot_spans.len() / 2;
            if let Some(span) = film.model.shot_spans.get(index) {
                let (scene_id, shot_id) = film.model.name_of(span);
                let params =
                    json!({ "scene_id": scene_id, "shot_id": shot_id, "gain_db": -((frame % 60) as f64) * 0.1 });
                waiting.asks.push(Ask::Run { operator: "shot.set", params, group: Some(u64::MAX) });
            }
        }
        _ => {}
    }
    running.frame += 1;
}

fn note(
    mut running: ResMut<'_, Running>,
    film: Res<'_, Film>,
    draws: Res<'_, DrawCounts>,
    mut exits: MessageWriter<'_, AppExit>,
) {
    let took = running.frame_began.elapsed();
    if film.model.is_open() && running.first_frame.is_none() {
        running.first_frame = Some(running.measure.process_began.elapsed());
    }
    if running.frame > WARM_FRAMES {
        running.times.push(took);
        let [strips, others] = running.most_draws;
        running.most_draws = [strips.max(draws.strip_draws), others.max(draws.egui_draws)];
    }
    if running.frame < WARM_FRAMES + FRAMES {
        return;
    }
    let mut millis: Vec<f64> = running.times.drain(..).map(|took| took.as_secs_f64() * 1000.0).collect();
    millis.sort_by(f64::total_cmp);
    let at = |part: f64| millis[((millis.len() - 1) as f64 * part) as usize];
    let part = PARTS[running.part];
    let [strip_draws, egui_draws] = std::mem::take(&mut running.most_draws);
    let times = json!({
        "median_ms": at(0.5), "p95_ms": at(0.95), "worst_ms": at(1.0), "frames": millis.len(),
        "strip_draws": strip_draws, "egui_draws": egui_draws,
    });
    running.found.push((part, times));
    (running.part, running.frame) = (running.part + 1, 0);
    if running.part < PARTS.len() {
        return;
    }
    let parts: serde_json::Map<String, Value> =
        running.found.drain(..).map(|(part, times)| (part.to_owned(), times)).collect();
    let start_secs = running.first_frame.map(|first| first.as_secs_f64());
    let report = json!({ "shots": film.model.shot_spans.len(), "start_secs": start_secs, "frame": parts });
    let file = &running.measure.file;
    match write_atomic(file, report.to_string().as_bytes()) {
        Ok(()) => drop(exits.write(AppExit::Success)),
        Err(error) => {
            tracing::error!("{error}");
            exits.write(AppExit::error());
        }
    }
}
