//! Removes what a killed process left half-written.

use super::{ProjectLock, StoreError, atomic::RANDOM_LETTERS};
use std::{fs, path::PathBuf};

/// How the name of a temporary file ends.
pub(super) const PART_SUFFIX: &str = ".part";
/// Project folders are this deep at most: `.kinora/cache/ab`, `.kinora/trash/scene_001.0001/shots`.
const DEEPEST: usize = 6;

/// Whether a file name is one that [`super::AtomicFile`] gives to an unfinished file.
pub(crate) fn is_part_name(name: &str) -> bool {
    name.strip_prefix('.')
        .and_then(|rest| rest.strip_suffix(PART_SUFFIX))
        .and_then(|stem| stem.rsplit_once('.'))
        .is_some_and(|(name, letters)| {
            !name.is_empty()
                && letters.len() == RANDOM_LETTERS
                && letters.bytes().all(|letter| letter.is_ascii_alphanumeric())
        })
}

/// Removes unfinished files from a project and returns them.
///
/// The lock proves that no other process is writing; call it before this process writes anything. Links are not
/// followed, and only names that Kinora gives to unfinished files are touched. A file that cannot be removed is left.
///
/// # Errors
/// [`StoreError::Io`] if the project folder cannot be listed.
pub fn sweep_parts(lock: &ProjectLock) -> Result<Vec<PathBuf>, StoreError> {
    let root = lock.root().to_path_buf();
    fs::read_dir(&root).map_err(|source| StoreError::from_io("list", &root, source))?;
    let mut removed = Vec::new();
    let mut folders = vec![(root, 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < DEEPEST {
                folders.push((entry.path(), depth + 1));
            } else if kind.is_file() && entry.file_name().to_str().is_some_and(is_part_name) {
                let path = entry.path();
                match fs::remove_file(&path) {
                    Ok(()) => removed.push(path),
                    Err(error) => tracing::warn!("could not remove the unfinished file {}: {error}", path.display()),
                }
            }
        }
    }
    Ok(removed)
}
