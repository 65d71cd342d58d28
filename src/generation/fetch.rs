//! Bringing what a job made to this machine: to a temporary file, checked, and then under its name.

use super::{
    GenerationError,
    drive::Job,
    record::{Input, Made},
};
use kinora_core::store::{AtomicFile, StoreError};
use kinora_provider::{GenerationOutput, JobState, OutputFile, OutputKind, OutputSource, ProviderError};
use std::path::{Path, PathBuf};

/// How often a file is fetched before its job is left open for later.
const MOST_FETCHES: u32 = 4;
/// A file that came whole is `made`, with its own ending.
const MADE: &str = "made";

impl Job<'_> {
    /// Sees to it that the main file is on this machine, in the job's folder.
    pub(super) async fn bring(&mut self, output: &GenerationOutput) -> Result<PathBuf, GenerationError> {
        if let Some(path) = self.record.made_file(self.folder) {
            return Ok(path);
        }
        let main = self.main_of(output)?.clone();
        match &main.source {
            OutputSource::File(path) => match self.check_own(path) {
                Ok(()) => Ok(path.clone()),
                Err(reason) => {
                    // Asking again would bring the same; what there is stays in the job's folder.
                    let error = self.bad(&reason);
                    self.record.state = JobState::Failed(ProviderError::Internal { message: error.to_string() });
                    self.save()?;
                    Err(error)
                }
            },
            OutputSource::Url(url) => self.fetch(url.clone(), main.media_type).await,
        }
    }

    fn main_of<'o>(&self, output: &'o GenerationOutput) -> Result<&'o OutputFile, GenerationError> {
        let wanted = OutputKind::of(self.record.request.kind());
        let main = output.files.iter().find(|file| file.kind == wanted);
        main.ok_or_else(|| self.bad("there is no such file in the answer"))
    }

    fn bad(&self, reason: &str) -> GenerationError {
        let kept = self.record.work_dir(self.folder);
        GenerationError::BadOutput { kind: self.record.request.kind(), reason: reason.to_owned(), kept }
    }

    /// A provider writes only into the job's folder; what lies elsewhere is not copied into the film.
    fn check_own(&self, file: &Path) -> Result<(), String> {
        if !std::fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.len() > 0) {
            return Err("the file is empty or missing".to_owned());
        }
        match (file.canonicalize(), self.record.work_dir(self.folder).canonicalize()) {
            (Ok(real), Ok(home)) if real.starts_with(&home) => Ok(()),
            _ => Err("the file is not in the job's folder".to_owned()),
        }
    }

    /// Fetches a file from the vendor. It is paid for, so a failure leaves the job open.
    async fn fetch(&mut self, mut url: String, media_type: String) -> Result<PathBuf, GenerationError> {
        self.make_work_dir()?;
        let ending = ending_of(&media_type, &url);
        let name = if ending.is_empty() { MADE.to_owned() } else { format!("{MADE}.{ending}") };
        let place = self.record.work_dir(self.folder).join(&name);
        if self.record.made.take().is_some() && place.exists() {
            // It came once, and is no longer what came.
            std::fs::remove_file(&place).map_err(|source| StoreError::from_io("remove", &place, source))?;
        }
        let mut attempt = 1;
        loop {
            let part = AtomicFile::new(&place)?;
            let ticket = self.record.ticket(self.folder);
            let fetched = self.until_cancelled(self.provider.download(ticket, &url, part.path())).await?;
            let error = match fetched {
                Ok(()) => match self.check_fetched(part.path()) {
                    Ok(()) => return self.keep(part, name),
                    Err(reason) => ProviderError::VendorTrouble {
                        provider: self.record.provider_id().to_owned(),
                        message: reason,
                        retryable: true,
                    },
                },
                Err(error @ ProviderError::DiskFull { .. }) => return Err(error.into()),
                Err(error) => error,
            };
            drop(part);
            if attempt >= MOST_FETCHES {
                let (purpose, job_id) = (self.record.purpose.clone(), self.record.job_id.clone());
                return Err(GenerationError::NotFetched { purpose, job_id, reason: error.to_string() });
            }
            self.pause(&error, attempt).await?;
            attempt += 1;
            // An address may have expired: the vendor is asked for a fresh one.
            let vendor_id = self.record.vendor_id.clone().unwrap_or_default();
            if let Ok(JobState::Succeeded(output)) =
                self.provider.poll(self.record.ticket(self.folder), &vendor_id).await
                && let OutputSource::Url(fresh) = &self.main_of(&output)?.source
            {
                url.clone_from(fresh);
            }
        }
    }

    /// Looks into a file that came, in a process of its own: is it what was asked for?
    fn check_fetched(&self, file: &Path) -> Result<(), String> {
        let bytes = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
        if bytes == 0 {
            return Err("the file that came is empty".to_owned());
        }
        let wanted = OutputKind::of(self.record.request.kind());
        if wanted == OutputKind::Image {
            let seen = kinora_core::preview::read_image(file, [64, 64]);
            return seen.map(drop).map_err(|error| format!("the file that came is no picture: {error}"));
        }
        let info = self.generator.probe(file).map_err(|error| format!("the file that came cannot be read: {error}"))?;
        let is_it = match wanted {
            OutputKind::Video => info.picture.is_some() && info.duration_secs > 0.0,
            OutputKind::Audio => info.sound.is_some(),
            OutputKind::Image | OutputKind::Other => true,
        };
        if is_it { Ok(()) } else { Err(format!("the file that came is no {}", self.record.request.kind())) }
    }

    /// Gives a file that came whole its name, and notes its length and hash.
    fn keep(&mut self, part: AtomicFile, name: String) -> Result<PathBuf, GenerationError> {
        let place = part.final_path().to_path_buf();
        let Input { bytes, blake3, .. } = Input::of(part.path().to_path_buf())?;
        match part.commit_new() {
            Ok(_) => {}
            // An earlier run was killed after the file had its name and before that was noted.
            Err(StoreError::Exists { .. }) => {
                let earlier = Input::of(place.clone())?;
                self.record.made = Some(Made { name, bytes: earlier.bytes, blake3: earlier.blake3 });
                self.save()?;
                return Ok(place);
            }
            Err(error) => return Err(error.into()),
        }
        self.record.made = Some(Made { name, bytes, blake3 });
        self.save()?;
        Ok(place)
    }
}

