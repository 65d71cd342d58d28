//! Uploads.

use super::{
    State, Stored,
    http::{Request, Response, find},
    routes::{id, missing, now},
};
use jiff::SignedDuration;
use serde_json::json;

pub fn upload(state: &mut State, origin: &str, request: &Request) -> Response {
    let kind = request.header("content-type");
    let boundary = kind.split("boundary=").nth(1).unwrap_or_default().trim_matches('"').to_owned();
    let Some(part) = part(&request.body, &boundary, "content") else {
        return Response::json(400, &json!({"detail": "Missing content", "status": 400}));
    };
    if part.bytes.len() > 100_000_000 {
        return Response::json(413, &json!({"detail": "Files must be less than 100MB in size"}));
    }
    let id = id(state);
    let created = now(state.clock_ahead_secs);
    let value = json!({
        "id": id, "name": part.file_name, "content_type": part.media_type, "size": part.bytes.len(),
        "etag": format!("{:x}", part.bytes.len()), "checksums": {"sha256": "0".repeat(64), "md5": "0".repeat(32)},
        "metadata": {}, "created_at": created.to_string(),
        "expires_at": (created + SignedDuration::from_hours(24)).to_string(),
        "urls": {"get": format!("{origin}/v1/files/{id}")}
    });
    state.files.push(Stored { id, value: value.clone(), bytes: part.bytes });
    Response::json(201, &value)
}

struct Part {
    file_name: String,
    media_type: String,
    bytes: Vec<u8>,
}

/// A part of a `multipart/form-data` body.
fn part(body: &[u8], boundary: &str, wanted: &str) -> Option<Part> {
    let fence = format!("--{boundary}").into_bytes();
    let mut rest = body;
    while let Some(start) = find(rest, &fence) {
        rest = &rest[start + fence.len()..];
        let end = find(rest, &fence).unwrap_or(rest.len());
        let head_end = find(&rest[..end], b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&rest[..head_end]).into_owned();
        if head.contains(&format!("name=\"{wanted}\"")) {
            let after = |key: &str, end: &[char]| {
                let from = head.split(key).nth(1)?;
                Some(from.split(end).next()?.trim().to_owned())
            };
            return Some(Part {
                file_name: after("filename=\"", &['"']).unwrap_or_default(),
                media_type: after("ontent-Type:", &['\r', '\n'])
                    .or(after("ontent-type:", &['\r', '\n']))
                    .unwrap_or_default(),
                bytes: rest[head_end + 4..end.saturating_sub(2).max(head_end + 4)].to_vec(),
            });
        }
    }
    None
}

pub fn file(state: &mut State, request: &Request, id: &str) -> Response {
    let Some(index) = state.files.iter().position(|file| file.id == id) else { return missing("File not found") };
    match request.method.as_str() {
        "DELETE" => {
            state.files.remove(index);
            Response::bytes(204, "text/plain", Vec::new())
        }
        _ => Response::json(200, &state.files[index].value),
    }
}
