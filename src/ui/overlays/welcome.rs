//! The first thing a maker sees while no film is open.

use super::close_ui;
use crate::ui::{
    actions::{self, action},
    ask::Ask,
    desk::Desk,
    key_names::keys_of,
    pictures::{PictureOf, PictureState},
    theme::Look,
    widgets,
};
use bevy_egui::egui::{
    self, Align, Align2, Button, Color32, FontFamily, FontId, Layout, Rect, RichText, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, UiBuilder, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use std::path::{Path, PathBuf};

const BLOCK_PX: egui::Vec2 = vec2(880.0, 460.0);
const ACTIONS_PX: f32 = 260.0;
const RECENT_PX: f32 = 64.0;
const MOST_LISTED: usize = 64;
const SAMPLE_AFRESH: &str = "Start the sample afresh";

/// What was found of a project on the list without opening it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecentLook {
    /// A frame of it.
    pub picture: Option<PathBuf>,
    /// How its last run ended.
    pub ending: Ending,
}

/// How the last run with a project ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Ending {
    /// As it should.
    #[default]
    Good,
    /// It was cut short, with everything saved.
    CutShort {
        /// When, in words; empty if that is not known.
        at: String,
    },
    /// It was cut short, and had not saved everything.
    Unsaved {
        /// When the last change was made, in words; empty if that is not known.
        at: String,
    },
}

impl Ending {
    /// What is lost first, then what only ended badly.
    const fn rank(&self) -> u8 {
        match self {
            Self::Unsaved { .. } => 0,
            Self::CutShort { .. } => 1,
            Self::Good => 2,
        }
    }

    /// What a card says of it.
    fn words(&self) -> Option<String> {
        let of = |at: &str| if at.is_empty() { String::new() } else { format!(" of {at}") };
        match self {
            Self::Good => None,
            Self::CutShort { at } if at.is_empty() => Some("Was cut short; everything is saved".to_owned()),
            Self::CutShort { at } => Some(format!("Was cut short ({at}); everything is saved")),
            Self::Unsaved { at } => Some(format!("Has unsaved edits{}: open to recover", of(at))),
        }
    }
}

/// Where new projects go if nobody says otherwise.
#[must_use]
pub fn projects_folder() -> PathBuf {
    dirs::document_dir().or_else(dirs::home_dir).unwrap_or_default().join("Kinora")
}

/// Draws the welcome screen and answers to it.
pub fn welcome_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let window = ui.max_rect();
    corner_ui(ui, desk, window);
    let size = BLOCK_PX.min(window.size() - vec2(48.0, 96.0));
    let block = Rect::from_center_size(window.center() - vec2(0.0, 8.0), size);
    let left = Rect::from_min_size(block.min, vec2(ACTIONS_PX, size.y));
    let right = Rect::from_min_max(pos2(left.right() + 64.0, block.top()), block.max);
    let mut column = ui.new_child(UiBuilder::new().max_rect(left).id_salt("begin"));
    begin_ui(&mut column, desk);
    let mut column = ui.new_child(UiBuilder::new().max_rect(right).id_salt("recent"));
    recent_ui(&mut column, desk);
    let hint = "Drop a project folder or a screenplay anywhere in this window";
    let at = window.center_bottom() - vec2(0.0, 28.0);
    ui.painter().text(at, Align2::CENTER_CENTER, hint, FontId::proportional(12.0), desk.theme.faint);
}

fn corner_ui(ui: &mut Ui, desk: &mut Desk<'_>, window: Rect) {
    let rect = Rect::from_min_size(window.right_top() + vec2(-112.0, 12.0), vec2(100.0, 28.0));
    let mut row =
        ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::right_to_left(Align::Center)).id_salt("corner"));
    let glyph = if desk.state.look == Look::Dark { icon::SUN } else { icon::MOON };
    widgets::action_icon_ui(&mut row, desk, glyph, "view.theme");
    widgets::action_icon_ui(&mut row, desk, icon::KEYBOARD, "view.keys");
    widgets::action_icon_ui(&mut row, desk, icon::STACK, "view.jobs");
}

