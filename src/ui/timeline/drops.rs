//! What is let go over the tracks: between shots, on a shot, on a lane at a time.

use super::{
    Parts,
    drag::{Gap, gap_at, moves, scene_gap, scene_place},
    snap,
    view::View,
};
use crate::{
    jobs::{ClipPlace, JobAsk},
    ui::{
        ask::Ask,
        desk::Desk,
        drops::{self, FileKind, Flying, Landing, Mark, Outcome, each_file, on_shot, path_of, refused_file},
        library::LibraryDrag,
        model::{ShotName, ShotSpan},
    },
};
use bevy_egui::egui::{Pos2, Rect, Ui, pos2};
use kinora_core::{
    film::{AudioLane, ProjectPath, VoiceSource},
    ids::{LineId, SceneId},
};
use serde_json::{Value, json};
use std::path::PathBuf;

pub(super) fn drops_ui(ui: &Ui, desk: &mut Desk<'_>, view: &View, parts: &Parts) {
    drops::offer(ui, desk, parts.tracks, |desk, flying, pointer| {
        if let Some((lane, row)) = parts.lanes.into_iter().find(|(_, row)| row.y_range().contains(pointer.y)) {
            return on_lane(desk, view, (lane, row), flying, pointer);
        }
        let pictures = parts.scenes.union(parts.video);
        pictures.y_range().contains(pointer.y).then(|| on_pictures(desk, view, parts, flying, pointer)).flatten()
    });
}

fn run(operator: &'static str, params: Value) -> Ask {
    Ask::Run { operator, params, group: None }
}

/// The shot under a point of the video track.
fn shot_under<'a>(desk: &Desk<'a>, view: &View, parts: &Parts, pointer: Pos2) -> Option<&'a ShotSpan> {
    let model = desk.model;
    let is_on_clips = parts.video.y_range().contains(pointer.y) && pointer.x >= view.x_of(0);
    model.shot_at(view.frame_at(pointer.x)).filter(|_| is_on_clips)
}

fn on_pictures(desk: &Desk<'_>, view: &View, parts: &Parts, flying: &Flying, pointer: Pos2) -> Option<Landing> {
    let model = desk.model;
    let border = view.border_at(pointer.x);
    if let Flying::Thing(thing) = flying
        && let LibraryDrag::Scene(scene_id) = &**thing
    {
        return Some(scene_landing(desk, view, parts, scene_id, border));
    }
    let under = shot_under(desk, view, parts, pointer).map(|span| (model.name_of(span), clip_rect(view, parts, span)));
    if let Some((name, rect)) = &under
        && let Some(outcomes) = on_shot(desk, name, flying)
    {
        return Some(Landing { mark: Mark::Frame(*rect), outcomes });
    }
    let gap = gap_at(desk, border);
    let between = gap.as_ref().map(|gap| Mark::Line { x: view.x_of(gap.frame), rows: parts.video.y_range() });
    let mark = between.unwrap_or(Mark::Frame(parts.video));
    let needs_shot = "Let it go on a shot.";
    let outcomes = match flying {
        Flying::Files(paths) => {
            let mut outcomes = each_file(paths, |_, path, kind| match (kind, &gap) {
                (FileKind::Clip, Some(gap)) => Outcome::becomes(words_of(desk, gap), clip(gap, path)),
                (FileKind::Clip, None) => refused_file(&path, "Add a scene first: shots lie in scenes."),
                (FileKind::Picture, _) => refused_file(&path, needs_shot),
                (FileKind::Sound, _) => refused_file(&path, "It is a sound: let it go on one of the lanes below."),
                (other, _) => refused_file(&path, format!("It is {}: the video track takes clips.", other.words())),
            })?;
            // Each comes before the one that was brought before it, so the last goes first.
            outcomes.reverse();
            outcomes
        }
        Flying::Thing(thing) => vec![match &**thing {
            LibraryDrag::Shots(names) => shots_outcome(desk, names, gap.as_ref()?),
            LibraryDrag::Take((scene_id, shot_id), take_id) => {
                let gap = gap.as_ref()?;
                let mut params =
                    json!({ "scene_id": scene_id, "shot_id": shot_id, "take_id": take_id, "index": gap.index });
                if gap.scene_id != *scene_id {
                    params["to_scene_id"] = json!(gap.scene_id);
                }
                Outcome::becomes(words_of(desk, gap), run("take.to_shot", params))
            }
            LibraryDrag::Line(..) | LibraryDrag::Sound { .. } => {
                Outcome::refused("It is a sound: let it go on one of the lanes below.")
            }
            LibraryDrag::Picture { .. } | LibraryDrag::Character(_) => Outcome::refused(needs_shot),
            LibraryDrag::Scene(_) | LibraryDrag::File(_) => return None,
        }],
    };
    Some(Landing { mark, outcomes })
}

