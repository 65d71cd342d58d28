//! The picture of a plan: whole groups of pictures are copied, what a trim, a fade or a seam touches is encoded.

use super::{
    Dip, EncodeKind, EncodeSegment, FadeDirection, Piece, PlacedShot, PlanError, PlanInput, SceneInput, SeamWindow,
    Segment, keys,
};
use std::ops::Range;

/// Frames round a seam's window that are looked at.
const SEAM_CONTEXT_FRAMES: u64 = 5;

/// What happens to a stretch of a scene other than being copied.
#[derive(Clone, Copy)]
enum Treatment {
    Fade(FadeDirection),
    Seam(usize),
}

/// A stretch of a scene, in frames from the scene's start, and what happens there. Stretches never overlap.
struct Treated {
    frames: Range<u64>,
    treatment: Treatment,
}

/// Lays a scene's shots end to end, the first at `film_start_frame`.
pub(super) fn place_shots(scene: &SceneInput, film_start_frame: u64) -> Result<Vec<PlacedShot>, PlanError> {
    let mut film_start_frame = film_start_frame;
    let mut placed = Vec::with_capacity(scene.shots.len());
    for shot in &scene.shots {
        let out_frame = shot.out_frame.unwrap_or(u64::MAX).min(shot.conform_frames);
        if shot.in_frame >= out_frame {
            return Err(PlanError::EmptyShot {
                scene_id: scene.scene_id.clone(),
                shot_id: shot.shot_id.clone(),
                in_frame: shot.in_frame,
                out_frame,
                conform_frames: shot.conform_frames,
            });
        }
        placed.push(PlacedShot {
            scene_id: scene.scene_id.clone(),
            shot_id: shot.shot_id.clone(),
            conform_key: shot.conform_key.clone(),
            conform_frames: shot.conform_frames,
            source_frames: shot.in_frame..out_frame,
            film_start_frame,
        });
        film_start_frame += out_frame - shot.in_frame;
    }
    Ok(placed)
}

/// Appends a scene's segments to `video`.
pub(super) fn plan_scene(
    input: &PlanInput,
    scene: &SceneInput,
    placed: &[PlacedShot],
    fade_frames: u64,
    video: &mut Vec<Segment>,
) {
    let treated = treated_stretches(scene, placed, fade_frames);
    let mut builder = Builder { input, scene, placed, fade_frames, video, open: None };
    let gop = input.rate.gop_frames();
    let scene_start = placed.first().map_or(0, |shot| shot.film_start_frame);
    let mut next_treated = 0;
    for (shot_index, shot) in placed.iter().enumerate() {
        let shot_start = shot.film_start_frame - scene_start;
        let source = &shot.source_frames;
        let to_scene = |frame: u64| frame - source.start + shot_start;
        let mut block_start = source.start / gop * gop;
        while block_start < source.end {
            let block = block_start..(block_start + gop).min(shot.conform_frames);
            let used = block.start.max(source.start)..block.end.min(source.end);
            block_start += gop;
            let shown = to_scene(used.start)..to_scene(used.end - 1) + 1;
            while treated.get(next_treated).is_some_and(|stretch| stretch.frames.end <= shown.start) {
                next_treated += 1;
            }
            let touching =
                treated[next_treated..].iter().take_while(|stretch| stretch.frames.start < shown.end).count();
            if used == block && touching == 0 {
                builder.copy(shot_index, shot, used);
                continue;
            }
            let mut at = shown.start;
            for stretch in &treated[next_treated..next_treated + touching] {
                let part = stretch.frames.start.max(shown.start)..stretch.frames.end.min(shown.end);
                let to_source = |frame: u64| used.start + (frame - shown.start);
                builder.encode(shot_index, shot, to_source(at)..to_source(part.start), None);
                let first_index = part.start - stretch.frames.start;
                builder.encode(
                    shot_index,
                    shot,
                    to_source(part.start)..to_source(part.end),
                    Some((stretch.treatment, first_index)),
                );
                at = part.end;
            }
            builder.encode(shot_index, shot, used.start + (at - shown.start)..used.end, None);
        }
    }
    builder.close();
}

/// The fades and seams of a scene, sorted. Fades come first: a seam gets what they and its shots leave it.
fn treated_stretches(scene: &SceneInput, placed: &[PlacedShot], fade_frames: u64) -> Vec<Treated> {
    let total: u64 = placed.iter().map(PlacedShot::frame_count).sum();
    let clear = fade_frames..total - fade_frames;
    let mut treated = Vec::new();
    if fade_frames > 0 {
        treated.push(Treated { frames: 0..fade_frames, treatment: Treatment::Fade(FadeDirection::In) });
    }
    let mut cut = 0;
    for pair in placed.windows(2) {
        let [before, after] = pair else { continue };
        cut += before.frame_count();
        let Some(seam_index) = scene.seams.iter().position(|seam| seam.shot_id == before.shot_id) else { continue };
        let seam = &scene.seams[seam_index];
        let start = (cut - seam.before_frames.min(before.frame_count() / 2)).max(clear.start);
        let end = (cut + seam.after_frames.min(after.frame_count() / 2)).min(clear.end);
        // A cut inside a fade, or a shot of one frame, leaves nothing on one side: then there is nothing to smooth.
        if start < cut && cut < end {
            treated.push(Treated { frames: start..end, treatment: Treatment::Seam(seam_index) });
        }
    }
    if fade_frames > 0 {
        treated.push(Treated { frames: clear.end..total, treatment: Treatment::Fade(FadeDirection::Out) });
    }
    treated
}

