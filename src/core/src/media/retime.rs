//! A picture between two pictures, by FFmpeg's motion interpolation.

use super::{
    MediaError,
    filter::FilterChain,
    picture::{Picture, tagged},
    planar::{from_planes, to_planes},
};
use crate::planes::YuvFrame;

/// The mission's filter at FFmpeg's best: motion searched both ways, adaptive overlapped blocks of variable size, and
/// no scene-cut detection. It answers on a grid of one frame a second.
pub(crate) const MINTERPOLATE: &str =
    "minterpolate=fps=1:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:me=epzs:vsbmc=1:scd=none";
/// Ticks of a second on the way in.
const TICKS: f64 = 1_000_000.0;
/// Seconds from one source frame to the next: below one, so that a gap holds one instant of the grid at most.
const GAP_SECS: f64 = 0.9;
/// The instant of the grid that is wanted; late enough that no time on the way in is negative.
const WANTED_SECS: i64 = 10;

/// The picture at `share` (above 0, below 1) of the way from the second to the third of four successive frames.
///
/// `minterpolate` knows only a regular grid in its output, but takes any times in its input. So the four frames get
/// times at which one instant of the grid falls exactly at `share`: any instant is exact, to the filter's own step of
/// 1/1024. The outer frames only feed its motion search.
///
/// # Errors
/// [`MediaError::Filter`].
pub(crate) fn interpolate_between(frames: [&YuvFrame; 4], share: f64) -> Result<YuvFrame, MediaError> {
    let (width, height) = (frames[0].width_px(), frames[0].height_px());
    let args = format!("video_size={width}x{height}:pix_fmt=yuv420p:time_base=1/1000000:pixel_aspect=1/1");
    let mut chain = FilterChain::new("buffer", &args, "buffersink", MINTERPOLATE, 1)?;
    let mut found = None;
    for (place, frame) in frames.into_iter().enumerate() {
        let mut picture = from_planes(frame);
        let secs = WANTED_SECS as f64 + (place as f64 - 1.0 - share) * GAP_SECS;
        picture.set_pts(Some((secs * TICKS).round() as i64));
        chain.push(&picture)?;
        let mut out = Picture::empty();
        while chain.pull(&mut out)? {
            if out.pts() == Some(WANTED_SECS) {
                found = Some(to_planes(&tagged(out))?);
                break;
            }
            out = Picture::empty();
        }
    }
    found.ok_or_else(|| MediaError::filter(MINTERPOLATE, "four frames went in and none came out"))
}
