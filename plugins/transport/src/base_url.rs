//! Where a vendor lives: its public address, or another one set by the user (a proxy, a simulator).

use kinora_provider::ProviderError;
use reqwest::Url;
use std::fmt;

/// An address to which a vendor's paths are added. `https`, or `http` to this machine alone.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why an address was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Not an address at all.
    #[error("{variable} is not an address such as {example}: {reason}")]
    NotAnUrl {
        /// The environment variable it came from.
        variable: String,
        /// The vendor's own address.
        example: String,
        /// What is wrong.
        reason: String,
    },
    /// A key would cross the network in the clear.
    #[error("{variable} must start with https://; http:// is for this machine alone, not for {host}")]
    NotEncrypted {
        /// The environment variable it came from.
        variable: String,
        /// The host asked for.
        host: String,
    },
    /// A name and password, a query or a fragment in an address that paths are added to.
    #[error("{variable} must be a plain address without user, query or fragment")]
    NotPlain {
        /// The environment variable it came from.
        variable: String,
    },
}

impl BaseUrl {
    /// The address in an environment variable's value, or the vendor's own where it is unset or empty.
    ///
    /// `lookup` is the environment; tests bring their own.
    ///
    /// # Errors
    /// [`BaseUrlError`], which names the variable.
    pub fn from_environment(
        variable: &str,
        vendors_own: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BaseUrlError> {
        let set = lookup(variable).filter(|value| !value.trim().is_empty());
        Self::parse(variable, set.as_deref().unwrap_or(vendors_own).trim(), vendors_own)
    }

    /// An address from text; `variable` and `example` are for the refusal.
    ///
    /// # Errors
    /// [`BaseUrlError`].
    pub fn parse(variable: &str, text: &str, example: &str) -> Result<Self, BaseUrlError> {
        let refuse =
            |reason: String| BaseUrlError::NotAnUrl { variable: variable.into(), example: example.into(), reason };
        let url = Url::parse(text).map_err(|error| refuse(error.to_string()))?;
        let Some(host) = url.host_str() else { return Err(refuse("it names no host".into())) };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(BaseUrlError::NotEncrypted { variable: variable.into(), host: host.into() }),
            other => return Err(refuse(format!("{other}:// is not https://"))),
        }
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::NotPlain { variable: variable.into() });
        }
        Ok(Self(url))
    }

    /// The address of a path below this one; a whole `https://` or `http://` address stays what it is.
    ///
    /// # Errors
    /// [`ProviderError::Internal`] when the two make no address.
    pub fn join(&self, path: &str) -> Result<Url, ProviderError> {
        let whole = path.starts_with("https://") || path.starts_with("http://");
        let text = match whole {
            true => path.to_owned(),
            false => format!("{}/{}", self.0.as_str().trim_end_matches('/'), path.trim_start_matches('/')),
        };
        Url::parse(&text).map_err(|error| ProviderError::Internal { message: format!("{error} in an address") })
    }

    /// Whether it is this machine: a simulator.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether an address has the same scheme, host and port.
    #[must_use]
    pub fn is_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl From<BaseUrlError> for ProviderError {
    fn from(error: BaseUrlError) -> Self {
        let (BaseUrlError::NotAnUrl { variable, .. }
        | BaseUrlError::NotEncrypted { variable, .. }
        | BaseUrlError::NotPlain { variable }) = &error;
        Self::invalid(variable.clone(), error.to_string())
    }
}

/// Whether an address is of this machine: 127.0.0.0/8, ::1 or `localhost`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://api.replicate.com/v1";

    fn from(value: Option<&str>) -> Result<String, BaseUrlError> {
        let lookup = |_: &str| value.map(str::to_owned);
        BaseUrl::from_environment("REPLICATE_BASE_URL", OWN, lookup).map(|url| url.to_string())
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        assert_eq!(from(None).unwrap(), OWN);
        assert_eq!(from(Some(" ")).unwrap(), OWN);
        for good in ["http://127.0.0.1:8080/v1", "http://localhost:1", "http://[::1]:9/v1", "https://proxy.example/x"] {
            assert_eq!(from(Some(good)).unwrap(), good);
        }
        assert_eq!(from(Some("http://127.0.0.1:8080/")).unwrap(), "http://127.0.0.1:8080");
        for open in ["http://api.replicate.com/v1", "http://127.0.0.1.evil.example", "http://localhost.evil.example"] {
            assert!(matches!(from(Some(open)), Err(BaseUrlError::NotEncrypted { .. })), "{open}");
        }
        for odd in ["api.replicate.com", "ftp://127.0.0.1", "file:///etc/passwd", "https://", "127.0.0.1:80"] {
            assert!(matches!(from(Some(odd)), Err(BaseUrlError::NotAnUrl { .. })), "{odd}");
        }
        for loaded in ["https://me:pass@a.example", "https://a.example/?x=1", "https://a.example/#x"] {
            let error = from(Some(loaded)).unwrap_err();
            assert_eq!(error, BaseUrlError::NotPlain { variable: "REPLICATE_BASE_URL".into() });
            assert!(!error.to_string().contains("pass@"));
        }
        let error = ProviderError::from(from(Some("http://a.example")).unwrap_err());
        assert_eq!(error.fields(), ["REPLICATE_BASE_URL"]);
    }

    #[test]
    fn paths_are_added_and_whole_addresses_stay() {
        let base = BaseUrl::parse("X", OWN, OWN).unwrap();
        for path in ["predictions", "/predictions"] {
            assert_eq!(base.join(path).unwrap().as_str(), "https://api.replicate.com/v1/predictions");
        }
        let whole = "https://replicate.delivery/a.mp4";
        assert_eq!(base.join(whole).unwrap().as_str(), whole);
        assert!(!base.is_origin_of(&base.join(whole).unwrap()) && base.is_origin_of(&base.join("x").unwrap()));
    }
}
