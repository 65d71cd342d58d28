//! Changes of JSON as RFC 7396 writes them: objects field by field, `null` removes, anything else replaces.

use serde_json::{Map, Value};

/// Applies a change.
pub(super) fn merge(target: &mut Value, change: Value) {
    let Value::Object(fields) = change else {
        *target = change;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(object) = target.as_object_mut() else { return };
    for (name, field) in fields {
        if field.is_null() {
            object.shift_remove(&name);
        } else {
            merge(object.entry(name).or_insert(Value::Null), field);
        }
    }
}

/// The change that makes one value of another; `None` where they are the same.
pub(super) fn change_between(old: &Value, new: &Value) -> Option<Value> {
    if old == new {
        return None;
    }
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return Some(new.clone()) };
    let mut change = Map::new();
    for (name, value) in new {
        let differs = match old.get(name) {
            Some(before) => change_between(before, value),
            None => Some(value.clone()),
        };
        change.extend(differs.map(|value| (name.clone(), value)));
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        change.insert(name.clone(), Value::Null);
    }
    Some(Value::Object(change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_makes_the_new_of_the_old() {
        let values = [
            json!({}),
            json!({"a": 1, "b": {"c": [1, 2], "d": "x"}}),
            json!({"a": 2, "b": {"c": [1], "e": {"f": true}}}),
            json!({"b": {}}),
            json!({"b": "no object", "g": [{"h": null}]}),
        ];
        for old in &values {
            for new in &values {
                let Some(change) = change_between(old, new) else {
                    assert_eq!(old, new);
                    continue;
                };
                let mut made = old.clone();
                merge(&mut made, change.clone());
                assert_eq!(made, *new, "{old} by {change}");
            }
        }
        assert_eq!(change_between(&values[1], &json!({"a": 1, "b": {"c": [1, 2]}})), Some(json!({"b": {"d": null}})));
    }
}
