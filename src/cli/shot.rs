//! `kinora shot …`

use super::{
    Answer, Failure,
    answer::{short, table},
    args::{self, Fields, FitArg, SmoothArg},
    failure::Doing,
    scene::change,
    session::{Session, read},
    work::Work,
};
use crate::document::UnknownName;
use kinora_core::{
    film::{AspectRatio, FitMode, SmoothMode},
    ids::{CharacterId, SceneId, ShotId},
};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(super) enum ShotCommand {
    /// Add a shot to a scene, to be generated from a prompt or from a clip.
    #[command(
        after_help = "Examples:\n  kinora shot add my-film 1 --prompt \"London at dusk, slow pan left\" --duration 6 \
        --character char_aubrey\n  kinora shot add my-film 1 --prompt \"He turns\" --continue\n  kinora shot add my-film 1 --prompt \
        \"Later\" --continue scene_001/shot_002\n  kinora shot add my-film 1 --clip holiday.mov"
    )]
    Add(Add),
    /// List the shots of a scene in the order they play.
    #[command(after_help = "Example:\n  kinora shot list my-film 1")]
    List {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
    },
    /// Move a shot to another place in its scene or in another one; its lines move with it.
    #[command(
        after_help = "Examples:\n  kinora shot move my-film 1 shot_004 2\n  kinora shot move my-film 1 4 1 --to-scene 3"
    )]
    Move {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
        /// The shot.
        #[arg(value_parser = args::shot_id)]
        shot: ShotId,
        /// New place, from 1.
        #[arg(value_parser = args::place)]
        place: usize,
        /// The scene to move it to; absent for the one it is in.
        #[arg(long, value_parser = args::scene_id)]
        to_scene: Option<SceneId>,
    },
    /// Make two shots of one; the film looks as before.
    #[command(after_help = "Example:\n  kinora shot split my-film 1 4 48")]
    Split {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
        /// The shot.
        #[arg(value_parser = args::shot_id)]
        shot: ShotId,
        /// First frame of the second part, counted at the film's rate from the first frame that the shot shows.
        frame: u64,
    },
    /// Take a shot and its lines out of its scene. Its clips stay in the folder.
    #[command(after_help = "Example:\n  kinora shot remove my-film 1 4")]
    Remove {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
        /// The shot.
        #[arg(value_parser = args::shot_id)]
        shot: ShotId,
    },
    /// Change a shot.
    #[command(
        after_help = "Examples:\n  kinora shot set my-film 1 2 --prompt \"He turns, frightened\" --duration 4\n  \
        kinora shot set my-film 1 2 --in 12 --out 96\n  kinora shot set my-film 1 2 --default out_frame --default model"
    )]
    Set(Set),
}

/// What a shot is asked to be.
#[derive(Debug, clap::Args)]
struct Asked {
    /// What the picture shows.
    #[arg(long)]
    prompt: Option<String>,
    /// Model to make it with, for example draft:previs.
    #[arg(long)]
    model: Option<String>,
    /// Length in seconds.
    #[arg(long, value_parser = args::number, allow_negative_numbers = true)]
    duration: Option<f64>,
    /// Shape of the picture, for example 16:9.
    #[arg(long)]
    aspect_ratio: Option<AspectRatio>,
    /// A character in the shot; may be given several times.
    #[arg(long = "character", value_parser = args::character_id)]
    characters: Vec<CharacterId>,
    /// Seed, to get the same clip again.
    #[arg(long)]
    seed: Option<u64>,
    /// Start from the last frame of the shot before, or of the one named: 2, shot_002, scene_001/shot_002. With @FRAME
    /// from that frame of its take: 2@48, previous@48.
    #[arg(long = "continue", value_name = "SHOT", num_args = 0..=1, default_missing_value = "previous")]
    continue_from: Option<String>,
}

impl Asked {
    fn fields(self) -> Result<Fields, Failure> {
        let characters = (!self.characters.is_empty()).then_some(self.characters);
        Ok(Fields::default()
            .give("prompt", self.prompt)
            .give("model", self.model)
            .give("duration", self.duration)
            .give("aspect_ratio", self.aspect_ratio)
            .give("character_ids", characters)
            .give("seed", self.seed)
            .give("continue_from", self.continue_from.map(|text| continue_from(&text)).transpose()?))
    }
}

