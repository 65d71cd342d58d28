//! Requests and answers held against the vendor's own OpenAPI document, by a judge that is not ours.

use crate::{Bench, image, simulator::Plan, video};
use kinora_provider::{GenerationRequest, Provider, VideoRequest};
use serde_json::{Value, json};

const OPENAPI: &str = include_str!("../data/openapi.json");

fn judge(schema: &str) -> jsonschema::Validator {
    let mut document: Value = serde_json::from_str(OPENAPI).unwrap();
    nullable(&mut document);
    document["$ref"] = format!("#/components/schemas/{schema}").into();
    jsonschema::validator_for(&document).unwrap()
}

/// `nullable` is OpenAPI 3.0's word for a type that may also be null; JSON Schema lists both. And the document says that
/// `version` is one of any text and `hidden`, which `hidden` itself could never be: any of them is meant.
fn nullable(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("nullable") == Some(&Value::Bool(true))
                && let Some(kind) = fields.get("type").cloned()
            {
                fields.insert("type".into(), json!([kind, "null"]));
            }
            if let Some(either) = fields.shift_remove("oneOf") {
                fields.insert("anyOf".into(), either);
            }
            fields.values_mut().for_each(nullable);
        }
        Value::Array(items) => items.iter_mut().for_each(nullable),
        _ => {}
    }
}

fn check(schema: &str, value: &Value) {
    let judge = judge(schema);
    let problems: Vec<_> =
        judge.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{schema}: {value}: {problems:#?}");
}

#[test]
fn the_judge_refuses_what_is_wrong() {
    assert!(!judge("schemas_prediction_request").is_valid(&json!({"input": {}, "model": "x"})));
    assert!(!judge("schemas_version_prediction_request").is_valid(&json!({"input": {}})));
    assert!(!judge("schemas_prediction_response").is_valid(&json!({"id": "x", "status": "dreaming"})));
}

#[tokio::test]
async fn what_is_sent_and_what_the_simulator_answers_is_as_specified() {
    let bench = Bench::new().await;
    bench.provider.refresh("community/veo-3.1").await.unwrap();
    let large = bench.folder.path().join("first.png");
    std::fs::File::create_new(&large).unwrap().set_len(300_000).unwrap();
    let mut request = VideoRequest::new("google/veo-3.1", "a storm", 8.0);
    request.reference_first_frame = Some(large);
    let official = bench.submit("a", GenerationRequest::Video(request)).await.unwrap();
    bench.submit("b", video("community/veo-3.1")).await.unwrap();
    bench.sim.plan(Plan { end: "failed".into(), ..Plan::default() });
    let failed = bench.submit("c", image("google/nano-banana")).await.unwrap();
    bench.wait("a", &official.vendor_id).await;
    bench.wait("c", &failed.vendor_id).await;
    bench.provider.standing().await.unwrap();
    let state = bench.sim.state();
    let mut kinds = Vec::new();
    for exchange in &state.exchanges {
        let (path, sent, answer) = (exchange.path.as_str(), &exchange.sent, &exchange.answer);
        let kind = match (exchange.method.as_str(), path.trim_start_matches("/v1/")) {
            ("POST", "predictions") => {
                check("schemas_version_prediction_request", sent);
                check("schemas_prediction_response", answer);
                "by version"
            }
            ("POST", path) if path.ends_with("/predictions") => {
                check("schemas_prediction_request", sent);
                check("schemas_prediction_response", answer);
                "official"
            }
            ("GET", path) if path.starts_with("predictions/") => {
                check("schemas_prediction_response", answer);
                "prediction"
            }
            ("POST", "files") => {
                check("schemas_file_response", answer);
                "file"
            }
            ("GET", path) if path.starts_with("models/") => {
                check("schemas_model_response", answer);
                "model"
            }
            ("GET", "account") => {
                check("account", answer);
                "account"
            }
            other => panic!("{other:?} was not expected"),
        };
        kinds.push(kind);
    }
    for kind in ["by version", "official", "prediction", "file", "model", "account"] {
        assert!(kinds.contains(&kind), "no {kind} in {kinds:?}");
    }
    let page = json!({"next": null, "previous": null, "results": state.predictions.iter().map(|entry| &entry.value).collect::<Vec<_>>()});
    check("schemas_paginated_prediction_response", &page);
}
