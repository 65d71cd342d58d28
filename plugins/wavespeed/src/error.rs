//! What a refusal or a failed prediction asks of the person in front of the film.

use crate::{PROVIDER_ID, envelope::Refusal};
use kinora_provider::{FieldProblem, ProviderError};

/// Where credit is bought.
const TOP_UP_URL: &str = "https://wavespeed.ai/top-up";
/// The account's list of predictions, for a person.
pub(crate) const PREDICTIONS_URL: &str = "https://wavespeed.ai/predictions";

/// Words by which an account without credit is told apart from a bad key.
const FUNDS: &[&str] = &[
    "insufficient balance",
    "insufficient credit",
    "insufficient fund",
    "not enough credit",
    "not enough balance",
    "out of credit",
    "no credit",
    "top up",
    "top-up",
    "topup",
    "recharge",
    "balance is",
    "quota",
];
/// Words by which a refusal of the content is told apart from a wrong value.
const CONTENT: &[&str] = &[
    "nsfw",
    "content policy",
    "content_policy",
    "content filter",
    "sensitive",
    "moderation",
    "safety",
    "prohibited",
    "inappropriate",
    "violates",
    "copyright",
];

/// What was asked when the refusal came.
#[derive(Debug, Clone, Copy)]
pub(crate) enum About<'a> {
    /// A new prediction.
    Create {
        /// The model's id, as a person chose it.
        model: &'a str,
    },
    /// A prediction that exists.
    Job {
        /// Its id.
        vendor_id: &'a str,
    },
    /// A file handed in.
    Upload {
        /// The request's field that names the file.
        field: &'a str,
    },
    /// The account, the catalogue or the list of predictions.
    Account,
}

/// What a refusal means.
pub(crate) fn of_refusal(refusal: Refusal, about: About<'_>) -> ProviderError {
    let provider = PROVIDER_ID.to_owned();
    // Before all else: a create that may have gone through is neither an error to correct nor one to send again.
    if matches!(about, About::Create { .. }) && !refusal.surely_not_done() {
        return ProviderError::LostAnswer { provider, message: refusal.message };
    }
    let text = refusal.message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let message = refusal.message.clone();
    match refusal.meaning() {
        402 => out_of_funds(message),
        401 | 403 if has(FUNDS) => out_of_funds(message),
        401 | 403 => ProviderError::BadKey { provider, message },
        429 => ProviderError::RateLimited { provider, retry_after_secs: refusal.retry_after_secs },
        404 => match about {
            About::Create { model } => ProviderError::ModelNotFound { model: format!("{PROVIDER_ID}:{model}") },
            About::Job { vendor_id } => ProviderError::JobNotFound { vendor_id: vendor_id.to_owned() },
            About::Upload { .. } | About::Account => {
                ProviderError::VendorTrouble { provider, message, retryable: false }
            }
        },
        413 => match about {
            About::Upload { field } => ProviderError::invalid(field, format!("too large for WaveSpeed: {message}")),
            _ => ProviderError::VendorTrouble { provider, message, retryable: false },
        },
        400..=499 if has(FUNDS) => out_of_funds(message),
        400..=499 if has(CONTENT) => {
            let field = fields_in(&text).first().map(|(_, field)| (*field).to_owned());
            ProviderError::ContentRefused { message, field, charged: Some(false) }
        }
        400..=499 => match about {
            About::Create { model } if is_model_unknown(&text) => {
                ProviderError::ModelNotFound { model: format!("{PROVIDER_ID}:{model}") }
            }
            About::Job { vendor_id } if text.contains("not found") || text.contains("not exist") => {
                ProviderError::JobNotFound { vendor_id: vendor_id.to_owned() }
            }
            About::Upload { field } => ProviderError::invalid(field, message),
            _ => wrong_values(&text, message),
        },
        _ => ProviderError::VendorTrouble { provider, message, retryable: !refusal.surely_not_done() },
    }
}

/// What a prediction that ended in `failed` means. Money may have moved, so it is never one to send again unasked.
pub(crate) fn of_failure(vendor_id: &str, said: &str, is_nsfw: bool) -> ProviderError {
    let text = said.to_lowercase();
    if is_nsfw || CONTENT.iter().any(|word| text.contains(word)) {
        let field = fields_in(&text).first().map(|(_, field)| (*field).to_owned());
        return ProviderError::ContentRefused { message: said.to_owned(), field, charged: None };
    }
    ProviderError::VendorTrouble {
        provider: PROVIDER_ID.into(),
        message: format!(
            "prediction {vendor_id} failed: {said} (WaveSpeed says it refunds failed predictions within three hours)"
        ),
        retryable: false,
    }
}

fn out_of_funds(message: String) -> ProviderError {
    ProviderError::OutOfFunds { provider: PROVIDER_ID.into(), message, top_up_url: Some(TOP_UP_URL.into()) }
}

