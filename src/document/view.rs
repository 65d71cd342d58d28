//! Reading the film back out of the world: the same types the files have, by stable name.

use super::{
    CharacterKey, FilmCharacters, FilmIndex, FilmScenes, FilmSettings, LaneData, LaneFact, LaneKey, LineKey, Numbered,
    SceneKey, SceneLanes, SceneLines, SceneShots, ShotKey, ShotTakes, TakeKey, UsedNumbers,
    character::CharacterFact,
    film::FilmFact,
    scene::{LineFact, SceneFact},
    shot::{ShotFact, TakeFact},
};
use bevy::prelude::{Component, Entity, World};
use kinora_core::{
    film::{AudioLane, Character, Film, FilmScene, Metadata, ProjectPath, Settings, Shot, Take, VoiceLine},
    ids::{CharacterId, LineId, SceneId, ShotId, TakeId},
};
use std::ops::Deref;

/// A name that is not in the film.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownName {
    /// Nothing is open.
    #[error("no film is open: open or make a project first")]
    NoFilm,
    /// No such scene.
    #[error("there is no scene {0}: `kinora scene list` names the scenes of the film")]
    Scene(SceneId),
    /// No such shot.
    #[error("{0} has no shot {1}: `kinora shot list` names the shots of a scene")]
    Shot(SceneId, ShotId),
    /// No such take.
    #[error("{0}/{1} has no take {2}: `kinora take list` names the takes of a shot")]
    Take(SceneId, ShotId, TakeId),
    /// No such line of dialogue.
    #[error("{0} has no voice line {1}")]
    Line(SceneId, LineId),
    /// No such character.
    #[error("there is no character {0}: `kinora character list` names the characters of the film")]
    Character(CharacterId),
}

/// The open film, to read. Every answer is a copy in the files' types.
#[derive(Clone, Copy)]
pub struct FilmView<'w> {
    world: &'w World,
}

impl<'w> FilmView<'w> {
    /// Looks at a world.
    #[must_use]
    pub const fn new(world: &'w World) -> Self {
        Self { world }
    }

