//! What a model does to the frame it was given: encode it again, rescale, crop, shift its light.

use crate::sources::{decode, text};
use kinora_core::planes::YuvFrame;
use std::{
    error::Error,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

/// Frames of the clip that is encoded for each reference; the first is what counts.
pub(crate) const CLIP_FRAMES: usize = 3;

/// One thing done to the frames: a name for the table, filters, and the quality of the encoder.
pub(crate) struct Treatment {
    pub(crate) kind: &'static str,
    filters: String,
    crf: u32,
}

/// All treatments for a clip of this size; amounts vary with the seed.
pub(crate) fn treatments(seed: u64, width_px: usize, height_px: usize) -> Vec<Treatment> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut either = move |least: f64, most: f64| {
        let amount = least + (most - least) * random.f64();
        (if random.bool() { amount } else { -amount }, random.f64(), random.f64())
    };
    let half = format!("scale=trunc(iw/4)*2:trunc(ih/4)*2:flags=bicubic,scale={width_px}:{height_px}:flags=bicubic");
    let gain = |amount: f64| {
        let chroma = format!("128+(val-128)*{:.4}", 1.0 + amount);
        format!("lutyuv=y='clip(16+(val-16)*{:.4},0,255)':u='{chroma}':v='{chroma}'", 1.0 + amount)
    };
    let brightness = |codes: f64| format!("lutyuv=y='clip(val+{codes:.2},0,255)'");
    let gamma = |amount: f64| format!("eq=gamma={:.4}", 1.0 + amount);
    // Shares of the sides: left, right, top, bottom.
    let crop = |[l, r, t, b]: [f64; 4]| {
        // Cropped at twice the size, so that amounts below a pixel are real.
        format!(
            "scale=iw*2:ih*2:flags=bicubic,crop=iw*{:.5}:ih*{:.5}:iw*{l:.5}:ih*{t:.5},scale={width_px}:{height_px}:flags=bicubic",
            1.0 - l - r,
            1.0 - t - b
        )
    };
    let mut list = Vec::new();
    let mut add = |kind, parts: &[String], crf| list.push(Treatment { kind, filters: parts.join(","), crf });
    for (kind, crf) in [("crf 18", 18), ("crf 20", 20), ("crf 23", 23), ("crf 26", 26), ("crf 28", 28), ("crf 32", 32)]
    {
        add(kind, &[], crf);
    }
    add("rescale by 2, crf 20", std::slice::from_ref(&half), 20);
    add("rescale by 2, crf 28", std::slice::from_ref(&half), 28);
    add("gain 2-6 %, crf 20", &[gain(either(0.02, 0.06).0)], 20);
    add("gain 6 %, crf 26", &[gain(if either(0.0, 1.0).0 < 0.0 { -0.06 } else { 0.06 })], 26);
    add("brightness 3-10 codes, crf 20", &[brightness(either(3.0, 10.0).0)], 20);
    add("gamma 3-10 %, crf 20", &[gamma(either(0.03, 0.10).0)], 20);
    for (kind, share) in [("crop 0.5 %, crf 20", 0.005), ("crop 1 %, crf 20", 0.01), ("crop 2 %, crf 23", 0.02)] {
        add(kind, &[crop([share; 4])], 23);
    }
    let (l, r, t) = either(0.0, 0.02);
    let (b, ..) = either(0.0, 0.02);
    let uneven = [l.abs(), r * 0.02, t * 0.02, b.abs()];
    add("crop 0-2 % a side, crf 23", &[crop(uneven)], 23);
    add("crop 1 %, gain 4 %, crf 28", &[crop([0.01; 4]), gain(if l < 0.0 { -0.04 } else { 0.04 })], 28);
    add("rescale, gamma 5 %, crf 23", &[half.clone(), gamma(if b < 0.0 { -0.05 } else { 0.05 })], 23);
    add("uneven crop, brightness, crf 32", &[crop(uneven), brightness(either(2.0, 8.0).0)], 32);
    add(
        "crop, rescale, gain, gamma, crf 26",
        &[crop([0.015; 4]), half, gain(either(0.02, 0.04).0), gamma(either(0.02, 0.04).0)],
        26,
    );
    list
}

impl Treatment {
    /// The first frame of a short clip at each of `starts`, as it comes back from the encoder.
    pub(crate) fn apply(
        &self,
        frames: &[YuvFrame],
        starts: &[usize],
        folder: &Path,
    ) -> Result<Vec<YuvFrame>, Box<dyn Error>> {
        let Some(shape) = frames.first() else { return Ok(Vec::new()) };
        let size = format!("{}x{}", shape.width_px(), shape.height_px());
        let clip = folder.join("treated.mp4");
        let group = CLIP_FRAMES.to_string();
        let filters = if self.filters.is_empty() { "null" } else { &self.filters };
        let mut run = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", &size, "-r", "25", "-i", "-"])
            .args([
                "-vf",
                filters,
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                "libx264",
                "-preset",
                "faster",
                "-crf",
                &self.crf.to_string(),
            ])
            .args(["-g", &group, "-keyint_min", &group, "-sc_threshold", "0", text(&clip)?])
            .stdin(Stdio::piped())
            .spawn()?;
        {
            let mut pipe = run.stdin.take().ok_or("ffmpeg takes no input")?;
            for &start in starts {
                for index in start..start + CLIP_FRAMES {
                    for plane in frames[index.min(frames.len() - 1)].planes() {
                        pipe.write_all(&plane.codes)?;
                    }
                }
            }
        }
        if !run.wait()?.success() {
            return Err(format!("ffmpeg could not encode with {filters}").into());
        }
        let back = decode(&["-i", text(&clip)?])?;
        if back.len() != starts.len() * CLIP_FRAMES {
            return Err(format!("{} frames came back for {}", back.len(), starts.len() * CLIP_FRAMES).into());
        }
        Ok(back.into_iter().step_by(CLIP_FRAMES).collect())
    }
}
