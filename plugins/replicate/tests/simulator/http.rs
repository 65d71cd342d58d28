//! As much HTTP/1.1 as the vendor's clients speak, by hand: a simulator must be able to break off anywhere.

use serde_json::Value;
use std::io;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Longest head and body taken, in bytes.
const MAX_HEAD: usize = 64 << 10;
const MAX_BODY: usize = 256 << 20;

pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub query: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query
            .split('&')
            .find_map(|pair| Some(pair.split_once('=')?).filter(|(key, _)| *key == name))
            .map(|(_, value)| value.replace("%3A", ":").replace("%2B", "+"))
    }
}

/// Reads the next request of a connection; `None` when it is over.
pub async fn read(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            break end;
        }
        if bytes.len() > MAX_HEAD || !more(stream, &mut bytes).await? {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut body = bytes.split_off(end + 4);
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request =
        Request { method: method.into(), path: path.into(), query: query.into(), headers, body: Vec::new() };
    if request.header("transfer-encoding").eq_ignore_ascii_case("chunked") {
        request.body = chunked(stream, body).await?;
    } else {
        let length: usize = request.header("content-length").parse().unwrap_or(0);
        while body.len() < length.min(MAX_BODY) && more(stream, &mut body).await? {}
        request.body = body;
    }
    Ok(Some(request))
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = vec![0; 64 << 10];
    let count = stream.read(&mut buffer).await?;
    bytes.extend_from_slice(&buffer[..count]);
    Ok(count > 0)
}

async fn chunked(stream: &mut TcpStream, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Some(end) = find(&bytes, b"\r\n") else {
            if !more(stream, &mut bytes).await? {
                return Ok(body);
            }
            continue;
        };
        let size = usize::from_str_radix(String::from_utf8_lossy(&bytes[..end]).trim(), 16).unwrap_or(0);
        while bytes.len() < end + 2 + size + 2 {
            if !more(stream, &mut bytes).await? {
                return Ok(body);
            }
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes.drain(..end + 2 + size + 2);
        if size == 0 {
            return Ok(body);
        }
    }
}

pub fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// An answer.
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Content,
    /// Bytes of the body after which the connection breaks.
    pub cut_at: Option<u64>,
}

/// A body: in memory, or made as it goes out.
pub enum Content {
    Bytes(Vec<u8>),
    Pattern(u64),
}

impl Response {
    pub fn json(status: u16, value: &Value) -> Self {
        let kind = if status < 400 { "application/json" } else { "application/problem+json" };
        Self::bytes(status, kind, value.to_string().into_bytes())
    }

    pub fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("Content-Type".into(), content_type.into())];
        Self { status, headers, body: Content::Bytes(body), cut_at: None }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn length(&self) -> u64 {
        match &self.body {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Pattern(bytes) => *bytes,
        }
    }

    /// Writes the answer; whether the connection may go on.
    pub async fn write(self, stream: &mut TcpStream, date: &str, head_only: bool) -> io::Result<bool> {
        let length = self.length();
        let mut head = format!("HTTP/1.1 {} Simulated\r\nDate: {date}\r\nContent-Length: {length}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await?;
        if head_only || self.status == 204 {
            return Ok(true);
        }
        let end = self.cut_at.unwrap_or(length).min(length);
        match &self.body {
            Content::Bytes(bytes) => stream.write_all(&bytes[..end as usize]).await?,
            Content::Pattern(_) => {
                let mut sent = 0;
                while sent < end {
                    let block: Vec<u8> = (sent..end.min(sent + (256 << 10))).map(pattern).collect();
                    stream.write_all(&block).await?;
                    sent += block.len() as u64;
                }
            }
        }
        stream.flush().await?;
        Ok(end == length)
    }
}

/// The byte of a made-up file at a place: a small `ftyp` box first, so that it looks like MP4.
pub fn pattern(at: u64) -> u8 {
    const HEAD: &[u8] = b"\0\0\0\x10ftypisom\0\0\x02\0";
    HEAD.get(at as usize).copied().unwrap_or((at.wrapping_mul(2_654_435_761) >> 13) as u8)
}
