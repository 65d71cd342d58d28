//! Encoding pictures: the master format that everything is conformed to, and the delivery formats.

use super::{MediaError, picture::Picture};
use crate::{film::FrameSize, time::FrameRate};
use ffmpeg_next::{self as ffmpeg, Dictionary, Packet, Rational, codec, color, encoder, format::Pixel, picture};
use serde::{Deserialize, Serialize};

/// A picture format that a film can be delivered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureCodec {
    /// H.264 in MP4: the master format; packets are copied.
    H264,
    /// ProRes 422 HQ in MOV, for finishing elsewhere.
    ProRes,
    /// HEVC in MP4.
    Hevc,
    /// AV1 in MP4.
    Av1,
}

impl PictureCodec {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::H264, Self::ProRes, Self::Hevc, Self::Av1];

    /// The name used in commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::ProRes => "prores",
            Self::Hevc => "hevc",
            Self::Av1 => "av1",
        }
    }

    /// FFmpeg's encoders for it, the preferred first.
    #[must_use]
    pub const fn encoder_names(self) -> &'static [&'static str] {
        match self {
            Self::H264 => &["libx264"],
            Self::ProRes => &["prores_ks"],
            Self::Hevc => &["libx265"],
            Self::Av1 => &["libsvtav1", "libaom-av1"],
        }
    }

    /// The file's extension.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        if matches!(self, Self::ProRes) { "mov" } else { "mp4" }
    }

    /// Whether it wants ten bits 4:2:2.
    #[must_use]
    pub const fn is_deep_color(self) -> bool {
        matches!(self, Self::ProRes)
    }
}

/// Size and rate of what is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PictureFormat {
    /// Size in square pixels.
    pub size: FrameSize,
    /// Frames a second.
    pub rate: FrameRate,
}

/// The fixed settings of the master format. Two files made with the same ones have the same parameter sets, so their
/// packets follow each other in one stream.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MasterSettings {
    /// FFmpeg's encoder.
    pub codec: String,
    /// x264 speed preset.
    pub preset: String,
    /// Constant rate factor.
    pub crf: u32,
    /// Frames from key frame to key frame; every group is closed.
    pub gop_frames: u64,
    /// Bidirectional frames between references.
    pub bframes: u32,
    /// FFmpeg's pixel format.
    pub pix_fmt: String,
    /// Further x264 settings.
    pub x264_params: String,
}

/// x264 packs a little differently with another number of threads: a fixed one gives the same bytes on every machine.
/// Two, because several takes are encoded at once, and every thread holds pictures.
const MASTER_THREADS: usize = 2;
/// Pictures with fewer pixels are tiny.
const TINY_PX: u64 = 640 * 360;
/// Pictures come out of decoding this many frames after their packet: what one level of B-frames needs.
pub(crate) const MASTER_DELAY_FRAMES: i64 = 1;

impl MasterSettings {
    /// The settings for a film's rate.
    #[must_use]
    pub fn for_rate(rate: FrameRate) -> Self {
        let gop_frames = rate.gop_frames();
        // A group is half a second: looking further ahead than half of it gains little and holds pictures.
        Self {
            codec: "libx264".to_owned(),
            preset: "veryfast".to_owned(),
            crf: 18,
            gop_frames,
            bframes: 2,
            pix_fmt: "yuv420p".to_owned(),
            x264_params: format!(
                "keyint={gop_frames}:min-keyint={gop_frames}:scenecut=0:open-gop=0:bframes=2:b-pyramid=none:b-adapt=0:ref=2:\
                 rc-lookahead=6:force-cfr=1:colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off"
            ),
        }
    }

    /// A text that differs whenever packets may not join: the settings and the encoder's own version.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{self:?} avcodec {}", codec::version())
    }
}

/// A packet that left an encoder or a file; times count frames of the film.
pub struct EncodedPacket {
    pub(crate) packet: Packet,
    /// Place in display order.
    pub pts_frames: i64,
    /// Place in decoding order, as the encoder gave it.
    pub dts_frames: i64,
    /// Whether decoding can start here.
    pub is_key: bool,
}

/// Encodes conformed pictures. Stays on the thread that made it.
pub struct PictureEncoder {
    encoder: encoder::video::Encoder,
    name: String,
}

/// The master format's encoder.
pub type MasterEncoder = PictureEncoder;

impl PictureEncoder {
    /// Opens the encoder of the master format.
    ///
    /// # Errors
    /// [`MediaError::Encoder`] when this FFmpeg has no libx264 or refuses the settings.
    pub fn master(format: PictureFormat) -> Result<Self, MediaError> {
        let settings = MasterSettings::for_rate(format.rate);
        let crf = settings.crf.to_string();
        // On tiny pictures x264's macroblock tree looks at memory it never wrote, and the same frames give other bytes.
        let is_tiny = u64::from(format.size.width) * u64::from(format.size.height) < TINY_PX;
        let params = format!("{}{}", settings.x264_params, if is_tiny { ":mbtree=0" } else { "" });
        let options = [("preset", settings.preset.as_str()), ("crf", crf.as_str()), ("x264-params", params.as_str())];
        let gop = settings.gop_frames as u32;
        Self::open(&[settings.codec.as_str()], format, Pixel::YUV420P, gop, &options, MASTER_THREADS)
    }

