use super::*;
use crate::sound::{CEILING_DBFS, RATE_HZ, integrated_lufs, peak_dbfs};
use std::ops::ControlFlow;

fn piece(prompt: &str, secs: f64, seed: u64) -> Sound {
    compose(prompt, secs, seed, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// Energy below and above a frequency, as a ratio in decibels.
fn low_to_high_db(sound: &Sound, hz: f32) -> f32 {
    let energy = |shape: Shape| {
        let sound = filtered(sound.clone(), &[shape]);
        sound.left.iter().map(|sample| f64::from(sample * sample)).sum::<f64>()
    };
    (10.0 * (energy(Shape::LowPass(hz)) / energy(Shape::HighPass(hz)).max(1e-12)).log10()) as f32
}

#[test]
fn every_length_is_exact_level_and_ends_in_silence() {
    for (prompt, secs) in [
        ("tense strings", 20.0),
        ("sorrowful piano", 33.37),
        ("warm", 12.0),
        ("triumphant march", 25.0),
        ("mysterious", 18.5),
        ("playful", 15.0),
        ("", 10.0),
        ("calm", 1.0),
        ("tense", 0.5),
        ("tense", 6.1),
    ] {
        let sound = piece(prompt, secs, 3);
        assert_eq!(sound.len(), samples_of(secs), "{prompt} {secs}");
        assert!(sound.left.iter().chain(&sound.right).all(|sample| sample.is_finite()), "{prompt}");
        assert!(peak_dbfs(&sound) <= CEILING_DBFS + 0.01, "{prompt}: {} dBFS", peak_dbfs(&sound));
        assert!(sound.left[0].abs() < 0.001 && sound.left[sound.len() - 1].abs() < 0.001, "{prompt} clicks");
        if secs >= 6.0 {
            let lufs = integrated_lufs(&sound).unwrap().unwrap();
            assert!((lufs - MUSIC_LUFS).abs() < 1.0, "{prompt}: {lufs} LUFS");
            let loud_seconds =
                sound.left.chunks(RATE_HZ).filter(|second| second.iter().any(|sample| sample.abs() > 0.003)).count();
            assert!(loud_seconds + 2 >= secs as usize, "{prompt} falls silent: {loud_seconds} of {secs}");
        }
    }
}

#[test]
fn a_seed_gives_one_piece_and_another_seed_another() {
    assert_eq!(piece("warm", 12.0, 5), piece("warm", 12.0, 5));
    assert_ne!(piece("warm", 12.0, 5), piece("warm", 12.0, 6));
}

#[test]
fn moods_are_told_apart_by_their_words_and_by_their_sound() {
    for (prompt, name) in [
        ("A tense, ominous bed", "tense"),
        ("Gothic dread under a storm", "tense"),
        ("a mournful farewell", "sorrowful"),
        ("tender and hopeful", "warm"),
        ("a heroic fanfare of victory", "triumphant"),
        ("curious mystery in the fog", "mysterious"),
        ("light comedy, playful", "playful"),
        ("", "calm"),
        ("zzz", "calm"),
        ("uplifting piece for a kitten", "calm"),
    ] {
        assert_eq!(mood::mood_of(prompt).name, name, "{prompt}");
    }
    let (tense, playful) = (piece("tense", 20.0, 1), piece("playful", 20.0, 1));
    let (dark, light) = (low_to_high_db(&tense, 500.0), low_to_high_db(&playful, 500.0));
    assert!(dark > light + 3.0, "tense {dark} dB, playful {light} dB");
}

#[test]
fn both_sides_differ_but_agree() {
    let sound = piece("warm", 15.0, 2);
    let product = |one: &[f32], two: &[f32]| one.iter().zip(two).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    let (left, right) = (&sound.left, &sound.right);
    let correlation = product(left, right) / (product(left, left) * product(right, right)).sqrt();
    assert!((0.1..0.98).contains(&correlation), "{correlation}");
}

#[test]
fn nothing_jumps_between_two_samples() {
    for prompt in ["tense", "playful", "triumphant"] {
        let sound = piece(prompt, 15.0, 4);
        let loudest = sound.left.iter().fold(0.0_f32, |highest, sample| highest.max(sample.abs()));
        let step = sound.left.windows(2).fold(0.0_f32, |highest, pair| highest.max((pair[1] - pair[0]).abs()));
        assert!(step < loudest * 0.35, "{prompt}: a step of {step} below a peak of {loudest}");
    }
}

#[test]
fn a_cancelled_piece_stops() {
    let answer = compose("warm", 30.0, 1, &mut |share| {
        if share > 0.2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(answer, Err(DraftError::Cancelled)));
}
