//! What is in the library: by kind, filtered, searched and sorted.

use super::card_words::{image_words, lane_name};
use crate::{
    generation::FrameEnd,
    ui::model::{FilmModel, ShotSpan},
};
use kinora_core::film::{AudioLane, Character, FilmScene, Shot, Take, VoiceLine};
use std::{
    cmp::Reverse,
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A kind of thing in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Scenes.
    Scenes,
    /// Shots.
    Shots,
    /// Clips: every take, and what was made and has no place in the film.
    Video,
    /// Spoken lines, and the sounds of the lanes.
    Audio,
    /// First, last and reference frames, and portraits.
    Images,
    /// Characters.
    Characters,
}

impl Kind {
    /// Every kind, in the order they are listed.
    pub const ALL: [Self; 6] = [Self::Scenes, Self::Shots, Self::Video, Self::Audio, Self::Images, Self::Characters];

    /// Its name.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Scenes => "Scenes",
            Self::Shots => "Shots",
            Self::Video => "Video",
            Self::Audio => "Audio",
            Self::Images => "Images",
            Self::Characters => "Characters",
        }
    }
}

/// The order things are listed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// As they play.
    #[default]
    Film,
    /// By name.
    Name,
    /// The newest first.
    Newest,
    /// The longest first.
    Length,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::Film, Self::Name, Self::Newest, Self::Length];

    /// Its name.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Film => "Film order",
            Self::Name => "Name",
            Self::Newest => "Newest first",
            Self::Length => "Longest first",
        }
    }
}

/// One thing in the library, by its place in the model it was listed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// A scene.
    Scene(usize),
    /// A shot.
    Shot(usize),
    /// A take of a shot.
    Take(usize, usize),
    /// A line of a scene.
    Line(usize, usize),
    /// The sound of a lane of a scene.
    Lane(usize, AudioLane),
    /// The first frame of a shot's chosen take.
    First(usize),
    /// Its last frame.
    Last(usize),
    /// The picture a shot is asked to start from, or to end on.
    Reference(usize, FrameEnd),
    /// A character.
    Character(usize),
    /// A portrait of a character.
    Portrait(usize, usize),
    /// A file that has no place in the film.
    Clip(usize),
}

/// Things by kind.
pub(super) type Groups = Vec<(Kind, Vec<Item>)>;

/// How much there is of a shot.
#[derive(Debug, Clone, Copy)]
struct Parts {
    takes: usize,
    references: [bool; 2],
    first: bool,
    last: bool,
}

impl Parts {
    fn of(shot: &Shot) -> Self {
        Self {
            takes: shot.takes.len(),
            references: FrameEnd::ALL.map(|end| end.path_in(shot).is_some()),
            first: shot.first_frame_path.is_some(),
            last: shot.last_frame_path.is_some(),
        }
    }
}

/// How much there is of every shot of the film, scene by scene: an edit has one scene read again, not ten thousand shots.
#[derive(Debug, Default)]
pub(super) struct Inventory(Vec<(Arc<FilmScene>, Vec<Parts>)>);

impl Inventory {
    /// Reads the scenes that are others than before.
    pub(super) fn follow(&mut self, model: &FilmModel) {
        let mut old: HashMap<*const FilmScene, _> =
            self.0.drain(..).map(|known| (Arc::as_ptr(&known.0), known)).collect();
        self.0.extend(model.scenes.iter().map(|scene| {
            old.remove(&Arc::as_ptr(scene))
                .unwrap_or_else(|| (Arc::clone(scene), scene.shots.iter().map(Parts::of).collect()))
        }));
    }

    /// Every shot by its place in the film.
    fn shots(&self) -> impl Iterator<Item = (usize, Parts)> {
        self.0.iter().flat_map(|(_, shots)| shots).copied().enumerate()
    }
}

/// Lists what fits.
pub(super) fn collect(
    model: &FilmModel,
    inventory: &Inventory,
    filter: Option<Kind>,
    search: &str,
    order: Order,
) -> Groups {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    let kinds = Kind::ALL.into_iter().filter(|kind| filter.is_none_or(|wanted| wanted == *kind));
    kinds
        .map(|kind| {
            let mut items = of_kind(model, inventory, kind);
            if !words.is_empty() {
                items.retain(|item| matches(model, *item, &words));
            }
            sort(model, &mut items, order);
            (kind, items)
        })
        .collect()
}

