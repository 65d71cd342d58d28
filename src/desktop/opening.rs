//! Reading and making projects, on a thread: a disk may sleep, and a long film takes its time. The film that is open stays
//! until the other one is there, and for good if it cannot be had.

use super::project;
use crate::{
    jobs::{JobAsk, OpenProject, StartJob, WakeUp},
    ui::{
        ask::{NewProject, Notice, Weight},
        overlays::{OpeningModel, folder_name, projects_folder},
        state::UiState,
    },
};
use bevy::{
    prelude::{Resource, World},
    window::RequestRedraw,
};
use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use kinora_core::{
    film::{Film, FilmError, ProjectFolder, validate_metadata},
    progress::CancelToken,
    screenplay::{self, ImportOptions},
    store::StoreError,
};
use std::{
    fmt,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// The sample screenplay, so that an installed Kinora has it too.
const SAMPLE: &str = include_str!("../../assets/samples/the-vampyre.fountain");
const SAMPLE_TITLE: &str = "The Vampyre";
/// Copies of the sample film that are looked for.
const MOST_COPIES: usize = 1000;
/// How long work on a film that was told to stop may hold its project: it has less.
const WAIT_LIMIT: Duration = Duration::from_secs(20);
const WAIT_STEP: Duration = Duration::from_millis(100);
/// How long the first frame waits for the film it is to show: most are there by then, and nothing has to flicker.
const FIRST_FRAME_WAIT: Duration = Duration::from_millis(200);

/// A project that is to be opened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// One that is there.
    Film(PathBuf),
    /// One that is to be made.
    New(NewProject),
    /// The sample film, in a folder under this one.
    Sample {
        /// Where films lie.
        parent: PathBuf,
        /// Whether to make another copy in any case.
        afresh: bool,
    },
}

impl Wanted {
    /// The sample film where the maker's films lie.
    pub(super) fn sample(afresh: bool) -> Self {
        Self::Sample { parent: projects_folder(), afresh }
    }

    /// What is done, in words.
    fn title(&self) -> String {
        match self {
            Self::Film(path) => format!("Opening {}", path.file_name().unwrap_or(path.as_os_str()).to_string_lossy()),
            Self::New(new) => format!("Making {}", new.title),
            Self::Sample { .. } => "Opening the sample film".to_owned(),
        }
    }
}

/// The project that is being opened or made, if there is one.
#[derive(Resource, Default)]
pub(super) struct Opening(Option<Running>);

