//! Reads a whole project without changing a byte of it, and lists everything that is wrong with its JSON files.

use super::{
    CharactersFile, Film, FilmError, FilmScene, Metadata, Problem, ProjectLayout, ProjectPath, SCHEMA_VERSION,
    Settings,
    layout::{CHARACTERS, METADATA, SCENES, SETTINGS, scene_file_name},
    limits,
    links::{FolderLinks, Found, LinkGuard},
    migrate,
    parse::{Parsed, parse},
    read::{locate_all, read_file},
    validate,
};
use crate::{ids::SceneId, store::StoreError};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt, fs,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

/// Threads that read scene files; more do not help a disk.
const MAX_READERS: usize = 8;
/// Folders in `scenes` that are looked at: a few more than the scenes a film may have.
const MAX_SCENE_FOLDERS: usize = limits::MAX_SCENES * 2;

/// Something worth telling about a project that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenNote {
    /// A scene folder that `metadata.json` does not list was put at the end of the film.
    AdoptedScene(SceneId),
    /// A scene that `metadata.json` lists has no `scene.json`: the film goes on without it.
    MissingScene(SceneId),
    /// The files have an older schema version; they are brought up to date when the project is first saved.
    Migrated {
        /// The version found.
        from: u32,
    },
}

impl fmt::Display for OpenNote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AdoptedScene(scene_id) => {
                write!(formatter, "metadata.json did not list {scene_id}: it was put at the end of the film")
            }
            Self::MissingScene(scene_id) => {
                write!(
                    formatter,
                    "metadata.json lists {scene_id}, which has no scene.json: the film goes on without it"
                )
            }
            Self::Migrated { from } => {
                write!(
                    formatter,
                    "the files had the older version {from} and are brought up to date when they are saved"
                )
            }
        }
    }
}

/// A project as read.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) film: Film,
    /// What is wrong with the JSON files. Any error among them means that `film` is not the whole film.
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<OpenNote>,
    /// `scene_order` as written; that of `film` names the scenes that were read.
    pub(super) listed: Vec<SceneId>,
    /// The older schema version, if the project has one.
    pub(super) migrated_from: Option<u32>,
    /// Places, by file, that were made up because what stood there could not be read.
    pub(super) repaired: BTreeMap<String, BTreeSet<String>>,
}

/// Reads a project. Broken content is listed, not an error.
///
/// # Errors
/// [`FilmError::NotAProject`], [`FilmError::Newer`], or [`FilmError::Store`] if the folder cannot be read at all.
pub(super) fn load(root: &Path) -> Result<Loaded, FilmError> {
    let layout = ProjectLayout::new(root);
    if layout.metadata_file().symlink_metadata().is_err() {
        return Err(FilmError::NotAProject { root: root.to_path_buf() });
    }
    let mut guard = LinkGuard::new(root).map_err(|source| StoreError::from_io("open", root, source))?;
    let mut loaded = Loaded::default();
    let metadata_text = read_file(&mut guard, root, METADATA, &mut loaded.problems);
    let version = schema_version(root, metadata_text.as_deref())?;
    loaded.migrated_from = (version < SCHEMA_VERSION).then_some(version);

    let upgrade_metadata = |value| migrate::metadata(value, version);
    let parsed = take_text(&mut loaded, METADATA, metadata_text, Some(&upgrade_metadata));
    let metadata_is_sound = parsed.is_some();
    loaded.film.metadata = match parsed {
        Some(metadata) => validated(&mut loaded, METADATA, metadata, validate::validate_metadata),
        None => Metadata::default(),
    };
    loaded.film.metadata.schema_version = SCHEMA_VERSION;

    let text = read_file(&mut guard, root, SETTINGS, &mut loaded.problems);
    let upgrade_settings = |value| migrate::settings(value, version);
    let parsed: Option<Settings> = take_text(&mut loaded, SETTINGS, text, Some(&upgrade_settings));
    loaded.film.settings = parsed
        .map(|settings| validated(&mut loaded, SETTINGS, settings, validate::validate_settings))
        .unwrap_or_default();

    let text = read_file(&mut guard, root, CHARACTERS, &mut loaded.problems);
    let upgrade_characters = |value| migrate::characters(value, version);
    let parsed: Option<CharactersFile> = take_text(&mut loaded, CHARACTERS, text, Some(&upgrade_characters));
    loaded.film.characters = parsed
        .map(|file| validated(&mut loaded, CHARACTERS, file.0, |file, list| validate::validate_characters(file, list)))
        .unwrap_or_default();
    for (index, character) in loaded.film.characters.iter().enumerate() {
        for (number, path) in character.portrait_paths.iter().enumerate() {
            if guard.look(path, root) == Found::Outside {
                let place = format!("[{index}].portrait_paths[{number}]");
                loaded.problems.push(LinkGuard::problem(CHARACTERS, place, path.as_str()));
            }
        }
    }
    loaded.listed.clone_from(&loaded.film.metadata.scene_order);
    load_scenes(root, version, metadata_is_sound, &mut loaded)?;
    locate_all(root, &mut loaded.problems);
    if let Some(from) = loaded.migrated_from {
        loaded.notes.push(OpenNote::Migrated { from });
    }
    Ok(loaded)
}

