//! The sound of a render: opening what the plan names, finding the level, and listening to the result.

use super::{ExecuteError, Run, Step};
use crate::{
    media::{PictureCodec, SoundReader},
    render::{
        level,
        loudness::{CODEC_HEADROOM_DB, LoudMixer, Loudness, LoudnessMeter, LoudnessPlan, normalise_plan},
        mix::{MixError, Mixer, StereoStream},
        plan::LoudnessGoal,
        sound_files,
    },
    time::SAMPLE_RATE_HZ,
};
use std::{path::Path, sync::Arc};

/// Times a file is written before a peak that the sound's encoding raised over the limit is let be.
pub(super) const MOST_ATTEMPTS: u32 = 3;

/// The finished sound of the plan, from its start.
pub(super) fn open_sound<'a>(
    run: &Run<'a>,
    level: &LoudnessPlan,
) -> Result<LoudMixer<Box<dyn StereoStream + 'a>>, ExecuteError> {
    Ok(LoudMixer::new(Box::new(mixer(run, Arc::new(run.job.plan.audio.clone()))), level))
}

fn mixer<'a>(run: &Run<'a>, plan: Arc<crate::render::mix::MixPlan>) -> Mixer<'a> {
    let run = *run;
    Mixer::new(plan, move |sound| sound_files::open_sound(run.cache, sound))
}

/// The gain and limit that bring the plan's sound to a goal: remembered under what they depend on.
pub(super) fn find_level(run: &Run<'_>, goal: LoudnessGoal) -> Result<LoudnessPlan, ExecuteError> {
    let is_lossy = run.job.delivery.as_ref().is_none_or(|delivery| delivery.codec != PictureCodec::ProRes);
    let limit_dbtp = goal.limit_dbtp - if is_lossy { CODEC_HEADROOM_DB } else { 0.0 };
    let plan = Arc::new(run.job.plan.audio.clone());
    if let Some(known) = level::find(run.cache, &plan, goal.target_lufs, limit_dbtp) {
        level::note_last(run.cache, goal, &known)?;
        return Ok(known);
    }
    let open = || Ok(Told { inner: mixer(run, Arc::clone(&plan)), run, samples: 0, told_samples: 0 });
    let found = normalise_plan(open, goal.target_lufs, limit_dbtp, run.cancel)?;
    level::remember(run.cache, &plan, goal.target_lufs, limit_dbtp, &found)?;
    level::note_last(run.cache, goal, &found)?;
    Ok(found)
}

/// A sound that reports how far it was heard.
struct Told<'a, S> {
    inner: S,
    run: &'a Run<'a>,
    samples: u64,
    told_samples: u64,
}

impl<S: StereoStream> StereoStream for Told<'_, S> {
    fn read(&mut self, stereo: &mut [f32]) -> Result<usize, MixError> {
        let count = self.inner.read(stereo)?;
        self.samples += count as u64;
        if self.samples - self.told_samples >= u64::from(SAMPLE_RATE_HZ) {
            self.told_samples = self.samples;
            let secs = self.samples as f64 / f64::from(SAMPLE_RATE_HZ);
            self.run.report("measuring loudness", Step::Sound, self.run.job.plan.rate.secs_to_frames(secs));
        }
        Ok(count)
    }
}

/// Loudness of a file as a listener gets it: decoded again.
pub(super) fn measure_file(run: &Run<'_>, path: &Path) -> Result<Loudness, ExecuteError> {
    let mut reader = SoundReader::open(path)?;
    let mut meter = LoudnessMeter::new()?;
    let mut block = vec![0.0_f32; 2 * SAMPLE_RATE_HZ as usize];
    loop {
        run.cancel.check()?;
        let count = reader.read(&mut block)?;
        if count == 0 {
            return Ok(meter.loudness()?);
        }
        meter.add(&block[..count * 2])?;
        run.report("listening to the result", Step::Write, run.job.plan.total_frames);
    }
}
