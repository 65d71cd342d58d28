//! An order whose answer was lost, looked for in the vendor's list.

use super::{WaveSpeedProvider, open};
use crate::{
    PROVIDER_ID,
    error::{About, PREDICTIONS_URL, of_refusal},
    history::{MAX_PAGES, PAGE_SIZE, Verdict, judge},
    note::{SubmitNote, now_ms},
    prediction::is_id,
};
use kinora_provider::{JobState, JobTicket, ProviderError, Submitted};
use kinora_transport::Call;
use serde_json::json;
use std::time::{Duration, Instant};

/// Pause between two looks at the list while an order may still show up.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

impl WaveSpeedProvider {
    /// The job of a ticket at the vendor; `None` when it surely has none.
    ///
    /// # Errors
    /// [`ProviderError::NotSupported`] when the list leaves it open: then only the user can tell.
    pub(super) async fn find(&self, job: &JobTicket) -> Result<Option<Submitted>, ProviderError> {
        if !job.work_dir.is_dir() {
            return Err(cannot_tell("whether a job was sent whose folder is gone"));
        }
        let Some(note) = SubmitNote::load(job)? else {
            // The note is on disk before an order is sent.
            return Ok(None);
        };
        if let Some(vendor_id) = note.prediction.clone().filter(|id| is_id(id)) {
            // The answer came, and nobody else had the time to write its id down. The next poll says where it stands.
            return Ok(Some(Submitted { vendor_id, state: JobState::Queued }));
        }
        let began = Instant::now();
        loop {
            if let Some(found) = self.look(&note).await? {
                return Ok(Some(found));
            }
            let age_ms = u64::try_from(now_ms().saturating_sub(note.sent_at_ms)).unwrap_or_default();
            // A clock that was set back meanwhile is not waited for.
            if Duration::from_millis(age_ms).max(began.elapsed()) >= self.settings.settle {
                return Ok(None);
            }
            tokio::time::sleep(LOOK_AGAIN.min(self.settings.settle)).await;
        }
    }

    /// Reads the list once.
    async fn look(&self, note: &SubmitNote) -> Result<Option<Submitted>, ProviderError> {
        for page in 1..=MAX_PAGES {
            let asked = json!({"page": page, "page_size": PAGE_SIZE, "include_inputs": true});
            let answer = self.client()?.read(Call::post("/api/v3/predictions").json(asked)).await?;
            let list = open(&answer).map_err(|refusal| of_refusal(refusal, About::Account))?;
            match judge(&list, note) {
                Verdict::Found(found) => {
                    return Ok(Some(Submitted { state: found.state(), vendor_id: found.id }));
                }
                Verdict::Absent => return Ok(None),
                Verdict::GoOn => {}
                Verdict::Unclear(why) => {
                    return Err(cannot_tell(&format!("which prediction this job is ({why}); see {PREDICTIONS_URL}")));
                }
            }
        }
        Err(cannot_tell(&format!("find a job among so many predictions; see {PREDICTIONS_URL}")))
    }
}

fn cannot_tell(what: &str) -> ProviderError {
    ProviderError::NotSupported { provider: PROVIDER_ID.into(), what: format!("tell {what}") }
}
