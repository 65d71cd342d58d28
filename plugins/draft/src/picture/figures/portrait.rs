//! A character's portrait as a soft-edged cameo, graded into the scene's light.

use crate::picture::{
    PictureError,
    canvas::{Area, At},
    palette::Palette,
    reference::load_picture,
    texture::Texture,
};
use image::{RgbaImage, imageops};
use std::path::Path;

/// The oval of a portrait: its upper part, where faces are, feathered to nothing.
pub(super) fn cameo(
    path: &Path,
    palette: &Palette,
    at: At,
    height: f32,
    px_per_unit: f32,
) -> Result<Option<Texture>, PictureError> {
    let picture = load_picture(path)?;
    let (wide, high) = picture.dimensions();
    // Three to four upright; a wide picture is cut about its middle, a tall one keeps its top.
    let (cut_wide, cut_high) =
        if wide * 4 > high * 3 { ((high * 3 / 4).max(1), high) } else { (wide, (wide * 4 / 3).min(high).max(1)) };
    let cut = imageops::crop_imm(&picture, (wide - cut_wide) / 2, 0, cut_wide, cut_high).to_image();
    let high_px = (height * px_per_unit).clamp(8.0, 3000.0) as u32;
    let wide_px = (high_px * cut_wide / cut_high.max(1)).max(4);
    let mut sized: RgbaImage = imageops::resize(&cut, wide_px, high_px, imageops::FilterType::CatmullRom);
    let light = [palette.key.0, palette.key.1, palette.key.2];
    let shade = [palette.ink.0, palette.ink.1, palette.ink.2];
    for (x, y, px) in sized.enumerate_pixels_mut() {
        let (u, v) = ((x as f32 + 0.5) / wide_px as f32 * 2.0 - 1.0, (y as f32 + 0.5) / high_px as f32 * 2.0 - 1.0);
        // Shoulders run on below, so the oval is fuller at its foot.
        let away = (u.abs().powf(2.3) + (v * if v > 0.0 { 0.96 } else { 1.0 }).abs().powf(2.6)).powf(0.42);
        let feather = ((1.0 - away) / 0.20).clamp(0.0, 1.0);
        let alpha = feather * feather * (3.0 - 2.0 * feather) * f32::from(px[3]) / 255.0;
        let dusk = ((away - 0.45) / 0.55).clamp(0.0, 1.0) * 0.55;
        for part in 0..3 {
            let raw = f32::from(px[part]) / 255.0;
            let lit = raw * (0.62 + 0.38 * light[part]);
            let value = lit * (1.0 - dusk) + shade[part] * dusk;
            px[part] = (value * alpha * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
        }
        px[3] = (alpha * 255.0 + 0.5) as u8;
    }
    let width = height * wide_px as f32 / high_px as f32;
    let area = Area {
        left: at.0 - width / 2.0,
        top: at.1 - height / 2.0,
        right: at.0 + width / 2.0,
        bottom: at.1 + height / 2.0,
    };
    let scale = wide_px as f32 / width.max(1e-4);
    Ok(Texture::cropped(sized.into_raw(), wide_px as usize, area, scale))
}
