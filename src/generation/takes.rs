//! A clip becomes a take: checked, whole, under a name nobody has, with its first and true last frame beside it.

use super::{
    GenerationError, Generator, OpenFilm,
    jobs::{Finished, keep_file},
};
use crate::commands::operators::{NewTake, frame_paths};
use kinora_core::{
    film::{ProjectPath, Take, TakeMedia},
    ids::{SceneId, ShotId, TakeId},
    media::MediaInfo,
    progress::NoProgress,
    store::hash_file,
    worker::{StillMoment, WorkerReply, WorkerRequest},
};
use kinora_provider::{GenerationOutput, ModelAddress, whole_usd};
use std::path::{Path, PathBuf};

/// What is known of a take beside its file.
#[derive(Debug, Clone, Default)]
pub(super) struct TakeFacts {
    pub(super) model: String,
    pub(super) provider: String,
    pub(super) prompt: String,
    pub(super) seed: Option<u64>,
    pub(super) cost_usd: Option<f64>,
}

impl TakeFacts {
    /// Those of what a job made. The seed is the vendor's, where it tells one, else the one that was asked for.
    pub(super) fn of_job(address: &ModelAddress, prompt: String, seed: Option<u64>, output: &GenerationOutput) -> Self {
        Self {
            model: address.model_id.clone(),
            provider: address.provider_id.clone(),
            prompt,
            seed: output.seed.or(seed),
            cost_usd: output.cost_usd.map(whole_usd),
        }
    }
}

impl Generator {
    /// Looks into a file in a process of its own.
    pub(super) fn probe(&self, path: &Path) -> Result<MediaInfo, GenerationError> {
        match self.worker.run(&WorkerRequest::Probe { path: path.to_path_buf() }, &self.cancel, &NoProgress)? {
            WorkerReply::Media(info) => Ok(*info),
            other => Err(GenerationError::Runtime(format!("the worker answered a probe with {other:?}"))),
        }
    }

    /// Measures how loud a file is, in LUFS, in a process of its own; absent for silence.
    pub(super) fn loudness_lufs(&self, path: &Path) -> Result<Option<f64>, GenerationError> {
        match self.worker.run(&WorkerRequest::Loudness { path: path.to_path_buf() }, &self.cancel, &NoProgress)? {
            WorkerReply::Loudness { integrated_lufs } => Ok(integrated_lufs),
            other => Err(GenerationError::Runtime(format!("the worker answered a measurement with {other:?}"))),
        }
    }

    /// Writes a frame of a clip as PNG in a process of its own.
    pub(super) fn still(&self, clip: &Path, moment: StillMoment, png: &Path) -> Result<(), GenerationError> {
        let request = WorkerRequest::Still { clip: clip.to_path_buf(), moment, png: png.to_path_buf() };
        self.worker.run(&request, &self.cancel, &NoProgress)?;
        Ok(())
    }

    /// Adds a clip the maker brought as a take of a shot.
    ///
    /// # Errors
    /// [`GenerationError`] for what is wrong with the clip; the film is then as it was.
    pub fn adopt_clip(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        clip: &Path,
    ) -> Result<Take, GenerationError> {
        let facts = TakeFacts { provider: "file".to_owned(), ..TakeFacts::default() };
        self.add_take(film, scene_id, shot_id, clip, facts)
    }

    /// Makes what a job brought a take, and closes the job. A job that an earlier run began may have got that far. The
    /// shot may have moved to another scene since the job was asked for.
    pub(super) fn add_made_take(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        finished: Finished,
        facts: TakeFacts,
    ) -> Result<Take, GenerationError> {
        let (scene_id, shot_id) = &film.shot_now(scene_id, shot_id)?;
        let known = if finished.resumed {
            let hash = hash_file(&finished.file)?.to_hex().to_string();
            let takes = film.shot(scene_id, shot_id).map_err(|error| finished.kept_from(error))?.takes;
            takes.into_iter().find(|take| take.blake3 == hash)
        } else {
            None
        };
        let take = match known {
            Some(take) => {
                // It may be in the film and not on the disk: the save after it was added may be what failed.
                film.save()?;
                take
            }
            None => {
                let added = self.add_take(film, scene_id, shot_id, &finished.file, facts);
                added.map_err(|error| finished.kept_from(error))?
            }
        };
        finished.close(film.folder)?;
        Ok(take)
    }

