//! A create whose answer never came, found in the vendor's list.

use crate::{
    Bench, image, provider,
    simulator::{Act, Fault, On, Plan},
    video, write,
};
use kinora_provider::{GenerationRequest, ImageRequest, JobState, Provider, ProviderError};

/// Submits a job whose answer is lost after the create was accepted.
async fn lose(bench: &Bench, job_id: &str, request: GenerationRequest) {
    bench.sim.fault(Fault::new(On::Create, Act::DropAfter));
    let error = bench.submit(job_id, request).await.unwrap_err();
    assert!(matches!(error, ProviderError::LostAnswer { .. }), "{error:?}");
}

#[tokio::test]
async fn a_lost_job_is_found_and_ends_as_a_take_with_one_create() {
    for ahead_secs in [0, 3 * 3600, -40 * 60] {
        let bench = Bench::new().await;
        bench.sim.state().clock_ahead_secs = ahead_secs;
        let request = video("google/veo-3.1");
        lose(&bench, "lost", request.clone()).await;
        // The program was restarted: nothing but the folder of the job remembers.
        let reborn = provider(&bench.sim.base_url());
        let found = reborn.find_lost(bench.ticket("lost"), &request).await.unwrap().expect("it is in the list");
        assert_eq!(found.vendor_id, bench.sim.state().predictions[0].id, "clock {ahead_secs}");
        assert!(matches!(bench.wait("lost", &found.vendor_id).await, JobState::Succeeded(_)));
        let again = reborn.find_lost(bench.ticket("lost"), &request).await.unwrap().unwrap();
        assert_eq!(again.vendor_id, found.vendor_id);
        assert_eq!(bench.sim.creates(), 1);
    }
}

#[tokio::test]
async fn an_id_that_is_known_is_handed_on_though_the_vendor_is_down() {
    let bench = Bench::new().await;
    let request = video("google/veo-3.1");
    let submitted = bench.submit("job", request.clone()).await.unwrap();
    bench.sim.fault(Fault::answer(On::Get, 500, serde_json::Value::Null).times(3));
    let reborn = provider(&bench.sim.base_url());
    let found = reborn.find_lost(bench.ticket("job"), &request).await.unwrap().unwrap();
    assert_eq!((found.vendor_id, found.state), (submitted.vendor_id, JobState::Queued));
}

#[tokio::test]
async fn a_list_full_of_pictures_is_read() {
    let bench = Bench::new().await;
    let picture = bench.folder.path().join("picture.png");
    write(&picture, &[7; 256_000]);
    let mut request = ImageRequest::new("google/nano-banana-pro", "the lake at dawn");
    request.reference_images = vec![picture; 14];
    let request = GenerationRequest::Image(request);
    lose(&bench, "lost", request.clone()).await;
    for number in 0..4 {
        bench.submit(&format!("later_{number}"), request.clone()).await.unwrap();
    }
    let found = bench.provider.find_lost(bench.ticket("lost"), &request).await.unwrap().unwrap();
    assert_eq!(found.vendor_id, bench.sim.state().predictions[0].id);
}

#[tokio::test]
async fn a_create_that_never_arrived_is_not_mistaken_for_another() {
    let bench = Bench::new().await;
    // The same words, made and held by another job; and the same words on another model.
    bench.submit("other", image("google/nano-banana")).await.unwrap();
    bench.submit("pro", image("google/nano-banana-pro")).await.unwrap();
    bench.sim.fault(Fault::new(On::Create, Act::DropBefore));
    bench.submit("lost", image("google/nano-banana")).await.unwrap_err();
    assert_eq!(bench.provider.find_lost(bench.ticket("lost"), &image("google/nano-banana")).await.unwrap(), None);
    let reborn = provider(&bench.sim.base_url());
    let found = reborn.find_lost(bench.ticket("lost"), &image("google/nano-banana")).await.unwrap();
    assert_eq!(found, None, "the other job's folder says whose it is");
}

