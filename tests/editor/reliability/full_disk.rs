//! A disk without room: a clear error, nothing lost, and the same command succeeds once there is room.

use super::{
    kill::{clip, project},
    process::{Words, answer, run, words},
    whole::{Judge, copy, parts},
};
use crate::small_disk::SmallDisk;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A command that ran out of space says so, for a person and for a program.
fn assert_refused(project: &Path, command: &Words) {
    let said = run(project, command);
    assert_eq!(said.code, Some(1), "{command:?}: {}", said.json);
    assert_eq!(said.json["error"]["kind"], "disk_full", "{command:?}: {} {}", said.json, said.text);
    let told = said.text.to_lowercase();
    assert!(told.contains("disk is full") && told.contains("free "), "{command:?}: {}", said.text);
    assert_eq!(parts(project), Vec::<PathBuf>::new(), "{command:?} left unfinished files");
}

/// Runs a command with ever more room on the disk, until it succeeds. Each time it fails it has to say why, and `kept`
/// has to be as it was.
fn check(test: &str, prepared: &Path, commands: &[Words], kept: &str) {
    let Some(disk) = SmallDisk::mount("24m", &format!("reliability::full_disk::{test}")) else { return };
    let project = disk.path().join("film");
    copy(prepared, &project);
    let kept = project.join(kept);
    let old = fs::read(&kept).unwrap();
    let mut judge = Judge::default();
    for command in commands {
        let mut refused = 0;
        for left_kib in [0, 4, 12, 24, 48, 96, 192, 512, 2048] {
            let filler = disk.fill(left_kib << 10);
            let is_done = run(&project, command).code == Some(0);
            if !is_done {
                refused += 1;
                assert_refused(&project, command);
                assert!(fs::read(&kept).unwrap() == old, "{command:?} changed {}", kept.display());
                judge.look(&project);
            }
            fs::remove_file(filler).unwrap();
            if is_done {
                break;
            }
        }
        assert!(refused > 0, "{command:?} needed no room");
        answer(&project, command);
        assert_eq!(parts(&project), Vec::<PathBuf>::new());
        judge.look(&project);
    }
}

#[test]
fn a_render_without_room_keeps_the_old_render() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = project(folder.path());
    let first = clip(folder.path(), "a.mp4", "testsrc2=size=320x240:rate=25:duration=2");
    answer(&prepared, &words("shot", "add", &["1", "--clip", &first]));
    let render = words("render", "film", &[]);
    answer(&prepared, &render);
    let second = clip(folder.path(), "b.mp4", "testsrc=size=240x320:rate=25:duration=2");
    answer(&prepared, &words("shot", "add", &["1", "--clip", &second]));
    check("a_render_without_room_keeps_the_old_render", &prepared, &[render], "film_render.mp4");
}

#[test]
fn a_shot_without_room_keeps_its_takes() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = project(folder.path());
    answer(&prepared, &words("shot", "add", &["1", "--prompt", "Fog, slow pan left", "--duration", "1"]));
    let generate = words("generate", "shot", &["1", "1"]);
    answer(&prepared, &generate);
    let again = words("generate", "shot", &["1", "1", "--seed", "7"]);
    check("a_shot_without_room_keeps_its_takes", &prepared, &[again], "scenes/scene_001/shots/shot_001.mp4");
}

#[test]
fn a_save_without_room_keeps_the_scene() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = project(folder.path());
    answer(&prepared, &words("shot", "add", &["1", "--prompt", &"fog ".repeat(2_000)]));
    let set = words("shot", "set", &["1", "1", "--prompt", &"rain ".repeat(6_000)]);
    check("a_save_without_room_keeps_the_scene", &prepared, &[set], "scenes/scene_001/scene.json");
}
