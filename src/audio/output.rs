//! The way out: Kira's mixer on the system's sound device.
//!
//! `bevy_kira_audio` plays sounds that lie in memory as a whole (`AudioSource` holds a `StaticSoundData`), and keeps
//! the manager that could play others in a private resource. A film does not fit in memory. So Kira's own
//! `AudioManager` is used, of the very version that `bevy_kira_audio` brings, with a backend that Kira lets anyone
//! write: it is told when what it hands over will be heard, which the stock backend throws away, and that is the clock
//! the picture follows.

use super::stream::FilmStream;
use bevy_kira_audio::prelude::{Frame, Sound, SoundData};
use kinora_core::time::SAMPLE_RATE_HZ;
use kira::{
    AudioManager, AudioManagerSettings, Capacities,
    backend::{
        Backend, Renderer,
        cpal::cpal::{
            self, BufferSize, Device, FromSample, OutputCallbackInfo, SampleFormat, SizedSample, Stream, StreamConfig,
            SupportedBufferSize, SupportedStreamConfig,
            traits::{DeviceTrait, HostTrait, StreamTrait},
        },
    },
    info::Info,
    track::MainTrackBuilder,
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Samples the device asks for at a time, if it may be told: 43 ms. Latency is known and taken off, so what counts is
/// that a busy machine does not fall behind.
const PERIOD_SAMPLES: u32 = 2_048;
/// Samples that Kira works on at a time.
const BLOCK_SAMPLES: usize = 128;
/// A device that asks for nothing for so long is gone.
const SILENT_FOR: Duration = Duration::from_secs(2);

/// Why there is no output.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    /// The system names no device.
    #[error("this system has no sound device")]
    NoDevice,
    /// The device was refused.
    #[error("the sound device cannot be opened: {0}")]
    Device(String),
    /// The mixer was refused.
    #[error("the sound cannot be played: {0}")]
    Mixer(String),
}

/// A way out for the film's sound.
pub trait Output {
    /// Plays a stretch along with what is fading out.
    ///
    /// # Errors
    /// [`OutputError::Mixer`].
    fn play(&mut self, stream: FilmStream) -> Result<(), OutputError>;

    /// How it went away, if it did.
    fn lost(&self) -> Option<String>;
}

/// The system's sound device.
pub(super) struct SystemOutput {
    manager: AudioManager<SystemBackend>,
    clock: Arc<DeviceClock>,
}

impl SystemOutput {
    /// Opens the device that the system plays on.
    pub(super) fn open() -> Result<Self, OutputError> {
        let clock = Arc::new(DeviceClock::new());
        let manager = AudioManager::new(AudioManagerSettings {
            capacities: Capacities::default(),
            main_track_builder: MainTrackBuilder::new(),
            internal_buffer_size: BLOCK_SAMPLES,
            backend_settings: Arc::clone(&clock),
        })?;
        Ok(Self { manager, clock })
    }
}

impl Output for SystemOutput {
    fn play(&mut self, stream: FilmStream) -> Result<(), OutputError> {
        let sound = StreamSound { stream, clock: Arc::clone(&self.clock) };
        self.manager.play(sound).map_err(|error| OutputError::Mixer(error.to_string()))
    }

    fn lost(&self) -> Option<String> {
        let told = self.clock.lost.lock().unwrap_or_else(PoisonError::into_inner).clone();
        told.or_else(|| {
            let (_, at) = self.clock.now();
            (at.elapsed() > SILENT_FOR).then(|| {
                let trouble = self.clock.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
                trouble.unwrap_or_else(|| "it asks for no more sound".to_owned())
            })
        })
    }
}

/// What the device's thread says of itself.
struct DeviceClock {
    epoch: Instant,
    /// When the device last asked for sound, since `epoch`.
    at_nanos: AtomicU64,
    latency_nanos: AtomicU64,
    lost: Mutex<Option<String>>,
    /// The last trouble that need not be the end.
    trouble: Mutex<Option<String>>,
}

impl DeviceClock {
    fn new() -> Self {
        Self {
            epoch: Instant::now(),
            at_nanos: AtomicU64::new(0),
            latency_nanos: AtomicU64::new(0),
            lost: Mutex::new(None),
            trouble: Mutex::new(None),
        }
    }

    fn tick(&self, info: &OutputCallbackInfo) {
        let timestamp = info.timestamp();
        let latency = timestamp.playback.saturating_duration_since(timestamp.callback);
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.latency_nanos.store(nanos(latency), Ordering::Relaxed);
        self.at_nanos.store(nanos(self.epoch.elapsed()), Ordering::Relaxed);
    }

    fn now(&self) -> (Duration, Instant) {
        let latency = Duration::from_nanos(self.latency_nanos.load(Ordering::Relaxed));
        (latency, self.epoch + Duration::from_nanos(self.at_nanos.load(Ordering::Relaxed)))
    }