    /// Whether a film is open.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.index().is_some_and(|index| index.film().is_some())
    }

    /// Everything.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn film(self) -> Result<Film, UnknownName> {
        let mut film = self.head()?;
        film.characters = self.characters()?;
        film.scenes = self.scene_ids()?.iter().map(|id| self.scene(id)).collect::<Result<_, _>>()?;
        Ok(film)
    }

    /// `metadata.json`.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn metadata(self) -> Result<Metadata, UnknownName> {
        Ok(self.head()?.metadata)
    }

    /// `settings.json`.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn settings(self) -> Result<Settings, UnknownName> {
        let settings = self.world.get::<FilmSettings>(self.root()?);
        Ok(settings.map(|settings| settings.0.clone()).unwrap_or_default())
    }

    /// `characters.json`.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn characters(self) -> Result<Vec<Character>, UnknownName> {
        let root = self.root()?;
        Ok(self.owned::<FilmCharacters>(root).iter().filter_map(|entity| self.character_at(*entity)).collect())
    }

    /// The scenes in the order they play.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn scene_ids(self) -> Result<Vec<SceneId>, UnknownName> {
        let root = self.root()?;
        Ok(self.keys::<FilmScenes, SceneKey, _>(root, |key| key.0.clone()))
    }

    /// The shots of a scene in the order they play.
    ///
    /// # Errors
    /// [`UnknownName::Scene`].
    pub fn shot_ids(self, scene_id: &SceneId) -> Result<Vec<ShotId>, UnknownName> {
        let scene = self.scene_entity(scene_id)?;
        Ok(self.keys::<SceneShots, ShotKey, _>(scene, |key| key.0.clone()))
    }

    /// The lines of a scene in order.
    ///
    /// # Errors
    /// [`UnknownName::Scene`].
    pub fn line_ids(self, scene_id: &SceneId) -> Result<Vec<LineId>, UnknownName> {
        let scene = self.scene_entity(scene_id)?;
        Ok(self.keys::<SceneLines, LineKey, _>(scene, |key| key.0.clone()))
    }

    /// The takes of a shot, the oldest first.
    ///
    /// # Errors
    /// [`UnknownName::Shot`].
    pub fn take_ids(self, scene_id: &SceneId, shot_id: &ShotId) -> Result<Vec<TakeId>, UnknownName> {
        let shot = self.shot_entity(scene_id, shot_id)?;
        Ok(self.keys::<ShotTakes, TakeKey, _>(shot, |key| key.0.clone()))
    }

    /// `scene.json`.
    ///
    /// # Errors
    /// [`UnknownName::Scene`].
    pub fn scene(self, scene_id: &SceneId) -> Result<FilmScene, UnknownName> {
        let entity = self.scene_entity(scene_id)?;
        let mut scene = FilmScene::new(scene_id.clone(), "");
        SceneFact::collect(self.world.entity(entity), &mut scene);
        for lane in self.owned::<SceneLanes>(entity) {
            let Some(LaneKey(key)) = self.world.get::<LaneKey>(*lane) else { continue };
            let data = self.lane_at(*lane);
            *scene.audio_tracks.lane_mut(*key) = data.file;
            *scene.audio_mix.lane_mut(*key) = data.mix;
        }
        scene.shots = self.owned::<SceneShots>(entity).iter().filter_map(|shot| self.shot_at(*shot)).collect();
        scene.voice_lines = self.owned::<SceneLines>(entity).iter().filter_map(|line| self.line_at(*line)).collect();
        if let Some(used) = self.world.get::<UsedNumbers>(entity) {
            let shots = scene.shots.iter().map(|shot| (Numbered::Shot, shot.shot_id.number()));
            let lines = scene.voice_lines.iter().map(|line| (Numbered::Line, line.line_id.number()));
            used.put_into(&mut scene.extra, &shots.chain(lines).collect::<Vec<_>>());
        }
        Ok(scene)
    }

    /// A shot with its takes.
    ///
    /// # Errors
    /// [`UnknownName::Shot`].
    pub fn shot(self, scene_id: &SceneId, shot_id: &ShotId) -> Result<Shot, UnknownName> {
        let entity = self.shot_entity(scene_id, shot_id)?;
        self.shot_at(entity).ok_or_else(|| UnknownName::Shot(scene_id.clone(), shot_id.clone()))
    }

    /// A line of dialogue.
    ///
    /// # Errors
    /// [`UnknownName::Line`].
    pub fn line(self, scene_id: &SceneId, line_id: &LineId) -> Result<VoiceLine, UnknownName> {
        let entity = self.line_entity(scene_id, line_id)?;
        self.line_at(entity).ok_or_else(|| UnknownName::Line(scene_id.clone(), line_id.clone()))
    }

    /// A character.
    ///
    /// # Errors
    /// [`UnknownName::Character`].
    pub fn character(self, character_id: &CharacterId) -> Result<Character, UnknownName> {
        let entity = self.character_entity(character_id)?;
        self.character_at(entity).ok_or_else(|| UnknownName::Character(character_id.clone()))
    }

    /// A sound lane of a scene.
    ///
    /// # Errors
    /// [`UnknownName::Scene`].
    pub fn lane(self, scene_id: &SceneId, lane: AudioLane) -> Result<LaneData, UnknownName> {
        Ok(self.lane_at(self.lane_entity(scene_id, lane)?))
    }

    /// A scene id that no scene of this film ever had.
    ///
    /// # Errors
    /// [`UnknownName::NoFilm`].
    pub fn next_scene_id(self) -> Result<SceneId, UnknownName> {
        Ok(SceneId::numbered(self.next_number(self.root()?, Numbered::Scene)))
    }

    /// A shot id that no shot of the scene ever had.
    ///
    /// # Errors
    /// [`UnknownName::Scene`].
    pub fn next_shot_id(self, scene_id: &SceneId) -> Result<ShotId, UnknownName> {
        Ok(ShotId::numbered(self.next_number(self.scene_entity(scene_id)?, Numbered::Shot)))
    }

    /// A line id that no line of the scene ever had.
    ///
    /// # Errors
    /// [`UnknownName::Scene`].
    pub fn next_line_id(self, scene_id: &SceneId) -> Result<LineId, UnknownName> {
        Ok(LineId::numbered(self.next_number(self.scene_entity(scene_id)?, Numbered::Line)))
    }

    /// A take id that no take of the shot ever had.
    ///
    /// # Errors
    /// [`UnknownName::Shot`].
    pub fn next_take_id(self, scene_id: &SceneId, shot_id: &ShotId) -> Result<TakeId, UnknownName> {
        Ok(TakeId::numbered(self.next_number(self.shot_entity(scene_id, shot_id)?, Numbered::Take)))
    }

    /// The world, for facts that are not the film's: the history, a plugin's own resources.
    #[must_use]
    pub const fn world(self) -> &'w World {
        self.world
    }

    pub(crate) fn root(self) -> Result<Entity, UnknownName> {
        self.index().and_then(FilmIndex::film).ok_or(UnknownName::NoFilm)
    }

    pub(crate) fn scene_entity(self, scene_id: &SceneId) -> Result<Entity, UnknownName> {
        self.root()?;
        self.index().and_then(|index| index.scene(scene_id)).ok_or_else(|| UnknownName::Scene(scene_id.clone()))
    }

    pub(crate) fn shot_entity(self, scene_id: &SceneId, shot_id: &ShotId) -> Result<Entity, UnknownName> {
        self.scene_entity(scene_id)?;
        self.index()
            .and_then(|index| index.shot(scene_id, shot_id))
            .ok_or_else(|| UnknownName::Shot(scene_id.clone(), shot_id.clone()))
    }

    pub(crate) fn take_entity(
        self,
        scene_id: &SceneId,
        shot_id: &ShotId,
        take_id: &TakeId,
    ) -> Result<(usize, Entity), UnknownName> {
        let shot = self.shot_entity(scene_id, shot_id)?;
        let takes = self.owned::<ShotTakes>(shot).iter().copied().enumerate();
        takes
            .into_iter()
            .find(|(_, take)| self.world.get::<TakeKey>(*take).is_some_and(|key| key.0 == *take_id))
            .ok_or_else(|| UnknownName::Take(scene_id.clone(), shot_id.clone(), take_id.clone()))
    }

    pub(crate) fn line_entity(self, scene_id: &SceneId, line_id: &LineId) -> Result<Entity, UnknownName> {
        self.scene_entity(scene_id)?;
        self.index()
            .and_then(|index| index.line(scene_id, line_id))
            .ok_or_else(|| UnknownName::Line(scene_id.clone(), line_id.clone()))
    }

    pub(crate) fn lane_entity(self, scene_id: &SceneId, lane: AudioLane) -> Result<Entity, UnknownName> {
        let scene = self.scene_entity(scene_id)?;
        let lanes = self.owned::<SceneLanes>(scene).iter().copied();
        lanes
            .into_iter()
            .find(|entity| self.world.get::<LaneKey>(*entity).is_some_and(|key| key.0 == lane))
            .ok_or_else(|| UnknownName::Scene(scene_id.clone()))
    }

    pub(crate) fn character_entity(self, character_id: &CharacterId) -> Result<Entity, UnknownName> {
        self.root()?;
        self.index()
            .and_then(|index| index.character(character_id))
            .ok_or_else(|| UnknownName::Character(character_id.clone()))
    }

    pub(crate) fn take_at(self, entity: Entity) -> Option<Take> {
        let key = self.world.get::<TakeKey>(entity)?;
        let mut take = empty_take(key.0.clone())?;
        TakeFact::collect(self.world.entity(entity), &mut take);
        Some(take)
    }

    /// What an owner owns through one relation, in order.
    pub(crate) fn owned<L: Component + Deref<Target = [Entity]>>(self, owner: Entity) -> &'w [Entity] {
        self.world.get::<L>(owner).map_or(&[], |list| &**list)
    }

    fn index(self) -> Option<&'w FilmIndex> {
        self.world.get_resource::<FilmIndex>()
    }

    /// The film without its scenes and characters.
    fn head(self) -> Result<Film, UnknownName> {
        let root = self.root()?;
        let mut film = Film::default();
        FilmFact::collect(self.world.entity(root), &mut film);
        film.metadata.scene_order = self.scene_ids()?;
        if let Some(used) = self.world.get::<UsedNumbers>(root) {
            let scenes = film.metadata.scene_order.iter().map(|id| (Numbered::Scene, id.number())).collect::<Vec<_>>();
            used.put_into(&mut film.metadata.extra, &scenes);
        }
        Ok(film)
    }

    fn shot_at(self, entity: Entity) -> Option<Shot> {
        let key = self.world.get::<ShotKey>(entity)?;
        let mut shot = Shot::new(key.0.clone(), "", 0.0);
        ShotFact::collect(self.world.entity(entity), &mut shot);
        shot.takes = self.owned::<ShotTakes>(entity).iter().filter_map(|take| self.take_at(*take)).collect();
        if let Some(used) = self.world.get::<UsedNumbers>(entity) {
            let takes = shot.takes.iter().map(|take| (Numbered::Take, take.take_id.number())).collect::<Vec<_>>();
            used.put_into(&mut shot.extra, &takes);
        }
        Some(shot)
    }

    fn line_at(self, entity: Entity) -> Option<VoiceLine> {
        let key = self.world.get::<LineKey>(entity)?;
        let mut line = empty_line(key.0.clone());
        LineFact::collect(self.world.entity(entity), &mut line);
        Some(line)
    }

    fn lane_at(self, entity: Entity) -> LaneData {
        let mut data = LaneData::default();
        LaneFact::collect(self.world.entity(entity), &mut data);
        data
    }

    fn character_at(self, entity: Entity) -> Option<Character> {
        let key = self.world.get::<CharacterKey>(entity)?;
        let mut character = empty_character(key.0.clone());
        CharacterFact::collect(self.world.entity(entity), &mut character);
        Some(character)
    }

    fn keys<L: Component + Deref<Target = [Entity]>, K: Component, N>(
        self,
        owner: Entity,
        name: fn(&K) -> N,
    ) -> Vec<N> {
        self.owned::<L>(owner).iter().filter_map(|entity| self.world.get::<K>(*entity)).map(name).collect()
    }

    fn next_number(self, owner: Entity, kind: Numbered) -> usize {
        self.world.get::<UsedNumbers>(owner).map_or(1, |used| used.next(kind))
    }
}

fn empty_take(take_id: TakeId) -> Option<Take> {
    Some(Take {
        take_id,
        file_path: ProjectPath::new("take").ok()?,
        model: String::new(),
        provider: String::new(),
        prompt: String::new(),
        seed: None,
        cost_usd: None,
        created_at: String::new(),
        blake3: String::new(),
        media: None,
        pinned: false,
        extra: Default::default(),
    })
}

fn empty_line(line_id: LineId) -> VoiceLine {
    VoiceLine {
        line_id,
        shot_id: ShotId::numbered(0),
        character_id: None,
        text: String::new(),
        parenthetical: String::new(),
        offset_secs: 0.0,
        file_path: None,
        duration_secs: 0.0,
        voice_id: String::new(),
        extra: Default::default(),
    }
}

/// A character with a name to be given and nothing else.
#[must_use]
pub fn empty_character(character_id: CharacterId) -> Character {
    Character {
        character_id,
        name: String::new(),
        portrait_paths: Vec::new(),
        voice_id: String::new(),
        prompt_style_tokens: String::new(),
        extra: Default::default(),
    }
}
