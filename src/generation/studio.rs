//! Makes one thing at a time and puts it into the film through its operators.

use super::{
    GenerationError, JobPurpose,
    dialogue::fit,
    files::{SceneFiles, bring},
    media, request,
    run::{Made, Runner, extension},
    takes::{TakeOrigin, make_take},
};
use crate::{commands::HeadlessEditor, document::FilmView};
use kinora_core::{
    film::{AudioLane, ContinuitySource, FilmScene, ProjectFolder, ProjectPath, ReferenceMoment, Shot},
    ids::{LineId, SceneId, ShotId},
    progress::{CancelToken, ProgressSink},
    store::hash_file,
};
use kinora_provider::{GenerationRequest, LipSyncPicture, LipSyncRequest, ProviderRegistry, RequestKind};
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc};

/// Everything that generating needs.
pub struct Studio<'a> {
    /// The open film.
    pub editor: &'a mut HeadlessEditor,
    /// Its project.
    pub folder: Arc<ProjectFolder>,
    /// Who can make things.
    pub providers: ProviderRegistry,
    /// Runs the providers.
    pub runtime: &'a tokio::runtime::Runtime,
    /// Raised to stop.
    pub cancel: CancelToken,
    /// Told how far it is.
    pub progress: &'a dyn ProgressSink,
    /// Leaves an earlier, unfinished job for the same thing alone.
    pub again: bool,
    /// Number of the last group of steps; each thing made is undone as one.
    pub group: u64,
}

/// A take that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeMade {
    /// `take.add`'s answer: scene, shot, take, file.
    pub answer: Value,
    /// Model that made it, `provider:model`.
    pub model: String,
    /// The prompt as it was sent.
    pub prompt: String,
    /// What it cost in US dollars, if known.
    pub cost_usd: Option<f64>,
}

