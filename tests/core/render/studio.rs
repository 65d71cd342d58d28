//! A film made of generated clips, ready to render.

use crate::fixtures::ffmpeg;
use kinora_core::{
    conform::{self, ConformSpec, Work},
    film::{AudioLane, Film, FilmScene, FitMode, FrameSize, ProjectPath, Shot, VoiceLine},
    ids::{LineId, SceneId, ShotId},
    media::PictureFormat,
    progress::{CancelToken, NoProgress},
    render::{
        execute::{ExecuteError, RenderJob, RenderReport, execute},
        gather::{ClipFacts, MediaFacts, SoundFacts, gather},
        plan::{RenderPlan, SeamWindow},
        sound_files::conform_sound,
    },
    store::{Cache, hash_file},
    time::FrameRate,
};
use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
    process::Command,
};

/// A project folder with a film in memory. Media are conformed when they are asked for.
pub(super) struct Studio {
    folder: tempfile::TempDir,
    pub(super) film: Film,
    conformed: RefCell<HashMap<String, conform::Conformed>>,
}

impl Studio {
    pub(super) fn new(rate: &str) -> Self {
        let mut film = Film::default();
        film.metadata.title = "A Night in London".to_owned();
        film.metadata.rate = rate.parse().unwrap();
        film.metadata.size = FrameSize { width: 160, height: 90 };
        Self { folder: tempfile::tempdir().unwrap(), film, conformed: RefCell::default() }
    }

    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn rate(&self) -> FrameRate {
        self.film.metadata.rate
    }

    /// Adds a scene of clips, each made by FFmpeg from a picture source and perhaps a sound source.
    pub(super) fn scene(&mut self, clips: &[(&str, Option<&str>)]) -> usize {
        let number = self.film.scenes.len() + 1;
        let mut scene = FilmScene::new(SceneId::numbered(number), format!("Scene {number}"));
        let folder = self.scene_folder(&scene);
        std::fs::create_dir_all(folder.join("shots")).unwrap();
        std::fs::create_dir_all(folder.join("audio")).unwrap();
        self.film.metadata.scene_order.push(scene.scene_id.clone());
        for (index, (picture, sound)) in clips.iter().enumerate() {
            let mut shot = Shot::new(ShotId::numbered(index + 1), "", 1.0);
            shot.file_path = Some(ProjectPath::new(format!("shots/{}.mp4", shot.shot_id)).unwrap());
            scene.shots.push(shot);
            self.film.scenes.push(scene.clone());
            self.shoot(number - 1, index, picture, *sound);
            scene = self.film.scenes.pop().unwrap();
        }
        self.film.scenes.push(scene);
        number - 1
    }

    /// Makes the clip of a shot, again if it has one.
    pub(super) fn shoot(&self, scene: usize, shot: usize, picture: &str, sound: Option<&str>) {
        let scene = &self.film.scenes[scene];
        let mut arguments = vec!["-f", "lavfi", "-i", picture];
        if let Some(sound) = sound {
            arguments.extend(["-f", "lavfi", "-i", sound, "-c:a", "pcm_s16le", "-f", "mov"]);
        }
        arguments.extend(["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p"]);
        let name = format!("shots/{}.mp4", scene.shots[shot].shot_id);
        ffmpeg(&self.scene_folder(scene), &name, &arguments);
    }

    /// Gives a scene's lane a sound made by FFmpeg.
    pub(super) fn lane(&mut self, scene: usize, lane: AudioLane, source: &str) {
        let file = format!("audio/{}.wav", lane.as_str());
        ffmpeg(&self.scene_folder(&self.film.scenes[scene]), &file, &["-f", "lavfi", "-i", source, "-ar", "44100"]);
        *self.film.scenes[scene].audio_tracks.lane_mut(lane) = Some(ProjectPath::new(file).unwrap());
    }

    /// Lets someone speak at a shot.
    pub(super) fn line(&mut self, scene: usize, shot: usize, offset_secs: f64, source: &str) {
        let file = "audio/line_001.wav";
        ffmpeg(&self.scene_folder(&self.film.scenes[scene]), file, &["-f", "lavfi", "-i", source, "-ar", "24000"]);
        let line = serde_json::json!({
            "line_id": LineId::numbered(1).as_str(), "shot_id": ShotId::numbered(shot + 1).as_str(),
            "text": "…", "offset_secs": offset_secs, "file_path": file,
        });
        let line: VoiceLine = serde_json::from_value(line).unwrap();
        self.film.scenes[scene].voice_lines.push(line);
    }

    pub(super) fn scene_folder(&self, scene: &FilmScene) -> PathBuf {
        self.root().join("scenes").join(scene.scene_id.as_str())
    }

    /// The conformed take of a key.
    pub(super) fn conformed(&self, key: &str) -> conform::Conformed {
        self.conformed.borrow()[key].clone()
    }

