//! From a request and its card to what goes over the wire: the model's path, the files to hand in, the other values.

use crate::{PROVIDER_ID, clip};
use kinora_provider::{FieldProblem, GenerationRequest, LipSyncPicture, LipSyncRequest, ModelCard, ProviderError};
use serde_json::{Map, Value};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

const IMAGE_ENDINGS: [&str; 4] = ["png", "jpg", "jpeg", "webp"];
const MASK: &str = "mask_image";
const MASK_FIELD: &str = "parameters.mask_image";
/// Largest mask, in bytes.
const MAX_MASK_BYTES: u64 = 20_000_000;

/// What is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    /// The model's path under `/api/v3/`.
    pub(crate) path: String,
    /// Files that become addresses before the order is sent.
    pub(crate) files: Vec<InputFile>,
    /// Everything else.
    pub(crate) body: Map<String, Value>,
}

/// A file on this machine that the model reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputFile {
    /// The vendor's name of the input.
    pub(crate) wire: &'static str,
    /// The request's field, for a refusal.
    pub(crate) field: &'static str,
    /// The file.
    pub(crate) path: PathBuf,
}

impl Order {
    /// Builds an order. The request was checked against the card before; what a card cannot say is checked here.
    ///
    /// # Errors
    /// [`ProviderError::InvalidInput`] by field; [`ProviderError::Internal`] when the card names no path.
    pub(crate) fn new(card: &ModelCard, request: &GenerationRequest) -> Result<Self, ProviderError> {
        let GenerationRequest::LipSync(sync) = request else {
            return Err(ProviderError::NotSupported {
                provider: PROVIDER_ID.into(),
                what: format!("make {}", request.kind()),
            });
        };
        let (wire, path) = target(card, sync)?;
        let mut problems = Vec::new();
        if let Some((least, most)) = clip_limits(card)
            && let Some(secs) = clip::length_secs(sync.picture.path())
            && !(least - 0.05..=most + 0.05).contains(&secs)
        {
            let reason = format!("the clip lasts {secs:.1} s, {} takes {least} to {most} s", card.label);
            problems.push(FieldProblem { field: "picture".into(), reason });
        }
        let mut files = vec![
            InputFile { wire, field: "picture", path: sync.picture.path().to_owned() },
            InputFile { wire: "audio", field: "voice", path: sync.voice.clone() },
        ];
        let mut body = Map::new();
        for parameter in &card.parameters {
            let Some(value) = sync.parameters.get(&parameter.name).or(parameter.default.as_ref()) else { continue };
            if parameter.name != MASK {
                body.insert(parameter.name.clone(), value.clone());
                continue;
            }
            match value.as_str().unwrap_or_default() {
                "" => {}
                url if url.starts_with("https://") => drop(body.insert(MASK.into(), value.clone())),
                text => match mask_refusal(Path::new(text)) {
                    Some(reason) => problems.push(FieldProblem { field: MASK_FIELD.into(), reason }),
                    None => files.push(InputFile { wire: MASK, field: MASK_FIELD, path: text.into() }),
                },
            }
        }
        if flag(card, "sends_prompt") && !sync.prompt.trim().is_empty() {
            body.insert("prompt".into(), sync.prompt.clone().into());
        }
        if let Some(seed) = sync.seed.filter(|_| card.takes_seed) {
            body.insert("seed".into(), seed.into());
        }
        if problems.is_empty() { Ok(Self { path, files, body }) } else { Err(ProviderError::InvalidInput { problems }) }
    }
}

