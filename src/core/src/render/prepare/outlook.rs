//! What a render of the film would show, worked out from what is conformed already: the preview's plan.

use super::{Ready, RenderError, cuts::silent, left_out};
use crate::{
    film::{Film, FilmScene, ProjectLayout},
    progress::{CancelToken, NoProgress},
    render::{
        execute::TakeSource,
        gather::gather,
        plan::{PlanError, RenderPlan},
    },
    store::{Cache, FileHashes},
};

/// Plans the pictures of a film as a render of it would, without making anything: shots that have no take, or none that
/// is conformed, are left out, and the cuts beside them are not smoothed. `None` if nothing is left.
///
/// # Errors
/// [`RenderError::Plan`] for a shot that shows no frame; [`RenderError::Cancelled`]. What is wrong with a take, or with
/// a cut, only leaves it out.
pub fn outlook(
    film: &Film,
    layout: &ProjectLayout,
    cache: &Cache,
    hashes: &FileHashes,
    cancel: &CancelToken,
) -> Result<Option<RenderPlan>, RenderError> {
    let mut ready = Ready::new(layout, film, hashes, cache);
    let scenes: Vec<&FilmScene> = film.scenes.iter().collect();
    for scene in &scenes {
        for shot in &scene.shots {
            cancel.check()?;
            // What is wrong with a take is said by the job that conforms it, and by whoever shows the shot.
            let Ok(Some(take)) = ready.wanted(scene, shot) else { continue };
            if let Some(found) = crate::conform::find(cache, &take.key) {
                let source = TakeSource { path: take.path, fit: take.spec.fit };
                ready.clips.insert((take.scene_id, take.shot_id), (found, source));
            }
        }
    }
    if let Err(error) = ready.judge_cuts(&scenes, cancel, &NoProgress) {
        cancel.check()?;
        // Then they are shown as plain cuts.
        tracing::debug!("the cuts cannot be judged: {error}");
        ready.cuts.clear();
    }
    ready.cuts.retain(|cut| {
        let shots = film.scene(&cut.scene_id).map_or(&[][..], |scene| &scene.shots);
        shots.windows(2).any(|pair| pair[0].shot_id == cut.from && pair[1].shot_id == cut.to)
    });
    match RenderPlan::new(&gather(&silent(left_out(film, &ready)), None, &ready)?) {
        Ok(plan) => Ok(Some(plan)),
        Err(PlanError::NothingToRender) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
