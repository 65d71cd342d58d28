//! Answers that never came: found in the vendor's history, and paid for once.

use super::*;

#[test]
fn a_lost_line_is_found_with_its_words_and_its_price() {
    for fault in [Fault::DropAfter, Fault::Truncated, Fault::JsonInsteadOfAudio] {
        let stage = Stage::new();
        stage.made("earlier", wav_line("Another line."));
        stage.simulator.script(Door::TextToSpeech, [fault]);
        let request = wav_line("Where am I?");
        stage.submit("job", request.clone()).unwrap_err();
        let found = stage.find_lost("job", &request).unwrap().unwrap();
        let output = output(&found);
        assert_eq!(output.words.len(), 3, "{fault:?}");
        assert!((output.cost_usd.unwrap() - 11.0 * 0.0001).abs() < 1e-9);
        assert!(hound::WavReader::open(file(&output)).unwrap().duration() > 0);
        assert_eq!(found.vendor_id, "simRequest000002");
        assert_eq!(stage.creates(), 2, "{fault:?}: it was made again");
        let reborn = stage.reborn();
        let again = stage.runtime.block_on(reborn.find_lost(stage.ticket("job"), &request)).unwrap();
        assert_eq!(again, Some(found));
    }
}

#[test]
fn a_lost_line_is_found_after_a_restart() {
    let stage = Stage::new();
    stage.simulator.script(Door::TextToSpeech, [Fault::DropAfter]);
    let request = line("Where am I?");
    stage.submit("job", request.clone()).unwrap_err();
    let reborn = stage.reborn();
    let found = stage.runtime.block_on(reborn.find_lost(stage.ticket("job"), &request)).unwrap().unwrap();
    assert_eq!(output(&found).files[0].media_type, "audio/mpeg");
    assert_eq!(stage.creates(), 1);
}

#[test]
fn a_lost_recording_is_found_as_well() {
    let stage = Stage::new();
    stage.simulator.script(Door::SpeechToSpeech, [Fault::DropAfter]);
    let request = conversion(stage.recording());
    stage.submit("job", request.clone()).unwrap_err();
    let found = stage.find_lost("job", &request).unwrap().unwrap();
    assert_eq!(hound::WavReader::open(file(&output(&found))).unwrap().duration(), 44_100);
    assert_eq!(stage.creates(), 1);
}

#[test]
fn a_recording_that_another_job_has_is_not_taken_after_a_restart() {
    let stage = Stage::new();
    let request = conversion(stage.recording());
    stage.made("other", request.clone());
    stage.simulator.script(Door::SpeechToSpeech, [Fault::DropBefore]);
    stage.submit("job", request.clone()).unwrap_err();
    let reborn = stage.reborn();
    assert_eq!(stage.runtime.block_on(reborn.find_lost(stage.ticket("job"), &request)), Ok(None));
}

#[test]
fn a_sound_that_could_not_be_saved_is_still_its_jobs() {
    let stage = Stage::new();
    let request = wav_line("Where am I?");
    // A folder stands where the sound is to be.
    let in_the_way = stage.ticket("job").work_dir.join("elevenlabs_sound.wav");
    fs::create_dir_all(in_the_way.join("full")).unwrap();
    assert_eq!(kind(&stage.submit("job", request.clone()).unwrap_err()), "lost_answer");
    assert_eq!(kind(&stage.find_lost("job", &request).unwrap_err()), "lost_answer");
    fs::remove_dir_all(&in_the_way).unwrap();
    assert!(stage.find_lost("job", &request).unwrap().is_some());
    assert_eq!(stage.creates(), 1);
}

#[test]
fn two_lost_twins_get_a_sound_each() {
    let stage = Stage::new();
    stage.simulator.script(Door::TextToSpeech, [Fault::DropAfter, Fault::DropAfter, Fault::None]);
    let request = wav_line("Again.");
    for job in ["one", "two"] {
        stage.submit(job, request.clone()).unwrap_err();
    }
    let answered = stage.submit("three", request.clone()).unwrap().vendor_id;
    let found: HashSet<_> = ["one", "two"].map(|job| stage.find_lost(job, &request).unwrap().unwrap().vendor_id).into();
    assert_eq!(found.len(), 2);
    assert!(!found.contains(&answered), "the sound of an answered job was given away");
    assert_eq!(stage.creates(), 3);
}

