use super::*;
use crate::{GenerationRequest, MusicRequest, SpeechRequest, VideoRequest};
use serde_json::json;

/// A card like the vendors': limits, dependencies, references and a price by resolution.
fn veo_like() -> ModelCard {
    serde_json::from_value(json!({
        "id": "google/veo-like", "label": "Veo-like", "kind": "video", "takes_seed": true,
        "text": {"required": true, "max_chars": 40},
        "durations": {"choices": [4.0, 6.0, 8.0, 10.0]},
        "aspect_ratios": ["16:9", "9:16"],
        "references": [
            {"field": "reference_first_frame", "label": "First frame", "max_count": 1, "extensions": ["png", "jpg"]},
            {"field": "reference_last_frame", "label": "Last frame", "max_count": 1},
            {"field": "reference_images", "label": "Ingredients", "max_count": 3}
        ],
        "parameters": [
            {"name": "resolution", "label": "Resolution", "type": "choice", "choices": ["720p", "1080p"], "default": "720p"},
            {"name": "guidance", "label": "Guidance", "type": "number", "min": 0.0, "max": 1.0, "default": 0.5},
            {"name": "steps", "label": "Steps", "type": "integer", "min": 1, "max": 50},
            {"name": "audio", "label": "Sound", "type": "boolean", "default": true},
            {"name": "style", "label": "Style", "type": "text", "max_chars": 5, "required": true}
        ],
        "rules": [
            {"when": [{"field": "duration_secs", "is": {"one_of": [10]}}],
             "then": [{"field": "parameters.resolution", "is": {"one_of": ["720p"]}}], "reason": "10 s not at 1080p"},
            {"when": [{"field": "reference_last_frame", "is": "given"}],
             "then": [{"field": "reference_first_frame", "is": "given"}], "reason": "a last frame needs a first frame"}
        ],
        "price": {"basis": "second", "billed_step_secs": 1.0, "tiers": [
            {"when": [{"field": "parameters.audio", "is": {"one_of": [false]}}], "usd": 0.2},
            {"when": [{"field": "parameters.resolution", "is": {"one_of": ["1080p"]}}], "usd": 0.5},
            {"usd": 0.4}
        ]}
    }))
    .unwrap()
}

fn legal() -> VideoRequest {
    let mut request = VideoRequest::new("google/veo-like", "a storm", 8.0);
    request.parameters.insert("style".into(), "noir".into());
    request
}

/// Changes a legal request and says which fields the card then refuses.
fn check(change: impl FnOnce(&mut VideoRequest), refused: &[&str]) {
    let mut request = legal();
    change(&mut request);
    let violations = veo_like().validate(&GenerationRequest::Video(request.clone())).err().unwrap_or_default();
    let fields: Vec<_> = violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, refused, "{request:?}");
    assert!(violations.iter().all(|violation| !violation.reason.is_empty()));
}

#[test]
fn each_limit_is_refused_by_its_field() {
    check(|_| {}, &[]);
    check(|request| request.final_prompt.clear(), &["final_prompt"]);
    check(|request| request.final_prompt = "x".repeat(41), &["final_prompt"]);
    check(|request| request.final_prompt = "a\0b".into(), &["final_prompt"]);
    for secs in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e12, 5.0] {
        check(|request| request.duration_secs = secs, &["duration_secs"]);
    }
    check(|request| request.aspect_ratio = Some(AspectRatio::SQUARE), &["aspect_ratio"]);
    check(|request| request.aspect_ratio = Some(AspectRatio::TALL), &[]);
    check(|request| request.size_px = Some(crate::SizePx { width_px: 0, height_px: 9 }), &["size_px"]);
    check(|request| request.reference_images = vec!["a.png".into(); 4], &["reference_images"]);
    check(|request| request.reference_first_frame = Some("a.gif".into()), &["reference_first_frame"]);
    check(|request| request.reference_first_frame = Some("a.PNG".into()), &[]);
    for (name, value, ok) in [
        ("resolution", json!("1080p"), true),
        ("resolution", json!("4k"), false),
        ("guidance", json!(1), true),
        ("guidance", json!(1.1), false),
        ("guidance", json!("high"), false),
        ("steps", json!(50), true),
        ("steps", json!(51), false),
        ("steps", json!(2.5), false),
        ("audio", json!("yes"), false),
        ("style", json!("sixsix"), false),
        ("unknown", json!(1), false),
    ] {
        let field = format!("parameters.{name}");
        let refused: &[&str] = if ok { &[] } else { &[field.as_str()] };
        check(|request| drop(request.parameters.insert(name.into(), value)), refused);
    }
    check(|request| request.parameters.clear(), &["parameters.style"]);
}

