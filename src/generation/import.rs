//! What the maker brings: screenplays, clips and sound from elsewhere.

use super::{FrameEnd, GenerationError, Generator, OpenFilm, bring_file, bring_frame};
use crate::commands::operators::ImportFilm;
use kinora_core::{
    film::{AudioLane, ProjectPath, Take},
    ids::{SceneId, ShotId},
    screenplay::{self, ImportNote, ImportOptions},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path};

/// A shot made for a clip.
#[derive(Debug, Clone)]
pub struct NewShot {
    /// The shot.
    pub shot_id: ShotId,
    /// Its take.
    pub take: Take,
}

/// Brings a screenplay into an open film, and `fields` into its metadata; `null` takes a field out. Returns the answer
/// of `film.import` and what the screenplay has and the film has not. The film is not saved.
///
/// # Errors
/// [`GenerationError`]; the film is then as it was.
pub fn import_screenplay(
    film: &mut OpenFilm<'_>,
    file: &Path,
    fields: &Value,
) -> Result<(Value, Vec<ImportNote>), GenerationError> {
    let screenplay = screenplay::load(file)?;
    let metadata = film.metadata()?;
    let options = ImportOptions {
        title: None,
        rate: metadata.rate,
        size: metadata.size,
        first_scene_number: film.next_scene_id()?.number().unwrap_or(1),
        cast: film.characters()?,
    };
    let (imported, notes) = screenplay::to_film(&screenplay, &options);
    // Author, source and draft date of the title page.
    let mut metadata = imported.metadata.extra;
    metadata.extend(fields.as_object().cloned().unwrap_or_default());
    let params = ImportFilm {
        title: Some(imported.metadata.title),
        metadata,
        characters: imported.characters,
        scenes: imported.scenes,
    };
    let params = serde_json::to_value(params).map_err(|error| GenerationError::Save(error.to_string()))?;
    Ok((film.run("film.import", params)?, notes))
}

/// Copies a picture into the scenes of shots and gives it to them as their first or last frame. Returns where it lies in
/// each scene.
///
/// # Errors
/// [`GenerationError`]; also when the file is no picture that a provider could be sent.
pub fn import_frame(
    film: &mut OpenFilm<'_>,
    shots: &[(SceneId, ShotId)],
    end: FrameEnd,
    picture: &Path,
) -> Result<Vec<ProjectPath>, GenerationError> {
    // A path in a scene stays in its folder: each scene gets the picture.
    let mut scenes: BTreeMap<SceneId, Vec<_>> = BTreeMap::new();
    for (scene_id, shot_id) in shots {
        let name = film.shot_now(scene_id, shot_id)?;
        scenes.entry(name.0.clone()).or_default().push(name);
    }
    let mut brought = Vec::new();
    for (scene_id, shots) in scenes {
        let Some((_, shot_id)) = shots.first() else { continue };
        let path = bring_frame(film.folder, &scene_id, shot_id, end, picture)?;
        let (operator, params) = end.setting(&shots, Some(&path));
        film.run(operator, params)?;
        brought.push(path);
    }
    film.save()?;
    Ok(brought)
}

impl Generator {
    /// Makes a shot of a clip, as long as the clip, at a place from 0 or at the end of the scene.
    ///
    /// # Errors
    /// [`GenerationError`]; the film is then as it was.
    pub fn import_shot(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        index: Option<usize>,
        clip: &Path,
    ) -> Result<NewShot, GenerationError> {
        // Most of what can be wrong with a clip shows before the film is touched.
        if self.probe(clip)?.picture.is_none() {
            return Err(kinora_core::media::MediaError::NoPicture { path: clip.to_path_buf() }.into());
        }
        let mut params = json!({ "scene_id": scene_id });
        if let Some(index) = index {
            params["index"] = index.into();
        }
        let answer = film.run("shot.add", params)?;
        let shot_id: ShotId = serde_json::from_value(answer["shot_id"].clone())
            .map_err(|error| GenerationError::Save(format!("shot.add named no shot: {error}")))?;
        let names = json!({ "scene_id": scene_id, "shot_id": shot_id });
        let take = match self.adopt_clip(film, scene_id, &shot_id, clip) {
            Ok(take) => take,
            Err(error) => {
                // The shot was only for the clip. Gone already is as good.
                let _ = film.run("shot.remove", names);
                return Err(error);
            }
        };
        if let Some(media) = &take.media {
            let mut params = names;
            params["duration"] = ((media.duration_secs * 1000.0).round() / 1000.0).into();
            film.run("shot.set", params)?;
        }
        film.save()?;
        Ok(NewShot { shot_id, take })
    }

    /// Lays a sound file on a lane of a scene, from a moment of the scene on or where the lane begins now; it is copied
    /// into the project.
    ///
    /// # Errors
    /// [`GenerationError`]; the film is then as it was.
    pub fn import_audio(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        lane: AudioLane,
        offset_secs: Option<f64>,
        file: &Path,
    ) -> Result<ProjectPath, GenerationError> {
        film.scene(scene_id)?;
        if self.probe(file)?.sound.is_none() {
            return Err(GenerationError::NoSound(file.to_path_buf()));
        }
        let extension = file.extension().and_then(|text| text.to_str()).unwrap_or("wav").to_ascii_lowercase();
        let place = format!("audio/{}", lane.as_str());
        let path = bring_file(file, film.folder, &film.folder.scene_dir(scene_id), &place, &extension)?;
        let mut params = json!({ "scene_id": scene_id, "lane": lane, "file_path": path });
        if let Some(offset_secs) = offset_secs {
            params["offset_secs"] = offset_secs.into();
        }
        film.run("lane.set", params)?;
        film.save()?;
        Ok(path)
    }
}