    fn heard(&self, error: &cpal::Error) {
        use cpal::ErrorKind;
        match error.kind() {
            // The stream goes on after these.
            ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {
                tracing::debug!("sound output: {error}");
            }
            // It says nothing of the device: PulseAudio's plugin for ALSA tells of one where it knows no time yet. The
            // stream goes on, and a device that is gone asks for no more.
            ErrorKind::BackendError => {
                tracing::debug!("sound output: {error}");
                *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
            }
            _ => {
                tracing::warn!("sound output: {error}");
                *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
            }
        }
    }
}

/// Kira's side of [`FilmStream`].
struct StreamSound {
    stream: FilmStream,
    clock: Arc<DeviceClock>,
}

impl SoundData for StreamSound {
    type Error = std::convert::Infallible;
    type Handle = ();

    fn into_sound(self) -> Result<(Box<dyn Sound>, ()), Self::Error> {
        Ok((Box::new(self), ()))
    }
}

impl Sound for StreamSound {
    fn on_start_processing(&mut self) {
        let (latency, at) = self.clock.now();
        self.stream.begin(at, latency);
    }

    fn process(&mut self, out: &mut [Frame], dt: f64, _: &Info<'_>) {
        for frame in out {
            let [left, right] = self.stream.next(1.0 / dt);
            *frame = Frame { left, right };
        }
    }

    fn finished(&self) -> bool {
        self.stream.is_done()
    }
}

/// Drives Kira from a device of the system.
struct SystemBackend {
    device: Device,
    config: SupportedStreamConfig,
    clock: Arc<DeviceClock>,
    /// Plays as long as it is held.
    stream: Option<Stream>,
}

impl Backend for SystemBackend {
    type Settings = Arc<DeviceClock>;
    type Error = OutputError;

    fn setup(clock: Self::Settings, _: usize) -> Result<(Self, u32), OutputError> {
        let device = cpal::default_host().default_output_device().ok_or(OutputError::NoDevice)?;
        let config = best_config(&device)?;
        let rate_hz = config.sample_rate();
        Ok((Self { device, config, clock, stream: None }, rate_hz))
    }

    fn start(&mut self, renderer: Renderer) -> Result<(), OutputError> {
        let mut config = self.config.config();
        if let SupportedBufferSize::Range { min, max } = self.config.buffer_size()
            && (*min..=*max).contains(&PERIOD_SAMPLES)
        {
            config.buffer_size = BufferSize::Fixed(PERIOD_SAMPLES);
        }
        let stream = match self.config.sample_format() {
            SampleFormat::F32 => self.build::<f32>(config, renderer),
            SampleFormat::I32 => self.build::<i32>(config, renderer),
            SampleFormat::I16 => self.build::<i16>(config, renderer),
            other => return Err(OutputError::Device(format!("it only takes samples of kind {other}"))),
        };
        let stream = stream.map_err(|error| refused(&error))?;
        stream.play().map_err(|error| refused(&error))?;
        self.stream = Some(stream);
        Ok(())
    }
}

impl SystemBackend {
    fn build<T: SizedSample + FromSample<f32>>(
        &self,
        config: StreamConfig,
        mut renderer: Renderer,
    ) -> Result<Stream, cpal::Error> {
        let (clock, errors) = (Arc::clone(&self.clock), Arc::clone(&self.clock));
        let channels = config.channels;
        let mut floats = vec![0.0_f32; PERIOD_SAMPLES as usize * usize::from(channels)];
        let fill = move |out: &mut [T], info: &OutputCallbackInfo| {
            clock.tick(info);
            renderer.on_start_processing();
            for part in out.chunks_mut(floats.len()) {
                let floats = &mut floats[..part.len()];
                floats.fill(0.0);
                renderer.process(floats, channels);
                for (sample, float) in part.iter_mut().zip(floats) {
                    *sample = T::from_sample(*float);
                }
            }
        };
        self.device.build_output_stream(config, fill, move |error| errors.heard(&error), None)
    }
}

fn refused(error: &cpal::Error) -> OutputError {
    OutputError::Device(error.to_string())
}

/// The device's own choice, at the film's rate where it offers that.
fn best_config(device: &Device) -> Result<SupportedStreamConfig, OutputError> {
    let own = device.default_output_config().map_err(|error| refused(&error))?;
    if own.sample_rate() == SAMPLE_RATE_HZ {
        return Ok(own);
    }
    let offers = device.supported_output_configs().map_err(|error| refused(&error))?;
    let same = offers
        .filter(|offer| offer.channels() == own.channels() && offer.sample_format() == own.sample_format())
        .find_map(|offer| offer.try_with_sample_rate(SAMPLE_RATE_HZ));
    Ok(same.unwrap_or(own))
}
