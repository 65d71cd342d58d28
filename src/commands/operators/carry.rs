//! A shot under a new name: its takes, pictures and lines come with it.
//!
//! A path in a `scene.json` stays inside its scene's folder, so a shot that moves to another scene cannot keep naming
//! the files of the old one. It gets an id that no shot of its new scene ever had, and its files get names after that
//! id, by the same rule as new takes: `shots/shot_002_take_003.mp4` becomes `shots/shot_009_take_003.mp4`. The new
//! names are given to the same files (see `ProjectFolder::bring_files`); the old names stay, so undo needs no disk.

use super::take::frame_paths;
use crate::{
    commands::{Edit, OperatorError},
    document::FilmView,
};
use kinora_core::{
    film::{FileCopy, ProjectPath, Shot},
    ids::{LineId, SceneId, ShotId},
};
use std::collections::BTreeMap;

/// A shot in its new place.
pub(super) struct Carried {
    pub(super) shot_id: ShotId,
    /// Puts the shot and its lines there.
    pub(super) edits: Vec<Edit>,
    pub(super) files: Vec<FileCopy>,
    /// The lines of the old shot, where they are now.
    pub(super) old_line_ids: Vec<LineId>,
}

/// The edits that make a second shot of one, with its takes and lines, at a place in a scene.
pub(super) fn carry(
    film: FilmView<'_>,
    from: (&SceneId, &ShotId),
    to_scene: &SceneId,
    index: usize,
) -> Result<Carried, OperatorError> {
    let (from_scene, old_id) = from;
    let mut names = Names { from_scene, to_scene, files: BTreeMap::new() };
    let (new_id, edit) = names.insertion(film, film.shot(from_scene, old_id)?, index)?;
    let mut edits = vec![edit];
    let mut old_line_ids = Vec::new();
    let (count, first) = (film.line_ids(to_scene)?.len(), film.next_line_id(to_scene)?.number().unwrap_or(1));
    for line_id in film.line_ids(from_scene)? {
        let mut line = film.line(from_scene, &line_id)?;
        if line.shot_id != *old_id {
            continue;
        }
        let offset = old_line_ids.len();
        line.shot_id = new_id.clone();
        line.line_id = LineId::numbered(first + offset);
        if let Some(path) = &mut line.file_path {
            *path = names.rename(path, line_id.as_str(), line.line_id.as_str())?;
        }
        edits.push(Edit::InsertLine { scene_id: to_scene.clone(), index: count + offset, line });
        old_line_ids.push(line_id);
    }
    Ok(Carried { shot_id: new_id, edits, files: names.copies(), old_line_ids })
}

/// The edits that put a shot as it stands, which is made of one of `from_scene`, at a place in a scene under a new id.
/// No lines come with it.
pub(super) fn carry_shot(
    film: FilmView<'_>,
    from_scene: &SceneId,
    shot: Shot,
    to_scene: &SceneId,
    index: usize,
) -> Result<Carried, OperatorError> {
    let mut names = Names { from_scene, to_scene, files: BTreeMap::new() };
    let (shot_id, edit) = names.insertion(film, shot, index)?;
    Ok(Carried { shot_id, edits: vec![edit], files: names.copies(), old_line_ids: Vec::new() })
}

/// New names for files, and which file each of them is.
struct Names<'a> {
    from_scene: &'a SceneId,
    to_scene: &'a SceneId,
    files: BTreeMap<ProjectPath, ProjectPath>,
}

impl Names<'_> {
    /// The edit that puts a shot into the new scene, under a new id.
    fn insertion(&mut self, film: FilmView<'_>, mut shot: Shot, index: usize) -> Result<(ShotId, Edit), OperatorError> {
        let new_id = film.next_shot_id(self.to_scene)?;
        let old_id = std::mem::replace(&mut shot.shot_id, new_id.clone());
        self.rename_all(&mut shot, old_id.as_str(), new_id.as_str())?;
        let edit = Edit::InsertShot { scene_id: self.to_scene.clone(), index, shot: Box::new(shot) };
        Ok((new_id, edit))
    }

    /// The files, each with its new name.
    fn copies(self) -> Vec<FileCopy> {
        let (from_scene, to_scene) = (self.from_scene, self.to_scene);
        let copy = |(to, from)| FileCopy { from_scene: from_scene.clone(), from, to_scene: to_scene.clone(), to };
        self.files.into_iter().map(copy).collect()
    }

    fn rename_all(&mut self, shot: &mut Shot, old_id: &str, new_id: &str) -> Result<(), OperatorError> {
        let Shot {
            file_path,
            first_frame_path,
            last_frame_path,
            reference_first_frame_path,
            reference_last_frame_path,
            takes,
            ..
        } = shot;
        let named =
            [file_path, first_frame_path, last_frame_path, reference_first_frame_path, reference_last_frame_path];
        for path in named.into_iter().flatten() {
            *path = self.rename(path, old_id, new_id)?;
        }
        for take in takes {
            // The pictures of the takes that do not play are named after their clips, and nowhere written down.
            let (first, last) = frame_paths(&take.file_path).map_err(refused)?;
            for path in [first, last] {
                self.rename(&path, old_id, new_id)?;
            }
            take.file_path = self.rename(&take.file_path, old_id, new_id)?;
        }
        Ok(())
    }

    /// `shots/shot_002_take_003.mp4` is `shots/shot_009_take_003.mp4`; what is named after nothing that moves gets the
    /// new id before its name.
    fn rename(&mut self, path: &ProjectPath, old_id: &str, new_id: &str) -> Result<ProjectPath, OperatorError> {
        let name = path.file_name();
        let folder = &path.as_str()[..path.as_str().len() - name.len()];
        let after_id = name.strip_prefix(old_id).filter(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()));
        let new_name = after_id.map_or_else(|| format!("{new_id}_of_{name}"), |rest| format!("{new_id}{rest}"));
        let to = ProjectPath::new(format!("{folder}{new_name}")).map_err(refused)?;
        match self.files.insert(to.clone(), path.clone()) {
            Some(other) if other != *path => Err(OperatorError::Refused(format!(
                "{path} and {other} of {} would both be {to} in {}: rename one of them",
                self.from_scene, self.to_scene
            ))),
            _ => Ok(to),
        }
    }
}

fn refused(error: impl std::fmt::Display) -> OperatorError {
    OperatorError::Refused(error.to_string())
}
