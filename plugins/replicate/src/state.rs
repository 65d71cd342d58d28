//! Where a prediction stands, in the contract's terms.

use crate::{PROVIDER_ID, outputs, progress, provider::Patience, refusal, wire::Prediction};
use jiff::Timestamp;
use kinora_provider::{JobState, JobTicket, ProviderError, RequestKind};
use serde_json::Value;

/// A prediction's moments, in seconds since 1970 by the vendor's clock.
pub(crate) fn secs_of(time: &str) -> Option<f64> {
    time.parse::<Timestamp>().ok().map(|moment| moment.as_millisecond() as f64 / 1000.0)
}

/// The state of a prediction as of `vendor_now_secs`, by the vendor's clock.
pub(crate) async fn of(
    prediction: &Prediction,
    job: &JobTicket,
    wanted: Option<RequestKind>,
    patience: &Patience,
    vendor_now_secs: f64,
) -> Result<JobState, ProviderError> {
    let trouble = |message: String, retryable| {
        JobState::Failed(ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message, retryable })
    };
    Ok(match prediction.status.as_str() {
        "succeeded" if prediction.data_removed || prediction.output.is_null() => trouble(
            "the work succeeded, but its output was deleted: Replicate keeps outputs for one hour only".into(),
            false,
        ),
        "succeeded" => match outputs::of(prediction, job, wanted).await {
            Ok(output) => JobState::Succeeded(output),
            Err(error @ ProviderError::VendorTrouble { .. }) => JobState::Failed(error),
            Err(error) => return Err(error),
        },
        "failed" => JobState::Failed(failure(prediction)),
        "canceled" if passed_deadline(prediction) => {
            trouble("it was not finished when its time was up, and was stopped".into(), false)
        }
        "aborted" if passed_deadline(prediction) => {
            trouble("it was not even started when its time was up; nothing was made".into(), true)
        }
        "canceled" | "aborted" => JobState::Cancelled,
        waiting => {
            let age_secs = secs_of(&prediction.created_at).map(|created| vendor_now_secs - created);
            if age_secs.is_some_and(|age| age > patience.longest_job_secs) {
                let hours = patience.longest_job_secs / 3600.0;
                let page = &prediction.urls.web;
                return Ok(trouble(format!("after {hours:.1} h it still says {waiting:?}; look at {page}"), false));
            }
            match waiting {
                "starting" => JobState::Queued,
                "processing" => {
                    JobState::Running { progress: progress::share_in(&prediction.logs), note: String::new() }
                }
                // A state of a newer day: it is asked again until the longest time for a job is over.
                other => JobState::Running { progress: None, note: format!("Replicate says {}", short(other)) },
            }
        }
    })
}

fn failure(prediction: &Prediction) -> ProviderError {
    let message = match &prediction.error {
        Value::Null => "the model failed without a word".to_owned(),
        Value::String(text) => short(text),
        other => short(&other.to_string()),
    };
    if refusal::is_content_refusal(&message) {
        return ProviderError::ContentRefused { message, field: None, charged: None };
    }
    ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message, retryable: false }
}

/// A model's words may be a whole traceback: the last lines say the most.
fn short(text: &str) -> String {
    const SHOWN_CHARS: usize = 600;
    let text = text.trim();
    let chars = text.chars().count();
    text.chars().skip(chars.saturating_sub(SHOWN_CHARS)).collect()
}

fn passed_deadline(prediction: &Prediction) -> bool {
    match (secs_of(&prediction.deadline), secs_of(&prediction.completed_at)) {
        (Some(deadline), Some(completed)) => completed >= deadline - 0.5,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: f64 = 1_767_225_660.0; // 2026-01-01T00:01:00Z

    async fn state(fields: Value) -> JobState {
        let folder = tempfile::tempdir().unwrap();
        let job = JobTicket { job_id: "job".into(), work_dir: folder.path().into() };
        let mut prediction = json!({"id": "p", "created_at": "2026-01-01T00:00:00.123456789Z"});
        prediction.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let prediction: Prediction = serde_json::from_value(prediction).unwrap();
        of(&prediction, &job, Some(RequestKind::Video), &Patience::default(), NOW).await.unwrap()
    }

    #[tokio::test]
    async fn all_six_states_and_unknown_ones_are_understood() {
        let film = "https://replicate.delivery/out.mp4";
        assert_eq!(state(json!({"status": "starting"})).await, JobState::Queued);
        let bar = "  5%|x| 1/20 [00:01]";
        let JobState::Running { progress, .. } = state(json!({"status": "processing", "logs": bar})).await else {
            panic!()
        };
        assert_eq!(progress, Some(0.05));
        assert!(matches!(state(json!({"status": "succeeded", "output": film})).await, JobState::Succeeded(_)));
        assert_eq!(state(json!({"status": "canceled"})).await, JobState::Cancelled);
        assert_eq!(state(json!({"status": "aborted"})).await, JobState::Cancelled);
        let JobState::Running { note, .. } = state(json!({"status": "warming_up"})).await else { panic!() };
        assert!(note.contains("warming_up"));
        for (fields, word) in [
            (json!({"status": "failed", "error": "out of memory"}), "out of memory"),
            (json!({"status": "failed"}), "without a word"),
            (json!({"status": "failed", "error": {"code": 7}}), "code"),
            (json!({"status": "succeeded", "output": null, "data_removed": true}), "one hour"),
            (json!({"status": "succeeded", "output": null}), "one hour"),
        ] {
            let JobState::Failed(error) = state(fields.clone()).await else { panic!("{fields}") };
            assert!(error.to_string().contains(word), "{error}");
        }
        let refused = json!({"status": "failed", "error": "The input was flagged as sensitive (E005)"});
        assert!(matches!(state(refused).await, JobState::Failed(ProviderError::ContentRefused { .. })));
    }

    #[tokio::test]
    async fn a_deadline_is_told_apart_from_a_cancel() {
        let times = |status: &str, completed: &str| json!({"status": status, "deadline": "2026-01-01T00:00:30Z", "completed_at": completed});
        let early = "2026-01-01T00:00:12.5Z";
        assert_eq!(state(times("canceled", early)).await, JobState::Cancelled);
        for status in ["canceled", "aborted"] {
            let ended = state(times(status, "2026-01-01T00:00:30.01Z")).await;
            assert!(
                matches!(&ended, JobState::Failed(error) if error.is_retryable() == (status == "aborted")),
                "{ended:?}"
            );
        }
    }

    #[tokio::test]
    async fn waiting_has_an_end_for_known_and_unknown_states() {
        for status in ["starting", "processing", "warming_up"] {
            let old = json!({"status": status, "created_at": "2025-12-31T00:00:00Z"});
            assert!(matches!(state(old).await, JobState::Failed(_)), "{status}");
            let undated = json!({"status": status, "created_at": "yesterday"});
            assert!(!state(undated).await.is_final(), "{status}");
        }
    }
}
