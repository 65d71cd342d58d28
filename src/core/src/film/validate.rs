//! What the types cannot say: ranges, duplicate names, sizes. The same rules hold for what is read and what is saved.

use super::{
    Character, Film, FilmScene, LaneMix, Metadata, Problem, Settings, Shot, Take, VoiceLine, layout::SCENES, limits,
    parse::MAX_ERRORS_PER_FILE,
};
use std::{
    collections::HashSet,
    fmt::{Debug, Display},
    hash::Hash,
    ops::RangeInclusive,
};

/// Collects the problems of one file.
struct Checks {
    file: String,
    /// What stands before every place: `shots[3].`. Places are put together only for what is wrong.
    inside: String,
    problems: Vec<Problem>,
}

/// Problems of `metadata.json`, which is called `file` in them.
#[must_use]
pub fn validate_metadata(file: &str, metadata: &Metadata) -> Vec<Problem> {
    let mut checks = Checks::new(file);
    checks.text("title", &metadata.title, limits::MAX_NAME_CHARS);
    for (place, side) in [("size.width", metadata.size.width), ("size.height", metadata.size.height)] {
        checks.range(place, side, &limits::FRAME_SIDE_PX, "pixels");
        if !side.is_multiple_of(2) {
            checks.error(place, format!("{side} is odd"), "write an even number of pixels: video is stored in pairs");
        }
    }
    checks.unique("scene_order", "", metadata.scene_order.iter(), "scene");
    checks.problems
}

/// Problems of `settings.json`, which is called `file` in them.
#[must_use]
pub fn validate_settings(file: &str, settings: &Settings) -> Vec<Problem> {
    let mut checks = Checks::new(file);
    checks.text("default_model", &settings.default_model, limits::MAX_NAME_CHARS);
    checks.text("default_voice", &settings.default_voice, limits::MAX_NAME_CHARS);
    checks.text("scene_prompt_template", &settings.scene_prompt_template, limits::MAX_TEXT_CHARS);
    checks.range("loudness_target_lufs", settings.loudness_target_lufs, &limits::LOUDNESS_LUFS, "LUFS");
    checks.range("true_peak_limit_dbtp", settings.true_peak_limit_dbtp, &limits::TRUE_PEAK_DBTP, "dBTP");
    checks.range("scene_fade_secs", settings.scene_fade_secs, &limits::SCENE_FADE_SECS, "seconds");
    checks.range("match_threshold", settings.match_threshold, &(0.0..=1.0), "");
    checks.range("seam_window_secs", settings.seam_window_secs, &limits::SEAM_WINDOW_SECS, "seconds");
    checks.range("duck_db", settings.duck_db, &limits::DUCK_DB, "decibels");
    checks.range("cache_limit_mib", settings.cache_limit_mib, &limits::CACHE_MIB, "MiB");
    if let Some(budget_usd) = settings.budget_usd {
        checks.range("budget_usd", budget_usd, &limits::BUDGET_USD, "US dollars");
    }
    checks.problems
}

/// Problems of `characters.json`, which is called `file` in them.
#[must_use]
pub fn validate_characters(file: &str, characters: &[Character]) -> Vec<Problem> {
    let mut checks = Checks::new(file);
    checks.count("", characters.len(), limits::MAX_CHARACTERS, "characters");
    checks.unique("", ".character_id", characters.iter().map(|character| &character.character_id), "character");
    for (index, character) in characters.iter().enumerate() {
        checks.enter(format!("[{index}]."));
        checks.text("name", &character.name, limits::MAX_NAME_CHARS);
        checks.text("voice_id", &character.voice_id, limits::MAX_NAME_CHARS);
        checks.text("prompt_style_tokens", &character.prompt_style_tokens, limits::MAX_TEXT_CHARS);
        let portraits = character.portrait_paths.len();
        checks.count("portrait_paths", portraits, limits::MAX_PER_CHARACTER_LIST, "portraits");
        if checks.is_full() {
            break;
        }
    }
    checks.problems
}

