//! A request in the vendor's words: which value goes under which name, and which files go along.

use kinora_provider::{FieldProblem, GenerationRequest, LipSyncPicture, ModelCard, ProviderError};
use kinora_transport::media_type_of;
use serde::Deserialize;
use serde_json::{Map, Number, Value};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Files up to this size travel within the request; the vendor asks for uploads above 256 kB.
pub(crate) const INLINE_BYTES: u64 = 256_000;
/// Largest file the vendor takes.
pub(crate) const UPLOAD_BYTES: u64 = 100_000_000;
/// Seeds the models take: all of them take 31 bits.
const SEED_MASK: u64 = 0x7fff_ffff;

/// What a card's `vendor` field says of the names on the wire.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wire {
    /// Version of a community model, 64 hex digits; absent for an official one.
    pub(crate) version: Option<String>,
    pub(crate) fields: Fields,
    /// What an aspect ratio is called, where it is not `16:9`: `landscape`, `1280*720`.
    pub(crate) aspect_values: BTreeMap<String, String>,
    /// Lengths are sent as a number of frames: seconds times this, plus one.
    pub(crate) frames_per_second: Option<f64>,
    /// Seconds after which the vendor itself gives up; an hour unless set.
    pub(crate) cancel_after_secs: Option<u64>,
    /// Values that are always sent.
    pub(crate) fixed: Map<String, Value>,
}

/// Names on the wire of what requests carry in fields of their own. A parameter is sent under its own name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    pub(crate) prompt: Option<String>,
    pub(crate) negative_prompt: Option<String>,
    pub(crate) duration: Option<String>,
    pub(crate) aspect_ratio: Option<String>,
    pub(crate) seed: Option<String>,
    pub(crate) first_frame: Option<String>,
    pub(crate) last_frame: Option<String>,
    /// A list of pictures.
    pub(crate) reference_images: Option<String>,
    /// A single picture.
    pub(crate) reference_image: Option<String>,
    pub(crate) video: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) voice: Option<String>,
}

/// A file that goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileUse {
    /// The request's field, for a refusal.
    pub(crate) field: &'static str,
    /// Name on the wire.
    pub(crate) name: String,
    /// Whether the name holds a list.
    pub(crate) is_list: bool,
    pub(crate) path: PathBuf,
}

/// An input without its files.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) input: Map<String, Value>,
    pub(crate) files: Vec<FileUse>,
}

impl Wire {
    pub(crate) fn of(card: &ModelCard) -> Result<Self, ProviderError> {
        serde_json::from_value(Value::Object(card.vendor.clone()))
            .map_err(|error| ProviderError::Internal { message: format!("the card of {}: {error}", card.id) })
    }

    /// The request's field behind a name on the wire, for marking the right control of a form.
    pub(crate) fn field_of(&self, name: &str, text_field: &str) -> String {
        let fields = &self.fields;
        let known = [
            (&fields.prompt, text_field),
            (&fields.negative_prompt, "negative_prompt"),
            (&fields.duration, "duration_secs"),
            (&fields.aspect_ratio, "aspect_ratio"),
            (&fields.seed, "seed"),
            (&fields.first_frame, "reference_first_frame"),
            (&fields.last_frame, "reference_last_frame"),
            (&fields.reference_images, "reference_images"),
            (&fields.reference_image, "reference_images"),
            (&fields.video, "picture"),
            (&fields.picture, "picture"),
            (&fields.voice, "voice"),
        ];
        let found = known.iter().find(|(wire, field)| wire.as_deref() == Some(name) && !field.is_empty());
        found.map_or_else(|| format!("parameters.{name}"), |(_, field)| (*field).to_owned())
    }
}

/// Builds the input of a request that its card allows.
pub(crate) fn draft(card: &ModelCard, wire: &Wire, request: &GenerationRequest) -> Result<Draft, ProviderError> {
    let mut input = wire.fixed.clone();
    let fields = &wire.fields;
    put_text(&mut input, &fields.prompt, request.text());
    if let GenerationRequest::Video(video) = request {
        put_text(&mut input, &fields.negative_prompt, &video.negative_prompt);
    }
    if let (Some(name), Some(secs)) = (&fields.duration, request.duration_secs()) {
        input.insert(name.clone(), length(secs, wire.frames_per_second));
    }
    let ratio = match request {
        GenerationRequest::Video(video) => video.aspect_ratio,
        GenerationRequest::Image(image) => image.aspect_ratio,
        _ => None,
    };
    if let (Some(name), Some(ratio)) = (&fields.aspect_ratio, ratio) {
        let text = ratio.to_string();
        input.insert(name.clone(), Value::String(wire.aspect_values.get(&text).cloned().unwrap_or(text)));
    }
    if let Some(name) = &fields.seed {
        // Without a seed of the user's we choose one: two jobs of the same words then differ in the vendor's list, and
        // one whose answer was lost can be told from the other.
        let seed = request.seed().map_or_else(|| fastrand::u64(..=SEED_MASK), |seed| seed & SEED_MASK);
        input.insert(name.clone(), Value::Number(seed.into()));
    }
    // Defaults are sent too: vendors change theirs, and with them the price that was shown.
    for parameter in &card.parameters {
        let value = request.parameters().get(&parameter.name).or(parameter.default.as_ref());
        if let Some(value) = value.filter(|value| !value.is_null() && value.as_str() != Some("")) {
            input.insert(parameter.name.clone(), value.clone());
        }
    }
    let files = files(card, fields, request);
    check_sizes(&files)?;
    Ok(Draft { input, files })
}

