//! The length of an MP4 or QuickTime clip, read from its header alone: some models take clips of a few seconds only, and
//! a refusal before the upload costs nothing.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// Boxes looked at in one list; a sound file has a handful.
const MAX_BOXES: usize = 4096;

/// Seconds a clip lasts; `None` where the file is not an MP4 or its header does not tell.
pub(crate) fn length_secs(path: &Path) -> Option<f64> {
    let mut file = File::open(path).ok()?;
    let end = file.metadata().ok()?.len();
    let (start, end) = find(&mut file, *b"moov", 0, end).ok()??;
    let (start, _) = find(&mut file, *b"mvhd", start, end).ok()??;
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut header = [0_u8; 32];
    file.read_exact(&mut header).ok()?;
    let word =
        |at: usize| header.get(at..at + 4).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    // Version 1 has 64-bit times before the scale and for the length.
    let (scale, length) = match header[0] {
        0 => (word(12)?, u64::from(word(16)?)),
        1 => (word(20)?, (u64::from(word(24)?) << 32) | u64::from(word(28)?)),
        _ => return None,
    };
    let is_told = scale > 0 && length > 0 && length != u64::from(u32::MAX) && length != u64::MAX;
    is_told.then(|| length as f64 / f64::from(scale))
}

/// Where the content of the first box of a type lies between two places of a file.
fn find(file: &mut File, wanted: [u8; 4], mut at: u64, end: u64) -> io::Result<Option<(u64, u64)>> {
    for _ in 0..MAX_BOXES {
        if at.checked_add(8).is_none_or(|header_end| header_end > end) {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0_u8; 16];
        file.read_exact(&mut head[..8])?;
        let short = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        let (size, head_bytes) = match short {
            0 => (end - at, 8),
            1 => {
                file.read_exact(&mut head[8..])?;
                let mut long = [0_u8; 8];
                long.copy_from_slice(&head[8..]);
                (u64::from_be_bytes(long), 16)
            }
            size => (size, 8),
        };
        let Some(next) = at.checked_add(size).filter(|next| size >= head_bytes && *next <= end) else {
            return Ok(None);
        };
        if head[4..8] == wanted {
            return Ok(Some((at + head_bytes, next)));
        }
        at = next;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
    }

    fn header(version: u8, scale: u32, length: u64) -> Vec<u8> {
        let mut content = vec![version, 0, 0, 0];
        if version == 0 {
            content.extend([0; 8]);
            content.extend(scale.to_be_bytes());
            content.extend((length as u32).to_be_bytes());
        } else {
            content.extend([0; 16]);
            content.extend(scale.to_be_bytes());
            content.extend(length.to_be_bytes());
        }
        content.extend([0; 40]);
        boxed(b"moov", &[boxed(b"free", b"xx"), boxed(b"mvhd", &content)].concat())
    }

    fn secs(bytes: &[u8]) -> Option<f64> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        length_secs(file.path())
    }

    #[test]
    fn the_header_tells_the_length_wherever_it_lies() {
        let data = boxed(b"mdat", &[7; 1000]);
        assert_eq!(secs(&[boxed(b"ftyp", b"isom"), header(0, 1000, 2500)].concat()), Some(2.5));
        assert_eq!(secs(&[boxed(b"ftyp", b"isom"), data, header(1, 90_000, 900_000)].concat()), Some(10.0));
        assert_eq!(secs(crate::simulator::CLIP), Some(2.0));
    }

    #[test]
    fn a_broken_header_tells_nothing() {
        let whole = [boxed(b"ftyp", b"isom"), header(0, 1000, 2500)].concat();
        for cut in 0..whole.len() - 40 {
            secs(&whole[..cut]);
        }
        let mut endless = 1_u32.to_be_bytes().to_vec();
        endless.extend(b"moov");
        endless.extend(u64::MAX.to_be_bytes());
        for bytes in [&b""[..], b"RIFF....WAVE", &endless, &[0; 4096], &header(0, 0, 5), &header(9, 1, 5)] {
            assert_eq!(secs(bytes), None);
        }
        assert_eq!(length_secs(Path::new("/no/such/clip.mp4")), None);
    }
}
