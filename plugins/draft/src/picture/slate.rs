//! The slate: a caption strip that says which shot this is, then steps back to a small running label.
//!
//! It is never on the first or the last frame, whatever the shot's length: those two frames are pictures that another
//! shot may start from. It appears over a quarter of a second, stays up to two seconds (less in a short shot), fades
//! to the label and is gone before the last frames.

use super::{VideoJob, compose::Frame, compose::lay_overlay};
use cosmic_text::{Attrs, Buffer, Color, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, Metrics, Shaping};
use cosmic_text::{SwashCache, Weight, Wrap, fontdb};
use std::sync::Arc;

static REGULAR: &[u8] = include_bytes!("../../../../assets/fonts/Inter-Regular.otf");
static SEMI_BOLD: &[u8] = include_bytes!("../../../../assets/fonts/Inter-SemiBold.otf");
/// Letters of a prompt that are looked at; a caption has room for far fewer.
const PROMPT_LETTERS: usize = 600;
/// Below this the letters would be mush.
const SMALLEST_PX: usize = 72;

/// Premultiplied RGBA laid straight onto the frame.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    pub(super) data: Vec<u8>,
    pub(super) width_px: usize,
    pub(super) height_px: usize,
    pub(super) left_px: usize,
    pub(super) top_px: usize,
}

impl Overlay {
    fn new(left_px: usize, top_px: usize, width_px: usize, height_px: usize) -> Self {
        Self { data: vec![0; width_px * height_px * 4], width_px, height_px, left_px, top_px }
    }

    fn put(&mut self, x: i32, y: i32, rgb: [u8; 3], alpha: u32) {
        if x < 0 || y < 0 || x as usize >= self.width_px || y as usize >= self.height_px {
            return;
        }
        let index = (y as usize * self.width_px + x as usize) * 4;
        let px = &mut self.data[index..index + 4];
        let keep = 255 - alpha;
        for (part, value) in px.iter_mut().zip([rgb[0], rgb[1], rgb[2], 255]) {
            *part = ((u32::from(value) * alpha + u32::from(*part) * keep) / 255).min(255) as u8;
        }
    }
}

/// The bundled typeface and what shapes it.
struct Typesetter {
    fonts: FontSystem,
    cache: SwashCache,
}

/// One line or block of type.
struct Type<'a> {
    text: &'a str,
    size_px: f32,
    bold: bool,
    spacing_em: f32,
    lines: usize,
}

impl Typesetter {
    fn new() -> Self {
        let mut database = fontdb::Database::new();
        for data in [REGULAR, SEMI_BOLD] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(data)));
        }
        Self { fonts: FontSystem::new_with_locale_and_db("en-US".into(), database), cache: SwashCache::new() }
    }

    /// A text without the signs that the typeface does not have, on one line, cut to a length.
    fn clean(&mut self, text: &str, letters: usize) -> String {
        let face = self.fonts.db().faces().next().map(|face| face.id);
        let Some(font) = face.and_then(|id| self.fonts.get_font(id, Weight::NORMAL)) else { return String::new() };
        let charmap = font.as_swash().charmap();
        let mut clean = String::new();
        let mut gap = false;
        for letter in text.chars().take(letters * 4) {
            if letter.is_whitespace() || letter.is_control() {
                gap = !clean.is_empty();
            } else if charmap.map(letter) != 0 {
                if std::mem::take(&mut gap) {
                    clean.push(' ');
                }
                clean.push(letter);
            }
            if clean.len() >= letters {
                break;
            }
        }
        clean
    }

    fn shape(&mut self, style: &Type<'_>, width_px: f32) -> Buffer {
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(style.size_px, style.size_px * 1.32));
        buffer.set_wrap(Wrap::WordOrGlyph);
        buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(style.lines)));
        buffer.set_size(Some(width_px.max(1.0)), None);
        let weight = if style.bold { Weight::SEMIBOLD } else { Weight::NORMAL };
        let attrs = Attrs::new().family(Family::Name("Inter")).weight(weight).letter_spacing(style.spacing_em);
        buffer.set_text(style.text, &attrs, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer
    }

    /// Width and height of a shaped block.
    fn measure(buffer: &Buffer, style: &Type<'_>) -> (f32, f32) {
        let runs = buffer.layout_runs().take(style.lines);
        runs.fold((0.0_f32, 0.0), |(width, height), run| (width.max(run.line_w), height + style.size_px * 1.32))
    }

    #[expect(clippy::too_many_arguments, reason = "a drawing call names its place, size and inks one by one")]
    fn draw(&mut self, buffer: &Buffer, sheet: &mut Overlay, at: (i32, i32), rgb: [u8; 3], alpha: f32, lines: usize) {
        let white = Color::rgb(255, 255, 255);
        for run in buffer.layout_runs().take(lines) {
            // A line broken at a space starts with that space: the line starts after it.
            let lead = run.glyphs.first().filter(|glyph| run.text[glyph.start..glyph.end].trim().is_empty());
            let shift_px = lead.map_or(0.0, |glyph| glyph.w);
            for glyph in run.glyphs {
                let placed = glyph.physical((-shift_px, run.line_y), 1.0);
                self.cache.with_pixels(&mut self.fonts, placed.cache_key, white, |x, y, colour| {
                    let cover = (f32::from(colour.a()) * alpha) as u32;
                    sheet.put(at.0 + placed.x + x, at.1 + placed.y + y, rgb, cover.min(255));
                });
            }
        }
    }
}

