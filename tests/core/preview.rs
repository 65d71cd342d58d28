//! What a window shows: exact frames in any order, small pictures of hostile images, the shape of sounds.

use crate::fixtures::{clip, ffmpeg};
use kinora_core::{
    conform::{self, ConformSpec, Work},
    film::{
        Film, FilmScene, FitMode, FrameSize, Metadata, ProjectLayout, ProjectPath, Settings, Shot, Take, TakeMedia,
    },
    ids::{SceneId, ShotId, TakeId},
    media::{FrameDecoder, PictureFormat, RgbaScaler},
    preview::{
        FilmMap, ImageError, PeaksError, ScrubError, ScrubShape, ScrubSpec, TakeClip, cached_peaks, decode_bc1,
        load_peaks, peaks_key, read_image,
    },
    progress::CancelToken,
    store::{Cache, hash_file},
    time::FrameRate,
};
use std::{collections::BTreeSet, path::Path};

const SIZE: FrameSize = FrameSize { width: 320, height: 180 };

/// A conformed test clip in the cache of a project.
fn conformed(folder: &Path, rate: FrameRate, secs: f64) -> conform::Conformed {
    let take = clip(folder, "take.mp4", "320x180", &rate.to_string(), secs, true);
    let spec = ConformSpec { format: PictureFormat { size: SIZE, rate }, fit: FitMode::Blur, optical_flow: false };
    let key = spec.key(&hash_file(&take).unwrap());
    let work = Work { cancel: &CancelToken::default(), progress: &|_| {} };
    conform::conform(&take, &key, &spec, &Cache::open(folder).unwrap(), &work).unwrap()
}

fn raw(folder: &Path, video: &Path, options: &[&str]) -> Vec<u8> {
    let path = video.to_string_lossy();
    let mut arguments = vec!["-i", &path];
    arguments.extend_from_slice(options);
    arguments.extend_from_slice(&["-f", "rawvideo"]);
    std::fs::read(ffmpeg(folder, "judge.raw", &arguments)).unwrap()
}

#[test]
fn frames_in_any_order_are_the_planes_that_ffmpeg_decodes() {
    for rate in ["24", "25", "24000/1001", "60", "8", "1"] {
        let rate: FrameRate = rate.parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let take = conformed(folder.path(), rate, 60.0 / rate.as_f64());
        let judged = raw(folder.path(), &take.video, &["-pix_fmt", "yuv420p"]);
        let (row, rows) = (320, 180);
        let frame_bytes = row * rows * 3 / 2;
        assert_eq!(judged.len() / frame_bytes, take.frames as usize, "{rate}");
        let last = take.frames - 1;
        let mut decoder = FrameDecoder::open(&take.video, rate, 2).unwrap();
        let mut random = fastrand::Rng::with_seed(4);
        let asked = [0, 1, 2, last, last, 0, 11, 12, 13, 40, 38, 39, 14, last / 2]
            .into_iter()
            .chain(std::iter::repeat_with(|| random.u64(0..=last)).take(40));
        for frame in asked.map(|frame| frame.min(last)) {
            let picture = decoder.picture(frame, &mut |_, _| true).unwrap().unwrap();
            let judge = &judged[frame as usize * frame_bytes..][..frame_bytes];
            let mut at = 0;
            for (plane, divisor) in [(0, 1), (1, 2), (2, 2)] {
                let (width, stride) = (row / divisor, picture.stride(plane));
                for line in picture.data(plane).chunks(stride).take(rows / divisor) {
                    assert!(line[..width] == judge[at..at + width], "{rate}: frame {frame}, plane {plane}");
                    at += width;
                }
            }
        }
        let error = decoder.picture(take.frames, &mut |_, _| true).err().unwrap();
        assert_eq!(error.kind(), "past_end", "{rate}");
        assert!(decoder.picture(3, &mut |_, _| true).unwrap().is_some(), "{rate}: goes on after an error");
    }
}