fn is_model_unknown(text: &str) -> bool {
    text.contains("model") && ["not found", "not exist", "unknown", "no such"].iter().any(|word| text.contains(word))
}

/// A wrong value, by the control it belongs to where the vendor names it.
fn wrong_values(text: &str, message: String) -> ProviderError {
    let fields = fields_in(text);
    if fields.is_empty() {
        return ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message, retryable: false };
    }
    let problem = |(_, field): &(&str, &str)| FieldProblem { field: (*field).into(), reason: message.clone() };
    ProviderError::InvalidInput { problems: fields.iter().map(problem).collect() }
}

/// The vendor's names for inputs, and ours.
const FIELDS: &[(&str, &str)] = &[
    ("audio", "voice"),
    ("image", "picture"),
    ("video", "picture"),
    ("mask_image", "parameters.mask_image"),
    ("resolution", "parameters.resolution"),
    ("sync_mode", "parameters.sync_mode"),
    ("prompt", "prompt"),
    ("seed", "seed"),
];

/// The inputs a lower-case text names as whole words, each of our fields once.
fn fields_in(text: &str) -> Vec<(&'static str, &'static str)> {
    let words: Vec<&str> = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    let mut found: Vec<(&str, &str)> = Vec::new();
    for (wire, field) in FIELDS {
        if words.contains(wire) && !found.iter().any(|(_, known)| known == field) {
            found.push((wire, field));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::open;

    /// Reads an answer and names the kind of error and its fields.
    fn check(status: u16, code: i64, message: &str, about: About<'_>, kind: &str, fields: &[&str]) {
        let body = serde_json::json!({"code": code, "message": message}).to_string();
        let error = of_refusal(open(status, None, body.as_bytes()).unwrap_err(), about);
        let found = serde_json::to_value(&error).unwrap()["error"].as_str().unwrap().to_owned();
        assert_eq!((found.as_str(), error.fields()), (kind, fields.to_vec()), "{status} {code} {message}: {error:?}");
    }

    #[test]
    fn each_refusal_asks_the_right_thing() {
        let create = About::Create { model: "sync/lipsync-2" };
        let job = About::Job { vendor_id: "abc" };
        check(401, 401, "invalid authentication", About::Account, "bad_key", &[]);
        check(200, 401, "invalid authentication", create, "bad_key", &[]);
        check(401, 401, "API keys require a top-up to activate", create, "out_of_funds", &[]);
        check(402, 402, "Insufficient credits", create, "out_of_funds", &[]);
        check(200, 400, "insufficient balance", create, "out_of_funds", &[]);
        check(429, 429, "Too Many Requests", create, "rate_limited", &[]);
        check(404, 404, "not found", create, "model_not_found", &["model"]);
        check(200, 400, "model sync/x does not exist: unknown", create, "model_not_found", &["model"]);
        check(404, 404, "not found", job, "job_not_found", &[]);
        check(200, 400, "prediction not found", job, "job_not_found", &[]);
        check(200, 400, "property audio is missing", create, "invalid_input", &["voice"]);
        check(200, 422, "seed: must be >= -1", create, "invalid_input", &["seed"]);
        check(
            400,
            400,
            "mask_image and resolution",
            create,
            "invalid_input",
            &["parameters.mask_image", "parameters.resolution"],
        );
        check(400, 400, "prompt violates our content policy", create, "content_refused", &["prompt"]);
        check(400, 400, "something is off", create, "vendor_trouble", &[]);
        check(413, 413, "entity too large", About::Upload { field: "voice" }, "invalid_input", &["voice"]);
        check(500, 500, "oops", About::Account, "vendor_trouble", &[]);
    }

    #[test]
    fn a_create_that_may_have_gone_through_is_never_sent_again() {
        let create = About::Create { model: "sync/lipsync-2" };
        for (status, code) in [(500, 500), (502, 502), (504, 504), (200, 500), (200, 5004), (408, 408), (200, 0)] {
            check(status, code, "prompt timed out", create, "lost_answer", &[]);
        }
        let lost = of_refusal(open(200, None, b"<html>").unwrap_err(), create);
        assert!(matches!(&lost, ProviderError::LostAnswer { .. }) && !lost.is_retryable());
        let read = of_refusal(open(503, None, b"").unwrap_err(), About::Account);
        assert!(read.is_retryable(), "{read:?}");
    }

    #[test]
    fn a_failed_prediction_is_not_sent_again_unasked() {
        for (said, nsfw) in [("HTTP 500: upstream", false), ("", true), ("flagged as nsfw image", false)] {
            let error = of_failure("abc", said, nsfw);
            assert!(!error.is_retryable(), "{error:?}");
            assert_eq!(matches!(error, ProviderError::ContentRefused { .. }), nsfw || said.contains("nsfw"));
        }
    }
}
