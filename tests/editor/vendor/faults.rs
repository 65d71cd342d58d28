//! Each fault of a vendor, and what becomes of the job and the money.

use super::{
    bench::{Bench, film, scene_id, shot_id},
    client::SimProvider,
    simulator::{CreateFault, FileFault, PollFault, Script, Simulator},
};
use kinora::generation::{GenerationError, JobsWord, OpenFilm, ShotOptions, Standing, VoiceRequest};
use kinora_core::{progress::CancelToken, store::hash_file};
use serde_json::json;
use std::{thread, time::Duration};

fn bench(script: Script) -> (tempfile::TempDir, Simulator, Bench) {
    let dir = tempfile::tempdir().unwrap();
    let simulator = Simulator::start(script);
    let bench = Bench::create(dir.path(), &film(1), SimProvider::at(simulator.address));
    (dir, simulator, bench)
}

/// A fault that the job survives by itself: one create taken in, one take, and the take is what the vendor made.
fn survives(what: &str, script: Script) {
    let (_dir, simulator, mut bench) = bench(script);
    let outcome = bench.shot(1).unwrap_or_else(|error| panic!("{what}: {error}"));
    let jobs = simulator.jobs();
    assert_eq!(jobs.len(), 1, "{what}: {:?}", simulator.calls());
    let path = outcome.take.file_path.under(&bench.folder.scene_dir(&scene_id()));
    let kept = std::fs::read(&path).unwrap();
    assert!(kept.starts_with(&Simulator::output(&jobs[0])), "{what}: another clip than was made");
    assert_eq!(hash_file(&path).unwrap().to_hex().to_string(), outcome.take.blake3);
    let spend = bench.spend();
    assert_eq!((spend.total.succeeded, spend.total.paid_usd), (1, 0.5), "{what}");
    assert_eq!(bench.jobs()[0].stands, "in the film", "{what}");
}

#[test]
fn a_job_survives_what_a_vendor_and_a_network_do() {
    let creates = |faults: Vec<CreateFault>| Script { creates: faults.into(), ..Script::default() };
    let polls = |faults: Vec<PollFault>| Script { polls: faults.into(), ..Script::default() };
    let files = |faults: Vec<FileFault>| Script { files: faults.into(), ..Script::default() };
    let slow_down = || CreateFault::Refuse(429, json!({}), Some(0.1));
    survives("nothing", Script::default());
    survives("too many at once", creates(vec![slow_down(), slow_down()]));
    survives("a slow answer", creates(vec![CreateFault::Slow(Duration::from_millis(300))]));
    // The answer is lost: the job is found in the vendor's list.
    survives("an answer that is lost", creates(vec![CreateFault::DropAfter]));
    survives("a failure after the job was taken in", creates(vec![CreateFault::FailAfter]));
    survives("a list that lags", Script { list_lags: 2, ..creates(vec![CreateFault::DropAfter]) });
    survives("questions that fail", polls(vec![PollFault::Fail, PollFault::SlowDown(0.1), PollFault::Fail]));
    survives("an id that is not everywhere yet", polls(vec![PollFault::Unknown, PollFault::Unknown]));
    survives("progress that falls", polls(vec![PollFault::Busy, PollFault::Busy]));
    survives("half a file", files(vec![FileFault::Truncated, FileFault::Truncated]));
    survives("a page in place of a clip", files(vec![FileFault::WrongType]));
    survives("an address that has expired", files(vec![FileFault::Expired]));
    survives("a hundred megabytes", files(vec![FileFault::Padded(100 << 20)]));
}

