//! Laws of the plan: the segments are exactly the film, copies lie on groups of pictures, little is encoded, and keys
//! change with what they show and nothing else.

use super::*;
use crate::{
    film::LaneMix,
    render::mix::{MixClip, SoundRef},
};
use proptest::prelude::*;

const GOP: u64 = 12;

fn shot(number: usize, conform_frames: u64) -> ShotInput {
    ShotInput {
        shot_id: ShotId::numbered(number),
        conform_key: format!("take{number}"),
        conform_frames,
        in_frame: 0,
        out_frame: None,
        has_audio: true,
        gain_db: 0.0,
        mute: false,
    }
}

fn scene(number: usize, shots: Vec<ShotInput>) -> SceneInput {
    SceneInput {
        scene_id: SceneId::numbered(number),
        title: format!("Scene {number}"),
        shots,
        seams: Vec::new(),
        voice: VoiceInput::default(),
        music: None,
        ambient: None,
    }
}

fn film(scenes: Vec<SceneInput>) -> PlanInput {
    PlanInput {
        kind: RenderKind::Film,
        title: "Film".to_owned(),
        rate: FrameRate::FPS_24,
        size: FrameSize { width: 1920, height: 1080 },
        scene_fade_secs: 0.5,
        duck_db: 9.0,
        loudness: LoudnessGoal { target_lufs: Some(-14.0), limit_dbtp: -1.0 },
        scenes,
    }
}

/// Every frame of the film as (conform key, frame), from the segments.
fn frames_of(plan: &RenderPlan) -> Vec<(String, u64)> {
    let mut frames = Vec::new();
    for segment in &plan.video {
        match segment {
            Segment::Copy { conform_key, frames: range } => {
                frames.extend(range.clone().map(|frame| (conform_key.clone(), frame)));
            }
            Segment::Encode(encode) => {
                for piece in &encode.pieces {
                    frames.extend(piece.frames.clone().map(|frame| (piece.conform_key.clone(), frame)));
                }
            }
        }
    }
    frames
}

/// Brightness of every frame of the film.
fn levels_of(plan: &RenderPlan) -> Vec<f64> {
    let mut levels = Vec::new();
    for segment in &plan.video {
        match segment {
            Segment::Copy { .. } => levels.resize(levels.len() + segment.frame_count() as usize, 1.0),
            Segment::Encode(encode) => {
                for piece in &encode.pieces {
                    levels.extend((0..piece.frame_count()).map(|frame| piece.dip.map_or(1.0, |dip| dip.level(frame))));
                }
            }
        }
    }
    levels
}

/// Checks every law that holds for any film.
fn check_laws(input: &PlanInput) -> RenderPlan {
    let plan = RenderPlan::new(input).unwrap();
    let mut expected = Vec::new();
    let mut expected_levels = Vec::new();
    let mut most_encoded = 0;
    for scene in &input.scenes {
        let mut scene_frames = 0;
        for shot in &scene.shots {
            let range = shot.in_frame..shot.out_frame.unwrap_or(u64::MAX).min(shot.conform_frames);
            scene_frames += range.end - range.start;
            most_encoded += 2 * (GOP - 1);
            expected.extend(range.map(|frame| (shot.conform_key.clone(), frame)));
        }
        let fade = input.fade_frames(scene_frames);
        most_encoded += if fade > 0 { 2 * (fade + 2 * GOP) } else { 0 };
        most_encoded += scene.seams.iter().map(|seam| seam.before_frames + seam.after_frames + 4 * GOP).sum::<u64>();
        expected_levels.extend((0..scene_frames).map(|frame| {
            let dark = fade.saturating_sub(frame).max((frame + 1 + fade).saturating_sub(scene_frames));
            1.0 - dark as f64 / fade.max(1) as f64
        }));
    }
    assert_eq!(frames_of(&plan), expected);
    assert_eq!(plan.total_frames as usize, expected.len());
    for (frame, (found, expected)) in levels_of(&plan).into_iter().zip(expected_levels).enumerate() {
        assert!((found - expected).abs() < 1e-9, "frame {frame} shows at {found}, not {expected}");
    }
    assert!(
        plan.encoded_frames() <= most_encoded,
        "{} frames encoded, {most_encoded} are enough",
        plan.encoded_frames()
    );
    let lengths: std::collections::HashMap<_, _> =
        plan.shots.iter().map(|shot| (shot.conform_key.clone(), shot.conform_frames)).collect();
    for segment in &plan.video {
        assert!(segment.frame_count() > 0);
        match segment {
            Segment::Copy { conform_key, frames } => {
                assert_eq!(frames.start % GOP, 0, "{segment:?}");
                assert!(frames.end % GOP == 0 || frames.end == lengths[conform_key], "{segment:?}");
            }
            Segment::Encode(encode) => {
                let takes =
                    encode.pieces.iter().map(|piece| &piece.conform_key).collect::<std::collections::HashSet<_>>();
                assert!(
                    takes.len() <= if matches!(encode.kind, EncodeKind::Seam { .. }) { 2 } else { 1 },
                    "{encode:?}"
                );
                let dips = |direction| {
                    encode.pieces.iter().any(|piece| piece.dip.is_some_and(|dip| dip.direction == direction))
                };
                assert_eq!(dips(FadeDirection::In), encode.kind == EncodeKind::FadeIn, "{encode:?}");
                assert_eq!(dips(FadeDirection::Out), encode.kind == EncodeKind::FadeOut, "{encode:?}");
            }
        }
    }
    assert_eq!(plan.audio.total_samples(), input.rate.frame_to_sample(plan.total_frames));
    assert_eq!(RenderPlan::new(input).unwrap(), plan);
    plan
}

