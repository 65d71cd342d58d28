//! The tray of jobs: what runs, what waits, what failed and why, what came of it.

use super::{close_ui, frame, named_button_ui, nothing_ui, spend::usd};
use crate::{
    jobs::{JobFailure, JobKind, JobState, JobTarget},
    ui::{ask::Ask, desk::Desk, jobs_model::JobRow, key_names::keys_of, state::Overlay, theme::STEP},
};
use bevy_egui::egui::{
    self, Align, Area, Color32, Context, FontFamily, Id, Label, Layout, Margin, Order, ProgressBar, Rect, RichText,
    ScrollArea, Ui, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_phosphor::regular as icon;
use kinora_core::time::format_clock;
use std::{fmt::Write as _, time::Duration};

/// Width of the tray in points.
pub const TRAY_PX: f32 = 380.0;
const MOST_ROWS: usize = 120;

/// Where the tray lies in the window: low on the right, over the timeline.
#[must_use]
pub fn tray_rect(window: Rect) -> Rect {
    let height = (window.height() * 0.5).clamp(200.0, 420.0).min(window.height() - 24.0);
    let width = TRAY_PX.min(window.width() - 24.0);
    let max = window.right_bottom() - vec2(12.0, 12.0);
    Rect::from_min_max(pos2(max.x - width, max.y - height), max)
}

pub(super) fn tray_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let rect = tray_rect(ctx.content_rect());
    let theme = desk.theme;
    let area = Area::new(Id::new("tray")).order(Order::Foreground).fixed_pos(rect.min).constrain(false);
    area.show(ctx, |ui| {
        frame(theme).inner_margin(Margin::same(12)).show(ui, |ui| {
            ui.set_width(rect.width() - 26.0);
            ui.set_height(rect.height() - 26.0);
            ui.response().widget_info(|| WidgetInfo::labeled(WidgetType::Window, true, "Jobs"));
            head_ui(ui, desk);
            rows_ui(ui, desk);
        });
    });
    if desk.jobs.rows.iter().any(|row| matches!(row.state, JobState::Running { .. })) {
        ctx.request_repaint_after(Duration::from_secs(1));
    }
}

fn head_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    ui.horizontal(|ui| {
        ui.heading("Jobs");
        let open = desk.jobs.open().count();
        if open > 0 {
            ui.label(RichText::new(format!("{open} open")).color(desk.theme.quiet));
        }
        spent_ui(ui, desk);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let keys = keys_of(ui.ctx(), "view.jobs");
            if close_ui(ui, "Close the jobs", &keys) {
                desk.state.tray_open = false;
            }
            let some_ended = desk.jobs.rows.iter().any(|row| row.state.is_final());
            let clear = ui.add_enabled(some_ended, egui::Button::new("Clear finished"));
            let hint = "Takes what has ended out of this list";
            if clear.on_hover_text(hint).on_disabled_hover_text("Nothing has ended yet").clicked() {
                desk.asks.push(Ask::ClearJobs);
            }
            pause_ui(ui, desk);
        });
    });
    ui.add_space(STEP);
}

/// What runs first, then what waits, then the rest, the newest first.
const fn rank(state: &JobState) -> u8 {
    match state {
        JobState::Running { .. } => 0,
        JobState::Queued => 1,
        JobState::Failed(_) | JobState::Done { .. } | JobState::Cancelled => 2,
    }
}

fn rows_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let jobs = desk.jobs;
    if jobs.rows.is_empty() && jobs.unreadable.is_empty() {
        nothing_ui(ui, desk.theme, icon::STACK, "Nothing runs", "What you generate, import or render is listed here.");
        return;
    }
    let mut rows: Vec<&JobRow> = jobs.rows.iter().collect();
    // What waits is asked for in the order it will run.
    rows.sort_by_key(|row| {
        (rank(&row.state), if rank(&row.state) == 2 { u64::MAX - row.job_id.0 } else { row.job_id.0 })
    });
    ScrollArea::vertical().auto_shrink(false).id_salt("jobs").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = STEP;
        for job in jobs.unreadable.iter().take(MOST_ROWS) {
            ui.add(Label::new(RichText::new(format!("{} {job}", icon::WARNING)).color(desk.theme.bad)).wrap());
        }
        for row in rows.iter().take(MOST_ROWS) {
            ui.push_id(row.job_id.0, |ui| row_ui(ui, desk, row));
        }
        if rows.len() > MOST_ROWS {
            ui.label(RichText::new(format!("and {} more", rows.len() - MOST_ROWS)).color(desk.theme.quiet));
        }
    });
}

