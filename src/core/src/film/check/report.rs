//! What a check found.

use crate::film::{Film, Problem, Severity};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Everything a check found. As JSON: `problems` and `counts`.
#[derive(Debug, Default, Serialize)]
pub struct CheckReport {
    /// What is wrong, errors first, in the order of the film.
    pub problems: Vec<Problem>,
    /// How much was looked at.
    pub counts: CheckCounts,
    /// The film as far as it could be read; with errors in its files, not the whole film.
    #[serde(skip)]
    pub film: Option<Film>,
    /// Every media file that the film names and that is there, for a look at its content.
    #[serde(skip)]
    pub media: Vec<MediaFile>,
}

/// How much a check looked at, and what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CheckCounts {
    /// Scenes.
    pub scenes: usize,
    /// Shots of all scenes.
    pub shots: usize,
    /// Takes of all shots.
    pub takes: usize,
    /// Lines of dialogue of all scenes.
    pub voice_lines: usize,
    /// Characters.
    pub characters: usize,
    /// Media files that the film names and that are there.
    pub media_files: usize,
    /// Problems that stop work.
    pub errors: usize,
    /// Problems that do not.
    pub warnings: usize,
}

/// What a media file is to the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A take, or the chosen clip of a shot.
    Clip,
    /// A frame of a take or a reference picture.
    Frame,
    /// A sound lane or a spoken line.
    Sound,
    /// A character's portrait.
    Portrait,
}

/// A media file that the film names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// What it is to the film.
    pub kind: MediaKind,
    /// Where it lies.
    pub path: PathBuf,
    /// The JSON file that names it, relative to the project folder.
    pub file: String,
    /// The place in that file.
    pub place: String,
}

impl CheckReport {
    /// Adds a problem, in its place among errors and warnings.
    pub fn add(&mut self, problem: Problem) {
        match problem.severity {
            Severity::Error => {
                self.problems.insert(self.counts.errors, problem);
                self.counts.errors += 1;
            }
            Severity::Warning => {
                self.problems.push(problem);
                self.counts.warnings += 1;
            }
        }
    }

    /// Whether nothing stops work; there may be warnings.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        self.counts.errors == 0
    }

    /// The problems that stop work.
    #[must_use]
    pub fn errors(&self) -> &[Problem] {
        &self.problems[..self.counts.errors]
    }

    /// The problems that do not stop work.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.problems[self.counts.errors..]
    }

    pub(super) fn finish(&mut self, film: Film, media: Vec<MediaFile>) {
        let shots = film.scenes.iter().flat_map(|scene| &scene.shots);
        self.counts.scenes = film.scenes.len();
        self.counts.shots = shots.clone().count();
        self.counts.takes = shots.map(|shot| shot.takes.len()).sum();
        self.counts.voice_lines = film.scenes.iter().map(|scene| scene.voice_lines.len()).sum();
        self.counts.characters = film.characters.len();
        self.counts.media_files = media.len();
        self.film = Some(film);
        self.media = media;
    }
}
