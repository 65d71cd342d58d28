//! Choosing a voice: those the providers know, or one by its id.

use super::form::{self, Choice};
use crate::ui::{
    desk::Desk,
    making,
    widgets::{self, TextField},
};
use bevy_egui::egui::{Id, Ui};
use egui_phosphor::regular as icon;
use kinora_provider::VoiceCard;

/// What was chosen, and the group of the typing.
pub(super) type ChosenVoice = (String, Option<u64>);

/// A list of voices, and a field for the id of any other one.
#[expect(clippy::too_many_arguments, reason = "each is one thing it draws")]
pub(super) fn voice_ui(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    id: Id,
    label: &str,
    voice_id: &str,
    none: &str,
    help: &str,
) -> Option<ChosenVoice> {
    let (theme, providers) = (desk.theme, desk.providers);
    let known = making::voice_of(providers, voice_id);
    let shown = match known {
        _ if voice_id.is_empty() => none.to_owned(),
        Some(voice) => voice.name.clone(),
        None => format!("Voice {voice_id}"),
    };
    let mut ids: Vec<Option<&str>> = vec![Some("")];
    for provider in providers.iter().filter(|provider| !provider.voices.is_empty()) {
        ids.push(None);
        ids.extend(provider.voices.iter().map(|voice| Some(voice.id.as_str())));
    }
    let mut answer = None;
    let chosen = form::row_ui(ui, theme, label, help, |ui| {
        form::choice_ui(ui, theme, label, &shown, help, || {
            let mut choices = vec![Choice::new(none, voice_id.is_empty())];
            for provider in providers.iter().filter(|provider| !provider.voices.is_empty()) {
                choices.push(Choice::heading(&provider.name));
                choices.extend(provider.voices.iter().map(|voice| {
                    let mut choice = Choice::new(voice.name.clone(), known.is_some_and(|known| known.id == voice.id));
                    choice.detail = voice.labels.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ");
                    choice.hint.clone_from(&voice.description);
                    choice
                }));
            }
            choices
        })
    });
    if let Some(Some(id)) = chosen.and_then(|index| ids.get(index)) {
        answer = Some(((*id).to_owned(), None));
    }
    let field = format!("{label} id");
    let edit = TextField { label: &field, hint: "provider:voice, or the vendor's id", rows: 1 };
    let typed = form::row_ui(ui, theme, "Voice id", "As the provider names it", |ui| {
        widgets::text_ui(ui, desk, id, voice_id, edit)
    });
    if let Some((text, group)) = typed {
        answer = Some((text, Some(group)));
    }
    if let Some(voice) = known {
        if !voice.description.is_empty() {
            form::note_ui(ui, voice.description.clone(), theme.quiet);
        }
        listen_ui(ui, desk, voice);
    }
    answer
}

/// The provider's own sample of a voice, or a few words spoken for this.
fn listen_ui(ui: &mut Ui, desk: &mut Desk<'_>, voice: &VoiceCard) {
    let why = making::cannot_audition(desk, voice);
    if form::button_ui(ui, icon::SPEAKER_HIGH, "Listen", "Plays a sample of the voice", why) {
        making::audition(desk, voice);
    }
}