fn put_text(input: &mut Map<String, Value>, name: &Option<String>, text: &str) {
    if let Some(name) = name.as_ref().filter(|_| !text.trim().is_empty()) {
        input.insert(name.clone(), Value::String(text.into()));
    }
}

/// Whole numbers as integers, since the schemas ask for them.
fn length(secs: f64, frames_per_second: Option<f64>) -> Value {
    if let Some(rate) = frames_per_second {
        return Value::Number(((secs * rate).round() as i64 + 1).into());
    }
    let rounded = secs.round();
    match (secs - rounded).abs() < 0.0005 {
        true => Value::Number((rounded as i64).into()),
        false => Number::from_f64(secs).map_or(Value::Null, Value::Number),
    }
}

fn files(card: &ModelCard, fields: &Fields, request: &GenerationRequest) -> Vec<FileUse> {
    let mut found = Vec::new();
    let mut add = |field: &'static str, name: &Option<String>, is_list: bool, path: &Path| {
        if let Some(name) = name {
            found.push(FileUse { field, name: name.clone(), is_list, path: path.into() });
        }
    };
    let (references, is_list) = match &fields.reference_images {
        Some(_) => (&fields.reference_images, true),
        None => (&fields.reference_image, false),
    };
    match request {
        GenerationRequest::Video(video) => {
            video
                .reference_first_frame
                .iter()
                .for_each(|path| add("reference_first_frame", &fields.first_frame, false, path));
            video
                .reference_last_frame
                .iter()
                .for_each(|path| add("reference_last_frame", &fields.last_frame, false, path));
            video.reference_images.iter().for_each(|path| add("reference_images", references, is_list, path));
        }
        GenerationRequest::Image(image) => {
            image.reference_images.iter().for_each(|path| add("reference_images", references, is_list, path));
            // Portraits fill what the user's own pictures leave free: they keep a face without being asked for.
            let slot = card.references.iter().find(|slot| slot.field == "reference_images");
            let free = slot.map_or(0, |slot| slot.max_count).saturating_sub(image.reference_images.len());
            let portraits = image.characters.iter().flat_map(|character| &character.portraits);
            let usable = portraits.filter(|path| media_type_of(path).is_some_and(|kind| kind.starts_with("image/")));
            usable.take(free).for_each(|path| add("characters", references, is_list, path));
        }
        GenerationRequest::LipSync(sync) => {
            match &sync.picture {
                LipSyncPicture::Video(path) => add("picture", &fields.video, false, path),
                LipSyncPicture::Image(path) => add("picture", &fields.picture, false, path),
            }
            add("voice", &fields.voice, false, &sync.voice);
        }
        _ => {}
    }
    found
}

/// What only this vendor refuses: files above its limit, a clip where a still is wanted.
fn check_sizes(files: &[FileUse]) -> Result<(), ProviderError> {
    let mut problems = Vec::new();
    for file in files {
        let bytes = file.path.metadata().map_err(|error| ProviderError::file(&file.path, &error))?.len();
        if bytes > UPLOAD_BYTES {
            let reason = format!("{} has {} MB, Replicate takes 100", file.path.display(), bytes / 1_000_000);
            problems.push(FieldProblem { field: file.field.into(), reason });
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(ProviderError::InvalidInput { problems }) }
}

/// A lip-sync model takes a clip or a still, rarely both; the card cannot say which.
pub(crate) fn check_picture(wire: &Wire, request: &GenerationRequest) -> Result<(), ProviderError> {
    let GenerationRequest::LipSync(sync) = request else { return Ok(()) };
    match (&sync.picture, &wire.fields.video, &wire.fields.picture) {
        (LipSyncPicture::Video(_), None, _) => {
            Err(ProviderError::invalid("picture", format!("{} takes a still, not a clip", sync.model)))
        }
        (LipSyncPicture::Image(_), _, None) => {
            Err(ProviderError::invalid("picture", format!("{} takes a clip, not a still", sync.model)))
        }
        _ => Ok(()),
    }
}

impl Draft {
    /// Puts a file's address where it belongs.
    pub(crate) fn attach(&mut self, file: &FileUse, address: String) {
        let address = Value::String(address);
        if !file.is_list {
            self.input.insert(file.name.clone(), address);
        } else if let Some(list) =
            self.input.entry(&file.name).or_insert_with(|| Value::Array(Vec::new())).as_array_mut()
        {
            list.push(address);
        }
    }
}
