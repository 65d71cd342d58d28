//! AAC in stretches that are encoded apart and follow each other in one stream.
//!
//! A packet decodes with the one before it, and the encoder's choice of windows with a little of what it heard last.
//! So a stretch is encoded from some packets before its start, which are thrown away, to a little past its end.

use super::{
    MediaError,
    mux::FilmMuxer,
    sound_encode::{AAC_BITRATE_BPS, SoundCodec, SoundEncoder},
};
use ffmpeg_next::{Packet, codec};
use std::ops::Range;

/// Samples a packet moves on by.
pub const AAC_PACKET_SAMPLES: u64 = 1024;
/// Packets of a full chunk: four seconds. Shorter ones make a changed shot cheaper and the first render dearer.
const CHUNK_PACKETS: u64 = 192;
/// Packets encoded before a chunk and thrown away: after 28 the encoder's choices were those of one piece in trials.
const LEAD_PACKETS: u64 = 32;
/// Blocks of sound past a chunk's end that its last packets look at.
const LOOKAHEAD_BLOCKS: u64 = 2;
const MAGIC: &[u8; 4] = b"KSC1";

/// A stretch of a sound of `total_samples`, and what of the sound is needed to encode it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundChunk {
    /// Packets of the whole stream; the last chunk goes on to the end.
    packets: Range<u64>,
    is_last: bool,
    /// Samples to hand to [`SoundChunk::encode`].
    pub needs_samples: Range<u64>,
}

impl SoundChunk {
    /// The chunks of a sound, in order. The first packet of a stream lies a block before its sound.
    pub fn split(total_samples: u64) -> impl Iterator<Item = Self> {
        let all_packets = total_samples.div_ceil(AAC_PACKET_SAMPLES) + 1;
        (0..all_packets.div_ceil(CHUNK_PACKETS)).map(move |index| {
            let packets = index * CHUNK_PACKETS..((index + 1) * CHUNK_PACKETS).min(all_packets);
            let first_block = packets.start.saturating_sub(LEAD_PACKETS);
            let end_block = packets.end + LOOKAHEAD_BLOCKS;
            let needs = first_block * AAC_PACKET_SAMPLES..(end_block * AAC_PACKET_SAMPLES).min(total_samples);
            Self { is_last: packets.end == all_packets, packets, needs_samples: needs }
        })
    }

    /// A text that differs whenever the same samples give other packets.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // The place in the film is left out: the same sound elsewhere gives the same packets.
        let lead = self.lead_packets();
        let count = self.packets.end - self.packets.start;
        format!("aac chunk 1 {AAC_BITRATE_BPS} {lead} {count} {} avcodec {}", self.is_last, codec::version())
    }

    fn lead_packets(&self) -> u64 {
        self.packets.start - self.needs_samples.start / AAC_PACKET_SAMPLES
    }

    /// Encodes the chunk from the interleaved stereo samples it needs. The answer is what [`SoundPackets::read`] reads.
    ///
    /// # Errors
    /// [`MediaError::Encoder`].
    pub fn encode(&self, samples: &[f32]) -> Result<Vec<u8>, MediaError> {
        let mut encoder = SoundEncoder::open(SoundCodec::Aac)?;
        let (mut skip, mut left) = (self.lead_packets(), self.packets.end - self.packets.start);
        let (mut heads, mut bodies, mut count) = (Vec::new(), Vec::new(), 0_u32);
        let mut keep = |packet: Packet| {
            if skip > 0 {
                skip -= 1;
            } else if left > 0 {
                left -= 1;
                count += 1;
                let body = packet.data().unwrap_or_default();
                heads.extend_from_slice(&(body.len() as u32).to_le_bytes());
                heads.extend_from_slice(&(packet.duration().max(0) as u32).to_le_bytes());
                bodies.extend_from_slice(body);
            }
            Ok(())
        };
        encoder.encode(samples, &mut keep)?;
        encoder.end(&mut keep)?;
        if left > 0 {
            return Err(MediaError::encoder("aac", format!("{left} packets are missing at the end of a stretch")));
        }
        Ok([MAGIC.as_slice(), &count.to_le_bytes(), &heads, &bodies].concat())
    }
}

/// The packets of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundPackets {
    /// Each packet's bytes and the samples it moves on by.
    packets: Vec<(Vec<u8>, u32)>,
}

impl SoundPackets {
    /// Reads what [`SoundChunk::encode`] gave; `None` if it is not whole.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let word = |bytes: &[u8]| Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?));
        let rest = bytes.strip_prefix(MAGIC)?;
        let count = word(rest)? as usize;
        let heads = rest.get(4..4 + count.checked_mul(8)?)?;
        let mut bodies = &rest[4 + heads.len()..];
        let mut packets = Vec::with_capacity(count);
        for head in heads.chunks_exact(8) {
            let (body, after) = bodies.split_at_checked(word(head)? as usize)?;
            packets.push((body.to_vec(), word(&head[4..])?));
            bodies = after;
        }
        bodies.is_empty().then_some(Self { packets })
    }

    /// Takes the packets, in order.
    pub fn into_packets(self) -> impl Iterator<Item = (Vec<u8>, u32)> {
        self.packets.into_iter()
    }
}

