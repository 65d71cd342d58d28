//! What can go wrong with a file, said so that a person can act on it.

use super::LockHolder;
use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
};

/// A file operation of the store failed. Nothing under a final name was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk, or the user's quota on it, is full.
    #[error("the disk is full: free {} on the disk that holds {} and try again; nothing was changed",
        needed_bytes.map_or_else(|| "some space".to_owned(), |bytes| format!("at least {}", human_bytes(bytes))),
        path.display())]
    DiskFull {
        /// The file that could not be written.
        path: PathBuf,
        /// The length of the file, where it was known.
        needed_bytes: Option<u64>,
    },
    /// Another process is writing this project.
    #[error("the project {} is open in another Kinora{}: close it there or wait until it is done, then try again",
        root.display(), holder.as_ref().map(|holder| format!(" ({holder})")).unwrap_or_default())]
    Locked {
        /// The project folder.
        root: PathBuf,
        /// Who holds the lock, where that could be read.
        holder: Option<LockHolder>,
    },
    /// A folder Kinora writes to is a link, so writing could change files outside the project.
    #[error("{} is a link: replace it by a real folder or file, because Kinora only writes inside the project",
        path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A file that may not be replaced is already there.
    #[error("{} already exists and is not overwritten: choose another name", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Anything else the operating system refused.
    #[error("could not {action} {}: {source}{}", path.display(), advice(source))]
    Io {
        /// What was tried, for example `save`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl StoreError {
    /// A stable word for the kind of error: `disk_full`, or `store` for the rest.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } => "disk_full",
            _ => "store",
        }
    }

    /// The error for a failed file operation: a full disk is told apart from the rest.
    #[must_use]
    pub fn from_io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::from_write(action, path, None, source)
    }

    /// Like [`StoreError::from_io`] for a file whose length is known.
    pub(crate) fn from_write(action: &'static str, path: &Path, needed_bytes: Option<u64>, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path, needed_bytes },
            _ => Self::Io { action, path, source },
        }
    }
}

/// What to do about the system errors people meet; empty where the system's text says it all.
fn advice(source: &io::Error) -> String {
    let mut text = String::new();
    let hint = match source.kind() {
        io::ErrorKind::PermissionDenied => "give yourself the right to read and write there",
        io::ErrorKind::ReadOnlyFilesystem => "copy the project to a disk that can be written",
        io::ErrorKind::NotFound => "check the path and put the file or folder back",
        io::ErrorKind::FileTooLarge => "raise the file size limit",
        _ => return text,
    };
    let _ = write!(text, "; {hint} and try again");
    text
}

/// A number of bytes as people read it: `512 bytes`, `3.4 MiB`.
#[must_use]
pub fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_and_says_how_much_to_free() {
        let check = |kind: io::ErrorKind, needed: Option<u64>, parts: &[&str]| {
            let error = StoreError::from_write("save", Path::new("film/scene.json"), needed, io::Error::from(kind));
            let text = error.to_string();
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        };
        let place = "film/scene.json";
        check(
            io::ErrorKind::StorageFull,
            Some(5000),
            &["disk is full", "at least 4.9 KiB", place, "nothing was changed"],
        );
        check(io::ErrorKind::QuotaExceeded, None, &["disk is full", "free some space", place]);
        check(io::ErrorKind::PermissionDenied, Some(1), &["could not save", place, "the right to read and write"]);
    }

    #[test]
    fn bytes_read_as_people_say_them() {
        for (bytes, text) in [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (1 << 30, "1.0 GiB")] {
            assert_eq!(human_bytes(bytes), text);
        }
        assert_eq!(human_bytes(u64::MAX), "16777216.0 TiB");
    }
}
