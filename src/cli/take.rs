//! `kinora take …`

use super::{Answer, Failure, answer::table, args, failure::Doing, scene::change, session::read};
use crate::document::UnknownName;
use kinora_core::ids::{SceneId, ShotId, TakeId};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub(super) enum TakeCommand {
    /// List the takes of a shot, the oldest first.
    #[command(after_help = "Example:\n  kinora take list my-film 1 2")]
    List {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
        /// The shot.
        #[arg(value_parser = args::shot_id)]
        shot: ShotId,
    },
    /// Make a take the one that plays.
    #[command(after_help = "Example:\n  kinora take choose my-film 1 2 take_001")]
    Choose {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
        /// The shot.
        #[arg(value_parser = args::shot_id)]
        shot: ShotId,
        /// The take.
        #[arg(value_parser = args::take_id)]
        take: TakeId,
    },
    /// Make a shot of its own of a take: it asks for the same and plays this take alone.
    #[command(
        after_help = "Examples:\n  kinora take to-shot my-film 1 2 take_001\n  kinora take to-shot my-film 1 2 take_001 \
        --to-scene 3 --at 1"
    )]
    ToShot {
        /// Folder of the project.
        dir: PathBuf,
        /// The scene.
        #[arg(value_parser = args::scene_id)]
        scene: SceneId,
        /// The shot.
        #[arg(value_parser = args::shot_id)]
        shot: ShotId,
        /// The take.
        #[arg(value_parser = args::take_id)]
        take: TakeId,
        /// The scene the new shot comes to; absent for the one the take is in.
        #[arg(long, value_parser = args::scene_id)]
        to_scene: Option<SceneId>,
        /// Place in the scene, from 1; absent for the one behind the shot, in another scene for the end.
        #[arg(long, value_parser = args::place)]
        at: Option<usize>,
    },
}

impl TakeCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::List { dir, scene, shot } => {
                let film = read(&dir)?;
                let found = film.scene(&scene).and_then(|found| found.shot(&shot));
                let found =
                    found.ok_or_else(|| UnknownName::Shot(scene.clone(), shot.clone())).doing("list the takes")?;
                let is_chosen = |take: &kinora_core::film::Take| found.file_path.as_ref() == Some(&take.file_path);
                let rows: Vec<_> = found
                    .takes
                    .iter()
                    .map(|take| {
                        let length = take.media.as_ref().map(|media| format!("{:.1} s", media.duration_secs));
                        let chosen = if is_chosen(take) { "chosen" } else { "" };
                        let model = if take.model.is_empty() { &take.provider } else { &take.model };
                        vec![
                            take.take_id.to_string(),
                            chosen.to_owned(),
                            length.unwrap_or_default(),
                            model.clone(),
                            take.file_path.to_string(),
                        ]
                    })
                    .collect();
                let takes: Vec<_> = found
                    .takes
                    .iter()
                    .map(|take| {
                        let mut json = serde_json::to_value(take).unwrap_or_default();
                        json["chosen"] = is_chosen(take).into();
                        json
                    })
                    .collect();
                let text = if rows.is_empty() { format!("{scene}/{shot} has no take yet") } else { table(&rows) };
                Ok(Answer::new(text, json!({ "scene_id": scene, "shot_id": shot, "takes": takes })))
            }
            Self::Choose { dir, scene, shot, take } => {
                let params = json!({ "scene_id": scene, "shot_id": shot, "take_id": take });
                let text = format!("{scene}/{shot} plays {take}");
                change(&dir, &format!("choose {take}"), "take.choose", params, text)
            }
            Self::ToShot { dir, scene, shot, take, to_scene, at } => {
                let params = json!({ "scene_id": scene, "shot_id": shot, "take_id": take, "to_scene_id": to_scene,
                    "index": at.map(|place| place - 1) });
                let text = format!("made a shot of {scene}/{shot}/{take}");
                change(&dir, &format!("make a shot of {take}"), "take.to_shot", params, text)
            }
        }
    }
}
