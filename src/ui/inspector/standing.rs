//! How it stands with a shot: its clip, its job, its errors in full; and the buttons that make a take.

use super::{
    form,
    many::{self, Facts},
    request,
};
use crate::{
    jobs::{JobAsk, JobFailure, JobId, JobState, JobTarget},
    ui::{
        ask::Ask,
        desk::Desk,
        making,
        model::{ClipState, ShotName},
        widgets,
    },
};
use bevy_egui::egui::{self, Color32, Frame, Margin, RichText, Stroke, Ui};
use egui_phosphor::regular as icon;
use kinora_core::film::Shot;
use kinora_provider::usd_words;

pub(super) fn standing_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName) {
    let theme = desk.theme;
    let target = JobTarget::Shot(name.0.clone(), name.1.clone());
    let job = desk.jobs.rows.iter().find(|row| row.target == target && !row.state.is_final());
    match desk.clip_state(name) {
        ClipState::Ready | ClipState::Empty => {}
        state @ (ClipState::Queued | ClipState::Generating { .. }) => card_ui(ui, theme.accent, |ui| {
            let stage = match job.map(|job| &job.state) {
                Some(JobState::Running { stage, eta_secs, .. }) => {
                    let left = eta_secs.map(|secs| format!(", about {secs:.0} s left")).unwrap_or_default();
                    format!("{stage}{left}")
                }
                _ => "Waits for its turn".to_owned(),
            };
            ui.label(RichText::new(stage).size(12.0));
            if let ClipState::Generating { progress } = state {
                let bar = egui::ProgressBar::new(progress.unwrap_or(0.0)).desired_height(6.0).fill(theme.accent);
                ui.add(bar.animate(false));
            }
            if let Some(job) = job
                && form::button_ui(ui, icon::X, "Cancel", "Ends the work, also at the vendor", None)
            {
                desk.asks.push(Ask::CancelJob(job.job_id));
            }
        }),
        ClipState::Failed { reason } => card_ui(ui, theme.bad, |ui| match failure(desk, &target) {
            Some((job_id, failure)) => failure_ui(ui, desk, job_id, &failure),
            None => form::note_ui(ui, reason, theme.text),
        }),
        ClipState::OutOfDate { reason } => card_ui(ui, theme.warn, |ui| {
            ui.label(RichText::new(format!("{}  Out of date", icon::WARNING)).size(12.0).color(theme.warn));
            form::note_ui(ui, reason, theme.text);
            let why = making::cannot_generate(desk, name);
            let help = "Makes a new take that continues what is there now";
            if form::button_ui(ui, icon::ARROW_CLOCKWISE, "Bring up to date", help, why.as_deref()) {
                making::generate(desk, [name]);
            }
        }),
    }
}

fn failure(desk: &Desk<'_>, target: &JobTarget) -> Option<(JobId, JobFailure)> {
    desk.jobs.rows.iter().find_map(|row| match &row.state {
        JobState::Failed(failure) if row.target == *target => Some((row.job_id, failure.clone())),
        _ => None,
    })
}

/// What a vendor refused of a shot's last request, under the control that it is about. It goes with the failed job.
pub(super) fn refused_field_ui(ui: &mut Ui, desk: &Desk<'_>, name: &ShotName, fields: &[&str]) {
    if !matches!(desk.clip_state(name), ClipState::Failed { .. }) {
        return;
    }
    let Some((_, failure)) = failure(desk, &JobTarget::Shot(name.0.clone(), name.1.clone())) else { return };
    for problem in failure.problems.iter().filter(|problem| fields.contains(&problem.field.as_str())) {
        form::note_ui(ui, format!("{}  Refused: {}", icon::WARNING, problem.reason), desk.theme.bad);
    }
}

