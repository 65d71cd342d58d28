//! The vendor's own shapes, read leniently: recorded answers leave out fields the specification calls required.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A prediction: only `id` and `status` are always there.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Prediction {
    pub(crate) id: String,
    pub(crate) status: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) model: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) version: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) input: Map<String, Value>,
    #[serde(default)]
    pub(crate) output: Value,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) data_removed: bool,
    /// Text in all that was seen; anything else is shown as it is.
    #[serde(default)]
    pub(crate) error: Value,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) logs: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) metrics: Map<String, Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) created_at: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) completed_at: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) deadline: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) urls: Urls,
}

/// Addresses of a prediction or a file.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Urls {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) get: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) web: String,
}

/// A page of predictions.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    pub(crate) next: Option<String>,
    /// Read one by one, so that one odd entry does not hide the rest.
    #[serde(default)]
    pub(crate) results: Vec<Value>,
}

/// An uploaded file.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FileResource {
    #[serde(default)]
    pub(crate) urls: Urls,
}

/// The account of a key.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Account {
    pub(crate) username: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) name: String,
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    pub(crate) kind: String,
}

/// An error's body: any subset of it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Problem {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) title: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) detail: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) invalid_fields: Vec<InvalidField>,
}

/// One refused input.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct InvalidField {
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    pub(crate) kind: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) field: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) description: String,
}

/// `null` reads as the default, as a missing field does.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_prediction_may_leave_out_or_null_nearly_everything() {
        let bare: Prediction = serde_json::from_value(json!({"id": "a", "status": "starting"})).unwrap();
        assert!(bare.logs.is_empty() && bare.output.is_null() && bare.urls.get.is_empty());
        let nulls = json!({"id": "a", "status": "starting", "model": null, "version": null, "input": null, "output": null,
            "data_removed": null, "error": null, "logs": null, "metrics": null, "created_at": null, "completed_at": null,
            "deadline": null, "urls": {"get": null, "stream": "x"}, "webhook_completed": "?"});
        assert!(serde_json::from_value::<Prediction>(nulls).is_ok());
        assert!(serde_json::from_value::<Prediction>(json!({"status": "starting"})).is_err());
    }
}
