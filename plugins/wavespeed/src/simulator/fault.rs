//! What goes wrong, where and how often.

use std::str::FromStr;

/// A place where something can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// A new prediction.
    Create,
    /// The question for a prediction's result.
    Result,
    /// The documented upload.
    Upload,
    /// The question for a signed upload.
    Ticket,
    /// The bytes of a signed upload.
    Put,
    /// A finished file.
    Download,
    /// The account's balance.
    Balance,
    /// The catalogue.
    Models,
    /// The list of predictions.
    History,
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The answer takes this many milliseconds longer.
    Slow(u64),
    /// An HTTP status with an envelope of the same code.
    Status(u16),
    /// Status 429 that asks to wait this many seconds.
    RetryAfter(u32),
    /// HTTP 200 around an envelope with this code.
    Code(i64),
    /// HTTP 200 around something that is no JSON.
    Garbage,
    /// The connection breaks before anything is done.
    DropBefore,
    /// What was asked is done, then the connection breaks without an answer.
    DropAfter,
    /// The body breaks off half-way.
    Truncated,
    /// A web page in place of a file.
    WrongType,
    /// The file is gone.
    Expired,
    /// The file is padded to this many bytes.
    Huge(u64),
    /// The prediction completes without outputs.
    Empty,
    /// The prediction is processed for ever.
    Endless,
    /// The prediction's id is unknown from now on.
    Vanish,
    /// The prediction ends in this status.
    Ends(String),
    /// The prediction fails with these words.
    Fails(String),
    /// The outputs are flagged as unsafe.
    Nsfw,
    /// The outputs are objects, not texts.
    Objects,
    /// The answers tell of the end of the vendor's patience first.
    SyncTimeout,
    /// The vendor's clock is off by this many seconds, from now on.
    Skew(i64),
    /// The list of predictions keeps the inputs to itself.
    Silent,
}

/// A fault at a point: `POINT:FAULT`, `POINT:FAULT=VALUE`, either with `*TIMES` or `*always` at its end.
///
/// Points: `create result upload ticket put download balance models history`. Faults: `slow=MS status=HTTP
/// retry_after=SECS code=CODE garbage drop_before drop_after truncated wrong_type expired huge=BYTES empty endless
/// vanish ends=STATUS fails=WORDS nsfw objects sync_timeout skew=SECS silent`.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// Where.
    pub point: Point,
    /// What.
    pub fault: Fault,
    /// How often still; absent for always.
    pub times: Option<u32>,
}

/// A text that is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no fault: write POINT:FAULT[=VALUE][*TIMES], for example create:drop_after or result:status=502*3")]
pub struct ScriptError(String);

impl Script {
    /// Reads one fault a line; empty lines are left out.
    ///
    /// # Errors
    /// [`ScriptError`] naming the first line that is no fault.
    pub fn read_all(text: &str) -> Result<Vec<Self>, ScriptError> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::parse).collect()
    }
}

impl FromStr for Script {
    type Err = ScriptError;
    fn from_str(text: &str) -> Result<Self, ScriptError> {
        read(text.trim()).ok_or_else(|| ScriptError(text.to_owned()))
    }
}

fn read(text: &str) -> Option<Script> {
    let (text, times) = match text.rsplit_once('*') {
        Some((text, "always")) => (text, None),
        Some((text, times)) => (text, Some(times.parse().ok()?)),
        None => (text, Some(1)),
    };
    let (point, fault) = text.split_once(':')?;
    let point = match point {
        "create" => Point::Create,
        "result" => Point::Result,
        "upload" => Point::Upload,
        "ticket" => Point::Ticket,
        "put" => Point::Put,
        "download" => Point::Download,
        "balance" => Point::Balance,
        "models" => Point::Models,
        "history" => Point::History,
        _ => return None,
    };
    let (name, value) = fault.split_once('=').unwrap_or((fault, ""));
    let fault = match name {
        "slow" => Fault::Slow(value.parse().ok()?),
        "status" => Fault::Status(value.parse().ok()?),
        "retry_after" => Fault::RetryAfter(value.parse().ok()?),
        "code" => Fault::Code(value.parse().ok()?),
        "garbage" => Fault::Garbage,
        "drop_before" => Fault::DropBefore,
        "drop_after" => Fault::DropAfter,
        "truncated" => Fault::Truncated,
        "wrong_type" => Fault::WrongType,
        "expired" => Fault::Expired,
        "huge" => Fault::Huge(value.parse().ok()?),
        "empty" => Fault::Empty,
        "endless" => Fault::Endless,
        "vanish" => Fault::Vanish,
        "ends" if !value.is_empty() => Fault::Ends(value.to_owned()),
        "fails" => Fault::Fails(value.to_owned()),
        "nsfw" => Fault::Nsfw,
        "objects" => Fault::Objects,
        "sync_timeout" => Fault::SyncTimeout,
        "skew" => Fault::Skew(value.parse().ok()?),
        "silent" => Fault::Silent,
        _ => return None,
    };
    Some(Script { point, fault, times })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_line_by_line() {
        let script =
            Script::read_all("create:drop_after\n\n result:status=502*3 \ndownload:huge=100000000*always").unwrap();
        assert_eq!(script[0], Script { point: Point::Create, fault: Fault::DropAfter, times: Some(1) });
        assert_eq!(script[1], Script { point: Point::Result, fault: Fault::Status(502), times: Some(3) });
        assert_eq!(script[2], Script { point: Point::Download, fault: Fault::Huge(100_000_000), times: None });
        for bad in ["create", "create:", "nowhere:empty", "create:slow", "create:status=many", "create:empty*x"] {
            assert!(Script::read_all(bad).is_err(), "{bad}");
        }
    }
}
