//! Measured levels, kept in the cache: a render finds its level done, and playback plays at that of the film's last
//! one.

use super::{
    loudness::{CODEC_HEADROOM_DB, LoudnessPlan},
    mix::MixPlan,
    plan::{LoudnessGoal, content_hash},
};
use crate::{
    media::AAC_BITRATE_BPS,
    store::{Cache, StoreError, write_atomic},
};

/// The level that brings a mix to its goal, as far as a render has measured it: of this very mix, else of the film's
/// last render, else the mix as loud as it is. Peaks are held in every case.
#[must_use]
pub fn known(cache: &Cache, mix: &MixPlan, goal: LoudnessGoal) -> LoudnessPlan {
    let limit_dbtp = goal.limit_dbtp - CODEC_HEADROOM_DB;
    let last = || read(cache, &last_key()).map(|last| LoudnessPlan { limit_dbtp, ..last });
    find(cache, mix, goal.target_lufs, limit_dbtp).or_else(last).unwrap_or_else(|| LoudnessPlan::as_it_is(limit_dbtp))
}

/// The level of a mix, if it was measured.
pub(super) fn find(cache: &Cache, mix: &MixPlan, target_lufs: Option<f64>, limit_dbtp: f64) -> Option<LoudnessPlan> {
    read(cache, &key_of(mix, target_lufs, limit_dbtp)?)
}

/// Keeps a measured level under everything it depends on.
pub(super) fn remember(
    cache: &Cache,
    mix: &MixPlan,
    target_lufs: Option<f64>,
    limit_dbtp: f64,
    level: &LoudnessPlan,
) -> Result<(), StoreError> {
    key_of(mix, target_lufs, limit_dbtp).map_or(Ok(()), |key| write(cache, &key, level))
}

/// Keeps a level as that of the film's last render. A scene on its own has no goal to bring it to, so it is none.
pub(super) fn note_last(cache: &Cache, goal: LoudnessGoal, level: &LoudnessPlan) -> Result<(), StoreError> {
    if goal.target_lufs.is_none() || read(cache, &last_key()).as_ref() == Some(level) {
        return Ok(());
    }
    write(cache, &last_key(), level)
}

fn last_key() -> blake3::Hash {
    blake3::hash(b"level of the last film")
}

fn key_of(mix: &MixPlan, target_lufs: Option<f64>, limit_dbtp: f64) -> Option<blake3::Hash> {
    let key = content_hash("level", &(mix.hash(), target_lufs, limit_dbtp, AAC_BITRATE_BPS));
    blake3::Hash::from_hex(key).ok()
}

fn read(cache: &Cache, key: &blake3::Hash) -> Option<LoudnessPlan> {
    serde_json::from_slice(&std::fs::read(cache.get(key, "json")?).ok()?).ok()
}

fn write(cache: &Cache, key: &blake3::Hash, level: &LoudnessPlan) -> Result<(), StoreError> {
    if let Ok(bytes) = serde_json::to_vec(level) {
        let place = cache.reserve(key, "json")?;
        write_atomic(place.final_path(), &bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{loudness::Loudness, mix::SceneMix};

    fn level(gain_db: f64, limit_dbtp: f64) -> LoudnessPlan {
        let measured = Loudness { integrated_lufs: Some(-20.0), range_lu: 3.0, true_peak_dbtp: -6.0 };
        LoudnessPlan { gain_db, limit_dbtp, measured_before: measured, predicted_after: measured }
    }

    #[test]
    fn the_very_mix_comes_before_the_last_film_and_that_before_none() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        let mix = |length_samples| MixPlan { scenes: vec![SceneMix { length_samples, ..SceneMix::default() }] };
        let goal = LoudnessGoal { target_lufs: Some(-14.0), limit_dbtp: -1.0 };
        let scene_goal = LoudnessGoal { target_lufs: None, ..goal };
        assert_eq!(known(&cache, &mix(10), goal).gain_db, 0.0);

        note_last(&cache, scene_goal, &level(1.0, -2.0)).unwrap();
        assert_eq!(known(&cache, &mix(10), goal).gain_db, 0.0, "a scene is no film");
        note_last(&cache, goal, &level(5.0, -3.0)).unwrap();
        let last = known(&cache, &mix(10), goal);
        assert_eq!((last.gain_db, last.limit_dbtp), (5.0, -2.0), "the limit is the film's own");

        remember(&cache, &mix(10), goal.target_lufs, -2.0, &level(7.0, -2.0)).unwrap();
        assert_eq!(known(&cache, &mix(10), goal).gain_db, 7.0);
        assert_eq!(known(&cache, &mix(11), goal).gain_db, 5.0);
    }
}
