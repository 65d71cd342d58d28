//! What goes wrong at the vendor, and what the film maker is told.

use crate::{
    Bench, KEY, image, options,
    simulator::{Act, Fault, On, Plan},
    video,
};
use kinora_provider::{GenerationRequest, JobState, Provider, ProviderError, VideoRequest};
use kinora_replicate::{Patience, ReplicateProvider};
use kinora_transport::{Keys, MemoryVault};
use serde_json::{Value, json};
use std::sync::Arc;

const CREDIT: &str = "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to \
    purchase credit. Once you purchase credit, please wait a few minutes before trying again.";

#[tokio::test]
async fn each_refusal_of_a_create_says_what_to_do_and_nothing_is_made() {
    type Check = Box<dyn Fn(&ProviderError) -> bool>;
    fn check(good: impl Fn(&ProviderError) -> bool + 'static) -> Check {
        Box::new(good)
    }
    fn field(name: &'static str) -> Check {
        check(move |error| error.fields() == [name])
    }
    fn wait(secs: f64) -> Check {
        check(move |error| {
            *error == ProviderError::RateLimited { provider: "replicate".into(), retry_after_secs: Some(secs) }
        })
    }
    let one = |kind: &str, field: &str, words: &str| json!({"invalid_fields": [{"type": kind, "field": field, "description": words}]});
    let topped_up = check(|error| {
        let url = "https://replicate.com/account/billing#billing";
        matches!(error, ProviderError::OutOfFunds { top_up_url: Some(found), .. } if found == url)
    });
    let cases = vec![
        (402, json!({"title": "Insufficient credit", "detail": CREDIT, "status": 402}), topped_up),
        (429, json!({"detail": "Request was throttled. Your rate limit resets in ~30s."}), wait(30.0)),
        (429, json!({"detail": "slow", "retry_after": 9}), wait(9.0)),
        (
            422,
            json!({"title": "Invalid version or not permitted", "detail": "The specified version does not exist"}),
            check(|error| matches!(error, ProviderError::ModelNotFound { .. })),
        ),
        (422, one("required", "input", "prompt is required"), field("final_prompt")),
        (
            422,
            one("enum", "input.aspect_ratio", "aspect_ratio must be one of the following: \"1:1\""),
            field("aspect_ratio"),
        ),
        (422, one("enum", "input.resolution", "resolution must be \"720p\""), field("parameters.resolution")),
        (422, one("x", "input.image", "not an image of any safety"), field("reference_first_frame")),
        (422, one("additional_property_not_allowed", "", "Additional property model is not allowed"), field("model")),
        (422, json!({"detail": "- input.duration: Must be one of 4, 6, 8\n", "status": 422}), field("duration_secs")),
        (422, json!({"detail": "The prompt was flagged as sensitive (E005)"}), field("final_prompt")),
        (
            401,
            json!({"title": "Unauthenticated", "detail": format!("the key {KEY} is wrong")}),
            check(|error| matches!(error, ProviderError::BadKey { .. })),
        ),
        (
            418,
            json!("<html>teapot</html>"),
            check(|error| matches!(error, ProviderError::VendorTrouble { retryable: false, .. })),
        ),
    ];
    for (status, body, check) in cases {
        let bench = Bench::new().await;
        bench.sim.fault(Fault::answer(On::Create, status, body.clone()));
        let error = bench.submit("job", video("google/veo-3.1")).await.unwrap_err();
        assert!(check(&error), "{status} {body}: {error:?}");
        assert!(!format!("{error:?} {error}").contains(KEY), "{error:?}");
        assert_eq!((bench.sim.creates(), bench.sim.count("create")), (0, 1), "{body}");
        assert_eq!(std::fs::read_dir(bench.ticket("job").work_dir).unwrap().count(), 0, "left behind after {body}");
    }
}

