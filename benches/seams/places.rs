//! Where the cuts are: those that parameters were chosen on, and others.

use crate::{
    Outcome,
    camera::Camera,
    cases::{CaseSpec, Content},
    footage::decode,
};
use kinora_core::planes::YuvFrame;
use std::{path::Path, rc::Rc};

/// A cut in footage: the first frame used (every fourth is the film), the first part's last frame, frames a side.
type Place = (usize, usize, usize);

/// A way of the camera: pan in pixels a frame, zoom in parts a frame, turn in degrees a frame.
type Move = ((f64, f64), f64, f64);

/// Numbers that decide about the cuts.
struct Draw {
    bunny: Vec<Place>,
    bikes: Vec<Place>,
    moves: Vec<Move>,
    /// Frame of the clip for each move, before it is wrapped round.
    stills: Vec<usize>,
    /// Of each case: times that the first frame of its second part stands, and its light.
    steps: Vec<(usize, f64)>,
}

/// Twenty cuts, half on footage and half under a camera that moves over stills; then four with a slow start.
pub(crate) fn all(folder: &Path, seed: u64) -> Outcome<Vec<CaseSpec>> {
    let bunny = Rc::new(decode(&folder.join("bigbuckbunny.mp4"))?);
    let bikes = Rc::new(decode(&folder.join("bikes.mp4"))?);
    let Draw { bunny: in_bunny, bikes: in_bikes, moves, stills, steps } =
        if seed == 0 { tuned() } else { fresh(seed, bunny.len()) };
    let mut cases = Vec::new();
    let mut push = |name: String, content: Content, cut: usize, side: usize, context: usize, slow: usize| {
        let (held, gain) = steps[cases.len()];
        cases.push(CaseSpec { name, content, cut, side, context, held, gain, slow });
    };
    for (first, cut, side) in in_bunny {
        let content = Content::Footage { frames: Rc::clone(&bunny), first, end: bunny.len() };
        push(format!("bunny-{cut}"), content, cut, side, 2, 0);
    }
    for ((shot, _, end), (first, cut, side)) in BIKES.into_iter().zip(in_bikes) {
        let content = Content::Footage { frames: Rc::clone(&bikes), first, end };
        push(format!("bikes-{shot}"), content, cut, side, 1, 0);
    }
    for (index, (pan_px, zoom, turn_degrees)) in moves.into_iter().enumerate() {
        let (frames, name) = if is_bunny(index) { (&bunny, "bunny") } else { (&bikes, "bikes") };
        let still: YuvFrame = frames[stills[index] % frames.len()].clone();
        let (size_px, scale) = if is_bunny(index) { ((640, 360), 1.5) } else { ((480, 204), 1.0) };
        let camera = Camera { still, size_px, scale, pan_px, zoom, turn_degrees, middle: 17.0 };
        let slow = if index < 10 { 0 } else { 7 };
        let kind = if slow > 0 { "slow" } else { "move" };
        push(format!("{kind}-{name}-{index}"), Content::Moves(camera), 17, 12, 4, slow);
    }
    Ok(cases)
}

/// Which still a move is over.
const fn is_bunny(index: usize) -> bool {
    index.is_multiple_of(2)
}

/// The cuts that parameters were chosen on.
fn tuned() -> Draw {
    Draw {
        bunny: TUNED_BUNNY.into_iter().enumerate().map(|(index, cut)| (index % 4, cut, 6)).collect(),
        bikes: BIKES.into_iter().zip(TUNED_BIKES).map(|((_, first, _), cut)| (first, cut, 4)).collect(),
        moves: TUNED_MOVES.to_vec(),
        stills: (0..TUNED_MOVES.len()).map(|index| index * 37 + 10).collect(),
        steps: (0..24).map(|index| (index % 4 + 1, GAINS[index * 3 % 8])).collect(),
    }
}

/// Cuts that nothing was chosen on.
fn fresh(seed: u64, bunny_frames: usize) -> Draw {
    let mut random = fastrand::Rng::with_seed(seed);
    // The parts end as many frames of the film after the cut as they start before it, and are at least that long.
    let mut place = |first: usize, end: usize, half: usize, tuned: &[usize]| loop {
        let phase = random.usize(0..4);
        let cut = random.usize(half - 1..=(end - first - phase - 1) / 4 + 1 - half);
        if !tuned.contains(&cut) {
            return (first + phase, cut, half);
        }
    };
    let mut used = TUNED_BUNNY.to_vec();
    let mut bunny = Vec::new();
    for _ in TUNED_BUNNY {
        let (first, cut, _) = place(0, bunny_frames, 8, &used);
        used.push(cut);
        bunny.push((first, cut, 6));
    }
    let bikes = BIKES.into_iter().zip(TUNED_BIKES).map(|((_, first, end), tuned)| {
        let (first, cut, _) = place(first, end, 5, &[tuned]);
        (first, cut, 4)
    });
    let bikes = bikes.collect();
    let mut between = |most: f64| (random.f64() * 2.0 - 1.0) * most;
    let moves = (0..TUNED_MOVES.len()).map(|index| {
        // The smaller still leaves less room; every third way is a pan alone.
        let pan = if is_bunny(index) { (between(7.0), between(1.5)) } else { (between(2.5), between(0.8)) };
        let share = if index % 3 == 0 { 0.0 } else { 1.0 };
        (pan, between(0.005) * share, between(0.3) * share)
    });
    let moves = moves.collect();
    let stills = (0..TUNED_MOVES.len()).map(|_| random.usize(0..1000)).collect();
    let mut step = |index: usize| {
        let amount = 0.02 + 0.04 * random.f64();
        (index % 4 + 1, if random.bool() { 1.0 + amount } else { 1.0 - amount })
    };
    Draw { bunny, bikes, moves, stills, steps: (0..24).map(&mut step).collect() }
}

/// Shots of the bicycles that are long enough: name, first frame, frame after the last.
const BIKES: [(&str, usize, usize); 4] =
    [("taxi", 31, 76), ("cyclist", 77, 137), ("street", 138, 187), ("wall", 188, 242)];

const TUNED_BUNNY: [usize; 6] = [8, 11, 14, 17, 20, 23];
const TUNED_BIKES: [usize; 4] = [5, 7, 5, 5];
const TUNED_MOVES: [Move; 14] = [
    ((3.3, 0.0), 0.0, 0.0),
    ((-1.7, 0.6), 0.0, 0.0),
    ((0.0, 0.0), -0.006, 0.0),
    ((0.9, 0.2), 0.003, 0.1),
    ((7.5, 1.0), 0.002, 0.0),
    ((0.0, 0.0), 0.0, 0.35),
    ((-4.2, -1.1), -0.004, -0.2),
    ((0.35, 0.1), 0.0, 0.0),
    ((5.5, 1.5), 0.005, 0.25),
    ((2.0, -0.5), -0.004, 0.0),
    ((4.0, 0.5), 0.0, 0.0),
    ((-1.5, 0.3), 0.003, 0.0),
    ((-6.0, 1.0), 0.003, 0.15),
    ((1.0, 0.4), 0.0, 0.2),
];

const GAINS: [f64; 8] = [1.03, 0.96, 1.05, 0.98, 1.02, 0.94, 1.04, 0.97];
