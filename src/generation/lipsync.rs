//! Lip-sync: a shot's clip and a voice to a provider, the synced clip back as a new take.

use super::{GenerationError, Generator, OpenFilm, ShotOutcome, takes::TakeFacts};
use kinora_core::ids::{SceneId, ShotId};
use kinora_provider::{GenerationRequest, LipSyncPicture, LipSyncRequest, ModelAddress, RequestKind};
use std::path::Path;

/// Ends the purpose of a lip-sync, after the shot's name.
pub(super) const LIP_SYNC: &str = " lip-sync";

impl Generator {
    /// Syncs a shot's lips to a voice: `wav`, or the first spoken line of the shot.
    ///
    /// # Errors
    /// [`GenerationError`]; the film is then as it was.
    pub fn lipsync(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        wav: Option<&Path>,
        model: Option<&str>,
    ) -> Result<ShotOutcome, GenerationError> {
        let purpose = format!("{scene_id}/{shot_id}{LIP_SYNC}");
        let _claim = self.claim(&purpose)?;
        let (address, request) = self.lipsync_request(film, scene_id, shot_id, wav, model)?;
        let (prompt, seed) = (request.prompt.clone(), request.seed);
        let finished = self.run_job(film, &address, &purpose, GenerationRequest::LipSync(request))?;
        let facts = TakeFacts::of_job(&address, prompt.clone(), seed, &finished.output);
        let take = self.add_made_take(film, scene_id, shot_id, finished, facts)?;
        Ok(ShotOutcome { take, model: address.to_string(), prompt })
    }

    /// What is asked for a lip-sync, and of whom.
    pub(super) fn lipsync_request(
        &self,
        film: &OpenFilm<'_>,
        scene_id: &SceneId,
        shot_id: &ShotId,
        wav: Option<&Path>,
        model: Option<&str>,
    ) -> Result<(ModelAddress, LipSyncRequest), GenerationError> {
        let settings = film.settings()?;
        let (scene, shot) = (film.scene(scene_id)?, film.shot(scene_id, shot_id)?);
        let scene_dir = film.folder.scene_dir(scene_id);
        let take = shot.chosen_take().ok_or_else(|| {
            GenerationError::Nothing(format!("{scene_id}/{shot_id} has no take yet; generate the shot first"))
        })?;
        let clip = take.file_path.resolve(&scene_dir, film.folder.root())?;
        let voice = match wav {
            Some(wav) => wav.to_path_buf(),
            None => {
                let line = scene.voice_lines.iter().find(|line| line.shot_id == *shot_id).ok_or_else(|| {
                    GenerationError::Nothing(format!("{scene_id}/{shot_id} has no line; name a recording with --voice"))
                })?;
                let path = line.file_path.as_ref().ok_or_else(|| GenerationError::LineWithoutVoice {
                    scene_id: scene_id.clone(),
                    line_id: line.line_id.clone(),
                })?;
                path.resolve(&scene_dir, film.folder.root())?
            }
        };
        let info = self.probe(&voice)?;
        let provider = settings.default_model.split(':').next().unwrap_or_default();
        let default = if self.registry.resolve(provider, RequestKind::LipSync).is_some() { provider } else { "" };
        let address = self.model(&[model.unwrap_or(""), default], RequestKind::LipSync)?;
        let request = LipSyncRequest {
            model: address.model_id.clone(),
            picture: LipSyncPicture::Video(clip),
            voice,
            prompt: shot.prompt.clone(),
            duration_secs: Some(info.duration_secs),
            seed: shot.seed,
            parameters: serde_json::Map::new(),
        };
        Ok((address, request))
    }
}
