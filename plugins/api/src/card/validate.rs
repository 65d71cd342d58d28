//! A request read against its card: every wrong field, with what is allowed.

use super::{ModelCard, ReferenceSlot, rule::Fields};
use crate::{FieldProblem, GenerationRequest, SizePx};
use std::path::Path;

/// Longest length any request may ask for: a day. It keeps a slip from becoming a bill or a full disk.
const MAX_DURATION_SECS: f64 = 86_400.0;
/// Most files of one request.
const MAX_FILES: usize = 64;

/// One thing in a request that its card does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct CardViolation {
    /// The request's field, dotted: `duration_secs`, `parameters.resolution`.
    pub field: String,
    /// Why, and what is allowed.
    pub reason: String,
}

impl From<CardViolation> for FieldProblem {
    fn from(violation: CardViolation) -> Self {
        Self { field: violation.field, reason: violation.reason }
    }
}

impl ModelCard {
    /// Checks a request against the card. Does not look at the disk.
    ///
    /// # Errors
    /// Every violation, in the order of a form.
    pub fn validate(&self, request: &GenerationRequest) -> Result<(), Vec<CardViolation>> {
        let mut found = Violations(Vec::new());
        if request.kind() != self.kind {
            found.add("model", format!("{} makes {}, not {}", self.label, self.kind, request.kind()));
            return Err(found.0);
        }
        self.check_text(request, &mut found);
        self.check_duration(request, &mut found);
        self.check_shape(request, &mut found);
        self.check_references(request, &mut found);
        self.check_parameters(request, &mut found);
        let fields = Fields::new(self, request);
        for rule in &self.rules {
            if rule.when.iter().all(|condition| condition.holds(&fields)) {
                for broken in rule.then.iter().filter(|condition| !condition.holds(&fields)) {
                    found.add(&broken.field, format!("{} ({})", broken.describe(), rule.reason));
                }
            }
        }
        if found.0.is_empty() { Ok(()) } else { Err(found.0) }
    }

    fn check_text(&self, request: &GenerationRequest, found: &mut Violations) {
        let (field, text) = (request.text_field(), request.text());
        if field.is_empty() {
            return;
        }
        if self.text.required && text.trim().is_empty() {
            found.add(field, "must not be empty".into());
        }
        let chars = text.chars().count();
        if chars > self.text.max_chars {
            found.add(field, format!("has {chars} characters, {} takes {}", self.label, self.text.max_chars));
        }
        if text.contains('\0') {
            found.add(field, "must not contain a NUL character".into());
        }
    }

    fn check_duration(&self, request: &GenerationRequest, found: &mut Violations) {
        let Some(secs) = request.duration_secs() else { return };
        if !secs.is_finite() || secs <= 0.0 || secs > MAX_DURATION_SECS {
            found.add("duration_secs", format!("{secs} is not a length of more than 0 s and at most a day"));
        } else if let Some(rule) = self.durations.as_ref().filter(|rule| !rule.allows(secs)) {
            found.add("duration_secs", format!("{secs} s is not possible: {}", rule.describe()));
        }
    }

    fn check_shape(&self, request: &GenerationRequest, found: &mut Violations) {
        let (ratio, size_px) = match request {
            GenerationRequest::Video(video) => (video.aspect_ratio, video.size_px),
            GenerationRequest::Image(image) => (image.aspect_ratio, image.size_px),
            _ => return,
        };
        if let Some(ratio) = ratio.filter(|ratio| !self.aspect_ratios.is_empty() && !self.aspect_ratios.contains(ratio))
        {
            let allowed: Vec<_> = self.aspect_ratios.iter().map(ToString::to_string).collect();
            found.add("aspect_ratio", format!("{ratio} is not possible: {}", allowed.join(", ")));
        }
        let within = |size: &SizePx| (1..=16_384).contains(&size.width_px) && (1..=16_384).contains(&size.height_px);
        if let Some(size) = size_px.filter(|size| !within(size)) {
            found.add("size_px", format!("{size} is not possible: 1 to 16384 pixels a side"));
        }
    }

    fn check_references(&self, request: &GenerationRequest, found: &mut Violations) {
        let files = request.files();
        if files.len() > MAX_FILES {
            found.add(files[MAX_FILES].0, format!("{} files are too many: at most {MAX_FILES}", files.len()));
            return;
        }
        for slot in &self.references {
            let count = files.iter().filter(|(field, _)| *field == slot.field).count();
            if count > slot.max_count {
                found.add(&slot.field, format!("{count} files are too many: {} takes {}", self.label, slot.max_count));
            }
            if slot.required && count == 0 {
                found.add(&slot.field, "must be given".into());
            }
        }
        for (field, path) in files {
            match self.references.iter().find(|slot| slot.field == field) {
                // Portraits come with a character whether or not the model looks at faces; it may leave them.
                None if field == "characters" => {}
                None => found.add(field, format!("{} takes no such file", self.label)),
                Some(slot) => {
                    if let Some(reason) = wrong_ending(slot, path) {
                        found.add(field, reason);
                    }
                }
            }
        }
    }

    fn check_parameters(&self, request: &GenerationRequest, found: &mut Violations) {
        let given = request.parameters();
        for parameter in &self.parameters {
            let field = format!("parameters.{}", parameter.name);
            match given.get(&parameter.name) {
                Some(value) => {
                    if let Some(reason) = parameter.refusal(value) {
                        found.add(&field, reason);
                    }
                }
                None if parameter.required && parameter.default.is_none() => found.add(&field, "must be given".into()),
                None => {}
            }
        }
        for name in given.keys().filter(|name| self.parameter(name).is_none()) {
            let shown: String = name.chars().take(60).collect();
            found.add(&format!("parameters.{shown}"), format!("{} has no such parameter", self.label));
        }
    }
}

fn wrong_ending(slot: &ReferenceSlot, path: &Path) -> Option<String> {
    if slot.extensions.is_empty() {
        return None;
    }
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    (!slot.extensions.contains(&ending))
        .then(|| format!("{} must end in {}", path.display(), slot.extensions.join(", ")))
}

struct Violations(Vec<CardViolation>);

impl Violations {
    fn add(&mut self, field: &str, reason: String) {
        self.0.push(CardViolation { field: field.into(), reason });
    }
}