/// Problems of a `scene.json`, which is called `file` in them.
#[must_use]
pub fn validate_scene(file: &str, scene: &FilmScene) -> Vec<Problem> {
    let mut checks = Checks::new(file);
    checks.text("title", &scene.title, limits::MAX_NAME_CHARS);
    checks.text("prompt", &scene.prompt, limits::MAX_TEXT_CHARS);
    checks.text("prompt_template", &scene.prompt_template, limits::MAX_TEXT_CHARS);
    checks.count("shots", scene.shots.len(), limits::MAX_SHOTS_PER_SCENE, "shots");
    checks.unique("shots", ".shot_id", scene.shots.iter().map(|shot| &shot.shot_id), "shot");
    for (index, shot) in scene.shots.iter().enumerate() {
        checks.shot(index, shot);
        if checks.is_full() {
            return checks.problems;
        }
    }
    for lane in super::AudioLane::ALL {
        checks.enter(format!("audio_mix.{}.", lane.as_str()));
        checks.mix(scene.audio_mix.lane(lane));
    }
    checks.enter(String::new());
    checks.count("voice_lines", scene.voice_lines.len(), limits::MAX_LINES_PER_SCENE, "lines");
    checks.unique("voice_lines", ".line_id", scene.voice_lines.iter().map(|line| &line.line_id), "line");
    for (index, line) in scene.voice_lines.iter().enumerate() {
        checks.enter(format!("voice_lines[{index}]."));
        checks.line(line);
        if checks.is_full() {
            break;
        }
    }
    checks.problems
}

/// Problems of a film that is too big as a whole.
pub(super) fn validate_film_size(film: &Film) -> Vec<Problem> {
    let mut checks = Checks::new(SCENES);
    checks.count("", film.scenes.len(), limits::MAX_SCENES, "scenes");
    checks.count("", film.scenes.iter().map(|scene| scene.shots.len()).sum(), limits::MAX_SHOTS, "shots");
    checks.problems
}

impl Checks {
    fn new(file: &str) -> Self {
        Self { file: file.to_owned(), inside: String::new(), problems: Vec::new() }
    }

    fn is_full(&self) -> bool {
        self.problems.len() >= MAX_ERRORS_PER_FILE
    }

    /// Places named from here on lie inside this one, which ends in a dot.
    fn enter(&mut self, inside: String) {
        self.inside = inside;
    }

    fn error(&mut self, place: &str, message: impl Into<String>, fix: impl Into<String>) {
        if !self.is_full() {
            let place = format!("{}{place}", self.inside);
            self.problems.push(Problem::error(self.file.as_str(), place, message, fix));
        }
    }

    fn shot(&mut self, index: usize, shot: &Shot) {
        self.enter(format!("shots[{index}]."));
        self.text("prompt", &shot.prompt, limits::MAX_TEXT_CHARS);
        self.text("model", &shot.model, limits::MAX_NAME_CHARS);
        self.range("duration", shot.duration, &limits::DURATION_SECS, "seconds");
        self.range("gain_db", shot.gain_db, &limits::GAIN_DB, "decibels");
        self.range("in_frame", shot.in_frame, &(0..=limits::MAX_POINT_FRAMES), "frames");
        if let Some(out_frame) = shot.out_frame {
            self.range("out_frame", out_frame, &(1..=limits::MAX_POINT_FRAMES), "frames");
            if out_frame <= shot.in_frame && out_frame > 0 {
                let message = format!("the out point {out_frame} is not after the in point {}", shot.in_frame);
                self.error("out_frame", message, "move the out point behind the in point, or remove it");
            }
        }
        if let Some(source) = &shot.continuity_source {
            self.hash("continuity_source.take_blake3", &source.take_blake3);
            if let super::ReferenceMoment::Frame(frame) = source.moment {
                self.range("continuity_source.moment.frame", frame, &(0..=limits::MAX_POINT_FRAMES), "frames");
            }
        }
        self.count("character_ids", shot.character_ids.len(), limits::MAX_PER_CHARACTER_LIST, "characters");
        self.count("takes", shot.takes.len(), limits::MAX_TAKES_PER_SHOT, "takes");
        self.unique("takes", ".take_id", shot.takes.iter().map(|take| &take.take_id), "take");
        for (number, take) in shot.takes.iter().enumerate() {
            self.enter(format!("shots[{index}].takes[{number}]."));
            self.take(take);
        }
    }

