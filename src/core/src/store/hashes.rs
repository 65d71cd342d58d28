//! blake3 of files, remembered by their size and times, so that unchanged media are not read again.

use super::{StoreError, write_atomic};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File, Metadata},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// More than a film of 100,000 shots needs; a bigger file is not ours.
const LIMIT_BYTES: u64 = 256 * 1024 * 1024;
/// A file that changed this shortly before it was hashed could change again without a new time on it.
const YOUNG: Duration = Duration::from_millis(100);
/// The same on file systems that keep whole (or even) seconds.
const YOUNG_ON_COARSE_CLOCKS: Duration = Duration::from_secs(2);

/// What tells a changed file from an unchanged one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stat {
    size_bytes: u64,
    mtime_ns: u64,
    /// Time of the last change of the file's entry: it also moves when a copy keeps the old `mtime`. 0 off Unix.
    ctime_ns: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    stat: Stat,
    blake3: String,
}

#[derive(Debug, Default)]
struct Known {
    entries: BTreeMap<String, Entry>,
    changed: bool,
}

/// Hashes of a project's files, kept in `.kinora/cache/hashes.json` under the files' paths inside the project.
#[derive(Debug)]
pub struct FileHashes {
    root: PathBuf,
    known: Mutex<Known>,
}

impl FileHashes {
    /// The hashes remembered for a project. A list that is missing, broken or too long is an empty one.
    #[must_use]
    pub fn load(project_root: &Path) -> Self {
        let path = list_path(project_root);
        let small = path.symlink_metadata().is_ok_and(|stat| stat.is_file() && stat.len() <= LIMIT_BYTES);
        let entries = if small { fs::read(&path).ok() } else { None }
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self { root: project_root.to_path_buf(), known: Mutex::new(Known { entries, changed: false }) }
    }

    /// blake3 of a file, read only if it changed since it was last hashed.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the file cannot be read.
    pub fn hash(&self, path: &Path) -> Result<blake3::Hash, StoreError> {
        let name = path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into_owned();
        let before = stat_of(&fs::metadata(path).map_err(|source| StoreError::from_io("read", path, source))?);
        if let Some(entry) = self.lock().entries.get(&name)
            && entry.stat == before
            && let Ok(hash) = blake3::Hash::from_hex(&entry.blake3)
        {
            return Ok(hash);
        }
        let hash = hash_file(path)?;
        let unchanged = fs::metadata(path).is_ok_and(|after| stat_of(&after) == before);
        let mut known = self.lock();
        known.changed = true;
        if unchanged && is_settled(before) {
            known.entries.insert(name, Entry { stat: before, blake3: hash.to_hex().to_string() });
        } else {
            known.entries.remove(&name);
        }
        Ok(hash)
    }

    /// Writes the list, if it changed. Files that are gone are forgotten.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Link`] or [`StoreError::Io`]; the old list is intact.
    pub fn save(&self) -> Result<(), StoreError> {
        let mut known = self.lock();
        if !known.changed {
            return Ok(());
        }
        known.entries.retain(|name, _| self.root.join(name).exists());
        let path = list_path(&self.root);
        super::cache::make_cache_folder(&self.root)?;
        let bytes = serde_json::to_vec(&known.entries)
            .map_err(|error| StoreError::from_io("save", &path, std::io::Error::other(error)))?;
        write_atomic(&path, &bytes)?;
        known.changed = false;
        Ok(())
    }

    /// A thread that panicked elsewhere cannot have left an entry half-made.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// blake3 of a file, read in pieces.
///
/// # Errors
/// [`StoreError::Io`] if the file cannot be read.
pub fn hash_file(path: &Path) -> Result<blake3::Hash, StoreError> {
    let refuse = |source| StoreError::from_io("read", path, source);
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path).map_err(refuse)?).map_err(refuse)?;
    Ok(hasher.finalize())
}

fn list_path(project_root: &Path) -> PathBuf {
    project_root.join(".kinora/cache/hashes.json")
}

/// Whether a file's time is old enough that any further change would show in it.
fn is_settled(stat: Stat) -> bool {
    let newest = UNIX_EPOCH + Duration::from_nanos(stat.mtime_ns.max(stat.ctime_ns));
    let coarse = stat.mtime_ns.is_multiple_of(1_000_000_000);
    let young = if coarse { YOUNG_ON_COARSE_CLOCKS } else { YOUNG };
    SystemTime::now().duration_since(newest).is_ok_and(|age| age > young)
}

fn stat_of(metadata: &Metadata) -> Stat {
    let mtime_ns = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|age| u64::try_from(age.as_nanos()).ok())
        .unwrap_or(0);
    #[cfg(unix)]
    let ctime_ns = {
        use std::os::unix::fs::MetadataExt;
        let nanos = i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec());
        u64::try_from(nanos).unwrap_or(0)
    };
    #[cfg(not(unix))]
    let ctime_ns = 0;
    Stat { size_bytes: metadata.len(), mtime_ns, ctime_ns }
}
