//! The inspector, pressed and typed in without a window: every button and field asks for the right thing.

use super::bench::{Act, Panel, Screen, act, find, name, plain, row, run, run_in, screen};
use bevy_egui::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use kinora::{
    generation::VoiceRequest,
    jobs::{JobAsk, JobFailure, JobId, JobState, RenderOptions},
    ui::{ask::Ask, state::Selection},
};
use kinora_core::{
    film::{AudioLane, Film, ProjectPath},
    ids::{CharacterId, LineId, SceneId, TakeId},
};
use serde_json::{Value, json};

fn bench(selection: Selection, change: impl FnOnce(&mut Film)) -> Screen {
    screen(Panel::Inspector, selection, change)
}

/// One thing done asks for exactly this.
fn check(selection: &Selection, done: &Act, expected: &[Ask]) {
    let mut harness = bench(selection.clone(), |_| {});
    act(&mut harness, done);
    assert_eq!(plain(&harness.state().asks), expected, "{done:?}");
}

#[expect(clippy::needless_pass_by_value, reason = "callers write the JSON in place")]
fn shot_params(number: usize, fields: Value) -> Value {
    let mut params = json!({ "scene_id": "scene_001", "shot_id": format!("shot_00{number}") });
    params.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    params
}

#[test]
fn every_control_of_a_shot_asks_for_its_operator() {
    let first = Selection::shot(name(1, 1));
    let (scene_id, shot_id) = name(1, 1);
    let set = |fields: Value| run("shot.set", shot_params(1, fields));
    let set_in = |fields: Value| run_in("shot.set", shot_params(1, fields));
    let of_take = |number: usize| shot_params(1, json!({ "take_id": TakeId::numbered(number) }));
    let start = |ask: JobAsk| Ask::Start(ask);
    let generate = start(JobAsk::GenerateShot {
        scene_id: scene_id.clone(),
        shot_id: shot_id.clone(),
        options: Default::default(),
    });
    let line = |fields: Value| {
        let mut params = json!({ "scene_id": "scene_001", "line_id": "line_001" });
        params.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        params
    };
    check(&first, &Act::Press("Regenerate"), &[generate]);
    check(&first, &Act::Press("Fixed seed"), &[set(json!({ "seed": 7 }))]);
    check(&first, &Act::Raise("Duration"), &[set_in(json!({ "duration": 4.1 }))]);
    check(&first, &Act::Choose("Aspect ratio", "9:16"), &[set(json!({ "aspect_ratio": "9:16" }))]);
    check(&first, &Act::Choose("Model", "Veo"), &[set_in(json!({ "model": "vendor:veo" }))]);
    check(&first, &Act::Choose("Resolution", "1080p"), &[set(json!({ "parameters": { "resolution": "1080p" } }))]);
    check(&first, &Act::Choose("Fit", "Fill and crop"), &[set(json!({ "fit": "crop" }))]);
    check(&first, &Act::Raise("Gain"), &[set_in(json!({ "gain_db": 0.5 }))]);
    check(&first, &Act::Press("Mute"), &[set(json!({ "mute": true }))]);
    check(&first, &Act::Press("Lord Ruthven"), &[set_in(json!({ "character_ids": ["char_ruthven"] }))]);
    check(&first, &Act::Choose("Smooth transition to next shot", "Always"), &[set(json!({ "smooth": "always" }))]);
    check(
        &first,
        &Act::Press("Extract frames"),
        &[start(JobAsk::ExtractFrames { scene_id: scene_id.clone(), shot_id })],
    );
    check(&first, &Act::Press("Use take_001"), &[run("take.choose", of_take(1))]);
    check(&first, &Act::Press("Choose take_001"), &[run("take.choose", of_take(1))]);
    check(&first, &Act::Press("Use take_002"), &[]);
    let mut pin = of_take(1);
    pin["pinned"] = json!(true);
    check(&first, &Act::Press("Pin take_001"), &[run("take.pin", pin)]);
    check(&first, &Act::Press("Remove take_001"), &[run("take.remove", of_take(1))]);
    check(&first, &Act::Press("Remove take_002"), &[]);
    // Its line is not spoken yet, so no lips can follow it.
    check(&first, &Act::Press("Lip-sync"), &[]);
    let request = VoiceRequest::Line(LineId::numbered(1));
    check(&first, &Act::Press("Speak"), &[start(JobAsk::GenerateVoice { scene_id, request, model: None })]);
    check(
        &first,
        &Act::Choose("Who speaks line_001", "Lord Ruthven"),
        &[run("line.set", line(json!({ "character_id": "char_ruthven" })))],
    );
    check(&first, &Act::Type("How line_001", "x"), &[run_in("line.set", line(json!({ "parenthetical": "x" })))]);
    check(&first, &Act::Type("Line line_001", "!"), &[run_in("line.set", line(json!({ "text": "Go.!" })))]);
    check(&first, &Act::Raise("Start of line_001"), &[run_in("line.set", line(json!({ "offset_secs": 0.05 })))]);
    check(&first, &Act::Press("Remove line_001"), &[run("line.remove", line(json!({})))]);
    check(
        &first,
        &Act::Press("Add line"),
        &[run("line.add", shot_params(1, json!({ "character_id": null, "text": "" })))],
    );

    let second = Selection::shot(name(1, 2));
    let set = |fields: Value| run("shot.set", shot_params(2, fields));
    check(&second, &Act::Press("Use last frame of previous shot"), &[set(json!({ "continue_from": false }))]);
    let from = json!({ "continue_from": { "scene_id": "scene_001", "shot_id": "shot_001", "frame": 95 } });
    check(&second, &Act::Choose("From", "A chosen frame"), &[set(from)]);
    let third = Selection::shot(name(1, 3));
    let set = |fields: Value| run("shot.set", shot_params(3, fields));
    check(&third, &Act::Press("Use last frame of previous shot"), &[set(json!({ "continue_from": true }))]);
    // Nothing is written yet, so there is nothing to ask for.
    check(&third, &Act::Press("Generate"), &[]);
}

