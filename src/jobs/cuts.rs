//! How every cut of the film joins, kept up to date behind the user's back.

use super::{JobAsk, Jobs, StartJob, slot::ProgressSlot};
use crate::{
    document::{
        FilmRate, FilmRevision, FilmSettings, FilmSize, SceneShots, ShotContinuity, ShotFile, ShotFit, ShotInPoint,
        ShotOutPoint, ShotSmooth,
    },
    generation::{GenerationError, Generator, OpenFilm},
};
use bevy::prelude::{Changed, DetectChanges, MessageWriter, Or, Query, Res, ResMut, Resource};
use kinora_core::{
    continuity::{Chain, Cut},
    film::{Film, FilmScene, Metadata, Settings},
    ids::{SceneId, ShotId},
};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// The user has stopped cutting for this long before the cuts are looked at.
const QUIET: Duration = Duration::from_secs(1);

/// What is known of the cuts of the open film. Cuts that are being looked at keep their last report.
///
/// A copy costs one pointer a scene, so that panels can keep one.
#[derive(Resource, Debug, Default, Clone)]
pub struct CutReports {
    scenes: HashMap<SceneId, Arc<SceneCuts>>,
    round: u64,
    due: Option<Instant>,
}

/// The cuts of one scene.
#[derive(Debug, Clone)]
pub(super) struct SceneCuts {
    scene_id: SceneId,
    /// Of all that the judgement depends on.
    fingerprint: blake3::Hash,
    cuts: Vec<Cut>,
    /// Place in `cuts` of the cut after a shot.
    after: HashMap<ShotId, usize>,
    chains: Vec<Chain>,
    /// Why its cuts could not be judged, if they could not.
    problem: Option<String>,
}

impl SceneCuts {
    fn new(scene_id: SceneId, fingerprint: blake3::Hash, cuts: Vec<Cut>, chains: Vec<Chain>) -> Self {
        let after = cuts.iter().enumerate().map(|(place, cut)| (cut.from.clone(), place)).collect();
        Self { scene_id, fingerprint, cuts, after, chains, problem: None }
    }
}

/// The scenes whose cuts are known, each with what they were judged by.
pub(super) type KnownCuts = HashMap<SceneId, blake3::Hash>;

impl CutReports {
    /// Reports of cuts of a scene that were judged elsewhere, for tests and pictures of panels.
    #[must_use]
    pub fn of(scene_id: &SceneId, cuts: Vec<Cut>) -> Self {
        let mut reports = Self::default();
        let fingerprint = blake3::hash(scene_id.as_str().as_bytes());
        reports.take_in(vec![SceneCuts::new(scene_id.clone(), fingerprint, cuts, Vec::new())]);
        reports
    }

    /// The cut between two neighbours of a scene: score, whether it is smoothed, and why. Absent where a clip is
    /// missing or the cut was not looked at yet.
    #[must_use]
    pub fn cut(&self, scene_id: &SceneId, before: &ShotId, after: &ShotId) -> Option<&Cut> {
        let scene = self.scenes.get(scene_id)?;
        scene.after.get(before).map(|place| &scene.cuts[*place]).filter(|cut| cut.to == *after)
    }

    /// Another number whenever something else is known: what was made of the reports is then made again.
    #[must_use]
    pub const fn round(&self) -> u64 {
        self.round
    }

    /// Every cut that is known, scene by scene in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Cut> {
        self.scenes.values().flat_map(|scene| &scene.cuts)
    }

    /// The runs of shots of a scene that continue each other, and how they drift.
    #[must_use]
    pub fn chains(&self, scene_id: &SceneId) -> &[Chain] {
        self.scenes.get(scene_id).map_or(&[], |scene| &scene.chains)
    }

    /// Why the cuts of a scene could not be judged, if they could not: a clip that is damaged or gone.
    #[must_use]
    pub fn problem(&self, scene_id: &SceneId) -> Option<&str> {
        self.scenes.get(scene_id)?.problem.as_deref()
    }

    pub(super) fn known(&self) -> KnownCuts {
        let judged = self.scenes.values().filter(|scene| scene.problem.is_none());
        judged.map(|scene| (scene.scene_id.clone(), scene.fingerprint)).collect()
    }

    pub(super) fn take_in(&mut self, found: Vec<SceneCuts>) {
        self.round += 1;
        for scene in found {
            self.scenes.insert(scene.scene_id.clone(), Arc::new(scene));
        }
    }

    pub(super) fn forget(&mut self) {
        *self = Self { round: self.round + 1, ..Self::default() };
    }
}

