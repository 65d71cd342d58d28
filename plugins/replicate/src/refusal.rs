//! What an answer that is no success means, sorted by what the person in front of the form must do.

use crate::{
    PROVIDER_ID,
    input::Wire,
    wire::{InvalidField, Problem},
};
use kinora_provider::{FieldProblem, ProviderError};
use kinora_transport::Answer;

const BILLING_URL: &str = "https://replicate.com/account/billing#billing";

/// What the answer was to.
pub(crate) struct Context<'a> {
    pub(crate) model: &'a str,
    pub(crate) wire: &'a Wire,
    /// The request's field of its words: `final_prompt`.
    pub(crate) text_field: &'a str,
}

/// The error behind an answer; `context` is there when it was to a create.
pub(crate) fn error_of(answer: &Answer, context: Option<&Context<'_>>) -> ProviderError {
    let problem: Problem = answer.json().unwrap_or_default();
    let provider = PROVIDER_ID.to_owned();
    let words = words_of(&problem, answer);
    match (answer.status, context) {
        (401 | 403, _) => ProviderError::BadKey { provider, message: words },
        (402, _) => {
            let url = words.split_whitespace().find(|word| word.starts_with("https://replicate.com/"));
            let top_up_url = Some(url.unwrap_or(BILLING_URL).trim_end_matches(['.', ',']).to_owned());
            ProviderError::OutOfFunds { provider, message: words, top_up_url }
        }
        (429, _) => ProviderError::RateLimited { provider, retry_after_secs: answer.wait_asked_secs() },
        (404, Some(context)) => ProviderError::ModelNotFound { model: context.model.into() },
        (422 | 400, Some(context)) => invalid(&problem, &words, context),
        (413, _) => ProviderError::invalid("reference_images", words),
        (status, _) => {
            ProviderError::VendorTrouble { provider, message: words, retryable: answer.is_passing() || status >= 500 }
        }
    }
}

fn words_of(problem: &Problem, answer: &Answer) -> String {
    let detail = problem.detail.trim();
    match (problem.title.trim(), detail) {
        ("", "") => {
            let start = answer.start_of_text();
            format!("it answered {}{}", answer.status, if start.is_empty() { start } else { format!(": {start}") })
        }
        (title, "") => title.to_owned(),
        (_, detail) => detail.to_owned(),
    }
}

fn invalid(problem: &Problem, words: &str, context: &Context<'_>) -> ProviderError {
    if problem.title.contains("Invalid version") {
        return ProviderError::ModelNotFound { model: context.model.into() };
    }
    let mut problems: Vec<_> = problem.invalid_fields.iter().map(|invalid| field_problem(invalid, context)).collect();
    if problems.is_empty() {
        problems = words.lines().filter_map(|line| from_line(line, context)).collect();
    }
    if problems.is_empty() && is_content_refusal(words) {
        let field = (!context.text_field.is_empty()).then(|| context.text_field.to_owned());
        return ProviderError::ContentRefused { message: words.into(), field, charged: Some(false) };
    }
    if problems.is_empty() {
        problems.push(FieldProblem { field: "model".into(), reason: words.into() });
    }
    ProviderError::InvalidInput { problems }
}

fn field_problem(invalid: &InvalidField, context: &Context<'_>) -> FieldProblem {
    let reason = invalid.description.clone();
    let name = match invalid.field.strip_prefix("input.") {
        Some(path) => path.split('.').next(),
        // `input` alone: the missing name opens the description, `prompt is required`.
        None if invalid.kind == "required" => reason.split_whitespace().next(),
        None => None,
    };
    let field = name.map_or_else(|| "model".into(), |name| context.wire.field_of(name, context.text_field));
    FieldProblem { field, reason }
}

/// A line of `detail`, where the fields are not listed apart: `- input.aspect_ratio: must be …`.
fn from_line(line: &str, context: &Context<'_>) -> Option<FieldProblem> {
    let (path, reason) = line.trim().strip_prefix("- ")?.split_once(": ")?;
    let kind = if reason.ends_with("is required") { "required" } else { "" };
    let invalid = InvalidField { kind: kind.into(), field: path.into(), description: reason.into() };
    Some(field_problem(&invalid, context))
}

/// Whether a vendor's words speak of its content rules.
pub(crate) fn is_content_refusal(words: &str) -> bool {
    const SIGNS: [&str; 10] = [
        "nsfw",
        "flagged as sensitive",
        "(e005)",
        "content policy",
        "usage polic",
        "safety",
        "content filter",
        "moderation",
        "responsible ai",
        "prohibited",
    ];
    let words = words.to_lowercase();
    SIGNS.iter().any(|sign| words.contains(sign))
}
