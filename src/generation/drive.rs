//! From a job's record to its end: handed in once, found again after a restart, asked for until it is made.

use super::{
    GenerationError, Generator, Money,
    jobs::Begun,
    ledger::{LedgerEvent, reason},
    pace::Place,
    record::{HandIn, JobRecord},
};
use kinora_core::{
    film::ProjectFolder,
    progress::{Cancelled, ProgressUpdate},
    store::StoreError,
};
use kinora_provider::{ErasedProvider, GenerationOutput, JobState, Limits, ProviderError, Submitted, whole_usd};
use std::{future::Future, path::PathBuf, time::Duration};

/// How often a question that may be asked again is asked again.
pub(super) const MOST_ATTEMPTS: u32 = 8;
/// How often a vendor's list is looked at for a job whose answer was lost; lists lag behind.
const LOOKS_FOR_LOST: u32 = 3;
/// Longest pause between two attempts, in seconds, where the vendor names none.
const LONGEST_PAUSE_SECS: f64 = 60.0;
/// Longest pause a vendor is granted, in seconds.
const LONGEST_RETRY_AFTER_SECS: f64 = 600.0;
/// How long work on this machine may take to stop.
const ABANDON_LIMIT: Duration = Duration::from_secs(10);

/// The film's budget in US dollars as it is now: asked for at every hand-in, because a person may change it, and a job may
/// wait for hours.
pub(super) type Budget<'a> = dyn Fn() -> Result<Option<f64>, GenerationError> + 'a;

/// A job under way.
pub(super) struct Job<'a> {
    pub(super) generator: &'a Generator,
    pub(super) folder: &'a ProjectFolder,
    pub(super) provider: &'a dyn ErasedProvider,
    pub(super) record: JobRecord,
    pub(super) limits: Limits,
    /// Whether it goes to a vendor, and may cost money.
    pub(super) is_vendor: bool,
    begun: Begun,
    budget: &'a Budget<'a>,
    place: Option<Place>,
    pauses: u32,
}

impl<'a> Job<'a> {
    pub(super) fn new(
        generator: &'a Generator,
        folder: &'a ProjectFolder,
        provider: &'a dyn ErasedProvider,
        record: JobRecord,
        begun: Begun,
        budget: &'a Budget<'a>,
    ) -> Self {
        let descriptor = provider.descriptor();
        let (limits, is_vendor) = (descriptor.limits, descriptor.needs_network);
        Self { generator, folder, provider, record, limits, is_vendor, begun, budget, place: None, pauses: 0 }
    }

    pub(super) fn into_record(self) -> JobRecord {
        self.record
    }

    /// Takes the job to its end. Returns what it made, with the main file on this machine.
    pub(super) async fn drive(&mut self) -> Result<(GenerationOutput, PathBuf), GenerationError> {
        let resumed = self.begun != Begun::Now;
        // One that was given up unanswered is looked for first: the vendor may have it.
        let is_unknown = self.record.vendor_id.is_none() && self.record.hand_in == HandIn::Unanswered;
        if self.begun == Begun::OnceMore && !self.record.is_open() && !is_unknown {
            self.record.begin_again();
        }
        self.make_work_dir()?;
        if !(resumed && self.record.has_files()) {
            // Made, but its files are gone from this machine: the vendor is asked for them again.
            self.record.state = JobState::Queued;
            if !self.find_again().await? {
                self.submit().await?;
            }
            match self.wait().await {
                // What was made on this machine is gone with its folder: it is made anew, and costs nothing.
                Err(GenerationError::Provider { error: ProviderError::JobNotFound { .. }, .. })
                    if resumed && !self.is_vendor =>
                {
                    self.submit().await?;
                    self.wait().await?;
                }
                waited => waited?,
            }
        }
        let JobState::Succeeded(output) = self.record.state.clone() else {
            return Err(ProviderError::Cancelled.into());
        };
        let file = self.bring(&output).await?;
        Ok((output, file))
    }

    pub(super) fn make_work_dir(&self) -> Result<(), GenerationError> {
        let work_dir = self.record.work_dir(self.folder);
        Ok(std::fs::create_dir_all(&work_dir).map_err(|source| StoreError::from_io("make", &work_dir, source))?)
    }

