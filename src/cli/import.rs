//! `kinora import`

use super::{Answer, Failure, failure::Doing, session::Session};
use crate::generation::import_screenplay;
use kinora_core::screenplay::ImportNote;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Bring a screenplay into a project: scenes, shots, characters and dialogue.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  kinora import my-film the-vampyre.fountain\n\nA new shot begins at each paragraph of \
    action. Notes such as [[kinora: camera dolly in]] steer the import."
)]
pub(super) struct Import {
    /// Folder of the project.
    dir: PathBuf,
    /// The screenplay, in Fountain.
    file: PathBuf,
}

impl Import {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let mut session = Session::open(&self.dir)?;
        let (answer, notes) = import(&mut session, &self.file, &Value::Null)?;
        session.save()?;
        let count = |field: &str| answer[field].as_array().map_or(0, Vec::len);
        let mut text = format!(
            "imported {} scenes and {} characters from {}",
            count("scene_ids"),
            count("character_ids"),
            self.file.display()
        );
        for note in &notes {
            text.push_str(&format!("\nnote: {}: {note}", self.file.display()));
        }
        Ok(Answer::new(text, with_notes(answer, &notes)))
    }
}

/// Brings a screenplay into an open film, and `fields` into its metadata; `null` takes a field out.
pub(super) fn import(session: &mut Session, file: &Path, fields: &Value) -> Result<(Value, Vec<ImportNote>), Failure> {
    let what = format!("import {}", file.display());
    import_screenplay(&mut session.open_film(), file, fields).doing(what)
}

/// The answer of an import with what the screenplay had and the film has not.
pub(super) fn with_notes(mut answer: Value, notes: &[ImportNote]) -> Value {
    answer["notes"] = notes.iter().map(|note| json!({ "line": note.line, "message": note.message })).collect();
    answer
}