#[tokio::test]
async fn what_a_further_attempt_holds_is_not_taken_and_a_further_attempt_takes_nothing() {
    for (holder, lost) in [("other/attempt_2", "lost"), ("other", "lost/attempt_2"), ("lost", "lost/attempt_2")] {
        let bench = Bench::new().await;
        bench.submit(holder, image("google/nano-banana")).await.unwrap();
        bench.sim.fault(Fault::new(On::Create, Act::DropBefore));
        bench.submit(lost, image("google/nano-banana")).await.unwrap_err();
        let reborn = provider(&bench.sim.base_url());
        let found = reborn.find_lost(bench.ticket(lost), &image("google/nano-banana")).await.unwrap();
        assert_eq!(found, None, "{holder} {lost}");
    }
}

#[tokio::test]
async fn two_lost_jobs_of_the_same_words_get_one_prediction_each() {
    let bench = Bench::new().await;
    for job_id in ["one", "two"] {
        lose(&bench, job_id, image("google/nano-banana")).await;
    }
    let mut ids = Vec::new();
    for job_id in ["one", "two"] {
        let reborn = provider(&bench.sim.base_url());
        let found = reborn.find_lost(bench.ticket(job_id), &image("google/nano-banana")).await.unwrap().unwrap();
        ids.push(found.vendor_id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), bench.sim.creates()), (2, 2));
}

#[tokio::test]
async fn a_job_of_yesterday_with_the_same_words_is_not_ours() {
    let bench = Bench::new().await;
    bench.submit("yesterday", image("google/nano-banana")).await.unwrap();
    std::fs::remove_dir_all(bench.ticket("yesterday").work_dir).unwrap();
    bench.sim.state().predictions[0].value["created_at"] = "2026-01-01T00:00:00.123Z".into();
    bench.sim.fault(Fault::new(On::Create, Act::DropBefore));
    bench.submit("lost", image("google/nano-banana")).await.unwrap_err();
    let reborn = provider(&bench.sim.base_url());
    assert_eq!(reborn.find_lost(bench.ticket("lost"), &image("google/nano-banana")).await.unwrap(), None);
}

#[tokio::test]
async fn the_list_is_read_page_by_page_through_faults() {
    let bench = Bench::new().await;
    bench.sim.state().page_size = 2;
    lose(&bench, "lost", video("google/veo-3.1")).await;
    for number in 0..5 {
        bench.submit(&format!("later_{number}"), video("google/veo-3.1")).await.unwrap();
    }
    bench.sim.fault(Fault::new(On::List, Act::DropAfter));
    bench.sim.fault(Fault::new(On::List, Act::Truncate { share: 0.5 }));
    let reborn = provider(&bench.sim.base_url());
    let found = reborn.find_lost(bench.ticket("lost"), &video("google/veo-3.1")).await.unwrap().unwrap();
    assert_eq!(found.vendor_id, bench.sim.state().predictions[0].id);
    assert_eq!(bench.sim.creates(), 6);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_no_proof_of_absence() {
    let bench = Bench::new().await;
    lose(&bench, "lost", video("google/veo-3.1")).await;
    bench.sim.fault(Fault::answer(On::List, 500, serde_json::Value::Null).times(3));
    bench.provider.find_lost(bench.ticket("lost"), &video("google/veo-3.1")).await.unwrap_err();
    bench.sim.fault(Fault::answer(On::List, 200, serde_json::json!({"results": 7})));
    bench.provider.find_lost(bench.ticket("lost"), &video("google/veo-3.1")).await.unwrap_err();
    assert!(bench.provider.find_lost(bench.ticket("lost"), &video("google/veo-3.1")).await.unwrap().is_some());
}

#[tokio::test]
async fn an_output_that_was_deleted_before_it_was_found_says_so() {
    let bench = Bench::new().await;
    bench.sim.plan(Plan { data_removed: true, ..Plan::default() });
    lose(&bench, "lost", video("google/veo-3.1")).await;
    let found = bench.provider.find_lost(bench.ticket("lost"), &video("google/veo-3.1")).await.unwrap().unwrap();
    let JobState::Failed(error) = bench.wait("lost", &found.vendor_id).await else { panic!() };
    assert!(error.to_string().contains("one hour"), "{error}");
}
