//! The door to the film that generation works on: the editor itself, or a thread's way into the living one.

use super::GenerationError;
use crate::{
    commands::{HeadlessEditor, OperatorError},
    document::{FilmView, LaneData, UnknownName},
};
use crossbeam_channel::bounded;
use kinora_core::{
    film::{AudioLane, Character, Film, FilmError, FilmScene, Metadata, ProjectFolder, Settings, Shot, VoiceLine},
    ids::{CharacterId, LineId, SceneId, ShotId, TakeId},
    progress::Cancelled,
    store::StoreError,
};
use serde_json::Value;
use std::{error::Error, sync::Arc};

/// A look at the film. It is quick: the whole editor waits for it.
pub type Question = Box<dyn for<'w> FnOnce(FilmView<'w>) + Send>;

/// What long work needs of a film: to look at it, to run operators on it, and to save it.
pub trait FilmDoor {
    /// Looks at the film as it is now; returns once the question was asked.
    ///
    /// # Errors
    /// [`DoorError::Closed`] or [`DoorError::Cancelled`]; the question is then dropped.
    fn look(&self, question: Question) -> Result<(), DoorError>;

    /// Runs one operator, as part of a group that is undone as one.
    ///
    /// # Errors
    /// [`DoorError`]; the film is then as it was.
    fn run(&mut self, operator: &str, params: Value, group: Option<u64>) -> Result<Value, DoorError>;

    /// Saves what changed, at once.
    ///
    /// # Errors
    /// [`DoorError`].
    fn save(&mut self) -> Result<(), DoorError>;
}

/// Why the film could not be reached, or refused.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DoorError {
    /// An operator refused.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// The film could not be saved.
    #[error("the film could not be saved: {0}")]
    Save(Arc<dyn Error + Send + Sync>),
    /// The film is no longer open.
    #[error("the film was closed")]
    Closed,
    /// The owner of the work cancelled while it waited.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<DoorError> for GenerationError {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Operator(error) => Self::Operator(error),
            DoorError::Save(error) => match error.downcast_ref() {
                Some(FilmError::Store(StoreError::DiskFull { .. })) => Self::DiskFull(error.to_string()),
                _ => Self::Save(error.to_string()),
            },
            DoorError::Closed => Self::FilmClosed,
            DoorError::Cancelled(error) => Self::Cancelled(error),
        }
    }
}

impl FilmDoor for HeadlessEditor {
    fn look(&self, question: Question) -> Result<(), DoorError> {
        question(self.view());
        Ok(())
    }

    fn run(&mut self, operator: &str, params: Value, group: Option<u64>) -> Result<Value, DoorError> {
        Ok(self.run_in_group(operator, params, group)?)
    }

    fn save(&mut self) -> Result<(), DoorError> {
        Self::save(self).map(drop).map_err(DoorError::Save)
    }
}

/// An open film with its folder: what every piece of generation reads and changes, through operators.
pub struct OpenFilm<'a> {
    /// Its folder, locked.
    pub folder: &'a ProjectFolder,
    door: &'a mut dyn FilmDoor,
    group: Option<u64>,
}

impl<'a> OpenFilm<'a> {
    /// A film behind a door.
    pub fn new(door: &'a mut dyn FilmDoor, folder: &'a ProjectFolder) -> Self {
        Self { folder, door, group: None }
    }

    /// What is changed is undone as one step where nothing else came between.
    #[must_use]
    pub const fn in_group(mut self, group: u64) -> Self {
        self.group = Some(group);
        self
    }

    /// Runs an operator and returns its answer.
    pub(crate) fn run(&mut self, operator: &str, params: Value) -> Result<Value, GenerationError> {
        Ok(self.door.run(operator, params, self.group)?)
    }

    /// Saves at once: what a vendor made must not wait for an autosave.
    pub(crate) fn save(&mut self) -> Result<(), GenerationError> {
        Ok(self.door.save()?)
    }

