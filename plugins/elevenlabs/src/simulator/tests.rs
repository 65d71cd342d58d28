//! The simulator itself: its lists keep the vendor's contract, its faults are what they say, its sounds are sounds.

use super::*;
use serde_json::Value;
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

/// One bare exchange: status, head and body.
fn exchange(simulator: &Simulator, request: &str, key: &str) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(simulator.url().trim_start_matches("http://")).unwrap();
    let (first, rest) = request.split_once('\n').unwrap_or((request, ""));
    let head = format!("{first} HTTP/1.1\r\nhost: x\r\nxi-api-key: {key}\r\ncontent-length: {}\r\n\r\n", rest.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A dropped connection may be reset rather than closed.
    drop(stream.read_to_end(&mut answer));
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return (0, String::new(), answer);
    };
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head, answer[end + 4..].to_vec())
}

fn json_of(answer: &(u16, String, Vec<u8>)) -> Value {
    serde_json::from_slice(&answer.2).unwrap()
}

const SAY: &str = "POST /v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps?output_format=pcm_16000\n\
    {\"text\":\"Hello there\",\"model_id\":\"eleven_v3\"}";

#[test]
fn what_it_tells_keeps_the_vendors_contract() {
    let simulator = Simulator::start(0).unwrap();
    let contract = Contract::load().unwrap();
    for (target, path) in [
        ("/v2/voices?page_size=100", "/v2/voices"),
        ("/v2/voices?page_size=100&next_page_token=200", "/v2/voices"),
        ("/v1/models", "/v1/models"),
        ("/v1/user/subscription", "/v1/user/subscription"),
    ] {
        let answer = exchange(&simulator, &format!("GET {target}"), KEY);
        assert_eq!(answer.0, 200, "{target}");
        contract.answer(path, "get", 200, &json_of(&answer)).unwrap();
    }
    let spoken = json_of(&exchange(&simulator, SAY, KEY));
    let path = "/v1/text-to-speech/{voice_id}/with-timestamps";
    contract.answer(path, "post", 200, &spoken).unwrap();
    let refused = exchange(&simulator, "POST /v1/music\n{\"music_length_ms\":1}", KEY);
    assert_eq!(refused.0, 422);
    contract.answer("/v1/music", "post", 422, &json_of(&refused)).unwrap();
}

#[test]
fn the_fields_are_judged_before_the_key_and_the_key_before_the_account() {
    let simulator = Simulator::start(0).unwrap();
    let wrong = SAY.replace("\"text\":\"Hello there\",", "");
    assert_eq!(exchange(&simulator, &wrong, "bad").0, 422);
    assert_eq!(exchange(&simulator, SAY, "bad").0, 401);
    simulator.script(Door::TextToSpeech, [Fault::PaymentRequired]);
    assert_eq!(exchange(&simulator, SAY, KEY).0, 402);
    assert_eq!(exchange(&simulator, &SAY.replace("JBF", "XXX"), KEY).0, 404);
    assert_eq!(simulator.report().total_creates(), 0);
    assert_eq!(exchange(&simulator, SAY, KEY).0, 200);
    let report = simulator.report();
    assert_eq!((report.total_creates(), report.credits, report.violations.len()), (1, 11, 1));
}

#[test]
fn faults_come_in_their_turn_and_count_what_was_paid() {
    let simulator = Simulator::start(0).unwrap();
    simulator.script(
        Door::TextToSpeech,
        [Fault::DropBefore, Fault::DropAfter, Fault::Truncated, Fault::NullAlignment, Fault::LargeBytes(1_000_000)],
    );
    let creates = || simulator.report().total_creates();
    assert_eq!((exchange(&simulator, SAY, KEY).0, creates()), (0, 0));
    assert_eq!((exchange(&simulator, SAY, KEY).0, creates()), (0, 1));
    let (status, head, body) = exchange(&simulator, SAY, KEY);
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!((status, creates()), (200, 2));
    assert!(body.len() < promised.parse::<usize>().unwrap());
    assert!(json_of(&exchange(&simulator, SAY, KEY))["alignment"].is_null());
    assert!(exchange(&simulator, SAY, KEY).2.len() > 1_300_000);
    let script = r#"{"door":"text-to-speech","faults":["server_error",{"slow_ms":1}]}"#;
    assert_eq!(exchange(&simulator, &format!("POST /_simulator/script\n{script}"), KEY).0, 200);
    assert_eq!((exchange(&simulator, SAY, KEY).0, exchange(&simulator, SAY, KEY).0), (500, 200));
    let report: Report = serde_json::from_value(json_of(&exchange(&simulator, "GET /_simulator/report", KEY))).unwrap();
    assert_eq!(report, simulator.report());
    assert_eq!(report.total_creates(), 5);
}

#[test]
fn its_mp3_is_an_mp3() {
    let simulator = Simulator::start(0).unwrap();
    let request = "POST /v1/sound-generation?output_format=mp3_44100_128\n{\"text\":\"rain\",\"duration_seconds\":3}";
    let (status, head, body) = exchange(&simulator, request, KEY);
    assert_eq!(status, 200);
    assert!(head.contains("character-cost: 120"), "{head}");
    let format: crate::format::OutputFormat = "mp3_44100_128".parse().unwrap();
    let bytes = body.len();
    format.file_bytes(body).unwrap();
    assert!((40_000..60_000).contains(&bytes), "3 s at 128 kbit/s are 48,000 bytes, not {bytes}");
}
