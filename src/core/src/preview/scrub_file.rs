//! The small pictures of a take in one file of the cache: made from its conformed file, read one by one.

use super::{ScrubShape, bc1::encode_bc1};
use crate::{
    conform::Conformed,
    media::{FrameDecoder, MediaError, RgbaScaler},
    progress::Cancelled,
    store::{Cache, StoreError},
    time::FrameRate,
};
use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
};

/// Raised when the same take gives other pictures.
const SCRUB_VERSION: u32 = 1;
/// First bytes of a file; raised with the format.
const MAGIC: &[u8; 8] = b"kscrub01";
const HEADER_BYTES: u64 = 32;
const EXTENSION: &str = "scrub";

/// Why the small pictures of a take could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ScrubError {
    /// The conformed file cannot be decoded.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The pictures could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The owner cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Which pictures of a take a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScrubSpec<'a> {
    /// The take.
    pub take: &'a Conformed,
    /// The film's rate, which is the take's.
    pub rate: FrameRate,
    /// Size of a picture.
    pub shape: ScrubShape,
    /// Every how manieth frame, at least 1.
    pub step: u64,
}

impl ScrubSpec<'_> {
    fn key(&self) -> blake3::Hash {
        let ScrubShape { width_px, height_px } = self.shape;
        let take = self.take.key.to_hex();
        blake3::hash(format!("scrub {SCRUB_VERSION} {take} {width_px}x{height_px} {}", self.step).as_bytes())
    }

    fn pictures(&self) -> u64 {
        self.take.frames.div_ceil(self.step.max(1))
    }

    fn header(&self) -> [u8; HEADER_BYTES as usize] {
        let mut header = [0; HEADER_BYTES as usize];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&self.shape.width_px.to_le_bytes());
        header[12..16].copy_from_slice(&self.shape.height_px.to_le_bytes());
        header[16..24].copy_from_slice(&self.step.to_le_bytes());
        header[24..].copy_from_slice(&self.pictures().to_le_bytes());
        header
    }

    /// The file, if the cache has it whole; a broken one is dropped.
    #[must_use]
    pub fn find(&self, cache: &Cache) -> Option<ScrubFile> {
        let path = cache.get(&self.key(), EXTENSION)?;
        let opened = self.open(&path);
        if opened.is_none() {
            self.discard(cache);
        }
        opened
    }

    fn open(&self, path: &Path) -> Option<ScrubFile> {
        let mut file = File::open(path).ok()?;
        // Everything that the file could say is known beforehand, so nothing that it says is believed.
        let bytes = (self.shape.bytes() as u64).checked_mul(self.pictures())?.checked_add(HEADER_BYTES)?;
        let mut header = [0; HEADER_BYTES as usize];
        file.read_exact(&mut header).ok()?;
        let is_whole = file.metadata().is_ok_and(|stat| stat.len() == bytes) && header == self.header();
        is_whole.then_some(ScrubFile {
            file,
            step: self.step.max(1),
            pictures: self.pictures(),
            picture_bytes: self.shape.bytes(),
        })
    }

    /// Drops the file: one that turned out to be broken, or that a finer one replaces.
    pub fn discard(&self, cache: &Cache) {
        cache.discard(&self.key(), EXTENSION);
    }

    /// Makes the file and keeps it. `goes_on` is asked before each picture, told how many are done, and may wait.
    ///
    /// One frame is in memory at a time, decoded on one thread. Until the last one is written there is no file.
    ///
    /// # Errors
    /// [`ScrubError`]; [`ScrubError::Cancelled`] once `goes_on` answers `false`.
    pub fn make(&self, cache: &Cache, goes_on: &mut dyn FnMut(u64) -> bool) -> Result<(), ScrubError> {
        let place = cache.reserve(&self.key(), EXTENSION)?;
        let refuse = |source| StoreError::from_io("save", place.final_path(), source);
        let file = File::options().write(true).truncate(true).open(place.path()).map_err(refuse)?;
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(&self.header()).map_err(refuse)?;
        // Pictures that all begin a group are had without the frames between.
        let keys_only = self.step.is_multiple_of(self.rate.gop_frames());
        let mut decoder = FrameDecoder::open_rough(&self.take.video, self.rate, keys_only)?;
        let mut scaler = RgbaScaler::default();
        let mut blocks = Vec::with_capacity(self.shape.bytes());
        for number in 0..self.pictures() {
            if !goes_on(number) {
                return Err(Cancelled.into());
            }
            let Some(picture) = decoder.picture(number * self.step.max(1), &mut |_, _| true)? else {
                return Err(Cancelled.into());
            };
            let rgba = scaler.rgba(&picture, self.shape.size_px())?;
            blocks.clear();
            encode_bc1(&rgba, self.shape.size_px(), &mut blocks);
            file.write_all(&blocks).map_err(refuse)?;
        }
        file.flush().map_err(refuse)?;
        drop(file);
        place.commit()?;
        Ok(())
    }
}

/// The pictures of a take, read from the disk as they are asked for.
#[derive(Debug)]
pub struct ScrubFile {
    file: File,
    step: u64,
    pictures: u64,
    picture_bytes: usize,
}

impl ScrubFile {
    /// Every how manieth frame there is.
    #[must_use]
    pub const fn step(&self) -> u64 {
        self.step
    }

    /// Replaces `blocks` by the picture of a frame in BC1; the last picture for frames past it.
    ///
    /// # Errors
    /// `InvalidInput` for a frame that is no multiple of the step; what reading a file says, also where it was cut short
    /// since it was opened.
    pub fn read(&mut self, frame: u64, blocks: &mut Vec<u8>) -> io::Result<()> {
        if !frame.is_multiple_of(self.step) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let number = (frame / self.step).min(self.pictures.saturating_sub(1));
        self.file.seek(SeekFrom::Start(HEADER_BYTES + number * self.picture_bytes as u64))?;
        blocks.resize(self.picture_bytes, 0);
        self.file.read_exact(blocks)
    }
}
