//! A render of the open film, in a process of its own.

use super::{GenerationError, Generator, OpenFilm};
use kinora_core::{
    film::Film,
    ids::SceneId,
    render::{Continuity, RenderReport, RenderRequest, prepare, survey, tidy::tidy_cache},
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

    /// Conforms every take of the film, so that a preview and a render find them ready. Returns the number of scenes
    /// whose takes are, and what is wrong with the others.
    ///
    /// # Errors
    /// [`GenerationError`] when the film cannot be read or the owner cancels.
    pub fn conform_film(&self, film: &OpenFilm<'_>) -> Result<(usize, Vec<String>), GenerationError> {
        let shown = film.film()?;
        let (mut ready, mut wrong) = (0, Vec::new());
        for scene in &shown.scenes {
            match self.survey(film, &shown, &scene.scene_id) {
                Ok(_) => ready += 1,
                Err(error) if error.kind() == "cancelled" => return Err(error),
                Err(error) => wrong.push(format!("{}: {error}", scene.scene_id)),
            }
        }
        Ok((ready, wrong))
    }

    /// Judges every cut of a scene of `shown`; what is not conformed yet is conformed.
    ///
    /// # Errors
    /// [`GenerationError`].
    pub(crate) fn survey(
        &self,
        film: &OpenFilm<'_>,
        shown: &Film,
        scene_id: &SceneId,
    ) -> Result<Continuity, GenerationError> {
        Ok(survey(shown, film.folder, Some(scene_id), &self.worker, &self.cancel, &*self.progress)?.continuity)
    }
}
