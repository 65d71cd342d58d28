//! Pictures and sound: probe, frame-exact decode, filters, encode and mux. The only room that names `ffmpeg_next`.
//!
//! FFmpeg reads hostile files here, so every opening goes through `input`, which sets limits, and every caller that
//! serves a window does so in the worker process (see [`crate::worker`]). Contexts stay on the thread that made them.

mod capabilities;
mod clip_writer;
mod conformed;
mod darken;
mod decode;
mod deepen;
mod encode;
mod error;
mod filter;
mod frames;
mod input;
mod master_decoder;
mod mux;
mod picture;
mod planar;
mod planar_picture;
mod probe;
mod rate;
mod retime;
mod rgba;
mod sound;
mod sound_chunk;
mod sound_encode;
mod still;
mod voice_over;
mod whole;

pub use capabilities::{Capabilities, EncoderInfo, capabilities};
pub use clip_writer::{ClipSpec, ClipWriter};
pub use conformed::ConformedReader;
pub use darken::darkened;
pub use decode::VideoDecoder;
pub use deepen::Deepener;
pub use encode::{EncodedPacket, MasterEncoder, MasterSettings, PictureCodec, PictureEncoder, PictureFormat};
pub use error::MediaError;
pub use frames::FrameDecoder;
pub use input::{MAX_DURATION_SECS, MAX_OPEN_TIME, MAX_SIDE_PX};
pub use master_decoder::{GroupFrames, MasterDecoder, MasterFile};
pub use mux::{Chapter, FilmMuxer, MuxSpec, PacketReader};
pub use picture::{Picture, PictureReader, PictureSpec, shared};
pub use planar::{from_planes, to_planes};
pub use planar_picture::{PlanarPicture, PlaneView};
pub use probe::{ColorInfo, MediaInfo, PictureInfo, SoundInfo, probe};
pub(crate) use retime::{MINTERPOLATE, interpolate_between};
pub use rgba::RgbaScaler;
pub use sound::{SoundReader, write_conformed_wav};
pub use sound_chunk::{AAC_PACKET_SAMPLES, SoundChunk, SoundPackets};
pub use sound_encode::{AAC_BITRATE_BPS, SoundCodec, SoundEncoder, measure_sound};
pub use still::{extract_first_frame, extract_frame, extract_last_frame, picture_to_rgb};
pub use voice_over::replace_sound;
pub use whole::{shape_of, smooth_whole};

use std::sync::Once;

/// Prepares FFmpeg once for the process. Every entry into this room calls it.
pub(crate) fn init() {
    static INIT: Once = Once::new();
    INIT.call_once(|| {
        // An error here means no network or device layer, neither of which Kinora uses.
        let _ = ffmpeg_next::init();
        ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Quiet);
        // SAFETY: plain setter of a process-wide limit. One allocation above 1 GiB is a hostile file.
        unsafe { ffmpeg_next::ffi::av_max_alloc(1 << 30) };
    });
}
