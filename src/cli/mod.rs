//! The command line: one file a group of commands. A command opens the project, runs operators, saves, and answers.
//!
//! - `args`: how scenes, shots and values are written; `session`: an open project;
//! - `answer`: what a command gives back, as text and as JSON; `failure`: what, why, what to do;
//! - `work`: providers, progress bars and Ctrl-C for commands that take long; `bring`: copying a file into the project.
//!
//! Only `main` prints.

mod answer;
mod args;
mod audio;
mod bring;
mod character;
mod check;
mod continuity;
mod doctor;
mod edit;
mod failure;
mod film;
mod generate;
mod import;
mod jobs;
mod keys;
mod measure;
mod models;
mod new;
mod progress;
mod render;
mod scene;
mod session;
mod settings;
mod shot;
mod spend;
mod take;
mod work;

pub use answer::Answer;
pub use failure::Failure;

use clap::{CommandFactory, Parser, Subcommand};
use std::{ffi::OsString, path::Path};

/// Films made with generative models, from the first line of the script to the render.
#[derive(Debug, Parser)]
#[command(
    name = "kinora",
    version,
    after_help = "A film from a screenplay, all at once:\n  kinora film the-vampyre.fountain -o my-film\n\n\
        A film by hand:\n  kinora new my-film --title \"The Vampyre\"\n  kinora scene add my-film --title \"Aubrey \
        arrives in London\"\n  kinora shot add my-film 1 --prompt \"London at dusk, slow pan left\" --duration 6\n  \
        kinora generate shot my-film 1 1\n  kinora render film my-film\n\nThe window:\n  kinora my-film\n\n\
        Scenes and shots are written scene_001, 001 or 1.\nExit codes: 0 done, 1 failed, 2 wrong usage."
)]
pub struct Cli {
    /// Answer with one JSON object on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open the editor's window.
    Edit(edit::EditCommand),
    /// Make an empty project.
    New(new::New),
    /// Bring a screenplay into a project.
    Import(import::Import),
    /// Add, list, move, remove and change scenes.
    #[command(subcommand)]
    Scene(scene::SceneCommand),
    /// Add, list, move, remove and change shots.
    #[command(subcommand)]
    Shot(shot::ShotCommand),
    /// List the takes of a shot and choose one.
    #[command(subcommand)]
    Take(take::TakeCommand),
    /// Add, list, change and remove characters.
    #[command(subcommand)]
    Character(character::CharacterCommand),
    /// The sound lanes of a scene.
    #[command(subcommand)]
    Audio(audio::AudioCommand),
    /// The film's settings.
    #[command(subcommand)]
    Settings(settings::SettingsCommand),
    /// Make takes, voices, music and ambience.
    #[command(subcommand)]
    Generate(generate::GenerateCommand),
    /// List the models of every provider, show one, or read them from their vendors again.
    Models(models::Models),
    /// What was asked of providers: list, watch, go on, cancel, hand in once more, keep, dismiss.
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// The vendors' keys: list, set, test, remove.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// What the film has cost so far.
    Spend(spend::SpendCommand),
    /// Render a scene or the film.
    #[command(subcommand)]
    Render(render::RenderCommand),
    /// Say how the shots meet: every cut, and the drift along continued shots.
    Continuity(continuity::ContinuityCommand),
    /// Join two clips and smooth the cut between them.
    Smooth(continuity::SmoothCommand),
    /// List every problem of a project.
    Check(check::Check),
    /// Say what this machine can do: FFmpeg, encoders, speech, GPU, keys, models.
    #[command(after_help = "Example:\n  kinora doctor")]
    Doctor,
    /// A film from a screenplay, all at once: import, voices, shots, music, ambience, render.
    Film(film::FilmCommand),
    /// Do one piece of work on foreign media for another Kinora process.
    #[command(hide = true)]
    Worker,
    /// Measure how fast frames of a film are found and shown.
    #[command(hide = true)]
    MeasurePreview(measure::MeasurePreview),
    /// Print a completion script for a shell.
    #[command(after_help = "Example:\n  kinora completions bash > ~/.local/share/bash-completion/completions/kinora")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

impl Cli {
    /// Reads the arguments of the process. `kinora DIR` is `kinora edit DIR`.
    ///
    /// # Errors
    /// What is wrong with them; also when help or the version was asked for.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut words: Vec<OsString> = words.into_iter().collect();
        let is_name = |word: &OsString| Self::command().find_subcommand(word).is_some();
        // A folder that is called like a command is written ./scene.
        if words.get(1).is_some_and(|word| !is_name(word) && Path::new(word).is_dir()) {
            words.insert(1, "edit".into());
        }
        Self::try_parse_from(words)
    }

    /// Does what was asked.
    ///
    /// # Errors
    /// [`Failure`]: what, why, what to do.
    pub fn run(self) -> Result<Answer, Failure> {
        let Some(command) = self.command else { return edit::EditCommand::default().run() };
        match command {
            Command::Edit(command) => command.run(),
            Command::New(command) => command.run(),
            Command::Import(command) => command.run(),
            Command::Scene(command) => command.run(),
            Command::Shot(command) => command.run(),
            Command::Take(command) => command.run(),
            Command::Character(command) => command.run(),
            Command::Audio(command) => command.run(),
            Command::Settings(command) => command.run(),
            Command::Generate(command) => command.run(),
            Command::Models(command) => command.run(),
            Command::Jobs(command) => command.run(),
            Command::Keys(command) => command.run(),
            Command::Spend(command) => command.run(),
            Command::Render(command) => command.run(),
            Command::Continuity(command) => command.run(),
            Command::Smooth(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Doctor => doctor::run(),
            Command::Film(command) => command.run(),
            Command::Worker => Ok(Answer::silent(!kinora_core::worker::serve(
                std::io::BufReader::new(std::io::stdin()),
                std::io::stdout(),
            ))),
            Command::MeasurePreview(command) => command.run(),
            Command::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut Self::command(), "kinora", &mut script);
                let script = String::from_utf8_lossy(&script).into_owned();
                Ok(Answer::new(script.clone(), serde_json::json!({ "shell": shell.to_string(), "script": script })))
            }
        }
    }
}
