//! Where the vendor is, where the key is, and how patient to be.

use crate::PROVIDER_ID;
use kinora_provider::{Limits, ProviderError};
use kinora_transport::{
    Auth, BaseUrl, BaseUrlError, CardPlaces, Client, ClientOptions, Keys, RetryPolicy, VendorHosts,
};
use std::time::Duration;

/// The vendor's address.
const VENDORS_OWN: &str = "https://api.wavespeed.ai";
/// Environment variable of another address.
const BASE_VARIABLE: &str = "WAVESPEED_BASE_URL";
/// Environment variable of the key.
pub(super) const KEY_VARIABLE: &str = "WAVESPEED_API_KEY";

/// How a provider is made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the key is found.
    pub keys: Keys,
    /// Where the vendor lives, or why the address that was set is none.
    pub base: Result<BaseUrl, BaseUrlError>,
    /// Patience with questions.
    pub retry: RetryPolicy,
    /// The user's own model cards, and what is kept of the catalogue.
    pub cards: CardPlaces,
    /// What the account bears. The lowest tier bears two jobs at a time and two submits a minute; a job takes minutes,
    /// so two at a time keep within both, and a 429 is waited out.
    pub limits: Limits,
    /// How long an order may still show up in the vendor's list after it was sent.
    pub settle: Duration,
    /// A prediction that is still not over so long after it was sent counts as failed.
    pub longest_job: Duration,
}

impl Settings {
    /// The vendor at the address in `WAVESPEED_BASE_URL`, or its own, with the user's cards.
    #[must_use]
    pub fn from_environment(keys: Keys) -> Self {
        let base = BaseUrl::from_environment(BASE_VARIABLE, VENDORS_OWN, |name| std::env::var(name).ok());
        Self { cards: CardPlaces::of_user(PROVIDER_ID), base, ..Self::at("", keys) }
    }

    /// The vendor, or a simulator of it, at an address, with the cards as they are shipped.
    #[must_use]
    pub fn at(base_url: &str, keys: Keys) -> Self {
        Self {
            keys,
            base: BaseUrl::parse(BASE_VARIABLE, base_url, VENDORS_OWN),
            retry: RetryPolicy::default(),
            cards: CardPlaces::default(),
            limits: Limits { concurrent_jobs: 2, submits_per_minute: None, poll_interval_secs: 2.0 },
            settle: Duration::from_secs(20),
            longest_job: Duration::from_secs(6 * 3600),
        }
    }

    pub(super) fn client(&self) -> Result<Client, ProviderError> {
        let base = self.base.clone()?;
        // Finished files lie with content networks that need no key: it goes to the API alone.
        Client::new(ClientOptions {
            provider: PROVIDER_ID,
            key_variable: KEY_VARIABLE,
            auth: Auth::Bearer,
            hosts: VendorHosts::new(base, &[]),
            keys: self.keys.clone(),
            retry: self.retry,
        })
    }
}
