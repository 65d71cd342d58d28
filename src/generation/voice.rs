//! The voice of one shot as a file: its spoken lines, each at its time.

use super::{GenerationError, files::SceneFiles};
use kinora_core::{
    film::{FilmScene, ProjectFolder},
    ids::ShotId,
    media::SoundReader,
    progress::CancelToken,
    render::{
        mix::{MixError, StereoStream},
        voice_lane::write_voice_lane,
    },
    store::StoreError,
    time::SAMPLE_RATE_HZ,
};
use std::path::PathBuf;

/// Longest voice of one shot, in seconds: what is mixed is held in memory.
const LONGEST_SECS: f64 = 900.0;

/// The voice of a shot. One line that starts with the shot is its own file; others are mixed into one under
/// `.kinora/jobs`.
pub(super) fn shot_voice(
    folder: &ProjectFolder,
    scene: &FilmScene,
    shot_id: &ShotId,
) -> Result<PathBuf, GenerationError> {
    let files = SceneFiles::new(folder, &scene.scene_id);
    let lines = scene.voice_lines.iter().filter(|line| line.shot_id == *shot_id);
    let spoken: Vec<_> = lines.filter_map(|line| Some((line, line.file_path.as_ref()?))).collect();
    if spoken.is_empty() {
        return Err(GenerationError::NoVoice(format!("{}/{shot_id}", scene.scene_id)));
    }
    let mut mixed: Vec<f32> = Vec::new();
    for (line, file) in spoken {
        let start_secs = line.offset_secs.clamp(0.0, LONGEST_SECS);
        let mut at = (start_secs * f64::from(SAMPLE_RATE_HZ)).round() as usize * 2;
        let mut reader = SoundReader::open(&files.path(file)?)?;
        let mut block = vec![0.0; 2 * 4_096];
        loop {
            let samples = reader.read(&mut block)? * 2;
            if samples == 0 || at as f64 > LONGEST_SECS * 2.0 * f64::from(SAMPLE_RATE_HZ) {
                break;
            }
            mixed.resize(mixed.len().max(at + samples), 0.0);
            for (sum, sample) in mixed[at..].iter_mut().zip(&block[..samples]) {
                *sum += sample;
            }
            at += samples;
        }
    }
    let jobs = folder.jobs_dir();
    std::fs::create_dir_all(&jobs).map_err(|source| StoreError::from_io("make", &jobs, source))?;
    let path = jobs.join(format!("{}_{shot_id}_voice.wav", scene.scene_id));
    let written = write_voice_lane(&mut Mixed { mixed, read: 0 }, &path, &CancelToken::default());
    written.map_err(|error| StoreError::from_io("write", &path, std::io::Error::other(error)))?;
    Ok(path)
}

struct Mixed {
    mixed: Vec<f32>,
    read: usize,
}

impl StereoStream for Mixed {
    fn read(&mut self, stereo: &mut [f32]) -> Result<usize, MixError> {
        let count = stereo.len().min(self.mixed.len() - self.read) / 2 * 2;
        stereo[..count].copy_from_slice(&self.mixed[self.read..self.read + count]);
        self.read += count;
        Ok(count / 2)
    }
}
