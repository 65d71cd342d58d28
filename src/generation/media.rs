//! Looking into clips. The one place where this room meets FFmpeg.

use super::GenerationError;
use kinora_core::{
    film::TakeMedia,
    media::{MediaInfo, extract_first_frame, extract_frame, extract_last_frame, probe},
};
use std::path::Path;

/// Looks into a media file.
pub(super) fn look_into(path: &Path) -> Result<MediaInfo, GenerationError> {
    Ok(probe(path)?)
}

/// What a take's file holds.
pub(super) fn take_media(path: &Path) -> Result<TakeMedia, GenerationError> {
    let info = look_into(path)?;
    let picture = info.picture.ok_or_else(|| GenerationError::NoPicture(path.to_path_buf()))?;
    Ok(TakeMedia {
        width: picture.width_px,
        height: picture.height_px,
        rate: picture.rate,
        duration_secs: info.duration_secs,
        has_audio: info.sound.is_some(),
        extra: Default::default(),
    })
}

/// Writes the first and the true last frame of a clip.
pub(super) fn extract_ends(clip: &Path, first: &Path, last: &Path) -> Result<(), GenerationError> {
    make_parent(first)?;
    make_parent(last)?;
    extract_first_frame(clip, first)?;
    extract_last_frame(clip, last)?;
    Ok(())
}

/// Writes the moment of a clip that another shot continues. `frame` counts the clip's own frames.
pub(super) fn extract_moment(clip: &Path, frame: Option<u64>, png: &Path) -> Result<(), GenerationError> {
    make_parent(png)?;
    match frame {
        Some(frame) => extract_frame(clip, frame, png)?,
        None => extract_last_frame(clip, png)?,
    };
    Ok(())
}

fn make_parent(file: &Path) -> Result<(), GenerationError> {
    let parent = file.parent().unwrap_or(file);
    std::fs::create_dir_all(parent).map_err(|error| GenerationError::read(parent, error))
}