#[test]
fn a_decoder_that_is_told_to_stop_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let take = conformed(folder.path(), FrameRate::FPS_24, 2.0);
    let mut decoder = FrameDecoder::open(&take.video, FrameRate::FPS_24, 2).unwrap();
    let mut passed = Vec::new();
    let stopped = decoder.picture(22, &mut |number, _| {
        passed.push(number);
        number < 15
    });
    assert!(stopped.unwrap().is_none());
    assert_eq!(passed, [12, 13, 14, 15]);
    passed.clear();
    let picture = decoder.picture(18, &mut |number, _| {
        passed.push(number);
        true
    });
    assert_eq!((picture.unwrap().unwrap().pts(), passed), (Some(18), vec![16, 17]));
}

#[test]
fn rgba_is_what_ffmpeg_converts_to() {
    let folder = tempfile::tempdir().unwrap();
    let take = conformed(folder.path(), FrameRate::FPS_24, 1.0);
    let mut decoder = FrameDecoder::open(&take.video, FrameRate::FPS_24, 1).unwrap();
    let mut scaler = RgbaScaler::default();
    for (width, height) in [(320, 180), (160, 90), (200, 112)] {
        // Named outright, so that the judge does not guess what the tags mean.
        let filter = format!(
            "scale={width}:{height}:in_color_matrix=bt709:in_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=rgba"
        );
        let judged = raw(folder.path(), &take.video, &["-vf", &filter]);
        for (frame, judge) in judged.chunks((width * height * 4) as usize).enumerate() {
            let picture = decoder.picture(frame as u64, &mut |_, _| true).unwrap().unwrap();
            let ours = scaler.rgba(&picture, [width, height]).unwrap();
            let worst = ours.iter().zip(judge).map(|(left, right)| left.abs_diff(*right)).max().unwrap();
            assert!(worst <= 2, "{width}x{height}, frame {frame}: off by {worst}");
        }
    }
}

#[test]
fn colours_survive_the_way_to_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    for (name, rgb) in [("red", [255, 0, 0]), ("0x20c040", [32, 192, 64]), ("white", [255, 255, 255])] {
        let source = format!("color={name}:size=320x180:rate=24:duration=0.5");
        let convert = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p";
        let tags = ["-colorspace", "bt709", "-color_range", "tv", "-c:v", "libx264", "-crf", "1"];
        let mut arguments = vec!["-f", "lavfi", "-i", &source, "-vf", convert];
        arguments.extend(tags);
        let file = ffmpeg(folder.path(), "plain.mp4", &arguments);
        let picture = FrameDecoder::open(&file, FrameRate::FPS_24, 1).unwrap().picture(5, &mut |_, _| true).unwrap();
        let rgba = RgbaScaler::default().rgba(&picture.unwrap(), [16, 9]).unwrap();
        let far = rgba[..3].iter().zip(rgb).map(|(left, right)| left.abs_diff(right)).max().unwrap();
        assert!(far <= 4 && rgba[3] == 255, "{name}: {:?}", &rgba[..4]);
    }
}

/// A shot with a take of a length, or without one.
fn shot(number: usize, take_secs: Option<f64>, in_frame: u64, out_frame: Option<u64>) -> Shot {
    let mut shot = Shot::new(ShotId::numbered(number), "", 2.0);
    (shot.in_frame, shot.out_frame) = (in_frame, out_frame);
    if let Some(duration_secs) = take_secs {
        let path = ProjectPath::new(format!("shots/{}.mp4", shot.shot_id)).unwrap();
        let media = serde_json::from_value::<TakeMedia>(serde_json::json!({
            "width": 320, "height": 180, "rate": "30", "duration_secs": duration_secs, "has_audio": false,
        }));
        let take = serde_json::json!({ "take_id": TakeId::numbered(1), "file_path": path });
        shot.takes = vec![Take { media: Some(media.unwrap()), ..serde_json::from_value(take).unwrap() }];
        shot.file_path = Some(path);
    }
    shot
}

fn film(scenes: Vec<Vec<Shot>>) -> Film {
    let scenes: Vec<FilmScene> = (1..)
        .zip(scenes)
        .map(|(number, shots)| FilmScene { shots, ..FilmScene::new(SceneId::numbered(number), "") })
        .collect();
    let metadata: Metadata =
        serde_json::from_value(serde_json::json!({ "schema_version": 1, "title": "", "rate": "24", "size": SIZE,
            "scene_order": [] }))
        .unwrap();
    Film { metadata, settings: Settings::default(), characters: Vec::new(), scenes }
}