/// The name, and how to begin.
fn begin_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    ui.label(RichText::new("Kinora").font(FontId::new(44.0, FontFamily::Name("semibold".into()))));
    ui.label(RichText::new("Write it, generate it, cut it.").size(15.0).color(theme.quiet));
    ui.add_space(32.0);
    ui.spacing_mut().item_spacing.y = 8.0;
    if big_ui(ui, desk, icon::PLUS, "New project", "file.new", true) {
        actions::perform(desk, "file.new");
    }
    if big_ui(ui, desk, icon::FOLDER_OPEN, "Open…", "file.open", false) {
        actions::perform(desk, "file.open");
    }
    if big_ui(ui, desk, icon::FILE_TEXT, "Import screenplay…", "", false) {
        desk.state.overlays.browse_screenplay();
    }
    if big_ui(ui, desk, icon::FILM_SLATE, "Open the sample film", "file.sample", false) {
        actions::perform(desk, "file.sample");
    }
    ui.scope(|ui| {
        ui.spacing_mut().button_padding = vec2(14.0, 4.0);
        let text = RichText::new(SAMPLE_AFRESH).size(12.0).color(theme.quiet);
        let response = ui.add(Button::new(text).frame_when_inactive(false));
        let hint = action("file.sample_afresh").map_or("", |action| action.description);
        if response.on_hover_text(hint).clicked() {
            actions::perform(desk, "file.sample_afresh");
        }
    });
}

fn big_ui(ui: &mut Ui, desk: &Desk<'_>, glyph: &str, label: &str, id: &str, is_main: bool) -> bool {
    let theme = desk.theme;
    let (fill, color) = if is_main { (theme.accent, theme.on_accent) } else { (theme.raised, theme.text) };
    let keys = keys_of(ui.ctx(), id);
    let faint = if is_main { theme.on_accent } else { theme.quiet };
    let text =
        RichText::new(format!("{glyph}   {label}")).size(14.0).family(FontFamily::Name("medium".into())).color(color);
    let button = Button::new(text).right_text(RichText::new(&keys).size(12.0).color(faint));
    let mut button = button.min_size(vec2(ACTIONS_PX, 40.0)).corner_radius(6);
    if is_main {
        button = button.fill(fill);
    }
    let response = ui.scope(|ui| {
        ui.spacing_mut().button_padding = vec2(14.0, 8.0);
        ui.add(button)
    });
    let response = response.inner;
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, label));
    let hint = match label {
        "Import screenplay…" => "A new film from a Fountain screenplay: its scenes, shots, characters and lines",
        _ => action(id).map_or("", |action| action.description),
    };
    response.on_hover_text(format!("{hint}  {keys}").trim_end()).clicked()
}

fn recent_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    ui.add_space(20.0);
    widgets::section_ui(ui, theme, "Recent");
    ui.add_space(8.0);
    if desk.state.overlays.recent.is_empty() {
        widgets::empty_ui(
            ui,
            theme,
            icon::FILM_REEL,
            "No film yet",
            "Films you open are listed here. Begin with a new one, or look at the sample.",
        );
        return;
    }
    last_ui(ui, desk);
    let looked = &desk.state.overlays.looked;
    let rank = |path: &PathBuf| looked.get(path).map_or(Ending::Good.rank(), |look| look.ending.rank());
    let mut recent = desk.state.overlays.recent.clone();
    recent.sort_by_key(rank);
    let mut remove = None;
    ScrollArea::vertical().auto_shrink(false).id_salt("recent").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        for path in recent.iter().take(MOST_LISTED) {
            ui.push_id(path, |ui| {
                if project_ui(ui, desk, path) {
                    remove = Some(path.clone());
                }
            });
        }
    });
    if let Some(path) = remove {
        desk.state.overlays.recent.retain(|other| *other != path);
    }
}

