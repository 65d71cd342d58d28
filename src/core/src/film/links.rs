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
