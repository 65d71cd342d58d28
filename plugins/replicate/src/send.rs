//! On the way out: files put where the vendor can read them, and the one create.

use crate::{
    PROVIDER_ID, ReplicateProvider,
    input::{Draft, FileUse, INLINE_BYTES, Wire},
    provider::{is_plain, not_understood, trouble},
    refusal,
    wire::FileResource,
};
use kinora_provider::{ModelCard, ProviderError};
use kinora_transport::{Answer, Call, Part, data_url, media_type_of, plain_file_name};
use serde_json::{Map, Value, json};

/// Seconds after which the vendor itself gives a job up, unless its card says otherwise.
const CANCEL_AFTER_SECS: u64 = 3600;

impl ReplicateProvider {
    /// The vendor's own description of a model.
    pub(crate) async fn model(&self, model_id: &str) -> Result<Value, ProviderError> {
        let missing = || ProviderError::ModelNotFound { model: format!("{PROVIDER_ID}:{model_id}") };
        let (owner, name) =
            model_id.split_once('/').filter(|(owner, name)| is_plain(owner) && is_plain(name)).ok_or_else(missing)?;
        let answer = self.client.read(Call::get(&format!("models/{owner}/{name}"))).await?;
        match answer.status {
            404 => Err(missing()),
            _ if answer.is_success() => answer.json().map_err(not_understood),
            _ => Err(refusal::error_of(&answer, None)),
        }
    }

    /// Puts every file of a draft where the vendor can read it.
    pub(crate) async fn attach(&self, draft: &mut Draft) -> Result<(), ProviderError> {
        for file in draft.files.clone() {
            let address = self.address_of(&file).await?;
            draft.attach(&file, address);
        }
        Ok(())
    }

    async fn address_of(&self, file: &FileUse) -> Result<String, ProviderError> {
        let refuse = |error: std::io::Error| ProviderError::file(&file.path, &error);
        let media_type = media_type_of(&file.path).unwrap_or("application/octet-stream");
        if tokio::fs::metadata(&file.path).await.map_err(refuse)?.len() <= INLINE_BYTES {
            let bytes = tokio::fs::read(&file.path).await.map_err(refuse)?;
            return Ok(data_url(media_type, &bytes));
        }
        let parts = vec![
            Part::File {
                name: "content".into(),
                path: file.path.clone(),
                file_name: plain_file_name(&file.name, &file.path),
                media_type: media_type.into(),
            },
            Part::Text { name: "metadata".into(), value: "{}".into(), media_type: Some("application/json") },
        ];
        let answer = self.client.upload(Call::post("files").form(parts)).await?;
        if answer.status == 413 {
            return Err(ProviderError::invalid(file.field, "the file is larger than Replicate takes (100 MB)"));
        }
        if !answer.is_success() {
            return Err(refusal::error_of(&answer, None));
        }
        let resource: FileResource = answer.json().map_err(not_understood)?;
        match resource.urls.get.is_empty() {
            true => Err(trouble("it took an upload but gave no address for it".into())),
            false => Ok(resource.urls.get),
        }
    }

    /// Sends a create, once; a refusal of the official address moves on to the model's version.
    pub(crate) async fn create(
        &self,
        card: &ModelCard,
        wire: &Wire,
        input: &Map<String, Value>,
    ) -> Result<Answer, ProviderError> {
        let cancel_after_secs = wire.cancel_after_secs.unwrap_or(CANCEL_AFTER_SECS).max(5);
        let send = |path: &str, body: Value| {
            let call = Call::post(path).json(body).header("cancel-after", format!("{cancel_after_secs}s"));
            self.client.create(call)
        };
        if let Some(version) = &wire.version {
            return send("predictions", json!({"version": version, "input": input})).await;
        }
        let answer = send(&format!("models/{}/predictions", card.id), json!({"input": input})).await?;
        if answer.status != 404 {
            return Ok(answer);
        }
        // Community models have no address of their own; a 404 made nothing, so that this is the first real create.
        let model = self.model(&card.id).await.map_err(ProviderError::before_create)?;
        match model.pointer("/latest_version/id").and_then(Value::as_str) {
            Some(version) => send("predictions", json!({"version": version, "input": input})).await,
            None => Ok(answer),
        }
    }
}