/// The film that was open last, if its run was cut short.
fn last_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let overlays = &desk.state.overlays;
    let Some(path) = overlays.recent.first().cloned() else { return };
    let title = title_of(&path);
    let words = match overlays.looked.get(&path).map(|look| &look.ending) {
        Some(Ending::Unsaved { .. }) => {
            format!(
                "Kinora was cut short while {title} was open. Its last edits were not saved yet: they can be brought \
                 back."
            )
        }
        Some(Ending::CutShort { .. }) => {
            format!("Kinora was cut short while {title} was open. Everything was saved before that.")
        }
        Some(Ending::Good) | None => return,
    };
    let frame = egui::Frame::new().fill(theme.panel).stroke(Stroke::new(1.0, theme.warn)).corner_radius(6);
    frame.inner_margin(egui::Margin::same(12)).show(ui, |ui| {
        ui.set_width(ui.available_width() - 10.0);
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(icon::WARNING).color(theme.warn));
            ui.label(words);
        });
        ui.add_space(4.0);
        let response = widgets::primary_ui(ui, theme, "Open and recover");
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("Open and recover {title}")));
        if response.on_hover_text("Opens the film and says what can be brought back").clicked() {
            desk.asks.push(Ask::Open(path.clone()));
        }
    });
    ui.add_space(12.0);
}

fn title_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// One project. Answers whether it was taken off the list.
fn project_ui(ui: &mut Ui, desk: &mut Desk<'_>, path: &Path) -> bool {
    let theme = desk.theme;
    let title = title_of(path);
    let ending = desk.state.overlays.looked.get(path).and_then(|look| look.ending.words());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width() - 10.0, RECENT_PX), Sense::click());
    let spoken = ending.as_ref().map_or_else(|| format!("Open {title}"), |ending| format!("Open {title}: {ending}"));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    let is_lit = response.hovered() || response.has_focus() || response.contains_pointer();
    ui.painter().rect_filled(rect, 6, if is_lit { theme.hovered } else { theme.panel });
    let thumb = Rect::from_min_size(rect.min + vec2(6.0, 6.0), vec2((RECENT_PX - 12.0) * 16.0 / 9.0, RECENT_PX - 12.0));
    picture_ui(ui, desk, path, thumb);
    let text = Rect::from_min_max(pos2(thumb.right() + 14.0, rect.top()), rect.max - vec2(44.0, 0.0));
    let font = FontId::new(14.0, FontFamily::Name("medium".into()));
    words(ui, text.with_max_y(rect.center().y + 2.0), Align2::LEFT_BOTTOM, &title, font, theme.text);
    let place = path.display().to_string();
    let (line, color) = ending.as_ref().map_or((&place, theme.quiet), |ending| (ending, theme.warn));
    words(ui, text.with_min_y(rect.center().y + 4.0), Align2::LEFT_TOP, line, FontId::proportional(11.5), color);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 6, Stroke::new(1.0, theme.quiet), StrokeKind::Inside);
    }
    let mut removed = false;
    if is_lit {
        let at = Rect::from_center_size(pos2(rect.right() - 22.0, rect.center().y), vec2(24.0, 24.0));
        let mut corner = ui.new_child(UiBuilder::new().max_rect(at).id_salt("remove"));
        removed = close_ui(&mut corner, &format!("Take {title} off the list"), "");
    }
    if response.on_hover_text(format!("Open {place}")).clicked() && !removed {
        desk.asks.push(Ask::Open(path.to_path_buf()));
    }
    removed
}

fn words(ui: &Ui, place: Rect, align: Align2, text: &str, font: FontId, color: Color32) {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(place.width());
    let galley = ui.painter().layout_job(job);
    let at = align.align_size_within_rect(galley.size(), place);
    ui.painter_at(place).galley(at.min, galley, color);
}

fn picture_ui(ui: &Ui, desk: &mut Desk<'_>, path: &Path, rect: Rect) {
    let theme = desk.theme;
    ui.painter().rect_filled(rect, 4, theme.backdrop);
    let known = desk.state.overlays.looked.get(path).and_then(|look| look.picture.clone());
    let state = known.map(|file| desk.pictures.small(&PictureOf::Image(file)));
    if let Some(PictureState::Ready(picture)) = state {
        let width = rect.width().min(rect.height() * picture.aspect);
        let place = Rect::from_center_size(rect.center(), vec2(width, width / picture.aspect.max(0.01)));
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter_at(rect).image(picture.texture, place, uv, Color32::WHITE);
    } else {
        let font = FontId::proportional(20.0);
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon::FILM_SLATE, font, theme.faint);
    }
}
