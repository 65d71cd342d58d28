//! What each ask does, on its thread.

use super::{
    ClipPlace, JobAsk, JobFailure, JobId,
    cuts::{KnownCuts, SceneCuts, survey_cuts},
    door::RemoteDoor,
    slot::ProgressSlot,
};
use crate::generation::{GenerationError, Generator, JobsWord, OpenFilm, import_frame, import_screenplay};
use kinora_core::{
    film::{ProjectFolder, ProjectPath},
    ids::SceneId,
    render::RenderReport,
    time::format_clock,
};
use serde_json::Value;
use std::{path::PathBuf, sync::Arc};

/// Everything a job's thread holds. It is let go of before the job counts as ended, the project's lock with it.
pub(super) struct Work {
    pub(super) job_id: JobId,
    pub(super) label: String,
    pub(super) ask: JobAsk,
    pub(super) door: RemoteDoor,
    pub(super) folder: Arc<ProjectFolder>,
    pub(super) generator: Generator,
    pub(super) slot: Arc<ProgressSlot>,
    /// What is known of the cuts, so that only scenes that changed are looked at.
    pub(super) known_cuts: KnownCuts,
}

/// What a job made.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) summary: String,
    pub(super) output: Option<PathBuf>,
    /// Of a survey alone.
    pub(super) cuts: Option<Vec<SceneCuts>>,
}

/// How a job ended.
#[derive(Debug)]
pub(super) enum Ending {
    Done(Made),
    Cancelled,
    Failed(JobFailure),
}

/// Undo groups of jobs are told from those of drags by this bit.
const JOB_GROUP: u64 = 1 << 62;

impl Work {
    /// Does the work.
    pub(super) fn run(mut self) -> Ending {
        match self.make() {
            Ok(made) => Ending::Done(made),
            Err(error) if error.kind() == "cancelled" => Ending::Cancelled,
            Err(error) => Ending::Failed(JobFailure::new(&self.label, &error)),
        }
    }

