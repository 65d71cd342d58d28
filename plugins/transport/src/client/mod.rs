//! The one way to speak to a vendor.
//!
//! `call` is a request as data, `answer` what came back, `hosts` who may see the key, `retry` how patiently a question is
//! repeated, `download` how a file arrives. Here: sending once, and asking until there is an answer.

mod answer;
mod call;
mod download;
mod hosts;
mod retry;
#[cfg(test)]
mod tests;

pub use answer::{Answer, wait_asked_in};
pub use call::{Body, Call, Method, Part};
pub use download::{DownloadRules, Downloaded};
pub use hosts::VendorHosts;
pub use retry::RetryPolicy;

use crate::{Keys, Secret};
use kinora_provider::ProviderError;
use reqwest::{
    RequestBuilder, Response, StatusCode, Url,
    header::{HeaderName, HeaderValue, LOCATION},
    redirect,
};
use std::{fmt, sync::Arc, time::Duration};

/// Most redirects followed for one question.
const MAX_REDIRECTS: usize = 5;
/// Longest silence within an answer.
const STALL: Duration = Duration::from_secs(30);

/// How a vendor wants its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer <key>`.
    Bearer,
    /// A header of its own, lower case: `xi-api-key`.
    Header(&'static str),
}

/// Who the vendor is, as far as sending is concerned.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Provider id, as it stands in errors.
    pub provider: &'static str,
    /// Environment variable of the key.
    pub key_variable: &'static str,
    /// How the key is sent.
    pub auth: Auth,
    /// Where the vendor lives and who may see the key.
    pub hosts: VendorHosts,
    /// Where the key is found.
    pub keys: Keys,
    /// Patience with questions.
    pub retry: RetryPolicy,
}

/// A client of one vendor. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Client {
    options: Arc<ClientOptions>,
    /// For questions: keeps connections.
    questions: reqwest::Client,
    /// For creates: a fresh connection each. A kept one may be closed by the vendor just as a create is written to it,
    /// and then nobody can tell whether it arrived.
    creates: reqwest::Client,
}

