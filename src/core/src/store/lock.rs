//! One process writes a project at a time. Reading needs no lock.

use super::StoreError;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    fs::{self, File, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

/// Bytes of the lock file that are read to name its holder.
const HOLDER_LIMIT_BYTES: u64 = 4096;

/// Who holds a project's lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// Process id.
    pub pid: u32,
    /// Name of the computer.
    pub host: String,
}

impl fmt::Display for LockHolder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text comes from a file, so it is shown without its control characters.
        let host: String = self.host.chars().filter(|letter| !letter.is_control()).take(64).collect();
        write!(formatter, "process {} on {host}", self.pid)
    }
}

/// The right to write a project. The operating system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct ProjectLock {
    root: PathBuf,
    file: File,
}

impl ProjectLock {
    /// Takes the lock `.kinora/lock` of a project folder, which must exist.
    ///
    /// # Errors
    /// [`StoreError::Locked`] naming the holder; [`StoreError::Link`] if `.kinora` or the lock is a link;
    /// [`StoreError::DiskFull`] or [`StoreError::Io`].
    pub fn acquire(root: &Path) -> Result<Self, StoreError> {
        let folder = root.join(".kinora");
        let path = folder.join("lock");
        refuse_link(&folder)?;
        match fs::create_dir(&folder) {
            Err(source) if !folder.is_dir() => return Err(StoreError::from_io("make", &folder, source)),
            _ => refuse_link(&path)?,
        }
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|source| StoreError::from_io("open", &path, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { root: root.to_path_buf(), holder: read_holder(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(StoreError::from_io("lock", &path, source)),
        }
        // Who holds it is only for the message to others: a full disk must not keep anyone from opening a project.
        if let Err(error) = write_holder(&mut file) {
            tracing::warn!("could not note the holder in {}: {error}", path.display());
        }
        Ok(Self { root: root.to_path_buf(), file })
    }

    /// The project folder this lock is for.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Drop for ProjectLock {
    fn drop(&mut self) {
        // Closing the file would do it too, but not while a child process still holds a copy of the handle.
        let _ = self.file.unlock();
    }
}

/// Refuses a path that is a link; one that does not exist is fine.
pub(super) fn refuse_link(path: &Path) -> Result<(), StoreError> {
    match path.symlink_metadata() {
        Ok(stat) if stat.is_symlink() => Err(StoreError::Link { path: path.to_path_buf() }),
        _ => Ok(()),
    }
}

fn write_holder(file: &mut File) -> std::io::Result<()> {
    let text = serde_json::to_string(&LockHolder { pid: std::process::id(), host: host_name() })?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())
}

fn host_name() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this computer".to_owned())
}

fn read_holder(file: &mut File) -> Option<LockHolder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(HOLDER_LIMIT_BYTES).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
