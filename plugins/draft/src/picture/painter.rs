//! The frame painter: one shot, any of its frames in any order.

use super::{
    PictureError, VideoJob,
    camera::{CameraPath, Move},
    chance::{Chance, hash_text, mix64},
    colour::hex,
    compose::{Frame, Grain, Shot, compose},
    figures, palette,
    reading::{Reading, ShotSize, read},
    reference::Plate,
    sets,
    slate::Slate,
    stage::{Builder, Stage},
    weather::{Air, AirKind},
};
use kinora_core::time::FrameRate;

/// Sizes that are painted; others are brought to the nearest of them.
const SIDE_PX: std::ops::RangeInclusive<u32> = 16..=8192;
/// Durations that are painted, in seconds.
const DURATION_SECS: std::ops::RangeInclusive<f64> = 0.04..=600.0;
/// A frame wider than this many heights is composed for this ratio and the rest is more of the set.
const WIDEST: f32 = 4.0;

/// Paints the frames of a shot. The same job gives the same bytes, whatever the machine's thread count.
pub struct FramePainter {
    frame: Frame,
    rate: FrameRate,
    count: u64,
    seed: u64,
    path: CameraPath,
    stage: Stage,
    grain: Grain,
    slate: Option<Slate>,
    first: Option<Plate>,
    last: Option<Plate>,
    threads: usize,
}

impl std::fmt::Debug for FramePainter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FramePainter")
            .field("frame", &self.frame)
            .field("count", &self.count)
            .field("layers", &self.stage.layers.len())
            .finish_non_exhaustive()
    }
}

impl FramePainter {
    /// Reads the prompt, builds the set and the people and paints every layer once.
    ///
    /// # Errors
    /// [`PictureError::Picture`] when a reference frame or portrait cannot be read.
    pub fn new(job: &VideoJob) -> Result<Self, PictureError> {
        Self::prepare(job, true)
    }

