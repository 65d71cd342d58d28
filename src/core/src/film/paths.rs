//! Paths inside a project file. A project may come from anyone, so a path in it can only point inside its folder.

use serde::{Deserialize, Serialize};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Why a path in a project file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It is absolute, holds `..`, a drive letter, a backslash or a control character, or is empty or too long.
    #[error("{0:?} is not a path inside the project: use a relative path with '/' and no '..'")]
    NotInside(String),
    /// A link in it leads out of the project.
    #[error("{path} leads out of the project folder through a link: copy the file into the project instead")]
    LinkLeavesProject {
        /// The path as written in the file.
        path: String,
    },
}

/// A relative path with forward slashes that stays inside its folder (the project's, or a scene's).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProjectPath(String);

impl ProjectPath {
    /// Checks and wraps a path.
    ///
    /// # Errors
    /// [`PathError::NotInside`] if it could point anywhere else.
    pub fn new(text: impl Into<String>) -> Result<Self, PathError> {
        let text = text.into();
        let ok = !text.is_empty()
            && text.len() <= 1024
            && !text.contains(['\\', ':'])
            && !text.chars().any(char::is_control)
            && text.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if ok { Ok(Self(text)) } else { Err(PathError::NotInside(text.chars().take(200).collect())) }
    }

    /// The path as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part of the path.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The path under `folder`, without looking at the disk.
    #[must_use]
    pub fn under(&self, folder: &Path) -> PathBuf {
        let mut path = folder.to_path_buf();
        path.extend(self.0.split('/'));
        path
    }

    /// The path under `folder` after following links, which must not lead out of `project_root`.
    /// A path that does not exist yet is returned as it would be.
    ///
    /// # Errors
    /// [`PathError::LinkLeavesProject`].
    pub fn resolve(&self, folder: &Path, project_root: &Path) -> Result<PathBuf, PathError> {
        let path = self.under(folder);
        let leaves = || PathError::LinkLeavesProject { path: self.0.clone() };
        let root = project_root.canonicalize().map_err(|_| leaves())?;
        // The deepest part that exists decides: what does not exist yet cannot be a link.
        let mut existing = path.as_path();
        loop {
            match existing.symlink_metadata() {
                Ok(_) => break,
                Err(_) => existing = existing.parent().ok_or_else(leaves)?,
            }
        }
        match existing.canonicalize() {
            Ok(real) if real.starts_with(&root) => Ok(path),
            _ => Err(leaves()),
        }
    }
}

impl TryFrom<String> for ProjectPath {
    type Error = PathError;
    fn try_from(text: String) -> Result<Self, PathError> {
        Self::new(text)
    }
}

impl From<ProjectPath> for String {
    fn from(path: ProjectPath) -> Self {
        path.0
    }
}

impl fmt::Display for ProjectPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for ProjectPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.0)
    }
}
