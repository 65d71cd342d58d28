//! What is kept of a vendor's live schemas: for each card what differs from the built-in one, with the time it was read
//! and the address it was read at. A newer program with better cards keeps its cards, and only what the vendor says
//! otherwise is laid over them.

use super::{merge::change_between, read};
use kinora_provider::{ModelCard, ParameterKind, ParameterSpec, PriceBasis};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::Path;

/// Largest file kept, in bytes.
const MAX_FILE_BYTES: u64 = 16 << 20;
/// Most cards taken from a vendor.
const MAX_CARDS: usize = 2000;
/// Largest card taken, in bytes of its JSON: the longest built-in one has a fiftieth of it.
const MAX_CARD_BYTES: usize = 256 << 10;
/// Most parameters of a card, and most choices of one.
const MAX_PARAMETERS: usize = 100;
const MAX_CHOICES: usize = 300;
/// Texts of a vendor are kept as far as a person reads them, in characters.
const MAX_NAME_CHARS: usize = 120;
const MAX_TEXT_CHARS: usize = 600;
/// A live price is at most so many times as much, or as little, as the built-in one: beyond that a field was misread, and
/// a budget would be one no more.
const MOST_PRICE_CHANGE: f64 = 20.0;

/// What a vendor's live schemas say, before it is judged.
#[derive(Debug, Clone, Default)]
pub struct LiveCards {
    /// Cards as the vendor has them.
    pub cards: Vec<ModelCard>,
    /// Models that could not be read, and why: what was kept of them stays.
    pub failed: Vec<(String, String)>,
    /// What else the provider wants to know after a restart.
    pub also: Map<String, Value>,
}

/// The file, `<config>/kinora/live_models/<provider>.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct LiveFile {
    pub(super) provider: String,
    /// Where the vendor was found. What was read elsewhere, at a simulator, is not believed here.
    pub(super) address: String,
    /// RFC 3339 in UTC.
    pub(super) read_at: String,
    pub(super) cards: Vec<LiveCard>,
    #[serde(default)]
    pub(super) also: Map<String, Value>,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LiveCard {
    /// RFC 3339 in UTC.
    pub(super) read_at: String,
    /// What differs from the built-in card; all of it where there is none.
    pub(super) change: Value,
}

impl LiveCard {
    pub(super) fn id(&self) -> &str {
        self.change.get("id").and_then(Value::as_str).unwrap_or_default()
    }
}

/// Reads what an earlier run kept of the vendor at an address; `Ok(None)` where there is nothing.
pub(super) fn load(path: &Path, provider: &str, address: &str) -> Result<Option<LiveFile>, String> {
    if !path.exists() {
        return Ok(None);
    }
    let text = read(path, MAX_FILE_BYTES)?;
    let mut file: LiveFile = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    file.cards.truncate(MAX_CARDS);
    Ok((file.provider == provider && file.address == address).then_some(file))
}

/// What a live card changes in the built-in one, as far as it can be believed; `Ok(None)` for nothing. The notes say what
/// of it was not.
pub(super) fn judge(
    mut card: ModelCard,
    built_in: Option<&ModelCard>,
    read_at: &str,
) -> Result<(Option<LiveCard>, Vec<String>), String> {
    let mut notes = Vec::new();
    tidy(&mut card);
    match built_in {
        Some(known) if known.kind != card.kind => {
            return Err(format!("it is said to make {}, not {}", card.kind, known.kind));
        }
        Some(known) => notes.extend(hold_price(&mut card, known)),
        None if card.price.basis == PriceBasis::Free => {
            card.price.basis = PriceBasis::Unknown;
            notes.push("it is said to cost nothing: its price counts as unknown".to_owned());
        }
        None => {}
    }
    let wrong = card.problems();
    if !wrong.is_empty() {
        return Err(wrong.join("; "));
    }
    let odd = card.parameters.iter().find(|parameter| !can_be_shown(parameter));
    if let Some(parameter) = odd {
        let name: String = parameter.name.chars().filter(|letter| !letter.is_control()).take(40).collect();
        return Err(format!("no form can show its input {name:?}"));
    }
    let whole = serde_json::to_value(&card).map_err(|error| error.to_string())?;
    if card.parameters.len() > MAX_PARAMETERS || whole.to_string().len() > MAX_CARD_BYTES {
        return Err("it has more inputs or words than any form can show".to_owned());
    }
    let before = built_in.and_then(|known| serde_json::to_value(known).ok()).unwrap_or_default();
    let change = change_between(&before, &whole).map(|mut change| {
        change["id"] = card.id.clone().into();
        LiveCard { read_at: read_at.to_owned(), change }
    });
    Ok((change, notes))
}

/// Whether a control can show it: a plain name, and a bounded list of plain choices.
fn can_be_shown(parameter: &ParameterSpec) -> bool {
    let name = &parameter.name;
    let is_plain = |choice: &Value| choice.is_string() || choice.is_number() || choice.is_boolean();
    let choices_fit = match &parameter.kind {
        ParameterKind::Choice { choices } => choices.len() <= MAX_CHOICES && choices.iter().all(is_plain),
        _ => true,
    };
    choices_fit && !name.is_empty() && name.len() <= MAX_NAME_CHARS && !name.chars().any(char::is_control)
}

/// Words of a vendor reach a form and a terminal: short, and without control characters.
fn tidy(card: &mut ModelCard) {
    let shown = |text: &mut String, most: usize| {
        if text.chars().count() > most || text.chars().any(char::is_control) {
            *text = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(most).collect();
        }
    };
    card.sources.clear();
    shown(&mut card.label, MAX_NAME_CHARS);
    shown(&mut card.description, MAX_TEXT_CHARS);
    for parameter in &mut card.parameters {
        shown(&mut parameter.label, MAX_NAME_CHARS);
        shown(&mut parameter.help, MAX_TEXT_CHARS);
    }
}

/// Keeps the built-in price where the live one is beyond belief.
fn hold_price(card: &mut ModelCard, known: &ModelCard) -> Option<String> {
    let is_first = known.price.basis == PriceBasis::Unknown && card.price.basis != PriceBasis::Free;
    if card.price == known.price || is_first {
        return None;
    }
    let rates = |card: &ModelCard| {
        let rates = card.price.tiers.iter().map(|tier| tier.usd);
        (rates.clone().fold(f64::INFINITY, f64::min), rates.fold(0.0, f64::max))
    };
    let ((low, high), (known_low, known_high)) = (rates(card), rates(known));
    let is_near = low * MOST_PRICE_CHANGE >= known_low && high <= known_high * MOST_PRICE_CHANGE;
    // Unknown is honest: a budget then sends nothing.
    if card.price.basis == PriceBasis::Unknown || (card.price.basis == known.price.basis && is_near) {
        return None;
    }
    card.price = known.price.clone();
    Some("the price it names is beyond belief: the built-in one stays".to_owned())
}
