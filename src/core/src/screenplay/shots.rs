//! A scene being imported: elements become shots, and speeches lines at their shots.

use super::{
    cast::Cast,
    clean::collapse,
    directive::{ContinueFrom, Directive},
    heading::title_case,
    model::{DialogueBlock, DialoguePart},
    timing::{self, BEAT_SECS, BREATH_SECS, LEAD_SECS, MAX_SHOT_SECS, TAIL_SECS, speech_secs, tenth_secs},
};
use crate::{
    film::{AspectRatio, FitMode, Shot, SmoothMode, VoiceLine},
    ids::{CharacterId, LineId, ShotId},
};

/// The most characters a shot lists: as many as a project file may.
const MAX_SHOT_CHARACTERS: usize = 100;

/// A shot before its length and its cast are known.
#[derive(Debug, Default)]
pub(super) struct ShotDraft {
    /// Words of a shot heading: `Close on the dagger`.
    heading: String,
    action: String,
    camera: Vec<String>,
    duration_secs: Option<f64>,
    seed: Option<u64>,
    model: String,
    aspect: Option<AspectRatio>,
    fit: Option<FitMode>,
    smooth: SmoothMode,
    /// What it continues, and the line that says so.
    pub(super) continues: Option<(usize, ContinueFrom)>,
    speeches: Vec<Speech>,
}

#[derive(Debug)]
struct Speech {
    member: Option<usize>,
    /// Heard, not seen: the shot does not show the speaker.
    off_screen: bool,
    extension: String,
    text: String,
    parenthetical: String,
    offset_secs: f64,
    secs: f64,
}

impl ShotDraft {
    fn end_of_speech_secs(&self) -> f64 {
        self.speeches.iter().map(|speech| speech.offset_secs + speech.secs).fold(0.0, f64::max)
    }
}

/// The shots of one scene, in order.
#[derive(Debug, Default)]
pub(super) struct ShotList {
    pub(super) drafts: Vec<ShotDraft>,
    /// Directives read before the first shot; they are for it.
    waiting: Vec<(usize, Directive)>,
}

impl ShotList {
    /// A paragraph of action: a new shot, or the picture of the shot heading above it.
    pub(super) fn action(&mut self, text: &str) {
        let text = collapse(text);
        match self.drafts.last_mut() {
            Some(shot) if !shot.heading.is_empty() && shot.action.is_empty() && shot.speeches.is_empty() => {
                shot.action = text;
            }
            _ => self.open(ShotDraft { action: text, ..ShotDraft::default() }),
        }
    }

    /// `CLOSE ON THE DAGGER`: always a new shot.
    pub(super) fn shot_heading(&mut self, text: &str) {
        let text = title_case(&collapse(text));
        let heading = text.trim_end_matches([':', '.', '-', ' ']).to_owned();
        self.open(ShotDraft { heading, ..ShotDraft::default() });
    }

    /// A speech: at the shot before it, or at a shot of the speaker if there is none or it is full.
    pub(super) fn speech(&mut self, block: &DialogueBlock, cast: &mut Cast) {
        let member = cast.member(&block.name);
        let off_screen = block.extensions.iter().any(|extension| is_off_screen(extension));
        let extension = block.extensions.iter().find(|extension| !is_continued(extension)).cloned().unwrap_or_default();
        // Both speeches of a pair start together.
        let mut start_secs = if block.dual { self.drafts.last().and_then(pair_start) } else { None };
        let (mut parenthetical, mut beat_secs) = (String::new(), 0.0);
        for part in &block.parts {
            let (text, sung) = match part {
                DialoguePart::Parenthetical(how) if is_beat(how) => {
                    beat_secs += BEAT_SECS;
                    continue;
                }
                DialoguePart::Parenthetical(how) => {
                    parenthetical.clone_from(how);
                    continue;
                }
                DialoguePart::Text(text) => (text, false),
                DialoguePart::Lyric(text) => (text, true),
            };
            let how = if sung { "singing" } else { parenthetical.as_str() };
            for piece in timing::split_speech(&collapse(text)) {
                let speech = Speech {
                    member: Some(member),
                    off_screen,
                    extension: extension.clone(),
                    secs: speech_secs(&piece),
                    text: piece,
                    parenthetical: how.to_owned(),
                    offset_secs: 0.0,
                };
                let name = if off_screen { "" } else { cast.name(member) };
                self.place(speech, start_secs.take(), beat_secs, name);
                beat_secs = 0.0;
            }
            parenthetical.clear();
        }
    }

    /// Words sung or said by nobody in particular.
    pub(super) fn lyric(&mut self, text: &str) {
        for piece in timing::split_speech(&collapse(text)) {
            let secs = speech_secs(&piece);
            let (extension, parenthetical) = (String::new(), "singing".to_owned());
            let speech = Speech {
                member: None,
                off_screen: true,
                extension,
                text: piece,
                parenthetical,
                offset_secs: 0.0,
                secs,
            };
            self.place(speech, None, 0.0, "");
        }
    }

    /// A directive for a shot: the last one, or the first that comes.
    pub(super) fn direct(&mut self, line: usize, directive: Directive) {
        match self.drafts.last_mut() {
            Some(shot) => apply(shot, line, directive),
            None => self.waiting.push((line, directive)),
        }
    }

    /// Gives a scene without a shot one of its place.
    pub(super) fn establish(&mut self, place: &str) {
        let action =
            if place.is_empty() { "Establishing shot.".to_owned() } else { format!("Establishing shot of {place}.") };
        self.open(ShotDraft { action, ..ShotDraft::default() });
    }

