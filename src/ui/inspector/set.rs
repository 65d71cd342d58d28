//! What the inspector asks to change: a field of one shot, or the same field of several.

use crate::ui::{
    ask::{Ask, Asks},
    model::{FilmModel, ShotName},
};
use kinora_core::film::Shot;
use serde_json::{Map, Value, json};

/// Gives shots the same fields: one operator, whatever their number.
pub(in crate::ui) fn set_shots(asks: &mut Asks, names: &[ShotName], fields: Value, group: Option<u64>) {
    let (operator, mut params) = match names {
        [] => return,
        [(scene_id, shot_id)] => ("shot.set", json!({ "scene_id": scene_id, "shot_id": shot_id })),
        several => {
            let shots: Vec<_> =
                several.iter().map(|(scene_id, shot_id)| json!({ "scene_id": scene_id, "shot_id": shot_id })).collect();
            ("shot.set_many", json!({ "shots": shots }))
        }
    };
    lay_over(&mut params, fields);
    asks.push(Ask::Run { operator, params, group });
}

/// Gives each shot fields of its own, as one step.
pub(super) fn set_each(asks: &mut Asks, group: u64, each: Vec<(ShotName, Map<String, Value>)>) {
    for ((scene_id, shot_id), fields) in each {
        if fields.is_empty() {
            continue;
        }
        let mut params = json!({ "scene_id": scene_id, "shot_id": shot_id });
        lay_over(&mut params, Value::Object(fields));
        asks.run_in("shot.set", params, group);
    }
}

fn lay_over(params: &mut Value, fields: Value) {
    if let (Value::Object(params), Value::Object(fields)) = (params, fields) {
        params.extend(fields);
    }
}

/// Names some chosen shots in an id, without reading thousands of them.
pub(super) fn who(names: &[ShotName]) -> (Option<&ShotName>, Option<&ShotName>, usize) {
    (names.first(), names.last(), names.len())
}

/// What shots have in common; none where they differ.
pub(in crate::ui) fn common<T: PartialEq>(model: &FilmModel, names: &[ShotName], of: impl Fn(&Shot) -> T) -> Option<T> {
    let few = model.stand_ins(names);
    let mut values = few.as_deref().unwrap_or(names).iter().filter_map(|name| model.shot(name)).map(of);
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
