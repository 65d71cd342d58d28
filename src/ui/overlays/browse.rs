//! File dialogs, and what becomes of what was picked.

use super::{OverlayState, new_project::Form};
use crate::{
    generation::FrameEnd,
    jobs::{ClipPlace, JobAsk},
    ui::{ask::Ask, desk::Desk, model::ShotName, state::Overlay},
};
use bevy_egui::egui::{Context, vec2};
use egui_file_dialog::{DialogState, FileDialog};
use egui_phosphor::regular as icon;
use kinora_core::{
    film::AudioLane,
    ids::{CharacterId, SceneId, ShotId},
};
use std::path::{Path, PathBuf};

/// Kinds of files that are brought into a film.
pub const SCREENPLAYS: &[&str] = &["fountain", "spmd", "txt"];
/// Sound files.
pub const SOUNDS: &[&str] = &["wav", "mp3", "flac", "ogg", "opus", "m4a", "aac", "aif", "aiff"];
/// Pictures.
pub const PICTURES: &[&str] = &["png", "jpg", "jpeg", "webp"];
/// Clips.
pub const CLIPS: &[&str] = &["mp4", "mov", "mkv", "webm", "avi", "m4v"];

/// An open file dialog.
#[derive(Debug)]
pub(super) struct Browsing {
    dialog: Box<FileDialog>,
    purpose: Purpose,
}

/// What a file is picked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A project to open.
    Project,
    /// A screenplay for the open film, or for a new one.
    Screenplay,
    /// The folder of a new project.
    NewFolder,
    /// The screenplay of a new project.
    NewScreenplay,
    /// The sound of a lane.
    Audio(SceneId, AudioLane),
    /// A portrait.
    Portrait(CharacterId),
    /// What shots start from, or end on.
    Frame(Vec<ShotName>, FrameEnd),
    /// A take of a shot, or a shot of its own.
    Clip(SceneId, Option<ShotId>),
}

impl OverlayState {
    /// Asks for the folder of a project to open.
    pub fn browse_project(&mut self) {
        self.browse(Purpose::Project);
    }

    /// Asks for a screenplay to import: into the open film, else into a new one.
    pub fn browse_screenplay(&mut self) {
        self.browse(Purpose::Screenplay);
    }

    /// Asks for a sound file for a lane.
    pub fn browse_audio(&mut self, scene_id: SceneId, lane: AudioLane) {
        self.browse(Purpose::Audio(scene_id, lane));
    }

    /// Asks for a picture of a character.
    pub fn browse_portrait(&mut self, character_id: CharacterId) {
        self.browse(Purpose::Portrait(character_id));
    }

    /// Asks for a picture that shots start from, or end on.
    pub fn browse_frame(&mut self, names: Vec<ShotName>, end: FrameEnd) {
        self.browse(Purpose::Frame(names, end));
    }

    /// Asks for a clip: a take of a shot, or without one a new shot at the scene's end.
    pub fn browse_clip(&mut self, scene_id: SceneId, shot_id: Option<ShotId>) {
        self.browse(Purpose::Clip(scene_id, shot_id));
    }

    /// Whether a file dialog has the keys.
    #[must_use]
    pub const fn is_browsing(&self) -> bool {
        self.browsing.is_some()
    }

    pub(super) fn browse(&mut self, purpose: Purpose) {
        let folder = self.last_folder.clone().filter(|folder| folder.is_dir()).or_else(dirs::document_dir);
        let folder = folder.or_else(dirs::home_dir).unwrap_or_default();
        let mut dialog = Box::new(dialog(&purpose, folder));
        match purpose {
            Purpose::Project | Purpose::NewFolder => dialog.pick_directory(),
            _ => dialog.pick_file(),
        }
        self.browsing = Some(Browsing { dialog, purpose });
    }
}

