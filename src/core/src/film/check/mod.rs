//! Lists every problem of a project before any work starts, without changing a byte of it.
//!
//! `mod` goes through the project, `report` holds what was found, `scenes` knows the rules between shots, takes, lines
//! and characters, `files` looks at the media on the disk.

mod files;
mod report;
mod scenes;

pub use report::{CheckCounts, CheckReport, MediaFile, MediaKind};

use super::{
    FilmError, OpenNote, Problem, ProjectLayout,
    layout::{CHARACTERS, METADATA, scene_file_name},
    links::LinkGuard,
    load::{Loaded, is_repaired, load},
    read::locate_all,
};
use crate::ids::{SceneId, ShotId};
use std::{collections::HashMap, path::Path};

/// What to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckOptions {
    /// Read every take and compare it with its blake3: slow, but finds clips that were changed or damaged.
    pub verify_hashes: bool,
}

/// Checks a project. It needs no lock and never fails: what cannot be read is a problem of the report.
///
/// The content of media is not looked at: the caller probes [`CheckReport::media`] and adds what it finds with
/// [`CheckReport::add`].
#[must_use]
pub fn check(root: &Path, options: CheckOptions) -> CheckReport {
    let mut report = CheckReport::default();
    let loaded = match load(root) {
        Ok(loaded) => loaded,
        Err(error) => {
            report.add(whole_project_problem(&error));
            return report;
        }
    };
    let guard = match LinkGuard::new(root) {
        Ok(guard) => guard,
        Err(error) => {
            report.add(Problem::error(".", "", format!("the folder cannot be opened: {error}"), "check its rights"));
            return report;
        }
    };
    let mut checker = Checker::new(root, &loaded, guard, options);
    checker.notes();
    checker.characters();
    for (index, scene) in loaded.film.scenes.iter().enumerate() {
        checker.scene(index, scene);
    }
    checker.orphans();
    let Checker { mut problems, media, .. } = checker;
    problems.retain(|problem| {
        loaded.repaired.get(&problem.file).is_none_or(|repaired| !is_repaired(repaired, &problem.place))
    });
    locate_all(root, &mut problems);
    for problem in loaded.problems.iter().cloned().chain(problems) {
        report.add(problem);
    }
    report.finish(loaded.film, media);
    report
}

/// The problem for a project that cannot be read at all.
fn whole_project_problem(error: &FilmError) -> Problem {
    match error {
        FilmError::NotAProject { .. } => {
            let fix = "make a project with `kinora new`, or name the folder that holds metadata.json";
            Problem::error(METADATA, "", "there is no metadata.json, so this is no Kinora project", fix)
        }
        FilmError::Newer { found, .. } => {
            let message = format!("schema version {found} was made by a newer Kinora");
            Problem::error(METADATA, "schema_version", message, "update Kinora")
        }
        other => Problem::error(".", "", other.to_string(), ""),
    }
}

/// Where a shot stands: scene and shot, counted from 0.
type Position = (usize, usize);

/// Goes through a project and collects.
struct Checker<'a> {
    root: &'a Path,
    layout: ProjectLayout,
    loaded: &'a Loaded,
    guard: LinkGuard,
    options: CheckOptions,
    positions: HashMap<(&'a SceneId, &'a ShotId), Position>,
    problems: Vec<Problem>,
    media: Vec<MediaFile>,
}

impl<'a> Checker<'a> {
    fn new(root: &'a Path, loaded: &'a Loaded, guard: LinkGuard, options: CheckOptions) -> Self {
        let mut positions = HashMap::new();
        for (scene_index, scene) in loaded.film.scenes.iter().enumerate() {
            for (shot_index, shot) in scene.shots.iter().enumerate() {
                positions.entry((&scene.scene_id, &shot.shot_id)).or_insert((scene_index, shot_index));
            }
        }
        let layout = ProjectLayout::new(root);
        Self { root, layout, loaded, guard, options, positions, problems: Vec::new(), media: Vec::new() }
    }

    fn error(&mut self, file: &str, place: impl Into<String>, message: impl Into<String>, fix: impl Into<String>) {
        self.problems.push(Problem::error(file, place, message, fix));
    }

    fn warn(&mut self, file: &str, place: impl Into<String>, message: impl Into<String>, fix: impl Into<String>) {
        self.problems.push(Problem::warning(file, place, message, fix));
    }

    /// What opening the project would have to tell.
    fn notes(&mut self) {
        for note in &self.loaded.notes {
            match note {
                OpenNote::AdoptedScene(scene_id) => {
                    let fix = "it plays at the end of the film: move it with `kinora scene move`, or remove it";
                    self.warn(METADATA, "scene_order", format!("{scene_id} is not listed"), fix);
                }
                OpenNote::MissingScene(scene_id) => {
                    let index = self.loaded.listed.iter().position(|listed| listed == scene_id).unwrap_or(0);
                    let message = format!("{scene_id} is listed, but there is no {}", scene_file_name(scene_id));
                    let fix = "put the scene's folder back; the next save takes the scene out of the list";
                    self.error(METADATA, format!("scene_order[{index}]"), message, fix);
                }
                OpenNote::Migrated { from } => {
                    let message = format!("the project has the older schema version {from}");
                    let fix = "nothing to do: the next save brings it up to date and keeps a copy in .kinora/backup";
                    self.warn(METADATA, "", message, fix);
                }
            }
        }
        if self.loaded.film.scenes.is_empty() && self.loaded.problems.is_empty() {
            self.warn(METADATA, "scene_order", "the film has no scenes", "add one with `kinora scene add`");
        }
    }

    fn characters(&mut self) {
        let loaded = self.loaded;
        for (index, character) in loaded.film.characters.iter().enumerate() {
            for (number, path) in character.portrait_paths.iter().enumerate() {
                let place = format!("[{index}].portrait_paths[{number}]");
                if !self.media_file(MediaKind::Portrait, CHARACTERS, &place, path, self.root) {
                    let message = format!("the portrait {path} of {} is missing", character.name);
                    self.error(CHARACTERS, place, message, "put the picture back, or take it out of the list");
                }
            }
        }
    }
}
