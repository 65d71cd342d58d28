//! Short prints of what files say, so that a run can tell whether a save of the run before it was finished.

use super::{
    Character, CharactersFile, FilmScene, Metadata, ProjectLayout, ProjectPath, SCHEMA_VERSION, Settings,
    layout::{CHARACTERS, METADATA, SCENES, SETTINGS, scene_file_name},
};
use crate::{ids::SceneId, store::hash_file};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the files of a save say once it is done: by their names within the project, the blake3 of each text in
/// hexadecimal digits, or nothing for the folder of a scene that is taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilePrints(BTreeMap<String, Option<String>>);

impl FilePrints {
    /// A `scene.json`.
    ///
    /// # Errors
    /// As [`serde_json::to_vec_pretty`], and so for the other files.
    pub fn add_scene(&mut self, scene: &FilmScene) -> serde_json::Result<()> {
        self.add(&scene_file_name(&scene.scene_id), scene)
    }

    /// `characters.json`.
    ///
    /// # Errors
    /// As [`FilePrints::add_scene`].
    pub fn add_characters(&mut self, characters: &[Character]) -> serde_json::Result<()> {
        self.add(CHARACTERS, &CharactersFile(characters.to_vec()))
    }

    /// `settings.json`.
    ///
    /// # Errors
    /// As [`FilePrints::add_scene`].
    pub fn add_settings(&mut self, settings: &Settings) -> serde_json::Result<()> {
        self.add(SETTINGS, settings)
    }

    /// `metadata.json`.
    ///
    /// # Errors
    /// As [`FilePrints::add_scene`].
    pub fn add_metadata(&mut self, metadata: &Metadata) -> serde_json::Result<()> {
        self.add(METADATA, &Metadata { schema_version: SCHEMA_VERSION, ..metadata.clone() })
    }

    /// A scene that is taken out of the project.
    pub fn add_removed(&mut self, scene_id: &SceneId) {
        self.0.insert(format!("{SCENES}/{scene_id}"), None);
    }

    /// Whether every one of the files lies in the project as the prints say.
    #[must_use]
    pub fn match_disk(&self, layout: &ProjectLayout) -> bool {
        let matches = |(name, print): (&String, &Option<String>)| {
            let path = ProjectPath::new(name.as_str()).and_then(|path| path.resolve(layout.root(), layout.root()));
            let Ok(path) = path else { return false };
            match print {
                Some(print) => hash_file(&path).is_ok_and(|hash| hash.to_hex().as_str() == print),
                None => path.symlink_metadata().is_err(),
            }
        };
        !self.0.is_empty() && self.0.iter().all(matches)
    }

    fn add<T: Serialize>(&mut self, name: &str, content: &T) -> serde_json::Result<()> {
        let print = blake3::hash(&text_of(content)?).to_hex().to_string();
        self.0.insert(name.to_owned(), Some(print));
        Ok(())
    }
}

/// The text of a project's file, byte for byte as it is saved.
pub(super) fn text_of<T: Serialize>(content: &T) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(content)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::film::{Film, ProjectFolder};

    #[test]
    fn prints_tell_whether_a_save_was_finished() {
        let home = tempfile::tempdir().unwrap();
        let scenes = (1..=2).map(|number| FilmScene::new(SceneId::numbered(number), "Storm")).collect();
        let film = Film { scenes, ..Film::default() };
        let folder = ProjectFolder::create(home.path(), &film).unwrap();
        let (mut scene, mut metadata) = (film.scenes[0].clone(), film.metadata.clone());
        // Numbers that text does not hold exactly, and a version that a save brings up to date.
        scene.audio_mix.music.gain_db = 0.1 + 0.2;
        (metadata.schema_version, metadata.scene_order) = (0, vec![scene.scene_id.clone()]);
        let mut prints = FilePrints::default();
        assert!(!prints.match_disk(&folder), "a save of nothing proves nothing");
        prints.add_scene(&scene).unwrap();
        prints.add_settings(&film.settings).unwrap();
        prints.add_characters(&film.characters).unwrap();
        prints.add_metadata(&metadata).unwrap();
        prints.add_removed(&film.scenes[1].scene_id);
        let kept: FilePrints = serde_json::from_str(&serde_json::to_string(&prints).unwrap()).unwrap();
        assert_eq!(kept, prints);
        let steps: [Box<dyn FnOnce()>; 3] = [
            Box::new(|| folder.save_scene(&scene).unwrap()),
            Box::new(|| folder.save_metadata(&metadata).unwrap()),
            Box::new(|| drop(folder.remove_scene(&film.scenes[1].scene_id).unwrap())),
        ];
        for step in steps {
            assert!(!kept.match_disk(&folder), "it is not all there");
            step();
        }
        assert!(kept.match_disk(&folder));
        scene.title.push('!');
        folder.save_scene(&scene).unwrap();
        assert!(!kept.match_disk(&folder), "another save came after it");
    }

    #[test]
    fn names_that_lead_out_of_the_project_match_nothing() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("film");
        let folder = ProjectFolder::create(&root, &Film::default()).unwrap();
        for text in [r#"{"../elsewhere": null}"#, r#"{"/nowhere/at/all": null}"#] {
            let prints: FilePrints = serde_json::from_str(text).unwrap();
            assert!(!prints.match_disk(&folder), "{text}");
        }
    }
}
