//! A simulator of Replicate: real HTTP on this machine, with scripted faults, counting every create.
//!
//! Used by the tests here, by `examples/replicate_simulator.rs`, and by whoever includes this file. It needs tokio, serde,
//! serde_json and jiff only. `http` speaks HTTP, `script` says what goes wrong, `routes`, `files` and `models`
//! answer, `check` holds inputs against the models' schemas.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    clippy::unwrap_used,
    reason = "test code shared by several programs, each using a part"
)]

mod check;
mod files;
mod http;
mod models;
mod routes;
mod script;

pub use http::pattern;
pub use script::{Act, Fault, On, Plan, Shape};

use http::{Content, Response};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};

/// A running simulator; it ends with the runtime it was started on.
#[derive(Clone)]
pub struct Simulator {
    origin: String,
    state: Arc<Mutex<State>>,
}

/// All it knows.
#[derive(Default)]
pub struct State {
    pub faults: Vec<Fault>,
    pub plan: Plan,
    /// Key that is asked for; any will do when empty.
    pub token: String,
    /// Seconds by which this vendor's clock is ahead.
    pub clock_ahead_secs: i64,
    /// Predictions on a page of the list; 100 for zero.
    pub page_size: usize,
    /// Real files to hand out, by `video`, `image`, `audio`.
    pub media: BTreeMap<String, PathBuf>,
    pub predictions: Vec<Entry>,
    pub files: Vec<Stored>,
    /// Requests by kind, for counting.
    pub counts: BTreeMap<String, usize>,
    /// Each request in a line, with whether it carried a key.
    pub log: Vec<String>,
    /// Whole exchanges, for holding against the vendor's specification; the first thousand.
    pub exchanges: Vec<Exchange>,
    /// Heads of creates: the `Cancel-After` each carried.
    pub cancel_after: Vec<String>,
    made: u64,
}

/// A request and its answer, where they are JSON.
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub sent: Value,
    pub answer: Value,
}

/// A prediction.
pub struct Entry {
    pub id: String,
    pub value: Value,
    pub plan: Plan,
    pub asked: usize,
    pub over: bool,
}

/// An uploaded file.
pub struct Stored {
    pub id: String,
    pub value: Value,
    pub bytes: Vec<u8>,
}

impl Simulator {
    /// Starts on a port of this machine; 0 for any.
    pub async fn start(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let simulator = Self { origin, state: Arc::default() };
        let own = simulator.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { own.serve(stream).await });
            }
        });
        Ok(simulator)
    }

    /// What `REPLICATE_BASE_URL` is set to.
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.origin)
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Lets something go wrong.
    pub fn fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// How predictions made from now on run.
    pub fn plan(&self, plan: Plan) {
        self.state().plan = plan;
    }

    /// Predictions that were really made.
    pub fn creates(&self) -> usize {
        self.state().predictions.len()
    }

    pub fn count(&self, kind: &str) -> usize {
        self.state().counts.get(kind).copied().unwrap_or(0)
    }

    async fn serve(&self, mut stream: TcpStream) {
        while let Ok(Some(request)) = http::read(&mut stream).await {
            let head_only = request.method == "HEAD";
            let (kind, fault) = self.note(&request);
            if let Some(Act::Slow { millis }) = fault {
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
            let answer = match fault {
                Some(Act::DropBefore) => return,
                Some(Act::Answer { status, body, headers }) => {
                    let mut answer = match body {
                        Value::String(text) => Response::bytes(status, "text/html", text.into_bytes()),
                        body => Response::json(status, &body),
                    };
                    answer.headers.extend(headers);
                    answer
                }
                Some(Act::WrongType) => Response::bytes(200, "text/html", b"<html>busy</html>".to_vec()),
                Some(Act::DropAfter) => {
                    self.answer(&request, kind);
                    return;
                }
                Some(Act::Truncate { share }) => {
                    let mut answer = self.answer(&request, kind);
                    let length = match &answer.body {
                        Content::Bytes(bytes) => bytes.len() as u64,
                        Content::Pattern(bytes) => *bytes,
                    };
                    answer.cut_at = Some((length as f64 * share) as u64);
                    answer
                }
                None | Some(Act::Slow { .. }) => self.answer(&request, kind),
            };
            let date = routes::http_date(self.state().clock_ahead_secs);
            if !answer.write(&mut stream, &date, head_only).await.unwrap_or(false) {
                return;
            }
        }
    }

    /// Counts a request and finds the fault that waits for it.
    fn note(&self, request: &http::Request) -> (On, Option<Act>) {
        let kind = routes::kind_of(request);
        let mut state = self.state();
        let name = json!(kind).as_str().unwrap_or_default().to_owned();
        let keyed = if request.header("authorization").is_empty() { "without key" } else { "with key" };
        state.log.push(format!("{} {} {keyed}", request.method, request.path));
        *state.counts.entry(name).or_default() += 1;
        if request.path.starts_with("/_sim/") {
            return (kind, None);
        }
        let waiting =
            state.faults.iter().position(|fault| fault.times > 0 && (fault.on == kind || fault.on == On::Any));
        let act = waiting.map(|index| {
            state.faults[index].times -= 1;
            state.faults[index].act.clone()
        });
        (kind, act)
    }

    fn answer(&self, request: &http::Request, kind: On) -> Response {
        let mut state = self.state();
        let answer = routes::answer(&mut state, &self.origin, request, kind);
        if state.exchanges.len() < 1000 && kind != On::Download {
            let said = match &answer.body {
                Content::Bytes(bytes) => serde_json::from_slice(bytes).unwrap_or(Value::Null),
                Content::Pattern(_) => Value::Null,
            };
            let (method, path) = (request.method.clone(), request.path.clone());
            state.exchanges.push(Exchange { method, path, sent: request.json(), answer: said });
        }
        answer
    }
}
