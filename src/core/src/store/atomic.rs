//! Atomic saves: a file appears under its final name by rename, whole and on the disk, or not at all.

use super::StoreError;
use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};
use tempfile::TempPath;

/// Random letters in the name of a temporary file.
pub(super) const RANDOM_LETTERS: usize = 6;
/// File systems take names of 255 bytes; the dots, the random letters and `.part` need their share.
const LONGEST_STEM_BYTES: usize = 200;

/// Replaces `path` by `bytes`, or leaves it as it was.
///
/// The bytes go to a temporary file in the same folder, which is flushed to the disk and renamed; then the folder is
/// flushed, so that the rename survives a power cut too.
///
/// # Errors
/// [`StoreError::DiskFull`] or [`StoreError::Io`]; the temporary file is removed and the old file is intact.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let needed = Some(bytes.len() as u64);
    let (mut file, temp) = create_temp(path, needed)?;
    let refuse = |source| StoreError::from_write("save", path, needed, source);
    file.write_all(bytes).map_err(refuse)?;
    file.sync_all().map_err(refuse)?;
    drop(file);
    temp.persist(path).map_err(|error| refuse(error.error))?;
    sync_folder(folder_of(path)).map_err(refuse)
}

/// A file being made by someone else (an encoder, another program) under a temporary name beside its final one.
///
/// Dropped without [`AtomicFile::commit`], it removes the temporary file.
#[derive(Debug)]
pub struct AtomicFile {
    temp: TempPath,
    final_path: PathBuf,
}

impl AtomicFile {
    /// Makes an empty temporary file `.name.XXXXXX.part` in the folder of `final_path`, which must exist.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] or [`StoreError::Io`] if the folder cannot take a file.
    pub fn new(final_path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let final_path = final_path.into();
        let (_, temp) = create_temp(&final_path, None)?;
        Ok(Self { temp, final_path })
    }

    /// Where to write. The name ends in `.part`: a writer that chooses a format by extension must be told the format.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.temp
    }

    /// Where the file will appear.
    #[must_use]
    pub fn final_path(&self) -> &Path {
        &self.final_path
    }

    /// Flushes what was written and renames it to the final name, replacing what was there.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] or [`StoreError::Io`]; the temporary file is removed and the old file is intact.
    pub fn commit(self) -> Result<PathBuf, StoreError> {
        self.flush()?;
        let refuse = |source| StoreError::from_io("save", &self.final_path, source);
        self.temp.persist(&self.final_path).map_err(|error| refuse(error.error))?;
        sync_folder(folder_of(&self.final_path)).map_err(refuse)?;
        Ok(self.final_path)
    }

    /// Like [`AtomicFile::commit`], but never replaces a file: takes are added, not overwritten.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is a file under the final name; else as [`AtomicFile::commit`].
    pub fn commit_new(self) -> Result<PathBuf, StoreError> {
        self.flush()?;
        let refuse = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Exists { path: self.final_path.clone() },
            _ => StoreError::from_io("save", &self.final_path, source),
        };
        self.temp.persist_noclobber(&self.final_path).map_err(|error| refuse(error.error))?;
        sync_folder(folder_of(&self.final_path)).map_err(refuse)?;
        Ok(self.final_path)
    }

    fn flush(&self) -> Result<(), StoreError> {
        // Opened for writing because Windows flushes only such handles.
        File::options()
            .write(true)
            .open(&self.temp)
            .and_then(|file| file.sync_all())
            .map_err(|source| StoreError::from_io("save", &self.final_path, source))
    }
}

/// A new temporary file beside `path`, readable by whom the user's umask allows.
fn create_temp(path: &Path, needed_bytes: Option<u64>) -> Result<(File, TempPath), StoreError> {
    let refuse = |source| StoreError::from_write("save", path, needed_bytes, source);
    let name = path
        .file_name()
        .and_then(OsStr::to_str)
        .ok_or_else(|| refuse(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file")))?;
    let cut = (0..=name.len().min(LONGEST_STEM_BYTES)).rev().find(|&end| name.is_char_boundary(end)).unwrap_or(0);
    let prefix = format!(".{}.", &name[..cut]);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(super::sweep::PART_SUFFIX).rand_bytes(RANDOM_LETTERS);
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    builder.tempfile_in(folder_of(path)).map(tempfile::NamedTempFile::into_parts).map_err(refuse)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Flushes a folder's list of names to the disk. Windows does that with the rename itself.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
