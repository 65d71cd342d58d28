//! Conformed pictures: any clip as a steady run of frames of the film's size, rate and colour.
//!
//! Order of work: decode, deinterlace or interpolate (these change time), choose a frame for every instant of the
//! film's rate, then turn, scale, fit and convert each chosen frame once.

use super::{
    MediaError,
    decode::VideoDecoder,
    filter::FilterChain,
    probe,
    rate::{RateChooser, TimedSource},
};
use crate::{
    film::{FitMode, FrameSize},
    progress::CancelToken,
    time::FrameRate,
};
use ffmpeg_next::{color, format::Pixel, frame};
use std::path::Path;

/// A picture of FFmpeg's. Its `clone` copies every pixel: [`shared`] does not.
pub type Picture = frame::Video;

/// The same picture again, with a time of its own and the pixels shared. Nobody may write into them.
#[must_use]
pub fn shared(picture: &Picture) -> Picture {
    let mut again = Picture::empty();
    // SAFETY: both frames are allocated, and `again` is empty; the pixels are counted by reference.
    let code = unsafe { ffmpeg_next::ffi::av_frame_ref(again.as_mut_ptr(), picture.as_ptr()) };
    // Without memory for a reference there is none for a copy either: FFmpeg's own error follows.
    if code < 0 { picture.clone() } else { again }
}

/// What a clip is conformed to.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureSpec {
    /// Size in square pixels, both sides even.
    pub size: FrameSize,
    /// Frames a second.
    pub rate: FrameRate,
    /// How another shape meets the frame.
    pub fit: FitMode,
    /// Motion interpolation where the clip has fewer frames a second.
    pub optical_flow: bool,
    /// Ten bits 4:2:2 for intermediate codecs, else eight bits 4:2:0.
    pub deep_color: bool,
}

impl PictureSpec {
    const fn pixel(&self) -> Pixel {
        if self.deep_color { Pixel::YUV422P10LE } else { Pixel::YUV420P }
    }
}

/// Reads a clip as conformed pictures. Stays on the thread that made it.
pub struct PictureReader {
    chooser: RateChooser,
    shaper: Shaper,
    /// The last source frame that was shaped, and the result: a repeated frame costs nothing.
    shaped: Option<(i64, Picture)>,
    frames_out: u64,
    cancel: CancelToken,
}

impl PictureReader {
    /// Opens a clip.
    ///
    /// # Errors
    /// [`MediaError`] for what is wrong with the file, or a filter FFmpeg refuses.
    pub fn open(path: &Path, spec: &PictureSpec, cancel: &CancelToken) -> Result<Self, MediaError> {
        let decoder = VideoDecoder::open(path)?;
        let stream = decoder
            .input()
            .context
            .stream(decoder.stream_index())
            .ok_or_else(|| decoder.input().damaged("the picture stream vanished"))?;
        let shaper = Shaper {
            spec: spec.clone(),
            rotation_degrees: probe::rotation_degrees(&stream),
            aspect: probe::stream_aspect(&stream),
            chain: None,
        };
        let source = TimedSource::new(decoder, spec.rate, spec.optical_flow, cancel.clone())?;
        Ok(Self {
            chooser: RateChooser::new(source, spec.rate),
            shaper,
            shaped: None,
            frames_out: 0,
            cancel: cancel.clone(),
        })
    }

    /// The next picture of the film's rate, `pts` counting frames from 0; `None` after the last.
    ///
    /// # Errors
    /// [`MediaError`]; [`MediaError::Damaged`] if not even one frame decodes.
    pub fn next_picture(&mut self) -> Result<Option<Picture>, MediaError> {
        self.cancel.check()?;
        let Some(source) = self.chooser.next_frame()? else { return Ok(None) };
        let mut picture = match &self.shaped {
            Some((serial, done)) if *serial == source.serial => shared(done),
            _ => {
                let done = self.shaper.shape(&source.frame)?;
                self.shaped = Some((source.serial, shared(&done)));
                done
            }
        };
        picture.set_pts(Some(self.frames_out as i64));
        self.frames_out += 1;
        Ok(Some(picture))
    }
}

/// Turns, scales, fits and converts single frames; rebuilds its filters when the source changes on the way.
struct Shaper {
    spec: PictureSpec,
    rotation_degrees: u32,
    aspect: Option<(u32, u32)>,
    chain: Option<(FrameLook, FilterChain)>,
}

/// What of a frame decides the filters.
#[derive(Debug, Clone, Copy, PartialEq)]
struct FrameLook {
    width_px: u32,
    height_px: u32,
    pixel: Pixel,
    matrix: color::Space,
    range: color::Range,
    transfer: color::TransferCharacteristic,
    primaries: color::Primaries,
    aspect: (i32, i32),
}

