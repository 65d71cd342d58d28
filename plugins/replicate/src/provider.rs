//! [`ReplicateProvider`]: the contract kept with Replicate's predictions.

use crate::{
    BASE_URL, BASE_URL_VARIABLE, KEY_VARIABLE, PROVIDER_ID, cards,
    input::{self, Wire},
    journal::Sent,
    lost,
    refusal::{self, Context},
    state,
    wire::{Account, Prediction},
};
use kinora_provider::{
    GenerationRequest, JobState, JobTicket, KeyNeed, Limits, Provider, ProviderDescriptor, ProviderError, Refreshed,
    Standing, Submitted,
};
use kinora_transport::{
    Answer, Auth, BaseUrl, Call, CardPlaces, CardProblem, CardShelf, Client, ClientOptions, Keys, RetryPolicy,
    VendorHosts,
};
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Hosts that may see the key, beside the base address.
const HOSTS: &[&str] = &["api.replicate.com", "replicate.delivery", "*.replicate.delivery"];
/// Largest output taken, in bytes.
const MAX_OUTPUT_BYTES: u64 = 4 << 30;

/// How long is waited for a prediction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patience {
    /// Seconds after which a prediction that still is not over counts as failed, by the vendor's clock.
    pub longest_job_secs: f64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { longest_job_secs: 6.0 * 3600.0 }
    }
}

/// What a [`ReplicateProvider`] is made from.
#[derive(Debug, Clone)]
pub struct ReplicateOptions {
    /// Where the vendor lives.
    pub base: BaseUrl,
    /// Where the key is found.
    pub keys: Keys,
    /// Patience with questions.
    pub retry: RetryPolicy,
    /// Patience with predictions.
    pub patience: Patience,
    /// The user's own model cards, and what is kept of live schemas.
    pub cards: CardPlaces,
}

/// Replicate. One for a program: it holds the connections, the cards and what it knows of running predictions.
#[derive(Debug)]
pub struct ReplicateProvider {
    pub(crate) client: Client,
    patience: Patience,
    pub(crate) shelf: CardShelf,
    known: Mutex<Known>,
}

/// What is known of predictions while this program runs.
#[derive(Debug, Default)]
struct Known {
    /// Predictions that belong to a job.
    held: HashSet<String>,
    /// The highest progress told of each that runs: it never falls, though models print several bars.
    highest: HashMap<String, f32>,
}

impl ReplicateProvider {
    /// The provider at an address, with keys from somewhere.
    ///
    /// # Errors
    /// [`ProviderError::Network`] when this system can make no secure connection.
    pub fn new(options: ReplicateOptions) -> Result<Self, ProviderError> {
        let shelf = CardShelf::open(PROVIDER_ID, cards::BUILT_IN, options.cards, options.base.to_string());
        let client = Client::new(ClientOptions {
            provider: PROVIDER_ID,
            key_variable: KEY_VARIABLE,
            auth: Auth::Bearer,
            hosts: VendorHosts::new(options.base, HOSTS),
            keys: options.keys,
            retry: options.retry,
        })?;
        Ok(Self { client, patience: options.patience, shelf, known: Mutex::default() })
    }

    /// The provider as this user has set it up: the address in `REPLICATE_BASE_URL` or the vendor's own, the user's keys
    /// and cards.
    ///
    /// # Errors
    /// [`ProviderError::InvalidInput`] for an address that is refused, and those of [`ReplicateProvider::new`].
    pub fn from_environment(keys: Keys) -> Result<Self, ProviderError> {
        let base = BaseUrl::from_environment(BASE_URL_VARIABLE, BASE_URL, |name| std::env::var(name).ok())?;
        Self::new(ReplicateOptions {
            base,
            keys,
            retry: RetryPolicy::default(),
            patience: Patience::default(),
            cards: CardPlaces::of_user(PROVIDER_ID),
        })
    }

    /// What was wrong with the user's card files, for the user to see.
    #[must_use]
    pub fn card_problems(&self) -> Vec<CardProblem> {
        self.shelf.problems()
    }