    /// Whether a job is with the vendor. One whose submit was never answered is looked up.
    async fn find_again(&mut self) -> Result<bool, GenerationError> {
        if self.record.vendor_id.is_some() {
            self.place = self.is_vendor.then(|| self.generator.pace.take(self.record.provider_id()));
            return Ok(true);
        }
        match self.record.hand_in {
            HandIn::NotYet => Ok(false),
            HandIn::Unanswered | HandIn::Answered => match self.look_up().await? {
                LookedUp::Found => Ok(true),
                // Work on this machine ended with its process, and cost nothing.
                LookedUp::NotThere | LookedUp::NoList if !self.is_vendor => Ok(false),
                not_found => {
                    self.let_go()?;
                    if self.begun == Begun::OnceMore {
                        self.record.begin_again();
                        self.make_work_dir()?;
                        return Ok(false);
                    }
                    Err(self.lost(matches!(not_found, LookedUp::NotThere)))
                }
            },
        }
    }

    /// Looks in the vendor's list for a job whose answer was lost.
    pub(super) async fn look_up(&mut self) -> Result<LookedUp, GenerationError> {
        let (mut look, mut attempt) = (1, 1);
        loop {
            let ticket = self.record.ticket(self.folder);
            let found = self.until_cancelled(self.provider.find_lost(ticket, &self.record.request)).await?;
            match found {
                Ok(Some(submitted)) => {
                    self.accepted(submitted)?;
                    return Ok(LookedUp::Found);
                }
                Err(ProviderError::NotSupported { .. }) => return Ok(LookedUp::NoList),
                Ok(None) if look >= LOOKS_FOR_LOST || !self.is_vendor => return Ok(LookedUp::NotThere),
                Ok(None) => {
                    let secs = self.limits.poll_interval_secs.clamp(0.02, 5.0) * f64::from(look);
                    self.until_cancelled(tokio::time::sleep(Duration::from_secs_f64(secs))).await?;
                    look += 1;
                }
                Err(error) if error.is_retryable() && attempt < MOST_ATTEMPTS => {
                    self.pause(&error, attempt).await?;
                    attempt += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn lost(&self, list_lacks_it: bool) -> GenerationError {
        GenerationError::LostJob {
            job_id: self.record.job_id.clone(),
            model: self.record.model.clone(),
            created_at: self.record.created_at.clone(),
            list_lacks_it,
        }
    }

    async fn submit(&mut self) -> Result<(), GenerationError> {
        if self.begun == Begun::EarlierUnasked && self.is_vendor {
            return Err(GenerationError::NotSent(self.record.purpose.clone()));
        }
        (self.record.vendor_id, self.record.state, self.record.hand_in) = (None, JobState::Queued, HandIn::NotYet);
        self.save()?;
        self.tell(0.0);
        if self.is_vendor {
            self.wait_for_place().await?;
        }
        let mut attempt = 1;
        loop {
            if self.is_vendor {
                self.set_aside().await?;
            }
            self.record.hand_in = HandIn::Unanswered;
            self.save()?;
            let (ticket, request) = (self.record.ticket(self.folder), self.record.request.clone());
            // Not stopped half-way: an answer that nobody waits for would be a job nobody knows of.
            match self.provider.submit(ticket, request).await {
                Ok(submitted) => return self.accepted(submitted),
                Err(error) if self.is_vendor && may_be_taken(&error) => return self.unanswered(&error).await,
                Err(error) if error.is_retryable() && attempt < MOST_ATTEMPTS => {
                    // It surely was not taken in: a run that is killed meanwhile may hand it in.
                    self.record.hand_in = HandIn::NotYet;
                    self.save()?;
                    let paused = self.pause(&error, attempt).await;
                    self.or_withdrawn(paused)?;
                }
                Err(error) => {
                    self.record.hand_in = HandIn::Answered;
                    self.enter(LedgerEvent::Refused { reason: reason(&error) })?;
                    self.record.state = JobState::Failed(error.clone());
                    self.save()?;
                    let money = if self.is_vendor { Money::NotTaken } else { Money::Untold };
                    return Err(GenerationError::Provider { error, money });
                }
            }
            attempt += 1;
        }
    }

    /// Waits until the vendor has room, and sees to it that what is sent is what was asked.
    async fn wait_for_place(&mut self) -> Result<(), GenerationError> {
        if let Some(path) = self.record.changed_input() {
            let changed = GenerationError::InputChanged(path.to_path_buf());
            self.withdraw()?;
            return Err(changed);
        }
        let (generator, provider_id) = (self.generator, self.record.provider_id().to_owned());
        let entered = generator.pace.enter(&provider_id, &self.limits, &generator.cancel).await;
        self.place = Some(self.or_withdrawn(entered)?);
        Ok(())
    }

    /// Waits for the vendor's rate, and sets the price aside.
    async fn set_aside(&mut self) -> Result<(), GenerationError> {
        let (generator, provider_id) = (self.generator, self.record.provider_id().to_owned());
        let may_go = generator.pace.hand_in(&provider_id, &self.limits, &generator.cancel).await;
        self.or_withdrawn(may_go)?;
        let budget = (self.budget)();
        let budget_usd = self.or_withdrawn(budget)?;
        let set_aside = generator.ledger.set_aside(self.folder, &self.record, budget_usd);
        if matches!(set_aside, Err(GenerationError::OverBudget { .. } | GenerationError::NoPrice { .. })) {
            self.withdraw()?;
        }
        set_aside?;
        // The window shows what is set aside.
        self.tell(0.0);
        Ok(())
    }

    /// A cancel before anything was sent ends the job; one that comes with the end of the film leaves it for later.
    fn or_withdrawn<T, E: Into<GenerationError>>(&mut self, result: Result<T, E>) -> Result<T, GenerationError> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => {
                if self.generator.cancel.is_cancelled() && !self.generator.leaving.is_cancelled() {
                    self.withdraw()?;
                }
                Err(error.into())
            }
        }
    }

    /// Closes a job that no vendor is known to have.
    pub(super) fn withdraw(&mut self) -> Result<(), GenerationError> {
        self.let_go()?;
        self.record.state = JobState::Cancelled;
        self.save()
    }

    /// The vendor has it: its id is on disk before anything else happens.
    fn accepted(&mut self, submitted: Submitted) -> Result<(), GenerationError> {
        let Submitted { vendor_id, state } = submitted;
        (self.record.vendor_id, self.record.hand_in) = (Some(vendor_id), HandIn::Answered);
        self.save()?;
        self.enter(LedgerEvent::Accepted)?;
        if self.is_vendor && self.place.is_none() {
            self.place = Some(self.generator.pace.take(self.record.provider_id()));
        }
        self.note(state)
    }

    /// The answer is lost, and the vendor may have it all the same: it is looked up, and never sent again unasked.
    async fn unanswered(&mut self, error: &ProviderError) -> Result<(), GenerationError> {
        tracing::warn!("job {}: {error}", self.record.job_id);
        self.enter(LedgerEvent::Unanswered { reason: reason(error) })?;
        match self.look_up().await? {
            LookedUp::Found => Ok(()),
            LookedUp::NotThere => Err(self.lost(true)),
            LookedUp::NoList => Err(self.lost(false)),
        }
    }

    /// Ends work on this machine that nobody waits for any more (the disk was too full to note how it stands), and what
    /// it has begun. It costs nothing to make anew. A vendor's job stays open: the next run brings what it paid for.
    pub(super) async fn abandon(&self) {
        let Some(vendor_id) = self.record.vendor_id.as_deref() else { return };
        if self.record.state.is_final() || self.is_vendor {
            return;
        }
        let ticket = || self.record.ticket(self.folder);
        let ended = async {
            self.provider.cancel(ticket(), vendor_id).await?;
            while !self.provider.poll(ticket(), vendor_id).await?.is_final() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok::<(), ProviderError>(())
        };
        match tokio::time::timeout(ABANDON_LIMIT, ended).await {
            Ok(Ok(())) => {}
            other => tracing::warn!("job {} did not stop: {other:?}", self.record.job_id),
        }
        self.record.remove(self.folder);
    }

    /// Notes where the job stands, on disk unless it is only a little further.
    pub(super) fn note(&mut self, state: JobState) -> Result<(), GenerationError> {
        let is_news = state.is_final() || std::mem::discriminant(&state) != std::mem::discriminant(&self.record.state);
        // In the ledger first: a run that is killed in between tells it twice, and never not at all.
        if let Some(event) = end_of(&state) {
            self.enter(event)?;
        }
        self.record.state = state;
        if is_news { self.save() } else { Ok(()) }
    }

    /// What was set aside for an attempt that never went, or was never answered, is not set aside for ever.
    fn let_go(&self) -> Result<(), GenerationError> {
        if !self.is_vendor {
            return Ok(());
        }
        let event = if self.record.hand_in == HandIn::NotYet {
            LedgerEvent::Refused { reason: "taken back before it was sent".to_owned() }
        } else {
            LedgerEvent::Unanswered { reason: "no answer came, and the vendor's list does not show it".to_owned() }
        };
        self.generator.ledger.let_go(self.folder, &self.record, event)
    }

    /// Adds a line to the ledger, where money is at stake.
    fn enter(&self, event: LedgerEvent) -> Result<(), GenerationError> {
        if self.is_vendor { self.generator.ledger.add(self.folder, &self.record, event) } else { Ok(()) }
    }

    pub(super) fn save(&mut self) -> Result<(), GenerationError> {
        self.record.changed();
        self.record.save(self.folder)
    }

    /// Waits before something is tried again: as long as the vendor asks, else longer each time; never in step with
    /// others.
    pub(super) async fn pause(&mut self, error: &ProviderError, attempt: u32) -> Result<(), GenerationError> {
        let base_secs = self.limits.poll_interval_secs.clamp(0.02, 1.0);
        let secs = match error {
            ProviderError::RateLimited { retry_after_secs, .. } => {
                let secs = retry_after_secs.filter(|secs| secs.is_finite()).unwrap_or(5.0 * base_secs);
                let wait = Duration::from_secs_f64(secs.clamp(0.05, LONGEST_RETRY_AFTER_SECS));
                self.generator.pace.slow_down(self.record.provider_id(), wait);
                // A little later than asked: clocks differ.
                wait.as_secs_f64() * (1.0 + 0.1 * self.jitter())
            }
            _ => {
                (base_secs * f64::from(2_u32.saturating_pow(attempt))).min(LONGEST_PAUSE_SECS)
                    * (0.75 + 0.5 * self.jitter())
            }
        };
        tracing::info!("{error}; asking again in {secs:.1} s");
        Ok(self.until_cancelled(tokio::time::sleep(Duration::from_secs_f64(secs))).await?)
    }

    /// A number from 0 to 1, another one each time and for each job.
    pub(super) fn jitter(&mut self) -> f64 {
        self.pauses = self.pauses.wrapping_add(1);
        let hash = blake3::hash(format!("{} {}", self.record.job_id, self.pauses).as_bytes());
        f64::from(hash.as_bytes()[0]) / 255.0
    }

    /// Waits for a future, or for the person to cancel.
    pub(super) async fn until_cancelled<T>(&self, future: impl Future<Output = T>) -> Result<T, Cancelled> {
        let cancelled = async {
            while !self.generator.cancel.is_cancelled() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            biased;
            value = future => Ok(value),
            () = cancelled => Err(Cancelled),
        }
    }

    pub(super) fn tell(&self, progress: f32) {
        let done = (f64::from(progress.clamp(0.0, 1.0)) * 1000.0) as u64;
        let label = self.record.purpose.clone();
        self.generator.progress.report(ProgressUpdate { label, done, total: 1000 });
    }
}

/// What a vendor's list says of a job whose answer was lost.
pub(super) enum LookedUp {
    Found,
    /// The list lacks it, so far.
    NotThere,
    /// There is no list.
    NoList,
}

/// Whether a vendor that answered a hand-in like this may have taken it in all the same.
const fn may_be_taken(error: &ProviderError) -> bool {
    matches!(
        error,
        ProviderError::LostAnswer { .. }
            | ProviderError::VendorTrouble { retryable: true, .. }
            | ProviderError::Internal { .. }
            | ProviderError::File { .. }
            | ProviderError::DiskFull { .. }
    )
}

/// What the ledger says of an end.
fn end_of(state: &JobState) -> Option<LedgerEvent> {
    match state {
        JobState::Queued | JobState::Running { .. } => None,
        JobState::Succeeded(output) => Some(LedgerEvent::Succeeded { cost_usd: output.cost_usd.map(whole_usd) }),
        JobState::Failed(error) => {
            Some(LedgerEvent::Failed { reason: reason(error), charged: Money::of(error).charged() })
        }
        JobState::Cancelled => Some(LedgerEvent::Cancelled),
    }
}
