//! A vendor on loopback: jobs over real HTTP, with faults on demand. It counts what it was handed.

use super::media;
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// What goes wrong with a create.
#[derive(Debug, Clone)]
pub(super) enum CreateFault {
    /// Refused: status, body and `Retry-After` in seconds.
    Refuse(u16, Value, Option<f64>),
    /// The connection ends before the vendor has taken anything in.
    DropBefore,
    /// The job is taken in, and the connection ends without an answer.
    DropAfter,
    /// The job is taken in, and the answer says that the vendor failed.
    FailAfter,
    /// Nothing is taken in, and the answer says that the vendor failed.
    FailBefore,
    /// The answer comes late.
    Slow(Duration),
}

/// What goes wrong with a question about a job.
#[derive(Debug, Clone)]
pub(super) enum PollFault {
    /// The vendor failed.
    Fail,
    /// Too many questions; ask again after so many seconds.
    SlowDown(f64),
    /// The id is not known.
    Unknown,
    /// The job has failed, for a reason.
    Failed(&'static str),
    /// It is still at work.
    Busy,
}

/// What goes wrong with a file.
#[derive(Debug, Clone)]
pub(super) enum FileFault {
    /// Half of it, and then nothing.
    Truncated,
    /// A page of words, called a clip.
    WrongType,
    /// The address has expired.
    Expired,
    /// It is followed by this many bytes that no player reads.
    Padded(usize),
}

/// What the vendor does; faults are used up one by one, and then all goes well.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) creates: VecDeque<CreateFault>,
    pub(super) polls: VecDeque<PollFault>,
    pub(super) files: VecDeque<FileFault>,
    /// Whether there is no list of jobs to look in.
    pub(super) no_list: bool,
    /// Looks at the list that do not show the newest job yet.
    pub(super) list_lags: usize,
    /// Polls until a job is done.
    pub(super) polls_needed: usize,
    /// Whether jobs never end by themselves.
    pub(super) endless: bool,
    /// Whether a wish to stop is taken in and nothing comes of it.
    pub(super) deaf: bool,
    /// How long the vendor thinks before and after it takes a job in.
    pub(super) thinks: Duration,
    /// What a job costs, where the vendor says.
    pub(super) cost_usd: Option<f64>,
}

#[derive(Debug, Clone)]
pub(super) struct SimJob {
    pub(super) id: String,
    /// The client's own name of the job.
    pub(super) ticket: String,
    /// What it is for.
    pub(super) purpose: String,
    pub(super) kind: String,
    polls: usize,
    pub(super) status: &'static str,
}

#[derive(Default)]
struct Books {
    jobs: Vec<SimJob>,
    by_id: HashMap<String, usize>,
    events: u64,
    script: Script,
    calls: Vec<String>,
}

/// A running vendor. Dropping it ends it.
pub(super) struct Simulator {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    books: Mutex<Books>,
    news: Condvar,
    ended: AtomicBool,
}

impl Simulator {
    pub(super) fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        shared.books.lock().unwrap().script = script;
        let its = Arc::clone(&shared);
        let accept = move || {
            for stream in listener.incoming() {
                if its.ended.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), its) = (stream, Arc::clone(&its)) else { continue };
                let serve = move || {
                    // A client that is killed ends its connection anywhere.
                    let _ = its.serve(&stream);
                };
                thread::Builder::new().name("sim-connection".to_owned()).spawn(serve).unwrap();
            }
        };
        let thread = thread::Builder::new().name("sim-vendor".to_owned()).spawn(accept).unwrap();
        Self { address, shared, thread: Some(thread) }
    }

    /// Every job that was taken in.
    pub(super) fn jobs(&self) -> Vec<SimJob> {
        self.shared.books.lock().unwrap().jobs.clone()
    }

    /// Every call, as method and path.
    pub(super) fn calls(&self) -> Vec<String> {
        self.shared.books.lock().unwrap().calls.clone()
    }

    /// How often something was asked, by the start of the call.
    pub(super) fn count(&self, start: &str) -> usize {
        self.calls().iter().filter(|call| call.starts_with(start)).count()
    }

    /// Waits until so many calls have come in since the vendor was started, or for a while.
    pub(super) fn wait_for_events(&self, events: u64, most: Duration) {
        let books = self.shared.books.lock().unwrap();
        drop(self.shared.news.wait_timeout_while(books, most, |books| books.events < events).unwrap());
    }

    pub(super) fn events(&self) -> u64 {
        self.shared.books.lock().unwrap().events
    }

    /// Changes what the vendor does.
    pub(super) fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.shared.books.lock().unwrap().script);
    }

    /// The bytes of a job's output.
    pub(super) fn output(job: &SimJob) -> Vec<u8> {
        if job.kind == "video" || job.kind == "lip_sync" { media::clip(&job.id) } else { media::sound(&job.id) }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

struct Call {
    method: String,
    path: String,
    has_key: bool,
    body: Vec<u8>,
}

fn read_call(stream: &TcpStream) -> std::io::Result<Call> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (mut length, mut has_key) = (0, false);
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? <= 2 {
            break;
        }
        let header = header.trim().to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        has_key |= header.starts_with("authorization: bearer ");
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Call { method, path, has_key, body })
}

