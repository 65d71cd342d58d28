//! Each shape and each code, as they were seen or are documented.

use super::*;

const SPEECH: Asked = Asked::Create(Route::SpeechWithTimestamps);

fn kind(error: &ProviderError) -> String {
    serde_json::to_value(error).unwrap()["error"].as_str().unwrap().to_owned()
}

fn check(status: u16, body: &str, asked: Asked, wanted: &str) -> ProviderError {
    let error = classify(status, body.as_bytes(), None, asked);
    assert_eq!(kind(&error), wanted, "{status} {body} gave {error:?}");
    error
}

#[test]
fn an_empty_account_is_no_bad_key_in_any_shape() {
    for (status, body) in [
        (401, r#"{"detail":{"status":"quota_exceeded","message":"This request exceeds your quota of 10000."}}"#),
        (
            401,
            r#"{"detail":{"type":"authentication_error","code":"quota_exceeded","message":"no credits left","status":"quota_exceeded","request_id":"r"}}"#,
        ),
        (400, r#"{"detail":{"type":"payment_required","code":"insufficient_credits","message":"no credits left"}}"#),
        (402, r#"{"detail":{"status":"payment_required","message":"Free users cannot use library voices"}}"#),
        (402, ""),
        (403, r#"{"detail":{"status":"subscription_required","message":"Upgrade to Pro for PCM at 44.1 kHz"}}"#),
    ] {
        let error = check(status, body, SPEECH, "out_of_funds");
        assert!(error.what_to_do().contains(TOP_UP_URL), "{error:?}");
        assert!(!error.is_retryable());
    }
}

#[test]
fn a_bad_key_is_told_apart() {
    for (status, body) in [
        (
            401,
            r#"{"detail":{"type":"authentication_error","code":"unauthorized","message":"Invalid API key","status":"invalid_api_key","request_id":"r"}}"#,
        ),
        (401, r#"{"detail":{"status":"invalid_api_key","message":"Invalid API key"}}"#),
        (401, r#"{"detail":{"status":"missing_permissions","message":"The API key is missing user_read"}}"#),
        (401, r#"{"detail":{"status":"detected_unusual_activity","message":"Free Tier usage disabled."}}"#),
        (404, r#"{"detail":{"status":"workspace_not_found","message":"not found"}}"#),
        (401, "nothing to read"),
        (403, "{}"),
    ] {
        check(status, body, Asked::Read, "bad_key");
    }
    assert!(is_missing_right(401, br#"{"detail":{"status":"missing_permissions","message":"user_read"}}"#));
    assert!(!is_missing_right(401, br#"{"detail":{"status":"invalid_api_key"}}"#));
}

#[test]
fn asked_to_slow_down_in_every_spelling() {
    for (status, body) in [
        (429, r#"{"detail":{"type":"rate_limit_error","code":"rate_limit_exceeded","message":"slow down"}}"#),
        (429, r#"{"detail":{"status":"too_many_concurrent_requests","message":"Too many concurrent requests"}}"#),
        (429, r#"{"detail":{"code":"concurrent_limit_exceeded","type":"rate_limit_error","message":"m"}}"#),
        (429, r#"{"detail":{"status":"system_busy","message":"heavy traffic"}}"#),
        (429, "later"),
    ] {
        assert!(check(status, body, SPEECH, "rate_limited").is_retryable());
    }
    let secs = |body: &str, header| match classify(429, body.as_bytes(), header, SPEECH) {
        ProviderError::RateLimited { retry_after_secs, .. } => retry_after_secs,
        other => panic!("{other:?}"),
    };
    assert_eq!(secs("{}", Some(7.0)), Some(7.0));
    assert_eq!(secs(r#"{"detail":{"retry_after":3.5}}"#, None), Some(3.5));
    assert_eq!(secs(r#"{"detail":{"retry_after":-1}}"#, None), None);
}

#[test]
fn a_list_of_wrong_fields_marks_the_controls() {
    let body = r#"{"detail":[
        {"type":"less_than_equal","loc":["body","voice_settings","stability"],"msg":"Input should be less than or equal to 1","input":2,"ctx":{"le":1.0}},
        {"type":"missing","loc":["body","text"],"msg":"Field required"},
        {"type":"enum","loc":["query","output_format"],"msg":"no such format"},
        {"type":"x","loc":["body","previous_request_ids",3],"msg":"too many"},
        {"loc":[],"msg":"strange"}, 7]}"#;
    let error = check(422, body, SPEECH, "invalid_input");
    assert_eq!(
        error.fields(),
        ["parameters.stability", "text", "parameters.output_format", "previous_text", "request", "request"]
    );
    let music = r#"{"detail":[{"loc":["body","music_length_ms"],"msg":"m"},{"loc":["body","prompt"],"msg":"m"}]}"#;
    let error = check(422, music, Asked::Create(Route::Music), "invalid_input");
    assert_eq!(error.fields(), ["duration_secs", "prompt"]);
    let effect = r#"{"detail":[{"loc":["body","duration_seconds"],"msg":"m"},{"loc":["body","text"],"msg":"m"}]}"#;
    let error = check(422, effect, Asked::Create(Route::SoundGeneration), "invalid_input");
    assert_eq!(error.fields(), ["duration_secs", "prompt"]);
}

#[test]
fn codes_mark_their_field() {
    for (status, code, field) in [
        (400, "text_too_long", "text"),
        (400, "max_character_limit_exceeded", "text"),
        (400, "voice_does_not_exist", "voice_id"),
        (404, "voice_not_found", "voice_id"),
        (404, "model_not_found", "model"),
        (400, "invalid_ttd_stability", "parameters.stability"),
        (400, "invalid_output_format", "parameters.output_format"),
        (400, "something_new", "text"),
    ] {
        let body = format!(r#"{{"detail":{{"status":"{code}","message":"no"}}}}"#);
        assert_eq!(classify(status, body.as_bytes(), None, SPEECH).fields(), [field], "{code}");
    }
    let unsupported = r#"{"detail":{"type":"validation_error","code":"unsupported_model","message":"Providing previous_request_ids is not yet supported","status":"unsupported_model","param":"model_id"}}"#;
    assert_eq!(check(400, unsupported, SPEECH, "invalid_input").fields(), ["model"]);
}

#[test]
fn plain_words_pages_and_nothing_at_all_are_read() {
    assert!(check(400, r#"{"detail":"Text is empty"}"#, SPEECH, "invalid_input").to_string().contains("Text is empty"));
    let page = check(502, "<html><body>Bad gateway</body></html>", Asked::Read, "vendor_trouble");
    assert!(page.is_retryable() && page.to_string().contains("HTTP 502") && !page.to_string().contains('<'));
    for body in ["", "null", "[]", "{", "\u{0}", r#"{"detail":[]}"#, r#"{"detail":{}}"#] {
        let error = check(500, body, SPEECH, "vendor_trouble");
        assert!(!error.is_retryable(), "a create is never sent again after a 500");
    }
    let long = format!(r#"{{"detail":"{}"}}"#, "x".repeat(100_000));
    assert!(check(500, &long, Asked::Read, "vendor_trouble").to_string().len() < 1000);
}

#[test]
fn refused_words_come_with_the_suggestion() {
    let body = r#"{"detail":{"status":"bad_prompt","message":"Mentions an artist.","data":{"prompt_suggestion":"a slow waltz"}}}"#;
    let error = check(400, body, Asked::Create(Route::Music), "content_refused");
    assert!(error.to_string().contains("a slow waltz"));
    assert_eq!(error.fields(), ["prompt"]);
}

#[test]
fn a_path_that_moved_is_no_missing_voice() {
    assert!(is_path_gone(404, br#"{"detail":"Not Found"}"#));
    assert!(is_path_gone(410, b""));
    assert!(!is_path_gone(404, br#"{"detail":{"status":"voice_not_found","message":"no"}}"#));
    assert!(!is_path_gone(401, br#"{"detail":"Not Found"}"#));
}
