//! A clip becomes a take: it is added, never put in the place of another.

use super::{
    GenerationError,
    files::{SceneFiles, bring_as},
    media,
};
use crate::{commands::operators::frame_paths, document::FilmView};
use kinora_core::{
    film::{ExtraFields, ProjectFolder, ProjectPath, Take},
    ids::{SceneId, ShotId, TakeId},
    store::hash_file,
};
use std::path::Path;

/// Where a clip came from.
#[derive(Debug, Clone, Default)]
pub struct TakeOrigin {
    /// Model that made it; empty for footage.
    pub model: String,
    /// Provider that ran it; `file` for footage.
    pub provider: String,
    /// The prompt as it was sent.
    pub prompt: String,
    /// The seed, if known.
    pub seed: Option<u64>,
    /// What it cost in US dollars, if known.
    pub cost_usd: Option<f64>,
}

/// Puts a clip and its two end frames beside the other takes of a shot. The film learns of it with `take.add`.
///
/// # Errors
/// What is wrong with the clip or the disk.
pub fn make_take(
    folder: &ProjectFolder,
    film: FilmView<'_>,
    (scene_id, shot_id): (&SceneId, &ShotId),
    clip: &Path,
    extension: &str,
    origin: TakeOrigin,
) -> Result<Take, GenerationError> {
    let media = media::take_media(clip)?;
    let files = SceneFiles::new(folder, scene_id);
    let mut number = film.next_take_id(scene_id, shot_id)?.number().unwrap_or(1);
    let file_path = loop {
        let name = take_name(shot_id, number, extension)?;
        match bring_as(clip, &files, &name) {
            Ok(()) => break name,
            // A clip the film does not list, perhaps put there by hand: it is not ours to replace.
            Err(GenerationError::InTheWay(_)) if number < 9_999 => number += 1,
            Err(error) => return Err(error),
        }
    };
    let target = files.path(&file_path)?;
    let (first, last) = frame_paths(&file_path)?;
    media::extract_ends(&target, &files.path(&first)?, &files.path(&last)?)?;
    Ok(Take {
        take_id: TakeId::numbered(number),
        blake3: hash_file(&target)?.to_hex().to_string(),
        file_path,
        model: origin.model,
        provider: origin.provider,
        prompt: origin.prompt,
        seed: origin.seed,
        cost_usd: origin.cost_usd,
        created_at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        media: Some(media),
        extra: ExtraFields::new(),
    })
}

/// `shots/shot_001.mp4`, then `shots/shot_001_take_002.mp4` …
fn take_name(shot_id: &ShotId, number: usize, extension: &str) -> Result<ProjectPath, GenerationError> {
    let suffix = if number == 1 { String::new() } else { format!("_{}", TakeId::numbered(number)) };
    Ok(ProjectPath::new(format!("shots/{shot_id}{suffix}.{extension}"))?)
}