    /// Opens the encoder of a delivery format.
    ///
    /// # Errors
    /// [`MediaError::Encoder`] when this FFmpeg cannot encode it.
    pub fn delivery(codec: PictureCodec, format: PictureFormat) -> Result<Self, MediaError> {
        let gop = format.rate.gop_frames() as u32;
        let names = codec.encoder_names();
        match codec {
            PictureCodec::H264 => Self::master(format),
            PictureCodec::ProRes => {
                let options = [("profile", "hq"), ("vendor", "apl0")];
                Self::open(names, format, Pixel::YUV422P10LE, 1, &options, 0)
            }
            PictureCodec::Hevc => {
                let options = [("preset", "fast"), ("crf", "20"), ("x265-params", "log-level=none"), ("tag", "hvc1")];
                Self::open(names, format, Pixel::YUV420P, gop * 4, &options, 0)
            }
            PictureCodec::Av1 => {
                let options = [("preset", "8"), ("crf", "28"), ("cpu-used", "6")];
                Self::open(names, format, Pixel::YUV420P, gop * 4, &options, 0)
            }
        }
    }

    fn open(
        names: &[&str],
        format: PictureFormat,
        pixel: Pixel,
        gop_frames: u32,
        options: &[(&str, &str)],
        threads: usize,
    ) -> Result<Self, MediaError> {
        super::init();
        let missing = || MediaError::encoder(names.first().unwrap_or(&"?"), "this FFmpeg was built without it");
        let (name, codec) =
            names.iter().find_map(|name| Some((*name, encoder::find_by_name(name)?))).ok_or_else(missing)?;
        let refuse = |error: ffmpeg::Error| MediaError::encoder(name, error);
        let mut context = codec::Context::new_with_codec(codec);
        // Every container Kinora writes keeps the parameter sets in its header.
        context.set_flags(codec::Flags::GLOBAL_HEADER | codec::Flags::CLOSED_GOP);
        context.set_threading(codec::threading::Config {
            kind: codec::threading::Type::Frame,
            count: threads,
            ..Default::default()
        });
        let rate = format.rate;
        context.set_time_base(Rational(rate.denominator() as i32, rate.numerator() as i32));
        context.set_frame_rate(Some(Rational(rate.numerator() as i32, rate.denominator() as i32)));
        let mut video = context.encoder().video().map_err(refuse)?;
        video.set_width(format.size.width);
        video.set_height(format.size.height);
        video.set_format(pixel);
        video.set_gop(gop_frames);
        video.set_aspect_ratio(Rational(1, 1));
        video.set_colorspace(color::Space::BT709);
        video.set_color_range(color::Range::MPEG);
        video.set_color_primaries(color::Primaries::BT709);
        video.set_color_transfer_characteristic(color::TransferCharacteristic::BT709);
        let dictionary: Dictionary<'_> = options.iter().copied().collect();
        let encoder = video.open_with(dictionary).map_err(refuse)?;
        Ok(Self { encoder, name: name.to_owned() })
    }

    /// Sends a picture; `pts` must count frames.
    ///
    /// # Errors
    /// [`MediaError::Encoder`].
    pub fn send(&mut self, picture: &Picture) -> Result<(), MediaError> {
        debug_assert_eq!(picture.kind(), picture::Type::None, "the encoder decides what kind of frame it makes");
        self.encoder.send_frame(picture).map_err(|error| MediaError::encoder(&self.name, error))
    }

    /// Says that no more pictures come.
    ///
    /// # Errors
    /// [`MediaError::Encoder`].
    pub fn finish(&mut self) -> Result<(), MediaError> {
        self.encoder.send_eof().map_err(|error| MediaError::encoder(&self.name, error))
    }

    /// Takes a packet; `None` when there is none now (or no more).
    ///
    /// # Errors
    /// [`MediaError::Encoder`].
    pub fn receive(&mut self) -> Result<Option<EncodedPacket>, MediaError> {
        let mut packet = Packet::empty();
        match self.encoder.receive_packet(&mut packet) {
            Ok(()) => Ok(Some(EncodedPacket {
                pts_frames: packet.pts().unwrap_or(0),
                dts_frames: packet.dts().unwrap_or(0),
                is_key: packet.is_key(),
                packet,
            })),
            Err(ffmpeg::Error::Eof | ffmpeg::Error::Other { errno: ffmpeg::error::EAGAIN }) => Ok(None),
            Err(error) => Err(MediaError::encoder(&self.name, error)),
        }
    }

    /// Stream parameters for the muxer.
    pub(crate) fn parameters(&self) -> codec::Parameters {
        codec::Parameters::from(&self.encoder)
    }
}
