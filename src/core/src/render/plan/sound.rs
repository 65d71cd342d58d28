//! The sound of a plan: shots' own sound, speech, score and room tone, each where it belongs.

use super::{FadeDirection, LaneInput, PlacedShot, PlanError, PlanInput, PlanNote, SceneInput, VoiceInput, video};
use crate::{
    film::{AudioLane, LaneMix},
    render::mix::{DuckCurve, FadeSpan, MixClip, MixPlan, Repeat, SceneMix, SoundRef},
    time::{FrameRate, SAMPLE_RATE_HZ, secs_to_samples},
};
use std::ops::Range;

/// Every clip's edges are softened by 5 ms: a cut inside a wave is a click.
const EDGE_SAMPLES: u64 = 240;
/// Score that the end of the scene cuts off fades out over 2 s when its maker set no fade, room tone over 0.5 s.
const MUSIC_END_SAMPLES: u64 = 96_000;
const AMBIENT_END_SAMPLES: u64 = 24_000;
/// Rounds of a looped file overlap by 1 s, or a quarter of a short file.
const LOOP_CROSSFADE_SAMPLES: u64 = 48_000;
/// A file shorter than 100 ms is played once: going round in it would be a tone.
const SHORTEST_LOOP_SAMPLES: u64 = 4_800;
/// Below this gain nothing is heard.
const SILENT_DB: f64 = -96.0;
const LOUDEST_DB: f64 = 36.0;

/// Appends a scene's sound to the plan, and what its maker should know about it.
pub(super) fn plan_scene(
    input: &PlanInput,
    scene: &SceneInput,
    placed: &[PlacedShot],
    fade_frames: u64,
    audio: &mut MixPlan,
    notes: &mut Vec<PlanNote>,
) {
    let clock = SceneClock::new(input.rate, placed);
    let mut clips = shot_clips(scene, placed, &clock);
    let mut speech = Vec::new();
    match &scene.voice {
        VoiceInput::Lines { lines: _, mix } => {
            for mut clip in line_clips(scene, placed, &clock, mix.offset_secs, notes) {
                let Some(gain_db) = audible_gain(mix.gain_db, mix.mute) else { continue };
                clip.gain_db = gain_db;
                let fade_out = whole_fade(mix.fade_out_secs).min(clock.length_samples);
                clip.fades.extend(fade(FadeDirection::In, 0, whole_fade(mix.fade_in_secs)));
                clip.fades.extend(fade(FadeDirection::Out, clock.length_samples - fade_out, fade_out));
                speech.push(clip.start_sample..clip.end_sample());
                clips.push(clip);
            }
        }
        VoiceInput::File { lane, speech_samples } => {
            if let Some(clip) = lane_clip(AudioLane::Voice, lane, clock.length_samples) {
                speech.extend(heard_speech(&clip, speech_samples));
                clips.push(clip);
            }
        }
    }
    for (lane, file) in [(AudioLane::Music, &scene.music), (AudioLane::Ambient, &scene.ambient)] {
        clips.extend(file.as_ref().and_then(|file| lane_clip(lane, file, clock.length_samples)));
    }
    clips.sort_by_key(|clip| clip.start_sample);

    let fade_in = clock.sample(fade_frames);
    let fade_out_start = clock.sample(clock.length_frames - fade_frames);
    let mut fades = fade(FadeDirection::In, 0, fade_in);
    if fade_frames > 0 {
        fades.extend(fade(FadeDirection::Out, fade_out_start, clock.length_samples - fade_out_start));
    }
    let duck_db = if input.duck_db.is_finite() { input.duck_db.clamp(0.0, -SILENT_DB) } else { 0.0 };
    let duck = if clips.iter().any(|clip| clip.ducked) {
        DuckCurve::under_speech(&speech, duck_db)
    } else {
        DuckCurve::default()
    };
    audio.scenes.push(SceneMix { length_samples: clock.length_samples, clips, duck, fades });
}

/// The sound of a render without its picture: the mix that [`super::RenderPlan::new`] plans, empty for a film that
/// shows nothing.
///
/// # Errors
/// [`PlanError::EmptyShot`] when a shot shows no frame.
pub fn sound_mix(input: &PlanInput) -> Result<MixPlan, PlanError> {
    let (mut audio, mut start_frame) = (MixPlan::default(), 0);
    for scene in &input.scenes {
        let placed = video::place_shots(scene, start_frame)?;
        let scene_frames: u64 = placed.iter().map(PlacedShot::frame_count).sum();
        if scene_frames > 0 {
            plan_scene(input, scene, &placed, input.fade_frames(scene_frames), &mut audio, &mut Vec::new());
        }
        start_frame += scene_frames;
    }
    Ok(audio)
}

