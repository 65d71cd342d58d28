//! Sound files with bytes changed at random: nothing panics, hangs or writes, and what still opens saves and opens.

use super::sample::{film, make_media, picture, put};
use kinora_core::film::{CheckOptions, ProjectFolder, check};
use std::fs;

/// Changes that break JSON, and changes that leave it JSON and break what it says.
const FRAGMENTS: [&[u8]; 22] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b",",
    b":",
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e308",
    b"1e-320",
    b"99999999999999999999",
    b"\\u0000",
    b"\\ud800",
    b"\xff",
    b"../",
    b"/",
    b"\"shot_001\"",
    b"[[[[[[[[[[[[[[[[",
    b"{\"a\":",
];

/// A small, fast generator: the same seed gives the same changes on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((value ^ (value >> 31)) % limit.max(1) as u64) as usize
    }
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes[at] = random.below(256) as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes.truncate(at.max(1)),
            3 => drop(bytes.drain(at..(at + random.below(40)).min(bytes.len()))),
            4 => {
                let fragment = FRAGMENTS[random.below(FRAGMENTS.len())];
                let end = (at + random.below(8)).min(bytes.len());
                drop(bytes.splice(at..end, fragment.iter().copied()));
            }
            _ => {
                let from = random.below(bytes.len());
                let copied = bytes[from..(from + random.below(60)).min(bytes.len())].to_vec();
                drop(bytes.splice(at..at, copied));
            }
        }
        if bytes.is_empty() {
            bytes.push(b'{');
        }
    }
}

fn check_mutations(file: &str, rounds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let sound = film(2, 2);
    drop(ProjectFolder::create(root, &sound).unwrap());
    make_media(root, &sound);
    let original = fs::read(root.join(file)).unwrap();
    let mut outcomes = [0, 0];
    for seed in 0..rounds {
        let mut bytes = original.clone();
        mutate(&mut bytes, &mut Random(seed));
        fs::write(root.join(file), &bytes).unwrap();
        let before = (seed % 64 == 0).then(|| picture(root));
        let read = ProjectFolder::read(root);
        let report = check(root, CheckOptions::default());
        match &read {
            Err(error) => {
                outcomes[0] += 1;
                assert!(!report.is_ok(), "seed {seed}: the check has nothing to say about: {error}");
                assert!(error.to_string().len() < 4000, "seed {seed}");
            }
            Ok(film) => {
                outcomes[1] += 1;
                let again = tempfile::tempdir().unwrap();
                if seed % 16 == 0 {
                    drop(ProjectFolder::create(again.path(), film).unwrap());
                    assert_eq!(&ProjectFolder::read(again.path()).unwrap(), film, "seed {seed}");
                }
            }
        }
        assert_eq!(fs::read(root.join(file)).unwrap(), bytes, "seed {seed}");
        if let Some(before) = before {
            assert_eq!(picture(root), before, "seed {seed}");
        }
    }
    assert!(outcomes.iter().all(|count| *count > 0), "{file}: {outcomes:?} refused and opened");
    put(root, file, &original);
    assert_eq!(ProjectFolder::read(root).unwrap(), sound);
}

#[test]
fn scenes_with_changed_bytes() {
    check_mutations("scenes/scene_002/scene.json", 3000);
}

#[test]
fn metadata_with_changed_bytes() {
    check_mutations("metadata.json", 1500);
}

#[test]
fn settings_with_changed_bytes() {
    check_mutations("settings.json", 1000);
}

#[test]
fn characters_with_changed_bytes() {
    check_mutations("characters.json", 1000);
}