fn any_shot() -> impl Strategy<Value = ShotInput> {
    (1..120_u64, 0..1_000_u64, prop::option::of(0..1_000_u64), any::<bool>(), any::<bool>()).prop_map(
        |(conform_frames, in_frame, length, has_audio, aligned)| {
            let in_frame = in_frame % conform_frames;
            let in_frame = if aligned { in_frame / GOP * GOP } else { in_frame };
            ShotInput {
                in_frame,
                out_frame: length.map(|length| in_frame + 1 + length % 150),
                has_audio,
                ..shot(1, conform_frames)
            }
        },
    )
}

fn any_film() -> impl Strategy<Value = PlanInput> {
    let seam = prop::option::of((0..30_u64, 0..30_u64));
    let scenes = prop::collection::vec(prop::collection::vec((any_shot(), seam), 0..6), 1..5);
    let fade_secs = prop::sample::select(vec![0.0, 0.5, 1.0 / 24.0, 0.3, 4.0, f64::NAN, -1.0]);
    (scenes, fade_secs, prop::sample::select(vec!["24", "23.976"]), any::<bool>()).prop_map(
        |(scenes, scene_fade_secs, rate, is_film)| {
            let mut number = 0;
            let scenes = scenes.into_iter().enumerate().map(|(index, shots)| {
                let mut planned = scene(index + 1, Vec::new());
                for (mut shot, seam) in shots {
                    number += 1;
                    shot.shot_id = ShotId::numbered(number);
                    shot.conform_key = format!("take{number}");
                    planned.seams.extend(seam.map(|(before_frames, after_frames)| SeamWindow {
                        shot_id: shot.shot_id.clone(),
                        before_frames,
                        after_frames,
                        engine: SmoothingEngine::Dis,
                        params: "1".to_owned(),
                    }));
                    planned.shots.push(shot);
                }
                planned
            });
            PlanInput {
                scene_fade_secs,
                kind: if is_film { RenderKind::Film } else { RenderKind::Scene },
                rate: rate.parse().unwrap(),
                ..film(scenes.collect())
            }
        },
    )
}

