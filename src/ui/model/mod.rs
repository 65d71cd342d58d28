//! What the panels draw: the film as plain data, laid out in time. Rebuilt from the world when the film changes, and
//! then only the scenes that did, so that a frame without a change costs nothing.
//!
//! - `layout`: where every shot lies on the film's frames; `lines`: when every line of dialogue is spoken; `clip`: what
//!   state a shot's clip is in; `stand_ins`: a few shots in place of very many.

mod clip;
mod layout;
mod lines;
mod stand_ins;

pub use clip::{ClipState, JobOnClip};
pub use layout::{SceneSpan, ShotSpan};
pub use lines::LineSpan;

use crate::document::{FilmRevision, FilmView};
use kinora_core::{
    film::{Character, Film, FilmScene, Metadata, ProjectLayout, ProjectPath, Settings, Shot, Take},
    ids::{CharacterId, SceneId, ShotId},
    preview::{FilmMap, MappedShot, SceneMap, TakeClip},
    time::{FrameRate, Timecode},
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// A shot by its stable name.
pub type ShotName = (SceneId, ShotId);

/// A file of a scene, or of the project itself.
type FileName = (Option<SceneId>, ProjectPath);

/// The open film as the panels see it.
#[derive(Debug, Default)]
pub struct FilmModel {
    /// Another number after every change: what panels keep is made again when it differs.
    pub stamp: u64,
    /// Folder of the project; empty while no film is open.
    pub root: PathBuf,
    /// `metadata.json`.
    pub metadata: Metadata,
    /// `settings.json`.
    pub settings: Settings,
    /// `characters.json`.
    pub characters: Vec<Character>,
    /// The scenes in the order they play.
    pub scenes: Vec<Arc<FilmScene>>,
    /// Files of the project's `clips` folder: what was made, and has no place in the film.
    pub clips: Vec<PathBuf>,
    /// Where each scene lies; as long as `scenes`.
    pub scene_spans: Vec<SceneSpan>,
    /// Where each shot lies, in the order of the film.
    pub shot_spans: Vec<ShotSpan>,
    /// Length of the film in frames.
    pub frames: u64,
    /// From frames of the film to frames of takes, for the monitor.
    pub map: Arc<FilmMap>,
    maps: Vec<Arc<SceneMap>>,
    /// Places of the shots of each scene, by name; as long as `scenes`.
    places: Vec<Arc<HashMap<ShotId, usize>>>,
    /// Lines of dialogue of each scene; as long as `scenes`.
    lines: Vec<Arc<[LineSpan]>>,
    scene_places: HashMap<SceneId, usize>,
    /// Files that were looked for since the film last changed.
    files: Mutex<HashMap<FileName, Option<PathBuf>>>,
    stand_ins: Mutex<Option<stand_ins::StandIns>>,
    seen: Option<u64>,
    seen_head: (u64, u64),
    seen_scenes: HashMap<SceneId, u64>,
}

impl FilmModel {
    /// Whether a film is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.root.as_os_str().is_empty()
    }

    /// The film's frame rate.
    #[must_use]
    pub const fn rate(&self) -> FrameRate {
        self.metadata.rate
    }

    /// A frame of the film as timecode.
    #[must_use]
    pub const fn timecode(&self, frame: u64) -> Timecode {
        Timecode { frame, rate: self.metadata.rate }
    }

    /// Places of the project's files.
    #[must_use]
    pub fn layout(&self) -> ProjectLayout {
        ProjectLayout::new(&self.root)
    }

    /// A file named in a scene, if the name stays inside the project.
    #[must_use]
    pub fn scene_file(&self, scene_id: &SceneId, file: &ProjectPath) -> Option<PathBuf> {
        self.resolved(Some(scene_id), file)
    }

    /// A file named in the project's own folder, such as a portrait.
    #[must_use]
    pub fn project_file(&self, file: &ProjectPath) -> Option<PathBuf> {
        self.resolved(None, file)
    }

    /// Following links asks the disk many times, and panels ask in every frame: once for each file is enough.
    fn resolved(&self, scene_id: Option<&SceneId>, file: &ProjectPath) -> Option<PathBuf> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (scene_id.cloned(), file.clone());
        let look = || {
            let folder = scene_id.map_or_else(|| self.root.clone(), |scene_id| self.layout().scene_dir(scene_id));
            file.resolve(&folder, &self.root).ok()
        };
        files.entry(key).or_insert_with(look).clone()
    }

    /// A scene by name.
    #[must_use]
    pub fn scene(&self, scene_id: &SceneId) -> Option<&FilmScene> {
        self.scene_index(scene_id).map(|index| self.scenes[index].as_ref())
    }

    /// Place of a scene in the film.
    #[must_use]
    pub fn scene_index(&self, scene_id: &SceneId) -> Option<usize> {
        self.scene_places.get(scene_id).copied()
    }

    /// A shot by name.
    #[must_use]
    pub fn shot(&self, name: &ShotName) -> Option<&Shot> {
        self.span(name).map(|span| self.shot_of(span))
    }

    /// The shots of a scene that have no take.
    #[must_use]
    pub fn missing_of(&self, scene_id: &SceneId) -> Vec<ShotName> {
        let shots = self.scene(scene_id).into_iter().flat_map(|scene| &scene.shots);
        shots.filter(|shot| shot.file_path.is_none()).map(|shot| (scene_id.clone(), shot.shot_id.clone())).collect()
    }

    /// A character by name.
    #[must_use]
    pub fn character(&self, character_id: &CharacterId) -> Option<&Character> {
        self.characters.iter().find(|character| character.character_id == *character_id)
    }

    /// Where a shot lies.
    #[must_use]
    pub fn span(&self, name: &ShotName) -> Option<&ShotSpan> {
        self.shot_spans.get(self.index_of(name)?)
    }

    /// Place of a shot in `shot_spans`.
    #[must_use]
    pub fn index_of(&self, name: &ShotName) -> Option<usize> {
        let scene_index = self.scene_index(&name.0)?;
        let shot_index = self.places.get(scene_index)?.get(&name.1)?;
        Some(self.scene_spans[scene_index].first_shot + shot_index)
    }

    /// Where a shot of a scene lies, the scene by its place in the film.
    #[must_use]
    pub fn shot_in(&self, scene_index: usize, shot_id: &ShotId) -> Option<&ShotSpan> {
        let shot_index = self.places.get(scene_index)?.get(shot_id)?;
        self.shot_spans.get(self.scene_spans[scene_index].first_shot + shot_index)
    }

    /// The lines of dialogue of a scene by when they begin, the scene by its place in the film.
    #[must_use]
    pub fn lines_in(&self, scene_index: usize) -> &[LineSpan] {
        self.lines.get(scene_index).map_or(&[], |lines| lines)
    }

    /// The shot of a span of this model.
    #[must_use]
    pub fn shot_of(&self, span: &ShotSpan) -> &Shot {
        &self.scenes[span.scene_index].shots[span.shot_index]
    }

    /// Stable name of the shot of a span of this model.
    #[must_use]
    pub fn name_of(&self, span: &ShotSpan) -> ShotName {
        (self.scenes[span.scene_index].scene_id.clone(), self.shot_of(span).shot_id.clone())
    }

    /// The shot shown at a frame of the film.
    #[must_use]
    pub fn shot_at(&self, frame: u64) -> Option<&ShotSpan> {
        let index = self.shot_spans.partition_point(|span| span.end_frame() <= frame);
        self.shot_spans.get(index).filter(|span| span.start_frame <= frame)
    }

    /// The scene that lies at a frame of the film; the last one past the end.
    #[must_use]
    pub fn scene_at(&self, frame: u64) -> Option<usize> {
        let index = self.scene_spans.partition_point(|span| span.start_frame + span.frames <= frame);
        (!self.scenes.is_empty()).then(|| index.min(self.scenes.len() - 1))
    }

    /// What a shot shows of its chosen take.
    #[must_use]
    pub fn mapped(&self, span: &ShotSpan) -> Option<&MappedShot> {
        self.maps.get(span.scene_index)?.shots.get(span.shot_index)
    }

    /// A take of a shot from end to end, chosen or not.
    #[must_use]
    pub fn clip_of_take(&self, name: &ShotName, take: &Take) -> Option<Arc<TakeClip>> {
        let mut shot = self.shot(name)?.clone();
        (shot.file_path, shot.in_frame, shot.out_frame) = (Some(take.file_path.clone()), 0, None);
        (shot.first_frame_path, shot.last_frame_path) = (None, None);
        let mut scene = FilmScene::new(name.0.clone(), "");
        scene.shots = vec![shot];
        self.map_of(&scene).shots.first()?.clip.clone()
    }

    /// The shot before another one in its scene.
    #[must_use]
    pub fn before(&self, name: &ShotName) -> Option<&Shot> {
        let span = self.span(name)?;
        self.scenes[span.scene_index].shots.get(span.shot_index.checked_sub(1)?)
    }

    /// Why a shot that continues another has to be made again.
    #[must_use]
    pub fn out_of_date(&self, scene_id: &SceneId, shot: &Shot) -> Option<String> {
        let source = shot.continuity_source.as_ref()?;
        shot.out_of_date(scene_id, self.shot(&(source.scene_id.clone(), source.shot_id.clone())), self.rate())
    }

    /// Takes in the files of the project's `clips` folder.
    pub fn set_clips(&mut self, clips: Vec<PathBuf>) {
        if self.clips != clips {
            (self.clips, self.stamp) = (clips, self.stamp + 1);
        }
    }

    /// Brings the model up to date. Answers whether anything changed.
    pub fn refresh(&mut self, view: FilmView<'_>, revision: &FilmRevision, root: Option<&Path>) -> bool {
        let Some(root) = root.filter(|_| view.is_open()) else {
            let was_open = self.is_open();
            if was_open {
                *self = Self { stamp: self.stamp + 1, ..Self::default() };
            }
            return was_open;
        };
        if self.seen == Some(revision.film()) && self.root == root {
            return false;
        }
        if self.root != root {
            *self = Self { root: root.to_path_buf(), stamp: self.stamp, ..Self::default() };
        }
        self.seen = Some(revision.film());
        self.stamp += 1;
        self.files.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        self.metadata = view.metadata().unwrap_or_default();
        self.settings = view.settings().unwrap_or_default();
        self.characters = view.characters().unwrap_or_default();
        // Size, rate and fit are part of what every take is conformed to.
        let head = (revision.metadata(), revision.settings());
        let same_head = std::mem::replace(&mut self.seen_head, head) == head;
        let laid_out = self.maps.drain(..).zip(self.lines.drain(..));
        let old = self.scenes.drain(..).zip(laid_out).zip(self.places.drain(..));
        let mut old: HashMap<SceneId, _> = old.map(|kept| (kept.0.0.scene_id.clone(), kept)).collect();
        for scene_id in view.scene_ids().unwrap_or_default() {
            let number = revision.scene(&scene_id);
            let is_same = self.seen_scenes.insert(scene_id.clone(), number) == Some(number);
            let (scene, laid_out, places) = match old.remove(&scene_id).filter(|_| is_same) {
                Some(((scene, laid_out), places)) => (scene, same_head.then_some(laid_out), places),
                None => match view.scene(&scene_id) {
                    Ok(scene) => {
                        let places = places_of(&scene);
                        (Arc::new(scene), None, places)
                    }
                    Err(_) => continue,
                },
            };
            let (map, lines) = laid_out.unwrap_or_else(|| {
                let map = self.map_of(&scene);
                let lines = lines::lines_of(&scene, &map, &places, self.rate());
                (map, lines)
            });
            self.maps.push(map);
            self.lines.push(lines);
            self.scenes.push(scene);
            self.places.push(places);
        }
        self.lay_out();
        true
    }

    fn map_of(&self, scene: &FilmScene) -> Arc<SceneMap> {
        // The order of the scenes, which is long, says nothing of one of them.
        let metadata = Metadata { size: self.metadata.size, rate: self.metadata.rate, ..Metadata::default() };
        let head = Film { metadata, settings: self.settings.clone(), ..Film::default() };
        Arc::new(SceneMap::of(scene, &head, &self.layout(), &|_| None))
    }

    /// A model of a film that is not in a world, for tests and pictures of panels.
    #[must_use]
    pub fn of(film: Film, root: impl Into<PathBuf>) -> Self {
        let mut model = Self {
            stamp: 1,
            root: root.into(),
            metadata: film.metadata,
            settings: film.settings,
            characters: film.characters,
            scenes: film.scenes.into_iter().map(Arc::new).collect(),
            ..Self::default()
        };
        model.maps = model.scenes.iter().map(|scene| model.map_of(scene)).collect();
        model.places = model.scenes.iter().map(|scene| places_of(scene)).collect();
        let parts = model.scenes.iter().zip(&model.maps).zip(&model.places);
        model.lines = parts.map(|((scene, map), places)| lines::lines_of(scene, map, places, model.rate())).collect();
        model.lay_out();
        model
    }

    fn lay_out(&mut self) {
        (self.scene_spans, self.shot_spans) = layout::lay_out(&self.maps);
        self.map = Arc::new(FilmMap::new(self.maps.clone()));
        self.frames = self.scene_spans.last().map_or(0, |span| span.start_frame + span.frames);
        self.scene_places =
            self.scenes.iter().enumerate().map(|(index, scene)| (scene.scene_id.clone(), index)).collect();
    }
}

fn places_of(scene: &FilmScene) -> Arc<HashMap<ShotId, usize>> {
    Arc::new(scene.shots.iter().enumerate().map(|(index, shot)| (shot.shot_id.clone(), index)).collect())
}