impl FilmMuxer {
    /// Writes a packet of a chunk: `number` counts the packets of the whole stream.
    ///
    /// # Errors
    /// [`MediaError::Write`] or [`MediaError::DiskFull`].
    pub fn write_sound_packet(&mut self, number: u64, body: &[u8], duration_samples: u32) -> Result<(), MediaError> {
        let mut packet = Packet::copy(body);
        // The encoder starts a block before the sound; the container's edit list hides it.
        let start_samples = number as i64 * AAC_PACKET_SAMPLES as i64 - AAC_PACKET_SAMPLES as i64;
        packet.set_pts(Some(start_samples));
        packet.set_dts(Some(start_samples));
        packet.set_duration(i64::from(duration_samples));
        packet.set_flags(codec::packet::Flags::KEY);
        self.write_sound(packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cover_every_packet_once_and_need_what_exists() {
        for total in [0, 1, 1023, 1024, 1025, 191 * 1024, 192 * 1024, 193 * 1024 + 5, 3_000_000] {
            let chunks: Vec<_> = SoundChunk::split(total).collect();
            let mut next = 0;
            for chunk in &chunks {
                assert_eq!(chunk.packets.start, next, "{total}");
                assert!(chunk.needs_samples.start <= chunk.needs_samples.end && chunk.needs_samples.end <= total);
                assert_eq!(chunk.is_last, chunk.packets.end == total.div_ceil(1024) + 1);
                next = chunk.packets.end;
            }
            assert_eq!(next, total.div_ceil(1024) + 1, "{total}");
        }
    }

    /// A sound with clicks, so that the encoder changes its windows; one lies at the border of the chunks.
    fn clicks(total: u64) -> Vec<f32> {
        (0..total)
            .flat_map(|sample| {
                let tone = (sample as f32 * 0.03).sin() * 0.3;
                let click = if sample % 8_191 < 40 || (392_192..392_272).contains(&sample) { 0.6 } else { 0.0 };
                [tone + click, tone - click]
            })
            .collect()
    }

    /// What a listener gets of packets that follow each other: interleaved, the block before the sound taken off.
    fn decoded(packets: &[(Vec<u8>, u32)]) -> Vec<f32> {
        let parameters = SoundEncoder::open(SoundCodec::Aac).unwrap().parameters();
        let mut decoder = codec::Context::from_parameters(parameters).unwrap().decoder().audio().unwrap();
        let mut heard = Vec::new();
        let mut frame = ffmpeg_next::frame::Audio::empty();
        for (body, _) in packets {
            decoder.send_packet(&Packet::copy(body)).unwrap();
            while decoder.receive_frame(&mut frame).is_ok() {
                let (left, right) = (frame.plane::<f32>(0), frame.plane::<f32>(1));
                heard.extend(left.iter().zip(right).flat_map(|(left, right)| [*left, *right]));
            }
        }
        heard.split_off(2 * AAC_PACKET_SAMPLES as usize)
    }

    fn worst_error(heard: &[f32], sound: &[f32], samples: Range<usize>) -> f32 {
        let pairs = heard[samples.start * 2..samples.end * 2].iter().zip(&sound[samples.start * 2..]);
        pairs.map(|(heard, sound)| (heard - sound).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_join_of_chunks_is_not_heard() {
        let total = 500 * AAC_PACKET_SAMPLES;
        let sound = clicks(total);
        let mut joined = Vec::new();
        for chunk in SoundChunk::split(total) {
            let needs = chunk.needs_samples.start as usize * 2..chunk.needs_samples.end as usize * 2;
            joined.extend(SoundPackets::read(&chunk.encode(&sound[needs]).unwrap()).unwrap().packets);
        }
        let mut whole = Vec::new();
        let mut keep = |packet: Packet| {
            whole.push((packet.data().unwrap().to_vec(), packet.duration() as u32));
            Ok(())
        };
        let mut encoder = SoundEncoder::open(SoundCodec::Aac).unwrap();
        encoder.encode(&sound, &mut keep).unwrap();
        encoder.end(&mut keep).unwrap();
        assert_eq!(joined.len(), whole.len());
        let durations = |packets: &[(Vec<u8>, u32)]| packets.iter().map(|packet| packet.1).collect::<Vec<_>>();
        assert_eq!(durations(&joined), durations(&whole));
        let (joined, whole) = (decoded(&joined), decoded(&whole));
        for border in [191 * 1024_usize, 383 * 1024] {
            let near = border - 3_072..border + 3_072;
            let error = worst_error(&joined, &sound, near.clone());
            let unbroken = worst_error(&whole, &sound, near);
            assert!(error <= 1.5 * unbroken, "join at {border}: {error} against {unbroken} in one piece");
        }
    }

    #[test]
    fn a_chunk_survives_the_way_to_disk_and_rubbish_is_refused() {
        let sound = clicks(30_000);
        let chunk = SoundChunk::split(30_000).next().unwrap();
        let bytes = chunk.encode(&sound).unwrap();
        let packets = SoundPackets::read(&bytes).unwrap();
        assert_eq!(packets.packets.len(), 31);
        assert_eq!(packets.packets.iter().map(|(_, duration)| u64::from(*duration)).sum::<u64>(), 30_000 + 1024);
        for cut in [0, 3, 7, 20, bytes.len() - 1] {
            assert_eq!(SoundPackets::read(&bytes[..cut]), None, "cut at {cut}");
        }
        assert_eq!(SoundPackets::read(&[bytes.as_slice(), b"x"].concat()), None);
    }
}
