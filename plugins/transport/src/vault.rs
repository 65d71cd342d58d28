//! The place where keys rest: the operating system's vault, or memory in tests.

use crate::Secret;
use std::{collections::HashMap, fmt, sync::Mutex};

/// Name under which every key of this program lies in the vault.
const SERVICE: &str = "kinora";

/// A store of keys by vendor. Calls may wait for the user to unlock it: never on a thread that draws or polls.
pub trait Vault: Send + Sync + 'static {
    /// The key of a vendor, if there is one.
    ///
    /// # Errors
    /// [`VaultError`].
    fn get(&self, vendor: &str) -> Result<Option<Secret>, VaultError>;
    /// Keeps a key, in place of an older one.
    ///
    /// # Errors
    /// [`VaultError`].
    fn set(&self, vendor: &str, key: &Secret) -> Result<(), VaultError>;
    /// Forgets a key; whether there was one.
    ///
    /// # Errors
    /// [`VaultError`].
    fn remove(&self, vendor: &str) -> Result<bool, VaultError>;
}

/// Why the vault did not do as asked. Holds no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// This system runs no vault.
    #[error("this system has no key vault that answers ({reason}); {}", advice())]
    Absent {
        /// What was found instead.
        reason: String,
    },
    /// It is there and said no: locked, dismissed, forbidden.
    #[error("the key vault refused: {reason}; unlock it and try again")]
    Refused {
        /// Its words.
        reason: String,
    },
    /// What lies in it under our name is no key.
    #[error("the key vault holds something for {vendor} that is no key: set the key again")]
    Unusable {
        /// The vendor.
        vendor: String,
    },
    /// The text offered is no key: empty, or with spaces or control characters.
    #[error("that is no key: it is empty or holds spaces or characters that no key has")]
    NotAKey,
}

const fn advice() -> &'static str {
    if cfg!(any(target_os = "macos", target_os = "windows")) {
        "put the key into the environment instead"
    } else {
        "start one that speaks Secret Service (GNOME Keyring, KWallet, KeePassXC) or put the key into the environment"
    }
}

/// Keychain on macOS, Credential Manager on Windows, Secret Service elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsVault;

impl OsVault {
    fn entry(vendor: &str) -> Result<keyring::Entry, VaultError> {
        if let Err(error) = keyring::Entry::store_status() {
            return Err(VaultError::Absent { reason: error.to_string() });
        }
        keyring::Entry::new(SERVICE, vendor).map_err(|error| refusal(vendor, &error))
    }
}

impl Vault for OsVault {
    fn get(&self, vendor: &str) -> Result<Option<Secret>, VaultError> {
        match Self::entry(vendor)?.get_password() {
            Ok(text) => Secret::new(text).map(Some).ok_or_else(|| VaultError::Unusable { vendor: vendor.into() }),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(refusal(vendor, &error)),
        }
    }

    fn set(&self, vendor: &str, key: &Secret) -> Result<(), VaultError> {
        Self::entry(vendor)?.set_password(key.expose()).map_err(|error| refusal(vendor, &error))
    }

    fn remove(&self, vendor: &str) -> Result<bool, VaultError> {
        match Self::entry(vendor)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(keyring::Error::NoEntry) => Ok(false),
            Err(error) => Err(refusal(vendor, &error)),
        }
    }
}

/// Sorts the vault's errors; those that could carry the stored bytes are named without them.
fn refusal(vendor: &str, error: &keyring::Error) -> VaultError {
    match error {
        keyring::Error::NoDefaultStore => VaultError::Absent { reason: error.to_string() },
        keyring::Error::PlatformFailure(inner) => VaultError::Absent { reason: inner.to_string() },
        keyring::Error::NoStorageAccess(inner) => VaultError::Refused { reason: inner.to_string() },
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => {
            VaultError::Unusable { vendor: vendor.into() }
        }
        other => VaultError::Refused { reason: other.to_string() },
    }
}

/// Keys in memory: for tests, and for a run that must leave nothing behind.
#[derive(Default)]
pub struct MemoryVault {
    keys: Mutex<HashMap<String, Secret>>,
    absent: bool,
}

impl MemoryVault {
    /// A vault that answers as a system without one does.
    #[must_use]
    pub fn absent() -> Self {
        Self { keys: Mutex::default(), absent: true }
    }

    fn keys(&self) -> Result<std::sync::MutexGuard<'_, HashMap<String, Secret>>, VaultError> {
        if self.absent {
            return Err(VaultError::Absent { reason: "none was started".into() });
        }
        // A panic elsewhere cannot leave a map of keys half changed.
        Ok(self.keys.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Vault for MemoryVault {
    fn get(&self, vendor: &str) -> Result<Option<Secret>, VaultError> {
        Ok(self.keys()?.get(vendor).cloned())
    }

    fn set(&self, vendor: &str, key: &Secret) -> Result<(), VaultError> {
        self.keys()?.insert(vendor.into(), key.clone());
        Ok(())
    }

    fn remove(&self, vendor: &str) -> Result<bool, VaultError> {
        Ok(self.keys()?.remove(vendor).is_some())
    }
}

impl fmt::Debug for MemoryVault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MemoryVault").field("absent", &self.absent).finish_non_exhaustive()
    }
}
