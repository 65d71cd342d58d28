//! The film's sound at any moment, for playback: the mix of a render, read at any place, and patient with what is
//! missing.
//!
//! A render waits until everything is conformed; a window plays what there is. A shot without a take, a take that is
//! not conformed yet and a sound that is gone are silence of their own length, so the sound stays where the picture is.

use super::{
    gather::{ClipFacts, MediaFacts, SoundFacts, gather_scene},
    level,
    loudness::{LoudMixer, LoudnessPlan},
    mix::{MixError, MixPlan, Mixer, SampleSource, SoundRef, StereoStream},
    plan::{LoudnessGoal, PlanInput, RenderKind, SceneInput, SeamWindow, sound_mix},
    sound_files::{find_sound, open_sound},
};
use crate::{
    conform,
    film::{FilmScene, Metadata, ProjectLayout, ProjectPath, Settings, Shot},
    ids::ShotId,
    preview::{FilmMap, SceneMap, TakeClip},
    store::{Cache, FileHashes, StoreError},
};
use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// A film as a window shows it. Cheap to make from what the window holds.
#[derive(Debug, Clone, Default)]
pub struct LiveFilm {
    /// Rate and title.
    pub metadata: Metadata,
    /// Fades, ducking and loudness.
    pub settings: Settings,
    /// The scenes in the order they play.
    pub scenes: Vec<Arc<FilmScene>>,
    /// Where their shots lie; as many scenes, in the same order.
    pub map: Arc<FilmMap>,
}

/// The media of a project as playback finds them.
pub struct LiveMedia {
    layout: ProjectLayout,
    cache: Arc<Cache>,
    hashes: FileHashes,
    /// Takes are never overwritten, so one that was found conformed stays so.
    takes: HashMap<Arc<TakeClip>, ClipFacts>,
}

/// What a film sounds like now.
#[derive(Debug, Clone)]
pub struct LiveSound {
    /// What is heard when. Sample 0 is the first of the film's first frame.
    pub mix: Arc<MixPlan>,
    /// How loud.
    pub level: LoudnessPlan,
    /// Sound files that are there and not conformed yet: silent until they are.
    pub to_conform: Vec<(PathBuf, blake3::Hash)>,
    /// What is wrong with sounds, for the person who listens.
    pub problems: Vec<String>,
}

impl LiveMedia {
    /// Opens the cache of a project.
    ///
    /// # Errors
    /// [`StoreError`] if there is none and it cannot be made.
    pub fn open(layout: &ProjectLayout) -> Result<Self, StoreError> {
        Ok(Self {
            cache: Arc::new(Cache::open(layout.root())?),
            hashes: FileHashes::load(layout.root()),
            layout: layout.clone(),
            takes: HashMap::new(),
        })
    }

    /// Plans the sound of a film from what the cache has.
    pub fn sound_of(&mut self, film: &LiveFilm) -> LiveSound {
        let found = RefCell::new(Found::default());
        let mut scenes = Vec::with_capacity(film.scenes.len());
        for (scene, (_, map)) in film.scenes.iter().zip(film.map.scenes()) {
            let clips = map.shots.iter().map(|shot| self.clip_facts(shot.clip.as_ref())).collect();
            let places = map.shots.iter().enumerate().map(|(index, shot)| (&shot.shot_id, index)).collect();
            let facts = SceneFacts { media: self, map, clips, places, found: &found };
            match gather_scene(scene, &facts) {
                Ok(input) => scenes.push(laid_out(input, map)),
                Err(error) => found.borrow_mut().problems.push(error.to_string()),
            }
        }
        let goal = LoudnessGoal {
            target_lufs: Some(film.settings.loudness_target_lufs),
            limit_dbtp: film.settings.true_peak_limit_dbtp,
        };
        let input = PlanInput {
            kind: RenderKind::Film,
            title: String::new(),
            rate: film.metadata.rate,
            size: film.metadata.size,
            scene_fade_secs: film.settings.scene_fade_secs,
            duck_db: film.settings.duck_db,
            loudness: goal,
            scenes,
        };
        let Found { to_conform, mut problems } = found.into_inner();
        let mix = sound_mix(&input).unwrap_or_else(|error| {
            problems.push(error.to_string());
            MixPlan::default()
        });
        let level = level::known(&self.cache, &mix, goal);
        LiveSound { mix: Arc::new(mix), level, to_conform, problems }
    }

    /// Plays a sound.
    #[must_use]
    pub fn player(&self, sound: &LiveSound) -> LivePlayer {
        LivePlayer::new(Arc::clone(&self.cache), sound)
    }

    fn clip_facts(&mut self, clip: Option<&Arc<TakeClip>>) -> ClipFacts {
        let silent = ClipFacts { conform_key: String::new(), frames: 0, has_sound: false };
        let Some(clip) = clip else { return silent };
        if let Some(known) = self.takes.get(clip) {
            return known.clone();
        }
        let hash = self.is_inside(&clip.path).then(|| self.hashes.hash(&clip.path).ok()).flatten();
        let found = hash.and_then(|hash| conform::find(&self.cache, &clip.spec.key(&hash)));
        found.map_or(silent, |take| {
            let conform_key = take.key.to_hex().to_string();
            let facts = ClipFacts { conform_key, frames: take.frames, has_sound: take.has_sound };
            self.takes.insert(Arc::clone(clip), facts.clone());
            facts
        })
    }

    /// Whether a file lies in the project, links followed. A project may come from anyone.
    fn is_inside(&self, path: &Path) -> bool {
        let root = self.layout.root().canonicalize();
        path.canonicalize().is_ok_and(|real| root.is_ok_and(|root| real.starts_with(root)))
    }
}

