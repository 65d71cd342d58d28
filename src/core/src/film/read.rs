//! Reads a file of a project: only a real file, inside the project, of sane size.

use super::{
    Problem, json, limits,
    links::{Found, LinkGuard},
};
use std::{collections::BTreeMap, fs::File, io::Read, path::Path};

/// Reads a file of the project whole: only a real file, inside the project, of sane size. `None` if there is none.
pub(super) fn read_file(
    guard: &mut LinkGuard,
    root: &Path,
    file: &str,
    problems: &mut Vec<Problem>,
) -> Option<Vec<u8>> {
    let path = root.join(file);
    path.symlink_metadata().ok()?;
    let mut refuse = |message: String, fix: &str| {
        problems.push(Problem::error(file, "", message, fix));
        None
    };
    match guard.look_at(&path) {
        Found::Outside => {
            problems.push(LinkGuard::problem(file, String::new(), file));
            return None;
        }
        Found::Nothing => return refuse("it is not a file".to_owned(), "put the file there, or remove what is"),
        Found::File => {}
    }
    let mut text = Vec::new();
    let read = File::open(&path).and_then(|file| file.take(limits::MAX_FILE_BYTES + 1).read_to_end(&mut text));
    match read {
        Err(error) => refuse(format!("it cannot be read: {error}"), "give yourself the right to read it"),
        Ok(_) if text.len() as u64 > limits::MAX_FILE_BYTES => refuse(
            format!("the file has more than {} bytes", limits::MAX_FILE_BYTES),
            "restore the file from a backup, or split the film",
        ),
        Ok(_) => Some(text),
    }
}

/// Finds the lines of problems by reading their files again: only broken projects pay for it.
pub(super) fn locate_all(root: &Path, problems: &mut [Problem]) {
    let Ok(mut guard) = LinkGuard::new(root) else { return };
    let mut by_file: BTreeMap<String, Vec<&mut Problem>> = BTreeMap::new();
    for problem in problems.iter_mut().filter(|problem| problem.line.is_none() && !problem.place.is_empty()) {
        by_file.entry(problem.file.clone()).or_default().push(problem);
    }
    for (file, problems) in by_file {
        let Some(text) = read_file(&mut guard, root, &file, &mut Vec::new()) else { continue };
        if json::scan(&text).is_err() {
            continue;
        }
        let places = json::Places::find(&text, problems.iter().map(|problem| problem.place.as_str()));
        for problem in problems {
            if let Some((line, column)) = places.line_and_column(&problem.place) {
                (problem.line, problem.column) = (Some(line), Some(column));
            }
        }
    }
}
