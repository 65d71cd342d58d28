//! A prediction as the vendor tells it, and the job's state it stands for.

use crate::{
    PROVIDER_ID,
    envelope::words,
    error::{PREDICTIONS_URL, of_failure},
    output,
};
use kinora_provider::{GenerationOutput, JobState, ProviderError};
use serde_json::{Map, Value};

/// Longest id believed, in bytes.
const MAX_ID_BYTES: usize = 200;

/// What an answer says of a prediction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prediction {
    /// The vendor's id.
    pub(crate) id: String,
    /// Where the vendor says its result is asked for.
    pub(crate) get_url: Option<String>,
    /// When it was made, as the vendor writes it.
    pub(crate) created_at: Option<String>,
    /// What it was asked with, where the answer tells.
    pub(crate) inputs: Option<Value>,
    status: String,
    model: String,
    outputs: Vec<Value>,
    error: String,
    code: Option<i64>,
    is_nsfw: bool,
    inference_ms: Option<u64>,
}

/// Whether a text may stand for a prediction in an address.
pub(crate) fn is_id(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !text.is_empty() && text.len() <= MAX_ID_BYTES && text.bytes().all(fine)
}

impl Prediction {
    /// Reads the `data` of an envelope; `None` where it names no prediction.
    pub(crate) fn read(data: &Value) -> Option<Self> {
        let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
        let id = Some(text("id")).filter(|id| is_id(id))?.to_owned();
        let nsfw = data.get("has_nsfw_contents");
        Some(Self {
            id,
            get_url: data.pointer("/urls/get").and_then(Value::as_str).map(str::to_owned),
            created_at: Some(text("created_at")).filter(|at| !at.is_empty()).map(str::to_owned),
            inputs: ["inputs", "input"]
                .iter()
                .filter_map(|name| data.get(*name))
                .find(|found| found.is_object())
                .cloned(),
            status: text("status").to_ascii_lowercase(),
            model: text("model").to_owned(),
            outputs: match data.get("outputs") {
                Some(Value::Array(outputs)) => outputs.clone(),
                Some(Value::Null) | None => Vec::new(),
                Some(single) => vec![single.clone()],
            },
            error: words(text("error")).unwrap_or_default(),
            code: data.get("code").and_then(Value::as_i64),
            is_nsfw: match nsfw {
                Some(Value::Array(flags)) => flags.iter().any(|flag| flag == &Value::Bool(true)),
                Some(Value::Bool(flag)) => *flag,
                _ => false,
            },
            inference_ms: data.pointer("/timings/inference").and_then(Value::as_u64),
        })
    }

