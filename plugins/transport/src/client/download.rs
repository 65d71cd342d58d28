//! A file from a vendor: streamed beside its place, checked, and only then given its name.

use super::{Call, Client, MAX_REDIRECTS, STALL, causes};
use crate::{
    Secret,
    save::{blocking, disk_error, place, temporary},
};
use kinora_provider::{JobTicket, ProviderError};
use reqwest::{RequestBuilder, Response, header::CONTENT_TYPE};
use std::{io, path::Path, time::Duration};
use tempfile::NamedTempFile;
use tokio::io::{AsyncWriteExt as _, BufWriter};

/// What a download may be.
#[derive(Debug, Clone)]
pub struct DownloadRules {
    /// Largest file taken, in bytes.
    pub max_bytes: u64,
    /// Beginnings of the media types taken (`video/`); empty for any. A vendor's error page is refused by it.
    pub accepted: Vec<String>,
}

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloaded {
    /// Length of the file, in bytes.
    pub bytes: u64,
    /// Media type as the vendor gave it; empty where it gave none.
    pub content_type: String,
}

/// Longest whole download: a slow line and a large film.
const LONGEST: Duration = Duration::from_secs(3600);
/// Bytes gathered before they go to the disk.
const BUFFER_BYTES: usize = 1 << 20;

enum Failure {
    /// Another attempt may bring it; the error if there is none left, and how long the vendor asks to wait.
    Passing(ProviderError, Option<f64>),
    Final(ProviderError),
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        Self::Final(error)
    }
}

impl Client {
    /// Brings an output of a job, a clip, a still or a sound, into the job's folder.
    ///
    /// # Errors
    /// Those of [`Client::download`]; [`ProviderError::Internal`] for a place outside the folder.
    pub async fn download_output(
        &self,
        job: &JobTicket,
        url: &str,
        to: &Path,
        max_bytes: u64,
    ) -> Result<Downloaded, ProviderError> {
        // One of them may be said from where the program was started, or by way of a link.
        let is_inside = match (to.parent().map(Path::canonicalize), job.work_dir.canonicalize()) {
            (Some(Ok(place)), Ok(home)) => place.starts_with(home),
            _ => false,
        };
        if !is_inside {
            let message = format!("{} is outside the folder of its job", to.display());
            return Err(ProviderError::Internal { message });
        }
        // Stores that know no better call everything a stream of bytes.
        let kinds = ["video/", "image/", "audio/", "application/octet-stream", "binary/octet-stream"];
        self.download(url, to, &DownloadRules { max_bytes, accepted: kinds.map(str::to_owned).to_vec() }).await
    }

    /// Brings a file to `to`. It appears there whole, or not at all; a file of that name is replaced.
    ///
    /// The bytes go to a temporary file `.….part` in the same folder, whose length is held against the one the vendor
    /// announced, and which is flushed to the disk before it is renamed. The key goes along to the vendor's hosts alone
    /// and is dropped on a redirect elsewhere. Repeated as [`Client::read`] is.
    ///
    /// # Errors
    /// [`ProviderError::VendorTrouble`] when the file is gone (not retryable), is too large or of another type;
    /// [`ProviderError::Network`], [`ProviderError::DiskFull`], [`ProviderError::File`].
    pub async fn download(&self, url: &str, to: &Path, rules: &DownloadRules) -> Result<Downloaded, ProviderError> {
        let call = Call::get(url).timeout(LONGEST);
        // An output may be public: without a key it is still worth asking.
        let key = self.key().await.ok();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (error, asked_secs) = match self.fetch(&call, to, rules, key.as_ref()).await {
                Ok(downloaded) => return Ok(downloaded),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(error, asked_secs)) => (error, asked_secs),
            };
            match self.options.retry.pause(attempt, asked_secs) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    async fn fetch(
        &self,
        call: &Call,
        to: &Path,
        rules: &DownloadRules,
        key: Option<&Secret>,
    ) -> Result<Downloaded, Failure> {
        let response = self.open(call, key).await?;
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let kind = content_type.to_ascii_lowercase();
        if !rules.accepted.is_empty() && !rules.accepted.iter().any(|start| kind.starts_with(start.as_str())) {
            let message = format!("a file of type {content_type:?} came in place of {}", rules.accepted.join(" or "));
            return Err(Failure::Passing(self.trouble(message, true), None));
        }
        let announced = response.content_length();
        let too_large = || self.trouble(format!("the file is larger than {} bytes", rules.max_bytes), false);
        if announced.is_some_and(|bytes| bytes > rules.max_bytes) {
            return Err(Failure::Final(too_large()));
        }
        let temp = temporary(to).map_err(|error| disk_error(to, &error))?;
        let bytes = self.stream(response, &temp, to, rules.max_bytes, &too_large).await?;
        if bytes == 0 || announced.is_some_and(|announced| announced != bytes) {
            let announced = announced.map_or_else(|| "some".into(), |bytes| bytes.to_string());
            let message = format!("{bytes} of {announced} bytes of the file came");
            return Err(Failure::Passing(self.network(message), None));
        }
        let place_at = to.to_owned();
        blocking(move || place(temp, &place_at)).await?;
        Ok(Downloaded { bytes, content_type })
    }