/// A refusal: nothing was taken in, no money moved, and asking again is a new job.
#[test]
fn a_refusal_says_which_input_why_and_that_no_money_was_taken() {
    let check = |fault: CreateFault, words: &[&str], fields: &[&str]| {
        let (_dir, simulator, mut bench) = bench(Script { creates: [fault].into(), ..Script::default() });
        let error = bench.shot(1).unwrap_err();
        for word in words.iter().chain(&["No money was taken."]) {
            assert!(error.to_string().contains(word), "{error}");
        }
        let named: Vec<_> = error.problems().into_iter().map(|problem| problem.field).collect();
        assert_eq!(named, fields);
        assert_eq!((simulator.jobs().len(), simulator.count("POST /jobs")), (0, 1), "{:?}", simulator.calls());
        let spend = bench.spend();
        assert_eq!((spend.total.refused, spend.total.committed_usd()), (1, 0.0));
        assert_eq!((spend.attempts[0].standing, bench.jobs()[0].stands), (Standing::Refused, "failed"));
        bench.shot(1).unwrap();
        assert_eq!((simulator.jobs().len(), bench.takes(1).len()), (1, 1));
    };
    let refuse = |status, body| CreateFault::Refuse(status, body, None);
    check(refuse(402, json!({ "detail": "insufficient credit" })), &["insufficient credit", "Add credit"], &[]);
    check(refuse(401, json!({ "detail": "no such key" })), &["no such key", "Check the key"], &[]);
    let long = json!({ "field": "duration_secs", "detail": "4, 6 or 8" });
    check(refuse(422, long), &["duration_secs: 4, 6 or 8"], &["duration_secs"]);
    check(refuse(451, json!({ "detail": "violence" })), &["violence", "Reword"], &["final_prompt"]);
}

/// What was never answered is looked up, and never sent again without a person's word.
#[test]
fn what_was_never_answered_is_not_sent_again_unasked() {
    let check = |fault: CreateFault, no_list: bool| {
        let script = Script { creates: [fault].into(), no_list, ..Script::default() };
        let (dir, simulator, mut bench) = bench(script);
        let lost = |error: GenerationError| assert_eq!(error.kind(), "lost_job", "{error}");
        lost(bench.shot(1).unwrap_err());
        let taken_in = simulator.jobs().len();
        assert_eq!((bench.jobs()[0].stands, bench.spend().total.unanswered), ("unknown", 1));
        assert_eq!(bench.spend().total.doubtful_usd, 0.5, "it counts against the budget");
        // Not by another wish, not by a new process, not by going on.
        drop(bench);
        let mut bench = Bench::open(dir.path(), SimProvider::at(simulator.address));
        let job_id = bench.jobs()[0].job_id.clone();
        lost(bench.shot(1).unwrap_err());
        for word in [JobsWord::Nobody, JobsWord::GoOn] {
            lost(bench.with_film(|generator, film| generator.resume(film, &job_id, word).unwrap_err()));
        }
        assert_eq!((simulator.count("POST /jobs"), simulator.jobs().len()), (1, taken_in));
        // The person has looked, and wants it.
        bench.with_film(|generator, film| generator.resume(film, &job_id, JobsWord::OnceMore).unwrap());
        assert_eq!((simulator.count("POST /jobs"), simulator.jobs().len()), (2, taken_in + 1));
        let tickets: Vec<_> = simulator.jobs().into_iter().map(|job| job.ticket).collect();
        assert!(
            tickets.iter().all(|ticket| tickets.iter().filter(|other| *other == ticket).count() == 1),
            "{tickets:?}"
        );
        assert_eq!((bench.takes(1).len(), bench.jobs()[0].attempt), (1, 2));
        assert_eq!(bench.spend().attempts.len(), 2);
    };
    check(CreateFault::DropBefore, false);
    check(CreateFault::FailBefore, false);
    check(CreateFault::DropBefore, true);
    check(CreateFault::DropAfter, true);
}

/// Asking once more for new words finds the line and the job of the first time.
#[test]
fn new_words_that_were_never_answered_are_not_sent_again_unasked() {
    let script = Script { creates: [CreateFault::DropBefore].into(), ..Script::default() };
    let (_dir, simulator, mut bench) = bench(script);
    let words = || VoiceRequest::Text { shot_id: shot_id(1), character_id: None, text: "Who is he?".to_owned() };
    for _ in 0..2 {
        let spoken =
            bench.with_film(|generator, film| generator.voice(film, &scene_id(), words(), Some("sim:voice")).map(drop));
        assert_eq!(spoken.unwrap_err().kind(), "lost_job");
    }
    assert_eq!((simulator.count("POST /jobs"), bench.jobs().len()), (1, 1));
    assert_eq!(bench.editor.view().scene(&scene_id()).unwrap().voice_lines.len(), 1);
}

