//! Films to test with, and stores that keep what is saved in memory.

use kinora::document::{FilmChanges, FilmStore};
use kinora_core::{film::*, ids::*, time::FrameRate};
use serde_json::{Value, json};
use std::{
    error::Error,
    sync::{Arc, Mutex},
};

/// Unknown fields of some thing.
pub(crate) fn extra(name: &str) -> ExtraFields {
    let value = json!({ "from_the_future": { "name": name, "list": [1, 2.5, null] } });
    value.as_object().unwrap().clone()
}

/// A film that uses every field there is. The literals have no `..`, so a new field must be added here, and the round
/// trip then fails until the document knows it.
pub(crate) fn full_film() -> Film {
    let scene_ids: Vec<_> = (1..=3).map(SceneId::numbered).collect();
    Film {
        metadata: Metadata {
            schema_version: SCHEMA_VERSION,
            title: "The Vampyre".to_owned(),
            rate: FrameRate::FPS_25,
            size: FrameSize { width: 1280, height: 720 },
            scene_order: scene_ids.clone(),
            extra: extra("metadata"),
        },
        settings: Settings { default_voice: "draft:alto".to_owned(), extra: extra("settings"), ..Settings::default() },
        characters: vec![character("char_ruthven"), character("char_aubrey")],
        scenes: scene_ids.into_iter().map(full_scene).collect(),
    }
}

fn character(id: &str) -> Character {
    Character {
        character_id: CharacterId::new(id).unwrap(),
        name: id.to_owned(),
        portrait_paths: vec![ProjectPath::new("portraits/one.png").unwrap()],
        voice_id: "draft:baritone".to_owned(),
        prompt_style_tokens: "pale, uncanny".to_owned(),
        extra: extra(id),
    }
}

fn full_scene(scene_id: SceneId) -> FilmScene {
    let path = |text: &str| Some(ProjectPath::new(text).unwrap());
    let mix = |gain_db: f64| LaneMix {
        gain_db,
        mute: gain_db < -10.0,
        offset_secs: -1.5,
        fade_in_secs: 0.25,
        fade_out_secs: 2.0,
        looped: true,
        extra: extra("mix"),
    };
    FilmScene {
        title: format!("Title of {scene_id}"),
        prompt: "fog".to_owned(),
        prompt_template: "{scene}: {prompt}".to_owned(),
        shots: (1..=4).map(|number| full_shot(&scene_id, number)).collect(),
        audio_tracks: AudioTracks {
            voice: path("audio/voice.wav"),
            music: None,
            ambient: path("audio/ambient.wav"),
            extra: extra("tracks"),
        },
        audio_mix: LaneMixes { voice: mix(-1.0), music: mix(-12.0), ambient: mix(3.0), extra: extra("mixes") },
        voice_source: VoiceSource::File,
        voice_lines: vec![VoiceLine {
            line_id: LineId::numbered(1),
            shot_id: ShotId::numbered(2),
            character_id: Some(CharacterId::new("char_aubrey").unwrap()),
            text: "Who is he?".to_owned(),
            parenthetical: "whispering".to_owned(),
            offset_secs: 0.5,
            file_path: path("audio/line_001.wav"),
            duration_secs: 1.25,
            voice_id: "draft:alto".to_owned(),
            extra: extra("line"),
        }],
        extra: extra("scene"),
        scene_id,
    }
}