/// The ending of a file by what the vendor calls it, else by its address; empty for neither.
fn ending_of(media_type: &str, url: &str) -> &'static str {
    let by_type = match media_type.split(';').next().unwrap_or_default().trim() {
        "video/mp4" => "mp4",
        "video/webm" => "webm",
        "video/quicktime" => "mov",
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/wav" | "audio/x-wav" | "audio/wave" => "wav",
        "audio/flac" => "flac",
        "audio/ogg" => "ogg",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        _ => "",
    };
    if !by_type.is_empty() {
        return by_type;
    }
    const KNOWN: [&str; 12] = ["mp4", "webm", "mov", "mkv", "mp3", "wav", "flac", "ogg", "m4a", "png", "jpg", "webp"];
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let own = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
    KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(own)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_what_it_is() {
        for (media_type, url, expected) in [
            ("video/mp4", "https://a/b", "mp4"),
            ("video/mp4; codecs=avc1", "https://a/b.bin", "mp4"),
            ("application/octet-stream", "https://a/b.MP3?signature=x.y", "mp3"),
            ("", "https://a.mp4/b", ""),
            ("", "https://a/b.exe", ""),
            ("audio/mpeg", "https://a/b.wav", "mp3"),
        ] {
            assert_eq!(ending_of(media_type, url), expected, "{media_type} {url}");
        }
    }
}