#[test]
fn a_job_that_is_given_up_can_be_asked_for_anew() {
    let script = Script { creates: [CreateFault::DropBefore].into(), ..Script::default() };
    let (_dir, simulator, mut bench) = bench(script);
    bench.shot(1).unwrap_err();
    let job_id = bench.jobs()[0].job_id.clone();
    let given_up = bench.with_film(|generator, film| generator.cancel_job(film, &job_id).unwrap());
    assert_eq!((given_up.stands, given_up.is_open), ("cancelled", false));
    bench.shot(1).unwrap();
    assert_eq!((simulator.jobs().len(), bench.jobs().len()), (1, 2));
    assert_eq!(bench.spend().total.doubtful_usd, 0.5, "whether it was billed is still not known");
}

/// A job whose answer was lost, given up or not, is at the vendor's once its list has caught up.
#[test]
fn a_job_that_was_given_up_is_looked_for_before_it_is_sent_again() {
    for word in [JobsWord::GoOn, JobsWord::OnceMore] {
        let script = Script { creates: [CreateFault::DropAfter].into(), list_lags: 6, ..Script::default() };
        let (_dir, simulator, mut bench) = bench(script);
        bench.shot(1).unwrap_err();
        let job_id = bench.jobs()[0].job_id.clone();
        let given_up = bench.with_film(|generator, film| generator.cancel_job(film, &job_id).unwrap());
        assert_eq!(given_up.stands, "cancelled");
        bench.with_film(|generator, film| generator.resume(film, &job_id, word).unwrap());
        assert_eq!((simulator.count("POST /jobs"), bench.takes(1).len()), (1, 1), "{word:?}");
        assert_eq!((bench.spend().total.open, bench.spend().total.paid_usd), (0, 0.5));
    }
}

#[test]
fn a_cancel_reaches_a_job_whose_answer_was_lost() {
    let creates = [CreateFault::DropAfter].into();
    let (_dir, simulator, mut bench) = bench(Script { creates, list_lags: 3, endless: true, ..Script::default() });
    bench.shot(1).unwrap_err();
    let job_id = bench.jobs()[0].job_id.clone();
    bench.with_film(|generator, film| generator.cancel_job(film, &job_id).unwrap());
    assert_eq!((simulator.jobs()[0].status, bench.jobs()[0].stands), ("cancelled", "cancelled"));
    assert_eq!((bench.spend().total.cancelled, bench.spend().total.open), (1, 0));
}

/// What was set aside for an attempt that was taken back before it was sent is free again.
#[test]
fn a_job_that_is_taken_back_while_the_vendor_is_busy_leaves_no_money_set_aside() {
    let busy = CreateFault::Refuse(429, json!({}), Some(30.0));
    let (_dir, simulator, mut bench) = bench(Script { creates: [busy].into(), ..Script::default() });
    let cancel = CancelToken::default();
    let generator = bench.generator_until(cancel.clone());
    thread::scope(|scope| {
        scope.spawn(|| {
            simulator.wait_for_events(1, Duration::from_secs(30));
            thread::sleep(Duration::from_millis(300));
            cancel.cancel();
        });
        let film = &mut OpenFilm::new(&mut bench.editor, &bench.folder);
        let error = generator.shot(film, &scene_id(), &shot_id(1), &ShotOptions::default()).unwrap_err();
        assert_eq!(error.kind(), "cancelled", "{error}");
    });
    assert_eq!((simulator.count("POST /jobs"), bench.jobs()[0].stands), (1, "cancelled"));
    let spend = bench.spend();
    assert_eq!((spend.total.open, spend.total.committed_usd()), (0, 0.0), "{spend:?}");
}

#[test]
fn a_job_that_fails_or_vanishes_says_that_money_may_be_gone() {
    let check = |polls: Vec<PollFault>, words: &str| {
        let (_dir, simulator, mut bench) = bench(Script { polls: polls.into(), ..Script::default() });
        let error = bench.shot(1).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("Whether money was taken"), "{error}");
        assert_eq!((bench.jobs()[0].stands, simulator.count("POST /jobs")), ("failed", 1));
        let spend = bench.spend();
        assert_eq!((spend.total.failed, spend.total.doubtful_usd), (1, 0.5));
        kinora::generation::settle(&bench.folder, &bench.jobs()[0].job_id, None, 0.0).unwrap();
        assert_eq!((bench.spend().total.committed_usd(), bench.spend().total.refunded), (0.0, 1));
        // A person may ask for the same job again.
        let job_id = bench.jobs()[0].job_id.clone();
        bench.with_film(|generator, film| generator.resume(film, &job_id, JobsWord::OnceMore).unwrap());
        assert_eq!((simulator.jobs().len(), bench.takes(1).len()), (2, 1));
    };
    check(vec![PollFault::Failed("out of memory")], "out of memory");
    check(vec![PollFault::Unknown, PollFault::Unknown, PollFault::Unknown], "there is no job");
}

