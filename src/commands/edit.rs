//! The primitive edits: small, serialisable, and each with an exact inverse.

use crate::document::{CharacterFact, FilmFact, LaneFact, LineFact, SceneFact, ShotFact, TakeFact, UnknownName};
use kinora_core::{
    film::{AudioLane, Character, FilmScene, Shot, Take, VoiceLine},
    ids::{CharacterId, LineId, SceneId, ShotId, TakeId},
};
use serde::{Deserialize, Serialize};

/// One change of the film. Positions count from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the names of the things the variant's line speaks of")]
pub enum Edit {
    /// Changes a fact of the film.
    SetFilm { fact: FilmFact },
    /// Puts a character at a place in the list.
    InsertCharacter { index: usize, character: Character },
    /// Takes a character out.
    RemoveCharacter { character_id: CharacterId },
    /// Changes a fact of a character.
    SetCharacter { character_id: CharacterId, fact: CharacterFact },
    /// Puts a scene with all it holds at a place in the film.
    InsertScene { index: usize, scene: Box<FilmScene> },
    /// Takes a scene out of the film. Its folder stays.
    RemoveScene { scene_id: SceneId },
    /// Moves a scene to another place.
    MoveScene { scene_id: SceneId, index: usize },
    /// Changes a fact of a scene.
    SetScene { scene_id: SceneId, fact: SceneFact },
    /// Changes a fact of a sound lane.
    SetLane { scene_id: SceneId, lane: AudioLane, fact: LaneFact },
    /// Puts a shot with its takes at a place in a scene.
    InsertShot { scene_id: SceneId, index: usize, shot: Box<Shot> },
    /// Takes a shot out of its scene. Its clips stay.
    RemoveShot { scene_id: SceneId, shot_id: ShotId },
    /// Moves a shot to another place in its scene.
    MoveShot { scene_id: SceneId, shot_id: ShotId, index: usize },
    /// Changes a fact of a shot.
    SetShot { scene_id: SceneId, shot_id: ShotId, fact: ShotFact },
    /// Puts a take at a place in its shot's list.
    InsertTake { scene_id: SceneId, shot_id: ShotId, index: usize, take: Take },
    /// Takes a take out of the list. Its clip stays.
    RemoveTake { scene_id: SceneId, shot_id: ShotId, take_id: TakeId },
    /// Changes a fact of a take.
    SetTake { scene_id: SceneId, shot_id: ShotId, take_id: TakeId, fact: TakeFact },
    /// Puts a line of dialogue at a place in its scene's list.
    InsertLine { scene_id: SceneId, index: usize, line: VoiceLine },
    /// Takes a line out.
    RemoveLine { scene_id: SceneId, line_id: LineId },
    /// Changes a fact of a line.
    SetLine { scene_id: SceneId, line_id: LineId, fact: LineFact },
}

impl Edit {
    /// Whether it changes a fact of a thing, and neither which things there are nor their order.
    pub(super) const fn sets_a_fact(&self) -> bool {
        matches!(
            self,
            Self::SetFilm { .. }
                | Self::SetCharacter { .. }
                | Self::SetScene { .. }
                | Self::SetLane { .. }
                | Self::SetShot { .. }
                | Self::SetTake { .. }
                | Self::SetLine { .. }
        )
    }

    /// Whether both set the same fact of the same thing, so that after this one nothing is left of the other.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::SetFilm { fact: one }, Self::SetFilm { fact: two }) => is_same_fact(one, two),
            (
                Self::SetCharacter { character_id: one, fact: fact_one },
                Self::SetCharacter { character_id: two, fact: fact_two },
            ) => one == two && is_same_fact(fact_one, fact_two),
            (Self::SetScene { scene_id: one, fact: fact_one }, Self::SetScene { scene_id: two, fact: fact_two }) => {
                one == two && is_same_fact(fact_one, fact_two)
            }
            (
                Self::SetLane { scene_id: one, lane: lane_one, fact: fact_one },
                Self::SetLane { scene_id: two, lane: lane_two, fact: fact_two },
            ) => (one, lane_one) == (two, lane_two) && is_same_fact(fact_one, fact_two),
            (
                Self::SetShot { scene_id: one, shot_id: shot_one, fact: fact_one },
                Self::SetShot { scene_id: two, shot_id: shot_two, fact: fact_two },
            ) => (one, shot_one) == (two, shot_two) && is_same_fact(fact_one, fact_two),
            _ => false,
        }
    }
}

fn is_same_fact<F>(one: &F, two: &F) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(two)
}

/// Why an edit was refused. The film is as it was.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EditError {
    /// It speaks of something that is not in the film.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// Two things would have one name.
    #[error("{0} already exists: every name is used once")]
    Taken(String),
    /// The place is past the end of the list.
    #[error("{what} {index} is past the end: there are {count}")]
    PastTheEnd {
        /// What was placed.
        what: &'static str,
        /// The place asked for, from 0.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A file of the film could not be loaded again.
    #[error("{place} in {file}: {message}: {fix}")]
    Invalid {
        /// The file, relative to the project folder.
        file: String,
        /// The place in it.
        place: String,
        /// What is wrong.
        message: String,
        /// What to do.
        fix: String,
    },
    /// The entity lacks the component of the fact. A plugin removed it.
    #[error("{0} cannot be changed: the open film has lost that fact; open the project again")]
    Incomplete(String),
}