/// The vendor's name of the picture, and the path of the model that takes such pictures.
fn target(card: &ModelCard, sync: &LipSyncRequest) -> Result<(&'static str, String), ProviderError> {
    let ending = sync.picture.path().extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let is_still = IMAGE_ENDINGS.contains(&ending.unwrap_or_default().as_str());
    let wire = match (&sync.picture, is_still) {
        (LipSyncPicture::Image(_), true) => "image",
        (LipSyncPicture::Video(_), false) => "video",
        (LipSyncPicture::Image(_), false) => return Err(ProviderError::invalid("picture", "this file is no still")),
        (LipSyncPicture::Video(_), true) => return Err(ProviderError::invalid("picture", "this file is no clip")),
    };
    match paths(card).and_then(|paths| paths.get(wire)).and_then(Value::as_str) {
        Some(path) if is_path(path) => Ok((wire, path.to_owned())),
        Some(path) => Err(ProviderError::Internal { message: format!("the card of {} names {path:?}", card.id) }),
        None => {
            let other = if wire == "image" { "a clip" } else { "a still" };
            Err(ProviderError::invalid("picture", format!("{} takes {other} only", card.label)))
        }
    }
}

/// Paths of the vendor's models by the kind of picture they take.
pub(crate) fn paths(card: &ModelCard) -> Option<&Map<String, Value>> {
    card.vendor.get("paths").and_then(Value::as_object)
}

/// Whether a text may be the path of a model: it becomes part of an address.
pub(crate) fn is_path(text: &str) -> bool {
    let fine = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    text.len() <= 200 && text.contains('/') && text.split('/').all(fine)
}

fn flag(card: &ModelCard, name: &str) -> bool {
    card.vendor.get(name).and_then(Value::as_bool).unwrap_or_default()
}

/// Shortest and longest clip a model takes, in seconds, where it has limits.
fn clip_limits(card: &ModelCard) -> Option<(f64, f64)> {
    let limits = card.vendor.get("clip_secs")?.as_array()?;
    Some((limits.first()?.as_f64()?, limits.get(1)?.as_f64()?))
}

