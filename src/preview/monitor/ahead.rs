//! Frames that nobody has asked for yet: those that playback comes to, and those round a playhead at rest.

use super::{
    MonitorAsk, PlayDirection, Shared, Showing, Told,
    find::{Found, MasterFrame},
    thread::MonitorThread,
};
use crate::preview::WakeUp;
use kinora_core::media::{GroupFrames, MasterFile};
use std::sync::atomic::Ordering;

/// Groups decoded for one ask, beside those for playing on.
const MOST_ROUNDS: usize = 32;

impl MonitorThread {
    /// Frames that are asked for next, group by group: those that playback comes to, or those round a still frame.
    pub(super) fn decode_around(&mut self, mut ask: MonitorAsk) {
        let showing = self.shared.showing();
        let size = showing.film.metadata.size;
        let room = self.shared.frames.room_ahead([size.width, size.height]);
        // A round decodes at least one frame that was missing; more of them than that would mean that memory is short.
        for _ in 0..MOST_ROUNDS {
            // Playing on is no reason to begin again; anything else is.
            if let Some(newer) = self.shared.serve(&ask, &self.wake) {
                ask = newer;
            }
            if self.shared.asks.is_pressing(|_| true) {
                return;
            }
            let Some((film_frame, missing)) = self.next_missing(&showing, &ask, room) else { return };
            let is_after = film_frame > ask.film_frame;
            if !self.decode_group(&showing, &mut ask, &missing, is_after, room) {
                return;
            }
        }
    }

    /// The first frame on the way that is not in memory.
    fn next_missing(&self, showing: &Showing, ask: &MonitorAsk, room: u64) -> Option<(u64, MasterFrame)> {
        let gop = showing.film.metadata.rate.gop_frames();
        let reach = match ask.direction {
            // For whoever steps on or back.
            PlayDirection::Still => (gop / 2).min(room / 2),
            PlayDirection::Forward => self.ahead_frames.min(room),
            // A group comes as a whole, so another one has to fit.
            PlayDirection::Backward => self.ahead_frames.max(gop).min(room),
            PlayDirection::Skim => 0,
        };
        let on = (1..=reach).map(|step| Some(ask.film_frame.saturating_add(step)));
        let back = (1..=reach).map(|step| ask.film_frame.checked_sub(step));
        let mut frames: Vec<u64> = match ask.direction {
            PlayDirection::Still => on.zip(back).flat_map(|(on, back)| [on, back]).flatten().collect(),
            PlayDirection::Forward | PlayDirection::Skim => on.flatten().collect(),
            PlayDirection::Backward => back.flatten().collect(),
        };
        frames.retain(|frame| *frame < showing.film.map.total_frames());
        frames.into_iter().find_map(|frame| match self.shared.find(showing, frame) {
            Found::Master(found) if !self.shared.frames.contains(&(found.key, found.frame)) => Some((frame, found)),
            _ => None,
        })
    }

    /// Decodes a missing frame and those of its group that are wanted with it: the ones after it, or before it. Answers
    /// whether it came.
    fn decode_group(
        &mut self,
        showing: &Showing,
        ask: &mut MonitorAsk,
        missing: &MasterFrame,
        is_after: bool,
        room: u64,
    ) -> bool {
        let rate = showing.film.metadata.rate;
        let group_start = missing.frame / rate.gop_frames() * rate.gop_frames();
        let most = room.max(1);
        let kept = if is_after {
            missing.frame..missing.frame + most
        } else {
            group_start.max((missing.frame + 1).saturating_sub(most))..missing.frame + 1
        };
        let path = self.media.cache.path_for(&missing.key, "mp4");
        let (shared, wake, direction) = (&self.shared, &self.wake, ask.direction);
        let at = ask.clone();
        let mut came = false;
        // A newer ask that plays on waits for what is on its way here.
        let mut goes_on = || {
            !shared.asks.is_pressing(|newer| {
                direction == PlayDirection::Still || newer.ask.direction != direction || is_elsewhere(&at, &newer.ask)
            })
        };
        let decoded = self.decoder.decode(
            MasterFile { path: &path, rate },
            GroupFrames::From(kept.start),
            &mut goes_on,
            &mut |number, picture| {
                came |= number == missing.frame;
                if !shared.frames.contains(&(missing.key, number)) {
                    shared.frames.insert((missing.key, number), picture);
                    shared.counts.decoded.fetch_add(1, Ordering::Relaxed);
                }
                if let Some(newer) = shared.serve(ask, wake) {
                    *ask = newer;
                }
                number + 1 < kept.end
            },
        );
        // What is wrong with it is said when it is asked for.
        decoded.is_ok() && came
    }
}

impl Shared {
    /// Takes a newer ask that only plays on from an older one, with its picture in memory, and gives it.
    fn serve(&self, older: &MonitorAsk, wake: &WakeUp) -> Option<MonitorAsk> {
        let mut at_hand = None;
        let told = self.asks.take_if(|Told { ask: newer, .. }| {
            let plays_on = older.direction != PlayDirection::Still
                && newer.direction == older.direction
                && !is_elsewhere(older, newer);
            at_hand = if plays_on { self.at_hand(newer) } else { None };
            at_hand.is_some()
        })?;
        if let Some(picture) = at_hand.filter(|_| !told.is_answered)
            && self.publish(told.number, picture)
        {
            wake.ring();
        }
        Some(told.ask)
    }
}

/// Whether a newer ask is so far away that the work for this one is of no use to it.
pub(super) fn is_elsewhere(ask: &MonitorAsk, newer: &MonitorAsk) -> bool {
    const NEAR_FRAMES: u64 = 12;
    ask.wipe.is_some() != newer.wipe.is_some() || ask.film_frame.abs_diff(newer.film_frame) > NEAR_FRAMES
}
