//! Speech: lines of dialogue spoken by their characters, and recordings turned into their voices.

use super::{GenerationError, Generator, OpenFilm, jobs::Finished};
use kinora_core::{
    film::{FilmScene, ProjectPath, VoiceLine},
    ids::{CharacterId, LineId, SceneId, ShotId},
    store::write_atomic,
};
use kinora_provider::{GenerationRequest, ModelAddress, RequestKind, SpeechRequest, VoiceConversionRequest};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoiceRequest {
    /// Every line of the scene that has no sound yet.
    Missing,
    /// One line, again.
    Line(LineId),
    /// New words at a shot.
    Text {
        /// The shot at which they are spoken.
        shot_id: ShotId,
        /// Who speaks; a narrator if absent.
        character_id: Option<CharacterId>,
        /// The words.
        text: String,
    },
    /// A recording at a shot, turned into the character's voice.
    Recording {
        /// The shot at which it is heard.
        shot_id: ShotId,
        /// Whose voice it becomes.
        character_id: CharacterId,
        /// The recording.
        wav: PathBuf,
        /// The words, for the script; may be empty.
        text: String,
    },
}

/// What was spoken.
#[derive(Debug, Clone)]
pub struct VoiceOutcome {
    /// The lines that have new sound.
    pub lines: Vec<VoiceLine>,
    /// `audio/voice.wav`, made from all lines of the scene.
    pub voice_wav: ProjectPath,
}

/// Words as they are about to be spoken.
pub(super) struct Spoken<'a> {
    pub(super) text: &'a str,
    pub(super) character_id: Option<&'a CharacterId>,
    /// Their place among the lines of the scene, from 0.
    pub(super) at: usize,
    /// A recording of them to be turned into the voice.
    pub(super) recording: Option<&'a Path>,
    pub(super) model: Option<&'a str>,
}

impl Generator {
    /// Speaks lines of a scene and makes `audio/voice.wav` of all of them.
    ///
    /// # Errors
    /// [`GenerationError`]; lines spoken before the error are kept.
    pub fn voice(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        request: VoiceRequest,
        model: Option<&str>,
    ) -> Result<VoiceOutcome, GenerationError> {
        let scene = film.scene(scene_id)?;
        let (mut recording, only_missing) = (None, matches!(request, VoiceRequest::Missing));
        let line_ids = match request {
            VoiceRequest::Missing => {
                let missing = scene.voice_lines.iter().filter(|line| !has_sound(film, scene_id, line));
                missing.map(|line| line.line_id.clone()).collect()
            }
            VoiceRequest::Line(line_id) => vec![film.line(scene_id, &line_id)?.line_id],
            VoiceRequest::Text { shot_id, character_id, text } => {
                vec![add_line(film, scene_id, &shot_id, character_id.as_ref(), &text)?]
            }
            VoiceRequest::Recording { shot_id, character_id, wav, text } => {
                self.probe(&wav)?;
                recording = Some(wav);
                vec![add_line(film, scene_id, &shot_id, Some(&character_id), &text)?]
            }
        };
        let mut lines = Vec::new();
        for line_id in line_ids {
            let _claim = self.claim(&line_purpose(scene_id, &line_id))?;
            // Another job may have spoken it while this one waited.
            if only_missing && has_sound(film, scene_id, &film.line(scene_id, &line_id)?) {
                continue;
            }
            self.speak(film, scene_id, &line_id, recording.as_deref(), model)?;
            lines.push(film.line(scene_id, &line_id)?);
        }
        let voice_wav = self.assemble_voice(film, scene_id)?;
        Ok(VoiceOutcome { lines, voice_wav })
    }

    fn speak(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        line_id: &LineId,
        recording: Option<&Path>,
        model: Option<&str>,
    ) -> Result<(), GenerationError> {
        let scene = film.scene(scene_id)?;
        let line = film.line(scene_id, line_id)?;
        let at = scene.voice_lines.iter().position(|other| other.line_id == *line_id).unwrap_or(0);
        let spoken = Spoken { text: &line.text, character_id: line.character_id.as_ref(), at, recording, model };
        let (address, voice_id, request) = self.line_request(film, &scene, &spoken)?;
        let purpose = line_purpose(scene_id, line_id);
        let finished = self.run_job(film, &address, &purpose, request)?;
        let voice = voice_id.map_or_else(|| address.to_string(), |id| format!("{}:{id}", address.provider_id));
        self.adopt_speech(film, scene_id, line_id, &voice, finished)
    }

