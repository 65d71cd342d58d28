//! Pictures of the window beside pictures that were looked at: a quarter as wide, so that they are small and a hinted
//! letter more or less is nothing.

use image::{GrayImage, Luma, RgbImage, imageops};
use std::path::Path;

/// Pixels of the screen that become one, each way.
const SHRINK: u32 = 4;
/// Side of the parts that are compared, in pixels of the small picture.
const PART: u32 = 16;
/// Most that a part may differ: mean of the differences of its blurred light, of 255. A button that is missing or a line
/// of text that is elsewhere differs by more.
const MOST_OF_A_PART: f32 = 6.0;
/// Most that the whole may differ.
const MOST_OF_ALL: f32 = 1.0;

/// A small picture.
#[derive(Debug, Clone)]
pub(super) struct Picture(RgbImage);

/// How far two pictures are apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Difference {
    all: f32,
    worst: f32,
    /// Left upper corner of the worst part, in pixels of the screen.
    worst_at: (u32, u32),
}

impl Difference {
    pub(super) fn is_small(self) -> bool {
        self.all <= MOST_OF_ALL && self.worst <= MOST_OF_A_PART
    }
}

/// The screen, from an X window dump as `Xvfb -fbdir` keeps it: a header of big-endian words, a colour map, rows of 32
/// bits.
pub(super) fn screen_of(dump: &[u8]) -> RgbImage {
    let word = |index: usize| u32::from_be_bytes(dump[index * 4..index * 4 + 4].try_into().unwrap());
    let (header_bytes, width, height) = (word(0) as usize, word(4), word(5));
    let (bits_per_pixel, bytes_per_line, colors) = (word(11), word(12) as usize, word(19) as usize);
    assert_eq!((bits_per_pixel, word(7)), (32, 0), "rows of little-endian pixels");
    let rows = &dump[header_bytes + colors * 12..];
    RgbImage::from_fn(width, height, |x, y| {
        let at = y as usize * bytes_per_line + x as usize * 4;
        image::Rgb([rows[at + 2], rows[at + 1], rows[at]])
    })
}

impl Picture {
    pub(super) fn of_screen(full: &RgbImage) -> Self {
        let (width, height) = full.dimensions();
        Self(imageops::resize(full, width / SHRINK, height / SHRINK, imageops::FilterType::Triangle))
    }

    pub(super) fn load(path: &Path) -> Self {
        Self(image::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).to_rgb8())
    }

    pub(super) fn save(&self, path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        self.0.save(path).unwrap();
    }

    fn light(&self) -> GrayImage {
        imageops::blur(&imageops::grayscale(&self.0), 1.0)
    }

    /// Part by part, how far the light of two pictures is apart.
    pub(super) fn difference(&self, other: &Self) -> Difference {
        assert_eq!(self.0.dimensions(), other.0.dimensions());
        let (one, two) = (self.light(), other.light());
        let (width, height) = one.dimensions();
        let mut found = Difference { all: 0.0, worst: 0.0, worst_at: (0, 0) };
        let mean = |left: u32, top: u32, right: u32, bottom: u32| {
            let places = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
            let apart = |(x, y): (u32, u32)| {
                let (Luma([one]), Luma([two])) = (one.get_pixel(x, y), two.get_pixel(x, y));
                f32::from(one.abs_diff(*two))
            };
            places.map(apart).sum::<f32>() / ((right - left) * (bottom - top)) as f32
        };
        found.all = mean(0, 0, width, height);
        // Parts overlap by half, so that what lies on a border is whole in one of them.
        for top in (0..height.saturating_sub(PART / 2)).step_by(PART as usize / 2) {
            for left in (0..width.saturating_sub(PART / 2)).step_by(PART as usize / 2) {
                let apart = mean(left, top, (left + PART).min(width), (top + PART).min(height));
                if apart > found.worst {
                    (found.worst, found.worst_at) = (apart, (left * SHRINK, top * SHRINK));
                }
            }
        }
        found
    }
}

/// A window that was looked at.
fn looked_at() -> Picture {
    Picture::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/editor/window/goldens/opened.png"))
}

#[test]
fn the_measure_forgives_grain_and_no_fault_of_layout() {
    let golden = looked_at();
    let (width, height) = golden.0.dimensions();
    let changed = |change: &dyn Fn(u32, u32) -> [u8; 3]| {
        Picture(RgbImage::from_fn(width, height, |x, y| image::Rgb(change(x, y))))
    };
    let at = |x: u32, y: u32| golden.0.get_pixel(x.min(width - 1), y.min(height - 1)).0;
    let difference = |change: &dyn Fn(u32, u32) -> [u8; 3]| golden.difference(&changed(change));
    assert!(difference(&at).is_small());
    // Another rasteriser rounds otherwise.
    let grain =
        |x: u32, y: u32| at(x, y).map(|code| code.saturating_add(((x * 7 + y * 13) % 5) as u8).saturating_sub(2));
    assert!(difference(&grain).is_small(), "{:?}", difference(&grain));
    // The timeline lies sixteen points lower.
    let lower = |x: u32, y: u32| if y > height * 6 / 10 { at(x, y - 4) } else { at(x, y) };
    assert!(!difference(&lower).is_small(), "{:?}", difference(&lower));
    // The inspector is sixteen points narrower.
    let narrower = |x: u32, y: u32| if x > width * 3 / 4 { at(x + 4, y) } else { at(x, y) };
    assert!(!difference(&narrower).is_small(), "{:?}", difference(&narrower));
    // The main button of the window is gone.
    let gone = |x: u32, y: u32| if x > width - 32 && y < 9 { at(width / 2, 2) } else { at(x, y) };
    assert!(!difference(&gone).is_small(), "{:?}", difference(&gone));
    // The other theme.
    let light = |x: u32, y: u32| at(x, y).map(|code| 255 - code);
    assert!(!difference(&light).is_small());
}
