//! Everything a plan needs, made ready: every chosen take and sound of the film is hashed and conformed, what is done
//! already is found done, and what is missing is said before any work starts.

use super::{
    execute::{Delivery, ExecuteError, RenderJob, TakeSource},
    gather::{ClipFacts, GatherError, MediaFacts, SoundFacts, gather},
    plan::{PlanError, RenderPlan},
    sound_files::{self, ConformedSound},
};
use crate::{
    conform::{self, ConformSpec, Conformed, Work},
    film::{AudioLane, Film, FilmScene, PathError, ProjectLayout, ProjectPath, Shot, VoiceSource},
    ids::SceneId,
    media::{MediaError, PictureCodec, PictureFormat},
    progress::{CancelToken, Cancelled, NoProgress, ProgressSink, ProgressUpdate},
    store::{Cache, FileHashes, StoreError},
    worker::{Worker, WorkerError, WorkerRequest},
};
use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

/// What to render.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderRequest {
    /// One scene; the whole film if absent.
    pub scene_id: Option<SceneId>,
    /// Format of the picture.
    pub codec: PictureCodec,
    /// Where to write; the project's own place if absent.
    pub output: Option<PathBuf>,
    /// Whether shots without a take are left out rather than refused.
    pub skip_missing: bool,
}

/// Why nothing was rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// There is no such scene.
    #[error("there is no scene {0}: `kinora scene list` names the scenes of the film")]
    NoScene(SceneId),
    /// Shots without a take, or whose clip is gone.
    #[error("no clip for {}: generate them, bring the clips back, or leave them out with --skip-missing", .0.join(", "))]
    MissingTakes(Vec<String>),
    /// A path that leads out of the project.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A take or sound could not be conformed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The process that conformed a take failed.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// Something is no longer there.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// There is nothing to render.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The render itself.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread could not be started.
    #[error("cannot start a thread: {0}; close other programs and render again")]
    Thread(std::io::Error),
    /// The owner cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl RenderError {
    /// A stable word for the kind of error.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::NoScene(_) => "no_scene",
            Self::MissingTakes(_) => "missing_takes",
            Self::Path(_) => "path",
            Self::Media(error) => error.kind(),
            Self::Worker(error) => error.kind(),
            Self::Gather(_) => "missing",
            Self::Plan(_) => "nothing_to_render",
            Self::Execute(error) => error.kind(),
            Self::Store(error) => error.kind(),
            Self::Thread(_) => "thread",
            Self::Cancelled(_) => "cancelled",
        }
    }
}

/// Conforms takes: in this process, or in one of its own.
pub trait TakeConformer: Sync {
    /// Conforms a take into the project's cache. `progress` hears the number of frames done.
    ///
    /// # Errors
    /// [`RenderError`] for what is wrong with the take or the disk.
    fn conform(&self, take: &TakeToConform<'_>, work: &Work<'_>) -> Result<(), RenderError>;

    /// Conforms a sound file into the project's cache.
    ///
    /// # Errors
    /// [`RenderError`] for what is wrong with the file or the disk.
    fn conform_sound(&self, sound: &SoundToConform<'_>, cancel: &CancelToken) -> Result<(), RenderError>;
}

/// A sound file that the cache lacks.
#[derive(Debug, Clone, Copy)]
pub struct SoundToConform<'a> {
    /// The file.
    pub path: &'a Path,
    /// Its content.
    pub hash: &'a blake3::Hash,
    /// The project whose cache it goes to.
    pub project_root: &'a Path,
}

/// A take that the cache lacks.
#[derive(Debug, Clone, Copy)]
pub struct TakeToConform<'a> {
    /// The file.
    pub path: &'a Path,
    /// Its name in the cache.
    pub key: &'a blake3::Hash,
    /// What to conform to.
    pub spec: &'a ConformSpec,
    /// The project whose cache it goes to.
    pub project_root: &'a Path,
}

/// Conforms in this process: for tests and for footage that is trusted.
#[derive(Debug, Clone, Copy, Default)]
pub struct InProcess;