    /// The answer that carries the file, redirects followed.
    async fn open(&self, call: &Call, key: Option<&Secret>) -> Result<Response, Failure> {
        let mut url = self.address(call)?;
        for _ in 0..=MAX_REDIRECTS {
            let request = self.prepare(&self.questions, call, &url, key).await?;
            let response = self.begin(request, STALL).await.map_err(|error| Failure::Passing(error, None))?;
            if let Some(next) = self.redirected(&url, &response)? {
                url = next;
                continue;
            }
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            let answer = self.gather(response, &Call::get(""), key).await;
            let asked_secs = answer.as_ref().ok().and_then(super::Answer::wait_asked_secs);
            let passing = answer.as_ref().is_ok_and(super::Answer::is_passing) || status.is_server_error();
            let message = match status.as_u16() {
                404 | 410 => "the file is no longer there".to_owned(),
                401 | 403 => format!("the file may not be fetched any more (status {})", status.as_u16()),
                other => format!("it answered {other} in place of the file"),
            };
            let error = self.trouble(message, passing);
            return Err(if passing { Failure::Passing(error, asked_secs) } else { Failure::Final(error) });
        }
        Err(Failure::Final(self.trouble("it sends from one address to the next without end".into(), false)))
    }

    /// Waits for an answer to begin. The call's own limit is meant for a whole film: a vendor that says nothing at all is
    /// not given that long, for the file may be deleted meanwhile.
    pub(super) async fn begin(&self, request: RequestBuilder, patience: Duration) -> Result<Response, ProviderError> {
        match tokio::time::timeout(patience, request.send()).await {
            Ok(sent) => sent.map_err(|error| self.network(causes(&error))),
            Err(_) => Err(self.network("the file was asked for, and no answer came".into())),
        }
    }

    /// Writes the body out; gives its length.
    async fn stream(
        &self,
        mut response: Response,
        temp: &NamedTempFile,
        to: &Path,
        max_bytes: u64,
        too_large: &(dyn Fn() -> ProviderError + Sync),
    ) -> Result<u64, Failure> {
        let disk = |error: io::Error| Failure::Final(disk_error(to, &error));
        let file = tokio::fs::File::from_std(temp.reopen().map_err(disk)?);
        let mut writer = BufWriter::with_capacity(BUFFER_BYTES, file);
        let mut bytes = 0_u64;
        loop {
            let chunk = match tokio::time::timeout(STALL, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => {
                    let message = format!("{} after {bytes} bytes of the file", causes(&error));
                    return Err(Failure::Passing(self.network(message), None));
                }
                Err(_) => {
                    let message = format!("nothing more came after {bytes} bytes of the file");
                    return Err(Failure::Passing(self.network(message), None));
                }
            };
            bytes += chunk.len() as u64;
            if bytes > max_bytes {
                return Err(Failure::Final(too_large()));
            }
            writer.write_all(&chunk).await.map_err(disk)?;
        }
        writer.flush().await.map_err(disk)?;
        writer.get_ref().sync_all().await.map_err(disk)?;
        Ok(bytes)
    }
}
