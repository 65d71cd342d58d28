//! Projects with shots for the vendor, and generators as a fresh process has them.

use super::client::SimProvider;
use kinora::{
    commands::HeadlessEditor,
    generation::{GenerationError, Generator, JobListing, OpenFilm, ShotOptions, ShotOutcome, Spend},
};
use kinora_core::{
    film::{Film, FilmScene, FrameSize, ProjectFolder, Shot, Take},
    ids::{SceneId, ShotId},
    progress::{CancelToken, NoProgress},
    worker::Worker,
};
use kinora_provider::ProviderRegistry;
use std::{path::Path, sync::Arc, time::Duration};

pub(super) fn scene_id() -> SceneId {
    SceneId::numbered(1)
}

pub(super) fn shot_id(number: usize) -> ShotId {
    ShotId::numbered(number)
}

/// One scene with so many shots of a second each, made by the simulated vendor.
pub(super) fn film(shots: usize) -> Film {
    let mut film = Film::default();
    film.metadata.size = FrameSize { width: 64, height: 36 };
    film.settings.default_model = "sim:clip".to_owned();
    let mut scene = FilmScene::new(scene_id(), "Storm");
    for number in 1..=shots {
        scene.shots.push(Shot::new(shot_id(number), format!("Wave {number}"), 1.0));
    }
    film.metadata.scene_order.push(scene.scene_id.clone());
    film.scenes.push(scene);
    film
}

/// An open project with the vendor at hand. Opening it again is what a new process would do.
pub(super) struct Bench {
    pub(super) provider: SimProvider,
    pub(super) folder: Arc<ProjectFolder>,
    pub(super) editor: HeadlessEditor,
}

impl Bench {
    pub(super) fn create(dir: &Path, film: &Film, provider: SimProvider) -> Self {
        drop(ProjectFolder::create(dir, film).unwrap());
        Self::open(dir, provider)
    }

    pub(super) fn open(dir: &Path, provider: SimProvider) -> Self {
        let (folder, film) = ProjectFolder::open(dir).unwrap();
        let folder = Arc::new(folder);
        let editor = HeadlessEditor::new(&film, Arc::clone(&folder));
        Self { provider, folder, editor }
    }

    pub(super) fn generator(&self) -> Generator {
        self.generator_until(CancelToken::default())
    }

    pub(super) fn generator_until(&self, cancel: CancelToken) -> Generator {
        let mut registry = ProviderRegistry::default();
        registry.add(Arc::new(self.provider.clone()));
        Generator::new(registry, worker(), cancel, Arc::new(NoProgress)).unwrap()
    }

    pub(super) fn shot(&mut self, number: usize) -> Result<ShotOutcome, GenerationError> {
        let generator = self.generator();
        let film = &mut OpenFilm::new(&mut self.editor, &self.folder);
        generator.shot(film, &scene_id(), &shot_id(number), &ShotOptions::default())
    }

    pub(super) fn with_film<T>(&mut self, ask: impl FnOnce(&Generator, &mut OpenFilm<'_>) -> T) -> T {
        let generator = self.generator();
        ask(&generator, &mut OpenFilm::new(&mut self.editor, &self.folder))
    }

    pub(super) fn takes(&self, number: usize) -> Vec<Take> {
        self.editor.view().shot(&scene_id(), &shot_id(number)).unwrap().takes
    }

    pub(super) fn jobs(&self) -> Vec<JobListing> {
        JobListing::list(&self.folder)
    }

    pub(super) fn spend(&self) -> Spend {
        Spend::of(&self.folder).unwrap()
    }
}

pub(super) fn worker() -> Worker {
    Worker {
        program: env!("CARGO_BIN_EXE_kinora").into(),
        arguments: vec!["worker".into()],
        stall_limit: Duration::from_secs(60),
    }
}

/// A number from the environment, for runs that are longer than those of every day.
pub(super) fn number_of(variable: &str, unless: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(unless)
}

/// Every file below a folder that holds some bytes.
pub(super) fn files_with(folder: &Path, needle: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, needle));
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(needle.len()).any(|window| window == needle)
        {
            found.push(path);
        }
    }
    found
}
