//! Where the frames come from: real footage, FFmpeg's generators, camera moves and small moves over stills, and darker
//! or noisier copies of them.

use kinora_core::planes::{Plane, YuvFrame};
use std::{error::Error, path::Path, process::Command};

/// Derived clips are at most this wide: the set should be judged in minutes.
const SMALLER: &str = "scale='min(iw,854)':-2:flags=area";

/// The pictures of a clip.
type Frames = Vec<YuvFrame>;

/// A clip in memory.
pub(crate) struct Source {
    pub(crate) name: String,
    /// Frames a second.
    pub(crate) rate: usize,
    /// Parameters were chosen without looking at this one.
    pub(crate) held_out: bool,
    /// A move so slow that a crop explains it: counted apart.
    pub(crate) ambiguous: bool,
    pub(crate) frames: Vec<YuvFrame>,
    /// The same without noise, where noise was added: what decides whether two moments differ.
    pub(crate) clean: Option<Vec<YuvFrame>>,
}

/// How a clip is made.
pub(crate) enum Recipe {
    /// A file, as it is.
    File(std::path::PathBuf),
    /// FFmpeg's own generator, as a filter graph of 640x360 at 25.
    Lavfi(String),
    /// A move over a frame of a file: the frame's number and the filters.
    Still(std::path::PathBuf, usize, String),
    /// A still frame of a file in which only a small part moves: the frame's number, the part's width in frame widths.
    Head(std::path::PathBuf, usize, f64),
    /// Another recipe with luma times a gain and noise of a deviation in codes.
    Graded(Box<Recipe>, f64, f64),
}

impl Recipe {
    /// Makes the clip's frames, and the noise-free ones where noise was added.
    pub(crate) fn frames(&self) -> Result<(Frames, Option<Frames>), Box<dyn Error>> {
        Ok(match self {
            Self::File(path) => (decode(&["-i", text(path)?])?, None),
            Self::Lavfi(graph) => (decode(&["-f", "lavfi", "-i", graph])?, None),
            Self::Still(path, number, filters) => {
                let pick = format!("select=eq(n\\,{number}),loop=loop=99:size=1,setpts=N/25/TB,{filters}");
                (decode(&["-i", text(path)?, "-vf", &pick, "-frames:v", "100"])?, None)
            }
            Self::Head(path, number, width) => {
                let pick = format!("select=eq(n\\,{number}),{SMALLER}");
                let still = decode(&["-i", text(path)?, "-vf", &pick, "-frames:v", "1"])?;
                let still = still.first().ok_or("a still is past the end of its file")?;
                ((0..90).map(|index| talking(still, index, *width)).collect(), None)
            }
            Self::Graded(inner, gain, noise) => {
                let source = match &**inner {
                    Self::File(path) => decode(&["-i", text(path)?, "-vf", SMALLER])?,
                    other => other.frames()?.0,
                };
                let clean: Vec<YuvFrame> = source.iter().map(|frame| darker(frame, *gain)).collect();
                let noisy = clean.iter().enumerate().map(|(seed, frame)| grainy(frame, *noise, seed as u64)).collect();
                (noisy, (*noise > 0.0).then_some(clean))
            }
        })
    }
}

/// Every frame FFmpeg gives for these arguments, at a size both sides of which are even.
pub(crate) fn decode(input: &[&str]) -> Result<Vec<YuvFrame>, Box<dyn Error>> {
    // A picture's size precedes it in a Y4M stream.
    let run = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(input)
        .args(["-an", "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe", "-"])
        .output()?;
    if !run.status.success() {
        return Err(format!("ffmpeg {input:?}: {}", String::from_utf8_lossy(&run.stderr)).into());
    }
    read_y4m(&run.stdout)
}

