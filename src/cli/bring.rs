//! Copying a file into the project: whole, and never over another.

use super::Failure;
use crate::generation::bring_file;
use kinora_core::film::{ProjectFolder, ProjectPath};
use std::path::Path;

/// Copies `source` to the first free of `subfolder/stem.extension`, `subfolder/stem_2.extension` … under `base`, and
/// returns that path relative to `base`. A copy that is there already, byte for byte, is used as it is.
pub(super) fn bring(
    source: &Path,
    folder: &ProjectFolder,
    base: &Path,
    subfolder: &str,
    stem: &str,
    extension: &str,
) -> Result<ProjectPath, Failure> {
    Ok(bring_file(source, folder, base, &format!("{subfolder}/{stem}"), extension)?)
}