/// The shot to continue, as `shot.add` takes it.
fn continue_from(text: &str) -> Result<Value, Failure> {
    let refused = |why: String| Failure { what: format!("continue {text}"), ..Failure::new("usage", why) };
    let (shot, frame) = match text.split_once('@') {
        Some((shot, frame)) => {
            let wrong = || refused(format!("{frame} is not a frame number: write for example 2@48"));
            (shot, Some(frame.parse::<u64>().map_err(|_| wrong())?))
        }
        None => (text, None),
    };
    let source = match (shot, shot.split_once('/')) {
        ("previous", _) => json!({}),
        (_, Some((scene, shot))) => {
            let scene_id = args::scene_id(scene).map_err(refused)?;
            json!({ "scene_id": scene_id, "shot_id": args::shot_id(shot).map_err(refused)? })
        }
        (shot, None) => json!({ "shot_id": args::shot_id(shot).map_err(refused)? }),
    };
    Ok(match (source, frame) {
        (Value::Object(mut source), Some(frame)) => {
            source.insert("frame".to_owned(), json!(frame));
            Value::Object(source)
        }
        (source, _) => source,
    })
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("source").required(true).multiple(true).args(["prompt", "clip"]))]
pub(super) struct Add {
    /// Folder of the project.
    dir: PathBuf,
    /// The scene.
    #[arg(value_parser = args::scene_id)]
    scene: SceneId,
    #[command(flatten)]
    asked: Asked,
    /// A clip to use as the first take; it is copied into the project.
    #[arg(long, value_name = "FILE")]
    clip: Option<PathBuf>,
    /// Place in the scene, from 1; absent for the end.
    #[arg(long, value_parser = args::place)]
    at: Option<usize>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Set {
    /// Folder of the project.
    dir: PathBuf,
    /// The scene.
    #[arg(value_parser = args::scene_id)]
    scene: SceneId,
    /// The shot.
    #[arg(value_parser = args::shot_id)]
    shot: ShotId,
    #[command(flatten)]
    asked: Asked,
    /// Continue no other shot.
    #[arg(long, conflicts_with = "continue_from")]
    no_continue: bool,
    /// In point: first frame used, counted at the film's rate.
    #[arg(long = "in", value_name = "FRAME")]
    in_frame: Option<u64>,
    /// Out point: one past the last frame used.
    #[arg(long = "out", value_name = "FRAME")]
    out_frame: Option<u64>,
    /// How a clip of another shape meets the film's frame.
    #[arg(long)]
    fit: Option<FitArg>,
    /// Smoothing of the cut into the next shot.
    #[arg(long)]
    smooth: Option<SmoothArg>,
    /// Gain of the clip's own sound, in decibels.
    #[arg(long, value_parser = args::number, allow_negative_numbers = true)]
    gain_db: Option<f64>,
    /// Whether the clip's own sound is silent.
    #[arg(long)]
    mute: Option<bool>,
    /// A field of scene.json to put back to its default, for example out_frame.
    #[arg(long = "default", value_name = "FIELD")]
    defaults: Vec<String>,
}

impl ShotCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::Add(add) => add.run(),
            Self::List { dir, scene } => list(&dir, &scene),
            Self::Move { dir, scene, shot, place, to_scene } => {
                let target = to_scene.as_ref().map(|to_scene| format!(" of {to_scene}")).unwrap_or_default();
                let text = format!("moved {scene}/{shot} to place {place}{target}");
                let params = json!({ "scene_id": scene, "shot_id": shot, "to_scene_id": to_scene, "index": place - 1 });
                change(&dir, &format!("move {scene}/{shot}"), "shot.move", params, text)
            }
            Self::Split { dir, scene, shot, frame } => {
                let params = json!({ "scene_id": scene, "shot_id": shot, "frame": frame });
                let text = format!("split {scene}/{shot} at frame {frame}");
                change(&dir, &format!("split {scene}/{shot}"), "shot.split", params, text)
            }
            Self::Remove { dir, scene, shot } => {
                let params = json!({ "scene_id": scene, "shot_id": shot });
                let text = format!("removed {scene}/{shot}; its clips are still in the scene's folder");
                change(&dir, &format!("remove {scene}/{shot}"), "shot.remove", params, text)
            }
            Self::Set(set) => set.run(),
        }
    }
}