proptest! {
    #[test]
    fn segments_are_exactly_the_film(input in any_film()) {
        if input.scenes.iter().all(|scene| scene.shots.is_empty()) {
            prop_assert_eq!(RenderPlan::new(&input), Err(PlanError::NothingToRender));
        } else {
            check_laws(&input);
        }
    }

    #[test]
    fn another_take_changes_only_its_own_keys(input in any_film(), pick in any::<prop::sample::Index>()) {
        let shots = input.scenes.iter().map(|scene| scene.shots.len()).sum::<usize>();
        prop_assume!(shots > 0);
        let mut changed = input.clone();
        let retaken = changed.scenes.iter_mut().flat_map(|scene| &mut scene.shots).nth(pick.index(shots)).unwrap();
        let old_key = std::mem::replace(&mut retaken.conform_key, "other".to_owned());
        let (before, after) = (RenderPlan::new(&input).unwrap(), RenderPlan::new(&changed).unwrap());
        prop_assert_ne!(&before.hash, &after.hash);
        prop_assert_eq!(before.video.len(), after.video.len());
        for (before, after) in before.encodes().zip(after.encodes()) {
            let touched = before.pieces.iter().any(|piece| piece.conform_key == old_key);
            prop_assert_eq!(before.key != after.key, touched);
        }
    }
}

