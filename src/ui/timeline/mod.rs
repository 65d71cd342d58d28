//! The timeline: scenes and their shots in sequence on one video track, three sound lanes, ruler and playhead.
//!
//! - `view`: frames to points and back, zoom and scroll; `ruler`, `scenes`, `clips` and each `clip`, `cuts`, `lanes`: what
//!   is drawn, each with what it answers to; `trim`, `drag`: moving edges, shots and sounds; `snap`: what holds them;
//!   `drops`: what is let go over them;
//! - `crowd`: which clips are drawn on their own and which together; `chosen`: which of them are chosen; `plain`: many
//!   rectangles as one; `spoken`: names of what is no widget.
//!
//! Only what can be seen is drawn, and what is too narrow to be hit is drawn together, so a film of ten thousand shots
//! costs as much as a short one.

mod chosen;
mod clip;
mod clips;
mod crowd;
mod cuts;
mod drag;
mod drops;
mod lanes;
mod plain;
mod ruler;
mod scenes;
mod snap;
mod spoken;
mod trim;
mod view;

pub use trim::{Edge, trim_to};

use super::{ask::Ask, desk::Desk, model::FilmModel, state::Selection, widgets};
use bevy_egui::egui::{self, Align2, FontId, Id, Rect, Sense, Stroke, Ui, WidgetInfo, WidgetType, pos2, vec2};
use chosen::Places;
use drag::Drag;
use egui_phosphor::regular as icon;
use kinora_core::film::AudioLane;
use plain::Plain;
use std::sync::Arc;
use view::View;

const HEADER_PX: f32 = 92.0;
const RULER_PX: f32 = 26.0;
const SCENE_PX: f32 = 24.0;
const LANE_PX: f32 = 38.0;
/// Points between the lines of two scenes at least.
const LEAST_LINES_PX: f32 = 4.0;
const LEAST_TRACK_PX: f32 = 46.0;
const MOST_TRACK_PX: f32 = 132.0;

/// What the timeline remembers.
#[derive(Debug)]
pub struct TimelineState {
    /// Points a frame; 0 until it was first drawn.
    pub px_per_frame: f64,
    /// The frame at the left edge.
    pub scroll_frames: f64,
    /// Whether drags hold on to cuts and to the playhead.
    pub snapping: bool,
    /// Whether the next thing that an operator adds is selected.
    pub select_added: bool,
    /// A frame to bring into view.
    pub reveal: Option<u64>,
    zoom_asked: f64,
    fit_asked: bool,
    /// How the film was fitted last.
    fitted: Option<Fitted>,
    drag: Option<Drag>,
    /// The frame that holds what is dragged.
    held: Option<u64>,
    chosen: Places,
    lifted: Places,
}

/// A fit of the whole film. It holds as long as the scale is this one: once the maker zooms, nothing is fitted any more.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fitted {
    /// Width of the tracks, in points.
    width_px: f32,
    px_per_frame: f64,
}

impl Default for TimelineState {
    fn default() -> Self {
        Self {
            px_per_frame: 0.0,
            scroll_frames: 0.0,
            snapping: true,
            select_added: false,
            reveal: None,
            zoom_asked: 1.0,
            fit_asked: true,
            fitted: None,
            drag: None,
            held: None,
            chosen: Places::default(),
            lifted: Places::default(),
        }
    }
}

impl TimelineState {
    /// Zooms about the playhead when it is next drawn.
    pub fn zoom_by(&mut self, times: f64) {
        self.zoom_asked *= times;
    }

    /// Shows the whole film when it is next drawn.
    pub const fn fit(&mut self) {
        self.fit_asked = true;
    }

    /// Whether something is being dragged: what jobs change waits until it is let go.
    #[must_use]
    pub const fn is_dragging(&self) -> bool {
        self.drag.is_some()
    }

