//! A screenplay to a film: a scene per heading, a shot per paragraph, a line per speech.

use super::{
    ContinueFrom, Directive, Element, ElementKind, Heading, Screenplay,
    cast::Cast,
    clean::collapse,
    shots::{self, ShotList},
};
use crate::{
    film::{Character, ContinuitySource, Film, FilmScene, FrameSize, Metadata, ReferenceMoment},
    ids::{SceneId, ShotId},
    time::FrameRate,
};
use std::fmt;

/// The longest title kept, in characters.
const MAX_TITLE_CHARS: usize = 200;

/// What the screenplay does not say.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The film's title, in place of the title page's.
    pub title: Option<String>,
    /// The film's frame rate.
    pub rate: FrameRate,
    /// The film's picture size.
    pub size: FrameSize,
    /// Number of the first scene; one past the highest when the film already has scenes.
    pub first_scene_number: usize,
    /// Characters the film already has. Cues find them by name; they come first in the result.
    pub cast: Vec<Character>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        let Metadata { rate, size, .. } = Metadata::default();
        Self { title: None, rate, size, first_scene_number: 1, cast: Vec::new() }
    }
}

/// Something in the screenplay that the film does not carry, for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote {
    /// Line of the screenplay, from 1.
    pub line: usize,
    /// What, and what to do.
    pub message: String,
}

impl fmt::Display for ImportNote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.message)
    }
}

/// Makes a film of a screenplay. Nothing is left out silently but transitions, page breaks, the writer's own notes and
/// whoever is named after the hundredth character of one shot.
///
/// Scene prompts come from heading and synopsis; `music_prompt`, `ambience_prompt`, `section` and `scene_number` are
/// extra fields of the scene, and `extension` (`V.O.`) one of a voice line. A speaker who is only heard is not among
/// the shot's characters.
#[must_use]
pub fn to_film(screenplay: &Screenplay, options: &ImportOptions) -> (Film, Vec<ImportNote>) {
    let mut import =
        Import { notes: Vec::new(), cast: Cast::with(&options.cast), scenes: Vec::new(), section: String::new() };
    import.read(&screenplay.elements);
    let Import { mut notes, cast, mut scenes, .. } = import;

    let mut film = Film::default();
    film.metadata.title = title(screenplay, options);
    film.metadata.rate = options.rate;
    film.metadata.size = options.size;
    for key in ["author", "authors", "credit", "source", "draft date", "copyright"] {
        if let Some(value) = screenplay.title_field(key) {
            film.metadata.extra.insert(key.replace(' ', "_"), value.into());
        }
    }
    for (index, scene) in scenes.iter_mut().enumerate() {
        if scene.shots.drafts.is_empty() {
            let message = "this scene has no action and no dialogue: it gets one establishing shot".to_owned();
            notes.push(ImportNote { line: scene.line, message });
            scene.shots.establish(&scene.heading.place);
        }
        let scene_id = SceneId::numbered(options.first_scene_number.saturating_add(index));
        film.metadata.scene_order.push(scene_id.clone());
        film.scenes.push(scene.finish(scene_id, &cast));
    }
    for (index, scene) in scenes.iter().enumerate() {
        for (shot, draft) in scene.shots.drafts.iter().enumerate() {
            let Some((line, from)) = draft.continues else { continue };
            match source_of(from, index, shot, &film.scenes) {
                Ok(source) => film.scenes[index].shots[shot].continuity_source = Some(source),
                Err(message) => notes.push(ImportNote { line, message }),
            }
        }
    }
    film.characters = cast.into_characters();
    notes.sort_by_key(|note| note.line);
    (film, notes)
}

struct Import {
    notes: Vec<ImportNote>,
    cast: Cast,
    scenes: Vec<SceneDraft>,
    section: String,
}

struct SceneDraft {
    line: usize,
    heading: Heading,
    scene_number: Option<String>,
    section: String,
    title: Option<String>,
    synopses: Vec<String>,
    music: Option<String>,
    ambience: Option<String>,
    shots: ShotList,
}

impl Import {
    fn read(&mut self, elements: &[Element]) {
        for element in elements {
            match &element.kind {
                ElementKind::SceneHeading { text, scene_number } => self.scenes.push(SceneDraft {
                    line: element.line,
                    heading: Heading::parse(text),
                    scene_number: scene_number.clone(),
                    section: self.section.clone(),
                    title: None,
                    synopses: Vec::new(),
                    music: None,
                    ambience: None,
                    shots: ShotList::default(),
                }),
                ElementKind::Section { text, .. } => self.section.clone_from(text),
                ElementKind::Note(text) => self.note(element.line, text),
                ElementKind::Transition(_) | ElementKind::PageBreak => {}
                ElementKind::Synopsis(text) => {
                    // A synopsis before the first heading tells of the film, not of a scene.
                    if let Some(scene) = self.scenes.last_mut() {
                        scene.synopses.push(collapse(text));
                    }
                }
                kind => self.shot_element(element.line, kind),
            }
        }
    }

