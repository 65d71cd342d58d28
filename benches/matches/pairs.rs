//! Labelled pairs of frames of one clip, and what the comparison says of each.

use crate::{sources::Source, treatments::treatments};
use kinora_core::{
    continuity::{FrameMatch, compare},
    planes::{Plane, YuvFrame},
};
use std::{collections::BTreeMap, error::Error, path::Path};

/// Moments of one shot that are this alike in every part of the picture are no different pictures, in dB.
const ALIKE_DB: f64 = 40.0;
/// Parts across and down for that.
const PARTS: (usize, usize) = (12, 8);
/// Rearranged frames and other shots are tried under these treatments, other moments under all.
const REARRANGED: [&str; 2] = ["crf 20", "crf 28"];

/// What a pair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// One picture: refusing it is a miss.
    Same,
    /// Two pictures: accepting them is a false match.
    Different,
    /// Two moments that nothing tells apart, half a second, or a move that a permitted crop explains: not counted.
    Apart,
}

/// A pair and its answer.
pub(crate) struct Pair {
    pub(crate) label: Label,
    pub(crate) kind: String,
    pub(crate) source: String,
    pub(crate) held_out: bool,
    pub(crate) found: FrameMatch,
}

/// How much of the set is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    All,
    /// One treatment of four, starting elsewhere at each clip, and every fifth pair of a kind: minutes become seconds,
    /// and every clip and kind keeps its part.
    Sample,
}

impl Share {
    fn has_treatment(self, clip: usize, treatment: usize) -> bool {
        self == Self::All || (clip + treatment).is_multiple_of(4)
    }

    fn has_pair(self, earlier: usize) -> bool {
        self == Self::All || earlier.is_multiple_of(5)
    }
}

/// What is carried from clip to clip.
pub(crate) struct Pool {
    /// Frames of earlier clips, to be the other shot.
    frames: Vec<YuvFrame>,
    share: Share,
    /// Pairs of each kind so far, judged or left out.
    seen: BTreeMap<String, usize>,
}

impl Pool {
    pub(crate) fn new(share: Share) -> Self {
        Self { frames: Vec::new(), share, seen: BTreeMap::new() }
    }
}

/// Makes and compares every pair of a clip.
pub(crate) fn judge(
    source: &Source,
    number: usize,
    folder: &Path,
    pool: &mut Pool,
    pairs: &mut Vec<Pair>,
) -> Result<(), Box<dyn Error>> {
    let Some(shape) = source.frames.first() else { return Err(format!("{}: no frames", source.name).into()) };
    let (second, half) = (source.rate, source.rate / 2);
    let room = source.frames.len().checked_sub(second + 1).ok_or_else(|| format!("{}: under a second", source.name))?;
    let starts: Vec<usize> = (0..4).map(|step| room * step / 3).flat_map(|at| [at, at + half, at + second]).collect();
    let clean = source.clean.as_ref().unwrap_or(&source.frames);
    let Pool { frames: others, share, seen } = pool;
    let mut add = |label: Label, kind: &str, last: &YuvFrame, first: &YuvFrame| {
        let earlier = seen.entry(kind.to_owned()).or_default();
        *earlier += 1;
        if !share.has_pair(*earlier - 1) {
            return;
        }
        let found = compare(last, first);
        let (kind, name) = (kind.to_owned(), source.name.clone());
        pairs.push(Pair { label, kind, source: name, held_out: source.held_out, found });
    };
    let frame = |index: usize| &source.frames[starts[index]];
    let differs = |last: usize, first: usize| {
        if source.ambiguous {
            (Label::Apart, "1 s away, but a crop under 2 % explains it")
        } else if worst_part_db(&clean[starts[last]], &clean[starts[first]]) > ALIKE_DB {
            (Label::Apart, "1 s away, but alike everywhere")
        } else {
            (Label::Different, "1 s away")
        }
    };
    let treatments = treatments(number as u64, shape.width_px(), shape.height_px());
    for (_, treatment) in treatments.iter().enumerate().filter(|(place, _)| share.has_treatment(number, *place)) {
        let back = treatment.apply(&source.frames, &starts, folder)?;
        for (index, first) in back.iter().enumerate() {
            add(Label::Same, treatment.kind, frame(index), first);
        }
        for at in (0..starts.len()).step_by(3) {
            for (last, first) in [(at, at + 2), (at + 2, at)] {
                let (label, kind) = differs(last, first);
                add(label, kind, frame(last), &back[first]);
            }
            add(Label::Apart, "half a second away", frame(at), &back[at + 1]);
        }
        if !REARRANGED.contains(&treatment.kind) {
            continue;
        }
        for (index, first) in back.iter().enumerate() {
            for (kind, other) in [
                ("mirrored", rearranged(first, |x, y, w, _| (w - 1 - x, y))),
                ("upside down", rearranged(first, |x, y, _, h| (x, h - 1 - y))),
                ("blocks shuffled", rearranged(first, shuffled)),
            ] {
                let alike = worst_part_db(first, &other) > ALIKE_DB;
                add(if alike { Label::Apart } else { Label::Different }, kind, frame(index), &other);
            }
        }
        for other in others.iter() {
            add(Label::Different, "other shot", other, &back[0]);
            add(Label::Different, "other shot", frame(2), other);
            add(Label::Different, "other shot in its palette", frame(2), &in_palette_of(other, &back[2]));
        }
        for (last, flat) in [(frame(0), [16, 128, 128]), (frame(0), means(frame(0)).map(|mean| mean.round() as u8))] {
            let plain = YuvFrame::filled(last.width_px(), last.height_px(), flat);
            add(Label::Different, "flat frame of its mean, or black", last, &plain);
            add(Label::Different, "flat frame of its mean, or black", &plain, &back[0]);
        }
    }
    others.extend([10, source.frames.len() * 2 / 3].map(|index| source.frames[index].clone()));
    Ok(())
}

