//! Every address the simulator answers.

use super::{
    Shared,
    fault::{Fault, Point, Script},
    files::{download, pad, put, ticket, upload},
    http::{Reply, Request},
    schema,
    store::Fate,
};
use serde_json::{Value, json};
use std::{thread, time::Duration};

const MAX_PAGE_SIZE: u64 = 100;

/// Answers one request.
pub(super) fn answer(shared: &Shared, request: &Request) -> Reply {
    let reply = match point_of(request) {
        Some(point) => with_faults(shared, request, point),
        None => rest(shared, request),
    };
    dated(shared, reply)
}

/// Where in the script a request belongs.
fn point_of(request: &Request) -> Option<Point> {
    let path = request.path.as_str();
    let api = path.strip_prefix("/api/v3/");
    match (request.method.as_str(), api) {
        ("GET", Some("balance")) => Some(Point::Balance),
        ("GET", Some("models")) => Some(Point::Models),
        ("POST", Some("predictions")) => Some(Point::History),
        ("POST", Some("media/upload/binary")) => Some(Point::Upload),
        ("POST", Some("media/uploads")) => Some(Point::Ticket),
        ("POST", Some("predictions/delete" | "model/price" | "model/pricing")) => None,
        ("GET", Some(rest)) if rest.starts_with("predictions/") => Some(Point::Result),
        ("POST", Some(_)) => Some(Point::Create),
        ("PUT", None) if path.starts_with("/signed/") => Some(Point::Put),
        ("GET", None) if path.starts_with("/outputs/") => Some(Point::Download),
        _ => None,
    }
}

fn with_faults(shared: &Shared, request: &Request, point: Point) -> Reply {
    if let Some(refused) = guard(shared, request, point) {
        return refused;
    }
    let faults = shared.store().faults(point);
    for fault in &faults {
        match fault {
            Fault::Slow(ms) => thread::sleep(Duration::from_millis(*ms)),
            Fault::Skew(secs) => shared.store().skew_secs = *secs,
            Fault::DropBefore => return Reply::hang_up(),
            Fault::Garbage => return page(200, "<html><title>Just a moment…</title></html>"),
            Fault::Status(status) => return envelope(*status, i64::from(*status), "scripted fault", Value::Null),
            Fault::Code(code) => return envelope(200, *code, "scripted fault", Value::Null),
            Fault::RetryAfter(secs) => {
                let mut reply = envelope(429, 429, "Too Many Requests", Value::Null);
                reply.headers.push(("Retry-After", secs.to_string()));
                return reply;
            }
            _ => {}
        }
    }
    let mut reply = match point {
        Point::Create => create(shared, request, &faults),
        Point::Result => result(shared, request, &faults),
        Point::Upload => upload(shared, request),
        Point::Ticket => ticket(shared, request),
        Point::Put => put(shared, request),
        Point::Download => download(shared, request),
        Point::Balance => {
            shared.store().tally.balances += 1;
            success(json!({"balance": shared.store().balance_usd}))
        }
        Point::Models => {
            shared.store().tally.catalogues += 1;
            success(shared.store().catalogue.clone())
        }
        Point::History => history(shared, request, faults.contains(&Fault::Silent)),
    };
    for fault in &faults {
        match fault {
            Fault::DropAfter => return Reply::hang_up(),
            Fault::Truncated => reply.cut_after_bytes = Some((reply.body.len() as u64 + reply.padding_bytes) / 2),
            Fault::WrongType => reply = page(200, "<html><title>Sign in</title></html>"),
            Fault::Expired => reply = page(404, "<Error><Code>NoSuchKey</Code></Error>"),
            Fault::Huge(bytes) => pad(&mut reply, *bytes),
            _ => {}
        }
    }
    reply
}

