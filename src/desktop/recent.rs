//! What is known of the projects on the welcome screen before one of them is opened: a picture, and whether its last run
//! was cut short. They are looked at on a thread, because a disk may sleep, and without their lock, because another
//! Kinora may work on them.

use crate::{
    jobs::{OpenProject, WakeUp},
    ui::{
        overlays::{Ending, RecentLook},
        state::UiState,
    },
};
use bevy::prelude::{Res, ResMut, Resource};
use crossbeam_channel::{Receiver, TryRecvError, bounded};
use jiff::{Timestamp, tz::TimeZone};
use kinora_core::{film::ProjectLayout, store::LockHolder};
use serde_json::Value;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    thread,
    time::SystemTime,
};

/// Answers that may wait at once.
const MOST_WAITING: usize = 16;
/// Entries of a folder that are looked at for a picture.
const MOST_LOOKED_AT: usize = 64;
/// A journal is two seconds of work: of a longer one this much is read.
const MOST_JOURNAL_BYTES: u64 = 16 << 20;
const MOST_LINES: usize = 20_000;

/// The thread that looks, and what it was asked for.
#[derive(Resource, Default)]
pub(super) struct RecentDesk {
    asked: Vec<PathBuf>,
    news: Option<Receiver<(PathBuf, RecentLook)>>,
}

/// While no film is open, looks at every project on the list once, and again after the next film was closed.
pub(super) fn look_at_recent(
    open: Option<Res<'_, OpenProject>>,
    wake: Option<Res<'_, WakeUp>>,
    mut desk: ResMut<'_, RecentDesk>,
    mut state: ResMut<'_, UiState>,
) {
    if open.is_some() {
        if !desk.asked.is_empty() {
            *desk = RecentDesk::default();
        }
        return;
    }
    while let Some(news) = &desk.news {
        match news.try_recv() {
            Ok((path, look)) => drop(state.overlays.looked.insert(path, look)),
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => desk.news = None,
        }
    }
    let projects = state.overlays.recent.clone();
    if projects.iter().all(|path| desk.asked.contains(path)) {
        return;
    }
    // What was found before a film was opened says nothing of how it was left.
    state.overlays.looked.retain(|path, _| desk.asked.contains(path));
    desk.asked.clone_from(&projects);
    let (tell, news) = bounded(MOST_WAITING);
    let wake = wake.map(|wake| WakeUp::clone(&wake)).unwrap_or_default();
    let started = thread::Builder::new().name("kinora-recent".to_owned()).spawn(move || {
        let zone = local_zone();
        for path in projects {
            let look = look(&path, zone.as_ref());
            // Nobody waits for it once a film is open.
            if tell.send((path, look)).is_err() {
                return;
            }
            (wake.0)();
        }
    });
    match started {
        Ok(_) => desk.news = Some(news),
        Err(error) => tracing::warn!("recent projects are listed without pictures: {error}"),
    }
}

fn look(project: &Path, zone: Option<&TimeZone>) -> RecentLook {
    RecentLook { picture: some_frame(project), ending: ending_of(project, zone) }
}

/// How the last run with a project ended. The journal is there from the moment a project is opened until it is closed, and
/// holds what no save holds yet.
fn ending_of(project: &Path, zone: Option<&TimeZone>) -> Ending {
    let journal = ProjectLayout::new(project).hidden_dir().join("journal.jsonl");
    let Ok(found) = journal.symlink_metadata() else { return Ending::Good };
    if !found.is_file() || LockHolder::last_of(project).is_some_and(|holder| holder.is_at_work()) {
        return Ending::Good;
    }
    let at = found.modified().map_or_else(|_| String::new(), |at| when(at, SystemTime::now(), zone));
    if holds_changes(&journal) { Ending::Unsaved { at } } else { Ending::CutShort { at } }
}

/// Whether a journal holds a change that can be done again: one that no later line says is settled.
fn holds_changes(journal: &Path) -> bool {
    let Ok(file) = File::open(journal) else { return false };
    let lines = BufReader::new(file.take(MOST_JOURNAL_BYTES)).lines().take(MOST_LINES).map_while(Result::ok);
    let mut is_left = Vec::new();
    // The last line may have been cut short with the run.
    for line in lines.map_while(|line| serde_json::from_str::<Value>(&line).ok()) {
        if line.get("operator").is_some_and(Value::is_string) {
            is_left.push(true);
        }
        for settled in line.get("settled").and_then(Value::as_array).into_iter().flatten() {
            let place = |name: &str| settled.get(name).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
            let (Some(start), Some(end)) = (place("start"), place("end")) else { continue };
            let end = end.min(is_left.len());
            is_left.get_mut(start..end).into_iter().flatten().for_each(|left| *left = false);
        }
    }
    is_left.contains(&true)
}

/// The zone of this computer's clock, where the system says it.
fn local_zone() -> Option<TimeZone> {
    let data = std::fs::read("/etc/localtime").ok()?;
    TimeZone::tzif("local", &data).ok()
}

