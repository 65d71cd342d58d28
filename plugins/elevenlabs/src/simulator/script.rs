//! What goes wrong, and when: faults in a row for each of the vendor's doors.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// One of the vendor's doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Door {
    /// Text to speech, with or without timestamps.
    TextToSpeech,
    /// Voice conversion under its documented path.
    SpeechToSpeech,
    /// Voice conversion under the path of the newest clients.
    VoiceChanger,
    /// Sound effects.
    SoundGeneration,
    /// Music.
    Music,
    /// `/v2/voices`.
    Voices,
    /// `/v1/models`.
    Models,
    /// `/v1/user/subscription`.
    Subscription,
    /// The history, its list and its sounds.
    History,
}

/// Something that goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing goes wrong with this one.
    None,
    /// The answer takes this many milliseconds longer; the work is accepted before the wait.
    SlowMs(u64),
    /// 429 `rate_limit_exceeded` with `Retry-After: 1`.
    RateLimited,
    /// 429 in the older shape, `too_many_concurrent_requests`, without a header.
    TooManyConcurrent,
    /// 402 `payment_required`.
    PaymentRequired,
    /// 401 `quota_exceeded` in the newer shape.
    QuotaNew,
    /// 401 `quota_exceeded` in the older shape.
    QuotaLegacy,
    /// 401 `invalid_api_key`.
    BadKey,
    /// 401 `missing_permissions`: a key without a right.
    MissingRight,
    /// 422 with a list of wrong fields.
    Unprocessable,
    /// 400 with plain words.
    PlainWords,
    /// 500.
    ServerError,
    /// 502 with a proxy's page.
    BadGateway,
    /// 404 as for a path that is not there.
    NotFound,
    /// 410 as for a path that is no more.
    Gone,
    /// The connection is closed before anything was accepted.
    DropBefore,
    /// The work is accepted and paid, then the connection is closed.
    DropAfter,
    /// The work is accepted, and half of the answer comes.
    Truncated,
    /// The work is accepted, and JSON comes where sound was due.
    JsonInsteadOfAudio,
    /// The work is accepted, and the times of characters are null.
    NullAlignment,
    /// The work is accepted, and nothing of the usual headers comes.
    NoHeaders,
    /// The sound is at least this many bytes.
    LargeBytes(u64),
}

impl FromStr for Door {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        serde_json::from_value(name.into()).map_err(|error| error.to_string())
    }
}

impl FromStr for Fault {
    type Err = String;
    /// `drop_after`, or `slow_ms=500`.
    fn from_str(text: &str) -> Result<Self, String> {
        let value = match text.split_once('=') {
            Some((name, number)) => {
                let number: u64 = number.parse().map_err(|error| format!("{text}: {error}"))?;
                serde_json::json!({ name: number })
            }
            None => text.into(),
        };
        serde_json::from_value(value).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_written_as_words() {
        assert_eq!("text-to-speech".parse(), Ok(Door::TextToSpeech));
        assert_eq!("drop_after".parse(), Ok(Fault::DropAfter));
        assert_eq!("slow_ms=500".parse(), Ok(Fault::SlowMs(500)));
        assert!("explode".parse::<Fault>().is_err() && "slow_ms=x".parse::<Fault>().is_err());
    }
}
