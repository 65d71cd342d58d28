//! Keys with the modifiers they were pressed with.
//!
//! `bevy_egui` gives every key of a frame the modifiers as they are at the frame's end. Where a frame takes long, a whole
//! Ctrl+Z can lie within one, and would be read as a bare Z: here each key gets what was held when it went down. The menu
//! key, which egui does not know, becomes Shift+F10.

use bevy::{
    input::{
        ButtonState,
        keyboard::{Key, KeyboardFocusLost, KeyboardInput},
    },
    prelude::*,
};
use bevy_egui::{
    EguiInput, EguiInputSet,
    egui::{Event, Modifiers},
    helpers::{bevy_to_egui_key, bevy_to_egui_physical_key},
    input::EguiInputEvent,
};

pub(super) fn add(app: &mut App) {
    app.add_systems(
        PreUpdate,
        (
            keep_modifiers.after(EguiInputSet::ReadBevyMessages).before(EguiInputSet::WriteEguiEvents),
            (say_modifiers_once, hear_menu_key).after(EguiInputSet::WriteEguiEvents),
        ),
    );
}

/// What is held, from key to key.
#[derive(Default)]
struct Held {
    shift: bool,
    ctrl: bool,
    alt: bool,
    logo: bool,
}

impl Held {
    fn follow(&mut self, key: &Key, state: ButtonState) {
        let held = match key {
            Key::Shift => &mut self.shift,
            Key::Control => &mut self.ctrl,
            Key::Alt => &mut self.alt,
            Key::Super | Key::Meta => &mut self.logo,
            _ => return,
        };
        *held = state.is_pressed();
    }

    fn modifiers(&self) -> Modifiers {
        let is_mac = cfg!(target_os = "macos");
        Modifiers {
            alt: self.alt,
            ctrl: self.ctrl,
            shift: self.shift,
            mac_cmd: is_mac && self.logo,
            command: if is_mac { self.logo } else { self.ctrl },
        }
    }

    /// Whether a key that is pressed now writes its letter. Ctrl and Alt together are AltGr, which does.
    fn writes(&self) -> bool {
        let is_mac = cfg!(target_os = "macos");
        (!self.logo && !self.ctrl) || (!is_mac && self.ctrl && self.alt)
    }
}

fn keep_modifiers(
    mut keys: MessageReader<'_, '_, KeyboardInput>,
    mut losses: MessageReader<'_, '_, KeyboardFocusLost>,
    mut events: MessageMutator<'_, '_, EguiInputEvent>,
    mut held: Local<'_, Held>,
) {
    if losses.read().count() > 0 {
        *held = Held::default();
    }
    let mut pressed = Vec::new();
    for input in keys.read() {
        held.follow(&input.logical_key, input.state);
        if bevy_to_egui_key(&input.logical_key).or_else(|| bevy_to_egui_physical_key(&input.key_code)).is_some() {
            pressed.push((input.state.is_pressed(), held.modifiers(), held.writes()));
        }
    }
    // One key event of egui for each of these, in this order; its letter comes right before it.
    let mut pressed = pressed.into_iter().peekable();
    for EguiInputEvent { event, .. } in events.read() {
        match event {
            Event::Text(text) if pressed.peek().is_some_and(|(is_down, _, writes)| *is_down && !writes) => text.clear(),
            Event::Key { pressed: is_down, modifiers, .. } => {
                if let Some((_, held, _)) = pressed.next_if(|(was_down, ..)| *was_down == *is_down) {
                    *modifiers = held;
                }
            }
            _ => {}
        }
    }
}

/// `bevy_egui` says in every frame what is held, and egui draws once more after whatever it is told: the window would
/// never sleep.
fn say_modifiers_once(mut inputs: Query<'_, '_, &mut EguiInput>, mut said: Local<'_, Option<Modifiers>>) {
    for mut input in &mut inputs {
        input.events.retain(|event| match event {
            Event::ModifiersChanged(held) => said.replace(*held) != Some(*held),
            _ => true,
        });
    }
}