fn dialog(purpose: &Purpose, folder: PathBuf) -> FileDialog {
    let title = match purpose {
        Purpose::Project => "Open a project folder",
        Purpose::Screenplay | Purpose::NewScreenplay => "Choose a screenplay",
        Purpose::NewFolder => "Choose a folder for the new project",
        Purpose::Audio(..) => "Choose a sound file",
        Purpose::Portrait(_) => "Choose a portrait",
        Purpose::Frame(_, FrameEnd::First) => "Choose a picture to start from",
        Purpose::Frame(_, FrameEnd::Last) => "Choose a picture to end on",
        Purpose::Clip(..) => "Choose a clip",
    };
    let filter = match purpose {
        Purpose::Project | Purpose::NewFolder => None,
        Purpose::Screenplay | Purpose::NewScreenplay => Some(("Screenplays", SCREENPLAYS)),
        Purpose::Audio(..) => Some(("Sound", SOUNDS)),
        Purpose::Portrait(_) | Purpose::Frame(..) => Some(("Pictures", PICTURES)),
        Purpose::Clip(..) => Some(("Clips", CLIPS)),
    };
    let with = |glyph: &str, text: &str| format!("{glyph}  {text}");
    let mut dialog = FileDialog::new()
        .title(title)
        .id("file-dialog")
        .initial_directory(folder)
        .default_size(vec2(760.0, 460.0))
        .anchor(bevy_egui::egui::Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .directory_separator(icon::CARET_RIGHT)
        .err_icon(icon::WARNING)
        .default_file_icon(icon::FILE)
        .default_folder_icon(icon::FOLDER)
        .device_icon(icon::HARD_DRIVE)
        .removable_device_icon(icon::USB)
        .parent_directory_icon(icon::ARROW_UP)
        .back_icon(icon::ARROW_LEFT)
        .forward_icon(icon::ARROW_RIGHT)
        .new_folder_icon(icon::FOLDER_PLUS)
        .menu_icon(icon::LIST)
        .search_icon(icon::MAGNIFYING_GLASS)
        .path_edit_icon(icon::PENCIL_SIMPLE)
        .show_working_directory_button(false)
        .show_system_files_option(false);
    let config = dialog.config_mut();
    config.warn_icon = icon::WARNING.to_owned();
    config.pinned_icon = icon::PUSH_PIN.to_owned();
    let labels = dialog.labels_mut();
    labels.reload = with(icon::ARROW_CLOCKWISE, "Reload");
    labels.select_all = "Select all".to_owned();
    labels.home_dir = with(icon::HOUSE, "Home");
    labels.desktop_dir = with(icon::DESKTOP, "Desktop");
    labels.documents_dir = with(icon::FILE_TEXT, "Documents");
    labels.downloads_dir = with(icon::DOWNLOAD_SIMPLE, "Downloads");
    labels.audio_dir = with(icon::MUSIC_NOTES, "Audio");
    labels.pictures_dir = with(icon::IMAGE, "Pictures");
    labels.videos_dir = with(icon::FILM_STRIP, "Videos");
    labels.pin_folder = with(icon::PUSH_PIN, "Pin");
    labels.unpin_folder = with(icon::X, "Unpin");
    labels.rename_pinned_folder = with(icon::PENCIL_SIMPLE, "Rename");
    labels.open_button = "Open".to_owned();
    labels.cancel_button = "Cancel".to_owned();
    if let Some((name, extensions)) = filter {
        let extensions: Vec<&'static str> = extensions.to_vec();
        let fits = move |path: &Path| has_extension(path, &extensions);
        dialog = dialog.add_file_filter(name, egui_file_dialog::Filter::new(fits)).default_file_filter(name);
    }
    dialog
}

/// Whether a file's name ends like one of these, however it is written.
#[must_use]
pub fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| extensions.contains(&extension.as_str()))
}

pub(super) fn browse_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let Some(browsing) = &mut desk.state.overlays.browsing else { return };
    browsing.dialog.update(ctx);
    match browsing.dialog.state() {
        DialogState::Open => {}
        DialogState::Picked(path) => {
            let (path, purpose) = (path.clone(), browsing.purpose.clone());
            desk.state.overlays.browsing = None;
            desk.state.overlays.last_folder = path.parent().map(Path::to_path_buf);
            picked(desk, purpose, path);
        }
        DialogState::Closed | DialogState::Cancelled | DialogState::PickedMultiple(_) => {
            desk.state.overlays.browsing = None;
        }
    }
}

/// What becomes of a picked or dropped file.
pub(super) fn picked(desk: &mut Desk<'_>, purpose: Purpose, path: PathBuf) {
    match purpose {
        Purpose::Project => desk.asks.push(Ask::Open(path)),
        Purpose::Screenplay if desk.model.is_open() => desk.asks.push(Ask::Start(JobAsk::ImportScreenplay { path })),
        Purpose::Screenplay => {
            desk.state.overlays.form = Some(Form::of_screenplay(path));
            desk.state.overlay = Some(Overlay::NewProject);
        }
        Purpose::NewFolder => {
            if let Some(form) = &mut desk.state.overlays.form {
                form.set_folder(&path);
            }
        }
        Purpose::NewScreenplay => {
            if let Some(form) = &mut desk.state.overlays.form {
                form.set_screenplay(path);
            }
        }
        Purpose::Audio(scene_id, lane) => {
            desk.asks.push(Ask::Start(JobAsk::ImportAudio { scene_id, lane, offset_secs: None, path }));
        }
        Purpose::Frame(names, end) => desk.asks.push(Ask::bring_frame(names, end, path)),
        Purpose::Portrait(character_id) => desk.asks.push(Ask::BringPortrait(character_id, path)),
        Purpose::Clip(scene_id, shot_id) => {
            let place = shot_id.map_or(ClipPlace::NewShot { index: None }, ClipPlace::TakeOf);
            desk.asks.push(Ask::Start(JobAsk::ImportClip { scene_id, place, path }));
        }
    }
}