/// An error in full, with what to do.
fn failure_ui(ui: &mut Ui, desk: &mut Desk<'_>, job_id: JobId, failure: &JobFailure) {
    let theme = desk.theme;
    ui.add(
        egui::Label::new(
            RichText::new(format!("{}  Could not {}", icon::WARNING, failure.what)).size(12.0).color(theme.bad),
        )
        .wrap(),
    );
    form::note_ui(ui, &failure.why, theme.text);
    for problem in &failure.problems {
        form::note_ui(ui, format!("{}: {}", problem.field, problem.reason), theme.text);
    }
    if let Some(to_do) = &failure.what_to_do {
        form::note_ui(ui, to_do, theme.quiet);
    }
    if !failure.money.is_empty() {
        form::note_ui(ui, &failure.money, theme.text);
    }
    ui.horizontal_wrapped(|ui| {
        if form::button_ui(ui, icon::ARROW_CLOCKWISE, "Retry", "Tries the same again", None) {
            desk.asks.push(Ask::RetryJob(job_id));
        }
        if form::button_ui(ui, icon::COPY, "Copy error", "Copies the whole message", None) {
            let to_do = failure.what_to_do.as_deref().unwrap_or_default();
            let words = format!("could not {}: {}\n{to_do} {}", failure.what, failure.why, failure.money);
            ui.ctx().copy_text(words.trim().to_owned());
        }
    });
}

fn card_ui(ui: &mut Ui, color: Color32, add: impl FnOnce(&mut Ui)) {
    let frame = Frame::new().fill(color.gamma_multiply(0.10)).stroke(Stroke::new(1.0, color.gamma_multiply(0.6)));
    frame.corner_radius(4).inner_margin(Margin::same(8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        add(ui);
    });
}

/// What makes something of a shot: a take, lips that follow its voice.
pub(super) fn make_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot) {
    let theme = desk.theme;
    let price = request::card_of_shot(desk.model, desk.providers, shot)
        .map(|(_, card)| request::price_words(card, &request::request_of(desk.model, name, shot, card)));
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        let (label, glyph) =
            if shot.takes.is_empty() { ("Generate", icon::SPARKLE) } else { ("Regenerate", icon::ARROW_CLOCKWISE) };
        let why = making::cannot_generate(desk, name);
        let price = price.unwrap_or_default();
        let text = if price.is_empty() { format!("{glyph}  {label}") } else { format!("{glyph}  {label}   {price}") };
        let response = ui.add_enabled_ui(why.is_none(), |ui| widgets::primary_ui(ui, theme, &text)).inner;
        form::named(&response, why.is_none(), label);
        let hint = why.unwrap_or_else(|| "Makes a new take and chooses it; the takes before it stay".to_owned());
        if response.on_hover_text(&hint).on_disabled_hover_text(&hint).clicked() {
            making::generate(desk, [name]);
        }
        let why = making::cannot_sync_lips(desk, name, shot);
        if form::button_ui(
            ui,
            icon::MICROPHONE,
            "Lip-sync",
            "Makes a take whose lips follow the shot's first line",
            why,
        ) {
            let (scene_id, shot_id) = name.clone();
            desk.asks.push(Ask::Start(JobAsk::LipSync { scene_id, shot_id, voice: None, model: None }));
        }
    });
    if let Some(why) = making::cannot_generate(desk, name)
        && desk.jobs.on_clip(name).is_none()
    {
        form::note_ui(ui, why, theme.quiet);
    }
}

/// The same for several shots, as far as each can be made.
pub(super) fn make_many_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName]) {
    let theme = desk.theme;
    let Facts { ready, usd, .. } = many::facts(desk);
    let price = match usd {
        Some(usd) if usd > 0.0 => format!("   {}", usd_words(usd)),
        Some(_) => "   free".to_owned(),
        None => String::new(),
    };
    let label = format!("Generate {}", super::count(ready, "shot"));
    let why = (ready == 0).then_some("None of these shots can be generated now: select one to see why");
    let response = ui
        .add_enabled_ui(why.is_none(), |ui| {
            widgets::primary_ui(ui, theme, &format!("{}  {label}{price}", icon::SPARKLE))
        })
        .inner;
    form::named(&response, why.is_none(), &label);
    let left_out = names.len().saturating_sub(ready);
    let hint = match (why, left_out) {
        (Some(why), _) => why.to_owned(),
        (None, 0) => "Makes a new take of each".to_owned(),
        (None, left_out) => format!("Makes a new take of each; {} cannot be made now", super::count(left_out, "shot")),
    };
    if response.on_hover_text(&hint).on_disabled_hover_text(&hint).clicked() {
        making::generate(desk, names);
    }
}
