//! What is asked of a model for a shot, a line or a scene.

use super::{GenerationError, final_prompt};
use kinora_core::film::{Character, FilmScene, Metadata, ProjectFolder, Settings, Shot, VoiceLine};
use kinora_provider::{
    CharacterSketch, ErasedProvider, GenerationRequest, ModelAddress, MusicRequest, ProviderRegistry, Rate,
    RequestKind, SizePx, Slate, SoundEffectRequest, SpeechRequest, VideoRequest,
};
use std::{path::PathBuf, sync::Arc};

/// A provider and the model of it that was chosen.
pub(super) struct Chosen {
    pub(super) provider: Arc<dyn ErasedProvider>,
    pub(super) model: String,
}

/// Finds the model for a kind of work: the one named, else one of the provider of the film's default model, else the
/// first there is.
pub(super) fn choose(
    providers: &ProviderRegistry,
    settings: &Settings,
    name: &str,
    kind: RequestKind,
) -> Result<Chosen, GenerationError> {
    let address = if name.is_empty() {
        let home = settings.default_model.split(':').next().unwrap_or_default();
        let anyone = || providers.descriptors().into_iter().find_map(|provider| providers.resolve(&provider.id, kind));
        match kind {
            RequestKind::Video => providers.resolve(&settings.default_model, kind),
            _ => providers.resolve(home, kind).or_else(anyone),
        }
    } else {
        providers.resolve(name, kind)
    };
    let shown = if name.is_empty() { settings.default_model.clone() } else { name.to_owned() };
    let no_model = || GenerationError::NoModel { kind, name: shown.clone() };
    let ModelAddress { provider_id, model_id } = address.ok_or_else(no_model)?;
    Ok(Chosen { provider: providers.get(&provider_id).ok_or_else(no_model)?, model: model_id })
}

impl Chosen {
    /// The length nearest to a wish that the model makes.
    fn length_secs(&self, secs: f64) -> f64 {
        let descriptor = self.provider.descriptor();
        let rule = descriptor.model(&self.model).and_then(|card| card.durations.as_ref());
        rule.map_or(secs, |rule| rule.nearest(secs))
    }
}

/// The clip of a shot.
pub(super) fn video(
    chosen: &Chosen,
    (metadata, settings): (&Metadata, &Settings),
    scene: &FilmScene,
    shot: &Shot,
    characters: &[Character],
    (folder, reference): (&ProjectFolder, Option<PathBuf>),
) -> Result<GenerationRequest, GenerationError> {
    let mut request = VideoRequest::new(&chosen.model, &shot.prompt, chosen.length_secs(shot.duration));
    request.final_prompt = final_prompt(settings, scene, shot, characters);
    let ratio = shot.aspect_ratio.unwrap_or(settings.default_aspect_ratio);
    request.aspect_ratio = Some(kinora_provider::AspectRatio { width: ratio.width, height: ratio.height });
    let size = metadata.size;
    // A size of another shape would contradict the ratio.
    if u64::from(ratio.width) * u64::from(size.height) == u64::from(ratio.height) * u64::from(size.width) {
        request.size_px = Some(SizePx { width_px: size.width, height_px: size.height });
    }
    request.rate = Some(Rate { numerator: metadata.rate.numerator(), denominator: metadata.rate.denominator() });
    request.seed = shot.seed;
    request.reference_first_frame = reference;
    request.slate = Slate { scene: scene.scene_id.to_string(), shot: shot.shot_id.to_string() };
    for character in characters.iter().filter(|character| shot.character_ids.contains(&character.character_id)) {
        let portraits = character.portrait_paths.iter().map(|path| path.resolve(folder.root(), folder.root()));
        request.characters.push(CharacterSketch {
            name: character.name.clone(),
            style_tokens: character.prompt_style_tokens.clone(),
            portraits: portraits.collect::<Result<_, _>>()?,
        });
    }
    Ok(GenerationRequest::Video(request))
}

/// A spoken line, with what is said around it. `voice` is a vendor's voice, without the provider.
pub(super) fn speech(
    chosen: &Chosen,
    scene: &FilmScene,
    line: &VoiceLine,
    speaker: &str,
    voice: &str,
) -> GenerationRequest {
    let mut request = SpeechRequest::new(&chosen.model, speaker, &line.text);
    request.voice_id = (!voice.is_empty()).then(|| voice.to_owned());
    let place = scene.voice_lines.iter().position(|other| other.line_id == line.line_id);
    let text_at = |place: Option<usize>| {
        place.and_then(|place| scene.voice_lines.get(place)).map(|line| line.text.clone()).unwrap_or_default()
    };
    request.previous_text = text_at(place.and_then(|place| place.checked_sub(1)));
    request.next_text = text_at(place.map(|place| place + 1));
    GenerationRequest::Speech(request)
}

/// A scene's own words for its score or ambience, else its prompt or title.
fn scene_words(scene: &FilmScene, field: &str) -> String {
    let own = scene.extra.get(field).and_then(serde_json::Value::as_str).unwrap_or_default();
    let candidates = [own, scene.prompt.as_str(), scene.title.as_str(), "a quiet scene"];
    candidates.into_iter().find(|words| !words.trim().is_empty()).unwrap_or_default().to_owned()
}

/// The music bed of a scene.
pub(super) fn music(chosen: &Chosen, scene: &FilmScene, prompt: Option<String>, secs: f64) -> GenerationRequest {
    let prompt = prompt.unwrap_or_else(|| scene_words(scene, "music_prompt"));
    GenerationRequest::Music(MusicRequest::new(&chosen.model, prompt, chosen.length_secs(secs)))
}

/// The ambience of a scene.
pub(super) fn ambience(chosen: &Chosen, scene: &FilmScene, prompt: Option<String>, secs: f64) -> GenerationRequest {
    let prompt = prompt.unwrap_or_else(|| scene_words(scene, "ambience_prompt"));
    let mut request = SoundEffectRequest::new(&chosen.model, prompt, chosen.length_secs(secs));
    request.looped = true;
    GenerationRequest::SoundEffect(request)
}
