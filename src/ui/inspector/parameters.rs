//! A model's own parameters as its card describes them: one control each, without a value that cannot be.

use super::{
    form::{self, Choice, Number},
    model_form::{refuse, refused_ui},
    request,
    set::set_shots,
    standing,
};
use crate::ui::{
    desk::Desk,
    model::ShotName,
    widgets::{self, TextField},
};
use bevy_egui::egui::{Id, Ui};
use kinora_core::film::Shot;
use kinora_provider::{ModelCard, ParameterKind, ParameterSpec};
use serde_json::{Value, json};

pub(super) fn parameters_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot, card: &ModelCard) {
    for parameter in &card.parameters {
        let id = Id::new(("parameter", name, &card.id, &parameter.name));
        let theme = desk.theme;
        let help = if parameter.help.is_empty() { &parameter.label } else { &parameter.help };
        let changed =
            form::row_ui(ui, theme, &parameter.label, help, |ui| control_ui(ui, desk, id, name, shot, parameter));
        if let Some((value, group)) = changed {
            match why_not(desk, name, parameter, &value) {
                None => set_shots(
                    desk.asks,
                    std::slice::from_ref(name),
                    json!({ "parameters": with(shot, parameter, value) }),
                    group,
                ),
                Some(why) => refuse(ui, id, why),
            }
        }
        refused_ui(ui, desk, id);
        standing::refused_field_ui(ui, desk, name, &[&format!("parameters.{}", parameter.name)]);
    }
}

/// The control of a parameter. Answers a new value, and the group of a drag or of typing.
fn control_ui(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    id: Id,
    name: &ShotName,
    shot: &Shot,
    parameter: &ParameterSpec,
) -> Option<(Value, Option<u64>)> {
    let theme = desk.theme;
    let (label, help) = (parameter.label.as_str(), parameter.help.as_str());
    let now = request::parameters(shot).get(&parameter.name).cloned().or_else(|| parameter.default.clone());
    let grouped = |(value, group): (Value, u64)| (value, Some(group));
    match &parameter.kind {
        ParameterKind::Boolean => {
            let on = now.as_ref().and_then(Value::as_bool).unwrap_or(false);
            let why = why_not(desk, name, parameter, &json!(!on));
            form::tick_ui(ui, on, label, help, why.as_deref()).map(|on| (json!(on), None))
        }
        ParameterKind::Choice { choices } => {
            let is_now = |value: &Value| now.as_ref().is_some_and(|now| same(now, value));
            let shown = now.as_ref().map_or_else(|| "Left to the model".to_owned(), text_of);
            let may_be_left = parameter.default.is_none() && !parameter.required;
            let left = usize::from(may_be_left);
            let chosen = form::choice_ui(ui, theme, label, &shown, help, || {
                let choice = |value: &Value| {
                    Choice::new(text_of(value), is_now(value)).refused(why_not(desk, name, parameter, value))
                };
                let first = may_be_left.then(|| Choice::new("Left to the model", now.is_none()));
                first.into_iter().chain(choices.iter().map(choice)).collect()
            })?;
            let value = chosen.checked_sub(left).and_then(|index| choices.get(index)).cloned();
            Some((value.unwrap_or(Value::Null), None))
        }
        ParameterKind::Integer { min, max } => {
            let (low, high) = (min.unwrap_or(i64::from(i32::MIN)) as f64, max.unwrap_or(i64::from(i32::MAX)) as f64);
            let number = Number { label, help, range: low..=high, step: 1.0, decimals: 0, unit: "" };
            let value = now.as_ref().and_then(Value::as_f64).unwrap_or(low.max(0.0));
            let bounded = min.is_some() && max.is_some();
            let changed = number_or_slider_ui(ui, desk, id, value, &number, bounded);
            changed.map(|(value, group)| grouped((json!(value as i64), group)))
        }
        ParameterKind::Number { min, max, step } => {
            let (low, high) = (min.unwrap_or(-1e9), max.unwrap_or(1e9));
            let step =
                step.unwrap_or_else(|| if high - low <= 100.0 { ((high - low) / 100.0).max(0.001) } else { 0.1 });
            let number = Number { label, help, range: low..=high, step, decimals: 3, unit: "" };
            let value = now.as_ref().and_then(Value::as_f64).unwrap_or(low.max(0.0));
            let bounded = min.is_some() && max.is_some();
            number_or_slider_ui(ui, desk, id, value, &number, bounded)
                .map(|(value, group)| grouped((json!(value), group)))
        }
        ParameterKind::Text { .. } => {
            let text = now.as_ref().and_then(Value::as_str).unwrap_or_default();
            let edit = TextField { label, hint: "Left to the model", rows: 1 };
            let changed = widgets::text_ui(ui, desk, id, text, edit);
            changed.map(|(text, group)| (if text.is_empty() { Value::Null } else { json!(text) }, Some(group)))
        }
    }
}

fn number_or_slider_ui(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    id: Id,
    value: f64,
    number: &Number<'_>,
    bounded: bool,
) -> Option<(f64, u64)> {
    if bounded { form::slider_ui(ui, desk, id, value, number) } else { form::number_ui(ui, desk, id, value, number) }
}

/// Why a value cannot be chosen for a shot as it stands.
fn why_not(desk: &Desk<'_>, name: &ShotName, parameter: &ParameterSpec, value: &Value) -> Option<String> {
    let change = |shot: &mut Shot| {
        let values = with(shot, parameter, value.clone());
        request::put_parameters(shot, values.as_object().cloned().unwrap_or_default());
    };
    request::why_not(desk.model, desk.providers, std::slice::from_ref(name), &change)
}

/// The shot's values with one changed. What is the model's own default is not written down.
fn with(shot: &Shot, parameter: &ParameterSpec, value: Value) -> Value {
    let mut values = request::parameters(shot);
    let is_default = parameter.default.as_ref().is_some_and(|default| same(default, &value));
    if value.is_null() || is_default {
        values.shift_remove(&parameter.name);
    } else {
        values.insert(parameter.name.clone(), value);
    }
    request::parameters_value(values)
}

fn same(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() < 1e-9,
        _ => left == right,
    }
}

/// A value as a person reads it.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
