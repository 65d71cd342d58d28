//! Plans every scene as a render does, on a thread behind the window, so that the monitor knows what each frame is.

use super::{Shared, Showing, locked, maker::Missing};
use crate::preview::{WakeUp, media::ProjectMedia};
use kinora_core::{
    film::{FilmScene, FrameSize, Metadata, Settings},
    ids::SceneId,
    preview::{SceneReel, ShownFilm},
    time::FrameRate,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

/// While many scenes are planned, the window is told this often.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// What is planned, scene by scene.
pub(super) type Reels = Arc<HashMap<SceneId, Planned>>;

/// A film to plan.
pub(super) struct PlanAsk {
    pub(super) film: Arc<ShownFilm>,
    /// Whether files came or changed since the last plan.
    pub(super) media_changed: bool,
}

pub(super) struct ReelPlanner {
    shared: Arc<Shared>,
    media: Arc<ProjectMedia>,
    wake: WakeUp,
    planned: HashMap<SceneId, Planned>,
    head: Arc<Head>,
    told_at: Instant,
}

/// Rate, size and settings that plans were made with.
type Head = (FrameRate, FrameSize, Settings);

/// A scene as it was planned.
#[derive(Clone)]
pub(super) struct Planned {
    head: Arc<Head>,
    scene: Arc<FilmScene>,
    pub(super) reel: Arc<SceneReel>,
}

/// Those plans that are still of a film: of a scene that was edited since, frames would be those of another shot.
pub(super) fn of_film<'a>(planned: impl Iterator<Item = &'a Planned>, film: &ShownFilm) -> Reels {
    let scenes: HashMap<&SceneId, &Arc<FilmScene>> = film.scenes.iter().map(|scene| (&scene.scene_id, scene)).collect();
    let is_of_film = |planned: &&Planned| {
        is_head_of(&planned.head, film)
            && scenes.get(&planned.scene.scene_id).is_some_and(|&scene| {
                Arc::ptr_eq(scene, &planned.scene) || SceneReel::is_of_both(scene, &planned.scene)
            })
    };
    Arc::new(planned.filter(is_of_film).map(|planned| (planned.scene.scene_id.clone(), planned.clone())).collect())
}

fn is_head_of((rate, size, settings): &Head, film: &ShownFilm) -> bool {
    (*rate, *size) == (film.metadata.rate, film.metadata.size) && *settings == film.settings
}

impl ReelPlanner {
    pub(super) fn new(media: &Arc<ProjectMedia>, shared: &Arc<Shared>, wake: &WakeUp) -> Self {
        let (shared, media, wake) = (Arc::clone(shared), Arc::clone(media), wake.clone());
        let Metadata { rate, size, .. } = Metadata::default();
        let head = Arc::new((rate, size, Settings::default()));
        Self { shared, media, wake, planned: HashMap::new(), head, told_at: Instant::now() }
    }

    pub(super) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        while let Some(ask) = shared.planner.wait() {
            self.plan(&ask);
        }
    }

    /// Plans scene by scene; a newer film ends it, and finds what is planned already.
    fn plan(&mut self, ask: &PlanAsk) {
        if !is_head_of(&self.head, &ask.film) {
            let ShownFilm { metadata, settings, .. } = &*ask.film;
            self.planned.clear();
            self.head = Arc::new((metadata.rate, metadata.size, settings.clone()));
        }
        if ask.media_changed {
            self.planned.retain(|_, planned| planned.reel.is_complete());
        }
        let known: HashSet<&SceneId> = ask.film.scenes.iter().map(|scene| &scene.scene_id).collect();
        self.planned.retain(|scene_id, _| known.contains(scene_id));
        let (film, layout) = (ask.film.head(), self.media.layout());
        // The scene that is looked at comes first.
        let looked_at = ask.film.map.place(self.shared.maker.near_frame()).map(|place| place.scene_id);
        let first = ask.film.scenes.iter().position(|scene| Some(&scene.scene_id) == looked_at.as_ref()).unwrap_or(0);
        let (before, after) = ask.film.scenes.split_at(first);
        for scene in after.iter().chain(before) {
            if let Some(planned) = self.planned.get_mut(&scene.scene_id) {
                let is_same = Arc::ptr_eq(&planned.scene, scene) || SceneReel::is_of_both(&planned.scene, scene);
                if is_same {
                    planned.scene = Arc::clone(scene);
                    continue;
                }
            }
            let files = (&self.media.cache, self.media.hashes());
            match SceneReel::of(scene, &film, &layout, files, &self.media.cancel) {
                Ok(reel) => {
                    let (head, scene) = (Arc::clone(&self.head), Arc::clone(scene));
                    let planned = Planned { head, scene, reel: Arc::new(reel) };
                    self.planned.insert(planned.scene.scene_id.clone(), planned);
                }
                // Shots are then shown one by one, as they are; a render says what is wrong.
                Err(error) => {
                    tracing::debug!("{} is not planned: {error}", scene.scene_id);
                    self.planned.remove(&scene.scene_id);
                }
            }
            self.note_made(&scene.scene_id);
            if self.told_at.elapsed() >= TELL_EVERY {
                self.publish();
            }
            if self.shared.planner.is_pressing(|_| true) {
                return;
            }
        }
        if ask.media_changed {
            ask.film.scenes.iter().for_each(|scene| self.note_made(&scene.scene_id));
        }
        self.publish();
        self.want_missing(&ask.film);
    }

    /// Looks which segments of a scene are there.
    fn note_made(&self, scene_id: &SceneId) {
        let Some(planned) = self.planned.get(scene_id) else { return };
        for (_, key, _) in planned.reel.encodes() {
            if !self.shared.frames.is_made(&key) && self.media.cache.get(&key, "mp4").is_some() {
                self.shared.frames.note_made(key);
            }
        }
    }

    fn publish(&mut self) {
        let mut showing = locked(&self.shared.showing);
        // A newer film may be shown by now.
        let film = Arc::clone(&showing.film);
        *showing = Arc::new(Showing { reels: of_film(self.planned.values(), &film), film });
        drop(showing);
        self.told_at = Instant::now();
        self.shared.answer_again();
        self.wake.ring();
    }

    fn want_missing(&self, film: &ShownFilm) {
        let mut missing = Vec::new();
        for (start, scene) in film.map.scenes() {
            let Some(planned) = self.planned.get(&scene.scene_id) else { continue };
            for (frame, key, segment) in planned.reel.encodes() {
                if !self.shared.frames.is_made(&key) {
                    missing.push(Missing { film_frame: start + frame, key, segment: segment.clone() });
                }
            }
        }
        self.shared.maker.want(missing, film.metadata.rate, film.metadata.size);
    }
}
