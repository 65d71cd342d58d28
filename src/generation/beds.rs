//! Beds: the score and the ambience under a scene, as long as the scene.

use super::{
    GenerationError, Generator, OpenFilm,
    jobs::Finished,
    voice::{keep_sound, sound_extension},
};
use kinora_core::{
    film::{AudioLane, FilmScene, LaneMix, ProjectPath},
    ids::SceneId,
    time::FrameRate,
};
use kinora_provider::{GenerationRequest, ModelAddress, MusicRequest, RequestKind, SoundEffectRequest};
use serde_json::{Map, Value, json};

/// Where a bed sits when nobody has mixed the lane yet, in LUFS: under speech, which is made at about -18.
const MUSIC_LUFS: f64 = -27.0;
const AMBIENCE_LUFS: f64 = -33.0;
/// A bed is never raised by more, so that room tone stays room tone.
const MOST_GAIN_DB: f64 = 6.0;
/// Ambience of a long scene goes round in a loop of this length, in seconds.
const LONGEST_AMBIENCE_SECS: f64 = 60.0;

impl Generator {
    /// Makes a score or an ambience for a scene and lays it on its lane. `prompt` replaces the scene's own.
    ///
    /// # Errors
    /// [`GenerationError`]; the film is then as it was.
    pub fn bed(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        lane: AudioLane,
        prompt: Option<&str>,
        model: Option<&str>,
    ) -> Result<ProjectPath, GenerationError> {
        let _claim = self.claim(&bed_purpose(scene_id, lane))?;
        self.claimed_bed(film, scene_id, lane, prompt, model)
    }

    /// [`Generator::bed`] for a caller that has claimed the lane.
    pub(super) fn claimed_bed(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        lane: AudioLane,
        prompt: Option<&str>,
        model: Option<&str>,
    ) -> Result<ProjectPath, GenerationError> {
        let (address, request) = self.bed_request(film, scene_id, lane, prompt, model)?;
        let purpose = bed_purpose(scene_id, lane);
        let finished = self.run_job(film, &address, &purpose, request)?;
        self.adopt_bed(film, scene_id, lane, finished)
    }

    /// What is asked for a bed, and of whom.
    pub(super) fn bed_request(
        &self,
        film: &OpenFilm<'_>,
        scene_id: &SceneId,
        lane: AudioLane,
        prompt: Option<&str>,
        model: Option<&str>,
    ) -> Result<(ModelAddress, GenerationRequest), GenerationError> {
        let (settings, rate) = (film.settings()?, film.metadata()?.rate);
        let scene = film.scene(scene_id)?;
        let length_secs = scene_length_secs(&scene, rate);
        if length_secs <= 0.0 {
            return Err(GenerationError::Nothing(format!(
                "{scene_id} has no shots yet, so a bed for it has no length"
            )));
        }
        let prompt = prompt.map_or_else(|| bed_prompt(&scene, lane), str::to_owned);
        // The provider that makes the pictures is the first choice for the sound.
        let provider = settings.default_model.split(':').next().unwrap_or_default();
        let kind = if lane == AudioLane::Music { RequestKind::Music } else { RequestKind::SoundEffect };
        let default = if self.registry.resolve(provider, kind).is_some() { provider } else { "" };
        let address = self.model(&[model.unwrap_or(""), default], kind)?;
        let seed = Some(seed_of(scene_id, lane));
        let request = match lane {
            AudioLane::Music => {
                let request = MusicRequest::new(address.model_id.clone(), prompt, length_secs);
                GenerationRequest::Music(MusicRequest { seed, ..request })
            }
            AudioLane::Ambient => {
                let secs = length_secs.min(LONGEST_AMBIENCE_SECS);
                let request = SoundEffectRequest::new(address.model_id.clone(), prompt, secs);
                GenerationRequest::SoundEffect(SoundEffectRequest { looped: true, seed, ..request })
            }
            AudioLane::Voice => {
                return Err(GenerationError::Nothing(
                    "the voice lane is spoken: use `kinora generate voice`".to_owned(),
                ));
            }
        };
        Ok((address, request))
    }

    /// Lays what a job made on its lane, and closes the job.
    pub(super) fn adopt_bed(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        lane: AudioLane,
        finished: Finished,
    ) -> Result<ProjectPath, GenerationError> {
        let scene = film.scene(scene_id).map_err(|error| finished.kept_from(error))?;
        let info = self.probe(&finished.file)?;
        let extension = sound_extension(&finished.file, &info.container);
        let file_path = keep_sound(film, scene_id, lane.as_str(), extension, &finished)?;
        let mut params = Map::new();
        params.insert("scene_id".to_owned(), json!(scene_id));
        params.insert("lane".to_owned(), json!(lane));
        params.insert("file_path".to_owned(), json!(file_path));
        if *scene.audio_mix.lane(lane) == LaneMix::default() {
            params.extend(first_mix(lane, self.loudness_lufs(&finished.file)?));
        }
        film.run("lane.set", Value::Object(params)).map_err(|error| finished.kept_from(error))?;
        film.save()?;
        finished.close(film.folder)?;
        Ok(file_path)
    }
}

/// What work on a bed is for: the name of its job, and what is claimed.
pub(super) fn bed_purpose(scene_id: &SceneId, lane: AudioLane) -> String {
    format!("{scene_id}/{}", lane.as_str())
}

/// How a bed is mixed until the maker says otherwise.
fn first_mix(lane: AudioLane, bed_lufs: Option<f64>) -> Map<String, Value> {
    let gain_db = |target_lufs: f64| {
        let gain_db = bed_lufs.map_or(0.0, |lufs| (target_lufs - lufs).min(MOST_GAIN_DB));
        (gain_db * 10.0).round() / 10.0
    };
    let mix = if lane == AudioLane::Music {
        json!({ "gain_db": gain_db(MUSIC_LUFS), "fade_in_secs": 0.5, "fade_out_secs": 1.5 })
    } else {
        json!({ "gain_db": gain_db(AMBIENCE_LUFS), "loop": true, "fade_in_secs": 0.3, "fade_out_secs": 0.8 })
    };
    mix.as_object().cloned().unwrap_or_default()
}

fn bed_prompt(scene: &FilmScene, lane: AudioLane) -> String {
    let key = if lane == AudioLane::Music { "music_prompt" } else { "ambience_prompt" };
    let own = scene.extra.get(key).and_then(Value::as_str).unwrap_or("").trim();
    if !own.is_empty() {
        return own.to_owned();
    }
    [scene.title.trim(), scene.prompt.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
}

/// Length of a scene as it plays now, in seconds: its takes, or what was asked where there is none yet.
pub(super) fn scene_length_secs(scene: &FilmScene, rate: FrameRate) -> f64 {
    let frames: u64 = scene
        .shots
        .iter()
        .map(|shot| {
            let media = shot.chosen_take().and_then(|take| take.media.as_ref());
            let whole = rate.secs_to_frames(media.map_or(shot.duration, |media| media.duration_secs));
            shot.out_frame.unwrap_or(whole).min(whole).saturating_sub(shot.in_frame)
        })
        .sum();
    rate.frames_to_secs(frames)
}

/// The same scene gets the same bed every time, another one another.
fn seed_of(scene_id: &SceneId, lane: AudioLane) -> u64 {
    let hash = blake3::hash(format!("{scene_id} {}", lane.as_str()).as_bytes());
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default()) % 1_000_000
}