/// What is under way. Whatever comes of it after this is dropped is dropped too, and with it the project's lock.
struct Running {
    news: Receiver<News>,
    cancel: CancelToken,
    /// Whether it makes files.
    makes: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// What the thread says.
enum News {
    /// Work on the project that was just closed still ends.
    Waits,
    /// It is over.
    Ended(Result<Found, Refusal>),
}

/// A project that is there now.
enum Found {
    /// The one that is open anyway.
    Same,
    /// Another one, with its lock.
    Project(Box<Project>),
}

struct Project {
    folder: ProjectFolder,
    film: Film,
    /// What to begin with.
    then: Option<JobAsk>,
    notice: Option<Notice>,
}

/// Why it cannot be had.
#[derive(Debug, PartialEq, Eq)]
struct Refusal {
    title: String,
    why: String,
}

impl Refusal {
    fn new(title: String, why: impl fmt::Display) -> Self {
        Self { title, why: why.to_string() }
    }
}

/// Begins with a project; what was under way before is given up.
pub(super) fn begin(world: &mut World, wanted: Wanted) {
    let model = OpeningModel { title: wanted.title(), detail: String::new(), since: Instant::now() };
    let open = world.get_resource::<OpenProject>().map(|open| open.0.root().to_path_buf());
    let wake = world.get_resource::<WakeUp>().cloned().unwrap_or_default();
    match start(wanted, open, wake) {
        Ok(running) => {
            world.resource_mut::<Opening>().0 = Some(running);
            world.resource_mut::<UiState>().overlays.opening = Some(model);
        }
        Err(error) => project::fail(world, format!("{} is not possible now", model.title), error.to_string()),
    }
}

/// Gives up what is under way.
pub(super) fn cancel(world: &mut World) {
    if let Some(running) = world.resource_mut::<Opening>().0.take() {
        let state = &mut *world.resource_mut::<UiState>();
        let title = state.overlays.opening.take().map_or_else(String::new, |opening| opening.title);
        let detail = if running.makes { "What was made of it by now lies in its folder." } else { "" };
        state.tell(Notice::new(Weight::Plain, format!("{title} was given up"), detail));
    }
}

/// Begins with the project the editor was started for, and lets a quick disk be there before the first frame.
pub(super) fn begin_on_start(world: &mut World, path: PathBuf) {
    begin(world, Wanted::Film(path));
    let news = world.resource::<Opening>().0.as_ref().map(|running| running.news.clone());
    if let Some(Ok(news)) = news.map(|news| news.recv_timeout(FIRST_FRAME_WAIT)) {
        take_in(world, news);
    }
}

/// Hears how it goes.
pub(super) fn hear(world: &mut World) {
    while let Some(running) = &world.resource::<Opening>().0 {
        match running.news.try_recv() {
            Ok(news) => take_in(world, news),
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => {
                let why = "Its thread ended without an answer: try again, and look into the log.";
                take_in(world, News::Ended(Err(Refusal::new("The project cannot be opened".to_owned(), why))));
            }
        }
    }
}

fn take_in(world: &mut World, news: News) {
    let result = match news {
        News::Waits => {
            if let Some(opening) = &mut world.resource_mut::<UiState>().overlays.opening {
                opening.detail = "What ran on it is still ending".to_owned();
            }
            return;
        }
        News::Ended(result) => result,
    };
    world.resource_mut::<Opening>().0 = None;
    world.resource_mut::<UiState>().overlays.opening = None;
    match result {
        Ok(Found::Same) => {}
        Ok(Found::Project(found)) => {
            let Project { folder, film, then, notice } = *found;
            // What is meant for this film must not come to the one that stays open.
            if project::show(world, folder, &film) {
                if let Some(notice) = notice {
                    world.resource_mut::<UiState>().tell(notice);
                }
                if let Some(ask) = then {
                    world.write_message(StartJob::new(ask));
                }
            }
        }
        Err(Refusal { title, why }) => project::fail(world, title, why),
    }
    // What was laid out in this frame is seen in the next.
    world.write_message(RequestRedraw);
}

fn start(wanted: Wanted, open: Option<PathBuf>, wake: WakeUp) -> std::io::Result<Running> {
    let cancel = CancelToken::default();
    let makes = !matches!(wanted, Wanted::Film(_));
    // It waits once and ends once: nothing it says ever has to wait.
    let (tell, news) = bounded(2);
    let token = cancel.clone();
    thread::Builder::new().name("kinora-opening".to_owned()).spawn(move || {
        let work = Work { open, cancel: token, tell, wake };
        let result = work.get(wanted);
        // Nobody waits for it any more: the project is let go of at once.
        work.say(News::Ended(result));
    })?;
    Ok(Running { news, cancel, makes })
}

/// What the thread has.
struct Work {
    /// The project that is open in the window.
    open: Option<PathBuf>,
    cancel: CancelToken,
    tell: Sender<News>,
    wake: WakeUp,
}

impl Work {
    fn say(&self, news: News) {
        if self.tell.try_send(news).is_ok() {
            (self.wake.0)();
        }
    }

    fn get(&self, wanted: Wanted) -> Result<Found, Refusal> {
        match wanted {
            Wanted::Film(path) => self.read(&path),
            Wanted::New(new) => make(new),
            Wanted::Sample { parent, afresh } => match sample_place(&parent, afresh) {
                SamplePlace::Known(path) => self.read(&path).map(|found| found.saying(known_sample(&path))),
                SamplePlace::Free(path) => make_sample(&path),
            },
        }
    }

    fn read(&self, path: &Path) -> Result<Found, Refusal> {
        // A folder can be opened once: opening the one that is open would wait for itself.
        if self.open.as_ref().is_some_and(|open| same_place(open, path)) {
            return Ok(Found::Same);
        }
        let since = Instant::now();
        let mut has_said = false;
        loop {
            match ProjectFolder::open(path) {
                Ok((folder, film)) => return Ok(Found::project(folder, film, None)),
                Err(error)
                    if is_locked_by_us(&error) && since.elapsed() < WAIT_LIMIT && !self.cancel.is_cancelled() =>
                {
                    if !std::mem::replace(&mut has_said, true) {
                        self.say(News::Waits);
                    }
                    thread::sleep(WAIT_STEP);
                }
                Err(error) => return Err(Refusal::new(format!("{} cannot be opened", path.display()), error)),
            }
        }
    }
}

impl Found {
    fn project(folder: ProjectFolder, film: Film, then: Option<JobAsk>) -> Self {
        Self::Project(Box::new(Project { folder, film, then, notice: None }))
    }

