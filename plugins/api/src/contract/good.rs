//! A tiny provider that keeps the contract, with a switch for each way of breaking it.

use crate::{
    GenerationOutput, GenerationRequest, JobState, JobTicket, ModelCard, OutputFile, OutputKind, OutputSource,
    ParameterKind, ParameterSpec, PriceBasis, PriceTier, Provider, ProviderDescriptor, ProviderError, RequestKind,
    Submitted,
};
use std::{
    collections::HashMap,
    fs,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

/// What the provider does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Flaw {
    #[default]
    None,
    TwinModels,
    NegativePrice,
    IllegalDefault,
    ProgressFalls,
    FileMissing,
    FileEmpty,
    FileOutside,
    WrongKind,
    OtherBytes,
    TakesAnything,
    RefusesWithoutField,
    LitterOnRefusal,
    UnknownJobRuns,
    IgnoresCancel,
    SecondCancelFails,
    LateCancelLosesResult,
    NeverEnds,
    Fails,
    ForgetsOnRestart,
    ShowsKey,
}

/// Makes beeps of a few bytes, one step per poll.
#[derive(Default)]
pub(crate) struct GoodProvider {
    pub(crate) flaw: Flaw,
    jobs: Mutex<HashMap<String, Job>>,
}

struct Job {
    request: GenerationRequest,
    step: u32,
    state: JobState,
    cancels: u32,
}

static DRIFT: AtomicU32 = AtomicU32::new(0);
pub(crate) const KEY: &str = "r8_very_secret";
const STEPS: u32 = 5;

impl GoodProvider {
    pub(crate) fn with(flaw: Flaw) -> Self {
        Self { flaw, jobs: Mutex::default() }
    }

    fn finish(&self, ticket: &JobTicket, request: &GenerationRequest) -> JobState {
        let outside = ticket.work_dir.parent().unwrap().join("outside.wav");
        let path = if self.flaw == Flaw::FileOutside {
            outside
        } else {
            ticket.work_dir.join(format!("{}.wav", ticket.job_id))
        };
        let mut bytes = format!("{} {:?}", request.text(), request.seed()).into_bytes();
        if self.flaw == Flaw::OtherBytes {
            bytes.push(DRIFT.fetch_add(1, Ordering::Relaxed) as u8);
        }
        if self.flaw == Flaw::FileEmpty {
            bytes.clear();
        }
        if self.flaw != Flaw::FileMissing {
            crate::contract::tests::write(&path, &bytes);
        }
        let (kind, media_type) = match self.flaw {
            Flaw::WrongKind => (OutputKind::Image, "image/png"),
            _ => (OutputKind::Audio, "audio/wav"),
        };
        JobState::Succeeded(GenerationOutput {
            files: vec![OutputFile { kind, source: OutputSource::File(path), media_type: media_type.into() }],
            seed: request.seed(),
            cost_usd: Some(0.01),
            ..GenerationOutput::default()
        })
    }
}

impl Provider for GoodProvider {
    fn descriptor(&self) -> ProviderDescriptor {
        let mut card = ModelCard::new("tone/beep-1", "Beep", RequestKind::SoundEffect);
        card.takes_seed = true;
        card.deterministic = true;
        card.price.basis = PriceBasis::Output;
        let usd = if self.flaw == Flaw::NegativePrice { -0.01 } else { 0.01 };
        card.price.tiers.push(PriceTier { when: Vec::new(), usd });
        let pitch = ParameterKind::Integer { min: Some(1), max: Some(9) };
        let default = if self.flaw == Flaw::IllegalDefault { 10 } else { 5 };
        card.parameters.push(ParameterSpec::new("pitch", "Pitch", pitch, default));
        if self.flaw == Flaw::ShowsKey {
            card.description = format!("authorised with {KEY}");
        }
        let models = if self.flaw == Flaw::TwinModels { vec![card.clone(), card] } else { vec![card] };
        ProviderDescriptor {
            id: "good".into(),
            name: "Good".into(),
            description: "Beeps".into(),
            models,
            voices: Vec::new(),
            needs_key: None,
            needs_network: false,
            can_cancel: true,
            limits: crate::Limits::default(),
        }
    }

    async fn submit(&self, job: JobTicket, request: GenerationRequest) -> Result<Submitted, ProviderError> {
        if self.flaw == Flaw::LitterOnRefusal {
            crate::contract::tests::write(&job.work_dir.join("litter"), b"x");
        }
        match self.descriptor().check(&request) {
            Ok(_) => {}
            Err(_) if self.flaw == Flaw::TakesAnything => {}
            Err(_) if self.flaw == Flaw::RefusesWithoutField => {
                return Err(ProviderError::Internal { message: "bad request".into() });
            }
            Err(error) => return Err(error),
        }
        let vendor_id = format!("beep-{}", job.job_id);
        let made = Job { request, step: 0, state: JobState::Queued, cancels: 0 };
        self.jobs.lock().unwrap().insert(vendor_id.clone(), made);
        Ok(Submitted { vendor_id, state: JobState::Queued })
    }

    async fn poll(&self, ticket: JobTicket, vendor_id: &str) -> Result<JobState, ProviderError> {
        let mut jobs = self.jobs.lock().unwrap();
        let Some(job) = jobs.get_mut(vendor_id) else {
            let kept = fs::read(ticket.work_dir.join("state.json")).ok();
            return match kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
                Some(state) if self.flaw != Flaw::ForgetsOnRestart => Ok(state),
                _ if self.flaw == Flaw::UnknownJobRuns => Ok(JobState::Queued),
                _ => Err(ProviderError::JobNotFound { vendor_id: vendor_id.into() }),
            };
        };
        if job.state.is_final() {
            return Ok(job.state.clone());
        }
        job.step += 1;
        job.state = if self.flaw == Flaw::NeverEnds || job.step < STEPS {
            let progress = job.step as f32 / STEPS as f32;
            let falling = self.flaw == Flaw::ProgressFalls;
            JobState::Running {
                progress: Some(if falling { 1.0 - progress } else { progress.min(1.0) }),
                note: String::new(),
            }
        } else if self.flaw == Flaw::Fails {
            JobState::Failed(ProviderError::Internal { message: "out of beeps".into() })
        } else {
            self.finish(&ticket, &job.request)
        };
        if job.state.is_final() {
            crate::contract::tests::write(
                &ticket.work_dir.join("state.json"),
                &serde_json::to_vec(&job.state).unwrap(),
            );
        }
        Ok(job.state.clone())
    }

    async fn cancel(&self, _ticket: JobTicket, vendor_id: &str) -> Result<(), ProviderError> {
        let mut jobs = self.jobs.lock().unwrap();
        let Some(job) = jobs.get_mut(vendor_id) else {
            return Err(ProviderError::JobNotFound { vendor_id: vendor_id.into() });
        };
        job.cancels += 1;
        if job.cancels > 1 && self.flaw == Flaw::SecondCancelFails {
            return Err(ProviderError::Internal { message: "already cancelled".into() });
        }
        let open = !job.state.is_final() || self.flaw == Flaw::LateCancelLosesResult;
        if open && self.flaw != Flaw::IgnoresCancel {
            job.state = JobState::Cancelled;
        }
        Ok(())
    }
}
