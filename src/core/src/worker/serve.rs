//! The worker's side.

use super::protocol::{CANCEL_LINE, Complaint, StillMoment, WorkerLine, WorkerReply, WorkerRequest};
use crate::{
    conform::{self, Work},
    media::{self, MediaError},
    progress::{CancelToken, ProgressUpdate},
    render::{RenderError, execute, join::join_clips, sheet::write_sheet, sound_files},
    store::Cache,
};
use std::{
    io::{BufRead, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Address space of a worker: far above what any work needs, far below what would hurt the machine.
#[cfg(unix)]
const MEMORY_LIMIT_BYTES: u64 = 6 << 30;
/// Progress is told at most this often; the parent takes silence for a hang.
const TELL_EVERY: Duration = Duration::from_millis(50);

/// Does one piece of work, named by the first line of `input`, and answers on `output`. Returns whether it succeeded.
///
/// `input` is watched while the work runs: `cancel` stops it, its end (the parent died) ends the whole process.
pub fn serve(input: impl BufRead + Send + 'static, output: impl Write + Send + 'static) -> bool {
    limit_memory();
    let teller = Teller { output: Arc::new(Mutex::new(Box::new(output))), last: Arc::new(Mutex::new(Instant::now())) };
    let mut input = input;
    let mut line = String::new();
    let request = match input.read_line(&mut line) {
        Ok(_) => serde_json::from_str::<WorkerRequest>(&line).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let request = match request {
        Ok(request) => request,
        Err(message) => {
            teller.send(&WorkerLine::Error { kind: "bad_request".to_owned(), message });
            return false;
        }
    };
    let cancel = CancelToken::default();
    let finished = Arc::new(AtomicBool::new(false));
    watch_parent(input, cancel.clone(), Arc::clone(&finished));
    let outcome = run(request, &cancel, &teller);
    finished.store(true, Ordering::SeqCst);
    match outcome {
        Ok(reply) => {
            teller.send(&WorkerLine::Reply(reply));
            true
        }
        Err((kind, message)) => {
            teller.send(&WorkerLine::Error { kind: kind.to_owned(), message });
            false
        }
    }
}

fn run(request: WorkerRequest, cancel: &CancelToken, teller: &Teller) -> Result<WorkerReply, (&'static str, String)> {
    let media = |error: MediaError| (error.kind(), error.to_string());
    match request {
        WorkerRequest::Probe { path } => {
            media::probe(&path).map(|info| WorkerReply::Media(Box::new(info))).map_err(media)
        }
        WorkerRequest::ProbeAll { paths } => {
            for path in &paths {
                cancel.check().map_err(|cancelled| ("cancelled", cancelled.to_string()))?;
                let complaint = |error: MediaError| Complaint { kind: error.kind().into(), message: error.to_string() };
                teller.send(&WorkerLine::Probed(media::probe(path).map(Box::new).map_err(complaint)));
            }
            Ok(WorkerReply::Done)
        }
        WorkerRequest::Still { clip, moment, png } => match moment {
            StillMoment::First => media::extract_first_frame(&clip, &png),
            StillMoment::Last => media::extract_last_frame(&clip, &png),
            StillMoment::Frame(frame) => media::extract_frame(&clip, frame, &png),
        }
        .map(|(width_px, height_px)| WorkerReply::Still { width_px, height_px })
        .map_err(media),
        WorkerRequest::Conform { take, key, spec, project_root } => {
            let key = blake3::Hash::from_hex(&key).map_err(|error| ("bad_request", error.to_string()))?;
            let cache = Cache::open(&project_root).map_err(|error| (error.kind(), error.to_string()))?;
            let label = take.display().to_string();
            let progress = |done: u64| teller.progress(ProgressUpdate { label: label.clone(), done, total: 0 });
            let work = Work { cancel, progress: &progress };
            conform::conform(&take, &key, &spec, &cache, &work)
                .map(|done| WorkerReply::Conformed { frames: done.frames, has_sound: done.has_sound })
                .map_err(media)
        }
        WorkerRequest::ConformSound { file, blake3, project_root } => {
            let hash = blake3::Hash::from_hex(&blake3).map_err(|error| ("bad_request", error.to_string()))?;
            let cache = Cache::open(&project_root).map_err(|error| ("store", error.to_string()))?;
            sound_files::conform_sound(&file, &hash, &cache, cancel).map(|_| WorkerReply::Done).map_err(media)
        }
        WorkerRequest::Loudness { path } => media::measure_sound(&path, cancel)
            .map(|(integrated_lufs, _)| WorkerReply::Loudness { integrated_lufs })
            .map_err(media),
        WorkerRequest::ReplaceSound { clip, sound, out } => {
            media::replace_sound(&clip, &sound, &out, cancel).map(|()| WorkerReply::Done).map_err(media)
        }
        WorkerRequest::Join(request) => {
            let progress = |update: ProgressUpdate| teller.progress(update);
            join_clips(&request, cancel, &progress)
                .map(|report| WorkerReply::Joined(Box::new(report)))
                .map_err(|error| (word(&error), error.to_string()))
        }
        WorkerRequest::Sheet { job, png } => {
            let progress = |update: ProgressUpdate| teller.progress(update);
            write_sheet(&job, &png, cancel, &progress)
                .map(|cuts| WorkerReply::Sheet { cuts })
                .map_err(|error| (error.kind(), error.to_string()))
        }
        WorkerRequest::Segments(job) => {
            let progress = |update: ProgressUpdate| teller.progress(update);
            execute::make_segments(&job, cancel, &progress)
                .map(|_| WorkerReply::Done)
                .map_err(|error| (error.kind(), error.to_string()))
        }
        WorkerRequest::Render(job) => {
            let progress = |update: ProgressUpdate| teller.progress(update);
            execute::execute(&job, cancel, &progress)
                .map(|report| WorkerReply::Rendered(Box::new(report)))
                .map_err(|error| (error.kind(), error.to_string()))
        }
    }
}

fn word(error: &RenderError) -> &'static str {
    match error {
        RenderError::Media(media) => media.kind(),
        RenderError::Store(store) => store.kind(),
        RenderError::Execute(execute) => execute.kind(),
        RenderError::Cancelled(_) => "cancelled",
        _ => "join",
    }
}

#[derive(Clone)]
struct Teller {
    output: Arc<Mutex<Box<dyn Write + Send>>>,
    last: Arc<Mutex<Instant>>,
}

impl Teller {
    fn send(&self, line: &WorkerLine) {
        if let (Ok(text), Ok(mut output)) = (serde_json::to_string(line), self.output.lock()) {
            // A parent that no longer listens is seen by the watch on standard input.
            let _ = writeln!(output, "{text}").and_then(|()| output.flush());
        }
    }

    fn progress(&self, update: ProgressUpdate) {
        let due = self.last.lock().is_ok_and(|mut last| {
            let due = last.elapsed() >= TELL_EVERY;
            if due {
                *last = Instant::now();
            }
            due
        });
        if due {
            self.send(&WorkerLine::Progress(update));
        }
    }
}

fn watch_parent(mut input: impl BufRead + Send + 'static, cancel: CancelToken, finished: Arc<AtomicBool>) {
    let watch = move || {
        let mut line = String::new();
        loop {
            line.clear();
            match input.read_line(&mut line) {
                Ok(0) | Err(_) if finished.load(Ordering::SeqCst) => return,
                Ok(0) | Err(_) => {
                    // The parent is gone. Ask the work to stop, and end the process if it hangs in C code.
                    cancel.cancel();
                    thread::sleep(Duration::from_secs(3));
                    if !finished.load(Ordering::SeqCst) {
                        std::process::abort();
                    }
                    return;
                }
                Ok(_) if line.trim() == CANCEL_LINE => cancel.cancel(),
                Ok(_) => {}
            }
        }
    };
    // Without the watch the work still runs; only an orphan would live on until it is done.
    let _ = thread::Builder::new().name("kinora-parent-watch".to_owned()).spawn(watch);
}

fn limit_memory() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let hard = getrlimit(Resource::As).maximum;
        let limit = hard.map_or(MEMORY_LIMIT_BYTES, |hard| hard.min(MEMORY_LIMIT_BYTES));
        // A system that refuses the limit still has the caps in `media`.
        let _ = setrlimit(Resource::As, Rlimit { current: Some(limit), maximum: hard });
    }
}