const fn glyph(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Shot => icon::SPARKLE,
        JobKind::Voice => icon::MICROPHONE,
        JobKind::Bed => icon::MUSIC_NOTES,
        JobKind::LipSync => icon::SMILEY,
        JobKind::Film => icon::FILM_REEL,
        JobKind::Render => icon::EXPORT,
        JobKind::Conform => icon::FRAME_CORNERS,
        JobKind::Frames => icon::IMAGES,
        JobKind::Import => icon::DOWNLOAD_SIMPLE,
        JobKind::Audition => icon::SPEAKER_HIGH,
        JobKind::Cuts => icon::SCISSORS,
        JobKind::Resumed => icon::CLOCK_COUNTER_CLOCKWISE,
    }
}

/// `generate scene_001/shot_002` as a sentence begins.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn row_ui(ui: &mut Ui, desk: &mut Desk<'_>, row: &JobRow) {
    let theme = desk.theme;
    let frame = egui::Frame::new().fill(theme.raised).corner_radius(6).inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 3.0;
        let color = match &row.state {
            JobState::Running { .. } => theme.accent,
            JobState::Failed(_) => theme.bad,
            JobState::Done { .. } => theme.good,
            JobState::Queued | JobState::Cancelled => theme.quiet,
        };
        first_line_ui(ui, desk, row, color);
        match &row.state {
            JobState::Queued => queued_ui(ui, desk, row),
            JobState::Running { progress, stage, eta_secs } => running_ui(ui, desk, row, *progress, stage, *eta_secs),
            JobState::Done { summary, output } => {
                quiet_ui(ui, desk, summary);
                if let Some(output) = output {
                    ui.horizontal(|ui| {
                        if named_button_ui(ui, icon::ARROW_SQUARE_OUT, "Open", "Open the file", "Open the file") {
                            desk.asks.push(Ask::OpenFile(output.clone()));
                        }
                        if named_button_ui(
                            ui,
                            icon::FOLDER_OPEN,
                            "Show in folder",
                            "Show in folder",
                            "Show the file in its folder",
                        ) {
                            desk.asks.push(Ask::ShowInFolder(output.clone()));
                        }
                    });
                }
            }
            JobState::Failed(failure) => failed_ui(ui, desk, row, failure),
            JobState::Cancelled => {
                ui.horizontal(|ui| {
                    quiet_ui(ui, desk, "Cancelled");
                    retry_ui(ui, desk, row);
                });
            }
        }
    });
}

/// Icon, what it does, how long it has taken, and the button that ends it.
fn first_line_ui(ui: &mut Ui, desk: &mut Desk<'_>, row: &JobRow, color: Color32) {
    let theme = desk.theme;
    let label = sentence(&row.label);
    ui.horizontal(|ui| {
        ui.label(RichText::new(glyph(row.kind)).size(16.0).color(color));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !row.state.is_final() {
                let button = egui::Button::new(RichText::new(icon::X).size(12.0)).frame_when_inactive(false);
                let response = ui.add_sized(vec2(22.0, 22.0), button);
                response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("Cancel: {label}")));
                if response.on_hover_text("Cancel, also at the vendor").clicked() {
                    desk.asks.push(Ask::CancelJob(row.job_id));
                }
            }
            if let Some(started) = row.started_at {
                let took =
                    row.ended_at.map_or_else(|| started.elapsed(), |ended| ended.saturating_duration_since(started));
                ui.label(RichText::new(format_clock(took.as_secs_f64())).small().color(theme.quiet));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = RichText::new(&label).family(FontFamily::Name("medium".into()));
                let response = ui.add(Label::new(text).truncate().sense(egui::Sense::click()));
                let response = response.on_hover_text(format!("{label}\nClick to show what it works on"));
                if response.clicked() {
                    reveal(desk, &row.target);
                }
            });
        });
    });
}

