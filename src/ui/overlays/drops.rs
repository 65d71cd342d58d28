//! Files dropped on the window: each becomes what its kind can become.

use super::browse::{CLIPS, PICTURES, Purpose, SCREENPLAYS, SOUNDS, has_extension, picked};
use crate::ui::{
    actions::target_scene,
    ask::{Notice, Weight},
    desk::Desk,
    state::Selection,
};
use bevy_egui::egui::{Align2, Color32, Context, FontFamily, FontId, Id, LayerId, Order, Stroke, StrokeKind};
use kinora_core::film::AudioLane;
use std::path::Path;

/// Takes what was dropped, and says where it may be dropped while it hovers.
pub(super) fn take_dropped(ctx: &Context, desk: &mut Desk<'_>) {
    let (dropped, is_hovering) = ctx.input(|input| {
        let paths: Vec<std::path::PathBuf> =
            input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect();
        (paths, !input.raw.hovered_files.is_empty())
    });
    if is_hovering {
        hover_ui(ctx, desk);
    }
    for path in dropped {
        match purpose(desk, &path) {
            Ok(purpose) => picked(desk, purpose, path),
            Err(why) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                desk.state.tell(Notice::new(Weight::Warn, format!("{name} was not brought in"), why));
            }
        }
    }
}

/// What a dropped file is for.
fn purpose(desk: &Desk<'_>, path: &Path) -> Result<Purpose, &'static str> {
    if path.is_dir() {
        return Ok(Purpose::Project);
    }
    if has_extension(path, SCREENPLAYS) {
        return Ok(Purpose::Screenplay);
    }
    if !desk.model.is_open() {
        return Err("Drop a project folder or a screenplay here; clips, sounds and portraits need an open film.");
    }
    let scene_id = || target_scene(desk).ok_or("Add a scene first: a clip or a sound belongs to one.");
    if has_extension(path, CLIPS) {
        let shot_id = desk.state.selection.leading_shot().map(|name| name.1.clone());
        return Ok(Purpose::Clip(scene_id()?, shot_id));
    }
    if has_extension(path, SOUNDS) {
        let lane = if let Selection::Lane(_, lane) = desk.state.selection { lane } else { AudioLane::Music };
        return Ok(Purpose::Audio(scene_id()?, lane));
    }
    if has_extension(path, PICTURES) {
        return match &desk.state.selection {
            Selection::Character(character_id) => Ok(Purpose::Portrait(character_id.clone())),
            _ => Err("Select a character first: a picture becomes a portrait of one."),
        };
    }
    Err("Kinora takes screenplays, clips, sounds and pictures.")
}

fn hover_ui(ctx: &Context, desk: &Desk<'_>) {
    let painter = ctx.layer_painter(LayerId::new(Order::Tooltip, Id::new("drop-here")));
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0, Color32::from_black_alpha(140));
    painter.rect_stroke(rect.shrink(12.0), 8, Stroke::new(2.0, desk.theme.accent), StrokeKind::Inside);
    let words = match (desk.model.is_open(), &desk.state.selection) {
        (false, _) => "Drop a project folder or a screenplay",
        (true, Selection::Shots(_)) => "Drop a clip as a new take of the selected shot",
        (true, Selection::Character(_)) => "Drop a picture as a portrait of the selected character",
        (true, Selection::Lane(..)) => "Drop a sound on the selected lane",
        (true, _) => "Drop a clip as a new shot, or a sound as music of this scene",
    };
    let font = FontId::new(18.0, FontFamily::Name("medium".into()));
    painter.text(rect.center(), Align2::CENTER_CENTER, words, font, Color32::WHITE);
}
