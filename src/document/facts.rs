//! One table per thing in a film: which fact is which component, and which field of the file it is.
//!
//! A table makes the components, the bundle that spawns them, the `…Fact` enum that edits carry, and the copy back
//! into the file's type, so a fact cannot be in one of them and missing from another.

/// See the module.
macro_rules! facts {
    (
        $(#[$enum_doc:meta])*
        $fact:ident, $bundle:ident of $data:ty {
            $( $(#[$doc:meta])* $variant:ident($ty:ty) = $component:ident, $first:ident $(. $rest:ident)*; )*
        }
    ) => {
        $(
            $(#[$doc])*
            #[derive(bevy::prelude::Component, Debug, Clone, PartialEq)]
            pub struct $component(pub $ty);
        )*

        $(#[$enum_doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "fact", content = "value", rename_all = "snake_case")]
        pub enum $fact {
            $( $(#[$doc])* $variant($ty), )*
        }

        #[derive(bevy::prelude::Bundle)]
        pub(super) struct $bundle($($component),*);

        impl $bundle {
            /// The facts of a thing as its file says them.
            pub(super) fn new(data: &$data) -> Self {
                Self($($component(data.$first$(.$rest)*.clone())),*)
            }
        }

        impl $fact {
            /// Writes the fact on its entity and returns what it replaced; `None` if the entity carries no such fact.
            /// A fact that says what is already there touches nothing, which keeps `Changed<..>` honest.
            pub(crate) fn swap(self, entity: &mut bevy::prelude::EntityWorldMut<'_>) -> Option<Self> {
                match self {
                    $( Self::$variant(value) => {
                        let mut component = entity.get_mut::<$component>()?;
                        if component.0 == value {
                            return Some(Self::$variant(value));
                        }
                        Some(Self::$variant(std::mem::replace(&mut component.0, value)))
                    } )*
                }
            }

            /// Copies every fact of an entity into the file's type.
            pub(super) fn collect(entity: bevy::prelude::EntityRef<'_>, data: &mut $data) {
                $( if let Some(component) = entity.get::<$component>() {
                    data.$first$(.$rest)* = component.0.clone();
                } )*
            }

            /// The facts that turn `from` into `to`, in table order.
            #[must_use]
            pub fn differences(from: &$data, to: &$data) -> Vec<Self> {
                let mut facts = Vec::new();
                $( if from.$first$(.$rest)* != to.$first$(.$rest)* {
                    facts.push(Self::$variant(to.$first$(.$rest)*.clone()));
                } )*
                facts
            }
        }
    };
}

pub(super) use facts;
