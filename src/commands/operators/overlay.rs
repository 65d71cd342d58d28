//! Lays JSON fields over a thing of the film, by the names its file uses.

use crate::commands::OperatorError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The thing with the fields laid over it. Only `allowed` fields may be set; `null` puts back the file's default.
///
/// # Errors
/// [`OperatorError::Refused`] for a field that is not allowed, or a value of the wrong type.
pub(super) fn overlay<T: Serialize + DeserializeOwned>(
    current: &T,
    fields: Map<String, Value>,
    allowed: &[&str],
) -> Result<T, OperatorError> {
    let refused = |name: &str, error: &dyn std::fmt::Display| OperatorError::Refused(format!("{name}: {error}"));
    let mut whole = match serde_json::to_value(current) {
        Ok(Value::Object(whole)) => whole,
        Ok(_) => return Err(OperatorError::Refused("this thing has no fields".to_owned())),
        Err(error) => return Err(refused("the film", &error)),
    };
    for (name, value) in fields {
        if !allowed.contains(&name.as_str()) {
            let name: String = name.chars().take(80).collect();
            return Err(refused(&name, &format!("there is no such field to set; there are {}", allowed.join(", "))));
        }
        let before = if value.is_null() {
            // Absent is the default wherever the file has one; where it has none, `null` is the wrong type.
            whole.shift_remove(&name)
        } else {
            whole.insert(name.clone(), value)
        };
        // Field by field, so that an error names the field.
        if let Err(error) = T::deserialize(Value::Object(whole.clone())) {
            tracing::debug!("{name} was {before:?}");
            return Err(refused(&name, &error));
        }
    }
    T::deserialize(Value::Object(whole)).map_err(|error| refused("the film", &error))
}