impl Studio<'_> {
    /// Makes a take of a shot: mission 5.1.
    ///
    /// # Errors
    /// [`GenerationError`]; no take was added, and a job that was handed in is on disk.
    pub fn shot(&mut self, scene_id: &SceneId, shot_id: &ShotId) -> Result<TakeMade, GenerationError> {
        let view = self.editor.view();
        let (metadata, settings) = (view.metadata()?, view.settings()?);
        let (scene, shot, characters) = (view.scene(scene_id)?, view.shot(scene_id, shot_id)?, view.characters()?);
        let chosen = request::choose(&self.providers, &settings, &shot.model, RequestKind::Video)?;
        let continued = self.continued(scene_id, &shot)?;
        let files = SceneFiles::new(&self.folder, scene_id);
        let reference = continued.as_ref().map(|(_, path)| path).or(shot.reference_first_frame_path.as_ref());
        let reference = reference.map(|path| files.path(path)).transpose()?;
        let film = (&metadata, &settings);
        let asked = request::video(&chosen, film, &scene, &shot, &characters, (&self.folder, reference))?;
        let purpose = JobPurpose::Shot { scene_id: scene_id.clone(), shot_id: shot_id.clone() };
        let made = self.make(&format!("{scene_id}/{shot_id}"), chosen.provider, purpose, asked)?;
        self.group += 1;
        if let Some((source, path)) = continued {
            let params = json!({ "scene_id": scene_id, "shot_id": shot_id, "continuity_source": source,
                "reference_first_frame_path": path });
            self.editor.run_in_group("shot.set", params, Some(self.group))?;
        }
        self.add_take(scene_id, shot_id, made)
    }

    /// Gives a shot's take the lips of its lines, or of a recording, as a new take: mission 5.3.
    ///
    /// # Errors
    /// [`GenerationError`]; no take was added.
    pub fn lipsync(
        &mut self,
        scene_id: &SceneId,
        shot_id: &ShotId,
        voice: Option<PathBuf>,
    ) -> Result<TakeMade, GenerationError> {
        let view = self.editor.view();
        let (settings, scene, shot) = (view.settings()?, view.scene(scene_id)?, view.shot(scene_id, shot_id)?);
        let files = SceneFiles::new(&self.folder, scene_id);
        let no_take = || GenerationError::NoTake(scene_id.clone(), shot_id.clone());
        let clip = files.path(shot.file_path.as_ref().ok_or_else(no_take)?)?;
        let voice = match voice {
            Some(voice) => voice,
            None => super::voice::shot_voice(&self.folder, &scene, shot_id)?,
        };
        let chosen = request::choose(&self.providers, &settings, "", RequestKind::LipSync)?;
        let asked = GenerationRequest::LipSync(LipSyncRequest {
            model: chosen.model.clone(),
            picture: LipSyncPicture::Video(clip),
            duration_secs: Some(media::look_into(&voice)?.duration_secs),
            voice,
            prompt: shot.prompt,
            seed: shot.seed,
            parameters: Default::default(),
        });
        let purpose = JobPurpose::LipSync { scene_id: scene_id.clone(), shot_id: shot_id.clone() };
        let made = self.make(&format!("{scene_id}/{shot_id} lips"), chosen.provider, purpose, asked)?;
        self.group += 1;
        self.add_take(scene_id, shot_id, made)
    }

    /// Speaks a line: mission 5.2.
    ///
    /// # Errors
    /// [`GenerationError`]; the line is as it was.
    pub fn line(&mut self, scene_id: &SceneId, line_id: &LineId) -> Result<Value, GenerationError> {
        let view = self.editor.view();
        let (settings, scene, line) = (view.settings()?, view.scene(scene_id)?, view.line(scene_id, line_id)?);
        let character = line.character_id.as_ref().map(|id| view.character(id)).transpose()?;
        let (name, voice) = character.map(|found| (found.name, found.voice_id)).unwrap_or_default();
        let voice = if voice.is_empty() && name.is_empty() { settings.default_voice.clone() } else { voice };
        let (provider, vendor_voice) = self.voice_of(&voice);
        let chosen = request::choose(&self.providers, &settings, &provider, RequestKind::Speech)?;
        let asked = request::speech(&chosen, &scene, &line, &name, &vendor_voice);
        let purpose = JobPurpose::Line { scene_id: scene_id.clone(), line_id: line_id.clone() };
        let made = self.make(&format!("{scene_id}/{line_id}"), chosen.provider, purpose, asked)?;
        let files = SceneFiles::new(&self.folder, scene_id);
        let path = bring(&made.file, &files, "audio", line_id.as_str(), extension(&made.media_type))?;
        let duration_secs = media::look_into(&files.path(&path)?)?.duration_secs;
        self.group += 1;
        let params = json!({ "scene_id": scene_id, "line_id": line_id, "file_path": path,
            "duration_secs": duration_secs, "voice_id": voice });
        self.editor.run_in_group("line.set", params, Some(self.group))?;
        self.fit_dialogue(scene_id, &line.shot_id)?;
        self.finish(made)?;
        Ok(json!({ "scene_id": scene_id, "line_id": line_id, "file_path": path, "duration_secs": duration_secs }))
    }

    /// Makes a scene's music or ambience, as long as the scene is now.
    ///
    /// # Errors
    /// [`GenerationError`]; the lane is as it was.
    pub fn lane(
        &mut self,
        scene_id: &SceneId,
        lane: AudioLane,
        prompt: Option<String>,
    ) -> Result<Value, GenerationError> {
        let view = self.editor.view();
        let (settings, scene, data) = (view.settings()?, view.scene(scene_id)?, view.lane(scene_id, lane)?);
        let secs = scene_secs(view, &scene)?.max(1.0);
        let is_music = lane == AudioLane::Music;
        let kind = if is_music { RequestKind::Music } else { RequestKind::SoundEffect };
        let chosen = request::choose(&self.providers, &settings, "", kind)?;
        let (asked, purpose) = if is_music {
            (request::music(&chosen, &scene, prompt, secs), JobPurpose::Music { scene_id: scene_id.clone() })
        } else {
            (request::ambience(&chosen, &scene, prompt, secs), JobPurpose::Ambience { scene_id: scene_id.clone() })
        };
        let made = self.make(&format!("{scene_id} {}", lane.as_str()), chosen.provider, purpose, asked)?;
        let files = SceneFiles::new(&self.folder, scene_id);
        let path = bring(&made.file, &files, "audio", lane.as_str(), extension(&made.media_type))?;
        let made_secs = media::look_into(&files.path(&path)?)?.duration_secs;
        let mut params = json!({ "scene_id": scene_id, "lane": lane, "file_path": path });
        // A bed sits under the picture; a mix the maker has set is left as it is.
        if data.file.is_none() && data.mix == Default::default() {
            params["fade_in_secs"] = json!(0.5);
            params["fade_out_secs"] = json!(1.5_f64.min(secs / 4.0));
            params["loop"] = json!(!is_music || made_secs + 0.5 < secs);
        }
        self.editor.run("lane.set", params)?;
        self.finish(made)?;
        Ok(json!({ "scene_id": scene_id, "lane": lane, "file_path": path, "duration_secs": made_secs }))
    }

    /// Runs a job.
    fn make(
        &self,
        label: &str,
        provider: Arc<dyn kinora_provider::ErasedProvider>,
        purpose: JobPurpose,
        request: GenerationRequest,
    ) -> Result<Made, GenerationError> {
        self.cancel.check()?;
        let runner = Runner { folder: &self.folder, cancel: &self.cancel, progress: self.progress, label };
        self.runtime.block_on(runner.make(provider, purpose, request, self.again))
    }

    fn add_take(&mut self, scene_id: &SceneId, shot_id: &ShotId, made: Made) -> Result<TakeMade, GenerationError> {
        let request = &made.record.request;
        let model = format!("{}:{}", made.record.provider, request.model());
        let origin = TakeOrigin {
            model: model.clone(),
            provider: made.record.provider.clone(),
            prompt: request.text().to_owned(),
            seed: made.output.seed.or(request.seed()),
            cost_usd: made.output.cost_usd,
        };
        let (prompt, cost_usd) = (origin.prompt.clone(), origin.cost_usd);
        let name = (scene_id, shot_id);
        let take = make_take(&self.folder, self.editor.view(), name, &made.file, extension(&made.media_type), origin)?;
        let params = json!({ "scene_id": scene_id, "shot_id": shot_id, "take": take });
        let answer = self.editor.run_in_group("take.add", params, Some(self.group))?;
        self.finish(made)?;
        Ok(TakeMade { answer, model, prompt, cost_usd })
    }

    /// Saves the film, and only then lets go of the job.
    fn finish(&mut self, made: Made) -> Result<(), GenerationError> {
        self.editor.save().map_err(|error| GenerationError::Save(error.to_string()))?;
        made.record.adopted(&self.folder)
    }

    /// Extracts the frame a shot continues from, and says which take it is of.
    fn continued(
        &self,
        scene_id: &SceneId,
        shot: &Shot,
    ) -> Result<Option<(ContinuitySource, ProjectPath)>, GenerationError> {
        let Some(mut source) = shot.continuity_source.clone() else { return Ok(None) };
        let view = self.editor.view();
        let from = view.shot(&source.scene_id, &source.shot_id)?;
        let no_take = || GenerationError::NoTake(source.scene_id.clone(), source.shot_id.clone());
        let clip = from.file_path.as_ref().ok_or_else(no_take)?;
        let clip_path = SceneFiles::new(&self.folder, &source.scene_id).path(clip)?;
        let hash = hash_file(&clip_path)?.to_hex().to_string();
        let frame = match source.moment {
            ReferenceMoment::Last => None,
            // The film's frames to the clip's own.
            ReferenceMoment::Frame(frame) => {
                let secs = view.metadata()?.rate.frames_to_secs(frame);
                Some((secs * media::take_media(&clip_path)?.rate.as_f64()).floor() as u64)
            }
        };
        let moment = frame.map_or_else(|| "last".to_owned(), |frame| format!("frame_{frame}"));
        let name = format!("frames/{}_reference_{}_{moment}.png", shot.shot_id, &hash[..12]);
        let path = ProjectPath::new(name)?;
        media::extract_moment(&clip_path, frame, &SceneFiles::new(&self.folder, scene_id).path(&path)?)?;
        source.take_id = from.chosen_take().map(|take| take.take_id.clone());
        source.take_blake3 = hash;
        Ok(Some((source, path)))
    }

    /// Provider and voice of `draft:baritone`; a voice that names no provider is of the default one.
    fn voice_of(&self, voice: &str) -> (String, String) {
        match voice.split_once(':') {
            Some((provider, name)) if self.providers.get(provider).is_some() => (provider.to_owned(), name.to_owned()),
            _ => (String::new(), voice.to_owned()),
        }
    }

    fn fit_dialogue(&mut self, scene_id: &SceneId, shot_id: &ShotId) -> Result<(), GenerationError> {
        let scene = self.editor.view().scene(scene_id)?;
        let Some(shot) = scene.shot(shot_id) else { return Ok(()) };
        let lines: Vec<_> = scene.voice_lines.iter().filter(|line| line.shot_id == *shot_id).collect();
        if lines.iter().any(|line| line.file_path.is_none()) {
            return Ok(());
        }
        let found = fit(shot, &lines);
        for (line_id, offset_secs) in found.offsets_secs {
            let params = json!({ "scene_id": scene_id, "line_id": line_id, "offset_secs": offset_secs });
            self.editor.run_in_group("line.set", params, Some(self.group))?;
        }
        if let Some(duration_secs) = found.duration_secs {
            let params = json!({ "scene_id": scene_id, "shot_id": shot_id, "duration": duration_secs });
            self.editor.run_in_group("shot.set", params, Some(self.group))?;
        }
        Ok(())
    }
}

/// How long a scene plays, in seconds.
fn scene_secs(view: FilmView<'_>, scene: &FilmScene) -> Result<f64, GenerationError> {
    let rate = view.metadata()?.rate;
    let frames = scene.shots.iter().map(|shot| {
        let asked_secs = shot.chosen_take().and_then(|take| take.media.as_ref()).map(|media| media.duration_secs);
        let frames = rate.secs_to_frames(asked_secs.unwrap_or(shot.duration));
        shot.out_frame.unwrap_or(frames).min(frames).saturating_sub(shot.in_frame)
    });
    Ok(rate.frames_to_secs(frames.sum()))
}
