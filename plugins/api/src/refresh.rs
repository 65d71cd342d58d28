//! Cards brought up to date: where a card's values come from, and what a look at the vendor's live schemas found.

use serde::{Deserialize, Serialize};
use std::{fmt, path::PathBuf};

/// Where values of a card come from. A card has several in the order they were laid over each other; none means that the
/// provider's code made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum CardSource {
    /// It came with the program.
    BuiltIn,
    /// The vendor's live schema.
    Live {
        /// When it was read, RFC 3339 in UTC.
        read_at: String,
        /// The vendor's address it was read at.
        address: String,
    },
    /// A file of the user.
    File {
        /// The file.
        path: PathBuf,
    },
}

impl fmt::Display for CardSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => formatter.write_str("built in"),
            Self::Live { read_at, address } => write!(formatter, "the live schema of {read_at} from {address}"),
            Self::File { path } => write!(formatter, "your file {}", path.display()),
        }
    }
}

/// What a look at a vendor's live schemas found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refreshed {
    /// When it was, RFC 3339 in UTC.
    pub read_at: String,
    /// Models whose card is another now.
    pub changed: Vec<String>,
    /// Models that have a card now and had none.
    pub added: Vec<String>,
    /// Models that have no card any more.
    pub gone: Vec<String>,
    /// Cards that are as they were.
    pub same: usize,
    /// What was not taken, and why; its card is as it was.
    pub problems: Vec<RefreshProblem>,
}

/// Something in a vendor's answer that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshProblem {
    /// The model, or what else it is about: `voices`.
    pub about: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Refreshed {
    /// What was found, in a line for a person.
    #[must_use]
    pub fn in_words(&self) -> String {
        let counts = [
            (self.changed.len(), "changed"),
            (self.added.len(), "new"),
            (self.gone.len(), "gone"),
            (self.same, "as before"),
            (self.problems.len(), "not taken"),
        ];
        let some = counts.iter().filter(|(count, _)| *count > 0);
        some.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    }
}
