//! Streams a [`MixPlan`].

use super::{
    MixClip, MixError, MixPlan, Repeat, SampleSource, SceneMix, SoundRef, StereoStream,
    envelope::{db_to_factor, equal_power},
};
use std::sync::Arc;

/// Finds and opens a sound of the plan.
pub type OpenSound<'a> = dyn FnMut(&SoundRef) -> Result<Box<dyn SampleSource>, MixError> + 'a;

/// Sounds held open from one block to the next. More may play at once; they are then opened anew for each block.
const MOST_OPEN: usize = 48;
/// Length of the blocks in which it works, in samples.
const BLOCK_SAMPLES: usize = 4_096;

/// The sound of a plan, in order, in constant memory.
///
/// A sound is opened when it is first heard and closed after its last sample.
pub struct Mixer<'a> {
    plan: Arc<MixPlan>,
    open_sound: Box<OpenSound<'a>>,
    scene_index: usize,
    /// Where in the scene the next block starts.
    position_sample: u64,
    /// The first clip of the scene that has not started yet.
    next_clip: usize,
    playing: Vec<Playing>,
    clip_block: Vec<f32>,
    overlap_block: Vec<f32>,
}

/// A clip that is heard now.
struct Playing {
    clip_index: usize,
    source: Option<Box<dyn SampleSource>>,
}

impl<'a> Mixer<'a> {
    /// Streams a plan from its start. `open_sound` is asked for each sound when it is first heard.
    pub fn new(
        plan: Arc<MixPlan>,
        open_sound: impl FnMut(&SoundRef) -> Result<Box<dyn SampleSource>, MixError> + 'a,
    ) -> Self {
        Self {
            plan,
            open_sound: Box::new(open_sound),
            scene_index: 0,
            position_sample: 0,
            next_clip: 0,
            playing: Vec::new(),
            clip_block: Vec::new(),
            overlap_block: Vec::new(),
        }
    }

    /// Goes on from a sample of the plan: from there it plays what it would have played had it come there by itself.
    /// Past the end there is nothing left to play.
    pub fn seek(&mut self, sample: u64) {
        let plan = Arc::clone(&self.plan);
        let (mut scene_index, mut position_sample) = (0, sample);
        while let Some(scene) = plan.scenes.get(scene_index).filter(|scene| scene.length_samples <= position_sample) {
            position_sample -= scene.length_samples;
            scene_index += 1;
        }
        // Sounds are read at any place, so what is open in this scene stays open.
        let is_same = scene_index == self.scene_index;
        let mut open = std::mem::take(&mut self.playing);
        open.retain(|playing| is_same && playing.source.is_some());
        (self.scene_index, self.position_sample, self.next_clip) = (scene_index, position_sample, 0);
        let Some(scene) = plan.scenes.get(scene_index) else { return };
        self.next_clip = scene.clips.partition_point(|clip| clip.start_sample < position_sample);
        let heard = (0..self.next_clip).filter(|index| scene.clips[*index].end_sample() > position_sample);
        self.playing = heard
            .map(|clip_index| {
                let found = open.iter().position(|playing| playing.clip_index == clip_index);
                found.map_or(Playing { clip_index, source: None }, |index| open.swap_remove(index))
            })
            .collect();
    }

    /// Mixes one block, which lies within one scene.
    fn mix_block(&mut self, scene: &SceneMix, stereo: &mut [f32]) -> Result<(), MixError> {
        let start = self.position_sample;
        let end = start + stereo.len() as u64 / 2;
        stereo.fill(0.0);
        while scene.clips.get(self.next_clip).is_some_and(|clip| clip.start_sample < end) {
            self.playing.push(Playing { clip_index: self.next_clip, source: None });
            self.next_clip += 1;
        }
        let mut held_open = 0;
        for playing in &mut self.playing {
            let clip = &scene.clips[playing.clip_index];
            let from = clip.start_sample.max(start);
            let to = clip.end_sample().min(end);
            if from >= to {
                continue;
            }
            let source = match &mut playing.source {
                Some(source) => source,
                empty => empty.insert((self.open_sound)(&clip.sound)?),
            };
            self.clip_block.resize((to - from) as usize * 2, 0.0);
            read_clip(clip, from - clip.start_sample, &mut **source, &mut self.clip_block, &mut self.overlap_block)?;
            for fade in &clip.fades {
                fade.apply(from, &mut self.clip_block);
            }
            if clip.ducked {
                scene.duck.apply(from, &mut self.clip_block);
            }
            let gain = db_to_factor(clip.gain_db) as f32;
            let heard = &mut stereo[(from - start) as usize * 2..(to - start) as usize * 2];
            for (sum, sample) in heard.iter_mut().zip(&self.clip_block) {
                *sum += sample * gain;
            }
            held_open += 1;
            if held_open > MOST_OPEN {
                playing.source = None;
            }
        }
        self.playing.retain(|playing| scene.clips[playing.clip_index].end_sample() > end);
        for fade in &scene.fades {
            fade.apply(start, stereo);
        }
        Ok(())
    }
}

impl StereoStream for Mixer<'_> {
    fn read(&mut self, stereo: &mut [f32]) -> Result<usize, MixError> {
        let plan = Arc::clone(&self.plan);
        let wanted = stereo.len() / 2;
        let mut done = 0;
        while done < wanted {
            let Some(scene) = plan.scenes.get(self.scene_index) else { break };
            let left = scene.length_samples.saturating_sub(self.position_sample);
            if left == 0 {
                self.scene_index += 1;
                (self.position_sample, self.next_clip) = (0, 0);
                self.playing.clear();
                continue;
            }
            let count = (wanted - done).min(BLOCK_SAMPLES).min(usize::try_from(left).unwrap_or(usize::MAX));
            self.mix_block(scene, &mut stereo[done * 2..(done + count) * 2])?;
            self.position_sample += count as u64;
            done += count;
        }
        Ok(done)
    }
}

/// Reads `block` of a clip, from `into_clip` samples after its start.
fn read_clip(
    clip: &MixClip,
    into_clip: u64,
    source: &mut dyn SampleSource,
    block: &mut [f32],
    overlap_block: &mut Vec<f32>,
) -> Result<(), MixError> {
    let into_source = clip.source_start_sample + into_clip;
    let Some(Repeat { period_samples, crossfade_samples }) = clip.repeat else {
        return source.read_at(into_source, block);
    };
    let period = period_samples.max(1);
    let mut done = 0;
    while done * 2 < block.len() {
        let at = into_source + done as u64;
        let (round, into_round) = (at / period, at % period);
        // A stretch lies either in a crossfade or between two.
        let in_crossfade = round > 0 && into_round < crossfade_samples;
        let stretch_end = if in_crossfade { crossfade_samples.min(period) } else { period };
        let count = ((stretch_end - into_round) as usize).min(block.len() / 2 - done);
        let stretch = &mut block[done * 2..(done + count) * 2];
        source.read_at(into_round, stretch)?;
        if in_crossfade {
            // The end of the round before lies one period further on in the file.
            overlap_block.resize(count * 2, 0.0);
            source.read_at(into_round + period, overlap_block)?;
            let frames = stretch.chunks_exact_mut(2).zip(overlap_block.chunks_exact(2));
            for (index, (frame, ending)) in frames.enumerate() {
                let share = ((into_round + index as u64) as f64 + 0.5) / crossfade_samples as f64;
                let (up, down) = (equal_power(share), equal_power(1.0 - share));
                frame[0] = frame[0] * up + ending[0] * down;
                frame[1] = frame[1] * up + ending[1] * down;
            }
        }
        done += count;
    }
    Ok(())
}
