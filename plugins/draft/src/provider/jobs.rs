//! Jobs on a few named threads. A final state goes to the job's folder, so that it can be asked for after a restart.

use super::make::make;
use crate::{DraftError, PROVIDER_ID};
use kinora_core::{progress::CancelToken, store::write_atomic};
use kinora_provider::{GenerationRequest, JobState, JobTicket, OutputSource, ProviderError, Submitted};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, VecDeque},
    fs,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

/// Jobs made at the same time. Drawing and encoding a clip fills several cores by itself.
pub(super) const MAX_WORKERS: usize = 2;
/// Most jobs that wait.
const MAX_QUEUED: usize = 10_000;
const STATE_FILE: &str = "draft_job.json";
/// A state file is a few hundred bytes; anything much larger is not ours.
const MAX_STATE_BYTES: u64 = 1 << 20;

#[derive(Default)]
pub(super) struct Jobs {
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    jobs: HashMap<String, Arc<Job>>,
    queue: VecDeque<Arc<Job>>,
    workers: usize,
}

struct Job {
    vendor_id: String,
    ticket: JobTicket,
    request: GenerationRequest,
    cancel: CancelToken,
    state: Mutex<JobState>,
}

/// What is kept of a finished job.
#[derive(Serialize, Deserialize)]
struct Finished {
    vendor_id: String,
    state: JobState,
}

/// A panic while a lock was held left plain data behind, which is still good to read.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The id of a ticket's job: the same each time, so that a job handed in twice is one job.
pub(super) fn vendor_id(ticket: &JobTicket) -> String {
    format!("{PROVIDER_ID}-{}", ticket.job_id)
}

impl Jobs {
    pub(super) fn submit(
        self: &Arc<Self>,
        ticket: JobTicket,
        request: GenerationRequest,
    ) -> Result<Submitted, ProviderError> {
        let vendor_id = vendor_id(&ticket);
        if let Some(state) = kept(&ticket, &vendor_id) {
            return Ok(Submitted { vendor_id, state });
        }
        let mut table = locked(&self.table);
        if let Some(job) = table.jobs.get(&vendor_id) {
            let state = locked(&job.state).clone();
            return Ok(Submitted { vendor_id, state });
        }
        if table.queue.len() >= MAX_QUEUED {
            return Err(ProviderError::RateLimited { provider: PROVIDER_ID.into(), retry_after_secs: Some(30.0) });
        }
        let job = Arc::new(Job {
            vendor_id: vendor_id.clone(),
            ticket,
            request,
            cancel: CancelToken::default(),
            state: Mutex::new(JobState::Queued),
        });
        if table.workers < MAX_WORKERS {
            let jobs = Arc::clone(self);
            thread::Builder::new()
                .name(format!("draft-{}", table.workers + 1))
                .spawn(move || jobs.work())
                .map_err(|error| ProviderError::Internal { message: format!("no thread to work on: {error}") })?;
            table.workers += 1;
        }
        table.jobs.insert(vendor_id.clone(), Arc::clone(&job));
        table.queue.push_back(job);
        Ok(Submitted { vendor_id, state: JobState::Queued })
    }

    pub(super) fn state(&self, ticket: &JobTicket, vendor_id: &str) -> Result<JobState, ProviderError> {
        if let Some(job) = locked(&self.table).jobs.get(vendor_id).cloned() {
            return Ok(locked(&job.state).clone());
        }
        kept(ticket, vendor_id).ok_or_else(|| ProviderError::JobNotFound { vendor_id: vendor_id.into() })
    }

    pub(super) fn cancel(&self, ticket: &JobTicket, vendor_id: &str) -> Result<(), ProviderError> {
        let Some(job) = locked(&self.table).jobs.get(vendor_id).cloned() else {
            return self.state(ticket, vendor_id).map(|_| ());
        };
        let mut state = locked(&job.state);
        if !state.is_final() {
            job.cancel.cancel();
            // A worker ends a running job itself; one that waits has nobody else to end it.
            if *state == JobState::Queued {
                *state = JobState::Cancelled;
                job.keep(&state);
            }
        }
        Ok(())
    }

