//! What a voice sounds like, for voices of which the provider has no sample.

use super::{GenerationError, Generator, OpenFilm, jobs::Finished};
use kinora_core::store::{Cache, StoreError};
use kinora_provider::{GenerationRequest, ModelAddress, RequestKind, SpeechRequest};
use std::path::PathBuf;

/// What every voice says: a statement, a question, and a breath between them.
const WORDS: &str = "The train left an hour ago. Did nobody tell you? Sit down, and I will.";
/// What an audition is for; it brings nothing into the film.
pub(super) const AUDITION: &str = "audition of ";

impl Generator {
    /// Speaks a few words in a voice and returns the sound, which lies in the project's cache. A voice that was heard
    /// before costs nothing again.
    ///
    /// # Errors
    /// [`GenerationError`].
    pub fn audition(&self, film: &OpenFilm<'_>, voice_id: &str) -> Result<PathBuf, GenerationError> {
        let (provider, voice) = match voice_id.split_once(':') {
            Some((provider, voice)) if self.registry.get(provider).is_some() => (provider, voice),
            _ => ("", voice_id),
        };
        let address = self.model(&[provider], RequestKind::Speech)?;
        let purpose = format!("{AUDITION}{}:{voice}", address.provider_id);
        let _claim = self.claim(&purpose)?;
        let cache = Cache::open(film.folder.root())?;
        if let Some(known) = cache.get(&key_of(&purpose, &address), "wav") {
            return Ok(known);
        }
        let request = SpeechRequest {
            model: address.model_id.clone(),
            text: WORDS.to_owned(),
            voice_id: Some(voice.to_owned()).filter(|voice| !voice.is_empty()),
            ..SpeechRequest::default()
        };
        let finished = self.run_job(film, &address, &purpose, GenerationRequest::Speech(request))?;
        self.keep_audition(film, &purpose, &address, finished)
    }

    /// Puts what a job spoke where the next audition of the voice finds it, and closes the job.
    pub(super) fn keep_audition(
        &self,
        film: &OpenFilm<'_>,
        purpose: &str,
        address: &ModelAddress,
        finished: Finished,
    ) -> Result<PathBuf, GenerationError> {
        let (key, cache) = (key_of(purpose, address), Cache::open(film.folder.root())?);
        let place = cache.reserve(&key, "wav")?;
        std::fs::copy(&finished.file, place.path())
            .map_err(|source| StoreError::from_io("copy", place.path(), source))?;
        place.commit()?;
        finished.close(film.folder)?;
        Ok(cache.path_for(&key, "wav"))
    }
}

/// The name of what a voice says in the cache.
fn key_of(purpose: &str, address: &ModelAddress) -> blake3::Hash {
    blake3::hash(format!("{purpose} {address} {WORDS}").as_bytes())
}
