//! A stretch of the film on its way to the output: the end of the ring that the device's own thread reads.

use super::order::{LOUDEST_SPEED, PlayOrder, Reading};
use kinora_core::time::SAMPLE_RATE_HZ;
use rtrb::Consumer;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// A sample of both channels.
pub(super) type Stereo = [f32; 2];

/// Fades at the ends of a stretch: 5 ms, or it would click.
const FADE_SECS: f64 = 0.005;

/// What the device's thread, the mixing thread and the window know of a stretch. No lock: the device must not wait.
pub(super) struct StreamState {
    pub(super) id: u64,
    epoch: Instant,
    /// Odd while the three after it are written.
    sequence: AtomicU32,
    at_nanos: AtomicU64,
    played_bits: AtomicU64,
    latency_nanos: AtomicU64,
    /// Samples of the whole stretch; `u64::MAX` while nobody knows.
    pub(super) total_samples: AtomicU64,
    /// Samples put into the ring so far.
    pub(super) sent_samples: AtomicU64,
    /// Set to fade out.
    pub(super) stop: AtomicBool,
    /// Set when the last sample is handed over.
    pub(super) is_over: AtomicBool,
    /// Samples that the output asked for and the mix had not ready.
    pub(super) starved_samples: AtomicU64,
}

impl StreamState {
    pub(super) fn new(id: u64) -> Self {
        Self {
            id,
            epoch: Instant::now(),
            sequence: AtomicU32::new(0),
            at_nanos: AtomicU64::new(u64::MAX),
            played_bits: AtomicU64::new(0),
            latency_nanos: AtomicU64::new(0),
            total_samples: AtomicU64::new(u64::MAX),
            sent_samples: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            starved_samples: AtomicU64::new(0),
        }
    }

    /// Called by the device's thread alone.
    fn publish(&self, at: Instant, played_samples: f64, latency: Duration) {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX - 1);
        self.sequence.fetch_add(1, Ordering::SeqCst);
        self.at_nanos.store(nanos(at.saturating_duration_since(self.epoch)), Ordering::SeqCst);
        self.played_bits.store(played_samples.to_bits(), Ordering::SeqCst);
        self.latency_nanos.store(nanos(latency), Ordering::SeqCst);
        self.sequence.fetch_add(1, Ordering::SeqCst);
    }

    /// The last reading; `None` before the first.
    pub(super) fn reading(&self) -> Option<Reading> {
        // The writer is done within nanoseconds; one that was stopped in between gives the reading before next time.
        for _ in 0..1_000 {
            let before = self.sequence.load(Ordering::SeqCst);
            let at_nanos = self.at_nanos.load(Ordering::SeqCst);
            let played_samples = f64::from_bits(self.played_bits.load(Ordering::SeqCst));
            let latency_secs = self.latency_nanos.load(Ordering::SeqCst) as f64 / 1e9;
            if before.is_multiple_of(2) && self.sequence.load(Ordering::SeqCst) == before {
                let at = self.epoch + Duration::from_nanos(at_nanos);
                return (at_nanos != u64::MAX).then_some(Reading { at, played_samples, latency_secs });
            }
            std::hint::spin_loop();
        }
        None
    }
}

/// A stretch of the film as the output plays it. Never allocates, locks or waits.
pub struct FilmStream {
    ring: Consumer<Stereo>,
    state: Arc<StreamState>,
    /// Samples of the film a second of the output.
    film_hz: f64,
    is_muted: bool,
    /// Samples of the film handed over.
    played_samples: f64,
    /// Four samples around the place between two of them, for other rates than the film's.
    window: [Stereo; 4],
    /// How far the place is from the second to the third of them; 1 or more asks for the next.
    fraction: f64,
    gain: f32,
    /// When the output last asked for sound and how much later that is heard, and the seconds handed over since.
    begun: Option<(Instant, Duration)>,
    since_begun_secs: f64,
    is_done: bool,
}

impl FilmStream {
    pub(super) fn new(ring: Consumer<Stereo>, state: Arc<StreamState>, order: &PlayOrder) -> Self {
        Self {
            ring,
            state,
            film_hz: f64::from(SAMPLE_RATE_HZ) * order.speed,
            is_muted: order.speed > LOUDEST_SPEED,
            played_samples: 0.0,
            window: [[0.0; 2]; 4],
            fraction: 2.0,
            gain: 0.0,
            begun: None,
            since_begun_secs: 0.0,
            is_done: false,
        }
    }

