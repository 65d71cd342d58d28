//! Tests of the mixer against a mix computed sample by sample.

use super::{
    DuckCurve, FadeSpan, MixClip, MixError, MixPlan, Mixer, Repeat, SampleSource, SceneMix, SoundRef, StereoStream,
};
use crate::render::plan::FadeDirection;
use proptest::prelude::*;
use std::{
    cell::Cell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A sound whose every sample is told by its name and place.
struct Named {
    seed: u64,
    length_samples: u64,
    open: Arc<AtomicUsize>,
}

fn named_sample(seed: u64, length_samples: u64, sample: u64) -> [f32; 2] {
    if sample >= length_samples {
        return [0.0; 2];
    }
    let value = ((sample * 31 + seed * 17) % 101) as f32 / 101.0 - 0.3;
    [value, -0.5 * value]
}

impl SampleSource for Named {
    fn length_samples(&self) -> u64 {
        self.length_samples
    }
    fn read_at(&mut self, start_sample: u64, stereo: &mut [f32]) -> Result<(), MixError> {
        for (index, frame) in stereo.chunks_exact_mut(2).enumerate() {
            frame.copy_from_slice(&named_sample(self.seed, self.length_samples, start_sample + index as u64));
        }
        Ok(())
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

fn sound(seed: u64, length_samples: u64) -> SoundRef {
    SoundRef::File { blake3: format!("{seed} {length_samples}") }
}

fn seed_and_length(sound: &SoundRef) -> (u64, u64) {
    let SoundRef::File { blake3 } = sound else { panic!("{sound:?}") };
    let (seed, length) = blake3.split_once(' ').unwrap();
    (seed.parse().unwrap(), length.parse().unwrap())
}

fn clip(seed: u64, start_sample: u64, length_samples: u64) -> MixClip {
    MixClip {
        sound: sound(seed, length_samples),
        start_sample,
        source_start_sample: 0,
        length_samples,
        gain_db: 0.0,
        ducked: false,
        repeat: None,
        fades: Vec::new(),
    }
}

/// Mixes a plan in blocks and gives the sound and the most sources that were open between two blocks.
fn mixed(plan: &MixPlan, block: usize) -> (Vec<f32>, usize) {
    let open = Arc::new(AtomicUsize::new(0));
    let mut mixer = Mixer::new(Arc::new(plan.clone()), |sound| {
        let (seed, length_samples) = seed_and_length(sound);
        open.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(Named { seed, length_samples, open: Arc::clone(&open) }))
    });
    let (mut heard, mut part, mut most_open) = (Vec::new(), vec![9.0; block * 2], 0);
    loop {
        let count = mixer.read(&mut part).unwrap();
        if count == 0 {
            break;
        }
        heard.extend_from_slice(&part[..count * 2]);
        most_open = most_open.max(open.load(Ordering::Relaxed));
    }
    drop(mixer);
    assert_eq!(open.load(Ordering::Relaxed), 0);
    (heard, most_open)
}

/// One sample of a clip as the documentation of the plan says it.
fn clip_sample(clip: &MixClip, sample: u64) -> [f64; 2] {
    let (seed, length) = seed_and_length(&clip.sound);
    let at = clip.source_start_sample + (sample - clip.start_sample);
    let read = |place| named_sample(seed, length, place).map(f64::from);
    let Some(Repeat { period_samples, crossfade_samples }) = clip.repeat else { return read(at) };
    let (round, into) = (at / period_samples, at % period_samples);
    if round == 0 || into >= crossfade_samples {
        return read(into);
    }
    let angle = (into as f64 + 0.5) / crossfade_samples as f64 * std::f64::consts::FRAC_PI_2;
    let (starting, ending) = (read(into), read(into + period_samples));
    [0, 1].map(|channel| starting[channel] * angle.sin() + ending[channel] * angle.cos())
}

fn check(plan: &MixPlan, block: usize) {
    let (heard, _) = mixed(plan, block);
    assert_eq!(heard.len() as u64 / 2, plan.total_samples());
    let mut frames = heard.chunks_exact(2);
    for scene in &plan.scenes {
        for sample in 0..scene.length_samples {
            let mut expected = [0.0_f64; 2];
            for clip in scene.clips.iter().filter(|clip| (clip.start_sample..clip.end_sample()).contains(&sample)) {
                let mut gain = 10.0_f64.powf(clip.gain_db / 20.0);
                gain *= clip.fades.iter().map(|fade| f64::from(fade.gain_at(sample))).product::<f64>();
                if clip.ducked {
                    gain *= 10.0_f64.powf(scene.duck.gain_db_at(sample) / 20.0);
                }
                let values = clip_sample(clip, sample);
                expected[0] += values[0] * gain;
                expected[1] += values[1] * gain;
            }
            let fade = scene.fades.iter().map(|fade| f64::from(fade.gain_at(sample))).product::<f64>();
            let found = frames.next().unwrap();
            for channel in 0..2 {
                let expected = expected[channel] * fade;
                assert!((f64::from(found[channel]) - expected).abs() < 1e-4, "sample {sample}: {found:?}, {expected}");
            }
        }
    }
}

fn any_fade(length: u64) -> impl Strategy<Value = FadeSpan> {
    (0..length, 0..length, any::<bool>()).prop_map(|(start_sample, length_samples, up)| FadeSpan {
        start_sample,
        length_samples,
        direction: if up { FadeDirection::In } else { FadeDirection::Out },
    })
}

fn any_clip() -> impl Strategy<Value = MixClip> {
    let repeat = prop::option::of((1..700_u64).prop_flat_map(|period| (Just(period), 0..=period)));
    let place = (0..9_000_u64, 0..3_000_u64, 1..12_000_u64, 1..5_000_u64);
    (place, any::<u64>(), -20.0..12.0_f64, any::<bool>(), repeat, prop::collection::vec(any_fade(9_000), 0..3))
        .prop_map(
            |(
                (start_sample, source_start_sample, length_samples, file_samples),
                seed,
                gain_db,
                ducked,
                repeat,
                fades,
            )| MixClip {
                sound: sound(seed % 1_000, file_samples),
                start_sample,
                source_start_sample,
                length_samples,
                gain_db,
                ducked,
                repeat: repeat.map(|(period_samples, crossfade_samples)| Repeat { period_samples, crossfade_samples }),
                fades,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_mix_sounds_as_its_plan_says_in_blocks_of_any_length(
        scenes in prop::collection::vec(
            (0..9_000_u64, prop::collection::vec(any_clip(), 0..6), 0..9_000_u64, prop::option::of(any_fade(9_000))),
            0..3,
        ),
        block in 1..6_000_usize,
    ) {
        let scenes = scenes
            .into_iter()
            .map(|(length_samples, mut clips, speech, fade)| {
                clips.sort_by_key(|clip| clip.start_sample);
                let duck = DuckCurve::under_speech(std::slice::from_ref(&(speech..speech + 500)), 9.0);
                SceneMix { length_samples, clips, duck, fades: fade.into_iter().collect() }
            })
            .collect();
        check(&MixPlan { scenes }, block);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_place_sounds_as_if_played_up_to_it(
        scenes in prop::collection::vec((1..6_000_u64, prop::collection::vec(any_clip(), 0..6)), 1..4),
        places in prop::collection::vec((0.0..1.1_f64, 1..900_usize), 1..8),
    ) {
        let scenes: Vec<_> = scenes
            .into_iter()
            .map(|(length_samples, mut clips)| {
                clips.sort_by_key(|clip| clip.start_sample);
                let duck = DuckCurve::under_speech(std::slice::from_ref(&(500..900)), 9.0);
                SceneMix { length_samples, clips, duck, fades: Vec::new() }
            })
            .collect();
        let plan = MixPlan { scenes };
        let (whole, _) = mixed(&plan, 1_000);
        let mut mixer = Mixer::new(Arc::new(plan.clone()), |sound| {
            let (seed, length_samples) = seed_and_length(sound);
            Ok(Box::new(Named { seed, length_samples, open: Arc::new(AtomicUsize::new(1_000_000)) }))
        });
        for (share, count) in places {
            let start = (plan.total_samples() as f64 * share) as usize;
            mixer.seek(start as u64);
            let mut part = vec![9.0; count * 2];
            let got = mixer.read(&mut part).unwrap();
            let expected = &whole[(start * 2).min(whole.len())..((start + count) * 2).min(whole.len())];
            prop_assert_eq!(&part[..got * 2], expected, "from sample {}", start);
        }
    }
}

#[test]
fn ten_thousand_clips_hold_few_files_open() {
    let in_a_row: Vec<_> = (0..10_000).map(|index| clip(index, index * 100, 150)).collect();
    let at_once: Vec<_> = (0..500).map(|index| clip(index, 0, 20_000)).collect();
    let scene = |length_samples, clips| SceneMix { length_samples, clips, ..SceneMix::default() };
    let plan = MixPlan { scenes: vec![scene(1_000_050, in_a_row), scene(20_000, at_once)] };
    let (heard, most_open) = mixed(&plan, 4_096);
    assert_eq!(heard.len(), 2 * 1_020_050);
    assert!((1..=64).contains(&most_open), "{most_open} files were open at once");
    let expected: f32 = (0..500).map(|index| named_sample(index, 20_000, 12_345)[0]).sum();
    assert!((heard[2 * (1_000_050 + 12_345)] - expected).abs() < 1e-2);
}

#[test]
fn a_sound_is_asked_for_when_it_is_first_heard_and_its_error_is_handed_on() {
    let asked = Rc::new(Cell::new(0));
    let counter = Rc::clone(&asked);
    let scene = SceneMix { length_samples: 10_000, clips: vec![clip(1, 8_000, 100)], ..SceneMix::default() };
    let mut mixer = Mixer::new(Arc::new(MixPlan { scenes: vec![scene] }), move |sound| {
        counter.set(counter.get() + 1);
        Err(MixError::Missing { sound: format!("{sound:?}") })
    });
    let mut part = [0.0; 2 * 1_000];
    for _ in 0..8 {
        assert_eq!(mixer.read(&mut part).unwrap(), 1_000);
    }
    assert_eq!(asked.get(), 0);
    assert!(matches!(mixer.read(&mut part), Err(MixError::Missing { .. })));
    assert_eq!(asked.get(), 1);
}
