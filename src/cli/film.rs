//! `kinora film`: a film from a screenplay, all at once. What is there already is left alone, so a second run finishes
//! what a killed first one began.

use super::{
    Answer, Failure,
    failure::Doing,
    import::{import, with_notes},
    new::parse_size,
    render::{TargetArg, describe, render_json},
    session::Session,
    work::Work,
};
use kinora_core::{
    film::{Film, FrameSize, ProjectFolder, ProjectLayout},
    progress::ProgressUpdate,
    render::RenderRequest,
    store::hash_file,
    time::FrameRate,
};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Note in metadata.json of which screenplay a film was made.
const SOURCE_FIELD: &str = "screenplay_blake3";
/// Note in metadata.json that its import was begun; the save that ends the import takes it out.
const BEGUN_FIELD: &str = "screenplay_import_begun";

/// A film from a screenplay, all at once: import, voices, shots, music, ambience, render.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  kinora film the-vampyre.fountain -o my-film\n  kinora film the-vampyre.fountain -o my-film --size \
    1280x720 --fps 25\n  kinora film the-vampyre.fountain -o my-film --render-only\n\nRun it again to finish what was cut short: \
    only what is missing is made."
)]
pub(super) struct FilmCommand {
    /// The screenplay, in Fountain.
    file: PathBuf,
    /// Folder of the project; made if it is not there.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Title of the film; absent for the screenplay's.
    #[arg(long)]
    title: Option<String>,
    /// Frames a second.
    #[arg(long, default_value = "24")]
    fps: FrameRate,
    /// Size of the picture in pixels, both sides even.
    #[arg(long, default_value = "1920x1080", value_parser = parse_size)]
    size: FrameSize,
    /// Generate nothing: render the shots there are.
    #[arg(long)]
    render_only: bool,
    /// Format of the picture.
    #[arg(long, default_value = "h264")]
    target: TargetArg,
}

impl FilmCommand {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let what = format!("make a film of {}", self.file.display());
        let hash = hash_file(&self.file).doing(&what)?.to_hex().to_string();
        let (mut session, imported) = self.open(&hash)?;
        let work = Work::start()?;
        if !self.render_only {
            let generator = work.generator()?;
            let bar = &work.bar;
            let made = generator.complete_film(&mut session.open_film(), &mut |step| {
                let (done, total) = (step.done as u64, step.total as u64);
                bar.report(ProgressUpdate { label: step.label.clone(), done, total });
            });
            made.doing(&what)?;
            session.save()?;
        }
        let film = session.view().film().doing(&what)?;
        let codec = self.target.into();
        let request = RenderRequest { scene_id: None, codec, output: None, skip_missing: self.render_only };
        let report = work.render(&session, &film, &request)?;
        let mut json = render_json(&report);
        json["project"] = json!(self.output.display().to_string());
        json["title"] = json!(film.metadata.title);
        json["scenes"] = json!(film.scenes.len());
        json["shots"] = json!(film.scenes.iter().map(|scene| scene.shots.len()).sum::<usize>());
        let mut text = describe(&report);
        if let Some(imported) = imported {
            for note in imported["notes"].as_array().into_iter().flatten() {
                let (line, message) = (&note["line"], note["message"].as_str().unwrap_or_default());
                text.push_str(&format!("\nnote: {}: line {line}: {message}", self.file.display()));
            }
            json["notes_on_screenplay"] = imported["notes"].clone();
        }
        Ok(Answer::new(text, json))
    }

    /// Opens the project, or makes it; imports the screenplay unless that was done.
    fn open(&self, hash: &str) -> Result<(Session, Option<Value>), Failure> {
        let what = format!("make a film in {}", self.output.display());
        let is_there = ProjectLayout::new(&self.output).metadata_file().exists();
        let mut session = if is_there {
            Session::open(&self.output)?
        } else {
            let mut film = Film::default();
            film.metadata.rate = self.fps;
            film.metadata.size = self.size;
            // Written with the project itself, so that a run killed before the import is known for what it was.
            film.metadata.extra.insert(SOURCE_FIELD.to_owned(), json!(hash));
            film.metadata.extra.insert(BEGUN_FIELD.to_owned(), json!(true));
            Session::with(ProjectFolder::create(&self.output, &film).doing(&what)?, &film)
        };
        let metadata = session.view().metadata().doing(&what)?;
        let source = metadata.extra.get(SOURCE_FIELD).and_then(Value::as_str);
        if source != Some(hash) {
            let why = match source {
                Some(_) => "the project there was made from another version of the screenplay",
                None => "the project there was not made from a screenplay",
            };
            let fix = "choose another folder with -o; `kinora import` adds a screenplay to a project, `kinora generate` \
                and `kinora render` go on with it";
            return Err(Failure::new("project", why).fix(fix)).doing(what);
        }
        if !metadata.extra.contains_key(BEGUN_FIELD) {
            return Ok((session, None));
        }
        // An import that was cut short left some of its scenes; none of them has been worked on.
        for scene_id in session.view().scene_ids().doing(&what)? {
            session.run(&what, "scene.remove", json!({ "scene_id": scene_id }))?;
        }
        let (answer, notes) = import(&mut session, &self.file, &json!({ BEGUN_FIELD: null }))?;
        if let Some(title) = &self.title {
            session.run(&what, "film.set", json!({ "title": title }))?;
        }
        session.save()?;
        Ok((session, Some(with_notes(answer, &notes))))
    }
}
