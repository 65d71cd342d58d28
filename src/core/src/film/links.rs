//! Links: a project may hold them, but none may lead out of it.

use super::{Problem, ProjectPath};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// What lies at a path of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A file inside the project.
    File,
    /// Nothing, or something that is no file.
    Nothing,
    /// A link leads out of the project.
    Outside,
}

/// Looks at paths inside a project; remembers folders, because films name many files in few folders.
#[derive(Debug, Clone)]
pub(super) struct LinkGuard {
    root: PathBuf,
    real_root: PathBuf,
    folders: HashMap<PathBuf, bool>,
}

impl LinkGuard {
    /// A guard for a project folder that exists.
    pub(super) fn new(root: &Path) -> std::io::Result<Self> {
        Ok(Self { root: root.to_path_buf(), real_root: root.canonicalize()?, folders: HashMap::new() })
    }

    /// What a path in a project file points to. `folder` is what it is relative to.
    pub(super) fn look(&mut self, path: &ProjectPath, folder: &Path) -> Found {
        self.look_at(&path.under(folder))
    }

    /// What lies at a path under the project folder.
    pub(super) fn look_at(&mut self, path: &Path) -> Found {
        let parent = path.parent().unwrap_or(&self.root);
        let inside = match self.folders.get(parent) {
            Some(inside) => *inside,
            None => {
                let inside = self.is_inside(parent);
                self.folders.insert(parent.to_path_buf(), inside);
                inside
            }
        };
        if !inside {
            return Found::Outside;
        }
        match path.symlink_metadata() {
            Err(_) => Found::Nothing,
            Ok(stat) if stat.is_symlink() && !self.is_inside(path) => Found::Outside,
            Ok(stat) if stat.is_symlink() && !path.is_file() => Found::Nothing,
            Ok(stat) if !stat.is_symlink() && !stat.is_file() => Found::Nothing,
            Ok(_) => Found::File,
        }
    }

    /// Whether the deepest part of a path that exists lies inside the project, all links followed.
    /// What does not exist yet cannot be a link; a link to nothing is refused, because what it names is unknown.
    fn is_inside(&self, path: &Path) -> bool {
        path.ancestors()
            .find(|part| part.symlink_metadata().is_ok())
            .and_then(|part| part.canonicalize().ok())
            .is_some_and(|real| real.starts_with(&self.real_root))
    }

    /// The problem for a path that leaves the project.
    pub(super) fn problem(file: &str, place: String, path: &str) -> Problem {
        let message = format!("{path} leads out of the project folder through a link");
        Problem::error(file, place, message, "copy the file into the project instead of linking to it")
    }
}

/// Looks for links among the paths of one scene. A folder is listed once, which costs less than a look at each file.
#[derive(Debug)]
pub(super) struct FolderLinks<'a> {
    guard: &'a LinkGuard,
    folder: &'a Path,
    parts: HashMap<String, Part>,
}

/// What was found out about a folder that paths of a scene lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Outside,
    WithLinks,
    WithoutLinks,
}

impl<'a> FolderLinks<'a> {
    /// For paths relative to `folder`.
    pub(super) fn new(guard: &'a LinkGuard, folder: &'a Path) -> Self {
        Self { guard, folder, parts: HashMap::new() }
    }

    /// Whether a path leads out of the project through a link.
    pub(super) fn leaves(&mut self, path: &ProjectPath) -> bool {
        let part = path.as_str().rsplit_once('/').map_or("", |(part, _)| part);
        let found = match self.parts.get(part) {
            Some(found) => *found,
            None => {
                let found = self.look_into(&self.folder.join(part));
                self.parts.insert(part.to_owned(), found);
                found
            }
        };
        match found {
            Part::Outside => true,
            Part::WithoutLinks => false,
            Part::WithLinks => !self.guard.is_inside(&path.under(self.folder)),
        }
    }

    fn look_into(&self, part: &Path) -> Part {
        if !self.guard.is_inside(part) {
            return Part::Outside;
        }
        // A folder that is not there holds no links.
        let Ok(entries) = part.read_dir() else { return Part::WithoutLinks };
        let has_links =
            entries.flatten().any(|entry| !entry.file_type().is_ok_and(|kind| kind.is_file() || kind.is_dir()));
        if has_links { Part::WithLinks } else { Part::WithoutLinks }
    }
}