/// Checks the key, and counts it where it has no business.
fn guard(shared: &Shared, request: &Request, point: Point) -> Option<Reply> {
    let given = request.header("authorization");
    if matches!(point, Point::Put | Point::Download) {
        shared.store().tally.leaked_keys += u64::from(!given.is_empty());
        return None;
    }
    if given == format!("Bearer {}", shared.settings.key) {
        return None;
    }
    shared.store().tally.bad_keys += 1;
    Some(envelope(401, 401, "Invalid authentication: check your API key", Value::Null))
}

fn create(shared: &Shared, request: &Request, faults: &[Fault]) -> Reply {
    let model = request.path.strip_prefix("/api/v3/").unwrap_or_default();
    let mut store = shared.store();
    store.tally.create_requests += 1;
    let Ok(Value::Object(inputs)) = serde_json::from_slice::<Value>(&request.body) else {
        return envelope(400, 400, "the body is no JSON object", Value::Null);
    };
    let Some(expected) = schema::of_model(&store.catalogue, model) else {
        return envelope(404, 404, "model not found", Value::Null);
    };
    // As the vendor does it: the refusal of a value comes inside HTTP 200.
    if let Some(why) = schema::refusal(&expected, &inputs) {
        return envelope(200, 400, &why, Value::Null);
    }
    let is_ours = |url: &str| url.split_once("/uploads/").map(|(_, key)| key.to_owned());
    for url in inputs.values().filter_map(Value::as_str).filter(|text| text.starts_with("http")) {
        if is_ours(url).is_some_and(|key| !store.uploads.contains_key(&key)) {
            return envelope(200, 400, &format!("could not fetch {url}"), Value::Null);
        }
    }
    let prices = store.catalogue.as_array().into_iter().flatten();
    let price = prices.filter(|entry| entry["model_id"] == model).find_map(|entry| entry["base_price"].as_f64());
    if store.balance_usd < price.unwrap_or_default() {
        return envelope(402, 402, "Insufficient credits. Please top up.", Value::Null);
    }
    store.balance_usd -= price.unwrap_or_default();
    let waits = inputs.get("enable_sync_mode") == Some(&Value::Bool(true));
    let id = store.create(model, inputs, faults);
    let (polls, base, files) = (shared.settings.polls, base(shared), files(shared));
    let Some(prediction) = store.predictions.last_mut() else {
        return envelope(500, 500, "lost", Value::Null);
    };
    if waits && !prediction.times_out {
        prediction.polls = polls;
    } else if waits {
        prediction.polls = 1;
    }
    debug_assert_eq!(prediction.id, id);
    success(prediction.tell(polls, &base, &files))
}

fn result(shared: &Shared, request: &Request, faults: &[Fault]) -> Reply {
    let mut store = shared.store();
    store.tally.results += 1;
    let rest = request.path.strip_prefix("/api/v3/predictions/").unwrap_or_default();
    let id = rest.strip_suffix("/result").unwrap_or(rest);
    let Some(prediction) = store.prediction(id) else {
        return envelope(404, 404, "prediction not found", Value::Null);
    };
    if faults.contains(&Fault::Vanish) {
        prediction.is_vanished = true;
        return envelope(404, 404, "prediction not found", Value::Null);
    }
    prediction.polls = prediction.polls.saturating_add(1);
    success(prediction.tell(shared.settings.polls, &base(shared), &files(shared)))
}

fn history(shared: &Shared, request: &Request, is_silent: bool) -> Reply {
    let mut store = shared.store();
    store.tally.histories += 1;
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let (Some(page), Some(size)) = (asked["page"].as_u64(), asked["page_size"].as_u64()) else {
        return envelope(200, 400, "page and page_size are required", Value::Null);
    };
    if page == 0 || size == 0 || size > MAX_PAGE_SIZE {
        return envelope(200, 400, "page_size must be 1 to 100", Value::Null);
    }
    let with_inputs = asked["include_inputs"] == true && !is_silent;
    let (polls, base, files) = (shared.settings.polls, base(shared), files(shared));
    let told = store.predictions.iter().rev().filter(|one| !one.is_vanished).map(|one| {
        let mut item = one.tell(polls, &base, &files);
        if with_inputs {
            item["inputs"] = Value::Object(one.inputs.clone());
        }
        item
    });
    let wanted =
        told.filter(|item| ["model", "status"].iter().all(|name| asked[name].is_null() || asked[name] == item[name]));
    let skipped = usize::try_from((page - 1) * size).unwrap_or(usize::MAX);
    let items: Vec<Value> = wanted.skip(skipped).take(size as usize).collect();
    success(json!({"page": page, "items": items}))
}

