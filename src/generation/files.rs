//! Bringing files into a scene's folder: whole or not at all, and never over another file.

use super::GenerationError;
use kinora_core::{
    film::{ProjectFolder, ProjectPath},
    ids::SceneId,
    store::{AtomicFile, StoreError, hash_file},
};
use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
};

/// The folder of a scene.
pub struct SceneFiles<'a> {
    folder: &'a ProjectFolder,
    scene_dir: PathBuf,
}

impl<'a> SceneFiles<'a> {
    /// The folder of a scene of an open project.
    #[must_use]
    pub fn new(folder: &'a ProjectFolder, scene_id: &SceneId) -> Self {
        Self { folder, scene_dir: folder.scene_dir(scene_id) }
    }

    /// Where a file of the scene lies, following no link out of the project.
    ///
    /// # Errors
    /// [`kinora_core::film::PathError`].
    pub fn path(&self, file: &ProjectPath) -> Result<PathBuf, GenerationError> {
        Ok(file.resolve(&self.scene_dir, self.folder.root())?)
    }
}

/// Copies a file into a scene under exactly this name. A copy that is there already, byte for byte, is left as it is:
/// an attempt that was cut short ended after the copy.
///
/// # Errors
/// [`GenerationError::InTheWay`] if another file has the name; else what kept the file from being copied.
pub fn bring_as(source: &Path, files: &SceneFiles<'_>, name: &ProjectPath) -> Result<(), GenerationError> {
    let target = files.path(name)?;
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(|error| GenerationError::read(parent, error))?;
    }
    if target.exists() {
        let same = hash_file(&target)? == hash_file(source)?;
        return if same { Ok(()) } else { Err(GenerationError::InTheWay(name.clone())) };
    }
    let mut reader = fs::File::open(source).map_err(|error| GenerationError::read(source, error))?;
    let file = AtomicFile::new(&target)?;
    let mut writer = OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(file.path())
        .map_err(|error| StoreError::from_io("write", &target, error))?;
    std::io::copy(&mut reader, &mut writer).map_err(|error| StoreError::from_io("write", &target, error))?;
    drop(writer);
    match file.commit_new() {
        Ok(_) => Ok(()),
        Err(StoreError::Exists { .. }) => Err(GenerationError::InTheWay(name.clone())),
        Err(error) => Err(error.into()),
    }
}

/// Copies a file into a scene under the first free name: `music.wav`, `music_2.wav` …
///
/// # Errors
/// What kept the file from being copied.
pub fn bring(
    source: &Path,
    files: &SceneFiles<'_>,
    subfolder: &str,
    stem: &str,
    extension: &str,
) -> Result<ProjectPath, GenerationError> {
    let mut number = 1_u32;
    loop {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        let name = ProjectPath::new(format!("{subfolder}/{stem}{suffix}.{extension}"))?;
        match bring_as(source, files, &name) {
            Ok(()) => return Ok(name),
            Err(GenerationError::InTheWay(_)) if number < 9_999 => number += 1,
            Err(error) => return Err(error),
        }
    }
}
