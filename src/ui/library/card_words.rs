//! What a card says.

use super::items::{Item, file_stem, frames};
use crate::{
    generation::FrameEnd,
    ui::{desk::Desk, model::FilmModel, state::Selection},
};
use egui_phosphor::regular as icon;
use kinora_core::{film::AudioLane, time::format_clock};

/// What a card says, and where it lies in the film.
pub(super) struct Words {
    /// First line.
    pub(super) title: String,
    /// Second line.
    pub(super) detail: String,
    /// What it is, while there is no picture.
    pub(super) glyph: &'static str,
    /// What a click selects.
    pub(super) selection: Selection,
    /// Where a double click goes.
    pub(super) frame: Option<u64>,
}

pub(super) fn words(desk: &Desk<'_>, item: Item) -> Option<Words> {
    let model = desk.model;
    let clock = |item| format_clock(model.rate().frames_to_secs(frames(model, item)));
    match item {
        Item::Scene(index) => {
            let (scene, span) = (item.scene(model)?, model.scene_spans.get(index)?);
            let title = if scene.title.is_empty() { scene.scene_id.as_str() } else { &scene.title };
            Some(Words {
                title: format!("{}  {title}", index + 1),
                detail: format!("{}  ·  {}", counted(span.shots, "shot"), clock(item)),
                glyph: icon::FILM_SLATE,
                selection: Selection::Scene(scene.scene_id.clone()),
                frame: Some(span.start_frame),
            })
        }
        Item::Shot(_) | Item::Take(..) | Item::First(_) | Item::Last(_) | Item::Reference(..) => {
            let (span, shot) = item.shot(model)?;
            let number = format!("{}.{}", span.scene_index + 1, span.shot_index + 1);
            let first_line = shot.prompt.lines().next().unwrap_or_default();
            let prompt: String = first_line.chars().take(120).collect();
            let (title, detail, glyph) = match item {
                Item::Take(..) => {
                    let take = item.take(model)?;
                    let maker = if take.model.is_empty() { "brought" } else { &take.model };
                    (format!("{number}  {}", take.take_id), format!("{}  ·  {maker}", clock(item)), icon::VIDEO_CAMERA)
                }
                Item::First(_) | Item::Last(_) => (format!("{number}  {}", image_words(item)), prompt, icon::IMAGE),
                Item::Reference(..) => (format!("{number}  {}", image_words(item)), prompt, icon::LINK),
                _ => {
                    let title = format!("{number}  {prompt}").trim_end().to_owned();
                    let what =
                        if shot.takes.len() > 1 { format!("  ·  {} takes", shot.takes.len()) } else { String::new() };
                    (title, format!("{}{what}", clock(item)), icon::FILM_STRIP)
                }
            };
            Some(Words {
                title,
                detail,
                glyph,
                selection: Selection::shot(model.name_of(span)),
                frame: Some(span.start_frame),
            })
        }
        Item::Line(scene_index, _) => {
            let (scene, line) = (item.scene(model)?, item.line(model)?);
            let speaker = line.character_id.as_ref().and_then(|id| model.character(id));
            let speaker = speaker.map_or("Narrator", |character| &character.name);
            let length = if line.file_path.is_some() { clock(item) } else { "not spoken yet".to_owned() };
            let words: String = line.text.chars().take(160).collect();
            Some(Words {
                title: format!("“{}”", words.replace('\n', " ")),
                detail: format!("{speaker}  ·  {length}"),
                glyph: icon::MICROPHONE,
                selection: Selection::Lane(scene.scene_id.clone(), AudioLane::Voice),
                frame: line_frame(model, scene_index, item),
            })
        }
        Item::Lane(scene_index, lane) => {
            let scene = item.scene(model)?;
            let file = scene.audio_tracks.lane(lane)?;
            Some(Words {
                title: format!("{}  {}", scene_index + 1, lane_name(lane)),
                detail: file.file_name().to_owned(),
                glyph: lane_glyph(lane),
                selection: Selection::Lane(scene.scene_id.clone(), lane),
                frame: model.scene_spans.get(scene_index).map(|span| span.start_frame),
            })
        }
        Item::Character(_) => {
            let character = item.character(model)?;
            let voice = if character.voice_id.is_empty() { "default voice" } else { &character.voice_id };
            Some(Words {
                title: character.name.clone(),
                detail: voice.to_owned(),
                glyph: icon::USER_CIRCLE,
                selection: Selection::Character(character.character_id.clone()),
                frame: None,
            })
        }
        Item::Clip(_) => Some(Words {
            title: file_stem(item.clip(model)?),
            detail: "Not in the film".to_owned(),
            glyph: icon::ARCHIVE,
            selection: Selection::Film,
            frame: None,
        }),
        Item::Portrait(_, index) => {
            let character = item.character(model)?;
            Some(Words {
                title: format!("{}  Portrait {}", character.name, index + 1),
                detail: character.portrait_paths.get(index)?.file_name().to_owned(),
                glyph: icon::USER_CIRCLE,
                selection: Selection::Character(character.character_id.clone()),
                frame: None,
            })
        }
    }
}

fn line_frame(model: &FilmModel, scene_index: usize, item: Item) -> Option<u64> {
    let line = item.line(model)?;
    let scene = model.scenes.get(scene_index)?;
    let span = model.span(&(scene.scene_id.clone(), line.shot_id.clone()))?;
    Some(span.start_frame + model.rate().secs_to_frames(line.offset_secs))
}

/// `1 shot`, `3 shots`.
pub(super) fn counted(count: usize, of: &str) -> String {
    if count == 1 { format!("1 {of}") } else { format!("{count} {of}s") }
}

/// What a picture of a shot is.
pub(super) const fn image_words(item: Item) -> &'static str {
    match item {
        Item::First(_) => "First frame",
        Item::Last(_) => "Last frame",
        Item::Reference(_, FrameEnd::First) => "Reference",
        Item::Reference(_, FrameEnd::Last) => "Reference to end on",
        _ => "",
    }
}

pub(super) const fn lane_name(lane: AudioLane) -> &'static str {
    match lane {
        AudioLane::Voice => "Voice",
        AudioLane::Music => "Music",
        AudioLane::Ambient => "Ambience",
    }
}

const fn lane_glyph(lane: AudioLane) -> &'static str {
    match lane {
        AudioLane::Voice => icon::MICROPHONE,
        AudioLane::Music => icon::MUSIC_NOTES,
        AudioLane::Ambient => icon::WIND,
    }
}