#[test]
fn typing_in_a_field_is_one_step() {
    let mut harness = bench(Selection::shot(name(1, 3)), |_| {});
    act(&mut harness, &Act::Type("Prompt", "rain"));
    let found: Vec<_> = harness
        .state()
        .asks
        .0
        .iter()
        .map(|ask| match ask {
            Ask::Run { operator, params, group } => (*operator, params["prompt"].as_str().unwrap().to_owned(), *group),
            other => panic!("{other:?} was not typed"),
        })
        .collect();
    let group = found[0].2;
    assert!(group.is_some());
    let expected: Vec<_> = ["r", "ra", "rai", "rain"].map(|text| ("shot.set", text.to_owned(), group)).into();
    assert_eq!(found, expected);
}

#[test]
fn several_shots_are_changed_together() {
    let both = Selection::of_shots(vec![name(1, 1), name(1, 2)]);
    let shots =
        json!([{ "scene_id": "scene_001", "shot_id": "shot_001" }, { "scene_id": "scene_001", "shot_id": "shot_002" }]);
    let many = |field: &str, value: Value| json!({ "shots": shots, field: value });
    check(&both, &Act::Type("Prompt", "x"), &[run_in("shot.set_many", many("prompt", json!("x")))]);
    check(&both, &Act::Press("Mute"), &[run("shot.set_many", many("mute", json!(true)))]);
    check(&both, &Act::Choose("Fit", "Fill and crop"), &[run("shot.set_many", many("fit", json!("crop")))]);
    check(&both, &Act::Raise("Duration"), &[run_in("shot.set_many", many("duration", json!(4.1)))]);
    let each = |field: &str, value: Value| {
        [1, 2].map(|number| run_in("shot.set", shot_params(number, json!({ field: value }))))
    };
    check(&both, &Act::Press("Lord Ruthven"), &each("character_ids", json!(["char_ruthven"])));
    check(&both, &Act::Choose("Model", "Veo"), &each("model", json!("vendor:veo")));
    let generate = [1, 2].map(|number| {
        let (scene_id, shot_id) = name(1, number);
        Ask::Start(JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() })
    });
    check(&both, &Act::Press("Generate 2 shots"), &generate);
}

