//! The prop store: silhouettes cut from paper, each drawn about the middle of its foot, y downwards, in the units its
//! words name. `place` on the canvas puts them where they stand.

mod furniture;
mod hand;
mod outdoors;
mod room;

pub(super) use furniture::{armchair, bed, bookcase, candelabra, candlestick, counter, desk, hanging_lamp, pew, table};
pub(super) use hand::hero;
pub(super) use outdoors::{
    bare_tree, bird, bush, car, carriage, column, cypress, gas_lamp, grass, grave, horse, house, hut, leafy_tree, pine,
    ship, tower,
};
pub(super) use room::{Outside, curtain, door, fireplace, frame_picture, gothic_window, tall_window};

use super::colour::Rgb;

/// Three values of one paper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tones {
    pub(super) dark: Rgb,
    pub(super) body: Rgb,
    pub(super) lit: Rgb,
}

impl Tones {
    /// A paper with its shadow and its light.
    pub(super) fn of(body: Rgb, light: Rgb) -> Self {
        Self { dark: body.shade(0.62), body, lit: body.mix(light, 0.38) }
    }
}
