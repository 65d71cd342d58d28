//! Files handed in: by the documented upload, or by a signed one where that is not to be had.

use super::{WaveSpeedProvider, open};
use crate::{
    PROVIDER_ID,
    envelope::Refusal,
    error::{About, of_refusal},
    request::InputFile,
};
use kinora_provider::ProviderError;
use kinora_transport::{Answer, Call, Part, media_type_of, plain_file_name};
use serde_json::{Value, json};

/// Most headers taken over from a signed upload.
const MAX_HEADERS: usize = 16;

/// A file at the vendor.
pub(super) struct HandedIn {
    /// Its address.
    pub(super) url: String,
    /// Milliseconds by which the vendor's clock is ahead.
    pub(super) clock_ahead_ms: i64,
}

impl WaveSpeedProvider {
    /// Hands a file in.
    ///
    /// # Errors
    /// What kept it from arriving. Nothing is paid for an upload, so it may be tried again.
    pub(super) async fn hand_in(&self, file: &InputFile) -> Result<HandedIn, ProviderError> {
        let part = Part::File {
            name: "file".into(),
            path: file.path.clone(),
            file_name: plain_file_name(file.wire, &file.path),
            media_type: media_type(file).into(),
        };
        let answer = self.client()?.upload(Call::post("/api/v3/media/upload/binary").form(vec![part])).await?;
        match open(&answer) {
            Ok(data) => handed_in(&answer, &data),
            // Gone, or too small a door: the newest clients of the vendor go by the other.
            Err(refusal) if is_door_shut(&refusal) => self.hand_in_signed(file, refusal).await,
            Err(refusal) => Err(of_refusal(refusal, About::Upload { field: file.field })),
        }
    }

    async fn hand_in_signed(&self, file: &InputFile, first: Refusal) -> Result<HandedIn, ProviderError> {
        let client = self.client()?;
        let size =
            tokio::fs::metadata(&file.path).await.map_err(|error| ProviderError::file(&file.path, &error))?.len();
        let asked =
            json!({"filename": plain_file_name(file.wire, &file.path), "size": size, "content_type": media_type(file)});
        let answer = client.read(Call::post("/api/v3/media/uploads").json(asked)).await?;
        let data = match open(&answer) {
            Ok(data) => data,
            // Neither door: the first one's words are about the file.
            Err(second) if is_door_shut(&second) => {
                return Err(of_refusal(first, About::Upload { field: file.field }));
            }
            Err(refusal) => return Err(of_refusal(refusal, About::Upload { field: file.field })),
        };
        let handed_in = handed_in(&answer, &data)?;
        let call = signed(&data).ok_or_else(|| trouble("it gave no sound instruction for an upload"))?;
        let put = client.upload(call.file(&file.path)).await?;
        if put.is_success() {
            return Ok(handed_in);
        }
        let message = format!("the upload was answered {}: {}", put.status, put.start_of_text());
        Err(ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message, retryable: put.is_passing() })
    }
}

fn is_door_shut(refusal: &Refusal) -> bool {
    matches!(refusal.meaning(), 404 | 405 | 410 | 413 | 501)
}

/// The call a signed upload asks for, with exactly its headers: the signature covers them.
fn signed(data: &Value) -> Option<Call> {
    let instruction = data.get("upload")?;
    let method = instruction.get("method").and_then(Value::as_str)?;
    let url = instruction.get("url").and_then(Value::as_str)?;
    if !method.eq_ignore_ascii_case("PUT") || !url.starts_with("http") {
        return None;
    }
    let mut call = Call::put(url).without_key();
    let headers = instruction.get("headers").and_then(Value::as_object).into_iter().flatten();
    for (name, value) in headers.take(MAX_HEADERS) {
        // The length is the file's own, and the key's header is nobody's to set.
        let lower = name.to_ascii_lowercase();
        if !["content-length", "host", "authorization", "connection"].contains(&lower.as_str()) {
            call = call.header(lower, value.as_str()?);
        }
    }
    Some(call)
}

fn handed_in(answer: &Answer, data: &Value) -> Result<HandedIn, ProviderError> {
    let url = data.get("download_url").and_then(Value::as_str).filter(|url| url.starts_with("http"));
    let url = url.ok_or_else(|| trouble("it took a file without naming its address"))?.to_owned();
    Ok(HandedIn { url, clock_ahead_ms: (answer.clock_ahead_secs() * 1000.0) as i64 })
}

fn trouble(message: &str) -> ProviderError {
    ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message: message.into(), retryable: true }
}

fn media_type(file: &InputFile) -> &'static str {
    media_type_of(&file.path).unwrap_or("application/octet-stream")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sound_instruction_is_followed() {
        let good =
            json!({"upload": {"method": "put", "url": "https://store.example/x?sig=1", "headers": {"A-b": "c"}}});
        assert!(signed(&good).is_some());
        for bad in [
            json!({}),
            json!({"upload": {"method": "POST", "url": "https://store.example/x"}}),
            json!({"upload": {"method": "PUT", "url": "file:///etc/passwd"}}),
            json!({"upload": {"method": "PUT", "url": "https://store.example/x", "headers": {"a": 1}}}),
        ] {
            assert!(signed(&bad).is_none(), "{bad}");
        }
    }
}