impl TakeConformer for InProcess {
    fn conform(&self, take: &TakeToConform<'_>, work: &Work<'_>) -> Result<(), RenderError> {
        let cache = Cache::open(take.project_root)?;
        conform::conform(take.path, take.key, take.spec, &cache, work)?;
        Ok(())
    }

    fn conform_sound(&self, sound: &SoundToConform<'_>, cancel: &CancelToken) -> Result<(), RenderError> {
        sound_files::conform_sound(sound.path, sound.hash, &Cache::open(sound.project_root)?, cancel)?;
        Ok(())
    }
}

impl TakeConformer for Worker {
    fn conform(&self, take: &TakeToConform<'_>, work: &Work<'_>) -> Result<(), RenderError> {
        let request = WorkerRequest::Conform {
            take: take.path.to_path_buf(),
            key: take.key.to_hex().to_string(),
            spec: *take.spec,
            project_root: take.project_root.to_path_buf(),
        };
        let sink = |update: ProgressUpdate| (work.progress)(update.done);
        self.run(&request, work.cancel, &sink)?;
        Ok(())
    }

    fn conform_sound(&self, sound: &SoundToConform<'_>, cancel: &CancelToken) -> Result<(), RenderError> {
        let request = WorkerRequest::ConformSound {
            file: sound.path.to_path_buf(),
            blake3: sound.hash.to_hex().to_string(),
            project_root: sound.project_root.to_path_buf(),
        };
        self.run(&request, cancel, &NoProgress)?;
        Ok(())
    }
}

/// Makes a film ready and plans its render.
///
/// # Errors
/// [`RenderError`]; every missing take is named at once, before anything is conformed.
pub fn prepare(
    film: &Film,
    layout: &ProjectLayout,
    request: &RenderRequest,
    conformer: &dyn TakeConformer,
    cancel: &CancelToken,
    progress: &dyn ProgressSink,
) -> Result<RenderJob, RenderError> {
    let cache = Cache::open(layout.root())?;
    let hashes = FileHashes::load(layout.root());
    let scenes: Vec<&FilmScene> =
        film.scenes.iter().filter(|scene| request.scene_id.as_ref().is_none_or(|id| scene.scene_id == *id)).collect();
    if let (true, Some(scene_id)) = (scenes.is_empty(), &request.scene_id) {
        return Err(RenderError::NoScene(scene_id.clone()));
    }
    let mut ready =
        Ready { layout, film, hashes: &hashes, cache: &cache, clips: HashMap::new(), sounds: HashMap::new() };
    let takes = ready.list_takes(&scenes, request.skip_missing)?;
    ready.conform_takes(takes, conformer, cancel, progress)?;
    ready.conform_sounds(&scenes, conformer, cancel, progress)?;
    hashes.save()?;
    let shown = left_out(film, &ready);
    let plan = RenderPlan::new(&gather(&shown, request.scene_id.as_ref(), &ready)?)?;
    let delivery = (request.codec != PictureCodec::H264).then(|| ready.delivery(request.codec));
    let output = request.output.clone().unwrap_or_else(|| match (&request.scene_id, request.codec) {
        (Some(scene_id), PictureCodec::H264) => layout.scene_render_file(scene_id),
        (None, PictureCodec::H264) => layout.film_render_file(),
        (scene_id, codec) => {
            let own = scene_id.as_ref().map_or_else(|| layout.film_render_file(), |id| layout.scene_render_file(id));
            let stem = own.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            own.with_file_name(format!("{stem}_{}.{}", codec.as_str(), codec.extension()))
        }
    });
    Ok(RenderJob { project_root: layout.root().to_path_buf(), output, plan, delivery })
}

/// The film without the shots that have no clip; the caller asked for that.
fn left_out(film: &Film, ready: &Ready<'_>) -> Film {
    let mut shown = film.clone();
    for scene in &mut shown.scenes {
        let scene_id = scene.scene_id.clone();
        for shot in &mut scene.shots {
            if shot.file_path.is_some() && !ready.clips.contains_key(&(scene_id.clone(), shot.shot_id.clone())) {
                shot.file_path = None;
            }
        }
    }
    shown
}

