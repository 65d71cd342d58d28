//! Stable names of the things in a film. They are what files, operators and the outside world use; an ECS `Entity`
//! never leaves the running world.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A name that is not usable as an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not a valid {kind}: use 1 to 64 letters, digits, '_' or '-'")]
pub struct IdError {
    /// What the id would have named, for example `scene id`.
    pub kind: &'static str,
    /// The refused text, cut to 80 characters.
    pub value: String,
}

/// Ids become file and folder names, so they hold nothing a file system could read as a path.
fn is_valid_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and wraps a name.
            ///
            /// # Errors
            /// [`IdError`] unless the text is 1 to 64 ASCII letters, digits, `_` or `-`.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let value = text.into();
                if is_valid_id(&value) {
                    Ok(Self(value))
                } else {
                    Err(IdError { kind: $kind, value: value.chars().take(80).collect() })
                }
            }

            #[doc = concat!("The name Kinora gives the `number`th of its kind, for example `", $prefix, "_001`.")]
            #[must_use]
            pub fn numbered(number: usize) -> Self {
                Self(format!(concat!($prefix, "_{:03}"), number))
            }

            /// The number at the end of a name of the house pattern, if it has one.
            #[must_use]
            pub fn number(&self) -> Option<usize> {
                self.0.strip_prefix(concat!($prefix, "_"))?.parse().ok()
            }

            /// The lowest free numbered name that follows all of `taken`.
            pub fn next_after<'a>(taken: impl IntoIterator<Item = &'a Self>) -> Self {
                let highest = taken.into_iter().filter_map(Self::number).max().unwrap_or(0);
                Self::numbered(highest.saturating_add(1))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(value: String) -> Result<Self, IdError> {
                Self::new(value)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(value: &str) -> Result<Self, IdError> {
                Self::new(value)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id_type!(
    /// Names a scene, and its folder under `scenes/`.
    SceneId,
    "scene id",
    "scene"
);
id_type!(
    /// Names a shot within its scene.
    ShotId,
    "shot id",
    "shot"
);
id_type!(
    /// Names a take within its shot.
    TakeId,
    "take id",
    "take"
);
id_type!(
    /// Names a character of the film.
    CharacterId,
    "character id",
    "char"
);
id_type!(
    /// Names a line of dialogue within its scene.
    LineId,
    "line id",
    "line"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_refuse_what_a_file_system_could_misread() {
        for bad in ["", "..", "a/b", "a\\b", "a b", "é", &"x".repeat(65), "a\0b", "CON:"] {
            assert!(ShotId::new(bad).is_err(), "{bad:?} was accepted");
        }
        for good in ["shot_001", "a", "A-9_z"] {
            assert!(ShotId::new(good).is_ok(), "{good:?} was refused");
        }
    }

    #[test]
    fn the_next_id_follows_the_highest_and_skips_foreign_names() {
        let taken = [ShotId::numbered(2), ShotId::numbered(7), ShotId::new("insert").unwrap()];
        assert_eq!(ShotId::next_after(&taken).as_str(), "shot_008");
        assert_eq!(ShotId::next_after([]).as_str(), "shot_001");
    }
}
