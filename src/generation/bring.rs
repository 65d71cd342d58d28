//! Copying a file into the project: whole, and never over another.

use super::GenerationError;
use kinora_core::{
    film::{ProjectFolder, ProjectPath},
    ids::CharacterId,
    preview::read_image,
    store::{AtomicFile, StoreError, hash_file},
};
use std::{
    fs::{self, OpenOptions},
    path::Path,
};

/// Copies `source` to the first free of `place.extension`, `place_2.extension` … under `base`, and returns that path
/// relative to `base`. A copy that is there already, byte for byte, is used as it is.
///
/// # Errors
/// [`GenerationError`].
pub fn bring_file(
    source: &Path,
    folder: &ProjectFolder,
    base: &Path,
    place: &str,
    extension: &str,
) -> Result<ProjectPath, GenerationError> {
    let unreadable = |error| GenerationError::Unreadable { file: source.to_path_buf(), error };
    let mut reader = fs::File::open(source).map_err(unreadable)?;
    for number in 1..10_000_u32 {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        let path = ProjectPath::new(format!("{place}{suffix}.{extension}"))?;
        let target = path.resolve(base, folder.root())?;
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(|error| StoreError::from_io("make", parent, error))?;
        }
        if target.exists() {
            if hash_file(&target)? == hash_file(source)? {
                return Ok(path);
            }
            continue;
        }
        let file = AtomicFile::new(&target)?;
        let failed = |error| StoreError::from_io("write", &target, error);
        let mut writer = OpenOptions::new().write(true).truncate(true).open(file.path()).map_err(failed)?;
        std::io::copy(&mut reader, &mut writer).map_err(failed)?;
        drop(writer);
        file.commit_new()?;
        return Ok(path);
    }
    Err(GenerationError::NoFreeName(place.to_owned()))
}

/// Copies a picture into `portraits/` as one of a character's.
///
/// # Errors
/// [`GenerationError`]; also when the file is no picture that a provider could be sent.
pub fn bring_portrait(
    folder: &ProjectFolder,
    character_id: &CharacterId,
    source: &Path,
) -> Result<ProjectPath, GenerationError> {
    read_image(source, [64, 64]).map_err(|error| GenerationError::Nothing(error.to_string()))?;
    let extension = source.extension().map_or_else(|| "png".to_owned(), |end| end.to_string_lossy().to_lowercase());
    let name = character_id.as_str().trim_start_matches("char_");
    bring_file(source, folder, folder.root(), &format!("portraits/{name}"), &extension)
}
