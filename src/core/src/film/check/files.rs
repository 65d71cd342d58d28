//! The media on the disk: what the film names, and what nobody names.

use super::{Checker, MediaFile, MediaKind};
use crate::film::{
    FilmScene, ProjectPath,
    layout::{SCENES, scene_file_name},
    links::Found,
    load::for_each_path,
};
use std::{collections::HashSet, fs, path::Path};

/// Files in one folder that are looked at.
const MAX_FILES_PER_FOLDER: usize = 100_000;

impl Checker<'_> {
    /// Whether a path names a file that is there. A link that leaves the project counts: it is an error of its own.
    pub(super) fn exists(&mut self, path: &ProjectPath, folder: &Path) -> bool {
        self.guard.look(path, folder) != Found::Nothing
    }

    /// Notes a media file that the film names. False if it is not there.
    pub(super) fn media_file(
        &mut self,
        kind: MediaKind,
        file: &str,
        place: &str,
        path: &ProjectPath,
        folder: &Path,
    ) -> bool {
        let found = self.guard.look(path, folder);
        if found == Found::File {
            let path = path.under(folder);
            self.media.push(MediaFile { kind, path, file: file.to_owned(), place: place.to_owned() });
        }
        found != Found::Nothing
    }

    /// Files in the project's media folders that nothing in the film names.
    pub(super) fn orphans(&mut self) {
        let loaded = self.loaded;
        for scene in &loaded.film.scenes {
            self.scene_orphans(scene);
        }
        let portraits = loaded.film.characters.iter().flat_map(|character| &character.portrait_paths);
        let named: HashSet<String> = portraits.map(|path| path.as_str().to_owned()).collect();
        self.orphans_in("portraits", &named, |_| false);
        let scenes: HashSet<&str> = loaded.film.scenes.iter().map(|scene| scene.scene_id.as_str()).collect();
        let Ok(entries) = fs::read_dir(self.layout.scenes_dir()) else { return };
        for entry in entries.flatten().take(MAX_FILES_PER_FOLDER) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_scene = entry.path().join("scene.json").symlink_metadata().is_ok();
            let is_listed = loaded.listed.iter().any(|listed| listed.as_str() == name);
            if entry.file_type().is_ok_and(|kind| kind.is_dir())
                && !scenes.contains(name.as_str())
                && !is_listed
                && !name.starts_with('.')
            {
                // A broken scene.json is an error of its own, unless the folder's name keeps it from being read.
                let message =
                    if is_scene { "the folder's name is no scene id" } else { "the folder has no scene.json" };
                if !is_scene || crate::ids::SceneId::new(name.as_str()).is_err() {
                    self.warn(&format!("{SCENES}/{name}"), "", message, "rename it to a scene id, or move it away");
                }
            }
        }
    }

    fn scene_orphans(&mut self, scene: &FilmScene) {
        let file = scene_file_name(&scene.scene_id);
        if self.loaded.problems.iter().any(|problem| problem.file == file) {
            // What a broken file names is not known.
            return;
        }
        let folder = format!("{SCENES}/{}", scene.scene_id);
        let mut named = HashSet::new();
        for_each_path(scene, |_, path| {
            named.insert(format!("{folder}/{path}"));
        });
        self.orphans_in(&format!("{folder}/shots"), &named, |_| false);
        // Frames of takes that are not chosen are kept under the shot's name.
        let is_frame_of_a_shot = |name: &str| {
            scene
                .shots
                .iter()
                .any(|shot| name.strip_prefix(shot.shot_id.as_str()).is_some_and(|rest| rest.starts_with(['_', '.'])))
        };
        self.orphans_in(&format!("{folder}/frames"), &named, is_frame_of_a_shot);
        self.orphans_in(&format!("{folder}/audio"), &named, |name| name == "voice.wav");
    }

    fn orphans_in(&mut self, folder: &str, named: &HashSet<String>, is_ours: impl Fn(&str) -> bool) {
        let Ok(entries) = fs::read_dir(self.root.join(folder)) else { return };
        let mut orphans: Vec<String> = entries
            .flatten()
            .take(MAX_FILES_PER_FOLDER)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.') && !is_ours(name) && !named.contains(&format!("{folder}/{name}")))
            .collect();
        orphans.sort();
        for name in orphans {
            let fix = "it is not in the film: move it away if it is not needed";
            self.warn(&format!("{folder}/{name}"), "", "nothing in the film names this file", fix);
        }
    }
}