/// Two keys, one meaning on every system.
fn hear_menu_key(mut keys: MessageReader<'_, '_, KeyboardInput>, mut inputs: Query<'_, '_, &mut EguiInput>) {
    let presses = keys.read().filter(|input| input.logical_key == Key::ContextMenu);
    for pressed in presses.map(|input| input.state.is_pressed()) {
        let event = Event::Key {
            key: bevy_egui::egui::Key::F10,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::SHIFT,
        };
        for mut input in &mut inputs {
            input.events.push(event.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy::input::keyboard::KeyCode;
    use bevy_egui::egui;

    fn key(app: &mut App, logical_key: Key, key_code: KeyCode, state: ButtonState) {
        let window = Entity::PLACEHOLDER;
        app.world_mut().write_message(KeyboardInput {
            key_code,
            logical_key,
            state,
            text: None,
            repeat: false,
            window,
        });
    }

    /// What `bevy_egui` makes of keys at the end of a frame in which every key was let go again.
    fn read(app: &mut App, letter: &str, logical_key: egui::Key) {
        let context = Entity::PLACEHOLDER;
        let none = Modifiers::NONE;
        let event =
            |pressed| Event::Key { key: logical_key, physical_key: None, pressed, repeat: false, modifiers: none };
        for event in [Event::Text(letter.to_owned()), event(true), event(false)] {
            app.world_mut().write_message(EguiInputEvent { context, event });
        }
    }

    #[test]
    fn a_chord_within_one_frame_keeps_its_modifiers() {
        let check = |held: &[(Key, KeyCode)], expected: Modifiers, letter: &str| {
            let mut app = App::new();
            app.add_message::<KeyboardInput>().add_message::<KeyboardFocusLost>().add_message::<EguiInputEvent>();
            app.add_systems(PreUpdate, keep_modifiers);
            for (logical, code) in held {
                key(&mut app, logical.clone(), *code, ButtonState::Pressed);
            }
            let z = || Key::Character("z".into());
            key(&mut app, z(), KeyCode::KeyZ, ButtonState::Pressed);
            key(&mut app, z(), KeyCode::KeyZ, ButtonState::Released);
            for (logical, code) in held {
                key(&mut app, logical.clone(), *code, ButtonState::Released);
            }
            read(&mut app, "z", egui::Key::Z);
            app.update();
            let events: Vec<_> = app.world_mut().resource_mut::<Messages<EguiInputEvent>>().drain().collect();
            let found = events.iter().filter_map(|event| match &event.event {
                Event::Key { pressed: true, modifiers, .. } => Some(*modifiers),
                _ => None,
            });
            assert_eq!(found.collect::<Vec<_>>(), [expected], "{held:?}");
            assert!(events.iter().any(|event| event.event == Event::Text(letter.to_owned())), "{held:?}");
        };
        let control = (Key::Control, KeyCode::ControlLeft);
        let shift = (Key::Shift, KeyCode::ShiftLeft);
        check(&[], Modifiers::NONE, "z");
        check(std::slice::from_ref(&shift), Modifiers::SHIFT, "z");
        check(std::slice::from_ref(&control), Modifiers { ctrl: true, command: true, ..Modifiers::NONE }, "");
        let both = Modifiers { ctrl: true, command: true, shift: true, ..Modifiers::NONE };
        check(&[control, shift], both, "");
    }

    #[test]
    fn what_is_held_is_said_when_it_changes() {
        let mut app = App::new();
        app.add_systems(Update, say_modifiers_once);
        let context = app.world_mut().spawn(EguiInput::default()).id();
        let mut told = |held: Modifiers| {
            let mut input = app.world_mut().get_mut::<EguiInput>(context).unwrap();
            input.events.extend([Event::Copy, Event::ModifiersChanged(held)]);
            app.update();
            let mut input = app.world_mut().get_mut::<EguiInput>(context).unwrap();
            std::mem::take(&mut input.events)
        };
        let said = |held: Modifiers| vec![Event::Copy, Event::ModifiersChanged(held)];
        assert_eq!(told(Modifiers::NONE), said(Modifiers::NONE));
        assert_eq!(told(Modifiers::NONE), [Event::Copy]);
        assert_eq!(told(Modifiers::CTRL), said(Modifiers::CTRL));
        assert_eq!(told(Modifiers::CTRL), [Event::Copy]);
        assert_eq!(told(Modifiers::NONE), said(Modifiers::NONE));
    }

    #[test]
    fn the_menu_key_is_shift_f10() {
        let mut app = App::new();
        app.add_message::<KeyboardInput>().add_systems(Update, hear_menu_key);
        let context = app.world_mut().spawn(EguiInput::default()).id();
        for state in [ButtonState::Pressed, ButtonState::Released] {
            key(&mut app, Key::ContextMenu, KeyCode::ContextMenu, state);
        }
        key(&mut app, Key::Character("z".into()), KeyCode::KeyZ, ButtonState::Pressed);
        app.update();
        let input = app.world().get::<EguiInput>(context).unwrap();
        let seen: Vec<_> = input
            .events
            .iter()
            .map(|event| match event {
                Event::Key { key, pressed, modifiers, .. } => (*key, *pressed, *modifiers),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected = [true, false].map(|pressed| (egui::Key::F10, pressed, Modifiers::SHIFT));
        assert_eq!(seen, expected);
    }
}