#[test]
fn a_film_frame_finds_its_take() {
    let film = film(vec![
        vec![],
        vec![shot(1, Some(1.0), 0, None), shot(2, None, 5, Some(7)), shot(3, Some(1.0), 10, Some(14))],
        vec![],
        // A take shorter than its out point, and points that leave nothing: one frame is left.
        vec![shot(1, Some(0.5), 2, Some(500)), shot(2, Some(0.5), 40, Some(30))],
        vec![],
    ]);
    let map = FilmMap::of_film(&film, &ProjectLayout::new("/films/one"));
    assert_eq!(map.total_frames(), 24 + 48 + 4 + 10 + 1);
    for (frame, scene, shot, source) in [
        (0, 2, 1, Some(0)),
        (23, 2, 1, Some(23)),
        (24, 2, 2, None),
        (71, 2, 2, None),
        (72, 2, 3, Some(10)),
        (75, 2, 3, Some(13)),
        (76, 4, 1, Some(2)),
        (85, 4, 1, Some(11)),
        (86, 4, 2, Some(11)),
    ] {
        let place = map.place(frame).unwrap();
        assert_eq!((place.scene_id.number(), place.shot_id.number()), (Some(scene), Some(shot)), "frame {frame}");
        assert_eq!(place.source.as_ref().map(|(_, frame)| *frame), source, "frame {frame}");
        if let Some((clip, _)) = place.source {
            assert!(clip.path.ends_with(format!("scenes/scene_00{scene}/shots/shot_00{shot}.mp4")), "{clip:?}");
        }
    }
    assert!(map.place(87).is_none());
    assert!(FilmMap::default().place(0).is_none());
}

#[test]
fn hovering_begins_and_ends_on_the_cut() {
    let film = film(vec![vec![shot(1, Some(10.0), 5, Some(203))]]);
    let map = FilmMap::of_film(&film, &ProjectLayout::new("/films/one"));
    let (clip, _) = map.place(0).unwrap().source.unwrap();
    let clip: &TakeClip = &clip;
    let found: BTreeSet<u64> = (0..=1000).map(|step| clip.frame_at(f64::from(step) / 1000.0)).collect();
    assert_eq!((found.first(), found.last()), (Some(&5), Some(&202)));
    assert!(found.iter().all(|frame| frame % 12 == 0 || [5, 202].contains(frame)), "{found:?}");
    assert_eq!([f64::NAN, -1.0, 7.0].map(|odd| clip.frame_at(odd)), [5, 5, 202]);
}

#[test]
fn an_image_is_what_its_bytes_are_and_hostile_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let picture = image::RgbaImage::from_fn(64, 32, |x, y| image::Rgba([x as u8 * 3, y as u8 * 7, 9, 200]));
    let png = folder.join("plain.png");
    picture.save(&png).unwrap();
    let thumb = read_image(&png, [16, 16]).unwrap();
    assert_eq!((thumb.size_px, thumb.rgba.len()), ([16, 8], 16 * 8 * 4));
    let whole = read_image(&png, [500, 500]).unwrap();
    assert!(whole.size_px == [64, 32] && whole.rgba == picture.into_raw(), "a small picture is not enlarged");
    let renamed = folder.join("really_a_png.jpg");
    std::fs::copy(&png, &renamed).unwrap();
    assert_eq!(read_image(&renamed, [16, 16]).unwrap(), thumb);

    let bytes = std::fs::read(&png).unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    // The header of a PNG that claims a picture of gigabytes, its checksum right.
    let bomb = |width: u32, height: u32| {
        let mut bytes = bytes[..33].to_vec();
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        bytes.extend_from_slice(&std::fs::read(&png).unwrap()[33..]);
        bytes
    };
    for (name, path, oversized) in [
        ("bomb", put("bomb.png", &bomb(60_000, 60_000)), true),
        ("wide", put("wide.png", &bomb(100_000, 1)), true),
        ("within the sides", put("square.png", &bomb(8192, 8192)), true),
        ("truncated", put("truncated.png", &bytes[..bytes.len() / 2]), false),
        ("empty", put("empty.png", b""), false),
        ("text", put("text.png", b"not a picture at all"), false),
        ("a folder", folder.to_path_buf(), false),
    ] {
        match read_image(&path, [16, 16]) {
            Err(ImageError::Oversized { .. }) if oversized => {}
            Err(ImageError::Broken { .. }) if !oversized => {}
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(matches!(read_image(&folder.join("gone.png"), [16, 16]), Err(ImageError::Missing { .. })));
}

/// The checksum of PNG chunks.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 })
    })
}