fn reveal(desk: &mut Desk<'_>, target: &JobTarget) {
    use crate::ui::state::Selection;
    match target {
        JobTarget::Film => desk.state.selection = Selection::Film,
        JobTarget::Scene(scene_id) => desk.state.selection = Selection::Scene(scene_id.clone()),
        JobTarget::Shot(scene_id, shot_id) => desk.asks.push(Ask::Reveal((scene_id.clone(), shot_id.clone()))),
        JobTarget::Character(character_id) => desk.state.selection = Selection::Character(character_id.clone()),
    }
}

fn quiet_ui(ui: &mut Ui, desk: &Desk<'_>, text: &str) {
    if !text.is_empty() {
        ui.add(Label::new(RichText::new(text).color(desk.theme.quiet)).wrap());
    }
}

fn running_ui(ui: &mut Ui, desk: &Desk<'_>, row: &JobRow, progress: Option<f32>, stage: &str, eta_secs: Option<f64>) {
    let theme = desk.theme;
    let mut words = if stage.is_empty() { "Running".to_owned() } else { sentence(stage) };
    if let Some(part) = progress {
        let _ = write!(words, "  ·  {:.0} %", part * 100.0);
    }
    if let Some(eta_secs) = eta_secs {
        let _ = write!(words, "  ·  {} left", format_clock(eta_secs));
    }
    quiet_ui(ui, desk, &words);
    let bar = ProgressBar::new(progress.unwrap_or(0.0)).desired_height(4.0).fill(theme.accent).corner_radius(2);
    let response = ui.add(bar);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(WidgetType::ProgressIndicator, true, format!("Progress: {}", row.label));
        info.value = progress.map(f64::from);
        info
    });
}

/// What the film has cost so far: a click shows more.
fn spent_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let spent_usd = desk.state.overlays.spend.total.committed_usd();
    if spent_usd <= 0.0 {
        return;
    }
    let words = format!("{} spent", usd(spent_usd));
    if named_button_ui(ui, "", &words, "Show what was spent", "Spent and set aside; click to show where it went") {
        desk.state.overlay = Some(Overlay::Spend);
    }
}

/// Stops the start of jobs, or goes on with it.
fn pause_ui(ui: &mut Ui, desk: &mut Desk<'_>) {
    let (glyph, name, hint) = if desk.jobs.paused {
        (icon::PLAY, "Go on starting jobs", "Nothing is started now. Click to go on")
    } else {
        (icon::PAUSE, "Start no more jobs", "What runs goes on; what waits keeps waiting")
    };
    if named_button_ui(ui, glyph, "", name, hint) {
        desk.asks.push(Ask::PauseJobs(!desk.jobs.paused));
    }
}

fn queued_ui(ui: &mut Ui, desk: &mut Desk<'_>, row: &JobRow) {
    ui.horizontal(|ui| {
        if desk.jobs.paused {
            quiet_ui(ui, desk, "Paused");
        } else if row.waits_for.is_empty() {
            quiet_ui(ui, desk, "Waits for its turn");
        } else {
            quiet_ui(ui, desk, &format!("Waits for {}", row.waits_for));
        }
        let name = format!("Run next: {}", sentence(&row.label));
        if named_button_ui(ui, icon::ARROW_LINE_UP, "Run next", &name, "Before everything else that waits") {
            desk.asks.push(Ask::RunNext(row.job_id));
        }
    });
}

/// What did not happen, why, and what to do, in words that can be copied.
fn failure_words(failure: &JobFailure) -> String {
    let mut words = format!("Could not {}.\n{}", failure.what, failure.why);
    for problem in &failure.problems {
        let _ = write!(words, "\n{}: {}", problem.field, problem.reason);
    }
    if let Some(to_do) = &failure.what_to_do {
        let _ = write!(words, "\n{to_do}");
    }
    if !failure.money.is_empty() {
        let _ = write!(words, "\n{}", failure.money);
    }
    words
}

