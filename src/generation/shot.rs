//! Generate a shot: prompt, characters and reference frame to a provider, the clip back as a new take.

use super::{GenerationError, Generator, OpenFilm, final_prompt, takes::TakeFacts};
use kinora_core::{
    film::{Character, ContinuitySource, ProjectPath, ReferenceMoment, Shot, Take},
    ids::{SceneId, ShotId},
    store::hash_file,
    worker::StillMoment,
};
use kinora_provider::{
    AspectRatio, CharacterSketch, GenerationRequest, ModelAddress, Rate, RequestKind, SizePx, Slate, VideoRequest,
};
use serde_json::json;
use std::path::PathBuf;

/// What to ask differently this once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShotOptions {
    /// Another model than the shot's.
    pub model: Option<String>,
    /// Another seed than the shot's.
    pub seed: Option<u64>,
}

/// A shot that was generated.
#[derive(Debug, Clone)]
pub struct ShotOutcome {
    /// The new take, now the chosen one.
    pub take: Take,
    /// `provider:model` that made it.
    pub model: String,
    /// The prompt as it was sent.
    pub prompt: String,
}

impl Generator {
    /// Generates a shot: a new take, chosen, its first and last frames stilled, scene.json saved.
    ///
    /// # Errors
    /// [`GenerationError`]; the film is then as it was.
    pub fn shot(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        options: &ShotOptions,
    ) -> Result<ShotOutcome, GenerationError> {
        let _claim = self.claim(&shot_purpose(scene_id, shot_id))?;
        self.claimed_shot(film, scene_id, shot_id, options)
    }

    /// [`Generator::shot`] for a caller that has claimed the shot.
    pub(super) fn claimed_shot(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        options: &ShotOptions,
    ) -> Result<ShotOutcome, GenerationError> {
        let reference = self.extract_reference(film, scene_id, shot_id)?;
        let (address, request) = self.shot_request(film, scene_id, shot_id, options, reference)?;
        let (prompt, seed) = (request.final_prompt.clone(), request.seed);
        let purpose = shot_purpose(scene_id, shot_id);
        let finished = self.run_job(film, &address, &purpose, GenerationRequest::Video(request))?;
        let facts = TakeFacts::of_job(&address, prompt.clone(), seed, &finished.output);
        let take = self.add_made_take(film, scene_id, shot_id, finished, facts)?;
        Ok(ShotOutcome { take, model: address.to_string(), prompt })
    }

    /// What is asked for a shot, and of whom.
    pub(super) fn shot_request(
        &self,
        film: &OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        options: &ShotOptions,
        reference: Option<PathBuf>,
    ) -> Result<(ModelAddress, VideoRequest), GenerationError> {
        let (settings, metadata) = (film.settings()?, film.metadata()?);
        let (scene, shot) = (film.scene(scene_id)?, film.shot(scene_id, shot_id)?);
        let cast = shot
            .character_ids
            .iter()
            .map(|character_id| film.character(character_id))
            .collect::<Result<Vec<Character>, _>>()?;
        let prompt = final_prompt(&settings, &scene, &shot, &cast.iter().collect::<Vec<_>>());
        let chosen = options.model.as_deref().unwrap_or(&shot.model);
        let names: &[&str] = if chosen.is_empty() { &[&settings.default_model] } else { &[chosen] };
        let address = self.model(names, RequestKind::Video)?;
        let ratio = shot.aspect_ratio.unwrap_or(settings.default_aspect_ratio);
        let last = shot.reference_last_frame_path.as_ref();
        let last = last.map(|path| path.resolve(&film.folder.scene_dir(scene_id), film.folder.root())).transpose()?;
        let request = VideoRequest {
            model: address.model_id.clone(),
            prompt: shot.prompt.clone(),
            final_prompt: prompt,
            scene_prompt: scene.prompt,
            duration_secs: shot.duration,
            aspect_ratio: Some(AspectRatio { width: ratio.width, height: ratio.height }),
            size_px: size_for(&self.takes_size(&address), metadata.size.width, metadata.size.height, ratio),
            rate: Some(Rate { numerator: metadata.rate.numerator(), denominator: metadata.rate.denominator() }),
            seed: options.seed.or(shot.seed).or_else(|| another_seed(scene_id, &shot)),
            reference_first_frame: reference,
            reference_last_frame: last,
            characters: cast.iter().map(|character| sketch(film, character)).collect::<Result<_, _>>()?,
            slate: Slate { scene: scene_id.to_string(), shot: shot_id.to_string() },
            parameters: parameters(&shot),
            ..VideoRequest::default()
        };
        Ok((address, request))
    }

    /// The picture a shot will start from, without making it.
    pub(super) fn planned_reference(
        &self,
        film: &OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
    ) -> Result<Option<PathBuf>, GenerationError> {
        let (shot, scene_dir) = (film.shot(scene_id, shot_id)?, film.folder.scene_dir(scene_id));
        if shot.continuity_source.is_some() {
            return Ok(Some(scene_dir.join(format!("frames/{shot_id}_reference.png"))));
        }
        let own = shot.reference_first_frame_path.as_ref();
        Ok(own.map(|path| path.resolve(&scene_dir, film.folder.root())).transpose()?)
    }

