//! Pictures of characters are read and copied into the project on a thread of their own; the film hears of each once it is
//! there.

use super::{asks::Waiting, project};
use crate::{
    generation::bring_portrait,
    jobs::{OpenProject, WakeUp},
};
use bevy::prelude::{Resource, World};
use crossbeam_channel::{Receiver, Sender, bounded};
use kinora_core::{
    film::{ProjectFolder, ProjectPath},
    ids::CharacterId,
};
use serde_json::json;
use std::{path::PathBuf, sync::Arc, thread};

/// Pictures that may wait at once: as many as anyone drops.
const MOST_WAITING: usize = 256;

/// The way to the thread and back.
#[derive(Resource, Default)]
pub(super) struct PortraitDesk {
    thread: Option<(Sender<Wish>, Receiver<Brought>)>,
}

struct Wish {
    /// The project it is brought into. It stays open until that is done.
    folder: Arc<ProjectFolder>,
    character_id: CharacterId,
    path: PathBuf,
    wake: WakeUp,
}

/// What came of a wish.
struct Brought {
    folder: Arc<ProjectFolder>,
    character_id: CharacterId,
    result: Result<ProjectPath, String>,
}

/// Hands a picture to the thread, which is started with the first.
pub(super) fn bring(world: &mut World, character_id: CharacterId, path: PathBuf) {
    let Some(folder) = world.get_resource::<OpenProject>().map(|open| Arc::clone(&open.0)) else { return };
    let wake = world.get_resource::<WakeUp>().cloned().unwrap_or_default();
    let mut desk = world.resource_mut::<PortraitDesk>();
    if desk.thread.is_none() {
        match start() {
            Ok(thread) => desk.thread = Some(thread),
            Err(error) => return project::fail(world, "The portrait was not brought in", error.to_string()),
        }
    }
    let wish = Wish { folder, character_id, path, wake };
    let is_taken = desk.thread.as_ref().is_some_and(|(wishes, _)| wishes.try_send(wish).is_ok());
    if !is_taken {
        let why = "Too many pictures wait already: bring it again when they are there.";
        project::fail(world, "The portrait was not brought in", why);
    }
}

fn start() -> std::io::Result<(Sender<Wish>, Receiver<Brought>)> {
    let (wishes, to_do) = bounded::<Wish>(MOST_WAITING);
    let (tell, news) = bounded(MOST_WAITING);
    thread::Builder::new().name("kinora-portraits".to_owned()).spawn(move || {
        for Wish { folder, character_id, path, wake } in to_do {
            let result = bring_portrait(&folder, &character_id, &path).map_err(|error| error.to_string());
            // Nobody listens any more when the window is gone.
            if tell.send(Brought { folder, character_id, result }).is_err() {
                return;
            }
            (wake.0)();
        }
    })?;
    Ok((wishes, news))
}

/// Puts what was brought into the film, if it is still the open one.
pub(super) fn hear(world: &mut World) {
    loop {
        let desk = world.resource::<PortraitDesk>();
        let Some(Ok(brought)) = desk.thread.as_ref().map(|(_, news)| news.try_recv()) else { return };
        let Brought { folder, character_id, result } = brought;
        let is_open = world.get_resource::<OpenProject>().is_some_and(|open| Arc::ptr_eq(&open.0, &folder));
        match result {
            Ok(portrait) if is_open => {
                let params = json!({ "character_id": character_id, "portrait_path": portrait });
                Waiting::send(world, "character.add_portrait".to_owned(), params, None);
            }
            // Its film was closed meanwhile: the copy lies in its folder, and can be brought again.
            Ok(_) => {}
            Err(why) => project::fail(world, "The portrait was not brought in", why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{commands::RunOperator, desktop::recovery::Journal, ui::state::UiState};
    use bevy::prelude::{App, Messages, Update};
    use kinora_core::film::Film;

    #[test]
    fn a_picture_is_copied_behind_the_window_and_then_put_into_the_film() {
        let home = tempfile::tempdir().unwrap();
        let folder = ProjectFolder::create(&home.path().join("film"), &Film::default()).unwrap();
        let picture = home.path().join("face.png");
        image::RgbImage::new(64, 64).save(&picture).unwrap();
        let mut app = App::new();
        app.add_message::<RunOperator>().init_resource::<PortraitDesk>().init_resource::<Waiting>();
        app.init_resource::<Journal>().init_resource::<UiState>().add_systems(Update, hear);
        app.insert_resource(OpenProject(Arc::new(folder)));
        let who = CharacterId::new("char_ruthven").unwrap();
        bring(app.world_mut(), who.clone(), picture);
        bring(app.world_mut(), who, home.path().join("nothing.png"));
        let mut runs = Vec::new();
        // They are brought one after the other: with the second the first is there.
        while app.world().resource::<UiState>().toasts.is_empty() {
            app.update();
            runs.extend(app.world_mut().resource_mut::<Messages<RunOperator>>().drain());
            thread::yield_now();
        }
        let [run] = &runs[..] else { panic!("{runs:?}") };
        assert_eq!(run.operator, "character.add_portrait");
        assert_eq!(run.params["portrait_path"], "portraits/ruthven.png");
        assert!(home.path().join("film/portraits/ruthven.png").is_file());
    }
}
