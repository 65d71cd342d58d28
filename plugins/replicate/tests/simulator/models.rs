//! Models and their schemas.

use super::{check, http::Response, routes::missing};
use serde_json::{Map, Value, json};

/// A model with its schema. Models in the sample write choices inline; those named `…/raw-…` and every official one as
/// the vendor's own API does, in components.
pub fn model(owner: &str, name: &str) -> Response {
    let full = format!("{owner}/{name}");
    let schemas = check::schemas();
    let key = full.replace("community/", "google/");
    if owner == "nobody" {
        return missing("The requested resource could not be found.");
    }
    let known = schemas.get(&full).or_else(|| schemas.get(&key)).cloned();
    let schema = known.map(|schema| {
        let mut components = Map::new();
        let mut input = schema["Input"].clone();
        for (property, value) in input["properties"].as_object_mut().unwrap() {
            if let Some(choices) = value.as_object_mut().unwrap().shift_remove("enum") {
                let component =
                    json!({"enum": choices, "type": value["type"], "title": property, "description": "An enumeration."});
                components.insert(property.clone(), component);
                let mut reference = json!({"allOf": [{"$ref": format!("#/components/schemas/{property}")}]});
                for key in ["default", "x-order", "description"] {
                    if let Some(kept) = value.get(key) {
                        reference[key] = kept.clone();
                    }
                }
                *value = reference;
            }
        }
        components.insert("Input".into(), input);
        components.insert("Output".into(), schema["Output"].clone());
        json!({"openapi": "3.0.2", "info": {"title": "Cog", "version": "0.1.0"}, "paths": {}, "components": {"schemas": components}})
    });
    let version = schema.map_or(Value::Null, |schema| {
        json!({"id": "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa", "created_at": "2026-03-25T00:00:00.000Z",
               "cog_version": "0.15.0", "openapi_schema": schema})
    });
    let body = json!({
        "url": format!("https://replicate.com/{full}"), "owner": owner, "name": name, "description": "A model",
        "visibility": "public", "is_official": owner != "community", "run_count": 7, "github_url": null, "paper_url": null,
        "license_url": null, "cover_image_url": null, "default_example": null, "latest_version": version
    });
    Response::json(200, &body)
}
