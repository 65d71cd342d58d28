//! Pictures of the master format in the depth of intermediate codecs.

use super::{
    MediaError,
    filter::FilterChain,
    picture::{Picture, tagged},
};

/// Turns eight-bit 4:2:0 pictures into ten-bit 4:2:2 ones. Stays on the thread that made it.
#[derive(Default)]
pub struct Deepener {
    chain: Option<((u32, u32), FilterChain)>,
}

impl Deepener {
    /// The picture with ten bits, 4:2:2, and the same tags; its time is kept.
    ///
    /// # Errors
    /// [`MediaError::Filter`].
    pub fn deepen(&mut self, picture: &Picture) -> Result<Picture, MediaError> {
        let size = (picture.width(), picture.height());
        if self.chain.as_ref().is_none_or(|(known, _)| *known != size) {
            let args = format!("video_size={}x{}:pix_fmt=yuv420p:time_base=1/1000000:pixel_aspect=1/1", size.0, size.1);
            let description = "scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt709:out_range=tv:\
                 flags=bicubic+accurate_rnd+full_chroma_int,format=yuv422p10le";
            self.chain = Some((size, FilterChain::new("buffer", &args, "buffersink", description, 1)?));
        }
        let Some((_, chain)) = &mut self.chain else {
            return Err(MediaError::filter("deepen", "no filters were built"));
        };
        chain.push(picture)?;
        let mut deep = Picture::empty();
        if !chain.pull(&mut deep)? {
            return Err(MediaError::filter("deepen", "a frame went in and none came out"));
        }
        deep.set_pts(picture.pts());
        Ok(tagged(deep))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ffmpeg_next::format::Pixel;

    #[test]
    fn codes_are_four_times_as_large() {
        let mut picture = Picture::new(Pixel::YUV420P, 64, 36);
        for (plane, code) in [(0, 100), (1, 90), (2, 140)] {
            picture.data_mut(plane).fill(code);
        }
        let mut deepener = Deepener::default();
        for _ in 0..2 {
            let deep = deepener.deepen(&picture).unwrap();
            assert_eq!((deep.format(), deep.width(), deep.height()), (Pixel::YUV422P10LE, 64, 36));
            for (plane, code) in [(0, 400), (1, 360), (2, 560)] {
                let data = deep.data(plane);
                assert!(u16::from_le_bytes([data[0], data[1]]).abs_diff(code) <= 1, "plane {plane}");
            }
        }
    }
}
