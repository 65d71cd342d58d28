//! The content-addressed cache under `.kinora/cache`. It may be deleted at any time: everything in it can be made again.

use super::{AtomicFile, StoreError, lock::refuse_link};
use std::{
    collections::HashSet,
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Files made from known inputs, each under the blake3 of those inputs: `.kinora/cache/ab/abcdef….mp4`.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

/// What [`Cache::clean`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cleaned {
    /// Files removed.
    pub removed_files: u64,
    /// Their bytes.
    pub removed_bytes: u64,
    /// Bytes left in the cache.
    pub kept_bytes: u64,
}

struct Entry {
    path: PathBuf,
    key: blake3::Hash,
    size_bytes: u64,
    last_use: SystemTime,
}

impl Cache {
    /// The cache of a project, made if it is not there.
    ///
    /// # Errors
    /// [`StoreError::Link`] if `.kinora` or `.kinora/cache` is a link; [`StoreError::DiskFull`] or [`StoreError::Io`].
    pub fn open(project_root: &Path) -> Result<Self, StoreError> {
        Ok(Self { folder: make_cache_folder(project_root)? })
    }

    /// The folder of the cache.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the file of a key lies, whether or not it is there. `extension` is written without its dot.
    #[must_use]
    pub fn path_for(&self, key: &blake3::Hash, extension: &str) -> PathBuf {
        let hex = key.to_hex();
        self.folder.join(&hex[..2]).join(format!("{hex}.{extension}"))
    }

    /// The file of a key, if the cache has it; marks it as used now. An empty file is dropped and not given.
    #[must_use]
    pub fn get(&self, key: &blake3::Hash, extension: &str) -> Option<PathBuf> {
        let path = self.path_for(key, extension);
        let stat = path.symlink_metadata().ok()?;
        if !stat.is_file() || stat.len() == 0 {
            self.discard(key, extension);
            return None;
        }
        // A cache that cannot be marked (another user's, a read-only disk) can still be read.
        let _ = File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(path)
    }

    /// A place to make the file of a key; it is in the cache once committed.
    ///
    /// # Errors
    /// [`StoreError::Link`], [`StoreError::DiskFull`] or [`StoreError::Io`].
    pub fn reserve(&self, key: &blake3::Hash, extension: &str) -> Result<AtomicFile, StoreError> {
        let path = self.path_for(key, extension);
        if let Some(folder) = path.parent() {
            refuse_link(folder)?;
            fs::create_dir_all(folder).map_err(|source| StoreError::from_io("make", folder, source))?;
        }
        AtomicFile::new(path)
    }

    /// Drops the file of a key: for a reader that found it broken.
    pub fn discard(&self, key: &blake3::Hash, extension: &str) {
        let path = self.path_for(key, extension);
        match path.symlink_metadata() {
            Ok(stat) if stat.is_dir() => drop(fs::remove_dir_all(&path)),
            Ok(_) => drop(fs::remove_file(&path)),
            Err(_) => {}
        }
    }

    /// Removes files, the least recently used first, until at most `limit_bytes` are left; empty files go always.
    ///
    /// Files whose key is in `keep` stay even above the limit, and so does everything whose name the cache did not
    /// give. A file that cannot be removed is left for the next time.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the cache cannot be listed.
    pub fn clean(&self, limit_bytes: u64, keep: &HashSet<blake3::Hash>) -> Result<Cleaned, StoreError> {
        let mut entries = self.entries()?;
        entries.sort_by(|left, right| left.last_use.cmp(&right.last_use).then_with(|| left.path.cmp(&right.path)));
        let mut cleaned =
            Cleaned { kept_bytes: entries.iter().map(|entry| entry.size_bytes).sum(), ..Cleaned::default() };
        for entry in entries {
            let wanted = cleaned.kept_bytes > limit_bytes && !keep.contains(&entry.key);
            if (wanted || entry.size_bytes == 0) && fs::remove_file(&entry.path).is_ok() {
                cleaned.removed_files += 1;
                cleaned.removed_bytes += entry.size_bytes;
                cleaned.kept_bytes -= entry.size_bytes;
            }
        }
        Ok(cleaned)
    }

    /// Bytes of every file in the cache.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the cache cannot be listed.
    pub fn size_bytes(&self) -> Result<u64, StoreError> {
        Ok(self.entries()?.iter().map(|entry| entry.size_bytes).sum())
    }

    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let list = |folder: &Path| fs::read_dir(folder).map_err(|source| StoreError::from_io("list", folder, source));
        let mut entries = Vec::new();
        for shelf in list(&self.folder)?.flatten() {
            if !shelf.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            for file in list(&shelf.path())?.flatten() {
                let path = file.path();
                let Ok(stat) = path.symlink_metadata() else { continue };
                let key = path
                    .file_name()
                    .and_then(|name| name.to_str()?.split_once('.'))
                    .and_then(|(hex, _)| blake3::Hash::from_hex(hex).ok());
                if let (Some(key), true) = (key, stat.is_file()) {
                    let last_use = stat.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                    entries.push(Entry { path, key, size_bytes: stat.len(), last_use });
                }
            }
        }
        Ok(entries)
    }
}

/// Makes `.kinora/cache` of a project; neither may be a link.
pub(super) fn make_cache_folder(project_root: &Path) -> Result<PathBuf, StoreError> {
    let hidden = project_root.join(".kinora");
    let folder = hidden.join("cache");
    refuse_link(&hidden)?;
    refuse_link(&folder)?;
    fs::create_dir_all(&folder).map_err(|source| StoreError::from_io("make", &folder, source))?;
    Ok(folder)
}
