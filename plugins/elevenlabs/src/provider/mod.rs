//! [`ElevenLabsProvider`]: sends what the other rooms have decided.
//!
//! Here: the provider itself and its questions (voices, account). `create` sends a job once and reads its answer,
//! `lookup` finds one whose answer was lost, `live` brings cards and voices up to date.

mod create;
mod live;
mod lookup;
#[cfg(test)]
mod tests;

use crate::{
    PROVIDER_ID, account,
    cards::{self, CastVoice, FREE_PLAN_JOBS, KEY_VARIABLE},
    keep,
    refusal::{self, Asked},
    stitching::Spoken,
    voices,
};
use kinora_provider::{
    GenerationRequest, JobState, JobTicket, Provider, ProviderDescriptor, ProviderError, Refreshed, Standing,
    Submitted, VoiceCard,
};
use kinora_transport::{
    Answer, Auth, BaseUrl, Call, CardPlaces, CardProblem, CardShelf, Client, ClientOptions, DownloadRules, Keys,
    RetryPolicy, VendorHosts,
};
use serde::de::DeserializeOwned;
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::{
        Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

/// The environment variable of another address for the vendor: one of its regions, or a simulator.
pub const BASE_URL_VARIABLE: &str = "ELEVENLABS_BASE_URL";
/// The environment variable of the path segment of voice conversion, should the vendor rename it once more.
const CONVERSION_VARIABLE: &str = "ELEVENLABS_VOICE_CONVERSION_PATH";
const PUBLIC_URL: &str = "https://api.elevenlabs.io";
/// A preview is some hundred kilobytes.
const MAX_PREVIEW_BYTES: u64 = 64 << 20;
/// The list of models or a page of voices, in bytes.
const MAX_LIST_BYTES: usize = 32 << 20;
/// No plan is known to bear more at once.
const MAX_CONCURRENT: u32 = 64;

/// What a provider is made with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the vendor lives.
    pub base_url: BaseUrl,
    /// Where the key is found.
    pub keys: Keys,
    /// The user's own model cards, and what is kept of live schemas.
    pub cards: CardPlaces,
    /// What the vendor calls voice conversion in its path, the name tried first.
    pub conversion_path: String,
    /// Patience with questions.
    pub retry: RetryPolicy,
    /// How long after a lost submit its absence from the history says nothing; the text's length is added to it.
    pub settle: Duration,
}

impl Settings {
    /// The environment's address, the user's keys, the built-in models as the vendor and the user's files change them.
    ///
    /// # Errors
    /// [`ProviderError::InvalidInput`] naming the environment variable that is wrong.
    pub fn from_environment(keys: Keys) -> Result<Self, ProviderError> {
        let lookup = |name: &str| std::env::var(name).ok();
        let base_url = BaseUrl::from_environment(BASE_URL_VARIABLE, PUBLIC_URL, lookup)?;
        let settings = Self::new(base_url, keys, CardPlaces::of_user(PROVIDER_ID));
        match lookup(CONVERSION_VARIABLE).filter(|segment| !segment.trim().is_empty()) {
            Some(segment) if is_path_segment(segment.trim()) => {
                Ok(Self { conversion_path: segment.trim().to_owned(), ..settings })
            }
            Some(_) => Err(ProviderError::invalid(CONVERSION_VARIABLE, "must be one part of a path: voice-changer")),
            None => Ok(settings),
        }
    }

    /// An address and keys; the built-in models, changed and added to by the card files of a place.
    #[must_use]
    pub fn new(base_url: BaseUrl, keys: Keys, cards: CardPlaces) -> Self {
        Self {
            base_url,
            keys,
            cards,
            conversion_path: create::CONVERSION_PATHS[0].to_owned(),
            retry: RetryPolicy::default(),
            settle: Duration::from_secs(30),
        }
    }
}

