//! What a vendor answered, and how long it asks to wait.

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// An answer read whole. Any status: what a refusal means is the provider's to say.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body, with the key taken out should the vendor have repeated it.
    pub body: Vec<u8>,
    headers: HeaderMap,
}

/// Longest wait believed, in seconds.
const LONGEST_WAIT_SECS: f64 = 86_400.0;
/// Characters of a body that are shown in a message.
const SHOWN_CHARS: usize = 300;

impl Answer {
    pub(super) const fn new(status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, body, headers }
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Whether asking again may well give another answer.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
    }

    /// A header, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type, empty where there is none.
    #[must_use]
    pub fn content_type(&self) -> &str {
        self.header("content-type").unwrap_or_default()
    }

    /// The body as a type.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|error| error.to_string())
    }

    /// The body as any JSON, `null` where it is none.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The start of the body on one line, for a message about an answer nobody understands.
    #[must_use]
    pub fn start_of_text(&self) -> String {
        let start = String::from_utf8_lossy(&self.body[..self.body.len().min(4 * SHOWN_CHARS)]);
        let line = start.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().filter(|letter| !letter.is_control()).take(SHOWN_CHARS).collect()
    }

    /// Seconds the vendor asks to wait: header `Retry-After` (seconds or a date), body `retry_after`, or `~10s` in its
    /// words.
    #[must_use]
    pub fn wait_asked_secs(&self) -> Option<f64> {
        self.wait_in_headers().or_else(|| {
            let body = self.value();
            let named = body.get("retry_after").or_else(|| body.get("detail")?.get("retry_after"));
            let number = named.and_then(|value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()));
            number.and_then(believable).or_else(|| wait_asked_in(&String::from_utf8_lossy(&self.body)))
        })
    }

    fn wait_in_headers(&self) -> Option<f64> {
        if let Some(millis) = self.header("retry-after-ms").and_then(|text| text.trim().parse::<f64>().ok()) {
            return believable(millis / 1000.0);
        }
        let text = self.header("retry-after")?.trim();
        if let Ok(secs) = text.parse::<f64>() {
            return believable(secs);
        }
        let until = httpdate::parse_http_date(text).ok()?;
        // The vendor's own clock, since ours may be wrong.
        let now = self.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
        let wait = until.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or(Duration::ZERO);
        believable(wait.as_secs_f64())
    }

    /// Seconds by which the vendor's clock is ahead of ours, read from the `Date` header; 0 where there is none.
    #[must_use]
    pub fn clock_ahead_secs(&self) -> f64 {
        let theirs = self.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
        let Some(theirs) = theirs else { return 0.0 };
        match theirs.duration_since(SystemTime::now()) {
            Ok(ahead) => ahead.as_secs_f64(),
            Err(behind) => -behind.duration().as_secs_f64(),
        }
    }
}

fn believable(secs: f64) -> Option<f64> {
    (secs.is_finite() && (0.0..=LONGEST_WAIT_SECS).contains(&secs)).then_some(secs)
}

/// Seconds in words such as `Your rate limit resets in ~10s.`
#[must_use]
pub fn wait_asked_in(text: &str) -> Option<f64> {
    text.split('~').skip(1).find_map(|rest| {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        (digits > 0 && rest[digits..].starts_with('s')).then(|| rest[..digits].parse().ok())?.and_then(believable)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&'static str, &str)], body: &str) -> Option<f64> {
        let headers = headers.iter().map(|(name, value)| {
            (reqwest::header::HeaderName::from_static(name), reqwest::header::HeaderValue::from_str(value).unwrap())
        });
        Answer::new(429, headers.collect(), body.into()).wait_asked_secs()
    }

    #[test]
    fn the_wait_is_read_from_header_body_and_words() {
        assert_eq!(wait(&[("retry-after", "7")], r#"{"retry_after":9}"#), Some(7.0));
        assert_eq!(wait(&[("retry-after-ms", "250"), ("retry-after", "7")], ""), Some(0.25));
        let skewed = [("retry-after", "Wed, 01 Jan 2020 00:00:30 GMT"), ("date", "Wed, 01 Jan 2020 00:00:00 GMT")];
        assert_eq!(wait(&skewed, ""), Some(30.0), "by the vendor's clock");
        assert_eq!(wait(&[], r#"{"retry_after":9}"#), Some(9.0));
        assert_eq!(wait(&[], r#"{"detail":{"retry_after":"2.5"}}"#), Some(2.5));
        assert_eq!(wait(&[], r#"{"detail":"Your rate limit resets in ~30s."}"#), Some(30.0));
        for silent in ["", "{}", r#"{"retry_after":-1}"#, r#"{"retry_after":1e9}"#, "soon ~s", "~10 minutes", "~9"] {
            assert_eq!(wait(&[], silent), None, "{silent}");
        }
        assert_eq!(wait(&[("retry-after", "soon")], ""), None);
    }
}
