//! Files in and out: the two uploads, and what a prediction made.

use super::{
    Shared,
    http::{Reply, Request},
    routes::{base, envelope, files, page, success},
    store::{Fate, Upload},
};
use serde_json::{Value, json};

pub(super) fn upload(shared: &Shared, request: &Request) -> Reply {
    let Some(part) = file_part(request) else {
        return envelope(200, 400, "the form has no field 'file'", Value::Null);
    };
    let mut store = shared.store();
    store.tally.uploads += 1;
    let key = format!("{}/{}", store.token(), part.filename);
    let size = part.bytes.len();
    let kind = part.media_type.split('/').next().unwrap_or_default().to_owned();
    store.uploads.insert(key.clone(), Upload { bytes: part.bytes, media_type: part.media_type });
    let url = format!("{}/uploads/{key}", files(shared));
    success(json!({"type": kind, "download_url": url, "filename": part.filename, "size": size}))
}

pub(super) fn ticket(shared: &Shared, request: &Request) -> Reply {
    let Ok(asked) = serde_json::from_slice::<Value>(&request.body) else {
        return envelope(400, 400, "the body is no JSON", Value::Null);
    };
    let (Some(filename), Some(_)) = (asked["filename"].as_str(), asked["size"].as_u64()) else {
        return envelope(200, 400, "filename and size are required", Value::Null);
    };
    let media_type = asked["content_type"].as_str().unwrap_or("application/octet-stream").to_owned();
    let mut store = shared.store();
    store.tally.tickets += 1;
    let key = format!("{}/{filename}", store.token());
    store.promised.insert(key.clone(), media_type.clone());
    let (put, url) = (format!("{}/signed/{key}?signature=1", base(shared)), format!("{}/uploads/{key}", files(shared)));
    success(json!({
        "upload": {"method": "PUT", "url": put, "headers": {"Content-Type": media_type, "x-amz-acl": "public-read"}},
        "download_url": url
    }))
}

pub(super) fn put(shared: &Shared, request: &Request) -> Reply {
    let key = request.path.strip_prefix("/signed/").unwrap_or_default().to_owned();
    let mut store = shared.store();
    store.tally.puts += 1;
    let Some(media_type) = store.promised.get(&key).cloned() else {
        return page(403, "<Error><Code>AccessDenied</Code></Error>");
    };
    // A signature covers the headers: another one breaks it.
    if request.header("content-type") != media_type || request.header("x-amz-acl") != "public-read" {
        return page(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>");
    }
    store.uploads.insert(key, Upload { bytes: request.body.clone(), media_type });
    Reply { status: 200, ..Reply::default() }
}

pub(super) fn download(shared: &Shared, request: &Request) -> Reply {
    let mut store = shared.store();
    store.tally.downloads += 1;
    let id = request.path.strip_prefix("/outputs/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let polls = shared.settings.polls;
    let Some(prediction) = store.prediction(id).filter(|one| one.polls >= polls && one.fate == Fate::Done) else {
        return page(404, "<Error><Code>NoSuchKey</Code></Error>");
    };
    let clip = prediction.inputs.get("video").and_then(Value::as_str).and_then(|url| url.split_once("/uploads/"));
    let clip = clip.map(|(_, key)| key.to_owned()).and_then(|key| store.uploads.get(&key).cloned());
    let body = match (&shared.settings.output, clip) {
        (Some(path), _) => match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return page(500, &error.to_string()),
        },
        (None, Some(upload)) => upload.bytes,
        (None, None) => super::CLIP.to_vec(),
    };
    Reply { status: 200, headers: vec![("Content-Type", "video/mp4".into())], body, ..Reply::default() }
}

/// Makes a clip as long as asked: the rest is a box that players pass over.
pub(super) fn pad(reply: &mut Reply, bytes: u64) {
    let rest = bytes.saturating_sub(reply.body.len() as u64);
    if let Ok(size) = u32::try_from(rest)
        && size >= 8
    {
        reply.body.extend(size.to_be_bytes());
        reply.body.extend(b"free");
        reply.padding_bytes = rest - 8;
    }
}

struct Part {
    filename: String,
    media_type: String,
    bytes: Vec<u8>,
}

/// The form's field `file`.
fn file_part(request: &Request) -> Option<Part> {
    let kind = request.header("content-type");
    let boundary = kind.strip_prefix("multipart/form-data")?.split_once("boundary=")?.1.split(';').next()?;
    let mark = format!("--{}", boundary.trim().trim_matches('"')).into_bytes();
    let body = &request.body;
    let start = find(body, &mark)? + mark.len();
    let head_end = start + find(body.get(start..)?, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(body.get(start..head_end)?).into_owned();
    let content = body.get(head_end + 4..)?;
    let closing = [b"\r\n", mark.as_slice()].concat();
    let bytes = content.get(..find(content, &closing)?)?.to_vec();
    if !head.contains("name=\"file\"") {
        return None;
    }
    let filename = head.split_once("filename=\"")?.1.split('"').next()?.to_owned();
    let mut types = head.lines().filter_map(|line| line.split_once(':'));
    let media_type = types.find(|(name, _)| name.trim().eq_ignore_ascii_case("content-type"));
    let media_type = media_type.map_or("application/octet-stream", |(_, value)| value.trim()).to_owned();
    Some(Part { filename, media_type, bytes })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_to_the_byte() {
        let body = b"--xYz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n\r\n--xY\0\r\n--xYz--\r\n";
        let mut request = Request { body: body.to_vec(), ..Request::default() };
        request.headers.insert("content-type".into(), "multipart/form-data; boundary=xYz".into());
        let part = file_part(&request).unwrap();
        assert_eq!((part.filename.as_str(), part.media_type.as_str()), ("a.wav", "audio/wav"));
        assert_eq!(part.bytes, b"\r\n--xY\0");
        request.body.truncate(60);
        assert!(file_part(&request).is_none());
    }

    #[test]
    fn a_padded_clip_is_as_long_as_asked() {
        let mut reply = page(200, "clip");
        pad(&mut reply, 1000);
        assert_eq!(reply.body.len() as u64 + reply.padding_bytes, 1000);
    }
}
