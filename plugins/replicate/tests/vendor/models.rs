//! Official models, community models, files, and cards read from the live schema.

use crate::{
    Bench, image,
    simulator::{Fault, On},
    video, write,
};
use kinora_provider::{
    DurationRule, GenerationRequest, ImageRequest, ParameterKind, PriceBasis, Provider, ProviderError, RequestKind,
    VideoRequest,
};
use kinora_transport::CardPlaces;
use serde_json::json;

fn with_frames(first: &std::path::Path, last: &std::path::Path) -> GenerationRequest {
    let mut request = VideoRequest::new("google/veo-3.1", "a storm", 8.0);
    request.reference_first_frame = Some(first.into());
    request.reference_last_frame = Some(last.into());
    GenerationRequest::Video(request)
}

#[tokio::test]
async fn a_small_file_travels_within_and_a_large_one_is_uploaded() {
    let bench = Bench::new().await;
    let (small, large) = (bench.folder.path().join("small.png"), bench.folder.path().join("My Secret Film.jpg"));
    write(&small, &[7; 256_000]);
    write(&large, &[8; 256_001]);
    bench.submit("job", with_frames(&small, &large)).await.unwrap();
    let state = bench.sim.state();
    let input = &state.predictions[0].value["input"];
    assert!(input["image"].as_str().unwrap().starts_with("data:image/png;base64,BwcHBwcH"));
    assert_eq!(input["last_frame"], state.files[0].value["urls"]["get"]);
    assert_eq!((state.files.len(), state.files[0].bytes.as_slice()), (1, [8; 256_001].as_slice()));
    let stored = &state.files[0].value;
    assert_eq!((&stored["content_type"], &stored["name"]), (&json!("image/jpeg"), &json!("last_frame.jpg")));
}

#[tokio::test]
async fn a_file_the_vendor_will_not_take_is_refused_by_its_field() {
    let bench = Bench::new().await;
    let path = bench.folder.path().join("huge.png");
    std::fs::File::create_new(&path).unwrap().set_len(100_000_001).unwrap();
    let small = bench.folder.path().join("small.png");
    write(&small, b"png");
    let error = bench.submit("job", with_frames(&path, &small)).await.unwrap_err();
    assert_eq!(error.fields(), ["reference_first_frame"]);
    assert_eq!(bench.sim.state().log.len(), 0);
}

#[tokio::test]
async fn an_upload_that_fails_leaves_no_doubt_about_the_job() {
    let bench = Bench::new().await;
    let large = bench.folder.path().join("large.png");
    write(&large, &[8; 256_001]);
    bench.sim.fault(Fault::answer(On::Upload, 503, serde_json::Value::Null).times(3));
    let error = bench.submit("job", with_frames(&large, &large)).await.unwrap_err();
    assert!(matches!(error, ProviderError::Network { .. }), "it may be handed in again: {error:?}");
    assert_eq!(bench.sim.count("create"), 0);
    bench.submit("job", with_frames(&large, &large)).await.unwrap();
    assert_eq!(bench.sim.creates(), 1);
}

#[tokio::test]
async fn portraits_fill_the_free_references() {
    let bench = Bench::new().await;
    let path = |name: &str| {
        let path = bench.folder.path().join(name);
        write(&path, name.as_bytes());
        path
    };
    let mut request = ImageRequest::new("google/nano-banana", "Aubrey at the lake");
    request.reference_images = vec![path("style.png")];
    let portraits = vec![path("face.png"), path("notes.txt")];
    request.characters.push(kinora_provider::CharacterSketch {
        name: "Aubrey".into(),
        portraits,
        ..Default::default()
    });
    bench.submit("job", GenerationRequest::Image(request)).await.unwrap();
    let state = bench.sim.state();
    let sent = state.predictions[0].value["input"]["image_input"].as_array().unwrap();
    assert_eq!(sent.len(), 2, "{sent:?}");
}

#[tokio::test]
async fn values_go_out_under_the_vendors_names_with_the_defaults_of_the_card() {
    let bench = Bench::new().await;
    let mut sora = VideoRequest::new("openai/sora-2", "a storm", 8.0);
    sora.aspect_ratio = Some(kinora_provider::AspectRatio::WIDE);
    bench.submit("sora", GenerationRequest::Video(sora)).await.unwrap();
    let mut veo = VideoRequest::new("google/veo-3.1", "a storm", 6.0);
    veo.negative_prompt = "text".into();
    veo.seed = Some(5_000_000_000);
    veo.parameters.insert("generate_audio".into(), false.into());
    bench.submit("veo", GenerationRequest::Video(veo)).await.unwrap();
    let state = bench.sim.state();
    assert_eq!(
        state.predictions[0].value["input"],
        json!({"prompt": "a storm", "seconds": 8, "aspect_ratio": "landscape"})
    );
    let expected = json!({"prompt": "a storm", "negative_prompt": "text", "duration": 6, "seed": 5_000_000_000_u64 & 0x7fff_ffff,
        "resolution": "1080p", "generate_audio": false});
    assert_eq!(state.predictions[1].value["input"], expected);
    assert_eq!(state.predictions[1].value["version"], "hidden");
}

