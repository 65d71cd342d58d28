//! A lost order, looked for in the vendor's list of predictions.
//!
//! The list is asked for with its inputs. An input holds the addresses our files were given, which nobody else has: a
//! match is certain. That a match is missing proves something only where every prediction of that time tells its inputs
//! in addresses like ours.

use crate::{note::SubmitNote, prediction::Prediction};
use serde_json::Value;

/// Predictions asked for at once; the vendor's most.
pub(crate) const PAGE_SIZE: usize = 100;
/// Pages read before giving up.
pub(crate) const MAX_PAGES: usize = 30;
/// How far what is known of the vendor's clock may be off, in milliseconds.
const SKEW_MS: i64 = 3_600_000;

/// What one page of the list says of a lost order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// It was accepted: this is it.
    Found(Box<Prediction>),
    /// Not here, and the pages after this one are too old to hold it, or there are none.
    Absent,
    /// Not here; the next page may hold it.
    GoOn,
    /// A prediction here may be it, and nothing tells.
    Unclear(String),
}

/// Reads one page, the newest prediction first.
pub(crate) fn judge(page: &Value, note: &SubmitNote) -> Verdict {
    let Some(items) = page.get("items").and_then(Value::as_array) else {
        return Verdict::Unclear("the list of predictions holds no items".into());
    };
    let sent_at_ms = note.sent_at_ms.saturating_add(note.clock_ahead_ms);
    let mut unclear = None;
    let mut is_old = false;
    for item in items {
        let Some(prediction) = Prediction::read(item) else { continue };
        let mut addresses = Vec::new();
        if let Some(inputs) = &prediction.inputs {
            collect(inputs, &mut addresses, 0);
        }
        if note.inputs.values().any(|ours| addresses.contains(&ours.as_str())) {
            return Verdict::Found(Box::new(prediction));
        }
        let made_ms = prediction.created_at.as_deref().and_then(|at| at.parse::<jiff::Timestamp>().ok());
        is_old = made_ms.is_some_and(|at| at.as_millisecond() < sent_at_ms.saturating_sub(SKEW_MS));
        let other_model = item.get("model").and_then(Value::as_str).is_some_and(|model| model != note.path);
        let speaks = addresses.iter().any(|address| note.inputs.values().any(|ours| host(ours) == host(address)));
        if !is_old && !other_model && !speaks {
            unclear.get_or_insert_with(|| format!("prediction {} may be this one", prediction.id));
        }
    }
    match unclear {
        Some(why) => Verdict::Unclear(why),
        None if is_old || items.len() < PAGE_SIZE => Verdict::Absent,
        None => Verdict::GoOn,
    }
}

/// Every address in a value, to a sane depth.
fn collect<'a>(value: &'a Value, addresses: &mut Vec<&'a str>, depth: usize) {
    match value {
        Value::String(text) if text.starts_with("http") => addresses.push(text),
        Value::Array(items) if depth < 4 => items.iter().for_each(|item| collect(item, addresses, depth + 1)),
        Value::Object(fields) if depth < 4 => fields.values().for_each(|field| collect(field, addresses, depth + 1)),
        _ => {}
    }
}

/// Scheme and host of an address.
fn host(address: &str) -> &str {
    let from = address.find("://").map_or(0, |at| at + 3);
    let length = address.get(from..).and_then(|rest| rest.find(['/', '?', '#']));
    length.and_then(|length| address.get(..from + length)).unwrap_or(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOON_MS: i64 = 1_764_331_200_000; // 2025-11-28T12:00:00Z

    fn note() -> SubmitNote {
        let inputs = [("video", "https://cdn.example/v1.mp4"), ("audio", "https://cdn.example/a1.wav")];
        SubmitNote {
            path: "sync/lipsync-2".into(),
            sent_at_ms: NOON_MS + 3_600_000,
            clock_ahead_ms: -3_600_000,
            inputs: inputs.map(|(name, url)| (name.into(), url.into())).into(),
            prediction: None,
            result_url: None,
        }
    }

    fn item(id: &str, at: &str, inputs: &Value) -> Value {
        json!({"id": id, "model": "sync/lipsync-2", "status": "processing", "created_at": at, "inputs": inputs})
    }

    fn page(items: &[Value]) -> Value {
        json!({"page": 1, "items": items})
    }

    #[test]
    fn our_addresses_find_the_order_among_others() {
        let noon = "2025-11-28T12:00:01.948268264Z";
        let other = item("b", noon, &json!({"video": "https://cdn.example/v2.mp4"}));
        let ours = item("c", noon, &json!({"video": "https://cdn.example/v1.mp4", "audio": "x"}));
        let Verdict::Found(found) = judge(&page(&[other.clone(), ours.clone()]), &note()) else { panic!() };
        assert_eq!(found.id, "c");
        let mut renamed = ours;
        let inputs = renamed["inputs"].take();
        renamed["input"] = json!({"deep": [inputs]});
        assert!(matches!(judge(&page(&[renamed]), &note()), Verdict::Found(_)), "whatever the field is called");
        assert_eq!(judge(&page(&[other]), &note()), Verdict::Absent);
        assert_eq!(judge(&page(&[]), &note()), Verdict::Absent);
    }

    #[test]
    fn a_silent_list_proves_nothing() {
        let noon = "2025-11-28T12:00:01Z";
        let silent = item("b", noon, &Value::Null);
        let rehosted = item("b", noon, &json!({"video": "https://elsewhere.example/v1.mp4"}));
        for unclear in [silent.clone(), rehosted] {
            assert!(matches!(judge(&page(&[unclear]), &note()), Verdict::Unclear(_)));
        }
        let mut of_another_model = silent;
        of_another_model["model"] = json!("wavespeed-ai/flux-dev");
        assert_eq!(judge(&page(&[of_another_model]), &note()), Verdict::Absent);
        let old = item("b", "2025-11-26T12:00:00Z", &Value::Null);
        assert_eq!(judge(&page(&[old]), &note()), Verdict::Absent, "it was there before");
        assert!(matches!(judge(&json!({"list": []}), &note()), Verdict::Unclear(_)));
    }

    #[test]
    fn pages_are_read_until_they_are_too_old() {
        let recent =
            |index: usize| item(&format!("n{index}"), "2025-11-28T13:00:00Z", &json!({"v": "https://cdn.example/x"}));
        let mut items: Vec<Value> = (0..PAGE_SIZE).map(recent).collect();
        assert_eq!(judge(&page(&items), &note()), Verdict::GoOn);
        items[PAGE_SIZE - 1]["created_at"] = json!("2025-11-20T13:00:00Z");
        assert_eq!(judge(&page(&items), &note()), Verdict::Absent);
    }

    #[test]
    fn hosts_are_compared_whole() {
        assert_eq!(host("https://a.b/c"), host("https://a.b?x"));
        assert_ne!(host("https://a.b/c"), host("https://a.b.evil/c"));
    }
}
