//! The form of a new project, and what is wrong with what it says.

use super::{browse::Purpose, close_ui, modal_ui, named_button_ui, title_ui, welcome};
use crate::ui::{
    ask::{Ask, NewProject},
    desk::Desk,
    theme::{STEP, Theme},
    widgets,
};
use bevy_egui::egui::{
    self, Align, ComboBox, Context, DragValue, Id, Key, Layout, Modifiers, RichText, TextEdit, Ui, WidgetInfo,
    WidgetType, vec2,
};
use egui_phosphor::regular as icon;
use kinora_core::{
    film::{FrameSize, Metadata, limits, validate_metadata},
    time::FrameRate,
};
use std::path::{Path, PathBuf};

const RATES: [&str; 8] = ["23.976", "24", "25", "29.97", "30", "50", "59.94", "60"];
const SIZES: [(u32, u32, &str); 6] = [
    (1920, 1080, "Full HD"),
    (3840, 2160, "4K"),
    (1280, 720, "HD"),
    (1080, 1920, "Upright"),
    (1080, 1080, "Square"),
    (2048, 858, "Scope"),
];
const WIDTH_PX: f32 = 520.0;
const LABEL_PX: f32 = 104.0;

/// What has been filled in.
#[derive(Debug)]
pub(super) struct Form {
    title: String,
    folder: String,
    /// Whether the folder no longer follows the title.
    own_folder: bool,
    rate: usize,
    size: FrameSize,
    own_size: bool,
    screenplay: Option<PathBuf>,
    has_begun: bool,
    /// Whether a number is being typed: its Enter ends the typing and makes nothing.
    types_number: bool,
    /// What was found of the folder named beside it.
    folder_problem: (String, Option<String>),
}

impl Default for Form {
    fn default() -> Self {
        let mut form = Self {
            title: String::new(),
            folder: String::new(),
            own_folder: false,
            rate: 1,
            size: FrameSize { width: 1920, height: 1080 },
            own_size: false,
            screenplay: None,
            has_begun: false,
            types_number: false,
            folder_problem: Default::default(),
        };
        form.follow_title();
        form
    }
}

impl Form {
    /// A form for a film of a screenplay.
    pub(super) fn of_screenplay(path: PathBuf) -> Self {
        let mut form = Self::default();
        form.set_screenplay(path);
        form
    }

    pub(super) fn set_screenplay(&mut self, path: PathBuf) {
        if self.title.trim().is_empty() {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().replace(['-', '_'], " ")).unwrap_or_default();
            let words = stem.split_whitespace().map(|word| {
                let mut letters = word.chars();
                letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
            });
            self.title = words.collect::<Vec<_>>().join(" ");
            self.follow_title();
        }
        self.screenplay = Some(path);
    }

    /// A chosen folder that is not empty holds the project in a folder of its own.
    pub(super) fn set_folder(&mut self, path: &Path) {
        let is_empty = path.read_dir().is_ok_and(|mut entries| entries.next().is_none());
        let folder = if is_empty { path.to_path_buf() } else { path.join(folder_name(&self.title)) };
        self.folder = folder.display().to_string();
        self.own_folder = true;
    }

    fn follow_title(&mut self) {
        if !self.own_folder {
            self.folder = welcome::projects_folder().join(folder_name(&self.title)).display().to_string();
        }
    }

    fn folder_path(&self) -> PathBuf {
        let text = self.folder.trim();
        match (text.strip_prefix("~/"), dirs::home_dir()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(text),
        }
    }

    fn title_problem(&self) -> Option<String> {
        if self.title.trim().is_empty() {
            return Some("Give the film a title".to_owned());
        }
        self.metadata_problem("title")
    }

    fn size_problem(&self) -> Option<String> {
        self.metadata_problem("size.width").or_else(|| self.metadata_problem("size.height"))
    }

    fn metadata_problem(&self, place: &str) -> Option<String> {
        let metadata = Metadata { title: self.title.trim().to_owned(), size: self.size, ..Metadata::default() };
        let mut problems = validate_metadata("", &metadata).into_iter();
        problems.find(|problem| problem.place == place).map(|problem| format!("{}: {}", problem.message, problem.fix))
    }

    /// The disk is asked once for every folder that is named.
    fn folder_problem(&mut self) -> Option<String> {
        if self.folder_problem.0 != self.folder {
            self.folder_problem = (self.folder.clone(), problem_of_folder(&self.folder_path()));
        }
        self.folder_problem.1.clone()
    }

    fn project(&self) -> Option<NewProject> {
        Some(NewProject {
            folder: self.folder_path(),
            title: self.title.trim().to_owned(),
            rate: RATES[self.rate].parse::<FrameRate>().ok()?,
            size: self.size,
            screenplay: self.screenplay.clone(),
        })
    }
}