    fn shot_element(&mut self, line: usize, kind: &ElementKind) {
        let Some(scene) = self.scenes.last_mut() else {
            let message = "text before the first scene heading is left out: put a heading above it".to_owned();
            self.notes.push(ImportNote { line, message });
            return;
        };
        match kind {
            ElementKind::Action(text) => scene.shots.action(text),
            ElementKind::Centered(text) => scene.shots.action(&format!("Title card: {text}")),
            ElementKind::ShotHeading(text) => scene.shots.shot_heading(text),
            ElementKind::Dialogue(block) if block.parts.is_empty() => {
                let message = format!("{} has nothing to say: the cue is left out", block.name);
                self.notes.push(ImportNote { line, message });
            }
            ElementKind::Dialogue(block) => scene.shots.speech(block, &mut self.cast),
            ElementKind::Lyric(text) => scene.shots.lyric(text),
            ElementKind::SceneHeading { .. }
            | ElementKind::Section { .. }
            | ElementKind::Synopsis(_)
            | ElementKind::Transition(_)
            | ElementKind::Note(_)
            | ElementKind::PageBreak => {}
        }
    }

    fn note(&mut self, line: usize, text: &str) {
        let directive = match Directive::parse(text) {
            Ok(Some(directive)) => directive,
            Ok(None) => return,
            Err(error) => return self.notes.push(ImportNote { line, message: error.to_string() }),
        };
        if let Directive::Character { cue, name, look, voice } = &directive {
            return self.cast.describe(cue, name.as_deref(), look.as_deref(), voice.as_deref());
        }
        let Some(scene) = self.scenes.last_mut() else {
            let message = "this note is for a scene or a shot: put it after a scene heading".to_owned();
            return self.notes.push(ImportNote { line, message });
        };
        match directive {
            Directive::SceneTitle(title) => scene.title = Some(title),
            Directive::Music(prompt) => scene.music = Some(prompt),
            Directive::Ambience(prompt) => scene.ambience = Some(prompt),
            shot_directive => scene.shots.direct(line, shot_directive),
        }
    }
}

impl SceneDraft {
    fn finish(&self, scene_id: SceneId, cast: &Cast) -> FilmScene {
        let title = self.title.clone().unwrap_or_else(|| self.heading.title());
        let mut scene = FilmScene::new(scene_id, cut(&title));
        let prompt = std::iter::once(self.heading.prompt()).chain(self.synopses.iter().cloned());
        scene.prompt = prompt.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let ambience = self.ambience.clone().unwrap_or_else(|| self.heading.ambience());
        scene.extra.insert("ambience_prompt".to_owned(), ambience.into());
        let named = [("music_prompt", &self.music), ("scene_number", &self.scene_number)];
        for (key, value) in named.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))) {
            scene.extra.insert(key.to_owned(), value.into());
        }
        if !self.section.is_empty() {
            scene.extra.insert("section".to_owned(), self.section.clone().into());
        }
        (scene.shots, scene.voice_lines) = shots::finish(&self.shots.drafts, cast);
        scene
    }
}

/// The shot that `shot` of `scene` continues; it must come earlier in the film. Indices from 0.
fn source_of(from: ContinueFrom, scene: usize, shot: usize, scenes: &[FilmScene]) -> Result<ContinuitySource, String> {
    let earlier = match from {
        ContinueFrom::Previous if shot > 0 => Some((scene, shot - 1)),
        ContinueFrom::Previous => {
            scene.checked_sub(1).and_then(|before| Some((before, scenes[before].shots.len().checked_sub(1)?)))
        }
        ContinueFrom::Shot(number) => number.checked_sub(1).map(|index| (scene, index)),
        ContinueFrom::SceneShot(scene_number, number) => scene_number.checked_sub(1).zip(number.checked_sub(1)),
    };
    let found = earlier
        .filter(|place| *place < (scene, shot))
        .and_then(|(at_scene, at_shot)| Some((scenes.get(at_scene)?, scenes[at_scene].shots.get(at_shot)?)));
    let Some((source_scene, source_shot)) = found else {
        let what = match from {
            ContinueFrom::Previous => "there is no shot before this one to continue".to_owned(),
            ContinueFrom::Shot(number) => format!("there is no shot {number} before this one in its scene"),
            ContinueFrom::SceneShot(scene, number) => {
                format!("there is no scene {scene} shot {number} before this one")
            }
        };
        return Err(format!("{what}: name an earlier shot"));
    };
    let shot_id: ShotId = source_shot.shot_id.clone();
    Ok(ContinuitySource {
        scene_id: source_scene.scene_id.clone(),
        shot_id,
        take_id: None,
        take_blake3: String::new(),
        moment: ReferenceMoment::Last,
        extra: serde_json::Map::new(),
    })
}

fn title(screenplay: &Screenplay, options: &ImportOptions) -> String {
    let title = options.title.clone().or_else(|| screenplay.title_field("title"));
    title.map(|title| cut(&collapse(&title))).filter(|title| !title.is_empty()).unwrap_or_else(|| "Untitled".to_owned())
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TITLE_CHARS).collect()
}
