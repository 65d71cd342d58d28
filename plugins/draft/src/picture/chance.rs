//! Chance that is the same every time: hashes, a small random stream, and smooth noise. Nothing here reads a clock.

/// A 64-bit mix of one number (the finaliser of SplitMix64).
pub(super) const fn mix64(value: u64) -> u64 {
    let mut word = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// A stable hash of a text, for the things a name decides.
pub(super) fn hash_text(text: &str) -> u64 {
    let digest = blake3::hash(text.as_bytes());
    let mut word = [0_u8; 8];
    word.copy_from_slice(&digest.as_bytes()[..8]);
    u64::from_le_bytes(word)
}

/// A small deterministic random stream.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(mix64(seed))
    }

    /// An independent stream for one part of the picture, so that one more candle does not move every tree.
    pub(super) fn part(&self, name: &str) -> Self {
        Self(mix64(self.0 ^ hash_text(name)))
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix64(self.0)
    }

    /// Uniform in 0..1.
    pub(super) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Uniform between two values.
    pub(super) fn span(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Uniform in -1..1.
    pub(super) fn signed(&mut self) -> f32 {
        self.unit() * 2.0 - 1.0
    }

    /// Uniform in 0..count.
    pub(super) fn pick(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    /// True this often.
    pub(super) fn often(&mut self, share: f32) -> bool {
        self.unit() < share
    }
}

fn lattice(x: i32, y: i32, seed: u32) -> f32 {
    let mut word = (x as u32).wrapping_mul(0x85EB_CA6B) ^ (y as u32).wrapping_mul(0xC2B2_AE35) ^ seed;
    word = (word ^ (word >> 15)).wrapping_mul(0x2C1B_3C6D);
    word = (word ^ (word >> 12)).wrapping_mul(0x297A_2D39);
    (word >> 8) as f32 / (1 << 24) as f32
}

/// Smooth value noise in 0..1.
pub(super) fn noise2(x: f32, y: f32, seed: u32) -> f32 {
    let (floor_x, floor_y) = (x.floor(), y.floor());
    let (cell_x, cell_y) = (floor_x as i32, floor_y as i32);
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - floor_x), ease(y - floor_y));
    let top = lattice(cell_x, cell_y, seed) * (1.0 - u) + lattice(cell_x + 1, cell_y, seed) * u;
    let low = lattice(cell_x, cell_y + 1, seed) * (1.0 - u) + lattice(cell_x + 1, cell_y + 1, seed) * u;
    top * (1.0 - v) + low * v
}

/// Smooth value noise along a line, -1..1.
pub(super) fn noise1(x: f32, seed: u32) -> f32 {
    noise2(x, 0.5, seed) * 2.0 - 1.0
}

/// Several octaves of value noise, 0..1.
pub(super) fn fractal2(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut weight, mut total, mut step) = (0.0, 1.0, 0.0, 1.0);
    for octave in 0..octaves {
        sum += noise2(x * step, y * step, seed.wrapping_add(octave * 101)) * weight;
        total += weight;
        weight *= 0.5;
        step *= 2.03;
    }
    sum / total
}