    /// What is asked for a line, of whom, and in which voice.
    pub(super) fn line_request(
        &self,
        film: &OpenFilm<'_>,
        scene: &FilmScene,
        spoken: &Spoken<'_>,
    ) -> Result<(ModelAddress, Option<String>, GenerationRequest), GenerationError> {
        let settings = film.settings()?;
        let character = spoken.character_id.map(|id| film.character(id)).transpose()?;
        let speaker = character.as_ref().map(|character| character.name.clone()).unwrap_or_default();
        let own_voice = character.as_ref().map(|character| character.voice_id.trim()).unwrap_or_default();
        let voice = if own_voice.is_empty() && character.is_none() { settings.default_voice.trim() } else { own_voice };
        // `draft:baritone` names provider and voice; a bare voice id belongs to whichever model speaks.
        let (voice_provider, voice_id) = match voice.split_once(':') {
            Some((provider, voice)) if self.registry.get(provider).is_some() => (provider, voice),
            _ => ("", voice),
        };
        let names = [spoken.model.unwrap_or(""), voice_provider];
        let kind = if spoken.recording.is_some() { RequestKind::VoiceConversion } else { RequestKind::Speech };
        let address = self.model(&names, kind)?;
        let matches_provider = voice_provider.is_empty() || voice_provider == address.provider_id;
        let voice_id = (!voice_id.is_empty() && matches_provider).then(|| voice_id.to_owned());
        let neighbour = |index: Option<usize>| {
            index.and_then(|index| scene.voice_lines.get(index)).map(|line| line.text.clone()).unwrap_or_default()
        };
        let request = match spoken.recording {
            Some(recording) => GenerationRequest::VoiceConversion(VoiceConversionRequest {
                model: address.model_id.clone(),
                recording: recording.to_path_buf(),
                voice_id: voice_id.clone(),
                speaker,
                duration_secs: Some(self.probe(recording)?.duration_secs),
                ..VoiceConversionRequest::default()
            }),
            None => GenerationRequest::Speech(SpeechRequest {
                model: address.model_id.clone(),
                text: spoken.text.to_owned(),
                voice_id: voice_id.clone(),
                speaker,
                previous_text: neighbour(spoken.at.checked_sub(1)),
                next_text: neighbour(spoken.at.checked_add(1)),
                ..SpeechRequest::default()
            }),
        };
        Ok((address, voice_id, request))
    }

    /// Gives a line the sound that a job made, and closes the job.
    pub(super) fn adopt_speech(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        line_id: &LineId,
        voice: &str,
        finished: Finished,
    ) -> Result<(), GenerationError> {
        film.line(scene_id, line_id).map_err(|error| finished.kept_from(error))?;
        let info = self.probe(&finished.file)?;
        let extension = sound_extension(&finished.file, &info.container);
        let file_path = keep_sound(film, scene_id, &format!("lines/{line_id}"), extension, &finished)?;
        keep_words(&file_path.under(&film.folder.scene_dir(scene_id)), &finished)?;
        let given = film.run(
            "line.set",
            json!({
                "scene_id": scene_id,
                "line_id": line_id,
                "file_path": file_path,
                "duration_secs": info.duration_secs,
                "voice_id": voice,
            }),
        );
        given.map_err(|error| finished.kept_from(error))?;
        film.save()?;
        finished.close(film.folder)?;
        Ok(())
    }
}

/// What work on a line is for: the name of its job, and what is claimed.
pub(super) fn line_purpose(scene_id: &SceneId, line_id: &LineId) -> String {
    format!("{scene_id}/{line_id}")
}

pub(super) fn has_sound(film: &OpenFilm<'_>, scene_id: &SceneId, line: &VoiceLine) -> bool {
    line.file_path.as_ref().is_some_and(|path| path.under(&film.folder.scene_dir(scene_id)).is_file())
}

/// The line of new words. One that was added for the same words before and never got its sound is that line: its job
/// may be with the vendor, and is only found again under the line's name.
fn add_line(
    film: &mut OpenFilm<'_>,
    scene_id: &SceneId,
    shot_id: &ShotId,
    character_id: Option<&CharacterId>,
    text: &str,
) -> Result<LineId, GenerationError> {
    let is_it = |line: &&VoiceLine| {
        !text.is_empty()
            && line.shot_id == *shot_id
            && line.character_id.as_ref() == character_id
            && line.text == text
            && line.file_path.is_none()
    };
    if let Some(line) = film.scene(scene_id)?.voice_lines.iter().find(is_it) {
        return Ok(line.line_id.clone());
    }
    let answer = film.run(
        "line.add",
        json!({ "scene_id": scene_id, "shot_id": shot_id, "character_id": character_id, "text": text }),
    )?;
    film.save()?;
    serde_json::from_value(answer["line_id"].clone())
        .map_err(|error| GenerationError::Save(format!("line.add named no line: {error}")))
}

/// Keeps when each word is said beside the sound, for captions, where the vendor tells: `line_001.words.json`.
pub(super) fn keep_words(sound: &Path, finished: &Finished) -> Result<(), GenerationError> {
    if finished.output.words.is_empty() {
        return Ok(());
    }
    let mut text =
        serde_json::to_vec_pretty(&finished.output.words).map_err(|error| GenerationError::Save(error.to_string()))?;
    text.push(b'\n');
    Ok(write_atomic(&sound.with_extension("words.json"), &text)?)
}

/// Keeps a finished sound as `audio/<name>.<extension>`, or under the next free number: nothing is written over.
pub(super) fn keep_sound(
    film: &OpenFilm<'_>,
    scene_id: &SceneId,
    name: &str,
    extension: &str,
    finished: &Finished,
) -> Result<ProjectPath, GenerationError> {
    let scene_dir = film.folder.scene_dir(scene_id);
    for number in 1..10_000 {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        let path = ProjectPath::new(format!("audio/{name}{suffix}.{extension}"))?;
        let place = path.resolve(&scene_dir, film.folder.root())?;
        if !place.exists() {
            finished.keep_as(&place)?;
            return Ok(path);
        }
    }
    Err(GenerationError::Nothing(format!("there is no free name for {name}")))
}

pub(super) fn sound_extension(file: &Path, container: &str) -> &'static str {
    let own = file.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_ascii_lowercase();
    const KNOWN: [&str; 6] = ["wav", "mp3", "flac", "ogg", "m4a", "aac"];
    KNOWN
        .into_iter()
        .find(|known| *known == own)
        .or_else(|| KNOWN.into_iter().find(|known| container.contains(known)))
        .unwrap_or("wav")
}
