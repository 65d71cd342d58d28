//! The provider against the simulated vendor: `sounds` what it makes, `faults` what goes wrong, `lost` answers that
//! never came, `questions` voices and the account, `live` what is kept of both.

mod faults;
mod live;
mod lost;
mod questions;
mod sounds;

use super::*;
use crate::simulator::{Door, Fault, KEY, Simulator};
use kinora_provider::{
    GenerationOutput, MusicRequest, OutputSource, SoundEffectRequest, SpeechRequest, VoiceConversionRequest,
};
use kinora_transport::Secret;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A simulator, a folder for jobs, and a provider for them.
struct Stage {
    simulator: Simulator,
    folder: tempfile::TempDir,
    provider: ElevenLabsProvider,
    runtime: tokio::runtime::Runtime,
}

fn settings(url: &str, key: &str) -> Settings {
    let base_url = BaseUrl::parse(BASE_URL_VARIABLE, url, PUBLIC_URL).unwrap();
    let keys = Keys::only(PROVIDER_ID, &Secret::new(key).unwrap());
    let quick = Duration::from_millis(1);
    let retry = RetryPolicy { first_pause: quick, longest_pause: quick, ..RetryPolicy::default() };
    Settings { retry, settle: Duration::ZERO, ..Settings::new(base_url, keys, CardPlaces::default()) }
}

impl Stage {
    fn new() -> Self {
        Self::with(|settings| settings)
    }

    fn with(change: impl FnOnce(Settings) -> Settings) -> Self {
        let simulator = Simulator::start(0).unwrap();
        let provider = ElevenLabsProvider::new(change(settings(&simulator.url(), KEY))).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { simulator, folder: tempfile::tempdir().unwrap(), provider, runtime }
    }

    /// The same provider after a restart: nothing remembered.
    fn reborn(&self) -> ElevenLabsProvider {
        ElevenLabsProvider::new(settings(&self.simulator.url(), KEY)).unwrap()
    }

    fn ticket(&self, job_id: &str) -> JobTicket {
        let work_dir = self.folder.path().join(job_id);
        fs::create_dir_all(&work_dir).unwrap();
        JobTicket { job_id: job_id.into(), work_dir }
    }

    fn submit(&self, job_id: &str, request: GenerationRequest) -> Result<Submitted, ProviderError> {
        self.runtime.block_on(self.provider.submit(self.ticket(job_id), request))
    }

    fn find_lost(&self, job_id: &str, request: &GenerationRequest) -> Result<Option<Submitted>, ProviderError> {
        self.runtime.block_on(self.provider.find_lost(self.ticket(job_id), request))
    }

    fn made(&self, job_id: &str, request: GenerationRequest) -> GenerationOutput {
        output(&self.submit(job_id, request).unwrap())
    }

    fn creates(&self) -> u64 {
        self.simulator.report().total_creates()
    }

    /// A recording of a second.
    fn recording(&self) -> PathBuf {
        let path = self.folder.path().join("recording.wav");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 16_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        (0..16_000_i32).for_each(|index| writer.write_sample((index % 100) as i16).unwrap());
        writer.finalize().unwrap();
        path
    }
}

fn output(submitted: &Submitted) -> GenerationOutput {
    match &submitted.state {
        JobState::Succeeded(output) => output.clone(),
        other => panic!("{other:?}"),
    }
}

fn file(output: &GenerationOutput) -> &Path {
    match &output.files[0].source {
        OutputSource::File(path) => path,
        OutputSource::Url(url) => panic!("{url}"),
    }
}

fn speech(text: &str) -> SpeechRequest {
    SpeechRequest {
        voice_id: Some("JBFqnCBsd6RMkjVDRZzb".into()),
        ..SpeechRequest::new("eleven_multilingual_v2", "Aubrey", text)
    }
}

fn line(text: &str) -> GenerationRequest {
    GenerationRequest::Speech(speech(text))
}

/// A line as WAV, which needs no encoder.
fn wav_line(text: &str) -> GenerationRequest {
    let mut request = line(text);
    request.parameters_mut().insert("output_format".into(), "pcm_16000".into());
    request
}

fn conversion(recording: PathBuf) -> GenerationRequest {
    let mut request = GenerationRequest::VoiceConversion(VoiceConversionRequest {
        model: "eleven_multilingual_sts_v2".into(),
        recording,
        voice_id: Some("JBFqnCBsd6RMkjVDRZzb".into()),
        duration_secs: Some(1.0),
        ..VoiceConversionRequest::default()
    });
    request.parameters_mut().insert("output_format".into(), "pcm_44100".into());
    request
}

fn effect(secs: f64) -> GenerationRequest {
    GenerationRequest::SoundEffect(SoundEffectRequest::new("eleven_text_to_sound_v2", "rain on slate", secs))
}

fn music(secs: f64) -> GenerationRequest {
    GenerationRequest::Music(MusicRequest::new("music_v2", "a slow waltz", secs))
}

fn kind(error: &ProviderError) -> String {
    serde_json::to_value(error).unwrap()["error"].as_str().unwrap().to_owned()
}
