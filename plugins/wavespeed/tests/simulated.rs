//! The provider against the simulator: the contract suite, then each thing that can go wrong.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use kinora_provider::{
    CardSource, GenerationRequest, JobState, JobTicket, LipSyncPicture, LipSyncRequest, OutputSource, Provider as _,
    ProviderError, Submitted, contract::Suite,
};
use kinora_transport::{CardPlaces, Keys, RetryPolicy, Secret};
use kinora_wavespeed::{
    Settings, WaveSpeedProvider,
    simulator::{CLIP, KEY, Simulator},
};
use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

/// A simulator, a provider that asks it, and a folder with files to hand in.
struct Stage {
    simulator: Simulator,
    folder: tempfile::TempDir,
}

impl Stage {
    fn new(script: &str) -> Self {
        let stage = Self { simulator: Simulator::start().unwrap(), folder: tempfile::tempdir().unwrap() };
        stage.simulator.script(script).unwrap();
        write(&stage.at("clip.mp4"), CLIP);
        write(&stage.at("still.png"), b"\x89PNG\r\n\x1a\n0000");
        write(&stage.at("voice.wav"), b"RIFF0000WAVEfmt ");
        stage
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn provider(&self) -> WaveSpeedProvider {
        provider(&self.simulator.url(), KEY)
    }

    fn ticket(&self, job_id: &str) -> JobTicket {
        let work_dir = self.at(job_id);
        fs::create_dir_all(&work_dir).unwrap();
        JobTicket { job_id: job_id.into(), work_dir }
    }

    fn request(&self, model: &str) -> GenerationRequest {
        lip_sync(self.folder.path(), model, false)
    }

    async fn submit(&self, job_id: &str) -> Result<Submitted, ProviderError> {
        self.provider().submit(self.ticket(job_id), self.request("sync/lipsync-2")).await
    }

    /// Submits and polls to the end.
    async fn run(&self, job_id: &str) -> JobState {
        let submitted = self.submit(job_id).await.unwrap();
        self.wait(job_id, &submitted.vendor_id).await
    }

    async fn wait(&self, job_id: &str, vendor_id: &str) -> JobState {
        let provider = self.provider();
        for _ in 0..100 {
            let state = provider.poll(self.ticket(job_id), vendor_id).await.unwrap();
            if state.is_final() {
                return state;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{job_id} does not end");
    }

    /// Brings the first file of a finished job.
    async fn bring(&self, job_id: &str, state: &JobState) -> Result<PathBuf, ProviderError> {
        let JobState::Succeeded(output) = state else { panic!("{state:?}") };
        let OutputSource::Url(url) = &output.files[0].source else { panic!("{output:?}") };
        let ticket = self.ticket(job_id);
        let to = ticket.work_dir.join("download");
        self.provider().download(ticket, url, &to).await.map(|()| to)
    }
}

fn provider(url: &str, key: &str) -> WaveSpeedProvider {
    let keys = Keys::only("wavespeed", &Secret::new(key).unwrap());
    let pause = Duration::from_millis(5);
    WaveSpeedProvider::new(Settings {
        retry: RetryPolicy { first_pause: pause, longest_pause: pause, ..RetryPolicy::default() },
        settle: Duration::ZERO,
        ..Settings::at(url, keys)
    })
}

fn write(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

fn lip_sync(folder: &Path, model: &str, is_still: bool) -> GenerationRequest {
    GenerationRequest::LipSync(LipSyncRequest {
        model: model.into(),
        picture: if is_still {
            LipSyncPicture::Image(folder.join("still.png"))
        } else {
            LipSyncPicture::Video(folder.join("clip.mp4"))
        },
        voice: folder.join("voice.wav"),
        prompt: "she speaks softly".into(),
        duration_secs: Some(2.0),
        seed: Some(7),
        parameters: serde_json::Map::new(),
    })
}

#[test]
fn every_model_keeps_the_contract() {
    let stage = Stage::new("");
    let url = stage.simulator.url();
    let models = provider(&url, KEY).descriptor().models;
    let mut suite = Suite::new(move || provider(&url, KEY)).secret(KEY).patience(Duration::from_secs(60));
    for card in &models {
        suite = suite.case(stage.request(&card.id));
        if card.vendor["paths"].get("image").is_some() {
            suite = suite.case(lip_sync(stage.folder.path(), &card.id, true));
        }
    }
    suite.check();
    let counts = stage.simulator.counts();
    assert_eq!((counts.creates, counts.create_requests), (11, 11), "nothing refused here was sent: {counts:?}");
    assert_eq!((counts.leaked_keys, counts.bad_keys), (0, 0));
}

#[tokio::test]
async fn a_take_arrives_whole_whatever_the_answers_look_like() {
    for script in
        ["", "create:objects", "create:sync_timeout", "create:nsfw", "result:status=502*2", "result:drop_before"]
    {
        let stage = Stage::new(script);
        let state = stage.run("job").await;
        let file = stage.bring("job", &state).await.unwrap();
        assert_eq!(fs::read(file).unwrap(), CLIP, "{script}");
        assert_eq!(stage.simulator.counts().creates, 1, "{script}");
    }
}

#[tokio::test]
async fn a_refused_create_asks_the_right_thing_and_is_never_sent_again() {
    for (script, kind) in [
        ("create:status=401", "bad_key"),
        ("create:status=402", "out_of_funds"),
        ("create:code=402", "out_of_funds"),
        ("create:status=404", "model_not_found"),
        ("create:status=429", "rate_limited"),
        ("create:retry_after=9", "rate_limited"),
        ("create:code=400", "vendor_trouble"),
        ("create:status=500", "lost_answer"),
        ("create:status=504", "lost_answer"),
        ("create:code=500", "lost_answer"),
        ("create:garbage", "lost_answer"),
        ("create:drop_before", "lost_answer"),
        ("create:drop_after", "lost_answer"),
        ("create:truncated", "lost_answer"),
    ] {
        let stage = Stage::new(script);
        let error = stage.submit("job").await.unwrap_err();
        let value = serde_json::to_value(&error).unwrap();
        assert_eq!(value["error"], kind, "{script}: {error}");
        if script.contains("retry_after") {
            assert_eq!(value["retry_after_secs"], 9.0);
        }
        assert!(!format!("{error:?}").contains(KEY));
        // One request that counted, or one the script took before it counted; never two.
        let counts = stage.simulator.counts();
        assert!(counts.creates <= 1 && counts.create_requests <= 1, "{script}: {counts:?}");
        let left = stage.submit("again").await;
        assert!(left.is_ok(), "the script was for one request, and one was sent: {script}: {left:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_found_by_what_was_handed_in() {
    for (script, is_there) in [
        ("create:drop_after", true),
        ("create:truncated", true),
        ("create:drop_before", false),
        ("create:status=503", false),
        // The vendor's clock a day off, either way.
        ("upload:skew=-90000\ncreate:drop_after", true),
        ("upload:skew=90000\ncreate:drop_before", false),
    ] {
        let stage = Stage::new("");
        stage.run("earlier").await;
        stage.simulator.script(script).unwrap();
        let request = stage.request("sync/lipsync-2");
        assert!(matches!(stage.submit("job").await, Err(ProviderError::LostAnswer { .. })), "{script}");
        stage.run("later").await;
        // A new process: nothing but the job's folder is left.
        let found = stage.provider().find_lost(stage.ticket("job"), &request).await.unwrap();
        assert_eq!(found.is_some(), is_there, "{script}: {found:?}");
        if let Some(found) = found {
            let state = stage.wait("job", &found.vendor_id).await;
            assert_eq!(fs::read(stage.bring("job", &state).await.unwrap()).unwrap(), CLIP);
        }
        assert_eq!(stage.simulator.counts().creates, 2 + u64::from(is_there), "{script}");
    }
}

#[tokio::test]
async fn where_the_list_cannot_tell_only_the_user_can() {
    let stage = Stage::new("create:drop_after\nhistory:silent*always");
    let request = stage.request("sync/lipsync-2");
    stage.submit("job").await.unwrap_err();
    let error = stage.provider().find_lost(stage.ticket("job"), &request).await.unwrap_err();
    assert!(matches!(&error, ProviderError::NotSupported { .. }), "{error:?}");
    assert!(error.to_string().contains("wavespeed.ai/predictions"), "{error}");
    let never_sent = stage.provider().find_lost(stage.ticket("other"), &request).await;
    assert_eq!(never_sent, Ok(None), "without a note nothing was sent, and no list is needed to say so");
    let gone = JobTicket { job_id: "gone".into(), work_dir: stage.at("gone") };
    assert!(matches!(stage.provider().find_lost(gone, &request).await, Err(ProviderError::NotSupported { .. })));
}

#[tokio::test]
async fn an_id_that_is_in_the_jobs_folder_is_handed_on_without_a_list() {
    let stage = Stage::new("history:silent*always");
    let submitted = stage.submit("job").await.unwrap();
    let request = stage.request("sync/lipsync-2");
    let found = stage.provider().find_lost(stage.ticket("job"), &request).await.unwrap().unwrap();
    assert_eq!((found.vendor_id, found.state), (submitted.vendor_id, JobState::Queued));
    assert_eq!(stage.simulator.counts().histories, 0);
}

#[tokio::test]
async fn an_order_that_may_still_show_up_is_waited_for() {
    let stage = Stage::new("create:drop_before");
    stage.submit("job").await.unwrap_err();
    let keys = Keys::only("wavespeed", &Secret::new(KEY).unwrap());
    let settings = Settings { settle: Duration::from_millis(300), ..Settings::at(&stage.simulator.url(), keys) };
    let found = WaveSpeedProvider::new(settings).find_lost(stage.ticket("job"), &stage.request("sync/lipsync-2")).await;
    assert_eq!(found, Ok(None));
    assert!(stage.simulator.counts().histories >= 2, "the list was looked at once only");
}

#[tokio::test]
async fn ends_that_bring_no_take_say_why() {
    for (script, words) in [
        ("create:fails=no face found", "no face found"),
        ("create:fails=flagged as nsfw", "content rules"),
        ("create:empty", "brought no file"),
        ("create:ends=timeout", "took too long"),
        ("create:ends=deleted", "deleted"),
    ] {
        let stage = Stage::new(script);
        let JobState::Failed(error) = stage.run("job").await else { panic!("{script}") };
        assert!(error.to_string().contains(words) && !error.is_retryable(), "{script}: {error}");
    }
    assert_eq!(Stage::new("create:ends=cancelled").run("job").await, JobState::Cancelled);
}

#[tokio::test]
async fn a_job_without_end_goes_on_and_one_that_vanished_is_not_found() {
    let stage = Stage::new("create:endless");
    let submitted = stage.submit("job").await.unwrap();
    for _ in 0..20 {
        let state = stage.provider().poll(stage.ticket("job"), &submitted.vendor_id).await.unwrap();
        assert!(!state.is_final(), "{state:?}");
    }
    // Waiting has an end all the same.
    let keys = Keys::only("wavespeed", &Secret::new(KEY).unwrap());
    let longest_job = Duration::from_millis(1);
    let impatient = WaveSpeedProvider::new(Settings { longest_job, ..Settings::at(&stage.simulator.url(), keys) });
    tokio::time::sleep(Duration::from_millis(20)).await;
    let state = impatient.poll(stage.ticket("job"), &submitted.vendor_id).await.unwrap();
    let JobState::Failed(error) = state else { panic!("{state:?}") };
    assert!(error.to_string().contains("still not over") && !error.is_retryable(), "{error}");
    let stage = Stage::new("result:vanish");
    let submitted = stage.submit("job").await.unwrap();
    for vendor_id in [submitted.vendor_id.as_str(), "unknown", "../../balance", ""] {
        let answer = stage.provider().poll(stage.ticket("job"), vendor_id).await;
        assert!(matches!(answer, Err(ProviderError::JobNotFound { .. })), "{vendor_id:?}: {answer:?}");
    }
}

#[tokio::test]
async fn questions_that_stay_unanswered_may_be_asked_again() {
    for script in
        ["result:status=503*always", "result:drop_before*always", "result:garbage*always", "result:status=429*always"]
    {
        let stage = Stage::new(script);
        let submitted = stage.submit("job").await.unwrap();
        let error = stage.provider().poll(stage.ticket("job"), &submitted.vendor_id).await.unwrap_err();
        assert!(error.is_retryable(), "{script}: {error:?}");
    }
}

#[tokio::test]
async fn a_download_appears_whole_or_not_at_all() {
    for (script, is_ok) in [
        ("download:truncated", true),
        ("download:status=503", true),
        ("download:slow=50", true),
        ("download:truncated*always", false),
        ("download:wrong_type*always", false),
        ("download:expired*always", false),
    ] {
        let stage = Stage::new(script);
        let state = stage.run("job").await;
        let brought = stage.bring("job", &state).await;
        assert_eq!(brought.is_ok(), is_ok, "{script}: {brought:?}");
        let files = fs::read_dir(stage.at("job")).unwrap().map(|entry| entry.unwrap().file_name());
        let names: Vec<_> = files.filter(|name| name != "wavespeed_submit.json").collect();
        assert_eq!(names, if is_ok { vec!["download"] } else { Vec::new() }, "{script}");
        assert_eq!(stage.simulator.counts().leaked_keys, 0);
    }
}

#[tokio::test]
async fn a_hundred_megabytes_arrive() {
    let stage = Stage::new("download:huge=100000000");
    let state = stage.run("job").await;
    let file = stage.bring("job", &state).await.unwrap();
    assert_eq!(fs::metadata(&file).unwrap().len(), 100_000_000);
    let mut start = vec![0; CLIP.len()];
    std::io::Read::read_exact(&mut fs::File::open(file).unwrap(), &mut start).unwrap();
    assert_eq!(start, CLIP);
}

#[tokio::test]
async fn files_go_in_by_the_second_door_where_the_first_is_shut() {
    for script in ["upload:status=404*always", "upload:code=404*always", "upload:status=413*always"] {
        let stage = Stage::new(script);
        let state = stage.run("job").await;
        assert_eq!(fs::read(stage.bring("job", &state).await.unwrap()).unwrap(), CLIP, "the clip went through unhurt");
        let counts = stage.simulator.counts();
        assert_eq!((counts.uploads, counts.tickets, counts.puts, counts.leaked_keys), (0, 2, 2, 0), "{script}");
    }
    let stage = Stage::new("upload:status=413*always\nticket:status=404*always");
    assert_eq!(stage.submit("job").await.unwrap_err().fields(), ["picture"], "too large for either");
    let stage = Stage::new("upload:status=404*always\nput:status=403*always");
    assert!(matches!(stage.submit("job").await, Err(ProviderError::VendorTrouble { retryable: false, .. })));
    let stage = Stage::new("upload:status=500*always");
    let error = stage.submit("job").await.unwrap_err();
    assert!(matches!(error, ProviderError::Network { .. }), "nothing is ordered before the create: {error:?}");
    assert_eq!(stage.simulator.counts().create_requests, 0);
}

#[tokio::test]
async fn the_standing_tells_balance_and_models() {
    let stage = Stage::new("");
    let provider = stage.provider();
    let shipped = provider.descriptor().models;
    let standing = provider.standing().await.unwrap();
    assert_eq!(standing.balance_usd, Some(42.5));
    let live = provider.descriptor().models;
    assert_eq!(live.len(), shipped.len() + 1, "the catalogue offers one lip-sync model more");
    assert!(live.iter().any(|card| card.id == "wavespeed-ai/latentsync"), "{}", standing.note);
    provider.standing().await.unwrap();
    assert_eq!(stage.simulator.counts().catalogues, 1, "a fresh catalogue is not asked for again");

    let stage = Stage::new("models:status=500*always");
    let standing = stage.provider().standing().await.unwrap();
    assert!(standing.balance_usd.is_some() && standing.note.contains("as they were"), "{standing:?}");
    let wrong = self::provider(&stage.simulator.url(), "wsk-wrong");
    let error = wrong.standing().await.unwrap_err();
    assert!(matches!(&error, ProviderError::BadKey { .. }) && !error.to_string().contains("wsk-wrong"), "{error}");
    let stage = Stage::new("balance:garbage*always");
    assert!(stage.provider().standing().await.is_err());
}

/// The provider as a fresh run has it, with a place for what it reads of the catalogue.
fn with_live_file(stage: &Stage) -> WaveSpeedProvider {
    let cards = CardPlaces { folder: None, live_file: Some(stage.at("live/wavespeed.json")) };
    let keys = Keys::only("wavespeed", &Secret::new(KEY).unwrap());
    let pause = Duration::from_millis(5);
    let retry = RetryPolicy { first_pause: pause, longest_pause: pause, ..RetryPolicy::default() };
    WaveSpeedProvider::new(Settings { cards, retry, ..Settings::at(&stage.simulator.url(), keys) })
}

#[tokio::test]
async fn the_catalogue_is_kept_for_the_next_run() {
    let stage = Stage::new("");
    let provider = with_live_file(&stage);
    let refreshed = provider.refresh_cards().await.unwrap();
    assert_eq!(refreshed.problems, []);
    assert_eq!(refreshed.added, ["wavespeed-ai/latentsync"]);
    let next = with_live_file(&stage);
    assert_eq!(next.descriptor(), provider.descriptor());
    assert_eq!((next.cards_read_at(), next.card_troubles()), (Some(refreshed.read_at), Vec::new()));
    assert_eq!(stage.simulator.counts().catalogues, 1, "nothing is asked at the start");
    let card = next.descriptor().model("wavespeed-ai/latentsync").cloned().unwrap();
    assert!(matches!(card.sources.as_slice(), [CardSource::Live { .. }]), "{:?}", card.sources);
    for fault in ["models:garbage*always", "models:status=500*always", "models:truncated*always"] {
        stage.simulator.script(fault).unwrap();
        assert!(next.refresh_cards().await.is_err(), "{fault}");
        assert_eq!(
            (next.descriptor(), with_live_file(&stage).descriptor()),
            (provider.descriptor(), provider.descriptor())
        );
    }
}

#[tokio::test]
async fn without_a_key_or_an_address_nothing_leaves_the_machine() {
    let stage = Stage::new("");
    let keyless =
        Keys::new(std::sync::Arc::new(|_| None), std::sync::Arc::new(kinora_transport::MemoryVault::absent()));
    let provider = WaveSpeedProvider::new(Settings::at(&stage.simulator.url(), keyless));
    let error = provider.submit(stage.ticket("job"), stage.request("sync/lipsync-2")).await.unwrap_err();
    assert!(matches!(&error, ProviderError::MissingKey { .. }) && error.what_to_do().contains("WAVESPEED_API_KEY"));
    assert_eq!(stage.simulator.counts(), kinora_wavespeed::simulator::Counts::default());
    for address in ["http://api.wavespeed.ai", "wavespeed", "https://me:secret@api.wavespeed.ai"] {
        let provider = self::provider(address, KEY);
        let error = provider.submit(stage.ticket("job"), stage.request("sync/lipsync-2")).await.unwrap_err();
        assert_eq!(error.fields(), ["WAVESPEED_BASE_URL"], "{address}");
        assert!(!format!("{provider:?} {error:?}").contains(KEY));
    }
}

#[tokio::test]
async fn a_cancel_is_told_not_to_reach_the_vendor() {
    let stage = Stage::new("");
    let submitted = stage.submit("job").await.unwrap();
    let error = stage.provider().cancel(stage.ticket("job"), &submitted.vendor_id).await.unwrap_err();
    assert!(matches!(&error, ProviderError::NotSupported { .. }));
    assert!(error.to_string().contains("its take will arrive"), "{error}");
    assert!(matches!(stage.wait("job", &submitted.vendor_id).await, JobState::Succeeded(_)));
}
