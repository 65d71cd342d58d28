//! Pictures as plain planes of codes: what comparing and smoothing compute on, free of FFmpeg; `color` says what the
//! codes mean.

mod color;

pub use color::{YuvColor, YuvMatrix, YuvRange};

/// One plane of eight-bit codes, rows from the top without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plane {
    /// Width in samples.
    pub width_px: usize,
    /// Height in samples.
    pub height_px: usize,
    /// `width_px * height_px` codes.
    pub codes: Vec<u8>,
}

impl Plane {
    /// A plane of one code.
    #[must_use]
    pub fn filled(width_px: usize, height_px: usize, code: u8) -> Self {
        Self { width_px, height_px, codes: vec![code; width_px * height_px] }
    }

    /// The codes of a row.
    ///
    /// # Panics
    /// When the plane has no such row.
    #[must_use]
    pub fn row(&self, y_px: usize) -> &[u8] {
        &self.codes[y_px * self.width_px..(y_px + 1) * self.width_px]
    }
}

/// A conformed picture: eight bits, 4:2:0, BT.709, limited range (luma 16 to 235, chroma 16 to 240 about 128).
/// Both sides of the luma plane are even; the chroma planes have half of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YuvFrame {
    /// Y.
    pub luma: Plane,
    /// Cb.
    pub cb: Plane,
    /// Cr.
    pub cr: Plane,
}

impl YuvFrame {
    /// A frame of one colour, given as codes; both sides even.
    #[must_use]
    pub fn filled(width_px: usize, height_px: usize, [y, cb, cr]: [u8; 3]) -> Self {
        let chroma = |code| Plane::filled(width_px / 2, height_px / 2, code);
        Self { luma: Plane::filled(width_px, height_px, y), cb: chroma(cb), cr: chroma(cr) }
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width_px(&self) -> usize {
        self.luma.width_px
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height_px(&self) -> usize {
        self.luma.height_px
    }

    /// The planes in the order Y, Cb, Cr.
    #[must_use]
    pub const fn planes(&self) -> [&Plane; 3] {
        [&self.luma, &self.cb, &self.cr]
    }
}