    /// The whole film, scene by scene, so that a long film holds nobody up.
    pub(crate) fn film(&self) -> Result<Film, GenerationError> {
        Ok(Film {
            metadata: self.metadata()?,
            settings: self.settings()?,
            characters: self.characters()?,
            scenes: self.scenes()?,
        })
    }

    /// Every scene in the order they play. A scene that goes while the others are read is left out.
    pub(crate) fn scenes(&self) -> Result<Vec<FilmScene>, GenerationError> {
        let mut scenes = Vec::new();
        for scene_id in self.scene_ids()? {
            match self.scene(&scene_id) {
                Ok(scene) => scenes.push(scene),
                Err(GenerationError::Unknown(UnknownName::Scene(_))) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(scenes)
    }

    pub(crate) fn metadata(&self) -> Result<Metadata, GenerationError> {
        self.read(|film| film.metadata())
    }

    pub(crate) fn settings(&self) -> Result<Settings, GenerationError> {
        self.read(|film| film.settings())
    }

    pub(crate) fn characters(&self) -> Result<Vec<Character>, GenerationError> {
        self.read(|film| film.characters())
    }

    pub(crate) fn character(&self, character_id: &CharacterId) -> Result<Character, GenerationError> {
        let character_id = character_id.clone();
        self.read(move |film| film.character(&character_id))
    }

    pub(crate) fn scene_ids(&self) -> Result<Vec<SceneId>, GenerationError> {
        self.read(|film| film.scene_ids())
    }

    pub(crate) fn next_scene_id(&self) -> Result<SceneId, GenerationError> {
        self.read(|film| film.next_scene_id())
    }

    pub(crate) fn scene(&self, scene_id: &SceneId) -> Result<FilmScene, GenerationError> {
        let scene_id = scene_id.clone();
        self.read(move |film| film.scene(&scene_id))
    }

    pub(crate) fn shot(&self, scene_id: &SceneId, shot_id: &ShotId) -> Result<Shot, GenerationError> {
        let (scene_id, shot_id) = (scene_id.clone(), shot_id.clone());
        self.read(move |film| film.shot(&scene_id, &shot_id))
    }

    /// The name that a shot has now; the one that is asked for if it is nowhere.
    pub(crate) fn shot_now(&self, scene_id: &SceneId, shot_id: &ShotId) -> Result<(SceneId, ShotId), GenerationError> {
        let name = (scene_id.clone(), shot_id.clone());
        self.read(move |film| Ok(film.shot_now(&name.0, &name.1).unwrap_or(name)))
    }

    pub(crate) fn next_take_id(&self, scene_id: &SceneId, shot_id: &ShotId) -> Result<TakeId, GenerationError> {
        let (scene_id, shot_id) = (scene_id.clone(), shot_id.clone());
        self.read(move |film| film.next_take_id(&scene_id, &shot_id))
    }

    pub(crate) fn line(&self, scene_id: &SceneId, line_id: &LineId) -> Result<VoiceLine, GenerationError> {
        let (scene_id, line_id) = (scene_id.clone(), line_id.clone());
        self.read(move |film| film.line(&scene_id, &line_id))
    }

    pub(crate) fn line_ids(&self, scene_id: &SceneId) -> Result<Vec<LineId>, GenerationError> {
        let scene_id = scene_id.clone();
        self.read(move |film| film.line_ids(&scene_id))
    }

    pub(crate) fn lane(&self, scene_id: &SceneId, lane: AudioLane) -> Result<LaneData, GenerationError> {
        let scene_id = scene_id.clone();
        self.read(move |film| film.lane(&scene_id, lane))
    }

    fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(FilmView<'_>) -> Result<T, UnknownName> + Send + 'static,
    ) -> Result<T, GenerationError> {
        let (answer, answered) = bounded(1);
        self.door.look(Box::new(move |film| {
            // Whoever asked waits for it.
            let _ = answer.try_send(question(film));
        }))?;
        Ok(answered.try_recv().map_err(|_| DoorError::Closed)??)
    }
}
