//! The mission's smoothing command, to the letter: two clips end to end through `mpdecimate` and `minterpolate`.

use super::{
    MediaError,
    encode::{PictureEncoder, PictureFormat},
    filter::FilterChain,
    mux::{FilmMuxer, MuxSpec},
    picture::{Picture, PictureReader, PictureSpec, tagged},
    probe::probe,
    sound::{SoundReader, write_conformed_wav},
    sound_encode::{SoundCodec, SoundEncoder},
};
use crate::{
    film::{FitMode, FrameSize},
    progress::CancelToken,
    store::AtomicFile,
    time::FrameRate,
};
use std::path::Path;

/// The size that clips joined to this one get, and its rate: sides even.
///
/// # Errors
/// [`MediaError`] for what is wrong with the clip.
pub fn shape_of(clip: &Path) -> Result<(FrameSize, FrameRate), MediaError> {
    let picture = probe(clip)?.picture.ok_or_else(|| MediaError::NoPicture { path: clip.to_path_buf() })?;
    let even = |side_px: u32| (side_px & !1).max(2);
    Ok((FrameSize { width: even(picture.width_px), height: even(picture.height_px) }, picture.rate))
}

/// Joins two clips and puts every frame through `mpdecimate,minterpolate=fps=…:mi_mode=mci`. Gives the frames written.
/// The sound of both follows at its own speed. `told` hears the frames read.
///
/// # Errors
/// [`MediaError`] for what is wrong with either clip or the target.
pub fn smooth_whole(
    clips: [&Path; 2],
    out: &Path,
    rate: FrameRate,
    cancel: &CancelToken,
    told: &dyn Fn(u64),
) -> Result<u64, MediaError> {
    let (size, own_rate) = shape_of(clips[0])?;
    let spec = PictureSpec { size, rate: own_rate, fit: FitMode::Blur, optical_flow: false, deep_color: false };
    let args = format!(
        "video_size={}x{}:pix_fmt=yuv420p:time_base={}/{}:frame_rate={}/{}:pixel_aspect=1/1",
        size.width,
        size.height,
        own_rate.denominator(),
        own_rate.numerator(),
        own_rate.numerator(),
        own_rate.denominator(),
    );
    let description = format!("mpdecimate,minterpolate=fps={rate}:mi_mode=mci");
    let file = AtomicFile::new(out)?;
    let sound = tempfile::Builder::new()
        .prefix(".kinora-sound-")
        .tempdir_in(file.path().parent().unwrap_or_else(|| Path::new(".")))
        .map_err(|error| MediaError::writing_io(out, &error))?;
    let mut film = Joined {
        chain: FilterChain::new("buffer", &args, "buffersink", &description, 0)?,
        encoder: PictureEncoder::master(PictureFormat { size, rate })?,
        sound_encoder: SoundEncoder::open(SoundCodec::Aac)?,
        frames: 0,
    };
    let mux = MuxSpec { path: file.path(), container: "mp4", rate, title: "", chapters: &[] };
    let mut muxer = FilmMuxer::for_encoder(&mux, &film.encoder, Some(&film.sound_encoder))?;
    let mut read = 0;
    for (number, clip) in clips.into_iter().enumerate() {
        let before = read;
        let mut reader = PictureReader::open(clip, &spec, cancel)?;
        while let Some(mut picture) = reader.next_picture()? {
            picture.set_pts(Some(read as i64));
            read += 1;
            film.chain.push(&picture)?;
            film.drain(&mut muxer)?;
            told(read);
        }
        let samples = own_rate.frame_to_sample(read) - own_rate.frame_to_sample(before);
        let wav = sound.path().join(format!("{number}.wav"));
        write_conformed_wav(clip, samples, &wav, cancel)?;
        let (mut reader, mut block) = (SoundReader::open(&wav)?, vec![0.0_f32; 16_384]);
        loop {
            cancel.check()?;
            match reader.read(&mut block)? {
                0 => break,
                count => film.sound_encoder.write(&block[..count * 2], &mut muxer)?,
            }
        }
    }
    film.chain.finish()?;
    film.drain(&mut muxer)?;
    film.encoder.finish()?;
    film.write(&mut muxer)?;
    film.sound_encoder.finish(&mut muxer)?;
    muxer.finish()?;
    file.commit()?;
    Ok(film.frames)
}

struct Joined {
    chain: FilterChain,
    encoder: PictureEncoder,
    sound_encoder: SoundEncoder,
    frames: u64,
}

impl Joined {
    fn drain(&mut self, muxer: &mut FilmMuxer) -> Result<(), MediaError> {
        loop {
            let mut out = Picture::empty();
            if !self.chain.pull(&mut out)? {
                return Ok(());
            }
            let mut out = tagged(out);
            out.set_pts(Some(self.frames as i64));
            self.frames += 1;
            self.encoder.send(&out)?;
            self.write(muxer)?;
        }
    }

    fn write(&mut self, muxer: &mut FilmMuxer) -> Result<(), MediaError> {
        while let Some(packet) = self.encoder.receive()? {
            muxer.write_joined(packet, 0)?;
        }
        Ok(())
    }
}
