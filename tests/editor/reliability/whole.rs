//! Whether a project is whole, as other programs see it.

use super::process::{answer, words};
use kinora_core::{conform, store::Cache};
use serde_json::Value;
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Looks at files; what it saw whole once it does not decode again.
#[derive(Default)]
pub(super) struct Judge {
    /// Frames of clips by the hash of their bytes.
    frames: HashMap<blake3::Hash, u64>,
}

impl Judge {
    /// The project opens, its files agree, and every file under a final name is whole.
    pub(super) fn look(&mut self, project: &Path) {
        let scenes = answer(project, &words("scene", "list", &[]));
        assert!(scenes["scenes"].is_array(), "{scenes}");
        let report = answer(project, &(vec!["check"], vec!["--no-media".to_owned()]));
        assert_eq!(report["counts"]["errors"], 0, "{report}");
        for file in files(project).iter().filter(|file| !is_part(file)) {
            match file.extension().and_then(|extension| extension.to_str()) {
                Some("mp4") => assert!(self.decoded_frames(file) > 0, "{} is empty", file.display()),
                Some("wav") => assert_whole_wav(file),
                Some("png") => {
                    let picture = image::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
                    assert!(picture.width() > 0);
                }
                Some("json") => drop(json(file)),
                _ => {}
            }
        }
        self.look_into_cache(project);
    }

    /// What the cache would give away is what it says it is.
    fn look_into_cache(&mut self, project: &Path) {
        if !project.join(".kinora/cache").is_dir() {
            return;
        }
        let cache = Cache::open(project).unwrap();
        for file in files(cache.folder()) {
            let Ok(key) = blake3::Hash::from_hex(file.file_stem().unwrap().to_string_lossy().as_bytes()) else {
                continue;
            };
            let is_facts = file.extension().is_some_and(|extension| extension == "json");
            if let (true, Some(found)) = (is_facts, conform::find(&cache, &key)) {
                assert_eq!(self.decoded_frames(&found.video), found.frames, "{}", found.video.display());
            }
        }
    }

    /// Frames of a clip that decodes to its end without a word from `ffmpeg`, and holds as many as it says.
    fn decoded_frames(&mut self, clip: &Path) -> u64 {
        let hash = blake3::hash(&fs::read(clip).unwrap());
        if let Some(frames) = self.frames.get(&hash) {
            return *frames;
        }
        let decode = Command::new("ffmpeg")
            .args(["-hide_banner", "-nostdin", "-v", "error", "-i"])
            .arg(clip)
            .args(["-f", "null", "-"])
            .output()
            .expect("ffmpeg is installed by `make setup`");
        let said = String::from_utf8_lossy(&decode.stderr);
        assert!(decode.status.success() && said.is_empty(), "{}: {said}", clip.display());
        let probe = Command::new("ffprobe")
            .args(["-v", "error", "-count_frames", "-select_streams", "v:0", "-of", "json"])
            .args(["-show_entries", "stream=nb_frames,nb_read_frames"])
            .arg(clip)
            .output()
            .expect("ffprobe is installed by `make setup`");
        let probed: Value = serde_json::from_slice(&probe.stdout).unwrap();
        let stream = &probed["streams"][0];
        assert_eq!(stream["nb_frames"], stream["nb_read_frames"], "{}", clip.display());
        let frames = stream["nb_read_frames"].as_str().unwrap().parse().unwrap();
        self.frames.insert(hash, frames);
        frames
    }
}

/// A WAV file is as long as its header says.
fn assert_whole_wav(file: &Path) {
    let bytes = fs::read(file).unwrap();
    assert!(bytes.len() > 44 && bytes.starts_with(b"RIFF"), "{} is no WAV file", file.display());
    let said = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
    assert_eq!(said + 8, bytes.len(), "{}", file.display());
}

/// A JSON file that parses.
pub(super) fn json(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Every file of a folder and of the folders in it.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Files that were begun and not finished.
pub(super) fn parts(project: &Path) -> Vec<PathBuf> {
    files(project).into_iter().filter(|file| is_part(file)).collect()
}

fn is_part(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "part")
}

/// Copies a project with everything in it.
pub(super) fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, target).unwrap();
    }
}
