//! `kinora generate …`

use super::{Answer, Failure, args, failure::Doing, models::usd, session::Session, work::Work};
use crate::generation::{Quote, ShotOptions, ShotOutcome, VoiceRequest};
use kinora_core::{
    film::AudioLane,
    ids::{CharacterId, LineId, SceneId, ShotId},
    progress::ProgressUpdate,
};
use kinora_provider::sum_usd;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(super) enum GenerateCommand {
    /// Make a new take of a shot: the clip, its first and last frame, and the entry in scene.json.
    #[command(
        after_help = "Examples:\n  kinora generate shot my-film 1 2\n  kinora generate shot my-film 1 2 --seed 7 --model \
        draft:previs\n  kinora generate shot my-film 1 2 --model replicate:google/veo-3.1 --dry-run   (what it would ask and cost)"
    )]
    Shot {
        #[command(flatten)]
        shot: ShotArgs,
        /// Another model than the shot's, this once.
        #[arg(long)]
        model: Option<String>,
        /// Another seed than the shot's, this once.
        #[arg(long)]
        seed: Option<u64>,
        /// Ask nothing: say what would be asked, what it would cost and what is wrong with it.
        #[arg(long)]
        dry_run: bool,
    },
    /// Speak lines of a scene, or turn a recording into a character's voice.
    #[command(
        after_help = "Examples:\n  kinora generate voice my-film 1                         (every line without sound)\n  kinora \
        generate voice my-film 1 --line line_002\n  kinora generate voice my-film 1 --shot 2 --character char_aubrey --text \"Who is \
        he?\"\n  kinora generate voice my-film 1 --shot 2 --character char_aubrey --recording me.wav"
    )]
    Voice(Voice),
    /// Move the lips of a shot to its lines, as a new take.
    #[command(
        after_help = "Examples:\n  kinora generate lipsync my-film 1 2\n  kinora generate lipsync my-film 1 2 --voice line.wav"
    )]
    Lipsync {
        #[command(flatten)]
        shot: ShotArgs,
        /// A voice to move to; absent for the shot's first spoken line.
        #[arg(long, value_name = "FILE")]
        voice: Option<PathBuf>,
        /// Model, for example draft:lips.
        #[arg(long)]
        model: Option<String>,
        /// Ask nothing: say what would be asked, what it would cost and what is wrong with it.
        #[arg(long)]
        dry_run: bool,
    },
    /// Make the music of a scene, as long as the scene is now.
    #[command(after_help = "Example:\n  kinora generate music my-film 1 --prompt \"slow strings, uneasy\"")]
    Music(Bed),
    /// Make the ambience of a scene.
    #[command(after_help = "Example:\n  kinora generate ambience my-film 1 --prompt \"rain on a roof\"")]
    Ambience(Bed),
    /// Make everything the film lacks: voices, shots, music and ambience.
    #[command(after_help = "Example:\n  kinora generate film my-film   (run it again to finish what was cut short)")]
    Film {
        /// Folder of the project.
        dir: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct ShotArgs {
    /// Folder of the project.
    dir: PathBuf,
    /// The scene.
    #[arg(value_parser = args::scene_id)]
    scene: SceneId,
    /// The shot.
    #[arg(value_parser = args::shot_id)]
    shot: ShotId,
}

#[derive(Debug, clap::Args)]
pub(super) struct Voice {
    /// Folder of the project.
    dir: PathBuf,
    /// The scene.
    #[arg(value_parser = args::scene_id)]
    scene: SceneId,
    /// One line, again.
    #[arg(long, value_parser = args::line_id, conflicts_with_all = ["text", "recording"])]
    line: Option<LineId>,
    /// The shot at which new words are spoken.
    #[arg(long, value_parser = args::shot_id)]
    shot: Option<ShotId>,
    /// Who speaks the new words.
    #[arg(long, value_parser = args::character_id, requires = "shot")]
    character: Option<CharacterId>,
    /// New words.
    #[arg(long, requires = "shot")]
    text: Option<String>,
    /// A recording to turn into the character's voice.
    #[arg(long, value_name = "FILE", requires_all = ["shot", "character"])]
    recording: Option<PathBuf>,
    /// Model, for example draft:speech.
    #[arg(long)]
    model: Option<String>,
    /// Ask nothing: say what would be asked, what it would cost and what is wrong with it.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Bed {
    /// Folder of the project.
    dir: PathBuf,
    /// The scene.
    #[arg(value_parser = args::scene_id)]
    scene: SceneId,
    /// What is heard; absent for the scene's own words.
    #[arg(long)]
    prompt: Option<String>,
    /// Model to make it with.
    #[arg(long)]
    model: Option<String>,
    /// Ask nothing: say what would be asked, what it would cost and what is wrong with it.
    #[arg(long)]
    dry_run: bool,
}

impl GenerateCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::Shot { shot, model, seed, dry_run } => {
                let ShotArgs { dir, scene, shot } = shot;
                let (mut session, work) = (Session::open(&dir)?, Work::start()?);
                let options = ShotOptions { model, seed };
                if dry_run {
                    let quote = work.generator()?.quote_shot(&session.open_film(), &scene, &shot, &options);
                    return quoted(&[quote.doing(format!("say what {scene}/{shot} would cost"))?]);
                }
                let outcome = work.generator()?.shot(&mut session.open_film(), &scene, &shot, &options);
                let outcome = outcome.doing(format!("generate {scene}/{shot}"))?;
                session.save()?;
                Ok(take_answer(&scene, &shot, &outcome))
            }
            Self::Lipsync { shot, voice, model, dry_run } => {
                let ShotArgs { dir, scene, shot } = shot;
                let (mut session, work) = (Session::open(&dir)?, Work::start()?);
                let generator = work.generator()?;
                let film = &mut session.open_film();
                if dry_run {
                    let quote = generator.quote_lipsync(film, &scene, &shot, voice.as_deref(), model.as_deref());
                    return quoted(&[quote.doing(format!("say what the lips of {scene}/{shot} would cost"))?]);
                }
                let outcome = generator.lipsync(film, &scene, &shot, voice.as_deref(), model.as_deref());
                let outcome = outcome.doing(format!("sync the lips of {scene}/{shot}"))?;
                session.save()?;
                Ok(take_answer(&scene, &shot, &outcome))
            }
            Self::Voice(voice) => voice.run(),
            Self::Music(bed) => bed.run(AudioLane::Music),
            Self::Ambience(bed) => bed.run(AudioLane::Ambient),
            Self::Film { dir } => complete(&dir),
        }
    }
}

