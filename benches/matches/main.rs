//! The error rates of the match, on labelled pairs of frames.

fn main() {}