fn full_shot(scene_id: &SceneId, number: usize) -> Shot {
    let path = |text: String| ProjectPath::new(text).unwrap();
    let clip = path(format!("shots/shot_{number:03}.mp4"));
    Shot {
        shot_id: ShotId::numbered(number),
        prompt: format!("prompt {number}"),
        model: "draft:previs".to_owned(),
        duration: 4.5,
        file_path: Some(clip.clone()),
        first_frame_path: Some(path(format!("frames/shot_{number:03}_first.png"))),
        last_frame_path: Some(path(format!("frames/shot_{number:03}_last.png"))),
        continuity_source: (number == 2).then(|| ContinuitySource {
            scene_id: scene_id.clone(),
            shot_id: ShotId::numbered(1),
            take_id: Some(TakeId::numbered(1)),
            take_blake3: "ab".repeat(32),
            moment: ReferenceMoment::Frame(12),
            extra: extra("continuity"),
        }),
        reference_first_frame_path: Some(path("frames/ref.png".to_owned())),
        reference_last_frame_path: Some(path("frames/end.png".to_owned())),
        aspect_ratio: Some(AspectRatio { width: 4, height: 3 }),
        character_ids: vec![CharacterId::new("char_ruthven").unwrap(), CharacterId::new("char_aubrey").unwrap()],
        seed: Some(u64::MAX),
        in_frame: 3,
        out_frame: Some(90),
        fit: Some(FitMode::Crop),
        smooth: SmoothMode::Never,
        gain_db: -3.5,
        mute: true,
        takes: (1..=2)
            .map(|take| Take {
                take_id: TakeId::numbered(take),
                file_path: if take == 1 { clip.clone() } else { path(format!("shots/shot_{number:03}_take_002.mp4")) },
                model: "draft:previs".to_owned(),
                provider: "draft".to_owned(),
                prompt: "as sent".to_owned(),
                seed: Some(7),
                cost_usd: Some(0.25),
                created_at: "2026-01-02T03:04:05Z".to_owned(),
                blake3: "cd".repeat(32),
                media: Some(TakeMedia {
                    width: 1280,
                    height: 720,
                    rate: FrameRate::FPS_24,
                    duration_secs: 4.5,
                    has_audio: true,
                    extra: extra("media"),
                }),
                pinned: number == 4,
                extra: extra("take"),
            })
            .collect(),
        extra: extra("shot"),
    }
}

/// The film without the numbers that must not be given again: undo takes everything back but those.
pub(crate) fn without_used_numbers(mut film: Film) -> Film {
    film.metadata.extra.shift_remove("used_numbers");
    for scene in &mut film.scenes {
        scene.extra.shift_remove("used_numbers");
        for shot in &mut scene.shots {
            shot.extra.shift_remove("used_numbers");
        }
    }
    film
}

/// Keeps every save, or refuses them all.
#[derive(Clone, Default)]
pub(crate) struct MemoryStore {
    pub(crate) saves: Arc<Mutex<Vec<FilmChanges>>>,
    pub(crate) brought: Arc<Mutex<Vec<FileCopy>>>,
    pub(crate) refuse: Arc<Mutex<bool>>,
}

impl FilmStore for MemoryStore {
    fn save(&mut self, changes: &FilmChanges) -> Result<(), Box<dyn Error + Send + Sync>> {
        if *self.refuse.lock().unwrap() {
            return Err("the disk is full".into());
        }
        self.saves.lock().unwrap().push(changes.clone());
        Ok(())
    }

    fn bring_files(&mut self, files: &[FileCopy]) -> Result<(), Box<dyn Error + Send + Sync>> {
        if *self.refuse.lock().unwrap() {
            return Err("the disk is full".into());
        }
        self.brought.lock().unwrap().extend_from_slice(files);
        Ok(())
    }
}

/// The names of the files in a save.
pub(crate) fn names(changes: &FilmChanges) -> Vec<String> {
    let mut names: Vec<String> = changes.scenes.iter().map(|scene| scene.scene_id.to_string()).collect();
    names.extend(changes.removed.iter().map(|id| format!("-{id}")));
    names.extend(changes.characters.is_some().then(|| "characters".to_owned()));
    names.extend(changes.settings.is_some().then(|| "settings".to_owned()));
    names.extend(changes.metadata.is_some().then(|| "metadata".to_owned()));
    names
}

/// A field of an operator's answer as text.
pub(crate) fn answered(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap_or_else(|| panic!("{answer} has no {field}")).to_owned()
}
