//! As much HTTP/1.1 as clients speak: heads, bodies by length or in chunks, kept connections, and answers cut short.

use std::{
    collections::HashMap,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpStream},
};

const MAX_LINE_BYTES: u64 = 16 << 10;
const MAX_HEADERS: usize = 100;
const MAX_BODY_BYTES: usize = 400 << 20;

/// What a client asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path without the query.
    pub(super) path: String,
    /// Headers by lower-case name.
    pub(super) headers: HashMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// Zero bytes after the body.
    pub(super) padding_bytes: u64,
    /// Bytes of the body after which the connection breaks; the head still promises all.
    pub(super) cut_after_bytes: Option<u64>,
    /// The connection breaks without a word.
    pub(super) hang_up: bool,
}

impl Reply {
    pub(super) fn hang_up() -> Self {
        Self { hang_up: true, ..Self::default() }
    }
}

pub(super) struct Connection {
    reader: BufReader<TcpStream>,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { reader: BufReader::new(stream) }
    }

    /// The next request; `None` when the client has gone.
    pub(super) fn read(&mut self) -> io::Result<Option<Request>> {
        let first = self.line()?;
        let mut words = first.split_whitespace();
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
        let path = target.split('?').next().unwrap_or_default();
        let mut request = Request { method: method.into(), path: path.into(), ..Request::default() };
        for _ in 0..MAX_HEADERS {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                request.headers.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
            }
        }
        if request.header("expect").eq_ignore_ascii_case("100-continue") {
            self.reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        request.body = if request.header("transfer-encoding").to_ascii_lowercase().contains("chunked") {
            self.chunks()?
        } else {
            let length: usize = request.header("content-length").parse().unwrap_or_default();
            self.bytes(length)?
        };
        Ok(Some(request))
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        self.reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    fn bytes(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > MAX_BODY_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let length = usize::from_str_radix(size, 16).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
            body.extend(self.bytes(length)?);
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
            if body.len() > MAX_BODY_BYTES {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
    }

    /// Sends an answer; says whether the connection lives on.
    pub(super) fn write(&mut self, reply: &Reply) -> io::Result<bool> {
        let stream = self.reader.get_mut();
        if reply.hang_up {
            stream.shutdown(Shutdown::Both)?;
            return Ok(false);
        }
        let length = reply.body.len() as u64 + reply.padding_bytes;
        let mut head = format!("HTTP/1.1 {} Simulated\r\nContent-Length: {length}\r\n", reply.status);
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        let limit = reply.cut_after_bytes.unwrap_or(length).min(length);
        let whole = limit.min(reply.body.len() as u64) as usize;
        stream.write_all(&reply.body[..whole])?;
        let mut padding = limit - whole as u64;
        let zeros = [0_u8; 1 << 16];
        while padding > 0 {
            let some = padding.min(zeros.len() as u64);
            stream.write_all(&zeros[..some as usize])?;
            padding -= some;
        }
        stream.flush()?;
        if limit < length {
            stream.shutdown(Shutdown::Both)?;
            return Ok(false);
        }
        Ok(true)
    }
}
