//! What a finished prediction made: a text, a list or an object that holds addresses, turned into files.

use crate::{PROVIDER_ID, wire::Prediction};
use kinora_provider::{GenerationOutput, JobTicket, OutputFile, OutputKind, OutputSource, ProviderError, RequestKind};
use kinora_transport::{decode_data_url, extension_of, media_type_of, save_file};
use serde_json::Value;
use std::path::Path;

/// Most files of one prediction.
const MAX_FILES: usize = 64;
/// Deepest nesting of an output looked into.
const MAX_DEPTH: usize = 8;

/// The addresses in an output, in their order.
pub(crate) fn addresses(output: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    collect(output, 0, &mut found);
    found
}

fn collect<'a>(value: &'a Value, depth: usize, found: &mut Vec<&'a str>) {
    if depth > MAX_DEPTH || found.len() >= MAX_FILES {
        return;
    }
    match value {
        Value::String(text) if ["https://", "http://", "data:"].iter().any(|start| text.starts_with(start)) => {
            found.push(text);
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, depth + 1, found)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, depth + 1, found)),
        _ => {}
    }
}

/// The files of a prediction that succeeded, the wanted kind first. What came within the answer is written to the job's
/// folder; the rest stays at the vendor to be downloaded.
pub(crate) async fn of(
    prediction: &Prediction,
    job: &JobTicket,
    wanted: Option<RequestKind>,
) -> Result<GenerationOutput, ProviderError> {
    let wanted = wanted.map(OutputKind::of);
    let mut files = Vec::new();
    for (index, address) in addresses(&prediction.output).into_iter().enumerate() {
        files.push(match decode_data_url(address) {
            Some((media_type, bytes)) => {
                let ending = extension_of(&media_type).unwrap_or("bin");
                let path = job.work_dir.join(format!("output_{index:03}.{ending}"));
                save_file(&path, bytes).await?;
                file(OutputSource::File(path), &media_type, wanted)
            }
            None => {
                let plain = address.split(['?', '#']).next().unwrap_or_default();
                file(OutputSource::Url(address.into()), media_type_of(Path::new(plain)).unwrap_or_default(), wanted)
            }
        });
    }
    let main = files.iter().position(|file| wanted.is_none_or(|wanted| file.kind == wanted));
    let Some(main) = main else {
        return Err(ProviderError::VendorTrouble {
            provider: PROVIDER_ID.into(),
            message: "it says the work succeeded, but sent no file of the kind asked for".into(),
            retryable: false,
        });
    };
    files[..=main].rotate_right(1);
    let mut output = GenerationOutput {
        files,
        seed: prediction.input.get("seed").and_then(Value::as_u64),
        ..GenerationOutput::default()
    };
    output.vendor.insert("prediction".into(), prediction.id.clone().into());
    for (name, text) in [("model", &prediction.model), ("version", &prediction.version), ("page", &prediction.urls.web)]
    {
        if !text.is_empty() {
            output.vendor.insert(name.into(), text.clone().into());
        }
    }
    if !prediction.metrics.is_empty() {
        output.vendor.insert("metrics".into(), prediction.metrics.clone().into());
    }
    Ok(output)
}

/// A file of a media type; of one that says nothing, it is taken to be what was asked for.
fn file(source: OutputSource, media_type: &str, wanted: Option<OutputKind>) -> OutputFile {
    let kind = match media_type.split('/').next() {
        Some("video") => OutputKind::Video,
        Some("image") => OutputKind::Image,
        Some("audio") => OutputKind::Audio,
        Some("") | None => wanted.unwrap_or(OutputKind::Other),
        Some(_) => OutputKind::Other,
    };
    let media_type = match (media_type, kind) {
        ("", OutputKind::Video) => "video/mp4",
        ("", OutputKind::Image) => "image/png",
        ("", OutputKind::Audio) => "audio/mpeg",
        ("", OutputKind::Other) => "application/octet-stream",
        (known, _) => known,
    };
    OutputFile { kind, source, media_type: media_type.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn made(output: Value, wanted: Option<RequestKind>) -> Result<Vec<(OutputKind, String)>, ProviderError> {
        let folder = tempfile::tempdir().unwrap();
        let prediction = json!({"id": "p", "status": "succeeded", "output": output, "input": {"seed": 7}});
        let job = JobTicket { job_id: "job".into(), work_dir: folder.path().into() };
        let output = of(&serde_json::from_value(prediction).unwrap(), &job, wanted).await?;
        assert_eq!(output.seed, Some(7));
        let name = |file: OutputFile| match file.source {
            OutputSource::Url(url) => (file.kind, url),
            OutputSource::File(path) => (file.kind, format!("{} bytes", std::fs::read(path).unwrap().len())),
        };
        Ok(output.files.into_iter().map(name).collect())
    }

    #[tokio::test]
    async fn a_text_a_list_and_an_object_all_bring_their_files() {
        let video = Some(RequestKind::Video);
        let film = "https://replicate.delivery/a/out.mp4";
        let film_row = (OutputKind::Video, film.to_owned());
        assert_eq!(made(json!(film), video).await.unwrap(), std::slice::from_ref(&film_row));
        assert_eq!(made(json!([film, film]), video).await.unwrap().len(), 2);
        let object =
            json!({"note": "hello", "cover": "https://replicate.delivery/a/cover.png?x=1", "clip": {"url": film}});
        let files = made(object, video).await.unwrap();
        assert_eq!((files.len(), &files[0], files[1].0), (2, &film_row, OutputKind::Image), "the clip stands first");
        let bare = made(json!("https://replicate.delivery/x"), video).await.unwrap();
        assert_eq!(bare[0].0, OutputKind::Video, "an address that says nothing is what was asked for");
        let within = made(json!("data:image/png;base64,AAAA"), Some(RequestKind::Image)).await.unwrap();
        assert_eq!(within, [(OutputKind::Image, "3 bytes".to_owned())]);
        for none in [json!(null), json!("words"), json!({"text": "words"}), json!(["a", 1])] {
            assert!(matches!(made(none, None).await, Err(ProviderError::VendorTrouble { .. })));
        }
        let error = made(json!("https://replicate.delivery/a.png"), video).await.unwrap_err();
        assert!(error.to_string().contains("no file of the kind"), "{error}");
    }
}
