//! The vendor, simulated: real HTTP on this machine, real sounds, faults on demand, and a count of what was paid for.
//!
//! Test code, behind the feature `simulator`. `http` serves, `desk` answers, `work` makes what is paid for, `lists` holds
//! what the vendor tells of itself, `refusals` its refusals, `sound` makes the tones, `script` says what goes wrong,
//! `contract` judges every request by the vendor's OpenAPI. From outside: `cargo run -p kinora-elevenlabs --example elevenlabs_simulator -- --port 0`.

mod contract;
mod desk;
mod form;
mod http;
mod lists;
mod refusals;
mod script;
mod sound;
#[cfg(test)]
mod tests;
mod work;

pub use contract::{Contract, Violation};
pub use script::{Door, Fault};

use desk::Desk;
use http::Server;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// The key the simulator takes.
pub const KEY: &str = "sk_simulated_0123456789abcdef";

/// A running simulator; it ends when dropped.
pub struct Simulator {
    server: Server,
    desk: Arc<Desk>,
}

/// What the simulator saw.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Accepted (paid) works by door.
    pub creates: BTreeMap<Door, u64>,
    /// Requests by door, accepted or not.
    pub requests: BTreeMap<Door, u64>,
    /// Credits taken.
    pub credits: u64,
    /// Every accepted work: its request id and its words.
    pub works: Vec<Work>,
    /// Requests that the vendor's OpenAPI does not allow.
    pub violations: Vec<String>,
    /// Most works in hand at the same time.
    pub most_at_once: u64,
}

/// One accepted work.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Work {
    /// The vendor's id.
    pub request_id: String,
    /// Which door it came through.
    pub path: String,
    /// The words, or the name of the recording.
    pub words: String,
    /// The body as it came; a form without its file.
    pub body: serde_json::Value,
    /// `output_format` of the query.
    pub output_format: String,
}

impl Report {
    /// Accepted works of all doors.
    #[must_use]
    pub fn total_creates(&self) -> u64 {
        self.creates.values().sum()
    }
}

impl Simulator {
    /// Starts on a port of this machine; 0 takes a free one.
    ///
    /// # Errors
    /// That the port is taken, or that the contract file is broken.
    pub fn start(port: u16) -> std::io::Result<Self> {
        let contract = Contract::load().map_err(std::io::Error::other)?;
        let desk = Arc::new(Desk::new(contract));
        let serving = Arc::clone(&desk);
        let server = Server::start(port, move |request| serving.answer(&request))?;
        desk.set_base_url(&format!("http://{}", server.address));
        Ok(Self { server, desk })
    }

    /// Where it listens: `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Adds faults, one for each of the next requests at a door.
    pub fn script(&self, door: Door, faults: impl IntoIterator<Item = Fault>) {
        self.desk.script(door, faults);
    }

    /// Sets the vendor's clock ahead of ours, or behind it.
    pub fn set_clock_ahead_secs(&self, secs: i64) {
        self.desk.set_clock_ahead_secs(secs);
    }

    /// What it saw so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.desk.report()
    }
}
