//! Media that another scene comes to use. A path in a `scene.json` stays inside its scene's folder, so a shot that
//! moves to another scene, or is made a second time, gets its files there first.

use super::{FilmError, ProjectFolder, ProjectPath};
use crate::{
    ids::SceneId,
    store::{AtomicFile, StoreError, hash_file, sync_folder},
};
use std::{collections::BTreeSet, fs, io, path::Path};

/// A file of one scene that is to be there for another, or under another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCopy {
    /// The scene whose file it is.
    pub from_scene: SceneId,
    /// The file, relative to the folder of `from_scene`.
    pub from: ProjectPath,
    /// The scene that comes to use it.
    pub to_scene: SceneId,
    /// Its new name, relative to the folder of `to_scene`.
    pub to: ProjectPath,
}

impl ProjectFolder {
    /// Brings files to where another scene expects them, without a second copy of the bytes where the disk can do
    /// that: media are never written over, so two names may share one file. Nothing is moved or replaced; a file that
    /// is not there is left out, as `kinora check` will say. Returns how many files were brought.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if another file has a new name already; [`FilmError::Invalid`] if a path leads out of the
    /// project through a link; [`FilmError::Store`] if the disk refuses. What was brought until then stays.
    pub fn bring_files(&self, files: &[FileCopy]) -> Result<usize, FilmError> {
        let mut folders = BTreeSet::new();
        let mut brought = 0;
        for file in files {
            let place = |scene_id: &SceneId, path: &ProjectPath| {
                let place = path.under(&self.scene_dir(scene_id));
                self.inside(&format!("{}/{scene_id}/{path}", super::layout::SCENES)).map(|()| place)
            };
            let (from, to) = (place(&file.from_scene, &file.from)?, place(&file.to_scene, &file.to)?);
            if from == to || !from.is_file() {
                continue;
            }
            let Some(folder) = to.parent() else { continue };
            fs::create_dir_all(folder).map_err(|source| StoreError::from_io("make", folder, source))?;
            bring(&from, &to)?;
            brought += 1;
            folders.extend(folder.ancestors().take_while(|part| *part != self.root()).map(Path::to_path_buf));
        }
        if brought > 0 {
            folders.insert(self.root().to_path_buf());
        }
        // The names must be on the disk before a scene.json speaks of them.
        for folder in folders {
            sync_folder(&folder).map_err(|source| StoreError::from_io("save", &folder, source))?;
        }
        Ok(brought)
    }
}

fn bring(from: &Path, to: &Path) -> Result<(), StoreError> {
    // A link to a link would share the link, not the file.
    let real = from.canonicalize().map_err(|source| StoreError::from_io("read", from, source))?;
    match fs::hard_link(&real, to) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let is_same = to.is_file() && hash_file(&real)? == hash_file(to)?;
            return if is_same { Ok(()) } else { Err(StoreError::Exists { path: to.to_path_buf() }) };
        }
        // Some disks know no second names.
        Err(error) => tracing::debug!("{} is copied, not linked: {error}", from.display()),
    }
    let copy = AtomicFile::new(to)?;
    fs::copy(&real, copy.path()).map_err(|source| StoreError::from_io("copy", to, source))?;
    copy.commit_new().map(drop)
}