fn clip_rect(view: &View, parts: &Parts, span: &ShotSpan) -> Rect {
    let (left, right) = (view.x_of(span.start_frame), view.x_of(span.end_frame()));
    let row = parts.video;
    Rect::from_min_max(pos2(left.max(row.left()), row.top()), pos2(right.min(row.right()), row.bottom()))
}

fn clip(gap: &Gap, path: PathBuf) -> Ask {
    let place = ClipPlace::NewShot { index: Some(gap.index) };
    Ask::Start(JobAsk::ImportClip { scene_id: gap.scene_id.clone(), place, path })
}

/// What a new shot in a gap will be called.
fn words_of(desk: &Desk<'_>, gap: &Gap) -> String {
    let scene = desk.model.scene_index(&gap.scene_id).map_or(0, |index| index + 1);
    format!("A new shot, {scene}.{}", gap.index + 1)
}

fn scene_landing(desk: &Desk<'_>, view: &View, parts: &Parts, scene_id: &SceneId, border: u64) -> Landing {
    let (index, frame) = scene_gap(desk, border);
    let asks = match scene_place(desk, scene_id, index) {
        Some(to) => vec![run("scene.move", json!({ "scene_id": scene_id, "index": to }))],
        None => Vec::new(),
    };
    let words = if asks.is_empty() { "The scene lies here" } else { "The scene comes here" };
    let mark = Mark::Line { x: view.x_of(frame), rows: parts.scenes.union(parts.video).y_range() };
    Landing { mark, outcomes: vec![Outcome::Becomes { words: words.to_owned(), asks }] }
}

fn shots_outcome(desk: &Desk<'_>, names: &[ShotName], gap: &Gap) -> Outcome {
    let asks: Vec<_> = moves(desk, names, gap).into_iter().map(|params| run("shot.move", params)).collect();
    let words = match (asks.len(), names.len()) {
        (0, _) => "It lies here".to_owned(),
        (_, 1) => "The shot comes here".to_owned(),
        (_, count) => format!("{count} shots come here"),
    };
    Outcome::Becomes { words, asks }
}

/// A moment on a lane: of which scene, and how many seconds after its start.
struct Moment {
    scene_id: SceneId,
    frame: u64,
    offset_secs: f64,
    words: String,
}

fn moment_at(desk: &Desk<'_>, view: &View, lane: AudioLane, x: f32) -> Option<Moment> {
    let model = desk.model;
    let border = view.border_at(x);
    let border = snap::sound(desk, view, None, &[border as f64]).map_or(border, |held| held.frame);
    let index = model.scene_at(border)?;
    let span = model.scene_spans[index];
    // What began at its scene's end would never be heard.
    let last = (span.start_frame + span.frames).saturating_sub(1).max(span.start_frame);
    let frame = border.clamp(span.start_frame, last);
    // Places on a lane are kept in milliseconds.
    let secs = (model.rate().frames_to_secs(frame - span.start_frame) * 1000.0).round() / 1000.0;
    let scene = &model.scenes[index];
    let mut words = format!("{} of scene {} from {}", super::lanes::lane_name(lane), index + 1, model.timecode(frame));
    if lane == AudioLane::Voice && scene.voice_source == VoiceSource::Lines && !scene.voice_lines.is_empty() {
        words.push_str("; its lines are silent then");
    }
    Some(Moment { scene_id: scene.scene_id.clone(), frame, offset_secs: secs, words })
}