    async fn state_of(
        &self,
        prediction: &Prediction,
        job: &JobTicket,
        answer: &Answer,
    ) -> Result<JobState, ProviderError> {
        let wanted = match Sent::load(job) {
            Some(sent) => Some(sent.kind),
            None => self.shelf.card(&prediction.model).map(|card| card.kind),
        };
        let vendor_now_secs = lost::now_secs() + answer.clock_ahead_secs();
        let state = state::of(prediction, job, wanted, &self.patience, vendor_now_secs).await?;
        let mut known = self.known();
        known.held.insert(prediction.id.clone());
        Ok(match state {
            JobState::Running { progress, note } => {
                let highest = known.highest.get(&prediction.id).copied();
                let progress = match (progress, highest) {
                    (Some(now), Some(before)) => Some(now.max(before)),
                    (now, before) => now.or(before),
                };
                if let Some(progress) = progress {
                    known.highest.insert(prediction.id.clone(), progress);
                }
                JobState::Running { progress, note }
            }
            over => {
                if over.is_final() {
                    known.highest.remove(&prediction.id);
                }
                over
            }
        })
    }

    /// A question about one prediction; `None` when the vendor does not know it.
    async fn ask(&self, vendor_id: &str) -> Result<Option<(Prediction, Answer)>, ProviderError> {
        if !is_plain(vendor_id) {
            return Ok(None);
        }
        let answer = self.client.read(Call::get(&format!("predictions/{vendor_id}"))).await?;
        match answer.status {
            404 => Ok(None),
            _ if answer.is_success() => Ok(Some((answer.json().map_err(not_understood)?, answer))),
            _ => Err(refusal::error_of(&answer, None)),
        }
    }