#[tokio::test]
async fn a_community_model_is_read_from_its_schema_and_run_by_version() {
    let bench = Bench::new().await;
    let card = bench.provider.refresh("community/veo-3.1").await.unwrap();
    assert_eq!((card.kind, card.price.basis), (RequestKind::Video, PriceBasis::Unknown));
    bench.submit("job", video("community/veo-3.1")).await.unwrap();
    let version = bench.sim.state().predictions[0].value["version"].clone();
    assert_eq!(version, card.vendor["version"]);
    assert_eq!(bench.sim.creates(), 1);
}

#[tokio::test]
async fn a_refused_official_address_moves_on_to_the_version_and_makes_one() {
    let bench = Bench::new().await;
    // A card that takes the model for an official one.
    let folder = bench.folder.path().join("cards");
    std::fs::create_dir(&folder).unwrap();
    let card = r#"[{"id": "community/image-model", "label": "Mine", "kind": "image", "price": {"basis": "unknown"},
        "vendor": {"fields": {"prompt": "prompt"}}},
        {"id": "nobody/nothing", "label": "Gone", "kind": "image", "price": {"basis": "unknown"},
        "vendor": {"fields": {"prompt": "prompt"}}}]"#;
    write(&folder.join("mine.json"), card.as_bytes());
    let options = kinora_replicate::ReplicateOptions {
        cards: CardPlaces::in_folder(folder),
        ..crate::options(&bench.sim.base_url())
    };
    let provider = kinora_replicate::ReplicateProvider::new(options).unwrap();
    assert_eq!(provider.card_problems(), []);
    // The model has no known schema, so that no version is to be had.
    let error = provider.submit(bench.ticket("a"), image("community/image-model")).await.unwrap_err();
    assert!(matches!(error, ProviderError::ModelNotFound { .. }), "{error:?}");
    let error = provider.submit(bench.ticket("b"), image("nobody/nothing")).await.unwrap_err();
    assert!(matches!(error, ProviderError::ModelNotFound { .. }), "{error:?}");
    assert_eq!(bench.sim.creates(), 0);
}

#[tokio::test]
async fn a_live_schema_gives_back_what_the_card_says() {
    let bench = Bench::new().await;
    let schemas: serde_json::Value = serde_json::from_str(include_str!("../data/input_schemas.json")).unwrap();
    for id in schemas.as_object().unwrap().keys().filter(|id| !id.starts_with('_')) {
        let before = bench.provider.descriptor().model(id).cloned().unwrap();
        let card = bench.provider.refresh(id).await.unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(card.problems(), Vec::<String>::new(), "{id}");
        let lengths = |card: &kinora_provider::ModelCard| match card.durations.clone() {
            Some(DurationRule::Choices(choices)) => Some((choices[0], choices[choices.len() - 1])),
            Some(DurationRule::Range { min, max, .. }) => Some((min, max)),
            None => None,
        };
        assert_eq!(lengths(&card), lengths(&before), "{id}");
        let mut shapes = [card.aspect_ratios.clone(), before.aspect_ratios.clone()];
        shapes.iter_mut().for_each(|list| list.sort_by_key(ToString::to_string));
        assert_eq!(shapes[0], shapes[1], "{id}");
        let slots = |card: &kinora_provider::ModelCard| {
            let mut slots: Vec<_> = card.references.iter().map(|slot| (slot.field.clone(), slot.required)).collect();
            slots.sort();
            slots
        };
        assert_eq!(slots(&card), slots(&before), "{id}");
        assert_eq!(
            (card.takes_seed, card.text.required, &card.price),
            (before.takes_seed, before.text.required, &before.price),
            "{id}"
        );
        for parameter in &before.parameters {
            let live = card.parameter(&parameter.name).unwrap_or_else(|| panic!("{id}: {} is gone", parameter.name));
            if let (ParameterKind::Choice { choices: known }, ParameterKind::Choice { choices: live }) =
                (&parameter.kind, &live.kind)
            {
                assert!(
                    known.iter().all(|choice| live.contains(choice)),
                    "{id} {}: {known:?} {live:?}",
                    parameter.name
                );
            }
        }
        assert_eq!(card.rules, before.rules, "{id}");
        assert!(card.parameters.iter().all(|parameter| !parameter.name.contains("api_key")), "{id} asks for a key");
    }
}

#[tokio::test]
async fn a_model_that_is_not_there_or_tells_nothing_keeps_the_old_card() {
    let bench = Bench::new().await;
    let before = bench.provider.descriptor();
    let error = bench.provider.refresh("nobody/nothing").await.unwrap_err();
    assert!(matches!(error, ProviderError::ModelNotFound { .. }), "{error:?}");
    let error = bench.provider.refresh("luma/ray-2-720p").await.unwrap_err();
    assert!(matches!(error, ProviderError::NotSupported { .. }), "{error:?}");
    for odd in ["", "x", "a/b/c", "../account", "a/../../b"] {
        assert!(matches!(bench.provider.refresh(odd).await, Err(ProviderError::ModelNotFound { .. })), "{odd}");
    }
    assert_eq!(bench.provider.descriptor(), before);
}
