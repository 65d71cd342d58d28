//! Notes that steer the import: `[[kinora: camera dolly in]]`.

use super::clean::collapse;
use crate::film::{AspectRatio, FitMode, SmoothMode};

/// What a `[[kinora: ..]]` note asks for. A note belongs to the element it stands in or right above; alone between
/// empty lines, to the shot before it, or to the first shot of its scene.
#[derive(Debug, Clone, PartialEq)]
pub enum Directive {
    /// `continue`, `continue shot 2`, `continue scene 1 shot 2`: the shot starts at the last frame of another.
    Continue(ContinueFrom),
    /// `camera dolly in`: added to the shot's prompt.
    Camera(String),
    /// `duration 6`: the shot's length in seconds, 0.5 to 60.
    DurationSecs(f64),
    /// `seed 7`.
    Seed(u64),
    /// `model replicate:google/veo-3.1`.
    Model(String),
    /// `aspect 9:16`.
    Aspect(AspectRatio),
    /// `fit crop`: `blur`, `bars` or `crop`.
    Fit(FitMode),
    /// `smooth always`: `auto`, `always` or `never`.
    Smooth(SmoothMode),
    /// `title The Oath`: the scene's title, in place of its heading.
    SceneTitle(String),
    /// `music slow strings`: `music_prompt` of the scene.
    Music(String),
    /// `ambience rain on a roof`: `ambience_prompt` of the scene.
    Ambience(String),
    /// `character RUTHVEN | pale, uncanny | voice draft:baritone | name Lord Ruthven`.
    Character {
        /// The name as cues write it.
        cue: String,
        /// The name as the film says it, if not the cue's.
        name: Option<String>,
        /// `prompt_style_tokens`.
        look: Option<String>,
        /// `voice_id`.
        voice: Option<String>,
    },
}

/// The shot that another continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContinueFrom {
    /// The shot before.
    Previous,
    /// A shot of the same scene, counted from 1.
    Shot(usize),
    /// A shot of a scene, both counted from 1 within the screenplay.
    SceneShot(usize, usize),
}

/// Why a note that begins with `kinora:` was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectiveError {
    /// Its first word is no directive.
    #[error(
        "`{0}` is no directive: known are continue, camera, duration, seed, model, aspect, fit, smooth, title, \
             music, ambience and character"
    )]
    Unknown(String),
    /// What follows its first word does not fit.
    #[error("`{word} {value}` is not understood: write for example `{example}`")]
    Value {
        /// The directive.
        word: &'static str,
        /// What follows it.
        value: String,
        /// One that works.
        example: &'static str,
    },
}

impl Directive {
    /// Reads a note. None for a note that is the writer's own.
    ///
    /// # Errors
    /// [`DirectiveError`] for a note that begins with `kinora:` and is not understood.
    pub fn parse(note: &str) -> Result<Option<Self>, DirectiveError> {
        let note = collapse(note);
        let Some((head, rest)) = note.split_once(':') else { return Ok(None) };
        if !head.trim().eq_ignore_ascii_case("kinora") {
            return Ok(None);
        }
        let rest = rest.trim();
        let (word, value) = rest.split_once(' ').unwrap_or((rest, ""));
        let refuse = |word, example| DirectiveError::Value { word, value: value.chars().take(80).collect(), example };
        let text = |word, example| {
            let fits = (1..=1_000).contains(&value.chars().count());
            if fits { Ok(value.to_owned()) } else { Err(refuse(word, example)) }
        };
        let directive = match word.to_ascii_lowercase().as_str() {
            "continue" => Self::Continue(continue_from(value).ok_or_else(|| refuse("continue", "continue shot 2"))?),
            "camera" => Self::Camera(text("camera", "camera dolly in")?),
            "duration" => {
                let number = value.trim_end_matches("seconds").trim_end_matches(['s', ' ']);
                let secs = number.parse().ok().filter(|secs| (0.5..=60.0).contains(secs));
                Self::DurationSecs(secs.ok_or_else(|| refuse("duration", "duration 6"))?)
            }
            "seed" => Self::Seed(value.parse().map_err(|_| refuse("seed", "seed 7"))?),
            "model" => Self::Model(text("model", "model draft:previs")?),
            "aspect" => Self::Aspect(value.parse().map_err(|_| refuse("aspect", "aspect 16:9"))?),
            "fit" => Self::Fit(match value.to_ascii_lowercase().as_str() {
                "blur" => FitMode::Blur,
                "bars" => FitMode::Bars,
                "crop" => FitMode::Crop,
                _ => return Err(refuse("fit", "fit crop")),
            }),
            "smooth" => Self::Smooth(match value.to_ascii_lowercase().as_str() {
                "auto" => SmoothMode::Auto,
                "always" => SmoothMode::Always,
                "never" => SmoothMode::Never,
                _ => return Err(refuse("smooth", "smooth never")),
            }),
            "title" => Self::SceneTitle(text("title", "title The Oath")?),
            "music" => Self::Music(text("music", "music slow strings")?),
            "ambience" | "ambient" => Self::Ambience(text("ambience", "ambience rain on a roof")?),
            "character" => character(value)
                .ok_or_else(|| refuse("character", "character RUTHVEN | pale, uncanny | voice draft:baritone"))?,
            _ => return Err(DirectiveError::Unknown(word.chars().take(40).collect())),
        };
        Ok(Some(directive))
    }
}

fn continue_from(value: &str) -> Option<ContinueFrom> {
    let words: Vec<String> = value.split(' ').filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "from").collect();
    match words.as_slice() {
        [] | ["previous" | "last"] => Some(ContinueFrom::Previous),
        ["shot", shot] => Some(ContinueFrom::Shot(number(shot)?)),
        ["scene", scene, "shot", shot] => Some(ContinueFrom::SceneShot(number(scene)?, number(shot)?)),
        _ => None,
    }
}

fn number(word: &str) -> Option<usize> {
    word.trim_end_matches(',').parse().ok().filter(|number| *number > 0)
}

fn character(value: &str) -> Option<Directive> {
    let mut fields = value.split('|').map(str::trim);
    let cue: String = fields.next()?.chars().take(60).collect();
    if !cue.chars().any(char::is_alphanumeric) {
        return None;
    }
    let (mut name, mut look, mut voice) = (None, None, None);
    for field in fields.filter(|field| !field.is_empty()) {
        let (word, rest) = field.split_once(' ').unwrap_or((field, ""));
        match word.to_ascii_lowercase().as_str() {
            "voice" if !rest.is_empty() => voice = Some(rest.chars().take(120).collect()),
            "name" if !rest.is_empty() => name = Some(rest.chars().take(120).collect()),
            "look" if !rest.is_empty() => look = Some(rest.chars().take(1_000).collect()),
            _ => look = Some(field.chars().take(1_000).collect()),
        }
    }
    Some(Directive::Character { cue, name, look, voice })
}
