//! Interpolation engines against frames that were held back.

fn main() {}
