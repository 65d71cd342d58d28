//! Two clips in, one file out, the cut between them smoothed: a render without a project.

use super::{
    RenderError, RenderReport,
    execute::{RenderJob, execute, find_seam_report},
    plan::{LoudnessGoal, PlanInput, RenderKind, RenderPlan, SceneInput, SeamWindow, Segment, ShotInput, VoiceInput},
};
use crate::{
    conform::{self, ConformSpec, Conformed, Work},
    continuity::{FrameRef, measure_match},
    film::{FitMode, SmoothingEngine},
    ids::{SceneId, ShotId},
    media::{PictureFormat, shape_of, smooth_whole},
    progress::{CancelToken, ProgressSink, ProgressUpdate},
    smoothing::{SeamReport, SeamSpec, open_engine},
    store::{Cache, StoreError, hash_file},
    time::FrameRate,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Two clips to join.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// The clip before the cut; the result has its size.
    pub first: PathBuf,
    /// The clip after it.
    pub second: PathBuf,
    /// The file to write.
    pub out: PathBuf,
    /// Rate of the result; the first clip's if absent.
    pub rate: Option<FrameRate>,
    /// How much is smoothed.
    pub reach: JoinReach,
}

/// How much of two joined clips is smoothed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinReach {
    /// A window round the cut.
    Window {
        /// Length on each side in seconds.
        window_secs: f64,
        /// What makes the pictures.
        engine: SmoothingEngine,
    },
    /// Every frame of both, by the mission's own filters: `mpdecimate,minterpolate`.
    Whole,
}

/// What joining two clips gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinReport {
    /// The file.
    pub output: PathBuf,
    /// Its length in frames.
    pub frames: u64,
    /// Its length in seconds.
    pub duration_secs: f64,
    /// How alike the frames at the cut were, 0 to 1; absent when everything was smoothed.
    pub score: Option<f64>,
    /// What was done in the window; absent when everything was smoothed.
    pub seam: Option<SeamReport>,
}

/// Joins two clips.
///
/// # Errors
/// [`RenderError`]; nothing is left under the final name then but what was there before.
pub fn join_clips(
    request: &JoinRequest,
    cancel: &CancelToken,
    progress: &dyn ProgressSink,
) -> Result<JoinReport, RenderError> {
    match request.reach {
        JoinReach::Whole => {
            let rate = request.rate.unwrap_or(FrameRate::FPS_60);
            let tell = |done| progress.report(ProgressUpdate { label: "smoothing".to_owned(), done, total: 0 });
            let frames = smooth_whole([&request.first, &request.second], &request.out, rate, cancel, &tell)?;
            let duration_secs = rate.frames_to_secs(frames);
            Ok(JoinReport { output: request.out.clone(), frames, duration_secs, score: None, seam: None })
        }
        JoinReach::Window { window_secs, engine } => join_window(request, window_secs, engine, cancel, progress),
    }
}

fn join_window(
    request: &JoinRequest,
    window_secs: f64,
    engine: SmoothingEngine,
    cancel: &CancelToken,
    progress: &dyn ProgressSink,
) -> Result<JoinReport, RenderError> {
    let (size, own_rate) = shape_of(&request.first)?;
    let rate = request.rate.unwrap_or(own_rate);
    let folder = request.out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let work = tempfile::Builder::new()
        .prefix(".kinora-smooth-")
        .tempdir_in(folder)
        .map_err(|source| StoreError::from_io("make a work folder in", folder, source))?;
    let cache = Cache::open(work.path())?;
    let spec = ConformSpec { format: PictureFormat { size, rate }, fit: FitMode::Blur, optical_flow: true };
    let take = |clip: &Path| -> Result<Conformed, RenderError> {
        let label = format!("conforming {}", clip.display());
        let tell = |done| progress.report(ProgressUpdate { label: label.clone(), done, total: 0 });
        let key = spec.key(&hash_file(clip)?);
        Ok(conform::conform(clip, &key, &spec, &cache, &Work { cancel, progress: &tell })?)
    };
    let (first, second) = (take(&request.first)?, take(&request.second)?);
    let last = FrameRef { take: &first, frame: first.frames - 1 };
    let found = measure_match(last, FrameRef { take: &second, frame: 0 }, rate, &cache)?;
    let frames = rate.secs_to_frames(window_secs).max(1);
    let seam = SeamWindow {
        shot_id: ShotId::numbered(1),
        before_frames: frames,
        after_frames: frames,
        engine,
        params: format!("{} {}", open_engine(engine).fingerprint(), SeamSpec::default().fingerprint()),
    };
    let plan = RenderPlan::new(&PlanInput {
        kind: RenderKind::Scene,
        title: String::new(),
        rate,
        size,
        scene_fade_secs: 0.0,
        duck_db: 0.0,
        loudness: LoudnessGoal { target_lufs: None, limit_dbtp: -1.0 },
        scenes: vec![SceneInput {
            scene_id: SceneId::numbered(1),
            title: String::new(),
            shots: vec![shot(1, &first), shot(2, &second)],
            seams: vec![seam],
            voice: VoiceInput::default(),
            music: None,
            ambient: None,
        }],
    })?;
    let job = RenderJob {
        project_root: work.path().to_path_buf(),
        output: request.out.clone(),
        plan,
        delivery: None,
        cuts: Vec::new(),
    };
    let done = execute(&job, cancel, progress)?;
    let seam = job.plan.video.iter().find_map(|segment| match segment {
        Segment::Encode(encode) => find_seam_report(&cache, encode),
        Segment::Copy { .. } => None,
    });
    let RenderReport { frames, duration_secs, .. } = done;
    Ok(JoinReport { output: request.out.clone(), frames, duration_secs, score: Some(found.score), seam })
}

fn shot(number: usize, take: &Conformed) -> ShotInput {
    ShotInput {
        shot_id: ShotId::numbered(number),
        conform_key: take.key.to_hex().to_string(),
        conform_frames: take.frames,
        in_frame: 0,
        out_frame: None,
        has_audio: take.has_sound,
        gain_db: 0.0,
        mute: false,
    }
}
