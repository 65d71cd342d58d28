//! What was spent, by film, by vendor and by attempt: the ledger, added up.

use super::{
    GenerationError,
    ledger::{self, LedgerEntry, LedgerEvent},
};
use kinora_core::film::{ProjectFolder, ProjectLayout};
use kinora_provider::{sum_usd, whole_usd};
use serde::Serialize;
use std::collections::HashMap;

/// What a film has cost so far.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Spend {
    /// All vendors together.
    pub total: Sum,
    /// Each vendor, in the order they were first used.
    pub vendors: Vec<VendorSpend>,
    /// Every attempt, the oldest first.
    pub attempts: Vec<Attempt>,
    /// Lines of the ledger that cannot be read: torn ones, or of another build.
    pub unreadable_lines: usize,
}

/// What went to one vendor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VendorSpend {
    /// Provider id.
    pub provider: String,
    /// What was spent there.
    #[serde(flatten)]
    pub sum: Sum,
}

/// Attempts added up, in US dollars.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Sum {
    /// What came, and what failed and was billed all the same.
    pub paid_usd: f64,
    /// Set aside for what the vendor works on.
    pub open_usd: f64,
    /// What may have been billed: failed, cancelled and unanswered attempts of which the vendor does not say.
    pub doubtful_usd: f64,
    /// Attempts whose price nobody knows, and which are in none of the sums.
    pub unpriced: usize,
    /// Attempts that came.
    pub succeeded: usize,
    /// Attempts that failed after they were taken in.
    pub failed: usize,
    /// Attempts that were cancelled.
    pub cancelled: usize,
    /// Attempts that were not taken in.
    pub refused: usize,
    /// Attempts the vendor works on.
    pub open: usize,
    /// Attempts that were never answered.
    pub unanswered: usize,
    /// Attempts that were paid back.
    pub refunded: usize,
}

impl Sum {
    /// What counts against a budget: all that may be billed.
    #[must_use]
    pub fn committed_usd(&self) -> f64 {
        sum_usd([self.paid_usd, self.open_usd, self.doubtful_usd])
    }

    /// How many attempts ended how: `3 came, 1 failed`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let counts = [
            (self.succeeded, "came"),
            (self.open, "open"),
            (self.failed, "failed"),
            (self.cancelled, "cancelled"),
            (self.refused, "refused"),
            (self.unanswered, "unanswered"),
            (self.refunded, "paid back"),
            (self.unpriced, "without a price"),
        ];
        let some = counts.iter().filter(|(count, _)| *count > 0);
        some.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
    }
}

/// One attempt as it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attempt {
    /// When it was handed in, RFC 3339 in UTC.
    pub at: String,
    /// The job in `.kinora/jobs`.
    pub job_id: String,
    /// Which attempt of the job, from 1.
    pub attempt: u32,
    /// `provider:model`.
    pub model: String,
    /// What it was for.
    pub purpose: String,
    /// Where it stands.
    pub standing: Standing,
    /// The price before it was sent.
    pub price_usd: Option<f64>,
    /// What it cost, as far as anybody knows: the vendor's word, a person's, or the price of what came.
    pub cost_usd: Option<f64>,
    /// Whether the vendor or a person has said so.
    pub cost_is_told: bool,
    /// The vendor's words, where it failed.
    pub reason: Option<String>,
}

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The vendor has it, or is being handed it.
    Open,
    /// It came.
    Succeeded,
    /// It was not taken in.
    Refused,
    /// It was taken in and failed.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// Nobody knows whether the vendor has it.
    Unanswered,
}

impl Standing {
    /// One word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Unanswered => "unanswered",
        }
    }
}

impl Spend {
    /// Adds up the ledger of a project; the project need not be locked.
    ///
    /// # Errors
    /// [`GenerationError`] if the ledger cannot be read.
    pub fn of(layout: &ProjectLayout) -> Result<Self, GenerationError> {
        let (entries, broken) = ledger::read(layout)?;
        Ok(Self::add_up(&entries, broken, |_| true))
    }

    /// The same without one attempt, which is about to be handed in (again, after a refusal that cost nothing).
    pub(super) fn without(folder: &ProjectFolder, job_id: &str, attempt: u32) -> Result<Self, GenerationError> {
        let (entries, broken) = ledger::read(folder)?;
        Ok(Self::add_up(&entries, broken, |entry| entry.job_id != job_id || entry.attempt != attempt))
    }

