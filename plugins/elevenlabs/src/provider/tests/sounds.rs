//! What the provider makes, and that it keeps the contract of providers.

use super::*;
use kinora_provider::contract::Suite;
use std::process::Command;

#[test]
fn every_kind_of_model_keeps_the_contract() {
    let stage = Stage::new();
    let url = stage.simulator.url();
    let mut v3 = GenerationRequest::Speech(SpeechRequest::new("eleven_v3", "Ianthe", "[whispers] Do not go."));
    v3.parameters_mut().insert("stability".into(), 0.5.into());
    let mut flash = wav_line("Where am I?");
    flash.set_model("eleven_flash_v2_5");
    let mut english = conversion(stage.recording());
    english.set_model("eleven_english_sts_v2");
    Suite::new(move || ElevenLabsProvider::new(settings(&url, KEY)).unwrap())
        .case(line("Where am I?"))
        .case(v3)
        .case(flash)
        .case(conversion(stage.recording()))
        .case(english)
        .case(effect(2.0))
        .case(music(4.0))
        .secret(KEY)
        .check();
    let report = stage.simulator.report();
    assert_eq!(report.total_creates(), 7, "a refused request left the machine: {:?}", report.works);
    assert_eq!(report.violations, Vec::<String>::new());
}

#[test]
fn a_line_brings_its_words_its_price_and_its_id() {
    let stage = Stage::new();
    let mut request = wav_line("Where am I, Aubrey?");
    request.set_seed(Some(7));
    let submitted = stage.submit("line", request.clone()).unwrap();
    let output = output(&submitted);
    let words: Vec<_> = output.words.iter().map(|word| word.word.as_str()).collect();
    assert_eq!(words, ["Where", "am", "I,", "Aubrey?"]);
    let wav = hound::WavReader::open(file(&output)).unwrap();
    assert_eq!((wav.spec().sample_rate, wav.spec().channels), (16_000, 1));
    let secs = f64::from(wav.duration()) / 16_000.0;
    assert!((output.words[3].end_secs - secs).abs() < 0.06, "{} of {secs}", output.words[3].end_secs);
    assert!((output.cost_usd.unwrap() - 19.0 * 0.0001).abs() < 1e-9);
    assert_eq!((output.seed, submitted.vendor_id.as_str()), (Some(7), "simRequest000001"));
    assert_eq!(output.vendor["request_id"], "simRequest000001");
    assert_eq!(output.files[0].media_type, "audio/wav");

    let again = stage.submit("line", request).unwrap();
    assert_eq!((again, stage.creates()), (submitted.clone(), 1), "a job handed in twice is one job");
    let ticket = stage.ticket("line");
    let polled = stage.runtime.block_on(stage.reborn().poll(ticket, &submitted.vendor_id)).unwrap();
    assert_eq!(polled, submitted.state);
}

#[test]
fn a_dialogue_is_stitched_but_not_where_the_model_refuses() {
    let stage = Stage::new();
    let texts = ["One.", "Two.", "Three."];
    for (index, text) in texts.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |index| texts[index]);
        let mut content = SpeechRequest { previous_text: before.into(), next_text: "Later.".into(), ..speech(text) };
        content.parameters.insert("output_format".into(), "pcm_16000".into());
        stage.made(text, GenerationRequest::Speech(content.clone()));
        content.model = "eleven_v3".into();
        stage.made(&format!("v3 {text}"), GenerationRequest::Speech(content));
    }
    let works = stage.simulator.report().works;
    let third = &works[4].body;
    assert_eq!(third["previous_request_ids"], serde_json::json!(["simRequest000001", "simRequest000003"]));
    assert!(third.get("previous_text").is_none());
    assert_eq!(third["next_text"], "Later.");
    assert!(works[5].body.get("previous_request_ids").is_none() && works[5].body.get("next_text").is_none());
}

#[test]
fn a_recording_an_effect_and_music_become_files_others_read() {
    let stage = Stage::new();
    let converted = stage.made("convert", conversion(stage.recording()));
    let wav = hound::WavReader::open(file(&converted)).unwrap();
    assert_eq!((wav.spec().sample_rate, wav.duration()), (44_100, 44_100));
    assert!(converted.words.is_empty());
    let sent = &stage.simulator.report().works[0];
    assert_eq!((sent.words.as_str(), sent.output_format.as_str()), ("recording.wav", "pcm_44100"));

    for (job, request, secs, usd) in [("effect", effect(3.0), 3.0, 0.012), ("music", music(5.0), 5.0, 0.025)] {
        let output = stage.made(job, request);
        assert!((output.cost_usd.unwrap() - usd).abs() < 1e-9, "{job}: {:?}", output.cost_usd);
        assert_eq!(output.files[0].media_type, "audio/mpeg");
        let probe = Command::new("ffprobe")
            .args(["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"])
            .arg(file(&output))
            .output()
            .unwrap();
        let probed: f64 = String::from_utf8(probe.stdout).unwrap().trim().parse().unwrap();
        assert!((probed - secs).abs() < 0.2, "{job}: {probed}");
    }
    assert_eq!(stage.simulator.report().violations, Vec::<String>::new());
}

#[test]
fn a_very_large_sound_arrives_whole() {
    let stage = Stage::new();
    stage.simulator.script(Door::SoundGeneration, [Fault::LargeBytes(100 << 20)]);
    let output = stage.made("large", effect(1.0));
    assert!(fs::metadata(file(&output)).unwrap().len() >= 100 << 20);
}

#[test]
fn without_the_usual_headers_a_job_still_has_an_id_and_no_price() {
    let stage = Stage::new();
    stage.simulator.script(Door::TextToSpeech, [Fault::NoHeaders, Fault::NullAlignment]);
    let bare = stage.submit("bare", wav_line("Hello.")).unwrap();
    assert_eq!(bare.vendor_id, "elevenlabs-bare");
    assert_eq!(output(&bare).cost_usd, None);
    let silent = stage.made("silent", wav_line("Hello."));
    assert!(silent.words.is_empty());
}