    /// The places of the shots that are chosen, and of those that are dragged.
    fn places(&mut self, selection: &Selection, model: &FilmModel) -> (Arc<[usize]>, Arc<[usize]>) {
        let lifted = match &self.drag {
            Some(Drag::Shots { names }) => self.lifted.of(names, model),
            _ => Arc::default(),
        };
        (self.chosen.of_selection(selection, model), lifted)
    }
}

/// Where the parts lie.
struct Parts {
    ruler: Rect,
    scenes: Rect,
    video: Rect,
    lanes: [(AudioLane, Rect); 3],
    /// Everything right of the headers.
    tracks: Rect,
}

impl Parts {
    fn new(rect: Rect) -> Self {
        let tracks = Rect::from_min_max(pos2(rect.left() + HEADER_PX, rect.top()), rect.max);
        let row = |top: f32, height: f32| Rect::from_min_size(pos2(tracks.left(), top), vec2(tracks.width(), height));
        let ruler = row(rect.top(), RULER_PX);
        let scenes = row(ruler.bottom(), SCENE_PX);
        let left = rect.bottom() - scenes.bottom() - 3.0 * LANE_PX - 8.0;
        let video = row(scenes.bottom() + 2.0, left.clamp(LEAST_TRACK_PX, MOST_TRACK_PX));
        let mut top = video.bottom() + 2.0;
        let lanes = [AudioLane::Voice, AudioLane::Music, AudioLane::Ambient].map(|lane| {
            let rect = row(top, LANE_PX - 2.0);
            top += LANE_PX;
            (lane, rect)
        });
        Self { ruler, scenes, video, lanes, tracks }
    }
}

/// Draws the timeline and answers to it.
pub fn timeline_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    tools_ui(ui, desk);
    let rect = ui.available_rect_before_wrap();
    if desk.model.shot_spans.is_empty() && desk.model.scenes.is_empty() {
        widgets::empty_ui(
            ui,
            desk.theme,
            icon::FILM_STRIP,
            "No scene yet",
            "A film is scenes, a scene is shots. Add a scene, or import a screenplay.",
        );
        return;
    }
    let parts = Parts::new(rect);
    ui.allocate_rect(rect, Sense::hover());
    let mut view = View::new(parts.tracks, desk);
    view.follow_pointer(ui, &parts, desk);
    let painter = ui.painter_at(rect);
    painter.rect_filled(parts.tracks, 0, desk.theme.backdrop);
    lanes::headers_ui(ui, desk, rect, &parts);
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(parts.tracks).id_salt("tracks"));
    inner.set_clip_rect(parts.tracks.intersect(ui.clip_rect()));
    background_ui(&mut inner, desk, &view, &parts);
    scenes::scenes_ui(&mut inner, desk, &view, parts.scenes);
    clips::clips_ui(&mut inner, desk, &view, parts.video);
    cuts::cuts_ui(&mut inner, desk, &view, parts.video);
    for (lane, rect) in parts.lanes {
        lanes::lane_ui(&mut inner, desk, &view, lane, rect);
    }
    ruler::ruler_ui(&mut inner, desk, &view, parts.ruler);
    desk.state.timeline.held = None;
    drag::drag_ui(&inner, desk, &view, &parts);
    snap::held_ui(&inner, desk, &view, &parts);
    drops::drops_ui(&inner, desk, &view, &parts);
    playhead_ui(&mut inner, desk, &view, &parts);
}

/// Empty places: a click lets go of the selection and moves the playhead.
fn background_ui(ui: &mut Ui, desk: &mut Desk<'_>, view: &View, parts: &Parts) {
    let below = Rect::from_min_max(parts.scenes.min, parts.tracks.max);
    let response = ui.interact(below, Id::new("timeline-background"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Panel, true, "Tracks: a click moves the playhead"));
    if response.clicked()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let_go(desk, view, pointer.x);
    }
    let mut lines = Plain::new(ui);
    let mut last = f32::NEG_INFINITY;
    for scene in desk.model.scene_spans[scenes::seen_scenes(desk, view)].iter().filter(|scene| scene.start_frame > 0) {
        let x = view.x_of(scene.start_frame);
        // Nearer ones would be a ground and no lines.
        if view.tracks.x_range().contains(x) && x - last >= LEAST_LINES_PX {
            lines.upright(x, below.y_range(), desk.theme.line);
            last = x;
        }
    }
    lines.paint(ui);
}