#[test]
fn what_never_arrived_is_not_found() {
    let stage = Stage::new();
    stage.simulator.script(Door::TextToSpeech, [Fault::DropBefore]);
    let request = wav_line("Where am I?");
    stage.submit("job", request.clone()).unwrap_err();
    assert_eq!(stage.find_lost("job", &request), Ok(None));
    assert_eq!(stage.find_lost("never sent", &request), Ok(None));
}

#[test]
fn what_may_still_be_at_work_is_asked_for_again_later() {
    let stage = Stage::with(|settings| Settings { settle: Duration::from_secs(3600), ..settings });
    stage.simulator.script(Door::TextToSpeech, [Fault::DropBefore]);
    let request = wav_line("Where am I?");
    stage.submit("job", request.clone()).unwrap_err();
    assert!(stage.find_lost("job", &request).unwrap_err().is_retryable());
}

#[test]
fn the_history_is_asked_patiently_and_a_sound_can_be_fetched_later() {
    let stage = Stage::new();
    stage.simulator.script(Door::TextToSpeech, [Fault::DropAfter]);
    let request = wav_line("Where am I?");
    stage.submit("job", request.clone()).unwrap_err();
    // The list comes at the second try; the sound never within four, then at the next lookup.
    let broken =
        [Fault::BadGateway, Fault::None, Fault::Truncated, Fault::Truncated, Fault::Truncated, Fault::Truncated];
    stage.simulator.script(Door::History, broken);
    assert_eq!(kind(&stage.find_lost("job", &request).unwrap_err()), "network");
    assert!(stage.find_lost("job", &request).unwrap().is_some());
    assert_eq!(stage.creates(), 1);
}

#[test]
fn lost_music_is_for_its_owner_to_look_up() {
    let stage = Stage::new();
    stage.simulator.script(Door::Music, [Fault::DropAfter]);
    stage.submit("job", music(3.0)).unwrap_err();
    let error = stage.find_lost("job", &music(3.0)).unwrap_err();
    assert!(matches!(error, ProviderError::NotSupported { .. }), "{error:?}");
    assert_eq!(stage.simulator.report().requests.get(&Door::History), None);
}

#[test]
fn a_clock_that_is_hours_off_hides_nothing() {
    for ahead_secs in [-7200, 7200] {
        let stage = Stage::new();
        stage.simulator.set_clock_ahead_secs(ahead_secs);
        stage.simulator.script(Door::TextToSpeech, [Fault::DropAfter]);
        let request = wav_line("Where am I?");
        stage.submit("job", request.clone()).unwrap_err();
        assert!(stage.find_lost("job", &request).unwrap().is_some(), "{ahead_secs}");
    }
}

#[test]
fn a_twin_of_long_ago_is_not_taken_for_a_lost_line() {
    let stage = Stage::new();
    let request = wav_line("Where am I?");
    stage.simulator.set_clock_ahead_secs(-3600);
    stage.made("long ago", request.clone());
    stage.simulator.set_clock_ahead_secs(0);
    stage.simulator.script(Door::TextToSpeech, [Fault::DropBefore]);
    let reborn = stage.reborn();
    stage.runtime.block_on(reborn.submit(stage.ticket("job"), request.clone())).unwrap_err();
    assert_eq!(stage.runtime.block_on(reborn.find_lost(stage.ticket("job"), &request)), Ok(None));
}

#[test]
fn many_entries_are_read_page_by_page() {
    let stage = Stage::new();
    stage.simulator.script(Door::TextToSpeech, [Fault::DropAfter]);
    let request = wav_line("The first.");
    stage.submit("job", request.clone()).unwrap_err();
    for index in 0..crate::history::PAGE_SIZE + 5 {
        stage.made(&format!("job {index}"), wav_line("Another."));
    }
    assert!(stage.find_lost("job", &request).unwrap().is_some());
    assert_eq!(stage.simulator.report().requests[&Door::History], 3, "two pages and a sound");
}