fn answer(mut stream: &TcpStream, status: u16, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n")?;
    stream.write_all(body)?;
    stream.flush()
}

fn answer_json(stream: &TcpStream, status: u16, body: &Value) -> std::io::Result<()> {
    answer(stream, status, "Content-Type: application/json\r\n", body.to_string().as_bytes())
}

impl Shared {
    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let call = read_call(stream)?;
        {
            let mut books = self.books.lock().unwrap();
            books.events += 1;
            books.calls.push(format!("{} {}", call.method, call.path));
            self.news.notify_all();
        }
        if !call.has_key && !call.path.starts_with("/files/") {
            return answer_json(stream, 401, &json!({ "detail": "no key" }));
        }
        let parts: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
        match (call.method.as_str(), parts.as_slice()) {
            ("POST", ["jobs"]) => self.create(stream, &call.body),
            ("GET", ["jobs"]) => self.list(stream),
            ("GET", ["jobs", id]) => self.poll(stream, id),
            ("POST", ["jobs", id, "cancel"]) => self.cancel(stream, id),
            ("GET", ["files", id]) => self.file(stream, id.split('?').next().unwrap_or_default()),
            _ => answer_json(stream, 404, &json!({ "detail": "no such page" })),
        }
    }

    fn create(&self, stream: &TcpStream, body: &[u8]) -> std::io::Result<()> {
        let (fault, thinks) = {
            let mut books = self.books.lock().unwrap();
            (books.script.creates.pop_front(), books.script.thinks)
        };
        match &fault {
            Some(CreateFault::Refuse(status, body, retry_after_secs)) => {
                let header = retry_after_secs.map(|secs| format!("Retry-After: {secs}\r\n")).unwrap_or_default();
                return answer(stream, *status, &header, body.to_string().as_bytes());
            }
            Some(CreateFault::DropBefore) => return Ok(()),
            Some(CreateFault::FailBefore) => return answer_json(stream, 500, &json!({ "detail": "sorry" })),
            _ => {}
        }
        thread::sleep(thinks);
        let asked: Value = serde_json::from_slice(body)?;
        let id = {
            let mut books = self.books.lock().unwrap();
            let id = format!("v{}", books.jobs.len() + 1);
            let at = books.jobs.len();
            let text = |field: &str| asked[field].as_str().unwrap_or_default().to_owned();
            books.jobs.push(SimJob {
                id: id.clone(),
                ticket: text("ticket"),
                purpose: text("purpose"),
                kind: text("kind"),
                polls: 0,
                status: "queued",
            });
            books.by_id.insert(id.clone(), at);
            id
        };
        match fault {
            Some(CreateFault::DropAfter) => return Ok(()),
            Some(CreateFault::FailAfter) => return answer_json(stream, 500, &json!({ "detail": "sorry" })),
            Some(CreateFault::Slow(wait)) => thread::sleep(wait),
            _ => thread::sleep(thinks),
        }
        answer_json(stream, 201, &json!({ "id": id, "status": "queued" }))
    }

    fn list(&self, stream: &TcpStream) -> std::io::Result<()> {
        let jobs: Vec<Value> = {
            let mut books = self.books.lock().unwrap();
            if books.script.no_list {
                drop(books);
                return answer_json(stream, 405, &json!({ "detail": "no list" }));
            }
            let lags = books.script.list_lags > 0;
            books.script.list_lags = books.script.list_lags.saturating_sub(1);
            let shown = books.jobs.len() - usize::from(lags && !books.jobs.is_empty());
            let newest = books.jobs[..shown].iter();
            newest.map(|job| json!({ "id": job.id, "ticket": job.ticket, "status": job.status })).collect()
        };
        answer_json(stream, 200, &json!({ "jobs": jobs }))
    }

    fn poll(&self, stream: &TcpStream, id: &str) -> std::io::Result<()> {
        let (status, body) = {
            let mut books = self.books.lock().unwrap();
            let fault = books.script.polls.pop_front();
            let (needed, endless, cost_usd) = (books.script.polls_needed, books.script.endless, books.script.cost_usd);
            let Some(at) = books.by_id.get(id).copied() else {
                drop(books);
                return answer_json(stream, 404, &json!({ "detail": "no such job" }));
            };
            let job = &mut books.jobs[at];
            match fault {
                Some(PollFault::Fail) => (500, json!({ "detail": "sorry" })),
                Some(PollFault::SlowDown(secs)) => (429, json!({ "retry_after": secs })),
                Some(PollFault::Unknown) => (404, json!({ "detail": "no such job" })),
                Some(PollFault::Failed(why)) => {
                    job.status = "failed";
                    (200, json!({ "status": "failed", "error": why }))
                }
                Some(PollFault::Busy) => (200, json!({ "status": "running", "progress": 0.1 })),
                None => {
                    job.polls += 1;
                    if job.status != "cancelled" && job.status != "failed" {
                        job.status = if !endless && job.polls > needed { "succeeded" } else { "running" };
                    }
                    let progress = if endless { 0.5 } else { job.polls as f64 / (needed + 1) as f64 };
                    let path = format!("/files/{id}?fresh={}", job.polls);
                    let kind = job.kind.clone();
                    let body = json!({ "status": job.status, "progress": progress.min(1.0), "path": path,
                        "kind": kind, "cost_usd": cost_usd });
                    (200, body)
                }
            }
        };
        answer_json(stream, status, &body)
    }

    fn cancel(&self, stream: &TcpStream, id: &str) -> std::io::Result<()> {
        let known = {
            let mut books = self.books.lock().unwrap();
            let at = books.by_id.get(id).copied();
            if let Some(at) = at
                && books.jobs[at].status != "succeeded"
                && !books.script.deaf
            {
                books.jobs[at].status = "cancelled";
            }
            at.is_some()
        };
        answer_json(stream, if known { 200 } else { 404 }, &json!({}))
    }

    fn file(&self, stream: &TcpStream, id: &str) -> std::io::Result<()> {
        let (job, fault) = {
            let mut books = self.books.lock().unwrap();
            let fault = books.script.files.pop_front();
            (books.by_id.get(id).map(|at| books.jobs[*at].clone()), fault)
        };
        let Some(job) = job else { return answer_json(stream, 404, &json!({ "detail": "no such file" })) };
        let mut bytes = Simulator::output(&job);
        match fault {
            Some(FileFault::Expired) => return answer_json(stream, 403, &json!({ "detail": "expired" })),
            Some(FileFault::WrongType) => {
                return answer(stream, 200, "Content-Type: video/mp4\r\n", b"<html>please log in</html>");
            }
            Some(FileFault::Truncated) => {
                let mut out: &TcpStream = stream;
                write!(out, "HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", bytes.len())?;
                return out.write_all(&bytes[..bytes.len() / 2]);
            }
            Some(FileFault::Padded(more)) => {
                bytes.extend(u32::try_from(more + 8).unwrap().to_be_bytes());
                bytes.extend(b"free");
                bytes.resize(bytes.len() + more, 0);
            }
            None => {}
        }
        answer(stream, 200, "Content-Type: application/octet-stream\r\n", &bytes)
    }
}
