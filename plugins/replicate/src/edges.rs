//! Every legal combination at a card's edges, held against the schema the vendor publishes, by a judge that is not ours.

use crate::{
    cards::BUILT_IN,
    input::{self, Wire},
};
use kinora_provider::{
    AspectRatio, DurationRule, GenerationRequest, ImageRequest, LipSyncPicture, LipSyncRequest, ModelCard,
    ParameterKind, Parameters, RequestKind, VideoRequest,
};
use kinora_transport::load_cards;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const SCHEMAS: &str = include_str!("../tests/data/input_schemas.json");

/// A choice for each thing a card lets vary: an index into each list of [`edges`].
fn combinations(sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for size in sizes {
        let longer = |combination: &Vec<usize>| -> Vec<Vec<usize>> {
            (0..*size).map(|index| combination.iter().copied().chain([index]).collect()).collect()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

fn lengths(card: &ModelCard) -> Vec<f64> {
    match &card.durations {
        Some(DurationRule::Choices(choices)) => choices.clone(),
        Some(DurationRule::Range { min, max, .. }) => vec![*min, *max],
        None => vec![5.0],
    }
}

fn values(kind: &ParameterKind) -> Vec<Option<Value>> {
    let set: Vec<Value> = match kind {
        ParameterKind::Boolean => vec![true.into(), false.into()],
        ParameterKind::Integer { min, max } => min.iter().chain(max).map(|edge| json!(edge)).collect(),
        ParameterKind::Number { min, max, .. } => min.iter().chain(max).map(|edge| json!(edge)).collect(),
        ParameterKind::Text { .. } => vec![json!("words")],
        ParameterKind::Choice { choices } => choices.clone(),
    };
    set.into_iter().map(Some).chain([None]).collect()
}

fn pictures(card: &ModelCard, field: &str, picture: &Path) -> Vec<Vec<PathBuf>> {
    match card.references.iter().find(|slot| slot.field == field) {
        Some(slot) => vec![Vec::new(), vec![picture.into(); slot.max_count]],
        None => vec![Vec::new()],
    }
}

/// Every request at the edges of a card, legal or not.
fn requests(card: &ModelCard, folder: &Path) -> Vec<GenerationRequest> {
    let (picture, clip, voice) = (folder.join("a.png"), folder.join("a.mp4"), folder.join("a.wav"));
    let lengths = lengths(card);
    let shapes: Vec<Option<AspectRatio>> = card.aspect_ratios.iter().copied().map(Some).chain([None]).collect();
    let [first, last, references] = ["reference_first_frame", "reference_last_frame", "reference_images"]
        .map(|field| pictures(card, field, &picture));
    let parameters: Vec<_> = card.parameters.iter().map(|parameter| values(&parameter.kind)).collect();
    let mut sizes = vec![lengths.len(), shapes.len(), first.len(), last.len(), references.len()];
    sizes.extend(parameters.iter().map(Vec::len));
    let build = |at: Vec<usize>| {
        let chosen = card.parameters.iter().zip(&parameters).zip(&at[5..]);
        let chosen =
            chosen.filter_map(|((parameter, values), index)| Some((parameter.name.clone(), values[*index].clone()?)));
        let parameters: Parameters = chosen.collect();
        match card.kind {
            RequestKind::Video => {
                let mut video = VideoRequest::new(&card.id, "a storm over the lake", lengths[at[0]]);
                video.negative_prompt = "text".into();
                video.aspect_ratio = shapes[at[1]];
                video.reference_first_frame = first[at[2]].first().cloned();
                video.reference_last_frame = last[at[3]].first().cloned();
                video.reference_images.clone_from(&references[at[4]]);
                video.parameters = parameters;
                GenerationRequest::Video(video)
            }
            RequestKind::Image => {
                let mut image = ImageRequest::new(&card.id, "the lake at dawn");
                image.aspect_ratio = shapes[at[1]];
                image.reference_images.clone_from(&references[at[4]]);
                image.parameters = parameters;
                GenerationRequest::Image(image)
            }
            _ => GenerationRequest::LipSync(LipSyncRequest {
                model: card.id.clone(),
                picture: LipSyncPicture::Video(clip.clone()),
                voice: voice.clone(),
                prompt: String::new(),
                duration_secs: None,
                seed: None,
                parameters,
            }),
        }
    };
    combinations(&sizes).into_iter().map(build).collect()
}

#[test]
fn every_legal_combination_is_legal_to_the_vendor() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "a.mp4", "a.wav"] {
        std::io::Write::write_all(&mut std::fs::File::create_new(folder.path().join(name)).unwrap(), b"x").unwrap();
    }
    let schemas: Value = serde_json::from_str(SCHEMAS).unwrap();
    let cards = load_cards(BUILT_IN, None).cards;
    let (mut models, mut legal, mut refused) = (0, 0, 0);
    for (id, known) in schemas.as_object().unwrap().iter().filter(|(id, _)| !id.starts_with('_')) {
        let mut schema = known["Input"].clone();
        schema["additionalProperties"] = false.into();
        let judge = jsonschema::validator_for(&schema).unwrap();
        let card = cards.iter().find(|card| card.id == *id).unwrap_or_else(|| panic!("{id} has no card"));
        let wire = Wire::of(card).unwrap();
        models += 1;
        for request in requests(card, folder.path()) {
            if card.validate(&request).is_err() {
                refused += 1;
                continue;
            }
            let mut draft = input::draft(card, &wire, &request).unwrap();
            for file in draft.files.clone() {
                draft.attach(&file, "https://api.replicate.com/v1/files/x".into());
            }
            legal += 1;
            let sent = Value::Object(draft.input);
            let problems: Vec<_> = judge.iter_errors(&sent).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{id}: {sent}: {problems:?}");
        }
    }
    // Should a card lose its edges, this loses its worth.
    assert!(models >= 14 && legal > 2000 && refused > 500, "{models} models, {legal} legal, {refused} refused");
}

#[test]
fn what_does_not_go_together_is_refused_by_its_field() {
    let cards = load_cards(BUILT_IN, None).cards;
    let check = |model: &str, secs: f64, change: &dyn Fn(&mut VideoRequest), field: &str| {
        let card = cards.iter().find(|card| card.id == model).unwrap();
        let mut video = VideoRequest::new(model, "a storm", secs);
        change(&mut video);
        let violations = card.validate(&GenerationRequest::Video(video)).err().unwrap_or_default();
        assert!(violations.iter().any(|violation| violation.field == field), "{model}: {violations:?}");
    };
    let picture = || PathBuf::from("a.png");
    check("google/veo-3.1", 4.0, &|video| video.reference_images = vec![picture()], "duration_secs");
    let tall = |video: &mut VideoRequest| {
        video.reference_images = vec![picture()];
        video.aspect_ratio = Some(AspectRatio::TALL);
    };
    check("google/veo-3.1", 8.0, &tall, "aspect_ratio");
    check("google/veo-3.1-fast", 8.0, &|video| video.reference_images = vec![picture()], "reference_images");
    check(
        "kwaivgi/kling-v3-video",
        5.0,
        &|video| video.reference_last_frame = Some(picture()),
        "reference_first_frame",
    );
    check(
        "minimax/hailuo-02",
        10.0,
        &|video| drop(video.parameters.insert("resolution".into(), "1080p".into())),
        "parameters.resolution",
    );
    check("wan-video/wan-2.2-i2v-fast", 5.0, &|_| {}, "reference_first_frame");
    check(
        "lightricks/ltx-2.3-fast",
        20.0,
        &|video| drop(video.parameters.insert("resolution".into(), "4k".into())),
        "duration_secs",
    );
}