/// Finds the scenes, listed or not, and reads them on several threads.
fn load_scenes(root: &Path, version: u32, metadata_is_sound: bool, loaded: &mut Loaded) -> Result<(), FilmError> {
    let on_disk = scenes_on_disk(root, &mut loaded.problems)?;
    let mut listed = HashSet::new();
    // A scene listed twice is an error that is already said; it is read once.
    let mut scene_ids = loaded.film.metadata.scene_order.clone();
    scene_ids.retain(|scene_id| listed.insert(scene_id.clone()));
    let adopted: Vec<_> = on_disk.into_iter().filter(|scene_id| !listed.contains(scene_id)).collect();
    scene_ids.extend(adopted.iter().cloned());
    if scene_ids.len() > limits::MAX_SCENES {
        let message = format!("{} scenes, more than the limit of {}", scene_ids.len(), limits::MAX_SCENES);
        loaded.problems.push(Problem::error(SCENES, "", message, "split the film into several projects"));
        return Ok(());
    }
    // Without a list nothing is adopted, and a bare project of the first format may leave the order to the names.
    let order_is_new = !metadata_is_sound || (loaded.migrated_from.is_some() && listed.is_empty());

    let readers = Readers { root, version, shots: AtomicUsize::new(0), bytes: AtomicU64::new(0) };
    for (scene_id, read) in scene_ids.iter().zip(readers.read_all(&scene_ids)?) {
        let file = scene_file_name(scene_id);
        loaded.problems.extend(read.problems);
        if !read.repaired.is_empty() {
            loaded.repaired.insert(file, read.repaired);
        }
        match read.scene {
            Some(scene) => {
                if !listed.contains(scene_id) && !order_is_new {
                    loaded.notes.push(OpenNote::AdoptedScene(scene_id.clone()));
                }
                loaded.film.scenes.push(scene);
            }
            None if read.missing => loaded.notes.push(OpenNote::MissingScene(scene_id.clone())),
            None => {}
        }
    }
    let shots = readers.shots.into_inner();
    if shots > limits::MAX_SHOTS {
        let message = format!("{shots} shots or more, above the limit of {}", limits::MAX_SHOTS);
        loaded.problems.push(Problem::error(SCENES, "", message, "split the film into several projects"));
    }
    let bytes = readers.bytes.into_inner();
    if bytes > limits::MAX_PROJECT_BYTES {
        let message = format!("the scene files hold more than {} bytes", limits::MAX_PROJECT_BYTES);
        loaded.problems.push(Problem::error(SCENES, "", message, "split the film into several projects"));
    }
    loaded.film.metadata.scene_order = loaded.film.scenes.iter().map(|scene| scene.scene_id.clone()).collect();
    Ok(())
}

