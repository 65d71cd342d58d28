//! `kinora settings …`

use super::{Answer, Failure, answer::table, failure::Doing, scene::change, session::read};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(super) enum SettingsCommand {
    /// Show the settings, or one of them.
    #[command(after_help = "Examples:\n  kinora settings get my-film\n  kinora settings get my-film default_model")]
    Get {
        /// Folder of the project.
        dir: PathBuf,
        /// Name of a setting; absent for all.
        name: Option<String>,
    },
    /// Change settings.
    #[command(
        after_help = "Examples:\n  kinora settings set my-film default_model=draft:previs\n  kinora settings set \
        my-film loudness_target_lufs=-16 enable_optical_flow=false\n  kinora settings set my-film duck_db=   (back to the default)"
    )]
    Set {
        /// Folder of the project.
        dir: PathBuf,
        /// NAME=VALUE; an empty value puts back the default.
        #[arg(required = true, value_name = "NAME=VALUE", value_parser = parse_setting)]
        settings: Vec<(String, Value)>,
    },
}

fn parse_setting(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    let value = match value {
        "" => Value::Null,
        // A number or a truth value as JSON writes it; everything else is text.
        _ => match serde_json::from_str(value) {
            Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
            _ => Value::String(value.to_owned()),
        },
    };
    Ok((name.trim().to_owned(), value))
}

impl SettingsCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::Get { dir, name } => {
                let settings = serde_json::to_value(read(&dir)?.settings).unwrap_or_default();
                let all = settings.as_object().cloned().unwrap_or_default();
                let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let Some(name) = name else {
                    let rows: Vec<_> = all.iter().map(|(name, value)| vec![name.clone(), plain(value)]).collect();
                    return Ok(Answer::new(table(&rows), json!({ "settings": all })));
                };
                let names = || all.keys().cloned().collect::<Vec<_>>().join(", ");
                let value = all
                    .get(&name)
                    .ok_or_else(|| Failure::new("unknown", format!("there is no setting {name}")).fix(names()))
                    .doing("show the setting")?;
                Ok(Answer::new(plain(value), json!({ "settings": { name: value } })))
            }
            Self::Set { dir, settings } => {
                let names: Vec<_> = settings.iter().map(|(name, _)| name.clone()).collect();
                let params = Value::Object(Map::from_iter(settings));
                let text = format!("changed {}", names.join(", "));
                change(&dir, "change the settings", "settings.set", params, text)
            }
        }
    }
}