/// Joins frames into as few segments as possible without tying one shot's cached result to another's.
struct Builder<'a> {
    input: &'a PlanInput,
    scene: &'a SceneInput,
    placed: &'a [PlacedShot],
    fade_frames: u64,
    video: &'a mut Vec<Segment>,
    open: Option<Open>,
}

/// The segment being built.
struct Open {
    shot_index: usize,
    /// The seam it is part of; it then spans two shots.
    seam: Option<usize>,
    /// Absent while packets are copied.
    kind: Option<EncodeKind>,
    pieces: Vec<Piece>,
}

impl Builder<'_> {
    fn copy(&mut self, shot_index: usize, shot: &PlacedShot, frames: Range<u64>) {
        if let Some(open) = &mut self.open
            && open.kind.is_none()
            && open.shot_index == shot_index
        {
            open.pieces[0].frames.end = frames.end;
            return;
        }
        self.close();
        let piece = Piece { conform_key: shot.conform_key.clone(), frames, dip: None };
        self.open = Some(Open { shot_index, seam: None, kind: None, pieces: vec![piece] });
    }

    /// Adds frames with a treatment and the first frame's place in it.
    fn encode(
        &mut self,
        shot_index: usize,
        shot: &PlacedShot,
        frames: Range<u64>,
        treatment: Option<(Treatment, u64)>,
    ) {
        if frames.is_empty() {
            return;
        }
        let (kind, dip) = match treatment {
            None => (EncodeKind::Recode, None),
            Some((Treatment::Seam(seam), _)) => {
                let SeamWindow { engine, params, .. } = &self.scene.seams[seam];
                // What lies round the window is known when the segment is closed.
                (EncodeKind::Seam { engine: *engine, params: params.clone(), lead: 0..0, tail: 0..0 }, None)
            }
            Some((Treatment::Fade(direction), first_index)) => (
                match direction {
                    FadeDirection::In => EncodeKind::FadeIn,
                    FadeDirection::Out => EncodeKind::FadeOut,
                },
                Some(Dip { direction, first_index, fade_frames: self.fade_frames }),
            ),
        };
        let piece = Piece { conform_key: shot.conform_key.clone(), frames, dip };
        let seam = match treatment {
            Some((Treatment::Seam(seam), _)) => Some(seam),
            _ => None,
        };
        // Only a seam spans a cut: the cached result of anything else depends on one shot alone.
        if let Some(open) = &mut self.open
            && open.seam == seam
            && (seam.is_some() || open.shot_index == shot_index)
            && let Some(joined) = open.kind.as_ref().and_then(|have| joined_kind(have, &kind))
        {
            open.kind = Some(joined);
            match open.pieces.last_mut() {
                Some(last) if continues(last, &piece) => last.frames.end = piece.frames.end,
                _ => open.pieces.push(piece),
            }
            return;
        }
        self.close();
        self.open = Some(Open { shot_index, seam, kind: Some(kind), pieces: vec![piece] });
    }

    fn close(&mut self) {
        let Some(Open { kind, mut pieces, shot_index, .. }) = self.open.take() else { return };
        self.video.push(match kind {
            Some(mut kind) => {
                match (&mut kind, pieces.as_slice()) {
                    (EncodeKind::Seam { lead, tail, .. }, [first, last]) => {
                        let shown = |index: usize| self.placed[index].source_frames.clone();
                        let start = first.frames.start;
                        *lead = start.saturating_sub(SEAM_CONTEXT_FRAMES).max(shown(shot_index).start)..start;
                        let end = last.frames.end;
                        *tail = end..(end + SEAM_CONTEXT_FRAMES).min(shown(shot_index + 1).end);
                    }
                    // One take that simply goes on over the cut: there is no seam.
                    (EncodeKind::Seam { .. }, _) => kind = EncodeKind::Recode,
                    _ => {}
                }
                let key = keys::segment_key(self.input.rate, self.input.size, &kind, &pieces);
                Segment::Encode(EncodeSegment { key, kind, pieces })
            }
            None => {
                let Piece { conform_key, frames, .. } = pieces.swap_remove(0);
                Segment::Copy { conform_key, frames }
            }
        });
    }
}

/// The kind of a segment after frames of another kind join it, or none if they start their own.
fn joined_kind(have: &EncodeKind, add: &EncodeKind) -> Option<EncodeKind> {
    match (have, add) {
        (EncodeKind::Recode, other) | (other, EncodeKind::Recode) => Some(other.clone()),
        _ => (have == add).then(|| have.clone()),
    }
}

/// Whether a piece only carries the last one on.
fn continues(last: &Piece, next: &Piece) -> bool {
    let dips_on = match (last.dip, next.dip) {
        (None, None) => true,
        (Some(last_dip), Some(next_dip)) => {
            last_dip.direction == next_dip.direction
                && last_dip.first_index + last.frame_count() == next_dip.first_index
        }
        _ => false,
    };
    dips_on && last.conform_key == next.conform_key && last.frames.end == next.frames.start
}
