//! What the draft provider makes, as data.

use crate::{PROVIDER_ID, atmos, speech};
use kinora_provider::{
    DurationRule, Limits, ModelCard, ParameterKind, ParameterSpec, ProviderDescriptor, ReferenceSlot, RequestKind,
    TextRule, VoiceCard,
};

/// Longest clip drawn at once, in seconds.
const MAX_CLIP_SECS: f64 = 120.0;
/// Longest music or ambience made at once, in seconds: it is held in memory.
const MAX_SOUND_SECS: f64 = 900.0;

pub(super) fn descriptor() -> ProviderDescriptor {
    ProviderDescriptor {
        id: PROVIDER_ID.into(),
        name: "Draft".into(),
        description: "Previs pictures, voices, music and ambience made on this machine, for free".into(),
        models: vec![previs(), still(), voice(), reshape(), sync(), score(), atmosphere()],
        voices: voices(),
        needs_key: None,
        needs_network: false,
        can_cancel: true,
        limits: Limits {
            concurrent_jobs: super::jobs::MAX_WORKERS as u32,
            submits_per_minute: None,
            poll_interval_secs: 0.1,
        },
    }
}

fn card(id: &str, label: &str, kind: RequestKind, description: &str) -> ModelCard {
    let mut card = ModelCard::new(id, label, kind);
    card.description = description.into();
    card.deterministic = true;
    card.takes_seed = true;
    card
}

fn resolution() -> ParameterSpec {
    let choices = ["360p", "540p", "720p", "1080p"].map(Into::into).to_vec();
    ParameterSpec::new("resolution", "Resolution", ParameterKind::Choice { choices }, "720p")
        .help("Shorter side of the picture, where the request names no size")
}

fn previs() -> ModelCard {
    let mut card = card("previs", "Previs", RequestKind::Video, "A drawn, moving storyboard of the shot");
    card.text = TextRule { required: true, max_chars: 20_000 };
    card.durations = Some(DurationRule::Range { min: 0.1, max: MAX_CLIP_SECS, step: None });
    card.references = vec![
        ReferenceSlot::one("reference_first_frame", "First frame"),
        ReferenceSlot::one("reference_last_frame", "Last frame"),
        ReferenceSlot::one("characters", "Portraits").up_to(32),
    ];
    card.parameters = vec![resolution()];
    card
}

fn still() -> ModelCard {
    let mut card = card("still", "Still", RequestKind::Image, "A drawn storyboard frame");
    card.text = TextRule { required: true, max_chars: 20_000 };
    card.references = vec![ReferenceSlot::one("characters", "Portraits").up_to(32)];
    card.parameters = vec![resolution()];
    card
}

fn voice() -> ModelCard {
    let mut card = card("voice", "Voice", RequestKind::Speech, "A spoken line by espeak-ng, set in a room");
    card.text = TextRule { required: true, max_chars: speech::MAX_CHARS };
    card.takes_seed = false;
    card
}

fn reshape() -> ModelCard {
    let mut card = card(
        "reshape",
        "Reshape",
        RequestKind::VoiceConversion,
        "Your recorded performance with the pitch and throat of a draft voice",
    );
    let mut recording = ReferenceSlot::one("recording", "Recording").required();
    recording.extensions = vec!["wav".into()];
    card.references = vec![recording];
    card.takes_seed = false;
    card
}

fn sync() -> ModelCard {
    let mut card = card("sync", "Sync", RequestKind::LipSync, "The shot with the voice laid under it");
    card.text = TextRule { required: false, max_chars: 5000 };
    card.references =
        vec![ReferenceSlot::one("picture", "Clip").required(), ReferenceSlot::one("voice", "Voice").required()];
    card.takes_seed = false;
    card
}

fn score() -> ModelCard {
    let mut card = card("score", "Score", RequestKind::Music, "A composed bed: tense, sorrowful, warm, triumphant …");
    card.text = TextRule { required: false, max_chars: 5000 };
    card.durations = Some(DurationRule::Range { min: 0.5, max: MAX_SOUND_SECS, step: None });
    card
}

fn atmosphere() -> ModelCard {
    let mut card = card(
        "atmos",
        "Atmos",
        RequestKind::SoundEffect,
        "Ambience (rain, wind, sea, fire, crowd, night, forest, storm, city, room) and simple effects",
    );
    card.text = TextRule { required: false, max_chars: 5000 };
    card.durations = Some(DurationRule::Range { min: 0.1, max: MAX_SOUND_SECS, step: None });
    card.vendor.insert("default_bed_secs".into(), atmos::DEFAULT_BED_SECS.into());
    card
}

pub(super) fn voices() -> Vec<VoiceCard> {
    let card = |voice: &speech::DraftVoice| VoiceCard {
        id: format!("{PROVIDER_ID}:{}", voice.id),
        name: voice.name.into(),
        description: voice.description.into(),
        labels: vec![("register".into(), format!("{:?}", voice.register).to_lowercase())],
        preview: None,
    };
    speech::VOICES.iter().map(card).collect()
}
