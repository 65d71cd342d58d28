//! What the codes of a picture mean: from luma and chroma to red, green and blue, and back.

/// Which weights luma was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum YuvMatrix {
    /// Standard definition.
    Bt601,
    /// High definition: the master format.
    #[default]
    Bt709,
}

/// Which codes are black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum YuvRange {
    /// Luma 16 to 235, chroma 16 to 240: the master format.
    #[default]
    Limited,
    /// 0 to 255.
    Full,
}

/// How codes of eight bits become light, as far as numbers go: the transfer curve stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct YuvColor {
    /// The weights.
    pub matrix: YuvMatrix,
    /// The range.
    pub range: YuvRange,
}

impl YuvColor {
    /// Three rows, for red, green and blue: each times `(Y, Cb, Cr, 1)`, with codes and colours as fractions of 255.
    /// What comes out may lie beyond 0 to 1 and is clamped by whoever shows it.
    #[must_use]
    pub fn to_rgb_rows(self) -> [[f32; 4]; 3] {
        let (kr, kb) = self.weights();
        let kg = 1.0 - kr - kb;
        let (black, luma_codes, chroma_codes) = self.codes();
        let (luma, chroma) = (255.0 / luma_codes, 255.0 / chroma_codes);
        let row = |cb: f64, cr: f64| {
            let offset = -black / luma_codes - (cb + cr) * 128.0 / chroma_codes;
            [luma, cb * chroma, cr * chroma, offset].map(|value| value as f32)
        };
        let (to_red, to_blue) = (2.0 * (1.0 - kr), 2.0 * (1.0 - kb));
        [row(0.0, to_red), row(-to_blue * kb / kg, -to_red * kr / kg), row(to_blue, 0.0)]
    }

    /// The codes of a colour, rounded: `[Y, Cb, Cr]`.
    #[must_use]
    pub fn codes_of_rgb(self, rgb: [u8; 3]) -> [u8; 3] {
        let (kr, kb) = self.weights();
        let (black, luma_codes, chroma_codes) = self.codes();
        let [red, green, blue] = rgb.map(|code| f64::from(code) / 255.0);
        let luma = kr * red + (1.0 - kr - kb) * green + kb * blue;
        let chroma = |part: f64, weight: f64| (part - luma) / (2.0 * (1.0 - weight)) * chroma_codes + 128.0;
        [black + luma * luma_codes, chroma(blue, kb), chroma(red, kr)].map(|code| code.round().clamp(0.0, 255.0) as u8)
    }

    const fn weights(self) -> (f64, f64) {
        match self.matrix {
            YuvMatrix::Bt601 => (0.299, 0.114),
            YuvMatrix::Bt709 => (0.2126, 0.0722),
        }
    }

    /// The code of black, and how many codes luma and chroma span.
    const fn codes(self) -> (f64, f64, f64) {
        match self.range {
            YuvRange::Limited => (16.0, 219.0, 224.0),
            YuvRange::Full => (0.0, 255.0, 255.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(color: YuvColor, codes: [u8; 3]) -> [f32; 3] {
        let [y, cb, cr] = codes.map(|code| f32::from(code) / 255.0);
        color.to_rgb_rows().map(|row| (row[0] * y + row[1] * cb + row[2] * cr + row[3]) * 255.0)
    }

    fn all() -> impl Iterator<Item = YuvColor> {
        [YuvMatrix::Bt601, YuvMatrix::Bt709].into_iter().flat_map(|matrix| {
            [YuvRange::Limited, YuvRange::Full].into_iter().map(move |range| YuvColor { matrix, range })
        })
    }

    #[test]
    fn known_codes_are_known_colours() {
        let limited = |matrix| YuvColor { matrix, range: YuvRange::Limited };
        let full = |matrix| YuvColor { matrix, range: YuvRange::Full };
        // From the tables of BT.601 and BT.709 in eight bits.
        for (color, codes, expected) in [
            (limited(YuvMatrix::Bt709), [16, 128, 128], [0.0, 0.0, 0.0]),
            (limited(YuvMatrix::Bt709), [235, 128, 128], [255.0, 255.0, 255.0]),
            (limited(YuvMatrix::Bt709), [63, 102, 240], [255.0, 0.0, 0.0]),
            (limited(YuvMatrix::Bt709), [173, 42, 26], [0.0, 255.0, 0.0]),
            (limited(YuvMatrix::Bt601), [81, 90, 240], [255.0, 0.0, 0.0]),
            (limited(YuvMatrix::Bt601), [145, 54, 34], [0.0, 255.0, 0.0]),
            (full(YuvMatrix::Bt601), [76, 85, 255], [254.0, 0.0, 0.0]),
            (full(YuvMatrix::Bt709), [255, 128, 128], [255.0, 255.0, 255.0]),
        ] {
            let found = rgb(color, codes);
            let far = found.iter().zip(expected).map(|(left, right)| (left - right).abs()).fold(0.0, f32::max);
            assert!(far < 1.6, "{color:?} {codes:?}: {found:?}");
        }
    }

    #[test]
    fn a_colour_comes_back_from_its_codes() {
        let mut random = fastrand::Rng::with_seed(11);
        for color in all() {
            for _ in 0..2000 {
                let colour = [random.u8(..), random.u8(..), random.u8(..)];
                let found = rgb(color, color.codes_of_rgb(colour));
                let far = found.iter().zip(colour).map(|(left, right)| (left - f32::from(right)).abs());
                // Half a code of luma and of chroma, through the steepest slope of the matrix.
                assert!(far.fold(0.0, f32::max) < 1.9, "{color:?} {colour:?}: {found:?}");
            }
        }
    }
}
