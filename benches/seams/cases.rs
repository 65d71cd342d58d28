//! Cuts between a shot and its continuation, whose content is known at any instant.

use crate::{
    Outcome,
    camera::Camera,
    footage::{lit, recompressed},
};
use kinora_core::planes::YuvFrame;
use std::rc::Rc;

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
pub(crate) enum Content {
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
    pub(crate) content: Content,
    /// The first part's last frame.
    pub(crate) cut: usize,
    pub(crate) side: usize,
    pub(crate) context: usize,
    pub(crate) held: usize,
    pub(crate) gain: f64,
    /// Frames over which the second part gathers speed.
    pub(crate) slow: usize,
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
