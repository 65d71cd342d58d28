//! What is wrong with a project, said with file, place and what to do.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether a problem stops work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The film cannot be opened, or not rendered as it says.
    Error,
    /// The film renders, but probably not as its maker wants.
    Warning,
}

/// One thing wrong with a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Whether it stops work.
    pub severity: Severity,
    /// The file, relative to the project folder with `/`; `.` for the folder itself.
    pub file: String,
    /// The place in a JSON file, for example `shots[3].duration`; empty for the whole file.
    pub place: String,
    /// Line of that place, counted from 1, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column of that place in bytes, counted from 1, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

impl Problem {
    /// A problem that stops work.
    #[must_use]
    pub fn error(
        file: impl Into<String>,
        place: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            file: file.into(),
            place: place.into(),
            line: None,
            column: None,
            message: message.into(),
            fix: fix.into(),
        }
    }

    /// A problem that does not stop work.
    #[must_use]
    pub fn warning(
        file: impl Into<String>,
        place: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(file, place, message, fix) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.file)?;
        let position = match (self.line, self.column) {
            (Some(line), Some(column)) => format!("line {line}, column {column}"),
            _ => String::new(),
        };
        match (self.place.is_empty(), position.is_empty()) {
            (false, false) => write!(formatter, "{} ({position}): ", self.place)?,
            (false, true) => write!(formatter, "{}: ", self.place)?,
            (true, false) => write!(formatter, "{position}: ")?,
            (true, true) => {}
        }
        write!(formatter, "{}", self.message)?;
        if self.fix.is_empty() { Ok(()) } else { write!(formatter, "; {}", self.fix) }
    }
}