/// The lines of dialogue of a scene alone, as spoken, for `audio/voice.wav`: how the lane is mixed is not part of it.
///
/// # Errors
/// [`PlanError`] when a shot shows no frame.
pub fn voice_lines_mix(rate: FrameRate, scene: &SceneInput) -> Result<MixPlan, PlanError> {
    let placed = video::place_shots(scene, 0)?;
    let clock = SceneClock::new(rate, &placed);
    let mut clips = line_clips(scene, &placed, &clock, 0.0, &mut Vec::new());
    clips.sort_by_key(|clip| clip.start_sample);
    Ok(MixPlan { scenes: vec![SceneMix { length_samples: clock.length_samples, clips, ..SceneMix::default() }] })
}

/// From frames of a scene to samples of it.
struct SceneClock {
    rate: FrameRate,
    start_frame: u64,
    length_frames: u64,
    length_samples: u64,
}

impl SceneClock {
    fn new(rate: FrameRate, placed: &[PlacedShot]) -> Self {
        let start_frame = placed.first().map_or(0, |shot| shot.film_start_frame);
        let length_frames = placed.iter().map(PlacedShot::frame_count).sum();
        // Measured on the film's clock, so that scenes of a fractional rate never drift from their pictures.
        let length_samples = rate.frame_to_sample(start_frame + length_frames) - rate.frame_to_sample(start_frame);
        Self { rate, start_frame, length_frames, length_samples }
    }

    fn sample(&self, scene_frame: u64) -> u64 {
        if scene_frame >= self.length_frames {
            return self.length_samples;
        }
        self.rate.frame_to_sample(scene_frame).min(self.length_samples)
    }

    fn shot_samples(&self, shot: &PlacedShot) -> Range<u64> {
        let first = shot.film_start_frame - self.start_frame;
        self.sample(first)..self.sample(first + shot.frame_count())
    }
}

fn shot_clips(scene: &SceneInput, placed: &[PlacedShot], clock: &SceneClock) -> Vec<MixClip> {
    let mut clips: Vec<MixClip> = Vec::new();
    // The end of the last clip, if the next shot may carry straight on from it.
    let mut carries_on: Option<(&PlacedShot, f64)> = None;
    for (shot, place) in scene.shots.iter().zip(placed) {
        let span = clock.shot_samples(place);
        let gain_db = audible_gain(shot.gain_db, shot.mute).filter(|_| shot.has_audio && !span.is_empty());
        let Some(gain_db) = gain_db else {
            carries_on = None;
            continue;
        };
        let straight_on = carries_on.is_some_and(|(last, last_gain_db)| {
            last.conform_key == place.conform_key
                && last.source_frames.end == place.source_frames.start
                && last_gain_db == gain_db
        });
        carries_on = Some((place, gain_db));
        match clips.last_mut() {
            // A take that was only split sounds on across the cut as if it were whole.
            Some(last) if straight_on => last.length_samples = span.end - last.start_sample,
            _ => clips.push(MixClip {
                sound: SoundRef::Clip { conform_key: place.conform_key.clone() },
                start_sample: span.start,
                source_start_sample: clock.rate.frame_to_sample(place.source_frames.start),
                length_samples: span.end - span.start,
                gain_db,
                ducked: false,
                repeat: None,
                fades: Vec::new(),
            }),
        }
    }
    for clip in &mut clips {
        clip.fades = edges(clip);
    }
    clips
}

fn line_clips(
    scene: &SceneInput,
    placed: &[PlacedShot],
    clock: &SceneClock,
    lane_offset_secs: f64,
    notes: &mut Vec<PlanNote>,
) -> Vec<MixClip> {
    let VoiceInput::Lines { lines, .. } = &scene.voice else { return Vec::new() };
    let mut clips = Vec::new();
    for line in lines {
        let Some(shot) = placed.iter().find(|shot| shot.shot_id == line.shot_id) else {
            notes.push(PlanNote::LineWithoutShot {
                scene_id: scene.scene_id.clone(),
                line_id: line.line_id.clone(),
                shot_id: line.shot_id.clone(),
            });
            continue;
        };
        let start = clock.shot_samples(shot).start as i64
            + secs_to_samples(line.offset_secs)
            + secs_to_samples(lane_offset_secs);
        // A line that would begin before its scene begins with it: no word is lost.
        let start_sample = (start.max(0) as u64).min(clock.length_samples);
        let length_samples = line.length_samples.min(clock.length_samples - start_sample);
        if length_samples < line.length_samples {
            notes.push(PlanNote::LineCut {
                scene_id: scene.scene_id.clone(),
                line_id: line.line_id.clone(),
                lost_secs: (line.length_samples - length_samples) as f64 / f64::from(SAMPLE_RATE_HZ),
            });
        }
        if length_samples == 0 {
            continue;
        }
        let mut clip = MixClip {
            sound: SoundRef::File { blake3: line.blake3.clone() },
            start_sample,
            source_start_sample: 0,
            length_samples,
            gain_db: 0.0,
            ducked: false,
            repeat: None,
            fades: Vec::new(),
        };
        clip.fades = edges(&clip);
        clips.push(clip);
    }
    clips
}