/// The peak signal to noise ratio of the part of the picture that differs most, in luma.
fn worst_part_db(a: &YuvFrame, b: &YuvFrame) -> f64 {
    let (w, h) = (a.width_px(), a.height_px());
    let mut sums = vec![(0_u64, 0_u64); PARTS.0 * PARTS.1];
    for (index, (x, y)) in a.luma.codes.iter().zip(&b.luma.codes).enumerate() {
        let part = &mut sums[index / w * PARTS.1 / h * PARTS.0 + index % w * PARTS.0 / w];
        *part = (part.0 + u64::from(x.abs_diff(*y)).pow(2), part.1 + 1);
    }
    let worst = sums.iter().map(|&(sum, count)| sum as f64 / count.max(1) as f64).fold(1e-6, f64::max);
    10.0 * (255.0 * 255.0 / worst).log10()
}

/// The frame with every sample taken from elsewhere in its plane.
fn rearranged(frame: &YuvFrame, from: impl Fn(usize, usize, usize, usize) -> (usize, usize)) -> YuvFrame {
    let plane = |plane: &Plane| {
        let (w, h) = (plane.width_px, plane.height_px);
        let codes = (0..w * h).map(|index| {
            let (x, y) = from(index % w, index / w, w, h);
            plane.codes[y * w + x]
        });
        Plane { codes: codes.collect(), ..*plane }
    };
    YuvFrame { luma: plane(&frame.luma), cb: plane(&frame.cb), cr: plane(&frame.cr) }
}

/// Eight by eight blocks in another order.
fn shuffled(x: usize, y: usize, w: usize, h: usize) -> (usize, usize) {
    let (block_w, block_h) = (w / 8, h / 8);
    if block_w == 0 || block_h == 0 || x >= block_w * 8 || y >= block_h * 8 {
        return (x, y);
    }
    let place = (y / block_h * 8 + x / block_w) * 29 % 64;
    (place % 8 * block_w + x % block_w, (place / 8 + 3) % 8 * block_h + y % block_h)
}

fn means(frame: &YuvFrame) -> [f64; 3] {
    frame.planes().map(|plane| moments(plane).0)
}

fn moments(plane: &Plane) -> (f64, f64) {
    let count = plane.codes.len().max(1) as f64;
    let mean = plane.codes.iter().map(|&code| f64::from(code)).sum::<f64>() / count;
    let square = plane.codes.iter().map(|&code| (f64::from(code) - mean).powi(2)).sum::<f64>() / count;
    (mean, square.sqrt().max(0.5))
}

/// `frame` with the mean and spread of each plane of `other`.
fn in_palette_of(frame: &YuvFrame, other: &YuvFrame) -> YuvFrame {
    let plane = |plane: &Plane, other: &Plane| {
        let ((mean, spread), (wanted_mean, wanted_spread)) = (moments(plane), moments(other));
        let moved = |code: u8| {
            ((f64::from(code) - mean) * wanted_spread / spread + wanted_mean).round().clamp(1.0, 254.0) as u8
        };
        Plane { codes: plane.codes.iter().copied().map(moved).collect(), ..*plane }
    };
    YuvFrame { luma: plane(&frame.luma, &other.luma), cb: plane(&frame.cb, &other.cb), cr: plane(&frame.cr, &other.cr) }
}
