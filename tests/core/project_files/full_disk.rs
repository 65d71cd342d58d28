//! A full disk: a clear error, and everything as it was.

use super::sample::{film, picture, scene};
use crate::small_disk::SmallDisk;
use kinora_core::{
    film::{Film, FilmError, ProjectFolder},
    store::{AtomicFile, Cache, FileHashes, StoreError},
};
use std::fs;

fn mount(test: &str) -> Option<SmallDisk> {
    SmallDisk::mount("1m", &format!("project_files::full_disk::{test}"))
}

fn is_full(error: &FilmError) -> bool {
    let text = error.to_string();
    matches!(error, FilmError::Store(StoreError::DiskFull { .. }))
        && ["disk is full", "free ", "nothing was changed"].iter().all(|part| text.contains(part))
}

#[test]
fn saves_on_a_full_disk_change_nothing() {
    let Some(disk) = mount("saves_on_a_full_disk_change_nothing") else { return };
    let root = disk.path().join("film");
    let old = film(3, 2);
    let project = ProjectFolder::create(&root, &old).unwrap();
    let cache = Cache::open(&root).unwrap();
    let key = blake3::hash(b"key");
    let place = cache.reserve(&key, "mp4").unwrap();
    fs::write(root.join("clip.mp4"), "clip").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(150)); // until its hash is worth remembering
    let hashes = FileHashes::load(&root);
    hashes.hash(&root.join("clip.mp4")).unwrap();
    drop(place);

    let filler = disk.fill(0);
    let before = picture(&root);
    let check = |change: &dyn Fn(&mut Film)| {
        let mut new = old.clone();
        change(&mut new);
        let error = project.save_changed(&old, &new).unwrap_err();
        assert!(is_full(&error), "{error}");
        assert_eq!(picture(&root), before);
        assert_eq!(ProjectFolder::read(&root).unwrap(), old);
    };
    check(&|film| film.scenes[1].prompt = "x".repeat(50_000));
    check(&|film| film.characters[0].prompt_style_tokens = "x".repeat(50_000));
    check(&|film| film.settings.scene_prompt_template = "x".repeat(50_000));
    check(&|film| film.metadata.title = "é".repeat(900));
    check(&|film| film.scenes.push(scene(4, 20)));

    let error = hashes.save().unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
    let made = cache.reserve(&key, "mp4").and_then(|place| {
        fs::write(place.path(), vec![1; 100_000]).map_err(|error| StoreError::from_io("save", place.path(), error))?;
        place.commit()
    });
    assert!(matches!(made, Err(StoreError::DiskFull { .. })), "{made:?}");
    assert_eq!(cache.get(&key, "mp4"), None);

    // With space again, the same save succeeds.
    fs::remove_file(filler).unwrap();
    let mut new = old.clone();
    new.scenes.push(scene(4, 20));
    project.save_changed(&old, &new).unwrap();
    hashes.save().unwrap();
    drop(project);
    assert_eq!(ProjectFolder::open(&root).unwrap().1.scenes.len(), 4);
}

#[test]
fn a_project_on_a_full_disk_still_opens() {
    let Some(disk) = mount("a_project_on_a_full_disk_still_opens") else { return };
    let root = disk.path().join("film");
    let sound = film(2, 2);
    drop(ProjectFolder::create(&root, &sound).unwrap());
    let half_made = AtomicFile::new(root.join("film_render.mp4")).unwrap();
    disk.fill(0);
    std::mem::forget(half_made); // as a killed render leaves it
    let (_project, film) = ProjectFolder::open(&root).unwrap();
    assert_eq!(film, sound);
    assert!(!picture(&root).keys().any(|name| name.ends_with(".part")));

    let error = ProjectFolder::create(&disk.path().join("another"), &sound).unwrap_err();
    assert!(is_full(&error), "{error}");
}
