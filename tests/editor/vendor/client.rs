//! A provider that speaks to the simulator, with as little between as can be: one connection a call.

use kinora_provider::{
    FieldProblem, GenerationOutput, GenerationRequest, JobState, JobTicket, KeyNeed, Limits, ModelCard, OutputFile,
    OutputKind, OutputSource, PriceBasis, PriceRule, PriceTier, Provider, ProviderDescriptor, ProviderError,
    ReferenceSlot, RequestKind, Submitted,
};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    time::Duration,
};

/// What no file, log or crash may ever show.
pub(super) const KEY: &str = "sim_9f4c1e7d_never_written_down";

/// The vendor of these tests.
#[derive(Clone)]
pub(super) struct SimProvider {
    pub(super) address: SocketAddr,
    pub(super) limits: Limits,
}

impl SimProvider {
    pub(super) fn at(address: SocketAddr) -> Self {
        Self { address, limits: Limits { concurrent_jobs: 8, submits_per_minute: None, poll_interval_secs: 0.02 } }
    }
}

/// Why a call came to nothing.
enum Broken {
    /// It never left this machine.
    Unsent(String),
    /// It left, and no whole answer came.
    Unanswered(String),
}

struct Heard {
    status: u16,
    retry_after_secs: Option<f64>,
    body: Vec<u8>,
}

impl Heard {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

fn call(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> Result<Heard, Broken> {
    let unsent = |error: std::io::Error| Broken::Unsent(error.to_string());
    let unanswered = |error: std::io::Error| Broken::Unanswered(error.to_string());
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).map_err(unsent)?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(unsent)?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {KEY}\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).map_err(unanswered)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).map_err(unanswered)?;
    let cut = || Broken::Unanswered("the answer was cut short".to_owned());
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or_else(cut)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let header = |name: &str| {
        let line =
            head.lines().find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)))?;
        Some(line.1.trim().to_owned())
    };
    let status = head.split_whitespace().nth(1).and_then(|word| word.parse().ok()).ok_or_else(cut)?;
    let body = bytes[end + 4..].to_vec();
    if header("content-length").and_then(|text| text.parse().ok()) != Some(body.len()) {
        return Err(cut());
    }
    Ok(Heard { status, retry_after_secs: header("retry-after").and_then(|text| text.parse().ok()), body })
}

fn provider() -> String {
    "sim".to_owned()
}

fn refusal(heard: &Heard) -> ProviderError {
    let body = heard.json();
    let message = body["detail"].as_str().unwrap_or("no reason given").to_owned();
    match heard.status {
        401 => ProviderError::BadKey { provider: provider(), message },
        402 => ProviderError::OutOfFunds { provider: provider(), message, top_up_url: None },
        422 => {
            let field = body["field"].as_str().unwrap_or("final_prompt").to_owned();
            ProviderError::InvalidInput { problems: vec![FieldProblem { field, reason: message }] }
        }
        451 => ProviderError::ContentRefused { message, field: Some("final_prompt".to_owned()), charged: Some(false) },
        429 => ProviderError::RateLimited {
            provider: provider(),
            retry_after_secs: heard.retry_after_secs.or_else(|| body["retry_after"].as_f64()),
        },
        status => ProviderError::VendorTrouble {
            provider: provider(),
            message: format!("{status}: {message}"),
            retryable: status >= 500,
        },
    }
}

impl SimProvider {
    async fn ask(&self, method: &'static str, path: String, body: Value) -> Result<Heard, Broken> {
        let address = self.address;
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let asked = tokio::task::spawn_blocking(move || call(address, method, &path, &bytes)).await;
        asked.unwrap_or_else(|error| Err(Broken::Unanswered(error.to_string())))
    }

    /// A question, which may be asked again.
    async fn read(&self, method: &'static str, path: String) -> Result<Heard, ProviderError> {
        let broken = |broken| match broken {
            Broken::Unsent(message) | Broken::Unanswered(message) => {
                ProviderError::Network { provider: provider(), message }
            }
        };
        self.ask(method, path, Value::Null).await.map_err(broken)
    }
}