fn failed_ui(ui: &mut Ui, desk: &mut Desk<'_>, row: &JobRow, failure: &JobFailure) {
    let theme = desk.theme;
    let text = |words: &str, color: Color32| Label::new(RichText::new(words).color(color)).wrap().selectable(true);
    ui.add(text(&format!("Could not {}.", failure.what), theme.bad));
    ui.add(text(&failure.why, theme.text));
    for problem in &failure.problems {
        ui.add(text(&format!("{}: {}", problem.field, problem.reason), theme.text));
    }
    if let Some(to_do) = &failure.what_to_do {
        ui.add(text(to_do, theme.quiet));
    }
    if !failure.money.is_empty() {
        ui.add(text(&failure.money, theme.text));
    }
    ui.horizontal_wrapped(|ui| {
        if failure.unanswered_job.is_some() {
            send_again_ui(ui, desk, row);
        }
        if failure.unplaced_job.is_some() {
            unplaced_ui(ui, desk, row);
        }
        retry_ui(ui, desk, row);
        if named_button_ui(ui, icon::COPY, "Copy", "Copy the error", "Copy the whole message") {
            ui.ctx().copy_text(failure_words(failure));
        }
    });
}

/// What was made and has no place in the film any more is kept, or let go with a second click: it was paid for.
fn unplaced_ui(ui: &mut Ui, desk: &mut Desk<'_>, row: &JobRow) {
    let asked = ui.id().with("dismiss");
    let is_sure = ui.data(|data| data.get_temp::<bool>(asked)).unwrap_or(false);
    let label = sentence(&row.label);
    if is_sure {
        ui.label(RichText::new("It was paid for.").color(desk.theme.warn));
        let hint = "It leaves the list; its cost stays in the ledger";
        if named_button_ui(ui, "", "Let go", &format!("Dismiss for sure: {label}"), hint) {
            ui.data_mut(|data| data.remove::<bool>(asked));
            desk.asks.push(Ask::CloseJob { job_id: row.job_id, keep: false });
        }
        if named_button_ui(ui, "", "No", &format!("Do not dismiss: {label}"), "Leaves it as it is") {
            ui.data_mut(|data| data.remove::<bool>(asked));
        }
        return;
    }
    let hint = "Puts what was made into the project's clips, where the library lists it";
    if named_button_ui(ui, icon::ARCHIVE, "Keep as a clip", &format!("Keep as a clip: {label}"), hint) {
        desk.asks.push(Ask::CloseJob { job_id: row.job_id, keep: true });
    }
    if named_button_ui(ui, "", "Dismiss", &format!("Dismiss: {label}"), "For when nobody wants what was made") {
        ui.data_mut(|data| data.insert_temp(asked, true));
    }
}

/// Sending again what was never answered takes two clicks: the second one knows that it may cost twice.
fn send_again_ui(ui: &mut Ui, desk: &mut Desk<'_>, row: &JobRow) {
    let asked = ui.id().with("send again");
    let is_sure = ui.data(|data| data.get_temp::<bool>(asked)).unwrap_or(false);
    let label = sentence(&row.label);
    if !is_sure {
        let hint = "For when you have looked at the vendor's and it is not there";
        if named_button_ui(ui, icon::PAPER_PLANE_TILT, "Send again", &format!("Send again: {label}"), hint) {
            ui.data_mut(|data| data.insert_temp(asked, true));
        }
        return;
    }
    ui.label(RichText::new("It may be paid for twice.").color(desk.theme.warn));
    if named_button_ui(ui, "", "Send", &format!("Send again for sure: {label}"), "Hands it in once more") {
        ui.data_mut(|data| data.remove::<bool>(asked));
        desk.asks.push(Ask::SendAgain(row.job_id));
    }
    if named_button_ui(ui, "", "No", &format!("Do not send again: {label}"), "Leaves it as it is") {
        ui.data_mut(|data| data.remove::<bool>(asked));
    }
}

fn retry_ui(ui: &mut Ui, desk: &mut Desk<'_>, row: &JobRow) {
    let name = format!("Retry: {}", sentence(&row.label));
    if named_button_ui(ui, icon::ARROW_CLOCKWISE, "Retry", &name, "Try it again") {
        desk.asks.push(Ask::RetryJob(row.job_id));
    }
}
