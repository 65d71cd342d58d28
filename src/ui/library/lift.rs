//! Things that are dragged out of the library.

use super::{card_words::Words, items::Item};
use crate::ui::{
    desk::Desk,
    drops::{self, on_character, on_shot},
    model::ShotName,
};
use bevy_egui::egui::{
    CursorIcon, DragAndDrop, Id, LayerId, Order, Rect, Response, Stroke, StrokeKind, TextStyle, Ui, vec2,
};
use kinora_core::{
    film::{AudioLane, ProjectPath},
    ids::{CharacterId, LineId, SceneId, TakeId},
};
use std::path::PathBuf;

/// What is dragged out of the library: the payload of egui's drag and drop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LibraryDrag {
    /// A scene.
    Scene(SceneId),
    /// Shots, in the order they were chosen.
    Shots(Vec<ShotName>),
    /// A take of a shot.
    Take(ShotName, TakeId),
    /// A line of a scene.
    Line(SceneId, LineId),
    /// The sound of a lane of a scene.
    Sound {
        /// The scene.
        scene_id: SceneId,
        /// The lane it lies on.
        lane: AudioLane,
        /// The sound, relative to the scene's folder.
        file: ProjectPath,
    },
    /// A picture.
    Picture {
        /// The scene whose folder the file is relative to; none for the project's own.
        scene_id: Option<SceneId>,
        /// The picture.
        file: ProjectPath,
    },
    /// A character.
    Character(CharacterId),
    /// A clip that has no place in the film yet: it lands as a file of the desktop does.
    File(PathBuf),
}

/// What is dragged with a thing. A chosen shot brings the others that are chosen.
fn load(desk: &Desk<'_>, item: Item) -> Option<LibraryDrag> {
    let model = desk.model;
    let shot = || item.shot(model).map(|(span, shot)| (model.name_of(span), shot));
    let picture = |scene_id: Option<SceneId>, file: Option<&ProjectPath>| {
        Some(LibraryDrag::Picture { scene_id, file: file?.clone() })
    };
    match item {
        Item::Scene(_) => Some(LibraryDrag::Scene(item.scene(model)?.scene_id.clone())),
        Item::Shot(_) => {
            let (own, chosen) = (shot()?.0, desk.state.selection.shots());
            Some(LibraryDrag::Shots(if chosen.contains(&own) { chosen.to_vec() } else { vec![own] }))
        }
        Item::Take(..) => Some(LibraryDrag::Take(shot()?.0, item.take(model)?.take_id.clone())),
        Item::Line(..) => {
            Some(LibraryDrag::Line(item.scene(model)?.scene_id.clone(), item.line(model)?.line_id.clone()))
        }
        Item::Lane(_, lane) => {
            let scene = item.scene(model)?;
            let file = scene.audio_tracks.lane(lane)?.clone();
            Some(LibraryDrag::Sound { scene_id: scene.scene_id.clone(), lane, file })
        }
        Item::First(_) | Item::Last(_) | Item::Reference(..) => {
            let (name, shot) = shot()?;
            let file = match item {
                Item::First(_) => shot.first_frame_path.as_ref(),
                Item::Last(_) => shot.last_frame_path.as_ref(),
                Item::Reference(_, end) => end.path_in(shot),
                _ => None,
            };
            picture(Some(name.0), file)
        }
        Item::Character(_) => Some(LibraryDrag::Character(item.character(model)?.character_id.clone())),
        Item::Clip(_) => Some(LibraryDrag::File(item.clip(model)?.clone())),
        Item::Portrait(_, index) => picture(None, item.character(model)?.portrait_paths.get(index)),
    }
}

/// A small card follows the pointer; where it can be let go, the places say (`ui::drops`).
pub(super) fn lift_ui(ui: &Ui, desk: &Desk<'_>, item: Item, words: &Words, response: &Response) {
    if response.drag_started()
        && let Some(drag) = load(desk, item)
    {
        DragAndDrop::set_payload(ui.ctx(), drag);
    }
    // Esc lets go of it before the button does.
    let Some(drag) = DragAndDrop::payload::<LibraryDrag>(ui.ctx()).filter(|_| response.dragged()) else { return };
    let Some(pointer) = ui.input(|input| input.pointer.latest_pos()) else { return };
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let theme = desk.theme;
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::new("library-drag")));
    let title = match &*drag {
        LibraryDrag::Shots(names) if names.len() > 1 => format!("{} shots", names.len()),
        _ => words.title.chars().take(28).collect(),
    };
    let galley = painter.layout_no_wrap(title, TextStyle::Body.resolve(ui.style()), theme.text);
    let place = Rect::from_min_size(pointer + vec2(14.0, 10.0), galley.size() + vec2(20.0, 12.0));
    painter.rect(place, 4, theme.raised, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
    painter.galley(place.min + vec2(10.0, 6.0), galley, theme.text);
}

/// What the card of a thing takes: a character pictures of the face, a shot what its clip takes.
pub(super) fn offer_card(ui: &Ui, desk: &mut Desk<'_>, item: Item, rect: Rect) {
    drops::offer_framed(ui, desk, rect, |desk, flying| match item {
        Item::Character(_) | Item::Portrait(..) => {
            on_character(desk, &item.character(desk.model)?.character_id, flying)
        }
        Item::Shot(_) => on_shot(desk, &desk.model.name_of(item.shot(desk.model)?.0), flying),
        _ => None,
    });
}