    /// A job whose id is known. The id is handed on whether or not the vendor says now where the job stands.
    async fn found(&self, job: JobTicket, vendor_id: String) -> Submitted {
        let state = self.poll(job, &vendor_id).await.unwrap_or(JobState::Queued);
        Submitted { vendor_id, state }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // A panic elsewhere cannot leave these sets half changed.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Provider for ReplicateProvider {
    fn descriptor(&self) -> ProviderDescriptor {
        ProviderDescriptor {
            id: PROVIDER_ID.into(),
            name: "Replicate".into(),
            description: "Video, image and lip-sync models of many makers, paid by use".into(),
            models: self.shelf.cards(),
            voices: Vec::new(),
            needs_key: Some(KeyNeed {
                environment_variable: KEY_VARIABLE.into(),
                where_to_get: "https://replicate.com/account/api-tokens".into(),
            }),
            needs_network: true,
            can_cancel: true,
            limits: Limits { concurrent_jobs: 8, submits_per_minute: Some(600), poll_interval_secs: 2.5 },
        }
    }

    async fn submit(&self, job: JobTicket, request: GenerationRequest) -> Result<Submitted, ProviderError> {
        let card = self.descriptor().check(&request)?.clone();
        let wire = Wire::of(&card)?;
        input::check_picture(&wire, &request)?;
        let mut draft = input::draft(&card, &wire, &request)?;
        self.attach(&mut draft).await.map_err(ProviderError::before_create)?;
        let mut sent = Sent {
            model: card.id.clone(),
            kind: request.kind(),
            input: draft.input,
            sent_at_secs: lost::now_secs(),
            vendor_id: None,
        };
        sent.save(&job).await?;
        let answer = match self.create(&card, &wire, &sent.input).await {
            Ok(answer) => answer,
            Err(error) => {
                if !matches!(error, ProviderError::LostAnswer { .. }) {
                    Sent::forget(&job);
                }
                return Err(error);
            }
        };
        if !answer.is_success() {
            Sent::forget(&job);
            let context = Context { model: &card.id, wire: &wire, text_field: request.text_field() };
            return Err(refusal::error_of(&answer, Some(&context)));
        }
        let prediction: Prediction = answer.json().map_err(|error| ProviderError::LostAnswer {
            provider: PROVIDER_ID.into(),
            message: format!("it accepted the request, but its answer was not understood: {error}"),
        })?;
        self.known().held.insert(prediction.id.clone());
        sent.vendor_id = Some(prediction.id.clone());
        // The id is worth more than the journal: a full disk must not lose it here.
        let _ = sent.save(&job).await;
        let state = self.state_of(&prediction, &job, &answer).await.unwrap_or(JobState::Queued);
        Ok(Submitted { vendor_id: prediction.id, state })
    }

    async fn poll(&self, job: JobTicket, vendor_id: &str) -> Result<JobState, ProviderError> {
        match self.ask(vendor_id).await? {
            Some((prediction, answer)) => self.state_of(&prediction, &job, &answer).await,
            None => Err(ProviderError::JobNotFound { vendor_id: vendor_id.into() }),
        }
    }

    async fn cancel(&self, _job: JobTicket, vendor_id: &str) -> Result<(), ProviderError> {
        let missing = || ProviderError::JobNotFound { vendor_id: vendor_id.into() };
        if !is_plain(vendor_id) {
            return Err(missing());
        }
        let answer = self.client.read(Call::post(&format!("predictions/{vendor_id}/cancel"))).await?;
        match answer.status {
            404 => Err(missing()),
            _ if answer.is_success() => Ok(()),
            401 | 403 | 429 => Err(refusal::error_of(&answer, None)),
            // A prediction that is over may refuse to be cancelled, which is what was wished for.
            _ => match self.ask(vendor_id).await? {
                Some((over, _)) if !matches!(over.status.as_str(), "starting" | "processing") => Ok(()),
                Some(_) => Err(refusal::error_of(&answer, None)),
                None => Err(missing()),
            },
        }
    }

    async fn download(&self, job: JobTicket, url: &str, to: &Path) -> Result<(), ProviderError> {
        // Outputs within an answer are files by then: see `outputs`.
        self.client.download_output(&job, url, to, MAX_OUTPUT_BYTES).await.map(drop)
    }

    async fn find_lost(
        &self,
        job: JobTicket,
        _request: &GenerationRequest,
    ) -> Result<Option<Submitted>, ProviderError> {
        // Without a journal nothing was sent: it is written before the create.
        let Some(mut sent) = Sent::load(&job) else { return Ok(None) };
        if let Some(vendor_id) = sent.vendor_id.take() {
            return Ok(Some(self.found(job, vendor_id).await));
        }
        let vendor_id = loop {
            let held = self.known().held.clone();
            let Some(prediction) = lost::find(&self.client, &job, &sent, &held).await? else { return Ok(None) };
            // If another job took it while the list was read, the list is read again without it.
            if self.known().held.insert(prediction.id.clone()) {
                break prediction.id;
            }
        };
        sent.vendor_id = Some(vendor_id.clone());
        // As in a submit: a full disk must not lose the id, which from here on no other lookup is given.
        let _ = sent.save(&job).await;
        Ok(Some(self.found(job, vendor_id).await))
    }

    async fn standing(&self) -> Result<Standing, ProviderError> {
        let answer = self.client.read(Call::get("account").timeout(Duration::from_secs(20))).await?;
        if !answer.is_success() {
            return Err(refusal::error_of(&answer, None));
        }
        let account: Account = answer.json().map_err(not_understood)?;
        let note = match account.name.is_empty() {
            true => account.kind,
            false => format!("{} ({})", account.name, account.kind),
        };
        Ok(Standing { account: account.username, balance_usd: None, note })
    }

    async fn refresh_cards(&self) -> Result<Refreshed, ProviderError> {
        self.read_cards().await
    }

    fn cards_read_at(&self) -> Option<String> {
        self.shelf.read_at()
    }

    fn card_troubles(&self) -> Vec<String> {
        self.shelf.problems().iter().map(ToString::to_string).collect()
    }
}

/// Whether a name can stand in a path: ids and slugs of the vendor are letters, digits, `-`, `_` and dots.
pub(crate) fn is_plain(name: &str) -> bool {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    letters && !name.is_empty() && name.len() <= 200 && !name.starts_with('.')
}

pub(crate) fn trouble(message: String) -> ProviderError {
    ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message, retryable: true }
}

pub(crate) fn not_understood(error: impl std::fmt::Display) -> ProviderError {
    trouble(format!("its answer was not understood: {error}"))
}