#[test]
fn what_a_model_cannot_make_cannot_be_chosen() {
    let possible = |secs: f64, resolution: &str| resolution != "1080p" || secs == 8.0;
    for secs in [4.0, 6.0, 8.0] {
        for resolution in ["720p", "1080p"] {
            if !possible(secs, resolution) {
                continue;
            }
            let start = |film: &mut Film| {
                let shot = &mut film.scenes[0].shots[0];
                shot.model = "vendor:veo".to_owned();
                shot.duration = secs;
                shot.extra.insert("parameters".to_owned(), json!({ "resolution": resolution }));
            };
            let check = |list: &'static str, entry: &'static str, then: (f64, &str)| {
                let mut harness = bench(Selection::shot(name(1, 1)), start);
                act(&mut harness, &Act::Choose(list, entry));
                let asked = !harness.state().asks.0.is_empty();
                assert_eq!(asked, possible(then.0, then.1), "{secs} s {resolution}: {list} {entry}");
            };
            check("Duration", "4 s", (4.0, resolution));
            check("Duration", "8 s", (8.0, resolution));
            check("Resolution", "720p", (secs, "720p"));
            check("Resolution", "1080p", (secs, "1080p"));
        }
    }
}

#[test]
fn another_model_brings_a_shot_to_what_it_can_do() {
    let check = |secs: f64, parameters: Value, expected: Value| {
        let mut harness = bench(Selection::shot(name(1, 1)), |film| {
            film.scenes[0].shots[0].duration = secs;
            film.scenes[0].shots[0].extra.insert("parameters".to_owned(), parameters);
        });
        act(&mut harness, &Act::Choose("Model", "Veo"));
        assert_eq!(plain(&harness.state().asks), [run_in("shot.set", shot_params(1, expected))]);
    };
    check(4.0, json!({}), json!({ "model": "vendor:veo" }));
    check(5.2, json!({}), json!({ "duration": 6.0, "model": "vendor:veo" }));
    check(
        120.0,
        json!({ "resolution": "360p" }),
        json!({ "duration": 8.0, "parameters": null, "model": "vendor:veo" }),
    );
    check(8.0, json!({ "resolution": "1080p" }), json!({ "model": "vendor:veo" }));
    check(
        60.0,
        json!({ "resolution": "1080p", "other": 1 }),
        json!({ "duration": 8.0, "parameters": { "resolution": "1080p" }, "model": "vendor:veo" }),
    );
}

#[test]
fn a_failed_job_is_told_in_full_and_tried_again() {
    let mut harness = bench(Selection::shot(name(1, 3)), |_| {});
    let (scene_id, shot_id) = name(1, 3);
    let ask = JobAsk::GenerateShot { scene_id, shot_id, options: Default::default() };
    let failure = JobFailure {
        kind: "provider".to_owned(),
        what: "generate scene_001/shot_003".to_owned(),
        why: "the vendor is away".to_owned(),
        what_to_do: Some("try again later".to_owned()),
        problems: vec![
            kinora_provider::FieldProblem { field: "duration_secs".to_owned(), reason: "4, 6 or 8".to_owned() },
            kinora_provider::FieldProblem { field: "prompt".to_owned(), reason: "too short".to_owned() },
        ],
        money: "No money was taken.".to_owned(),
        unanswered_job: None,
        unplaced_job: None,
    };
    harness.state_mut().jobs.set_jobs(vec![row(5, ask, &JobState::Failed(failure))]);
    harness.run_steps(3);
    for words in ["the vendor is away", "try again later"] {
        assert!(harness.query_by_label(words).is_some(), "{words:?} is not said");
    }
    // Under the control, and once more in the whole error.
    for words in ["Refused: 4, 6 or 8", "Refused: too short", "duration_secs: 4, 6 or 8"] {
        assert!(harness.query_all_by_label_contains(words).next().is_some(), "{words:?}");
    }
    act(&mut harness, &Act::Press("Retry"));
    assert_eq!(harness.state().asks.0, [Ask::RetryJob(JobId(5))]);
}

