//! BC1, the texture format that every desktop graphics card reads: four by four pixels in eight bytes.
//!
//! A block holds two colours of 5, 6 and 5 bits; each pixel is one of them or lies a third or two thirds between.

/// Bytes of a block.
const BLOCK_BYTES: usize = 8;
/// Times the colours are fitted to the pixels that chose them.
const REFINEMENTS: usize = 2;

type Rgb = [f32; 3];
type Block = [Rgb; 16];

/// Bytes of a picture; sides that are no multiple of four are filled up.
#[must_use]
pub const fn bc1_bytes([width_px, height_px]: [u32; 2]) -> usize {
    width_px.div_ceil(4) as usize * height_px.div_ceil(4) as usize * BLOCK_BYTES
}

/// Adds a picture's blocks to `out`, row by row from the top. `rgba` has four bytes a pixel; alpha is not kept.
///
/// # Panics
/// When `rgba` is shorter than its size says.
pub fn encode_bc1(rgba: &[u8], [width_px, height_px]: [u32; 2], out: &mut Vec<u8>) {
    let (width, height) = (width_px as usize, height_px as usize);
    out.reserve(bc1_bytes([width_px, height_px]));
    for top in (0..height).step_by(4) {
        for left in (0..width).step_by(4) {
            let block: Block = std::array::from_fn(|index| {
                // A block at the edge repeats the last row and column.
                let (x, y) = ((left + index % 4).min(width - 1), (top + index / 4).min(height - 1));
                let at = (y * width + x) * 4;
                [rgba[at], rgba[at + 1], rgba[at + 2]].map(f32::from)
            });
            out.extend(encode_block(&block));
        }
    }
}

