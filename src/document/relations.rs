//! Who belongs to whom, and in which order. Each relation has its own ordered list, so the shots of a scene are
//! never mixed up with its lines or lanes. Despawning an owner despawns what it owns.

use bevy::prelude::{Component, Entity};

macro_rules! relation {
    ($(#[$of_doc:meta])* $of:ident, $(#[$list_doc:meta])* $list:ident) => {
        $(#[$of_doc])*
        #[derive(Component, Debug, Clone, Copy, PartialEq, Eq)]
        #[relationship(relationship_target = $list)]
        pub struct $of(pub Entity);

        $(#[$list_doc])*
        #[derive(Component, Debug, Default)]
        #[relationship_target(relationship = $of, linked_spawn)]
        pub struct $list(Vec<Entity>);

        impl std::ops::Deref for $list {
            type Target = [Entity];
            fn deref(&self) -> &[Entity] {
                &self.0
            }
        }
    };
}

relation!(
    /// The film a scene is in.
    SceneOf,
    /// The scenes of a film in the order they play.
    FilmScenes
);
relation!(
    /// The film a character is in.
    CharacterOf,
    /// The characters of a film in the order of `characters.json`.
    FilmCharacters
);
relation!(
    /// The scene a shot is in.
    ShotOf,
    /// The shots of a scene in the order they play.
    SceneShots
);
relation!(
    /// The scene a line of dialogue is in.
    LineOf,
    /// The lines of a scene in the order of `scene.json`.
    SceneLines
);
relation!(
    /// The scene a sound lane is in.
    LaneOf,
    /// The sound lanes of a scene.
    SceneLanes
);
relation!(
    /// The shot a take is of.
    TakeOf,
    /// The takes of a shot, the oldest first.
    ShotTakes
);