fn problem_of_folder(folder: &Path) -> Option<String> {
    if folder.as_os_str().is_empty() {
        return Some("Name a folder".to_owned());
    }
    if !folder.is_absolute() {
        return Some("Name the whole path, from the root or from ~".to_owned());
    }
    if folder.is_file() {
        return Some("This is a file: name a folder".to_owned());
    }
    let is_used = folder.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    is_used.then(|| "There are files in this folder: name a new or an empty one".to_owned())
}

/// A title as the name of a folder, on any system.
#[must_use]
pub fn folder_name(title: &str) -> String {
    let letters = title
        .trim()
        .chars()
        .map(|letter| if "/\\:*?\"<>|".contains(letter) || letter.is_control() { ' ' } else { letter });
    let name = letters.take(80).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches('.').trim().to_owned();
    if name.is_empty() { "New film".to_owned() } else { name }
}

pub(super) fn new_project_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let mut form = desk.state.overlays.form.take().unwrap_or_default();
    let mut made = None;
    let mut browse = None;
    modal_ui(ctx, desk, "New project", |ui, desk| {
        ui.set_width(WIDTH_PX.min(ctx.content_rect().width() - 64.0));
        title_ui(ui, desk, "New project");
        ui.spacing_mut().item_spacing.y = 2.0 * STEP;
        browse = fields_ui(ui, desk.theme, &mut form);
        made = buttons_ui(ui, desk, &mut form);
    });
    if let Some(project) = made {
        desk.asks.push(Ask::New(project));
        desk.state.overlay = None;
    } else if desk.state.overlay.is_some() {
        desk.state.overlays.form = Some(form);
    }
    if let Some(purpose) = browse {
        desk.state.overlays.browse(purpose);
    }
}

fn fields_ui(ui: &mut Ui, theme: &Theme, form: &mut Form) -> Option<Purpose> {
    let mut browse = None;
    let problem = form.title_problem().filter(|_| form.has_begun && !form.title.is_empty());
    field_ui(ui, theme, "Title", problem, |ui| {
        if text_ui(ui, "Title", &mut form.title, "The Vampyre", 0.0, !form.has_begun) {
            form.follow_title();
        }
    });
    form.has_begun = true;
    let problem = form.folder_problem();
    field_ui(ui, theme, "Folder", problem, |ui| {
        if text_ui(ui, "Folder", &mut form.folder, "", 88.0, false) {
            form.own_folder = true;
        }
        if named_button_ui(ui, "", "Browse…", "Browse for a folder", "Choose a folder") {
            browse = Some(Purpose::NewFolder);
        }
    });
    field_ui(ui, theme, "Frames a second", None, |ui| {
        let combo = ComboBox::from_id_salt("rate").selected_text(RATES[form.rate]).width(120.0);
        let response = combo.show_ui(ui, |ui| {
            for (index, rate) in RATES.iter().enumerate() {
                ui.selectable_value(&mut form.rate, index, *rate);
            }
        });
        let label = format!("Frames a second: {}", RATES[form.rate]);
        response.response.widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, &label));
    });
    let problem = form.size_problem();
    field_ui(ui, theme, "Picture", problem, |ui| size_ui(ui, form));
    field_ui(ui, theme, "Screenplay", None, |ui| {
        let chosen =
            form.screenplay.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
        if let Some(name) = chosen {
            ui.label(name);
            if close_ui(ui, "Without a screenplay", "") {
                form.screenplay = None;
            }
        } else {
            ui.label(RichText::new("none").color(theme.quiet));
        }
        if named_button_ui(ui, "", "Browse…", "Browse for a screenplay", "Begin with a screenplay in Fountain") {
            browse = Some(Purpose::NewScreenplay);
        }
    });
    browse
}

