//! Copying a file into the project: whole, and never over another.

use super::GenerationError;
use kinora_core::{
    film::{ProjectFolder, ProjectPath, Shot},
    ids::{CharacterId, SceneId, ShotId},
    preview::read_image,
    store::{AtomicFile, StoreError, hash_file},
};
use serde_json::{Value, json};
use std::{
    fs::{self, OpenOptions},
    path::Path,
};

/// Copies `source` to the first free of `place.extension`, `place_2.extension` … under `base`, and returns that path
/// relative to `base`. A copy that is there already, byte for byte, is used as it is.
///
/// # Errors
/// [`GenerationError`].
pub fn bring_file(
    source: &Path,
    folder: &ProjectFolder,
    base: &Path,
    place: &str,
    extension: &str,
) -> Result<ProjectPath, GenerationError> {
    let unreadable = |error| GenerationError::Unreadable { file: source.to_path_buf(), error };
    let mut reader = fs::File::open(source).map_err(unreadable)?;
    for number in 1..10_000_u32 {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        let path = ProjectPath::new(format!("{place}{suffix}.{extension}"))?;
        let target = path.resolve(base, folder.root())?;
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(|error| StoreError::from_io("make", parent, error))?;
        }
        if target.exists() {
            if hash_file(&target)? == hash_file(source)? {
                return Ok(path);
            }
            continue;
        }
        let file = AtomicFile::new(&target)?;
        let failed = |error| StoreError::from_io("write", &target, error);
        let mut writer = OpenOptions::new().write(true).truncate(true).open(file.path()).map_err(failed)?;
        std::io::copy(&mut reader, &mut writer).map_err(failed)?;
        drop(writer);
        file.commit_new()?;
        return Ok(path);
    }
    Err(GenerationError::NoFreeName(place.to_owned()))
}

/// Copies a picture into `portraits/` as one of a character's.
///
/// # Errors
/// [`GenerationError`]; also when the file is no picture that a provider could be sent.
pub fn bring_portrait(
    folder: &ProjectFolder,
    character_id: &CharacterId,
    source: &Path,
) -> Result<ProjectPath, GenerationError> {
    let extension = picture_extension(source)?;
    let name = character_id.as_str().trim_start_matches("char_");
    bring_file(source, folder, folder.root(), &format!("portraits/{name}"), &extension)
}

/// An end of a shot that a picture can be given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FrameEnd {
    /// The frame that the model starts from.
    First,
    /// The frame that it ends on.
    Last,
}

impl FrameEnd {
    /// Both, in the order they play.
    pub const ALL: [Self; 2] = [Self::First, Self::Last];

    /// The field of a shot that names the picture.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::First => "reference_first_frame_path",
            Self::Last => "reference_last_frame_path",
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::First => "first frame",
            Self::Last => "last frame",
        }
    }

    /// What gives shots a picture of their scene for it, or none: operator and parameters. A shot that starts from a
    /// picture of its own, or from none, continues no other one.
    pub(crate) fn setting(self, shots: &[(SceneId, ShotId)], path: Option<&ProjectPath>) -> (&'static str, Value) {
        let named = |(scene_id, shot_id): &(SceneId, ShotId)| json!({ "scene_id": scene_id, "shot_id": shot_id });
        let (operator, mut params) = match shots {
            [shot] => ("shot.set", named(shot)),
            several => ("shot.set_many", json!({ "shots": several.iter().map(named).collect::<Vec<_>>() })),
        };
        params[self.field()] = json!(path);
        if self == Self::First {
            params["continuity_source"] = Value::Null;
        }
        (operator, params)
    }

    /// The picture that a shot is given for it.
    #[must_use]
    pub const fn path_in(self, shot: &Shot) -> Option<&ProjectPath> {
        match self {
            Self::First => shot.reference_first_frame_path.as_ref(),
            Self::Last => shot.reference_last_frame_path.as_ref(),
        }
    }
}

/// Copies a picture into the `frames/` of a scene, for an end of one of its shots.
///
/// # Errors
/// [`GenerationError`]; also when the file is no picture that a provider could be sent.
pub fn bring_frame(
    folder: &ProjectFolder,
    scene_id: &SceneId,
    shot_id: &ShotId,
    end: FrameEnd,
    source: &Path,
) -> Result<ProjectPath, GenerationError> {
    let extension = picture_extension(source)?;
    let place = match end {
        FrameEnd::First => format!("frames/{shot_id}_start"),
        FrameEnd::Last => format!("frames/{shot_id}_end"),
    };
    bring_file(source, folder, &folder.scene_dir(scene_id), &place, &extension)
}

/// How a copy of a picture is to end, once the picture was read.
fn picture_extension(source: &Path) -> Result<String, GenerationError> {
    read_image(source, [64, 64]).map_err(|error| GenerationError::Nothing(error.to_string()))?;
    Ok(source.extension().map_or_else(|| "png".to_owned(), |end| end.to_string_lossy().to_lowercase()))
}
