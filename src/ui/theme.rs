//! The look: two calm themes, one accent, a grid of four pixels.

use bevy_egui::egui::{
    self, Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, Style,
    TextStyle, Visuals,
    style::{Selection, WidgetVisuals, Widgets},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Step of the spacing grid, in points.
pub const STEP: f32 = 4.0;

/// Which of the two themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// For a dark room, where pictures are judged.
    #[default]
    Dark,
    /// For daylight.
    Light,
}

/// The colours of a theme, by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Behind everything: gaps between panes, the monitor's surround.
    pub backdrop: Color32,
    /// A pane.
    pub panel: Color32,
    /// Something that lies on a pane: a card, a field, a button.
    pub raised: Color32,
    /// The same under the pointer.
    pub hovered: Color32,
    /// Lines between things.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text of less weight: labels, hints.
    pub quiet: Color32,
    /// Text that is barely there: disabled, ruler ticks.
    pub faint: Color32,
    /// The one accent: selection, playhead, the main button.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// It worked: matched, done.
    pub good: Color32,
    /// Look here: out of date, poor match.
    pub warn: Color32,
    /// It failed.
    pub bad: Color32,
    /// A clip of the video track.
    pub clip: Color32,
    /// A clip of the voice lane.
    pub voice: Color32,
    /// A clip of the music lane.
    pub music: Color32,
    /// A clip of the ambient lane.
    pub ambient: Color32,
    /// Whether it is the dark theme.
    pub is_dark: bool,
}

impl Theme {
    /// The theme for a look.
    #[must_use]
    pub const fn new(look: Look) -> Self {
        match look {
            Look::Dark => Self {
                backdrop: Color32::from_rgb(0x11, 0x12, 0x14),
                panel: Color32::from_rgb(0x1a, 0x1c, 0x1f),
                raised: Color32::from_rgb(0x26, 0x29, 0x2e),
                hovered: Color32::from_rgb(0x31, 0x35, 0x3b),
                line: Color32::from_rgb(0x2f, 0x33, 0x38),
                text: Color32::from_rgb(0xe3, 0xe5, 0xe8),
                quiet: Color32::from_rgb(0x9b, 0xa1, 0xa9),
                faint: Color32::from_rgb(0x62, 0x68, 0x70),
                accent: Color32::from_rgb(0xf0, 0xa0, 0x4b),
                on_accent: Color32::from_rgb(0x1d, 0x14, 0x08),
                good: Color32::from_rgb(0x6c, 0xc0, 0x8b),
                warn: Color32::from_rgb(0xe6, 0xc3, 0x5c),
                bad: Color32::from_rgb(0xe8, 0x6a, 0x5e),
                clip: Color32::from_rgb(0x33, 0x46, 0x5c),
                voice: Color32::from_rgb(0x3c, 0x6a, 0x5d),
                music: Color32::from_rgb(0x5d, 0x4d, 0x7d),
                ambient: Color32::from_rgb(0x4b, 0x5a, 0x6b),
                is_dark: true,
            },
            Look::Light => Self {
                backdrop: Color32::from_rgb(0xd9, 0xdb, 0xde),
                panel: Color32::from_rgb(0xf4, 0xf5, 0xf6),
                raised: Color32::from_rgb(0xff, 0xff, 0xff),
                hovered: Color32::from_rgb(0xe6, 0xe9, 0xed),
                line: Color32::from_rgb(0xcd, 0xd1, 0xd6),
                text: Color32::from_rgb(0x1e, 0x21, 0x25),
                quiet: Color32::from_rgb(0x5b, 0x62, 0x6b),
                faint: Color32::from_rgb(0x92, 0x99, 0xa2),
                accent: Color32::from_rgb(0xae, 0x5a, 0x06),
                on_accent: Color32::from_rgb(0xff, 0xff, 0xff),
                good: Color32::from_rgb(0x2c, 0x84, 0x50),
                warn: Color32::from_rgb(0x96, 0x70, 0x00),
                bad: Color32::from_rgb(0xc0, 0x39, 0x2b),
                clip: Color32::from_rgb(0xa9, 0xc0, 0xdb),
                voice: Color32::from_rgb(0xa5, 0xd3, 0xc4),
                music: Color32::from_rgb(0xc9, 0xbb, 0xe6),
                ambient: Color32::from_rgb(0xbe, 0xc9, 0xd6),
                is_dark: false,
            },
        }
    }

    /// Gives a context this look. Fonts are set once, by [`install_fonts`].
    pub fn apply(&self, ctx: &Context) {
        let style = self.style();
        ctx.all_styles_mut(|old| *old = style.clone());
    }