    fn add_up(entries: &[LedgerEntry], unreadable_lines: usize, counts: impl Fn(&LedgerEntry) -> bool) -> Self {
        let mut places: HashMap<(&str, u32), usize> = HashMap::new();
        let mut spend = Self { unreadable_lines, ..Self::default() };
        for entry in entries.iter().filter(|entry| counts(entry)) {
            let place = *places.entry((&entry.job_id, entry.attempt)).or_insert_with(|| {
                spend.attempts.push(Attempt::new(entry));
                spend.attempts.len() - 1
            });
            spend.attempts[place].take_in(entry);
        }
        for attempt in &spend.attempts {
            let provider = attempt.model.split(':').next().unwrap_or_default();
            let known = spend.vendors.iter().position(|vendor| vendor.provider == provider);
            let at = known.unwrap_or_else(|| {
                spend.vendors.push(VendorSpend { provider: provider.to_owned(), sum: Sum::default() });
                spend.vendors.len() - 1
            });
            attempt.add_to(&mut spend.vendors[at].sum);
            attempt.add_to(&mut spend.total);
        }
        spend
    }
}

impl Attempt {
    fn new(entry: &LedgerEntry) -> Self {
        Self {
            at: entry.at.clone(),
            job_id: entry.job_id.clone(),
            attempt: entry.attempt,
            model: entry.model.clone(),
            purpose: entry.purpose.clone(),
            standing: Standing::Open,
            price_usd: entry.price_usd.map(whole_usd),
            cost_usd: None,
            cost_is_told: false,
            reason: None,
        }
    }

    /// The last word counts: a step that is told twice (a run was killed between the ledger and the job) counts once.
    fn take_in(&mut self, entry: &LedgerEntry) {
        let (standing, cost_usd, is_told) = match &entry.event {
            LedgerEvent::Submitting | LedgerEvent::Accepted => (Standing::Open, None, false),
            LedgerEvent::Refused { .. } => (Standing::Refused, Some(0.0), true),
            LedgerEvent::Unanswered { .. } => (Standing::Unanswered, None, false),
            LedgerEvent::Succeeded { cost_usd: Some(usd) } => (Standing::Succeeded, Some(whole_usd(*usd)), true),
            LedgerEvent::Succeeded { cost_usd: None } => (Standing::Succeeded, self.price_usd, false),
            LedgerEvent::Failed { charged: Some(false), .. } => (Standing::Failed, Some(0.0), true),
            LedgerEvent::Failed { charged: Some(true), .. } => (Standing::Failed, self.price_usd, true),
            LedgerEvent::Failed { charged: None, .. } => (Standing::Failed, None, false),
            LedgerEvent::Cancelled => (Standing::Cancelled, None, false),
            LedgerEvent::Settled { cost_usd } => (self.standing, Some(*cost_usd), true),
        };
        self.reason = match &entry.event {
            LedgerEvent::Refused { reason }
            | LedgerEvent::Unanswered { reason }
            | LedgerEvent::Failed { reason, .. } => Some(reason.clone()),
            LedgerEvent::Settled { .. } => self.reason.take(),
            _ => None,
        };
        (self.standing, self.cost_usd, self.cost_is_told) = (standing, cost_usd, is_told);
    }

