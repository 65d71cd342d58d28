//! The provider against a simulator of the vendor: real HTTP, on this machine.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../simulator/mod.rs"]
mod simulator;

mod contract;
mod downloads;
mod faults;
mod live;
mod lost;
mod models;
mod spec;

use kinora_provider::{
    GenerationRequest, ImageRequest, JobState, JobTicket, Provider, ProviderError, Submitted, VideoRequest,
};
use kinora_replicate::{Patience, ReplicateOptions, ReplicateProvider};
use kinora_transport::{BaseUrl, CardPlaces, Keys, RetryPolicy, Secret};
use simulator::Simulator;
use std::{path::Path, time::Duration};

/// The key of these tests; it must show nowhere.
const KEY: &str = "r8_simulated_and_secret";

fn provider(base_url: &str) -> ReplicateProvider {
    ReplicateProvider::new(options(base_url)).unwrap()
}

fn options(base_url: &str) -> ReplicateOptions {
    ReplicateOptions {
        base: BaseUrl::parse("REPLICATE_BASE_URL", base_url, base_url).unwrap(),
        keys: Keys::only("replicate", &Secret::new(KEY).unwrap()),
        retry: RetryPolicy {
            attempts: 3,
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(4),
            longest_asked: Duration::from_millis(200),
        },
        patience: Patience::default(),
        cards: CardPlaces::default(),
    }
}

fn ticket(folder: &Path, job_id: &str) -> JobTicket {
    let work_dir = folder.join(job_id);
    std::fs::create_dir_all(&work_dir).unwrap();
    JobTicket { job_id: job_id.into(), work_dir }
}

fn video(model: &str) -> GenerationRequest {
    GenerationRequest::Video(VideoRequest::new(model, "a storm over the lake", 8.0))
}

fn image(model: &str) -> GenerationRequest {
    GenerationRequest::Image(ImageRequest::new(model, "the lake at dawn"))
}

fn write(path: &Path, bytes: &[u8]) {
    std::io::Write::write_all(&mut std::fs::File::create_new(path).unwrap(), bytes).unwrap();
}

/// A bench for one test: a simulator, a provider of it, a folder.
struct Bench {
    sim: Simulator,
    provider: ReplicateProvider,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let sim = Simulator::start(0).await.unwrap();
        sim.state().token = KEY.into();
        let provider = provider(&sim.base_url());
        Self { sim, provider, folder: tempfile::tempdir().unwrap() }
    }

    fn ticket(&self, job_id: &str) -> JobTicket {
        ticket(self.folder.path(), job_id)
    }

    async fn submit(&self, job_id: &str, request: GenerationRequest) -> Result<Submitted, ProviderError> {
        self.provider.submit(self.ticket(job_id), request).await
    }

    async fn poll(&self, job_id: &str, vendor_id: &str) -> Result<JobState, ProviderError> {
        self.provider.poll(self.ticket(job_id), vendor_id).await
    }

    /// Asks until the job is over.
    async fn wait(&self, job_id: &str, vendor_id: &str) -> JobState {
        for _ in 0..100 {
            let state = self.poll(job_id, vendor_id).await.unwrap();
            if state.is_final() {
                return state;
            }
        }
        panic!("it never ends");
    }
}
