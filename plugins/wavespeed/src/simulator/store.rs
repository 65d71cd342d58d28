//! What the simulator remembers: predictions, files, the script, and a count of everything asked.

use super::{
    fault::{Fault, Point, Script},
    schema,
};
use crate::note::now_ms;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

/// How often each thing was asked, and what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Requests for a new prediction that carried the right key.
    pub create_requests: u64,
    /// Predictions made, each of which would be paid for.
    pub creates: u64,
    /// Most predictions made of one and the same voice: more than one is money lost.
    pub most_creates_of_one_voice: u64,
    /// Questions for a result.
    pub results: u64,
    /// Files handed in by the documented upload.
    pub uploads: u64,
    /// Signed uploads asked for.
    pub tickets: u64,
    /// Files handed in by a signed upload.
    pub puts: u64,
    /// Finished files asked for.
    pub downloads: u64,
    /// Questions for the list of predictions.
    pub histories: u64,
    /// Questions for the balance.
    pub balances: u64,
    /// Questions for the catalogue.
    pub catalogues: u64,
    /// Requests with a wrong key or none.
    pub bad_keys: u64,
    /// Times the key was sent where it has no business: with a finished file or a signed upload.
    pub leaked_keys: u64,
}

/// What becomes of a prediction.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fate {
    Done,
    Empty,
    Endless,
    Ends(String),
    Fails(String),
}

#[derive(Debug, Clone)]
pub(super) struct Prediction {
    pub(super) id: String,
    pub(super) model: String,
    pub(super) inputs: Map<String, Value>,
    pub(super) created_ms: i64,
    pub(super) polls: u32,
    pub(super) fate: Fate,
    pub(super) is_vanished: bool,
    pub(super) is_nsfw: bool,
    pub(super) has_objects: bool,
    pub(super) times_out: bool,
}

/// A file handed in.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: String,
}

pub(super) struct Store {
    pub(super) scripts: Vec<Script>,
    pub(super) predictions: Vec<Prediction>,
    /// By path under `/uploads/`.
    pub(super) uploads: HashMap<String, Upload>,
    /// Signed uploads that were promised, by path, with the media type that must come.
    pub(super) promised: HashMap<String, String>,
    pub(super) catalogue: Value,
    pub(super) balance_usd: f64,
    pub(super) skew_secs: i64,
    pub(super) tally: Counts,
    voices: HashMap<u64, u64>,
    next: u64,
}

impl Store {
    pub(super) fn new(balance_usd: f64) -> Self {
        Self {
            scripts: Vec::new(),
            predictions: Vec::new(),
            uploads: HashMap::new(),
            promised: HashMap::new(),
            catalogue: schema::catalogue(),
            balance_usd,
            skew_secs: 0,
            tally: Counts::default(),
            voices: HashMap::new(),
            next: 0,
        }
    }

    /// What goes wrong this time: the first fault left for the point, and every delay beside it.
    pub(super) fn faults(&mut self, point: Point) -> Vec<Fault> {
        let mut taken = Vec::new();
        let mut has_main = false;
        for script in self.scripts.iter_mut().filter(|script| script.point == point && script.times != Some(0)) {
            let is_beside = matches!(script.fault, Fault::Slow(_) | Fault::Skew(_));
            if !is_beside && has_main {
                continue;
            }
            has_main |= !is_beside;
            script.times = script.times.map(|times| times - 1);
            taken.push(script.fault.clone());
        }
        taken
    }

    /// A name nobody has.
    pub(super) fn token(&mut self) -> String {
        self.next += 1;
        let mut hasher = DefaultHasher::new();
        (self.next, "wavespeed").hash(&mut hasher);
        format!("{:016x}{:016x}", hasher.finish(), self.next)
    }

    /// The vendor's time, in milliseconds since 1970.
    pub(super) fn now_ms(&self) -> i64 {
        now_ms() + self.skew_secs * 1000
    }

    pub(super) fn counts(&self) -> Counts {
        Counts { most_creates_of_one_voice: self.voices.values().copied().max().unwrap_or_default(), ..self.tally }
    }

    /// Makes a prediction and gives its id.
    pub(super) fn create(&mut self, model: &str, inputs: Map<String, Value>, faults: &[Fault]) -> String {
        let id = self.token();
        self.tally.creates += 1;
        if let Some(voice) = inputs.get("audio").and_then(Value::as_str) {
            let mut hasher = DefaultHasher::new();
            match voice.split_once("/uploads/").and_then(|(_, key)| self.uploads.get(key)) {
                Some(upload) => upload.bytes.hash(&mut hasher),
                None => voice.hash(&mut hasher),
            }
            *self.voices.entry(hasher.finish()).or_default() += 1;
        }
        let fate = faults.iter().find_map(|fault| match fault {
            Fault::Empty => Some(Fate::Empty),
            Fault::Endless => Some(Fate::Endless),
            Fault::Ends(status) => Some(Fate::Ends(status.clone())),
            Fault::Fails(words) => Some(Fate::Fails(words.clone())),
            _ => None,
        });
        self.predictions.push(Prediction {
            id: id.clone(),
            model: model.into(),
            inputs,
            created_ms: self.now_ms(),
            polls: 0,
            fate: fate.unwrap_or(Fate::Done),
            is_vanished: faults.contains(&Fault::Vanish),
            is_nsfw: faults.contains(&Fault::Nsfw),
            has_objects: faults.contains(&Fault::Objects),
            times_out: faults.contains(&Fault::SyncTimeout),
        });
        id
    }

    /// A prediction that is not forgotten.
    pub(super) fn prediction(&mut self, id: &str) -> Option<&mut Prediction> {
        self.predictions.iter_mut().find(|prediction| prediction.id == id && !prediction.is_vanished)
    }
}

impl Prediction {
    /// What the vendor tells of it after so many polls. `base` is for the API, `files` for finished files.
    pub(super) fn tell(&self, polls: u32, base: &str, files: &str) -> Value {
        let is_over = self.polls >= polls && self.fate != Fate::Endless;
        let (status, error) = match (&self.fate, is_over) {
            (_, false) if self.polls == 0 => ("created", ""),
            (_, false) => ("processing", ""),
            (Fate::Ends(status), true) => (status.as_str(), ""),
            (Fate::Fails(words), true) => ("failed", words.as_str()),
            (Fate::Done | Fate::Empty | Fate::Endless, true) => ("completed", ""),
        };
        let has_files = is_over && self.fate == Fate::Done;
        let url = format!("{files}/outputs/{}/0.mp4", self.id);
        let outputs = match (has_files, self.has_objects) {
            (false, _) => json!([]),
            (true, false) => json!([url]),
            (true, true) => json!([{"video": {"url": url}}]),
        };
        let created_at = jiff::Timestamp::from_millisecond(self.created_ms).unwrap_or_default().to_string();
        let mut told = json!({
            "id": self.id, "model": self.model, "status": status, "outputs": outputs,
            "urls": {"get": format!("{base}/api/v3/predictions/{}/result", self.id)},
            "has_nsfw_contents": if is_over { json!([self.is_nsfw]) } else { json!([]) },
            "created_at": created_at, "error": error,
            "executionTime": if is_over { 9000 } else { 0 },
            "timings": {"inference": if is_over { 9000 } else { 0 }}
        });
        if self.times_out && !is_over {
            told["code"] = json!(5004);
            told["error"] = json!("Sync mode timed out after 60 seconds");
        }
        told
    }
}
