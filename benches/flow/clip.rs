//! A clip's frames, every second of them held back.

use crate::{Outcome, engines::Engine};
use kinora_core::{
    film::{FitMode, FrameSize},
    media::{PictureReader, PictureSpec, probe, to_planes},
    planes::YuvFrame,
    progress::CancelToken,
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

/// The files of a folder that a clip may be.
pub(crate) fn clips(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let named =
        |path: &PathBuf| path.extension().is_some_and(|ext| ["mp4", "mov", "mkv", "webm"].iter().any(|e| ext == *e));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        found.push(entry?.path());
    }
    found.retain(named);
    found.sort();
    Ok(found)
}

/// The frames of a clip.
pub(crate) struct Clip {
    pub(crate) name: String,
    pub(crate) frames: Vec<YuvFrame>,
}

impl Clip {
    /// Every frame at the clip's own size and rate.
    pub(crate) fn decode(path: &Path) -> Outcome<Self> {
        let picture = probe(path)?.picture.ok_or_else(|| format!("{} has no picture", path.display()))?;
        let size = FrameSize { width: picture.width_px & !1, height: picture.height_px & !1 };
        let spec = PictureSpec { size, rate: picture.rate, fit: FitMode::Crop, optical_flow: false, deep_color: false };
        let mut reader = PictureReader::open(path, &spec, &CancelToken::default())?;
        let mut frames = Vec::new();
        while let Some(picture) = reader.next_picture()? {
            frames.push(to_planes(&picture)?);
        }
        if frames.len() < 3 {
            return Err(format!("{} has fewer than three frames", path.display()).into());
        }
        let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(Self { name, frames })
    }

    pub(crate) fn width_px(&self) -> usize {
        self.frames[0].width_px()
    }

    pub(crate) fn height_px(&self) -> usize {
        self.frames[0].height_px()
    }

    /// The frames held back: those with a neighbour on either side that is not.
    pub(crate) fn held(&self) -> impl Iterator<Item = usize> {
        (1..self.frames.len() - 1).step_by(2)
    }

    /// Those of them that an engine makes.
    fn held_for(&self, engine: &Engine) -> Vec<usize> {
        let held: Vec<usize> = self.held().collect();
        let most = engine.most.unwrap_or(held.len()).min(held.len());
        (0..most).map(|place| held[place * held.len() / most]).collect()
    }

    /// PSNR of the luma of each frame and its mean, and the median time a frame takes on one thread and on all.
    pub(crate) fn measure(&self, engine: &Engine) -> Outcome<Value> {
        let cancel = CancelToken::default();
        let mut alone = (engine.make)(true);
        let (mut psnr_db, mut one_ms) = (Vec::new(), Vec::new());
        let held_frames = self.held_for(engine);
        for &held in &held_frames {
            // Two kept frames on either side: minterpolate looks at four, the others at the inner ones.
            let (first, last) = (if held > 2 { held - 3 } else { held - 1 }, (held + 3).min(self.frames.len() - 1));
            let around: Vec<_> = self.frames[first..=last].iter().step_by(2).cloned().collect();
            let instant = (held - first) as f64 / 2.0;
            let started = Instant::now();
            let made = alone.interpolate(&around, &[instant], &cancel)?;
            one_ms.push(started.elapsed().as_secs_f64() * 1e3);
            psnr_db.push(luma_psnr_db(&made[0], &self.frames[held]));
        }
        let mut together = (engine.make)(false);
        let mut all_ms = Vec::new();
        let kept: Vec<_> = self.frames.iter().step_by(2).cloned().collect();
        for part in kept.chunks(17).filter(|part| part.len() > 1 && engine.most.is_none()) {
            let instants: Vec<_> = (0..part.len() - 1).map(|first| first as f64 + 0.5).collect();
            let started = Instant::now();
            together.interpolate(part, &instants, &cancel)?;
            all_ms.push(started.elapsed().as_secs_f64() * 1e3 / instants.len() as f64);
        }
        let mean = psnr_db.iter().sum::<f64>() / psnr_db.len() as f64;
        Ok(json!({
            "clip": self.name, "engine": engine.name, "fingerprint": alone.fingerprint(), "psnr_db": mean,
            "held_frames": held_frames, "frame_psnr_db": psnr_db,
            "ms_one": median(&mut one_ms), "ms_all": median(&mut all_ms),
        }))
    }
}

fn luma_psnr_db(a: &YuvFrame, b: &YuvFrame) -> f64 {
    let pairs = a.luma.codes.iter().zip(&b.luma.codes);
    let squares: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    // Frames that are the same count as 100 dB.
    let mean = (squares as f64 / a.luma.codes.len() as f64).max(255.0 * 255.0 * 1e-10);
    10.0 * (255.0 * 255.0 / mean).log10()
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