/// A click on nothing: it lets go of what is selected and moves the playhead.
fn let_go(desk: &mut Desk<'_>, view: &View, x: f32) {
    desk.state.selection = Selection::Film;
    desk.asks.push(Ask::Seek(view.frame_at(x).min(desk.model.frames.saturating_sub(1))));
}

fn playhead_ui(ui: &mut Ui, desk: &Desk<'_>, view: &View, parts: &Parts) {
    let x = view.x_of(desk.state.transport.frame).round() + 0.5;
    let top = parts.ruler.bottom() - 10.0;
    let accent = desk.theme.accent;
    let painter = ui.painter();
    painter.vline(x, top..=parts.tracks.bottom(), Stroke::new(1.0, accent));
    let head = vec![
        pos2(x - 5.0, top - 4.0),
        pos2(x + 5.0, top - 4.0),
        pos2(x + 5.0, top + 2.0),
        pos2(x, top + 8.0),
        pos2(x - 5.0, top + 2.0),
    ];
    painter.add(egui::Shape::convex_polygon(head, accent, Stroke::NONE));
}

fn tools_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        widgets::action_button_ui(ui, desk, icon::PLUS, "shot.add");
        widgets::action_icon_ui(ui, desk, icon::FILM_SLATE, "scene.add");
        widgets::action_icon_ui(ui, desk, icon::SPARKLE, "shot.generate");
        widgets::action_icon_ui(ui, desk, icon::SCISSORS, "shot.split");
        widgets::divider_ui(ui, desk.theme);
        widgets::action_icon_ui(ui, desk, icon::ARROW_COUNTER_CLOCKWISE, "edit.undo");
        widgets::action_icon_ui(ui, desk, icon::ARROW_CLOCKWISE, "edit.redo");
        widgets::divider_ui(ui, desk.theme);
        widgets::toggle_action_ui(ui, desk, icon::MAGNET, "view.snap", desk.state.timeline.snapping);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            widgets::action_icon_ui(ui, desk, icon::ARROWS_OUT_LINE_HORIZONTAL, "view.fit");
            widgets::action_icon_ui(ui, desk, icon::MAGNIFYING_GLASS_PLUS, "view.zoom_in");
            widgets::action_icon_ui(ui, desk, icon::MAGNIFYING_GLASS_MINUS, "view.zoom_out");
            let count = desk.model.shot_spans.len();
            let shots = if count == 1 { "1 shot".to_owned() } else { format!("{count} shots") };
            let length = desk.model.timecode(desk.model.frames);
            ui.add_space(8.0);
            ui.label(egui::RichText::new(format!("{shots}   {length}")).small().color(desk.theme.quiet));
        });
    });
    ui.add_space(2.0);
}

/// Steps in which the room of a text grows: the text is not laid out anew for every point by which its clip grows or
/// moves while it is scrolled and zoomed.
const ROOM_STEP_PX: f32 = 8.0;

/// Text that is cut off where it would leave its place.
fn text_in(ui: &Ui, rect: Rect, text: impl Into<String>, font: FontId, color: egui::Color32) {
    let room = (rect.width() / ROOM_STEP_PX).floor() * ROOM_STEP_PX;
    if room < ROOM_STEP_PX {
        return;
    }
    let mut job = egui::text::LayoutJob::simple_singleline(text.into(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    let galley = ui.painter().layout_job(job);
    let at = Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size());
    // It ends inside by itself; a clip of its own would be a draw call of its own.
    ui.painter().galley(at.min, galley, color);
}
