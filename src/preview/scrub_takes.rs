//! Which pictures of which takes are kept, in which places of the memory. No thread and no file.

use super::scrub::ScrubPicture;
use kinora_core::{
    conform::ConformSpec,
    preview::{FilmMap, ScrubShape, TakeClip, kept_count, kept_frames, step_for},
};
use std::{
    collections::{HashMap, VecDeque},
    ops::Range,
    path::PathBuf,
    sync::Arc,
};

/// A conformed take, whatever part of it a shot uses.
pub(super) type TakeKey = (PathBuf, ConformSpec);

pub(super) fn key_of(clip: &TakeClip) -> TakeKey {
    (clip.path.clone(), clip.spec)
}

/// The takes of a film and their pictures.
#[derive(Default)]
pub(super) struct Takes {
    pub(super) takes: HashMap<TakeKey, TakePictures>,
    /// Takes without pictures, and takes whose pictures are far apart, in the order of the film.
    bare: VecDeque<TakeKey>,
    coarse: VecDeque<TakeKey>,
    pub(super) places: Places,
    /// Every how manieth frame is kept in the end.
    pub(super) step: u64,
    gop_frames: u64,
    pub(super) shape: Option<ScrubShape>,
}

pub(super) struct TakePictures {
    pub(super) clip: Arc<TakeClip>,
    /// Frames that shots use.
    pub(super) range: Range<u64>,
    pub(super) level: Level,
    /// By frame.
    pub(super) pictures: Vec<ScrubPicture>,
}

/// How far a take is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// No picture, or not for all of what is used.
    Bare,
    /// One picture a group.
    Coarse,
    /// All that there will be.
    Full,
    /// It cannot be read for now.
    Refused,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Task {
    pub(super) key: TakeKey,
    /// The level to reach, coarse or full.
    pub(super) goal: Level,
    /// Whether it is made for what is in sight.
    pub(super) in_sight: bool,
}

impl Takes {
    /// Takes over a film. Places of pictures that it does not use are free again; the step follows its length.
    ///
    /// `forget` hears of takes that are gone. Answers `false` if the film's pictures have another shape: then nothing was
    /// taken over, and everything is to be forgotten first, see [`Takes::begin`].
    pub(super) fn adopt(&mut self, film: &FilmMap, forget: &mut dyn FnMut(&TakeClip)) -> bool {
        let shots = || film.scenes().flat_map(|(_, scene)| &scene.shots).filter_map(|shot| shot.clip.as_ref());
        if let Some(first) = shots().next() {
            if self.shape != Some(ScrubShape::of(first.spec.format.size)) {
                return false;
            }
            self.gop_frames = first.spec.format.rate.gop_frames();
        }
        let mut order = Vec::new();
        let mut used: HashMap<TakeKey, (Arc<TakeClip>, Range<u64>)> = HashMap::new();
        for clip in shots() {
            let range = clip.in_frame..clip.out_frame;
            used.entry(key_of(clip))
                .and_modify(|(_, known)| *known = known.start.min(range.start)..known.end.max(range.end))
                .or_insert_with_key(|key| {
                    order.push(key.clone());
                    (Arc::clone(clip), range)
                });
        }
        let ranges: Vec<_> = used.values().map(|(_, range)| range.clone()).collect();
        self.step = step_for(u64::from(self.places.capacity), &ranges, self.gop_frames);
        let Self { takes, places, step, .. } = self;
        takes.retain(|key, take| {
            let stays = used.contains_key(key);
            if !stays {
                take.pictures.drain(..).for_each(|picture| places.give_back(picture.slot));
                forget(&take.clip);
            }
            stays
        });
        for (key, (clip, range)) in used {
            let take = takes.entry(key).or_insert_with(|| TakePictures {
                clip: Arc::clone(&clip),
                range: range.clone(),
                level: Level::Bare,
                pictures: Vec::new(),
            });
            (take.clip, take.range) = (clip, range);
            take.thin_out(*step, places);
        }
        self.bare = order.iter().filter(|key| self.level(key) == Some(Level::Bare)).cloned().collect();
        self.coarse = order.into_iter().filter(|key| self.level(key) == Some(Level::Coarse)).collect();
        true
    }

