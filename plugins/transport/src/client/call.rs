//! One request, as data: it can be built again for each attempt.

use super::Client;
use crate::Secret;
use kinora_provider::ProviderError;
use reqwest::{
    RequestBuilder, Url,
    header::{HeaderName, HeaderValue},
    multipart,
};
use serde_json::Value;
use std::{borrow::Cow, path::PathBuf, time::Duration};

/// HTTP methods that vendors use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Asks.
    Get,
    /// Sends.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

/// A request: build it with [`Call::get`], [`Call::post`] … and the methods that add to it.
#[derive(Debug, Clone)]
pub struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(Cow<'static, str>, String)>,
    pub(super) body: Body,
    pub(super) timeout: Duration,
    pub(super) max_answer_bytes: usize,
    pub(super) is_keyless: bool,
}

/// What a request carries.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A JSON value.
    Json(Value),
    /// A `multipart/form-data` form.
    Form(Vec<Part>),
    /// A file as it is, streamed.
    File(PathBuf),
}

/// One part of a form.
#[derive(Debug, Clone)]
pub enum Part {
    /// A short value.
    Text {
        /// Name of the field.
        name: String,
        /// Its value.
        value: String,
        /// Media type, where the vendor asks for one.
        media_type: Option<&'static str>,
    },
    /// A file, streamed from the disk.
    File {
        /// Name of the field.
        name: String,
        /// The file.
        path: PathBuf,
        /// Name the vendor sees; not the path.
        file_name: String,
        /// Media type.
        media_type: String,
    },
}

impl Call {
    fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::Empty,
            timeout: Duration::from_secs(60),
            max_answer_bytes: 16 << 20,
            is_keyless: false,
        }
    }

    /// Asks for a path below the base address, or for a whole address a vendor gave.
    #[must_use]
    pub fn get(path: &str) -> Self {
        Self::new(Method::Get, path)
    }

    /// Sends to a path.
    #[must_use]
    pub fn post(path: &str) -> Self {
        Self::new(Method::Post, path)
    }

    /// Replaces what is at a path.
    #[must_use]
    pub fn put(path: &str) -> Self {
        Self::new(Method::Put, path)
    }

    /// Removes what is at a path.
    #[must_use]
    pub fn delete(path: &str) -> Self {
        Self::new(Method::Delete, path)
    }

    /// Adds a query parameter; it is escaped here.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header, its name in lower case. The key's own header is added by the client.
    #[must_use]
    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Carries a JSON value.
    #[must_use]
    pub fn json(mut self, value: Value) -> Self {
        self.body = Body::Json(value);
        self
    }

    /// Carries a form.
    #[must_use]
    pub fn form(mut self, parts: Vec<Part>) -> Self {
        self.body = Body::Form(parts);
        self
    }

    /// Carries a file as it is.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.body = Body::File(path.into());
        self
    }

    /// Leaves the key at home, wherever the call goes: a signed address carries its own permission.
    #[must_use]
    pub const fn without_key(mut self) -> Self {
        self.is_keyless = true;
        self
    }

    /// How long the whole exchange may take; 60 s unless set.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Largest answer taken, in bytes; 16 MiB unless set.
    #[must_use]
    pub const fn max_answer_bytes(mut self, bytes: usize) -> Self {
        self.max_answer_bytes = bytes;
        self
    }
}

impl Client {
    /// The address of a call, with its query.
    pub(super) fn address(&self, call: &Call) -> Result<Url, ProviderError> {
        let mut url = self.hosts().base().join(&call.path)?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        self.hosts().check(self.provider(), &url)?;
        Ok(url)
    }

    /// A call ready to be sent once; files are opened here.
    pub(super) async fn prepare(
        &self,
        http: &reqwest::Client,
        call: &Call,
        url: &Url,
        key: Option<&Secret>,
    ) -> Result<RequestBuilder, ProviderError> {
        let method = match call.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = http.request(method, url.clone()).timeout(call.timeout);
        for (name, value) in &call.headers {
            let value = HeaderValue::from_str(value).map_err(|_| internal(format!("a value no {name} can have")))?;
            // A signed upload's headers are named by the vendor.
            let name =
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| internal(format!("{name:?} names no header")))?;
            request = request.header(name, value);
        }
        if let Some(key) = key.filter(|_| !call.is_keyless && self.hosts().may_see_key(url)) {
            request = self.authorise(request, key)?;
        }
        match &call.body {
            Body::Empty => Ok(request),
            Body::Json(value) => Ok(request.json(value)),
            Body::Form(parts) => Ok(request.multipart(form(parts).await?)),
            Body::File(path) => {
                let (file, bytes) = open(path).await?;
                Ok(request.header(reqwest::header::CONTENT_LENGTH, bytes).body(file))
            }
        }
    }
}

fn internal(message: String) -> ProviderError {
    ProviderError::Internal { message }
}

async fn open(path: &std::path::Path) -> Result<(tokio::fs::File, u64), ProviderError> {
    let refuse = |error: std::io::Error| ProviderError::file(path, &error);
    let file = tokio::fs::File::open(path).await.map_err(refuse)?;
    let bytes = file.metadata().await.map_err(refuse)?.len();
    Ok((file, bytes))
}

async fn form(parts: &[Part]) -> Result<multipart::Form, ProviderError> {
    let mut form = multipart::Form::new();
    for part in parts {
        let typed = |part: multipart::Part, media_type: &str| {
            part.mime_str(media_type).map_err(|_| internal(format!("{media_type:?} is no media type")))
        };
        form = match part {
            Part::Text { name, value, media_type } => {
                let part = multipart::Part::text(value.clone());
                let part = if let Some(media_type) = media_type { typed(part, media_type)? } else { part };
                form.part(name.clone(), part)
            }
            Part::File { name, path, file_name, media_type } => {
                let (file, bytes) = open(path).await?;
                let part = multipart::Part::stream_with_length(file, bytes).file_name(file_name.clone());
                form.part(name.clone(), typed(part, media_type)?)
            }
        };
    }
    Ok(form)
}