/// Gives a scene's shots the places they have in the window.
fn laid_out(mut input: SceneInput, map: &SceneMap) -> SceneInput {
    for (shot, place) in input.shots.iter_mut().zip(&map.shots) {
        let in_frame = place.clip.as_ref().map_or(0, |clip| clip.in_frame);
        shot.in_frame = in_frame;
        shot.out_frame = None;
        shot.conform_frames = in_frame + place.duration_frames;
    }
    input
}

/// What planning came across.
#[derive(Default)]
struct Found {
    to_conform: Vec<(PathBuf, blake3::Hash)>,
    problems: Vec<String>,
}

struct SceneFacts<'a> {
    media: &'a LiveMedia,
    map: &'a SceneMap,
    clips: Vec<ClipFacts>,
    places: HashMap<&'a ShotId, usize>,
    found: &'a RefCell<Found>,
}

impl MediaFacts for SceneFacts<'_> {
    fn clip(&self, _: &FilmScene, shot: &Shot) -> Option<ClipFacts> {
        self.places.get(&shot.shot_id).and_then(|index| self.clips.get(*index)).cloned()
    }

    fn sound(&self, scene: &FilmScene, file: &ProjectPath) -> Option<SoundFacts> {
        let silent = SoundFacts { blake3: String::new(), length_samples: 0, speech_samples: Vec::new() };
        let layout = &self.media.layout;
        let hash = file
            .resolve(&layout.scene_dir(&scene.scene_id), layout.root())
            .map_err(|error| error.to_string())
            .and_then(|path| match self.media.hashes.hash(&path) {
                Ok(hash) => Ok((path, hash)),
                Err(error) => Err(error.to_string()),
            });
        let mut found = self.found.borrow_mut();
        let (path, hash) = match hash {
            Ok(hash) => hash,
            Err(problem) => {
                found.problems.push(problem);
                return Some(silent);
            }
        };
        let Some(sound) = find_sound(&self.media.cache, &hash) else {
            found.to_conform.push((path, hash));
            return Some(silent);
        };
        Some(SoundFacts {
            blake3: hash.to_hex().to_string(),
            length_samples: sound.length_samples,
            speech_samples: sound.speech_samples,
        })
    }

    fn seams(&self, _: &FilmScene) -> Vec<SeamWindow> {
        Vec::new()
    }

    fn shows(&self, shot: &Shot) -> bool {
        debug_assert_eq!(self.map.shots.len(), self.clips.len());
        self.places.contains_key(&shot.shot_id)
    }
}

/// A film's sound at any place, with its level. What fails while it plays is silent from then on.
pub struct LivePlayer {
    /// Absent only while it is moved to another place.
    sound: Option<LoudMixer<Mixer<'static>>>,
    level: LoudnessPlan,
    next_sample: u64,
    total_samples: u64,
    problems: Arc<Mutex<Vec<String>>>,
}

impl LivePlayer {
    fn new(cache: Arc<Cache>, sound: &LiveSound) -> Self {
        let problems = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&problems);
        let open = move |sound: &SoundRef| {
            let inner = open_sound(&cache, sound).map_err(|error| note(&heard, &error)).ok();
            Ok(Box::new(Patient { inner, problems: Arc::clone(&heard) }) as Box<dyn SampleSource>)
        };
        let mixer = Mixer::new(Arc::clone(&sound.mix), open);
        Self {
            sound: Some(LoudMixer::new(mixer, &sound.level)),
            level: sound.level,
            next_sample: 0,
            total_samples: sound.mix.total_samples(),
            problems,
        }
    }

    /// Length of the film in samples.
    #[must_use]
    pub const fn total_samples(&self) -> u64 {
        self.total_samples
    }

    /// Fills interleaved stereo from a sample of the film on; past the end it is silence. Reading on where the last
    /// call ended is cheap, another place costs the limiter's look ahead.
    ///
    /// # Errors
    /// [`MixError`]; sounds that cannot be read are silent and no error.
    pub fn read_at(&mut self, start_sample: u64, stereo: &mut [f32]) -> Result<(), MixError> {
        stereo.fill(0.0);
        if start_sample != self.next_sample
            && let Some(sound) = self.sound.take()
        {
            let mut mixer = sound.into_inner();
            mixer.seek(start_sample);
            self.sound = Some(LoudMixer::new(mixer, &self.level));
        }
        self.next_sample = start_sample + stereo.len() as u64 / 2;
        if let Some(sound) = &mut self.sound {
            sound.read(stereo)?;
        }
        Ok(())
    }

    /// What went wrong since the last time it was asked, once for each sound.
    #[must_use]
    pub fn take_problems(&self) -> Vec<String> {
        std::mem::take(&mut *self.problems.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A sound that falls silent where it cannot be read.
struct Patient {
    inner: Option<Box<dyn SampleSource>>,
    problems: Arc<Mutex<Vec<String>>>,
}

impl SampleSource for Patient {
    fn length_samples(&self) -> u64 {
        self.inner.as_ref().map_or(0, |inner| inner.length_samples())
    }

    fn read_at(&mut self, start_sample: u64, stereo: &mut [f32]) -> Result<(), MixError> {
        stereo.fill(0.0);
        let Some(inner) = &mut self.inner else { return Ok(()) };
        if let Err(error) = inner.read_at(start_sample, stereo) {
            stereo.fill(0.0);
            note(&self.problems, &error);
            self.inner = None;
        }
        Ok(())
    }
}

fn note(problems: &Mutex<Vec<String>>, error: &MixError) {
    const MOST: usize = 8;
    let mut problems = problems.lock().unwrap_or_else(PoisonError::into_inner);
    let text = error.to_string();
    if problems.len() < MOST && !problems.contains(&text) {
        problems.push(text);
    }
}
