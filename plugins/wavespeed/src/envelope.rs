//! The vendor's envelope, `{code, message, error_code?, data}`: it is around every answer, and a refusal may come inside
//! HTTP 200.

use serde_json::Value;

/// Most characters of a vendor's words that are shown and kept.
const MAX_WORDS: usize = 400;

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    /// HTTP status.
    pub(crate) status: u16,
    /// The envelope's own code, where there was an envelope.
    pub(crate) code: Option<i64>,
    /// The vendor's words, cut and cleaned; never empty.
    pub(crate) message: String,
    /// Seconds the vendor asks to wait.
    pub(crate) retry_after_secs: Option<f64>,
    /// What came with it; a refusal of a wait may still carry a prediction.
    pub(crate) data: Box<Value>,
}

/// Opens an answer.
///
/// # Errors
/// The refusal: by HTTP status, by the envelope's code, or because there is no envelope at all.
pub(crate) fn open(status: u16, retry_after_secs: Option<f64>, body: &[u8]) -> Result<Value, Refusal> {
    let Ok(Value::Object(mut envelope)) = serde_json::from_slice::<Value>(body) else {
        let message = words(&String::from_utf8_lossy(body))
            .map_or_else(|| format!("HTTP {status} without a word"), |text| format!("HTTP {status}: {text}"));
        return Err(Refusal { status, code: None, message, retry_after_secs, data: Box::default() });
    };
    let code = envelope.get("code").and_then(number);
    let data = envelope.remove("data").unwrap_or_default();
    if (200..300).contains(&status) && code == Some(200) {
        return Ok(data);
    }
    let said = ["message", "error", "detail", "msg"].iter().find_map(|name| words(envelope.get(*name)?.as_str()?));
    let said = said.unwrap_or_else(|| match code {
        Some(code) => format!("HTTP {status} with code {code}"),
        None => format!("HTTP {status} without a code"),
    });
    let message = match envelope.get("error_code").and_then(Value::as_str).and_then(words) {
        Some(error_code) => format!("{said} [{error_code}]"),
        None => said,
    };
    let retry_after_secs = retry_after_secs.or_else(|| envelope.get("retry_after").and_then(Value::as_f64));
    Err(Refusal { status, code, message, retry_after_secs, data: Box::new(data) })
}

impl Refusal {
    /// What an answer means in HTTP's terms: the envelope's code where it speaks them, else the status.
    pub(crate) fn meaning(&self) -> u16 {
        let code = self.code.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code));
        code.unwrap_or(self.status)
    }

    /// Whether the vendor surely did nothing. A timeout, a fault on its side and an answer that makes no sense leave
    /// that open: money may have been taken.
    pub(crate) fn surely_not_done(&self) -> bool {
        matches!(self.meaning(), 300..=407 | 409..=499)
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A text fit for a message: on one line, of bounded length; `None` where nothing is left.
pub(crate) fn words(text: &str) -> Option<String> {
    let line = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let joined = line.take(MAX_WORDS).collect::<Vec<_>>().join(" ");
    let mut short: String = joined.chars().take(MAX_WORDS).collect();
    if short.len() < joined.len() {
        short.push('…');
    }
    (!short.is_empty()).then_some(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_a_success_only_by_status_and_code() {
        assert_eq!(open(200, None, br#"{"code":200,"message":"success","data":{"id":"a"}}"#).unwrap()["id"], "a");
        for (status, body, meaning, sure) in [
            (200, r#"{"code":400,"message":"bad seed"}"#, 400, true),
            (200, r#"{"code":"402","message":"no balance"}"#, 402, true),
            (200, r#"{"code":500,"message":"oops","data":null}"#, 500, false),
            (200, r#"{"code":5004,"message":"Sync mode timed out"}"#, 200, false),
            (200, r#"{"message":"no code"}"#, 200, false),
            (401, r#"{"code":401,"message":"no"}"#, 401, true),
            (429, "", 429, true),
            (408, "", 408, false),
            (502, "<html>bad gateway</html>", 502, false),
            (200, "<html>login</html>", 200, false),
            (200, "[1]", 200, false),
            (302, "", 302, true),
        ] {
            let refusal = open(status, None, body.as_bytes()).unwrap_err();
            assert_eq!((refusal.meaning(), refusal.surely_not_done()), (meaning, sure), "{status} {body}");
            assert!(!refusal.message.is_empty());
        }
    }

    #[test]
    fn words_are_one_short_line() {
        let body = format!("{{\"code\":400,\"message\":\"a\\n\\tb {}\",\"error_code\":\"E1\"}}", "x".repeat(9000));
        let refusal = open(400, Some(3.0), body.as_bytes()).unwrap_err();
        assert!(refusal.message.starts_with("a b xxx") && refusal.message.ends_with("… [E1]"), "{}", refusal.message);
        assert!(refusal.message.chars().count() < 420);
        assert_eq!(refusal.retry_after_secs, Some(3.0));
        assert_eq!(words(" \n\u{7} "), None);
    }
}