#[test]
fn the_peaks_of_a_wav_are_those_of_its_samples_and_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let cache = Cache::open(folder).unwrap();
    let cancel = CancelToken::default();
    for (channels, bits, format) in
        [(1, 16, hound::SampleFormat::Int), (2, 24, hound::SampleFormat::Int), (2, 32, hound::SampleFormat::Float)]
    {
        let name = format!("{channels}_{bits}.wav");
        let wav = folder.join(&name);
        let spec = hound::WavSpec { channels, sample_rate: 48_000, bits_per_sample: bits, sample_format: format };
        let mut writer = hound::WavWriter::create(&wav, spec).unwrap();
        let mut mono = Vec::new();
        for index in 0..100_000_u32 {
            let left = (f64::from(index) * 0.01).sin() as f32 * 0.8;
            let samples = [left, if channels == 2 { left * -0.25 } else { left }];
            mono.push(samples[..channels as usize].iter().sum::<f32>() / f32::from(channels));
            for sample in &samples[..channels as usize] {
                match format {
                    hound::SampleFormat::Float => writer.write_sample(*sample).unwrap(),
                    hound::SampleFormat::Int => {
                        writer.write_sample((sample * 2_f32.powi(i32::from(bits) - 1)) as i32).unwrap();
                    }
                }
            }
        }
        writer.finalize().unwrap();
        let key = peaks_key(&hash_file(&wav).unwrap());
        let peaks = load_peaks(&wav, &key, &cache, &cancel).unwrap();
        assert_eq!(peaks.length_samples(), 100_000, "{name}");
        // Columns of whole buckets: 5 buckets each.
        let secs = 75.0 * 1280.0 / 48_000.0;
        for ((least, greatest), part) in peaks.range(0.0, secs, 75).into_iter().zip(mono.chunks(1280)) {
            let true_least = part.iter().copied().fold(1.0, f32::min);
            let true_greatest = part.iter().copied().fold(-1.0, f32::max);
            assert!((least - true_least).abs() < 2e-4 && (greatest - true_greatest).abs() < 2e-4, "{name}");
        }
        std::fs::remove_file(&wav).unwrap();
        assert_eq!(load_peaks(&wav, &key, &cache, &cancel).unwrap(), peaks, "{name}: kept in the cache");
        let kept = cache.get(&key, "peaks").unwrap();
        let bytes = std::fs::read(&kept).unwrap();
        std::fs::write(&kept, &bytes[..bytes.len() - 1]).unwrap();
        assert!(cached_peaks(&cache, &key).is_none() && !kept.exists(), "{name}: a broken file is dropped");
    }
    let broken = folder.join("broken.wav");
    std::fs::write(&broken, b"RIFF....WAVEfmt ").unwrap();
    let refused = load_peaks(&broken, &peaks_key(&blake3::hash(b"")), &cache, &cancel);
    assert!(matches!(refused, Err(PeaksError::NotWav { .. })));
}

/// Ratio of full scale to the mean error, in dB.
fn psnr_db(left: &[u8], right: &[u8]) -> f64 {
    assert_eq!(left.len(), right.len());
    let sum: f64 = left.iter().zip(right).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * left.len() as f64 / sum.max(1e-9)).log10()
}

