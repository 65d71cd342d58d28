//! What a panel is handed: the film to draw, the window's own memory, and where to ask.

use super::{
    ask::Asks,
    jobs_model::JobsModel,
    model::{ClipState, FilmModel, ShotName},
    pictures::Pictures,
    state::UiState,
    theme::Theme,
};
use kinora_provider::ProviderDescriptor;

/// Everything a panel may read and ask. A panel is a function of this and of the pointer and keys.
pub struct Desk<'a> {
    /// The film.
    pub model: &'a FilmModel,
    /// What the window remembers.
    pub state: &'a mut UiState,
    /// Where to ask for change.
    pub asks: &'a mut Asks,
    /// Colours.
    pub theme: &'a Theme,
    /// Thumbnails, stills and sound shapes.
    pub pictures: &'a mut dyn Pictures,
    /// Jobs and what is known of the cuts.
    pub jobs: &'a JobsModel,
    /// What undo and redo would do, and how it stands with saving.
    pub history: &'a HistoryModel,
    /// The providers and their models.
    pub providers: &'a [ProviderDescriptor],
}

/// Undo, redo and saving, as the panels show them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HistoryModel {
    /// What undo takes back.
    pub undo_label: Option<String>,
    /// What redo does again.
    pub redo_label: Option<String>,
    /// Whether something waits to be saved.
    pub unsaved: bool,
    /// Why the last save failed.
    pub save_error: Option<String>,
}

impl Desk<'_> {
    /// State of a shot's clip.
    #[must_use]
    pub fn clip_state(&self, name: &ShotName) -> ClipState {
        ClipState::of(self.model, name, self.jobs.on_clip(name))
    }
}