    fn add_to(&self, sum: &mut Sum) {
        match self.standing {
            Standing::Open => sum.open += 1,
            Standing::Succeeded => sum.succeeded += 1,
            Standing::Refused => sum.refused += 1,
            Standing::Failed => sum.failed += 1,
            Standing::Cancelled => sum.cancelled += 1,
            Standing::Unanswered => sum.unanswered += 1,
        }
        let was_taken_in = !matches!(self.standing, Standing::Refused);
        if self.cost_is_told
            && self.cost_usd == Some(0.0)
            && was_taken_in
            && self.price_usd.is_some_and(|usd| usd > 0.0)
        {
            sum.refunded += 1;
        }
        match (self.cost_usd, self.price_usd) {
            (Some(usd), _) => sum.paid_usd = sum_usd([sum.paid_usd, usd]),
            (None, Some(usd)) if self.standing == Standing::Open => sum.open_usd = sum_usd([sum.open_usd, usd]),
            (None, Some(usd)) => sum.doubtful_usd = sum_usd([sum.doubtful_usd, usd]),
            (None, None) => sum.unpriced += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_provider::RequestKind;

    fn entry(job_id: &str, attempt: u32, event: LedgerEvent) -> LedgerEntry {
        LedgerEntry {
            at: "2026-01-01T00:00:00Z".to_owned(),
            job_id: job_id.to_owned(),
            attempt,
            model: if job_id.starts_with('r') { "replicate:a/b" } else { "elevenlabs:c" }.to_owned(),
            purpose: "scene_001/shot_001".to_owned(),
            kind: RequestKind::Video,
            price_usd: Some(3.0),
            vendor_id: None,
            event,
        }
    }

    fn check(events: &[LedgerEvent], paid_usd: f64, open_usd: f64, doubtful_usd: f64) {
        let entries: Vec<_> = events.iter().map(|event| entry("r", 1, event.clone())).collect();
        let sum = Spend::add_up(&entries, 0, |_| true).total;
        assert_eq!((sum.paid_usd, sum.open_usd, sum.doubtful_usd), (paid_usd, open_usd, doubtful_usd), "{events:?}");
    }

    #[test]
    fn each_end_of_an_attempt_counts_as_what_it_may_have_cost() {
        use LedgerEvent::*;
        let reason = || "no".to_owned();
        check(&[], 0.0, 0.0, 0.0);
        check(&[Submitting], 0.0, 3.0, 0.0);
        check(&[Submitting, Accepted], 0.0, 3.0, 0.0);
        check(&[Submitting, Refused { reason: reason() }], 0.0, 0.0, 0.0);
        check(&[Submitting, Unanswered { reason: reason() }], 0.0, 0.0, 3.0);
        check(&[Submitting, Unanswered { reason: reason() }, Accepted], 0.0, 3.0, 0.0);
        check(&[Submitting, Accepted, Succeeded { cost_usd: None }], 3.0, 0.0, 0.0);
        check(&[Submitting, Accepted, Succeeded { cost_usd: Some(2.5) }], 2.5, 0.0, 0.0);
        check(&[Submitting, Accepted, Succeeded { cost_usd: None }, Succeeded { cost_usd: None }], 3.0, 0.0, 0.0);
        check(&[Submitting, Accepted, Failed { reason: reason(), charged: None }], 0.0, 0.0, 3.0);
        check(&[Submitting, Accepted, Failed { reason: reason(), charged: Some(true) }], 3.0, 0.0, 0.0);
        check(&[Submitting, Accepted, Failed { reason: reason(), charged: Some(false) }], 0.0, 0.0, 0.0);
        check(&[Submitting, Accepted, Cancelled], 0.0, 0.0, 3.0);
        check(&[Submitting, Accepted, Cancelled, Settled { cost_usd: 1.0 }], 1.0, 0.0, 0.0);
    }

    #[test]
    fn sums_have_no_crumbs_of_floats() {
        let entry = |job: &str, price_usd: f64| LedgerEntry {
            price_usd: Some(price_usd),
            ..entry(job, 1, LedgerEvent::Succeeded { cost_usd: None })
        };
        let entries: Vec<_> = (0..30).map(|number| entry(&format!("r{number}"), 0.1 * 8.0 * 3.0)).collect();
        let spend = Spend::add_up(&entries, 0, |_| true);
        assert_eq!(serde_json::to_value(spend.total).unwrap()["paid_usd"].to_string(), "72.0");
        assert_eq!(spend.attempts[0].price_usd, Some(2.4));
        // A line of an older ledger, as it was written.
        let line = r#"{"at":"2026-01-01T00:00:00Z","job_id":"r","attempt":1,"model":"a:b","purpose":"p","kind":"video",
            "price_usd":2.4000000000000004,"event":"succeeded","cost_usd":1.2000000000000002}"#;
        let old: LedgerEntry = serde_json::from_str(line).unwrap();
        assert_eq!((old.price_usd, old.event), (Some(2.4), LedgerEvent::Succeeded { cost_usd: Some(1.2) }));
    }

    #[test]
    fn vendors_are_told_apart_and_a_second_attempt_is_another() {
        let came = || LedgerEvent::Succeeded { cost_usd: None };
        let refunded = LedgerEvent::Settled { cost_usd: 0.0 };
        let entries = [
            entry("r", 1, LedgerEvent::Cancelled),
            entry("r", 1, refunded),
            entry("r", 2, came()),
            entry("e", 1, came()),
        ];
        let spend = Spend::add_up(&entries, 2, |_| true);
        let paid: Vec<_> = spend.vendors.iter().map(|vendor| (vendor.provider.as_str(), vendor.sum.paid_usd)).collect();
        assert_eq!(paid, [("replicate", 3.0), ("elevenlabs", 3.0)]);
        assert_eq!((spend.total.refunded, spend.total.cancelled, spend.total.succeeded), (1, 1, 2));
        assert_eq!((spend.attempts.len(), spend.unreadable_lines), (3, 2));
        assert_eq!(Spend::add_up(&entries, 0, |entry| entry.job_id != "r").total.committed_usd(), 3.0);
    }
}
