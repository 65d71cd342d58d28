//! Pictures as a screen wants them: 8-bit RGBA, scaled, the matrix and range of the source taken into account.

use super::{
    MediaError,
    filter::FilterChain,
    picture::Picture,
    still::{matrix_name, range_name},
};
use ffmpeg_next::format::Pixel;

/// Scales and converts one picture after the other. Stays on the thread that made it.
#[derive(Default)]
pub struct RgbaScaler {
    /// The chain in use and what it was built for: pictures of one clip and one size follow each other.
    chain: Option<(Shape, FilterChain)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Shape {
    source_px: [u32; 2],
    pixel: Pixel,
    matrix: &'static str,
    range: &'static str,
    target_px: [u32; 2],
}

impl RgbaScaler {
    /// A picture as rows of RGBA from the top, `target_px[0] * target_px[1] * 4` bytes, opaque.
    ///
    /// # Errors
    /// [`MediaError::Filter`].
    pub fn rgba(&mut self, picture: &Picture, target_px: [u32; 2]) -> Result<Vec<u8>, MediaError> {
        let shape = Shape {
            source_px: [picture.width(), picture.height()],
            pixel: picture.format(),
            matrix: matrix_name(picture),
            range: range_name(picture),
            target_px,
        };
        if self.chain.as_ref().is_none_or(|(built, _)| *built != shape) {
            self.chain = Some((shape, build(shape)?));
        }
        let Some((_, chain)) = &mut self.chain else { return Err(refuse("the chain was lost")) };
        let mut out = Picture::empty();
        let pulled = chain.push(picture).and_then(|()| chain.pull(&mut out));
        match pulled {
            Ok(true) if out.format() == Pixel::RGBA => {}
            other => {
                // A chain that failed once may hold half a picture.
                self.chain = None;
                other?;
                return Err(refuse("no picture came out"));
            }
        }
        let (row, stride) = (target_px[0] as usize * 4, out.stride(0));
        let data = out.data(0);
        let mut rgba = Vec::with_capacity(row * target_px[1] as usize);
        for line in 0..target_px[1] as usize {
            rgba.extend_from_slice(&data[line * stride..line * stride + row]);
        }
        Ok(rgba)
    }
}

fn build(shape: Shape) -> Result<FilterChain, MediaError> {
    let [width, height] = shape.target_px;
    let Shape { matrix, range, .. } = shape;
    let description = format!(
        "scale={width}:{height}:in_color_matrix={matrix}:in_range={range}:flags=bicubic+accurate_rnd+full_chroma_int,\
         format=rgba"
    );
    let args = format!(
        "video_size={}x{}:pix_fmt={}:time_base=1/1000",
        shape.source_px[0],
        shape.source_px[1],
        shape.pixel.descriptor().map_or("yuv420p", |descriptor| descriptor.name()),
    );
    FilterChain::new("buffer", &args, "buffersink", &description, 1)
}

fn refuse(detail: &str) -> MediaError {
    MediaError::filter("scale to rgba", detail)
}
