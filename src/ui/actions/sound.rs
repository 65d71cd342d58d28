//! What is heard: the lanes of a scene, lines of dialogue, the voice and the portraits of a character.

use super::{Action, Group, WhyNot, alt, film, key, shift, some_scene, some_shot, target_scene, when};
use crate::{
    generation::VoiceRequest,
    jobs::JobAsk,
    ui::{ask::Ask, desk::Desk, inspector::dialogue, making, state::Selection},
};
use bevy_egui::egui::Key;
use kinora_core::film::{AudioLane, Character, FilmScene};
use kinora_provider::VoiceCard;
use serde_json::json;

/// The actions of a lane, for its menu.
pub(in crate::ui) const fn of_lane(lane: AudioLane) -> &'static [&'static str] {
    match lane {
        AudioLane::Voice => &["sound.speak", "sound.bring_voice", "sound.mute_voice", "gain.set", "edit.delete"],
        AudioLane::Music => &["sound.make_music", "sound.bring_music", "sound.mute_music", "gain.set", "edit.delete"],
        AudioLane::Ambient => {
            &["sound.make_ambient", "sound.bring_ambient", "sound.mute_ambient", "gain.set", "edit.delete"]
        }
    }
}

/// The scene whose lanes are meant: that of what is selected, or the one under the playhead.
fn scene<'a>(desk: &Desk<'a>) -> Option<&'a FilmScene> {
    let model = desk.model;
    model.scene(&target_scene(desk)?)
}

fn bring(desk: &mut Desk<'_>, lane: AudioLane) {
    if let Some(scene_id) = target_scene(desk) {
        desk.state.overlays.browse_audio(scene_id, lane);
    }
}

fn make(desk: &mut Desk<'_>, lane: AudioLane) {
    let Some(scene_id) = target_scene(desk) else { return };
    desk.asks.push(Ask::Start(match lane {
        AudioLane::Voice => JobAsk::GenerateVoice { scene_id, request: VoiceRequest::Missing, model: None },
        AudioLane::Music | AudioLane::Ambient => JobAsk::GenerateBed { scene_id, lane, prompt: None, model: None },
    }));
}

fn cannot_make(desk: &Desk<'_>, lane: AudioLane) -> WhyNot {
    some_scene(desk)
        .or_else(|| scene(desk).and_then(|scene| making::cannot_make_sound(desk, scene, lane)).map(Into::into))
}

fn mute(desk: &mut Desk<'_>, lane: AudioLane) {
    if let Some(scene) = scene(desk) {
        let mute = !scene.audio_mix.lane(lane).mute;
        desk.asks.run("lane.set", json!({ "scene_id": scene.scene_id, "lane": lane, "mute": mute }));
    }
}

fn character<'a>(desk: &Desk<'a>) -> Option<&'a Character> {
    let model = desk.model;
    let Selection::Character(character_id) = &desk.state.selection else { return None };
    model.character(character_id)
}

fn some_character(desk: &Desk<'_>) -> WhyNot {
    film(desk).or_else(|| when(character(desk).is_none(), "Choose a character first"))
}

/// The voice of the selected character.
fn voice<'a>(desk: &Desk<'a>) -> Option<&'a VoiceCard> {
    making::voice_of(desk.providers, &character(desk)?.voice_id)
}

fn cannot_audition(desk: &Desk<'_>) -> WhyNot {
    some_character(desk).or_else(|| match voice(desk) {
        None => Some("The character has no voice yet: choose one in the inspector".into()),
        Some(voice) => making::cannot_audition(desk, voice).map(Into::into),
    })
}

pub(super) const SOUND: &[Action] = &[
    Action {
        id: "line.add",
        label: "Add line",
        description: "Adds a line that is spoken at the selected shot.",
        group: Group::Sound,
        keys: &[shift(Key::N)],
        unavailable: some_shot,
        run: |desk| {
            if let Some(name) = desk.state.selection.leading_shot().cloned() {
                dialogue::add_line(desk, &name);
            }
        },
    },
    Action {
        id: "sound.speak",
        label: "Speak missing lines",
        description: "Speaks every line of the scene that has no sound yet.",
        group: Group::Sound,
        keys: &[shift(Key::V)],
        unavailable: |desk| cannot_make(desk, AudioLane::Voice),
        run: |desk| make(desk, AudioLane::Voice),
    },
    Action {
        id: "sound.make_music",
        label: "Generate the music",
        description: "Makes music as long as the scene, and lays it on the lane.",
        group: Group::Sound,
        keys: &[],
        unavailable: |desk| cannot_make(desk, AudioLane::Music),
        run: |desk| make(desk, AudioLane::Music),
    },
    Action {
        id: "sound.make_ambient",
        label: "Generate the ambience",
        description: "Makes ambience as long as the scene, and lays it on the lane.",
        group: Group::Sound,
        keys: &[],
        unavailable: |desk| cannot_make(desk, AudioLane::Ambient),
        run: |desk| make(desk, AudioLane::Ambient),
    },
    Action {
        id: "sound.bring_voice",
        label: "Bring a voice file…",
        description: "Adds a sound file as the voice of the scene, or replaces it; it is copied into the project.",
        group: Group::Sound,
        keys: &[],
        unavailable: some_scene,
        run: |desk| bring(desk, AudioLane::Voice),
    },
    Action {
        id: "sound.bring_music",
        label: "Bring a music file…",
        description: "Adds a sound file as the music of the scene, or replaces it; it is copied into the project.",
        group: Group::Sound,
        keys: &[],
        unavailable: some_scene,
        run: |desk| bring(desk, AudioLane::Music),
    },
    Action {
        id: "sound.bring_ambient",
        label: "Bring an ambience file…",
        description: "Adds a sound file as the ambience of the scene, or replaces it; it is copied into the project.",
        group: Group::Sound,
        keys: &[],
        unavailable: some_scene,
        run: |desk| bring(desk, AudioLane::Ambient),
    },
    Action {
        id: "sound.mute_voice",
        label: "Mute the voice lane",
        description: "Silences the voice of the scene, or lets it be heard again.",
        group: Group::Sound,
        keys: &[alt(Key::Comma)],
        unavailable: some_scene,
        run: |desk| mute(desk, AudioLane::Voice),
    },
    Action {
        id: "sound.mute_music",
        label: "Mute the music lane",
        description: "Silences the music of the scene, or lets it be heard again.",
        group: Group::Sound,
        keys: &[alt(Key::Period)],
        unavailable: some_scene,
        run: |desk| mute(desk, AudioLane::Music),
    },
    Action {
        id: "sound.mute_ambient",
        label: "Mute the ambience lane",
        description: "Silences the ambience of the scene, or lets it be heard again.",
        group: Group::Sound,
        keys: &[alt(Key::Slash)],
        unavailable: some_scene,
        run: |desk| mute(desk, AudioLane::Ambient),
    },
    Action {
        id: "voice.audition",
        label: "Hear the voice",
        description: "Plays a sample of the voice of the selected character.",
        group: Group::Sound,
        keys: &[key(Key::H)],
        unavailable: cannot_audition,
        run: |desk| {
            if let Some(voice) = voice(desk) {
                making::audition(desk, voice);
            }
        },
    },
    Action {
        id: "character.portrait",
        label: "Bring a portrait…",
        description: "Copies a picture into the film as a portrait of the selected character.",
        group: Group::Sound,
        keys: &[],
        unavailable: some_character,
        run: |desk| {
            if let Some(character) = character(desk) {
                desk.state.overlays.browse_portrait(character.character_id.clone());
            }
        },
    },
];