    /// The job that renders the film, or one scene.
    pub(super) fn job(&self, only_scene: Option<usize>) -> RenderJob {
        let scene_id = only_scene.map(|index| self.film.scenes[index].scene_id.clone());
        let input = gather(&self.film, scene_id.as_ref(), self).unwrap();
        let output = match only_scene {
            Some(index) => self.scene_folder(&self.film.scenes[index]).join("scene_render.mp4"),
            None => self.root().join("film_render.mp4"),
        };
        let plan = RenderPlan::new(&input).unwrap();
        RenderJob { project_root: self.root().to_path_buf(), output, plan, delivery: None, cuts: Vec::new() }
    }

    /// Renders the film, or one scene.
    pub(super) fn render(&self, only_scene: Option<usize>) -> Result<(RenderJob, RenderReport), ExecuteError> {
        let job = self.job(only_scene);
        execute(&job, &CancelToken::default(), &NoProgress).map(|report| (job, report))
    }

    /// Half-written files anywhere in the project.
    pub(super) fn parts(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                match entry.path() {
                    path if path.is_dir() => walk(&path, found),
                    path if path.extension().is_some_and(|extension| extension == "part") => found.push(path),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        walk(self.root(), &mut found);
        found
    }
}

impl MediaFacts for Studio {
    fn seams(&self, _: &FilmScene) -> Vec<SeamWindow> {
        Vec::new()
    }

    fn clip(&self, scene: &FilmScene, shot: &Shot) -> Option<ClipFacts> {
        let take = shot.file_path.as_ref()?.under(&self.scene_folder(scene));
        let format = PictureFormat { size: self.film.metadata.size, rate: self.rate() };
        let spec = ConformSpec { format, fit: FitMode::Blur, optical_flow: false };
        let key = spec.key(&hash_file(&take).unwrap());
        let cache = Cache::open(self.root()).unwrap();
        let work = Work { cancel: &CancelToken::default(), progress: &|_| {} };
        let done = conform::conform(&take, &key, &spec, &cache, &work).unwrap();
        let conform_key = key.to_hex().to_string();
        let facts = ClipFacts { conform_key: conform_key.clone(), frames: done.frames, has_sound: done.has_sound };
        self.conformed.borrow_mut().insert(conform_key, done);
        Some(facts)
    }

    fn sound(&self, scene: &FilmScene, file: &ProjectPath) -> Option<SoundFacts> {
        let path = file.under(&self.scene_folder(scene));
        let hash = hash_file(&path).unwrap();
        let cache = Cache::open(self.root()).unwrap();
        let done = conform_sound(&path, &hash, &cache, &CancelToken::default()).unwrap();
        Some(SoundFacts {
            blake3: hash.to_hex().to_string(),
            length_samples: done.length_samples,
            speech_samples: done.speech_samples,
        })
    }
}

/// What another player sees: one hash a decoded frame, by the `ffmpeg` program.
pub(super) fn frame_hashes(file: &Path) -> Vec<String> {
    let text = ffmpeg_output(file, &["-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-"]);
    let text = String::from_utf8(text).unwrap();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.rsplit(", ").next().unwrap().to_owned())
        .collect()
}

/// Mean brightness of each frame, 0 to 255, by the `ffmpeg` program.
pub(super) fn brightness(file: &Path) -> Vec<f64> {
    let grey = ffmpeg_output(
        file,
        &["-map", "0:v", "-fps_mode", "passthrough", "-vf", "extractplanes=y", "-f", "rawvideo", "-"],
    );
    grey.chunks_exact(160 * 90)
        .map(|frame| frame.iter().map(|byte| f64::from(*byte)).sum::<f64>() / frame.len() as f64)
        .collect()
}

/// The sound as another player hears it, mono at 48 kHz, by the `ffmpeg` program.
pub(super) fn heard(file: &Path) -> Vec<f32> {
    let bytes = ffmpeg_output(file, &["-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "f32le", "-"]);
    bytes.chunks_exact(4).map(|raw| f32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]])).collect()
}

/// Loudness and true peak as `ffmpeg`'s own meter has them.
pub(super) fn loudness(file: &Path) -> (f64, f64) {
    let run = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-nostats", "-i"])
        .arg(file)
        .args(["-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    let summary = &text[text.rfind("Summary:").expect("ffmpeg measured the loudness")..];
    let after = |label: &str| {
        let rest = &summary[summary.find(label).unwrap() + label.len()..];
        rest.split_whitespace().next().unwrap().parse::<f64>().unwrap()
    };
    (after("I:"), after("Peak:"))
}

fn ffmpeg_output(file: &Path, arguments: &[&str]) -> Vec<u8> {
    let run = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-loglevel", "error", "-i"])
        .arg(file)
        .args(arguments)
        .output()
        .unwrap();
    assert!(run.status.success() && run.stderr.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
    run.stdout
}
