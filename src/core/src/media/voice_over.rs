//! A clip with other sound: the draft form of lip-sync, and the end of any lip-sync that returns a silent picture.

use super::{
    MediaError,
    input::MediaInput,
    mux::{FilmMuxer, MuxSpec, PacketReader},
    probe::probe,
    sound::SoundReader,
    sound_encode::{SoundCodec, SoundEncoder},
};
use crate::{progress::CancelToken, store::AtomicFile, time::SAMPLE_RATE_HZ};
use std::path::Path;

/// Writes `clip`'s picture, packets untouched, with the sound of `sound`, cut or filled to the picture's length.
///
/// # Errors
/// [`MediaError`] for what is wrong with either file or the target.
pub fn replace_sound(clip: &Path, sound: &Path, out: &Path, cancel: &CancelToken) -> Result<(), MediaError> {
    let info = probe(clip)?;
    let rate = info
        .picture
        .as_ref()
        .map(|picture| picture.rate)
        .ok_or_else(|| MediaError::NoPicture { path: clip.to_path_buf() })?;
    let mut reader = SoundReader::open(sound)?;
    let file = AtomicFile::new(out)?;
    let mut encoder = SoundEncoder::open(SoundCodec::Aac)?;
    let mut packets = PacketReader::open(clip, rate)?;
    let mux = MuxSpec { path: file.path(), container: "mp4", rate, title: "", chapters: &[] };
    let mut muxer = FilmMuxer::for_copies(&mux, &packets, Some(&encoder))?;
    let total = (info.duration_secs * f64::from(SAMPLE_RATE_HZ)).round() as usize;
    let (mut written, mut ended) = (0_usize, false);
    let mut block = vec![0.0_f32; 8192];
    let mut last_dts = i64::MIN;
    while let Some(mut packet) = packets.next_packet() {
        cancel.check()?;
        // Times rounded to frames may meet in a clip of varying rate; the container wants them rising.
        packet.dts_frames = packet.dts_frames.max(last_dts.saturating_add(1));
        packet.pts_frames = packet.pts_frames.max(packet.dts_frames);
        last_dts = packet.dts_frames;
        let until =
            (rate.frame_to_sample(last_dts.max(0).unsigned_abs()) as usize + SAMPLE_RATE_HZ as usize).min(total);
        muxer.write_encoded(packet)?;
        while written < until {
            let wanted = (until - written).min(block.len() / 2) * 2;
            let read = if ended { 0 } else { reader.read(&mut block[..wanted])? * 2 };
            ended |= read < wanted;
            block[read..wanted].fill(0.0);
            encoder.write(&block[..wanted], &mut muxer)?;
            written += wanted / 2;
        }
    }
    encoder.finish(&mut muxer)?;
    muxer.finish()?;
    drop(packets);
    // The result must open like any clip before it takes its name.
    drop(MediaInput::open(file.path())?);
    file.commit()?;
    Ok(())
}