#[tokio::test]
async fn a_header_tells_how_long_to_wait() {
    let bench = Bench::new().await;
    let headers = vec![("Retry-After".to_owned(), "7".to_owned())];
    bench.sim.fault(Fault::new(On::Create, Act::Answer { status: 429, body: json!({"detail": "slow"}), headers }));
    let error = bench.submit("job", video("google/veo-3.1")).await.unwrap_err();
    assert_eq!(error, ProviderError::RateLimited { provider: "replicate".into(), retry_after_secs: Some(7.0) });
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_sent_once() {
    for (act, made) in [
        (Act::DropBefore, 0),
        (Act::DropAfter, 1),
        (Act::Truncate { share: 0.5 }, 1),
        (Act::Answer { status: 502, body: json!("<html>bad gateway</html>"), headers: Vec::new() }, 0),
        (Act::Answer { status: 500, body: Value::Null, headers: Vec::new() }, 0),
        (Act::Answer { status: 201, body: json!({"status": "starting"}), headers: Vec::new() }, 0),
    ] {
        let bench = Bench::new().await;
        bench.sim.fault(Fault::new(On::Create, act.clone()));
        let error = bench.submit("job", video("google/veo-3.1")).await.unwrap_err();
        assert!(matches!(error, ProviderError::LostAnswer { .. }), "{act:?}: {error:?}");
        assert_eq!((bench.sim.creates(), bench.sim.count("create")), (made, 1), "{act:?}");
    }
}

#[tokio::test]
async fn a_vendor_out_of_reach_was_sent_nothing() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let provider = crate::provider(&format!("http://{unused}/v1"));
    let folder = tempfile::tempdir().unwrap();
    let job = crate::ticket(folder.path(), "job");
    let error = provider.submit(job.clone(), video("google/veo-3.1")).await.unwrap_err();
    assert!(matches!(error, ProviderError::Network { .. }), "{error:?}");
    assert_eq!(provider.find_lost(job, &video("google/veo-3.1")).await.unwrap(), None, "nothing was sent");
}

#[tokio::test]
async fn questions_are_asked_again_through_faults() {
    let bench = Bench::new().await;
    let submitted = bench.submit("job", video("google/veo-3.1")).await.unwrap();
    for act in [
        Act::DropBefore,
        Act::DropAfter,
        Act::Truncate { share: 0.3 },
        Act::Slow { millis: 20 },
        Act::Answer { status: 503, body: Value::Null, headers: Vec::new() },
        Act::Answer { status: 429, body: Value::Null, headers: vec![("Retry-After-Ms".into(), "5".into())] },
    ] {
        bench.sim.fault(Fault::new(On::Get, act));
        bench.poll("job", &submitted.vendor_id).await.unwrap();
    }
    assert!(matches!(bench.wait("job", &submitted.vendor_id).await, JobState::Succeeded(_)));
    assert_eq!((bench.sim.creates(), bench.sim.state().faults.iter().all(|fault| fault.times == 0)), (1, true));
}

#[tokio::test]
async fn a_vendor_that_stays_down_is_trouble_that_passes_and_the_job_is_still_there() {
    let bench = Bench::new().await;
    let submitted = bench.submit("job", video("google/veo-3.1")).await.unwrap();
    bench.sim.fault(Fault::answer(On::Get, 500, Value::Null).times(3));
    let error = bench.poll("job", &submitted.vendor_id).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert!(matches!(bench.wait("job", &submitted.vendor_id).await, JobState::Succeeded(_)));
}

#[tokio::test]
async fn an_id_that_vanished_is_a_job_not_found() {
    let bench = Bench::new().await;
    let submitted = bench.submit("job", video("google/veo-3.1")).await.unwrap();
    bench.sim.state().predictions.clear();
    for vendor_id in [submitted.vendor_id.as_str(), "../account", "", "a b"] {
        let error = bench.poll("job", vendor_id).await.unwrap_err();
        assert_eq!(error, ProviderError::JobNotFound { vendor_id: vendor_id.into() });
    }
}

#[tokio::test]
async fn every_end_of_a_prediction_arrives() {
    for (plan, expected) in [
        (Plan { end: "failed".into(), error: Some("out of frames".into()), ..Plan::default() }, "failed"),
        (Plan { end: "canceled".into(), ..Plan::default() }, "cancelled"),
        (Plan { end: "aborted".into(), steps: 0, ..Plan::default() }, "cancelled"),
        (Plan { data_removed: true, ..Plan::default() }, "failed"),
        (Plan { working: "dreaming".into(), ..Plan::default() }, "succeeded"),
        (Plan { sparse: true, logs: false, ..Plan::default() }, "succeeded"),
    ] {
        let bench = Bench::new().await;
        bench.sim.plan(plan.clone());
        let submitted = bench.submit("job", video("google/veo-3.1")).await.unwrap();
        let state = serde_json::to_value(bench.wait("job", &submitted.vendor_id).await).unwrap();
        assert_eq!(state["state"], expected, "{plan:?}: {state}");
    }
}

#[tokio::test]
async fn progress_is_read_from_logs_and_never_falls() {
    let bench = Bench::new().await;
    bench.sim.plan(Plan { steps: 3, ..Plan::default() });
    let submitted = bench.submit("job", video("google/veo-3.1")).await.unwrap();
    let mut seen = Vec::new();
    while let JobState::Running { progress, .. } = bench.poll("job", &submitted.vendor_id).await.unwrap() {
        seen.push(progress.unwrap());
        if seen.len() == 2 {
            // A second bar begins.
            let mut state = bench.sim.state();
            state.predictions[0].plan.logs = false;
            state.predictions[0].value["logs"] = "  1%|x| 1/100 [00:01]\n".into();
        }
    }
    assert_eq!(seen, [0.25, 0.5, 0.5]);
}

