//! Which hosts may see a key, and which addresses may be asked at all.

use crate::{BaseUrl, base_url::is_loopback};
use kinora_provider::ProviderError;
use reqwest::Url;

/// The hosts of one vendor.
#[derive(Debug, Clone)]
pub struct VendorHosts {
    base: BaseUrl,
    names: Vec<String>,
}

impl VendorHosts {
    /// The base address and the vendor's further hosts: `replicate.delivery` for one, `*.replicate.delivery` for all
    /// below it.
    #[must_use]
    pub fn new(base: BaseUrl, names: &[&str]) -> Self {
        Self { base, names: names.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    /// The base address.
    #[must_use]
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Whether the key goes along to an address: the base's own origin, or a host of the vendor over `https` at its
    /// usual port.
    #[must_use]
    pub fn may_see_key(&self, url: &Url) -> bool {
        if self.base.is_origin_of(url) {
            return true;
        }
        let Some(host) = url.host_str() else { return false };
        url.scheme() == "https" && url.port().is_none() && self.names.iter().any(|name| matches(name, host))
    }

    /// Refuses an address from a vendor's answer that leads to this machine or travels in the clear.
    ///
    /// A simulator on this machine may send to this machine.
    pub(super) fn check(&self, provider: &str, url: &Url) -> Result<(), ProviderError> {
        let own = self.base.is_loopback() && is_loopback(url) && url.scheme() == "http";
        if own || (url.scheme() == "https" && (!is_loopback(url) || self.base.is_origin_of(url))) {
            return Ok(());
        }
        let host = url.host_str().unwrap_or_default();
        Err(ProviderError::VendorTrouble {
            provider: provider.into(),
            message: format!("its answer points to {}://{host}, which is not followed", url.scheme()),
            retryable: false,
        })
    }
}

fn matches(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(parent) => host.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => name == host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(base: &str) -> VendorHosts {
        let base = BaseUrl::parse("X", base, base).unwrap();
        VendorHosts::new(base, &["api.replicate.com", "replicate.delivery", "*.replicate.delivery"])
    }

    #[test]
    fn the_key_goes_to_the_vendor_alone() {
        let check = |base: &str, url: &str, expected: bool| {
            assert_eq!(hosts(base).may_see_key(&url.parse().unwrap()), expected, "{base} {url}");
        };
        let own = "https://api.replicate.com/v1";
        for url in ["https://api.replicate.com/x", "https://replicate.delivery/a", "https://a.b.replicate.delivery/a"] {
            check(own, url, true);
        }
        for url in [
            "http://replicate.delivery/a",
            "http://api.replicate.com/v1",
            "https://replicate.delivery:8443/a",
            "https://evilreplicate.delivery/a",
            "https://.replicate.delivery/a",
            "https://replicate.delivery.evil.example/a",
            "https://replicate.delivery@evil.example/a",
            "https://storage.googleapis.com/a",
            "http://127.0.0.1:9/a",
        ] {
            check(own, url, false);
        }
        check("http://127.0.0.1:7000/v1", "http://127.0.0.1:7000/file", true);
        check("http://127.0.0.1:7000/v1", "http://127.0.0.1:7001/file", false);
    }

    #[test]
    fn an_answer_cannot_lead_into_this_machine() {
        let check = |base: &str, url: &str, allowed: bool| {
            assert_eq!(hosts(base).check("replicate", &url.parse().unwrap()).is_ok(), allowed, "{base} {url}");
        };
        let own = "https://api.replicate.com/v1";
        check(own, "https://cdn.example/a.mp4", true);
        for url in ["http://127.0.0.1/a", "https://localhost/a", "http://cdn.example/a", "ftp://cdn.example/a"] {
            check(own, url, false);
        }
        check("http://127.0.0.1:7000", "http://127.0.0.1:7001/a", true);
        check("http://127.0.0.1:7000", "http://cdn.example/a", false);
    }
}
