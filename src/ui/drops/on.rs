//! What becomes of what is let go on a shot, on an end of it, on its cast, on a character.

use super::{FileKind, Flying, Outcome, files::refused};
use crate::{
    generation::FrameEnd,
    ui::{
        ask::Ask,
        desk::Desk,
        library::LibraryDrag,
        model::{FilmModel, ShotName},
    },
};
use kinora_core::{
    film::ProjectPath,
    ids::{CharacterId, SceneId},
};
use serde_json::json;
use std::path::PathBuf;

/// On a shot: a picture is what it starts from, a character comes in, one of its takes is chosen. None for what can only
/// lie beside it.
#[must_use]
pub fn on_shot(desk: &Desk<'_>, name: &ShotName, flying: &Flying) -> Option<Vec<Outcome>> {
    match flying {
        Flying::Files(paths) => {
            let is_picture = paths.first().is_some_and(|path| FileKind::of(path) == FileKind::Picture);
            is_picture.then(|| on_frame(desk, name, FrameEnd::First, flying)).flatten()
        }
        Flying::Thing(thing) => match &**thing {
            LibraryDrag::Picture { .. } => on_frame(desk, name, FrameEnd::First, flying),
            LibraryDrag::Character(_) => on_cast(desk, std::slice::from_ref(name), flying),
            LibraryDrag::Take(of, take_id) if of == name => {
                let params = json!({ "scene_id": name.0, "shot_id": name.1, "take_id": take_id });
                let ask = Ask::Run { operator: "take.choose", params, group: None };
                Some(vec![Outcome::becomes(format!("{} plays {take_id}", number(desk.model, name)), ask)])
            }
            _ => None,
        },
    }
}

/// On an end of a shot: pictures alone. None for files that are for the film as a whole.
#[must_use]
pub fn on_frame(desk: &Desk<'_>, name: &ShotName, end: FrameEnd, flying: &Flying) -> Option<Vec<Outcome>> {
    let does = match end {
        FrameEnd::First => "starts from",
        FrameEnd::Last => "ends on",
    };
    let words = format!("{} {does} this picture", number(desk.model, name));
    let bring = |path: PathBuf| Ask::bring_frame(vec![name.clone()], end, path);
    match flying {
        Flying::Files(paths) => each_file(paths, |index, path, kind| match kind {
            FileKind::Picture if index == 0 => Outcome::becomes(&words, bring(path)),
            FileKind::Picture => refused(&path, format!("A shot {does} one picture: drop one.")),
            other => refused(&path, format!("It is {}: a shot {does} a picture.", other.words())),
        }),
        Flying::Thing(thing) => {
            let LibraryDrag::Picture { scene_id, file } = &**thing else {
                return Some(vec![Outcome::refused(format!("A shot {does} a picture: drag one out of Images."))]);
            };
            let ask = if scene_id.as_ref() == Some(&name.0) {
                Some(Ask::set_frame(std::slice::from_ref(name), end, Some(file)))
            } else {
                path_of(desk.model, scene_id.as_ref(), file).map(bring)
            };
            Some(vec![ask.map_or_else(|| left_project(file), |ask| Outcome::becomes(words, ask))])
        }
    }
}

/// On the cast of shots: a character comes into all of them. None for anything else.
#[must_use]
pub fn on_cast(desk: &Desk<'_>, names: &[ShotName], flying: &Flying) -> Option<Vec<Outcome>> {
    let Flying::Thing(thing) = flying else { return None };
    let LibraryDrag::Character(character_id) = &**thing else { return None };
    let who = desk.model.character(character_id)?.name.as_str();
    let where_to = match names {
        [name] => format!("shot {}", number(desk.model, name)),
        several => format!("{} shots", several.len()),
    };
    let without = names.iter().filter_map(|name| Some((name, desk.model.shot(name)?)));
    let asks: Vec<_> = without
        .filter(|(_, shot)| !shot.character_ids.contains(character_id))
        .map(|((scene_id, shot_id), shot)| {
            let mut ids = shot.character_ids.clone();
            ids.push(character_id.clone());
            let params = json!({ "scene_id": scene_id, "shot_id": shot_id, "character_ids": ids });
            Ask::Run { operator: "shot.set", params, group: None }
        })
        .collect();
    let outcome = if asks.is_empty() {
        Outcome::refused(format!("{who} is in {where_to} already."))
    } else {
        Outcome::Becomes { words: format!("{who} comes into {where_to}"), asks }
    };
    Some(vec![outcome])
}

/// On a character: pictures are portraits. None for things that have nothing to do with one, and for files that are for
/// the film as a whole.
#[must_use]
pub fn on_character(desk: &Desk<'_>, character_id: &CharacterId, flying: &Flying) -> Option<Vec<Outcome>> {
    let character = desk.model.character(character_id)?;
    let words = format!("A portrait of {}", character.name);
    let bring = |path: PathBuf| Ask::BringPortrait(character_id.clone(), path);
    match flying {
        Flying::Files(paths) => each_file(paths, |_, path, kind| match kind {
            FileKind::Picture => Outcome::becomes(&words, bring(path)),
            other => refused(&path, format!("It is {}: a character is given pictures of the face.", other.words())),
        }),
        Flying::Thing(thing) => {
            let LibraryDrag::Picture { scene_id, file } = &**thing else { return None };
            let outcome = match scene_id {
                None if character.portrait_paths.contains(file) => {
                    Outcome::refused(format!("It is a portrait of {} already.", character.name))
                }
                None => {
                    let params = json!({ "character_id": character_id, "portrait_path": file });
                    Outcome::becomes(words, Ask::Run { operator: "character.add_portrait", params, group: None })
                }
                Some(scene_id) => {
                    let ask = path_of(desk.model, Some(scene_id), file).map(bring);
                    ask.map_or_else(|| left_project(file), |ask| Outcome::becomes(words, ask))
                }
            };
            Some(vec![outcome])
        }
    }
}

/// What becomes of each of several files; none where one of them is for the film as a whole.
pub(in crate::ui) fn each_file(
    paths: &[PathBuf],
    mut outcome: impl FnMut(usize, PathBuf, FileKind) -> Outcome,
) -> Option<Vec<Outcome>> {
    let kinds: Vec<_> = paths.iter().map(|path| FileKind::of(path)).collect();
    if kinds.is_empty() || kinds.iter().any(|kind| kind.is_for_the_film()) {
        return None;
    }
    let each = paths.iter().zip(kinds).enumerate();
    Some(each.map(|(index, (path, kind))| outcome(index, path.clone(), kind)).collect())
}

/// A file of the film on the disk: of a scene, or of the project itself.
pub(in crate::ui) fn path_of(model: &FilmModel, scene_id: Option<&SceneId>, file: &ProjectPath) -> Option<PathBuf> {
    match scene_id {
        Some(scene_id) => model.scene_file(scene_id, file),
        None => model.project_file(file),
    }
}

fn left_project(file: &ProjectPath) -> Outcome {
    Outcome::refused(format!("{file} leads out of the project: bring the file itself."))
}

/// `2.3`: the third shot of the second scene.
fn number(model: &FilmModel, name: &ShotName) -> String {
    let span = model.span(name);
    span.map_or_else(|| name.1.to_string(), |span| format!("{}.{}", span.scene_index + 1, span.shot_index + 1))
}