/// The names of the scene folders that hold a `scene.json`, in the order of their numbers.
fn scenes_on_disk(root: &Path, problems: &mut Vec<Problem>) -> Result<Vec<SceneId>, FilmError> {
    let folder = root.join(SCENES);
    match folder.symlink_metadata() {
        Err(_) => return Ok(Vec::new()),
        // Scenes that are listed are looked at one by one; a linked folder is not searched for others.
        Ok(stat) if !stat.is_dir() => return Ok(Vec::new()),
        Ok(_) => {}
    }
    let entries = fs::read_dir(&folder).map_err(|source| StoreError::from_io("list", &folder, source))?;
    let mut found = Vec::new();
    for (number, entry) in entries.flatten().enumerate() {
        if number >= MAX_SCENE_FOLDERS {
            let message = format!("more than {MAX_SCENE_FOLDERS} entries in the folder");
            problems.push(Problem::error(SCENES, "", message, "remove what is no scene"));
            break;
        }
        let scene_id = entry.file_name().to_str().and_then(|name| SceneId::new(name).ok());
        if let Some(scene_id) = scene_id
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
            && entry.path().join("scene.json").symlink_metadata().is_ok()
        {
            found.push(scene_id);
        }
    }
    found.sort_by(|left, right| (left.number(), left).cmp(&(right.number(), right)));
    Ok(found)
}

/// One scene as read.
#[derive(Default)]
struct SceneRead {
    scene: Option<FilmScene>,
    missing: bool,
    problems: Vec<Problem>,
    repaired: BTreeSet<String>,
}

/// What the reading threads share.
struct Readers<'a> {
    root: &'a Path,
    version: u32,
    shots: AtomicUsize,
    bytes: AtomicU64,
}

impl Readers<'_> {
    fn read_all(&self, scene_ids: &[SceneId]) -> Result<Vec<SceneRead>, FilmError> {
        let slots: Vec<Mutex<SceneRead>> = scene_ids.iter().map(|_| Mutex::default()).collect();
        let next = AtomicUsize::new(0);
        let guard = LinkGuard::new(self.root).map_err(|source| StoreError::from_io("open", self.root, source))?;
        let work = || {
            let mut guard = guard.clone();
            while let Some((scene_id, slot)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                scene_ids.get(index).zip(slots.get(index))
            } {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = self.read_scene(scene_id, &mut guard);
            }
        };
        let readers = thread::available_parallelism().map_or(1, usize::from).min(MAX_READERS).min(scene_ids.len() / 16);
        thread::scope(|scope| {
            for number in 0..readers.saturating_sub(1) {
                let name = format!("kinora-open-{number}");
                // A machine that is out of threads reads on this one.
                let _ = thread::Builder::new().name(name).spawn_scoped(scope, work);
            }
            work();
        });
        Ok(slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner)).collect())
    }

    fn read_scene(&self, scene_id: &SceneId, guard: &mut LinkGuard) -> SceneRead {
        let mut read = SceneRead::default();
        // Once the film is too big the rest is not read: that it is too big is said by the caller.
        if self.shots.load(Ordering::Relaxed) > limits::MAX_SHOTS
            || self.bytes.load(Ordering::Relaxed) > limits::MAX_PROJECT_BYTES
        {
            return read;
        }
        let file = scene_file_name(scene_id);
        let Some(text) = read_file(guard, self.root, &file, &mut read.problems) else {
            read.missing = read.problems.is_empty();
            return read;
        };
        self.bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        let upgrade = |value: Value| migrate::scene(value, self.version, scene_id);
        let upgrade: Option<&dyn Fn(Value) -> Value> =
            if self.version < SCHEMA_VERSION { Some(&upgrade) } else { None };
        let parsed: Parsed<FilmScene> = parse(&file, &text, upgrade);
        read.problems.extend(parsed.problems);
        read.repaired = parsed.repaired;
        if let Some(mut scene) = parsed.value {
            self.shots.fetch_add(scene.shots.len(), Ordering::Relaxed);
            let mut found = validate::validate_scene(&file, &scene);
            if scene.scene_id != *scene_id {
                let message = format!("the scene is called {} but lies in the folder {scene_id}", scene.scene_id);
                let fix = "give the folder and the scene the same name";
                found.push(Problem::error(file.as_str(), "scene_id", message, fix));
                scene.scene_id = scene_id.clone();
            }
            let folder = self.root.join(SCENES).join(scene_id.as_str());
            let mut links = FolderLinks::new(guard, &folder);
            for_each_path(&scene, |place, path| {
                if links.leaves(path) {
                    found.push(LinkGuard::problem(&file, place(), path.as_str()));
                }
            });
            found.retain(|problem| !is_repaired(&read.repaired, &problem.place));
            read.problems.append(&mut found);
            read.scene = Some(scene);
        }
        read
    }
}

