//! Conforms a clip to 1920x1080 at 24 frames a second and writes what a maker would look at: the film file, the sound,
//! and a still of its middle.
//!
//! `cargo run --release -p kinora-core --example conform -- CLIP FOLDER [blur|bars|crop] [flow]`

#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use kinora_core::{
    conform::{self, ConformSpec, Work},
    film::{FitMode, FrameSize},
    media::{PictureFormat, extract_frame, probe},
    progress::CancelToken,
    store::{Cache, hash_file},
    time::FrameRate,
};
use std::{path::PathBuf, time::Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: conform CLIP FOLDER [blur|bars|crop] [flow]";
    let clip = PathBuf::from(arguments.next().ok_or(usage)?);
    let folder = PathBuf::from(arguments.next().ok_or(usage)?);
    let words: Vec<String> = arguments.map(|word| word.to_string_lossy().into_owned()).collect();
    let fit = match words.first().map(String::as_str) {
        Some("crop") => FitMode::Crop,
        Some("bars") => FitMode::Bars,
        _ => FitMode::Blur,
    };
    let format = PictureFormat { size: FrameSize { width: 1920, height: 1080 }, rate: FrameRate::FPS_24 };
    let spec = ConformSpec { format, fit, optical_flow: words.iter().any(|word| word == "flow") };
    println!("{:#?}", probe(&clip)?);
    std::fs::create_dir_all(&folder)?;
    let cache = Cache::open(&folder)?;
    let key = spec.key(&hash_file(&clip)?);
    let start = Instant::now();
    let work = Work { cancel: &CancelToken::default(), progress: &|_| {} };
    let done = conform::conform(&clip, &key, &spec, &cache, &work)?;
    let secs = start.elapsed().as_secs_f64();
    println!(
        "{} frames in {secs:.2} s ({:.0} a second): {}",
        done.frames,
        done.frames as f64 / secs,
        done.video.display()
    );
    extract_frame(&done.video, done.frames / 2, &folder.join("middle.png"))?;
    Ok(())
}