/// Checks the segments of a film, written as `key start..end`, with `!kind` on what is encoded.
fn check_segments(input: &PlanInput, expected: &[&str]) {
    let plan = check_laws(input);
    let found: Vec<_> = plan
        .video
        .iter()
        .map(|segment| match segment {
            Segment::Copy { conform_key, frames } => format!("{conform_key} {frames:?}"),
            Segment::Encode(encode) => {
                let pieces: Vec<_> =
                    encode.pieces.iter().map(|piece| format!("{} {:?}", piece.conform_key, piece.frames)).collect();
                let kind = match encode.kind {
                    EncodeKind::Recode => "recode",
                    EncodeKind::FadeIn => "in",
                    EncodeKind::FadeOut => "out",
                    EncodeKind::Seam { .. } => "seam",
                };
                format!("{} !{kind}", pieces.join(" + "))
            }
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn fades_take_the_groups_they_touch_and_leave_the_rest_as_copies() {
    check_segments(
        &film(vec![scene(1, vec![shot(1, 144)]), scene(2, vec![shot(2, 60), shot(3, 50)])]),
        &[
            "take1 0..12 !in",
            "take1 12..132",
            "take1 132..144 !out",
            "take2 0..12 !in",
            "take2 12..60",
            "take3 0..36",
            "take3 36..38 + take3 38..50 !out",
        ],
    );
    check_segments(
        &PlanInput { scene_fade_secs: 0.0, ..film(vec![scene(1, vec![shot(1, 50)]), scene(2, Vec::new())]) },
        &["take1 0..50"],
    );
    check_segments(&PlanInput { kind: RenderKind::Scene, ..film(vec![scene(1, vec![shot(1, 50)])]) }, &["take1 0..50"]);
    check_segments(
        &PlanInput { scene_fade_secs: 0.75, ..film(vec![scene(1, vec![shot(1, 10), shot(2, 60)])]) },
        &["take1 0..10 !in", "take2 0..8 + take2 8..12 !in", "take2 12..36", "take2 36..42 + take2 42..60 !out"],
    );
    check_segments(&film(vec![scene(1, vec![shot(1, 1)])]), &["take1 0..1"]);
    check_segments(&film(vec![scene(1, vec![shot(1, 7)])]), &["take1 0..3 + take1 3..4 !in", "take1 4..7 !out"]);
}

#[test]
fn a_trim_encodes_only_the_groups_it_cuts() {
    let trimmed = |in_frame, out_frame| PlanInput {
        kind: RenderKind::Scene,
        ..film(vec![scene(1, vec![ShotInput { in_frame, out_frame, ..shot(1, 50) }])])
    };
    check_segments(&trimmed(5, None), &["take1 5..12 !recode", "take1 12..50"]);
    check_segments(&trimmed(12, Some(40)), &["take1 12..36", "take1 36..40 !recode"]);
    check_segments(&trimmed(0, Some(9_999)), &["take1 0..50"]);
    check_segments(&trimmed(13, Some(15)), &["take1 13..15 !recode"]);
    check_segments(&trimmed(10, Some(14)), &["take1 10..14 !recode"]);
    check_segments(&trimmed(49, None), &["take1 49..50 !recode"]);
    check_segments(&trimmed(48, None), &["take1 48..50"]);
}

#[test]
fn a_seam_takes_its_window_and_never_more_than_half_a_shot() {
    let seam = |number, before_frames, after_frames| SeamWindow {
        shot_id: ShotId::numbered(number),
        before_frames,
        after_frames,
        engine: SmoothingEngine::Dis,
        params: "1".to_owned(),
    };
    let with = |seams, frames: [u64; 3]| PlanInput {
        kind: RenderKind::Scene,
        ..film(vec![SceneInput { seams, ..scene(1, vec![shot(1, frames[0]), shot(2, frames[1]), shot(3, frames[2])]) }])
    };
    check_segments(
        &with(vec![seam(1, 6, 12)], [24, 24, 24]),
        &["take1 0..12", "take1 12..18 !recode", "take1 18..24 + take2 0..12 !seam", "take2 12..24", "take3 0..24"],
    );
    check_segments(
        &with(vec![seam(1, 12, 100), seam(2, 100, 12)], [24, 24, 24]),
        &["take1 0..12", "take1 12..24 + take2 0..12 !seam", "take2 12..24 + take3 0..12 !seam", "take3 12..24"],
    );
    check_segments(
        &with(vec![seam(1, 12, 12), seam(2, 5, 0)], [24, 1, 24]),
        &["take1 0..24", "take2 0..1", "take3 0..24"],
    );
}

#[test]
fn shots_that_show_nothing_are_refused_by_name() {
    for (in_frame, out_frame) in [(50, None), (10, Some(10)), (20, Some(3)), (u64::MAX, None)] {
        let input = film(vec![scene(1, vec![ShotInput { in_frame, out_frame, ..shot(7, 50) }])]);
        let error = RenderPlan::new(&input).unwrap_err();
        assert!(
            matches!(error, PlanError::EmptyShot { .. }) && error.to_string().contains("scene_001/shot_007"),
            "{error}"
        );
    }
}

#[test]
fn every_scene_of_a_film_that_shows_anything_is_a_chapter() {
    let untitled = SceneInput { title: String::new(), ..scene(3, vec![shot(2, 10)]) };
    let scenes = vec![scene(1, vec![shot(1, 30)]), scene(2, Vec::new()), untitled];
    let plan = RenderPlan::new(&film(scenes.clone())).unwrap();
    let found: Vec<_> =
        plan.chapters.iter().map(|chapter| (&*chapter.title, chapter.start_frame, chapter.end_frame)).collect();
    assert_eq!(found, [("Scene 1", 0, 30), ("scene_003", 30, 40)]);
    assert_eq!(RenderPlan::new(&PlanInput { kind: RenderKind::Scene, ..film(scenes) }).unwrap().chapters, []);
}

fn lane(length_samples: u64, mix: LaneMix) -> LaneInput {
    LaneInput { blake3: "lane".to_owned(), length_samples, mix }
}

fn line(shot_number: usize, offset_secs: f64, length_samples: u64) -> LineInput {
    LineInput {
        line_id: LineId::numbered(1),
        shot_id: ShotId::numbered(shot_number),
        offset_secs,
        blake3: "line".to_owned(),
        length_samples,
    }
}

/// A film of one scene of two 10 s shots, changed, and its sound without the shots' own.
fn lanes_of(change: impl FnOnce(&mut SceneInput)) -> (RenderPlan, Vec<MixClip>) {
    let mut only = scene(1, vec![shot(1, 240), shot(2, 240)]);
    change(&mut only);
    let plan = RenderPlan::new(&film(vec![only])).unwrap();
    let clips = plan.audio.scenes[0].clips.iter().filter(|clip| matches!(clip.sound, SoundRef::File { .. })).cloned();
    let clips = clips.collect();
    (plan, clips)
}

const SECOND: u64 = 48_000;

#[test]
fn a_line_is_heard_at_its_shot_and_the_score_steps_back_for_it() {
    let say = |line: LineInput, mix: LaneMix| {
        lanes_of(|scene| {
            scene.voice = VoiceInput::Lines { lines: vec![line], mix };
            scene.music = Some(lane(60 * SECOND, LaneMix::default()));
        })
    };
    let (plan, clips) = say(line(2, 1.5, 3 * SECOND), LaneMix::default());
    let voice = clips.iter().find(|clip| !clip.ducked).unwrap();
    assert_eq!((voice.start_sample, voice.length_samples), (10 * SECOND + 72_000, 3 * SECOND));
    let duck = &plan.audio.scenes[0].duck;
    assert_eq!((duck.gain_db_at(12 * SECOND), duck.gain_db_at(5 * SECOND)), (-9.0, 0.0));
    assert_eq!(plan.notes, []);

    let (_, clips) = say(line(1, -3.0, SECOND), LaneMix { offset_secs: 0.5, ..LaneMix::default() });
    assert_eq!(clips.iter().find(|clip| !clip.ducked).unwrap().start_sample, 0, "no word is lost");

    let (plan, clips) = say(line(2, 8.0, 3 * SECOND), LaneMix::default());
    assert_eq!(clips.iter().find(|clip| !clip.ducked).unwrap().end_sample(), 20 * SECOND);
    assert!(matches!(plan.notes[..], [PlanNote::LineCut { lost_secs: 1.0, .. }]), "{:?}", plan.notes);

    let (plan, clips) = say(line(9, 0.0, SECOND), LaneMix::default());
    assert_eq!(clips.len(), 1);
    assert!(matches!(plan.notes[..], [PlanNote::LineWithoutShot { .. }]), "{:?}", plan.notes);

    let (plan, clips) = say(line(1, 0.0, SECOND), LaneMix { mute: true, ..LaneMix::default() });
    assert_eq!((clips.len(), plan.audio.scenes[0].duck.gain_db_at(100)), (1, 0.0), "a muted voice moves nothing");
}

#[test]
fn a_voice_file_moves_its_speech_with_it() {
    let (plan, _) = lanes_of(|scene| {
        let mix = LaneMix { offset_secs: -2.0, ..LaneMix::default() };
        let speech_samples = vec![0..SECOND, 3 * SECOND..6 * SECOND];
        scene.voice = VoiceInput::File { lane: lane(30 * SECOND, mix), speech_samples };
        scene.ambient = Some(lane(60 * SECOND, LaneMix::default()));
    });
    let duck = &plan.audio.scenes[0].duck;
    assert_eq!(
        (duck.gain_db_at(SECOND), duck.gain_db_at(4 * SECOND - 1), duck.gain_db_at(6 * SECOND)),
        (-9.0, -9.0, 0.0)
    );
}

#[test]
fn lanes_are_placed_cut_and_looped() {
    let check = |length_secs: u64, mix: LaneMix, expected: Option<(u64, u64, u64, bool)>| {
        let (_, clips) = lanes_of(|scene| scene.music = Some(lane(length_secs * SECOND, mix.clone())));
        let found = clips
            .first()
            .map(|clip| (clip.start_sample, clip.source_start_sample, clip.length_samples, clip.repeat.is_some()));
        assert_eq!(found, expected, "{length_secs} s with {mix:?}");
    };
    let at = |offset_secs: f64, looped| LaneMix { offset_secs, looped, ..LaneMix::default() };
    check(5, at(0.0, false), Some((0, 0, 5 * SECOND, false)));
    check(60, at(0.0, false), Some((0, 0, 20 * SECOND, false)));
    check(60, at(5.0, true), Some((5 * SECOND, 0, 15 * SECOND, false)));
    check(60, at(-50.0, false), Some((0, 50 * SECOND, 10 * SECOND, false)));
    check(5, at(2.0, true), Some((2 * SECOND, 0, 18 * SECOND, true)));
    check(5, at(-7.0, true), Some((0, 3 * SECOND, 20 * SECOND, true)));
    for gone in [at(20.0, true), at(1e300, false), at(f64::INFINITY, true), at(-5.0, false)] {
        check(5, gone, None);
    }
    check(0, at(0.0, true), None);
    check(5, LaneMix { gain_db: f64::NEG_INFINITY, ..LaneMix::default() }, None);
    check(5, LaneMix { mute: true, ..LaneMix::default() }, None);
}

#[test]
fn score_cut_off_by_the_end_of_the_scene_fades_out() {
    let last_fade = |secs: u64, fade_out_secs| {
        let mix = LaneMix { fade_out_secs, ..LaneMix::default() };
        let (_, clips) = lanes_of(|scene| scene.music = Some(lane(secs * SECOND, mix)));
        let fade = clips[0].fades[1];
        assert_eq!(fade.start_sample + fade.length_samples, clips[0].end_sample());
        fade.length_samples
    };
    assert_eq!((last_fade(60, 0.0), last_fade(60, 3.0), last_fade(5, 0.0)), (2 * SECOND, 3 * SECOND, 240));
    assert_eq!((last_fade(5, 1e9), last_fade(5, f64::NAN)), (5 * SECOND, 240));
}

#[test]
fn a_split_take_sounds_on_across_its_cut_and_other_cuts_are_softened() {
    let split = |second_gain_db| {
        let first = ShotInput { out_frame: Some(100), ..shot(1, 240) };
        let second = ShotInput { in_frame: 100, gain_db: second_gain_db, ..shot(1, 240) };
        let second = ShotInput { shot_id: ShotId::numbered(2), ..second };
        RenderPlan::new(&film(vec![scene(1, vec![first, second, shot(3, 24)])])).unwrap().audio.scenes[0].clips.clone()
    };
    assert_eq!(split(0.0).iter().map(|clip| clip.length_samples).collect::<Vec<_>>(), [480_000, 48_000]);
    assert_eq!(split(3.0).len(), 3);
    assert!(split(0.0).iter().all(|clip| clip.fades.len() == 2 && clip.fades[0].length_samples == 240));
}

#[test]
fn the_hash_follows_what_is_heard_and_seen_and_nothing_else() {
    let base = || {
        let mut only = scene(1, vec![shot(1, 240), shot(2, 240)]);
        only.music = Some(lane(60 * SECOND, LaneMix::default()));
        film(vec![only])
    };
    let hash = |change: &dyn Fn(&mut PlanInput)| {
        let mut input = base();
        change(&mut input);
        RenderPlan::new(&input).unwrap().hash
    };
    let music =
        |input: &mut PlanInput, change: fn(&mut LaneMix)| change(&mut input.scenes[0].music.as_mut().unwrap().mix);
    let same: [&dyn Fn(&mut PlanInput); 5] = [
        &|_| (),
        &|input| input.scenes[0].shots[0].out_frame = Some(240),
        &|input| input.scenes[0].shots[0].gain_db = -0.0,
        &|input| input.scenes[0].shots[1].shot_id = ShotId::numbered(9),
        &|input| input.duck_db = 3.0,
    ];
    for (index, change) in same.into_iter().enumerate() {
        assert_eq!(hash(change), hash(&|_| ()), "harmless change {index}");
    }
    let other: [&dyn Fn(&mut PlanInput); 11] = [
        &|input| input.scenes[0].shots[0].in_frame = 1,
        &|input| input.scenes[0].shots[0].gain_db = -1.0,
        &|input| input.scenes[0].shots[0].mute = true,
        &|input| input.scenes[0].shots.swap(0, 1),
        &|input| input.scenes[0].title.push('!'),
        &|input| input.scene_fade_secs = 0.6,
        &|input| input.loudness.target_lufs = Some(-16.0),
        &|input| input.loudness.limit_dbtp = -2.0,
        &|input| music(input, |mix| mix.gain_db = -3.0),
        &|input| input.scenes[0].music.as_mut().unwrap().blake3.push('0'),
        &|input| input.rate = FrameRate::FPS_25,
    ];
    let mut seen: Vec<_> = other.into_iter().map(hash).chain([hash(&|_| ())]).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 12, "two of the changes give one hash");
}

#[test]
fn the_voice_lane_file_holds_the_lines_as_spoken() {
    let mut only = scene(1, vec![shot(1, 240), shot(2, 240)]);
    let mix = LaneMix { gain_db: -20.0, mute: true, offset_secs: 3.0, ..LaneMix::default() };
    only.voice = VoiceInput::Lines { lines: vec![line(2, 1.0, SECOND)], mix };
    let mix = voice_lines_mix(FrameRate::FPS_24, &only).unwrap();
    let clip = &mix.scenes[0].clips[0];
    assert_eq!((mix.total_samples(), clip.start_sample, clip.gain_db), (20 * SECOND, 11 * SECOND, 0.0));
}
