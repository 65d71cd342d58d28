//! What the vendor tells of itself: voices, models, the account. Shapes after its OpenAPI; a test holds them to it.

use serde_json::{Value, json};

/// Voices of the simulated account: more than two pages of a hundred, some with the vendor's gaps.
pub(super) const VOICE_COUNT: usize = 230;

/// One of them; those the crate's own cast names come first.
pub(super) fn voice(index: usize, base_url: &str) -> Value {
    let cast = crate::cards::cast().unwrap_or_default();
    let (voice_id, name) = match cast.get(index) {
        Some(voice) => (voice.voice_id.clone(), voice.name.clone()),
        None => (format!("simVoice{index:04}"), format!("Voice {index}")),
    };
    let has_preview = !index.is_multiple_of(7);
    json!({
        "voice_id": voice_id,
        "name": name,
        "category": if index < cast.len() { "premade" } else { "professional" },
        "labels": if index.is_multiple_of(5) { json!({}) } else { json!({"accent": "british", "gender": "female"}) },
        "description": if index.is_multiple_of(3) { Value::Null } else { json!("A voice of the simulator") },
        "preview_url": if has_preview { json!(format!("{base_url}/preview/{voice_id}.mp3")) } else { Value::Null },
        "available_for_tiers": [],
        "settings": null,
        "sharing": null,
        "high_quality_base_model_ids": ["eleven_multilingual_v2"],
        "verified_languages": null,
        "is_legacy": false,
        "is_mixed": false
    })
}

/// Whether an id is a voice of the account.
pub(super) fn is_voice(voice_id: &str) -> bool {
    let number = voice_id.strip_prefix("simVoice").and_then(|number| number.parse::<usize>().ok());
    let cast = crate::cards::cast().unwrap_or_default();
    number.is_some_and(|number| (cast.len()..VOICE_COUNT).contains(&number))
        || cast.iter().any(|voice| voice.voice_id == voice_id)
}

/// Most characters of a model, and credits for one of them.
pub(super) fn speech_model(model_id: &str) -> Option<(usize, f64)> {
    match model_id {
        "eleven_multilingual_v2" => Some((10_000, 1.0)),
        "eleven_v3" => Some((5000, 1.0)),
        "eleven_flash_v2_5" => Some((40_000, 0.5)),
        "eleven_flash_v2" => Some((30_000, 0.5)),
        _ => None,
    }
}

/// `GET /v1/models`.
pub(super) fn models() -> Value {
    let model = |model_id: &str, name: &str, speaks: bool, converts: bool| {
        let (max_chars, rate) = speech_model(model_id).unwrap_or((10_000, 1.0));
        json!({
            "model_id": model_id, "name": name, "can_be_finetuned": true, "can_do_text_to_speech": speaks,
            "can_do_voice_conversion": converts, "can_use_style": model_id == "eleven_multilingual_v2",
            "can_use_speaker_boost": model_id == "eleven_multilingual_v2", "serves_pro_voices": false,
            "token_cost_factor": 1.0, "description": "A model of the simulator", "requires_alpha_access": false,
            "max_characters_request_free_user": 2500, "max_characters_request_subscribed_user": max_chars,
            "maximum_text_length_per_request": max_chars,
            "languages": [{"language_id": "en", "name": "English"}, {"language_id": "de", "name": "German"}],
            "model_rates": {"character_cost_multiplier": rate, "cost_discount_multiplier": 1.0},
            "concurrency_group": "standard"
        })
    };
    json!([
        model("eleven_multilingual_v2", "Eleven Multilingual v2", true, false),
        model("eleven_v3", "Eleven v3", true, false),
        model("eleven_flash_v2_5", "Eleven Flash v2.5", true, false),
        model("eleven_flash_v2", "Eleven Flash v2", true, false),
        model("eleven_multilingual_sts_v2", "Eleven Multilingual v2", false, true),
        model("eleven_english_sts_v2", "Eleven English v2", false, true)
    ])
}

/// `GET /v1/user/subscription`.
pub(super) fn subscription(credits_used: u64) -> Value {
    json!({
        "tier": "creator", "character_count": credits_used, "character_limit": 131_000,
        "max_character_limit_extension": null, "max_credit_limit_extension": 0,
        "can_extend_character_limit": true, "allowed_to_extend_character_limit": false,
        "next_character_count_reset_unix": 1_798_761_600, "voice_slots_used": 2, "professional_voice_slots_used": 0,
        "professional_voice_slots_used_in_workspace": 0, "voice_limit": 30, "max_voice_add_edits": 95,
        "voice_add_edit_counter": 1, "professional_voice_limit": 1, "can_extend_voice_limit": false,
        "can_use_instant_voice_cloning": true, "can_use_professional_voice_cloning": true, "currency": "usd",
        "current_overage": {"amount": "0", "currency": "usd"}, "status": "active", "billing_period": "monthly_period",
        "character_refresh_period": "monthly_period", "next_invoice": null, "open_invoices": [],
        "has_open_invoices": false, "pending_change": null
    })
}
