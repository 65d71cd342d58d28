//! Seconds for a seam at 1080p, beside the mission's command on the two whole clips.

use crate::{Outcome, footage::ffmpeg, methods::engine};
use kinora_core::{
    film::FrameSize,
    media::{ConformedReader, MasterEncoder, PictureFormat, from_planes, to_planes},
    planes::YuvFrame,
    progress::CancelToken,
    smoothing::{SeamContext, SeamSpec, smooth_window},
    time::FrameRate,
};
use serde_json::{Value, json};
use std::{ops::Range, path::Path, time::Instant};

/// Half a second on each side.
const SIDE: usize = 12;
const CONTEXT: usize = 4;
/// The mission's filters on both clips joined.
const MISSION: &str = "[0:v][1:v]concat=n=2:v=1:a=0,mpdecimate,minterpolate=fps=60:mi_mode=mci";

/// Makes two clips, smooths their seam with each engine, and runs the mission's command on them.
pub(crate) fn measure(footage: &Path, clip_secs: u32, engines: &[String]) -> Outcome<Value> {
    let folder = tempfile::tempdir()?;
    let [first, second] = ["a.mp4", "b.mp4"].map(|name| folder.path().join(name));
    let source = footage.join("bigbuckbunny.mp4");
    let frames = clip_secs * 24;
    // The second clip starts on the first's last frame and holds it for three frames.
    let cut = frames - 1;
    // The start is passed over so that the footage does not begin again near the cut.
    let looped = "trim=start_frame=60,scale=1920:1080:flags=bicubic,setsar=1,setpts=N/24/TB";
    let held = format!("{looped},trim=start_frame={cut},setpts=PTS-STARTPTS,tpad=start=2:start_mode=clone");
    for (filters, path) in [(looped, &first), (held.as_str(), &second)] {
        ffmpeg(|command| {
            command.args(["-stream_loop", "-1", "-i"]).arg(&source).args(["-an", "-vf", filters, "-r", "24"]);
            command.args(["-frames:v", &frames.to_string(), "-c:v", "libx264", "-preset", "veryfast", "-crf", "18"]);
            let gop = FrameRate::FPS_24.gop_frames().to_string();
            command.args(["-g", &gop, "-keyint_min", &gop, "-sc_threshold", "0", "-flags", "+cgop"]).arg(path);
        })?;
    }
    let mut seams = serde_json::Map::new();
    for name in engines {
        let started = Instant::now();
        let (count, end) = ((SIDE + CONTEXT) as u64, u64::from(frames));
        let (a, b) = (read(&first, end - count..end)?, read(&second, 0..count)?);
        let decoded_secs = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let context = SeamContext { before: &a[..CONTEXT], after: &b[SIDE..] };
        let (spec, cancel) = (SeamSpec::default(), CancelToken::default());
        let mut engine = engine(name)?;
        let seam = smooth_window(&a[CONTEXT..], &b[..SIDE], context, engine.as_mut(), &spec, &cancel)?;
        let smoothed_secs = started.elapsed().as_secs_f64();
        let started = Instant::now();
        encode(&seam.frames)?;
        let encoded_secs = started.elapsed().as_secs_f64();
        println!(
            "seam with {name:<13} {smoothed_secs:7.2} s (decoding {decoded_secs:.2} s, encoding {encoded_secs:.2} s), \
             {} of {} frames interpolated, dropped {:?}",
            seam.report.interpolated_frames,
            seam.frames.len(),
            seam.report.dropped
        );
        let figures = json!({ "smooth_secs": smoothed_secs, "decode_secs": decoded_secs, "encode_secs": encoded_secs });
        seams.insert(name.clone(), figures);
    }
    let started = Instant::now();
    ffmpeg(|command| {
        command
            .arg("-i")
            .arg(&first)
            .arg("-i")
            .arg(&second)
            .args(["-lavfi", MISSION])
            .arg(folder.path().join("out.mp4"));
    })?;
    let mission_secs = started.elapsed().as_secs_f64();
    println!("the mission's command on two clips of {clip_secs} s: {mission_secs:.1} s");
    for (name, figures) in &seams {
        let all: f64 =
            ["smooth_secs", "decode_secs", "encode_secs"].iter().filter_map(|key| figures[*key].as_f64()).sum();
        println!("    with {name}: {:.1} times faster, all counted", mission_secs / all);
    }
    Ok(json!({ "clip_secs": clip_secs, "mission_secs": mission_secs, "seams": seams }))
}

/// Some frames of a clip, read as a render reads them: from the group of pictures that they lie in.
fn read(path: &Path, frames: Range<u64>) -> Outcome<Vec<YuvFrame>> {
    let mut reader = ConformedReader::open(path, FrameRate::FPS_24, frames)?;
    let mut read = Vec::new();
    while let Some(picture) = reader.next_picture()? {
        read.push(to_planes(&picture)?);
    }
    Ok(read)
}

/// Encodes the window in the master format.
fn encode(frames: &[YuvFrame]) -> Outcome<()> {
    let size = FrameSize { width: frames[0].width_px() as u32, height: frames[0].height_px() as u32 };
    let mut encoder = MasterEncoder::master(PictureFormat { size, rate: FrameRate::FPS_24 })?;
    for (index, frame) in frames.iter().enumerate() {
        let mut picture = from_planes(frame);
        picture.set_pts(Some(index as i64));
        encoder.send(&picture)?;
        while encoder.receive()?.is_some() {}
    }
    encoder.finish()?;
    while encoder.receive()?.is_some() {}
    Ok(())
}
