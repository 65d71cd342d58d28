//! Atomic files, the cache, remembered hashes and the sweep of unfinished files.

use kinora_core::store::{
    AtomicFile, Cache, FileHashes, ProjectLock, StoreError, hash_file, sweep_parts, write_atomic,
};
use std::{
    collections::HashSet,
    fs::{self, File},
    path::Path,
    time::{Duration, SystemTime},
};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn set_age(path: &Path, secs: u64) {
    let time = SystemTime::now() - Duration::from_secs(secs);
    File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn an_atomic_file_appears_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.json");
    write_atomic(&path, b"old").unwrap();

    let dropped = AtomicFile::new(&path).unwrap();
    fs::write(dropped.path(), "half").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    drop(dropped);
    assert_eq!(names(folder.path()), ["scene.json"]);

    let finished = AtomicFile::new(&path).unwrap();
    let name = finished.path().file_name().unwrap().to_str().unwrap().to_owned();
    assert!(name.starts_with(".scene.json.") && name.ends_with(".part"), "{name}");
    fs::write(finished.path(), "new").unwrap();
    assert_eq!(finished.commit().unwrap(), path);
    assert_eq!(fs::read(&path).unwrap(), b"new");

    let taken = AtomicFile::new(&path).unwrap();
    fs::write(taken.path(), "newer").unwrap();
    assert!(matches!(taken.commit_new().unwrap_err(), StoreError::Exists { .. }));
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["scene.json"]);
}

#[test]
fn a_failed_save_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    // A folder under the final name makes the rename fail, after the temporary file was written.
    let path = folder.path().join("shot.mp4");
    fs::create_dir_all(path.join("in the way")).unwrap();
    assert!(write_atomic(&path, b"bytes").is_err());
    assert!(AtomicFile::new(&path).unwrap().commit().is_err());
    assert_eq!(names(folder.path()), ["shot.mp4"]);
    let error = write_atomic(&folder.path().join("missing/scene.json"), b"x").unwrap_err().to_string();
    assert!(error.contains("missing/scene.json") && error.contains("try again"), "{error}");
}

#[cfg(unix)]
#[test]
fn saved_files_are_readable_like_any_other() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    write_atomic(&ours, b"x").unwrap();
    fs::write(&theirs, "x").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&ours), mode(&theirs));
}

#[test]
fn the_sweep_takes_only_what_kinora_left_unfinished() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let kept = ["my.part", ".a.part", "..123456.part", ".clip.mp4.12-456.part", ".scene.json.abcdefg.part"];
    let swept = [".scene.json.aB3xyz.part", "scenes/scene_001/shots/.shot_001.mp4.000000.part"];
    for name in kept.iter().chain(&swept) {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), "x").unwrap();
    }
    let lock = ProjectLock::acquire(root).unwrap();
    assert_eq!(sweep_parts(&lock).unwrap().len(), swept.len());
    for name in swept {
        assert!(!root.join(name).exists(), "{name}");
    }
    for name in kept {
        assert!(root.join(name).exists(), "{name}");
    }
}

#[test]
fn the_cache_gives_what_was_put_in_and_forgets_the_least_used() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    let keys: Vec<_> = (0_u8..5).map(|number| blake3::hash(&[number])).collect();
    for (number, key) in keys.iter().enumerate() {
        assert_eq!(cache.get(key, "mp4"), None);
        let place = cache.reserve(key, "mp4").unwrap();
        fs::write(place.path(), [7; 100]).unwrap();
        assert_eq!(cache.get(key, "mp4"), None, "a half-made file was given");
        place.commit().unwrap();
        set_age(&cache.path_for(key, "mp4"), 1000 - number as u64 * 100);
    }
    let hex = keys[0].to_hex();
    let expected = folder.path().join(format!(".kinora/cache/{}/{hex}.mp4", &hex[..2]));
    assert_eq!(cache.path_for(&keys[0], "mp4"), expected);
    assert_eq!(cache.size_bytes().unwrap(), 500);

    // The oldest is used now, the second oldest is wanted by the render: the third and fourth go.
    assert_eq!(cache.get(&keys[0], "mp4"), Some(expected));
    fs::write(cache.folder().join("hashes.json"), "{}").unwrap();
    let cleaned = cache.clean(300, &HashSet::from([keys[1]])).unwrap();
    assert_eq!((cleaned.removed_files, cleaned.removed_bytes, cleaned.kept_bytes), (2, 200, 300));
    let left: Vec<_> = keys.iter().map(|key| cache.get(key, "mp4").is_some()).collect();
    assert_eq!(left, [true, true, false, false, true]);
    assert!(cache.folder().join("hashes.json").exists());

    fs::write(cache.path_for(&keys[0], "mp4"), "").unwrap();
    assert_eq!(cache.get(&keys[0], "mp4"), None);
    assert!(!cache.path_for(&keys[0], "mp4").exists(), "an empty entry was left");
    cache.discard(&keys[1], "mp4");
    assert_eq!(cache.get(&keys[1], "mp4"), None);
}

#[test]
fn hashes_are_remembered_until_the_file_changes() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let clip = root.join("clip.mp4");
    fs::write(&clip, "first").unwrap();
    std::thread::sleep(Duration::from_millis(150)); // past the age at which a hash is trusted
    let hashes = FileHashes::load(root);
    assert_eq!(hashes.hash(&clip).unwrap(), blake3::hash(b"first"));
    assert_eq!(hash_file(&clip).unwrap(), blake3::hash(b"first"));
    hashes.save().unwrap();

    // What is remembered is used: a list that says otherwise is believed while size and times agree.
    let list = root.join(".kinora/cache/hashes.json");
    let told = blake3::hash(b"told").to_hex();
    let text = fs::read_to_string(&list).unwrap().replace(blake3::hash(b"first").to_hex().as_str(), &told);
    fs::write(&list, &text).unwrap();
    assert_eq!(FileHashes::load(root).hash(&clip).unwrap().to_hex(), told);

    let modified = fs::metadata(&clip).unwrap().modified().unwrap();
    fs::write(&clip, "other").unwrap();
    // Same size, and a copy tool that keeps times: the change is still seen.
    File::options().append(true).open(&clip).unwrap().set_modified(modified).unwrap();
    assert_eq!(FileHashes::load(root).hash(&clip).unwrap(), blake3::hash(b"other"));

    // A broken list is an empty one; a file that just changed is not remembered.
    fs::write(&list, "{\"clip.mp4\": 5").unwrap();
    let hashes = FileHashes::load(root);
    fs::write(&clip, "third").unwrap();
    assert_eq!(hashes.hash(&clip).unwrap(), blake3::hash(b"third"));
    hashes.save().unwrap();
    assert!(!fs::read_to_string(&list).unwrap().contains("clip.mp4"));
    assert!(hashes.hash(&root.join("missing.mp4")).is_err());
}
