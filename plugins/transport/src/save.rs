//! Files that appear whole: beside their place first, then by rename.

use kinora_provider::ProviderError;
use std::{
    io::{self, Write as _},
    path::Path,
};
use tempfile::NamedTempFile;

/// Writes `bytes` to `path`, whole or not at all; a file of that name is replaced.
///
/// # Errors
/// [`ProviderError::DiskFull`] or [`ProviderError::File`].
pub async fn save_file(path: &Path, bytes: Vec<u8>) -> Result<(), ProviderError> {
    let to = path.to_owned();
    blocking(move || {
        let refuse = |error: io::Error| disk_error(&to, &error);
        let mut temp = temporary(&to).map_err(refuse)?;
        temp.write_all(&bytes).map_err(refuse)?;
        temp.as_file().sync_all().map_err(refuse)?;
        place(temp, &to)
    })
    .await
}

/// Runs work on the disk where waiting is allowed.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ProviderError> + Send + 'static,
) -> Result<T, ProviderError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(ProviderError::Internal { message: format!("work on the disk: {error}") }),
    }
}

/// An empty temporary file beside `to`; it goes with its handle.
pub(crate) fn temporary(to: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".arriving-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // the user's mask applies
    builder.tempfile_in(folder_of(to))
}

/// Gives the finished file its name, and has the folder remember it.
pub(crate) fn place(temp: NamedTempFile, to: &Path) -> Result<(), ProviderError> {
    temp.persist(to).map_err(|error| disk_error(to, &error.error))?;
    #[cfg(unix)]
    std::fs::File::open(folder_of(to)).and_then(|folder| folder.sync_all()).map_err(|error| disk_error(to, &error))?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(crate) fn disk_error(path: &Path, error: &io::Error) -> ProviderError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ProviderError::DiskFull { path: path.display().to_string() }
        }
        _ => ProviderError::file(path, error),
    }
}
