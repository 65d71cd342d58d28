//! Keys in words: as they are written on a keyboard.

use super::actions::{Action, action};
use bevy_egui::egui::{Context, Key, KeyboardShortcut};

/// A shortcut, for example `Ctrl+Shift+Z` or `Alt+←`.
pub fn keys_text(ctx: &Context, keys: &KeyboardShortcut) -> String {
    let text = ctx.format_shortcut(keys);
    let key = keys.logical_key;
    match text.strip_suffix(key.name()) {
        Some(held) => format!("{held}{}", written(key)),
        // Where signs are usual for all keys, it is one already.
        None => text,
    }
}

/// The first keys of an action; nothing if it has none.
pub fn first_keys(ctx: &Context, action: &Action) -> String {
    action.keys.first().map(|keys| keys_text(ctx, keys)).unwrap_or_default()
}

/// The first keys of the action with this name; nothing if it has none.
pub fn keys_of(ctx: &Context, id: &str) -> String {
    action(id).map(|action| first_keys(ctx, action)).unwrap_or_default()
}

fn written(key: Key) -> &'static str {
    match key {
        // The signs that egui has for them are no letters of the typeface.
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::Escape => "Esc",
        key => key.symbol_or_name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::install_fonts;
    use bevy_egui::egui::{Modifiers, RawInput};

    #[test]
    fn keys_are_written_as_on_a_keyboard() {
        let ctx = Context::default();
        install_fonts(&ctx);
        ctx.run_ui(RawInput::default(), |_| {}).textures_delta.clear();
        let written = |modifiers, key| keys_text(&ctx, &KeyboardShortcut::new(modifiers, key));
        assert!(written(Modifiers::ALT, Key::ArrowLeft).ends_with('←'));
        assert_eq!(written(Modifiers::NONE, Key::OpenBracket), "[");
        assert_eq!(written(Modifiers::NONE, Key::Questionmark), "?");
        assert_eq!(written(Modifiers::NONE, Key::Escape), "Esc");
        assert!(written(Modifiers::COMMAND, Key::Z).ends_with('Z'));
    }
}