impl Add {
    fn run(self) -> Result<Answer, Failure> {
        let mut session = Session::open(&self.dir)?;
        let what = format!("add a shot to {}", self.scene);
        let asked_duration = self.asked.duration.is_some();
        let fields = self.asked.fields()?.with("scene_id", &self.scene).give("index", self.at.map(|place| place - 1));
        let answer = session.run(&what, "shot.add", fields.params())?;
        let shot_id = ShotId::new(answer["shot_id"].as_str().unwrap_or_default())
            .map_err(|error| Failure::new("operator", error))
            .doing(&what)?;
        let mut answer = answer;
        if let Some(clip) = &self.clip {
            // A clip that cannot be used leaves the film as it was: nothing is saved before the take is whole.
            let work = Work::start()?;
            let take = work.generator()?.adopt_clip(&mut session.open_film(), &self.scene, &shot_id, clip);
            let take = take.doing(format!("use {}", clip.display()))?;
            let length = take.media.as_ref().map(|media| media.duration_secs);
            if let Some(length_secs) = length.filter(|_| !asked_duration) {
                // The shot is as long as its clip, unless a length was asked for.
                let params = json!({ "scene_id": self.scene, "shot_id": shot_id,
                    "duration": (length_secs * 1000.0).round() / 1000.0 });
                session.run(&what, "shot.set", params)?;
            }
            answer["take"] = serde_json::to_value(take).unwrap_or_default();
        }
        session.save()?;
        Ok(Answer::new(format!("added {}/{shot_id}", self.scene), answer))
    }
}

impl Set {
    fn run(self) -> Result<Answer, Failure> {
        let (scene, shot) = (&self.scene, &self.shot);
        let mut fields = self.asked.fields()?.with("scene_id", scene).with("shot_id", shot);
        if self.no_continue {
            fields = fields.with("continue_from", false);
        }
        fields = fields
            .give("in_frame", self.in_frame)
            .give("out_frame", self.out_frame)
            .give("fit", self.fit.map(FitMode::from))
            .give("smooth", self.smooth.map(SmoothMode::from))
            .give("gain_db", self.gain_db)
            .give("mute", self.mute);
        for field in &self.defaults {
            fields = fields.with(field, Value::Null);
        }
        let what = format!("change {scene}/{shot}");
        change(&self.dir, &what, "shot.set", fields.params(), format!("changed {scene}/{shot}"))
    }
}

fn list(dir: &std::path::Path, scene_id: &SceneId) -> Result<Answer, Failure> {
    let film = read(dir)?;
    let scene = film.scene(scene_id).ok_or_else(|| UnknownName::Scene(scene_id.clone())).doing("list the shots")?;
    let rows: Vec<_> = scene
        .shots
        .iter()
        .map(|shot| {
            let takes = match shot.takes.len() {
                0 => "no take".to_owned(),
                1 => "1 take".to_owned(),
                many => format!("{many} takes"),
            };
            let continues = match (&shot.continuity_source, film.out_of_date(scene_id, shot)) {
                (_, Some(_)) => "out of date",
                (Some(_), None) => "continued",
                (None, None) => "",
            };
            vec![
                shot.shot_id.to_string(),
                format!("{:.1} s", shot.duration),
                takes,
                continues.to_owned(),
                short(&shot.prompt, 60),
            ]
        })
        .collect();
    let shots: Vec<_> = scene
        .shots
        .iter()
        .map(|shot| {
            json!({ "shot_id": shot.shot_id, "prompt": shot.prompt, "model": shot.model, "duration": shot.duration,
                "file_path": shot.file_path, "character_ids": shot.character_ids, "takes": shot.takes.len(),
                "continuity_source": shot.continuity_source, "out_of_date": film.out_of_date(scene_id, shot) })
        })
        .collect();
    let text = if rows.is_empty() { format!("{scene_id} has no shots yet") } else { table(&rows) };
    Ok(Answer::new(text, json!({ "scene_id": scene_id, "title": scene.title, "shots": shots })))
}