fn of_kind(model: &FilmModel, inventory: &Inventory, kind: Kind) -> Vec<Item> {
    match kind {
        Kind::Scenes => (0..model.scenes.len()).map(Item::Scene).collect(),
        Kind::Shots => (0..model.shot_spans.len()).map(Item::Shot).collect(),
        Kind::Video => {
            let takes = |(index, parts): (usize, Parts)| (0..parts.takes).map(move |take| Item::Take(index, take));
            inventory.shots().flat_map(takes).chain((0..model.clips.len()).map(Item::Clip)).collect()
        }
        Kind::Audio => {
            let of_scene = |(index, scene): (usize, &FilmScene)| {
                let lines = (0..scene.voice_lines.len()).map(move |line| Item::Line(index, line));
                let lanes = AudioLane::ALL.into_iter().filter(|lane| scene.audio_tracks.lane(*lane).is_some());
                lines.chain(lanes.map(move |lane| Item::Lane(index, lane))).collect::<Vec<_>>()
            };
            model.scenes.iter().map(AsRef::as_ref).enumerate().flat_map(of_scene).collect()
        }
        Kind::Images => {
            let frames = inventory.shots().flat_map(|(index, parts)| {
                let asked = FrameEnd::ALL.into_iter().zip(parts.references).filter(|(_, is_there)| *is_there);
                let asked = asked.map(move |(end, _)| Item::Reference(index, end));
                let made = [parts.first.then_some(Item::First(index)), parts.last.then_some(Item::Last(index))];
                asked.chain(made.into_iter().flatten())
            });
            let portraits = model.characters.iter().enumerate().flat_map(|(index, character)| {
                (0..character.portrait_paths.len()).map(move |portrait| Item::Portrait(index, portrait))
            });
            frames.chain(portraits).collect()
        }
        Kind::Characters => (0..model.characters.len()).map(Item::Character).collect(),
    }
}

impl Item {
    /// The shot it belongs to.
    pub(super) fn shot(self, model: &FilmModel) -> Option<(&ShotSpan, &Shot)> {
        let (Self::Shot(index)
        | Self::Take(index, _)
        | Self::First(index)
        | Self::Last(index)
        | Self::Reference(index, _)) = self
        else {
            return None;
        };
        let span = model.shot_spans.get(index)?;
        Some((span, model.shot_of(span)))
    }

    /// The take it is.
    pub(super) fn take(self, model: &FilmModel) -> Option<&Take> {
        let Self::Take(_, take) = self else { return None };
        self.shot(model)?.1.takes.get(take)
    }

    /// The scene it is or lies in.
    pub(super) fn scene(self, model: &FilmModel) -> Option<&FilmScene> {
        let index = match self {
            Self::Scene(index) | Self::Line(index, _) | Self::Lane(index, _) => index,
            _ => self.shot(model)?.0.scene_index,
        };
        model.scenes.get(index).map(AsRef::as_ref)
    }

    /// The file without a place in the film that it is.
    pub(super) fn clip(self, model: &FilmModel) -> Option<&PathBuf> {
        let Self::Clip(index) = self else { return None };
        model.clips.get(index)
    }

    /// The line it is.
    pub(super) fn line(self, model: &FilmModel) -> Option<&VoiceLine> {
        let Self::Line(_, line) = self else { return None };
        self.scene(model)?.voice_lines.get(line)
    }

    /// The character it is or shows.
    pub(super) fn character(self, model: &FilmModel) -> Option<&Character> {
        let (Self::Character(index) | Self::Portrait(index, _)) = self else { return None };
        model.characters.get(index)
    }
}

