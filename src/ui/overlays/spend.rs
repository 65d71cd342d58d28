//! What the film has cost: by vendor, by attempt, and what of the budget is left.

use super::{list, modal_ui, nothing_ui, title_ui};
use crate::{
    generation::{Attempt, Spend, Sum},
    ui::{desk::Desk, widgets},
};
use bevy_egui::egui::{Align, Context, DragValue, Grid, Layout, RichText, Ui, WidgetInfo, WidgetType, vec2};
use egui_phosphor::regular as icon;
use kinora_core::film::limits;
use kinora_provider::{usd_words, whole_usd};
use serde_json::json;

const WIDTH_PX: f32 = 640.0;
/// Attempts that are listed, the newest first.
const MOST_ROWS: usize = 200;

pub(super) fn spend_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let room = ctx.content_rect().size() - vec2(64.0, 140.0);
    modal_ui(ctx, desk, "Spend", |ui, desk| {
        ui.set_width(WIDTH_PX.min(room.x));
        title_ui(ui, desk, "Spend");
        let spend = std::mem::take(&mut desk.state.overlays.spend);
        budget_ui(ui, desk, &spend);
        if spend.attempts.is_empty() {
            let to_do = "What is asked of a vendor is listed here, with what it cost. Work of this machine is free.";
            nothing_ui(ui, desk.theme, icon::RECEIPT, "Nothing was spent", to_do);
        } else {
            vendors_ui(ui, desk, &spend);
            widgets::section_ui(ui, desk.theme, "Attempts");
            list((room.y - 220.0).max(120.0)).show(ui, |ui| attempts_ui(ui, desk, &spend));
        }
        desk.state.overlays.spend = spend;
    });
}

/// US dollars with as many places as they need.
pub(in crate::ui) fn usd(amount: f64) -> String {
    usd_words(amount)
}

/// The budget, which is a hard stop: it can be set, changed and taken away.
fn budget_ui(ui: &mut Ui, desk: &mut Desk<'_>, spend: &Spend) {
    let budget_usd = desk.model.settings.budget_usd;
    let spent_usd = spend.total.committed_usd();
    ui.horizontal(|ui| {
        let mut has_budget = budget_usd.is_some();
        let hint = "What would go beyond is not sent";
        if ui.checkbox(&mut has_budget, "Budget").on_hover_text(hint).changed() {
            // A first guess that does not stop what runs: twice what was spent, ten dollars at least.
            let first_usd = has_budget.then(|| (spent_usd * 2.0).ceil().max(10.0));
            desk.asks.run("settings.set", json!({ "budget_usd": first_usd }));
        }
        if let Some(now_usd) = budget_usd {
            // Changed once, when the hand lets go: each step would be one to undo.
            let id = ui.id().with("budget");
            let mut wanted_usd = ui.data(|data| data.get_temp(id)).unwrap_or(now_usd);
            let field =
                DragValue::new(&mut wanted_usd).range(limits::BUDGET_USD).speed(0.5).prefix("$").max_decimals(2);
            let response = ui.add(field);
            response.widget_info(|| WidgetInfo::labeled(WidgetType::DragValue, true, "Budget in US dollars"));
            if response.dragged() || response.has_focus() {
                ui.data_mut(|data| data.insert_temp(id, wanted_usd));
            } else {
                ui.data_mut(|data| data.remove::<f64>(id));
                if wanted_usd != now_usd {
                    desk.asks.run("settings.set", json!({ "budget_usd": wanted_usd }));
                }
            }
            let left_usd = whole_usd((now_usd - spent_usd).max(0.0));
            let color = if left_usd > 0.0 { desk.theme.quiet } else { desk.theme.warn };
            ui.label(RichText::new(format!("{} left", usd(left_usd))).color(color));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(format!("{} spent or set aside", usd(spent_usd))).strong());
        });
    });
    ui.add_space(8.0);
}

fn vendors_ui(ui: &mut Ui, desk: &Desk<'_>, spend: &Spend) {
    let theme = desk.theme;
    Grid::new("vendors").num_columns(5).spacing([20.0, 4.0]).show(ui, |ui| {
        for head in ["", "Paid", "Set aside", "In doubt", ""] {
            ui.label(RichText::new(head).small().color(theme.quiet));
        }
        ui.end_row();
        for vendor in &spend.vendors {
            let name = desk.providers.iter().find(|one| one.id == vendor.provider).map(|one| one.name.as_str());
            sum_ui(ui, desk, name.unwrap_or(&vendor.provider), &vendor.sum);
        }
        if spend.vendors.len() > 1 {
            sum_ui(ui, desk, "Together", &spend.total);
        }
    });
}

fn sum_ui(ui: &mut Ui, desk: &Desk<'_>, name: &str, sum: &Sum) {
    ui.label(name);
    let money = |amount: f64| if amount > 0.0 { usd(amount) } else { "–".to_owned() };
    ui.label(usd(sum.paid_usd));
    ui.label(money(sum.open_usd));
    let hint = "Failed, cancelled and unanswered attempts of which the vendor does not say whether they are billed";
    ui.label(money(sum.doubtful_usd)).on_hover_text(hint);
    ui.label(RichText::new(sum.in_words()).color(desk.theme.quiet));
    ui.end_row();
}

fn attempts_ui(ui: &mut Ui, desk: &mut Desk<'_>, spend: &Spend) {
    Grid::new("attempts").num_columns(4).spacing([16.0, 4.0]).striped(true).show(ui, |ui| {
        for attempt in spend.attempts.iter().rev().take(MOST_ROWS) {
            attempt_ui(ui, desk, attempt);
        }
    });
    if spend.attempts.len() > MOST_ROWS {
        let more = spend.attempts.len() - MOST_ROWS;
        ui.label(
            RichText::new(format!("and {more} more: `kinora spend --attempts` lists all")).color(desk.theme.quiet),
        );
    }
}

fn attempt_ui(ui: &mut Ui, desk: &Desk<'_>, attempt: &Attempt) {
    let theme = desk.theme;
    ui.label(&attempt.purpose).on_hover_text(format!("{}\n{}", attempt.job_id, attempt.at));
    ui.label(RichText::new(&attempt.model).color(theme.quiet));
    let standing = ui.label(attempt.standing.word());
    if let Some(reason) = &attempt.reason {
        standing.on_hover_text(reason);
    }
    let (text, hint) = match (attempt.cost_usd, attempt.price_usd) {
        (Some(cost), _) if attempt.cost_is_told => (usd(cost), "As the vendor, or you, said"),
        (Some(cost), _) => (usd(cost), "By its price; the bill may differ"),
        (None, Some(price)) => (format!("up to {}", usd(price)), "Whether it is billed is not known yet"),
        (None, None) => ("unknown".to_owned(), "Nobody knows its price"),
    };
    ui.label(text).on_hover_text(hint);
    ui.end_row();
}
