//! A text that does not show itself.

use std::fmt;
use zeroize::Zeroizing;

/// A vendor's key. Has no `Display`, is not serialisable, shows as `Secret(…)` in `Debug`, and is wiped from memory when
/// the last copy goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a key as typed or read: white space around it is dropped, since copied keys often carry a line end.
    ///
    /// `None` when nothing is left, or when it holds a character no HTTP header may carry.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = Zeroizing::new(text.into());
        let key = text.trim();
        let usable = !key.is_empty() && key.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        usable.then(|| Self(Zeroizing::new(key.to_owned())))
    }

    /// The text itself, for the header that carries it and for the vault; never for a log, an error or a file.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A text with every appearance of the key taken out: vendors sometimes repeat it in a refusal.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        text.replace(self.expose(), "[key]")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_keeps_to_itself() {
        let secret = Secret::new(" r8_abc\n").unwrap();
        assert_eq!(secret.expose(), "r8_abc");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "Secret(…) Some(Secret(…))");
        assert_eq!(secret.redact("the key r8_abc is wrong (r8_abc)"), "the key [key] is wrong ([key])");
        for bad in ["", "  \n", "a b", "a\nb", "clé"] {
            assert_eq!(Secret::new(bad), None, "{bad:?}");
        }
    }
}
