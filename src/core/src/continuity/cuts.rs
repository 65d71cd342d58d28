//! The cuts of a film: whether the shots really meet, and what becomes of each cut.

use super::{Drift, FrameMatch, compare, drift};
use crate::{
    conform::Conformed,
    film::{Settings, Shot, SmoothMode},
    ids::{SceneId, ShotId},
    media::{ConformedReader, MediaError, to_planes},
    planes::YuvFrame,
    store::{Cache, StoreError, write_atomic},
    time::FrameRate,
};
use serde::{Deserialize, Serialize};

/// Raised when a change of code scores the same frames differently.
const MATCH_VERSION: u32 = 1;
/// The same for drift.
const DRIFT_VERSION: u32 = 1;

/// A frame of a conformed take.
#[derive(Debug, Clone, Copy)]
pub struct FrameRef<'a> {
    /// The conformed take.
    pub take: &'a Conformed,
    /// The frame, counted from 0 at the film's rate.
    pub frame: u64,
}

impl FrameRef<'_> {
    /// Decodes the frame.
    ///
    /// # Errors
    /// [`MediaError`].
    pub fn read(&self, rate: FrameRate) -> Result<YuvFrame, MediaError> {
        let mut reader = ConformedReader::open(&self.take.video, rate, self.frame..self.frame + 1)?;
        let past_end = || MediaError::PastEnd { path: self.take.video.clone(), frame: self.frame };
        to_planes(&reader.next_picture()?.ok_or_else(past_end)?)
    }

    fn name(&self) -> String {
        format!("{}:{}", self.take.key.to_hex(), self.frame)
    }
}

/// Why two frames could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum ContinuityError {
    /// Reading a frame.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The cache.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Compares the last frame shown of a shot with the first of the next. Remembered in the cache.
///
/// # Errors
/// [`ContinuityError`].
pub fn measure_match(
    last: FrameRef<'_>,
    first: FrameRef<'_>,
    rate: FrameRate,
    cache: &Cache,
) -> Result<FrameMatch, ContinuityError> {
    let name = format!("match {MATCH_VERSION} {} {}", last.name(), first.name());
    remembered(cache, &name, || Ok(compare(&last.read(rate)?, &first.read(rate)?)))
}

/// How far a frame has drifted from another. Remembered in the cache.
///
/// # Errors
/// [`ContinuityError`].
pub fn measure_drift(
    first: FrameRef<'_>,
    later: FrameRef<'_>,
    rate: FrameRate,
    cache: &Cache,
) -> Result<Drift, ContinuityError> {
    let name = format!("drift {DRIFT_VERSION} {} {}", first.name(), later.name());
    remembered(cache, &name, || Ok(drift(&first.read(rate)?, &later.read(rate)?)))
}

fn remembered<T: Serialize + for<'de> Deserialize<'de>>(
    cache: &Cache,
    name: &str,
    make: impl FnOnce() -> Result<T, ContinuityError>,
) -> Result<T, ContinuityError> {
    let key = blake3::hash(name.as_bytes());
    let known = cache.get(&key, "json").and_then(|path| serde_json::from_slice(&std::fs::read(path).ok()?).ok());
    if let Some(known) = known {
        return Ok(known);
    }
    let made = make()?;
    if let Ok(bytes) = serde_json::to_vec(&made) {
        write_atomic(cache.reserve(&key, "json")?.final_path(), &bytes)?;
    }
    Ok(made)
}

/// A cut of the film, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// The scene.
    pub scene_id: SceneId,
    /// The shot before the cut.
    pub from: ShotId,
    /// The shot after it.
    pub to: ShotId,
    /// Whether the second shot was made to continue the first.
    pub continued: bool,
    /// Whether the frames at the cut have the same codes.
    pub exact: bool,
    /// How alike they are, 0 to 1.
    pub score: f64,
    /// Whether the score reaches the film's threshold.
    pub matched: bool,
    /// Whether the cut is smoothed.
    pub smoothed: bool,
    /// Why, or why not.
    pub reason: String,
}

impl Cut {
    /// Judges a cut between two neighbours of a scene.
    #[must_use]
    pub fn new(scene_id: &SceneId, [from, to]: [&Shot; 2], found: &FrameMatch, settings: &Settings) -> Self {
        let threshold = settings.match_threshold;
        let matched = found.exact || found.score >= threshold;
        let source = to.continuity_source.as_ref();
        let continued = source.is_some_and(|source| source.scene_id == *scene_id && source.shot_id == from.shot_id);
        let score = found.score;
        let (smoothed, reason) = match (from.smooth, matched, settings.enable_optical_flow) {
            (SmoothMode::Never, ..) => (false, "smoothing is forbidden at this cut".to_owned()),
            (SmoothMode::Always, true, _) => (true, "smoothing is forced at this cut".to_owned()),
            (SmoothMode::Always, false, _) => (
                true,
                format!(
                    "smoothing is forced at this cut, though the frames do not match ({score:.2} of {threshold:.2})"
                ),
            ),
            (SmoothMode::Auto, false, _) => {
                (false, format!("the frames do not match ({score:.2}, {threshold:.2} is needed)"))
            }
            (SmoothMode::Auto, true, false) => {
                (false, "the frames match, but optical flow is off in the settings".to_owned())
            }
            (SmoothMode::Auto, true, true) if found.exact => (true, "the frames are the same".to_owned()),
            (SmoothMode::Auto, true, true) => (true, "the frames match".to_owned()),
        };
        Self {
            scene_id: scene_id.clone(),
            from: from.shot_id.clone(),
            to: to.shot_id.clone(),
            continued,
            exact: found.exact,
            score,
            matched,
            smoothed,
            reason,
        }
    }
}