/// Makes everything a film lacks.
fn complete(dir: &Path) -> Result<Answer, Failure> {
    let (mut session, work) = (Session::open(dir)?, Work::start()?);
    let bar = &work.bar;
    let made = work.generator()?.complete_film(&mut session.open_film(), &mut |step| {
        let (done, total) = (step.done as u64, step.total as u64);
        bar.report(ProgressUpdate { label: step.label.clone(), done, total });
    });
    made.doing("make what the film lacks")?;
    session.save()?;
    Ok(Answer::new("the film lacks nothing", json!({ "complete": true })))
}

/// What would be asked. It fails where something would be refused, so that a script can tell.
fn quoted(quotes: &[Quote]) -> Result<Answer, Failure> {
    let mut lines = Vec::new();
    for quote in quotes {
        let price = match quote.price {
            None => "price unknown".to_owned(),
            Some(price) if price.usd <= 0.0 => "free".to_owned(),
            Some(price) if price.is_estimate => format!("about {}", usd(price.usd)),
            Some(price) => usd(price.usd),
        };
        lines.push(format!("{} from {}: {price}", quote.purpose, quote.model));
        lines.extend(quote.problems.iter().map(|problem| format!("  {}: {}", problem.field, problem.reason)));
        lines.extend(quote.over_budget.iter().map(|why| format!("  {why}")));
    }
    if quotes.is_empty() {
        lines.push("there is nothing to ask".to_owned());
    }
    let prices: Option<Vec<f64>> = quotes.iter().map(|quote| quote.price.map(|price| price.usd)).collect();
    let total_usd = prices.map(sum_usd);
    if quotes.len() > 1 {
        lines.push(format!("{} in all", total_usd.map_or_else(|| "price unknown".to_owned(), usd)));
    }
    let refused = quotes.iter().any(|quote| !quote.problems.is_empty() || quote.over_budget.is_some());
    let json = json!({ "dry_run": true, "quotes": quotes, "total_usd": total_usd, "refused": refused });
    let mut answer = Answer::new(lines.join("\n"), json);
    answer.failed = refused;
    Ok(answer)
}