    /// A worker's life: job after job, until none waits.
    fn work(&self) {
        loop {
            let job = {
                let mut table = locked(&self.table);
                let Some(job) = table.queue.pop_front() else {
                    table.workers -= 1;
                    return;
                };
                job
            };
            let kept = run(&job);
            if kept {
                locked(&self.table).jobs.remove(&job.vendor_id);
            }
        }
    }
}

/// Runs one job to its end; says whether its state is on disk.
fn run(job: &Job) -> bool {
    {
        let mut state = locked(&job.state);
        if state.is_final() {
            return job.keep(&state);
        }
        *state = JobState::Running { progress: Some(0.0), note: note(&job.request).into() };
    }
    let mut progress = |share: f32| job.progress(share);
    let making = || make(&job.ticket, &job.request, &job.cancel, &mut progress);
    let made = catch_unwind(AssertUnwindSafe(making))
        .unwrap_or_else(|_| Err(DraftError::Picture("the draft provider broke down; see the log".into())));
    let mut state = locked(&job.state);
    *state = match made {
        Ok(output) if job.cancel.is_cancelled() => {
            for file in &output.files {
                if let OutputSource::File(path) = &file.source {
                    // Nobody wants it any more; left behind it would harm nothing.
                    let _ = fs::remove_file(path);
                }
            }
            JobState::Cancelled
        }
        Ok(output) => JobState::Succeeded(output),
        Err(_) if job.cancel.is_cancelled() => JobState::Cancelled,
        Err(error) => JobState::Failed(error.into()),
    };
    job.keep(&state)
}

impl Job {
    fn progress(&self, share: f32) -> ControlFlow<()> {
        if self.cancel.is_cancelled() {
            return ControlFlow::Break(());
        }
        if let JobState::Running { progress, .. } = &mut *locked(&self.state) {
            *progress = Some(progress.unwrap_or(0.0).max(share.clamp(0.0, 1.0)));
        }
        ControlFlow::Continue(())
    }

    /// Writes a final state to the job's folder. Where that fails it stays in memory, good until the program ends.
    fn keep(&self, state: &JobState) -> bool {
        let finished = Finished { vendor_id: self.vendor_id.clone(), state: state.clone() };
        let path = state_path(&self.ticket);
        let saved = serde_json::to_vec(&finished)
            .map_err(|error| error.to_string())
            .and_then(|bytes| write_atomic(&path, &bytes).map_err(|error| error.to_string()));
        if let Err(error) = &saved {
            tracing::warn!("{}: the state of a draft job was not saved: {error}", path.display());
        }
        saved.is_ok()
    }
}

fn state_path(ticket: &JobTicket) -> PathBuf {
    ticket.work_dir.join(STATE_FILE)
}

/// The final state on disk, if it is this job's and its files are still there.
fn kept(ticket: &JobTicket, vendor_id: &str) -> Option<JobState> {
    let path = state_path(ticket);
    let size_bytes = fs::metadata(&path).ok()?.len();
    if size_bytes > MAX_STATE_BYTES {
        return None;
    }
    let finished: Finished = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
    if finished.vendor_id != vendor_id {
        return None;
    }
    if let JobState::Succeeded(output) = &finished.state {
        let there = |source: &OutputSource| match source {
            OutputSource::File(path) => path.starts_with(&ticket.work_dir) && path.is_file(),
            OutputSource::Url(_) => false,
        };
        if !output.files.iter().all(|file| there(&file.source)) {
            return None;
        }
    }
    Some(finished.state)
}

fn note(request: &GenerationRequest) -> &'static str {
    match request {
        GenerationRequest::Video(_) => "drawing the shot",
        GenerationRequest::Image(_) => "drawing the still",
        GenerationRequest::Speech(_) => "speaking",
        GenerationRequest::VoiceConversion(_) => "reshaping the voice",
        GenerationRequest::LipSync(_) => "laying the voice under the shot",
        GenerationRequest::Music(_) => "composing",
        GenerationRequest::SoundEffect(_) => "making the sound",
    }
}
