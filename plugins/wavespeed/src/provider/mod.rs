//! [`WaveSpeedProvider`]: orders, questions and files on the wire.
//!
//! Here: what a provider must do. `settings` says where the vendor is and how patient to be, `upload` hands files in,
//! `find` looks for an order whose answer was lost.

mod find;
mod settings;
mod upload;

pub use settings::Settings;

use crate::{
    PROVIDER_ID, cards, catalogue,
    envelope::{self, Refusal},
    error::{About, PREDICTIONS_URL, of_refusal},
    note::{SubmitNote, now_ms},
    prediction::{Prediction, is_id},
    request::Order,
};
use kinora_provider::{
    GenerationRequest, JobState, JobTicket, KeyNeed, Provider, ProviderDescriptor, ProviderError, Refreshed, Standing,
    Submitted,
};
use kinora_transport::{Answer, Call, CardShelf, Client, Keys, LiveCards};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt,
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Largest clip brought, in bytes: ten minutes at a rate no model here reaches.
const MAX_CLIP_BYTES: u64 = 4 << 30;
/// The catalogue holds a thousand models with their schemas.
const MAX_CATALOGUE_BYTES: usize = 64 << 20;
/// How long a catalogue is good.
const CATALOGUE_AGE: Duration = Duration::from_secs(3600);

/// WaveSpeed. Cheap to make: nothing is asked before the first call.
pub struct WaveSpeedProvider {
    settings: Settings,
    /// Without a sound address or certificates there is no client; every call then says why.
    client: Result<Client, ProviderError>,
    shelf: CardShelf,
    /// When the catalogue was read in this run.
    asked_at: Mutex<Option<Instant>>,
}

impl WaveSpeedProvider {
    /// The vendor at the address in `WAVESPEED_BASE_URL`, or its own.
    #[must_use]
    pub fn from_environment(keys: Keys) -> Self {
        Self::new(Settings::from_environment(keys))
    }

    /// The vendor as the settings say.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let client = settings.client();
        let address = settings.base.as_ref().map(ToString::to_string).unwrap_or_default();
        let shelf = CardShelf::open(PROVIDER_ID, cards::BUILT_IN, settings.cards.clone(), address);
        for problem in shelf.problems() {
            tracing::warn!("{problem}");
        }
        Self { settings, client, shelf, asked_at: Mutex::default() }
    }

    /// Brings the cards up to date with the vendor's live catalogue, under the user's files.
    ///
    /// # Errors
    /// What kept the catalogue from being read, or understood; the cards are then as before.
    pub async fn refresh_models(&self) -> Result<Refreshed, ProviderError> {
        let call = Call::get("/api/v3/models").max_answer_bytes(MAX_CATALOGUE_BYTES);
        let answer = self.client()?.read(call).await?;
        let catalogue = open(&answer).map_err(|refusal| of_refusal(refusal, About::Account))?;
        let cards = catalogue::refreshed(self.shelf.built_in(), &catalogue).ok_or_else(|| {
            let message = "its catalogue tells of no model".to_owned();
            ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message, retryable: false }
        })?;
        let refreshed = self.shelf.take_in(LiveCards { cards, ..LiveCards::default() }).await;
        *self.asked_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Ok(refreshed)
    }

    fn client(&self) -> Result<&Client, ProviderError> {
        self.client.as_ref().map_err(Clone::clone)
    }

    fn is_catalogue_old(&self) -> bool {
        let asked_at = self.asked_at.lock().unwrap_or_else(PoisonError::into_inner);
        asked_at.is_none_or(|at| at.elapsed() > CATALOGUE_AGE)
    }

    /// Sends an order, once.
    async fn create(&self, model: &str, order: Order, note: &mut SubmitNote) -> Result<Prediction, ProviderError> {
        let call = Call::post(&format!("/api/v3/{}", order.path)).json(Value::Object(order.body));
        let answer = self.client()?.create(call).await?;
        let opened = open(&answer);
        let data = match &opened {
            Ok(data) => data,
            Err(refusal) => &*refusal.data,
        };
        // Whatever is said around it: an id means that there is a prediction, and that it will be paid for.
        if let Some(prediction) = Prediction::read(data) {
            note.prediction = Some(prediction.id.clone());
            note.result_url.clone_from(&prediction.get_url);
            return Ok(prediction);
        }
        Err(match opened {
            Ok(_) => ProviderError::LostAnswer {
                provider: PROVIDER_ID.into(),
                message: "it accepted the order without naming a prediction".into(),
            },
            Err(refusal) => of_refusal(refusal, About::Create { model }),
        })
    }

    /// Where a prediction's result is asked for: as the vendor said, if it said so of its own host.
    fn result_path(&self, job: &JobTicket, vendor_id: &str) -> String {
        let standard = format!("/api/v3/predictions/{vendor_id}/result");
        let Ok(Some(note)) = SubmitNote::load(job) else { return standard };
        let (Some(url), Ok(base)) = (note.result_url, &self.settings.base) else { return standard };
        let is_ours = note.prediction.as_deref() == Some(vendor_id);
        let is_home = base.join(&url).is_ok_and(|url| base.is_origin_of(&url));
        if is_ours && is_home { url } else { standard }
    }

    /// Where a job stands, unless the vendor works on it for longer than any work takes: the wait has an end.
    fn within_patience(&self, job: &JobTicket, vendor_id: &str, state: JobState) -> JobState {
        let sent_at_ms = SubmitNote::load(job).ok().flatten().map(|note| note.sent_at_ms);
        let age_ms = sent_at_ms.map_or(0, |sent_at_ms| now_ms().saturating_sub(sent_at_ms));
        let longest_ms = i64::try_from(self.settings.longest_job.as_millis()).unwrap_or(i64::MAX);
        if state.is_final() || age_ms <= longest_ms {
            return state;
        }
        let hours = self.settings.longest_job.as_secs_f64() / 3600.0;
        let message = format!("after {hours:.1} h prediction {vendor_id} is still not over; see {PREDICTIONS_URL}");
        JobState::Failed(ProviderError::VendorTrouble { provider: PROVIDER_ID.into(), message, retryable: false })
    }

    async fn balance(&self) -> Result<Value, ProviderError> {
        let client = self.client()?;
        let answer = client.read(Call::get("/api/v3/balance")).await?;
        // One page of the vendor's documentation has it elsewhere.
        let answer =
            if answer.status == 404 { client.read(Call::get("/api/v3/account/balance")).await? } else { answer };
        open(&answer).map_err(|refusal| of_refusal(refusal, About::Account))
    }
}