#[test]
fn a_cancel_reaches_the_vendor_while_it_works_and_after_a_restart() {
    let endless = || Script { endless: true, ..Script::default() };
    let (_dir, simulator, mut bench) = bench(endless());
    let cancel = CancelToken::default();
    let generator = bench.generator_until(cancel.clone());
    thread::scope(|scope| {
        scope.spawn(|| {
            simulator.wait_for_events(4, Duration::from_secs(30));
            cancel.cancel();
        });
        let film = &mut OpenFilm::new(&mut bench.editor, &bench.folder);
        let error = generator.shot(film, &scene_id(), &shot_id(1), &ShotOptions::default()).unwrap_err();
        assert_eq!(error.kind(), "cancelled", "{error}");
    });
    assert_eq!((simulator.jobs()[0].status, bench.jobs()[0].stands), ("cancelled", "cancelled"));
    assert_eq!(bench.spend().total.cancelled, 1);
    // A run that is gone leaves its job at the vendor's; the next one ends it there.
    let (_dir, simulator, mut bench) = self::bench(endless());
    let leaving = CancelToken::default();
    let generator = bench.generator_until(leaving.clone());
    thread::scope(|scope| {
        scope.spawn(|| {
            simulator.wait_for_events(4, Duration::from_secs(30));
            generator.leaving().cancel();
            leaving.cancel();
        });
        let film = &mut OpenFilm::new(&mut bench.editor, &bench.folder);
        generator.shot(film, &scene_id(), &shot_id(1), &ShotOptions::default()).unwrap_err();
    });
    assert_eq!((simulator.jobs()[0].status, bench.jobs()[0].stands), ("running", "running"));
    let job_id = bench.jobs()[0].job_id.clone();
    bench.with_film(|generator, film| generator.cancel_job(film, &job_id).unwrap());
    assert_eq!((simulator.jobs()[0].status, bench.jobs()[0].stands), ("cancelled", "cancelled"));
}

#[test]
fn a_vendor_that_does_not_stop_holds_up_no_closing_film() {
    let (_dir, simulator, mut bench) = bench(Script { endless: true, deaf: true, ..Script::default() });
    let cancel = CancelToken::default();
    let generator = bench.generator_until(cancel.clone());
    thread::scope(|scope| {
        scope.spawn(|| {
            simulator.wait_for_events(4, Duration::from_secs(30));
            cancel.cancel();
            thread::sleep(Duration::from_millis(500));
            generator.leaving().cancel();
        });
        let film = &mut OpenFilm::new(&mut bench.editor, &bench.folder);
        let error = generator.shot(film, &scene_id(), &shot_id(1), &ShotOptions::default()).unwrap_err();
        assert_eq!(error.kind(), "cancelled", "{error}");
    });
    let asked = simulator.calls().iter().filter(|call| call.ends_with("/cancel")).count();
    assert_eq!((asked, bench.jobs()[0].is_open), (1, true), "it is asked to stop, and not forgotten");
}

#[test]
fn an_output_that_never_comes_leaves_its_job_open_and_comes_later() {
    let expired = || FileFault::Expired;
    let script = Script { files: [expired(), expired(), expired(), expired()].into(), ..Script::default() };
    let (dir, simulator, mut bench) = bench(script);
    let error = bench.shot(1).unwrap_err();
    assert!(error.kind() == "not_fetched" && error.to_string().contains("jobs resume"), "{error}");
    assert_eq!((bench.jobs()[0].stands, bench.spend().total.paid_usd), ("made", 0.5));
    drop(bench);
    let mut bench = Bench::open(dir.path(), SimProvider::at(simulator.address));
    let job_id = bench.jobs()[0].job_id.clone();
    bench.with_film(|generator, film| generator.resume(film, &job_id, JobsWord::Nobody).unwrap());
    assert_eq!((bench.takes(1).len(), simulator.count("POST /jobs")), (1, 1));
}
