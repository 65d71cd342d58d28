//! A small HTTP/1.1 server of threads: one request a connection, and full say over how a connection ends.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// Longest line of a request's head, in bytes.
const MAX_LINE_BYTES: u64 = 16 * 1024;
/// Largest body taken, in bytes.
const MAX_BODY_BYTES: usize = 256 << 20;
/// Most connections at once; more are closed at once.
const MAX_CONNECTIONS: usize = 512;
/// How long a silent client is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the client gets.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// An answer, whole.
    Whole(Reply),
    /// An answer whose body ends half way.
    Half(Reply),
    /// Nothing: the connection is closed.
    Nothing,
}

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Arc<Vec<u8>>,
}

impl Reply {
    pub(super) fn new(status: u16, content_type: &str, body: impl Into<Arc<Vec<u8>>>) -> Self {
        Self { status, headers: vec![("content-type".into(), content_type.into())], body: body.into() }
    }

    pub(super) fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", value.to_string().into_bytes())
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// The running server; it ends when dropped.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves on a port of this machine, 0 for a free one.
    pub(super) fn start(
        port: u16,
        answer: impl Fn(Request) -> Answer + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let answer = Arc::new(answer);
        let thread = thread::Builder::new().name("elevenlabs-simulator".into()).spawn(move || {
            let open = Arc::new(AtomicUsize::new(0));
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                if open.fetch_add(1, Ordering::Relaxed) >= MAX_CONNECTIONS {
                    open.fetch_sub(1, Ordering::Relaxed);
                    continue;
                }
                let (answer, counted) = (Arc::clone(&answer), Arc::clone(&open));
                let work = move || {
                    // A client that goes away half way is no concern of the server.
                    drop(serve(&stream, answer.as_ref()));
                    counted.fetch_sub(1, Ordering::Relaxed);
                };
                if thread::Builder::new().name("elevenlabs-simulator-connection".into()).spawn(work).is_err() {
                    open.fetch_sub(1, Ordering::Relaxed);
                }
            }
        })?;
        Ok(Self { address, stop, thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address)); // wakes the thread that waits for connections
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn serve(stream: &TcpStream, answer: &dyn Fn(Request) -> Answer) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let Some(request) = read(&mut reader, stream)? else { return Ok(()) };
    let (reply, shown) = match answer(request) {
        Answer::Nothing => return stream.shutdown(Shutdown::Both),
        Answer::Whole(reply) => {
            let whole = reply.body.len();
            (reply, whole)
        }
        Answer::Half(reply) => {
            let half = reply.body.len() / 2;
            (reply, half)
        }
    };
    let mut head = format!("HTTP/1.1 {} {}\r\n", reply.status, reason(reply.status));
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", reply.body.len()));
    let mut writer = stream;
    writer.write_all(head.as_bytes())?;
    writer.write_all(&reply.body[..shown])?;
    writer.flush()?;
    stream.shutdown(Shutdown::Write)
}

fn read(reader: &mut BufReader<TcpStream>, mut stream: &TcpStream) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.by_ref().take(MAX_LINE_BYTES).read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let mut request = Request { method, ..Request::default() };
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    request.path = decoded(path);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        request.query.push((decoded(name), decoded(&value.replace('+', " "))));
    }
    loop {
        line.clear();
        if reader.by_ref().take(MAX_LINE_BYTES).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        request.headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if request.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        request.body = chunks(reader)?;
    } else if let Some(length) = request.header("content-length").and_then(|value| value.parse::<usize>().ok()) {
        if length > MAX_BODY_BYTES {
            return Ok(None);
        }
        request.body = vec![0; length];
        reader.read_exact(&mut request.body)?;
    }
    Ok(Some(request))
}

fn chunks(reader: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.by_ref().take(MAX_LINE_BYTES).read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim().split(';').next().unwrap_or_default(), 16).unwrap_or(0);
        if length == 0 || body.len() + length > MAX_BODY_BYTES {
            return Ok(body);
        }
        let start = body.len();
        body.resize(start + length, 0);
        reader.read_exact(&mut body[start..])?;
        reader.by_ref().take(MAX_LINE_BYTES).read_line(&mut line)?;
    }
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).and_then(|code| u8::from_str_radix(code, 16).ok());
        match code.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        _ => "Answer",
    }
}
