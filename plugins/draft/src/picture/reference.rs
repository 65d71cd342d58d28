//! Reference frames: the picture that a shot starts from or ends on, exactly, and the way from it into the shot.
//!
//! Frame 0 is the first reference, pixel for pixel when the sizes agree, else scaled to cover the frame about its
//! middle. From the next frame the shot's own camera moves over it and the new picture develops through it from the
//! light outwards, so the cut from the shot before reads as one continued take. The last frame is the last reference
//! in the same way, arrived at backwards.

use super::{
    PictureError,
    camera::{Affine, CameraPath},
    canvas::Area,
    chance::noise2,
    compose::{Frame, PlateView},
    texture::Texture,
};
use image::{ImageReader, Limits, RgbaImage, imageops};
use std::path::Path;

/// Reference pictures larger than this on a side are refused.
const LARGEST_SIDE_PX: u32 = 16_384;
/// The plane that a reference stands for: a little behind the people.
const PLATE_DEPTH: f32 = 1.35;

/// Opens a picture file within limits.
pub(super) fn load_picture(path: &Path) -> Result<RgbaImage, PictureError> {
    let refuse = |reason: String| PictureError::Picture { path: path.to_owned(), reason };
    let mut reader = ImageReader::open(path).map_err(|error| refuse(error.to_string()))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE_PX);
    limits.max_image_height = Some(LARGEST_SIDE_PX);
    limits.max_alloc = Some(1 << 30);
    reader.limits(limits);
    let reader = reader.with_guessed_format().map_err(|error| refuse(error.to_string()))?;
    Ok(reader.decode().map_err(|error| refuse(error.to_string()))?.to_rgba8())
}

/// A reference fitted to the frame, and a mirrored margin for the camera to move into.
#[derive(Debug)]
pub(super) struct Plate {
    /// The frame itself, opaque RGBA.
    pub(super) exact: Vec<u8>,
    texture: Texture,
}

impl Plate {
    pub(super) fn load(path: &Path, frame: &Frame) -> Result<Self, PictureError> {
        let picture = load_picture(path)?;
        let (width, height) = (frame.width_px as u32, frame.height_px as u32);
        let mut fitted = if picture.dimensions() == (width, height) { picture } else { cover(&picture, width, height) };
        for px in fitted.pixels_mut() {
            // A reference with clear parts shows them on black, as a player would.
            let alpha = u32::from(px[3]);
            for part in 0..3 {
                px[part] = (u32::from(px[part]) * alpha / 255) as u8;
            }
            px[3] = 255;
        }
        let margin_px = (width.min(height) / 6).max(1) as usize;
        let texture = with_margin(&fitted, margin_px, frame)
            .ok_or_else(|| PictureError::Picture { path: path.to_owned(), reason: "the picture is empty".into() })?;
        Ok(Self { exact: fitted.into_raw(), texture })
    }

    /// The plate at a share of the shot. `from` is the share at which the plate stands exactly in the frame.
    pub(super) fn view<'a>(
        &'a self,
        frame: &Frame,
        path: &CameraPath,
        (from, now): (f32, f32),
        drawn: f32,
        seed: u32,
    ) -> PlateView<'a> {
        let home = path.at(from).view(PLATE_DEPTH);
        let move_on = path.at(now).view(PLATE_DEPTH).after(home.inverse());
        let back = move_on.inverse().after(frame.unit_of_px());
        let scale = self.texture.px_per_unit;
        let to_px = Affine {
            a: scale,
            b: 0.0,
            c: -self.texture.left * scale - 0.5,
            d: 0.0,
            e: scale,
            f: -self.texture.top * scale - 0.5,
        };
        let (half_width, half_height) = (frame.half_width().max(0.01), frame.half_height().max(0.01));
        let share = move |x: f32, y: f32| {
            let cloud = noise2(x * 2.3 + 9.0, y * 2.3, seed) * 0.6 + noise2(x * 6.1, y * 6.1, seed ^ 3) * 0.25;
            let middle = 1.0 - ((x / half_width).powi(2) + (y / half_height).powi(2)).sqrt() * 0.5;
            let order = 0.62 * cloud + 0.38 * (1.0 - middle.clamp(0.0, 1.0));
            // Where the plate has run out, the new picture comes first.
            let (home_x, home_y) = move_on.inverse().apply(x, y);
            let outside = ((home_x.abs() - half_width).max(home_y.abs() - half_height) / 0.10 + 0.35).clamp(0.0, 1.0);
            let t = ((drawn * 1.55 - order * 0.55) / 1.0).clamp(0.0, 1.0);
            let ease = t * t * (3.0 - 2.0 * t);
            ease.max(outside * (drawn * 6.0).min(1.0))
        };
        PlateView { sampler: self.texture.sampler(), map: to_px.after(back), share: Box::new(share) }
    }
}

/// Scaled to cover the frame, cut about the middle.
fn cover(picture: &RgbaImage, width: u32, height: u32) -> RgbaImage {
    let (from_width, from_height) = (f64::from(picture.width().max(1)), f64::from(picture.height().max(1)));
    let scale = (f64::from(width) / from_width).max(f64::from(height) / from_height);
    let (cut_width, cut_height) = (f64::from(width) / scale, f64::from(height) / scale);
    let span = |wanted: f64, full: u32| (wanted.round() as u32).clamp(1, full.max(1));
    let (cut_width, cut_height) = (span(cut_width, picture.width()), span(cut_height, picture.height()));
    let (left, top) = ((picture.width() - cut_width) / 2, (picture.height() - cut_height) / 2);
    let cut = imageops::crop_imm(picture, left, top, cut_width, cut_height).to_image();
    imageops::resize(&cut, width, height, imageops::FilterType::Lanczos3)
}

fn with_margin(picture: &RgbaImage, margin_px: usize, frame: &Frame) -> Option<Texture> {
    let (width, height) = (frame.width_px, frame.height_px);
    let (full_width, full_height) = (width + 2 * margin_px, height + 2 * margin_px);
    let mirror = |value: isize, count: usize| {
        let count = count as isize;
        let folded = value.rem_euclid(2 * count);
        (if folded < count { folded } else { 2 * count - 1 - folded }) as u32
    };
    let mut data = Vec::with_capacity(full_width * full_height * 4);
    for y in 0..full_height {
        let source_y = mirror(y as isize - margin_px as isize, height);
        for x in 0..full_width {
            let source_x = mirror(x as isize - margin_px as isize, width);
            data.extend_from_slice(&picture.get_pixel(source_x, source_y).0);
        }
    }
    let margin = margin_px as f32 / frame.px_per_unit;
    let area = Area {
        left: -frame.half_width(),
        top: -frame.half_height(),
        right: frame.half_width(),
        bottom: frame.half_height(),
    };
    Texture::cropped(data, full_width, area.grow(margin), frame.px_per_unit)
}
