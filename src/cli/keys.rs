//! `kinora keys`: the vendors' keys, in the operating system's vault or the environment, and nowhere else.

use super::{Answer, Failure, answer::table, failure::Doing};
use crate::vendors::{keys, providers};
use kinora_provider::{KeyNeed, ProviderDescriptor, ProviderError};
use kinora_transport::{KeySource, Secret};
use serde_json::json;
use std::io::{IsTerminal, Read as _};

/// A key longer than this is something else.
const LONGEST_KEY_BYTES: u64 = 16 << 10;

#[derive(Debug, clap::Subcommand)]
pub(super) enum KeysCommand {
    /// List the providers that need a key, and where theirs was found.
    #[command(after_help = "Example:\n  kinora keys list")]
    List,
    /// Read a key from standard input and put it into the operating system's vault.
    #[command(
        after_help = "Examples:\n  kinora keys set replicate < key.txt\n  pass show replicate | kinora keys set replicate"
    )]
    Set {
        /// The provider.
        provider: String,
    },
    /// Ask a provider whether it accepts its key.
    #[command(after_help = "Example:\n  kinora keys test replicate")]
    Test {
        /// The provider.
        provider: String,
    },
    /// Take a key out of the vault. One in the environment stays there.
    #[command(after_help = "Example:\n  kinora keys remove replicate")]
    Remove {
        /// The provider.
        provider: String,
    },
}

impl KeysCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::List => list(),
            Self::Set { provider } => set(&provider),
            Self::Test { provider } => test(&provider),
            Self::Remove { provider } => remove(&provider),
        }
    }
}

/// A provider that needs a key.
fn needing(provider: &str) -> Result<(ProviderDescriptor, KeyNeed), Failure> {
    let descriptors = providers().descriptors();
    let found = descriptors.iter().find(|descriptor| descriptor.id == provider).cloned();
    let known: Vec<_> = descriptors.iter().filter(|one| one.needs_key.is_some()).map(|one| one.id.as_str()).collect();
    let fix = format!("providers with a key are {}", known.join(", "));
    match found {
        None => Err(Failure::new("unknown", format!("there is no provider {provider}")).fix(fix)),
        Some(descriptor) => match descriptor.needs_key.clone() {
            None => Err(Failure::new("nothing_to_do", format!("{provider} needs no key")).fix(fix)),
            Some(need) => Ok((descriptor, need)),
        },
    }
}

fn list() -> Result<Answer, Failure> {
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for descriptor in providers().descriptors() {
        let Some(need) = &descriptor.needs_key else { continue };
        let variable = &need.environment_variable;
        let (place, words) = match keys().find(&descriptor.id, variable) {
            Ok(Some((_, KeySource::Environment))) => (Some("environment"), format!("in the environment ({variable})")),
            Ok(Some((_, KeySource::Vault))) => (Some("vault"), "in the vault".to_owned()),
            Ok(None) => (None, format!("none; make one at {}", need.where_to_get)),
            Err(error) => (None, error.to_string()),
        };
        rows.push(vec![descriptor.id.clone(), words]);
        found.push(json!({ "provider": descriptor.id, "environment_variable": variable, "found_in": place,
            "where_to_get": need.where_to_get }));
    }
    Ok(Answer::new(table(&rows), json!({ "keys": found })))
}

fn set(provider: &str) -> Result<Answer, Failure> {
    let what = format!("set the key of {provider}");
    let (_, need) = needing(provider).doing(&what)?;
    let mut input = std::io::stdin();
    if input.is_terminal() {
        let failure = Failure::new("usage", "a key is read from standard input, so that no history keeps it");
        return Err(failure.fix(format!("`kinora keys set {provider} < key.txt`"))).doing(what);
    }
    let mut text = zeroize::Zeroizing::new(String::new());
    input.by_ref().take(LONGEST_KEY_BYTES).read_to_string(&mut text).doing(&what)?;
    let no_key = || {
        let why = "that is no key: it is empty, or holds spaces or characters that no key has";
        Failure::new("key", why).fix(format!("copy it again from {}", need.where_to_get))
    };
    let key = Secret::new(text.as_str()).ok_or_else(no_key).doing(&what)?;
    let kept = keys().set(provider, &key).map_err(|error| Failure::new("vault", error));
    let fix = format!("or set it in the environment as {}", need.environment_variable);
    kept.map_err(|failure| failure.fix(fix)).doing(what)?;
    let overruled = std::env::var_os(&need.environment_variable).is_some_and(|value| !value.is_empty());
    let mut text = format!("the key of {provider} is in the vault");
    if overruled {
        text.push_str(&format!("; {} is set and comes first", need.environment_variable));
    }
    Ok(Answer::new(text, json!({ "provider": provider, "kept_in": "vault", "overruled": overruled })))
}

fn test(provider: &str) -> Result<Answer, Failure> {
    let what = format!("test the key of {provider}");
    needing(provider).doing(&what)?;
    let registry = providers();
    let asked = registry.get(provider).ok_or_else(|| Failure::new("unknown", "the provider is gone")).doing(&what)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().doing(&what)?;
    let standing = runtime
        .block_on(asked.standing())
        .map_err(|error: ProviderError| Failure::new("provider", &error).fix(error.what_to_do()));
    let standing = standing.doing(&what)?;
    let mut parts = vec![format!("{provider} accepts the key")];
    if !standing.account.is_empty() {
        parts.push(format!("account {}", standing.account));
    }
    parts.extend(standing.balance_usd.map(|usd| format!("{} left", super::models::usd(usd))));
    if !standing.note.is_empty() {
        parts.push(standing.note.clone());
    }
    Ok(Answer::new(parts.join(", "), json!({ "provider": provider, "accepted": true, "standing": standing })))
}

fn remove(provider: &str) -> Result<Answer, Failure> {
    let what = format!("remove the key of {provider}");
    let (_, need) = needing(provider).doing(&what)?;
    let removed = keys().remove(provider).map_err(|error| Failure::new("vault", error)).doing(what)?;
    let mut text = if removed {
        format!("the key of {provider} is gone from the vault")
    } else {
        format!("the vault holds no key of {provider}")
    };
    let stays = std::env::var_os(&need.environment_variable).is_some_and(|value| !value.is_empty());
    if stays {
        text.push_str(&format!("; {} is still set in the environment", need.environment_variable));
    }
    Ok(Answer::new(text, json!({ "provider": provider, "removed": removed, "in_environment": stays })))
}
