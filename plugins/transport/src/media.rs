//! Media types by file ending, and files written into a request as text.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::path::Path;

/// Endings with their media types; the first of a type is the ending a file of that type gets.
const TYPES: &[(&str, &str)] = &[
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
    ("mkv", "video/x-matroska"),
    ("wav", "audio/wav"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("flac", "audio/flac"),
    ("ogg", "audio/ogg"),
    ("json", "application/json"),
    ("zip", "application/zip"),
];

/// The media type of a file by its ending; `None` for an ending that says nothing.
#[must_use]
pub fn media_type_of(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    TYPES.iter().find(|(known, _)| *known == ending).map(|(_, media_type)| *media_type)
}

/// The ending of a media type, parameters ignored: `png` of `image/png; q=1`.
#[must_use]
pub fn extension_of(media_type: &str) -> Option<&'static str> {
    let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain = match plain.as_str() {
        "audio/x-wav" | "audio/wave" => "audio/wav",
        "image/jpg" => "image/jpeg",
        other => other,
    };
    TYPES.iter().find(|(_, known)| *known == plain).map(|(ending, _)| *ending)
}

/// The name a vendor sees of a file: what it is there, and its ending. The user's own may tell more than they wish.
#[must_use]
pub fn plain_file_name(what: &str, path: &Path) -> String {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_plain = !ending.is_empty() && ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_plain { format!("{what}.{ending}") } else { what.to_owned() }
}

/// Bytes as a `data:` address.
#[must_use]
pub fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

/// The media type and bytes of a base64 `data:` address; `None` for anything else.
#[must_use]
pub fn decode_data_url(url: &str) -> Option<(String, Vec<u8>)> {
    let (head, content) = url.strip_prefix("data:")?.split_once(',')?;
    let media_type = head.strip_suffix(";base64")?;
    Some((media_type.to_owned(), STANDARD.decode(content).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_what_it_is_alone() {
        let name = |path: &str| plain_file_name("audio", Path::new(path));
        assert_eq!(name("/home/me/My secret film/voice.WAV"), "audio.wav");
        assert_eq!(name("/home/me/voice"), "audio");
        assert_eq!(name("/home/me/voice.\"\r\nx"), "audio");
    }

    #[test]
    fn media_types_and_data_addresses_go_both_ways() {
        assert_eq!(media_type_of(Path::new("a/b.PNG")), Some("image/png"));
        assert_eq!(media_type_of(Path::new("a/b.xyz")), None);
        for (media_type, ending) in
            [("image/jpeg", "jpg"), ("VIDEO/mp4; codecs=avc1", "mp4"), ("audio/x-wav", "wav"), ("audio/mpeg", "mp3")]
        {
            assert_eq!(extension_of(media_type), Some(ending));
        }
        let url = data_url("image/png", &[0, 1, 254]);
        assert_eq!(url, "data:image/png;base64,AAH+");
        assert_eq!(decode_data_url(&url), Some(("image/png".into(), vec![0, 1, 254])));
        for bad in ["https://a", "data:image/png,abc", "data:image/png;base64,@@", "data:"] {
            assert_eq!(decode_data_url(bad), None);
        }
    }
}
