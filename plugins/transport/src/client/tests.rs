//! The client against a small server on this machine that does what it is told, bytes and breaks alike.

use super::*;
use crate::BaseUrl;
use std::{
    collections::VecDeque,
    path::Path,
    sync::{Mutex, MutexGuard},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const KEY: &str = "r8_very_secret";

/// What the server does with one connection.
enum Act {
    /// Answers with these bytes and closes.
    Say(String),
    /// Closes without a word.
    Hang,
}

#[derive(Clone)]
struct Server {
    url: String,
    acts: Arc<Mutex<VecDeque<Act>>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { url, acts: Arc::new(Mutex::new(acts.into())), seen: Arc::default() };
        let own = server.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                let mut buffer = [0; 4096];
                while !complete(&request) {
                    match stream.read(&mut buffer).await {
                        Ok(0) | Err(_) => break,
                        Ok(count) => request.extend_from_slice(&buffer[..count]),
                    }
                }
                own.seen().push(String::from_utf8_lossy(&request).into_owned());
                let act = own.acts.lock().unwrap().pop_front();
                if let Some(Act::Say(answer)) = act {
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            }
        });
        server
    }

    fn seen(&self) -> MutexGuard<'_, Vec<String>> {
        self.seen.lock().unwrap()
    }

    fn client(&self) -> Client {
        client(&self.url)
    }
}

fn client(base: &str) -> Client {
    Client::new(ClientOptions {
        provider: "vendor",
        key_variable: "VENDOR_KEY",
        auth: Auth::Bearer,
        hosts: VendorHosts::new(BaseUrl::parse("VENDOR_BASE_URL", base, base).unwrap(), &["*.vendor.example"]),
        keys: Keys::only("vendor", &Secret::new(KEY).unwrap()),
        retry: RetryPolicy {
            attempts: 3,
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(2),
            longest_asked: Duration::from_millis(50),
        },
    })
    .unwrap()
}

fn complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some(end) = text.find("\r\n\r\n") else { return false };
    let length = text.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    request.len() >= end + 4 + length.unwrap_or(0)
}