    fn take(&mut self, take: &Take) {
        self.text("prompt", &take.prompt, limits::MAX_TEXT_CHARS);
        self.text("model", &take.model, limits::MAX_NAME_CHARS);
        self.text("provider", &take.provider, limits::MAX_NAME_CHARS);
        self.text("created_at", &take.created_at, limits::MAX_NAME_CHARS);
        self.hash("blake3", &take.blake3);
        if let Some(cost_usd) = take.cost_usd {
            self.range("cost_usd", cost_usd, &limits::COST_USD, "US dollars");
        }
        if let Some(media) = &take.media {
            self.range("media.width", media.width, &limits::TAKE_SIDE_PX, "pixels");
            self.range("media.height", media.height, &limits::TAKE_SIDE_PX, "pixels");
            // What a probe found may be shorter than any shot asked for, but it is some length.
            self.range("media.duration_secs", media.duration_secs, &(0.0..=86_400.0), "seconds");
        }
    }

    fn mix(&mut self, mix: &LaneMix) {
        self.range("gain_db", mix.gain_db, &limits::GAIN_DB, "decibels");
        self.range("offset_secs", mix.offset_secs, &limits::OFFSET_SECS, "seconds");
        self.range("fade_in_secs", mix.fade_in_secs, &limits::FADE_SECS, "seconds");
        self.range("fade_out_secs", mix.fade_out_secs, &limits::FADE_SECS, "seconds");
    }

    fn line(&mut self, line: &VoiceLine) {
        self.text("text", &line.text, limits::MAX_TEXT_CHARS);
        self.text("parenthetical", &line.parenthetical, limits::MAX_NAME_CHARS);
        self.text("voice_id", &line.voice_id, limits::MAX_NAME_CHARS);
        self.range("offset_secs", line.offset_secs, &limits::OFFSET_SECS, "seconds");
        self.range("duration_secs", line.duration_secs, &(0.0..=*limits::DURATION_SECS.end()), "seconds");
    }

    /// NaN lies in no range, so it is refused with the rest.
    fn range<T: PartialOrd + Display + Copy>(
        &mut self,
        place: &str,
        value: T,
        allowed: &RangeInclusive<T>,
        unit: &str,
    ) {
        if !allowed.contains(&value) {
            let fix = format!("write {} to {} {unit}", allowed.start(), allowed.end());
            self.error(place, format!("{value} is out of range"), fix);
        }
    }

    fn text(&mut self, place: &str, text: &str, limit_chars: usize) {
        // The bytes bound the letters, so that only a long text is counted.
        if text.len() > limit_chars && text.chars().count() > limit_chars {
            let message = format!("the text has more than {limit_chars} letters");
            self.error(place, message, "shorten it");
        }
    }

    fn count(&mut self, place: &str, found: usize, limit: usize, what: &str) {
        if found > limit {
            self.error(place, format!("{found} {what}, more than the limit of {limit}"), "split the film");
        }
    }

    fn hash(&mut self, place: &str, hex: &str) {
        if !hex.is_empty() && blake3::Hash::from_hex(hex).is_err() {
            let shown: String = hex.chars().take(80).collect();
            self.error(place, format!("{shown:?} is not a blake3 hash"), "write 64 hex digits, or an empty text");
        }
    }

    fn unique<'a, T: Eq + Hash + Debug + Display + 'a>(
        &mut self,
        list: &str,
        member: &str,
        names: impl Iterator<Item = &'a T>,
        what: &str,
    ) {
        let mut seen = HashSet::new();
        for (index, name) in names.enumerate() {
            if !seen.insert(name) {
                let message = format!("the {what} {name} is there twice");
                self.error(&format!("{list}[{index}]{member}"), message, format!("give each {what} its own name"));
            }
        }
    }
}