/// The caption of a shot and its running label.
pub(super) struct Slate {
    caption: Overlay,
    label: Overlay,
    digits: Vec<Overlay>,
    digit_step_px: usize,
    clock_at: (usize, usize),
}

impl Slate {
    /// Sets the type for a job. `None` for a picture too small for letters.
    pub(super) fn new(job: &VideoJob, frame: &Frame, accent: [u8; 3]) -> Option<Self> {
        let (width, height) = (frame.width_px, frame.height_px);
        if width < SMALLEST_PX * 2 || height < SMALLEST_PX {
            return None;
        }
        let mut setter = Typesetter::new();
        let size_px = (width.min(height) as f32 * 0.0245).clamp(9.0, 200.0);
        // Title-safe: five per cent of each side.
        let (side_px, foot_px) = (width as f32 * 0.05, height as f32 * 0.05);
        let room_px = (width as f32 - 2.0 * side_px).min(size_px * 58.0);

        let scene = setter.clean(&job.slate_scene, 60);
        let shot = setter.clean(&job.slate_shot, 40);
        let place = [scene, shot].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ·  ");
        let names: Vec<String> = job.characters.iter().take(4).map(|one| setter.clean(&one.name, 40)).collect();
        let names = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ");
        let prompt = setter.clean(&job.prompt, PROMPT_LETTERS);

        let head = Type { text: &place, size_px: size_px * 0.82, bold: true, spacing_em: 0.06, lines: 1 };
        let cast = Type { text: &names, size_px: size_px * 0.82, bold: false, spacing_em: 0.01, lines: 1 };
        let body = Type { text: &prompt, size_px, bold: false, spacing_em: 0.0, lines: 2 };
        let inset_px = size_px * 0.8;
        let head_set = setter.shape(&head, room_px * 0.6);
        let cast_set = setter.shape(&cast, room_px * 0.38);
        // The running clock keeps its corner.
        let clear_px = width as f32 - 2.0 * side_px - size_px * 3.8;
        let body_set = setter.shape(&body, (room_px - inset_px).min(clear_px - inset_px));
        let (head_width, head_height) = Typesetter::measure(&head_set, &head);
        let (_, body_height) = Typesetter::measure(&body_set, &body);
        let head_height = if place.is_empty() && names.is_empty() { 0.0 } else { head_height.max(size_px) };
        let block_px = head_height + body_height;
        if block_px <= 0.0 {
            return None;
        }
        let band_px = ((block_px + foot_px + size_px * 3.2) as usize).min(height);
        let mut caption = Overlay::new(0, height - band_px, width, band_px);
        scrim(&mut caption);
        let top = band_px as f32 - foot_px - block_px;
        let bar_px = (size_px * 0.13).max(1.0) as i32;
        for y in (top + size_px * 0.12) as i32..(top + block_px - size_px * 0.1) as i32 {
            for x in 0..bar_px {
                caption.put(side_px as i32 + x, y, accent, 235);
            }
        }
        let left = (side_px + inset_px) as i32;
        setter.draw(&head_set, &mut caption, (left, top as i32), accent, 1.0, 1);
        let cast_left = if place.is_empty() { left } else { left + (head_width + size_px * 1.1) as i32 };
        setter.draw(&cast_set, &mut caption, (cast_left, top as i32), [222, 222, 222], 0.78, 1);
        setter.draw(&body_set, &mut caption, (left, (top + head_height) as i32), [244, 242, 238], 0.95, 2);

        let label_text = if place.is_empty() { names } else { place };
        let small =
            Type { text: &label_text, size_px: (size_px * 0.72).max(8.0), bold: true, spacing_em: 0.05, lines: 1 };
        let label_set = setter.shape(&small, room_px * 0.6);
        let (label_width, label_height) = Typesetter::measure(&label_set, &small);
        let label_top = height as f32 - foot_px - label_height;
        let mut label = Overlay::new(
            left as usize,
            label_top.max(0.0) as usize,
            label_width as usize + 4,
            label_height as usize + 4,
        );
        setter.draw(&label_set, &mut label, (1, 1), [0, 0, 0], 0.45, 1);
        setter.draw(&label_set, &mut label, (0, 0), [244, 242, 238], 0.62, 1);

        let mut digits = Vec::new();
        let mut digit_step_px = 1;
        for letter in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ":"] {
            let style = Type { text: letter, bold: false, spacing_em: 0.0, ..small };
            let set = setter.shape(&style, small.size_px * 3.0);
            let (digit_width, digit_height) = Typesetter::measure(&set, &style);
            digit_step_px = digit_step_px.max(digit_width.ceil() as usize);
            let mut sheet = Overlay::new(0, 0, digit_width as usize + 3, digit_height as usize + 3);
            setter.draw(&set, &mut sheet, (1, 1), [0, 0, 0], 0.45, 1);
            setter.draw(&set, &mut sheet, (0, 0), [244, 242, 238], 0.62, 1);
            digits.push(sheet);
        }
        let clock_at = ((width as f32 - side_px) as usize, label_top.max(0.0) as usize);
        Some(Self { caption, label, digits, digit_step_px, clock_at })
    }

    /// Lays the slate over a finished frame.
    pub(super) fn lay(
        &mut self,
        out: &mut [u8],
        frame: &Frame,
        shown: u64,
        count: u64,
        rate: kinora_core::time::FrameRate,
    ) {
        let secs = rate.frames_to_secs(shown) as f32;
        let total = rate.frames_to_secs(count) as f32;
        if shown == 0 || shown + 1 >= count {
            return;
        }
        let ramp = |from: f32, to: f32| ((secs - from) / (to - from).max(1e-3)).clamp(0.0, 1.0);
        let hold = (total * 0.45).min(1.9);
        let out_by = total - 1.5 / rate.as_f64() as f32;
        let caption = ramp(0.0, (hold * 0.2).min(0.25)) * (1.0 - ramp(hold, hold + (total * 0.1).min(0.45)));
        let label = ramp(hold + (total * 0.05).min(0.2), hold + (total * 0.15).min(0.7))
            * (1.0 - ramp(out_by - (total * 0.12).min(0.4), out_by));
        lay_overlay(out, frame, &self.caption, caption);
        lay_overlay(out, frame, &self.label, label);
        self.lay_clock(out, frame, shown, rate, label.max(caption * 0.8));
    }

    /// Seconds and frames of the shot, running, at the right of the safe area.
    fn lay_clock(&mut self, out: &mut [u8], frame: &Frame, shown: u64, rate: kinora_core::time::FrameRate, alpha: f32) {
        let per_second = u64::from(rate.nominal().max(1));
        let text = format!("{:02}:{:02}", shown / per_second, shown % per_second);
        let step = self.digit_step_px;
        let mut right = self.clock_at.0;
        for letter in text.bytes().rev() {
            let index = if letter == b':' { 10 } else { usize::from(letter - b'0') };
            let Some(left) = right.checked_sub(step) else { return };
            let sheet = &mut self.digits[index];
            sheet.left_px = left + step.saturating_sub(sheet.width_px) / 2;
            sheet.top_px = self.clock_at.1;
            lay_overlay(out, frame, sheet, alpha);
            right = left;
        }
    }
}

/// Darkens towards the foot so that letters read over any picture.
fn scrim(sheet: &mut Overlay) {
    let height = sheet.height_px as f32;
    for (row_index, row) in sheet.data.chunks_exact_mut(sheet.width_px * 4).enumerate() {
        let t = (row_index as f32 / height).powf(1.15);
        let alpha = (t * t * (3.0 - 2.0 * t) * 0.74 * 255.0) as u8;
        for px in row.chunks_exact_mut(4) {
            px[3] = alpha;
        }
    }
}
