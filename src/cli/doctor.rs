//! `kinora doctor`

use super::{Answer, Failure, answer::table};
use crate::vendors::{keys, providers};
use kinora_core::media::{AAC_BITRATE_BPS, capabilities};
use serde_json::json;
use std::process::{Command, Stdio};

/// Looks at what this machine can do.
pub(super) fn run() -> Result<Answer, Failure> {
    let ffmpeg = capabilities();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut rows = vec![vec!["kinora".to_owned(), String::new(), env!("CARGO_PKG_VERSION").to_owned()]];
    for (name, version) in &ffmpeg.versions {
        rows.push(vec![format!("FFmpeg {name}"), String::new(), version.clone()]);
    }
    for encoder in &ffmpeg.encoders {
        rows.push(vec![format!("encoder {}", encoder.target), yes(encoder.available), encoder.name.clone()]);
    }
    for (kind, list) in [("decoder", &ffmpeg.decoders), ("filter", &ffmpeg.filters)] {
        let missing: Vec<_> = list.iter().filter(|(_, has)| !has).map(|(name, _)| name.as_str()).collect();
        let note = if missing.is_empty() { "all there".to_owned() } else { format!("missing {}", missing.join(", ")) };
        rows.push(vec![format!("{kind}s"), yes(missing.is_empty()), note]);
    }
    let espeak = tool_version("espeak-ng");
    let how = "missing: install the package espeak-ng".to_owned();
    rows.push(vec!["espeak-ng".to_owned(), yes(espeak.is_some()), espeak.clone().unwrap_or(how)]);
    let gpu = gpu();
    rows.push(vec!["GPU".to_owned(), yes(gpu.is_some()), gpu.clone().unwrap_or_else(|| "none found".to_owned())]);
    let mut told = Vec::new();
    for provider in providers().iter() {
        let descriptor = provider.descriptor();
        let key = descriptor.needs_key.as_ref().map(|key| {
            // A vault that refuses has no key to give.
            let set = keys().find(&descriptor.id, &key.environment_variable).is_ok_and(|found| found.is_some());
            (key.environment_variable.clone(), set)
        });
        let standing = runtime.block_on(provider.standing());
        let note = match &standing {
            Ok(standing) if standing.note.is_empty() => descriptor.description.clone(),
            Ok(standing) => standing.note.clone(),
            Err(error) => format!("{error}. {}", error.what_to_do()),
        };
        rows.push(vec![format!("provider {}", descriptor.id), yes(standing.is_ok()), note.clone()]);
        for model in &descriptor.models {
            let name = format!("{}:{}", descriptor.id, model.id);
            rows.push(vec![format!("  {name}"), String::new(), format!("{}, {}", model.kind, model.label)]);
        }
        let models: Vec<_> = descriptor
            .models
            .iter()
            .map(|model| json!({ "id": model.id, "kind": model.kind, "label": model.label }))
            .collect();
        told.push(json!({ "id": descriptor.id, "ready": standing.is_ok(), "note": note, "models": models,
            "key": key.map(|(name, set)| json!({ "environment_variable": name, "set": set })) }));
    }
    let json = json!({ "version": env!("CARGO_PKG_VERSION"), "master_encoder": ffmpeg.master_encoder,
        "master_audio": { "codec": "aac", "bitrate_bps": AAC_BITRATE_BPS }, "ffmpeg": ffmpeg, "espeak_ng": espeak, "gpu": gpu,
        "providers": told });
    Ok(Answer::new(table(&rows), json))
}

fn yes(there: bool) -> String {
    if there { "yes" } else { "no" }.to_owned()
}

/// The first line a program prints when asked for its version.
fn tool_version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().map(|line| line.chars().take(120).collect())
}

/// The graphics cards the system names, where it does.
fn gpu() -> Option<String> {
    let entries = std::fs::read_dir("/sys/class/drm").ok()?;
    let mut drivers: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with("renderD")))
        .filter_map(|entry| {
            let driver = std::fs::read_link(entry.path().join("device/driver")).ok()?;
            Some(driver.file_name()?.to_str()?.to_owned())
        })
        .collect();
    drivers.sort();
    (!drivers.is_empty()).then(|| drivers.join(", "))
}
