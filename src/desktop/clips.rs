//! The files of the project's `clips` folder, for the library: looked for when a film is opened and when a job ended.

use super::Film;
use crate::jobs::JobEnded;
use bevy::prelude::{Local, MessageReader, ResMut};
use std::path::{Path, PathBuf};

/// Most files listed; nobody scrolls further.
const MOST_CLIPS: usize = 2000;

/// Lists the files again when there may be others.
pub(super) fn keep_clips(
    mut ended: MessageReader<'_, '_, JobEnded>,
    mut film: ResMut<'_, Film>,
    mut known: Local<'_, PathBuf>,
) {
    let any_ended = ended.read().count() > 0;
    if film.model.root == *known && !any_ended {
        return;
    }
    known.clone_from(&film.model.root);
    let clips = if film.model.is_open() { files_of(&film.model.layout().clips_dir()) } else { Vec::new() };
    film.model.set_clips(clips);
}

/// Clips and sounds of a folder by their names; when each word is said lies beside some of them, and is no clip.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let is_shown = |path: &PathBuf| {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        path.is_file() && !["json", "part", ""].contains(&ending.as_str())
    };
    let mut files: Vec<_> = entries.map(|entry| entry.path()).filter(is_shown).take(MOST_CLIPS).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_are_listed_by_name_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!(files_of(&root.join("none")), Vec::<PathBuf>::new());
        for name in ["b.mp4", "a.wav", "a.words.json", ".tmp"] {
            kinora_core::store::write_atomic(&root.join(name), b"x").unwrap();
        }
        std::fs::create_dir(root.join("folder.mp4")).unwrap();
        assert_eq!(files_of(root), [root.join("a.wav"), root.join("b.mp4")]);
    }
}