#[test]
fn every_control_of_a_scene_and_its_lanes_asks_for_its_operator() {
    let scene = Selection::Scene(SceneId::numbered(1));
    let scene_id = SceneId::numbered(1);
    let set = |field: &str, value: Value| run_in("scene.set", json!({ "scene_id": "scene_001", field: value }));
    check(&scene, &Act::Type("Title", "!"), &[set("title", json!("The Hut!"))]);
    check(&scene, &Act::Type("Story", "x"), &[set("prompt", json!("x"))]);
    check(&scene, &Act::Type("Template", "x"), &[set("prompt_template", json!("x"))]);
    check(&scene, &Act::Type("Music prompt", "x"), &[set("music_prompt", json!("x"))]);
    check(&scene, &Act::Type("Ambience prompt", "x"), &[set("ambience_prompt", json!("x"))]);
    let render = JobAsk::RenderScene {
        scene_id: scene_id.clone(),
        options: RenderOptions { skip_missing: true, ..RenderOptions::default() },
    };
    check(&scene, &Act::Press("Render scene"), &[Ask::Start(render)]);
    let lane_set =
        |lane: &str, field: &str, value: Value| json!({ "scene_id": "scene_001", "lane": lane, field: value });
    for (selection, name, lane) in [
        (&scene, "Music", AudioLane::Music),
        (&scene, "Ambient", AudioLane::Ambient),
        (&Selection::Lane(scene_id.clone(), AudioLane::Music), "Music", AudioLane::Music),
    ] {
        let label = |what: &str| &*Box::leak(format!("{name} {what}").into_boxed_str());
        let in_group = |field: &str, value: f64| run_in("lane.set", lane_set(lane.as_str(), field, json!(value)));
        check(selection, &Act::Raise(label("gain")), &[in_group("gain_db", 0.5)]);
        check(selection, &Act::Raise(label("starts at")), &[in_group("offset_secs", 0.05)]);
        check(selection, &Act::Raise(label("fade in")), &[in_group("fade_in_secs", 0.1)]);
        check(selection, &Act::Raise(label("fade out")), &[in_group("fade_out_secs", 0.1)]);
        check(selection, &Act::Press(label("mute")), &[run("lane.set", lane_set(lane.as_str(), "mute", json!(true)))]);
        check(selection, &Act::Press(label("loop")), &[run("lane.set", lane_set(lane.as_str(), "loop", json!(true)))]);
        let generate = &*Box::leak(format!("Generate {}", name.to_lowercase()).into_boxed_str());
        let bed = JobAsk::GenerateBed { scene_id: scene_id.clone(), lane, prompt: None, model: None };
        check(selection, &Act::Press(generate), &[Ask::Start(bed)]);
    }
    check(&scene, &Act::Press("Remove music"), &[run("lane.set", lane_set("music", "file_path", Value::Null))]);
    let speak = JobAsk::GenerateVoice { scene_id, request: VoiceRequest::Missing, model: None };
    check(&scene, &Act::Press("Speak lines"), &[Ask::Start(speak)]);
    for add in ["Add voice", "Replace music", "Add ambient"] {
        let mut harness = bench(scene.clone(), |_| {});
        act(&mut harness, &Act::Press(add));
        assert!(harness.state().state.overlays.is_browsing(), "{add}");
    }
}

#[test]
fn every_control_of_a_character_asks_for_its_operator() {
    let selection = Selection::Character(CharacterId::new("char_ruthven").unwrap());
    let params = |field: &str, value: Value| json!({ "character_id": "char_ruthven", field: value });
    check(&selection, &Act::Type("Name", "!"), &[run_in("character.set", params("name", json!("Lord Ruthven!")))]);
    check(
        &selection,
        &Act::Type("Style tokens", "!"),
        &[run_in("character.set", params("prompt_style_tokens", json!("pale!")))],
    );
    check(&selection, &Act::Type("Voice id", "x"), &[run_in("character.set", params("voice_id", json!("x")))]);
    check(
        &selection,
        &Act::Choose("Voice", "Baritone"),
        &[run("character.set", params("voice_id", json!("draft:baritone")))],
    );
    let mut harness = bench(selection.clone(), |film| film.characters[0].voice_id = "draft:alto".to_owned());
    act(&mut harness, &Act::Press("Listen"));
    assert_eq!(harness.state().asks.0, [Ask::Start(JobAsk::Audition { voice_id: "draft:alto".to_owned() })]);
    let mut second = params("portrait_path", json!("portraits/two.png"));
    check(&selection, &Act::Press("Remove portrait 2"), &[run("character.remove_portrait", second.clone())]);
    second["index"] = json!(0);
    check(&selection, &Act::Press("Show portrait 2 first"), &[run("character.add_portrait", second)]);
    check(&selection, &Act::Press("Show portrait 1 first"), &[]);
    let mut harness = bench(selection, |film| {
        film.scenes[1].shots[0].character_ids = vec![CharacterId::new("char_ruthven").unwrap()];
    });
    act(&mut harness, &Act::Press("Shot 2.1"));
    assert_eq!(harness.state().asks.0, [Ask::Reveal(name(2, 1))]);
}