/// What is known of the film's media so far.
struct Ready<'a> {
    layout: &'a ProjectLayout,
    film: &'a Film,
    hashes: &'a FileHashes,
    cache: &'a Cache,
    clips: HashMap<(SceneId, crate::ids::ShotId), (Conformed, TakeSource)>,
    sounds: HashMap<PathBuf, (String, ConformedSound)>,
}

/// A shot's take on its way into the cache.
struct Wanted {
    scene_id: SceneId,
    shot_id: crate::ids::ShotId,
    path: PathBuf,
    key: blake3::Hash,
    spec: ConformSpec,
    /// A guess, for the bar.
    frames: u64,
}

impl Ready<'_> {
    fn list_takes(&self, scenes: &[&FilmScene], skip_missing: bool) -> Result<Vec<Wanted>, RenderError> {
        let (mut wanted, mut missing) = (Vec::new(), Vec::new());
        let format = PictureFormat { size: self.film.metadata.size, rate: self.film.metadata.rate };
        for scene in scenes {
            let scene_dir = self.layout.scene_dir(&scene.scene_id);
            for shot in &scene.shots {
                let path = match &shot.file_path {
                    Some(path) => Some(path.resolve(&scene_dir, self.layout.root())?).filter(|path| path.is_file()),
                    None => None,
                };
                let Some(path) = path else {
                    missing.push(format!("{}/{}", scene.scene_id, shot.shot_id));
                    continue;
                };
                let spec = ConformSpec {
                    format,
                    fit: shot.fit.unwrap_or(self.film.settings.fit),
                    optical_flow: self.film.settings.enable_optical_flow,
                };
                let key = spec.key(&self.hashes.hash(&path)?);
                let secs = shot.chosen_take().and_then(|take| take.media.as_ref()).map(|media| media.duration_secs);
                let frames = format.rate.secs_to_frames(secs.unwrap_or(shot.duration)).max(1);
                let (scene_id, shot_id) = (scene.scene_id.clone(), shot.shot_id.clone());
                wanted.push(Wanted { scene_id, shot_id, path, key, spec, frames });
            }
        }
        if missing.is_empty() || skip_missing { Ok(wanted) } else { Err(RenderError::MissingTakes(missing)) }
    }

    /// Conforms what the cache lacks, as many at a time as there are cores.
    fn conform_takes(
        &mut self,
        wanted: Vec<Wanted>,
        conformer: &dyn TakeConformer,
        cancel: &CancelToken,
        progress: &dyn ProgressSink,
    ) -> Result<(), RenderError> {
        let mut lacking: BTreeMap<[u8; 32], &Wanted> = BTreeMap::new();
        for take in &wanted {
            if conform::find(self.cache, &take.key).is_none() {
                lacking.insert(*take.key.as_bytes(), take);
            }
        }
        let queue: Vec<&Wanted> = lacking.into_values().collect();
        run_parallel(&queue, self.layout.root(), conformer, cancel, progress)?;
        for take in wanted {
            let found = conform::find(self.cache, &take.key)
                .ok_or_else(|| ExecuteError::Missing { what: "conformed take", key: take.key.to_hex().to_string() })?;
            let source = TakeSource { path: take.path, fit: take.spec.fit };
            self.clips.insert((take.scene_id, take.shot_id), (found, source));
        }
        Ok(())
    }

    fn conform_sounds(
        &mut self,
        scenes: &[&FilmScene],
        conformer: &dyn TakeConformer,
        cancel: &CancelToken,
        progress: &dyn ProgressSink,
    ) -> Result<(), RenderError> {
        for scene in scenes {
            let lines = scene.voice_lines.iter().filter(|_| scene.voice_source == VoiceSource::Lines);
            let lanes = AudioLane::ALL
                .into_iter()
                .filter(|lane| *lane != AudioLane::Voice || scene.voice_source == VoiceSource::File);
            let files: Vec<&ProjectPath> = lines
                .filter_map(|line| line.file_path.as_ref())
                .chain(lanes.filter_map(|lane| scene.audio_tracks.lane(lane)))
                .collect();
            for file in files {
                let path = file.resolve(&self.layout.scene_dir(&scene.scene_id), self.layout.root())?;
                if self.sounds.contains_key(&path) {
                    continue;
                }
                if !path.is_file() {
                    return Err(MediaError::Missing { path }.into());
                }
                let hash = self.hashes.hash(&path)?;
                let label = format!("sound {}", file.file_name());
                progress.report(ProgressUpdate { label, done: 0, total: 0 });
                if sound_files::find_sound(self.cache, &hash).is_none() {
                    let sound = SoundToConform { path: &path, hash: &hash, project_root: self.layout.root() };
                    conformer.conform_sound(&sound, cancel)?;
                }
                let sound = sound_files::find_sound(self.cache, &hash)
                    .ok_or_else(|| ExecuteError::Missing { what: "conformed sound", key: hash.to_hex().to_string() })?;
                self.sounds.insert(path, (hash.to_hex().to_string(), sound));
            }
        }
        Ok(())
    }

    fn delivery(&self, codec: PictureCodec) -> Delivery {
        let takes = self.clips.values().map(|(clip, source)| (clip.key.to_hex().to_string(), source.clone())).collect();
        Delivery { codec, takes, optical_flow: self.film.settings.enable_optical_flow }
    }
}