    fn make(&mut self) -> Result<Made, GenerationError> {
        let Self { generator, folder, slot, .. } = self;
        let film = &mut OpenFilm::new(&mut self.door, folder).in_group(JOB_GROUP | self.job_id.0);
        let in_scene = |scene_id: &SceneId, path: &ProjectPath| path.under(&folder.scene_dir(scene_id));
        let made = |summary: String, output: Option<PathBuf>| Ok(Made { summary, output, cuts: None });
        match &self.ask {
            JobAsk::GenerateShot { scene_id, shot_id, options } => {
                let outcome = generator.shot(film, scene_id, shot_id, options)?;
                let (scene_id, shot_id) = &film.shot_now(scene_id, shot_id)?;
                let summary = format!("{scene_id}/{shot_id} plays {} ({})", outcome.take.take_id, outcome.model);
                made(summary, Some(in_scene(scene_id, &outcome.take.file_path)))
            }
            JobAsk::GenerateVoice { scene_id, request, model } => {
                let outcome = generator.voice(film, scene_id, request.clone(), model.as_deref())?;
                let summary = format!("{scene_id}: {} lines spoken", outcome.lines.len());
                made(summary, Some(in_scene(scene_id, &outcome.voice_wav)))
            }
            JobAsk::GenerateBed { scene_id, lane, prompt, model } => {
                let path = generator.bed(film, scene_id, *lane, prompt.as_deref(), model.as_deref())?;
                made(format!("{scene_id}: {path}"), Some(in_scene(scene_id, &path)))
            }
            JobAsk::LipSync { scene_id, shot_id, voice, model } => {
                let outcome = generator.lipsync(film, scene_id, shot_id, voice.as_deref(), model.as_deref())?;
                let (scene_id, shot_id) = &film.shot_now(scene_id, shot_id)?;
                let summary = format!("{scene_id}/{shot_id} plays {} ({})", outcome.take.take_id, outcome.model);
                made(summary, Some(in_scene(scene_id, &outcome.take.file_path)))
            }
            JobAsk::CompleteFilm => {
                generator.complete_film(film, &mut |part| slot.begin(&part.label, part.done, part.total))?;
                made("the film lacks nothing".to_owned(), None)
            }
            JobAsk::RenderScene { scene_id, options } => {
                rendered(&generator.render(film, &options.request(Some(scene_id.clone())))?)
            }
            JobAsk::RenderFilm { options } => rendered(&generator.render(film, &options.request(None))?),
            JobAsk::ConformFilm => {
                let (scenes, wrong) = generator.conform_film(film)?;
                let mut summary = format!("the takes of {scenes} scenes are ready");
                for problem in wrong {
                    summary.push_str(&format!("; {problem}"));
                }
                made(summary, None)
            }
            JobAsk::ExtractFrames { scene_id, shot_id } => {
                let (first, last) = generator.extract_frames(film, scene_id, shot_id)?;
                made(format!("{scene_id}/{shot_id}: {first}, {last}"), Some(in_scene(scene_id, &last)))
            }
            JobAsk::ImportClip { scene_id, place: ClipPlace::TakeOf(shot_id), path } => {
                let take = generator.adopt_clip(film, scene_id, shot_id, path)?;
                let summary = format!("{scene_id}/{shot_id} plays {}", take.take_id);
                made(summary, Some(in_scene(scene_id, &take.file_path)))
            }
            JobAsk::ImportClip { scene_id, place: ClipPlace::NewShot { index }, path } => {
                let new = generator.import_shot(film, scene_id, *index, path)?;
                let summary = format!("added {scene_id}/{}", new.shot_id);
                made(summary, Some(in_scene(scene_id, &new.take.file_path)))
            }
            JobAsk::ImportScreenplay { path } => {
                let (answer, notes) = import_screenplay(film, path, &Value::Null)?;
                film.save()?;
                let count = |field: &str| answer[field].as_array().map_or(0, Vec::len);
                let (scenes, people) = (count("scene_ids"), count("character_ids"));
                let mut summary = format!("imported {scenes} scenes and {people} characters");
                for note in &notes {
                    summary.push_str(&format!("\n{}: {note}", path.display()));
                }
                made(summary, None)
            }
            JobAsk::ImportAudio { scene_id, lane, offset_secs, path } => {
                let path = generator.import_audio(film, scene_id, *lane, *offset_secs, path)?;
                made(format!("{scene_id}: {path}"), Some(in_scene(scene_id, &path)))
            }
            JobAsk::ImportFrame { shots, end, path } => {
                import_frame(film, shots, *end, path)?;
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                made(format!("{file} is the {} of {}", end.words(), counted(shots.len())), None)
            }
            JobAsk::Audition { voice_id } => {
                let sound = generator.audition(film, voice_id)?;
                made(format!("{voice_id} speaks"), Some(sound))
            }
            JobAsk::SurveyCuts => {
                let cuts = survey_cuts(generator, film, &self.known_cuts, slot)?;
                Ok(Made { summary: format!("{} scenes looked at", cuts.len()), output: None, cuts: Some(cuts) })
            }
            JobAsk::Resume { job, word: JobsWord::Keep } => {
                let kept = generator.keep_job(film, &job.job_id, None)?;
                made(format!("{} is kept as {}", job.purpose, kept.display()), Some(kept))
            }
            JobAsk::Resume { job, word: JobsWord::Dismiss } => {
                let open = generator.resume(film, &job.job_id, JobsWord::Dismiss)?;
                made(format!("{} is let go; what it cost stays in the ledger", open.purpose), None)
            }
            JobAsk::Resume { job, word } => {
                let open = generator.resume(film, &job.job_id, *word)?;
                made(format!("{} is in the film", open.purpose), None)
            }
            JobAsk::SendAgain { job, then } => {
                // Found there after all, or brought by somebody else meanwhile, it is as good as sent.
                let open = match generator.resume(film, &job.job_id, JobsWord::OnceMore) {
                    Ok(open) => open,
                    Err(GenerationError::NoOpenJob(_)) if then.has_more() => job.clone(),
                    Err(error) => return Err(error),
                };
                if then.has_more() {
                    self.ask = (**then).clone();
                    return self.make();
                }
                made(format!("{} is in the film", open.purpose), None)
            }
        }
    }
}

fn counted(shots: usize) -> String {
    if shots == 1 { "a shot".to_owned() } else { format!("{shots} shots") }
}

fn rendered(report: &RenderReport) -> Result<Made, GenerationError> {
    let mut summary = format_clock(report.duration_secs);
    if report.up_to_date {
        summary.push_str(", up to date");
    } else {
        let segments = report.segments;
        summary.push_str(&format!(", {} segments copied, {} encoded", segments.copied, segments.encoded));
    }
    Ok(Made { summary, output: Some(report.output.clone()), cuts: None })
}
