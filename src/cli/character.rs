//! `kinora character …`

use super::{
    Answer, Failure,
    answer::{short, table},
    args::{self, Fields},
    bring::bring,
    failure::Doing,
    scene::change,
    session::{Session, read},
};
use kinora_core::{film::ProjectPath, ids::CharacterId};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(super) enum CharacterCommand {
    /// Add a character.
    #[command(
        after_help = "Example:\n  kinora character add my-film --name \"Lord Ruthven\" --voice draft:baritone --style \
        \"pale, uncanny, aristocratic\" --portrait ruthven.png"
    )]
    Add {
        /// Folder of the project.
        dir: PathBuf,
        /// Name as the film says it.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        facts: Facts,
        /// Id; absent for one made from the name.
        #[arg(long, value_parser = args::character_id)]
        id: Option<CharacterId>,
    },
    /// List the characters.
    #[command(after_help = "Example:\n  kinora character list my-film")]
    List {
        /// Folder of the project.
        dir: PathBuf,
    },
    /// Change a character.
    #[command(after_help = "Example:\n  kinora character set my-film char_lord_ruthven --voice draft:bass")]
    Set {
        /// Folder of the project.
        dir: PathBuf,
        /// The character.
        #[arg(value_parser = args::character_id)]
        character: CharacterId,
        /// Name as the film says it.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        facts: Facts,
    },
    /// Take a character out of the film, its shots and its lines.
    #[command(after_help = "Example:\n  kinora character remove my-film char_lord_ruthven")]
    Remove {
        /// Folder of the project.
        dir: PathBuf,
        /// The character.
        #[arg(value_parser = args::character_id)]
        character: CharacterId,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Facts {
    /// Voice, for example draft:baritone.
    #[arg(long)]
    voice: Option<String>,
    /// Words added to the prompt of every shot the character is in.
    #[arg(long)]
    style: Option<String>,
    /// A picture of the face; copied into the project. May be given several times, and replaces those before.
    #[arg(long = "portrait", value_name = "FILE")]
    portraits: Vec<PathBuf>,
}

impl Facts {
    fn fields(self, session: &Session) -> Result<Fields, Failure> {
        let mut copied = Vec::new();
        for portrait in &self.portraits {
            copied.push(copy_portrait(session, portrait).doing(format!("copy {}", portrait.display()))?);
        }
        let copied = (!copied.is_empty()).then_some(copied);
        Ok(Fields::default()
            .give("voice_id", self.voice)
            .give("prompt_style_tokens", self.style)
            .give("portrait_paths", copied))
    }
}

/// Copies a picture into `portraits/` under a free name.
fn copy_portrait(session: &Session, picture: &Path) -> Result<ProjectPath, Failure> {
    const LARGEST_BYTES: u64 = 64 << 20;
    let bytes = std::fs::metadata(picture)?.len();
    if bytes == 0 || bytes > LARGEST_BYTES {
        return Err(Failure::new("media", format!("it has {bytes} bytes")).fix("use a picture of 1 byte to 64 MiB"));
    }
    let extension = picture.extension().and_then(|text| text.to_str()).unwrap_or_default().to_ascii_lowercase();
    if !["png", "jpg", "jpeg", "webp"].contains(&extension.as_str()) {
        return Err(Failure::new("media", "it is not a PNG, JPEG or WebP picture").fix("convert it to PNG"));
    }
    let stem: String = picture
        .file_stem()
        .and_then(|text| text.to_str())
        .unwrap_or("portrait")
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' })
        .take(60)
        .collect();
    let root = session.folder.root();
    bring(picture, &session.folder, root, "portraits", &stem, &extension)
}

impl CharacterCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::Add { dir, name, facts, id } => {
                let mut session = Session::open(&dir)?;
                let fields = facts.fields(&session)?.with("name", &name).give("character_id", id);
                let answer = session.run("add a character", "character.add", fields.params())?;
                session.save()?;
                let id = answer["character_id"].as_str().unwrap_or_default();
                Ok(Answer::new(format!("added {id} {name}"), answer.clone()))
            }
            Self::List { dir } => {
                let film = read(&dir)?;
                let rows: Vec<_> = film
                    .characters
                    .iter()
                    .map(|character| {
                        vec![
                            character.character_id.to_string(),
                            character.name.clone(),
                            character.voice_id.clone(),
                            short(&character.prompt_style_tokens, 60),
                        ]
                    })
                    .collect();
                let text = if rows.is_empty() { "no characters yet".to_owned() } else { table(&rows) };
                Ok(Answer::new(text, json!({ "characters": film.characters })))
            }
            Self::Set { dir, character, name, facts } => {
                let mut session = Session::open(&dir)?;
                let fields = facts.fields(&session)?.with("character_id", &character).give("name", name);
                let what = format!("change {character}");
                let answer = session.run(&what, "character.set", fields.params())?;
                session.save()?;
                Ok(Answer::new(format!("changed {character}"), answer))
            }
            Self::Remove { dir, character } => {
                let params = json!({ "character_id": character });
                let text = format!("removed {character}");
                change(&dir, &format!("remove {character}"), "character.remove", params, text)
            }
        }
    }
}