impl MediaFacts for Ready<'_> {
    fn clip(&self, scene: &FilmScene, shot: &Shot) -> Option<ClipFacts> {
        let (clip, _) = self.clips.get(&(scene.scene_id.clone(), shot.shot_id.clone()))?;
        Some(ClipFacts { conform_key: clip.key.to_hex().to_string(), frames: clip.frames, has_sound: clip.has_sound })
    }

    fn sound(&self, scene: &FilmScene, file: &ProjectPath) -> Option<SoundFacts> {
        let path = file.resolve(&self.layout.scene_dir(&scene.scene_id), self.layout.root()).ok()?;
        let (blake3, sound) = self.sounds.get(&path)?;
        Some(SoundFacts {
            blake3: blake3.clone(),
            length_samples: sound.length_samples,
            speech_samples: sound.speech_samples.clone(),
        })
    }
}

fn run_parallel(
    queue: &[&Wanted],
    project_root: &Path,
    conformer: &dyn TakeConformer,
    cancel: &CancelToken,
    progress: &dyn ProgressSink,
) -> Result<(), RenderError> {
    if queue.is_empty() {
        return Ok(());
    }
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let lanes = cores.min(queue.len());
    let total: u64 = queue.iter().map(|take| take.frames).sum();
    let finished_frames = AtomicU64::new(0);
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<RenderError>> = Mutex::new(None);
    // One failure stops the others: the render cannot be made without it.
    let stop = CancelToken::default();
    let lane = || {
        while let Some(take) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            let label = format!("conforming {}/{}", take.scene_id, take.shot_id);
            let last = AtomicU64::new(0);
            let tell = |frames: u64| {
                let frames = frames.min(take.frames);
                let before = last.swap(frames, Ordering::Relaxed);
                let done = finished_frames.fetch_add(frames.saturating_sub(before), Ordering::Relaxed) + frames
                    - before.min(frames);
                progress.report(ProgressUpdate { label: label.clone(), done: done.min(total), total });
                if cancel.is_cancelled() {
                    stop.cancel();
                }
            };
            if cancel.is_cancelled() || stop.is_cancelled() {
                return;
            }
            let to_conform = TakeToConform { path: &take.path, key: &take.key, spec: &take.spec, project_root };
            if let Err(error) = conformer.conform(&to_conform, &Work { cancel: &stop, progress: &tell }) {
                stop.cancel();
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                return;
            }
        }
    };
    thread::scope(|scope| {
        let mut handles = Vec::new();
        for index in 0..lanes {
            let handle = thread::Builder::new().name(format!("kinora-conform-{index}")).spawn_scoped(scope, lane);
            handles.push(handle.map_err(RenderError::Thread)?);
        }
        // A conform that reports nothing (a decoder that hangs) must still hear a cancel.
        while handles.iter().any(|handle| !handle.is_finished()) {
            if cancel.is_cancelled() {
                stop.cancel();
            }
            thread::sleep(std::time::Duration::from_millis(5));
        }
        Ok::<(), RenderError>(())
    })?;
    cancel.check()?;
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
