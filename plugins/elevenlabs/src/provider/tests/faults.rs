//! What goes wrong, and that nothing is ever sent twice for it.

use super::*;

/// One fault, met by one line: the error it becomes, what was paid, and whether there is something to look up.
fn check(fault: Fault, wanted: &str, paid: u64, left_note: bool) -> ProviderError {
    let stage = Stage::new();
    stage.simulator.script(Door::TextToSpeech, [fault]);
    let error = stage.submit("job", wav_line("Hello.")).unwrap_err();
    assert_eq!(kind(&error), wanted, "{fault:?} gave {error:?}");
    let report = stage.simulator.report();
    assert_eq!(report.requests[&Door::TextToSpeech], 1, "{fault:?} was answered by another try");
    assert_eq!(report.total_creates(), paid, "{fault:?}");
    assert_eq!(keep::sent(&stage.ticket("job")).is_some(), left_note, "{fault:?}");
    let shown = format!("{error:?} {error} {}", error.what_to_do());
    assert!(!shown.contains(KEY), "{shown}");
    error
}

#[test]
fn refusals_say_what_to_do_and_leave_nothing_behind() {
    for fault in [Fault::PaymentRequired, Fault::QuotaNew, Fault::QuotaLegacy] {
        check(fault, "out_of_funds", 0, false);
    }
    check(Fault::BadKey, "bad_key", 0, false);
    let slow_down = check(Fault::RateLimited, "rate_limited", 0, false);
    assert!(matches!(slow_down, ProviderError::RateLimited { retry_after_secs: Some(1.0), .. }), "{slow_down:?}");
    check(Fault::TooManyConcurrent, "rate_limited", 0, false);
    assert_eq!(check(Fault::Unprocessable, "invalid_input", 0, false).fields(), ["parameters.stability"]);
    assert!(check(Fault::PlainWords, "invalid_input", 0, false).to_string().contains("This cannot be said."));
}

#[test]
fn what_may_have_been_made_is_lost_and_left_to_be_looked_up() {
    for (fault, paid) in [
        (Fault::ServerError, 0),
        (Fault::BadGateway, 0),
        (Fault::DropBefore, 0),
        (Fault::DropAfter, 1),
        (Fault::Truncated, 1),
        (Fault::JsonInsteadOfAudio, 1),
    ] {
        assert!(!check(fault, "lost_answer", paid, true).is_retryable());
    }
}

#[test]
fn text_in_place_of_a_sound_is_no_sound() {
    let stage = Stage::new();
    for (door, request) in [(Door::SoundGeneration, effect(1.0)), (Door::Music, music(3.0))] {
        stage.simulator.script(door, [Fault::JsonInsteadOfAudio]);
        let error = stage.submit(&format!("{door:?}"), request).unwrap_err();
        assert!(matches!(&error, ProviderError::LostAnswer { message, .. } if message.contains("no sound this time")));
    }
}

#[test]
fn a_vendor_that_is_not_there_was_sent_nothing() {
    let stage = Stage::with(|settings| Settings {
        base_url: BaseUrl::parse("X", "http://127.0.0.1:9", PUBLIC_URL).unwrap(),
        ..settings
    });
    let error = stage.submit("job", wav_line("Hello.")).unwrap_err();
    assert_eq!((kind(&error).as_str(), error.is_retryable()), ("network", true));
    assert_eq!(keep::sent(&stage.ticket("job")), None);
    assert_eq!(stage.find_lost("job", &wav_line("Hello.")), Ok(None));
}

#[test]
fn without_a_key_nothing_is_sent_and_the_variable_is_named() {
    let stage =
        Stage::with(|settings| Settings { keys: Keys::only("another", &Secret::new("x").unwrap()), ..settings });
    let error = stage.submit("job", wav_line("Hello.")).unwrap_err();
    // A key of the machine's own vault or environment must not decide this.
    assert_eq!(kind(&error), "missing_key");
    assert!(error.what_to_do().contains(KEY_VARIABLE));
    assert!(stage.simulator.report().requests.is_empty());
    assert_eq!(keep::sent(&stage.ticket("job")), None);
}

#[test]
fn a_slow_answer_is_waited_for() {
    let stage = Stage::new();
    stage.simulator.script(Door::TextToSpeech, [Fault::SlowMs(300)]);
    stage.made("slow", wav_line("Hello."));
    assert_eq!(stage.creates(), 1);
}

#[test]
fn voice_conversion_follows_its_path_once_and_remembers() {
    for gone in [Fault::NotFound, Fault::Gone] {
        let stage = Stage::new();
        stage.simulator.script(Door::SpeechToSpeech, [gone]);
        stage.made("one", conversion(stage.recording()));
        stage.made("two", conversion(stage.recording()));
        let report = stage.simulator.report();
        assert_eq!((report.requests[&Door::SpeechToSpeech], report.creates[&Door::VoiceChanger]), (1, 2), "{gone:?}");
        assert_eq!(report.total_creates(), 2);
    }
}

#[test]
fn voice_conversion_gives_up_where_both_paths_are_gone_and_keeps_to_its_path_otherwise() {
    let stage = Stage::new();
    stage.simulator.script(Door::SpeechToSpeech, [Fault::NotFound]);
    stage.simulator.script(Door::VoiceChanger, [Fault::NotFound]);
    let error = stage.submit("gone", conversion(stage.recording())).unwrap_err();
    assert_eq!(kind(&error), "vendor_trouble");
    let mut unknown = conversion(stage.recording());
    if let GenerationRequest::VoiceConversion(content) = &mut unknown {
        content.voice_id = Some("nobody".into());
    }
    assert_eq!(stage.submit("nobody", unknown).unwrap_err().fields(), ["voice_id"]);
    assert_eq!(stage.simulator.report().requests[&Door::VoiceChanger], 1, "a missing voice is no missing path");

    let set = Stage::with(|settings| Settings { conversion_path: "voice-changer".into(), ..settings });
    set.made("set", conversion(set.recording()));
    assert_eq!(set.simulator.report().creates[&Door::VoiceChanger], 1);
}

#[test]
fn the_key_is_in_no_file() {
    let stage = Stage::new();
    stage.simulator.script(Door::TextToSpeech, [Fault::None, Fault::DropAfter, Fault::BadKey]);
    for job in ["one", "two", "three"] {
        drop(stage.submit(job, wav_line("Hello.")));
    }
    let mut files = 0;
    for job in ["one", "two", "three"] {
        for entry in fs::read_dir(stage.ticket(job).work_dir).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes()));
            files += 1;
        }
    }
    assert_eq!(files, 3, "a sound, a state and a note");
    assert!(!format!("{:?}", stage.provider.settings).contains(KEY));
}
