//! Where requests come in: the paths, the questions, and the faults whose turn it is.

use super::{
    Report,
    contract::{Contract, Violation},
    http::{Answer, Reply, Request},
    lists,
    refusals::{coded, refusal, wrong_key},
    script::{Door, Fault},
    sound::Sounds,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

pub(super) struct Desk {
    pub(super) contract: Contract,
    pub(super) sounds: Sounds,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    base_url: String,
    faults: BTreeMap<Door, VecDeque<Fault>>,
    pub(super) report: Report,
    pub(super) history: Vec<Value>,
    /// Works accepted and not yet delivered.
    pub(super) in_hand: u64,
    clock_ahead_secs: i64,
}

impl Desk {
    pub(super) fn new(contract: Contract) -> Self {
        Self { contract, sounds: Sounds::default(), state: Mutex::default() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_base_url(&self, base_url: &str) {
        self.state().base_url = base_url.to_owned();
    }

    pub(super) fn set_clock_ahead_secs(&self, secs: i64) {
        self.state().clock_ahead_secs = secs;
    }

    /// The time by the vendor's clock.
    fn now(&self) -> SystemTime {
        let ahead_secs = self.state().clock_ahead_secs;
        let distance = Duration::from_secs(ahead_secs.unsigned_abs());
        if ahead_secs < 0 { SystemTime::now() - distance } else { SystemTime::now() + distance }
    }

    pub(super) fn now_unix(&self) -> u64 {
        self.now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    pub(super) fn script(&self, door: Door, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults.entry(door).or_default().extend(faults);
    }

    pub(super) fn report(&self) -> Report {
        self.state().report.clone()
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        let answer = self.undated(request);
        let dated = |reply: Reply| reply.with("date", httpdate::fmt_http_date(self.now()));
        match answer {
            Answer::Whole(reply) => Answer::Whole(dated(reply)),
            Answer::Half(reply) => Answer::Half(dated(reply)),
            Answer::Nothing => Answer::Nothing,
        }
    }

    fn undated(&self, request: &Request) -> Answer {
        let parts: Vec<_> = request.path.trim_matches('/').split('/').collect();
        let post = request.method == "POST";
        match parts.as_slice() {
            ["_simulator", "report"] => Answer::Whole(Reply::json(200, &json!(self.report()))),
            ["_simulator", "script"] if post => self.scripted(request),
            ["preview", _] => self.sound("mp3_44100_128", 1.0),
            ["v1", "text-to-speech", voice_id] if post => self.speech(request, voice_id, false),
            ["v1", "text-to-speech", voice_id, "with-timestamps"] if post => self.speech(request, voice_id, true),
            ["v1", "speech-to-speech", voice_id] if post => self.conversion(request, Door::SpeechToSpeech, voice_id),
            ["v1", "voice-changer", voice_id] if post => self.conversion(request, Door::VoiceChanger, voice_id),
            ["v1", "sound-generation"] if post => self.effect(request),
            ["v1", "music"] if post => self.music(request),
            ["v2", "voices"] => self.read(request, Door::Voices, "/v2/voices", |_| self.voices(request)),
            ["v1", "models"] => self.read(request, Door::Models, "/v1/models", |_| lists::models()),
            ["v1", "user", "subscription"] => {
                self.read(request, Door::Subscription, "/v1/user/subscription", lists::subscription)
            }
            ["v1", "history"] => self.read(request, Door::History, "", |_| self.history(request)),
            ["v1", "history", item_id, "audio"] => self.history_sound(request, item_id),
            _ => Answer::Whole(Reply::json(404, &json!({"detail": "Not Found"}))),
        }
    }

    /// `POST /_simulator/script`: `{"door": "text-to-speech", "faults": ["drop_after", {"slow_ms": 500}]}`.
    fn scripted(&self, request: &Request) -> Answer {
        let value: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let door = serde_json::from_value::<Door>(value["door"].clone());
        let faults = serde_json::from_value::<Vec<Fault>>(value["faults"].clone());
        match (door, faults) {
            (Ok(door), Ok(faults)) => {
                self.script(door, faults);
                Answer::Whole(Reply::json(200, &json!({})))
            }
            (door, faults) => {
                let reason = door.err().or(faults.err()).map(|error| error.to_string());
                Answer::Whole(Reply::json(400, &json!({"detail": reason})))
            }
        }
    }

    /// Notes a request and takes the next fault of its door.
    pub(super) fn next_fault(&self, door: Door) -> Fault {
        let mut state = self.state();
        *state.report.requests.entry(door).or_default() += 1;
        state.faults.get_mut(&door).and_then(VecDeque::pop_front).unwrap_or(Fault::None)
    }

    /// A question: a fault, a bad key, or the answer.
    fn read(&self, request: &Request, door: Door, spec_path: &str, make: impl Fn(u64) -> Value) -> Answer {
        let fault = self.next_fault(door);
        if let Some(answer) = refusal(fault) {
            return answer;
        }
        if !spec_path.is_empty()
            && let Err(violations) = self.contract.query(spec_path, "get", &request.query)
        {
            return self.unprocessable(spec_path, "query", &violations);
        }
        if let Some(answer) = wrong_key(request) {
            return answer;
        }
        wait(fault);
        let credits = self.state().report.credits;
        let reply = Reply::json(200, &make(credits));
        if fault == Fault::Truncated { Answer::Half(reply) } else { Answer::Whole(reply) }
    }

    fn voices(&self, request: &Request) -> Value {
        let page_size = request.query("page_size").and_then(|size| size.parse().ok()).unwrap_or(10).clamp(1, 100);
        let start: usize = request.query("next_page_token").and_then(|token| token.parse().ok()).unwrap_or(0);
        let end = (start + page_size).min(lists::VOICE_COUNT);
        let base_url = self.state().base_url.clone();
        let voices: Vec<_> = (start.min(end)..end).map(|index| lists::voice(index, &base_url)).collect();
        let has_more = end < lists::VOICE_COUNT;
        json!({
            "voices": voices, "has_more": has_more, "total_count": lists::VOICE_COUNT,
            "next_page_token": has_more.then(|| end.to_string())
        })
    }

    fn history(&self, request: &Request) -> Value {
        let state = self.state();
        let fits = |entry: &&Value| {
            let number = |name: &str| request.query(name).and_then(|text| text.parse::<i64>().ok());
            let date = entry["date_unix"].as_i64().unwrap_or_default();
            number("date_after_unix").is_none_or(|after| date >= after)
                && ["voice_id", "model_id", "source"]
                    .into_iter()
                    .all(|name| request.query(name).is_none_or(|wanted| entry[name] == wanted))
        };
        let page_size = request.query("page_size").and_then(|size| size.parse().ok()).unwrap_or(100);
        let start_after = request.query("start_after_history_item_id");
        let newest_first = state.history.iter().rev().filter(fits);
        let mut rest: Vec<_> = newest_first
            .skip_while(|entry| start_after.is_some_and(|item_id| entry["history_item_id"] != item_id))
            .skip(usize::from(start_after.is_some()))
            .cloned()
            .collect();
        let has_more = rest.len() > page_size;
        rest.truncate(page_size);
        let last = rest.last().map(|entry| entry["history_item_id"].clone());
        json!({ "history": rest, "has_more": has_more, "last_history_item_id": last })
    }

    fn history_sound(&self, request: &Request, item_id: &str) -> Answer {
        let fault = self.next_fault(Door::History);
        if let Some(answer) = refusal(fault).or_else(|| wrong_key(request)) {
            return answer;
        }
        let entry = self.state().history.iter().find(|entry| entry["history_item_id"] == item_id).cloned();
        let Some(entry) = entry else {
            return coded(404, "history_item_not_found", "there is no such item");
        };
        let format = entry["output_format"].as_str().unwrap_or("mp3_44100_128").replace("pcm_", "wav_");
        match self.sound(&format, entry["settings"]["simulated_secs"].as_f64().unwrap_or(1.0)) {
            Answer::Whole(reply) if fault == Fault::Truncated => Answer::Half(reply),
            answer => answer,
        }
    }

    fn sound(&self, format: &str, secs: f64) -> Answer {
        Answer::Whole(match self.sounds.tone(format, secs) {
            Ok(sound) => Reply::new(200, "audio/mpeg", sound),
            Err(reason) => Reply::json(500, &json!({ "detail": reason })),
        })
    }

    pub(super) fn unprocessable(&self, spec_path: &str, part: &str, violations: &[Violation]) -> Answer {
        let detail: Vec<_> = violations
            .iter()
            .map(|violation| {
                let place: Vec<_> = std::iter::once(part.to_owned()).chain(violation.place.clone()).collect();
                json!({"type": "value_error", "loc": place, "msg": violation.reason})
            })
            .collect();
        self.state().report.violations.push(format!("{spec_path}: {violations:?}"));
        Answer::Whole(Reply::json(422, &json!({ "detail": detail })))
    }
}

pub(super) fn wait(fault: Fault) {
    if let Fault::SlowMs(millis) = fault {
        thread::sleep(Duration::from_millis(millis));
    }
}
