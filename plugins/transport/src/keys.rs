//! Which key a vendor gets: the environment's first, then the vault's.

use crate::{MemoryVault, OsVault, Secret, Vault, VaultError};
use kinora_provider::ProviderError;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Reads an environment variable: the process's own, or a test's.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Where a key was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeySource {
    /// In an environment variable, which comes first.
    Environment,
    /// In the operating system's vault.
    Vault,
}

/// The keys of this user. Clones share one memory, so that a key set in a dialog is the one the next request carries.
#[derive(Clone)]
pub struct Keys {
    environment: Environment,
    vault: Arc<dyn Vault>,
    /// Keys read from the vault, which may ask the user each time; the environment costs nothing.
    read: Arc<Mutex<HashMap<String, Secret>>>,
}

impl Keys {
    /// The process's environment and the operating system's vault.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Arc::new(|name| std::env::var(name).ok()), Arc::new(OsVault))
    }

    /// Another environment and another vault.
    #[must_use]
    pub fn new(environment: Environment, vault: Arc<dyn Vault>) -> Self {
        Self { environment, vault, read: Arc::default() }
    }

    /// One key in memory and nothing else: for tests against a simulator.
    #[must_use]
    pub fn only(vendor: &str, key: &Secret) -> Self {
        let keys = Self::new(Arc::new(|_| None), Arc::new(MemoryVault::default()));
        keys.memory().insert(vendor.into(), key.clone());
        keys
    }

    /// The key of a vendor and where it was found. May wait for the user to unlock the vault.
    ///
    /// A missing vault is no error here: the key is simply not found.
    ///
    /// # Errors
    /// [`VaultError`] when a vault is there and refuses.
    pub fn find(&self, vendor: &str, variable: &str) -> Result<Option<(Secret, KeySource)>, VaultError> {
        if let Some(key) = (self.environment)(variable).and_then(Secret::new) {
            return Ok(Some((key, KeySource::Environment)));
        }
        if let Some(key) = self.memory().get(vendor) {
            return Ok(Some((key.clone(), KeySource::Vault)));
        }
        match self.vault.get(vendor) {
            Ok(None) | Err(VaultError::Absent { .. }) => Ok(None),
            Ok(Some(key)) => {
                self.memory().insert(vendor.into(), key.clone());
                Ok(Some((key, KeySource::Vault)))
            }
            Err(error) => Err(error),
        }
    }

    /// The key of a vendor, asked for on a thread where waiting is allowed.
    ///
    /// # Errors
    /// [`ProviderError::MissingKey`], or [`ProviderError::BadKey`] when the vault refuses to give it.
    pub async fn secret(&self, vendor: &str, variable: &str) -> Result<Secret, ProviderError> {
        let missing = || ProviderError::MissingKey { provider: vendor.into(), environment_variable: variable.into() };
        let (keys, asked, name) = (self.clone(), vendor.to_owned(), variable.to_owned());
        match tokio::task::spawn_blocking(move || keys.find(&asked, &name)).await {
            Ok(Ok(Some((key, _)))) => Ok(key),
            Ok(Ok(None)) => Err(missing()),
            Ok(Err(error)) => Err(ProviderError::BadKey { provider: vendor.into(), message: error.to_string() }),
            Err(error) => Err(ProviderError::Internal { message: format!("asking for a key: {error}") }),
        }
    }

    /// Puts a key into the vault.
    ///
    /// # Errors
    /// [`VaultError`]; [`VaultError::Absent`] says what to do on a system without a vault.
    pub fn set(&self, vendor: &str, key: &Secret) -> Result<(), VaultError> {
        self.vault.set(vendor, key)?;
        self.memory().insert(vendor.into(), key.clone());
        Ok(())
    }

    /// Takes a key out of the vault; whether there was one. One in the environment stays.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn remove(&self, vendor: &str) -> Result<bool, VaultError> {
        self.memory().remove(vendor);
        self.vault.remove(vendor)
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<String, Secret>> {
        // A panic elsewhere cannot leave a map of keys half changed.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keys(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Secret {
        Secret::new(text).unwrap()
    }

    #[test]
    fn the_environment_comes_before_the_vault() {
        let vault = Arc::new(MemoryVault::default());
        vault.set("replicate", &key("r8_vault")).unwrap();
        let set = Arc::new(Mutex::new(None::<String>));
        let seen = Arc::clone(&set);
        let keys = Keys::new(Arc::new(move |name| (name == "TOKEN").then(|| seen.lock().unwrap().clone())?), vault);
        assert_eq!(keys.find("replicate", "TOKEN").unwrap(), Some((key("r8_vault"), KeySource::Vault)));
        *set.lock().unwrap() = Some("r8_env\n".into());
        assert_eq!(keys.find("replicate", "TOKEN").unwrap(), Some((key("r8_env"), KeySource::Environment)));
        *set.lock().unwrap() = Some(String::new());
        assert_eq!(keys.find("replicate", "TOKEN").unwrap().unwrap().1, KeySource::Vault, "an empty variable is unset");
        assert!(keys.remove("replicate").unwrap() && !keys.remove("replicate").unwrap());
        assert_eq!(keys.find("replicate", "TOKEN").unwrap(), None);
    }

    #[test]
    fn a_key_set_in_one_clone_is_found_in_another() {
        let keys = Keys::new(Arc::new(|_| None), Arc::new(MemoryVault::default()));
        let dialog = keys.clone();
        dialog.set("replicate", &key("r8_new")).unwrap();
        drop(dialog);
        assert_eq!(keys.find("replicate", "TOKEN").unwrap().unwrap().0, key("r8_new"));
        assert!(!format!("{keys:?}").contains("r8_new"));
    }

    #[tokio::test]
    async fn without_a_vault_setting_says_what_to_do_and_asking_says_the_key_is_missing() {
        let keys = Keys::new(Arc::new(|_| None), Arc::new(MemoryVault::absent()));
        let error = keys.set("replicate", &key("r8_new")).unwrap_err();
        assert!(matches!(error, VaultError::Absent { .. }) && error.to_string().contains("environment"), "{error}");
        let error = keys.secret("replicate", "REPLICATE_API_TOKEN").await.unwrap_err();
        assert!(matches!(&error, ProviderError::MissingKey { .. }), "{error:?}");
        assert!(error.what_to_do().contains("REPLICATE_API_TOKEN"));
    }
}