    /// Forgets everything for pictures of a shape, of which `capacity` fit.
    pub(super) fn begin(&mut self, shape: ScrubShape, capacity: u32) {
        *self = Self { shape: Some(shape), places: Places { capacity, ..Places::default() }, ..Self::default() };
    }

    /// Takes that were refused are tried again.
    pub(super) fn try_again(&mut self, forget: &mut dyn FnMut(&TakeClip)) {
        for (key, take) in &mut self.takes {
            if take.level == Level::Refused {
                take.level = if take.pictures.is_empty() { Level::Bare } else { Level::Coarse };
                match take.level {
                    Level::Bare => {
                        self.bare.push_back(key.clone());
                        forget(&take.clip);
                    }
                    _ => self.coarse.push_back(key.clone()),
                }
            }
        }
    }

    pub(super) fn level(&self, key: &TakeKey) -> Option<Level> {
        self.takes.get(key).map(|take| take.level)
    }

    /// The next task: what is in sight first, everything coarse before anything fine. `held`: only what is in sight and
    /// has nothing.
    pub(super) fn next(&mut self, wanted: &[Arc<TakeClip>], held: bool) -> Option<Task> {
        let in_sight = |level: Level| {
            let mut keys = wanted.iter().map(|clip| key_of(clip));
            keys.find(|key| self.takes.get(key).is_some_and(|take| take.level == level))
        };
        if let Some(key) = in_sight(Level::Bare) {
            return Some(Task { key, goal: Level::Coarse, in_sight: true });
        }
        if held {
            return None;
        }
        let seen_coarse = in_sight(Level::Coarse);
        // Those that have moved on since are passed by.
        while let Some(key) = self.bare.pop_front() {
            if self.level(&key) == Some(Level::Bare) {
                self.bare.push_front(key.clone());
                return Some(Task { key, goal: Level::Coarse, in_sight: false });
            }
        }
        if let Some(key) = seen_coarse {
            return Some(Task { key, goal: Level::Full, in_sight: true });
        }
        while let Some(key) = self.coarse.pop_front() {
            if self.level(&key) == Some(Level::Coarse) {
                self.coarse.push_front(key.clone());
                return Some(Task { key, goal: Level::Full, in_sight: false });
            }
        }
        None
    }

    /// Notes how far a take has come.
    pub(super) fn reach(&mut self, key: &TakeKey, level: Level) {
        if let Some(take) = self.takes.get_mut(key) {
            take.level = level;
            if level == Level::Coarse {
                self.coarse.push_back(key.clone());
            }
        }
    }

    /// Every how manieth frame a coarse pass keeps, and lies in a coarse file.
    pub(super) fn coarse_step(&self) -> u64 {
        self.gop_frames.max(1)
    }

    /// Frames at a step that a take has no picture of yet.
    pub(super) fn missing(&self, key: &TakeKey, step: u64) -> Vec<u64> {
        let Some(take) = self.takes.get(key) else { return Vec::new() };
        let has = |frame: u64| take.pictures.binary_search_by_key(&frame, |picture| u64::from(picture.frame)).is_ok();
        kept_frames(&take.range, step).filter(|frame| !has(*frame)).collect()
    }

    /// Drops what a coarse pass kept before the first frame that is kept in the end.
    pub(super) fn thin_out(&mut self, key: &TakeKey) {
        if let Some(take) = self.takes.get_mut(key) {
            take.thin_out(self.step, &mut self.places);
        }
    }

    pub(super) fn finished(&self) -> u64 {
        self.takes.values().filter(|take| take.level == Level::Full).count() as u64
    }
}

