//! `kinora scene …`

use super::{
    Answer, Failure,
    answer::{short, table},
    args::{self, Fields},
    session::{Session, read},
};
use kinora_core::ids::SceneId;
use serde_json::json;
use std::{path::PathBuf, time::Instant};

#[derive(Debug, clap::Subcommand)]
pub(super) enum SceneCommand {
    /// Add a scene.
    #[command(
        after_help = "Example:\n  kinora scene add my-film --title \"Aubrey arrives in London\" --prompt \"gaslight, fog\""
    )]
    Add {
        /// Folder of the project.
        dir: PathBuf,
        /// Title of the scene.
        #[arg(long)]
        title: String,
        /// Narrative prompt, added to the prompt of every shot.
        #[arg(long)]
        prompt: Option<String>,
        /// Place in the film, from 1; absent for the end.
        #[arg(long, value_parser = args::place)]
        at: Option<usize>,
    },
    /// List the scenes in the order they play.
    #[command(after_help = "Example:\n  kinora scene list my-film")]
    List {
        /// Folder of the project.
        dir: PathBuf,
    },
    /// Move a scene to another place in the film.
    #[command(after_help = "Example:\n  kinora scene move my-film scene_003 1")]
    Move {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
        /// New place, from 1.
        #[arg(value_parser = args::place)]
        place: usize,
    },
    /// Take a scene out of the film. Its folder moves to .kinora/trash.
    #[command(after_help = "Example:\n  kinora scene remove my-film 3")]
    Remove {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
    },
    /// Change a scene.
    #[command(after_help = "Example:\n  kinora scene set my-film 1 --title \"London\" --prompt \"gaslight, fog\"")]
    Set {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
        /// Title of the scene.
        #[arg(long, required_unless_present = "prompt")]
        title: Option<String>,
        /// Narrative prompt, added to the prompt of every shot.
        #[arg(long)]
        prompt: Option<String>,
    },
}

impl SceneCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::Add { dir, title, prompt, at } => {
                let mut session = Session::open(&dir)?;
                let fields = Fields::default().with("title", &title).give("prompt", prompt);
                let params = fields.give("index", at.map(|place| place - 1)).params();
                let answer = session.run("add a scene", "scene.add", params)?;
                session.save()?;
                let scene_id = answer["scene_id"].as_str().unwrap_or_default();
                Ok(Answer::new(format!("added {scene_id} {title}"), answer.clone()))
            }
            Self::List { dir } => {
                let film = read(&dir)?;
                let rows: Vec<_> = film
                    .scenes
                    .iter()
                    .map(|scene| {
                        let shots = scene.shots.len();
                        let made = scene.shots.iter().filter(|shot| shot.file_path.is_some()).count();
                        vec![scene.scene_id.to_string(), format!("{made}/{shots} shots"), short(&scene.title, 60)]
                    })
                    .collect();
                let scenes: Vec<_> = film
                    .scenes
                    .iter()
                    .map(|scene| {
                        let asked: f64 = scene.shots.iter().map(|shot| shot.duration).sum();
                        json!({ "scene_id": scene.scene_id, "title": scene.title, "prompt": scene.prompt,
                            "shots": scene.shots.len(), "voice_lines": scene.voice_lines.len(),
                            "shots_with_take": scene.shots.iter().filter(|shot| shot.file_path.is_some()).count(),
                            "asked_duration_secs": asked })
                    })
                    .collect();
                let text = if rows.is_empty() { "no scenes yet".to_owned() } else { table(&rows) };
                Ok(Answer::new(text, json!({ "title": film.metadata.title, "scenes": scenes })))
            }
            Self::Move { dir, scene, place } => {
                let params = json!({ "scene_id": scene, "index": place - 1 });
                change(&dir, &format!("move {scene}"), "scene.move", params, format!("moved {scene} to place {place}"))
            }
            Self::Remove { dir, scene } => {
                let params = json!({ "scene_id": scene });
                let text = format!("removed {scene}; its folder is in .kinora/trash");
                change(&dir, &format!("remove {scene}"), "scene.remove", params, text)
            }
            Self::Set { dir, scene, title, prompt } => {
                let fields = Fields::default().with("scene_id", &scene);
                let params = fields.give("title", title).give("prompt", prompt).params();
                change(&dir, &format!("change {scene}"), "scene.set", params, format!("changed {scene}"))
            }
        }
    }
}

/// Opens a project, runs one operator, saves, and answers with the operator's answer.
pub(super) fn change(
    dir: &std::path::Path,
    what: &str,
    operator: &str,
    params: serde_json::Value,
    text: String,
) -> Result<Answer, Failure> {
    let mut session = Session::open(dir)?;
    let mut answer = session.run(what, operator, params)?;
    let began = Instant::now();
    session.save()?;
    if let Some(answer) = answer.as_object_mut() {
        // From the change to the file on the disk, without opening the film.
        answer.insert("save_secs".to_owned(), began.elapsed().as_secs_f64().into());
    }
    Ok(Answer::new(text, answer))
}