    fn saying(mut self, notice: Notice) -> Self {
        if let Self::Project(project) = &mut self {
            project.notice = Some(notice);
        }
        self
    }
}

fn is_locked_by_us(error: &FilmError) -> bool {
    let FilmError::Store(StoreError::Locked { holder, .. }) = error else { return false };
    // Without a name it was taken this very moment, and the next look tells by whom.
    holder.as_ref().is_none_or(|holder| holder.pid == std::process::id())
}

fn same_place(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

fn make(new: NewProject) -> Result<Found, Refusal> {
    let mut film = Film::default();
    film.metadata.title.clone_from(&new.title);
    (film.metadata.rate, film.metadata.size) = (new.rate, new.size);
    let title = || format!("{} cannot be made", new.folder.display());
    if let Some(problem) = validate_metadata("metadata.json", &film.metadata).into_iter().next() {
        return Err(Refusal::new(title(), format!("{}: {}. {}", problem.place, problem.message, problem.fix)));
    }
    let folder = ProjectFolder::create(&new.folder, &film).map_err(|error| Refusal::new(title(), error))?;
    Ok(Found::project(folder, film, new.screenplay.map(|path| JobAsk::ImportScreenplay { path })))
}

/// Where the sample film is, or where it comes to be.
#[derive(Debug, PartialEq, Eq)]
enum SamplePlace {
    Known(PathBuf),
    Free(PathBuf),
}

fn sample_place(parent: &Path, afresh: bool) -> SamplePlace {
    let name = folder_name(SAMPLE_TITLE);
    let plain = parent.join(&name);
    let places = || {
        let numbered = (2..MOST_COPIES).map(|number| parent.join(format!("{name} {number}")));
        std::iter::once(plain.clone()).chain(numbered)
    };
    let known = || places().find(|place| place.join("metadata.json").is_file());
    if let Some(known) = (!afresh).then(known).flatten() {
        return SamplePlace::Known(known);
    }
    SamplePlace::Free(places().find(|place| place.symlink_metadata().is_err()).unwrap_or_else(|| plain.clone()))
}

fn known_sample(path: &Path) -> Notice {
    let detail =
        format!("It lies in {}. “Start the sample afresh” in the File menu makes another one.", path.display());
    Notice::new(Weight::Plain, "This is your copy of the sample film", detail)
}

/// Makes a project of the sample screenplay; what it lacks is generated once it is open.
fn make_sample(path: &Path) -> Result<Found, Refusal> {
    let title = || "The sample film cannot be made".to_owned();
    let screenplay = screenplay::parse(SAMPLE).map_err(|error| Refusal::new(title(), error))?;
    let film = screenplay::to_film(&screenplay, &ImportOptions::default()).0;
    let folder = ProjectFolder::create(path, &film).map_err(|error| Refusal::new(title(), error))?;
    Ok(Found::project(folder, film, Some(JobAsk::CompleteFilm)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::{film::FrameSize, time::FrameRate};

    fn new(folder: PathBuf) -> NewProject {
        NewProject {
            folder,
            title: "Storm".to_owned(),
            rate: FrameRate::FPS_24,
            size: FrameSize { width: 320, height: 180 },
            screenplay: None,
        }
    }

    fn run(wanted: Wanted, open: Option<PathBuf>) -> Running {
        start(wanted, open, WakeUp::default()).unwrap()
    }

    /// How it ends.
    fn end(running: &Running) -> Result<Found, Refusal> {
        loop {
            if let News::Ended(result) = running.news.recv().unwrap() {
                return result;
            }
        }
    }

    fn project(found: Result<Found, Refusal>) -> Box<Project> {
        match found {
            Ok(Found::Project(project)) => project,
            Ok(Found::Same) => panic!("it is said to be open"),
            Err(refusal) => panic!("{refusal:?}"),
        }
    }

    #[test]
    fn a_project_is_made_and_opened_behind_the_window() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("storm");
        let made = project(end(&run(Wanted::New(new(path.clone())), None)));
        assert_eq!((made.film.metadata.title.as_str(), made.then), ("Storm", None));
        drop(made.folder);
        let opened = project(end(&run(Wanted::Film(path.clone()), None)));
        assert_eq!(opened.film.metadata.title, "Storm");
        // The one that is open is not opened again, by whatever name.
        let same = end(&run(Wanted::Film(path.join("..").join("storm")), Some(path.clone())));
        assert!(matches!(same, Ok(Found::Same)));
        // A screenplay is brought in once the film is open.
        let with = NewProject { screenplay: Some("/a.fountain".into()), ..new(home.path().join("other")) };
        let then = project(end(&run(Wanted::New(with), None))).then;
        assert_eq!(then, Some(JobAsk::ImportScreenplay { path: "/a.fountain".into() }));
    }

    #[test]
    fn what_cannot_be_had_says_why() {
        let home = tempfile::tempdir().unwrap();
        let refusal = |wanted| end(&run(wanted, None)).err().unwrap();
        let nothing = home.path().join("nothing");
        assert_eq!(refusal(Wanted::Film(nothing.clone())).title, format!("{} cannot be opened", nothing.display()));
        let path = home.path().join("storm");
        drop(project(end(&run(Wanted::New(new(path.clone())), None))));
        let taken = refusal(Wanted::New(new(path.clone())));
        assert_eq!(taken.title, format!("{} cannot be made", path.display()));
        let thin = NewProject { size: FrameSize { width: 0, height: 180 }, ..new(home.path().join("thin")) };
        assert!(refusal(Wanted::New(thin)).why.contains("size.width"));
    }

    #[test]
    fn a_project_that_is_being_let_go_of_is_waited_for() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("storm");
        let made = project(end(&run(Wanted::New(new(path.clone())), None)));
        let running = run(Wanted::Film(path), None);
        assert!(matches!(running.news.recv().unwrap(), News::Waits));
        drop(made);
        assert_eq!(project(end(&running)).film.metadata.title, "Storm");
    }

    #[test]
    fn what_is_given_up_keeps_no_lock() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("storm");
        let held = project(end(&run(Wanted::New(new(path.clone())), None)));
        let running = run(Wanted::Film(path.clone()), None);
        assert!(matches!(running.news.recv().unwrap(), News::Waits));
        running.cancel.cancel();
        // It answers at once, where it would have waited for the lock.
        assert!(end(&running).is_err());
        drop((running, held));
        // Nobody takes this one: the thread lets go of it by itself.
        drop(run(Wanted::Film(path.clone()), None));
        assert_eq!(project(end(&run(Wanted::Film(path), None))).film.metadata.title, "Storm");
    }

    #[test]
    fn the_sample_film_is_made_once_and_opened_after_that() {
        let home = tempfile::tempdir().unwrap();
        let parent = home.path();
        let (first, second) = (parent.join("The Vampyre"), parent.join("The Vampyre 2"));
        let sample = |afresh| Wanted::Sample { parent: parent.to_path_buf(), afresh };
        assert_eq!(sample_place(parent, false), SamplePlace::Free(first.clone()));
        let made = project(end(&run(sample(false), None)));
        assert_eq!((made.folder.root(), &made.then), (first.as_path(), &Some(JobAsk::CompleteFilm)));
        assert_eq!(made.notice, None);
        drop(made);
        let again = project(end(&run(sample(false), None)));
        assert_eq!((again.folder.root(), &again.then), (first.as_path(), &None));
        assert!(again.notice.is_some_and(|notice| notice.detail.contains("The Vampyre")));
        drop(again.folder);
        let afresh = project(end(&run(sample(true), None)));
        assert_eq!((afresh.folder.root(), &afresh.then), (second.as_path(), &Some(JobAsk::CompleteFilm)));
        // A folder of the same name that is no project stays what it is.
        let other = tempfile::tempdir().unwrap();
        std::fs::create_dir(other.path().join("The Vampyre")).unwrap();
        assert_eq!(sample_place(other.path(), false), SamplePlace::Free(other.path().join("The Vampyre 2")));
    }
}