    fn style(&self) -> Style {
        let mut style = Style { visuals: self.visuals(), ..Style::default() };
        let text = |size: f32| FontId::new(size, FontFamily::Proportional);
        style.text_styles = [
            (TextStyle::Heading, FontId::new(15.0, FontFamily::Name("semibold".into()))),
            (TextStyle::Body, text(13.0)),
            (TextStyle::Button, text(13.0)),
            (TextStyle::Small, text(11.0)),
            (TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace)),
        ]
        .into();
        let spacing = &mut style.spacing;
        spacing.item_spacing = egui::vec2(2.0 * STEP, 1.5 * STEP);
        spacing.button_padding = egui::vec2(2.5 * STEP, STEP);
        spacing.interact_size.y = 6.0 * STEP;
        spacing.menu_margin = Margin::same(6);
        spacing.window_margin = Margin::same(16);
        spacing.scroll.bar_width = 6.0;
        spacing.scroll.floating = true;
        spacing.combo_width = 120.0;
        spacing.text_edit_width = f32::INFINITY;
        style.interaction.tooltip_delay = 0.4;
        style.animation_time = 0.1;
        style
    }

    fn visuals(&self) -> Visuals {
        let corner_radius = CornerRadius::same(4);
        let widget = |fill: Color32, stroke: Color32, text: Color32| WidgetVisuals {
            bg_fill: fill,
            weak_bg_fill: fill,
            bg_stroke: Stroke::new(1.0, stroke),
            corner_radius,
            fg_stroke: Stroke::new(1.0, text),
            expansion: 0.0,
        };
        let base = if self.is_dark { Visuals::dark() } else { Visuals::light() };
        let shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(90) };
        Visuals {
            override_text_color: None,
            weak_text_color: Some(self.quiet),
            widgets: Widgets {
                noninteractive: widget(self.panel, self.line, self.text),
                inactive: widget(self.raised, Color32::TRANSPARENT, self.text),
                hovered: widget(self.hovered, self.line, self.text),
                active: widget(self.hovered, self.accent, self.text),
                open: widget(self.hovered, self.line, self.text),
            },
            selection: Selection { bg_fill: self.accent.gamma_multiply(0.35), stroke: Stroke::new(1.0, self.accent) },
            hyperlink_color: self.accent,
            faint_bg_color: self.raised,
            extreme_bg_color: self.backdrop,
            text_edit_bg_color: Some(if self.is_dark { self.backdrop } else { self.raised }),
            code_bg_color: self.raised,
            warn_fg_color: self.warn,
            error_fg_color: self.bad,
            window_corner_radius: CornerRadius::same(8),
            window_shadow: shadow,
            window_fill: self.panel,
            window_stroke: Stroke::new(1.0, self.line),
            menu_corner_radius: CornerRadius::same(6),
            panel_fill: self.panel,
            popup_shadow: shadow,
            ..base
        }
    }
}

/// Inter for words, JetBrains Mono for timecode, Phosphor for icons; their licences lie beside them.
pub fn install_fonts(ctx: &Context) {
    let mut fonts = FontDefinitions::empty();
    let mut add = |name: &str, bytes: &'static [u8]| {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    };
    add("inter", include_bytes!("../../assets/fonts/Inter-Regular.otf"));
    add("inter-medium", include_bytes!("../../assets/fonts/Inter-Medium.otf"));
    add("inter-semibold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf"));
    add("mono", include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf"));
    add("phosphor", egui_phosphor::Variant::Regular.font_bytes());
    add("phosphor-fill", egui_phosphor::Variant::Fill.font_bytes());
    let mut family = |family: FontFamily, names: &[&str]| {
        fonts.families.insert(family, names.iter().map(|name| (*name).to_owned()).collect());
    };
    family(FontFamily::Proportional, &["inter", "phosphor"]);
    family(FontFamily::Monospace, &["mono", "inter", "phosphor"]);
    family(FontFamily::Name("medium".into()), &["inter-medium", "phosphor"]);
    family(FontFamily::Name("semibold".into()), &["inter-semibold", "phosphor"]);
    family(FontFamily::Name("fill".into()), &["phosphor-fill", "inter"]);
    ctx.set_fonts(fonts);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance after WCAG 2.2.
    fn luminance(color: Color32) -> f32 {
        let linear = |code: u8| {
            let value = f32::from(code) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    fn contrast(one: Color32, other: Color32) -> f32 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn text_can_be_read_in_both_themes() {
        let check = |theme: &Theme, what: &str, text: Color32, ground: Color32, least: f32| {
            let found = contrast(text, ground);
            assert!(found >= least, "{what}, dark {}: contrast {found:.2} is below {least}", theme.is_dark);
        };
        for look in [Look::Dark, Look::Light] {
            let theme = Theme::new(look);
            for (name, ground) in [("panel", theme.panel), ("raised", theme.raised), ("hovered", theme.hovered)] {
                check(&theme, &format!("text on {name}"), theme.text, ground, 7.0);
                check(&theme, &format!("quiet on {name}"), theme.quiet, ground, 4.5);
            }
            check(&theme, "text on the accent", theme.on_accent, theme.accent, 4.4);
            for (name, color) in [("good", theme.good), ("warn", theme.warn), ("bad", theme.bad)] {
                check(&theme, name, color, theme.panel, 4.0);
            }
            for (name, clip) in [("clip", theme.clip), ("voice", theme.voice), ("music", theme.music)] {
                check(&theme, name, theme.text, clip, 4.5);
            }
        }
    }
}
