//! Kinds of files, and what becomes of one that is let go where no place is known.

use super::Outcome;
use crate::{
    jobs::JobAsk,
    ui::{
        ask::Ask,
        desk::Desk,
        overlays::{CLIPS, PICTURES, SCREENPLAYS, SOUNDS, has_extension},
        state::Selection,
    },
};
use kinora_core::film::AudioLane;
use std::path::Path;

/// What a file can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A folder: a project.
    Project,
    /// A screenplay.
    Screenplay,
    /// A clip.
    Clip,
    /// A sound.
    Sound,
    /// A picture.
    Picture,
    /// Nothing that a film is made of.
    Other,
}

impl FileKind {
    /// What a file is by its name; folders are looked for on the disk.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let kinds =
            [(SCREENPLAYS, Self::Screenplay), (CLIPS, Self::Clip), (SOUNDS, Self::Sound), (PICTURES, Self::Picture)];
        let named = kinds.into_iter().find(|(extensions, _)| has_extension(path, extensions)).map(|(_, kind)| kind);
        // A folder may be called anything.
        if path.is_dir() { Self::Project } else { named.unwrap_or(Self::Other) }
    }

    /// What it is called.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Project => "a folder",
            Self::Screenplay => "a screenplay",
            Self::Clip => "a clip",
            Self::Sound => "a sound",
            Self::Picture => "a picture",
            Self::Other => "nothing that a film is made of",
        }
    }

    /// Whether it goes into the film as a whole, wherever it is let go.
    #[must_use]
    pub const fn is_for_the_film(self) -> bool {
        matches!(self, Self::Project | Self::Screenplay)
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A file that a place does not take.
pub(in crate::ui) fn refused(path: &Path, why: impl Into<String>) -> Outcome {
    Outcome::Refused { what: format!("{} has no place here", file_name(path)), why: why.into() }
}

/// What becomes of a file by what is selected.
#[must_use]
pub fn by_selection(desk: &Desk<'_>, path: &Path) -> Outcome {
    let kind = FileKind::of(path);
    let path = path.to_path_buf();
    match kind {
        FileKind::Project => return Outcome::becomes("Opens this project", Ask::Open(path)),
        FileKind::Screenplay => {
            let words = if desk.model.is_open() { "Imports this screenplay" } else { "A new film of this screenplay" };
            return Outcome::becomes(words, Ask::Start(JobAsk::ImportScreenplay { path }));
        }
        _ if !desk.model.is_open() => return refused(&path, "Drop a project folder or a Fountain screenplay."),
        _ => {}
    }
    let selection = &desk.state.selection;
    let scene_id = selection.scene().cloned().or_else(|| {
        let index = desk.model.scene_at(desk.state.transport.frame)?;
        Some(desk.model.scenes[index].scene_id.clone())
    });
    match (kind, scene_id, selection) {
        (FileKind::Clip, Some(scene_id), _) => {
            let shot_id = selection.leading_shot().map(|name| name.1.clone());
            let words = if shot_id.is_some() {
                "A new take of the selected shot"
            } else {
                "A new shot at the end of the scene"
            };
            Outcome::becomes(words, Ask::bring_clip(scene_id, shot_id, path))
        }
        (FileKind::Sound, Some(scene_id), _) => {
            let (lane, words) = match selection {
                Selection::Lane(_, lane) => (*lane, "The sound of the selected lane"),
                _ => (AudioLane::Music, "Music of this scene"),
            };
            Outcome::becomes(words, Ask::Start(JobAsk::ImportAudio { scene_id, lane, offset_secs: None, path }))
        }
        (FileKind::Picture, _, Selection::Character(character_id)) => {
            Outcome::becomes("A portrait of the selected character", Ask::BringPortrait(character_id.clone(), path))
        }
        (FileKind::Picture, ..) => refused(
            &path,
            "Drop a picture on a shot or on its first or last frame in the inspector, or on a character.",
        ),
        (FileKind::Clip | FileKind::Sound, None, _) => {
            refused(&path, "Add a scene first: clips and sounds lie in scenes.")
        }
        _ => refused(&path, "Drop a project folder, a Fountain screenplay, a clip, a sound or a picture."),
    }
}
