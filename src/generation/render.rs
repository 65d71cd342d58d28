//! A render of the open film, in a process of its own.

use super::{GenerationError, Generator, OpenFilm};
use kinora_core::{
    render::{RenderReport, RenderRequest, prepare, survey, tidy::tidy_cache},
    worker::{WorkerReply, WorkerRequest},
};

impl Generator {
    /// Renders a scene or the film.
    ///
    /// # Errors
    /// [`GenerationError`]; what lay at the output is then untouched.
    pub fn render(&self, film: &mut OpenFilm<'_>, request: &RenderRequest) -> Result<RenderReport, GenerationError> {
        self.refresh_voice_lanes(film, request.scene_id.as_ref())?;
        let (shown, progress) = (film.film()?, &*self.progress);
        let job = prepare(&shown, film.folder, request, &self.worker, &self.cancel, progress)?;
        let reply = self.worker.run(&WorkerRequest::Render(Box::new(job.clone())), &self.cancel, progress)?;
        // A cache that cannot be tidied now is tidied after the next render.
        if let Err(error) = tidy_cache(&job, shown.settings.cache_limit_mib) {
            tracing::warn!("the cache is not tidied: {error}");
        }
        match reply {
            WorkerReply::Rendered(report) => Ok(*report),
            other => Err(GenerationError::Runtime(format!("the worker answered a render with {other:?}"))),
        }
    }

    /// Conforms every take of the film, and judges every cut on the way; returns the number of scenes whose takes
    /// could be conformed, and what was wrong with the others.
    ///
    /// # Errors
    /// [`GenerationError`] when the film cannot be read or the owner cancels.
    pub fn conform_film(&self, film: &OpenFilm<'_>) -> Result<(usize, Vec<String>), GenerationError> {
        let shown = film.film()?;
        let (mut conformed, mut wrong) = (0, Vec::new());
        for scene in &shown.scenes {
            match survey(&shown, film.folder, Some(&scene.scene_id), &self.worker, &self.cancel, &*self.progress) {
                Ok(_) => conformed += 1,
                Err(error) if error.kind() == "cancelled" => return Err(error.into()),
                Err(error) => wrong.push(format!("{}: {error}", scene.scene_id)),
            }
        }
        Ok((conformed, wrong))
    }
}
