//! A film as a window shows it: what a preview needs to know, and nothing that it would have to look up.

use super::FilmMap;
use crate::film::{Film, FilmScene, Metadata, ProjectLayout, Settings};
use std::sync::Arc;

/// A film to show. Scenes are shared with whoever edits them, so an edit makes one scene anew.
#[derive(Debug, Clone, Default)]
pub struct ShownFilm {
    /// From frames of the film to frames of takes.
    pub map: Arc<FilmMap>,
    /// Rate and size.
    pub metadata: Metadata,
    /// Fit, fades and smoothing.
    pub settings: Settings,
    /// The scenes in the order they play, those of the map.
    pub scenes: Vec<Arc<FilmScene>>,
}

impl ShownFilm {
    /// A whole film.
    #[must_use]
    pub fn of_film(film: &Film, layout: &ProjectLayout) -> Self {
        Self {
            map: Arc::new(FilmMap::of_film(film, layout)),
            metadata: film.metadata.clone(),
            settings: film.settings.clone(),
            scenes: film.scenes.iter().cloned().map(Arc::new).collect(),
        }
    }

    /// The film without its scenes.
    #[must_use]
    pub fn head(&self) -> Film {
        Film { metadata: self.metadata.clone(), settings: self.settings.clone(), ..Film::default() }
    }
}