fn read_y4m(bytes: &[u8]) -> Result<Vec<YuvFrame>, Box<dyn Error>> {
    let end = bytes.iter().position(|&byte| byte == b'\n').ok_or("no Y4M header")?;
    let header = std::str::from_utf8(&bytes[..end])?;
    let side = |key: char| -> Result<usize, Box<dyn Error>> {
        let word = header.split(' ').find_map(|word| word.strip_prefix(key)).ok_or("a Y4M header without a size")?;
        Ok(word.parse::<usize>()?)
    };
    let (width_px, height_px) = (side('W')?, side('H')?);
    let (luma, chroma) = (width_px * height_px, width_px.div_ceil(2) * height_px.div_ceil(2));
    let mut frames = Vec::new();
    let mut rest = &bytes[end + 1..];
    while let Some(line) = rest.iter().position(|&byte| byte == b'\n') {
        let codes = &rest[line + 1..];
        if codes.len() < luma + 2 * chroma {
            break;
        }
        let plane = |from: usize, width_px: usize, height_px: usize| Plane {
            width_px,
            height_px,
            codes: codes[from..from + width_px * height_px].to_vec(),
        };
        let (half_w, half_h) = (width_px.div_ceil(2), height_px.div_ceil(2));
        frames.push(YuvFrame {
            luma: plane(0, width_px, height_px),
            cb: plane(luma, half_w, half_h),
            cr: plane(luma + chroma, half_w, half_h),
        });
        rest = &codes[luma + 2 * chroma..];
    }
    Ok(frames)
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> Result<&str, Box<dyn Error>> {
    path.to_str().ok_or_else(|| format!("{}: not a readable name", path.display()).into())
}

fn mapped(plane: &Plane, change: impl FnMut(u8) -> f64) -> Plane {
    let codes = plane.codes.iter().copied().map(change).map(|code| code.round().clamp(1.0, 254.0) as u8).collect();
    Plane { codes, ..*plane }
}

fn darker(frame: &YuvFrame, gain: f64) -> YuvFrame {
    let chroma = |plane: &Plane| mapped(plane, |code| 128.0 + (f64::from(code) - 128.0) * gain);
    YuvFrame {
        luma: mapped(&frame.luma, |code| 16.0 + (f64::from(code) - 16.0) * gain),
        cb: chroma(&frame.cb),
        cr: chroma(&frame.cr),
    }
}

fn grainy(frame: &YuvFrame, deviation: f64, seed: u64) -> YuvFrame {
    let mut random = fastrand::Rng::with_seed(seed);
    // The sum of three uniform numbers is near enough to film grain's bell.
    let mut noise = move |code: u8, share: f64| {
        let bell = (random.f64() + random.f64() + random.f64() - 1.5) * 2.0;
        f64::from(code) + bell * deviation * share
    };
    YuvFrame {
        luma: mapped(&frame.luma, |code| noise(code, 1.0)),
        cb: mapped(&frame.cb, |code| noise(code, 0.5)),
        cr: mapped(&frame.cr, |code| noise(code, 0.5)),
    }
}

/// The still with a mouth that opens, two lids that blink, and a head's outline that sways by a pixel or two.
fn talking(still: &YuvFrame, index: usize, width: f64) -> YuvFrame {
    let secs = index as f64 / 25.0;
    let (w, h) = (still.width_px() as f64, still.height_px() as f64);
    let (x, y, part) = (w * 0.45, h * 0.55, w * width);
    let sway = (part * 0.04 * (secs * 1.9).sin(), part * 0.03 * (secs * 1.3 + 1.0).sin());
    let open = 0.15 + 0.35 * ((secs * 7.1).sin() * (secs * 3.3 + 0.4).cos()).abs();
    let mut frame = still.clone();
    for (plane, target, scale) in
        [(&still.luma, &mut frame.luma, 1.0), (&still.cb, &mut frame.cb, 0.5), (&still.cr, &mut frame.cr, 0.5)]
    {
        let radius = part * scale;
        for row in 0..plane.height_px {
            for column in 0..plane.width_px {
                let (dx, dy) = (column as f64 - x * scale, row as f64 - y * scale);
                let near = 1.0 - (dx * dx + dy * dy) / (radius * radius);
                if near <= 0.0 {
                    continue;
                }
                // The head: the still itself, moved more the nearer to the middle.
                let code = between(plane, column as f64 - sway.0 * scale * near, row as f64 - sway.1 * scale * near);
                let mouth = (dx / (radius * 0.3)).powi(2) + ((dy - radius * 0.4) / (radius * open * 0.5)).powi(2);
                let mix = (1.5 - mouth).clamp(0.0, 1.0);
                let dark = if scale < 1.0 { 132.0 } else { 40.0 };
                target.codes[row * plane.width_px + column] = (code * (1.0 - mix) + dark * mix).round() as u8;
            }
        }
    }
    frame
}

fn between(plane: &Plane, x: f64, y: f64) -> f64 {
    let at = |x: f64, y: f64| {
        let column = x.clamp(0.0, (plane.width_px - 1) as f64) as usize;
        let row = y.clamp(0.0, (plane.height_px - 1) as f64) as usize;
        f64::from(plane.codes[row * plane.width_px + column])
    };
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let mix = |y: f64| at(left, y) * (1.0 - fx) + at(left + 1.0, y) * fx;
    mix(top) * (1.0 - fy) + mix(top + 1.0) * fy
}
