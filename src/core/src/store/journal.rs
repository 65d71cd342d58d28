//! Journals: files of lines that are only ever added to. A line that is being added when the power goes is torn; the
//! lines before it are not, and the next one starts on a line of its own.

use super::{StoreError, atomic::sync_folder, lock::refuse_link};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

/// Adds a line, and returns when it is on the disk. The folder must exist. One writer at a time.
///
/// # Errors
/// [`StoreError::DiskFull`], [`StoreError::Link`] or [`StoreError::Io`]; the lines that were there are intact.
pub fn append_line(path: &Path, line: &str) -> Result<(), StoreError> {
    debug_assert!(!line.contains('\n'), "a line is one line");
    refuse_link(path)?;
    let failed = |source| StoreError::from_io("add to", path, source);
    let is_new = !path.exists();
    let mut file = File::options().read(true).append(true).create(true).open(path).map_err(failed)?;
    let mut bytes = Vec::with_capacity(line.len() + 2);
    if ends_torn(&mut file).map_err(failed)? {
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    match path.parent().filter(|_| is_new) {
        Some(folder) => sync_folder(folder).map_err(failed),
        None => Ok(()),
    }
}

/// Whether the last line was not written to its end.
fn ends_torn(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// The lines of a journal, a torn last one and what is no text among them; none where there is no file. What lies
/// beyond `limit_bytes` is not read.
///
/// # Errors
/// [`StoreError::Io`].
pub fn read_lines(path: &Path, limit_bytes: u64) -> Result<Vec<String>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(StoreError::from_io("read", path, source)),
    };
    let mut bytes = Vec::new();
    file.take(limit_bytes).read_to_end(&mut bytes).map_err(|source| StoreError::from_io("read", path, source))?;
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    Ok(lines.map(|line| String::from_utf8_lossy(line).into_owned()).collect())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests break files on purpose")]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_costs_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        assert_eq!(read_lines(&path, 1000).unwrap(), Vec::<String>::new());
        append_line(&path, "one").unwrap();
        append_line(&path, "two").unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            append_line(&path, "three").unwrap();
            let lines = read_lines(&path, 1000).unwrap();
            assert_eq!(lines.last().unwrap(), "three", "cut at {cut}");
            assert_eq!(lines.contains(&"one".to_owned()), cut >= 3, "cut at {cut}");
            assert_eq!(lines.contains(&"two".to_owned()), cut >= 7, "cut at {cut}");
        }
    }

    #[test]
    fn a_full_disk_or_a_link_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("no/ledger.jsonl");
        assert!(append_line(&nowhere, "one").unwrap_err().to_string().contains("ledger.jsonl"));
        #[cfg(unix)]
        {
            let link = folder.path().join("link.jsonl");
            std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
            assert!(matches!(append_line(&link, "one"), Err(StoreError::Link { .. })));
        }
    }
}
