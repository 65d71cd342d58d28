//! Frames of the master format, group by group. All master files of a film have the same parameter sets, so one decoder
//! reads packets of any of them: a frame of another file costs no more than a frame of another group.

use super::{EncodedPacket, MediaError, PacketReader, picture::Picture, planar_picture::PlanarPicture};
use crate::time::FrameRate;
use ffmpeg_next::{self as ffmpeg, Packet, codec, ffi};
use std::path::{Path, PathBuf};

/// Files kept open to read packets from; one without a decoder takes little memory. Those of ten minutes of film stay.
const OPEN_FILES: usize = 128;

/// A file of the master format.
#[derive(Debug, Clone, Copy)]
pub struct MasterFile<'a> {
    /// The file.
    pub path: &'a Path,
    /// Its rate: it says where groups of pictures start.
    pub rate: FrameRate,
}

/// Frames of one group of pictures, by their numbers in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupFrames {
    /// This one alone: pictures that it does not need are not decoded.
    Only(u64),
    /// This one and those after it, to the end of its group.
    From(u64),
}

impl GroupFrames {
    const fn first(self) -> u64 {
        match self {
            Self::Only(frame) | Self::From(frame) => frame,
        }
    }
}

/// Decodes frames of master files in any order. Stays on the thread that made it.
pub struct MasterDecoder {
    threads: usize,
    open: Option<OpenDecoder>,
    /// The last used last.
    files: Vec<(PathBuf, PacketReader)>,
}

struct OpenDecoder {
    decoder: codec::decoder::Opened,
    parameter_sets: Vec<u8>,
}

impl MasterDecoder {
    /// A decoder that works on as many threads as given.
    #[must_use]
    pub const fn new(threads: usize) -> Self {
        Self { threads, open: None, files: Vec::new() }
    }

    /// Decodes frames of one group and hands each on, in order. `goes_on` is asked on the way, and `take` with every
    /// frame: `false` of either ends the work, and the answer is `false` then.
    ///
    /// # Errors
    /// [`MediaError`] for a file that cannot be read; [`MediaError::PastEnd`] where the first frame asked for is not
    /// there. The file is opened anew the next time.
    pub fn decode(
        &mut self,
        file: MasterFile<'_>,
        frames: GroupFrames,
        goes_on: &mut dyn FnMut() -> bool,
        take: &mut dyn FnMut(u64, PlanarPicture) -> bool,
    ) -> Result<bool, MediaError> {
        let index = match self.files.iter().position(|(path, _)| path == file.path) {
            Some(index) => index,
            None => {
                let reader = PacketReader::open_to_decode(file.path, file.rate)?;
                self.files.push((file.path.to_path_buf(), reader));
                self.files.len() - 1
            }
        };
        let (path, mut reader) = self.files.remove(index);
        let mut open = match self.open.take().filter(|open| open.parameter_sets == reader.parameter_sets()) {
            Some(open) => open,
            None => OpenDecoder::for_file(&reader, self.threads)?,
        };
        let done = Group { file, frames, start: start_of(file.rate, frames.first()) }.decode(
            &mut reader,
            &mut open,
            goes_on,
            take,
        );
        // After an error neither the file nor the decoder is to be trusted; both are made anew.
        if done.is_ok() {
            open.decoder.flush();
            self.open = Some(open);
            if self.files.len() >= OPEN_FILES {
                self.files.remove(0);
            }
            self.files.push((path, reader));
        }
        done
    }

    /// The frame alone.
    ///
    /// # Errors
    /// As [`MasterDecoder::decode`].
    pub fn frame(&mut self, file: MasterFile<'_>, frame: u64) -> Result<PlanarPicture, MediaError> {
        let mut found = None;
        self.decode(file, GroupFrames::Only(frame), &mut || true, &mut |_, picture| {
            found = Some(picture);
            true
        })?;
        found.ok_or_else(|| MediaError::PastEnd { path: file.path.to_path_buf(), frame })
    }
}

fn start_of(rate: FrameRate, frame: u64) -> u64 {
    frame / rate.gop_frames() * rate.gop_frames()
}

impl OpenDecoder {
    fn for_file(reader: &PacketReader, threads: usize) -> Result<Self, MediaError> {
        let decoder = reader.decoder(threads)?;
        Ok(Self { decoder, parameter_sets: reader.parameter_sets().to_vec() })
    }
}

/// The work on one group.
struct Group<'a> {
    file: MasterFile<'a>,
    frames: GroupFrames,
    start: u64,
}

/// What becomes of the work after a step.
enum Step {
    On,
    Stopped,
    Ended,
}

