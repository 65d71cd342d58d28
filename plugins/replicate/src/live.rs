//! Cards brought up to date by the vendor's live schemas: one model, or all of them.

use crate::{PROVIDER_ID, ReplicateProvider, provider::trouble, schema::card_from_model};
use kinora_provider::{ModelCard, ProviderError, Refreshed};
use kinora_transport::LiveCards;
use serde_json::Value;

impl ReplicateProvider {
    /// Reads a model's live schema and uses it from now on, under the user's own files. Works for models that have no card
    /// yet, by `owner/name`.
    ///
    /// # Errors
    /// [`ProviderError::ModelNotFound`], [`ProviderError::NotSupported`] where the model cannot be served, and what kept
    /// the schema from being read. The old card stays.
    pub async fn refresh(&self, model_id: &str) -> Result<ModelCard, ProviderError> {
        let cards = vec![self.live_card(model_id).await?];
        let refreshed = self.shelf.take_in_some(LiveCards { cards, ..LiveCards::default() }).await;
        let missing = || {
            let wrong = refreshed.problems.iter().find(|problem| problem.about == model_id);
            let reason = wrong.map(|problem| problem.reason.as_str()).unwrap_or_default();
            trouble(format!("the schema of {model_id} makes no sound card: {reason}"))
        };
        self.shelf.card(model_id).ok_or_else(missing)
    }

    /// Reads the live schemas of every model that is built in or was read before.
    pub(crate) async fn read_cards(&self) -> Result<Refreshed, ProviderError> {
        let mut read = LiveCards::default();
        let mut away: Option<ProviderError> = None;
        for model_id in self.shelf.known_ids() {
            // A vendor that cannot be reached is not asked fifty times.
            let card = match &away {
                Some(error) => Err(error.clone()),
                None => self.live_card(&model_id).await,
            };
            match card {
                Ok(card) => read.cards.push(card),
                Err(error @ (ProviderError::MissingKey { .. } | ProviderError::BadKey { .. })) => return Err(error),
                Err(error) => {
                    if matches!(error, ProviderError::Network { .. }) {
                        away = Some(error.clone());
                    }
                    read.failed.push((model_id, error.to_string()));
                }
            }
        }
        match away {
            Some(error) if read.cards.is_empty() => Err(error),
            _ => Ok(self.shelf.take_in(read).await),
        }
    }

    /// A model's card as its live schema has it, laid over the one that was built in.
    async fn live_card(&self, model_id: &str) -> Result<ModelCard, ProviderError> {
        let model = self.model(model_id).await?;
        // An answer about another model must not take that one's place.
        let name = |part: &str| model.get(part).and_then(Value::as_str).unwrap_or_default();
        let told = format!("{}/{}", name("owner"), name("name"));
        if !told.eq_ignore_ascii_case(model_id) {
            return Err(trouble(format!("asked for {model_id}, it told of {told:?}")));
        }
        let built_in = self.shelf.built_in().iter().find(|card| card.id == model_id).cloned();
        let known = built_in.or_else(|| self.shelf.card(model_id));
        let mut card = card_from_model(&model, known.as_ref()).map_err(|error| ProviderError::NotSupported {
            provider: PROVIDER_ID.into(),
            what: format!("use {model_id}: {error}"),
        })?;
        card.id = model_id.to_owned();
        Ok(card)
    }
}