/// Calls `visit` with the place and the value of every path in a scene, all relative to the scene's folder.
pub(super) fn for_each_path(scene: &FilmScene, mut visit: impl FnMut(&dyn Fn() -> String, &ProjectPath)) {
    for (index, shot) in scene.shots.iter().enumerate() {
        for (name, path) in [
            ("file_path", &shot.file_path),
            ("first_frame_path", &shot.first_frame_path),
            ("last_frame_path", &shot.last_frame_path),
            ("reference_first_frame_path", &shot.reference_first_frame_path),
            ("reference_last_frame_path", &shot.reference_last_frame_path),
        ] {
            if let Some(path) = path {
                visit(&|| format!("shots[{index}].{name}"), path);
            }
        }
        for (number, take) in shot.takes.iter().enumerate() {
            visit(&|| format!("shots[{index}].takes[{number}].file_path"), &take.file_path);
        }
    }
    for lane in super::AudioLane::ALL {
        if let Some(path) = scene.audio_tracks.lane(lane) {
            visit(&|| format!("audio_tracks.{}", lane.as_str()), path);
        }
    }
    for (index, line) in scene.voice_lines.iter().enumerate() {
        if let Some(path) = &line.file_path {
            visit(&|| format!("voice_lines[{index}].file_path"), path);
        }
    }
}

/// Whether a place, or what it lies in, was made up by the repair.
pub(super) fn is_repaired(repaired: &BTreeSet<String>, place: &str) -> bool {
    repaired.iter().any(|made_up| {
        place.strip_prefix(made_up.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    })
}

/// The schema version in a `metadata.json`: 0 if it names none. Text that is no JSON is left to the parser.
fn schema_version(root: &Path, text: Option<&[u8]>) -> Result<u32, FilmError> {
    let parsed: Parsed<Value> = parse(METADATA, text.unwrap_or(b"{\"schema_version\": 1}"), None);
    match parsed.value.as_ref().and_then(|metadata| metadata.as_object()).map(|members| members.get("schema_version")) {
        Some(None | Some(Value::Null)) => Ok(0),
        Some(Some(Value::Number(number))) => match number.as_u64() {
            Some(found) if found > u64::from(SCHEMA_VERSION) => {
                Err(FilmError::Newer { file: root.join(METADATA), found })
            }
            Some(found) => Ok(u32::try_from(found).unwrap_or(SCHEMA_VERSION)),
            None => Ok(SCHEMA_VERSION),
        },
        _ => Ok(SCHEMA_VERSION),
    }
}

/// Parses a file's text and files away what was found.
fn take_text<T: DeserializeOwned>(
    loaded: &mut Loaded,
    file: &str,
    text: Option<Vec<u8>>,
    upgrade: Option<&dyn Fn(Value) -> Value>,
) -> Option<T> {
    let text = text?;
    let parsed: Parsed<T> = parse(file, &text, upgrade.filter(|_| loaded.migrated_from.is_some()));
    loaded.problems.extend(parsed.problems);
    if !parsed.repaired.is_empty() {
        loaded.repaired.insert(file.to_owned(), parsed.repaired);
    }
    parsed.value
}

/// Adds what the rules say about a file's content, except about places that were made up by the repair.
fn validated<T>(loaded: &mut Loaded, file: &str, value: T, rules: impl Fn(&str, &T) -> Vec<Problem>) -> T {
    let repaired = loaded.repaired.get(file);
    let is_new = |problem: &Problem| repaired.is_none_or(|repaired| !is_repaired(repaired, &problem.place));
    loaded.problems.extend(rules(file, &value).into_iter().filter(is_new));
    value
}
