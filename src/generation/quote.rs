//! What would be asked, of whom, and what it would cost: everything but the asking.

use super::{
    GenerationError, Generator, OpenFilm, ShotOptions, Spend, VoiceRequest,
    beds::bed_purpose,
    ledger::check_budget,
    lipsync::LIP_SYNC,
    shot::shot_purpose,
    voice::{Spoken, has_sound, line_purpose},
};
use kinora_core::{
    film::AudioLane,
    ids::{SceneId, ShotId},
};
use kinora_provider::{FieldProblem, GenerationRequest, ModelAddress, Price, ProviderError};
use serde::Serialize;
use std::path::Path;

/// A request that was not sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quote {
    /// What it is for: `scene_001/shot_002`.
    pub purpose: String,
    /// `provider:model`.
    pub model: String,
    /// What would be asked. A frame that a continued shot starts from is made only when it is really asked.
    pub request: GenerationRequest,
    /// What it would cost; absent where nobody knows.
    pub price: Option<Price>,
    /// The fields that the model's card refuses.
    pub problems: Vec<FieldProblem>,
    /// Why the film's budget forbids it, if it does.
    pub over_budget: Option<String>,
}

impl Generator {
    /// A shot, not generated.
    ///
    /// # Errors
    /// [`GenerationError`] where there is nothing to ask, or nobody.
    pub fn quote_shot(
        &self,
        film: &OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        options: &ShotOptions,
    ) -> Result<Quote, GenerationError> {
        let reference = self.planned_reference(film, scene_id, shot_id)?;
        let (address, request) = self.shot_request(film, scene_id, shot_id, options, reference)?;
        self.quote(film, &address, shot_purpose(scene_id, shot_id), GenerationRequest::Video(request))
    }

    /// Lines, not spoken: one quote a line.
    ///
    /// # Errors
    /// [`GenerationError`] where there is nothing to ask, or nobody.
    pub fn quote_voice(
        &self,
        film: &OpenFilm<'_>,
        scene_id: &SceneId,
        request: &VoiceRequest,
        model: Option<&str>,
    ) -> Result<Vec<Quote>, GenerationError> {
        let scene = film.scene(scene_id)?;
        let quote = |spoken: &Spoken<'_>, purpose: String| {
            let (address, _, request) = self.line_request(film, &scene, spoken)?;
            self.quote(film, &address, purpose, request)
        };
        let new = |text, character_id, recording| {
            let at = scene.voice_lines.len();
            quote(&Spoken { text, character_id, at, recording, model }, format!("{scene_id}/a new line"))
        };
        match request {
            VoiceRequest::Missing | VoiceRequest::Line(_) => {
                let is_asked = |line: &kinora_core::film::VoiceLine| match request {
                    VoiceRequest::Line(line_id) => line.line_id == *line_id,
                    _ => !has_sound(film, scene_id, line),
                };
                let lines = scene.voice_lines.iter().enumerate().filter(|(_, line)| is_asked(line));
                let quotes = lines.map(|(at, line)| {
                    let (text, character_id) = (line.text.as_str(), line.character_id.as_ref());
                    let spoken = Spoken { text, character_id, at, recording: None, model };
                    quote(&spoken, line_purpose(scene_id, &line.line_id))
                });
                quotes.collect()
            }
            VoiceRequest::Text { character_id, text, .. } => Ok(vec![new(text, character_id.as_ref(), None)?]),
            VoiceRequest::Recording { character_id, wav, text, .. } => {
                Ok(vec![new(text, Some(character_id), Some(wav.as_path()))?])
            }
        }
    }

    /// A lip-sync, not made.
    ///
    /// # Errors
    /// [`GenerationError`] where there is nothing to ask, or nobody.
    pub fn quote_lipsync(
        &self,
        film: &OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        wav: Option<&Path>,
        model: Option<&str>,
    ) -> Result<Quote, GenerationError> {
        let (address, request) = self.lipsync_request(film, scene_id, shot_id, wav, model)?;
        let purpose = format!("{}{LIP_SYNC}", shot_purpose(scene_id, shot_id));
        self.quote(film, &address, purpose, GenerationRequest::LipSync(request))
    }

    /// A bed, not made.
    ///
    /// # Errors
    /// [`GenerationError`] where there is nothing to ask, or nobody.
    pub fn quote_bed(
        &self,
        film: &OpenFilm<'_>,
        scene_id: &SceneId,
        lane: AudioLane,
        prompt: Option<&str>,
        model: Option<&str>,
    ) -> Result<Quote, GenerationError> {
        let (address, request) = self.bed_request(film, scene_id, lane, prompt, model)?;
        self.quote(film, &address, bed_purpose(scene_id, lane), request)
    }

    fn quote(
        &self,
        film: &OpenFilm<'_>,
        address: &ModelAddress,
        purpose: String,
        request: GenerationRequest,
    ) -> Result<Quote, GenerationError> {
        let unknown = || ProviderError::ModelNotFound { model: address.to_string() };
        let descriptor = self.registry.get(&address.provider_id).ok_or_else(unknown)?.descriptor();
        let card = descriptor.model(&address.model_id).ok_or_else(unknown)?;
        let problems = card.validate(&request).err().unwrap_or_default();
        let price = card.price(&request);
        let model = address.to_string();
        let over_budget = match film.settings()?.budget_usd.filter(|_| descriptor.needs_network) {
            Some(budget_usd) => {
                let committed_usd = Spend::of(film.folder)?.total.committed_usd();
                check_budget(budget_usd, committed_usd, price.map(|price| price.usd), &model).err()
            }
            None => None,
        };
        let problems = problems.into_iter().map(FieldProblem::from).collect();
        Ok(Quote { purpose, model, request, price, problems, over_budget: over_budget.map(|error| error.to_string()) })
    }
}