    fn place(&mut self, mut speech: Speech, together_secs: Option<f64>, beat_secs: f64, speaker: &str) {
        let offset_after = |shot: &ShotDraft| {
            let gap = if shot.speeches.is_empty() { LEAD_SECS } else { BREATH_SECS };
            together_secs.unwrap_or_else(|| shot.end_of_speech_secs() + gap + beat_secs)
        };
        let fits = |shot: &ShotDraft| {
            shot.speeches.is_empty() || offset_after(shot) + speech.secs + TAIL_SECS <= MAX_SHOT_SECS
        };
        if !self.drafts.last().is_some_and(fits) {
            let action = if speaker.is_empty() { String::new() } else { format!("On {speaker}, speaking.") };
            self.open(ShotDraft { action, ..ShotDraft::default() });
        }
        if let Some(shot) = self.drafts.last_mut() {
            let latest = (MAX_SHOT_SECS - TAIL_SECS - speech.secs).max(0.0);
            speech.offset_secs = tenth_secs(offset_after(shot).min(latest));
            shot.speeches.push(speech);
        }
    }

    fn open(&mut self, mut shot: ShotDraft) {
        for (line, directive) in self.waiting.drain(..) {
            apply(&mut shot, line, directive);
        }
        self.drafts.push(shot);
    }
}

/// The finished shots and lines of a scene.
pub(super) fn finish(drafts: &[ShotDraft], cast: &Cast) -> (Vec<Shot>, Vec<VoiceLine>) {
    let (mut shots, mut lines) = (Vec::with_capacity(drafts.len()), Vec::new());
    for (index, draft) in drafts.iter().enumerate() {
        let shot_id = ShotId::numbered(index + 1);
        let mut shown = cast.named_in(&format!("{} {}", draft.heading, draft.action));
        shown.extend(draft.speeches.iter().filter(|speech| !speech.off_screen).filter_map(|speech| speech.member));
        for speech in &draft.speeches {
            let mut line = VoiceLine {
                line_id: LineId::numbered(lines.len() + 1),
                shot_id: shot_id.clone(),
                character_id: speech.member.map(|member| cast.id(member).clone()),
                text: speech.text.clone(),
                parenthetical: speech.parenthetical.clone(),
                offset_secs: speech.offset_secs,
                file_path: None,
                duration_secs: 0.0,
                voice_id: String::new(),
                extra: serde_json::Map::new(),
            };
            if !speech.extension.is_empty() {
                line.extra.insert("extension".to_owned(), speech.extension.clone().into());
            }
            lines.push(line);
        }
        let mut shot = Shot::new(shot_id, prompt(draft), shot_secs(draft));
        shot.character_ids = unique_ids(&shown, cast);
        shot.seed = draft.seed;
        shot.model.clone_from(&draft.model);
        shot.aspect_ratio = draft.aspect;
        shot.fit = draft.fit;
        shot.smooth = draft.smooth;
        shots.push(shot);
    }
    (shots, lines)
}

fn unique_ids(members: &[usize], cast: &Cast) -> Vec<CharacterId> {
    let mut ids: Vec<CharacterId> = Vec::new();
    for member in members {
        let id = cast.id(*member);
        if ids.len() < MAX_SHOT_CHARACTERS && !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids
}

/// Long enough for the picture and for every word in it, unless the writer set it.
fn shot_secs(draft: &ShotDraft) -> f64 {
    if let Some(secs) = draft.duration_secs {
        return secs;
    }
    let seen = timing::action_secs(&format!("{} {}", draft.heading, draft.action));
    let heard = if draft.speeches.is_empty() { 0.0 } else { draft.end_of_speech_secs() + TAIL_SECS };
    timing::half_secs(seen.max(heard)).clamp(timing::MIN_SHOT_SECS, MAX_SHOT_SECS)
}

fn prompt(draft: &ShotDraft) -> String {
    let camera = if draft.camera.is_empty() { String::new() } else { format!("Camera: {}.", draft.camera.join(", ")) };
    let heading = if draft.heading.is_empty() { String::new() } else { format!("{}.", draft.heading) };
    let parts = [heading.as_str(), draft.action.as_str(), camera.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn apply(shot: &mut ShotDraft, line: usize, directive: Directive) {
    match directive {
        Directive::Continue(from) => shot.continues = Some((line, from)),
        Directive::Camera(text) => shot.camera.push(text.trim_end_matches('.').to_owned()),
        Directive::DurationSecs(secs) => shot.duration_secs = Some(secs),
        Directive::Seed(seed) => shot.seed = Some(seed),
        Directive::Model(model) => shot.model = model,
        Directive::Aspect(aspect) => shot.aspect = Some(aspect),
        Directive::Fit(fit) => shot.fit = Some(fit),
        Directive::Smooth(smooth) => shot.smooth = smooth,
        // These are the scene's and the film's; `import` keeps them.
        Directive::SceneTitle(_) | Directive::Music(_) | Directive::Ambience(_) | Directive::Character { .. } => {}
    }
}

/// Where the speech before started, for the second of a pair.
fn pair_start(shot: &ShotDraft) -> Option<f64> {
    let last = shot.speeches.last()?;
    let same_speaker = shot.speeches.iter().rev().take_while(|speech| speech.member == last.member);
    same_speaker.last().map(|speech| speech.offset_secs)
}

fn is_off_screen(extension: &str) -> bool {
    let bare: String = extension.chars().filter(|found| found.is_alphabetic()).collect();
    matches!(bare.to_uppercase().as_str(), "VO" | "OS" | "OC" | "OFF" | "PRELAP" | "FILTERED" | "ONRADIO" | "ONPHONE")
}

fn is_continued(extension: &str) -> bool {
    extension.to_uppercase().starts_with("CONT")
}

fn is_beat(how: &str) -> bool {
    matches!(how.trim().to_lowercase().as_str(), "beat" | "a beat" | "pause" | "a pause" | "long pause" | "then")
}
