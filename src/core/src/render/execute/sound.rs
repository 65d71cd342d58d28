//! The sound of a render: opening what the plan names, finding the level, and listening to the result.

use super::{ExecuteError, Run, Step, encode::parse_key};
use crate::{
    conform,
    media::{AAC_BITRATE_BPS, PictureCodec, SoundReader},
    render::{
        loudness::{CODEC_HEADROOM_DB, LoudMixer, Loudness, LoudnessMeter, LoudnessPlan, normalise_plan},
        mix::{MixError, Mixer, SampleSource, SoundRef, StereoStream, WavSource},
        plan::{LoudnessGoal, content_hash},
        sound_files,
    },
    store::write_atomic,
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
    Mixer::new(plan, move |sound| open_source(&run, sound))
}

fn open_source(run: &Run<'_>, sound: &SoundRef) -> Result<Box<dyn SampleSource>, MixError> {
    let found = match sound {
        SoundRef::Clip { conform_key } => parse_key("conformed take", conform_key)
            .ok()
            .and_then(|key| conform::find(run.cache, &key))
            .map(|conformed| conformed.sound),
        SoundRef::File { blake3 } => parse_key("sound", blake3)
            .ok()
            .and_then(|hash| sound_files::find_sound(run.cache, &hash))
            .map(|conformed| conformed.wav),
    };
    let path = found.ok_or_else(|| MixError::Missing {
        sound: match sound {
            SoundRef::Clip { conform_key } => conform_key.clone(),
            SoundRef::File { blake3 } => blake3.clone(),
        },
    })?;
    Ok(Box::new(WavSource::open(&path)?))
}

/// The gain and limit that bring the plan's sound to a goal: remembered under what they depend on.
pub(super) fn find_level(run: &Run<'_>, goal: LoudnessGoal) -> Result<LoudnessPlan, ExecuteError> {
    let is_lossy = run.job.delivery.as_ref().is_none_or(|delivery| delivery.codec != PictureCodec::ProRes);
    let limit_dbtp = goal.limit_dbtp - if is_lossy { CODEC_HEADROOM_DB } else { 0.0 };
    let plan = Arc::new(run.job.plan.audio.clone());
    let key = content_hash("level", &(plan.hash(), goal.target_lufs, limit_dbtp, AAC_BITRATE_BPS));
    let key = parse_key("level", &key)?;
    let remembered = run.cache.get(&key, "json").and_then(|path| std::fs::read(path).ok());
    if let Some(level) = remembered.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        return Ok(level);
    }
    let open = || Ok(Told { inner: mixer(run, Arc::clone(&plan)), run, samples: 0, told_samples: 0 });
    let level = normalise_plan(open, goal.target_lufs, limit_dbtp, run.cancel)?;
    if let Ok(bytes) = serde_json::to_vec(&level) {
        let place = run.cache.reserve(&key, "json")?;
        write_atomic(place.final_path(), &bytes)?;
    }
    Ok(level)
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
