//! Cuts between a shot and its continuation, whose content is known at any instant.

use crate::{
    Outcome,
    camera::Camera,
    footage::{decode, lit, recompressed},
};
use kinora_core::planes::YuvFrame;
use std::{path::Path, rc::Rc};

/// How time runs in the truth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ideal {
    /// At the borders' speed there, bending over three frames (a quarter of the window at most) to one even speed.
    Eased,
    /// At one even speed from border to border.
    Even,
}

impl Ideal {
    pub(crate) fn parse(name: &str) -> Outcome<Self> {
        match name {
            "eased" => Ok(Self::Eased),
            "even" => Ok(Self::Even),
            other => Err(format!("no truth is called {other}").into()),
        }
    }

    /// Way covered at `slot` of `slots`, when `way` is covered in all and both borders have a speed of one.
    fn way_at(self, slot: f64, slots: f64, way: f64) -> f64 {
        let bend = match self {
            Self::Eased => (slots / 4.0).min(3.0),
            Self::Even => return way * slot / slots,
        };
        let even = (way - bend) / (slots - bend);
        // Speed added over the even one: falls from 1 - even to nothing within a bend.
        let added = |time: f64| {
            let time = time.min(bend);
            (1.0 - even) * (time - time * time / (2.0 * bend))
        };
        even * slot + added(slot) + added(bend) - added(slots - slot)
    }
}

/// What is filmed.
enum Content {
    /// Every fourth frame is the film; the frames between are truth.
    Footage {
        frames: Rc<Vec<YuvFrame>>,
        first: usize,
        end: usize,
    },
    Moves(Camera),
}

impl Content {
    /// The picture at an instant in frames of the film.
    fn at(&self, instant: f64) -> YuvFrame {
        match self {
            Self::Moves(camera) => camera.at(instant),
            Self::Footage { frames, first, end } => {
                let index = first + (instant * 4.0).round().max(0.0) as usize;
                assert!(index < *end, "a case reaches past its shot");
                frames[index].clone()
            }
        }
    }
}

/// A case before its pictures are made.
pub(crate) struct CaseSpec {
    pub(crate) name: String,
    content: Content,
    /// The first part's last frame.
    cut: usize,
    side: usize,
    context: usize,
    held: usize,
    gain: f64,
    /// Frames over which the second part gathers speed.
    slow: usize,
}

/// A case.
pub(crate) struct Case {
    pub(crate) name: String,
    /// First part: context, then the window's.
    pub(crate) first: Vec<YuvFrame>,
    /// Second part: the window's, then context.
    pub(crate) second: Vec<YuvFrame>,
    pub(crate) side: usize,
    pub(crate) context: usize,
    pub(crate) held: usize,
    pub(crate) gain: f64,
    pub(crate) truth: Vec<YuvFrame>,
}

impl CaseSpec {
    pub(crate) fn build(&self, ideal: Ideal) -> Outcome<Case> {
        let Self { cut, side, context, held, gain, .. } = *self;
        let first: Vec<YuvFrame> =
            (cut + 1 - side - context..=cut).map(|frame| self.content.at(frame as f64)).collect();
        let mut place = cut as f64;
        let mut places = vec![place; held];
        for step in 1..=side + context - held {
            place += if step <= self.slow { step as f64 / (self.slow + 1) as f64 } else { 1.0 };
            places.push(place);
        }
        let second: Vec<YuvFrame> = places.iter().map(|&place| lit(&self.content.at(place), gain)).collect();
        let second = recompressed(&second)?;
        if second.len() != side + context {
            return Err(format!("{}: {} frames came back of {}", self.name, second.len(), side + context).into());
        }
        let slots = (2 * side + 1) as f64;
        let start = (cut - side) as f64;
        let way = places[side] - start;
        let truth = (1..=2 * side)
            .map(|slot| {
                let at = start + ideal.way_at(slot as f64, slots, way);
                lit(&self.content.at(at), 1.0 + (gain - 1.0) * slot as f64 / slots)
            })
            .collect();
        Ok(Case { name: self.name.clone(), first, second, side, context, held, gain, truth })
    }
}

impl Case {
    /// First and second part, joined at a plain cut.
    pub(crate) fn joined(&self) -> Vec<YuvFrame> {
        self.first.iter().chain(&self.second).cloned().collect()
    }
}

const GAINS: [f64; 8] = [1.03, 0.96, 1.05, 0.98, 1.02, 0.94, 1.04, 0.97];

/// Twenty cuts, half on footage and half under a camera that moves over stills; then four with a slow start.
pub(crate) fn all(folder: &Path) -> Outcome<Vec<CaseSpec>> {
    let bunny = Rc::new(decode(&folder.join("bigbuckbunny.mp4"))?);
    let bikes = Rc::new(decode(&folder.join("bikes.mp4"))?);
    let mut cases = Vec::new();
    let mut push = |name: String, content: Content, cut: usize, side: usize, context: usize, slow: usize| {
        let index = cases.len();
        let held = index % 4 + 1;
        cases.push(CaseSpec { name, content, cut, side, context, held, gain: GAINS[index * 3 % 8], slow });
    };
    for (index, cut) in [8, 11, 14, 17, 20, 23].into_iter().enumerate() {
        let content = Content::Footage { frames: Rc::clone(&bunny), first: index % 4, end: bunny.len() };
        push(format!("bunny-{cut}"), content, cut, 6, 2, 0);
    }
    // Shot, first frame, frame after the last, cut, frames a side.
    for (shot, first, end, cut, side) in BIKES {
        let content = Content::Footage { frames: Rc::clone(&bikes), first, end };
        push(format!("bikes-{shot}"), content, cut, side, 1, 0);
    }
    for (index, &(pan_px, zoom, turn_degrees)) in MOVES.iter().enumerate() {
        let is_bunny = index % 2 == 0;
        let (frames, name) = if is_bunny { (&bunny, "bunny") } else { (&bikes, "bikes") };
        let still = frames[(index * 37 + 10) % frames.len()].clone();
        let (size_px, scale) = if is_bunny { ((640, 360), 1.5) } else { ((480, 204), 1.0) };
        let camera = Camera { still, size_px, scale, pan_px, zoom, turn_degrees, middle: 17.0 };
        let slow = if index < 10 { 0 } else { 7 };
        let kind = if slow > 0 { "slow" } else { "move" };
        push(format!("{kind}-{name}-{index}"), Content::Moves(camera), 17, 12, 4, slow);
    }
    Ok(cases)
}

/// Shots of the bicycles that are long enough.
const BIKES: [(&str, usize, usize, usize, usize); 4] =
    [("taxi", 31, 76, 5, 4), ("cyclist", 77, 137, 7, 4), ("street", 138, 187, 5, 4), ("wall", 188, 242, 5, 4)];

/// Ways of the camera: pan in pixels a frame, zoom in parts a frame, turn in degrees a frame.
const MOVES: [((f64, f64), f64, f64); 14] = [
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
