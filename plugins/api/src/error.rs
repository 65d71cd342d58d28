//! What went wrong, sorted by what the person in front of the film must do about it.

use serde::{Deserialize, Serialize};

/// One input that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// The request's field, dotted: `duration_secs`, `parameters.resolution`. A form marks the control of that name.
    pub field: String,
    /// Why it was refused and what is allowed.
    pub reason: String,
}

/// Why a provider could not do what was asked.
///
/// Each kind asks something different of the user; [`ProviderError::what_to_do`] says what. Serialisable, because a
/// job keeps it on disk. Texts come from vendors and land in logs: an author never puts a key, or a URL or header
/// that carries one, into any of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum ProviderError {
    /// No key is set for a provider that needs one.
    #[error("no key is set for {provider}")]
    MissingKey {
        /// Provider id.
        provider: String,
        /// Environment variable that would hold the key.
        environment_variable: String,
    },
    /// The vendor does not accept the key, or the key lacks a right.
    #[error("{provider} does not accept the key: {message}")]
    BadKey {
        /// Provider id.
        provider: String,
        /// The vendor's words.
        message: String,
    },
    /// The account has no credit or quota left.
    #[error("{provider} has no credit left for this: {message}")]
    OutOfFunds {
        /// Provider id.
        provider: String,
        /// The vendor's words.
        message: String,
        /// Where credit is bought, if the vendor says.
        top_up_url: Option<String>,
    },
    /// Too many requests for now.
    #[error("{provider} asks to slow down")]
    RateLimited {
        /// Provider id.
        provider: String,
        /// Seconds the vendor asks to wait, if it says.
        retry_after_secs: Option<f64>,
    },
    /// The request itself is wrong: fields to correct.
    #[error("the request was refused: {}", list(problems))]
    InvalidInput {
        /// The refused fields, at least one.
        problems: Vec<FieldProblem>,
    },
    /// The vendor's content rules refuse the prompt, a reference or the result.
    #[error("refused by the content rules: {message}")]
    ContentRefused {
        /// The vendor's words.
        message: String,
        /// The field that offended, if the vendor says.
        field: Option<String>,
        /// Whether money was taken all the same, if known.
        charged: Option<bool>,
    },
    /// The provider has no such model (any more).
    #[error("there is no model {model:?}")]
    ModelNotFound {
        /// The model as asked for.
        model: String,
    },
    /// The provider knows no job of that id (any more).
    #[error("there is no job {vendor_id:?}")]
    JobNotFound {
        /// The id as asked for.
        vendor_id: String,
    },
    /// The vendor failed on its side.
    #[error("{provider} failed: {message}")]
    VendorTrouble {
        /// Provider id.
        provider: String,
        /// The vendor's words.
        message: String,
        /// Whether the same request may well succeed later.
        retryable: bool,
    },
    /// The vendor could not be reached; nothing was sent, or only a question was asked.
    #[error("{provider} could not be reached: {message}")]
    Network {
        /// Provider id.
        provider: String,
        /// What failed.
        message: String,
    },
    /// A submit may or may not have been accepted: its answer never came. Money may have been taken.
    #[error("the answer of {provider} to a submit was lost: {message}")]
    LostAnswer {
        /// Provider id.
        provider: String,
        /// What failed.
        message: String,
    },
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// A program this provider runs is not installed.
    #[error("{name} is not installed")]
    MissingTool {
        /// The program.
        name: String,
        /// How to get it, for a person.
        how_to_install: String,
    },
    /// The provider cannot do this at all.
    #[error("{provider} cannot {what}")]
    NotSupported {
        /// Provider id.
        provider: String,
        /// What was asked, as an infinitive: `cancel a job`.
        what: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {message}")]
    File {
        /// The file.
        path: String,
        /// What failed.
        message: String,
    },
    /// There is no room left for what was made.
    #[error("{path}: the disk is full")]
    DiskFull {
        /// The file that could not be written.
        path: String,
    },
    /// A defect in the provider's own code.
    #[error("internal error: {message}")]
    Internal {
        /// What failed.
        message: String,
    },
}

fn list(problems: &[FieldProblem]) -> String {
    problems.iter().map(|problem| format!("{}: {}", problem.field, problem.reason)).collect::<Vec<_>>().join("; ")
}

