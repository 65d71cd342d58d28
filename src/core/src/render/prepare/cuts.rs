//! Every cut of what is made ready: whether its frames match, and whether it is smoothed.

use super::{Ready, RenderError, TakeConformer, chosen_scenes, left_out};
use crate::{
    continuity::{Chain, ChainShot, Cut, FrameRef, measure_drift, measure_match, runs},
    film::{AudioTracks, Film, FilmScene, ProjectLayout, Shot},
    ids::SceneId,
    progress::{CancelToken, ProgressSink, ProgressUpdate},
    render::{
        execute::RenderJob,
        gather::gather,
        plan::{PlanError, RenderPlan, SeamWindow},
    },
    smoothing::{SeamSpec, open_engine},
    store::{Cache, FileHashes},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// How a film holds together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Continuity {
    /// Every cut between neighbours of a scene that have a clip.
    pub cuts: Vec<Cut>,
    /// Every run of shots that continue each other.
    pub chains: Vec<Chain>,
}

/// What a look at the cuts found.
#[derive(Debug, Clone)]
pub struct Survey {
    /// How the film holds together.
    pub continuity: Continuity,
    /// The pictures alone as a render would make them, to draw or to look up seams; `None` if there is no clip.
    pub pictures: Option<RenderJob>,
}

/// Judges every cut of a film, or of one scene. Takes that are not conformed yet are conformed; shots without one are
/// passed over, and sound is not looked at.
///
/// # Errors
/// [`RenderError`].
pub fn survey(
    film: &Film,
    layout: &ProjectLayout,
    scene_id: Option<&SceneId>,
    conformer: &dyn TakeConformer,
    cancel: &CancelToken,
    progress: &dyn ProgressSink,
) -> Result<Survey, RenderError> {
    let cache = Cache::open(layout.root())?;
    let hashes = FileHashes::load(layout.root());
    let scenes = chosen_scenes(film, scene_id)?;
    let mut ready = Ready::new(layout, film, &hashes, &cache);
    let takes = ready.list_takes(&scenes, true)?;
    ready.conform_takes(takes, conformer, cancel, progress)?;
    hashes.save()?;
    ready.judge_cuts(&scenes, cancel, progress)?;
    let chains = ready.chains(cancel, progress)?;
    let pictures = match RenderPlan::new(&gather(&silent(left_out(film, &ready)), scene_id, &ready)?) {
        Ok(plan) => Some(plan),
        Err(PlanError::NothingToRender) => None,
        Err(error) => return Err(error.into()),
    };
    let cuts = ready.cuts.clone();
    let output = layout.film_render_file();
    let project_root = layout.root().to_path_buf();
    let pictures = pictures.map(|plan| RenderJob { project_root, output, plan, delivery: None, cuts });
    Ok(Survey { continuity: Continuity { cuts: ready.cuts, chains }, pictures })
}

/// The film without its sound.
pub(super) fn silent(mut film: Film) -> Film {
    for scene in &mut film.scenes {
        scene.voice_lines.clear();
        scene.audio_tracks = AudioTracks::default();
    }
    film
}

