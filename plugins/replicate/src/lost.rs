//! A create whose answer never came: was it accepted? The vendor lists predictions, newest first.

use crate::{
    journal::{self, Sent},
    refusal, state,
    wire::{Page, Prediction},
};
use kinora_provider::{JobTicket, ProviderError};
use kinora_transport::{Call, Client};
use serde_json::{Map, Value};
use std::{
    collections::HashSet,
    time::{SystemTime, UNIX_EPOCH},
};

/// Most pages read; a page has 100 predictions.
const MAX_PAGES: usize = 20;
/// Largest page taken, in bytes: a prediction's input may hold its pictures as text, a third of a megabyte each.
const MAX_PAGE_BYTES: usize = 128 << 20;
/// How much earlier than it was sent a prediction may seem to be made, in seconds: clocks are read to the second.
const EARLIER_SECS: f64 = 90.0;
/// How much later: a create may wait in the vendor's own queue, but not for long.
const LATER_SECS: f64 = 900.0;

pub(crate) fn now_secs() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// The prediction made for `sent`, if the vendor lists one that no other job holds.
///
/// It must have our input; where several have, the one made closest to the moment of sending is ours. Jobs with the same
/// input are interchangeable, so that it does not matter which of two lost ones gets which.
pub(crate) async fn find(
    client: &Client,
    job: &JobTicket,
    sent: &Sent,
    held: &HashSet<String>,
) -> Result<Option<Prediction>, ProviderError> {
    let own = job.clone();
    let neighbours = tokio::task::spawn_blocking(move || journal::held_by_neighbours(&own)).await;
    let neighbours =
        neighbours.map_err(|error| ProviderError::Internal { message: format!("reading jobs: {error}") })?;
    let taken: HashSet<&str> = neighbours.iter().chain(held).map(String::as_str).collect();
    let mut best: Option<(f64, Prediction)> = None;
    let mut next = Some("predictions".to_owned());
    for _ in 0..MAX_PAGES {
        let Some(path) = next.take() else { break };
        let answer = client.read(Call::get(&path).max_answer_bytes(MAX_PAGE_BYTES)).await?;
        if !answer.is_success() {
            return Err(refusal::error_of(&answer, None));
        }
        let page: Page = answer.json().map_err(|error| ProviderError::VendorTrouble {
            provider: crate::PROVIDER_ID.into(),
            message: format!("its list of predictions was not understood: {error}"),
            retryable: true,
        })?;
        // The vendor's clock may differ from ours: what counts is when it was sent by theirs.
        let sent_at_secs = sent.sent_at_secs + answer.clock_ahead_secs();
        let mut oldest_secs = f64::INFINITY;
        for prediction in page.results.into_iter().filter_map(|entry| serde_json::from_value::<Prediction>(entry).ok())
        {
            let Some(created_secs) = state::secs_of(&prediction.created_at) else { continue };
            oldest_secs = oldest_secs.min(created_secs);
            let after_secs = created_secs - sent_at_secs;
            let fits = (-EARLIER_SECS..=LATER_SECS).contains(&after_secs)
                && !taken.contains(prediction.id.as_str())
                && is_of_model(&prediction, sent)
                && has_input(&prediction.input, &sent.input);
            if fits && best.as_ref().is_none_or(|(distance, _)| after_secs.abs() < *distance) {
                best = Some((after_secs.abs(), prediction));
            }
        }
        if oldest_secs < sent_at_secs - EARLIER_SECS {
            break;
        }
        next = page.next;
    }
    Ok(best.map(|(_, prediction)| prediction))
}

/// Answers name the model asked for, an internal stand-in, or none.
fn is_of_model(prediction: &Prediction, sent: &Sent) -> bool {
    let model = prediction.model.as_str();
    model.is_empty() || model == sent.model || model.starts_with("replicate-internal/")
}

/// Whether a listed input is the one that was sent. The vendor may have added defaults, and may have put an address of
/// its own in place of a file that travelled as text. An input that was deleted fits nothing.
fn has_input(listed: &Map<String, Value>, sent: &Map<String, Value>) -> bool {
    !sent.is_empty() && sent.iter().all(|(name, value)| listed.get(name).is_some_and(|other| same(other, value)))
}

fn same(listed: &Value, sent: &Value) -> bool {
    match (listed, sent) {
        (Value::String(listed), Value::String(sent)) if sent.starts_with("data:") => {
            listed == sent || listed.starts_with("https://") || listed.starts_with("data:")
        }
        (Value::Array(listed), Value::Array(sent)) => {
            listed.len() == sent.len() && listed.iter().zip(sent).all(|(listed, sent)| same(listed, sent))
        }
        (Value::Number(listed), Value::Number(sent)) => listed.as_f64() == sent.as_f64(),
        _ => listed == sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_input_is_known_again_through_defaults_and_stored_files() {
        let sent = json!({"prompt": "a storm", "duration": 8, "seed": 5, "image": "data:image/png;base64,AA"});
        let check = |listed: Value, expected: bool| {
            let fits = has_input(listed.as_object().unwrap(), sent.as_object().unwrap());
            assert_eq!(fits, expected, "{listed}");
        };
        check(sent.clone(), true);
        let stored = json!({"prompt": "a storm", "duration": 8.0, "seed": 5, "image": "https://replicate.delivery/a.png", "x": 1});
        check(stored, true);
        check(json!({"prompt": "a storm", "duration": 8, "seed": 6, "image": "data:image/png;base64,AA"}), false);
        check(json!({"prompt": "a storm", "duration": 8, "seed": 5}), false);
        check(json!({}), false);
    }
}