/// Opens the envelope of an answer.
fn open(answer: &Answer) -> Result<Value, Refusal> {
    envelope::open(answer.status, answer.wait_asked_secs(), &answer.body)
}

impl Provider for WaveSpeedProvider {
    fn descriptor(&self) -> ProviderDescriptor {
        ProviderDescriptor {
            id: PROVIDER_ID.into(),
            name: "WaveSpeed".into(),
            description: "Lip-sync: InfiniteTalk, Sync and Kling models that make a still or a clip speak".into(),
            models: self.shelf.cards(),
            voices: Vec::new(),
            needs_key: Some(KeyNeed {
                environment_variable: settings::KEY_VARIABLE.into(),
                where_to_get: "https://wavespeed.ai/accesskey".into(),
            }),
            needs_network: true,
            can_cancel: false,
            limits: self.settings.limits.clone(),
        }
    }

    async fn submit(&self, job: JobTicket, request: GenerationRequest) -> Result<Submitted, ProviderError> {
        let descriptor = self.descriptor();
        let card = descriptor.check(&request)?;
        let mut order = Order::new(card, &request)?;
        let mut inputs = BTreeMap::new();
        let mut clock_ahead_ms = 0;
        for file in &order.files {
            let handed_in = self.hand_in(file).await.map_err(ProviderError::before_create)?;
            clock_ahead_ms = handed_in.clock_ahead_ms;
            inputs.insert(file.wire.to_owned(), handed_in.url.clone());
            order.body.insert(file.wire.into(), handed_in.url.into());
        }
        let path = order.path.clone();
        let sent_at_ms = now_ms();
        let mut note = SubmitNote { path, sent_at_ms, clock_ahead_ms, inputs, prediction: None, result_url: None };
        // Before the order: a job without a note was never sent.
        note.save(&job).await?;
        let prediction = self.create(&card.id, order, &mut note).await?;
        // The id is the caller's to keep; without this note only the vendor's own address of the result is forgotten.
        let _ = note.save(&job).await;
        Ok(Submitted { state: prediction.state(), vendor_id: prediction.id })
    }

    async fn poll(&self, job: JobTicket, vendor_id: &str) -> Result<JobState, ProviderError> {
        if !is_id(vendor_id) {
            return Err(ProviderError::JobNotFound { vendor_id: vendor_id.into() });
        }
        let answer = self.client()?.read(Call::get(&self.result_path(&job, vendor_id))).await?;
        let opened = open(&answer);
        let data = match &opened {
            Ok(data) => data,
            Err(refusal) => &*refusal.data,
        };
        if let Some(prediction) = Prediction::read(data).filter(|prediction| prediction.id == vendor_id) {
            return Ok(self.within_patience(&job, vendor_id, prediction.state()));
        }
        Err(match opened {
            Ok(_) => ProviderError::VendorTrouble {
                provider: PROVIDER_ID.into(),
                message: format!("its answer tells nothing of prediction {vendor_id}"),
                retryable: true,
            },
            Err(refusal) => of_refusal(refusal, About::Job { vendor_id }),
        })
    }

    async fn cancel(&self, _job: JobTicket, _vendor_id: &str) -> Result<(), ProviderError> {
        Err(ProviderError::NotSupported {
            provider: PROVIDER_ID.into(),
            what: "stop a prediction: the job goes on, is paid for, and its take will arrive".into(),
        })
    }

    async fn download(&self, job: JobTicket, url: &str, to: &Path) -> Result<(), ProviderError> {
        self.client()?.download_output(&job, url, to, MAX_CLIP_BYTES).await.map(drop)
    }

    async fn find_lost(
        &self,
        job: JobTicket,
        _request: &GenerationRequest,
    ) -> Result<Option<Submitted>, ProviderError> {
        self.find(&job).await
    }

    async fn standing(&self) -> Result<Standing, ProviderError> {
        let data = self.balance().await?;
        let balance_usd = data.get("balance").and_then(Value::as_f64).filter(|usd| usd.is_finite());
        let mut note = format!("{} models", self.shelf.cards().len());
        if self.is_catalogue_old() {
            // The key works; cards that stay as shipped are no reason to say otherwise.
            note = match self.refresh_models().await {
                Ok(_) => format!("{} models, prices and choices as of now", self.shelf.cards().len()),
                Err(error) => format!("{note}, as they were: {error}"),
            };
        }
        Ok(Standing { account: String::new(), balance_usd, note })
    }

    async fn refresh_cards(&self) -> Result<Refreshed, ProviderError> {
        self.refresh_models().await
    }

    fn cards_read_at(&self) -> Option<String> {
        self.shelf.read_at()
    }

    fn card_troubles(&self) -> Vec<String> {
        self.shelf.problems().iter().map(ToString::to_string).collect()
    }
}

impl fmt::Debug for WaveSpeedProvider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WaveSpeedProvider").field("base", &self.settings.base).finish_non_exhaustive()
    }
}
