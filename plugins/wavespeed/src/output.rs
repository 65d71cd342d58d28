//! The files of a finished prediction: addresses, or objects that hold addresses.

use kinora_provider::{OutputFile, OutputKind, OutputSource};
use serde_json::Value;

/// Most files believed of one prediction.
const MAX_FILES: usize = 64;
/// Longest address believed, in bytes.
const MAX_URL_BYTES: usize = 8192;
/// Fields of an output object that may hold an address, the likeliest first.
const NAMES: [&str; 8] = ["url", "video", "output", "download_url", "video_url", "file", "image", "audio"];

/// The files among the outputs, clips first. Whatever else the vendor sent (texts, scores) is left out.
pub(crate) fn files(outputs: &[Value]) -> Vec<OutputFile> {
    let mut files: Vec<OutputFile> = outputs.iter().filter_map(address).take(MAX_FILES).map(file).collect();
    // Stable: within a kind the vendor's order stays.
    files.sort_by_key(|file| file.kind != OutputKind::Video);
    files
}

fn address(output: &Value) -> Option<&str> {
    match output {
        Value::String(text) => {
            let is_url = text.starts_with("https://") || text.starts_with("http://");
            (is_url && text.len() <= MAX_URL_BYTES && !text.contains(char::is_whitespace)).then_some(text)
        }
        // One level of nesting: `{"video": {"url": ".."}}`.
        Value::Object(fields) => NAMES.iter().filter_map(|name| fields.get(*name)).find_map(|inner| match inner {
            Value::Object(inner) => inner.get("url").and_then(address),
            inner => address(inner),
        }),
        _ => None,
    }
}

fn file(url: &str) -> OutputFile {
    let (kind, media_type) = media_type(url);
    OutputFile { kind, source: OutputSource::Url(url.to_owned()), media_type: media_type.to_owned() }
}

/// What an address's ending says. Every model here makes clips: an address without an ending is one.
fn media_type(url: &str) -> (OutputKind, &'static str) {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "mov" => (OutputKind::Video, "video/quicktime"),
        "webm" => (OutputKind::Video, "video/webm"),
        "png" => (OutputKind::Image, "image/png"),
        "jpg" | "jpeg" => (OutputKind::Image, "image/jpeg"),
        "webp" => (OutputKind::Image, "image/webp"),
        "mp3" => (OutputKind::Audio, "audio/mpeg"),
        "wav" => (OutputKind::Audio, "audio/wav"),
        "json" => (OutputKind::Other, "application/json"),
        "srt" | "txt" => (OutputKind::Other, "text/plain"),
        _ => (OutputKind::Video, "video/mp4"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn addresses_are_found_in_texts_and_objects_and_clips_come_first() {
        let outputs = json!([
            "https://cdn.example/a.png",
            {"video": {"url": "https://cdn.example/b.mp4?sig=1"}},
            {"url": "https://cdn.example/c"},
            "a caption", 7, null, {"score": 1}, "ftp://cdn.example/d.mp4", "file:///etc/passwd", "https://a b/c.mp4"
        ]);
        let found: Vec<_> = files(outputs.as_array().unwrap())
            .into_iter()
            .map(|file| match file.source {
                OutputSource::Url(url) => (url, file.media_type),
                OutputSource::File(path) => panic!("{path:?}"),
            })
            .collect();
        let expected = [
            ("https://cdn.example/b.mp4?sig=1", "video/mp4"),
            ("https://cdn.example/c", "video/mp4"),
            ("https://cdn.example/a.png", "image/png"),
        ];
        assert_eq!(found, expected.map(|(url, media)| (url.to_owned(), media.to_owned())));
    }

    #[test]
    fn a_flood_of_outputs_is_cut() {
        let outputs: Vec<Value> = (0..1000).map(|index| json!(format!("https://cdn.example/{index}.mp4"))).collect();
        assert_eq!(files(&outputs).len(), MAX_FILES);
        assert!(files(&[json!(format!("https://cdn.example/{}", "x".repeat(MAX_URL_BYTES)))]).is_empty());
    }
}