fn on_lane(
    desk: &Desk<'_>,
    view: &View,
    (lane, row): (AudioLane, Rect),
    flying: &Flying,
    pointer: Pos2,
) -> Option<Landing> {
    let moment = moment_at(desk, view, lane, pointer.x);
    let outcomes = match (flying, &moment) {
        (Flying::Files(paths), moment) => each_file(paths, |index, path, kind| match (kind, moment) {
            (FileKind::Sound, Some(moment)) if index == 0 => bring(moment, lane, path),
            (FileKind::Sound, Some(_)) => refused_file(&path, "A lane of a scene holds one sound: drop one."),
            (FileKind::Sound, None) => refused_file(&path, "Add a scene first: sounds lie in scenes."),
            (other, _) => refused_file(&path, format!("It is {}: a lane takes sounds.", other.words())),
        })?,
        (Flying::Thing(thing), Some(moment)) => vec![match &**thing {
            LibraryDrag::Sound { scene_id, lane: from, file } => {
                let is_there = *scene_id == moment.scene_id && *from == lane;
                lay(desk, moment, lane, scene_id, (!is_there).then_some(file))
            }
            LibraryDrag::Line(scene_id, line_id) => line_outcome(desk, moment, lane, scene_id, line_id),
            _ => Outcome::refused("A lane takes sounds: drag one out of Audio."),
        }],
        (Flying::Thing(_), None) => return None,
    };
    let x = view.x_of(moment.map_or_else(|| view.border_at(pointer.x), |moment| moment.frame));
    Some(Landing { mark: Mark::Line { x, rows: row.y_range() }, outcomes })
}

fn bring(moment: &Moment, lane: AudioLane, path: PathBuf) -> Outcome {
    let (scene_id, offset_secs) = (moment.scene_id.clone(), Some(moment.offset_secs));
    Outcome::becomes(&moment.words, Ask::Start(JobAsk::ImportAudio { scene_id, lane, offset_secs, path }))
}

/// Lays a sound of the film on a lane. A path in a scene stays in its folder: a sound of another scene is brought.
fn lay(desk: &Desk<'_>, moment: &Moment, lane: AudioLane, from: &SceneId, file: Option<&ProjectPath>) -> Outcome {
    if let Some(file) = file.filter(|_| *from != moment.scene_id) {
        let path = path_of(desk.model, Some(from), file);
        return path.map_or_else(
            || Outcome::refused(format!("{file} leads out of the project: bring the file itself.")),
            |path| bring(moment, lane, path),
        );
    }
    let mut params = json!({ "scene_id": moment.scene_id, "lane": lane, "offset_secs": moment.offset_secs });
    if let Some(file) = file {
        params["file_path"] = json!(file);
    }
    Outcome::becomes(&moment.words, run("lane.set", params))
}

/// A line goes to another moment of its scene; on another lane its sound plays as a sound.
fn line_outcome(desk: &Desk<'_>, moment: &Moment, lane: AudioLane, scene_id: &SceneId, line_id: &LineId) -> Outcome {
    let model = desk.model;
    let line = model.scene(scene_id).and_then(|scene| scene.voice_lines.iter().find(|line| line.line_id == *line_id));
    let Some(line) = line else { return Outcome::refused("The line is gone.") };
    if lane != AudioLane::Voice {
        return match &line.file_path {
            Some(file) => lay(desk, moment, lane, scene_id, Some(file)),
            None => Outcome::refused("The line is not spoken yet."),
        };
    }
    if *scene_id != moment.scene_id {
        return Outcome::refused("A line is spoken in its own scene: move its shot to the other one.");
    }
    let is_here = |shot: &&ShotSpan| model.scenes[shot.scene_index].scene_id == *scene_id;
    let Some(shot) = model.shot_at(moment.frame).filter(is_here) else {
        return Outcome::refused("A line belongs to a shot: the scene has none yet.");
    };
    let secs = (model.rate().frames_to_secs(moment.frame - shot.start_frame) * 1000.0).round() / 1000.0;
    let params = json!({ "scene_id": scene_id, "line_id": line_id, "shot_id": model.name_of(shot).1,
        "offset_secs": secs });
    Outcome::becomes(format!("The line from {}", model.timecode(moment.frame)), run("line.set", params))
}
