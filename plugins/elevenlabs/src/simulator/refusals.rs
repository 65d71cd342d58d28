//! The vendor's refusals, in its shapes.

use super::{
    http::{Answer, Reply, Request},
    script::Fault,
};
use serde_json::json;

/// The newer shape of a refusal.
pub(super) fn coded(status: u16, code: &str, message: &str) -> Answer {
    let detail = json!({
        "type": "validation_error", "code": code, "message": message, "status": code, "request_id": "simTrace"
    });
    Answer::Whole(Reply::json(status, &json!({ "detail": detail })))
}

pub(super) fn wrong_key(request: &Request) -> Option<Answer> {
    let refuse = |code: &str, message: &str| {
        let detail = json!({
            "type": "authentication_error", "code": "unauthorized", "message": message, "status": code,
            "request_id": "simTrace"
        });
        Some(Answer::Whole(Reply::json(401, &json!({ "detail": detail }))))
    };
    match request.header("xi-api-key") {
        Some(key) if key == super::KEY => None,
        Some(_) => refuse("invalid_api_key", "Invalid API key"),
        None if request.header("authorization").is_some() => {
            refuse("invalid_authorization_header", "The authorization header is not an API key")
        }
        None => refuse("missing_api_key", "No API key was given"),
    }
}

/// The refusal a fault stands for; `None` for faults of another sort.
pub(super) fn refusal(fault: Fault) -> Option<Answer> {
    let old = |status: u16, code: &str, message: &str| {
        Reply::json(status, &json!({"detail": {"status": code, "message": message}}))
    };
    let reply = match fault {
        Fault::RateLimited => {
            let detail = json!({"type": "rate_limit_error", "code": "rate_limit_exceeded",
                "message": "Too many requests", "status": "rate_limit_exceeded", "request_id": "simTrace"});
            Reply::json(429, &json!({ "detail": detail })).with("retry-after", "1")
        }
        Fault::TooManyConcurrent => old(429, "too_many_concurrent_requests", "Too many concurrent requests."),
        Fault::PaymentRequired => old(402, "payment_required", "Free users cannot use this voice via the API."),
        Fault::QuotaNew => {
            let detail = json!({"type": "authentication_error", "code": "quota_exceeded",
                "message": "You have no credits left.", "status": "quota_exceeded", "request_id": "simTrace"});
            Reply::json(401, &json!({ "detail": detail }))
        }
        Fault::QuotaLegacy => old(401, "quota_exceeded", "This request exceeds your quota of 131000."),
        Fault::BadKey => old(401, "invalid_api_key", "Invalid API key"),
        Fault::MissingRight => old(401, "missing_permissions", "The API key is missing the permission user_read"),
        Fault::Unprocessable => {
            let wrong = json!({"type": "less_than_equal", "loc": ["body", "voice_settings", "stability"],
                "msg": "Input should be less than or equal to 1", "input": 2, "ctx": {"le": 1.0}});
            Reply::json(422, &json!({ "detail": [wrong] }))
        }
        Fault::PlainWords => Reply::json(400, &json!({"detail": "This cannot be said."})),
        Fault::ServerError => Reply::json(500, &json!({"detail": {"status": "internal_error", "message": "Oops"}})),
        Fault::BadGateway => Reply::new(502, "text/html", b"<html><body>502 Bad Gateway</body></html>".to_vec()),
        Fault::NotFound => Reply::json(404, &json!({"detail": "Not Found"})),
        Fault::Gone => Reply::json(410, &json!({"detail": "Gone"})),
        Fault::DropBefore => return Some(Answer::Nothing),
        Fault::None
        | Fault::SlowMs(_)
        | Fault::DropAfter
        | Fault::Truncated
        | Fault::JsonInsteadOfAudio
        | Fault::NullAlignment
        | Fault::NoHeaders
        | Fault::LargeBytes(_) => return None,
    };
    Some(Answer::Whole(reply))
}
