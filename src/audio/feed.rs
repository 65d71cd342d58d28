//! A stretch of the film on its way into the ring: the end that the mixing thread fills.

use super::{
    order::{LOUDEST_SPEED, PlayOrder},
    stream::{FilmStream, Stereo, StreamState},
};
use kinora_core::render::{live::LivePlayer, mix::MixError};
use rtrb::{Producer, RingBuffer};
use std::sync::{Arc, atomic::Ordering};

/// Samples mixed at a time: 43 ms.
const BLOCK_SAMPLES: usize = 2_048;
/// Samples mixed ahead: half a second at the film's own speed.
const AHEAD_SAMPLES: usize = 24_000;

/// Reads the film where playback is, forwards or backwards, round and round if asked.
pub(super) struct Feed {
    order: PlayOrder,
    /// The next sample forwards, or backwards the one after it.
    at_sample: u64,
    ring: Producer<Stereo>,
    pub(super) state: Arc<StreamState>,
    is_all_sent: bool,
    block: Vec<f32>,
}

impl Feed {
    /// Starts a stretch: this end of it, and the one for the output.
    pub(super) fn start(order: PlayOrder) -> (Self, FilmStream) {
        let state = Arc::new(StreamState::new(order.id));
        let (producer, consumer) = RingBuffer::new(AHEAD_SAMPLES);
        let stream = FilmStream::new(consumer, Arc::clone(&state), &order);
        let span = &order.span_samples;
        let length = if order.backwards {
            order.from_sample.saturating_sub(span.start)
        } else {
            span.end.saturating_sub(order.from_sample)
        };
        let is_muted = order.speed > LOUDEST_SPEED;
        if !order.looped || span.is_empty() {
            state.total_samples.store(length, Ordering::Release);
        }
        let feed = Self {
            at_sample: order.from_sample,
            ring: producer,
            state,
            // What is not heard need not be mixed: the output counts it by itself.
            is_all_sent: is_muted || (length == 0 && !order.looped) || span.is_empty(),
            block: vec![0.0; BLOCK_SAMPLES * 2],
            order,
        };
        (feed, stream)
    }

    /// Mixes one block if there is room for it. Answers whether there was.
    pub(super) fn mix_block(&mut self, film: &mut LivePlayer) -> Result<bool, MixError> {
        if self.is_all_sent || self.ring.slots() < BLOCK_SAMPLES {
            return Ok(false);
        }
        let span = self.order.span_samples.clone();
        if self.order.backwards {
            if self.at_sample <= span.start {
                self.at_sample = span.end;
            }
            let count = (self.at_sample - span.start).min(BLOCK_SAMPLES as u64) as usize;
            self.at_sample -= count as u64;
            let block = &mut self.block[..count * 2];
            film.read_at(self.at_sample, block)?;
            for sample in block.chunks_exact(2).rev() {
                // There is room: nobody else fills the ring.
                let _ = self.ring.push([sample[0], sample[1]]);
            }
            self.state.sent_samples.fetch_add(count as u64, Ordering::Release);
            self.is_all_sent = self.at_sample <= span.start && !self.order.looped;
        } else {
            if self.at_sample >= span.end {
                self.at_sample = span.start;
            }
            let count = (span.end - self.at_sample).min(BLOCK_SAMPLES as u64) as usize;
            let block = &mut self.block[..count * 2];
            film.read_at(self.at_sample, block)?;
            for sample in block.chunks_exact(2) {
                let _ = self.ring.push([sample[0], sample[1]]);
            }
            self.at_sample += count as u64;
            self.state.sent_samples.fetch_add(count as u64, Ordering::Release);
            self.is_all_sent = self.at_sample >= span.end && !self.order.looped;
        }
        Ok(true)
    }
}
