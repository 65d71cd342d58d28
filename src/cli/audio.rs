//! `kinora audio …`

use super::{
    Answer, Failure,
    args::{self, Fields, LaneArg},
    bring::bring,
    failure::Doing,
    session::{Session, probe},
};
use kinora_core::{
    film::{AudioLane, ProjectPath},
    ids::SceneId,
};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(super) enum AudioCommand {
    /// Set the sound or the mix of a scene's voice, music or ambient lane.
    #[command(
        after_help = "Examples:\n  kinora audio set my-film 1 music --file score.wav --gain-db -6 --loop true --fade-out 2\n  \
        kinora audio set my-film 1 ambient --mute true\n  kinora audio set my-film 1 voice --clear   (the lines play again)"
    )]
    Set(Set),
}

#[derive(Debug, clap::Args)]
pub(super) struct Set {
    /// Folder of the project.
    dir: PathBuf,
    /// The scene.
    #[arg(value_parser = args::scene_id)]
    scene: SceneId,
    /// The lane.
    lane: LaneArg,
    /// A sound file for the lane; it is copied into the project.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Empty the lane.
    #[arg(long, conflicts_with = "file")]
    clear: bool,
    /// Gain in decibels.
    #[arg(long, value_parser = args::number, allow_negative_numbers = true)]
    gain_db: Option<f64>,
    /// Where the file starts in the scene, in seconds; negative starts inside the file.
    #[arg(long, value_parser = args::number, allow_negative_numbers = true, value_name = "SECS")]
    offset: Option<f64>,
    /// Whether a file shorter than the scene starts again.
    #[arg(long = "loop", value_name = "BOOL")]
    looped: Option<bool>,
    /// Fade in, in seconds.
    #[arg(long, value_parser = args::number, value_name = "SECS")]
    fade_in: Option<f64>,
    /// Fade out, in seconds.
    #[arg(long, value_parser = args::number, value_name = "SECS")]
    fade_out: Option<f64>,
    /// Whether the lane is silent.
    #[arg(long, value_name = "BOOL")]
    mute: Option<bool>,
}

impl AudioCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let Self::Set(set) = self;
        let mut session = Session::open(&set.dir)?;
        let lane = AudioLane::from(set.lane);
        let what = format!("set the {} lane of {}", lane.as_str(), set.scene);
        session.view().scene(&set.scene).doing(&what)?;
        let mut fields = Fields::default()
            .with("scene_id", &set.scene)
            .with("lane", lane)
            .give("gain_db", set.gain_db)
            .give("offset_secs", set.offset)
            .give("loop", set.looped)
            .give("fade_in_secs", set.fade_in)
            .give("fade_out_secs", set.fade_out)
            .give("mute", set.mute);
        if let Some(file) = &set.file {
            fields = fields.with("file_path", bring_sound(&session, &set.scene, lane, file).doing(&what)?);
        } else if set.clear {
            fields = fields.with("file_path", serde_json::Value::Null);
        }
        let answer = session.run(&what, "lane.set", fields.params())?;
        session.save()?;
        Ok(Answer::new(format!("set the {} lane of {}", lane.as_str(), set.scene), answer))
    }
}

/// Checks that a file holds sound and copies it into the scene.
fn bring_sound(session: &Session, scene: &SceneId, lane: AudioLane, file: &Path) -> Result<ProjectPath, Failure> {
    let info = probe(file)?;
    if info.sound.is_none() {
        let why = format!("{}: it holds no sound", file.display());
        return Err(Failure::new("media", why).fix("bring a WAV, MP3, FLAC, OGG or M4A file"));
    }
    let extension = file.extension().and_then(|text| text.to_str()).unwrap_or("wav").to_ascii_lowercase();
    bring(file, &session.folder, &session.folder.scene_dir(scene), "audio", lane.as_str(), &extension)
}