fn size_ui(ui: &mut Ui, form: &mut Form) {
    let words = |width: u32, height: u32, name: &str| format!("{width} × {height}  {name}");
    let known = SIZES.iter().find(|(width, height, _)| (*width, *height) == (form.size.width, form.size.height));
    let text = match known.filter(|_| !form.own_size) {
        Some((width, height, name)) => words(*width, *height, name),
        None => "Own size".to_owned(),
    };
    let combo = ComboBox::from_id_salt("size").selected_text(&text).width(190.0);
    let response = combo.show_ui(ui, |ui| {
        for (width, height, name) in SIZES {
            let size = FrameSize { width, height };
            if ui.selectable_label(!form.own_size && form.size == size, words(width, height, name)).clicked() {
                (form.size, form.own_size) = (size, false);
            }
        }
        if ui.selectable_label(form.own_size, "Own size").clicked() {
            form.own_size = true;
        }
    });
    response.response.widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, format!("Picture size: {text}")));
    form.types_number = false;
    if form.own_size {
        for (name, side) in [("Width", &mut form.size.width), ("Height", &mut form.size.height)] {
            let range = 0..=*limits::FRAME_SIDE_PX.end();
            let response = ui.add(DragValue::new(side).range(range).speed(2.0));
            response.widget_info(|| WidgetInfo::labeled(WidgetType::DragValue, true, name));
            form.types_number |= response.has_focus() || response.lost_focus();
            response.on_hover_text(format!("{name} in pixels"));
        }
    }
}

/// A name, its field, and under it what is wrong.
fn field_ui(ui: &mut Ui, theme: &Theme, label: &str, problem: Option<String>, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.allocate_ui_with_layout(vec2(LABEL_PX, 28.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(LABEL_PX);
            ui.label(RichText::new(label).color(theme.quiet));
        });
        add(ui);
    });
    if let Some(problem) = problem {
        ui.horizontal(|ui| {
            ui.add_space(LABEL_PX + 8.0);
            ui.label(RichText::new(format!("{}  {problem}", icon::WARNING_CIRCLE)).small().color(theme.bad));
        });
    }
}

fn text_ui(ui: &mut Ui, label: &str, text: &mut String, hint: &str, leave_px: f32, take_keys: bool) -> bool {
    let width = ui.available_width() - leave_px - 16.0;
    let field = TextEdit::singleline(text).id(Id::new(("new-project", label))).hint_text(hint).margin(vec2(8.0, 5.0));
    let response = ui.add(field.desired_width(width));
    let value = text.clone();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(WidgetType::TextEdit, true, label);
        info.current_text_value = Some(value.clone());
        info
    });
    if take_keys {
        response.request_focus();
    }
    response.changed()
}

fn buttons_ui(ui: &mut Ui, desk: &mut Desk<'_>, form: &mut Form) -> Option<NewProject> {
    ui.add_space(2.0 * STEP);
    let problem = form.title_problem().or_else(|| form.folder_problem()).or_else(|| form.size_problem());
    // On a button or a list Enter is that one's own: on Cancel it must not make the project.
    let is_elsewhere = ui.memory(|memory| memory.focused()).is_some() && !ui.ctx().text_edit_focused();
    let enter = ui.input_mut(|input| {
        input.consume_key(Modifiers::COMMAND, Key::Enter) || (!is_elsewhere && input.key_pressed(Key::Enter))
    });
    let is_list_open = egui::Popup::is_any_open(ui.ctx());
    let mut asked = enter && !is_list_open && !form.types_number;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let create = ui.add_enabled_ui(problem.is_none(), |ui| widgets::primary_ui(ui, desk.theme, "Create")).inner;
        let hint = "Make the project and open it  Enter";
        let why_not = problem.clone().unwrap_or_default();
        asked |= create.on_hover_text(hint).on_disabled_hover_text(why_not).clicked();
        if ui.button("Cancel").on_hover_text("Make nothing  Esc").clicked() {
            desk.state.overlay = None;
        }
    });
    if asked && problem.is_none() { form.project() } else { None }
}
