//! A decoded picture as a screen takes it: planes of codes where the decoder left them, and what the codes mean.

use super::{
    MediaError,
    picture::Picture,
    planar::{from_planes, to_planes},
    still::{matrix_name, range_name},
};
use crate::planes::{YuvColor, YuvFrame, YuvMatrix, YuvRange};
use ffmpeg_next::{chroma, format::Pixel};
use std::fmt;

/// A picture of three planes of eight bits. Nobody writes into it, so it can be shared between threads.
pub struct PlanarPicture {
    picture: Picture,
    color: YuvColor,
}

/// One plane of a [`PlanarPicture`].
#[derive(Debug, Clone, Copy)]
pub struct PlaneView<'a> {
    /// Width and height in samples.
    pub size_px: [u32; 2],
    /// Bytes from one row to the next.
    pub stride_bytes: u32,
    /// Rows from the top, `stride_bytes * height` bytes.
    pub bytes: &'a [u8],
}

impl PlanarPicture {
    /// Takes a decoded picture as it is.
    ///
    /// # Errors
    /// [`MediaError::Filter`] for a picture that is not of three planes of eight bits, 4:2:0 or 4:4:4.
    pub fn new(picture: Picture) -> Result<Self, MediaError> {
        let full = match picture.format() {
            Pixel::YUV420P | Pixel::YUV444P => range_name(&picture) == "pc",
            Pixel::YUVJ420P | Pixel::YUVJ444P => true,
            other => return Err(MediaError::filter("planes", format!("the picture is {other:?}, not planar yuv"))),
        };
        let matrix = if matrix_name(&picture) == "bt601" { YuvMatrix::Bt601 } else { YuvMatrix::Bt709 };
        let range = if full { YuvRange::Full } else { YuvRange::Limited };
        Ok(Self { picture, color: YuvColor { matrix, range } })
    }

    /// Plain planes, and what their codes mean.
    #[must_use]
    pub fn of_planes(frame: &YuvFrame, color: YuvColor) -> Self {
        Self { picture: from_planes(frame), color }
    }

    /// A still image of RGBA, four bytes a pixel, in full range and without subsampling; `None` if the bytes are not as
    /// many as the size asks for.
    #[must_use]
    pub fn of_rgba(size_px: [u32; 2], rgba: &[u8]) -> Option<Self> {
        let [width_px, height_px] = size_px.map(|side| side as usize);
        let (pixels, rest) = rgba.as_chunks::<4>();
        if pixels.is_empty() || pixels.len() != width_px.checked_mul(height_px)? || !rest.is_empty() {
            return None;
        }
        let color = YuvColor { matrix: YuvMatrix::Bt709, range: YuvRange::Full };
        let codes: Vec<[u8; 3]> =
            pixels.iter().map(|[red, green, blue, _]| color.codes_of_rgb([*red, *green, *blue])).collect();
        let mut picture = Picture::new(Pixel::YUVJ444P, size_px[0], size_px[1]);
        for plane in 0..3 {
            let stride = picture.stride(plane);
            let rows = picture.data_mut(plane).chunks_mut(stride).zip(codes.chunks_exact(width_px));
            for (target, row) in rows {
                target.iter_mut().zip(row).for_each(|(target, codes)| *target = codes[plane]);
            }
        }
        Some(Self { picture, color })
    }

    /// A darker one: 1 is the picture itself, 0 is black.
    #[must_use]
    pub fn darkened(&self, level: f64) -> Self {
        Self { picture: super::darkened(&self.picture, level), color: self.color }
    }

    /// Width and height.
    #[must_use]
    pub fn size_px(&self) -> [u32; 2] {
        [self.picture.width(), self.picture.height()]
    }

    /// What the codes mean.
    #[must_use]
    pub const fn color(&self) -> YuvColor {
        self.color
    }

    /// Whether samples of chroma lie on the left of the pixels that they are for, rather than in their middle.
    #[must_use]
    pub fn has_chroma_left(&self) -> bool {
        // H.264 without a word means left.
        let left = [chroma::Location::Left, chroma::Location::Unspecified];
        self.planes()[1].size_px[0] < self.picture.width() && left.contains(&self.picture.chroma_location())
    }

    /// The planes in the order Y, Cb, Cr.
    #[must_use]
    pub fn planes(&self) -> [PlaneView<'_>; 3] {
        [0, 1, 2].map(|index| PlaneView {
            size_px: [self.picture.plane_width(index), self.picture.plane_height(index)],
            stride_bytes: self.picture.stride(index) as u32,
            bytes: self.picture.data(index),
        })
    }

    /// Bytes of memory.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.planes().iter().map(|plane| plane.bytes.len()).sum()
    }

    /// The same as plain planes, copied.
    ///
    /// # Errors
    /// [`MediaError::Filter`] for a picture that is not 4:2:0.
    pub fn to_frame(&self) -> Result<YuvFrame, MediaError> {
        to_planes(&self.picture)
    }
}

impl fmt::Debug for PlanarPicture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [width, height] = self.size_px();
        write!(formatter, "PlanarPicture({width}x{height}, {:?})", self.color)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_keeps_its_colours_and_its_shape() {
        let colours = [[255, 0, 0, 255], [0, 255, 0, 255], [1, 2, 3, 255], [255, 255, 255, 0], [9, 9, 9, 9], [0; 4]];
        let picture = PlanarPicture::of_rgba([3, 2], colours.as_flattened()).unwrap();
        assert_eq!((picture.size_px(), picture.color().range), ([3, 2], YuvRange::Full));
        assert!(!picture.has_chroma_left());
        for (index, [red, green, blue, _]) in colours.into_iter().enumerate() {
            let codes = picture.planes().map(|plane| {
                assert_eq!(plane.size_px, [3, 2]);
                plane.bytes[index / 3 * plane.stride_bytes as usize + index % 3]
            });
            assert_eq!(codes, picture.color().codes_of_rgb([red, green, blue]));
        }
        assert!(PlanarPicture::of_rgba([3, 2], &[0; 23]).is_none());
        assert!(PlanarPicture::of_rgba([0, 2], &[]).is_none());
        assert!(PlanarPicture::of_rgba([u32::MAX, u32::MAX], &[0; 24]).is_none());
    }

    #[test]
    fn planes_are_seen_as_they_are() {
        let mut frame = YuvFrame::filled(34, 18, [40, 90, 160]);
        frame.cb.codes[18] = 7;
        let picture = PlanarPicture::of_planes(&frame, YuvColor::default());
        assert!(picture.has_chroma_left() && picture.color() == YuvColor::default());
        let [_, cb, _] = picture.planes();
        assert_eq!((cb.size_px, cb.bytes[cb.stride_bytes as usize + 1]), ([17, 9], 7));
        assert_eq!(picture.to_frame().unwrap(), frame);
        assert_eq!(picture.darkened(0.0).to_frame().unwrap(), YuvFrame::filled(34, 18, [16, 128, 128]));
    }
}