    /// Probes a clip, copies it into the project, stills its ends, and adds it as the chosen take.
    pub(super) fn add_take(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        clip: &Path,
        facts: TakeFacts,
    ) -> Result<Take, GenerationError> {
        let info = self.probe(clip)?;
        let Some(picture) = &info.picture else {
            return Err(kinora_core::media::MediaError::NoPicture { path: clip.to_path_buf() }.into());
        };
        // Two clips for one shot must not be given the same number.
        let _claim = self.claim(&format!("takes of {scene_id}/{shot_id}"))?;
        let scene_dir = film.folder.scene_dir(scene_id);
        let view = &*film;
        let shot = view.shot(scene_id, shot_id)?;
        let take_id = view.next_take_id(scene_id, shot_id)?;
        let extension = clip_extension(clip);
        let file_path = free_take_path(&scene_dir, shot_id, &take_id, shot.takes.is_empty(), extension)?;
        let (first, last) = frame_paths(&file_path)?;
        let place = file_path.resolve(&scene_dir, film.folder.root())?;
        let hash = keep_file(clip, &place)?;
        let mut copied = Copied(vec![place.clone()]);
        for (moment, png) in [(StillMoment::First, &first), (StillMoment::Last, &last)] {
            let png = png.resolve(&scene_dir, film.folder.root())?;
            if let Some(folder) = png.parent() {
                std::fs::create_dir_all(folder)
                    .map_err(|source| kinora_core::store::StoreError::from_io("make", folder, source))?;
            }
            if !png.exists() {
                copied.0.push(png.clone());
            }
            self.still(&place, moment, &png)?;
        }
        let take = Take {
            take_id,
            file_path,
            model: facts.model,
            provider: facts.provider,
            prompt: facts.prompt,
            seed: facts.seed,
            cost_usd: facts.cost_usd,
            created_at: jiff::Timestamp::now().to_string(),
            blake3: hash.to_hex().to_string(),
            media: Some(TakeMedia {
                width: picture.width_px,
                height: picture.height_px,
                rate: picture.rate,
                duration_secs: info.duration_secs,
                has_audio: info.sound.is_some(),
                extra: serde_json::Map::new(),
            }),
            pinned: false,
            extra: serde_json::Map::new(),
        };
        let new = NewTake { scene_id: scene_id.clone(), shot_id: shot_id.clone(), take: take.clone() };
        let params = serde_json::to_value(new).map_err(|error| GenerationError::Save(error.to_string()))?;
        film.run("take.add", params)?;
        copied.0.clear();
        film.save()?;
        Ok(take)
    }
}

/// Files copied for a take that is not in the film yet. They go again if it never gets there; what they were made from
/// stays where it is.
struct Copied(Vec<PathBuf>);

impl Drop for Copied {
    fn drop(&mut self) {
        for file in &self.0 {
            if let Err(error) = std::fs::remove_file(file)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!("{} is left over: {error}", file.display());
            }
        }
    }
}

/// `shots/shot_001.mp4` for the first take, `shots/shot_001_take_002.mp4` for later ones. A file that lies there without
/// being a take (a run was killed between copy and save) is stepped over, never written over.
fn free_take_path(
    scene_dir: &Path,
    shot_id: &ShotId,
    take_id: &TakeId,
    is_first: bool,
    extension: &str,
) -> Result<ProjectPath, GenerationError> {
    let plain = ProjectPath::new(format!("shots/{shot_id}.{extension}"))?;
    if is_first && !plain.under(scene_dir).exists() {
        return Ok(plain);
    }
    let named = ProjectPath::new(format!("shots/{shot_id}_{take_id}.{extension}"))?;
    if !named.under(scene_dir).exists() {
        return Ok(named);
    }
    for number in 2..10_000 {
        let other = ProjectPath::new(format!("shots/{shot_id}_{take_id}_{number}.{extension}"))?;
        if !other.under(scene_dir).exists() {
            return Ok(other);
        }
    }
    Err(GenerationError::Nothing(format!("there is no free name for a take of {shot_id}")))
}

/// The clip's own extension where it is a plain one, so that players know what it is.
pub(super) fn clip_extension(clip: &Path) -> &'static str {
    const KNOWN: [&str; 8] = ["mp4", "mov", "webm", "mkv", "avi", "m4v", "mpg", "gif"];
    let own = clip.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_ascii_lowercase();
    KNOWN.into_iter().find(|known| *known == own).unwrap_or("mp4")
}
