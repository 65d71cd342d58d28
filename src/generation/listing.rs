//! Every job of a project as a person or a program reads it. The project need not be locked.

use super::record::JobRecord;
use kinora_core::film::ProjectLayout;
use kinora_provider::{JobState, RequestKind, whole_usd};
use serde::Serialize;
use std::{fmt, path::PathBuf};

/// A job of a project.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobListing {
    /// Its name in `.kinora/jobs`.
    pub job_id: String,
    /// `provider:model`.
    pub model: String,
    /// What it is for: `scene_001/shot_002`.
    pub purpose: String,
    /// The kind of work.
    pub kind: RequestKind,
    /// Where it stands, in a word: `waiting`, `unknown`, `queued`, `running`, `made`, `in the film`, `kept`, `dismissed`,
    /// `failed`, `cancelled`. `unknown` was sent and never answered.
    pub stands: &'static str,
    /// Since when, RFC 3339 in UTC; absent in records of older builds.
    pub since: Option<String>,
    /// Whether it may still bring something.
    pub is_open: bool,
    /// Share done, 0 to 1, where the vendor says.
    pub progress: Option<f32>,
    /// Which time it was handed in, from 1.
    pub attempt: u32,
    /// When it was asked for, RFC 3339 in UTC.
    pub created_at: String,
    /// The vendor's id.
    pub vendor_id: Option<String>,
    /// The price before it was sent, in US dollars.
    pub price_usd: Option<f64>,
    /// What the vendor says it cost, in US dollars.
    pub cost_usd: Option<f64>,
    /// Why it failed, if it did.
    pub why: Option<String>,
    /// What to do about it.
    pub what_to_do: Option<String>,
    /// Every step: when, and where it stood from then on.
    pub changes: Vec<(String, String)>,
}

impl JobListing {
    /// Every job of a project, the oldest first.
    #[must_use]
    pub fn list(layout: &ProjectLayout) -> Vec<Self> {
        JobRecord::list(layout).iter().map(Self::of).collect()
    }

    pub(super) fn of(record: &JobRecord) -> Self {
        let error = if let JobState::Failed(error) = &record.state { Some(error) } else { None };
        Self {
            job_id: record.job_id.clone(),
            model: record.model.clone(),
            purpose: record.purpose.clone(),
            kind: record.request.kind(),
            stands: record.stands(),
            since: record.changes.last().map(|change| change.at.clone()),
            is_open: record.is_open(),
            progress: match &record.state {
                JobState::Running { progress, .. } => *progress,
                _ => None,
            },
            attempt: record.attempt,
            created_at: record.created_at.clone(),
            vendor_id: record.vendor_id.clone(),
            price_usd: record.price.map(|price| whole_usd(price.usd)),
            cost_usd: match &record.state {
                JobState::Succeeded(output) => output.cost_usd.map(whole_usd),
                _ => None,
            },
            why: error.map(ToString::to_string),
            what_to_do: error.map(kinora_provider::ProviderError::what_to_do),
            changes: record.changes.iter().map(|change| (change.at.clone(), change.stands.clone())).collect(),
        }
    }
}

/// A job whose record cannot be read, by this build at least. Nobody touches it: it may have been paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadableJob {
    /// Its record in `.kinora/jobs`.
    pub file: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

impl UnreadableJob {
    /// Every such job of a project, by name.
    #[must_use]
    pub fn list(layout: &ProjectLayout) -> Vec<Self> {
        JobRecord::read_all(layout).1
    }
}

impl fmt::Display for UnreadableJob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, why } = self;
        write!(
            formatter,
            "{} cannot be read: {why}. Kinora leaves it as it is and does not go on with its job, which may have been \
             paid for: look for it at the vendor's, mend the file or move it away",
            file.display()
        )
    }
}