    /// Extracts the frame a continued shot starts from, records where it came from, and returns it.
    fn extract_reference(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
    ) -> Result<Option<PathBuf>, GenerationError> {
        let shot = film.shot(scene_id, shot_id)?;
        let scene_dir = film.folder.scene_dir(scene_id);
        let Some(source) = &shot.continuity_source else {
            let own = shot.reference_first_frame_path.as_ref();
            return Ok(own.map(|path| path.resolve(&scene_dir, film.folder.root())).transpose()?);
        };
        let earlier = film.shot(&source.scene_id, &source.shot_id)?;
        let take = earlier.chosen_take().ok_or_else(|| GenerationError::SourceWithoutTake {
            scene_id: scene_id.clone(),
            shot_id: shot_id.clone(),
            source_scene_id: source.scene_id.clone(),
            source_shot_id: source.shot_id.clone(),
        })?;
        let clip = take.file_path.resolve(&film.folder.scene_dir(&source.scene_id), film.folder.root())?;
        let take_blake3 = hash_file(&clip)?.to_hex().to_string();
        let moment = source.moment_in(&earlier, film.metadata()?.rate);
        let name = ProjectPath::new(ContinuitySource::frame_name(shot_id, &take_blake3, moment))?;
        let png = name.resolve(&scene_dir, film.folder.root())?;
        if let Some(folder) = png.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| kinora_core::store::StoreError::from_io("make", folder, error))?;
        }
        let still = match moment {
            ReferenceMoment::Last => StillMoment::Last,
            ReferenceMoment::Frame(frame) => StillMoment::Frame(clip_frame(film, take, frame)?),
        };
        self.still(&clip, still, &png)?;
        let recorded = ContinuitySource { take_id: Some(take.take_id.clone()), take_blake3, ..source.clone() };
        film.run(
            "shot.set",
            json!({
                "scene_id": scene_id,
                "shot_id": shot_id,
                "continuity_source": recorded,
                "reference_first_frame_path": name,
            }),
        )?;
        Ok(Some(png))
    }

    /// Whether a model's card takes an exact size.
    fn takes_size(&self, address: &ModelAddress) -> bool {
        self.registry.get(&address.provider_id).is_some_and(|provider| !provider.descriptor().needs_network)
    }
}

/// What work on a shot is for: the name of its job, and what is claimed.
pub(super) fn shot_purpose(scene_id: &SceneId, shot_id: &ShotId) -> String {
    format!("{scene_id}/{shot_id}")
}

/// Generating a shot again asks for another take, not for the same one: its seed follows from the number of takes.
/// The first take leaves the choice to the provider.
fn another_seed(scene_id: &SceneId, shot: &Shot) -> Option<u64> {
    let takes = shot.takes.len();
    let hash = blake3::hash(format!("{scene_id} {} {takes}", shot.shot_id).as_bytes());
    let seed = hash.as_bytes()[..4].try_into().map(u32::from_le_bytes).ok()?;
    (takes > 0).then_some(u64::from(seed >> 1))
}

/// A frame counted at the film's rate, in the clip's own frames.
fn clip_frame(film: &OpenFilm<'_>, take: &Take, frame: u64) -> Result<u64, GenerationError> {
    let rate = film.metadata()?.rate;
    let own = take.media.as_ref().map_or(rate, |media| media.rate);
    Ok(own.secs_to_frames(rate.frames_to_secs(frame)))
}

fn sketch(film: &OpenFilm<'_>, character: &Character) -> Result<CharacterSketch, GenerationError> {
    let root = film.folder.root();
    let portraits = character.portrait_paths.iter().map(|path| path.resolve(root, root)).collect::<Result<_, _>>()?;
    Ok(CharacterSketch { name: character.name.clone(), style_tokens: character.prompt_style_tokens.clone(), portraits })
}

/// Model-specific values a shot carries in its extra field `parameters`.
fn parameters(shot: &Shot) -> kinora_provider::Parameters {
    shot.extra.get("parameters").and_then(|value| value.as_object()).cloned().unwrap_or_default()
}

/// The size to ask of a model that draws any size: the film's, in the shape asked for.
fn size_for(takes_size: &bool, width_px: u32, height_px: u32, ratio: kinora_core::film::AspectRatio) -> Option<SizePx> {
    if !takes_size {
        return None;
    }
    let shape = f64::from(ratio.width) / f64::from(ratio.height);
    let film = f64::from(width_px) / f64::from(height_px);
    let even = |side: f64| ((side / 2.0).round() as u32 * 2).max(2);
    Some(if (shape / film).ln().abs() < 0.02 {
        SizePx { width_px, height_px }
    } else if shape > film {
        SizePx { width_px, height_px: even(f64::from(width_px) / shape) }
    } else {
        SizePx { width_px: even(f64::from(height_px) * shape), height_px }
    })
}
