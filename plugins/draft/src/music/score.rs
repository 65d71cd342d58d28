//! Writes the notes: harmony with smooth voice leading, a bass, a moving figure, a melody made of one motif, an end.

use super::mood::{Figure, Mood};
use fastrand::Rng;

/// Who plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Player {
    Strings,
    Piano,
    Bass,
    MutedLow,
    Pluck,
    Bell,
    Drum,
}

/// One note. Times in seconds from the start of the piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Note {
    pub(crate) player: Player,
    pub(crate) start_secs: f32,
    pub(crate) length_secs: f32,
    /// MIDI number: 60 is middle C.
    pub(crate) pitch: i32,
    /// 0 to 1.
    pub(crate) force: f32,
    /// -1 left to 1 right.
    pub(crate) pan: f32,
}

/// A written piece.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Score {
    pub(crate) notes: Vec<Note>,
}

/// Shortest piece with bars and an ending; below it there is one chord.
const SHORTEST_SECS: f32 = 6.0;

struct Writer<'a> {
    mood: &'a Mood,
    root: i32,
    bar_secs: f32,
    notes: Vec<Note>,
    rng: &'a mut Rng,
}

pub(super) fn write(mood: &Mood, secs: f64, rng: &mut Rng) -> Score {
    let secs = secs as f32;
    let root = mood.roots[rng.usize(..mood.roots.len())];
    let progression = mood.progressions[rng.usize(..mood.progressions.len())];
    let nominal_bar_secs = 240.0 / mood.beats_per_minute;
    // The last chord rings for this long; the bars before it are stretched a little to come out even.
    let ring_secs = (secs * 0.2).clamp(2.5, 6.0);
    let body_secs = if secs < SHORTEST_SECS { 0.0 } else { secs - ring_secs };
    let bars = (body_secs / nominal_bar_secs).round() as usize;
    let bar_secs = if bars == 0 { nominal_bar_secs } else { body_secs / bars as f32 };
    let motif = motif(rng);
    let mut writer = Writer { mood, root, bar_secs, notes: Vec::new(), rng };
    let mut voicing = Vec::new();
    for bar in 0..bars {
        let is_last = bar + 1 == bars;
        let step = if is_last && bars > 1 { mood.cadence } else { progression[bar % progression.len()] };
        let place = Place { bar, bars, start_secs: bar as f32 * bar_secs };
        voicing = writer.voiced(step, &voicing);
        writer.strings(&voicing, place.start_secs, bar_secs, place.swell());
        writer.bass(step, place);
        if place.has_figure() {
            writer.figure(step, &voicing, place);
        }
        if place.has_melody() {
            writer.melody(step, &motif, place);
        }
    }
    let end_secs = bars as f32 * bar_secs;
    writer.ending(&voicing, end_secs, secs - end_secs);
    Score { notes: writer.notes }
}

/// Where a bar is in the piece, and what plays there.
#[derive(Clone, Copy)]
struct Place {
    bar: usize,
    bars: usize,
    start_secs: f32,
}

impl Place {
    fn share(self) -> f32 {
        self.bar as f32 / self.bars.max(1) as f32
    }

    /// Rises to two thirds of the way, then falls.
    fn swell(self) -> f32 {
        let share = self.share();
        if share < 0.66 { 0.6 + 0.4 * share / 0.66 } else { 1.0 - 0.4 * (share - 0.66) / 0.34 }
    }

    fn has_figure(self) -> bool {
        self.bars < 4 || self.bar >= (self.bars / 6).clamp(1, 4)
    }

    /// From the first quarter on, with room to breathe every fourth phrase.
    fn has_melody(self) -> bool {
        self.bars >= 4 && self.bar >= self.bars / 4 && self.bar + 1 < self.bars && self.bar / 4 % 4 != 3
    }
}

