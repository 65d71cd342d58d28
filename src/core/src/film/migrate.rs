//! Brings the JSON of older schema versions up to date, before it is read into types.
//!
//! Version 0 is the mission's bare format: no `schema_version`, shots without takes, `continuity_source` as the name of
//! a shot, `characters.json` as a list, a map or an object with a list. Every step leaves JSON that is already of the
//! newer version as it is, because a save that was cut short leaves a mixture behind.

use crate::ids::SceneId;
use serde_json::{Map, Value, json};

/// `metadata.json` of `version`, up to date.
pub(super) fn metadata(mut value: Value, version: u32) -> Value {
    let Some(members) = value.as_object_mut().filter(|_| version == 0) else { return value };
    members.insert("schema_version".to_owned(), json!(1));
    rename(members, &["name", "project_name"], "title");
    default(members, "title", json!("Untitled"));
    rename(members, &["fps", "frame_rate"], "rate");
    default(members, "rate", json!("24"));
    if !members.contains_key("size")
        && let (Some(width), Some(height)) = (members.shift_remove("width"), members.shift_remove("height"))
    {
        members.insert("size".to_owned(), json!({"width": width, "height": height}));
    }
    default(members, "size", json!({"width": 1920, "height": 1080}));
    if !members.contains_key("scene_order")
        && let Some(names) = members.get("scenes").and_then(Value::as_array).and_then(|scenes| scene_names(scenes))
    {
        members.shift_remove("scenes");
        members.insert("scene_order".to_owned(), names);
    }
    default(members, "scene_order", json!([]));
    value
}

/// `settings.json` of `version`, up to date.
pub(super) fn settings(mut value: Value, version: u32) -> Value {
    if let Some(members) = value.as_object_mut().filter(|_| version == 0) {
        // A form with an empty field saved null; the default is meant.
        members.retain(|_, member| !member.is_null());
        if members.get("default_aspect_ratio").is_some_and(|ratio| ratio == "") {
            members.shift_remove("default_aspect_ratio");
        }
    }
    value
}

/// `characters.json` of `version`, up to date.
pub(super) fn characters(mut value: Value, version: u32) -> Value {
    if version != 0 {
        return value;
    }
    let mut list = match value {
        Value::Object(mut members) => match members.shift_remove("characters") {
            Some(Value::Array(list)) => list,
            Some(Value::Object(by_name)) => named_list(by_name),
            Some(other) => return other,
            None if members.contains_key("character_id") => vec![Value::Object(members)],
            None => named_list(members),
        },
        Value::Array(list) => list,
        _ => return value,
    };
    for character in list.iter_mut().filter_map(Value::as_object_mut) {
        text_or_empty(character, &["voice_id", "prompt_style_tokens"]);
        if let Some(id) = character.get("character_id").cloned() {
            default(character, "name", id);
        }
        if character.get("portrait_paths").is_some_and(Value::is_null) {
            character.shift_remove("portrait_paths");
        }
        if let Some(Value::Array(paths)) = character.get_mut("portrait_paths") {
            paths.iter_mut().for_each(|path| tidy_path(path, ""));
            paths.retain(|path| !path.is_null());
        }
    }
    value = Value::Array(list);
    value
}

/// A `scene.json` of `version`, up to date.
pub(super) fn scene(mut value: Value, version: u32, scene_id: &SceneId) -> Value {
    let Some(members) = value.as_object_mut().filter(|_| version == 0) else { return value };
    let inside = format!("scenes/{scene_id}/");
    default(members, "scene_id", json!(scene_id));
    text_or_empty(members, &["title", "prompt"]);
    if let Some(Value::Array(shots)) = members.get_mut("shots") {
        for shot in shots.iter_mut().filter_map(Value::as_object_mut) {
            migrate_shot(shot, scene_id, &inside);
        }
    }
    for list in ["shots", "audio_tracks"] {
        if members.get(list).is_some_and(Value::is_null) {
            members.shift_remove(list);
        }
    }
    if let Some(Value::Object(tracks)) = members.get_mut("audio_tracks") {
        for lane in ["voice", "music", "ambient"] {
            if let Some(path) = tracks.get_mut(lane) {
                tidy_path(path, &inside);
            }
        }
        // The first format has one voice file a scene and no lines to make it from.
        if tracks.get("voice").is_some_and(Value::is_string) && !members.contains_key("voice_lines") {
            default(members, "voice_source", json!("file"));
        }
    }
    value
}

fn migrate_shot(shot: &mut Map<String, Value>, scene_id: &SceneId, inside: &str) {
    text_or_empty(shot, &["prompt", "model"]);
    for name in
        ["file_path", "first_frame_path", "last_frame_path", "reference_first_frame_path", "reference_last_frame_path"]
    {
        if let Some(path) = shot.get_mut(name) {
            tidy_path(path, inside);
        }
    }
    if shot.get("aspect_ratio").is_some_and(|ratio| ratio == "") {
        shot.shift_remove("aspect_ratio");
    }
    if let Some(source) = shot.get_mut("continuity_source")
        && let Some(name) = source.as_str()
    {
        *source = match name.split_once('/') {
            _ if name.is_empty() => Value::Null,
            Some((scene, shot)) => json!({"scene_id": scene, "shot_id": shot}),
            None => json!({"scene_id": scene_id, "shot_id": name}),
        };
    }
    if !shot.contains_key("takes")
        && let Some(path) = shot.get("file_path").filter(|path| path.is_string()).cloned()
    {
        let member = |name: &str| shot.get(name).cloned().unwrap_or_else(|| json!(""));
        let take =
            json!({"take_id": "take_001", "file_path": path, "model": member("model"), "prompt": member("prompt")});
        shot.insert("takes".to_owned(), json!([take]));
    }
}

/// Paths of the first format may be empty, relative to the project, or written on Windows.
fn tidy_path(path: &mut Value, inside: &str) {
    if let Some(text) = path.as_str() {
        let text = text.replace('\\', "/");
        let text = text.strip_prefix("./").unwrap_or(&text);
        let text = text.strip_prefix(inside).unwrap_or(text);
        *path = if text.is_empty() { Value::Null } else { json!(text) };
    }
}

/// The characters of a map from id to character.
fn named_list(members: Map<String, Value>) -> Vec<Value> {
    members
        .into_iter()
        .map(|(name, mut character)| {
            if let Some(character) = character.as_object_mut() {
                default(character, "character_id", json!(name));
            }
            character
        })
        .collect()
}

/// The names in a list of names or of objects with a `scene_id`; `None` for any other list.
fn scene_names(scenes: &[Value]) -> Option<Value> {
    let name = |scene: &Value| match scene {
        Value::String(_) => Some(scene.clone()),
        other => other.get("scene_id").filter(|name| name.is_string()).cloned(),
    };
    scenes.iter().map(name).collect::<Option<Vec<_>>>().map(Value::Array)
}

fn text_or_empty(members: &mut Map<String, Value>, names: &[&str]) {
    for name in names {
        if members.get(*name).is_some_and(Value::is_null) {
            members.insert((*name).to_owned(), json!(""));
        }
    }
}

fn rename(members: &mut Map<String, Value>, old_names: &[&str], name: &str) {
    for old in old_names {
        if !members.contains_key(name)
            && let Some(member) = members.shift_remove(*old)
        {
            members.insert(name.to_owned(), member);
        }
    }
}

fn default(members: &mut Map<String, Value>, name: &str, value: Value) {
    if members.get(name).is_none_or(Value::is_null) {
        members.insert(name.to_owned(), value);
    }
}