impl Ready<'_> {
    pub(super) fn judge_cuts(
        &mut self,
        scenes: &[&FilmScene],
        cancel: &CancelToken,
        progress: &dyn ProgressSink,
    ) -> Result<(), RenderError> {
        let mut pairs = Vec::new();
        for scene in scenes {
            let shown: Vec<&Shot> = scene.shots.iter().filter(|shot| self.shown_ends(scene, shot).is_some()).collect();
            pairs.extend(shown.windows(2).map(|pair| (*scene, pair[0], pair[1])));
        }
        let lanes = thread::available_parallelism().map_or(1, usize::from).min(pairs.len());
        let next = AtomicUsize::new(0);
        let found: Mutex<BTreeMap<usize, Result<Cut, RenderError>>> = Mutex::default();
        let lane = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some((scene, from, to)) = pairs.get(index).filter(|_| !cancel.is_cancelled()) else { return };
                let label = format!("cut {}/{} to {}", scene.scene_id, from.shot_id, to.shot_id);
                progress.report(ProgressUpdate { label, done: index as u64, total: pairs.len() as u64 });
                let cut = self.judge_cut(scene, [from, to]);
                found.lock().unwrap_or_else(PoisonError::into_inner).insert(index, cut);
            }
        };
        thread::scope(|scope| {
            for number in 1..lanes {
                let name = format!("kinora-cuts-{number}");
                thread::Builder::new().name(name).spawn_scoped(scope, lane).map_err(RenderError::Thread)?;
            }
            lane();
            Ok::<_, RenderError>(())
        })?;
        cancel.check()?;
        let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.cuts = found.into_values().collect::<Result<_, _>>()?;
        Ok(())
    }

    fn judge_cut(&self, scene: &FilmScene, [from, to]: [&Shot; 2]) -> Result<Cut, RenderError> {
        let missing = |shot: &Shot| RenderError::MissingTakes(vec![format!("{}/{}", scene.scene_id, shot.shot_id)]);
        let (_, last) = self.shown_ends(scene, from).ok_or_else(|| missing(from))?;
        let (first, _) = self.shown_ends(scene, to).ok_or_else(|| missing(to))?;
        let found = measure_match(last, first, self.film.metadata.rate, self.cache)?;
        Ok(Cut::new(&scene.scene_id, [from, to], &found, &self.film.settings))
    }

    /// The first and the last frame that a shot shows.
    fn shown_ends(&self, scene: &FilmScene, shot: &Shot) -> Option<(FrameRef<'_>, FrameRef<'_>)> {
        let (take, _) = self.clips.get(&(scene.scene_id.clone(), shot.shot_id.clone()))?;
        let end = shot.out_frame.unwrap_or(u64::MAX).min(take.frames);
        // A shot that shows nothing is refused by the plan, with its points.
        (shot.in_frame < end).then_some((FrameRef { take, frame: shot.in_frame }, FrameRef { take, frame: end - 1 }))
    }

    pub(super) fn seam_windows(&self, scene: &FilmScene) -> Vec<SeamWindow> {
        let settings = &self.film.settings;
        let engine = settings.smoothing_engine;
        let frames = self.film.metadata.rate.secs_to_frames(settings.seam_window_secs).max(1);
        let smoothed = self.cuts.iter().filter(|cut| cut.smoothed && cut.scene_id == scene.scene_id);
        let window = |cut: &Cut| SeamWindow {
            shot_id: cut.from.clone(),
            before_frames: frames,
            after_frames: frames,
            engine,
            params: format!("{} {}", open_engine(engine).fingerprint(), SeamSpec::default().fingerprint()),
        };
        smoothed.map(window).collect()
    }

    fn chains(&self, cancel: &CancelToken, progress: &dyn ProgressSink) -> Result<Vec<Chain>, RenderError> {
        let rate = self.film.metadata.rate;
        let mut chains = Vec::new();
        for run in runs(&self.cuts) {
            let ends = run.iter().filter_map(|(scene_id, shot_id)| {
                let scene = self.film.scene(scene_id)?;
                Some((shot_id, self.shown_ends(scene, scene.shot(shot_id)?)?))
            });
            let ends: Vec<_> = ends.collect();
            let Some((_, (first, _))) = ends.first() else { continue };
            let mut shots = Vec::new();
            for (shot_id, (_, last)) in &ends {
                cancel.check()?;
                progress.report(ProgressUpdate { label: format!("drift of {shot_id}"), done: 0, total: 0 });
                let drift = measure_drift(*first, *last, rate, self.cache)?;
                shots.push(ChainShot { shot_id: (*shot_id).clone(), drift });
            }
            chains.push(Chain { scene_id: run[0].0.clone(), shots });
        }
        Ok(chains)
    }
}
