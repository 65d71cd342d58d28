//! `kinora spend`: what the film has cost, by vendor and by attempt.

use super::{
    Answer, Failure,
    answer::table,
    args,
    failure::Doing,
    models::usd,
    session::{Session, read},
};
use crate::generation::{Attempt, Spend, Sum, settle};
use kinora_core::film::ProjectLayout;
use kinora_provider::whole_usd;
use serde_json::json;
use std::path::PathBuf;

/// Show what the film has cost so far, by vendor, and what of its budget is left.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kinora spend my-film\n  kinora spend my-film --attempts\n  kinora settings set my-film budget_usd=25   \
    (nothing is sent that would go beyond)\n  kinora spend my-film --settle 1790000000_scene_001_shot_002_1f2e3d4c --cost-usd 0   (it \
    was paid back)"
)]
pub(super) struct SpendCommand {
    /// Folder of the project.
    dir: PathBuf,
    /// List every attempt.
    #[arg(long)]
    attempts: bool,
    /// A job of which you have seen the bill.
    #[arg(long, value_name = "JOB", requires = "cost_usd")]
    settle: Option<String>,
    /// What it really cost, in US dollars.
    #[arg(long, value_name = "USD", requires = "settle", value_parser = args::number)]
    cost_usd: Option<f64>,
    /// Which attempt of the job; absent for the last.
    #[arg(long, value_name = "NUMBER", requires = "settle")]
    attempt: Option<u32>,
}

impl SpendCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let what = "add up what the film has cost";
        if let (Some(job_id), Some(cost_usd)) = (&self.settle, self.cost_usd) {
            if cost_usd < 0.0 {
                return Err(Failure::new("usage", "a cost is 0 or more")).doing(what);
            }
            let session = Session::open(&self.dir)?;
            settle(&session.folder, job_id, self.attempt, cost_usd).doing(format!("settle {job_id}"))?;
        }
        let budget_usd = read(&self.dir)?.settings.budget_usd;
        let spend = Spend::of(&ProjectLayout::new(&self.dir)).doing(what)?;
        let left_usd = budget_usd.map(|budget| whole_usd((budget - spend.total.committed_usd()).max(0.0)));
        let mut rows: Vec<_> = spend.vendors.iter().map(|vendor| sum_row(&vendor.provider, &vendor.sum)).collect();
        rows.push(sum_row("the film", &spend.total));
        let mut text = table(&rows);
        if let (Some(budget), Some(left)) = (budget_usd, left_usd) {
            text.push_str(&format!("\n{} of a budget of {} left", usd(left), usd(budget)));
        }
        if spend.unreadable_lines > 0 {
            text.push_str(&format!("\n{} lines of .kinora/ledger.jsonl cannot be read", spend.unreadable_lines));
        }
        if self.attempts {
            let rows: Vec<_> = spend.attempts.iter().map(attempt_row).collect();
            text = format!("{}\n\n{text}", table(&rows));
        }
        let mut json = json!({ "total": spend.total, "committed_usd": spend.total.committed_usd(),
            "vendors": spend.vendors, "budget_usd": budget_usd, "left_usd": left_usd,
            "unreadable_lines": spend.unreadable_lines });
        if self.attempts {
            json["attempts"] = json!(spend.attempts);
        }
        Ok(Answer::new(text, json))
    }
}

fn sum_row(name: &str, sum: &Sum) -> Vec<String> {
    let money = |amount: f64, word: &str| if amount > 0.0 { format!("{} {word}", usd(amount)) } else { String::new() };
    vec![
        name.to_owned(),
        format!("{} paid", usd(sum.paid_usd)),
        money(sum.open_usd, "set aside"),
        money(sum.doubtful_usd, "in doubt"),
        sum.in_words(),
    ]
}

fn attempt_row(attempt: &Attempt) -> Vec<String> {
    let told = if attempt.cost_is_told { "" } else { " (by its price)" };
    let cost = match (attempt.cost_usd, attempt.price_usd) {
        (Some(cost), _) => format!("{}{told}", usd(cost)),
        (None, Some(price)) => format!("up to {}", usd(price)),
        (None, None) => "price unknown".to_owned(),
    };
    let name =
        if attempt.attempt > 1 { format!("{} #{}", attempt.job_id, attempt.attempt) } else { attempt.job_id.clone() };
    vec![name, attempt.purpose.clone(), attempt.model.clone(), attempt.standing.word().to_owned(), cost]
}