/// Whether every word is somewhere in what the thing says.
fn matches(model: &FilmModel, item: Item, words: &[String]) -> bool {
    let mut text = String::new();
    let mut add = |part: &str| {
        text.push_str(part);
        text.push('\n');
    };
    if let Some(scene) = item.scene(model) {
        add(&scene.title);
        add(scene.scene_id.as_str());
        if matches!(item, Item::Scene(_)) {
            add(&scene.prompt);
        }
    }
    if let Some((span, shot)) = item.shot(model) {
        add(&format!("{}.{}", span.scene_index + 1, span.shot_index + 1));
        add(&shot.prompt);
        add(shot.shot_id.as_str());
        for character in shot.character_ids.iter().filter_map(|id| model.character(id)) {
            add(&character.name);
        }
    }
    if let Some(take) = item.take(model) {
        add(&take.prompt);
        add(&take.model);
        add(take.file_path.as_str());
    }
    if let Some(line) = item.line(model) {
        add(&line.text);
        if let Some(character) = line.character_id.as_ref().and_then(|id| model.character(id)) {
            add(&character.name);
        }
    }
    // What the card says of it, too.
    match item {
        Item::Lane(_, lane) => {
            add(lane.as_str());
            add(lane_name(lane));
            if let Some(file) = item.scene(model).and_then(|scene| scene.audio_tracks.lane(lane)) {
                add(file.file_name());
            }
        }
        Item::First(_) | Item::Last(_) | Item::Reference(..) => add(image_words(item)),
        Item::Portrait(..) => add("Portrait"),
        _ => {}
    }
    if let Some(clip) = item.clip(model) {
        add(&file_stem(clip));
    }
    if let Some(character) = item.character(model) {
        add(&character.name);
        add(&character.prompt_style_tokens);
    }
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}

fn sort(model: &FilmModel, items: &mut [Item], order: Order) {
    match order {
        Order::Film => {}
        Order::Name => items.sort_by_cached_key(|item| name(model, *item).to_lowercase()),
        Order::Newest => {
            items.reverse();
            items.sort_by_cached_key(|item| Reverse(made_at(model, *item)));
        }
        Order::Length => items.sort_by_cached_key(|item| Reverse(frames(model, *item))),
    }
}

fn name(model: &FilmModel, item: Item) -> String {
    let of_shot = |(_, shot): (&ShotSpan, &Shot)| shot.prompt.clone();
    match item {
        Item::Scene(_) | Item::Lane(..) => item.scene(model).map(|scene| scene.title.clone()),
        Item::Line(..) => item.line(model).map(|line| line.text.clone()),
        Item::Character(_) | Item::Portrait(..) => item.character(model).map(|character| character.name.clone()),
        Item::Shot(_) | Item::Take(..) | Item::First(_) | Item::Last(_) | Item::Reference(..) => {
            item.shot(model).map(of_shot)
        }
        Item::Clip(_) => item.clip(model).map(|clip| file_stem(clip)),
    }
    .unwrap_or_default()
}

/// The name of a file without its ending.
pub(super) fn file_stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// When it was made, RFC 3339, which sorts as text; empty where nobody noted it.
fn made_at(model: &FilmModel, item: Item) -> String {
    let take = item.take(model).or_else(|| item.shot(model)?.1.chosen_take());
    let of_scene = || {
        let shots = item.scene(model).filter(|_| matches!(item, Item::Scene(_)))?.shots.iter();
        shots.flat_map(|shot| &shot.takes).map(|take| take.created_at.clone()).max()
    };
    take.map(|take| take.created_at.clone()).or_else(of_scene).unwrap_or_default()
}

/// Its length in frames of the film; 0 for a picture.
pub(super) fn frames(model: &FilmModel, item: Item) -> u64 {
    let rate = model.rate();
    match item {
        Item::Scene(index) | Item::Lane(index, _) => model.scene_spans.get(index).map_or(0, |span| span.frames),
        Item::Shot(_) => item.shot(model).map_or(0, |(span, _)| span.frames),
        Item::Take(..) => item
            .take(model)
            .and_then(|take| take.media.as_ref())
            .map_or(0, |media| rate.secs_to_frames(media.duration_secs)),
        Item::Line(..) => item.line(model).map_or(0, |line| rate.secs_to_frames(line.duration_secs)),
        Item::First(_)
        | Item::Last(_)
        | Item::Reference(..)
        | Item::Character(_)
        | Item::Portrait(..)
        | Item::Clip(_) => 0,
    }
}
