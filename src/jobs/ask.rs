//! What can be asked of a job.

use super::job::{JobKind, JobTarget};
use crate::generation::{FrameEnd, JobsWord, OpenJob, OpenJobTarget, ShotOptions, VoiceRequest};
use kinora_core::{
    film::AudioLane,
    ids::{SceneId, ShotId},
    media::PictureCodec,
    render::RenderRequest,
};
use std::path::{Path, PathBuf};

/// Something that takes long.
#[derive(Debug, Clone, PartialEq)]
pub enum JobAsk {
    /// A new take of a shot.
    GenerateShot {
        /// The scene.
        scene_id: SceneId,
        /// The shot.
        shot_id: ShotId,
        /// What to ask differently this once.
        options: ShotOptions,
    },
    /// Lines of a scene, spoken.
    GenerateVoice {
        /// The scene.
        scene_id: SceneId,
        /// Which lines.
        request: VoiceRequest,
        /// Another model than the voice's.
        model: Option<String>,
    },
    /// Music or ambience of a scene, as long as the scene is.
    GenerateBed {
        /// The scene.
        scene_id: SceneId,
        /// Music or ambience.
        lane: AudioLane,
        /// What is heard; absent for the scene's own words.
        prompt: Option<String>,
        /// Another model than the default.
        model: Option<String>,
    },
    /// A shot whose lips follow a voice, as a new take.
    LipSync {
        /// The scene.
        scene_id: SceneId,
        /// The shot.
        shot_id: ShotId,
        /// The voice; absent for the shot's first spoken line.
        voice: Option<PathBuf>,
        /// Another model than the default.
        model: Option<String>,
    },
    /// Everything the film lacks.
    CompleteFilm,
    /// A scene as a file.
    RenderScene {
        /// The scene.
        scene_id: SceneId,
        /// How.
        options: RenderOptions,
    },
    /// The film as a file.
    RenderFilm {
        /// How.
        options: RenderOptions,
    },
    /// Every take, conformed: what a preview and a render need.
    ConformFilm,
    /// The first and last frame of a shot's chosen take, again.
    ExtractFrames {
        /// The scene.
        scene_id: SceneId,
        /// The shot.
        shot_id: ShotId,
    },
    /// A clip from elsewhere, copied into the project.
    ImportClip {
        /// The scene.
        scene_id: SceneId,
        /// What it becomes.
        place: ClipPlace,
        /// The clip.
        path: PathBuf,
    },
    /// A screenplay: scenes, shots, characters and lines.
    ImportScreenplay {
        /// The screenplay, in Fountain.
        path: PathBuf,
    },
    /// A sound file for a lane, copied into the project.
    ImportAudio {
        /// The scene.
        scene_id: SceneId,
        /// The lane.
        lane: AudioLane,
        /// Where in the scene it begins, in seconds; absent for where the lane begins now.
        offset_secs: Option<f64>,
        /// The sound.
        path: PathBuf,
    },
    /// A picture that shots start from or end on, copied into the project.
    ImportFrame {
        /// The shots, by scene and name.
        shots: Vec<(SceneId, ShotId)>,
        /// Which end of them.
        end: FrameEnd,
        /// The picture.
        path: PathBuf,
    },
    /// A few words in a voice, to hear what it is like.
    Audition {
        /// The voice, with its provider: `draft:baritone`.
        voice_id: String,
    },
    /// How every cut joins: runs by itself after edits, and fills [`super::CutReports`].
    SurveyCuts,
    /// A job that an earlier run left open on disk: asked for by itself when a project is opened.
    Resume {
        /// The job on disk.
        job: OpenJob,
        /// On whose word.
        word: JobsWord,
    },
    /// A job that was never answered, handed in once more on a person's word; then what it was a part of goes on.
    SendAgain {
        /// The job on disk.
        job: OpenJob,
        /// What was asked for, and failed for want of that answer.
        then: Box<JobAsk>,
    },
}

/// What a clip from elsewhere becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClipPlace {
    /// A take of a shot.
    TakeOf(ShotId),
    /// A shot of its own.
    NewShot {
        /// Place in the scene from 0; absent for the end.
        index: Option<usize>,
    },
}

/// How to render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderOptions {
    /// Format of the picture.
    pub codec: PictureCodec,
    /// File to write; absent for the project's own place.
    pub output: Option<PathBuf>,
    /// Whether shots without a take are left out rather than refused.
    pub skip_missing: bool,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self { codec: PictureCodec::H264, output: None, skip_missing: false }
    }
}

impl RenderOptions {
    pub(super) fn request(&self, scene_id: Option<SceneId>) -> RenderRequest {
        RenderRequest { scene_id, codec: self.codec, output: self.output.clone(), skip_missing: self.skip_missing }
    }
}

/// Which of the few threads a job runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Room {
    /// Providers, imports and stills.
    Making,
    /// Renders, one at a time.
    Rendering,
    /// What nobody asked for and everybody profits from; gives way to a render.
    Behind,
}

