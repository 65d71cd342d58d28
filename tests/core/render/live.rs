//! Playback hears what a render writes.

use super::studio::Studio;
use kinora_core::{
    film::{AudioLane, ProjectLayout},
    media::SoundReader,
    preview::FilmMap,
    render::{
        live::{LiveFilm, LiveMedia},
        mix::SoundRef,
    },
};
use std::sync::Arc;

/// Two scenes with own sound, a spoken line, music that goes round, and room tone.
fn film() -> Studio {
    let mut studio = Studio::new("24");
    let tone = |hz: u32| format!("sine=frequency={hz}:sample_rate=48000:duration=1");
    let picture = "testsrc2=size=160x90:rate=24:duration=1";
    studio.scene(&[(picture, Some(&tone(440))), (picture, None), (picture, Some(&tone(880)))]);
    studio.scene(&[(picture, Some(&tone(330))), (picture, Some(&tone(660)))]);
    studio.line(0, 1, 0.25, "sine=frequency=220:duration=0.6");
    studio.lane(0, AudioLane::Music, "sine=frequency=110:duration=1.3");
    studio.lane(1, AudioLane::Ambient, "anoisesrc=amplitude=0.05:seed=3:duration=5");
    // The studio conforms without it.
    studio.film.settings.enable_optical_flow = false;
    studio.film.scenes[0].audio_mix.music.looped = true;
    studio.film.scenes[1].shots[1].gain_db = -6.0;
    studio
}

fn live(studio: &Studio) -> LiveFilm {
    let layout = ProjectLayout::new(studio.root());
    LiveFilm {
        metadata: studio.film.metadata.clone(),
        settings: studio.film.settings.clone(),
        scenes: studio.film.scenes.iter().cloned().map(Arc::new).collect(),
        map: Arc::new(FilmMap::of_film(&studio.film, &layout)),
    }
}

#[test]
fn playback_mixes_what_a_render_mixes_and_as_loud() {
    let studio = film();
    let planned = studio.job(None).plan.audio;
    let mut media = LiveMedia::open(&ProjectLayout::new(studio.root())).unwrap();
    let before = media.sound_of(&live(&studio));
    assert_eq!(*before.mix, planned);
    assert_eq!((before.level.gain_db, before.problems.len(), before.to_conform.len()), (0.0, 0, 0));

    let (_, report) = studio.render(None).unwrap();
    let sound = media.sound_of(&live(&studio));
    assert!(sound.level.gain_db != 0.0, "the render's level is known now: {:?}", sound.level);
    let mut player = media.player(&sound);
    let mut heard = vec![0.0; player.total_samples() as usize * 2];
    player.read_at(0, &mut heard).unwrap();
    let mut rendered = vec![0.0; heard.len()];
    let mut reader = SoundReader::open(&report.output).unwrap();
    assert_eq!(reader.read(&mut rendered).unwrap() * 2, heard.len());
    let power = |sound: &mut dyn Iterator<Item = f32>| sound.map(|sample| f64::from(sample).powi(2)).sum::<f64>();
    let loud = power(&mut rendered.iter().copied());
    let error = power(&mut heard.iter().zip(&rendered).map(|(heard, rendered)| heard - rendered));
    let error_db = 10.0 * (error / loud).log10();
    assert!(error_db < -25.0, "what is heard differs from the render by {error_db:.1} dB");
    assert!(player.take_problems().is_empty());

    // Any place is the same place, up to what the limiter knows of before.
    for start in [1, 47_999, 100_001, 150_000] {
        let mut part = vec![0.0; 2 * 6_000];
        player.read_at(start, &mut part).unwrap();
        let expected = &heard[start as usize * 2..][..part.len()];
        let worst = part.iter().zip(expected).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
        assert!(worst < 0.02, "from sample {start} on it differs by {worst}");
    }
}

#[test]
fn what_is_missing_is_silent_in_its_own_place_and_named() {
    let mut studio = film();
    let conformed = studio.job(None).plan.audio;
    // A shot without a take in the middle of the first scene takes its second all the same.
    studio.film.scenes[0].shots[1].file_path = None;
    let mut media = LiveMedia::open(&ProjectLayout::new(studio.root())).unwrap();
    let sound = media.sound_of(&live(&studio));
    assert_eq!(sound.mix.total_samples(), conformed.total_samples());
    let own = |mix: &kinora_core::render::mix::MixPlan| {
        let clips = mix.scenes[0].clips.iter();
        let own = clips.filter(|clip| matches!(clip.sound, SoundRef::Clip { .. }));
        own.map(|clip| (clip.start_sample, clip.length_samples)).collect::<Vec<_>>()
    };
    assert_eq!(own(&sound.mix), own(&conformed));

    // A sound that goes while it plays is silent from then on, and named once.
    let mut player = media.player(&sound);
    let cache = studio.root().join(".kinora/cache");
    let mut left: Vec<_> = vec![cache];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                left.push(entry);
            } else if entry.extension().is_some_and(|end| end == "wav") {
                std::fs::remove_file(entry).unwrap();
            }
        }
    }
    let mut heard = vec![1.0; 2 * 48_000];
    player.read_at(0, &mut heard).unwrap();
    assert!(heard.iter().all(|sample| *sample == 0.0));
    let problems = player.take_problems();
    assert!(!problems.is_empty() && problems.iter().all(|problem| problem.contains("is not in the cache")));

    // A file that is not there and one that is not conformed.
    std::fs::remove_file(studio.scene_folder(&studio.film.scenes[0]).join("audio/music.wav")).unwrap();
    let sound = LiveMedia::open(&ProjectLayout::new(studio.root())).unwrap().sound_of(&live(&studio));
    assert!(sound.problems.iter().any(|problem| problem.contains("music.wav")), "{:?}", sound.problems);
    assert!(sound.to_conform.iter().any(|(path, _)| path.ends_with("audio/ambient.wav")), "{:?}", sound.to_conform);
    assert_eq!(sound.mix.total_samples(), conformed.total_samples());
}