/// Why a file may not be handed in as a mask. Parameters travel with a project, which may come from a stranger: nothing
/// but a picture leaves this machine by that door.
fn mask_refusal(path: &Path) -> Option<String> {
    let shown = path.display();
    if !path.is_absolute() {
        return Some(format!("{shown} must be a whole path or an https address"));
    }
    let picture = File::open(path).and_then(|mut file| {
        let meta = file.metadata()?;
        let mut head = [0_u8; 12];
        file.read_exact(&mut head)?;
        let is_picture = head.starts_with(b"\x89PNG\r\n\x1a\n")
            || head.starts_with(b"\xff\xd8\xff")
            || (head.starts_with(b"RIFF") && head.ends_with(b"WEBP"));
        Ok((meta.is_file() && is_picture, meta.len()))
    });
    match picture {
        Ok((true, bytes)) if bytes <= MAX_MASK_BYTES => None,
        Ok((true, bytes)) => Some(format!("{shown} has {bytes} bytes: at most {MAX_MASK_BYTES}")),
        Ok((false, _)) => Some(format!("{shown} is no PNG, JPEG or WebP picture")),
        Err(error) => Some(format!("{shown} cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards;
    use std::io::Write as _;

    /// A folder with one file of each kind a request names.
    struct Desk(tempfile::TempDir);

    impl Desk {
        fn new() -> Self {
            let desk = Self(tempfile::tempdir().unwrap());
            for (name, bytes) in [
                ("clip.mp4", crate::simulator::CLIP),
                ("still.png", b"\x89PNG\r\n\x1a\n0000"),
                ("voice.wav", b"RIFF0000WAVE"),
                ("secret.png", b"-----BEGIN PRIVATE KEY-----"),
            ] {
                let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).open(desk.at(name));
                file.as_mut().unwrap().write_all(bytes).unwrap();
            }
            desk
        }

        fn at(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn request(&self, model: &str, picture: LipSyncPicture) -> LipSyncRequest {
            LipSyncRequest {
                model: model.into(),
                picture,
                voice: self.at("voice.wav"),
                prompt: "she looks up".into(),
                duration_secs: Some(3.0),
                seed: Some(7),
                parameters: Map::new(),
            }
        }
    }

    fn order(request: LipSyncRequest) -> Result<Order, ProviderError> {
        let cards = cards::built_in();
        let card = cards.iter().find(|card| card.id == request.model).unwrap();
        Order::new(card, &GenerationRequest::LipSync(request))
    }

    #[test]
    fn a_picture_chooses_the_path_and_the_name() {
        let desk = Desk::new();
        let infinitetalk = "wavespeed-ai/infinitetalk";
        for (model, picture, path, wire) in [
            (infinitetalk, LipSyncPicture::Image(desk.at("still.png")), infinitetalk, "image"),
            (
                infinitetalk,
                LipSyncPicture::Video(desk.at("clip.mp4")),
                "wavespeed-ai/infinitetalk/video-to-video",
                "video",
            ),
            ("sync/lipsync-3", LipSyncPicture::Video(desk.at("clip.mp4")), "sync/lipsync-3", "video"),
        ] {
            let order = order(desk.request(model, picture)).unwrap();
            let names: Vec<_> = order.files.iter().map(|file| file.wire).collect();
            assert_eq!((order.path.as_str(), names), (path, vec![wire, "audio"]));
            let expected = if wire == "image" || path.starts_with("wavespeed") {
                serde_json::json!({"resolution": "480p", "prompt": "she looks up", "seed": 7})
            } else {
                serde_json::json!({"sync_mode": "cut_off"})
            };
            assert_eq!(Value::Object(order.body), expected, "{model}");
        }
    }

    #[test]
    fn a_picture_of_the_wrong_kind_is_refused_by_its_field() {
        let desk = Desk::new();
        for (model, picture) in [
            ("sync/lipsync-2", LipSyncPicture::Image(desk.at("still.png"))),
            ("wavespeed-ai/infinitetalk", LipSyncPicture::Image(desk.at("clip.mp4"))),
            ("wavespeed-ai/infinitetalk", LipSyncPicture::Video(desk.at("still.png"))),
        ] {
            assert_eq!(order(desk.request(model, picture)).unwrap_err().fields(), ["picture"]);
        }
    }

    #[test]
    fn a_clip_too_long_for_the_model_is_refused_before_it_is_sent() {
        let desk = Desk::new();
        let mut cards = cards::built_in();
        let card = cards.iter_mut().find(|card| card.id.starts_with("kwaivgi/")).unwrap();
        let request = GenerationRequest::LipSync(desk.request(&card.id, LipSyncPicture::Video(desk.at("clip.mp4"))));
        Order::new(card, &request).unwrap();
        card.vendor.insert("clip_secs".into(), serde_json::json!([3.0, 10.0]));
        let error = Order::new(card, &request).unwrap_err();
        assert!(error.fields() == ["picture"] && error.to_string().contains("2.0 s"), "{error}");
    }

    #[test]
    fn nothing_but_a_picture_is_handed_in_as_a_mask() {
        let desk = Desk::new();
        let with = |mask: &str| {
            let mut request = desk.request("wavespeed-ai/infinitetalk", LipSyncPicture::Image(desk.at("still.png")));
            request.parameters.insert(MASK.into(), mask.into());
            order(request)
        };
        let file = desk.at("still.png");
        assert_eq!(with(file.to_str().unwrap()).unwrap().files[2].path, file);
        assert_eq!(with("https://cdn.example/mask.png").unwrap().body[MASK], "https://cdn.example/mask.png");
        assert_eq!(with("").unwrap().files.len(), 2);
        for bad in [desk.at("secret.png"), desk.at("none.png"), desk.0.path().to_owned(), "still.png".into()] {
            let error = with(bad.to_str().unwrap()).unwrap_err();
            assert_eq!(error.fields(), [MASK_FIELD], "{}", bad.display());
        }
        assert_eq!(with("http://cdn.example/mask.png").unwrap_err().fields(), [MASK_FIELD]);
    }

    #[test]
    fn only_a_plain_path_becomes_part_of_an_address() {
        for path in ["a/b", "wavespeed-ai/infinitetalk/video-to-video", "sync/lipsync-1.9.0-beta"] {
            assert!(is_path(path), "{path}");
        }
        for path in ["", "a", "/a/b", "a//b", "a/../b", "a/b?x=1", "a/b#c", "https://x/y", "a/b c", "a/%2e"] {
            assert!(!is_path(path), "{path}");
        }
    }
}