    /// Where the job stands.
    pub(crate) fn state(&self) -> JobState {
        let running = |note: &str| JobState::Running { progress: None, note: note.into() };
        let trouble = |message: String| {
            JobState::Failed(ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message, retryable: false })
        };
        let id = &self.id;
        // Only the vendor's patience with one answer ended, not its work.
        if self.status != "completed" && (self.code == Some(5004) || self.error.contains("Sync mode timed out")) {
            return running("processing");
        }
        match self.status.as_str() {
            "created" | "pending" | "queued" => JobState::Queued,
            "completed" => self.finished(),
            "failed" => {
                let said = if self.error.is_empty() { "no reason was given" } else { &self.error };
                JobState::Failed(of_failure(id, said, self.is_nsfw))
            }
            "cancelled" | "canceled" => JobState::Cancelled,
            "timeout" => trouble(format!("prediction {id} took too long and was ended by WaveSpeed. {}", self.error)),
            "deleted" => trouble(format!("prediction {id} was deleted at WaveSpeed")),
            "processing" | "" => running("processing"),
            // A state of tomorrow is not an end until the vendor says one of the ends above.
            other => running(&words(other).unwrap_or_default()),
        }
    }

    fn finished(&self) -> JobState {
        let files = output::files(&self.outputs);
        if files.is_empty() {
            let id = &self.id;
            return JobState::Failed(if self.is_nsfw {
                of_failure(id, "the result was held back as unsafe", true)
            } else {
                ProviderError::VendorTrouble {
                    provider: PROVIDER_ID.into(),
                    message: format!("prediction {id} is complete but brought no file; see {PREDICTIONS_URL}"),
                    retryable: false,
                }
            });
        }
        let mut vendor = Map::new();
        vendor.insert("prediction".into(), self.id.clone().into());
        vendor.insert("model".into(), self.model.clone().into());
        if let Some(created_at) = &self.created_at {
            vendor.insert("created_at".into(), created_at.clone().into());
        }
        if let Some(inference_ms) = self.inference_ms {
            vendor.insert("inference_ms".into(), inference_ms.into());
        }
        if self.is_nsfw {
            vendor.insert("has_nsfw_contents".into(), true.into());
        }
        JobState::Succeeded(GenerationOutput { files, vendor, ..GenerationOutput::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn state(data: &Value) -> JobState {
        let mut whole = json!({"id": "abc"});
        for (name, value) in data.as_object().unwrap() {
            whole[name] = value.clone();
        }
        Prediction::read(&whole).unwrap().state()
    }

    #[test]
    fn each_status_is_the_right_state() {
        let running = |note: &str| JobState::Running { progress: None, note: note.into() };
        for status in ["created", "pending", "Pending"] {
            assert_eq!(state(&json!({"status": status})), JobState::Queued, "{status}");
        }
        assert_eq!(state(&json!({"status": "processing"})), running("processing"));
        assert_eq!(state(&json!({"status": "warming up"})), running("warming up"), "unknown states are polled on");
        assert_eq!(state(&json!({})), running("processing"));
        assert_eq!(state(&json!({"status": "cancelled"})), JobState::Cancelled);
        for status in ["failed", "timeout", "deleted"] {
            let JobState::Failed(error) = state(&json!({"status": status, "error": "no face"})) else {
                panic!("{status}");
            };
            assert!(error.to_string().contains("abc") && !error.is_retryable(), "{error}");
        }
    }

    #[test]
    fn the_end_of_a_wait_is_not_the_end_of_the_work() {
        for data in [
            json!({"status": "processing", "error": "Sync mode timed out after 60 s"}),
            json!({"status": "failed", "code": 5004}),
        ] {
            assert!(matches!(state(&data), JobState::Running { .. }));
        }
        let done = json!({"status": "completed", "code": 5004, "outputs": ["https://cdn.example/a.mp4"]});
        assert!(matches!(state(&done), JobState::Succeeded(_)));
    }

    #[test]
    fn a_completed_prediction_brings_files_or_says_why_not() {
        let flagged = json!({
            "status": "completed", "outputs": ["https://cdn.example/a.mp4"], "has_nsfw_contents": [true],
            "timings": {"inference": 9000}, "model": "sync/lipsync-2"
        });
        let JobState::Succeeded(output) = state(&flagged) else { panic!("a paid clip is a take, flagged or not") };
        assert_eq!(output.files[0].media_type, "video/mp4");
        assert_eq!(output.vendor["has_nsfw_contents"], true);
        assert_eq!(output.vendor["inference_ms"], 9000);
        for (outputs, nsfw) in [(json!([]), false), (Value::Null, false), (json!([]), true), (json!(["words"]), false)]
        {
            let held = state(&json!({"status": "completed", "outputs": outputs, "has_nsfw_contents": [nsfw]}));
            let JobState::Failed(error) = held else { panic!("{held:?}") };
            assert_eq!(matches!(error, ProviderError::ContentRefused { .. }), nsfw);
            assert!(!error.is_retryable());
        }
    }

    #[test]
    fn an_answer_without_a_sound_id_names_no_prediction() {
        for id in [json!(""), json!(7), json!("../../account"), json!("a b"), json!("x".repeat(300)), Value::Null] {
            assert_eq!(Prediction::read(&json!({"id": id, "status": "created"})), None);
        }
        assert_eq!(Prediction::read(&Value::Null), None);
    }
}