fn is_path_segment(text: &str) -> bool {
    text.len() <= 60 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The provider.
pub struct ElevenLabsProvider {
    client: Client,
    settings: Settings,
    shelf: CardShelf,
    cast: Vec<CastVoice>,
    /// The account's voices, as far as they were read; else the vendor's default ones.
    voices: RwLock<Vec<VoiceCard>>,
    spoken: Spoken,
    /// Request ids whose sound already belongs to a job of this run, with that job.
    claimed: Mutex<HashMap<String, String>>,
    concurrent_jobs: AtomicU32,
    /// Whether the first path of voice conversion was found gone.
    conversion_moved: AtomicBool,
}

impl ElevenLabsProvider {
    /// A provider as [`Settings::from_environment`] sets it up.
    ///
    /// # Errors
    /// As [`Settings::from_environment`] and [`ElevenLabsProvider::new`].
    pub fn from_environment(keys: Keys) -> Result<Self, ProviderError> {
        Settings::from_environment(keys).and_then(Self::new)
    }

    /// What was wrong with the user's card files, for the user to see.
    #[must_use]
    pub fn card_problems(&self) -> Vec<CardProblem> {
        self.shelf.problems()
    }

    /// A provider; sends nothing yet.
    ///
    /// # Errors
    /// [`ProviderError::Network`] where this system can make no secure connection.
    pub fn new(settings: Settings) -> Result<Self, ProviderError> {
        let client = Client::new(ClientOptions {
            provider: PROVIDER_ID,
            key_variable: KEY_VARIABLE,
            auth: Auth::Header("xi-api-key"),
            hosts: VendorHosts::new(settings.base_url.clone(), &[]),
            keys: settings.keys.clone(),
            retry: settings.retry,
        })?;
        let address = settings.base_url.to_string();
        let shelf = CardShelf::open(PROVIDER_ID, &[cards::BUILT_IN], settings.cards.clone(), address);
        let also = shelf.also();
        let concurrent_jobs = live::kept_jobs(&also).unwrap_or(FREE_PLAN_JOBS).clamp(1, MAX_CONCURRENT);
        let cast = cards::cast()?;
        let mut voices = live::kept_voices(&also);
        if voices.is_empty() {
            voices = cast.iter().map(cards::voice_card).collect();
        }
        Ok(Self {
            client,
            shelf,
            settings,
            cast,
            voices: RwLock::new(voices),
            spoken: Spoken::default(),
            claimed: Mutex::default(),
            concurrent_jobs: AtomicU32::new(concurrent_jobs),
            conversion_moved: AtomicBool::new(false),
        })
    }

    /// Claims a sound for a job; false when another has it. Its own a job may claim again: after a lookup that was broken
    /// off, or a disk that was full, it is looked up once more.
    fn claim(&self, request_id: &str, job_id: &str) -> bool {
        let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.entry(request_id.to_owned()).or_insert_with(|| job_id.to_owned()).as_str() == job_id
    }

    /// Asks a question and reads its answer.
    async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, ProviderError> {
        self.ask_the_time(call).await.map(|(answer, _)| answer)
    }

    /// Asks a question; gives its answer, and by how many seconds the vendor's clock is ahead of ours.
    async fn ask_the_time<T: DeserializeOwned>(&self, call: Call) -> Result<(T, f64), ProviderError> {
        let answer = self.client.read(call.max_answer_bytes(MAX_LIST_BYTES)).await?;
        if !answer.is_success() {
            return Err(refused(&answer, Asked::Read));
        }
        let ahead_secs = answer.clock_ahead_secs();
        match answer.json() {
            Ok(value) => Ok((value, ahead_secs)),
            Err(reason) => Err(ProviderError::VendorTrouble {
                provider: PROVIDER_ID.into(),
                message: format!("its answer is not what it promises: {reason}"),
                retryable: false,
            }),
        }
    }

    fn note_concurrency(&self, at_once: u32) {
        if (1..=MAX_CONCURRENT).contains(&at_once) {
            self.concurrent_jobs.store(at_once, Ordering::Relaxed);
        }
    }

    async fn account(&self) -> Result<Standing, ProviderError> {
        let call = Call::get("v1/user/subscription").max_answer_bytes(MAX_LIST_BYTES);
        let answer = self.client.read(call).await?;
        if answer.is_success() {
            let subscription: account::Subscription = answer.json().unwrap_or_default();
            if let Some(at_once) = subscription.concurrent_requests() {
                self.note_concurrency(at_once);
            }
            return Ok(subscription.standing());
        }
        if refusal::is_missing_right(answer.status, &answer.body) {
            // The key works, it may only not look at the account.
            let note = "this key may not read the account (permission user_read)";
            return Ok(Standing { note: note.into(), ..Standing::default() });
        }
        Err(refused(&answer, Asked::Read))
    }
}

fn refused(answer: &Answer, asked: Asked) -> ProviderError {
    refusal::classify(answer.status, &answer.body, answer.wait_asked_secs(), asked)
}

impl Provider for ElevenLabsProvider {
    fn descriptor(&self) -> ProviderDescriptor {
        let voices = self.voices.read().unwrap_or_else(PoisonError::into_inner).clone();
        cards::descriptor(self.shelf.cards(), voices, self.concurrent_jobs.load(Ordering::Relaxed))
    }

    async fn submit(&self, job: JobTicket, request: GenerationRequest) -> Result<Submitted, ProviderError> {
        self.create(&job, &request).await
    }

    /// A job ends with its submit; this reads the end from its folder.
    async fn poll(&self, job: JobTicket, vendor_id: &str) -> Result<JobState, ProviderError> {
        keep::finished(&job)
            .filter(|finished| finished.vendor_id == vendor_id)
            .map(|finished| finished.state)
            .ok_or_else(|| ProviderError::JobNotFound { vendor_id: vendor_id.into() })
    }

    async fn cancel(&self, job: JobTicket, vendor_id: &str) -> Result<(), ProviderError> {
        // By the time there is an id the job has ended, and an ended job is left alone.
        self.poll(job, vendor_id).await.map(|_| ())
    }

    /// Brings the preview of a voice; the sounds of jobs are files already.
    async fn download(&self, _job: JobTicket, url: &str, to: &Path) -> Result<(), ProviderError> {
        let rules = DownloadRules {
            max_bytes: MAX_PREVIEW_BYTES,
            accepted: ["audio/", "application/octet-stream", "video/"].map(String::from).to_vec(),
        };
        self.client.download(url, to, &rules).await.map(|_| ())
    }

    async fn find_lost(&self, job: JobTicket, request: &GenerationRequest) -> Result<Option<Submitted>, ProviderError> {
        self.look_up(&job, request).await
    }

    async fn standing(&self) -> Result<Standing, ProviderError> {
        let standing = self.account().await?;
        // The list is a courtesy: without it the built-in cards hold.
        match self.refresh_models().await {
            Err(error @ ProviderError::BadKey { .. }) if standing.account.is_empty() => return Err(error),
            Err(error) => tracing::debug!("the list of models of {PROVIDER_ID}: {error}"),
            Ok(_) => {}
        }
        Ok(standing)
    }

    async fn voices(&self) -> Result<Vec<VoiceCard>, ProviderError> {
        let mut cards = Vec::new();
        let mut seen = HashSet::new();
        let mut token: Option<String> = None;
        for _ in 0..voices::MAX_PAGES {
            let call = Call::get("v2/voices").query("page_size", voices::PAGE_SIZE.to_string());
            let call = call.query("include_total_count", "false");
            let call = if let Some(token) = &token { call.query("next_page_token", token.clone()) } else { call };
            let page: voices::Page = self.ask(call).await?;
            let next = page.next().map(str::to_owned);
            // The first page may repeat the vendor's default voices.
            cards.extend(
                page.voices.into_iter().filter(|voice| seen.insert(voice.voice_id.clone())).map(voices::Voice::card),
            );
            if next.is_none() || next == token {
                break;
            }
            token = next;
        }
        Ok(cards)
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
