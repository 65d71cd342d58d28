//! Colours: sRGB in, mixed in OKLab so that gradients keep their light.

/// A display colour, each part 0..1 in sRGB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rgb(pub(super) f32, pub(super) f32, pub(super) f32);

/// `0xRRGGBB` as a colour.
pub(super) const fn hex(code: u32) -> Rgb {
    Rgb(((code >> 16) & 255) as f32 / 255.0, ((code >> 8) & 255) as f32 / 255.0, (code & 255) as f32 / 255.0)
}

impl Rgb {
    /// This colour mixed with another: 0 is this one, 1 the other.
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        let (a, b) = (self.to_lab(), other.to_lab());
        let t = share.clamp(0.0, 1.0);
        Self::from_lab([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t])
    }

    /// Lighter (above 1) or darker (below 1), hue kept.
    pub(super) fn shade(self, gain: f32) -> Self {
        let lab = self.to_lab();
        let chroma = gain.clamp(0.3, 1.15);
        Self::from_lab([(lab[0] * gain).min(0.99), lab[1] * chroma, lab[2] * chroma])
    }

    /// Hue turned by an angle in degrees, and colourfulness scaled.
    pub(super) fn turn(self, degrees: f32, chroma: f32) -> Self {
        let lab = self.to_lab();
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self::from_lab([lab[0], (lab[1] * cos - lab[2] * sin) * chroma, (lab[1] * sin + lab[2] * cos) * chroma])
    }

    /// A colour from lightness, colourfulness (0..0.3) and hue in degrees.
    pub(super) fn lch(lightness: f32, chroma: f32, hue_degrees: f32) -> Self {
        let (sin, cos) = hue_degrees.to_radians().sin_cos();
        Self::from_lab([lightness, chroma * cos, chroma * sin])
    }

    fn to_lab(self) -> [f32; 3] {
        let (r, g, b) = (linear(self.0), linear(self.1), linear(self.2));
        let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
        [
            0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        ]
    }

    fn from_lab(lab: [f32; 3]) -> Self {
        let l = (lab[0] + 0.396_337_78 * lab[1] + 0.215_803_76 * lab[2]).powi(3);
        let m = (lab[0] - 0.105_561_346 * lab[1] - 0.063_854_17 * lab[2]).powi(3);
        let s = (lab[0] - 0.089_484_18 * lab[1] - 1.291_485_5 * lab[2]).powi(3);
        Self(
            encode(4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s),
            encode(-1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s),
            encode(-0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s),
        )
    }
}

fn linear(part: f32) -> f32 {
    if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

fn encode(part: f32) -> f32 {
    let part = part.clamp(0.0, 1.0);
    if part <= 0.003_130_8 { part * 12.92 } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 }
}