/// A run of shots that continue each other, and how far each has drifted from the first frame of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    /// The scene.
    pub scene_id: SceneId,
    /// The shots in order.
    pub shots: Vec<ChainShot>,
}

/// A shot of a [`Chain`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChainShot {
    /// The shot.
    pub shot_id: ShotId,
    /// How far its last frame lies from the first frame of the run.
    #[serde(flatten)]
    pub drift: Drift,
}

/// The runs of two or more shots that hang together: continued on purpose, or matched by their frames.
#[must_use]
pub fn runs(cuts: &[Cut]) -> Vec<Vec<(SceneId, ShotId)>> {
    let mut runs: Vec<Vec<(SceneId, ShotId)>> = Vec::new();
    for cut in cuts.iter().filter(|cut| cut.matched || cut.continued) {
        let from = (cut.scene_id.clone(), cut.from.clone());
        let to = (cut.scene_id.clone(), cut.to.clone());
        match runs.last_mut().filter(|run| run.last() == Some(&from)) {
            Some(run) => run.push(to),
            None => runs.push(vec![from, to]),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{continuity::DEFAULT_THRESHOLD, film::ContinuitySource};

    fn check(mode: SmoothMode, score: f64, optical_flow: bool, expected: (bool, bool, &str)) {
        let scene_id = SceneId::numbered(1);
        let mut from = Shot::new(ShotId::numbered(1), "", 1.0);
        from.smooth = mode;
        let to = Shot::new(ShotId::numbered(2), "", 1.0);
        let frame = YuvFrame::filled(64, 36, [90, 128, 128]);
        let found = FrameMatch { exact: score >= 1.0, score, ..compare(&frame, &frame) };
        let settings = Settings { enable_optical_flow: optical_flow, ..Settings::default() };
        let cut = Cut::new(&scene_id, [&from, &to], &found, &settings);
        let (matched, smoothed, reason) = expected;
        assert_eq!((cut.matched, cut.smoothed), (matched, smoothed), "{cut:?}");
        assert!(cut.reason.contains(reason), "{cut:?}");
        assert!(!cut.continued);
    }

    #[test]
    fn a_cut_is_smoothed_where_it_matches_or_is_forced() {
        use SmoothMode::{Always, Auto, Never};
        check(Auto, 1.0, true, (true, true, "the same"));
        check(Auto, 0.9, true, (true, true, "match"));
        check(Auto, 0.9, false, (true, false, "optical flow is off"));
        check(Auto, 0.1, true, (false, false, "do not match (0.10"));
        check(Always, 0.1, false, (false, true, "forced"));
        check(Always, 0.9, true, (true, true, "forced"));
        check(Never, 1.0, true, (true, false, "forbidden"));
    }

    #[test]
    fn the_settings_start_at_the_published_threshold() {
        assert_eq!(Settings::default().match_threshold, DEFAULT_THRESHOLD);
    }

    #[test]
    fn runs_join_over_shots_that_meet() {
        let cut = |scene: usize, from: usize, matched: bool, continued: bool| Cut {
            scene_id: SceneId::numbered(scene),
            from: ShotId::numbered(from),
            to: ShotId::numbered(from + 1),
            continued,
            exact: false,
            score: 0.5,
            matched,
            smoothed: false,
            reason: String::new(),
        };
        let found = runs(&[
            cut(1, 1, true, true),
            cut(1, 2, false, true),
            cut(1, 3, false, false),
            cut(1, 4, true, false),
            cut(2, 1, false, false),
            cut(2, 5, true, true),
        ]);
        let lengths: Vec<_> = found.iter().map(Vec::len).collect();
        assert_eq!(lengths, [3, 2, 2]);
        assert_eq!(
            found[1],
            [(SceneId::numbered(1), ShotId::numbered(4)), (SceneId::numbered(1), ShotId::numbered(5))]
        );
    }

    #[test]
    fn a_shot_that_continues_its_neighbour_says_so() {
        let scene_id = SceneId::numbered(1);
        let from = Shot::new(ShotId::numbered(1), "", 1.0);
        let mut to = Shot::new(ShotId::numbered(2), "", 1.0);
        to.continuity_source = Some(ContinuitySource {
            scene_id: scene_id.clone(),
            shot_id: from.shot_id.clone(),
            take_id: None,
            take_blake3: String::new(),
            moment: crate::film::ReferenceMoment::Last,
            extra: crate::film::ExtraFields::new(),
        });
        let frame = YuvFrame::filled(64, 36, [90, 128, 128]);
        let found = compare(&frame, &frame);
        assert!(Cut::new(&scene_id, [&from, &to], &found, &Settings::default()).continued);
        assert!(!Cut::new(&SceneId::numbered(2), [&from, &to], &found, &Settings::default()).continued);
    }
}
