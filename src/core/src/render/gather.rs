//! From a film, and what is known of its media, to the input of a plan.

use super::plan::{
    LaneInput, LineInput, LoudnessGoal, PlanInput, RenderKind, SceneInput, SeamWindow, ShotInput, VoiceInput,
};
use crate::{
    film::{AudioLane, Film, FilmScene, ProjectPath, Shot, VoiceSource},
    ids::{SceneId, ShotId},
};
use std::ops::Range;

/// What is known of a shot's chosen take once it is conformed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipFacts {
    /// Key of the conformed take, 64 hex digits.
    pub conform_key: String,
    /// Length in frames of the film.
    pub frames: u64,
    /// Whether the take has sound of its own.
    pub has_sound: bool,
}

/// What is known of a sound file once it is conformed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundFacts {
    /// blake3 of the original file, 64 hex digits.
    pub blake3: String,
    /// Length in samples at 48 kHz.
    pub length_samples: u64,
    /// Where someone speaks in it, in samples.
    pub speech_samples: Vec<Range<u64>>,
}

/// Looks up what is known of a film's media.
pub trait MediaFacts {
    /// The conformed take of a shot; absent if it is not conformed.
    fn clip(&self, scene: &FilmScene, shot: &Shot) -> Option<ClipFacts>;
    /// A conformed sound file of a scene; absent if it is not conformed.
    fn sound(&self, scene: &FilmScene, file: &ProjectPath) -> Option<SoundFacts>;
    /// The cuts of a scene that are smoothed.
    fn seams(&self, scene: &FilmScene) -> Vec<SeamWindow>;
    /// Whether a shot takes any time. A render leaves out what has no take.
    fn shows(&self, shot: &Shot) -> bool {
        shot.file_path.is_some()
    }
}

/// What the film names and nobody has conformed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatherError {
    /// A take.
    #[error("{scene_id}/{shot_id}: its take is not conformed yet; run the render again")]
    Clip {
        /// The scene.
        scene_id: SceneId,
        /// The shot.
        shot_id: ShotId,
    },
    /// A sound file.
    #[error("{scene_id}: the sound {file} is not conformed yet; run the render again")]
    Sound {
        /// The scene.
        scene_id: SceneId,
        /// The file, as scene.json has it.
        file: ProjectPath,
    },
}

/// Makes a plan's input of one scene, or of the whole film in its order. Shots without a take are left out.
///
/// Loudness is brought to the film's target only for a film: a scene on its own is as loud as it is mixed.
///
/// # Errors
/// [`GatherError`] for the first medium that is not conformed.
pub fn gather(film: &Film, only_scene: Option<&SceneId>, facts: &dyn MediaFacts) -> Result<PlanInput, GatherError> {
    let scenes = film.scenes.iter().filter(|scene| only_scene.is_none_or(|wanted| scene.scene_id == *wanted));
    let scenes = scenes.map(|scene| gather_scene(scene, facts)).collect::<Result<Vec<_>, _>>()?;
    let settings = &film.settings;
    let (kind, title, target_lufs) = match only_scene {
        Some(scene_id) => {
            let title = scenes.first().map(|scene| scene.title.clone()).filter(|title| !title.is_empty());
            (RenderKind::Scene, title.unwrap_or_else(|| scene_id.as_str().to_owned()), None)
        }
        None => (RenderKind::Film, film.metadata.title.clone(), Some(settings.loudness_target_lufs)),
    };
    Ok(PlanInput {
        kind,
        title,
        rate: film.metadata.rate,
        size: film.metadata.size,
        scene_fade_secs: settings.scene_fade_secs,
        duck_db: settings.duck_db,
        loudness: LoudnessGoal { target_lufs, limit_dbtp: settings.true_peak_limit_dbtp },
        scenes,
    })
}

pub(super) fn gather_scene(scene: &FilmScene, facts: &dyn MediaFacts) -> Result<SceneInput, GatherError> {
    let mut shots = Vec::new();
    for shot in scene.shots.iter().filter(|shot| facts.shows(shot)) {
        let clip = facts
            .clip(scene, shot)
            .ok_or_else(|| GatherError::Clip { scene_id: scene.scene_id.clone(), shot_id: shot.shot_id.clone() })?;
        shots.push(ShotInput {
            shot_id: shot.shot_id.clone(),
            conform_key: clip.conform_key,
            conform_frames: clip.frames,
            in_frame: shot.in_frame,
            out_frame: shot.out_frame,
            has_audio: clip.has_sound,
            gain_db: shot.gain_db,
            mute: shot.mute,
        });
    }
    let sound = |file: &ProjectPath| {
        facts
            .sound(scene, file)
            .ok_or_else(|| GatherError::Sound { scene_id: scene.scene_id.clone(), file: file.clone() })
    };
    let lane = |lane: AudioLane| {
        let Some(file) = scene.audio_tracks.lane(lane) else { return Ok(None) };
        let found = sound(file)?;
        let mix = scene.audio_mix.lane(lane).clone();
        let input = LaneInput { blake3: found.blake3, length_samples: found.length_samples, mix };
        Ok(Some((input, found.speech_samples)))
    };
    let voice = match scene.voice_source {
        VoiceSource::Lines => {
            let mut lines = Vec::new();
            for line in &scene.voice_lines {
                let Some(file) = &line.file_path else { continue };
                let found = sound(file)?;
                lines.push(LineInput {
                    line_id: line.line_id.clone(),
                    shot_id: line.shot_id.clone(),
                    offset_secs: line.offset_secs,
                    blake3: found.blake3,
                    length_samples: found.length_samples,
                });
            }
            VoiceInput::Lines { lines, mix: scene.audio_mix.voice.clone() }
        }
        VoiceSource::File => match lane(AudioLane::Voice)? {
            Some((lane, speech_samples)) => VoiceInput::File { lane, speech_samples },
            None => VoiceInput::default(),
        },
    };
    Ok(SceneInput {
        scene_id: scene.scene_id.clone(),
        title: scene.title.clone(),
        shots,
        seams: facts.seams(scene),
        voice,
        music: lane(AudioLane::Music)?.map(|(lane, _)| lane),
        ambient: lane(AudioLane::Ambient)?.map(|(lane, _)| lane),
    })
}
