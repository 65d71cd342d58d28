//! Files that are whole or not there: atomic saves, the project lock, file hashes, the content-addressed cache;
//! and journals, which are only added to.
//!
//! Everything Kinora writes into a project goes through [`write_atomic`] or [`AtomicFile`], so a file under its final
//! name is always a whole one, whatever happens to the process or the power.

mod atomic;
mod cache;
mod error;
mod hashes;
mod journal;
mod lock;
mod sweep;

pub use atomic::{AtomicFile, write_atomic};
pub use cache::{Cache, Cleaned};
pub use error::{StoreError, human_bytes};
pub use hashes::{FileHashes, hash_file};
pub use journal::{append_line, read_lines};
pub use lock::{LockHolder, ProjectLock};
pub use sweep::sweep_parts;

pub(crate) use atomic::sync_folder;