/// Notes what the cuts depend on.
#[expect(
    clippy::type_complexity,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    reason = "a system names what it takes, by value"
)]
pub(super) fn watch_cuts(
    shots: Query<
        '_,
        '_,
        (),
        Or<(
            Changed<ShotFile>,
            Changed<ShotInPoint>,
            Changed<ShotOutPoint>,
            Changed<ShotSmooth>,
            Changed<ShotContinuity>,
            Changed<ShotFit>,
        )>,
    >,
    scenes: Query<'_, '_, (), Changed<SceneShots>>,
    films: Query<'_, '_, (), Or<(Changed<FilmSettings>, Changed<FilmRate>, Changed<FilmSize>)>>,
    mut reports: ResMut<'_, CutReports>,
    jobs: Res<'_, Jobs>,
    revision: Option<Res<'_, FilmRevision>>,
    mut start: MessageWriter<'_, StartJob>,
) {
    if !jobs.watches_cuts() {
        return;
    }
    // The film tells when anything changed at all: most frames need not ask every shot.
    let may_have_changed = revision.is_none_or(|revision| revision.is_changed());
    if !may_have_changed && reports.due.is_none() {
        return;
    }
    if !shots.is_empty() || !scenes.is_empty() || !films.is_empty() {
        let due = Instant::now() + QUIET;
        reports.due = Some(due);
        jobs.wake_at(due);
    } else if reports.due.is_some_and(|due| due <= Instant::now()) {
        reports.due = None;
        start.write(StartJob::new(JobAsk::SurveyCuts));
    }
}

/// Looks at the cuts of the scenes that changed.
pub(super) fn survey_cuts(
    generator: &Generator,
    film: &OpenFilm<'_>,
    known: &KnownCuts,
    slot: &ProgressSlot,
) -> Result<Vec<SceneCuts>, GenerationError> {
    let (metadata, settings) = (film.metadata()?, film.settings()?);
    let scenes = film.scenes()?;
    let mut found = Vec::new();
    let total = scenes.len();
    for (done, scene) in scenes.into_iter().enumerate() {
        let fingerprint = fingerprint(&metadata, &settings, &scene)?;
        let scene_id = scene.scene_id.clone();
        if known.get(&scene_id) == Some(&fingerprint) {
            continue;
        }
        slot.begin(&format!("cuts of {scene_id}"), done, total);
        let alone = Film {
            metadata: Metadata { scene_order: vec![scene_id.clone()], ..metadata.clone() },
            settings: settings.clone(),
            characters: Vec::new(),
            scenes: vec![scene],
        };
        found.push(match generator.survey(film, &alone, &scene_id) {
            Ok(seen) => SceneCuts::new(scene_id, fingerprint, seen.cuts, seen.chains),
            Err(error) if error.kind() == "cancelled" => return Err(error),
            Err(error) => {
                let unseen = SceneCuts::new(scene_id, fingerprint, Vec::new(), Vec::new());
                SceneCuts { problem: Some(error.to_string()), ..unseen }
            }
        });
    }
    Ok(found)
}

fn fingerprint(metadata: &Metadata, settings: &Settings, scene: &FilmScene) -> Result<blake3::Hash, GenerationError> {
    let shots = scene.shots.iter().map(|shot| {
        let points = (&shot.shot_id, &shot.file_path, shot.in_frame, shot.out_frame);
        (points, shot.smooth, &shot.continuity_source, shot.fit)
    });
    let film = (metadata.rate, &metadata.size, settings.fit, settings.enable_optical_flow, settings.match_threshold);
    let text = serde_json::to_vec(&(film, shots.collect::<Vec<_>>()))
        .map_err(|error| GenerationError::Save(error.to_string()))?;
    Ok(blake3::hash(&text))
}