#[test]
fn every_field_of_the_settings_has_a_control() {
    let film = Selection::Film;
    let film_set = |params: Value| run("film.set", params);
    check(&film, &Act::Type("Title", "!"), &[run_in("film.set", json!({ "title": "Untitled!" }))]);
    check(&film, &Act::Choose("Frame rate", "23.976 fps"), &[film_set(json!({ "rate": "24000/1001" }))]);
    check(
        &film,
        &Act::Choose("Picture size", "HD 720"),
        &[film_set(json!({ "size": { "width": 1280, "height": 720 } }))],
    );
    check(&film, &Act::Raise("Width"), &[run_in("film.set", json!({ "size": { "width": 1922, "height": 1080 } }))]);
    let settings = |field: &str, value: Value| run("settings.set", json!({ field: value }));
    let settings_in = |field: &str, value: Value| run_in("settings.set", json!({ field: value }));
    let cases = [
        (Act::Choose("Default model", "Veo"), settings("default_model", json!("vendor:veo"))),
        (Act::Choose("Film aspect ratio", "9:16"), settings("default_aspect_ratio", json!("9:16"))),
        (Act::Choose("Film fit", "Fill and crop"), settings("fit", json!("crop"))),
        (Act::Choose("Film engine", "FFmpeg minterpolate"), settings("smoothing_engine", json!("minterpolate"))),
        (Act::Press("Optical flow"), settings("enable_optical_flow", json!(false))),
        (Act::Choose("Narrator", "Baritone"), settings("default_voice", json!("draft:baritone"))),
        (Act::Type("Prompt template", "!"), settings_in("scene_prompt_template", json!("{prompt}!"))),
        (Act::Raise("Match from"), settings_in("match_threshold", json!(0.36))),
        (Act::Raise("Smooth over"), settings_in("seam_window_secs", json!(0.55))),
        (Act::Raise("Scene fade"), settings_in("scene_fade_secs", json!(0.6))),
        (Act::Raise("Loudness"), settings_in("loudness_target_lufs", json!(-13.5))),
        (Act::Raise("True peak"), settings_in("true_peak_limit_dbtp", json!(-0.9))),
        (Act::Raise("Duck by"), settings_in("duck_db", json!(9.5))),
        (Act::Raise("Cache limit"), settings_in("cache_limit_mib", json!(20_736))),
        (Act::Press("Keep to a budget"), settings("budget_usd", json!(20.0))),
    ];
    let mut seen = std::collections::HashSet::new();
    for (done, expected) in cases {
        let Ask::Run { params, .. } = &expected else { continue };
        seen.extend(params.as_object().unwrap().keys().cloned());
        check(&film, &done, &[expected]);
    }
    let mut limited = bench(film, |film| film.settings.budget_usd = Some(5.0));
    act(&mut limited, &Act::Raise("At most"));
    act(&mut limited, &Act::Press("Keep to a budget"));
    let asked: Vec<_> = limited
        .state()
        .asks
        .0
        .iter()
        .filter_map(|ask| if let Ask::Run { params, .. } = ask { Some(params) } else { None })
        .collect();
    assert_eq!(asked, [&json!({ "budget_usd": 6.0 }), &json!({ "budget_usd": null })]);
    let all = serde_json::to_value(kinora_core::film::Settings::default()).unwrap();
    for field in all.as_object().unwrap().keys() {
        assert!(seen.contains(field), "settings.json has {field}, and no control sets it");
    }
}

#[test]
fn the_json_behind_the_selection_is_there_to_copy() {
    let check = |selection: Selection, folder: &str, words: &str| {
        let mut harness = bench(selection, |_| {});
        act(&mut harness, &Act::Press("Metadata"));
        act(&mut harness, &Act::Press("Copy JSON"));
        act(&mut harness, &Act::Press("Show in folder"));
        let file = harness.state().model.root.join(folder);
        assert_eq!(harness.state().asks.0, [Ask::ShowInFolder(file)]);
        let shown = harness.query_all_by_label_contains(words).count();
        assert!(shown > 0, "{words} is not shown");
    };
    check(Selection::Film, "metadata.json", "\"loudness_target_lufs\": -14.0");
    check(Selection::Scene(SceneId::numbered(1)), "scenes/scene_001/scene.json", "\"title\": \"The Hut\"");
    check(Selection::shot(name(1, 1)), "scenes/scene_001/scene.json", "\"take_id\": \"take_002\"");
    check(Selection::Lane(SceneId::numbered(1), AudioLane::Music), "scenes/scene_001/scene.json", "\"gain_db\"");
    check(
        Selection::Character(CharacterId::new("char_ruthven").unwrap()),
        "characters.json",
        "\"name\": \"Lord Ruthven\"",
    );
}