impl ProviderError {
    /// A refusal of one field.
    #[must_use]
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::InvalidInput { problems: vec![FieldProblem { field: field.into(), reason: reason.into() }] }
    }

    /// A file that could not be read or written.
    #[must_use]
    pub fn file(path: &std::path::Path, error: &dyn std::fmt::Display) -> Self {
        Self::File { path: path.display().to_string(), message: error.to_string() }
    }

    /// The same error, of a step of a submit that comes before the create (an upload, a question). There a vendor's passing
    /// trouble leaves no doubt: nothing was ordered, as if the vendor had been out of reach.
    #[must_use]
    pub fn before_create(self) -> Self {
        match self {
            Self::VendorTrouble { provider, message, retryable: true } => Self::Network { provider, message },
            other => other,
        }
    }

    /// What the user can do about it, as one sentence.
    #[must_use]
    pub fn what_to_do(&self) -> String {
        match self {
            Self::MissingKey { provider, environment_variable } => {
                format!(
                    "Set a key for {provider}: in the keys dialog, or in the environment as {environment_variable}."
                )
            }
            Self::BadKey { provider, .. } => {
                format!("Check the key of {provider}: it may be mistyped, revoked or lack a permission.")
            }
            Self::OutOfFunds { provider, top_up_url, .. } => match top_up_url {
                Some(url) => format!("Add credit to your {provider} account at {url}, then try again."),
                None => format!("Add credit to your {provider} account, then try again."),
            },
            Self::RateLimited { retry_after_secs, .. } => match retry_after_secs {
                Some(secs) => format!("Nothing to do: it is tried again in {} s.", secs.ceil()),
                None => "Nothing to do: it is tried again shortly.".into(),
            },
            Self::InvalidInput { problems } => {
                let names: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
                format!("Change {} and generate again.", names.join(", "))
            }
            Self::ContentRefused { field, .. } => match field {
                Some(field) => format!("Reword or replace {field} and generate again."),
                None => "Reword the prompt or replace the reference pictures and generate again.".into(),
            },
            Self::ModelNotFound { .. } => "Choose another model.".into(),
            Self::JobNotFound { .. } => {
                "The provider no longer has this job; generate again if no take arrived.".into()
            }
            Self::VendorTrouble { retryable: true, .. } => "Try again in a few minutes.".into(),
            Self::VendorTrouble { retryable: false, .. } => "Change the request or choose another model.".into(),
            Self::Network { .. } => "Check the connection, then try again.".into(),
            Self::LostAnswer { provider, .. } => format!(
                "Look at your jobs on {provider} before generating again: this one may be running and paid for already."
            ),
            Self::Cancelled => "Generate again if it was not meant.".into(),
            Self::MissingTool { how_to_install, .. } => how_to_install.clone(),
            Self::NotSupported { .. } => "Choose another model or provider for this.".into(),
            Self::DiskFull { .. } => "Free some space on that disk and generate again; nothing was lost.".into(),
            Self::File { .. } => {
                "Check that the file exists, that it may be read or written, and that the disk has room.".into()
            }
            Self::Internal { .. } => "This is a defect: please report it with the message above.".into(),
        }
    }

    /// Whether the same request may be sent again without asking the user. Never true where money may have moved.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Network { .. } | Self::VendorTrouble { retryable: true, .. })
    }

    /// The refused fields, for a form to mark.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::InvalidInput { problems } => problems.iter().map(|problem| problem.field.as_str()).collect(),
            Self::ContentRefused { field: Some(field), .. } => vec![field],
            Self::ModelNotFound { .. } => vec!["model"],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_survive_the_disk_and_name_fields() {
        let error = ProviderError::InvalidInput {
            problems: vec![
                FieldProblem { field: "duration_secs".into(), reason: "at most 8".into() },
                FieldProblem { field: "parameters.resolution".into(), reason: "720p or 1080p".into() },
            ],
        };
        let text = serde_json::to_string(&error).unwrap();
        assert_eq!(serde_json::from_str::<ProviderError>(&text).unwrap(), error);
        assert_eq!(error.fields(), ["duration_secs", "parameters.resolution"]);
        assert!(error.to_string().contains("at most 8") && error.what_to_do().contains("parameters.resolution"));
    }

    #[test]
    fn trouble_before_a_create_leaves_no_doubt() {
        let trouble =
            |retryable| ProviderError::VendorTrouble { provider: "x".into(), message: "503".into(), retryable };
        let network = ProviderError::Network { provider: "x".into(), message: "503".into() };
        assert_eq!(trouble(true).before_create(), network);
        assert_eq!(trouble(false).before_create(), trouble(false));
    }

    #[test]
    fn a_lost_answer_is_never_sent_again_unasked() {
        let lost = ProviderError::LostAnswer { provider: "replicate".into(), message: "timed out".into() };
        assert!(!lost.is_retryable());
        let reset = ProviderError::RateLimited { provider: "replicate".into(), retry_after_secs: Some(9.2) };
        assert!(reset.is_retryable() && reset.what_to_do().contains("10 s"));
    }
}
