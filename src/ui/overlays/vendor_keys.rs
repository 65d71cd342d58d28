//! The vendors' keys: where each was found; set, test and remove.

use super::{able_button_ui, list, modal_ui, named_button_ui, nothing_ui, title_ui};
use crate::ui::{
    ask::{Ask, KeyAsk},
    desk::Desk,
    theme::Theme,
    widgets,
};
use bevy_egui::egui::{Context, Hyperlink, Id, RichText, TextEdit, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular as icon;
use kinora_provider::ProviderDescriptor;
use kinora_transport::Secret;
use std::{collections::HashMap, fmt};
use zeroize::Zeroizing;

const WIDTH_PX: f32 = 560.0;

/// What is known of the keys, by provider.
#[derive(Debug, Default)]
pub struct KeysModel {
    /// Where each key was found, as far as it was looked for.
    pub found: HashMap<String, KeyFound>,
    /// What the last test, or the last change, of each said.
    pub said: HashMap<String, Result<String, String>>,
    /// Providers that are being asked.
    pub busy: Vec<String>,
    /// Providers whose live schemas are being read.
    pub reading: Vec<String>,
    /// Since when the cards of each follow its live schemas, and what the last look said.
    pub models: HashMap<String, ModelsRead>,
    typed: HashMap<String, Typed>,
}

/// What is known of the live schemas of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelsRead {
    /// When they were read, RFC 3339 in UTC; absent for never.
    pub read_at: Option<String>,
    /// What the last look of this run said.
    pub said: Option<Result<String, String>>,
}

/// Where a key was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFound {
    /// Nowhere.
    Nowhere,
    /// In the environment, which comes first.
    Environment,
    /// In the operating system's vault.
    Vault,
    /// The vault would not say, in its words.
    Unknown(String),
}

/// A key that is being typed. It shows itself to nobody.
#[derive(Default)]
struct Typed(Zeroizing<String>);

impl fmt::Debug for Typed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Typed(…)")
    }
}

pub(super) fn vendor_keys_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let room = ctx.content_rect().size() - vec2(64.0, 140.0);
    modal_ui(ctx, desk, "Keys of vendors", |ui, desk| {
        ui.set_width(WIDTH_PX.min(room.x));
        title_ui(ui, desk, "Keys of vendors");
        let providers = desk.providers;
        let needing: Vec<_> = providers.iter().filter(|one| one.needs_key.is_some()).collect();
        if needing.is_empty() {
            nothing_ui(
                ui,
                desk.theme,
                icon::KEY,
                "No provider needs a key",
                "Everything here is made on this machine.",
            );
            return;
        }
        if desk.state.overlays.keys.found.is_empty() && desk.state.overlays.keys.busy.is_empty() {
            desk.asks.push(Ask::Keys(KeyAsk::Look));
        }
        let words =
            "Keys lie in the operating system's vault, never in a project. A key in the environment comes first.";
        ui.label(RichText::new(words).color(desk.theme.quiet));
        list(room.y).show(ui, |ui| {
            for provider in needing {
                ui.push_id(&provider.id, |ui| row_ui(ui, desk, provider));
            }
        });
    });
}