#[test]
fn scrub_pictures_are_the_frames_of_the_take() {
    for (step, threshold_db) in [(1, 30.0), (12, 30.0)] {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        let take = conformed(folder.path(), FrameRate::FPS_24, 2.5);
        let shape = ScrubShape::of(SIZE);
        assert_eq!(shape.size_px(), [160, 92]);
        let spec = ScrubSpec { take: &take, rate: FrameRate::FPS_24, shape, step };
        assert!(spec.find(&cache).is_none());
        let mut told = Vec::new();
        let mut goes_on = |done| {
            told.push(done);
            true
        };
        spec.make(&cache, &mut goes_on).unwrap();
        assert_eq!(told, (0..60_u64.div_ceil(step)).collect::<Vec<_>>());
        let filter =
            "scale=160:92:in_color_matrix=bt709:in_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=rgba";
        let judged = raw(folder.path(), &take.video, &["-vf", filter]);
        let mut file = spec.find(&cache).unwrap();
        let mut blocks = Vec::new();
        for (frame, judge) in judged.chunks(160 * 92 * 4).enumerate().step_by(step as usize) {
            file.read(frame as u64, &mut blocks).unwrap();
            let found = psnr_db(&decode_bc1(&blocks, [160, 92]), judge);
            assert!(found > threshold_db, "step {step}, frame {frame}: {found:.1} dB");
        }
        let last = blocks.clone();
        file.read(60 / step * step + 120, &mut blocks).unwrap();
        assert!(blocks == last, "past the end lies the last picture");
        assert_eq!(file.read(1, &mut blocks).is_err(), step > 1, "frames between are not there");
    }
}

#[test]
fn a_scrub_file_that_is_cut_hostile_or_of_another_film_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    let take = conformed(folder.path(), FrameRate::FPS_24, 1.0);
    let spec = ScrubSpec { take: &take, rate: FrameRate::FPS_24, shape: ScrubShape::of(SIZE), step: 12 };
    spec.make(&cache, &mut |_| true).unwrap();
    let path = scrub_files(folder.path()).remove(0);
    let good = std::fs::read(&path).unwrap();
    let mut hostile = good.clone();
    hostile[24..32].fill(0xff);
    let wider = [&good[..8], &4_000_000_u32.to_le_bytes(), &good[12..]].concat();
    for bytes in [&good[..good.len() - 1], &good[..20], &[][..], &hostile, &wider, &[good.as_slice(), &[0]].concat()] {
        std::fs::write(&path, bytes).unwrap();
        assert!(spec.find(&cache).is_none(), "{} bytes", bytes.len());
        assert!(!path.exists(), "what is broken is dropped");
    }
    spec.make(&cache, &mut |_| true).unwrap();
    assert!(std::fs::read(&path).unwrap() == good, "the same take gives the same file");
    // Cut short while it is open.
    let mut open = spec.find(&cache).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(100).unwrap();
    assert!(open.read(12, &mut Vec::new()).is_err());
    // The file counts as cache, and is cleaned like any other.
    spec.make(&cache, &mut |_| true).unwrap();
    let size = cache.size_bytes().unwrap();
    let kept = cache.clean(size - 1, &[take.key].into()).unwrap();
    assert_eq!((kept.removed_files, kept.removed_bytes), (1, good.len() as u64));
}

#[test]
fn making_scrub_pictures_stops_at_once_leaves_nothing_and_goes_on_with_the_next_take() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    let take = conformed(folder.path(), FrameRate::FPS_24, 2.0);
    let spec = |step| ScrubSpec { take: &take, rate: FrameRate::FPS_24, shape: ScrubShape::of(SIZE), step };
    spec(12).make(&cache, &mut |_| true).unwrap();
    let mut asked = 0;
    let mut goes_on = |done| {
        asked += 1;
        done < 7
    };
    let stopped = spec(1).make(&cache, &mut goes_on);
    assert!(matches!(stopped, Err(ScrubError::Cancelled(_))) && asked == 8, "{asked}");
    // After a kill the coarse pictures are there, and nothing half-made is taken for the fine ones.
    assert!(spec(12).find(&cache).is_some() && spec(1).find(&cache).is_none());
    assert_eq!(scrub_files(folder.path()).len(), 1);
    std::fs::remove_file(&take.video).unwrap();
    assert!(matches!(spec(1).make(&cache, &mut |_| true), Err(ScrubError::Media(_))));
    assert_eq!(scrub_files(folder.path()).len(), 1);
}

fn scrub_files(project: &Path) -> Vec<std::path::PathBuf> {
    let shelves = std::fs::read_dir(project.join(".kinora/cache")).unwrap();
    let files = shelves.flat_map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).filter(|path| path.to_string_lossy().contains("scrub")).collect()
}
