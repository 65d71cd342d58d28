//! The answers, as recorded from the vendor or as its specification has them.

use super::{
    Entry, State, check, files,
    http::{Content, Request, Response},
    models,
    script::{On, Plan, Shape},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub fn http_date(ahead_secs: i64) -> String {
    now(ahead_secs).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

pub fn now(ahead_secs: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(ahead_secs)
}

pub fn kind_of(request: &Request) -> On {
    let path = request.path.strip_prefix("/v1/").unwrap_or(&request.path);
    match (request.method.as_str(), path) {
        ("POST", path) if path.ends_with("/cancel") => On::Cancel,
        ("POST", path) if path.ends_with("predictions") => On::Create,
        ("GET", "predictions") => On::List,
        ("GET", path) if path.starts_with("predictions/") => On::Get,
        ("POST", "files") => On::Upload,
        ("GET" | "HEAD", path) if path.starts_with("/output/") => On::Download,
        ("GET", path) if path.starts_with("models/") => On::Model,
        ("GET", "account") => On::Account,
        _ => On::Any,
    }
}

pub fn answer(state: &mut State, origin: &str, request: &Request, kind: On) -> Response {
    if let Some(path) = request.path.strip_prefix("/_sim/") {
        return control(state, request, path);
    }
    if request.path.starts_with("/output/") {
        return output(state, request);
    }
    let key = request.header("authorization").trim_start_matches("Bearer ").trim_start_matches("Token ");
    if key.is_empty() || (!state.token.is_empty() && key != state.token) {
        let detail = "You did not pass a valid authentication token";
        return Response::json(401, &json!({"title": "Unauthenticated", "detail": detail, "status": 401}));
    }
    let path: Vec<&str> = request.path.trim_start_matches("/v1/").split('/').collect();
    match (kind, path.as_slice()) {
        (On::Create, ["predictions"]) => create(state, origin, request, None),
        (On::Create, ["models", owner, name, "predictions"]) => {
            create(state, origin, request, Some(format!("{owner}/{name}")))
        }
        (On::List, _) => list(state, origin, request),
        (On::Get, ["predictions", id]) => ask(state, id),
        (On::Cancel, ["predictions", id, "cancel"]) => cancel(state, id),
        (On::Upload, _) => files::upload(state, origin, request),
        (On::Model, ["models", owner, name]) => models::model(owner, name),
        (On::Account, _) => Response::json(
            200,
            &json!({"type": "user", "username": "lilian", "name": "Lilian Polidori", "github_url": "https://github.com/lilian"}),
        ),
        (_, ["files"]) => {
            let results: Vec<_> = state.files.iter().map(|file| file.value.clone()).collect();
            Response::json(200, &json!({"previous": null, "next": null, "results": results}))
        }
        (_, ["files", id]) => files::file(state, request, id),
        _ => missing("The requested resource could not be found."),
    }
}

pub fn missing(detail: &str) -> Response {
    Response::json(404, &json!({"detail": detail, "status": 404}))
}

pub fn id(state: &mut State) -> String {
    state.made += 1;
    format!("sim{:023}", state.made)
}

fn create(state: &mut State, origin: &str, request: &Request, official: Option<String>) -> Response {
    let body = request.json();
    let Some(fields) = body.as_object() else {
        return Response::json(
            400,
            &json!({"title": "Bad request", "detail": "The body is no JSON object", "status": 400}),
        );
    };
    let mut allowed = vec!["input", "webhook", "webhook_events_filter", "stream"];
    if official.is_none() {
        allowed.push("version");
    }
    let extra = fields.keys().find(|name| !allowed.contains(&name.as_str()));
    if let Some(name) = extra {
        let description = format!("Additional property {name} is not allowed");
        return invalid(&[json!({"type": "additional_property_not_allowed", "field": "", "description": description})]);
    }
    let Some(input) = fields.get("input").and_then(Value::as_object) else {
        return invalid(&[json!({"type": "required", "field": "", "description": "input is required"})]);
    };
    let (model, version) = match official {
        Some(model) if model.starts_with("community/") || model.starts_with("nobody/") => {
            return missing("The requested resource could not be found.");
        }
        Some(model) => (model, "hidden".to_owned()),
        None => {
            let version = fields.get("version").and_then(Value::as_str).unwrap_or_default();
            let hex = version.rsplit(':').next().unwrap_or_default();
            let is_hex = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
            if (!is_hex && version.matches('/').count() != 1) || version.ends_with(":latest") || hex.starts_with("0000")
            {
                let detail = "The specified version does not exist (or perhaps you don't have permission to use it?)";
                let title = "Invalid version or not permitted";
                return Response::json(422, &json!({"title": title, "detail": detail, "status": 422}));
            }
            let model = version.split(':').next().filter(|name| name.contains('/')).unwrap_or("community/model");
            (model.to_owned(), hex.to_owned())
        }
    };
    let problems = check::problems(&model, input);
    if !problems.is_empty() {
        return invalid(&problems);
    }
    let (id, plan) = (id(state), state.plan.clone());
    let created = now(state.clock_ahead_secs);
    let url = |rest: &str| format!("{origin}/v1/predictions/{id}{rest}");
    let mut value = json!({
        "id": id, "model": model, "version": version, "input": input, "logs": "", "output": null, "data_removed": false,
        "error": null, "status": "starting", "created_at": created.to_string(), "source": "api",
        "urls": {"cancel": url("/cancel"), "get": url(""), "web": format!("https://replicate.com/p/{id}"),
                 "stream": format!("https://stream.replicate.com/v1/files/{id}")}
    });
    let cancel_after = request.header("cancel-after");
    state.cancel_after.push(cancel_after.to_owned());
    if let Some(secs) = lifetime_secs(cancel_after) {
        value["deadline"] = (created + SignedDuration::from_secs(secs)).to_string().into();
    }
    if plan.sparse {
        for name in ["output", "data_removed", "model", "version", "deadline"] {
            value.as_object_mut().unwrap().shift_remove(name);
        }
        value["logs"] = Value::Null;
        value["webhook_completed"] = json!("https://example.com");
    }
    state.predictions.push(Entry { id, value: value.clone(), plan, asked: 0, over: false });
    Response::json(201, &value)
}

fn invalid(problems: &[Value]) -> Response {
    let lines: String = problems
        .iter()
        .map(|problem| {
            let text = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
            format!("- {}: {}\n", text("field"), text("description"))
        })
        .collect();
    let body = json!({"detail": lines, "status": 422, "title": "Input validation failed", "invalid_fields": problems});
    Response::json(422, &body)
}

/// Seconds of `90`, `5m`, `1h30m45s`.
fn lifetime_secs(text: &str) -> Option<i64> {
    let mut total = 0;
    let mut digits = String::new();
    for letter in text.chars() {
        let unit = match letter {
            '0'..='9' => {
                digits.push(letter);
                continue;
            }
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return None,
        };
        total += digits.parse::<i64>().ok()? * unit;
        digits.clear();
    }
    total += digits.parse::<i64>().unwrap_or(0);
    (total >= 5).then_some(total)
}

fn ask(state: &mut State, id: &str) -> Response {
    let moment = now(state.clock_ahead_secs);
    let Some(entry) = state.predictions.iter_mut().find(|entry| entry.id == id) else {
        return missing("Prediction not found");
    };
    advance(entry, moment);
    Response::json(200, &entry.value)
}

/// One question further.
fn advance(entry: &mut Entry, moment: Timestamp) {
    if entry.over {
        if entry.plan.data_removed {
            entry.value["output"] = Value::Null;
            entry.value["data_removed"] = true.into();
        }
        return;
    }
    entry.asked += 1;
    let deadline = entry.value["deadline"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    if let Some(deadline) = deadline.filter(|deadline| *deadline <= moment) {
        let never_started = entry.asked == 1;
        end(entry, if never_started { "aborted" } else { "canceled" }, deadline);
    } else if entry.plan.endless || entry.asked <= entry.plan.steps {
        entry.value["status"] = entry.plan.working.clone().into();
        if entry.value.get("started_at").is_none() {
            entry.value["started_at"] = moment.to_string().into();
        }
        if entry.plan.logs {
            let percent = (100 * entry.asked / (entry.plan.steps + 1)).min(99);
            let bar =
                format!("\n{percent:3}%|████      | {}/{} [00:01<00:02,  1.0it/s]", entry.asked, entry.plan.steps + 1);
            let logs = entry.value["logs"].as_str().unwrap_or("Using seed: 7\n").to_owned() + &bar;
            entry.value["logs"] = logs.into();
        }
    } else {
        let last = entry.plan.end.clone();
        end(entry, &last, moment);
    }
}

fn end(entry: &mut Entry, status: &str, moment: Timestamp) {
    entry.over = true;
    entry.value["status"] = status.into();
    entry.value["completed_at"] = moment.to_string().into();
    match status {
        "failed" => {
            entry.value["error"] = entry.plan.error.clone().unwrap_or_else(|| "CUDA out of memory".into()).into();
        }
        "succeeded" => {
            entry.value["metrics"] = json!({"predict_time": 12.5, "total_time": 13.75});
            entry.value["output"] = match entry.plan.data_removed {
                true => Value::Null,
                false => entry.value["urls"]["get"].as_str().map_or(Value::Null, |get| outputs(entry, get)),
            };
            entry.value["data_removed"] = entry.plan.data_removed.into();
        }
        _ => {}
    }
}

fn outputs(entry: &Entry, get: &str) -> Value {
    let origin = get.split("/v1/").next().unwrap_or_default();
    let model = entry.value["model"].as_str().unwrap_or_default();
    let is_image = ["banana", "flux", "seedream", "gpt-image", "image-model"].iter().any(|word| model.contains(word));
    let ending = match (is_image, entry.value["input"]["output_format"].as_str()) {
        (false, _) => "mp4",
        (true, Some("png") | None) => "png",
        (true, Some(other)) => other,
    };
    let address = |number: usize| format!("{origin}/output/{}/{number}.{ending}", entry.id);
    match entry.plan.shape {
        Shape::Text => address(0).into(),
        Shape::List => json!([address(0), address(1)]),
        Shape::Object => json!({"note": "done", "media": {"url": address(0)}, "frames": 96}),
        Shape::Inline => json!("data:image/png;base64,iVBORw0KGgo="),
    }
}

fn output(state: &State, request: &Request) -> Response {
    let mut parts = request.path.trim_start_matches("/output/").split('/');
    let (id, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Some(entry) = state.predictions.iter().find(|entry| entry.id == id) else {
        return Response::bytes(404, "text/plain", b"gone".to_vec());
    };
    if let Some(place) = &entry.plan.redirect_to {
        return Response::bytes(302, "text/plain", Vec::new()).with("Location", &format!("{place}/output/{id}/{name}"));
    }
    let (kind, media_type) = match name.rsplit('.').next() {
        Some("mp4") => ("video", "video/mp4"),
        Some("jpg") => ("image", "image/jpeg"),
        Some("webp") => ("image", "image/webp"),
        Some("png") => ("image", "image/png"),
        _ => ("audio", "audio/wav"),
    };
    let mut answer = Response::bytes(200, media_type, Vec::new());
    answer.body = match state.media.get(kind).and_then(|path| std::fs::read(path).ok()) {
        Some(bytes) => Content::Bytes(bytes),
        None => Content::Pattern(entry.plan.output_bytes),
    };
    answer
}

fn cancel(state: &mut State, id: &str) -> Response {
    let moment = now(state.clock_ahead_secs);
    let Some(entry) = state.predictions.iter_mut().find(|entry| entry.id == id) else {
        return missing("Prediction not found");
    };
    if !entry.over {
        end(entry, "canceled", moment); // as recorded, also before it started
    }
    Response::json(200, &entry.value)
}

fn list(state: &State, origin: &str, request: &Request) -> Response {
    let size = if state.page_size == 0 { 100 } else { state.page_size };
    let start: usize = request.query_value("cursor").and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let newest_first = state.predictions.iter().rev();
    let results: Vec<_> = newest_first.skip(start).take(size).map(|entry| entry.value.clone()).collect();
    let page = |at: usize| json!(format!("{origin}/v1/predictions?cursor={at}"));
    let next = if start + size < state.predictions.len() { page(start + size) } else { Value::Null };
    let previous = if start > 0 { page(start.saturating_sub(size)) } else { Value::Null };
    Response::json(200, &json!({"next": next, "previous": previous, "results": results}))
}

/// `/_sim/faults`, `/_sim/plan`, `/_sim/stats`, `/_sim/reset`, `/_sim/config`: for scripts.
fn control(state: &mut State, request: &Request, path: &str) -> Response {
    let body = request.json();
    let done = |result: Result<(), serde_json::Error>| match result {
        Ok(()) => Response::json(200, &json!({"ok": true})),
        Err(error) => Response::json(400, &json!({"error": error.to_string()})),
    };
    match path {
        "faults" => done(serde_json::from_value(body).map(|fault| state.faults.push(fault))),
        "plan" => done(serde_json::from_value::<Plan>(body).map(|plan| state.plan = plan)),
        "config" => {
            if let Some(token) = body["token"].as_str() {
                state.token = token.into();
            }
            if let Some(ahead) = body["clock_ahead_secs"].as_i64() {
                state.clock_ahead_secs = ahead;
            }
            if let Some(size) = body["page_size"].as_u64() {
                state.page_size = size as usize;
            }
            done(Ok(()))
        }
        "forget" => {
            // Ids that vanish.
            state.predictions.retain(|entry| Some(entry.id.as_str()) != body["id"].as_str());
            done(Ok(()))
        }
        "reset" => {
            let (token, media) = (state.token.clone(), std::mem::take(&mut state.media));
            *state = State { token, media, ..State::default() };
            done(Ok(()))
        }
        "stats" => Response::json(
            200,
            &json!({"creates": state.predictions.len(), "counts": state.counts, "log": state.log,
                    "inputs": state.predictions.iter().map(|entry| entry.value["input"].clone()).collect::<Vec<_>>()}),
        ),
        _ => missing("no such control"),
    }
}
