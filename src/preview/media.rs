//! The media of the open project, as every thread of the preview finds them.

use kinora_core::{
    conform::{self, Conformed},
    film::ProjectLayout,
    preview::{TakeClip, ThumbImage, read_image},
    progress::{CancelToken, NoProgress},
    store::{Cache, FileHashes, StoreError},
    worker::{StillMoment, Worker, WorkerRequest},
};
use std::path::{Path, PathBuf};

/// Where a project's takes, stills and cached files are.
#[derive(Debug)]
pub(super) struct ProjectMedia {
    root: PathBuf,
    pub(super) cache: Cache,
    hashes: FileHashes,
    pub(super) worker: Option<Worker>,
    /// Ends the work of a worker when the project is closed.
    pub(super) cancel: CancelToken,
}

impl ProjectMedia {
    pub(super) fn open(layout: &ProjectLayout, worker: Option<Worker>) -> Result<Self, StoreError> {
        let root = layout.root().to_path_buf();
        let cache = Cache::open(&root)?;
        Ok(Self { hashes: FileHashes::load(&root), cache, root, worker, cancel: CancelToken::default() })
    }

    /// The project folder.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Places of the project's files.
    pub(super) fn layout(&self) -> ProjectLayout {
        ProjectLayout::new(&self.root)
    }

    /// The hashes that are remembered.
    pub(super) const fn hashes(&self) -> &FileHashes {
        &self.hashes
    }

    /// blake3 of a file of the project; the reason if it cannot be had.
    pub(super) fn hash(&self, path: &Path) -> Result<blake3::Hash, String> {
        let real = path.canonicalize().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("{}: no such file", path.display()),
            _ => format!("{}: {error}", path.display()),
        })?;
        // A project may come from anyone: what a link leads to outside is not shown.
        if !self.root.canonicalize().is_ok_and(|root| real.starts_with(root)) {
            let why = "leads out of the project folder; copy the file into the project instead";
            return Err(format!("{}: {why}", path.display()));
        }
        self.hashes.hash(path).map_err(|error| error.to_string())
    }

    /// The name of a take's conformed file in the cache, whether or not it is there.
    pub(super) fn conform_key(&self, clip: &TakeClip) -> Result<blake3::Hash, String> {
        Ok(clip.spec.key(&self.hash(&clip.path)?))
    }

    /// The conformed take, if the cache has it whole.
    pub(super) fn conformed(&self, key: &blake3::Hash) -> Option<Conformed> {
        conform::find(&self.cache, key)
    }

    /// A still for a take that is not conformed: of its first or last frame, whichever is nearer.
    pub(super) fn still(&self, clip: &TakeClip, source_frame: u64, box_px: [u32; 2]) -> Result<ThumbImage, String> {
        let is_late = source_frame * 2 > clip.in_frame + clip.out_frame;
        let (near, far) = match is_late {
            false => (&clip.first_png, &clip.last_png),
            true => (&clip.last_png, &clip.first_png),
        };
        let mut refused = None;
        for png in [near, far].into_iter().flatten() {
            let read = self.hash(png).and_then(|_| read_image(png, box_px).map_err(|error| error.to_string()));
            match read {
                Ok(image) => return Ok(image),
                Err(reason) => refused = Some(reason),
            }
        }
        self.still_by_worker(clip, is_late, box_px).map_err(|reason| refused.unwrap_or(reason))
    }

    fn still_by_worker(&self, clip: &TakeClip, is_late: bool, box_px: [u32; 2]) -> Result<ThumbImage, String> {
        let take = self.hash(&clip.path)?;
        let name = if is_late { "last" } else { "first" };
        let key = blake3::hash(format!("still 1 {name} {}", take.to_hex()).as_bytes());
        let png = self.cache.path_for(&key, "png");
        if self.cache.get(&key, "png").is_none() {
            let not_yet = || format!("{}: is not prepared for preview yet", clip.path.display());
            let worker = self.worker.as_ref().ok_or_else(not_yet)?;
            // Makes the shelf that the picture stands on.
            drop(self.cache.reserve(&key, "png").map_err(|error| error.to_string())?);
            let moment = if is_late { StillMoment::Last } else { StillMoment::First };
            let request = WorkerRequest::Still { clip: clip.path.clone(), moment, png: png.clone() };
            worker.run(&request, &self.cancel, &NoProgress).map_err(|error| error.to_string())?;
        }
        read_image(&png, box_px).map_err(|error| error.to_string())
    }
}

impl Drop for ProjectMedia {
    fn drop(&mut self) {
        // Without the list the next start reads every take again, no more.
        if let Err(error) = self.hashes.save() {
            tracing::debug!("the list of file hashes was not saved: {error}");
        }
    }
}
