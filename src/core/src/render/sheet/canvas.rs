//! Rectangles, pictures and words on an RGB picture.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use image::{Rgb, RgbImage};

pub(super) const BACKGROUND: Rgb<u8> = Rgb([18, 19, 22]);
pub(super) const PANEL: Rgb<u8> = Rgb([28, 30, 34]);
pub(super) const TEXT: Rgb<u8> = Rgb([232, 232, 228]);
pub(super) const DIM: Rgb<u8> = Rgb([138, 142, 150]);
pub(super) const ACCENT: Rgb<u8> = Rgb([240, 176, 80]);

static REGULAR: &[u8] = include_bytes!("../../../../../assets/fonts/Inter-Regular.otf");
static STRONG: &[u8] = include_bytes!("../../../../../assets/fonts/Inter-SemiBold.otf");

#[derive(Clone, Copy)]
pub(super) enum Weight {
    Regular,
    Strong,
}

pub(super) struct Canvas {
    image: RgbImage,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self { image: RgbImage::from_pixel(width, height, BACKGROUND) }
    }

    pub(super) fn into_image(self) -> RgbImage {
        self.image
    }

    pub(super) fn fill(&mut self, (x, y): (u32, u32), (width, height): (u32, u32), color: Rgb<u8>) {
        for row in y..(y + height).min(self.image.height()) {
            for column in x..(x + width).min(self.image.width()) {
                self.image.put_pixel(column, row, color);
            }
        }
    }

    pub(super) fn image(&mut self, (x, y): (u32, u32), picture: &RgbImage) {
        image::imageops::replace(&mut self.image, picture, i64::from(x), i64::from(y));
    }

    /// Writes a line of text, its top at `y`; what does not fit on the right is left out.
    pub(super) fn text(&mut self, (x, y): (u32, u32), size_px: f32, weight: Weight, color: Rgb<u8>, text: &str) {
        let bytes = match weight {
            Weight::Regular => REGULAR,
            Weight::Strong => STRONG,
        };
        // The fonts are part of the program.
        let Ok(font) = FontRef::try_from_slice(bytes) else { return };
        let font = font.as_scaled(PxScale::from(size_px * 1.2));
        let mut pen = x as f32;
        for letter in text.chars() {
            let glyph = font.scaled_glyph(letter);
            let id = glyph.id;
            let placed = ab_glyph::Glyph { position: point(pen, y as f32 + font.ascent()), ..glyph };
            pen += font.h_advance(id);
            let Some(outline) = font.outline_glyph(placed) else { continue };
            let bounds = outline.px_bounds();
            outline.draw(|column, row, cover| {
                let (column, row) = (bounds.min.x + column as f32, bounds.min.y + row as f32);
                if column >= 0.0 && row >= 0.0 {
                    self.blend(column as u32, row as u32, color, cover.min(1.0));
                }
            });
        }
    }

    fn blend(&mut self, x: u32, y: u32, color: Rgb<u8>, cover: f32) {
        if let Some(pixel) = self.image.get_pixel_mut_checked(x, y) {
            for (code, wanted) in pixel.0.iter_mut().zip(color.0) {
                *code = (f32::from(*code) + (f32::from(wanted) - f32::from(*code)) * cover).round() as u8;
            }
        }
    }
}
