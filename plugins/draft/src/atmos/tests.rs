use super::*;
use crate::sound::{CEILING_DBFS, RATE_HZ, Shape, filtered, integrated_lufs, peak_dbfs};
use std::ops::ControlFlow;

fn bed(prompt: &str, secs: f64, seed: u64) -> Sound {
    ambience(prompt, Some(secs), false, seed, &mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn every_layer_is_exact_in_length_and_level_and_never_broken() {
    for (prompt, lufs) in [
        ("soft rain", AMBIENCE_LUFS),
        ("a gale on the moor", AMBIENCE_LUFS),
        ("storm with distant thunder", AMBIENCE_LUFS),
        ("waves on the shore", AMBIENCE_LUFS),
        ("crackling fire", AMBIENCE_LUFS),
        ("crowd murmur", AMBIENCE_LUFS),
        ("night crickets", AMBIENCE_LUFS),
        ("forest with birds", AMBIENCE_LUFS),
        ("city street", AMBIENCE_LUFS),
        ("room tone", ROOM_TONE_LUFS),
        ("knock on a door", EFFECT_LUFS),
        ("footsteps", EFFECT_LUFS),
        ("church bell", EFFECT_LUFS),
        ("a crack of thunder", EFFECT_LUFS),
        ("heartbeat", EFFECT_LUFS),
        ("ticking clock", EFFECT_LUFS),
        ("horse and carriage", EFFECT_LUFS),
        ("whoosh", EFFECT_LUFS),
        ("door slams", EFFECT_LUFS),
    ] {
        let sound = bed(prompt, 7.25, 2);
        assert_eq!(sound.len(), samples_of(7.25), "{prompt}");
        assert!(sound.left.iter().chain(&sound.right).all(|sample| sample.is_finite()), "{prompt}");
        assert!(peak_dbfs(&sound) <= CEILING_DBFS + 0.01, "{prompt}: {} dBFS", peak_dbfs(&sound));
        let measured = integrated_lufs(&sound).unwrap().unwrap();
        // A single blow cannot be loud on the whole without being limited; it may stay below.
        assert!(measured < lufs + 1.0 && measured > lufs - 6.0, "{prompt}: {measured} LUFS, not {lufs}");
    }
}

#[test]
fn beds_have_no_silent_second_and_loop_without_a_jump() {
    for prompt in ["rain", "wind", "sea", "fire", "night", "forest", "city", "crowd", "room", "storm"] {
        let sound = bed(prompt, 10.0, 9);
        let loudest = sound.left.iter().fold(0.0_f32, |highest, sample| highest.max(sample.abs()));
        for (second, samples) in sound.left.chunks(RATE_HZ).enumerate() {
            let rms = (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt();
            assert!(rms > loudest * 0.001, "{prompt} is silent in second {second}");
        }
        let steps =
            |samples: &[f32]| samples.windows(2).fold(0.0_f32, |highest, pair| highest.max((pair[1] - pair[0]).abs()));
        let seam = (sound.left[0] - sound.left[sound.len() - 1]).abs();
        assert!(seam <= steps(&sound.left) * 1.01, "{prompt} jumps by {seam} where it loops");
    }
}

#[test]
fn a_seed_gives_one_bed_and_another_seed_another() {
    assert_eq!(bed("storm", 5.0, 1), bed("storm", 5.0, 1));
    assert_ne!(bed("storm", 5.0, 1), bed("storm", 5.0, 2));
}

#[test]
fn words_call_for_layers() {
    for (prompt, layers) in [
        ("Rain on a London street at night", vec![Layer::Rain, Layer::City, Layer::Night]),
        ("a storm, heavy rain", vec![Layer::HeavyRain, Layer::Wind, Layer::Thunder]),
        ("distant thunder", vec![Layer::Thunder]),
        ("a clap of thunder", vec![Layer::ThunderClap]),
        ("an inn", vec![Layer::Crowd]),
        ("inner peace, search, wavering", vec![Layer::RoomTone]),
        ("", vec![Layer::RoomTone]),
        ("fireplace in a quiet room", vec![Layer::Fire]),
    ] {
        assert_eq!(layers_of(prompt), layers, "{prompt}");
    }
}

#[test]
fn rain_is_brighter_than_wind() {
    let high_share = |sound: Sound| {
        let all: f32 = sound.left.iter().map(|sample| sample * sample).sum();
        let high: f32 = filtered(sound, &[Shape::HighPass(1500.0)]).left.iter().map(|sample| sample * sample).sum();
        high / all
    };
    let (rain, wind) = (high_share(bed("rain", 6.0, 1)), high_share(bed("wind", 6.0, 1)));
    assert!(rain > 0.2 && wind < 0.1, "rain {rain}, wind {wind}");
}
