//! Everything a film lacks, in an order in which nothing waits for what comes later: voices first, because a shot is as
//! long as what is said in it; then the shots, the continued after those they continue; then the beds, as long as
//! their scenes. What is there already is left alone, so a second run finishes what a killed one began.

use super::{GenerationError, Generator, OpenFilm, ShotOptions, VoiceRequest, beds::bed_purpose, shot::shot_purpose};
use crate::document::UnknownName;
use kinora_core::{
    film::{AudioLane, FilmScene, ProjectPath, Shot},
    ids::SceneId,
};
use kinora_provider::{DurationRule, RequestKind};
use serde_json::json;

/// Told before each piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilmProgress {
    /// What comes now, for a person.
    pub label: String,
    /// Pieces done.
    pub done: usize,
    /// Pieces in all.
    pub total: usize,
}

/// Silence before the first line of a shot, between lines, and after the last, in seconds.
const BREATH_BEFORE_SECS: f64 = 0.35;
const BREATH_BETWEEN_SECS: f64 = 0.4;
const BREATH_AFTER_SECS: f64 = 0.6;

impl Generator {
    /// Generates everything the film lacks.
    ///
    /// # Errors
    /// The first [`GenerationError`]; what was made before it is kept.
    pub fn complete_film(
        &self,
        film: &mut OpenFilm<'_>,
        report: &mut dyn FnMut(&FilmProgress),
    ) -> Result<(), GenerationError> {
        let scenes = film.scenes()?;
        let total: usize = scenes.iter().map(|scene| 3 + scene.shots.len()).sum();
        let mut done = 0;
        let mut step = |label: String| {
            report(&FilmProgress { label, done, total });
            done += 1;
        };
        for scene in &scenes {
            let scene_id = &scene.scene_id;
            step(format!("voices of {}", name(scene)));
            if !scene.voice_lines.is_empty() && unless_gone(film.scene(scene_id))?.is_some() {
                self.voice(film, scene_id, VoiceRequest::Missing, None)?;
                fit_lines(film, scene_id)?;
            }
        }
        for scene in &scenes {
            for shot in &scene.shots {
                step(format!("{} {}", name(scene), shot.shot_id));
                let _claim = self.claim(&shot_purpose(&scene.scene_id, &shot.shot_id))?;
                // What the maker takes out meanwhile is not missed.
                let Some(current) = unless_gone(film.shot(&scene.scene_id, &shot.shot_id))? else { continue };
                if !self.has_file(film, &scene.scene_id, current.file_path.as_ref()) {
                    self.fit_to_model(film, &scene.scene_id, &current)?;
                    self.claimed_shot(film, &scene.scene_id, &shot.shot_id, &ShotOptions::default())?;
                }
            }
        }
        for scene in &scenes {
            for lane in [AudioLane::Music, AudioLane::Ambient] {
                step(format!("{} of {}", if lane == AudioLane::Music { "music" } else { "ambience" }, name(scene)));
                let _claim = self.claim(&bed_purpose(&scene.scene_id, lane))?;
                let Some(current) = unless_gone(film.lane(&scene.scene_id, lane))? else { continue };
                if !scene.shots.is_empty() && !self.has_file(film, &scene.scene_id, current.file.as_ref()) {
                    self.claimed_bed(film, &scene.scene_id, lane, None, None)?;
                }
            }
            if !scene.voice_lines.is_empty() && unless_gone(film.scene(&scene.scene_id))?.is_some() {
                self.assemble_voice(film, &scene.scene_id)?;
            }
        }
        Ok(())
    }

    /// Brings the length of a shot to one that its model makes: the next longer one, so that what is said in it stays.
    fn fit_to_model(&self, film: &mut OpenFilm<'_>, scene_id: &SceneId, shot: &Shot) -> Result<(), GenerationError> {
        let chosen = if shot.model.is_empty() { film.settings()?.default_model } else { shot.model.clone() };
        let address = self.model(&[&chosen], RequestKind::Video)?;
        let provider = self.registry.get(&address.provider_id).map(|provider| provider.descriptor());
        let rule = provider.as_ref().and_then(|provider| provider.model(&address.model_id)?.durations.as_ref());
        let Some(rule) = rule.filter(|rule| !rule.allows(shot.duration)) else { return Ok(()) };
        let longer = match rule {
            DurationRule::Choices(choices) => {
                choices.iter().copied().filter(|secs| *secs >= shot.duration).reduce(f64::min)
            }
            DurationRule::Range { .. } => None,
        };
        let duration = longer.unwrap_or_else(|| rule.nearest(shot.duration));
        let fields = json!({ "scene_id": scene_id, "shot_id": shot.shot_id, "duration": duration });
        film.run("shot.set", fields)?;
        Ok(())
    }

    fn has_file(&self, film: &OpenFilm<'_>, scene_id: &SceneId, path: Option<&ProjectPath>) -> bool {
        path.is_some_and(|path| path.under(&film.folder.scene_dir(scene_id)).is_file())
    }
}

/// Lays the lines of each shot one after the other with breaths between, and lengthens shots that are too short for
/// what is said in them. A shot that has a take keeps its length.
fn fit_lines(film: &mut OpenFilm<'_>, scene_id: &SceneId) -> Result<(), GenerationError> {
    let scene = film.scene(scene_id)?;
    for shot in scene.shots.iter().filter(|shot| shot.file_path.is_none()) {
        let mut end_secs = 0.0;
        for line in scene.voice_lines.iter().filter(|line| line.shot_id == shot.shot_id && line.duration_secs > 0.0) {
            let earliest = if end_secs == 0.0 { BREATH_BEFORE_SECS } else { end_secs + BREATH_BETWEEN_SECS };
            // Where the writer left room before the first line (an action that comes first), it stays.
            let offset_secs = if end_secs == 0.0 { line.offset_secs.max(earliest) } else { earliest };
            let offset_secs = (offset_secs * 100.0).round() / 100.0;
            if (offset_secs - line.offset_secs).abs() > 0.005 {
                let fields = json!({ "scene_id": scene_id, "line_id": line.line_id, "offset_secs": offset_secs });
                film.run("line.set", fields)?;
            }
            end_secs = offset_secs + line.duration_secs;
        }
        let needed_secs = ((end_secs + BREATH_AFTER_SECS) * 10.0).ceil() / 10.0;
        if end_secs > 0.0 && shot.duration < needed_secs {
            let fields = json!({ "scene_id": scene_id, "shot_id": shot.shot_id, "duration": needed_secs });
            film.run("shot.set", fields)?;
        }
    }
    film.save()
}

/// Nothing where the film no longer has what was looked for.
fn unless_gone<T>(found: Result<T, GenerationError>) -> Result<Option<T>, GenerationError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(GenerationError::Unknown(UnknownName::Scene(_) | UnknownName::Shot(..))) => Ok(None),
        Err(error) => Err(error),
    }
}

fn name(scene: &FilmScene) -> String {
    if scene.title.is_empty() { scene.scene_id.to_string() } else { scene.title.clone() }
}