/// What no fault is scripted for.
fn rest(shared: &Shared, request: &Request) -> Reply {
    let body = || serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/simulator/counts") => json_reply(200, &json!(shared.store().counts())),
        ("POST", "/simulator/script") => match Script::read_all(&String::from_utf8_lossy(&request.body)) {
            Ok(scripts) => {
                shared.store().scripts.extend(scripts);
                json_reply(200, &json!({}))
            }
            Err(error) => json_reply(400, &json!({"error": error.to_string()})),
        },
        ("GET", path) if path.starts_with("/uploads/") => {
            match shared.store().uploads.get(&path["/uploads/".len()..]) {
                Some(upload) => Reply {
                    status: 200,
                    headers: vec![("Content-Type", upload.media_type.clone())],
                    body: upload.bytes.clone(),
                    ..Reply::default()
                },
                None => page(404, "<Error><Code>NoSuchKey</Code></Error>"),
            }
        }
        ("POST", path) if path.starts_with("/api/v3/") => match guard(shared, request, Point::History) {
            Some(refused) => refused,
            None if path.ends_with("/delete") => {
                let asked = body();
                let ids: Vec<&str> = asked["ids"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let mut store = shared.store();
                for one in store.predictions.iter_mut().filter(|one| ids.contains(&one.id.as_str())) {
                    one.fate = Fate::Ends("deleted".into());
                }
                success(json!({}))
            }
            None => price(shared, &body()),
        },
        _ => envelope(404, 404, "no such address", Value::Null),
    }
}

fn price(shared: &Shared, asked: &Value) -> Reply {
    let store = shared.store();
    let mut entries = store.catalogue.as_array().into_iter().flatten();
    match entries.find(|entry| entry["model_id"] == asked["model_id"]) {
        Some(entry) => success(json!({
            "model_id": entry["model_id"], "price": entry["base_price"], "discounted_price": entry["base_price"],
            "unit_price": entry["base_price"], "currency": "USD"
        })),
        None => envelope(404, 404, "model not found", Value::Null),
    }
}

/// The API's own address.
pub(super) fn base(shared: &Shared) -> String {
    format!("http://{}", shared.address)
}

/// Where files lie: another name of the same machine, as the vendor's files lie with another host than its API.
pub(super) fn files(shared: &Shared) -> String {
    format!("http://localhost:{}", shared.address.port())
}

pub(super) fn success(data: Value) -> Reply {
    envelope(200, 200, "success", data)
}

/// An answer as the vendor wraps it. A refusal carries no data at all: the vendor's own client trips over a null.
pub(super) fn envelope(status: u16, code: i64, message: &str, data: Value) -> Reply {
    let mut whole = json!({"code": code, "message": message});
    if !data.is_null() {
        whole["data"] = data;
    }
    json_reply(status, &whole)
}

fn json_reply(status: u16, value: &Value) -> Reply {
    let headers = vec![("Content-Type", "application/json".into())];
    Reply { status, headers, body: value.to_string().into_bytes(), ..Reply::default() }
}

pub(super) fn page(status: u16, text: &str) -> Reply {
    let headers = vec![("Content-Type", "text/html".into())];
    Reply { status, headers, body: text.as_bytes().to_vec(), ..Reply::default() }
}

fn dated(shared: &Shared, mut reply: Reply) -> Reply {
    let now = jiff::Timestamp::from_millisecond(shared.store().now_ms()).unwrap_or_default();
    reply.headers.push(("Date", now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    reply
}