impl Provider for SimProvider {
    fn descriptor(&self) -> ProviderDescriptor {
        let card = |id: &str, kind, usd| {
            let tiers = vec![PriceTier { when: Vec::new(), usd }];
            let price = PriceRule { basis: PriceBasis::Output, tiers, ..PriceRule::default() };
            ModelCard { price, ..ModelCard::new(id, id, kind) }
        };
        let mut clip = card("clip", RequestKind::Video, 0.5);
        clip.references = vec![ReferenceSlot::one("reference_first_frame", "First frame")];
        let mut lips = card("lips", RequestKind::LipSync, 0.25);
        lips.text.required = false;
        lips.references = vec![ReferenceSlot::one("picture", "Clip"), ReferenceSlot::one("voice", "Voice")];
        let unpriced = PriceRule { basis: PriceBasis::Second, ..PriceRule::default() };
        let unpriced = ModelCard { price: unpriced, ..ModelCard::new("unpriced", "Unpriced", RequestKind::Video) };
        ProviderDescriptor {
            id: provider(),
            name: "Simulated".to_owned(),
            description: "A vendor on loopback.".to_owned(),
            models: vec![
                clip,
                card("score", RequestKind::Music, 0.1),
                card("noise", RequestKind::SoundEffect, 0.05),
                card("voice", RequestKind::Speech, 0.01),
                lips,
                unpriced,
            ],
            voices: Vec::new(),
            needs_key: Some(KeyNeed {
                environment_variable: "SIM_API_KEY".to_owned(),
                where_to_get: "nowhere".to_owned(),
            }),
            needs_network: true,
            can_cancel: true,
            limits: self.limits.clone(),
        }
    }

    async fn submit(&self, job: JobTicket, request: GenerationRequest) -> Result<Submitted, ProviderError> {
        self.descriptor().check(&request)?;
        let purpose = match &request {
            GenerationRequest::Video(video) => format!("{}/{}", video.slate.scene, video.slate.shot),
            other => other.kind().to_string(),
        };
        let kind = serde_json::to_value(request.kind()).unwrap_or_default();
        let body = json!({ "ticket": job.job_id, "purpose": purpose, "kind": kind });
        match self.ask("POST", "/jobs".to_owned(), body).await {
            Ok(heard) if heard.status == 201 => {
                let vendor_id = heard.json()["id"].as_str().unwrap_or_default().to_owned();
                Ok(Submitted { vendor_id, state: JobState::Queued })
            }
            Ok(heard) => Err(refusal(&heard)),
            Err(Broken::Unsent(message)) => Err(ProviderError::Network { provider: provider(), message }),
            Err(Broken::Unanswered(message)) => Err(ProviderError::LostAnswer { provider: provider(), message }),
        }
    }

    async fn poll(&self, _job: JobTicket, vendor_id: &str) -> Result<JobState, ProviderError> {
        let heard = self.read("GET", format!("/jobs/{vendor_id}")).await?;
        match heard.status {
            200 => {}
            404 => return Err(ProviderError::JobNotFound { vendor_id: vendor_id.to_owned() }),
            _ => return Err(refusal(&heard)),
        }
        let body = heard.json();
        Ok(match body["status"].as_str().unwrap_or_default() {
            "queued" => JobState::Queued,
            "succeeded" => {
                let url = body["path"].as_str().unwrap_or_default().to_owned();
                let is_clip = matches!(body["kind"].as_str(), Some("video" | "lip_sync"));
                let kind = if is_clip { OutputKind::Video } else { OutputKind::Audio };
                let file = OutputFile { kind, source: OutputSource::Url(url), media_type: String::new() };
                let cost_usd = body["cost_usd"].as_f64();
                JobState::Succeeded(GenerationOutput { files: vec![file], cost_usd, ..GenerationOutput::default() })
            }
            "failed" => JobState::Failed(ProviderError::VendorTrouble {
                provider: provider(),
                message: body["error"].as_str().unwrap_or_default().to_owned(),
                retryable: false,
            }),
            "cancelled" => JobState::Cancelled,
            _ => {
                JobState::Running { progress: body["progress"].as_f64().map(|share| share as f32), note: String::new() }
            }
        })
    }

    async fn cancel(&self, _job: JobTicket, vendor_id: &str) -> Result<(), ProviderError> {
        let heard = self.read("POST", format!("/jobs/{vendor_id}/cancel")).await?;
        match heard.status {
            200 => Ok(()),
            404 => Err(ProviderError::JobNotFound { vendor_id: vendor_id.to_owned() }),
            _ => Err(refusal(&heard)),
        }
    }

    async fn download(&self, _job: JobTicket, url: &str, to: &Path) -> Result<(), ProviderError> {
        let heard = self.read("GET", url.to_owned()).await?;
        if heard.status != 200 {
            return Err(refusal(&heard));
        }
        kinora_core::store::write_atomic(to, &heard.body).map_err(|error| ProviderError::file(to, &error))
    }

    async fn find_lost(
        &self,
        job: JobTicket,
        _request: &GenerationRequest,
    ) -> Result<Option<Submitted>, ProviderError> {
        let heard = self.read("GET", "/jobs".to_owned()).await?;
        match heard.status {
            200 => {}
            405 => {
                let what = "look up a lost job".to_owned();
                return Err(ProviderError::NotSupported { provider: provider(), what });
            }
            _ => return Err(refusal(&heard)),
        }
        let body = heard.json();
        let found = body["jobs"].as_array().into_iter().flatten().find(|entry| entry["ticket"] == job.job_id.as_str());
        Ok(found
            .and_then(|entry| entry["id"].as_str())
            .map(|id| Submitted { vendor_id: id.to_owned(), state: JobState::Queued }))
    }
}
