//! Everything a plan needs, made ready: every chosen take and sound of the film is hashed and conformed, what is done
//! already is found done, and what is missing is said before any work starts.

mod conformer;
mod cuts;
mod error;
mod outlook;
mod parallel;

pub use conformer::{InProcess, SoundToConform, TakeConformer, TakeToConform};
pub use cuts::{Continuity, Survey, survey};
pub use error::RenderError;
pub use outlook::outlook;

use super::{
    execute::{Delivery, ExecuteError, RenderJob, TakeSource},
    gather::{ClipFacts, MediaFacts, SoundFacts, gather},
    plan::{RenderPlan, SeamWindow},
    sound_files::{self, ConformedSound},
};
use crate::{
    conform::{self, ConformSpec, Conformed},
    continuity::Cut,
    film::{AudioLane, Film, FilmScene, ProjectLayout, ProjectPath, Shot, VoiceSource},
    ids::{SceneId, ShotId},
    media::{MediaError, PictureCodec, PictureFormat},
    progress::{CancelToken, ProgressSink, ProgressUpdate},
    store::{Cache, FileHashes},
};
use parallel::{Wanted, run_parallel};
use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
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
    let scenes = chosen_scenes(film, request.scene_id.as_ref())?;
    let mut ready = Ready::new(layout, film, &hashes, &cache);
    let takes = ready.list_takes(&scenes, request.skip_missing)?;
    ready.conform_takes(takes, conformer, cancel, progress)?;
    ready.conform_sounds(&scenes, conformer, cancel, progress)?;
    hashes.save()?;
    ready.judge_cuts(&scenes, cancel, progress)?;
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
    Ok(RenderJob { project_root: layout.root().to_path_buf(), output, plan, delivery, cuts: ready.cuts })
}

fn chosen_scenes<'a>(film: &'a Film, scene_id: Option<&SceneId>) -> Result<Vec<&'a FilmScene>, RenderError> {
    let scenes: Vec<_> =
        film.scenes.iter().filter(|scene| scene_id.is_none_or(|wanted| scene.scene_id == *wanted)).collect();
    match scene_id {
        Some(scene_id) if scenes.is_empty() => Err(RenderError::NoScene(scene_id.clone())),
        _ => Ok(scenes),
    }
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
    clips: HashMap<(SceneId, ShotId), (Conformed, TakeSource)>,
    sounds: HashMap<PathBuf, (String, ConformedSound)>,
    /// Every cut between shots that have a clip.
    cuts: Vec<Cut>,
}

impl<'a> Ready<'a> {
    fn new(layout: &'a ProjectLayout, film: &'a Film, hashes: &'a FileHashes, cache: &'a Cache) -> Self {
        Self { layout, film, hashes, cache, clips: HashMap::new(), sounds: HashMap::new(), cuts: Vec::new() }
    }
    fn list_takes(&self, scenes: &[&FilmScene], skip_missing: bool) -> Result<Vec<Wanted>, RenderError> {
        let (mut wanted, mut missing) = (Vec::new(), Vec::new());
        for scene in scenes {
            for shot in &scene.shots {
                match self.wanted(scene, shot)? {
                    Some(take) => wanted.push(take),
                    None => missing.push(format!("{}/{}", scene.scene_id, shot.shot_id)),
                }
            }
        }
        if missing.is_empty() || skip_missing { Ok(wanted) } else { Err(RenderError::MissingTakes(missing)) }
    }

    /// What a shot's chosen take is conformed to; `None` if it has none, or its file is gone.
    fn wanted(&self, scene: &FilmScene, shot: &Shot) -> Result<Option<Wanted>, RenderError> {
        let Some(path) = &shot.file_path else { return Ok(None) };
        let path = path.resolve(&self.layout.scene_dir(&scene.scene_id), self.layout.root())?;
        if !path.is_file() {
            return Ok(None);
        }
        let format = PictureFormat { size: self.film.metadata.size, rate: self.film.metadata.rate };
        let fit = shot.fit.unwrap_or(self.film.settings.fit);
        let spec = ConformSpec { format, fit, optical_flow: self.film.settings.enable_optical_flow };
        let key = spec.key(&self.hashes.hash(&path)?);
        let secs = shot.chosen_take().and_then(|take| take.media.as_ref()).map(|media| media.duration_secs);
        let frames = format.rate.secs_to_frames(secs.unwrap_or(shot.duration)).max(1);
        let (scene_id, shot_id) = (scene.scene_id.clone(), shot.shot_id.clone());
        Ok(Some(Wanted { scene_id, shot_id, path, key, spec, frames }))
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
        // The costly ones first, so that no core is left waiting for one at the end.
        let mut queue: Vec<&Wanted> = lacking.into_values().collect();
        queue.sort_by_key(|take| std::cmp::Reverse(std::fs::metadata(&take.path).map_or(0, |meta| meta.len())));
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
    fn seams(&self, scene: &FilmScene) -> Vec<SeamWindow> {
        self.seam_windows(scene)
    }

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
