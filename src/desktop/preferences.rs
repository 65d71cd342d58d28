//! What outlives a run: recent projects, the theme, how the panes lie. In the user's configuration folder; a broken file
//! is put aside and the defaults hold, because nothing in it is worth a window that does not open.

use crate::{
    playback::Choice,
    ui::{
        state::UiState,
        theme::Look,
        workspace::{Pane, default_tree},
    },
};
use bevy::prelude::*;
use egui_tiles::Tree;
use kinora_core::store::{StoreError, write_atomic};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Recent projects that are remembered.
const MOST_RECENT: usize = 12;
/// Memory for the small pictures of scrubbing, unless the file says otherwise; and what it may say.
const SCRUB_MIB: u32 = 128;
const MOST_SCRUB_MIB: u32 = 16_384;
/// A preferences file larger than this is not ours.
const LARGEST_BYTES: u64 = 1 << 20;

/// What outlives a run.
#[derive(Resource)]
pub(super) struct Preferences {
    /// How the panes lie.
    pub(super) tree: Tree<Pane>,
    /// Memory for the small pictures of scrubbing, in MiB. The longer a film, the fewer of its frames fit.
    pub(super) scrub_mib: u32,
    /// What was read, until the window has it.
    stored: Option<Stored>,
    saved: String,
    checked_at: Instant,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Stored {
    recent: Vec<PathBuf>,
    look: Look,
    playback: Choice,
    panes: Option<Tree<Pane>>,
    scrub_mib: Option<u32>,
}

impl Preferences {
    /// Reads them.
    pub(super) fn load() -> Self {
        let mut stored = file().and_then(|path| read(&path)).unwrap_or_default();
        let tree = stored.panes.take().filter(has_every_pane).unwrap_or_else(default_tree);
        let scrub_mib = stored.scrub_mib.unwrap_or(SCRUB_MIB).min(MOST_SCRUB_MIB);
        Self { tree, scrub_mib, stored: Some(stored), saved: String::new(), checked_at: Instant::now() }
    }

    fn text(&self, state: &UiState) -> String {
        let recent = state.overlays.recent.clone();
        let (playback, panes) = (state.transport.choice, Some(self.tree.clone()));
        let stored = Stored { recent, look: state.look, playback, panes, scrub_mib: Some(self.scrub_mib) };
        serde_json::to_string_pretty(&stored).unwrap_or_default()
    }
}

/// Puts a project at the top of the recent ones.
pub(super) fn note_project(recent: &mut Vec<PathBuf>, root: &Path) {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    recent.retain(|other| *other != root);
    recent.insert(0, root);
    recent.truncate(MOST_RECENT);
}

/// A pane that was lost with an older layout would be gone for good.
fn has_every_pane(tree: &Tree<Pane>) -> bool {
    let all = [Pane::Library, Pane::Monitor, Pane::Inspector, Pane::Timeline];
    all.iter().all(|pane| tree.tiles.find_pane(pane).is_some())
}

fn file() -> Option<PathBuf> {
    Some(dirs::config_dir()?.join("kinora").join("editor.json"))
}

fn read(path: &Path) -> Option<Stored> {
    let is_ours = std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() <= LARGEST_BYTES);
    let text = is_ours.then(|| std::fs::read_to_string(path).ok()).flatten()?;
    match serde_json::from_str(&text) {
        Ok(stored) => Some(stored),
        Err(error) => {
            tracing::warn!("{} is not understood and put aside: {error}", path.display());
            // If it cannot be put aside it is overwritten by the next save: it holds nothing of a film.
            let _ = std::fs::rename(path, path.with_extension("json.broken"));
            None
        }
    }
}

/// Gives the window what was remembered, before its first frame.
pub(super) fn remember(mut preferences: ResMut<'_, Preferences>, mut state: ResMut<'_, UiState>) {
    if let Some(stored) = preferences.stored.take() {
        (state.look, state.overlays.recent) = (stored.look, stored.recent);
        state.transport.choice = stored.playback.sensible();
        preferences.saved = preferences.text(&state);
    }
}

/// Writes what the window changed: every two seconds, and when it closes.
pub(super) fn keep(
    mut preferences: ResMut<'_, Preferences>,
    state: Res<'_, UiState>,
    exits: MessageReader<'_, '_, AppExit>,
) {
    if preferences.checked_at.elapsed() < Duration::from_secs(2) && exits.is_empty() {
        return;
    }
    preferences.checked_at = Instant::now();
    let text = preferences.text(&state);
    if text == preferences.saved {
        return;
    }
    if let Some(path) = file()
        && let Err(error) = write(&path, &text)
    {
        tracing::warn!("{} is not saved: {error}", path.display());
    }
    preferences.saved = text;
}

fn write(path: &Path, text: &str) -> Result<(), StoreError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::from_io("make", folder, error))?;
    }
    write_atomic(path, text.as_bytes())
}
