//! A budget is a hard stop, prices are known before anything is sent, and what is not known is said.

use super::{
    bench::{Bench, film, scene_id, shot_id},
    client::SimProvider,
    simulator::{PollFault, Script, Simulator},
};
use kinora::generation::ShotOptions;
use serde_json::{Value, json};

fn bench(shots: usize, script: Script) -> (tempfile::TempDir, Simulator, Bench) {
    let dir = tempfile::tempdir().unwrap();
    let simulator = Simulator::start(script);
    let bench = Bench::create(dir.path(), &film(shots), SimProvider::at(simulator.address));
    (dir, simulator, bench)
}

fn set_budget(bench: &mut Bench, budget_usd: &Value) {
    bench.editor.run("settings.set", json!({ "budget_usd": budget_usd })).unwrap();
    bench.editor.save().unwrap();
}

#[test]
fn nothing_is_sent_that_goes_beyond_the_budget() {
    let (_dir, simulator, mut bench) = bench(4, Script { cost_usd: Some(0.75), ..Script::default() });
    set_budget(&mut bench, &json!(1.3));
    bench.shot(1).unwrap();
    // The vendor asked more than its price: that is what counts.
    assert_eq!(bench.spend().total.paid_usd, 0.75);
    bench.shot(2).unwrap();
    let error = bench.shot(3).unwrap_err();
    assert!(error.kind() == "budget" && error.to_string().contains("$1.50 of the budget of $1.30"), "{error}");
    assert_eq!((simulator.count("POST /jobs"), bench.takes(3).len()), (2, 0));
    assert_eq!(bench.jobs()[2].stands, "cancelled");
    set_budget(&mut bench, &json!(2.0));
    bench.shot(3).unwrap();
    set_budget(&mut bench, &Value::Null);
    bench.shot(4).unwrap();
    assert_eq!((simulator.jobs().len(), bench.spend().vendors[0].sum.paid_usd), (4, 3.0));
}

#[test]
fn doubt_counts_against_the_budget_until_a_person_settles_it() {
    let (_dir, simulator, mut bench) =
        bench(2, Script { polls: [PollFault::Failed("broke down")].into(), ..Script::default() });
    set_budget(&mut bench, &json!(0.9));
    bench.shot(1).unwrap_err();
    assert_eq!(bench.shot(2).unwrap_err().kind(), "budget");
    kinora::generation::settle(&bench.folder, &bench.jobs()[0].job_id, None, 0.0).unwrap();
    bench.shot(2).unwrap();
    assert_eq!(simulator.jobs().len(), 2);
}

#[test]
fn a_model_without_a_price_is_not_asked_under_a_budget() {
    let (_dir, simulator, mut bench) = bench(1, Script::default());
    let options = ShotOptions { model: Some("sim:unpriced".to_owned()), seed: None };
    set_budget(&mut bench, &json!(100));
    let ask = |bench: &mut Bench| {
        bench.with_film(|generator, film| generator.shot(film, &scene_id(), &shot_id(1), &options).map(drop))
    };
    let error = ask(&mut bench).unwrap_err();
    assert!(error.kind() == "budget" && error.to_string().contains("nobody knows"), "{error}");
    assert_eq!(simulator.count("POST /jobs"), 0);
    set_budget(&mut bench, &Value::Null);
    ask(&mut bench).unwrap();
    assert_eq!(bench.spend().total.unpriced, 1);
}

#[test]
fn a_quote_tells_the_price_and_every_problem_and_sends_nothing() {
    let (_dir, simulator, mut bench) = bench(2, Script::default());
    let quote = |bench: &mut Bench, options: &ShotOptions| {
        bench.with_film(|generator, film| generator.quote_shot(film, &scene_id(), &shot_id(1), options).unwrap())
    };
    let plain = quote(&mut bench, &ShotOptions::default());
    assert_eq!((plain.price.unwrap().usd, plain.problems.len(), plain.over_budget), (0.5, 0, None));
    assert_eq!((plain.model.as_str(), plain.purpose.as_str()), ("sim:clip", "scene_001/shot_001"));
    set_budget(&mut bench, &json!(0.2));
    assert!(quote(&mut bench, &ShotOptions::default()).over_budget.unwrap().contains("$0.50"));
    let params = json!({ "scene_id": scene_id(), "shot_id": shot_id(1), "parameters": { "speed": 3 } });
    bench.editor.run("shot.set", params).unwrap();
    let wrong = quote(&mut bench, &ShotOptions::default());
    assert_eq!(wrong.problems[0].field, "parameters.speed");
    assert_eq!((simulator.calls(), bench.jobs().len(), bench.spend().attempts.len()), (vec![], 0, 0));
}