/// A moment as one speaks of it: `14:03`, `28 Nov, 14:03`; without a zone `5 minutes ago`.
fn when(at: SystemTime, now: SystemTime, zone: Option<&TimeZone>) -> String {
    let (Ok(moment), Ok(today)) = (Timestamp::try_from(at), Timestamp::try_from(now)) else { return String::new() };
    let Some(zone) = zone else { return ago(now.duration_since(at).unwrap_or_default().as_secs()) };
    let (moment, today) = (moment.to_zoned(zone.clone()), today.to_zoned(zone.clone()));
    let format = if moment.date() == today.date() { "%H:%M" } else { "%-d %b, %H:%M" };
    moment.strftime(format).to_string()
}

fn ago(secs: u64) -> String {
    let (number, unit) = match secs {
        0..60 => return "a moment ago".to_owned(),
        60..3600 => (secs / 60, "minute"),
        3600..86_400 => (secs / 3600, "hour"),
        _ => (secs / 86_400, "day"),
    };
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}

/// A first frame of a project's first scene that has one.
fn some_frame(project: &Path) -> Option<PathBuf> {
    let listed = |folder: &Path| -> Vec<PathBuf> {
        let entries = folder.read_dir().into_iter().flatten().filter_map(Result::ok).take(MOST_LOOKED_AT);
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    };
    let frames = listed(&project.join("scenes")).into_iter().flat_map(|scene| listed(&scene.join("frames")));
    let mut frames = frames.take(MOST_LOOKED_AT);
    frames.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("_first.png")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy::prelude::{App, Update};
    use std::{fs, io::Write, time::Duration};

    fn journal(project: &Path, text: &str) {
        let hidden = project.join(".kinora");
        fs::create_dir_all(&hidden).unwrap();
        let mut file =
            File::options().write(true).create(true).truncate(true).open(hidden.join("journal.jsonl")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn an_ending_is_read_from_what_the_run_left() {
        let home = tempfile::tempdir().unwrap();
        let project = home.path();
        let ending = || ending_of(project, None);
        let at = || "a moment ago".to_owned();
        assert_eq!(ending(), Ending::Good);
        journal(project, "");
        assert_eq!(ending(), Ending::CutShort { at: at() });
        journal(project, "{\"operator\": \"shot.s");
        assert_eq!(ending(), Ending::CutShort { at: at() });
        journal(project, "{\"operator\":\"shot.set\",\"params\":{}}\n{\"operat");
        assert_eq!(ending(), Ending::Unsaved { at: at() });
        let done = "{\"operator\":\"shot.set\",\"params\":{}}\n";
        journal(project, &format!("{done}{done}{{\"settled\":[{{\"start\":0,\"end\":9}}]}}\n"));
        assert_eq!(ending(), Ending::CutShort { at: at() });
        journal(project, &format!("{done}{{\"settled\":[{{\"start\":0,\"end\":1}}]}}\n{done}"));
        assert_eq!(ending(), Ending::Unsaved { at: at() });
        // The lock is neither taken nor missed.
        let lock = kinora_core::store::ProjectLock::acquire(project).unwrap();
        assert_eq!(ending(), Ending::Unsaved { at: at() });
        drop(lock);
    }

    #[test]
    fn moments_are_said_as_one_speaks_of_them() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_424_980);
        let before = |secs: u64| now - Duration::from_secs(secs);
        let zone = TimeZone::UTC;
        assert_eq!(when(before(60), now, Some(&zone)), "14:02");
        assert_eq!(when(before(15 * 3600), now, Some(&zone)), "28 Nov, 23:03");
        for (secs, words) in [(5, "a moment ago"), (61, "1 minute ago"), (7200, "2 hours ago"), (90_000, "1 day ago")] {
            assert_eq!(when(before(secs), now, None), words);
        }
    }

    #[test]
    fn every_project_on_the_list_is_looked_at_on_a_thread() {
        let home = tempfile::tempdir().unwrap();
        let [lost, fine] = ["lost", "fine"].map(|name| home.path().join(name));
        journal(&lost, "{\"operator\":\"shot.set\",\"params\":{}}\n");
        fs::create_dir_all(fine.join("scenes/scene_001/frames")).unwrap();
        let frame = fine.join("scenes/scene_001/frames/shot_001_first.png");
        File::options().write(true).create_new(true).open(&frame).unwrap();
        let mut app = App::new();
        app.init_resource::<RecentDesk>().init_resource::<UiState>().add_systems(Update, look_at_recent);
        app.world_mut().resource_mut::<UiState>().overlays.recent = vec![fine.clone(), lost.clone()];
        while app.world().resource::<UiState>().overlays.looked.len() < 2 {
            app.update();
            thread::yield_now();
        }
        let looked = &app.world().resource::<UiState>().overlays.looked;
        assert_eq!(looked[&fine], RecentLook { picture: Some(frame), ending: Ending::Good });
        assert!(matches!(looked[&lost].ending, Ending::Unsaved { .. }));
    }
}
