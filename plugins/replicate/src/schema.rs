//! A model's live schema as a card: what `GET /models/{owner}/{name}` tells, in both ways it writes lists of choices.

use crate::input::{Fields, Wire};
use kinora_provider::{
    AspectRatio, DurationRule, ModelCard, ParameterKind, ParameterSpec, PriceBasis, ReferenceSlot, RequestKind,
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, path::Path};

/// Why a model has no card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The model has no version, or its version no schema.
    #[error("the model tells nothing of its inputs")]
    NoSchema,
    /// It needs an input that no request carries.
    #[error("the model needs the input {name:?}, which Kinora cannot give")]
    Needs {
        /// The input.
        name: String,
    },
    /// What it makes is neither a clip nor a still.
    #[error("what the model makes is not known to be a clip, a still or a lip-sync")]
    UnknownOutput,
}

const FIRST: &[&str] = &["image", "start_image", "first_frame_image", "first_frame", "input_reference", "input_image"];
const LAST: &[&str] = &["last_frame", "end_image", "last_frame_image", "last_image"];
const REFERENCES: &[&str] = &["reference_images", "image_input", "input_images", "reference_image"];
const VIDEO: &[&str] = &["video", "video_url"];
const VOICE: &[&str] = &["audio", "audio_file"];
const LENGTH: &[&str] = &["duration", "seconds"];
/// Names of shapes that are words.
const WORDS_FOR_SHAPES: [(&str, &str); 2] = [("landscape", "16:9"), ("portrait", "9:16")];

/// The card of a model from the vendor's own description of it.
///
/// `known` is the card there was: its name, its rules and its price stay where the schema has nothing to say of them.
/// Rules about parameters that are gone go too.
///
/// # Errors
/// [`SchemaError`].
pub fn card_from_model(model: &Value, known: Option<&ModelCard>) -> Result<ModelCard, SchemaError> {
    let schemas = model.pointer("/latest_version/openapi_schema/components/schemas").ok_or(SchemaError::NoSchema)?;
    let input = schemas.get("Input").ok_or(SchemaError::NoSchema)?;
    let empty = Map::new();
    let properties = input.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let required = |name: &str| input["required"].as_array().is_some_and(|list| list.iter().any(|item| item == name));
    let mut inputs: Vec<Input> = properties.iter().map(|(name, value)| Input::new(name, value, schemas)).collect();
    inputs.sort_by_key(|input| input.order);

    let kind = known.map(|card| card.kind).or_else(|| kind_of(model, &inputs)).ok_or(SchemaError::UnknownOutput)?;
    let text = |name: &str| model.get(name).and_then(Value::as_str).unwrap_or_default();
    let (owner, name) = (text("owner"), text("name"));
    let mut card = ModelCard::new(format!("{owner}/{name}"), name, kind);
    card.description = text("description").to_owned();
    card.price.basis = PriceBasis::Unknown;
    card.price.is_estimate = true;
    card.text.required = false;
    let mut wire = known.and_then(|card| Wire::of(card).ok()).unwrap_or_default();
    // Lengths as a number of frames are our own reading of two inputs; a schema cannot say it.
    let frames = wire.frames_per_second.and(wire.fields.duration.take());
    wire.fields = Fields { duration: frames.clone(), ..Fields::default() };
    wire.aspect_values.clear();
    if frames.is_some() {
        card.durations = known.and_then(|card| card.durations.clone());
    }

    for input in inputs.iter().filter(|input| Some(&input.name) != frames.as_ref()) {
        let must = required(&input.name);
        if !place(input, must, &mut card, &mut wire) && must && input.value.get("default").is_none() {
            return Err(SchemaError::Needs { name: input.name.clone() });
        }
    }
    let has_picture = wire.fields.video.is_some() || wire.fields.picture.is_some();
    if kind == RequestKind::LipSync && (wire.fields.voice.is_none() || !has_picture) {
        return Err(SchemaError::UnknownOutput);
    }
    if let Some(known) = known {
        keep(known, &mut card);
    }
    card.vendor = vendor_of(&wire, model, known);
    Ok(card)
}

/// One input, references followed.
struct Input {
    name: String,
    value: Map<String, Value>,
    order: i64,
}

impl Input {
    /// Choices stand in the input itself, or in a component that `allOf` or `$ref` points to.
    fn new(name: &str, value: &Value, schemas: &Value) -> Self {
        let mut merged = Map::new();
        let parts = value.get("allOf").and_then(Value::as_array).into_iter().flatten().chain([value]);
        for part in parts {
            let target = part.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
            let component = target.and_then(|target| schemas.get(target)).and_then(Value::as_object);
            merged.extend(component.cloned().unwrap_or_default());
            merged.extend(part.as_object().cloned().unwrap_or_default());
        }
        let order = merged.get("x-order").and_then(Value::as_i64).unwrap_or(i64::MAX);
        Self { name: name.into(), value: merged, order }
    }

