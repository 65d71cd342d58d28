//! The vendor's OpenAPI (trimmed), as a judge of requests and answers.

use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

const OPENAPI: &str = include_str!("../../tests/data/openapi.json");

/// The vendor's description of its API.
pub struct Contract {
    document: Value,
    validators: Mutex<HashMap<String, Arc<jsonschema::Validator>>>,
}

/// One thing that a schema does not allow, as the vendor would say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The way to the field, without `body` or `query`.
    pub place: Vec<String>,
    /// What is wrong.
    pub reason: String,
}

impl Contract {
    /// The contract this crate keeps as test data.
    ///
    /// # Errors
    /// That the file is broken.
    pub fn load() -> Result<Self, String> {
        let document = serde_json::from_str(OPENAPI).map_err(|error| format!("tests/data/openapi.json: {error}"))?;
        Ok(Self { document, validators: Mutex::default() })
    }

    /// Holds a JSON body, or the fields of a form as an object, against what a path takes.
    ///
    /// # Errors
    /// Every violation; a field that the schema does not name is one.
    pub fn request(&self, path: &str, body: &Value) -> Result<(), Vec<Violation>> {
        let content = &self.document["paths"][path]["post"]["requestBody"]["content"];
        let schema = content.as_object().and_then(|kinds| kinds.values().next()).map(|kind| &kind["schema"]);
        let Some(schema) = schema else {
            return Err(vec![Violation { place: Vec::new(), reason: format!("{path} takes no body") }]);
        };
        let mut violations = self.check(schema, body);
        let known = self.resolved(schema)["properties"].as_object().cloned().unwrap_or_default();
        let unknown = body.as_object().into_iter().flatten().filter(|(name, _)| !known.contains_key(*name));
        violations
            .extend(unknown.map(|(name, _)| Violation { place: vec![name.clone()], reason: "no such field".into() }));
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }

    /// Holds a query against what a path takes.
    ///
    /// # Errors
    /// Every violation.
    pub fn query(&self, path: &str, method: &str, query: &[(String, String)]) -> Result<(), Vec<Violation>> {
        let parameters = self.document["paths"][path][method]["parameters"].as_array().cloned().unwrap_or_default();
        let mut violations = Vec::new();
        for (name, text) in query {
            let known = parameters.iter().find(|known| known["name"] == name.as_str() && known["in"] == "query");
            let Some(known) = known else {
                violations.push(Violation { place: vec![name.clone()], reason: "no such parameter".into() });
                continue;
            };
            violations.extend(self.check(&known["schema"], &from_text(text, &known["schema"])));
        }
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }

    /// Holds a JSON answer against what a path promises.
    ///
    /// # Errors
    /// Every violation.
    pub fn answer(&self, path: &str, method: &str, status: u16, body: &Value) -> Result<(), Vec<Violation>> {
        let responses = &self.document["paths"][path][method]["responses"];
        let schema = &responses[status.to_string()]["content"]["application/json"]["schema"];
        if schema.is_null() {
            let reason = format!("{method} {path} promises no JSON with {status}");
            return Err(vec![Violation { place: Vec::new(), reason }]);
        }
        let violations = self.check(schema, body);
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }

    /// Fields of a form as the JSON the schema speaks of: `true`, `7` and text.
    #[must_use]
    pub fn form(&self, path: &str, fields: &[(String, String)]) -> Value {
        let content = &self.document["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"];
        let properties = self.resolved(&content["schema"])["properties"].clone();
        let values = fields.iter().map(|(name, text)| (name.clone(), from_text(text, &properties[name])));
        Value::Object(values.collect::<Map<_, _>>())
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null),
            None => schema,
        }
    }

    fn check(&self, schema: &Value, value: &Value) -> Vec<Violation> {
        let key = schema.to_string();
        let kept = self.validators.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let validator = match kept {
            Some(validator) => validator,
            None => {
                // References point into the document, so the schema is judged inside it.
                let whole = json!({ "allOf": [schema], "components": self.document["components"] });
                let validator = match jsonschema::draft202012::new(&whole) {
                    Ok(validator) => Arc::new(validator),
                    Err(error) => return vec![Violation { place: Vec::new(), reason: error.to_string() }],
                };
                let mut kept = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
                kept.insert(key, Arc::clone(&validator));
                validator
            }
        };
        let violation = |error: jsonschema::ValidationError<'_>| Violation {
            place: error.instance_path().to_string().split('/').skip(1).map(str::to_owned).collect(),
            reason: error.to_string(),
        };
        validator.iter_errors(value).map(violation).collect()
    }
}

/// Text of a query or a form as the value its schema asks for.
fn from_text(text: &str, schema: &Value) -> Value {
    let takes = |wanted: &str| {
        let one = |schema: &Value| schema["type"] == wanted;
        one(schema) || schema["anyOf"].as_array().is_some_and(|kinds| kinds.iter().any(one))
    };
    let parsed = serde_json::from_str::<Value>(text).ok();
    match parsed {
        Some(value @ Value::Bool(_)) if takes("boolean") => value,
        Some(value @ Value::Number(_)) if takes("integer") || takes("number") => value,
        _ if takes("array") => json!([text]),
        _ => text.into(),
    }
}
