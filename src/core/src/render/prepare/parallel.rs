//! Conforming several takes at a time.

use super::{RenderError, TakeConformer, TakeToConform};
use crate::{
    conform::{ConformSpec, Work},
    ids::{SceneId, ShotId},
    progress::{CancelToken, ProgressSink, ProgressUpdate},
};
use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

/// A shot's take on its way into the cache.
pub(super) struct Wanted {
    pub(super) scene_id: SceneId,
    pub(super) shot_id: ShotId,
    pub(super) path: PathBuf,
    pub(super) key: blake3::Hash,
    pub(super) spec: ConformSpec,
    /// A guess, for the bar.
    pub(super) frames: u64,
}

/// Conforms takes, as many at a time as there are cores.
pub(super) fn run_parallel(
    queue: &[&Wanted],
    project_root: &Path,
    conformer: &dyn TakeConformer,
    cancel: &CancelToken,
    progress: &dyn ProgressSink,
) -> Result<(), RenderError> {
    if queue.is_empty() {
        return Ok(());
    }
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let lanes = cores.min(queue.len());
    let total: u64 = queue.iter().map(|take| take.frames).sum();
    let finished_frames = AtomicU64::new(0);
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<RenderError>> = Mutex::new(None);
    // One failure stops the others: the render cannot be made without it.
    let stop = CancelToken::default();
    let lane = || {
        while let Some(take) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            let label = format!("conforming {}/{}", take.scene_id, take.shot_id);
            let last = AtomicU64::new(0);
            let tell = |frames: u64| {
                let frames = frames.min(take.frames);
                let before = last.swap(frames, Ordering::Relaxed);
                let done = finished_frames.fetch_add(frames.saturating_sub(before), Ordering::Relaxed) + frames
                    - before.min(frames);
                progress.report(ProgressUpdate { label: label.clone(), done: done.min(total), total });
                if cancel.is_cancelled() {
                    stop.cancel();
                }
            };
            if cancel.is_cancelled() || stop.is_cancelled() {
                return;
            }
            let to_conform = TakeToConform { path: &take.path, key: &take.key, spec: &take.spec, project_root };
            if let Err(error) = conformer.conform(&to_conform, &Work { cancel: &stop, progress: &tell }) {
                stop.cancel();
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                return;
            }
        }
    };
    thread::scope(|scope| {
        let mut handles = Vec::new();
        for index in 0..lanes {
            let handle = thread::Builder::new().name(format!("kinora-conform-{index}")).spawn_scoped(scope, lane);
            handles.push(handle.map_err(RenderError::Thread)?);
        }
        // A conform that reports nothing (a decoder that hangs) must still hear a cancel.
        while handles.iter().any(|handle| !handle.is_finished()) {
            if cancel.is_cancelled() {
                stop.cancel();
            }
            thread::sleep(std::time::Duration::from_millis(5));
        }
        Ok::<(), RenderError>(())
    })?;
    cancel.check()?;
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
