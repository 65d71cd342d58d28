//! Voices and the account.

use super::*;

#[test]
fn all_pages_of_voices_come_once_each() {
    let stage = Stage::new();
    stage.simulator.script(Door::Voices, [Fault::None, Fault::BadGateway, Fault::RateLimited]);
    let voices = stage.runtime.block_on(stage.provider.voices()).unwrap();
    let ids: HashSet<_> = voices.iter().map(|voice| &voice.id).collect();
    assert_eq!((voices.len(), ids.len()), (230, 230));
    assert!(ids.iter().all(|id| id.starts_with("elevenlabs:")));
    assert_eq!(voices.iter().filter(|voice| voice.preview.is_none()).count(), 33);
    let Some(OutputSource::Url(url)) = &voices[1].preview else { panic!("{:?}", voices[1]) };
    let ticket = stage.ticket("preview");
    let path = ticket.work_dir.join("preview.mp3");
    stage.runtime.block_on(stage.provider.download(ticket, url, &path)).unwrap();
    let preview = fs::read(&path).unwrap();
    assert!(crate::format::recognised(&preview).is_some());
    assert_eq!(stage.simulator.report().violations, Vec::<String>::new());
}

#[test]
fn the_account_says_what_is_left_and_how_many_run_at_once() {
    let stage = Stage::new();
    assert_eq!(stage.provider.descriptor().limits.concurrent_jobs, FREE_PLAN_JOBS);
    stage.made("line", wav_line("Hello."));
    assert_eq!(stage.provider.descriptor().limits.concurrent_jobs, 5, "from the answer's headers");
    let standing = stage.runtime.block_on(stage.provider.standing()).unwrap();
    assert_eq!(standing.account, "creator plan");
    assert_eq!(standing.note, "130,994 of 131,000 credits left in this period");
    let models = stage.provider.descriptor().models;
    assert!(models.iter().any(|card| card.id == "eleven_flash_v2"), "a model of the vendor's list");
}

#[test]
fn a_key_without_the_right_to_look_still_works() {
    let stage = Stage::new();
    stage.simulator.script(Door::Subscription, [Fault::MissingRight]);
    let standing = stage.runtime.block_on(stage.provider.standing()).unwrap();
    assert!(standing.note.contains("user_read"), "{standing:?}");
    stage.simulator.script(Door::Subscription, [Fault::MissingRight]);
    stage.simulator.script(Door::Models, [Fault::BadKey]);
    assert_eq!(kind(&stage.runtime.block_on(stage.provider.standing()).unwrap_err()), "bad_key");
}

#[test]
fn a_wrong_key_and_an_empty_account_are_told_apart() {
    let simulator = Simulator::start(0).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let wrong = ElevenLabsProvider::new(settings(&simulator.url(), "sk_wrong")).unwrap();
    assert_eq!(kind(&runtime.block_on(wrong.standing()).unwrap_err()), "bad_key");
    assert_eq!(kind(&runtime.block_on(wrong.voices()).unwrap_err()), "bad_key");
    let right = ElevenLabsProvider::new(settings(&simulator.url(), KEY)).unwrap();
    simulator.script(Door::Subscription, [Fault::QuotaLegacy]);
    assert_eq!(kind(&runtime.block_on(right.standing()).unwrap_err()), "out_of_funds");
}

#[test]
fn an_answer_that_is_no_list_is_the_vendors_trouble() {
    let stage = Stage::new();
    stage.simulator.script(Door::Voices, [Fault::Truncated; 4]);
    assert_eq!(kind(&stage.runtime.block_on(stage.provider.voices()).unwrap_err()), "network");
}
