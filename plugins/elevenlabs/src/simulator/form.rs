//! A form with files (`multipart/form-data`), read.

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// The parts of a form; `None` when it is none.
pub(super) fn parts(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = content_type.strip_prefix("multipart/form-data")?.split("boundary=").nth(1)?;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut at = find(body, delimiter.as_bytes())? + delimiter.len();
    while !body[at..].starts_with(b"--") {
        at += 2; // the line's end
        let head_end = at + find(&body[at..], b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&body[at..head_end]).into_owned();
        let start = head_end + 4;
        let end = start + find(&body[start..], format!("\r\n{delimiter}").as_bytes())?;
        parts.push(Part {
            name: attribute(&head, "name").unwrap_or_default(),
            file_name: attribute(&head, "filename"),
            bytes: body[start..end].to_vec(),
        });
        at = end + 2 + delimiter.len();
        if at > body.len() {
            return None;
        }
    }
    Some(parts)
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let marker = format!("{name}=\"");
    // `name=` is also the end of `filename=`.
    let at = head.match_indices(&marker).find(|(at, _)| !head[..*at].ends_with("file"))?.0 + marker.len();
    Some(head[at..].split('"').next()?.to_owned())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_files_are_told_apart() {
        let body = b"--xx\r\nContent-Disposition: form-data; name=\"model_id\"\r\n\r\nsts\r\n--xx\r\n\
            Content-Disposition: form-data; filename=\"a.wav\"; name=\"audio\"\r\nContent-Type: audio/wav\r\n\r\n\
            RIFF\r\n\x00\r\n--xx--\r\n";
        let found = parts("multipart/form-data; boundary=xx", body).unwrap();
        assert_eq!((found[0].name.as_str(), found[0].bytes.as_slice()), ("model_id", b"sts".as_slice()));
        assert_eq!((found[1].name.as_str(), found[1].file_name.as_deref()), ("audio", Some("a.wav")));
        assert_eq!(found[1].bytes, b"RIFF\r\n\x00");
        assert_eq!(parts("application/json", b"{}"), None);
        assert_eq!(parts("multipart/form-data; boundary=xx", b"--xx\r\nbroken"), None);
    }
}
