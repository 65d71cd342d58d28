//! Where everything of a project lies (mission section 3.1). The only place that knows these names.

use crate::ids::SceneId;
use std::path::{Path, PathBuf};

/// `metadata.json`, relative to the project folder.
pub(super) const METADATA: &str = "metadata.json";
/// `settings.json`, relative to the project folder.
pub(super) const SETTINGS: &str = "settings.json";
/// `characters.json`, relative to the project folder.
pub(super) const CHARACTERS: &str = "characters.json";
/// The folder of the scenes, relative to the project folder.
pub(super) const SCENES: &str = "scenes";

/// The paths of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectLayout {
    root: PathBuf,
}

impl ProjectLayout {
    /// The paths of the project in `root`, whether or not it exists.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The project folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `metadata.json`.
    #[must_use]
    pub fn metadata_file(&self) -> PathBuf {
        self.root.join(METADATA)
    }

    /// `settings.json`.
    #[must_use]
    pub fn settings_file(&self) -> PathBuf {
        self.root.join(SETTINGS)
    }

    /// `characters.json`.
    #[must_use]
    pub fn characters_file(&self) -> PathBuf {
        self.root.join(CHARACTERS)
    }

    /// `scenes`.
    #[must_use]
    pub fn scenes_dir(&self) -> PathBuf {
        self.root.join(SCENES)
    }

    /// `scenes/scene_001`: the paths in a `scene.json` are relative to this folder.
    #[must_use]
    pub fn scene_dir(&self, scene_id: &SceneId) -> PathBuf {
        self.scenes_dir().join(scene_id.as_str())
    }

    /// `scenes/scene_001/scene.json`.
    #[must_use]
    pub fn scene_file(&self, scene_id: &SceneId) -> PathBuf {
        self.scene_dir(scene_id).join("scene.json")
    }

    /// `scenes/scene_001/shots`.
    #[must_use]
    pub fn shots_dir(&self, scene_id: &SceneId) -> PathBuf {
        self.scene_dir(scene_id).join("shots")
    }

    /// `scenes/scene_001/frames`.
    #[must_use]
    pub fn frames_dir(&self, scene_id: &SceneId) -> PathBuf {
        self.scene_dir(scene_id).join("frames")
    }

    /// `scenes/scene_001/audio`.
    #[must_use]
    pub fn audio_dir(&self, scene_id: &SceneId) -> PathBuf {
        self.scene_dir(scene_id).join("audio")
    }

    /// `scenes/scene_001/scene_render.mp4`.
    #[must_use]
    pub fn scene_render_file(&self, scene_id: &SceneId) -> PathBuf {
        self.scene_dir(scene_id).join("scene_render.mp4")
    }

    /// `film_render.mp4`.
    #[must_use]
    pub fn film_render_file(&self) -> PathBuf {
        self.root.join("film_render.mp4")
    }

    /// `clips`: what has no place in the film, and is kept all the same.
    #[must_use]
    pub fn clips_dir(&self) -> PathBuf {
        self.root.join("clips")
    }

    /// `portraits`: the portrait paths in `characters.json` are relative to the project folder, not to this one.
    #[must_use]
    pub fn portraits_dir(&self) -> PathBuf {
        self.root.join("portraits")
    }

    /// `.kinora`: what is Kinora's own.
    #[must_use]
    pub fn hidden_dir(&self) -> PathBuf {
        self.root.join(".kinora")
    }

    /// `.kinora/cache`: may be deleted at any time.
    #[must_use]
    pub fn cache_dir(&self) -> PathBuf {
        self.hidden_dir().join("cache")
    }

    /// `.kinora/jobs`: what was asked of providers and paid for.
    #[must_use]
    pub fn jobs_dir(&self) -> PathBuf {
        self.hidden_dir().join("jobs")
    }

    /// `.kinora/ledger.jsonl`: every attempt at a vendor's, and what it cost.
    #[must_use]
    pub fn ledger_file(&self) -> PathBuf {
        self.hidden_dir().join("ledger.jsonl")
    }

    /// `.kinora/trash`: the folders of removed scenes.
    #[must_use]
    pub fn trash_dir(&self) -> PathBuf {
        self.hidden_dir().join("trash")
    }

    /// `.kinora/backup`: files as they were before they were migrated.
    #[must_use]
    pub fn backup_dir(&self) -> PathBuf {
        self.hidden_dir().join("backup")
    }
}

/// A scene's file relative to the project folder, as problems name it.
pub(super) fn scene_file_name(scene_id: &SceneId) -> String {
    format!("{SCENES}/{scene_id}/scene.json")
}