#[test]
fn takes_are_compared_in_one_picture() {
    let mut harness = bench(Selection::shot(name(1, 1)), |_| {});
    assert!(find(&harness, "Wipe").is_none());
    act(&mut harness, &Act::Press("Compare take_001"));
    act(&mut harness, &Act::Press("Compare take_002"));
    assert!(find(&harness, "Wipe").is_some() && find(&harness, "Moment").is_some());
    act(&mut harness, &Act::Press("End comparison"));
    assert!(find(&harness, "Wipe").is_none());
    assert_eq!(harness.state().asks.0, [], "comparing changes nothing");
}

#[test]
fn everything_fits_a_narrow_pane() {
    let check = |selection: Selection| {
        let harness = bench(selection.clone(), |_| {});
        let mut count = 0;
        for node in harness.query_all(egui_kittest::kittest::by()) {
            let wide = node.accesskit_node().role();
            if matches!(
                wide,
                Role::Button
                    | Role::CheckBox
                    | Role::ComboBox
                    | Role::SpinButton
                    | Role::Slider
                    | Role::TextInput
                    | Role::MultilineTextInput
            ) {
                count += 1;
                let rect = node.rect();
                assert!(
                    rect.right() <= 280.5,
                    "{:?} of {selection:?} ends at {}",
                    node.accesskit_node().label(),
                    rect.right()
                );
            }
        }
        assert!(count > 3, "{selection:?} has {count} controls");
    };
    check(Selection::Film);
    check(Selection::Scene(SceneId::numbered(1)));
    check(Selection::shot(name(1, 1)));
    check(Selection::shot(name(1, 2)));
    check(Selection::of_shots(vec![name(1, 1), name(1, 2)]));
    check(Selection::Lane(SceneId::numbered(1), AudioLane::Voice));
    check(Selection::Character(CharacterId::new("char_ruthven").unwrap()));
}

#[test]
fn pictures_of_ones_own_are_chosen_and_cleared_for_both_ends_of_a_shot() {
    for choose in ["Choose first frame picture", "Choose last frame picture"] {
        let mut screen = bench(Selection::shot(name(1, 3)), |_| {});
        act(&mut screen, &Act::Press(choose));
        assert!(screen.state().state.overlays.is_browsing(), "{choose}");
    }
    let set = |number: usize, fields: Value| run("shot.set", shot_params(number, fields));
    let none = json!({ "reference_first_frame_path": null, "continuity_source": null });
    // It continues the shot before it: that goes, too.
    check(&Selection::shot(name(1, 2)), &Act::Press("Clear first frame"), &[set(2, none.clone())]);
    check(&Selection::shot(name(1, 3)), &Act::Press("Clear first frame"), &[]);
    check(&Selection::shot(name(1, 3)), &Act::Press("Clear last frame"), &[]);
    let given = |film: &mut Film| {
        let picture = Some(ProjectPath::new("frames/a.png").unwrap());
        let shot = &mut film.scenes[0].shots[2];
        (shot.reference_first_frame_path, shot.reference_last_frame_path) = (picture.clone(), picture);
    };
    for (clear, fields) in
        [("Clear first frame", none), ("Clear last frame", json!({ "reference_last_frame_path": null }))]
    {
        let mut screen = bench(Selection::shot(name(1, 3)), given);
        act(&mut screen, &Act::Press(clear));
        assert_eq!(plain(&screen.state().asks), [set(3, fields)], "{clear}");
    }
    // This model takes no picture to end on.
    let veo = |film: &mut Film| film.scenes[0].shots[2].model = "vendor:veo".to_owned();
    let mut screen = bench(Selection::shot(name(1, 3)), veo);
    act(&mut screen, &Act::Press("Choose last frame picture"));
    assert!(!screen.state().state.overlays.is_browsing());
    act(&mut screen, &Act::Press("Choose first frame picture"));
    assert!(screen.state().state.overlays.is_browsing());
}