/// One rhythmic and melodic idea of a bar: eighth, length in eighths, steps away from the chord's note.
fn motif(rng: &mut Rng) -> Vec<(usize, usize, i32)> {
    const RHYTHMS: &[&[(usize, usize)]] = &[
        &[(0, 3), (3, 1), (4, 4)],
        &[(0, 2), (2, 2), (4, 4)],
        &[(1, 3), (4, 2), (6, 2)],
        &[(0, 6), (6, 2)],
        &[(2, 2), (4, 4)],
    ];
    const SHAPES: &[&[i32]] = &[&[0, 1, 2], &[2, 1, 0], &[0, 2, 1], &[4, 3, 2], &[0, -1, 0]];
    let rhythm = RHYTHMS[rng.usize(..RHYTHMS.len())];
    let shape = SHAPES[rng.usize(..SHAPES.len())];
    rhythm.iter().zip(shape).map(|((eighth, length), step)| (*eighth, *length, *step)).collect()
}

impl Writer<'_> {
    /// A pitch of the scale, any number of steps above the root.
    fn scale_pitch(&self, step: i32) -> i32 {
        self.root + self.mood.scale[step.rem_euclid(7) as usize] + 12 * step.div_euclid(7)
    }

    fn note(&mut self, player: Player, start_secs: f32, length_secs: f32, pitch: i32, force: f32) {
        // People are not machines: a few milliseconds, a few percent, and never twice the same.
        let late_secs = if player == Player::Strings { 0.0 } else { self.rng.f32() * 0.018 };
        let force = (force * (0.92 + self.rng.f32() * 0.16)).min(1.0);
        let pan = match player {
            Player::Bass | Player::Drum => 0.0,
            Player::MutedLow => -0.15 + self.rng.f32() * 0.3,
            _ => ((pitch - 62) as f32 / 30.0).clamp(-0.6, 0.6) + self.rng.f32() * 0.1,
        };
        self.notes.push(Note { player, start_secs: start_secs + late_secs, length_secs, pitch, force, pan });
    }

    /// A chord's tones in the middle register, each as near as can be to a voice of the chord before.
    fn voiced(&self, step: usize, before: &[i32]) -> Vec<i32> {
        let tones = [0, 2, 4].into_iter().chain(self.mood.colour.iter().copied());
        let steps: Vec<i32> = tones.map(|tone| (step + tone) as i32).collect();
        let mut voicing: Vec<i32> = steps
            .iter()
            .enumerate()
            .map(|(voice, step)| {
                let class = self.scale_pitch(*step).rem_euclid(12);
                let wish = before.get(voice).copied().unwrap_or(55 + voice as i32 * 4);
                (50..=76)
                    .filter(|pitch| pitch % 12 == class)
                    .min_by_key(|pitch| (pitch - wish).abs() * 2 + (pitch - 61).abs() / 3)
                    .unwrap_or(class + 60)
            })
            .collect();
        // Two voices on one key would be one voice lost.
        for voice in 1..voicing.len() {
            if voicing[..voice].contains(&voicing[voice]) {
                voicing[voice] += if voicing[voice] + 12 <= 79 { 12 } else { -12 };
            }
        }
        voicing
    }

    fn strings(&mut self, voicing: &[i32], start_secs: f32, length_secs: f32, swell: f32) {
        for pitch in voicing {
            // Held a little into the next chord: a seam nobody hears.
            self.note(Player::Strings, start_secs, length_secs + 0.35, *pitch, 0.55 * swell);
        }
    }

    fn bass(&mut self, step: usize, place: Place) {
        let pitch = self.scale_pitch(step as i32);
        let pitch = if pitch > 45 { pitch - 12 } else { pitch };
        let force = self.mood.bass * 0.8 * place.swell();
        self.note(Player::Bass, place.start_secs, self.bar_secs * 0.97, pitch, force);
        if self.mood.figure == Figure::March {
            for beat in 0..4 {
                let start_secs = place.start_secs + beat as f32 * self.bar_secs / 4.0;
                self.note(Player::Drum, start_secs, 1.0, pitch, if beat == 0 { 0.8 } else { 0.35 });
            }
        }
    }

    fn figure(&mut self, step: usize, voicing: &[i32], place: Place) {
        let eighth_secs = self.bar_secs / 8.0;
        let swell = place.swell();
        let mut rising: Vec<i32> = voicing.to_vec();
        rising.sort_unstable();
        let (low, top) = (rising[0], rising[rising.len() - 1]);
        let at = |eighth: usize| place.start_secs + eighth as f32 * eighth_secs;
        match self.mood.figure {
            Figure::Flowing => {
                let order = [low - 12, low, rising[1], top, rising[1] + 12, top, rising[1], low];
                for (eighth, pitch) in order.into_iter().enumerate() {
                    let force = if eighth == 0 { 0.55 } else { 0.34 + self.rng.f32() * 0.08 };
                    self.note(Player::Piano, at(eighth), eighth_secs * 4.0, pitch, force * swell);
                }
            }
            Figure::Sparse => {
                for (eighth, pitch) in [(0, low), (2, rising[1]), (4, top)] {
                    if eighth == 0 || self.rng.f32() < 0.8 {
                        self.note(Player::Piano, at(eighth), eighth_secs * 6.0, pitch + 12, 0.4 * swell);
                    }
                }
            }
            Figure::Pulse => {
                let pitch = self.scale_pitch(step as i32) + 12;
                for eighth in 0..8 {
                    let accent = if eighth % 4 == 0 { 0.8 } else { 0.5 };
                    let bent = if eighth == 7 { self.scale_pitch(step as i32 + 1) + 12 } else { pitch };
                    self.note(Player::MutedLow, at(eighth), eighth_secs, bent, accent * swell);
                }
                if place.bar % 4 == 2 {
                    self.note(Player::Bell, at(4), 3.0, top + 12, 0.22);
                }
            }
            Figure::March => {
                for beat in [0, 2, 3, 4, 6] {
                    for pitch in [low, rising[1], top] {
                        self.note(Player::Pluck, at(beat), eighth_secs, pitch, 0.4 * swell);
                    }
                }
            }
            Figure::Plucked => {
                let order = [low, top, rising[1], top, low + 12, top, rising[1], top];
                for (eighth, pitch) in order.into_iter().enumerate() {
                    if eighth % 2 == 0 || self.rng.f32() < 0.7 {
                        self.note(Player::Pluck, at(eighth), eighth_secs, pitch, 0.45 * swell);
                    }
                }
            }
            Figure::Bells => {
                for eighth in [0, 3, 5] {
                    if self.rng.f32() < 0.75 {
                        let pitch = rising[self.rng.usize(..rising.len())] + 12;
                        self.note(Player::Bell, at(eighth), 2.5, pitch, 0.34 * swell);
                    }
                }
            }
        }
    }

    fn melody(&mut self, step: usize, motif: &[(usize, usize, i32)], place: Place) {
        let eighth_secs = self.bar_secs / 8.0;
        let player = match self.mood.figure {
            Figure::Pulse | Figure::Bells => Player::Bell,
            Figure::Plucked => Player::Pluck,
            Figure::Flowing | Figure::Sparse | Figure::March => Player::Piano,
        };
        for (number, (eighth, length, away)) in motif.iter().enumerate() {
            // The first note says what the phrase is about and is always there.
            if number > 0 && self.rng.f32() > 0.3 + self.mood.melody {
                continue;
            }
            if number == 0 && self.rng.f32() > 0.4 + self.mood.melody {
                return;
            }
            // On the beat a chord tone; between, the scale.
            let away = if eighth % 4 == 0 { [0, 2, 4][away.rem_euclid(3) as usize] } else { *away };
            let mut pitch = self.scale_pitch(step as i32 + away) + 36;
            while pitch > 84 {
                pitch -= 12;
            }
            let start_secs = place.start_secs + *eighth as f32 * eighth_secs;
            let force = (if number == 0 { 0.62 } else { 0.5 }) * place.swell();
            self.note(player, start_secs, *length as f32 * eighth_secs + 0.6, pitch, force);
        }
    }

    /// Home: the tonic, struck once and left to ring.
    fn ending(&mut self, before: &[i32], start_secs: f32, length_secs: f32) {
        let voicing = self.voiced(0, before);
        self.strings(&voicing, start_secs, length_secs, 0.8);
        self.note(Player::Bass, start_secs, length_secs, self.root, self.mood.bass * 0.8);
        let spread = if self.mood.figure == Figure::March { 0.0 } else { 0.09 };
        let player = if self.mood.figure == Figure::Bells { Player::Bell } else { Player::Piano };
        for (number, pitch) in voicing.iter().chain(&[self.root + 36]).enumerate() {
            self.note(player, start_secs + number as f32 * spread, length_secs, *pitch, 0.45);
        }
    }
}