#[test]
fn values_that_do_not_go_together_are_refused() {
    check(|request| request.duration_secs = 10.0, &[]);
    check(
        |request| {
            request.duration_secs = 10.0;
            request.parameters.insert("resolution".into(), "1080p".into());
        },
        &["parameters.resolution"],
    );
    check(|request| request.reference_last_frame = Some("b.png".into()), &["reference_first_frame"]);
    check(
        |request| {
            request.reference_last_frame = Some("b.png".into());
            request.reference_first_frame = Some("a.png".into());
        },
        &[],
    );
}

#[test]
fn a_request_of_another_kind_names_the_model() {
    let music = GenerationRequest::Music(MusicRequest::new("google/veo-like", "tense", 8.0));
    assert_eq!(veo_like().validate(&music).unwrap_err()[0].field, "model");
}

#[test]
fn the_first_tier_that_fits_prices_the_request() {
    let card = veo_like();
    let price = |change: &dyn Fn(&mut VideoRequest)| {
        let mut request = legal();
        change(&mut request);
        card.price(&GenerationRequest::Video(request)).map(|price| (price.usd * 100.0).round())
    };
    assert_eq!(price(&|_| {}), Some(320.0));
    assert_eq!(price(&|request| request.duration_secs = 7.2), Some(320.0), "seconds are billed whole");
    assert_eq!(price(&|request| drop(request.parameters.insert("resolution".into(), "1080p".into()))), Some(400.0));
    assert_eq!(price(&|request| drop(request.parameters.insert("audio".into(), false.into()))), Some(160.0));
    assert_eq!(price(&|request| request.duration_secs = f64::NAN), None);
    let six_secs = VideoRequest { duration_secs: 6.0, ..legal() };
    let said = card.price(&GenerationRequest::Video(six_secs)).unwrap();
    assert_eq!(serde_json::to_string(&said.usd).unwrap(), "2.4", "no crumbs of floats");
    let mut floored = veo_like();
    floored.price.billed_min_secs = Some(5.0);
    for (secs, usd) in [(3.0, Some(2.0)), (5.1, Some(2.4)), (f64::NAN, None)] {
        let mut request = legal();
        request.duration_secs = secs;
        let cents = floored.price(&GenerationRequest::Video(request)).map(|price| (price.usd * 100.0).round());
        assert_eq!(cents, usd.map(|usd: f64| usd * 100.0), "{secs} s");
    }

    let mut speech = ModelCard::new("tts", "Voice", RequestKind::Speech);
    let say = GenerationRequest::Speech(SpeechRequest::new("tts", "Aubrey", "I am lost."));
    assert_eq!(speech.price(&say).unwrap().usd, 0.0);
    speech.price = PriceRule {
        basis: PriceBasis::Character,
        tiers: vec![PriceTier { when: Vec::new(), usd: 0.0001 }],
        minimum_usd: 0.01,
        ..PriceRule::default()
    };
    assert_eq!(speech.price(&say).unwrap().usd, 0.01, "the minimum holds");
    speech.price.times_field = Some("parameters.copies".into());
    assert_eq!(speech.price(&say), None, "how many is not known");
    speech.parameters.push(ParameterSpec::new(
        "copies",
        "Copies",
        ParameterKind::Integer { min: None, max: None },
        200,
    ));
    assert_eq!((speech.price(&say).unwrap().usd * 1000.0).round(), 200.0);
    speech.price.tiers.clear();
    assert_eq!(speech.price(&say), None, "an unknown price is not a free one");
    speech.price.basis = PriceBasis::Unknown;
    assert_eq!((speech.price(&say), speech.problems()), (None, Vec::new()));
}

#[test]
fn durations_snap_to_what_is_possible() {
    let choices = DurationRule::Choices(vec![4.0, 6.0, 8.0]);
    let range = DurationRule::Range { min: 2.0, max: 15.0, step: Some(0.5) };
    for (rule, wish, nearest) in [
        (&choices, 5.5, 6.0),
        (&choices, 100.0, 8.0),
        (&range, 3.3, 3.5),
        (&range, 0.0, 2.0),
        (&range, 99.0, 15.0),
        (&range, f64::NAN, 2.0),
    ] {
        assert_eq!(rule.nearest(wish), nearest, "{rule:?} {wish}");
        assert!(rule.allows(nearest));
    }
    assert!(!range.allows(3.3) && !range.allows(f64::NAN));
}

#[test]
fn a_card_survives_the_disk() {
    let card = veo_like();
    let text = serde_json::to_string(&card).unwrap();
    assert_eq!(serde_json::from_str::<ModelCard>(&text).unwrap(), card);
}
