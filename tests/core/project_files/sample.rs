//! Films to test with, and a picture of a folder to tell whether anything in it changed.

use kinora_core::{
    film::{
        AspectRatio, AudioLane, Character, ContinuitySource, ExtraFields, Film, FilmScene, FitMode, ProjectPath,
        ReferenceMoment, Shot, SmoothMode, Take, TakeMedia, VoiceLine,
    },
    ids::{CharacterId, LineId, SceneId, ShotId, TakeId},
    time::FrameRate,
};
use std::{collections::BTreeMap, fs, path::Path};

pub(super) fn path(text: &str) -> ProjectPath {
    ProjectPath::new(text).unwrap()
}

/// A scene of `shots` shots, each with a take, frames and a line of dialogue; every kind of field is in use.
pub(super) fn scene(number: usize, shots: usize) -> FilmScene {
    let mut scene = FilmScene::new(SceneId::numbered(number), format!("Scene {number}"));
    scene.prompt = "London, 1816, candlelight".to_owned();
    scene.prompt_template = "Engraving. {prompt}".to_owned();
    for index in 1..=shots {
        let mut shot = Shot::new(ShotId::numbered(index), format!("Aubrey walks, take {index}"), 5.916_666_666_666_667);
        let clip = path(&format!("shots/{}.mp4", shot.shot_id));
        shot.file_path = Some(clip.clone());
        shot.first_frame_path = Some(path(&format!("frames/{}_first.png", shot.shot_id)));
        shot.last_frame_path = Some(path(&format!("frames/{}_last.png", shot.shot_id)));
        shot.character_ids = vec![CharacterId::new("char_ruthven").unwrap()];
        shot.aspect_ratio = Some(AspectRatio::WIDE);
        shot.seed = Some(u64::MAX - index as u64);
        shot.in_frame = 2;
        shot.out_frame = Some(100);
        shot.fit = Some(FitMode::Crop);
        shot.smooth = SmoothMode::Always;
        shot.gain_db = -3.1;
        shot.takes = vec![Take {
            take_id: TakeId::numbered(1),
            file_path: clip,
            model: "draft:previs".to_owned(),
            provider: "draft".to_owned(),
            prompt: "as sent".to_owned(),
            seed: Some(7),
            cost_usd: Some(0.1),
            created_at: "2025-01-31T12:00:00Z".to_owned(),
            blake3: blake3::hash(&index.to_le_bytes()).to_hex().to_string(),
            media: Some(TakeMedia {
                width: 1280,
                height: 720,
                rate: FrameRate::FPS_24,
                duration_secs: 6.0,
                has_audio: false,
                extra: ExtraFields::new(),
            }),
            pinned: index == 2,
            extra: ExtraFields::new(),
        }];
        if index > 1 {
            shot.continuity_source = Some(ContinuitySource {
                scene_id: scene.scene_id.clone(),
                shot_id: ShotId::numbered(index - 1),
                take_id: Some(TakeId::numbered(1)),
                take_blake3: String::new(),
                moment: ReferenceMoment::Frame(12),
                extra: ExtraFields::new(),
            });
        }
        scene.voice_lines.push(VoiceLine {
            line_id: LineId::numbered(index),
            shot_id: shot.shot_id.clone(),
            character_id: Some(CharacterId::new("char_ruthven").unwrap()),
            text: "“You are pale, my friend.”".to_owned(),
            parenthetical: "softly".to_owned(),
            offset_secs: 0.1 + index as f64 / 3.0,
            file_path: Some(path(&format!("audio/line_{index:03}.wav"))),
            duration_secs: 1.7,
            voice_id: "draft:baritone".to_owned(),
            extra: ExtraFields::new(),
        });
        scene.shots.push(shot);
    }
    *scene.audio_tracks.lane_mut(AudioLane::Music) = Some(path("audio/music.wav"));
    scene.audio_mix.music.gain_db = -8.5;
    scene.audio_mix.music.looped = true;
    scene
}

/// A film of scenes that all have as many shots.
pub(super) fn film(scenes: usize, shots: usize) -> Film {
    let mut film = Film::default();
    film.metadata.title = "The Vampyre".to_owned();
    film.metadata.rate = "23.976".parse().unwrap();
    film.characters = vec![Character {
        character_id: CharacterId::new("char_ruthven").unwrap(),
        name: "Lord Ruthven".to_owned(),
        portrait_paths: vec![path("portraits/ruthven_01.png")],
        voice_id: "draft:baritone".to_owned(),
        prompt_style_tokens: "pale, uncanny, aristocratic".to_owned(),
        extra: ExtraFields::new(),
    }];
    film.scenes = (1..=scenes).map(|number| scene(number, shots)).collect();
    film.metadata.scene_order = film.scenes.iter().map(|scene| scene.scene_id.clone()).collect();
    film
}

/// Every file under a folder with its bytes, links as the path they name; the lock apart, which opening writes.
pub(super) fn picture(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let name = entry.path().strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_symlink() {
                found.insert(name, fs::read_link(entry.path()).unwrap().to_string_lossy().into_owned().into_bytes());
            } else if kind.is_file() && name != ".kinora/lock" {
                found.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

/// Writes a file of a test's project, with its folders.
pub(super) fn put(root: &Path, file: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    kinora_core::store::write_atomic(&path, bytes.as_ref()).unwrap();
}

/// Changes one place of a JSON file; a pointer as in RFC 6901. `Value::Null` under a name not there adds null.
pub(super) fn edit(root: &Path, file: &str, pointer: &str, value: serde_json::Value) {
    let mut content: serde_json::Value = serde_json::from_slice(&fs::read(root.join(file)).unwrap()).unwrap();
    let (outer, name) = pointer.rsplit_once('/').unwrap_or(("", ""));
    match content.pointer_mut(outer).unwrap() {
        serde_json::Value::Object(members) => drop(members.insert(name.to_owned(), value)),
        serde_json::Value::Array(entries) => entries[name.parse::<usize>().unwrap()] = value,
        other => panic!("{file}{pointer} is inside {other}"),
    }
    put(root, file, serde_json::to_vec_pretty(&content).unwrap());
}

/// Removes one member of a JSON file.
pub(super) fn remove(root: &Path, file: &str, pointer: &str) {
    let mut content: serde_json::Value = serde_json::from_slice(&fs::read(root.join(file)).unwrap()).unwrap();
    let (outer, name) = pointer.rsplit_once('/').unwrap();
    content.pointer_mut(outer).unwrap().as_object_mut().unwrap().shift_remove(name).unwrap();
    put(root, file, serde_json::to_vec_pretty(&content).unwrap());
}

/// Makes every media file that a film names, so that a check has nothing to say.
pub(super) fn make_media(root: &Path, film: &Film) {
    for character in &film.characters {
        for portrait in &character.portrait_paths {
            put(root, portrait.as_str(), "portrait");
        }
    }
    for scene in &film.scenes {
        let folder = format!("scenes/{}", scene.scene_id);
        for shot in &scene.shots {
            for path in [&shot.first_frame_path, &shot.last_frame_path].into_iter().flatten() {
                put(root, &format!("{folder}/{path}"), "frame");
            }
            for take in &shot.takes {
                // What the take's blake3 says.
                put(root, &format!("{folder}/{}", take.file_path), shot.shot_id.number().unwrap().to_le_bytes());
            }
        }
        for line in scene.voice_lines.iter().filter_map(|line| line.file_path.as_ref()) {
            put(root, &format!("{folder}/{line}"), "line");
        }
        if let Some(path) = scene.audio_tracks.music.as_ref() {
            put(root, &format!("{folder}/{path}"), "music");
        }
    }
}