impl TakePictures {
    /// Drops pictures that are not kept at a step, and sees what is left to do.
    fn thin_out(&mut self, step: u64, places: &mut Places) {
        let (first, end) = (self.range.start / step * step, self.range.end);
        self.pictures.retain(|picture| {
            let frame = u64::from(picture.frame);
            let stays = frame >= first && frame < end && frame.is_multiple_of(step);
            if !stays {
                places.give_back(picture.slot);
            }
            stays
        });
        if self.pictures.len() as u64 == kept_count(&self.range, step) {
            self.level = Level::Full;
        } else if self.level == Level::Full {
            // Its file is there: what the shot uses anew is read from it.
            self.level = Level::Bare;
        } else if self.level == Level::Coarse && self.pictures.is_empty() {
            self.level = Level::Bare;
        }
    }
}

/// Places of the memory.
#[derive(Default)]
pub(super) struct Places {
    pub(super) capacity: u32,
    next: u32,
    free: Vec<u32>,
}

impl Places {
    pub(super) fn take(&mut self) -> Option<u32> {
        self.free.pop().or_else(|| {
            let slot = self.next;
            self.next += u32::from(slot < self.capacity);
            (slot < self.capacity).then_some(slot)
        })
    }

    pub(super) fn give_back(&mut self, slot: u32) {
        self.free.push(slot);
    }

