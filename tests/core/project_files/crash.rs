//! `kill -9` at any moment leaves a project that opens, with whole files; and two processes never write one project.

use super::sample::{film, scene};
use kinora_core::{
    film::{Film, FilmError, ProjectFolder},
    ids::SceneId,
    store::StoreError,
};
use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// The folder that a child process of these tests works on.
const ROOT: &str = "KINORA_TEST_PROJECT";
const KILLS: u64 = 60;

/// Runs one test of this binary in another process.
fn child(test: &str, root: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("project_files::crash::{test}"), "--ignored", "--nocapture"])
        .env(ROOT, root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The states that the saving child goes through: every file of a state says the same number.
fn state(number: usize) -> Film {
    let mut film = film(3 + number % 3, 3);
    film.metadata.title = format!("state {number}");
    film.settings.default_voice = format!("state {number}");
    film.characters[0].name = format!("state {number}");
    if number % 2 == 1 {
        film.scenes.reverse();
        film.scenes.push(scene(90 + number % 4, 1));
    }
    for scene in &mut film.scenes {
        scene.title = format!("state {number}");
    }
    film.metadata.scene_order = film.scenes.iter().map(|scene| scene.scene_id.clone()).collect();
    film
}

#[test]
#[ignore = "the child process of the next test"]
fn save_without_end() {
    let root = env::var_os(ROOT).unwrap();
    let (project, mut film) = ProjectFolder::open(Path::new(&root)).unwrap();
    println!("open");
    for number in 0.. {
        let next = state(number);
        project.save_changed(&film, &next).unwrap();
        film = next;
    }
}

#[test]
fn a_project_opens_after_a_kill_at_any_moment_of_a_save() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    drop(ProjectFolder::create(root, &state(0)).unwrap());
    let mut interrupted = 0;
    for kill in 0..KILLS {
        let mut saving = child("save_without_end", root);
        let mut lines = BufReader::new(saving.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("open") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the child did not open the project (kill {kill})");
        }
        // Moments from at once to some saves later, spread evenly without a clock's help.
        thread::sleep(Duration::from_micros(kill * 7919 % 40_000));
        saving.kill().unwrap();
        saving.wait().unwrap();
        let (project, film) = ProjectFolder::open(root).unwrap();
        for number in 1..=3 {
            assert!(film.scene(&SceneId::numbered(number)).is_some(), "kill {kill} lost scene {number}");
        }
        let mut titles: Vec<_> = film.scenes.iter().map(|scene| scene.title.as_str()).collect();
        titles.dedup();
        interrupted += usize::from(titles.len() > 1 || film.settings.default_voice != titles[0]);
        let parts = super::sample::picture(root).into_keys().filter(|name| name.ends_with(".part")).count();
        assert_eq!(parts, 0, "unfinished files were left");
        // A killed project can be worked on as if nothing had been.
        ensure_saves(&project, &film, kill);
    }
    assert!(interrupted > 0, "no kill fell into a save");
}

fn ensure_saves(project: &ProjectFolder, film: &Film, kill: u64) {
    let mut next = film.clone();
    next.metadata.title = format!("after kill {kill}");
    project.save_changed(film, &next).unwrap();
    assert_eq!(ProjectFolder::read(project.root()).unwrap(), next);
}

#[test]
#[ignore = "the child process of the next test"]
fn create_a_project() {
    let root = env::var_os(ROOT).unwrap();
    println!("open");
    let _ = ProjectFolder::create(Path::new(&root), &film(20, 2));
}

#[test]
fn a_project_cut_short_while_it_was_made_can_be_made_again() {
    let mut incomplete = 0;
    for kill in 0..20_u64 {
        let folder = tempfile::tempdir().unwrap();
        let mut making = child("create_a_project", folder.path());
        let mut lines = BufReader::new(making.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("open")));
        thread::sleep(Duration::from_micros(kill * 2500));
        making.kill().unwrap();
        making.wait().unwrap();
        match ProjectFolder::open(folder.path()) {
            Ok((_, found)) => assert_eq!(found, film(20, 2)),
            Err(FilmError::NotAProject { .. }) => {
                incomplete += 1;
                drop(ProjectFolder::create(folder.path(), &film(20, 2)).unwrap());
                assert_eq!(ProjectFolder::read(folder.path()).unwrap(), film(20, 2));
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(incomplete > 0, "every project was complete");
}

#[test]
#[ignore = "the child process of the next test"]
fn hold_the_lock() {
    let root = env::var_os(ROOT).unwrap();
    let _project = ProjectFolder::open(Path::new(&root)).unwrap();
    println!("open");
    // Until the parent closes the pipe or kills this process.
    let _ = std::io::stdin().read(&mut [0]);
    thread::sleep(Duration::from_secs(600));
}

#[test]
fn two_processes_do_not_write_one_project() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    drop(ProjectFolder::create(root, &film(1, 1)).unwrap());
    let mut holder = child("hold_the_lock", root);
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("open")));

    let error = ProjectFolder::open(root).unwrap_err();
    assert!(matches!(error, FilmError::Store(StoreError::Locked { .. })), "{error}");
    let text = error.to_string();
    assert!(text.contains(&format!("process {}", holder.id())) && text.contains("close it"), "{text}");
    assert_eq!(ProjectFolder::read(root).unwrap(), film(1, 1));

    holder.kill().unwrap();
    holder.wait().unwrap();
    // A lock file that names a dead process holds nobody up.
    assert!(fs::read_to_string(root.join(".kinora/lock")).unwrap().contains(&holder.id().to_string()));
    drop(ProjectFolder::open(root).unwrap());
}