impl FrameLook {
    fn of(frame: &Picture) -> Self {
        Self {
            width_px: frame.width(),
            height_px: frame.height(),
            pixel: frame.format(),
            matrix: frame.color_space(),
            range: frame.color_range(),
            transfer: frame.color_transfer_characteristic(),
            primaries: frame.color_primaries(),
            aspect: (frame.aspect_ratio().numerator(), frame.aspect_ratio().denominator()),
        }
    }
}

impl Shaper {
    fn shape(&mut self, frame: &Picture) -> Result<Picture, MediaError> {
        let look = FrameLook::of(frame);
        let shown = probe::display_size(frame, self.aspect, self.rotation_degrees);
        if self.is_ready_as_is(&look, shown) {
            return Ok(tagged(shared(frame)));
        }
        if self.chain.as_ref().is_none_or(|(known, _)| *known != look) {
            let description = self.describe(&look, shown);
            let args = format!(
                "video_size={}x{}:pix_fmt={}:time_base=1/1000000:pixel_aspect=1/1",
                look.width_px,
                look.height_px,
                pixel_name(look.pixel)
            );
            self.chain = Some((look, FilterChain::new("buffer", &args, "buffersink", &description, 2)?));
        }
        let Some((_, chain)) = &mut self.chain else {
            return Err(MediaError::filter("shape", "no filters were built"));
        };
        let mut source = shared(frame);
        // The geometry below already knows the shape of the pixels; square ones keep the filters from guessing.
        // SAFETY: sets two plain fields of a frame this function owns.
        unsafe {
            (*source.as_mut_ptr()).sample_aspect_ratio = ffmpeg_next::ffi::AVRational { num: 1, den: 1 };
            (*source.as_mut_ptr()).interlaced_frame = 0;
        }
        chain.push(&source)?;
        let mut shaped = Picture::empty();
        if !chain.pull(&mut shaped)? {
            return Err(MediaError::filter("shape", "a frame went in and none came out"));
        }
        Ok(tagged(shaped))
    }

    /// A frame that already is what the film wants is not touched at all.
    fn is_ready_as_is(&self, look: &FrameLook, shown: (u32, u32)) -> bool {
        let size = self.spec.size;
        self.rotation_degrees == 0
            && look.pixel == self.spec.pixel()
            && (look.width_px, look.height_px) == (size.width, size.height)
            && shown == (size.width, size.height)
            && source_matrix(look) == "bt709"
            && look.range != color::Range::JPEG
            && !is_hdr(look)
    }