/// The pixels of a picture as RGBA, opaque. What is missing of `blocks` is black.
#[must_use]
pub fn decode_bc1(blocks: &[u8], [width_px, height_px]: [u32; 2]) -> Vec<u8> {
    let (width, height) = (width_px as usize, height_px as usize);
    let mut rgba = [0, 0, 0, 255].repeat(width * height);
    for (number, block) in blocks.as_chunks::<BLOCK_BYTES>().0.iter().enumerate() {
        let (left, top) = (number % width.div_ceil(4) * 4, number / width.div_ceil(4) * 4);
        let [a, b, c, d, choices @ ..] = *block;
        let palette = palette_of(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        let choices = u32::from_le_bytes(choices);
        for index in 0..16 {
            let (x, y) = (left + index % 4, top + index / 4);
            if x < width && y < height {
                let colour = palette[(choices >> (2 * index) & 3) as usize];
                rgba[(y * width + x) * 4..][..3].copy_from_slice(&colour);
            }
        }
    }
    rgba
}

fn encode_block(block: &Block) -> [u8; BLOCK_BYTES] {
    let mut best = fitted(block, ends_on_axis(block));
    for _ in 0..REFINEMENTS {
        let Some(ends) = ends_for_choices(block, &best) else { break };
        let next = fitted(block, ends);
        if next.error >= best.error {
            break;
        }
        best = next;
    }
    let mut bytes = [0; BLOCK_BYTES];
    bytes[..2].copy_from_slice(&best.ends[0].to_le_bytes());
    bytes[2..4].copy_from_slice(&best.ends[1].to_le_bytes());
    bytes[4..].copy_from_slice(&best.choices.to_le_bytes());
    bytes
}

/// Two colours, which of the four that follow from them each pixel takes, and how far that is from the truth.
struct Fit {
    ends: [u16; 2],
    choices: u32,
    error: f32,
}

/// Each pixel chooses the nearest of the four.
fn fitted(block: &Block, ends: [Rgb; 2]) -> Fit {
    let (first, second) = (packed(ends[0]), packed(ends[1]));
    // The greater one comes first: otherwise a block has three colours and a hole.
    let ends = [first.max(second), first.min(second)];
    let palette = palette_of(ends[0], ends[1]).map(|colour| colour.map(f32::from));
    // Of equal ends the hole would be the fourth, so none chooses it.
    let colours = if ends[0] == ends[1] { 1 } else { 4 };
    let (mut choices, mut error) = (0, 0.0);
    for (index, pixel) in block.iter().enumerate() {
        let (mut nearest, mut least) = (0_u32, f32::INFINITY);
        for (number, colour) in palette[..colours].iter().enumerate() {
            let far = distance(*pixel, *colour);
            if far < least {
                (nearest, least) = (number as u32, far);
            }
        }
        choices |= nearest << (2 * index);
        error += least;
    }
    Fit { ends, choices, error }
}

/// The ends of the line along which the pixels vary most.
fn ends_on_axis(block: &Block) -> [Rgb; 2] {
    let mut mean = [0.0; 3];
    for pixel in block {
        (0..3).for_each(|channel| mean[channel] += pixel[channel] / 16.0);
    }
    let mut spread = [[0.0_f32; 3]; 3];
    for pixel in block {
        for row in 0..3 {
            (0..3).for_each(|column| {
                spread[row][column] += (pixel[row] - mean[row]) * (pixel[column] - mean[column]);
            });
        }
    }
    // Powers of the spread turn any start towards its longest axis; the longest channel is no bad start.
    let longest = (0..3).max_by(|left, right| spread[*left][*left].total_cmp(&spread[*right][*right])).unwrap_or(0);
    let mut axis = spread[longest];
    for _ in 0..4 {
        let length = axis.iter().fold(0.0_f32, |most, part| most.max(part.abs()));
        if length < 1e-3 {
            return [mean, mean];
        }
        let unit = axis.map(|part| part / length);
        axis = spread.map(|row| dot(row, unit));
    }
    let length = dot(axis, axis).sqrt();
    if length < 1e-3 {
        return [mean, mean];
    }
    let axis = axis.map(|part| part / length);
    let (mut least, mut most) = (0.0_f32, 0.0_f32);
    for pixel in block {
        let place = dot([pixel[0] - mean[0], pixel[1] - mean[1], pixel[2] - mean[2]], axis);
        (least, most) = (least.min(place), most.max(place));
    }
    [most, least].map(|place| std::array::from_fn(|channel| mean[channel] + axis[channel] * place))
}

/// The two colours that come nearest to the pixels as they chose: least squares. None where all chose alike.
fn ends_for_choices(block: &Block, fit: &Fit) -> Option<[Rgb; 2]> {
    const SHARES: [f32; 4] = [1.0, 0.0, 2.0 / 3.0, 1.0 / 3.0];
    let (mut aa, mut ab, mut bb) = (0.0, 0.0, 0.0);
    let (mut a_sum, mut b_sum) = ([0.0; 3], [0.0; 3]);
    for (index, pixel) in block.iter().enumerate() {
        let share = SHARES[(fit.choices >> (2 * index) & 3) as usize];
        let rest = 1.0 - share;
        (aa, ab, bb) = (aa + share * share, ab + share * rest, bb + rest * rest);
        for channel in 0..3 {
            a_sum[channel] += share * pixel[channel];
            b_sum[channel] += rest * pixel[channel];
        }
    }
    let determinant: f32 = aa * bb - ab * ab;
    if determinant.abs() < 1e-3 {
        return None;
    }
    let solve = |left: f32, right: f32, of_left: f32, of_right: f32| (of_left * right - of_right * left) / determinant;
    Some([
        std::array::from_fn(|channel| solve(ab, bb, a_sum[channel], b_sum[channel])),
        std::array::from_fn(|channel| solve(ab, aa, b_sum[channel], a_sum[channel])),
    ])
}

fn dot(left: Rgb, right: Rgb) -> f32 {
    left[0] * right[0] + left[1] * right[1] + left[2] * right[2]
}

fn distance(left: Rgb, right: Rgb) -> f32 {
    let apart = [left[0] - right[0], left[1] - right[1], left[2] - right[2]];
    dot(apart, apart)
}

/// To 5, 6 and 5 bits.
fn packed(colour: Rgb) -> u16 {
    let bits = |value: f32, most: f32| (value.clamp(0.0, 255.0) * most / 255.0).round() as u16;
    bits(colour[0], 31.0) << 11 | bits(colour[1], 63.0) << 5 | bits(colour[2], 31.0)
}

fn unpacked(colour: u16) -> [u8; 3] {
    let (red, green, blue) = (colour >> 11, colour >> 5 & 63, colour & 31);
    [red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2].map(|value| value as u8)
}

/// The four colours of a block, as its two ends say.
fn palette_of(first: u16, second: u16) -> [[u8; 3]; 4] {
    let (a, b) = (unpacked(first), unpacked(second));
    let mixed = |left: u16, right: u16| {
        let parts = left + right;
        std::array::from_fn(|channel| {
            ((left * u16::from(a[channel]) + right * u16::from(b[channel]) + parts / 2) / parts) as u8
        })
    };
    if first > second { [a, b, mixed(2, 1), mixed(1, 2)] } else { [a, b, mixed(1, 1), [0; 3]] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Ratio of full scale to the mean error, in dB, over red, green and blue.
    fn psnr_db(left: &[u8], right: &[u8]) -> f64 {
        let pixels = left.as_chunks::<4>().0.iter().zip(right.as_chunks::<4>().0);
        let (mut sum, mut count) = (0.0, 0.0);
        for (a, b) in pixels {
            for channel in 0..3 {
                let apart = f64::from(a[channel]) - f64::from(b[channel]);
                (sum, count) = (sum + apart * apart, count + 1.0);
            }
        }
        10.0 * (255.0 * 255.0 * count / f64::max(sum, 1e-9)).log10()
    }

    fn there_and_back(size: [u32; 2], pixel: impl Fn(u32, u32) -> [u8; 3]) -> f64 {
        let rgba: Vec<u8> = (0..size[0] * size[1])
            .flat_map(|index| {
                let [red, green, blue] = pixel(index % size[0], index / size[0]);
                [red, green, blue, 255]
            })
            .collect();
        let mut blocks = Vec::new();
        encode_bc1(&rgba, size, &mut blocks);
        assert_eq!(blocks.len(), bc1_bytes(size));
        let back = decode_bc1(&blocks, size);
        assert_eq!(back.len(), rgba.len());
        psnr_db(&rgba, &back)
    }

    #[test]
    fn smooth_pictures_survive_and_edges_too() {
        let ramp = there_and_back([160, 92], |x, y| [(x * 255 / 159) as u8, (y * 255 / 91) as u8, 128]);
        assert!(ramp > 36.0, "a ramp: {ramp:.1} dB");
        let edge = there_and_back([64, 64], |x, y| if x + y < 60 { [250, 240, 20] } else { [10, 30, 120] });
        assert!(edge > 36.0, "an edge between two colours: {edge:.1} dB");
        let grey = there_and_back([5, 7], |_, _| [120, 120, 120]);
        assert!(grey > 38.0, "one colour, sides that are no multiple of four: {grey:.1} dB");
    }

    #[test]
    fn a_block_of_two_colours_that_the_format_can_say_is_exact() {
        let exact = there_and_back([8, 4], |x, _| if x % 2 == 0 { unpacked(0xf81f) } else { unpacked(0x07e0) });
        assert!(exact > 100.0, "{exact:.1} dB");
    }

    #[test]
    fn the_format_is_the_one_that_graphics_cards_read() {
        // Ends red and blue: chosen in turn are the first, the second, and the two between.
        let block = [0x00, 0xf8, 0x1f, 0x00, 0b1110_0100, 0, 0, 0];
        let rgba = decode_bc1(&block, [4, 1]);
        let pixels: Vec<&[u8]> = rgba.chunks(4).collect();
        assert_eq!(pixels, [[255, 0, 0, 255], [0, 0, 255, 255], [170, 0, 85, 255], [85, 0, 170, 255]]);
        // With the lesser end first there are three colours and a hole.
        let block = [0x1f, 0x00, 0x00, 0xf8, 0b0000_1110, 0, 0, 0];
        assert_eq!(decode_bc1(&block, [2, 1]), [128, 0, 128, 255, 0, 0, 0, 255]);
    }

    proptest! {
        /// The law: a pixel of a block is never further from the truth than the block's colours are apart.
        #[test]
        fn no_pixel_leaves_the_range_of_its_block(rgba in prop::collection::vec(any::<u8>(), 64)) {
            let mut blocks = Vec::new();
            encode_bc1(&rgba, [4, 4], &mut blocks);
            let (first, second) = (u16::from_le_bytes([blocks[0], blocks[1]]), u16::from_le_bytes([blocks[2], blocks[3]]));
            prop_assert!(first >= second, "four colours and no hole");
            let back = decode_bc1(&blocks, [4, 4]);
            prop_assert!(psnr_db(&rgba, &back) > 5.0);
            let mean = |pixels: &[u8], channel: usize| {
                pixels.iter().skip(channel).step_by(4).map(|value| f64::from(*value)).sum::<f64>() / 16.0
            };
            for channel in 0..3 {
                prop_assert!((mean(&rgba, channel) - mean(&back, channel)).abs() < 40.0);
            }
        }
    }
}
