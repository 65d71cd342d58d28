//! A long film: 10,000 shots in 500 scenes open, and one changed shot is one file written.

use super::sample::{film, picture};
use kinora_core::film::{CheckOptions, ProjectFolder, check};
use std::time::Instant;

#[test]
fn ten_thousand_shots_open_and_one_changed_shot_is_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let long = film(500, 20);
    drop(ProjectFolder::create(root, &long).unwrap());
    let start = Instant::now();
    let (project, opened) = ProjectFolder::open(root).unwrap();
    let open = start.elapsed();
    assert_eq!(opened, long);

    let mut changed = opened.clone();
    changed.scenes[250].shots[7].prompt = "changed".to_owned();
    let before = picture(root);
    let start = Instant::now();
    let written = project.save_changed(&opened, &changed).unwrap();
    let save = start.elapsed();
    assert_eq!(written, [root.join("scenes/scene_251/scene.json")]);
    let after = picture(root);
    let differ: Vec<_> = after.iter().filter(|(file, bytes)| before.get(*file) != Some(bytes)).collect();
    assert_eq!(differ.len(), 1);
    let start = Instant::now();
    let report = check(root, CheckOptions::default());
    println!("open {open:?}, save one shot {save:?}, check {:?}", start.elapsed());
    assert_eq!((report.counts.scenes, report.counts.shots), (500, 10_000));
}