fn say(status: &str, headers: &str, body: &str) -> Act {
    let length = body.len();
    Act::Say(format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"))
}

fn post() -> Call {
    Call::post("predictions").json(serde_json::json!({"input": {}}))
}

#[tokio::test]
async fn a_create_goes_out_once_whatever_comes_back() {
    for (act, lost) in [
        (Act::Hang, true),
        (say("502 Bad Gateway", "", "<html>"), true),
        (say("500 Oops", "", "{}"), true),
        (say("408 Too Late", "", "{}"), true),
        (Act::Say("HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{\"id\":".into()), true),
        (say("429 Slow", "Retry-After: 0\r\n", "{}"), false),
        (say("402 Pay", "", "{}"), false),
        (say("307 Elsewhere", "Location: /other\r\n", ""), false),
    ] {
        let server = Server::start(vec![act, say("201 Created", "", "{}")]).await;
        let answer = server.client().create(post()).await;
        match lost {
            true => assert!(matches!(&answer, Err(ProviderError::LostAnswer { .. })), "{answer:?}"),
            false => assert!(answer.as_ref().is_ok_and(|answer| !answer.is_success()), "{answer:?}"),
        }
        assert_eq!(server.seen().len(), 1, "{answer:?}");
        assert!(server.seen()[0].to_lowercase().contains("authorization: bearer r8_very_secret"));
        assert!(!format!("{answer:?}").contains(KEY));
    }
}

#[tokio::test]
async fn a_create_that_never_left_says_so_and_a_slow_one_may_have_arrived() {
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = client(&format!("http://{unused}")).create(post()).await.unwrap_err();
    assert!(matches!(error, ProviderError::Network { .. }), "{error:?}");

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap(); // accepts by its queue, never answers
    let silent_url = format!("http://{}", silent.local_addr().unwrap());
    let error = client(&silent_url).create(post().timeout(Duration::from_millis(30))).await.unwrap_err();
    assert!(matches!(error, ProviderError::LostAnswer { .. }), "{error:?}");
}

#[tokio::test]
async fn a_question_is_asked_again_and_its_last_answer_handed_on() {
    let server = Server::start(vec![Act::Hang, say("503 Busy", "", "busy"), say("200 OK", "", "{\"a\":1}")]).await;
    let answer = server.client().read(Call::get("x").query("q", "a b&c")).await.unwrap();
    assert_eq!((answer.status, answer.value()["a"].as_i64()), (200, Some(1)));
    assert_eq!(server.seen().len(), 3);
    assert!(server.seen()[0].starts_with("GET /x?q=a+b%26c HTTP/1.1"), "{}", server.seen()[0]);

    let busy = || say("503 Busy", "", "busy");
    let server = Server::start(vec![busy(), busy(), busy(), busy()]).await;
    assert_eq!(server.client().read(Call::get("x")).await.unwrap().status, 503);
    assert_eq!(server.seen().len(), 3, "the number of attempts holds");

    let server = Server::start(vec![say("429 Slow", "", "{\"detail\":\"resets in ~30s.\"}"), busy()]).await;
    let answer = server.client().read(Call::get("x")).await.unwrap();
    assert_eq!((answer.status, answer.wait_asked_secs(), server.seen().len()), (429, Some(30.0), 1));

    let server = Server::start(vec![say("429 Slow", "Retry-After-Ms: 3\r\n", ""), say("404 No", "", "")]).await;
    assert_eq!(server.client().read(Call::get("x")).await.unwrap().status, 404);
}

#[tokio::test]
async fn a_key_that_comes_back_in_an_answer_is_taken_out() {
    let server = Server::start(vec![say("401 No", "", &format!("the key {KEY} is wrong"))]).await;
    let answer = server.client().read(Call::get("x")).await.unwrap();
    assert_eq!(answer.start_of_text(), "the key [key] is wrong");
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let server = Server::start((0..3).map(|_| say("200 OK", "", &"x".repeat(5000))).collect()).await;
    let error = server.client().read(Call::get("x").max_answer_bytes(4000)).await.unwrap_err();
    assert!(error.to_string().contains("longer than 4000 bytes"), "{error}");
}

#[tokio::test]
async fn the_key_is_dropped_on_the_way_to_another_host() {
    let other = Server::start(vec![say("200 OK", "Content-Type: video/mp4\r\n", "film")]).await;
    let elsewhere = format!("Location: {}/out.mp4\r\n", other.url);
    let vendor = Server::start(vec![say("302 Found", &elsewhere, "")]).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("out.mp4");
    let got = vendor.client().download(&format!("{}/a", vendor.url), &to, &any()).await.unwrap();
    assert_eq!(got, Downloaded { bytes: 4, content_type: "video/mp4".into() });
    assert_eq!(std::fs::read(&to).unwrap(), b"film");
    assert!(vendor.seen()[0].contains(KEY) && !other.seen()[0].contains(KEY));
}

#[tokio::test]
async fn redirects_have_an_end_and_do_not_leave_the_net() {
    let round = || say("302 Found", "Location: /again\r\n", "");
    let server = Server::start((0..20).map(|_| round()).collect()).await;
    assert!(matches!(server.client().read(Call::get("x")).await, Err(ProviderError::VendorTrouble { .. })));
    assert_eq!(server.seen().len(), MAX_REDIRECTS + 1);
    let server = Server::start(vec![say("302 Found", "Location: file:///etc/passwd\r\n", "")]).await;
    let error = server.client().read(Call::get("x")).await.unwrap_err();
    assert!(error.to_string().contains("not followed"), "{error}");
}

fn any() -> DownloadRules {
    DownloadRules { max_bytes: 1000, accepted: vec!["video/".into()] }
}

fn left_in(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_download_appears_whole_or_not_at_all() {
    let film = "Content-Type: video/mp4\r\n";
    let cut = || Act::Say(format!("HTTP/1.1 200 OK\r\n{film}Content-Length: 100\r\n\r\nhalf"));
    let page = || say("200 OK", "Content-Type: text/html\r\n", "<html>");
    let good = || say("200 OK", film, "film");
    for (acts, ok, asked) in [
        (vec![cut(), good()], true, 2),
        (vec![cut(), cut(), cut(), good()], false, 3),
        (vec![page(), page(), page(), good()], false, 3),
        (vec![say("404 Gone", "", ""), good()], false, 1),
        (vec![say("503 Busy", "", ""), Act::Hang, good()], true, 3),
        (vec![say("200 OK", film, &"x".repeat(1001)), good()], false, 1),
        (vec![say("200 OK", film, ""), good()], true, 2),
    ] {
        let server = Server::start(acts).await;
        let folder = tempfile::tempdir().unwrap();
        let answer = server.client().download("a", &folder.path().join("out.mp4"), &any()).await;
        assert_eq!((answer.is_ok(), server.seen().len()), (ok, asked), "{answer:?}");
        assert_eq!(left_in(folder.path()), if ok { vec!["out.mp4"] } else { Vec::new() }, "{answer:?}");
    }
}

#[tokio::test]
async fn a_vendor_that_does_not_begin_to_send_a_file_is_not_waited_for_as_long_as_for_a_film() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap(); // accepts by its queue, never answers
    let client = client(&format!("http://{}", silent.local_addr().unwrap()));
    let call = Call::get("a").timeout(Duration::from_secs(3600));
    let url = client.address(&call).unwrap();
    let request = client.prepare(&client.questions, &call, &url, None).await.unwrap();
    let error = client.begin(request, Duration::from_millis(30)).await.unwrap_err();
    assert!(matches!(error, ProviderError::Network { .. }) && error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn a_long_body_without_length_is_cut_too() {
    let body = format!("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nConnection: close\r\n\r\n{}", "x".repeat(5000));
    let server = Server::start(vec![Act::Say(body)]).await;
    let folder = tempfile::tempdir().unwrap();
    let error = server.client().download("a", &folder.path().join("out.mp4"), &any()).await.unwrap_err();
    assert!(error.to_string().contains("larger than 1000 bytes"), "{error}");
    assert_eq!(left_in(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn an_upload_streams_its_file_and_is_built_again_for_each_attempt() {
    let mut picture = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut picture, b"png").unwrap();
    let path = picture.path().to_owned();
    let server = Server::start(vec![say("502 Busy", "", ""), say("201 Created", "", "{\"id\":\"f\"}")]).await;
    let parts = vec![
        Part::File { name: "content".into(), path, file_name: "frame.png".into(), media_type: "image/png".into() },
        Part::Text { name: "metadata".into(), value: "{}".into(), media_type: Some("application/json") },
    ];
    let answer = server.client().upload(Call::post("files").form(parts)).await.unwrap();
    assert_eq!(answer.value()["id"], "f");
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    for request in seen.iter() {
        assert!(
            request.contains("filename=\"frame.png\"") && request.contains("image/png") && request.contains("png\r\n")
        );
    }
}
