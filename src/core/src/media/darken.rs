//! Darkening pictures for a fade.

use super::picture::{Picture, tagged};
use ffmpeg_next::format::Pixel;

/// A conformed picture with only a share of its light: 1 is the picture itself, 0 is black.
#[must_use]
pub fn darkened(picture: &Picture, level: f64) -> Picture {
    let (bytes, black, grey, codes) = match picture.format() {
        Pixel::YUV422P10LE => (2, 64.0, 512.0, 1024),
        _ => (1, 16.0, 128.0, 256),
    };
    let mut dark = Picture::new(picture.format(), picture.width(), picture.height());
    for plane in 0..picture.planes() {
        let rest = if plane == 0 { black } else { grey };
        let table: Vec<u16> =
            (0..codes).map(|code| (rest + (f64::from(code) - rest) * level).round().max(0.0) as u16).collect();
        let row_bytes = picture.plane_width(plane) as usize * bytes;
        let (source_stride, target_stride) = (picture.stride(plane), dark.stride(plane));
        let rows = picture.data(plane).chunks(source_stride).zip(dark.data_mut(plane).chunks_mut(target_stride));
        for (source, target) in rows.take(picture.plane_height(plane) as usize) {
            if bytes == 1 {
                for (code, dimmed) in source[..row_bytes].iter().zip(&mut target[..row_bytes]) {
                    *dimmed = table[usize::from(*code)] as u8;
                }
            } else {
                let pairs = source[..row_bytes].chunks_exact(2).zip(target[..row_bytes].chunks_exact_mut(2));
                for (code, dimmed) in pairs {
                    let code = usize::from(u16::from_le_bytes([code[0], code[1]])).min(table.len() - 1);
                    dimmed.copy_from_slice(&table[code].to_le_bytes());
                }
            }
        }
    }
    dark.set_pts(picture.pts());
    tagged(dark)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fills a picture with one code and checks what darkening makes of it.
    fn check(pixel: Pixel, code: u16, level: f64, expected: [u16; 2]) {
        let mut picture = Picture::new(pixel, 18, 10);
        let wide = pixel == Pixel::YUV422P10LE;
        let bytes = code.to_le_bytes();
        for plane in 0..3 {
            for (index, byte) in picture.data_mut(plane).iter_mut().enumerate() {
                *byte = if wide { bytes[index % 2] } else { bytes[0] };
            }
        }
        let dark = darkened(&picture, level);
        for (plane, expected) in [expected[0], expected[1], expected[1]].into_iter().enumerate() {
            let data = dark.data(plane);
            let found = if wide { u16::from_le_bytes([data[2], data[3]]) } else { u16::from(data[1]) };
            assert_eq!(found, expected, "{pixel:?} {code} at {level}, plane {plane}");
        }
    }

    #[test]
    fn light_goes_down_to_black_and_colour_to_grey() {
        check(Pixel::YUV420P, 200, 1.0, [200, 200]);
        check(Pixel::YUV420P, 200, 0.0, [16, 128]);
        check(Pixel::YUV420P, 216, 0.5, [116, 172]);
        check(Pixel::YUV420P, 0, 0.5, [8, 64]);
        check(Pixel::YUV422P10LE, 940, 0.0, [64, 512]);
        check(Pixel::YUV422P10LE, 864, 0.5, [464, 688]);
    }
}
