//! What goes wrong and how predictions run: set by a test in Rust, or by a script over `/_sim/…`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which requests a fault waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    Any,
    Create,
    Get,
    List,
    Cancel,
    Upload,
    Download,
    Model,
    Account,
}

/// What goes wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Waits, then goes on as if nothing were.
    Slow { millis: u64 },
    /// Answers this in place of what was asked; nothing is made.
    Answer {
        status: u16,
        #[serde(default)]
        body: Value,
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// Closes the connection before anything is made.
    DropBefore,
    /// Does what was asked, then closes the connection without a word.
    DropAfter,
    /// Sends this share of the body and closes.
    Truncate { share: f64 },
    /// Sends a page in place of a file, as a proxy does.
    WrongType,
}

/// A fault, for the next requests of its kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    pub on: On,
    pub act: Act,
    #[serde(default = "once")]
    pub times: usize,
}

fn once() -> usize {
    1
}

impl Fault {
    pub fn new(on: On, act: Act) -> Self {
        Self { on, act, times: 1 }
    }

    pub fn answer(on: On, status: u16, body: Value) -> Self {
        Self::new(on, Act::Answer { status, body, headers: Vec::new() })
    }

    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }
}

/// The shape of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    #[default]
    Text,
    List,
    Object,
    /// Within the answer, as text.
    Inline,
}

/// How predictions run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// Questions answered with `processing` before the end.
    pub steps: usize,
    /// The last status: `succeeded`, `failed`, `canceled`, `aborted`.
    pub end: String,
    /// Status in place of `processing`.
    pub working: String,
    pub error: Option<String>,
    pub shape: Shape,
    /// Length of the made-up output, in bytes.
    pub output_bytes: u64,
    /// Never ends.
    pub endless: bool,
    /// The output is gone by the time it is asked for.
    pub data_removed: bool,
    /// Prints bars into the logs.
    pub logs: bool,
    /// Leaves out everything the recorded answers were seen to leave out.
    pub sparse: bool,
    /// Output files are at another host, which redirects there.
    pub redirect_to: Option<String>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            steps: 2,
            end: "succeeded".into(),
            working: "processing".into(),
            error: None,
            shape: Shape::Text,
            output_bytes: 4096,
            endless: false,
            data_removed: false,
            logs: true,
            sparse: false,
            redirect_to: None,
        }
    }
}