#[tokio::test]
async fn waiting_without_end_ends_by_the_vendors_clock() {
    let bench = Bench::new().await;
    bench.sim.plan(Plan { endless: true, ..Plan::default() });
    bench.sim.state().clock_ahead_secs = 5 * 24 * 3600;
    let patience = Patience { longest_job_secs: 60.0 };
    let short =
        ReplicateProvider::new(kinora_replicate::ReplicateOptions { patience, ..options(&bench.sim.base_url()) });
    let short = short.unwrap();
    let job = bench.ticket("job");
    let submitted = short.submit(job.clone(), video("google/veo-3.1")).await.unwrap();
    let state = short.poll(job.clone(), &submitted.vendor_id).await.unwrap();
    assert!(matches!(state, JobState::Running { .. }), "the clocks differ by days, the job is new: {state:?}");
    bench.sim.state().predictions[0].value["created_at"] = "2020-01-01T00:00:00Z".into();
    bench.sim.state().predictions[0].value["deadline"] = Value::Null;
    let state = short.poll(job, &submitted.vendor_id).await.unwrap();
    assert!(matches!(&state, JobState::Failed(error) if error.to_string().contains("processing")), "{state:?}");
}

#[tokio::test]
async fn the_vendor_is_told_when_to_give_up_and_what_it_stopped_is_no_cancel() {
    let bench = Bench::new().await;
    let submitted = bench.submit("job", image("google/nano-banana")).await.unwrap();
    assert_eq!(bench.sim.state().cancel_after, ["3600s"]);
    bench.sim.state().predictions[0].value["deadline"] = "2020-01-01T00:00:00Z".into();
    let state = bench.poll("job", &submitted.vendor_id).await.unwrap();
    assert!(matches!(&state, JobState::Failed(error) if error.to_string().contains("time was up")), "{state:?}");
}

#[tokio::test]
async fn without_a_key_nothing_is_sent_and_the_account_says_whose_it_is() {
    let bench = Bench::new().await;
    let standing = bench.provider.standing().await.unwrap();
    assert_eq!((standing.account.as_str(), standing.note.as_str()), ("lilian", "Lilian Polidori (user)"));

    let keys = Keys::new(Arc::new(|_| None), Arc::new(MemoryVault::absent()));
    let keyless = ReplicateProvider::new(kinora_replicate::ReplicateOptions { keys, ..options(&bench.sim.base_url()) });
    let keyless = keyless.unwrap();
    let job = bench.ticket("keyless");
    let error = keyless.submit(job.clone(), video("google/veo-3.1")).await.unwrap_err();
    assert!(matches!(error, ProviderError::MissingKey { .. }), "{error:?}");
    assert_eq!(std::fs::read_dir(job.work_dir).unwrap().count(), 0);
    assert!(matches!(keyless.standing().await, Err(ProviderError::MissingKey { .. })));

    bench.sim.state().token = "r8_another".into();
    assert!(matches!(bench.provider.standing().await, Err(ProviderError::BadKey { .. })));
    assert_eq!(bench.sim.count("create"), 0);
}

#[tokio::test]
async fn a_cancel_reaches_the_vendor_through_faults() {
    let bench = Bench::new().await;
    bench.sim.plan(Plan { endless: true, ..Plan::default() });
    let submitted = bench.submit("job", video("google/veo-3.1")).await.unwrap();
    bench.poll("job", &submitted.vendor_id).await.unwrap();
    bench.sim.fault(Fault::new(On::Cancel, Act::DropBefore));
    bench.sim.fault(Fault::answer(On::Cancel, 500, Value::Null));
    bench.provider.cancel(bench.ticket("job"), &submitted.vendor_id).await.unwrap();
    assert_eq!(bench.wait("job", &submitted.vendor_id).await, JobState::Cancelled);
    // A vendor that refuses to cancel what is over grants the wish all the same.
    bench.sim.fault(Fault::answer(On::Cancel, 409, json!({"detail": "already over"})));
    bench.provider.cancel(bench.ticket("job"), &submitted.vendor_id).await.unwrap();
}

#[tokio::test]
async fn an_illegal_request_never_leaves() {
    let bench = Bench::new().await;
    let request = GenerationRequest::Video(VideoRequest::new("google/veo-3.1", "a storm", 5.0));
    let error = bench.submit("job", request).await.unwrap_err();
    assert_eq!(error.fields(), ["duration_secs"]);
    assert!(bench.sim.state().log.is_empty());
}