    fn describe(&self, look: &FrameLook, shown: (u32, u32)) -> String {
        let FrameSize { width, height } = self.spec.size;
        let mut parts: Vec<String> = Vec::new();
        if is_hdr(look) && ["zscale", "tonemap"].iter().all(|name| ffmpeg_next::filter::find(name).is_some()) {
            parts.push(
                "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:desat=0,\
                 zscale=t=bt709:m=bt709:r=tv,format=yuv420p10le"
                    .to_owned(),
            );
        }
        match self.rotation_degrees {
            90 => parts.push("transpose=clock".to_owned()),
            180 => parts.push("hflip,vflip".to_owned()),
            270 => parts.push("transpose=cclock".to_owned()),
            _ => {}
        }
        let (in_matrix, in_range) = if parts.first().is_some_and(|part| part.starts_with("zscale")) {
            ("bt709", "tv")
        } else {
            (source_matrix(look), if is_full_range(look) { "pc" } else { "tv" })
        };
        let color = format!(
            "in_color_matrix={in_matrix}:in_range={in_range}:out_color_matrix=bt709:out_range=tv:\
             flags=bicubic+accurate_rnd+full_chroma_int"
        );
        let pixel = pixel_name(self.spec.pixel());
        let plan = FitPlan::new(shown, (width, height), self.spec.fit);
        let inner = format!("scale={}:{}:{color},format={pixel},setsar=1", plan.scaled.0, plan.scaled.1);
        parts.push(match plan.kind {
            FitKind::Exact => inner,
            FitKind::Crop => format!("{inner},crop={width}:{height}"),
            FitKind::Bars => format!("{inner},pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:black"),
            FitKind::Blur => {
                let cover = FitPlan::new(shown, (width, height), FitMode::Crop).scaled;
                // The surround is blurred at an eighth of the size, where it costs almost nothing.
                let (small_w, small_h) = (even(cover.0 / 8), even(cover.1 / 8));
                let (crop_w, crop_h) = (even(width / 8).min(small_w), even(height / 8).min(small_h));
                format!(
                    "split[fg][bg];[bg]scale={small_w}:{small_h}:{color},format={pixel},crop={crop_w}:{crop_h},\
                     gblur=sigma={sigma:.2},lutyuv=y='minval+(val-minval)*0.55':u='128*(maxval+1)/256+(val-128*(maxval+1)/256)*0.8':\
                     v='128*(maxval+1)/256+(val-128*(maxval+1)/256)*0.8',scale={width}:{height}:flags=bicubic,setsar=1[back];\
                     [fg]{inner}[front];[back][front]overlay=(W-w)/2:(H-h)/2:format={overlay},format={pixel},setsar=1",
                    sigma = f64::from(height) / 8.0 / 18.0,
                    overlay = if self.spec.deep_color { "yuv422p10" } else { "yuv420" },
                )
            }
        });
        parts.join(",")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FitKind {
    Exact,
    Crop,
    Bars,
    Blur,
}

/// How a shape meets a frame: the size to scale to, and what happens at the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FitPlan {
    kind: FitKind,
    scaled: (u32, u32),
}

impl FitPlan {
    fn new(shown: (u32, u32), frame: (u32, u32), mode: FitMode) -> Self {
        let shape = f64::from(shown.0) / f64::from(shown.1);
        let target = f64::from(frame.0) / f64::from(frame.1);
        let misfit = (shape / target).ln().abs();
        // Models emit 1360x768 for 16:9: a sliver of up to 1.5 percent is cut off rather than boxed.
        let cover = misfit < 0.015 || mode == FitMode::Crop;
        let by_width = (shape > target) != cover;
        let scaled = if by_width {
            (frame.0, even((f64::from(frame.0) / shape).round() as u32))
        } else {
            (even((f64::from(frame.1) * shape).round() as u32), frame.1)
        };
        let kind = if scaled == frame {
            FitKind::Exact
        } else if cover {
            FitKind::Crop
        } else if mode == FitMode::Bars {
            FitKind::Bars
        } else {
            FitKind::Blur
        };
        Self { kind, scaled }
    }
}

const fn even(value_px: u32) -> u32 {
    let even = value_px & !1;
    if even < 2 { 2 } else { even }
}

fn pixel_name(pixel: Pixel) -> String {
    pixel.descriptor().map_or_else(|| "yuv420p".to_owned(), |descriptor| descriptor.name().to_owned())
}

fn is_hdr(look: &FrameLook) -> bool {
    use color::TransferCharacteristic as Transfer;
    matches!(look.transfer, Transfer::SMPTE2084 | Transfer::ARIB_STD_B67)
}

fn is_full_range(look: &FrameLook) -> bool {
    look.range == color::Range::JPEG
        || matches!(look.pixel, Pixel::YUVJ420P | Pixel::YUVJ422P | Pixel::YUVJ444P | Pixel::YUVJ440P)
}

/// The matrix the numbers were made with. Untagged pictures follow the players' habit: HD is BT.709, smaller is BT.601.
fn source_matrix(look: &FrameLook) -> &'static str {
    match look.matrix {
        color::Space::BT709 => "bt709",
        color::Space::BT470BG | color::Space::SMPTE170M => "bt601",
        color::Space::SMPTE240M => "smpte240m",
        color::Space::FCC => "fcc",
        color::Space::BT2020NCL | color::Space::BT2020CL => "bt2020",
        _ if look.width_px.max(look.height_px) >= 1280 || look.width_px.min(look.height_px) >= 720 => "bt709",
        _ => "bt601",
    }
}

/// Every conformed picture carries the same tags: BT.709, limited range.
pub(super) fn tagged(mut picture: Picture) -> Picture {
    picture.set_color_space(color::Space::BT709);
    picture.set_color_range(color::Range::MPEG);
    picture.set_color_primaries(color::Primaries::BT709);
    picture.set_color_transfer_characteristic(color::TransferCharacteristic::BT709);
    picture.set_kind(ffmpeg_next::picture::Type::None);
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_meets_the_frame_as_its_mode_says() {
        use FitKind::{Bars, Blur, Crop, Exact};
        let wide = (1920, 1080);
        for (shown, mode, kind, scaled) in [
            ((1920, 1080), FitMode::Blur, Exact, (1920, 1080)),
            ((1280, 720), FitMode::Blur, Exact, (1920, 1080)),
            ((854, 480), FitMode::Blur, Crop, (1922, 1080)),
            ((1360, 768), FitMode::Blur, Crop, (1920, 1084)),
            ((720, 1280), FitMode::Blur, Blur, (608, 1080)),
            ((720, 1280), FitMode::Bars, Bars, (608, 1080)),
            ((720, 1280), FitMode::Crop, Crop, (1920, 3412)),
            ((640, 272), FitMode::Blur, Blur, (1920, 816)),
            ((640, 272), FitMode::Crop, Crop, (2540, 1080)),
            ((1, 8000), FitMode::Blur, Blur, (2, 1080)),
        ] {
            let plan = FitPlan::new(shown, wide, mode);
            assert_eq!((plan.kind, plan.scaled), (kind, scaled), "{shown:?} {mode:?}");
        }
    }
}
