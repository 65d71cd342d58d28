//! What the linked FFmpeg can do, for `kinora doctor`.

use super::encode::{MasterSettings, PictureCodec};
use crate::time::FrameRate;
use ffmpeg_next::{codec, decoder, encoder, filter, format, software};
use serde::{Deserialize, Serialize};

/// The linked FFmpeg.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Versions of its libraries.
    pub versions: Vec<(String, String)>,
    /// Its licence, which decides whether it has x264.
    pub licence: String,
    /// Encoders Kinora can use.
    pub encoders: Vec<EncoderInfo>,
    /// Decoders models' clips may need, and whether it has them.
    pub decoders: Vec<(String, bool)>,
    /// Filters Kinora uses, and whether it has them.
    pub filters: Vec<(String, bool)>,
    /// Settings of the master format at 24 frames a second.
    pub master_encoder: MasterSettings,
}

/// An encoder and what it is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncoderInfo {
    /// What is delivered with it, as named in commands; `sound` for the mix.
    pub target: String,
    /// FFmpeg's name.
    pub name: String,
    /// Whether the linked FFmpeg has it.
    pub available: bool,
}

/// Looks at the linked FFmpeg.
#[must_use]
pub fn capabilities() -> Capabilities {
    super::init();
    let version = |number: u32| format!("{}.{}.{}", number >> 16, number >> 8 & 255, number & 255);
    let mut encoders: Vec<EncoderInfo> = PictureCodec::ALL
        .iter()
        .flat_map(|codec| codec.encoder_names().iter().map(|name| (codec.as_str(), *name)))
        .chain([("sound", "aac"), ("sound", "pcm_s24le")])
        .map(|(target, name)| EncoderInfo {
            target: target.to_owned(),
            name: name.to_owned(),
            available: encoder::find_by_name(name).is_some(),
        })
        .collect();
    encoders.sort_by_key(|info| !info.available);
    Capabilities {
        versions: vec![
            ("avcodec".to_owned(), version(codec::version())),
            ("avformat".to_owned(), version(format::version())),
            ("avfilter".to_owned(), version(filter::version())),
            ("swscale".to_owned(), version(software::scaling::version())),
            ("swresample".to_owned(), version(software::resampling::version())),
        ],
        licence: format::license().to_owned(),
        encoders,
        decoders: ["h264", "hevc", "vp9", "av1", "prores", "aac", "mp3", "opus", "pcm_s16le"]
            .iter()
            .map(|name| {
                let has = decoder::find_by_name(name).is_some()
                    || (*name == "av1" && decoder::find_by_name("libdav1d").is_some());
                ((*name).to_owned(), has)
            })
            .collect(),
        filters: ["scale", "bwdif", "minterpolate", "mpdecimate", "gblur", "zscale", "tonemap", "aresample"]
            .iter()
            .map(|name| ((*name).to_owned(), filter::find(name).is_some()))
            .collect(),
        master_encoder: MasterSettings::for_rate(FrameRate::FPS_24),
    }
}
