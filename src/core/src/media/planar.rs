//! Between FFmpeg's pictures and plain planes.

use super::{
    MediaError,
    picture::{Picture, tagged},
};
use crate::planes::{Plane, YuvFrame};
use ffmpeg_next::format::Pixel;

/// A conformed picture as plain planes.
///
/// # Errors
/// [`MediaError::Filter`] for a picture that is not eight-bit 4:2:0.
pub fn to_planes(picture: &Picture) -> Result<YuvFrame, MediaError> {
    if picture.format() != Pixel::YUV420P {
        return Err(MediaError::filter("planes", format!("the picture is {:?}, not yuv420p", picture.format())));
    }
    let plane = |index: usize| {
        let (width_px, height_px) = (picture.plane_width(index) as usize, picture.plane_height(index) as usize);
        let stride = picture.stride(index);
        let rows = picture.data(index).chunks(stride).take(height_px);
        Plane { width_px, height_px, codes: rows.flat_map(|row| &row[..width_px]).copied().collect() }
    };
    Ok(YuvFrame { luma: plane(0), cb: plane(1), cr: plane(2) })
}

/// Plain planes as a conformed picture, without a time.
#[must_use]
pub fn from_planes(frame: &YuvFrame) -> Picture {
    let mut picture = Picture::new(Pixel::YUV420P, frame.width_px() as u32, frame.height_px() as u32);
    for (index, plane) in frame.planes().into_iter().enumerate() {
        let stride = picture.stride(index);
        let rows = picture.data_mut(index).chunks_mut(stride).zip(plane.codes.chunks_exact(plane.width_px));
        for (target, row) in rows {
            target[..row.len()].copy_from_slice(row);
        }
    }
    tagged(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_survive_the_way_there_and_back() {
        let mut frame = YuvFrame::filled(34, 18, [0, 0, 0]);
        for (seed, plane) in [&mut frame.luma, &mut frame.cb, &mut frame.cr].into_iter().enumerate() {
            for (index, code) in plane.codes.iter_mut().enumerate() {
                *code = (index * 7 + seed * 31) as u8;
            }
        }
        assert_eq!(to_planes(&from_planes(&frame)).unwrap(), frame);
        assert!(to_planes(&Picture::new(Pixel::RGBA, 34, 18)).is_err());
    }
}
