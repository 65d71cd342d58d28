//! The trait behind which the interpolation engines stand.

use crate::{
    film::SmoothingEngine,
    media::MediaError,
    planes::YuvFrame,
    progress::{CancelToken, Cancelled},
};

/// An engine by its name in the settings.
#[must_use]
pub fn open_engine(engine: SmoothingEngine) -> Box<dyn Interpolator> {
    match engine {
        SmoothingEngine::Dis => Box::new(super::DisInterpolator::default()),
        SmoothingEngine::Minterpolate => Box::new(super::MinterpolateInterpolator),
    }
}

/// Makes pictures between pictures.
pub trait Interpolator {
    /// Name, version and parameters as text: a part of the name of its results in the cache, so it differs whenever
    /// they do.
    fn fingerprint(&self) -> String;

    /// The picture at each of `instants`, which count source frames from 0, ascend, and lie in `0..=frames.len() - 1`:
    /// 1.5 is half way between the second and the third frame. A whole instant gives the source frame itself.
    ///
    /// # Errors
    /// [`SmoothError`].
    fn interpolate(
        &mut self,
        frames: &[YuvFrame],
        instants: &[f64],
        cancel: &CancelToken,
    ) -> Result<Vec<YuvFrame>, SmoothError>;
}

/// Why a seam could not be smoothed.
#[derive(Debug, thiserror::Error)]
pub enum SmoothError {
    /// Reading, filtering or writing pictures.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// Frames that do not belong together.
    #[error("cannot smooth: {0}")]
    Frames(String),
    /// The owner cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