impl Group<'_> {
    fn decode(
        &self,
        reader: &mut PacketReader,
        open: &mut OpenDecoder,
        goes_on: &mut dyn FnMut() -> bool,
        take: &mut dyn FnMut(u64, PlanarPicture) -> bool,
    ) -> Result<bool, MediaError> {
        let first = self.frames.first();
        let past_end = || MediaError::PastEnd { path: self.file.path.to_path_buf(), frame: first };
        let end = self.start + self.file.rate.gop_frames();
        let mut next = first;
        reader.seek(self.start)?;
        let mut packet = reader.next_packet();
        // In groups shorter than the encoder's delay a seek can land one group late.
        if packet.as_ref().is_none_or(|packet| packet.pts_frames > self.start as i64) {
            reader.seek(0)?;
            packet = reader.next_packet();
        }
        let mut seen_start = false;
        while let Some(mut found) = packet.take() {
            let number = found.pts_frames.max(0) as u64;
            if found.is_key {
                if number >= end {
                    break;
                }
                seen_start = number == self.start;
            }
            if seen_start && self.is_needed(&found, number) {
                if !goes_on() {
                    return Ok(false);
                }
                if found.packet.is_corrupt() {
                    return Err(self.damaged(format!("the packet of frame {number} is cut off")));
                }
                // Pictures then come out with their numbers.
                found.packet.set_pts(Some(found.pts_frames));
                found.packet.set_dts(Some(found.dts_frames));
                open.decoder.send_packet(&found.packet).map_err(|error| self.damaged(error))?;
                if let Step::Stopped = self.receive(open, &mut next, take)? {
                    return Ok(false);
                }
                if self.frames == GroupFrames::Only(number) {
                    break;
                }
            }
            packet = reader.next_packet();
        }
        // The rest waits in the decoder for its turn.
        open.decoder.send_eof().map_err(|error| self.damaged(error))?;
        match self.receive(open, &mut next, take)? {
            Step::Stopped => Ok(false),
            Step::On | Step::Ended if next == first => Err(past_end()),
            Step::On | Step::Ended => Ok(true),
        }
    }

    /// Whether a packet has to be decoded: itself asked for, or needed by others.
    fn is_needed(&self, packet: &EncodedPacket, number: u64) -> bool {
        let asked = match self.frames {
            GroupFrames::Only(frame) => number == frame,
            GroupFrames::From(frame) => number >= frame,
        };
        asked || !is_disposable(&packet.packet)
    }

    fn receive(
        &self,
        open: &mut OpenDecoder,
        next: &mut u64,
        take: &mut dyn FnMut(u64, PlanarPicture) -> bool,
    ) -> Result<Step, MediaError> {
        loop {
            let mut picture = Picture::empty();
            match open.decoder.receive_frame(&mut picture) {
                Ok(()) => {}
                Err(ffmpeg::Error::Other { errno: ffmpeg::error::EAGAIN }) => return Ok(Step::On),
                Err(ffmpeg::Error::Eof) => return Ok(Step::Ended),
                Err(error) => return Err(self.damaged(error)),
            }
            // SAFETY: reads plain fields of a frame just received.
            let is_broken = unsafe {
                let raw = picture.as_ptr();
                (*raw).flags & ffi::AV_FRAME_FLAG_CORRUPT != 0 || (*raw).decode_error_flags != 0
            };
            let number = picture.pts().unwrap_or(-1).max(0) as u64;
            if is_broken {
                return Err(self.damaged(format!("frame {number} does not decode")));
            }
            let asked = match self.frames {
                GroupFrames::Only(frame) => number == frame,
                GroupFrames::From(frame) => number >= frame,
            };
            if !asked {
                continue;
            }
            if number != *next {
                return Err(self.damaged(format!("frame {next} is missing")));
            }
            *next += 1;
            if !take(number, PlanarPicture::new(picture)?) {
                return Ok(Step::Stopped);
            }
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "an error is handed over whole by `map_err`")]
    fn damaged(&self, detail: impl ToString) -> MediaError {
        MediaError::Damaged { path: self.file.path.to_path_buf(), detail: detail.to_string() }
    }
}

/// Whether no other picture is made from a packet of H.264: then it can be left out. What is not understood is needed.
fn is_disposable(packet: &Packet) -> bool {
    let mut rest = packet.data().unwrap_or_default();
    while let Some((length, units)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((unit, others)) = units.split_at_checked(length) else { return false };
        match unit.first() {
            // A slice: two bits say whether it is referred to.
            Some(header) if (1..=5).contains(&(header & 0x1f)) => return header & 0x60 == 0,
            Some(_) => rest = others,
            None => return false,
        }
    }
    false
}
