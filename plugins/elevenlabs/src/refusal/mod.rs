//! What the vendor's refusals mean.
//!
//! A refusal comes in four shapes (`shape` reads them): an object with type, code and status, an older object with a
//! status alone, a list of wrong fields, and plain words. Words decide before the HTTP status does: an empty account
//! answered 401 for years, and must not look like a bad key.

mod shape;
#[cfg(test)]
mod tests;

use crate::{PROVIDER_ID, request::Route};
use kinora_provider::{FieldProblem, ProviderError};
use shape::{Detail, Refusal, WrongField};

/// Where plans and credit are bought.
pub(crate) const TOP_UP_URL: &str = "https://elevenlabs.io/app/subscription";

/// What was asked when the refusal came: it says what a field of the vendor's is called in the film's request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Something to be made.
    Create(Route),
    /// A question.
    Read,
}

/// The words of a refusal, by what they ask of the user. Each list is looked for in type, code and status.
const OUT_OF_FUNDS: [&str; 8] = [
    "quota_exceeded",
    "insufficient_credits",
    "insufficient_quota",
    "payment_required",
    "character_limit_reached",
    "free_users_not_allowed",
    "paid_plan_required",
    "subscription_past_due",
];
const PLAN_TOO_SMALL: [&str; 5] = [
    "subscription_required",
    "feature_not_available",
    "output_format_not_allowed",
    "only_for_creator",
    "voice_limit_reached",
];
const BUSY: [&str; 5] = [
    "rate_limit_exceeded",
    "concurrent_limit_exceeded",
    "too_many_concurrent_requests",
    "system_busy",
    "max_concurrent",
];
const CONTENT: [&str; 8] = [
    "bad_prompt",
    "bad_composition_plan",
    "content_policy",
    "policy_violation",
    "moderation",
    "against_policy",
    "blocked_content",
    "unsafe_content",
];
const KEY: [&str; 10] = [
    "invalid_api_key",
    "missing_api_key",
    "needs_authorization",
    "invalid_authorization_header",
    "missing_permissions",
    "insufficient_permissions",
    "detected_unusual_activity",
    "workspace_not_found",
    "unauthorized",
    "authentication_error",
];
const VOICE: [&str; 4] = ["voice_not_found", "voice_does_not_exist", "invalid_voice_id", "voice_access_denied"];
const MODEL: [&str; 4] = ["model_not_found", "model_does_not_exist", "model_access_denied", "invalid_model"];
const TEXT: [&str; 4] = ["text_too_long", "empty_text", "max_character_limit_exceeded", "invalid_text"];
const STABILITY: [&str; 2] = ["invalid_ttd_stability", "invalid_voice_settings"];
const FORMAT: [&str; 2] = ["invalid_output_format", "unsupported_output_format"];
const RECORDING: [&str; 4] = ["invalid_audio", "audio_too_short", "audio_too_long", "file_too_large"];

/// Turns an answer that is no success into an error.
///
/// `retry_after_secs` is what the headers say. A 5xx to a create is not retryable: it may have been carried out.
pub(crate) fn classify(status: u16, body: &[u8], retry_after_secs: Option<f64>, asked: Asked) -> ProviderError {
    let refusal = Refusal::read(status, body);
    let says = |words: &[&str]| words.iter().any(|word| refusal.code_words.iter().any(|said| said.contains(word)));
    let message = refusal.message.clone();
    let provider = || PROVIDER_ID.to_owned();
    if status == 402 || says(&OUT_OF_FUNDS) || says(&PLAN_TOO_SMALL) {
        return ProviderError::OutOfFunds { provider: provider(), message, top_up_url: Some(TOP_UP_URL.into()) };
    }
    if status == 429 || says(&BUSY) {
        let retry_after_secs = retry_after_secs.or(refusal.retry_after_secs);
        return ProviderError::RateLimited { provider: provider(), retry_after_secs };
    }
    if let Detail::Fields(fields) = &refusal.detail {
        return ProviderError::InvalidInput { problems: problems(fields, asked) };
    }
    let field = |name: &str| ProviderError::invalid(name, message.clone());
    let trouble =
        |retryable| ProviderError::VendorTrouble { provider: provider(), message: message.clone(), retryable };
    if says(&CONTENT) {
        let field = if let Asked::Create(route) = asked { Some(text_field(route).to_owned()) } else { None };
        return ProviderError::ContentRefused { message, field, charged: None };
    }
    if says(&VOICE) {
        return field("voice_id");
    }
    if says(&MODEL) {
        return field("model");
    }
    if let Asked::Create(route) = asked {
        if says(&TEXT) {
            return field(text_field(route));
        }
        if says(&STABILITY) {
            return field("parameters.stability");
        }
        if says(&FORMAT) {
            return field("parameters.output_format");
        }
        if says(&RECORDING) {
            return field("recording");
        }
    }
    if matches!(status, 401 | 403) || says(&KEY) {
        return ProviderError::BadKey { provider: provider(), message };
    }
    match (status, asked) {
        (500.. | 408 | 409 | 425, Asked::Read) => trouble(true),
        (500.., Asked::Create(_)) => trouble(false),
        (400 | 413 | 422, Asked::Create(route)) => {
            let name =
                refusal.param.as_deref().map_or_else(|| text_field(route).to_owned(), |name| own_name(name, asked));
            field(&name)
        }
        _ => trouble(false),
    }
}

/// Whether a refusal says that the key may not do this, although it is a key: a right is missing.
pub(crate) fn is_missing_right(status: u16, body: &[u8]) -> bool {
    let refusal = Refusal::read(status, body);
    let said = |word: &str| refusal.code_words.iter().any(|code| code.contains(word));
    matches!(status, 401 | 403) && (said("missing_permissions") || said("insufficient_permissions"))
}

/// Whether a 404 or 410 speaks of the path itself, not of a voice or a model in it.
pub(crate) fn is_path_gone(status: u16, body: &[u8]) -> bool {
    let refusal = Refusal::read(status, body);
    let names_a_thing = [VOICE.as_slice(), &MODEL, &KEY]
        .into_iter()
        .flatten()
        .any(|word| refusal.code_words.iter().any(|said| said.contains(word)));
    matches!(status, 404 | 410) && !names_a_thing
}

fn problems(fields: &[WrongField], asked: Asked) -> Vec<FieldProblem> {
    let problem = |wrong: &WrongField| FieldProblem {
        field: wrong.place.last().map_or_else(|| "request".to_owned(), |name| own_name(name, asked)),
        reason: wrong.reason.clone(),
    };
    fields.iter().map(problem).collect()
}

fn text_field(route: Route) -> &'static str {
    match route {
        Route::SpeechWithTimestamps => "text",
        Route::SpeechToSpeech => "recording",
        Route::SoundGeneration | Route::Music => "prompt",
    }
}

/// The film's name of a field of the vendor's.
fn own_name(vendor_name: &str, asked: Asked) -> String {
    let route = if let Asked::Create(route) = asked { Some(route) } else { None };
    match vendor_name {
        "text" | "prompt" => route.map_or("text", text_field).into(),
        "audio" => "recording".into(),
        "duration_seconds" | "music_length_ms" => "duration_secs".into(),
        "model_id" => "model".into(),
        "voice_id" | "seed" => vendor_name.into(),
        "language_code" => "language".into(),
        "previous_text" | "previous_request_ids" => "previous_text".into(),
        "next_text" | "next_request_ids" => "next_text".into(),
        "loop" => "looped".into(),
        "voice_settings" => "parameters.stability".into(),
        other => format!("parameters.{other}"),
    }
}
