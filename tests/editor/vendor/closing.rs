//! Jobs whose shot is gone: what was paid for is kept as a file of its own, or let go, and the ledger remembers either way.

use super::{
    bench::{Bench, film, scene_id, shot_id},
    client::SimProvider,
    queue::Studio,
    simulator::{CreateFault, FileFault, Script, Simulator},
};
use kinora::{
    generation::{GenerationError, JobsWord, OpenJob},
    jobs::*,
};
use serde_json::json;

/// A job that was made, and whose shot was taken out before it came.
fn orphan(script: Script) -> (tempfile::TempDir, Simulator, Bench, String) {
    let dir = tempfile::tempdir().unwrap();
    let files = std::iter::repeat_n(FileFault::Expired, 4).collect();
    let simulator = Simulator::start(Script { files, ..script });
    let mut bench = Bench::create(dir.path(), &film(2), SimProvider::at(simulator.address));
    assert_eq!(bench.shot(1).unwrap_err().kind(), "not_fetched");
    let gone = json!({ "scene_id": scene_id(), "shot_id": shot_id(1) });
    bench.editor.run("shot.remove", gone).unwrap();
    bench.editor.save().unwrap();
    let job_id = bench.jobs()[0].job_id.clone();
    (dir, simulator, bench, job_id)
}

#[test]
fn what_was_made_for_a_shot_that_is_gone_is_kept_as_a_clip() {
    let (_dir, simulator, mut bench, job_id) = orphan(Script::default());
    let error = bench.with_film(|generator, film| generator.resume(film, &job_id, JobsWord::GoOn).unwrap_err());
    let GenerationError::Gone { job_id: named, .. } = &error else { panic!("{error}") };
    assert_eq!((named, bench.jobs()[0].is_open), (&job_id, true), "{error}");
    let kept = bench.with_film(|generator, film| generator.keep_job(film, &job_id, None).unwrap());
    assert_eq!(kept, bench.folder.clips_dir().join("scene_001_shot_001.mp4"));
    assert!(std::fs::read(&kept).unwrap().starts_with(&Simulator::output(&simulator.jobs()[0])));
    assert_eq!((bench.jobs()[0].stands, bench.jobs()[0].is_open), ("kept", false));
    assert_eq!((OpenJob::list(&bench.folder).len(), simulator.count("POST /jobs")), (0, 1));
    assert_eq!(bench.spend().total.paid_usd, 0.5);
    let again = bench.with_film(|generator, film| generator.keep_job(film, &job_id, None).unwrap_err());
    assert_eq!(again.kind(), "unknown", "{again}");
}

#[test]
fn what_was_made_is_kept_where_a_person_says_and_never_over_a_file() {
    let (dir, _simulator, mut bench, job_id) = orphan(Script::default());
    let taken = dir.path().join("mine.mp4");
    kinora_core::store::write_atomic(&taken, b"mine").unwrap();
    let error = bench.with_film(|generator, film| generator.keep_job(film, &job_id, Some(&taken)).unwrap_err());
    assert_eq!((std::fs::read(&taken).unwrap(), bench.jobs()[0].is_open), (b"mine".to_vec(), true), "{error}");
    let free = dir.path().join("free.mp4");
    let kept = bench.with_film(|generator, film| generator.keep_job(film, &job_id, Some(&free)).unwrap());
    assert_eq!((kept, free.is_file()), (free.clone(), true));
}

#[test]
fn what_nobody_wants_is_dismissed_and_its_cost_stays() {
    let (_dir, simulator, mut bench, job_id) = orphan(Script::default());
    let stands = bench.with_film(|generator, film| generator.dismiss_job(film.folder, &job_id).unwrap().stands);
    assert_eq!((stands, bench.jobs()[0].is_open), ("dismissed", false));
    assert_eq!((bench.spend().total.paid_usd, bench.spend().total.succeeded), (0.5, 1));
    assert_eq!(OpenJob::list(&bench.folder), []);
    // Wanted after all, it is brought and not bought again.
    let kept = bench.with_film(|generator, film| generator.keep_job(film, &job_id, None).unwrap());
    assert_eq!((kept.is_file(), simulator.count("POST /jobs")), (true, 1));
    assert_eq!(bench.spend().total.paid_usd, 0.5);
}

#[test]
fn what_is_not_made_is_neither_kept_nor_dismissed() {
    let dir = tempfile::tempdir().unwrap();
    let simulator = Simulator::start(Script { creates: [CreateFault::DropBefore].into(), ..Script::default() });
    let mut bench = Bench::create(dir.path(), &film(1), SimProvider::at(simulator.address));
    bench.shot(1).unwrap_err();
    let job_id = bench.jobs()[0].job_id.clone();
    let kept = bench.with_film(|generator, film| generator.keep_job(film, &job_id, None).unwrap_err());
    let dismissed = bench.with_film(|generator, film| generator.dismiss_job(film.folder, &job_id).unwrap_err());
    assert_eq!((kept.kind(), dismissed.kind(), bench.jobs()[0].stands), ("not_made", "not_made", "unknown"));
    assert_eq!(simulator.count("POST /jobs"), 1);
}

#[test]
fn the_tray_gives_a_way_out() {
    for keep in [true, false] {
        let (dir, simulator, bench, _) = orphan(Script::default());
        let provider = bench.provider.clone();
        drop(bench);
        let mut studio = Studio::open(dir.path(), provider);
        let job_id = studio.jobs()[0].0.job_id;
        let JobState::Failed(failure) = studio.end(job_id) else { panic!("its shot is gone") };
        assert!(failure.kind == "gone" && failure.unplaced_job.is_some(), "{failure:?}");
        studio.send(CloseJob { job_id, keep });
        let JobState::Done { output, .. } = studio.end(job_id) else { panic!("{:?}", studio.jobs()) };
        assert_eq!(output.is_some_and(|clip| clip.is_file()), keep);
        assert_eq!(simulator.count("POST /jobs"), 1);
        drop(studio);
        // The next opening asks for nothing.
        let mut studio = Studio::open(dir.path(), SimProvider::at(simulator.address));
        assert_eq!(studio.jobs().len(), 0);
    }
}
