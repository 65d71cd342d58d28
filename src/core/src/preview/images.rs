//! Small pictures of images. The images may come from anyone, so size and memory have limits before a pixel is read.

use crate::{
    media::MAX_SIDE_PX,
    store::{Cache, StoreError, write_atomic},
};
use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageReader, Limits, RgbImage, RgbaImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// Largest image file read.
const MAX_FILE_BYTES: u64 = 128 << 20;
/// Most memory an image may take while it is read.
const MAX_MEMORY_BYTES: u64 = 192 << 20;
/// Quality of kept pictures without transparency.
const JPEG_QUALITY: u8 = 88;

/// A small picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThumbImage {
    /// Width and height.
    pub size_px: [u32; 2],
    /// Rows from the top, four bytes a pixel, alpha not multiplied in.
    pub rgba: Vec<u8>,
}

/// Why an image is not shown.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// It is not there.
    #[error("{}: no such file", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// It is larger than Kinora works with.
    #[error("{}: {detail} is beyond the limits of an image; make it smaller first", path.display())]
    Oversized {
        /// The file.
        path: PathBuf,
        /// What is too large.
        detail: String,
    },
    /// It is damaged, or no PNG, JPEG or WebP.
    #[error("{}: not an image that can be read ({detail}); use a whole PNG, JPEG or WebP", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
}

/// The largest size with the shape of `source_px` inside `box_px`; never enlarged, at least one pixel a side.
#[must_use]
pub fn fit_inside(source_px: [u32; 2], box_px: [u32; 2]) -> [u32; 2] {
    let [width, height] = source_px.map(|side| f64::from(side.max(1)));
    let scale = (f64::from(box_px[0]) / width).min(f64::from(box_px[1]) / height).min(1.0);
    [width, height].map(|side| ((side * scale).round() as u32).max(1))
}

/// Reads an image, turned as its file says, and scales it to fit inside `box_px`. What it is, its content tells, not
/// its name.
///
/// # Errors
/// [`ImageError`].
pub fn read_image(path: &Path, box_px: [u32; 2]) -> Result<ThumbImage, ImageError> {
    // A decoder that panics on a hostile file costs that file, not the thread.
    let read = catch_unwind(AssertUnwindSafe(|| decode(path, box_px)));
    read.unwrap_or_else(|_| Err(broken(path, &"the decoder gave up on it")))
}

fn decode(path: &Path, box_px: [u32; 2]) -> Result<ThumbImage, ImageError> {
    let stat = std::fs::metadata(path).map_err(|_| ImageError::Missing { path: path.into() })?;
    if !stat.is_file() {
        return Err(broken(path, &"it is not a regular file"));
    }
    let too_large = |detail: String| ImageError::Oversized { path: path.into(), detail };
    if stat.len() > MAX_FILE_BYTES {
        return Err(too_large(crate::store::human_bytes(stat.len())));
    }
    let mut reader =
        ImageReader::open(path).and_then(ImageReader::with_guessed_format).map_err(|error| broken(path, &error))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY_BYTES);
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    reader.limits(limits);
    let refuse = |error: image::ImageError| match error {
        image::ImageError::Limits(limit) => too_large(limit.to_string()),
        other => broken(path, &other),
    };
    let mut decoder = reader.into_decoder().map_err(refuse)?;
    let (width, height) = decoder.dimensions();
    if decoder.total_bytes() > MAX_MEMORY_BYTES || width.max(height) > MAX_SIDE_PX {
        return Err(too_large(format!("{width}x{height} pixels")));
    }
    let orientation = decoder.orientation().map_err(refuse)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(refuse)?;
    image.apply_orientation(orientation);
    let size_px = fit_inside([image.width(), image.height()], box_px);
    if size_px != [image.width(), image.height()] {
        image = image.thumbnail_exact(size_px[0], size_px[1]);
    }
    Ok(ThumbImage { size_px, rgba: image.into_rgba8().into_raw() })
}

/// A small picture kept in the cache; a broken one is dropped.
#[must_use]
pub fn read_thumb(cache: &Cache, key: &blake3::Hash) -> Option<ThumbImage> {
    ["jpg", "png"].into_iter().find_map(|extension| {
        let read = read_image(&cache.get(key, extension)?, [MAX_SIDE_PX; 2]);
        if read.is_err() {
            cache.discard(key, extension);
        }
        read.ok()
    })
}

/// Keeps a small picture in the cache.
///
/// # Errors
/// [`StoreError`].
pub fn write_thumb(cache: &Cache, key: &blake3::Hash, thumb: &ThumbImage) -> Result<(), StoreError> {
    let [width, height] = thumb.size_px;
    let Some(image) = RgbaImage::from_raw(width, height, thumb.rgba.clone()) else { return Ok(()) };
    let is_opaque = thumb.rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255);
    let extension = if is_opaque { "jpg" } else { "png" };
    let mut bytes = Vec::new();
    let encoded = if is_opaque {
        let rgb: RgbImage = DynamicImage::from(image).into_rgb8();
        JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).write_image(
            &rgb,
            width,
            height,
            image::ExtendedColorType::Rgb8,
        )
    } else {
        PngEncoder::new(&mut bytes).write_image(&image, width, height, image::ExtendedColorType::Rgba8)
    };
    let place = cache.reserve(key, extension)?.final_path().to_path_buf();
    encoded.map_err(|error| StoreError::from_io("save", &place, std::io::Error::other(error)))?;
    write_atomic(&place, &bytes)
}

fn broken(path: &Path, detail: &dyn std::fmt::Display) -> ImageError {
    ImageError::Broken { path: path.into(), detail: detail.to_string() }
}
