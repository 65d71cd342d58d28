//! What a frame costs the graphics card, counted.

use super::pipeline::Kind;
use bevy::prelude::*;
use bevy_egui::{EguiRenderOutput, egui::epaint::Primitive};
use std::sync::atomic::{AtomicU64, Ordering};

/// Draw calls of the last frame that was drawn, for diagnostics and tests.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DrawCounts {
    /// Draw calls of filmstrips, waveforms and scrub pictures.
    pub strip_draws: u64,
    /// Pictures in them.
    pub tiles: u64,
    /// Shapes of sounds in them.
    pub waves: u64,
    /// Draw calls of everything else of the window: egui's meshes.
    pub egui_draws: u64,
    /// Bytes of the pages of small pictures.
    pub atlas_bytes: u64,
}

/// Counted while a frame is drawn, and what the frame before came to.
#[derive(Default)]
pub(super) struct Draws {
    now: Counters,
    last: Counters,
}

#[derive(Default)]
struct Counters {
    draws: AtomicU64,
    tiles: AtomicU64,
    waves: AtomicU64,
}

impl Draws {
    /// A frame begins.
    pub(super) fn turn(&self) {
        for (now, last) in [
            (&self.now.draws, &self.last.draws),
            (&self.now.tiles, &self.last.tiles),
            (&self.now.waves, &self.last.waves),
        ] {
            last.store(now.swap(0, Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    /// A draw call, and what it draws.
    pub(super) fn count(&self, kind: Kind, quads: u32) {
        self.now.draws.fetch_add(1, Ordering::Relaxed);
        let counter = match kind {
            Kind::Tiles => &self.now.tiles,
            Kind::Waves => &self.now.waves,
        };
        counter.fetch_add(u64::from(quads), Ordering::Relaxed);
    }

    fn last(&self) -> [u64; 3] {
        [&self.last.draws, &self.last.tiles, &self.last.waves].map(|counter| counter.load(Ordering::Relaxed))
    }
}

/// Brings [`DrawCounts`] up to date.
#[expect(clippy::needless_pass_by_value, reason = "a system is handed what it reads by value")]
pub(super) fn note(
    strips: Res<'_, super::Strips>,
    outputs: Query<'_, '_, &EguiRenderOutput>,
    mut counts: ResMut<'_, DrawCounts>,
) {
    let [strip_draws, tiles, waves] = strips.draws.last();
    let jobs = outputs.iter().flat_map(|output| &output.paint_jobs);
    let egui_draws = jobs.filter(|job| matches!(job.primitive, Primitive::Mesh(_))).count() as u64;
    counts.set_if_neq(DrawCounts { strip_draws, tiles, waves, egui_draws, atlas_bytes: strips.atlas.bytes() });
}
