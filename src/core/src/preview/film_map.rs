//! From a frame of the film to a frame of a take.

use crate::{
    conform::ConformSpec,
    film::{Film, FilmScene, ProjectLayout, Shot},
    ids::{SceneId, ShotId},
    media::PictureFormat,
    time::FrameRate,
};
use std::{path::PathBuf, sync::Arc};

/// Where every shot of a film lies, in frames of the film. Made of scenes, so that an edit replaces one of them.
///
/// Unlike a render's plan it also holds the shots without a take, as long as they are meant to be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FilmMap {
    scenes: Vec<Arc<SceneMap>>,
    /// First frame of each scene.
    starts: Vec<u64>,
    total_frames: u64,
}

/// The shots of one scene, end to end.
#[derive(Debug, Clone, PartialEq)]
pub struct SceneMap {
    /// The scene.
    pub scene_id: SceneId,
    /// Its shots in the order they play.
    pub shots: Vec<MappedShot>,
    total_frames: u64,
}

/// Where a shot lies in its scene and what it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedShot {
    /// The shot.
    pub shot_id: ShotId,
    /// Its first frame, counted from the start of the scene.
    pub start_frame: u64,
    /// Its length in frames, at least 1.
    pub duration_frames: u64,
    /// The chosen take; absent for a shot without one.
    pub clip: Option<Arc<TakeClip>>,
}

/// A take as a shot uses it. Equal values show the same pictures.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TakeClip {
    /// The take's file.
    pub path: PathBuf,
    /// What it is conformed to.
    pub spec: ConformSpec,
    /// First frame used of the conformed take.
    pub in_frame: u64,
    /// One past the last frame used, as far as is known before the take is conformed.
    pub out_frame: u64,
    /// Picture of the take's first frame.
    pub first_png: Option<PathBuf>,
    /// Picture of the take's last frame.
    pub last_png: Option<PathBuf>,
}

/// What a frame of the film shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmPlace {
    /// The scene.
    pub scene_id: SceneId,
    /// The shot.
    pub shot_id: ShotId,
    /// The take and the frame of its conformed file; absent for a shot without a take.
    pub source: Option<(Arc<TakeClip>, u64)>,
}

impl FilmMap {
    /// Joins scenes.
    #[must_use]
    pub fn new(scenes: Vec<Arc<SceneMap>>) -> Self {
        let mut total_frames = 0;
        let starts = scenes
            .iter()
            .map(|scene| {
                let start = total_frames;
                total_frames += scene.total_frames;
                start
            })
            .collect();
        Self { scenes, starts, total_frames }
    }

    /// The map of a whole film; lengths of takes as their probes found them.
    #[must_use]
    pub fn of_film(film: &Film, layout: &ProjectLayout) -> Self {
        Self::new(film.scenes.iter().map(|scene| Arc::new(SceneMap::of(scene, film, layout, &|_| None))).collect())
    }

    /// Length of the film in frames.
    #[must_use]
    pub const fn total_frames(&self) -> u64 {
        self.total_frames
    }

    /// The scenes with their first frames.
    pub fn scenes(&self) -> impl Iterator<Item = (u64, &SceneMap)> {
        self.starts.iter().copied().zip(self.scenes.iter().map(AsRef::as_ref))
    }

    /// What a frame of the film shows; `None` past its end.
    #[must_use]
    pub fn place(&self, film_frame: u64) -> Option<FilmPlace> {
        if film_frame >= self.total_frames {
            return None;
        }
        // The last scene that starts at or before the frame is never an empty one: the next would start there too.
        let index = self.starts.partition_point(|start| *start <= film_frame).checked_sub(1)?;
        let (scene, frame) = (&self.scenes[index], film_frame - self.starts[index]);
        let shot_index = scene.shots.partition_point(|shot| shot.start_frame <= frame).checked_sub(1)?;
        let shot = &scene.shots[shot_index];
        let source = shot.clip.as_ref().map(|clip| (Arc::clone(clip), clip.in_frame + frame - shot.start_frame));
        Some(FilmPlace { scene_id: scene.scene_id.clone(), shot_id: shot.shot_id.clone(), source })
    }
}

impl SceneMap {
    /// Lays a scene's shots end to end. `film` gives rate, size and settings, its scenes are not looked at.
    ///
    /// `conformed_frames` tells the true length of a shot's conformed take where it is known; otherwise its probe
    /// does. In and out points that leave nothing show one frame.
    #[must_use]
    pub fn of(
        scene: &FilmScene,
        film: &Film,
        layout: &ProjectLayout,
        conformed_frames: &dyn Fn(&ShotId) -> Option<u64>,
    ) -> Self {
        let format = PictureFormat { size: film.metadata.size, rate: film.metadata.rate };
        let folder = layout.scene_dir(&scene.scene_id);
        let mut total_frames = 0;
        let shots = scene
            .shots
            .iter()
            .map(|shot| {
                let png = |path: &Option<crate::film::ProjectPath>| path.as_ref().map(|path| path.under(&folder));
                let clip = shot.file_path.as_ref().map(|path| {
                    let take_frames = conformed_frames(&shot.shot_id).unwrap_or_else(|| take_frames(shot, format.rate));
                    let in_frame = shot.in_frame.min(take_frames.saturating_sub(1));
                    let out_frame = shot.out_frame.unwrap_or(u64::MAX).min(take_frames).max(in_frame + 1);
                    let spec = ConformSpec {
                        format,
                        fit: shot.fit.unwrap_or(film.settings.fit),
                        optical_flow: film.settings.enable_optical_flow,
                    };
                    let (first_png, last_png) = (png(&shot.first_frame_path), png(&shot.last_frame_path));
                    Arc::new(TakeClip { path: path.under(&folder), spec, in_frame, out_frame, first_png, last_png })
                });
                let duration_frames = clip.as_ref().map_or_else(
                    || format.rate.secs_to_frames(shot.duration).max(1),
                    |clip| clip.out_frame - clip.in_frame,
                );
                let start_frame = total_frames;
                total_frames += duration_frames;
                MappedShot { shot_id: shot.shot_id.clone(), start_frame, duration_frames, clip }
            })
            .collect();
        Self { scene_id: scene.scene_id.clone(), shots, total_frames }
    }

    /// Length of the scene in frames.
    #[must_use]
    pub const fn total_frames(&self) -> u64 {
        self.total_frames
    }
}

impl TakeClip {
    /// The frame at a fraction of what is used, 0 the first and 1 the last. In between it is the start of a group of
    /// pictures where one is used: such a frame is quick to decode, and hovering asks for few different ones.
    #[must_use]
    pub fn frame_at(&self, fraction: f64) -> u64 {
        let last = self.out_frame - 1;
        let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
        if fraction >= 1.0 {
            return last;
        }
        let frame = self.in_frame + (fraction * (last - self.in_frame) as f64).round() as u64;
        let gop = self.spec.format.rate.gop_frames();
        (frame / gop * gop).max(self.in_frame)
    }
}

/// Frames of a shot's take at the film's rate as its probe found them, before in and out points; what the shot asks for
/// while it has none. At least 1.
#[must_use]
pub fn take_frames(shot: &Shot, rate: FrameRate) -> u64 {
    let media = shot.chosen_take().and_then(|take| take.media.as_ref());
    rate.secs_to_frames(media.map_or(shot.duration, |media| media.duration_secs)).max(1)
}
