//! One process writes a project at a time. Reading needs no lock.

use super::StoreError;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    fs::{self, File, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// Bytes of the lock file that are read to name its holder.
const HOLDER_LIMIT_BYTES: u64 = 4096;

/// How long a lock that is held may stay without a name: ten looks, five milliseconds apart.
const NAME_TRIES: u32 = 10;
const NAME_STEP: Duration = Duration::from_millis(5);

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

impl LockHolder {
    /// Who took the lock of a project last, read without touching the lock. It names whoever that was also after they
    /// have let go of it.
    #[must_use]
    pub fn last_of(root: &Path) -> Option<Self> {
        let path = root.join(".kinora").join("lock");
        refuse_link(&path).ok()?;
        read_holder(&mut File::open(path).ok()?)
    }

    /// Whether it is another process of this program that still runs on this computer. A process elsewhere cannot be
    /// seen, and counts as ended.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        self.pid != std::process::id() && self.host == host_name() && runs_this_program(self.pid)
    }
}

#[cfg(target_os = "linux")]
fn runs_this_program(pid: u32) -> bool {
    // The number of a process that is gone is given to another program sooner or later.
    let name = |process: &str| fs::read(format!("/proc/{process}/comm")).ok();
    name(&pid.to_string()).is_some_and(|other| name("self").is_none_or(|own| own == other))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn runs_this_program(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

#[cfg(not(unix))]
const fn runs_this_program(_: u32) -> bool {
    false
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
                return Err(StoreError::Locked { root: root.to_path_buf(), holder: name_holder(&mut file) });
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
    file.rewind()?;
    file.write_all(text.as_bytes())?;
    // Cut to its length last: a process that takes its own lock again never leaves the file without a name.
    file.set_len(text.len() as u64)
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

/// Who holds the lock. Whoever took it this very moment has yet to write its name.
fn name_holder(file: &mut File) -> Option<LockHolder> {
    for _ in 0..NAME_TRIES {
        if let Some(holder) = read_holder(file) {
            return Some(holder);
        }
        thread::sleep(NAME_STEP);
    }
    read_holder(file)
}

fn read_holder(file: &mut File) -> Option<LockHolder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(HOLDER_LIMIT_BYTES).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_that_writes_its_name_a_moment_later_is_named() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".kinora");
        fs::create_dir(&folder).unwrap();
        let mut file = File::options().write(true).create_new(true).open(folder.join("lock")).unwrap();
        file.lock().unwrap();
        let error = thread::scope(|scope| {
            let asks = scope.spawn(|| ProjectLock::acquire(home.path()).unwrap_err());
            thread::sleep(NAME_STEP * 3);
            write_holder(&mut file).unwrap();
            asks.join().unwrap()
        });
        let StoreError::Locked { holder: Some(holder), .. } = error else { panic!("{error}") };
        assert_eq!(holder.pid, std::process::id());
    }

    #[test]
    fn the_last_holder_is_read_without_the_lock() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(LockHolder::last_of(home.path()), None);
        let lock = ProjectLock::acquire(home.path()).unwrap();
        let holder = LockHolder::last_of(home.path()).unwrap();
        assert_eq!(holder.pid, std::process::id());
        drop(lock);
        assert_eq!(LockHolder::last_of(home.path()), Some(holder.clone()));
        // This very process knows by itself what it has open.
        assert!(!holder.is_at_work());
        // No system gives this number to a process.
        assert!(!LockHolder { pid: u32::MAX, ..holder }.is_at_work());
    }
}