    pub(super) fn used(&self) -> u64 {
        u64::from(self.next) - self.free.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::{
        film::{Film, FilmScene, FrameSize, Metadata, ProjectLayout, ProjectPath, Shot},
        ids::{SceneId, ShotId},
    };
    use std::path::Path;

    /// A film of shots: seconds of the take, in and out point, and the number of the take's file.
    fn film(shots: &[(f64, u64, u64, usize)], width: u32) -> FilmMap {
        let mut scene = FilmScene::new(SceneId::numbered(1), "");
        for (number, (secs, in_frame, out_frame, file)) in (1..).zip(shots) {
            let mut shot = Shot::new(ShotId::numbered(number), "", *secs);
            shot.file_path = ProjectPath::new(format!("shots/{file}.mp4")).ok();
            (shot.in_frame, shot.out_frame) = (*in_frame, Some(*out_frame));
            scene.shots.push(shot);
        }
        let metadata = Metadata { size: FrameSize { width, height: 1080 }, ..Metadata::default() };
        let film = Film { metadata, scenes: vec![scene], ..Film::default() };
        FilmMap::of_film(&film, &ProjectLayout::new(Path::new("/film")))
    }

    fn clip(film: &FilmMap, index: usize) -> Arc<TakeClip> {
        film.scenes().next().unwrap().1.shots[index].clip.clone().unwrap()
    }

    /// Does what a task asks, as the thread would with files that are all there.
    fn fill(takes: &mut Takes, task: &Task) {
        let step = if task.goal == Level::Full { takes.step } else { takes.coarse_step().max(takes.step) };
        takes.thin_out(&task.key);
        for frame in takes.missing(&task.key, step) {
            let slot = takes.places.take().expect("the step keeps within the memory");
            let pictures = &mut takes.takes.get_mut(&task.key).unwrap().pictures;
            pictures.push(ScrubPicture { frame: frame as u32, slot });
            pictures.sort_by_key(|picture| picture.frame);
        }
        takes.reach(&task.key, if step == takes.step { Level::Full } else { Level::Coarse });
    }

    fn fill_all(takes: &mut Takes) -> Vec<(usize, Level)> {
        let mut done = Vec::new();
        while let Some(task) = takes.next(&[], false) {
            let name = task.key.0.file_stem().unwrap().to_string_lossy().parse().unwrap();
            done.push((name, task.goal));
            fill(takes, &task);
        }
        done
    }

    fn begun(film: &FilmMap, capacity: u32) -> Takes {
        let mut takes = Takes::default();
        assert!(!takes.adopt(film, &mut |_| {}), "another shape");
        takes.begin(ScrubShape::of(clip(film, 0).spec.format.size), capacity);
        assert!(takes.adopt(film, &mut |_| {}));
        takes
    }

    #[test]
    fn everything_is_coarse_before_anything_is_fine_and_what_is_seen_comes_first() {
        let film = film(&[(4.0, 0, 96, 1), (4.0, 0, 96, 2), (4.0, 0, 96, 3)], 1920);
        let mut takes = begun(&film, 1000);
        let seen = takes.next(&[clip(&film, 2)], true).unwrap();
        assert_eq!((seen.key.0.ends_with("3.mp4"), seen.goal, seen.in_sight), (true, Level::Coarse, true));
        assert_eq!(takes.next(&[], true), None, "held, and nothing is in sight");
        fill(&mut takes, &seen);
        let done = fill_all(&mut takes);
        let expected = [(1, Level::Coarse), (2, Level::Coarse), (3, Level::Full), (1, Level::Full), (2, Level::Full)];
        assert_eq!((done, takes.places.used(), takes.finished()), (expected.to_vec(), 3 * 96, 3));
    }

    #[test]
    fn the_memory_is_never_overrun_while_a_film_is_cut() {
        let mut random = fastrand_like(7);
        let mut takes = begun(&film(&[(4.0, 0, 96, 1)], 1920), 150);
        let mut gone = Vec::new();
        for round in 0..60 {
            let shots: Vec<_> = (0..1 + random() % 6)
                .map(|_| {
                    let in_frame = u64::from(random() % 90);
                    (4.0, in_frame, in_frame + 1 + u64::from(random() % 60), random() as usize % 4)
                })
                .collect();
            let film = film(&shots, 1920);
            assert!(takes.adopt(&film, &mut |clip| gone.push(clip.path.clone())));
            if round % 3 != 0 {
                fill_all(&mut takes);
                let kept = takes.takes.values().map(|take| kept_count(&take.range, takes.step)).sum::<u64>();
                assert_eq!(takes.places.used(), kept, "round {round}");
                assert_eq!(takes.finished(), takes.takes.len() as u64);
            }
            assert!(takes.places.used() <= 150, "round {round}");
            let mut slots: Vec<_> =
                takes.takes.values().flat_map(|take| &take.pictures).map(|picture| picture.slot).collect();
            slots.sort_unstable();
            assert!(slots.windows(2).all(|pair| pair[0] != pair[1]), "round {round}: a place is used twice");
            assert!(slots.iter().all(|slot| *slot < 150));
        }
        assert!(!gone.is_empty());
        assert!(!takes.adopt(&film(&[(4.0, 0, 96, 1)], 1080), &mut |_| {}), "a square film starts anew");
    }

    #[test]
    fn a_longer_film_keeps_fewer_pictures_of_each_take_and_a_refused_take_waits() {
        let mut takes = begun(&film(&[(4.0, 0, 96, 1)], 1920), 100);
        fill_all(&mut takes);
        assert_eq!((takes.step, takes.places.used()), (1, 96));
        let longer = film(&[(4.0, 0, 96, 1), (4.0, 0, 96, 2)], 1920);
        assert!(takes.adopt(&longer, &mut |_| {}));
        assert_eq!((takes.step, takes.places.used()), (2, 48), "every second goes at once");
        let task = takes.next(&[], false).unwrap();
        takes.reach(&task.key, Level::Refused);
        assert_eq!(takes.next(&[clip(&longer, 1)], false), None);
        let mut forgotten = 0;
        takes.try_again(&mut |_| forgotten += 1);
        assert_eq!((fill_all(&mut takes).len(), forgotten, takes.places.used()), (2, 1, 96));
    }

    /// Numbers that look random and are the same in every run.
    fn fastrand_like(seed: u32) -> impl FnMut() -> u32 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        }
    }
}
