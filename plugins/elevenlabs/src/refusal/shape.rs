//! The four shapes of a refusal, read into one.

use serde_json::Value;

/// Longest text kept of an answer, in characters.
const MAX_MESSAGE_CHARS: usize = 600;
/// Most wrong fields kept.
const MAX_FIELDS: usize = 50;

/// A refusal, whatever its shape.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    /// What the vendor says, for a person; never empty.
    pub(super) message: String,
    /// Type, code and status in lower case.
    pub(super) code_words: Vec<String>,
    /// The field the refusal names, if it names one.
    pub(super) param: Option<String>,
    /// What the body says of waiting.
    pub(super) retry_after_secs: Option<f64>,
    pub(super) detail: Detail,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Detail {
    Object,
    Fields(Vec<WrongField>),
    Words,
}

/// One entry of the list of wrong fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrongField {
    /// The way to the field: `body`, `voice_settings`, `stability`. Names only.
    pub(super) place: Vec<String>,
    pub(super) reason: String,
}

impl Refusal {
    pub(super) fn read(status: u16, body: &[u8]) -> Self {
        let bare = |message: String| Self {
            message: if message.trim().is_empty() { format!("HTTP {status}") } else { shortened(&message) },
            code_words: Vec::new(),
            param: None,
            retry_after_secs: None,
            detail: Detail::Words,
        };
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            // A proxy's page: its tags tell nobody anything.
            let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
            let is_page = text.trim_start().starts_with('<');
            return bare(if is_page { format!("HTTP {status}") } else { format!("HTTP {status}: {}", text.trim()) });
        };
        match value.get("detail").unwrap_or(&value) {
            Value::String(text) => bare(text.clone()),
            Value::Array(entries) => {
                let fields: Vec<_> = entries.iter().take(MAX_FIELDS).map(wrong_field).collect();
                let reasons: Vec<_> = fields.iter().map(|field| field.reason.as_str()).collect();
                let mut refusal = bare(reasons.join("; "));
                if !fields.is_empty() {
                    refusal.detail = Detail::Fields(fields);
                }
                refusal
            }
            Value::Object(detail) => {
                let text = |name: &str| detail.get(name).and_then(Value::as_str);
                let mut message = text("message").or_else(|| text("status")).unwrap_or_default().to_owned();
                // Refused music comes with words that would pass.
                let suggestion = detail.get("data").and_then(|data| data.get("prompt_suggestion"));
                if let Some(suggestion) = suggestion.and_then(Value::as_str) {
                    message = format!("{message} Suggested instead: {suggestion}");
                }
                let mut refusal = bare(message);
                refusal.code_words = ["type", "code", "status"]
                    .into_iter()
                    .filter_map(|name| Some(text(name)?.to_ascii_lowercase()))
                    .collect();
                refusal.param = text("param").map(shortened);
                refusal.retry_after_secs =
                    detail.get("retry_after").and_then(Value::as_f64).filter(|secs| secs.is_finite() && *secs >= 0.0);
                refusal.detail = Detail::Object;
                refusal
            }
            _ => bare(String::new()),
        }
    }
}

fn wrong_field(entry: &Value) -> WrongField {
    let place = entry.get("loc").and_then(Value::as_array);
    let names = place.into_iter().flatten().filter_map(Value::as_str).take(8);
    let place: Vec<_> = names.map(shortened).collect();
    let reason = entry.get("msg").and_then(Value::as_str).unwrap_or("is not allowed");
    WrongField { place, reason: shortened(reason) }
}

/// Cut to a length that fits a card, control characters left out.
fn shortened(text: &str) -> String {
    text.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(MAX_MESSAGE_CHARS).collect()
}
