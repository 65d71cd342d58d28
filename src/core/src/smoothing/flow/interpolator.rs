//! The engine: pictures between pictures by dense inverse search.

use super::{
    dense::{Pyramid, pyramid_flow},
    image::Image,
    jobs::{machine_threads, run_jobs},
    meeting::Meeting,
    params::DisParams,
    warp::{Cubic, warp_plane},
};
use crate::{
    planes::YuvFrame,
    progress::{CancelToken, Cancelled},
    smoothing::{Interpolator, SmoothError},
};

/// Changes whenever the same frames and parameters may give other pictures.
const VERSION: u32 = 2;
/// An instant nearer than this to a whole one is that frame.
const WHOLE: f64 = 1e-6;

/// Interpolates by dense optical flow in both directions, each picture fetched from both neighbours.
///
/// The flow of a pair is found once for all instants between its frames. Pairs run on as many threads as the machine
/// has; the pictures do not depend on their number.
#[derive(Debug, Clone)]
pub struct DisInterpolator {
    params: DisParams,
    threads: usize,
}

impl DisInterpolator {
    /// An engine that spends this much, on all of the machine's threads.
    #[must_use]
    pub fn new(params: DisParams) -> Self {
        Self { params, threads: machine_threads() }
    }

    /// The same engine on this many threads, at least one.
    #[must_use]
    pub const fn with_threads(mut self, threads: usize) -> Self {
        self.threads = if threads == 0 { 1 } else { threads };
        self
    }
}

impl Default for DisInterpolator {
    fn default() -> Self {
        Self::new(DisParams::default())
    }
}

impl Interpolator for DisInterpolator {
    fn fingerprint(&self) -> String {
        let DisParams { finest_scale, stride_px, descent_steps, refinement_rounds } = self.params;
        format!(
            "dis {VERSION} scale={finest_scale} stride={stride_px} steps={descent_steps} rounds={refinement_rounds}"
        )
    }

    fn interpolate(
        &mut self,
        frames: &[YuvFrame],
        instants: &[f64],
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, SmoothError> {
        check_frames(frames, instants)?;
        let pairs = pairs(instants);
        let at_once = self.threads.min(most_pairs_at_once(frames)).min(pairs.len()).max(1);
        let spare = (self.threads / at_once).max(1);
        let cubic = Cubic::new();
        let parts = run_jobs(at_once, pairs, |pair| self.pair(frames, &pair, (&cubic, spare), cancel));
        let mut pictures = Vec::with_capacity(instants.len());
        for part in parts {
            pictures.extend(part?);
        }
        Ok(pictures)
    }
}

impl DisInterpolator {
    /// The pictures of one pair's instants.
    fn pair(
        &self,
        frames: &[YuvFrame],
        pair: &Pair,
        (cubic, threads): (&Cubic, usize),
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, Cancelled> {
        cancel.check()?;
        if pair.moments.iter().all(|moment| *moment == 0.0) {
            return Ok(pair.moments.iter().map(|_| frames[pair.first].clone()).collect());
        }
        let (a, b) = (&frames[pair.first], &frames[pair.first + 1]);
        if a == b {
            return Ok(pair.moments.iter().map(|_| a.clone()).collect());
        }
        let sources = run_jobs(threads, vec![a, b], |frame| Source::new(frame, &self.params));
        let [a_source, b_source] = &sources[..] else { return Ok(Vec::new()) };
        cancel.check()?;
        let flows = run_jobs(threads, vec![(a_source, b_source), (b_source, a_source)], |(from, to)| {
            pyramid_flow(&from.pyramid, &to.pyramid, &self.params)
        });
        let [forward, backward] = &flows[..] else { return Ok(Vec::new()) };
        let scale = a_source.pyramid.finest_scale;
        let meeting = Meeting::new(forward, backward);
        let make = |moment: f64| -> Result<YuvFrame, Cancelled> {
            cancel.check()?;
            if moment == 0.0 {
                return Ok(a.clone());
            }
            let between = meeting.at(moment as f32);
            // At full size, the chroma planes are smaller than the flow.
            let halved = (scale == 0).then(|| between.halved());
            let plane = |index: usize| {
                let between = if index == 0 { &between } else { halved.as_ref().unwrap_or(&between) };
                let scale = if index == 0 { scale } else { scale.saturating_sub(1) };
                warp_plane(cubic, &a_source.planes[index], &b_source.planes[index], between, scale)
            };
            Ok(YuvFrame { luma: plane(0), cb: plane(1), cr: plane(2) })
        };
        run_jobs(threads, pair.moments.clone(), make).into_iter().collect()
    }
}

/// Memory that the pairs in work may take, in bytes.
const PAIRS_BYTES: usize = 160 << 20;
/// A pair holds two frames as floats, their pyramids, and what the flow needs: bytes for each pixel.
const PAIR_BYTES_PER_PX: usize = 32;

fn most_pairs_at_once(frames: &[YuvFrame]) -> usize {
    let pixels = frames.first().map_or(1, |frame| frame.width_px() * frame.height_px()).max(1);
    (PAIRS_BYTES / (PAIR_BYTES_PER_PX * pixels)).max(1)
}

/// A frame made ready: its planes as floats, and its pyramid.
struct Source {
    planes: [Image; 3],
    pyramid: Pyramid,
}

impl Source {
    fn new(frame: &YuvFrame, params: &DisParams) -> Self {
        let planes = frame.planes().map(Image::from_plane);
        let pyramid = Pyramid::new(&planes[0], params);
        Self { planes, pyramid }
    }
}

/// The instants between one frame and the next, as parts of their distance; 0 is the frame itself.
struct Pair {
    first: usize,
    moments: Vec<f64>,
}

fn pairs(instants: &[f64]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for instant in instants {
        let near = instant.round();
        let instant = if (instant - near).abs() < WHOLE { near } else { *instant };
        let (first, moment) = (instant.floor() as usize, instant.fract());
        match pairs.last_mut() {
            Some(pair) if pair.first == first => pair.moments.push(moment),
            _ => pairs.push(Pair { first, moments: vec![moment] }),
        }
    }
    pairs
}

/// Refuses frames that do not belong together, and instants outside them.
pub(super) fn check_frames(frames: &[YuvFrame], instants: &[f64]) -> Result<(), SmoothError> {
    let refuse = |what: String| Err(SmoothError::Frames(what));
    let Some(first) = frames.first() else {
        return if instants.is_empty() { Ok(()) } else { refuse("there are no frames".to_owned()) };
    };
    let sizes = |frame: &YuvFrame| frame.planes().map(|plane| (plane.width_px, plane.height_px));
    let half = (first.width_px().div_ceil(2), first.height_px().div_ceil(2));
    if first.luma.codes.is_empty() || sizes(first)[1..] != [half, half] {
        return refuse(format!("frames of {:?} are empty or not 4:2:0", sizes(first)));
    }
    for (index, frame) in frames.iter().enumerate() {
        let whole = frame.planes().iter().all(|plane| plane.codes.len() == plane.width_px * plane.height_px);
        if sizes(frame) != sizes(first) || !whole {
            return refuse(format!("frame {index} has another size than frame 0"));
        }
    }
    let last = (frames.len() - 1) as f64;
    match instants.iter().find(|instant| !(0.0..=last).contains(*instant)) {
        Some(instant) => refuse(format!("instant {instant} lies outside the frames 0 to {last}")),
        None if !instants.is_sorted() => refuse("the instants do not ascend".to_owned()),
        None => Ok(()),
    }
}