    /// Says that the output asks for sound now, and how much later it is heard.
    pub fn begin(&mut self, at: Instant, latency: Duration) {
        (self.begun, self.since_begun_secs) = (Some((at, latency)), 0.0);
        self.state.publish(at, self.played_samples, latency);
    }

    /// The last reading: an output does not begin again with a stretch that is over, and one that ends within what was
    /// asked for at once would never be heard to its end.
    fn end(&mut self) {
        self.is_done = true;
        if let Some((at, latency)) = self.begun {
            let latency = latency + Duration::from_secs_f64(self.since_begun_secs);
            self.state.publish(at, self.played_samples, latency);
        }
        self.state.is_over.store(true, Ordering::Relaxed);
    }

    /// Whether there is nothing more to come.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.is_done
    }

    /// Waits until there is a sample to play, but no longer than `patience`: for an output that runs faster than time.
    pub fn wait_until_ready(&self, patience: Duration) {
        let began = Instant::now();
        while self.ring.is_empty() && !self.is_done && !self.is_muted && began.elapsed() < patience {
            let is_stopped = self.state.stop.load(Ordering::Relaxed);
            let sent_samples = self.state.sent_samples.load(Ordering::Acquire);
            if is_stopped || sent_samples >= self.state.total_samples.load(Ordering::Acquire) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The next sample of an output with so many a second.
    pub fn next(&mut self, output_hz: f64) -> Stereo {
        if self.is_done {
            return [0.0; 2];
        }
        let total = self.state.total_samples.load(Ordering::Acquire) as f64;
        let step = self.film_hz / output_hz;
        let fade_step = (1.0 / (FADE_SECS * output_hz)) as f32;
        let left_samples = (total - self.played_samples) / step;
        let is_ending = self.state.stop.load(Ordering::Relaxed) || left_samples * f64::from(fade_step) < 1.0;
        self.gain = (self.gain + if is_ending { -fade_step } else { fade_step }).clamp(0.0, 1.0);
        if left_samples <= 0.0 || (self.gain == 0.0 && self.state.stop.load(Ordering::Relaxed)) {
            self.end();
            return [0.0; 2];
        }
        self.since_begun_secs += 1.0 / output_hz;
        let sample = if self.is_muted {
            [0.0; 2]
        } else if let Some(sample) = self.pull(step) {
            sample
        } else {
            // The film waits for its sound: the picture follows it, so both stay together.
            self.state.starved_samples.fetch_add(1, Ordering::Relaxed);
            return [0.0; 2];
        };
        self.played_samples += step;
        sample.map(|value| value * self.gain)
    }

    /// The film's sound at the next place; `None` if it is not mixed yet.
    fn pull(&mut self, step: f64) -> Option<Stereo> {
        // At the film's own rate samples go through as they are.
        if (step - 1.0).abs() < 1e-9 {
            return self.ring.pop().ok();
        }
        while self.fraction >= 1.0 {
            // Past the end of the stretch silence follows, so that its last samples come out too.
            let next = self.ring.pop().ok().or_else(|| {
                let total = self.state.total_samples.load(Ordering::Acquire);
                (self.played_samples + 4.0 * step.max(1.0) >= total as f64).then_some([0.0; 2])
            })?;
            self.window = [self.window[1], self.window[2], self.window[3], next];
            self.fraction -= 1.0;
        }
        let at = self.fraction as f32;
        self.fraction += step;
        Some([0, 1].map(|channel| hermite(self.window.map(|sample| sample[channel]), at)))
    }
}

/// The smooth curve through four points, between the second and the third.
fn hermite([before, from, to, after]: [f32; 4], at: f32) -> f32 {
    let slope = 0.5 * (to - before);
    let bend = before - 2.5 * from + 2.0 * to - 0.5 * after;
    let twist = 0.5 * (after - before) + 1.5 * (from - to);
    ((twist * at + bend) * at + slope) * at + from
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtrb::RingBuffer;

    fn stream(speed: f64, film: &[f32], is_all: bool) -> (FilmStream, Arc<StreamState>) {
        let (mut producer, ring) = RingBuffer::new(film.len().max(1));
        film.iter().for_each(|value| producer.push([*value, -value]).unwrap());
        let state = Arc::new(StreamState::new(1));
        if is_all {
            state.total_samples.store(film.len() as u64, Ordering::Release);
        }
        let order =
            PlayOrder { id: 1, from_sample: 0, backwards: false, speed, span_samples: 0..u64::MAX, looped: false };
        (FilmStream::new(ring, Arc::clone(&state), &order), state)
    }

    fn heard(stream: &mut FilmStream, output_hz: f64, most: usize) -> Vec<f32> {
        let mut heard = Vec::new();
        while !stream.is_done() && heard.len() < most {
            let [left, right] = stream.next(output_hz);
            assert_eq!(left, -right);
            heard.push(left);
        }
        heard
    }

    #[test]
    fn at_the_films_rate_samples_pass_as_they_are_between_the_fades() {
        let film: Vec<f32> = (0..2_000).map(|sample| (sample as f32 * 0.1).sin()).collect();
        let (mut stream, _) = stream(1.0, &film, true);
        let heard = heard(&mut stream, 48_000.0, 9_000);
        assert_eq!(heard[240..1_700], film[240..1_700]);
        assert!(heard[0].abs() < 0.01 && heard[1_990..].iter().all(|value| value.abs() < 0.1));
        assert!((2_000..2_003).contains(&heard.len()), "{}", heard.len());
    }

    #[test]
    fn at_other_rates_and_speeds_a_tone_keeps_its_place_in_time() {
        let tone = |secs: f64| (secs * 440.0 * std::f64::consts::TAU).sin();
        let film: Vec<f32> = (0..48_000).map(|sample| tone(f64::from(sample) / 48_000.0) as f32).collect();
        for (output_hz, speed) in [(44_100.0, 1.0), (96_000.0, 1.0), (48_000.0, 2.0), (48_000.0, 0.5), (44_100.0, 2.0)]
        {
            let (mut stream, _) = stream(speed, &film, true);
            let heard = heard(&mut stream, output_hz, 200_000);
            let expected = output_hz / speed;
            assert!((heard.len() as f64 - expected).abs() < 12.0, "{} samples at {output_hz} × {speed}", heard.len());
            let between_fades = 2_000..heard.len() - 1_000;
            for (index, value) in heard.iter().enumerate().take(between_fades.end).skip(between_fades.start) {
                // A window of four samples lies one sample behind the film.
                let secs = index as f64 * speed / output_hz - 1.0 / 48_000.0;
                let error = (f64::from(*value) - tone(secs)).abs();
                assert!(error < 0.07, "sample {index} at {output_hz} × {speed} is off by {error}");
            }
        }
    }

    #[test]
    fn a_mix_that_is_late_holds_the_film_back_and_nothing_is_lost() {
        let film: Vec<f32> = (0..1_000).map(|sample| sample as f32 / 1_000.0).collect();
        let (mut stream, state) = stream(1.0, &film, false);
        let first = heard(&mut stream, 48_000.0, 1_500);
        assert_eq!(first[999], film[999]);
        assert!(first[1_000..].iter().all(|value| *value == 0.0));
        stream.begin(Instant::now(), Duration::from_millis(20));
        let reading = state.reading().unwrap();
        assert_eq!((reading.played_samples, reading.latency_secs), (1_000.0, 0.02));
        assert_eq!(state.starved_samples.load(Ordering::Relaxed), 500);
    }

    #[test]
    fn a_stretch_that_ends_within_one_period_is_told_to_its_end() {
        let (mut stream, state) = stream(1.0, &[0.5; 1_000], true);
        let began = state.epoch;
        stream.begin(began, Duration::from_millis(20));
        assert_eq!(state.reading().unwrap().played_samples, 0.0);
        heard(&mut stream, 48_000.0, 2_048);
        let reading = state.reading().unwrap();
        assert_eq!((reading.at, reading.played_samples), (began, 1_000.0));
        // The same sample is heard at the same moment as before.
        assert!((reading.latency_secs - 0.02 - 1_000.0 / 48_000.0).abs() < 1e-6, "{reading:?}");
    }

    #[test]
    fn a_stop_fades_within_five_milliseconds_and_fast_playback_is_silent_but_counts() {
        let (mut stream, state) = stream(1.0, &[0.5; 5_000], false);
        assert_eq!(heard(&mut stream, 48_000.0, 1_000)[999], 0.5);
        state.stop.store(true, Ordering::Relaxed);
        let rest = heard(&mut stream, 48_000.0, 1_000);
        assert!(rest.len() <= 242 && rest.windows(2).all(|pair| pair[1] <= pair[0]), "{rest:?}");

        let (mut fast, state) = super::tests::stream(4.0, &[], false);
        state.total_samples.store(40_000, Ordering::Release);
        let heard = heard(&mut fast, 48_000.0, 20_000);
        assert!(heard.iter().all(|value| *value == 0.0));
        assert!((10_000..10_003).contains(&heard.len()), "{}", heard.len());
    }
}