impl Client {
    /// A client; needs the system's certificates, and no network yet.
    ///
    /// # Errors
    /// [`ProviderError::Network`] when the system has no usable certificates.
    pub fn new(options: ClientOptions) -> Result<Self, ProviderError> {
        // Whoever comes first installs the same; a second install is refused and that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let build = |idle: usize| {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("kinora/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(Duration::from_secs(10))
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .pool_max_idle_per_host(idle)
                .tcp_nodelay(true);
            let builder = if options.hosts.base().is_loopback() { builder.no_proxy() } else { builder };
            builder.build().map_err(|error| ProviderError::Network {
                provider: options.provider.into(),
                message: format!("no secure connection can be made from this system: {}", causes(&error)),
            })
        };
        Ok(Self { questions: build(8)?, creates: build(0)?, options: Arc::new(options) })
    }

    /// Who the vendor is.
    #[must_use]
    pub fn options(&self) -> &ClientOptions {
        &self.options
    }

    pub(crate) fn hosts(&self) -> &VendorHosts {
        &self.options.hosts
    }

    pub(crate) fn provider(&self) -> &'static str {
        self.options.provider
    }

    /// Sends what may cost money: exactly once, whatever happens.
    ///
    /// Any answer below 500 is handed back, refusals too. Not 408: a relay says it of a request it may have passed on.
    ///
    /// # Errors
    /// [`ProviderError::Network`] when the request surely never left (no connection was made);
    /// [`ProviderError::LostAnswer`] when it may have arrived: a timeout, a broken connection, an answer of 408 or 5xx.
    pub async fn create(&self, call: Call) -> Result<Answer, ProviderError> {
        let url = self.address(&call)?;
        let key = self.key().await?;
        let request = self.prepare(&self.creates, &call, &url, Some(&key)).await?;
        let response = request.send().await.map_err(|error| {
            let message = key.redact(&causes(&error));
            match error.is_connect() || error.is_builder() {
                true => self.network(message),
                false => self.lost(message),
            }
        })?;
        let status = response.status();
        match self.gather(response, &call, Some(&key)).await {
            Ok(answer) if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Err(self.lost(format!("it answered {}: {}", answer.status, answer.start_of_text())))
            }
            Ok(answer) => Ok(answer),
            Err(message) => Err(self.lost(format!("{message} (status {})", status.as_u16()))),
        }
    }

    /// Sends what may be repeated without harm (questions, cancels): again after a broken connection, 429 or 5xx, with
    /// growing pauses and as the vendor asks. The last answer is handed back whatever its status.
    ///
    /// # Errors
    /// [`ProviderError::Network`] when no attempt brought an answer, and what [`Keys::secret`] says of the key.
    pub async fn read(&self, call: Call) -> Result<Answer, ProviderError> {
        let url = self.address(&call)?;
        let key = self.key().await?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = self.ask(&call, url.clone(), &key).await;
            let asked_secs = match &outcome {
                Ok(answer) if answer.is_passing() => answer.wait_asked_secs(),
                Err(ProviderError::Network { .. }) => None,
                _ => return outcome,
            };
            match self.options.retry.pause(attempt, asked_secs) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return outcome,
            }
        }
    }

    /// Uploads a form or a file: a read with the patience an upload needs. An upload that went twice costs nothing.
    ///
    /// # Errors
    /// As [`Client::read`], and [`ProviderError::File`] for a file that cannot be read.
    pub async fn upload(&self, call: Call) -> Result<Answer, ProviderError> {
        self.read(call.timeout(Duration::from_secs(600))).await
    }

    /// One attempt of a question, redirects followed.
    async fn ask(&self, call: &Call, mut url: Url, key: &Secret) -> Result<Answer, ProviderError> {
        for _ in 0..=MAX_REDIRECTS {
            let request = self.prepare(&self.questions, call, &url, Some(key)).await?;
            let sent = request.send().await;
            let response = sent.map_err(|error| self.network(key.redact(&causes(&error))))?;
            match self.redirected(&url, &response)? {
                Some(next) if call.method == Method::Get => url = next,
                _ => return self.gather(response, call, Some(key)).await.map_err(|message| self.network(message)),
            }
        }
        Err(self.trouble("it sends from one address to the next without end".into(), false))
    }

    /// Where an answer sends us, if it does.
    pub(crate) fn redirected(&self, from: &Url, response: &Response) -> Result<Option<Url>, ProviderError> {
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let Some(location) = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()) else {
            return Ok(None);
        };
        let next = from.join(location).map_err(|_| self.trouble("it redirects to no address".into(), false))?;
        self.hosts().check(self.provider(), &next)?;
        Ok(Some(next))
    }

    /// Reads an answer whole, within its limits.
    async fn gather(&self, mut response: Response, call: &Call, key: Option<&Secret>) -> Result<Answer, String> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            match tokio::time::timeout(call.timeout.max(STALL), response.chunk()).await {
                Ok(Ok(Some(chunk))) if body.len() + chunk.len() > call.max_answer_bytes => {
                    return Err(format!("its answer is longer than {} bytes", call.max_answer_bytes));
                }
                Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
                Ok(Ok(None)) => break,
                // What a refusal said up to here is worth more than the break in its last words.
                Ok(Err(_)) if (400..500).contains(&status) => break,
                Ok(Err(error)) => return Err(causes(&error)),
                Err(_) => return Err("its answer stopped halfway".into()),
            }
        }
        if let Some(key) = key
            && let Ok(text) = std::str::from_utf8(&body)
            && text.contains(key.expose())
        {
            body = key.redact(text).into_bytes();
        }
        Ok(Answer::new(status, headers, body))
    }

    pub(crate) fn authorise(&self, request: RequestBuilder, key: &Secret) -> Result<RequestBuilder, ProviderError> {
        let (name, text) = match self.options.auth {
            Auth::Bearer => {
                (reqwest::header::AUTHORIZATION, zeroize::Zeroizing::new(format!("Bearer {}", key.expose())))
            }
            Auth::Header(name) => (HeaderName::from_static(name), zeroize::Zeroizing::new(key.expose().to_owned())),
        };
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| ProviderError::Internal { message: "the key fits no header".into() })?;
        value.set_sensitive(true);
        Ok(request.header(name, value))
    }

    /// The key of this vendor.
    pub(crate) async fn key(&self) -> Result<Secret, ProviderError> {
        self.options.keys.secret(self.options.provider, self.options.key_variable).await
    }

    pub(crate) fn network(&self, message: String) -> ProviderError {
        ProviderError::Network { provider: self.provider().into(), message }
    }

    fn lost(&self, message: String) -> ProviderError {
        ProviderError::LostAnswer { provider: self.provider().into(), message }
    }

    pub(crate) fn trouble(&self, message: String, retryable: bool) -> ProviderError {
        ProviderError::VendorTrouble { provider: self.provider().into(), message, retryable }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("provider", &self.provider()).finish_non_exhaustive()
    }
}

/// An error with its causes, without the address: that may carry a signature.
pub(crate) fn causes(error: &reqwest::Error) -> String {
    let what = match error {
        _ if error.is_timeout() => "it took too long",
        _ if error.is_connect() => "no connection",
        _ if error.is_body() || error.is_decode() => "the connection broke",
        _ => "the exchange failed",
    };
    let mut text = what.to_owned();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text
}