    pub(super) fn prepare(job: &VideoJob, with_slate: bool) -> Result<Self, PictureError> {
        let (width_px, height_px) = (
            job.width_px.clamp(*SIDE_PX.start(), *SIDE_PX.end()),
            job.height_px.clamp(*SIDE_PX.start(), *SIDE_PX.end()),
        );
        let px_per_unit = (height_px as f32).max(width_px as f32 / WIDEST);
        let frame = Frame { width_px: width_px as usize, height_px: height_px as usize, px_per_unit };
        let asked = if job.duration_secs.is_finite() { job.duration_secs } else { *DURATION_SECS.start() };
        let duration_secs = asked.clamp(*DURATION_SECS.start(), *DURATION_SECS.end());
        let count = job.rate.secs_to_frames(duration_secs).max(1);

        let first = job.reference_first_frame.as_deref().map(|path| Plate::load(path, &frame)).transpose()?;
        let last = job.reference_last_frame.as_deref().map(|path| Plate::load(path, &frame)).transpose()?;

        let reading = read(
            &job.prompt,
            &format!("{} {}", job.slate_scene, job.setting),
            job.camera.as_deref(),
            !job.characters.is_empty(),
        );
        // The scene decides the set; a shot without a scene is a scene of its own.
        let scene_word = if job.slate_scene.trim().is_empty() { job.seed } else { hash_text(job.slate_scene.trim()) };
        let set = Chance::new(scene_word ^ reading.place as u64);
        let shot = Chance::new(mix64(job.seed) ^ hash_text(&job.slate_shot) ^ hash_text(&job.prompt));
        let palette = palette::palette(&reading, set.part("palette"));
        let reach = reading.reach * ((duration_secs as f32 / 5.0).sqrt()).clamp(0.3, 1.5);
        let path = CameraPath {
            moves: reading.moves.clone(),
            reach,
            duration_secs: duration_secs as f32,
            seed: shot.part("camera").next() as u32,
        };
        let mut builder = Builder::new(
            (&reading, &palette),
            &path,
            (frame.half_width(), frame.half_height(), px_per_unit),
            set,
            shot.clone(),
        );
        let mut framing = shot.part("framing");
        if reading.size != ShotSize::Wide {
            let reach = if reading.size == ShotSize::Medium { 0.26 } else { 0.36 };
            builder.look_at = (builder.across(framing.signed() * reach), framing.span(-0.05, 0.03));
        }
        sets::back(&mut builder);
        figures::cast(&mut builder, &job.prompt, &job.characters)?;
        sets::front(&mut builder);
        air(&mut builder, &reading);
        let accent = palette.key.mix(palette.accent, if palette.bright { 0.55 } else { 0.15 }).mix(hex(0xffffff), 0.25);
        let mut stage = builder.stage;
        // Far planes first; planes of one depth stay in the order in which they were laid.
        stage.layers.sort_by(|left, right| right.depth.total_cmp(&left.depth));
        let bytes = |part: f32| (part * 255.0) as u8;
        let slate = if with_slate {
            Slate::new(job, &frame, [bytes(accent.0), bytes(accent.1), bytes(accent.2)])
        } else {
            None
        };
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8);
        Ok(Self {
            frame,
            rate: job.rate,
            count,
            seed: job.seed,
            path,
            stage,
            grain: Grain::new(job.seed),
            slate,
            first,
            last,
            threads,
        })
    }

    /// Frames in the shot, at least one.
    #[must_use]
    pub const fn frame_count(&self) -> u64 {
        self.count
    }

    /// Width and height of the frames in pixels (the job's, within limits).
    #[must_use]
    pub const fn size_px(&self) -> (u32, u32) {
        (self.frame.width_px as u32, self.frame.height_px as u32)
    }

    /// Bytes of one frame: width × height × 4.
    #[must_use]
    pub const fn frame_bytes(&self) -> usize {
        self.frame.width_px * self.frame.height_px * 4
    }

    /// Bytes held by the painted layers.
    #[must_use]
    pub fn layer_bytes(&self) -> usize {
        self.stage.layers.iter().map(|layer| layer.texture.bytes()).sum()
    }

    /// Threads to paint with; the machine's count by default. The picture does not depend on it.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Paints a frame as opaque RGBA rows. Frames after the last are the last.
    ///
    /// # Errors
    /// [`PictureError::Buffer`] when `out_rgba` is not [`FramePainter::frame_bytes`] long.
    pub fn paint(&mut self, frame: u64, out_rgba: &mut [u8]) -> Result<(), PictureError> {
        if out_rgba.len() != self.frame_bytes() {
            return Err(PictureError::Buffer { expected: self.frame_bytes(), got: out_rgba.len() });
        }
        let index = frame.min(self.count - 1);
        match (&self.first, &self.last) {
            (Some(plate), _) if index == 0 => {
                out_rgba.copy_from_slice(&plate.exact);
                return Ok(());
            }
            (_, Some(plate)) if index + 1 == self.count => {
                out_rgba.copy_from_slice(&plate.exact);
                return Ok(());
            }
            _ => {}
        }
        let steps = (self.count - 1).max(1) as f32;
        let now = index as f32 / steps;
        let secs = self.rate.frames_to_secs(index) as f32;
        let (plate, shown) = self.plate_at(now, steps);
        let camera = self.path.at(now);
        let grade = &self.stage.grade;
        compose(
            &Shot {
                layers: &self.stage.layers,
                lamps: &self.stage.lamps,
                storm: &self.stage.storm,
                grade,
                camera,
                secs,
                grain_seed: mix64(self.seed ^ index.wrapping_mul(0x9E37)),
                plate,
            },
            &self.frame,
            &self.grain,
            out_rgba,
            self.threads,
        );
        for air in &self.stage.airs {
            air.draw(out_rgba, &self.frame, &camera, secs, shown);
        }
        if let Some(slate) = &mut self.slate {
            slate.lay(out_rgba, &self.frame, index, self.count, self.rate);
        }
        Ok(())
    }

    /// The plate in the frame at a share of the shot, and how much of the new picture shows.
    fn plate_at(&self, now: f32, steps: f32) -> (Option<super::compose::PlateView<'_>>, f32) {
        // The first reference holds for a breath and is gone by two thirds; the last one comes in the last third.
        let held = (0.35 / self.path.duration_secs.max(0.1)).min(0.12).max(0.5 / steps);
        let until = if self.last.is_some() { 0.55 } else { 0.72 };
        let seed = self.path.seed;
        if let Some(plate) = &self.first
            && now < until
        {
            let drawn = ((now - held) / (until - held)).clamp(0.0, 1.0);
            return (Some(plate.view(&self.frame, &self.path, (0.0, now), drawn, seed)), drawn);
        }
        if let Some(plate) = &self.last
            && now > 0.6
        {
            let drawn = ((1.0 - now - 0.5 / steps) / 0.4).clamp(0.0, 1.0);
            return (Some(plate.view(&self.frame, &self.path, (1.0, now), drawn, seed)), drawn);
        }
        (None, 1.0)
    }
}

fn air(builder: &mut Builder<'_>, reading: &Reading) {
    let mut chance = builder.set.part("air");
    let wide = builder.half_width * 1.35 + 0.15;
    let strength = match reading.size {
        ShotSize::Wide => 1.0,
        ShotSize::Medium => 0.85,
        ShotSize::Close | ShotSize::Insert => 0.7,
    };
    let seen = reading.place.indoors() || reading.size == ShotSize::Insert;
    if reading.rain && !reading.snow && !seen {
        let drops =
            Air::new(AirKind::Rain, 420, builder.palette.low.mix(hex(0xe8f2ff), 0.55), 0.55 * strength, &mut chance);
        builder.stage.airs.push(drops.within(0.0, wide, -0.72, 0.66));
    }
    if reading.snow && !seen {
        let flakes = Air::new(AirKind::Snow, 300, hex(0xf4f8ff), 0.85 * strength, &mut chance);
        builder.stage.airs.push(flakes.within(0.0, wide, -0.62, 0.62));
    }
    if reading.moves.contains(&Move::Static) {
        builder.stage.grade.grain *= 0.9;
    }
}