    fn text(&self, key: &str) -> &str {
        self.value.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn flag(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.value.get(key).and_then(Value::as_f64)
    }

    fn choices(&self) -> Option<&Vec<Value>> {
        self.value.get("enum").and_then(Value::as_array)
    }

    fn is_file(&self) -> bool {
        self.text("format") == "uri"
    }

    fn is_file_list(&self) -> bool {
        self.text("type") == "array" && self.value.get("items").is_some_and(|items| items["format"] == "uri")
    }

    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }
}

/// What the model makes: its example tells, or its inputs do.
fn kind_of(model: &Value, inputs: &[Input]) -> Option<RequestKind> {
    let has = |names: &[&str]| inputs.iter().any(|input| input.is(names));
    if has(VOICE)
        && (has(VIDEO) || has(FIRST))
        && !has(LENGTH)
        && !inputs.iter().any(|input| input.name == "num_frames")
    {
        return Some(RequestKind::LipSync);
    }
    let example = model.pointer("/default_example/output");
    let made = example.and_then(|output| {
        let address = crate::outputs::addresses(output).first().copied()?;
        kinora_transport::media_type_of(Path::new(address.split('?').next()?))
    });
    match made.and_then(|media_type| media_type.split('/').next()) {
        Some("video") => return Some(RequestKind::Video),
        Some("image") => return Some(RequestKind::Image),
        Some(_) => return None,
        None => {}
    }
    let has_length = has(LENGTH) || inputs.iter().any(|input| input.name == "num_frames");
    let says_image = model.get("description").and_then(Value::as_str).is_some_and(|text| text.contains("image"));
    match (has_length, says_image) {
        (true, _) => Some(RequestKind::Video),
        (false, true) => Some(RequestKind::Image),
        (false, false) => None,
    }
}

/// Gives an input its place in the card; whether there was one.
fn place(input: &Input, required: bool, card: &mut ModelCard, wire: &mut Wire) -> bool {
    let name = Some(input.name.clone());
    let secret = input.flag("x-cog-secret") || input.flag("writeOnly") || input.text("format") == "password";
    if input.flag("deprecated") || secret || wire.fixed.contains_key(&input.name) {
        return wire.fixed.contains_key(&input.name);
    }
    match input.name.as_str() {
        "prompt" => {
            card.text.required = required;
            if let Some(most) = input.number("maxLength") {
                // No model reads a film's worth of words; what was built in is smaller still.
                card.text.max_chars = (most as usize).clamp(1, 100_000);
            }
            wire.fields.prompt = name;
        }
        "negative_prompt" if card.kind == RequestKind::Video => wire.fields.negative_prompt = name,
        "seed" if input.text("type") == "integer" => {
            card.takes_seed = true;
            wire.fields.seed = name;
        }
        "aspect_ratio" if place_shapes(input, card, wire) => wire.fields.aspect_ratio = name,
        _ if input.is(LENGTH) && matches!(card.kind, RequestKind::Video) => match lengths(input) {
            Some(rule) => {
                card.durations = Some(rule);
                wire.fields.duration = name;
            }
            None => return false,
        },
        _ if input.is_file() || input.is_file_list() => return place_file(input, required, card, wire),
        _ => match parameter(input, required) {
            Some(parameter) => card.parameters.push(parameter),
            None => return false,
        },
    }
    true
}

fn place_shapes(input: &Input, card: &mut ModelCard, wire: &mut Wire) -> bool {
    for choice in input.choices().into_iter().flatten().filter_map(Value::as_str) {
        let word = WORDS_FOR_SHAPES.iter().find(|(word, _)| *word == choice).map(|(_, shape)| *shape);
        // `match_input_image`, `adaptive`: what the model does when no shape is asked for.
        let Ok(ratio) = word.unwrap_or(choice).parse::<AspectRatio>() else { continue };
        card.aspect_ratios.push(ratio);
        if word.is_some() {
            wire.aspect_values.insert(ratio.to_string(), choice.into());
        }
    }
    !card.aspect_ratios.is_empty()
}

fn lengths(input: &Input) -> Option<DurationRule> {
    if let Some(choices) = input.choices() {
        let secs: Vec<f64> = choices.iter().filter_map(Value::as_f64).filter(|secs| *secs > 0.0).collect();
        return (!secs.is_empty()).then_some(DurationRule::Choices(secs));
    }
    // A lowest of -1 or 0 means that the model may choose.
    let (min, max) = (input.number("minimum").unwrap_or(1.0).max(1.0), input.number("maximum")?);
    let step = (input.text("type") == "integer").then_some(1.0);
    (min <= max).then_some(DurationRule::Range { min, max, step })
}