fn take_answer(scene: &SceneId, shot: &ShotId, outcome: &ShotOutcome) -> Answer {
    let take = &outcome.take;
    let text = format!("{scene}/{shot} plays {} ({}, {})", take.take_id, take.file_path, outcome.model);
    let json = json!({ "scene_id": scene, "shot_id": shot, "model": outcome.model, "prompt": outcome.prompt,
        "take": take, "file_path": take.file_path, "cost_usd": take.cost_usd });
    Answer::new(text, json)
}

impl Voice {
    fn run(self) -> Result<Answer, Failure> {
        let what = format!("generate the voices of {}", self.scene);
        let request = match (self.line, self.shot, self.recording, self.text) {
            (Some(line_id), ..) => VoiceRequest::Line(line_id),
            (None, Some(shot_id), Some(wav), text) => {
                let missing = || Failure::new("usage", "a recording needs --character, whose voice it becomes");
                let character_id = self.character.ok_or_else(missing).doing(&what)?;
                VoiceRequest::Recording { shot_id, character_id, wav, text: text.unwrap_or_default() }
            }
            (None, Some(shot_id), None, Some(text)) => {
                VoiceRequest::Text { shot_id, character_id: self.character, text }
            }
            (None, Some(_), None, None) => {
                let failure = Failure::new("usage", "a shot alone says nothing");
                return Err(failure.fix("add --text or --recording, or leave out --shot")).doing(what);
            }
            (None, None, ..) => VoiceRequest::Missing,
        };
        let (mut session, work) = (Session::open(&self.dir)?, Work::start()?);
        let generator = work.generator()?;
        if self.dry_run {
            let quotes = generator.quote_voice(&session.open_film(), &self.scene, &request, self.model.as_deref());
            return quoted(&quotes.doing(what)?);
        }
        let made = generator.voice(&mut session.open_film(), &self.scene, request, self.model.as_deref());
        let made = made.doing(what)?;
        session.save()?;
        let lines: Vec<_> = made.lines.iter().map(|line| serde_json::to_value(line).unwrap_or(Value::Null)).collect();
        let text = format!("{}: {} lines spoken, {}", self.scene, lines.len(), made.voice_wav);
        Ok(Answer::new(text, json!({ "scene_id": self.scene, "lines": lines, "voice_wav": made.voice_wav })))
    }
}

impl Bed {
    fn run(self, lane: AudioLane) -> Result<Answer, Failure> {
        let what = format!("generate the {} lane of {}", lane.as_str(), self.scene);
        let (mut session, work) = (Session::open(&self.dir)?, Work::start()?);
        let generator = work.generator()?;
        let (prompt, model) = (self.prompt.as_deref(), self.model.as_deref());
        if self.dry_run {
            let quote = generator.quote_bed(&session.open_film(), &self.scene, lane, prompt, model);
            return quoted(&[quote.doing(what)?]);
        }
        let path = generator.bed(&mut session.open_film(), &self.scene, lane, prompt, model).doing(what)?;
        session.save()?;
        let text = format!("{}: {path}", self.scene);
        Ok(Answer::new(text, json!({ "scene_id": self.scene, "lane": lane, "file_path": path })))
    }
}