fn row_ui(ui: &mut Ui, desk: &mut Desk<'_>, provider: &ProviderDescriptor) {
    let theme = desk.theme;
    let Some(need) = &provider.needs_key else { return };
    widgets::section_ui(ui, theme, &provider.name);
    let keys = &mut desk.state.overlays.keys;
    let is_busy = keys.busy.contains(&provider.id);
    let found = keys.found.get(&provider.id).cloned();
    let words = match &found {
        None => "Looking …".to_owned(),
        Some(KeyFound::Nowhere) => "No key yet".to_owned(),
        Some(KeyFound::Environment) => format!("In the environment, as {}", need.environment_variable),
        Some(KeyFound::Vault) => "In the vault".to_owned(),
        Some(KeyFound::Unknown(why)) => why.clone(),
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(words);
        if found == Some(KeyFound::Nowhere) {
            ui.add(Hyperlink::from_label_and_url("Where keys are made", &need.where_to_get));
        }
    });
    let typed = keys.typed.entry(provider.id.clone()).or_default();
    let mut wish = None;
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut *typed.0).password(true).desired_width(240.0).hint_text("Paste a key");
        let field = field.margin(vec2(8.0, 4.0));
        let response = ui.add_enabled(!is_busy, field.id(Id::new(("key", &provider.id))));
        let name = format!("Key of {}", provider.name);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, !is_busy, &name));
        let key = Secret::new(typed.0.as_str());
        let busy = is_busy.then_some("The vault or the vendor is being asked");
        let why_not = busy.or_else(|| key.is_none().then_some("Paste a key first"));
        let name = format!("Save the key of {}", provider.name);
        if able_button_ui(ui, "Save", &name, "Puts it into the vault", why_not)
            && let Some(key) = key
        {
            wish = Some(KeyAsk::Set(provider.id.clone(), key));
        }
        let why_not = busy.or_else(|| (!has_key(&found)).then_some("There is no key to test yet"));
        let (name, hint) =
            (format!("Test the key of {}", provider.name), "Asks the vendor whether it takes the key; costs nothing");
        if able_button_ui(ui, "Test", &name, hint, why_not) {
            wish = Some(KeyAsk::Test(provider.id.clone()));
        }
        let is_kept = found == Some(KeyFound::Vault);
        let why_not = busy.or_else(|| (!is_kept).then_some("There is no key in the vault"));
        let name = format!("Remove the key of {}", provider.name);
        if able_button_ui(ui, "Remove", &name, "Takes it out of the vault", why_not) {
            wish = Some(KeyAsk::Remove(provider.id.clone()));
        }
        if is_busy {
            ui.spinner();
        }
    });
    if !typed.0.is_empty() && Secret::new(typed.0.as_str()).is_none() {
        ui.label(RichText::new("That is no key: keys hold no spaces").color(theme.warn));
    }
    if let Some(said) = keys.said.get(&provider.id) {
        let (words, color) = match said {
            Ok(words) => (words, theme.good),
            Err(words) => (words, theme.bad),
        };
        ui.label(RichText::new(words).color(color));
    }
    let known = keys.models.get(&provider.id).cloned().unwrap_or_default();
    if models_ui(ui, theme, provider, known, has_key(&found), keys.reading.contains(&provider.id)) {
        keys.reading.push(provider.id.clone());
        desk.asks.push(Ask::Keys(KeyAsk::ReadModels(provider.id.clone())));
    }
    if let Some(wish) = wish {
        if matches!(wish, KeyAsk::Set(..)) {
            *typed = Typed::default();
        }
        keys.busy.push(provider.id.clone());
        desk.asks.push(Ask::Keys(wish));
    }
}

const fn has_key(found: &Option<KeyFound>) -> bool {
    matches!(found, Some(KeyFound::Environment | KeyFound::Vault))
}

/// How old what is known of the models is, and the button that reads it again; whether it was pressed.
fn models_ui(
    ui: &mut Ui,
    theme: &Theme,
    provider: &ProviderDescriptor,
    known: ModelsRead,
    has_key: bool,
    is_reading: bool,
) -> bool {
    let mut pressed = false;
    ui.horizontal_wrapped(|ui| {
        let count = provider.models.len();
        let words = match known.read_at.as_deref().and_then(|at| at.get(..16)) {
            Some(at) => format!("{count} models, as the vendor had them on {} UTC", at.replace('T', " ")),
            None => format!("{count} models, as they came with Kinora"),
        };
        ui.label(RichText::new(words).color(theme.quiet));
        ui.add_enabled_ui(has_key && !is_reading, |ui| {
            let name = format!("Read the models of {}", provider.name);
            let hint = "Asks the vendor for limits, choices and prices of its models; costs nothing";
            pressed = named_button_ui(ui, "", "Read again", &name, hint);
        });
        if is_reading {
            ui.spinner();
        }
    });
    match known.said {
        Some(Ok(words)) => drop(ui.label(RichText::new(words).color(theme.quiet))),
        Some(Err(words)) => drop(ui.label(RichText::new(words).color(theme.bad))),
        None => {}
    }
    pressed
}