/// A lane's file in a scene of `scene_samples`, if any of it is heard.
fn lane_clip(lane: AudioLane, file: &LaneInput, scene_samples: u64) -> Option<MixClip> {
    let LaneMix { offset_secs, fade_in_secs, fade_out_secs, looped, .. } = file.mix;
    let gain_db = audible_gain(file.mix.gain_db, file.mix.mute)?;
    let offset = secs_to_samples(offset_secs);
    let start_sample = offset.max(0) as u64;
    let room_samples = scene_samples.checked_sub(start_sample)?;
    let mut source_start_sample = offset.min(0).unsigned_abs();
    let left_in_file = file.length_samples.saturating_sub(source_start_sample);
    let repeat = (looped && left_in_file < room_samples && file.length_samples >= SHORTEST_LOOP_SAMPLES).then(|| {
        let crossfade_samples = LOOP_CROSSFADE_SAMPLES.min(file.length_samples / 4);
        Repeat { period_samples: file.length_samples - crossfade_samples, crossfade_samples }
    });
    let available = if let Some(repeat) = repeat {
        source_start_sample %= repeat.period_samples;
        u64::MAX
    } else {
        left_in_file
    };
    let length_samples = room_samples.min(available);
    if length_samples == 0 {
        return None;
    }
    let end_sample = start_sample + length_samples;
    let cut_off_samples = match lane {
        _ if length_samples == available => EDGE_SAMPLES,
        AudioLane::Voice => EDGE_SAMPLES,
        AudioLane::Music => MUSIC_END_SAMPLES.min(length_samples / 3),
        AudioLane::Ambient => AMBIENT_END_SAMPLES.min(length_samples / 3),
    };
    let fade_in = whole_fade(fade_in_secs).max(EDGE_SAMPLES).min(length_samples);
    let fade_out = match whole_fade(fade_out_secs) {
        0 => cut_off_samples,
        set => set.max(EDGE_SAMPLES),
    }
    .min(length_samples);
    let mut fades = fade(FadeDirection::In, start_sample, fade_in);
    fades.extend(fade(FadeDirection::Out, end_sample - fade_out, fade_out));
    Some(MixClip {
        sound: SoundRef::File { blake3: file.blake3.clone() },
        start_sample,
        source_start_sample,
        length_samples,
        gain_db,
        ducked: lane != AudioLane::Voice,
        repeat,
        fades,
    })
}

/// Speech of a voice file, moved to where its clip plays it.
fn heard_speech(clip: &MixClip, speech_samples: &[Range<u64>]) -> Vec<Range<u64>> {
    if clip.repeat.is_some() {
        // A voice file that goes round is a bed of voices: the score stays back under all of it.
        return std::iter::once(clip.start_sample..clip.end_sample()).collect();
    }
    let source_end = clip.source_start_sample + clip.length_samples;
    let to_scene =
        |sample: u64| sample.clamp(clip.source_start_sample, source_end) - clip.source_start_sample + clip.start_sample;
    speech_samples.iter().map(|span| to_scene(span.start)..to_scene(span.end)).filter(|span| !span.is_empty()).collect()
}

/// Gain within what makes sense, or none if it is not heard.
fn audible_gain(gain_db: f64, mute: bool) -> Option<f64> {
    // Adding 0 turns -0 into 0, so that both hash the same.
    let gain_db = if gain_db.is_nan() { 0.0 } else { gain_db.min(LOUDEST_DB) + 0.0 };
    (!mute && gain_db > SILENT_DB).then_some(gain_db)
}

fn whole_fade(secs: f64) -> u64 {
    secs_to_samples(secs).max(0) as u64
}

fn fade(direction: FadeDirection, start_sample: u64, length_samples: u64) -> Vec<FadeSpan> {
    if length_samples == 0 { Vec::new() } else { vec![FadeSpan { start_sample, length_samples, direction }] }
}

fn edges(clip: &MixClip) -> Vec<FadeSpan> {
    let length_samples = EDGE_SAMPLES.min(clip.length_samples / 2);
    let mut fades = fade(FadeDirection::In, clip.start_sample, length_samples);
    fades.extend(fade(FadeDirection::Out, clip.end_sample() - length_samples, length_samples));
    fades
}
