//! Why a screenplay could not be read.

use std::path::PathBuf;

/// A text that is no screenplay Kinora can make a film of.
#[derive(Debug, thiserror::Error)]
pub enum ScreenplayError {
    /// The file cannot be read.
    #[error("{path}: cannot read the screenplay: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is nothing in it.
    #[error(
        "line 1: the screenplay is empty: write a scene heading such as `INT. DRAWING ROOM - NIGHT` and some action"
    )]
    Empty,
    /// It is larger than a screenplay can be.
    #[error("the screenplay has more than {limit_bytes} bytes: is it a Fountain text file? Split it if it is")]
    TooLarge {
        /// [`super::MAX_SCREENPLAY_BYTES`].
        limit_bytes: usize,
    },
    /// It is no UTF-8 text.
    #[error("line {line}: this is not text ({found}): save the screenplay as plain UTF-8 Fountain")]
    NotText {
        /// Line of the first byte that is no text.
        line: usize,
        /// What was found there.
        found: &'static str,
    },
    /// There is no scene heading in it.
    #[error(
        "lines 1 to {lines}: no scene heading found: start each scene with a line such as \
             `EXT. FOREST - NIGHT`, after an empty line, or force one with a leading `.`"
    )]
    NoScenes {
        /// How many lines were read.
        lines: usize,
    },
    /// More of something than one film can hold.
    #[error("line {line}: more than {limit} {what}: split the screenplay")]
    TooMany {
        /// Where the limit was passed.
        line: usize,
        /// What there is too much of.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
}
