//! [`DraftProvider`]: every kind of request, offline and for free.
//!
//! `cards` says what it makes, `make` turns one request into files, `jobs` runs them on a few named threads and keeps
//! finished states on disk, `pictures` asks the room that draws.

mod cards;
mod jobs;
mod make;
mod pictures;

use crate::speech;
use jobs::Jobs;
use kinora_provider::{
    GenerationRequest, JobState, JobTicket, LipSyncPicture, Provider, ProviderDescriptor, ProviderError, Standing,
    Submitted, VoiceCard,
};
use std::sync::Arc;

/// The built-in provider. Cheap to make; its threads start with the first job and end with the last.
#[derive(Default)]
pub struct DraftProvider {
    jobs: Arc<Jobs>,
}

impl Provider for DraftProvider {
    fn descriptor(&self) -> ProviderDescriptor {
        cards::descriptor()
    }

    async fn submit(&self, job: JobTicket, request: GenerationRequest) -> Result<Submitted, ProviderError> {
        self.descriptor().check(&request)?;
        check_voice(&request)?;
        self.jobs.submit(job, request)
    }

    async fn poll(&self, job: JobTicket, vendor_id: &str) -> Result<JobState, ProviderError> {
        self.jobs.state(&job, vendor_id)
    }

    async fn cancel(&self, job: JobTicket, vendor_id: &str) -> Result<(), ProviderError> {
        self.jobs.cancel(&job, vendor_id)
    }

    async fn find_lost(
        &self,
        job: JobTicket,
        _request: &GenerationRequest,
    ) -> Result<Option<Submitted>, ProviderError> {
        let vendor_id = jobs::vendor_id(&job);
        match self.jobs.state(&job, &vendor_id) {
            Ok(state) => Ok(Some(Submitted { vendor_id, state })),
            Err(ProviderError::JobNotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn standing(&self) -> Result<Standing, ProviderError> {
        Ok(Standing { note: speech::version()?, ..Standing::default() })
    }

    async fn voices(&self) -> Result<Vec<VoiceCard>, ProviderError> {
        Ok(cards::voices())
    }
}

/// What a card cannot say: the voice must be in the cast, and lip-sync needs a clip.
fn check_voice(request: &GenerationRequest) -> Result<(), ProviderError> {
    let voice_id = match request {
        GenerationRequest::Speech(speech) => speech.voice_id.as_deref(),
        GenerationRequest::VoiceConversion(conversion) => conversion.voice_id.as_deref(),
        GenerationRequest::LipSync(sync) if matches!(sync.picture, LipSyncPicture::Image(_)) => {
            let reason = "the draft lip-sync takes a clip: generate the shot first, then sync it";
            return Err(ProviderError::invalid("picture", reason));
        }
        _ => None,
    };
    match voice_id {
        Some(id) if speech::voice_for(Some(id), "").is_none() => {
            let known: Vec<_> = speech::VOICES.iter().map(|voice| format!("draft:{}", voice.id)).collect();
            Err(ProviderError::invalid("voice_id", format!("{id:?} is not one of {}", known.join(", "))))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
