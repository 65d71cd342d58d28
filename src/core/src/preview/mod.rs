//! What a window shows of a film, worked out without one: which frame of which take a moment of the film is, the
//! shape of a sound, small pictures of images, and of every frame for scrubbing (`scrub`, in BC1).
//!
//! Pure functions and files of the cache; threads and the order of work belong to the editor.

mod bc1;
mod film_map;
mod images;
mod peaks;
mod peaks_file;
mod reel;
mod scrub;
mod scrub_file;
mod shown_film;
mod view;

pub use bc1::{bc1_bytes, decode_bc1, encode_bc1};
pub use film_map::{FilmMap, FilmPlace, MappedShot, SceneMap, TakeClip, take_frames};
pub use images::{ImageError, ThumbImage, fit_inside, read_image, read_thumb, write_thumb};
pub use peaks::{BUCKET_SAMPLES, Peaks, PeaksBuilder};
pub use peaks_file::{PeaksError, cached_peaks, load_peaks, peaks_key};
pub use reel::{PlainFrame, ReelFrame, SceneReel};
pub use scrub::{ScrubShape, kept_count, kept_frames, step_for};
pub use scrub_file::{ScrubError, ScrubFile, ScrubSpec};
pub use shown_film::ShownFilm;
pub use view::{MonitorView, SafeArea, Zoom};