fn place_file(input: &Input, required: bool, card: &mut ModelCard, wire: &mut Wire) -> bool {
    let most = input.number("maxItems").map_or(10, |most| most as usize).max(1);
    let fields = &mut wire.fields;
    let (target, slot) = match card.kind {
        RequestKind::LipSync if input.is(VIDEO) => (&mut fields.video, ReferenceSlot::one("picture", "Clip")),
        RequestKind::LipSync if input.is(FIRST) => (&mut fields.picture, ReferenceSlot::one("picture", "Still")),
        RequestKind::LipSync if input.is(VOICE) => (&mut fields.voice, ReferenceSlot::one("voice", "Voice")),
        RequestKind::Image if input.is_file_list() && input.is(REFERENCES) => {
            (&mut fields.reference_images, ReferenceSlot::one("reference_images", "References").up_to(most))
        }
        RequestKind::Image if input.is(FIRST) || input.is(REFERENCES) => {
            (&mut fields.reference_image, ReferenceSlot::one("reference_images", "Reference"))
        }
        RequestKind::Video if input.is(FIRST) => {
            (&mut fields.first_frame, ReferenceSlot::one("reference_first_frame", "First frame"))
        }
        RequestKind::Video if input.is(LAST) => {
            (&mut fields.last_frame, ReferenceSlot::one("reference_last_frame", "Last frame"))
        }
        RequestKind::Video if input.is_file_list() && input.is(REFERENCES) => {
            (&mut fields.reference_images, ReferenceSlot::one("reference_images", "References").up_to(most))
        }
        _ => return false,
    };
    if target.is_some() || card.references.iter().any(|known| known.field == slot.field) {
        return false;
    }
    *target = Some(input.name.clone());
    card.references.push(if required { slot.required() } else { slot });
    true
}

fn parameter(input: &Input, required: bool) -> Option<ParameterSpec> {
    let whole = |key: &str| input.value.get(key).and_then(Value::as_i64);
    let kind = match (input.choices(), input.text("type")) {
        (Some(choices), _) => ParameterKind::Choice { choices: choices.clone() },
        (None, "boolean") => ParameterKind::Boolean,
        (None, "integer") => ParameterKind::Integer { min: whole("minimum"), max: whole("maximum") },
        (None, "number") => {
            ParameterKind::Number { min: input.number("minimum"), max: input.number("maximum"), step: None }
        }
        (None, "string") => ParameterKind::Text { max_chars: whole("maxLength").map(|most| most.max(0) as usize) },
        _ => return None,
    };
    let spelled = input.name.replace('_', " ");
    let mut letters = spelled.chars();
    let label = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    let mut parameter = ParameterSpec {
        name: input.name.clone(),
        label,
        help: input.text("description").to_owned(),
        kind,
        default: input.value.get("default").filter(|default| !default.is_null()).cloned(),
        required,
    };
    // A default outside its own limits would make every request illegal.
    if parameter.default.as_ref().is_some_and(|default| parameter.refusal(default).is_some()) {
        parameter.default = None;
    }
    Some(parameter)
}

/// What the card there was knew better.
fn keep(known: &ModelCard, card: &mut ModelCard) {
    card.id.clone_from(&known.id);
    card.label.clone_from(&known.label);
    card.text.max_chars = card.text.max_chars.min(known.text.max_chars.max(1));
    for parameter in &mut card.parameters {
        if let Some(old) = known.parameter(&parameter.name) {
            parameter.label.clone_from(&old.label);
        }
    }
    for slot in &mut card.references {
        if let Some(old) = known.references.iter().find(|old| old.field == slot.field) {
            slot.clone_from(&ReferenceSlot { required: slot.required, ..old.clone() });
        }
    }
    let names: Vec<_> = card.parameters.iter().map(|parameter| format!("parameters.{}", parameter.name)).collect();
    let stands = |field: &String| !field.starts_with("parameters.") || names.contains(field);
    card.rules = known.rules.clone();
    card.rules.retain(|rule| rule.when.iter().chain(&rule.then).all(|condition| stands(&condition.field)));
    let price = &known.price;
    if price.tiers.iter().flat_map(|tier| &tier.when).all(|condition| stands(&condition.field)) {
        card.price = price.clone();
    }
}

fn vendor_of(wire: &Wire, model: &Value, known: Option<&ModelCard>) -> Map<String, Value> {
    let mut vendor = known.map(|card| card.vendor.clone()).unwrap_or_default();
    let fields = &wire.fields;
    let names: BTreeMap<&str, &Option<String>> = BTreeMap::from([
        ("prompt", &fields.prompt),
        ("negative_prompt", &fields.negative_prompt),
        ("duration", &fields.duration),
        ("aspect_ratio", &fields.aspect_ratio),
        ("seed", &fields.seed),
        ("first_frame", &fields.first_frame),
        ("last_frame", &fields.last_frame),
        ("reference_images", &fields.reference_images),
        ("reference_image", &fields.reference_image),
        ("video", &fields.video),
        ("picture", &fields.picture),
        ("voice", &fields.voice),
    ]);
    let named = names.into_iter().filter_map(|(name, wire)| Some((name.to_owned(), Value::from(wire.clone()?))));
    vendor.insert("fields".into(), Value::Object(named.collect()));
    match wire.aspect_values.is_empty() {
        true => drop(vendor.shift_remove("aspect_values")),
        false => drop(vendor.insert("aspect_values".into(), json!(wire.aspect_values))),
    }
    let official = model.get("is_official").and_then(Value::as_bool).unwrap_or(false);
    match model.pointer("/latest_version/id").and_then(Value::as_str) {
        Some(version) if !official => drop(vendor.insert("version".into(), version.into())),
        _ => drop(vendor.shift_remove("version")),
    }
    vendor
}
