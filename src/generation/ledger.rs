//! `.kinora/ledger.jsonl`: every attempt at a vendor's and what became of it, one line a step. Lines are only added, so
//! what was spent stays known when jobs, takes or settings go. `spend` adds them up.

use super::{GenerationError, record::JobRecord, spend::Spend};
use kinora_core::{
    film::ProjectFolder,
    store::{append_line, read_lines},
};
use kinora_provider::{MicroUsd, RequestKind, read_some_usd, read_usd, whole_usd};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

/// More than this is not read: a million attempts.
const LARGEST_LEDGER_BYTES: u64 = 512 << 20;
/// The vendor's words are kept as far as a person reads them.
const LONGEST_REASON_CHARS: usize = 600;

/// One step of one attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// RFC 3339 in UTC.
    pub at: String,
    /// The job in `.kinora/jobs`.
    pub job_id: String,
    /// Which attempt of the job, from 1.
    pub attempt: u32,
    /// `provider:model`.
    pub model: String,
    /// What it was for: `scene_001/shot_002`.
    pub purpose: String,
    /// The kind of work.
    pub kind: RequestKind,
    /// The price before it was sent, in US dollars, where it was known.
    #[serde(default, deserialize_with = "read_some_usd")]
    pub price_usd: Option<f64>,
    /// The vendor's id, once it was told.
    #[serde(default)]
    pub vendor_id: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub event: LedgerEvent,
}

/// What happened to an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LedgerEvent {
    /// It is about to be handed in: its price is set aside.
    Submitting,
    /// The vendor has it.
    Accepted,
    /// It was not taken in, and cost nothing.
    Refused {
        /// The vendor's words.
        reason: String,
    },
    /// Nobody knows whether the vendor has it.
    Unanswered {
        /// What happened to the answer.
        reason: String,
    },
    /// It is made.
    Succeeded {
        /// What the vendor says it cost, in US dollars.
        #[serde(default, deserialize_with = "read_some_usd")]
        cost_usd: Option<f64>,
    },
    /// It was taken in and failed.
    Failed {
        /// The vendor's words.
        reason: String,
        /// Whether it was billed, where the vendor says.
        charged: Option<bool>,
    },
    /// It was cancelled at the vendor.
    Cancelled,
    /// A person has looked at the bill: this is what it cost, 0 for a refund.
    Settled {
        /// US dollars.
        #[serde(deserialize_with = "read_usd")]
        cost_usd: f64,
    },
}

/// The ledger of whichever film is open. One thread at a time looks and adds, so that two jobs cannot both take the
/// last dollar of a budget.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    writing: Mutex<()>,
}

impl Ledger {
    /// Adds a step of a record's attempt.
    pub(super) fn add(
        &self,
        folder: &ProjectFolder,
        record: &JobRecord,
        event: LedgerEvent,
    ) -> Result<(), GenerationError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        append(folder, record, event)
    }

    /// Sets the price of an attempt aside, unless that goes beyond the budget. What other jobs have set aside counts, and
    /// nobody looks at the same dollar in between.
    pub(super) fn set_aside(
        &self,
        folder: &ProjectFolder,
        record: &JobRecord,
        budget_usd: Option<f64>,
    ) -> Result<(), GenerationError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(budget_usd) = budget_usd {
            let spend = Spend::without(folder, &record.job_id, record.attempt)?;
            check_budget(budget_usd, spend.total.committed_usd(), record.price.map(|price| price.usd), &record.model)?;
        }
        append(folder, record, LedgerEvent::Submitting)
    }

    /// Says how an attempt ended that is still only set aside: it was taken back, or a run was killed before it could
    /// tell. What a vendor or a person has said of it stands.
    pub(super) fn let_go(
        &self,
        folder: &ProjectFolder,
        record: &JobRecord,
        event: LedgerEvent,
    ) -> Result<(), GenerationError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (entries, _) = read(folder)?;
        let is_it = |entry: &&LedgerEntry| entry.job_id == record.job_id && entry.attempt == record.attempt;
        match entries.iter().rfind(is_it) {
            Some(last) if last.event == LedgerEvent::Submitting => append(folder, record, event),
            _ => Ok(()),
        }
    }
}

/// Refuses what would go beyond a budget, and what has no known price under one.
pub(super) fn check_budget(
    budget_usd: f64,
    committed_usd: f64,
    price_usd: Option<f64>,
    model: &str,
) -> Result<(), GenerationError> {
    let model = model.to_owned();
    match price_usd {
        None => Err(GenerationError::NoPrice { model, budget_usd }),
        Some(price_usd)
            if price_usd > 0.0 && MicroUsd::of(committed_usd) + MicroUsd::of(price_usd) > MicroUsd::of(budget_usd) =>
        {
            Err(GenerationError::OverBudget { model, price_usd, committed_usd, budget_usd })
        }
        Some(_) => Ok(()),
    }
}

/// Notes what an attempt really cost: a person has looked at the bill. Without a number, the job's last attempt.
///
/// # Errors
/// [`GenerationError::NoOpenJob`] if the ledger knows no such attempt.
pub fn settle(
    folder: &ProjectFolder,
    job_id: &str,
    attempt: Option<u32>,
    cost_usd: f64,
) -> Result<(), GenerationError> {
    let (entries, _) = read(folder)?;
    let is_it = |entry: &&LedgerEntry| entry.job_id == job_id && attempt.is_none_or(|wanted| wanted == entry.attempt);
    let last = entries.iter().rfind(is_it).ok_or_else(|| GenerationError::NoOpenJob(job_id.to_owned()))?;
    let event = LedgerEvent::Settled { cost_usd: whole_usd(cost_usd) };
    write(folder, &LedgerEntry { at: now(), event, ..last.clone() })
}

fn append(folder: &ProjectFolder, record: &JobRecord, event: LedgerEvent) -> Result<(), GenerationError> {
    let entry = LedgerEntry {
        at: now(),
        job_id: record.job_id.clone(),
        attempt: record.attempt,
        model: record.model.clone(),
        purpose: record.purpose.clone(),
        kind: record.request.kind(),
        price_usd: record.price.map(|price| price.usd),
        vendor_id: record.vendor_id.clone(),
        event,
    };
    write(folder, &entry)
}

fn write(folder: &ProjectFolder, entry: &LedgerEntry) -> Result<(), GenerationError> {
    let line = serde_json::to_string(entry).map_err(|error| GenerationError::Save(error.to_string()))?;
    Ok(append_line(&folder.ledger_file(), &line)?)
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Every step in the order they happened, and how many lines are none.
pub(super) fn read(folder: &kinora_core::film::ProjectLayout) -> Result<(Vec<LedgerEntry>, usize), GenerationError> {
    let lines = read_lines(&folder.ledger_file(), LARGEST_LEDGER_BYTES)?;
    let count = lines.len();
    let entries: Vec<LedgerEntry> = lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let broken = count - entries.len();
    Ok((entries, broken))
}

/// A vendor's words, no longer than a person reads.
pub(super) fn reason(error: &dyn std::fmt::Display) -> String {
    error.to_string().chars().take(LONGEST_REASON_CHARS).collect()
}
