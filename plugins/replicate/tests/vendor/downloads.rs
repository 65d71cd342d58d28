//! Outputs: every shape, whole or not at all, and the key to the vendor alone.

use crate::{
    Bench, image,
    simulator::{Act, Fault, On, Plan, Shape, Simulator, pattern},
    video,
};
use kinora_provider::{JobState, OutputKind, OutputSource, Provider, ProviderError};
use std::path::PathBuf;

/// Runs a job and downloads its first file.
async fn bring(bench: &Bench, plan: Plan) -> Result<PathBuf, ProviderError> {
    bench.sim.plan(plan);
    let submitted = bench.submit("job", video("google/veo-3.1")).await.unwrap();
    let JobState::Succeeded(output) = bench.wait("job", &submitted.vendor_id).await else { panic!() };
    let OutputSource::Url(url) = &output.files[0].source else { panic!() };
    let to = bench.ticket("job").work_dir.join("take.mp4");
    bench.provider.download(bench.ticket("job"), url, &to).await.map(|()| to)
}

fn names(bench: &Bench) -> Vec<String> {
    let entries = std::fs::read_dir(bench.ticket("job").work_dir).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_text_a_list_an_object_and_an_inline_file_arrive() {
    for (shape, files) in [(Shape::Text, 1), (Shape::List, 2), (Shape::Object, 1), (Shape::Inline, 1)] {
        let bench = Bench::new().await;
        bench.sim.plan(Plan { shape, ..Plan::default() });
        let submitted = bench.submit("job", image("google/nano-banana")).await.unwrap();
        let JobState::Succeeded(output) = bench.wait("job", &submitted.vendor_id).await else { panic!("{shape:?}") };
        assert_eq!(output.files.len(), files, "{shape:?}");
        for (index, file) in output.files.iter().enumerate() {
            assert_eq!((file.kind, file.media_type.as_str()), (OutputKind::Image, "image/png"), "{shape:?}");
            let to = bench.ticket("job").work_dir.join(format!("got_{index}"));
            match &file.source {
                OutputSource::Url(url) => {
                    bench.provider.download(bench.ticket("job"), url, &to).await.unwrap();
                    assert_eq!(std::fs::metadata(&to).unwrap().len(), 4096);
                }
                OutputSource::File(path) => assert_eq!(std::fs::metadata(path).unwrap().len(), 8),
            }
        }
    }
}

#[tokio::test]
async fn a_hundred_megabytes_arrive_byte_for_byte() {
    let bench = Bench::new().await;
    let bytes = 100_000_000;
    let to = bring(&bench, Plan { output_bytes: bytes, ..Plan::default() }).await.unwrap();
    let got = std::fs::read(&to).unwrap();
    assert_eq!(got.len() as u64, bytes);
    for at in (0..bytes).step_by(65_537).chain(bytes - 4096..bytes) {
        assert_eq!(got[at as usize], pattern(at), "byte {at}");
    }
    assert_eq!(names(&bench), ["replicate_sent.json", "take.mp4"]);
}

#[tokio::test]
async fn a_broken_download_is_tried_again_and_leaves_nothing_half() {
    for (act, times, arrives) in [
        (Act::Truncate { share: 0.5 }, 2, true),
        (Act::Truncate { share: 0.999 }, 3, false),
        (Act::WrongType, 1, true),
        (Act::WrongType, 3, false),
        (Act::DropBefore, 1, true),
        (Act::Answer { status: 503, body: serde_json::Value::Null, headers: Vec::new() }, 2, true),
        (Act::Answer { status: 404, body: serde_json::Value::Null, headers: Vec::new() }, 1, false),
    ] {
        let bench = Bench::new().await;
        bench.sim.fault(Fault::new(On::Download, act.clone()).times(times));
        let answer = bring(&bench, Plan { output_bytes: 300_000, ..Plan::default() }).await;
        assert_eq!(answer.is_ok(), arrives, "{act:?} {times}: {answer:?}");
        let expected: &[&str] = if arrives { &["replicate_sent.json", "take.mp4"] } else { &["replicate_sent.json"] };
        assert_eq!(names(&bench), expected, "{act:?} {times}");
    }
}

#[tokio::test]
async fn the_key_stays_with_the_vendor() {
    let (bench, elsewhere) = (Bench::new().await, Simulator::start(0).await.unwrap());
    let plan = Plan { redirect_to: Some(elsewhere.origin().to_owned()), ..Plan::default() };
    // The other host has no such file: what counts is what it was shown.
    bring(&bench, plan).await.unwrap_err();
    let log = elsewhere.state().log.clone();
    assert!(log.iter().all(|line| line.ends_with("without key")) && !log.is_empty(), "{log:?}");
    assert!(bench.sim.state().log.iter().any(|line| line.contains("/output/") && line.ends_with("with key")));
}

#[tokio::test]
async fn a_download_stays_inside_the_folder_of_its_job() {
    let bench = Bench::new().await;
    let outside = bench.folder.path().join("take.mp4");
    let url = format!("{}/output/x/0.mp4", bench.sim.origin());
    assert!(matches!(
        bench.provider.download(bench.ticket("job"), &url, &outside).await,
        Err(ProviderError::Internal { .. })
    ));
    for url in ["file:///etc/passwd", "http://example.com/a.mp4", "not an address"] {
        let to = bench.ticket("job").work_dir.join("take.mp4");
        assert!(bench.provider.download(bench.ticket("job"), url, &to).await.is_err(), "{url}");
    }
}