impl JobAsk {
    /// What it is, for an icon or a filter.
    #[must_use]
    pub fn kind(&self) -> JobKind {
        match self {
            Self::GenerateShot { .. } => JobKind::Shot,
            Self::GenerateVoice { .. } => JobKind::Voice,
            Self::GenerateBed { .. } => JobKind::Bed,
            Self::LipSync { .. } => JobKind::LipSync,
            Self::CompleteFilm => JobKind::Film,
            Self::RenderScene { .. } | Self::RenderFilm { .. } => JobKind::Render,
            Self::ConformFilm => JobKind::Conform,
            Self::ExtractFrames { .. } => JobKind::Frames,
            Self::ImportClip { .. }
            | Self::ImportScreenplay { .. }
            | Self::ImportAudio { .. }
            | Self::ImportFrame { .. } => JobKind::Import,
            Self::Audition { .. } => JobKind::Audition,
            Self::SurveyCuts => JobKind::Cuts,
            Self::Resume { .. } => JobKind::Resumed,
            Self::SendAgain { then, .. } => then.kind(),
        }
    }

    /// What it works on.
    #[must_use]
    pub fn target(&self) -> JobTarget {
        match self {
            Self::GenerateShot { scene_id, shot_id, .. }
            | Self::LipSync { scene_id, shot_id, .. }
            | Self::ExtractFrames { scene_id, shot_id }
            | Self::ImportClip { scene_id, place: ClipPlace::TakeOf(shot_id), .. } => {
                JobTarget::Shot(scene_id.clone(), shot_id.clone())
            }
            Self::GenerateVoice { scene_id, .. }
            | Self::GenerateBed { scene_id, .. }
            | Self::RenderScene { scene_id, .. }
            | Self::ImportClip { scene_id, .. }
            | Self::ImportAudio { scene_id, .. } => JobTarget::Scene(scene_id.clone()),
            Self::Resume { job, .. } => match &job.target {
                Some(OpenJobTarget::Shot(scene_id, shot_id)) => JobTarget::Shot(scene_id.clone(), shot_id.clone()),
                Some(OpenJobTarget::Line(scene_id, _) | OpenJobTarget::Lane(scene_id, _)) => {
                    JobTarget::Scene(scene_id.clone())
                }
                None => JobTarget::Film,
            },
            Self::SendAgain { then, .. } => then.target(),
            Self::CompleteFilm
            | Self::RenderFilm { .. }
            | Self::ConformFilm
            | Self::ImportScreenplay { .. }
            | Self::ImportFrame { .. }
            | Self::Audition { .. }
            | Self::SurveyCuts => JobTarget::Film,
        }
    }

    /// Follows a shot to its new name.
    pub(super) fn follow(&mut self, to: &(SceneId, ShotId)) {
        match self {
            Self::GenerateShot { scene_id, shot_id, .. }
            | Self::LipSync { scene_id, shot_id, .. }
            | Self::ExtractFrames { scene_id, shot_id }
            | Self::ImportClip { scene_id, place: ClipPlace::TakeOf(shot_id), .. } => {
                (*scene_id, *shot_id) = to.clone();
            }
            Self::SendAgain { then, .. } => then.follow(to),
            _ => {}
        }
    }

    /// What is done, for a person; completes "could not …".
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::GenerateShot { scene_id, shot_id, .. } => format!("generate {scene_id}/{shot_id}"),
            Self::GenerateVoice { scene_id, .. } => format!("speak the lines of {scene_id}"),
            Self::GenerateBed { scene_id, lane, .. } => format!("make the {} of {scene_id}", lane.as_str()),
            Self::LipSync { scene_id, shot_id, .. } => format!("sync the lips of {scene_id}/{shot_id}"),
            Self::CompleteFilm => "make everything the film lacks".to_owned(),
            Self::RenderScene { scene_id, .. } => format!("render {scene_id}"),
            Self::RenderFilm { .. } => "render the film".to_owned(),
            Self::ConformFilm => "conform every take".to_owned(),
            Self::ExtractFrames { scene_id, shot_id } => format!("extract the frames of {scene_id}/{shot_id}"),
            Self::ImportClip { path, .. }
            | Self::ImportScreenplay { path }
            | Self::ImportAudio { path, .. }
            | Self::ImportFrame { path, .. } => {
                format!("import {}", file_name(path))
            }
            Self::Audition { voice_id } => format!("hear the voice {voice_id}"),
            Self::SurveyCuts => "look at the cuts".to_owned(),
            Self::Resume { job, .. } => format!("bring {} from {}", job.purpose, job.model),
            Self::SendAgain { then, .. } => then.label(),
        }
    }

    pub(super) fn room(&self) -> Room {
        match self {
            Self::SendAgain { then, .. } => then.room(),
            Self::RenderScene { .. } | Self::RenderFilm { .. } => Room::Rendering,
            Self::ConformFilm | Self::SurveyCuts => Room::Behind,
            _ => Room::Making,
        }
    }
}

impl JobAsk {
    /// Whether more is left to do once one job of it is done: it finds by itself what is made already, and pays for nothing
    /// twice.
    pub(super) fn has_more(&self) -> bool {
        matches!(
            self,
            Self::CompleteFilm | Self::GenerateVoice { request: VoiceRequest::Missing, .. } | Self::Audition { .. }
        )
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
