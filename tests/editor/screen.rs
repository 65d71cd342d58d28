//! The monitor's screen on the graphics card that the system has, or the one that it does in software: what the shader
//! makes of every matrix and range, beside FFmpeg's own conversion; where pictures lie; and that nothing is done twice.

use bevy::{
    prelude::*,
    render::{
        gpu_readback::{Readback, ReadbackComplete},
        pipelined_rendering::PipelinedRenderingPlugin,
    },
    window::ExitCondition,
    winit::WinitPlugin,
};
use kinora::gpu::{GpuPicturePlugin, Screen, ScreenLayout};
use kinora_core::{
    media::PlanarPicture,
    planes::{Plane, YuvColor, YuvFrame, YuvMatrix, YuvRange},
};
use std::{path::Path, process::Command, sync::Arc};

/// A row of it is a multiple of what graphics cards copy.
const SIZE: [usize; 2] = [320, 180];

#[derive(Resource, Default)]
struct Seen(Option<Vec<u8>>);

/// An editor without a window, on a real renderer.
struct Theatre(App);

impl Theatre {
    fn new() -> Self {
        let mut app = App::new();
        let window = WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() };
        app.add_plugins(
            DefaultPlugins
                .set(window)
                .disable::<WinitPlugin>()
                .disable::<bevy::app::TerminalCtrlCHandlerPlugin>()
                .disable::<PipelinedRenderingPlugin>(),
        )
        .add_plugins(GpuPicturePlugin)
        .init_resource::<Seen>();
        app.finish();
        app.cleanup();
        app.update();
        Self(app)
    }

    fn screen(&mut self) -> Mut<'_, Screen> {
        self.0.world_mut().resource_mut::<Screen>()
    }

    /// What the screen shows: red, green, blue and cover of each pixel, row by row.
    fn look(&mut self, pictures: [Option<&Arc<PlanarPicture>>; 2], size_px: [u32; 2], layout: ScreenLayout) -> Vec<u8> {
        let image = self.0.world_mut().resource_scope::<Assets<Image>, _>(|world, mut images| {
            let mut screen = world.resource_mut::<Screen>();
            screen.show(pictures[0].cloned(), pictures[1].cloned());
            screen.lay_out(layout);
            screen.image(size_px, &mut images)
        });
        // The texture is made, painted, and then read.
        for _ in 0..3 {
            self.0.update();
        }
        let note = |seen: On<'_, '_, ReadbackComplete>, mut out: ResMut<'_, Seen>| out.0 = Some(seen.data.clone());
        let reader = self.0.world_mut().spawn(Readback::texture(image)).observe(note).id();
        for _ in 0..200 {
            self.0.update();
            if let Some(seen) = self.0.world_mut().resource_mut::<Seen>().0.take() {
                self.0.world_mut().despawn(reader);
                self.0.update();
                return seen;
            }
        }
        panic!("the graphics card gave nothing back");
    }

    /// A picture that fills a screen of its own size.
    fn look_at(&mut self, picture: &Arc<PlanarPicture>) -> Vec<u8> {
        let size_px = picture.size_px();
        let layout = ScreenLayout { picture_px: size_px.map(|side| side as f32), ..ScreenLayout::default() };
        self.look([Some(picture), None], size_px, layout)
    }
}

fn ffmpeg(arguments: &[&str]) {
    let run = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-y", "-loglevel", "error"])
        .args(arguments)
        .output()
        .expect("ffmpeg is installed by `make setup`");
    assert!(run.status.success(), "ffmpeg {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

fn frame_of(bytes: &[u8]) -> YuvFrame {
    let [width, height] = SIZE;
    let plane = |bytes: &[u8], width_px: usize, height_px: usize| Plane { width_px, height_px, codes: bytes.to_vec() };
    let (luma, chroma) = (width * height, width * height / 4);
    YuvFrame {
        luma: plane(&bytes[..luma], width, height),
        cb: plane(&bytes[luma..luma + chroma], width / 2, height / 2),
        cr: plane(&bytes[luma + chroma..luma + 2 * chroma], width / 2, height / 2),
    }
}

fn names(color: YuvColor) -> (&'static str, &'static str) {
    let matrix = if color.matrix == YuvMatrix::Bt601 { "bt601" } else { "bt709" };
    (matrix, if color.range == YuvRange::Full { "pc" } else { "tv" })
}

/// FFmpeg's own conversion of planes to RGBA.
fn judged(folder: &Path, raw: &Path, color: YuvColor) -> Vec<u8> {
    let (matrix, range) = names(color);
    let out = folder.join("judge.rgba");
    let filter = format!(
        "scale=in_color_matrix={matrix}:in_range={range}:in_h_chr_pos=0:in_v_chr_pos=128:out_range=pc:\
         flags=bilinear+accurate_rnd+full_chroma_int+full_chroma_inp,format=rgba"
    );
    let (raw, size) = (raw.to_string_lossy(), format!("{}x{}", SIZE[0], SIZE[1]));
    let from = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", &size, "-i", &raw];
    ffmpeg(&[&from[..], &["-vf", &filter, "-f", "rawvideo", out.to_str().unwrap()]].concat());
    std::fs::read(out).unwrap()
}

/// Pixels around which chroma is even: how it is spread over its pixels is a matter of taste, what it means is not.
fn is_even(frame: &YuvFrame, x: usize, y: usize) -> bool {
    [&frame.cb, &frame.cr].into_iter().all(|plane| {
        let (column, row) = ((x / 2) as isize, (y / 2) as isize);
        let at = |across: isize, down: isize| {
            let column = (column + across).clamp(0, plane.width_px as isize - 1) as usize;
            plane.row((row + down).clamp(0, plane.height_px as isize - 1) as usize)[column]
        };
        (-2..=2).all(|down| (-2..=2).all(|across| at(across, down) == at(0, 0)))
    })
}

fn check(theatre: &mut Theatre, folder: &Path, frame: &YuvFrame, color: YuvColor, (least_even, most_far): (f64, f64)) {
    let raw = folder.join("frame.yuv");
    let bytes = [&frame.luma.codes[..], &frame.cb.codes, &frame.cr.codes].concat();
    kinora_core::store::write_atomic(&raw, &bytes).unwrap();
    let judge = judged(folder, &raw, color);
    let shown = theatre.look_at(&Arc::new(PlanarPicture::of_planes(frame, color)));
    assert_eq!((judge.len(), shown.len()), (SIZE[0] * SIZE[1] * 4, SIZE[0] * SIZE[1] * 4));
    let (mut even, mut far_sum) = (0, 0);
    for (index, (ours, theirs)) in shown.as_chunks::<4>().0.iter().zip(judge.as_chunks::<4>().0).enumerate() {
        let far = ours.iter().zip(theirs).map(|(left, right)| left.abs_diff(*right)).max().unwrap();
        far_sum += u64::from(far);
        let (x, y) = (index % SIZE[0], index / SIZE[0]);
        if is_even(frame, x, y) {
            even += 1;
            assert!(far <= 1, "{color:?} at {x}, {y}: {ours:?}, FFmpeg {theirs:?}");
        }
    }
    let pixels = (SIZE[0] * SIZE[1]) as f64;
    assert!(f64::from(even) >= least_even * pixels, "{color:?}: {even} pixels compared");
    // At the edges of colours too it is the same picture.
    assert!(far_sum as f64 / pixels < most_far, "{color:?}: {} off in the mean", far_sum as f64 / pixels);
}

fn colors() -> impl Iterator<Item = YuvColor> {
    [YuvMatrix::Bt601, YuvMatrix::Bt709]
        .into_iter()
        .flat_map(|matrix| [YuvRange::Limited, YuvRange::Full].into_iter().map(move |range| YuvColor { matrix, range }))
}

#[test]
fn the_shader_gives_the_colours_that_ffmpeg_gives() {
    let folder = tempfile::tempdir().unwrap();
    let mut theatre = Theatre::new();
    for color in colors() {
        let (matrix, range) = names(color);
        let bars = folder.path().join("bars.yuv");
        let convert = format!("format=gbrp,scale=out_color_matrix={matrix}:out_range={range},format=yuv420p");
        let source = ["-f", "lavfi", "-i", "smptehdbars=size=320x180", "-frames:v", "1", "-vf", &convert];
        ffmpeg(&[&source[..], &["-f", "rawvideo", bars.to_str().unwrap()]].concat());
        check(&mut theatre, folder.path(), &frame_of(&std::fs::read(&bars).unwrap()), color, (0.6, 1.5));

        // Codes of every kind, also those that are no colour; not the outermost chroma, where FFmpeg's own whole
        // numbers run over.
        let mut random = fastrand::Rng::with_seed(3);
        let mut frame = YuvFrame::filled(SIZE[0], SIZE[1], [0; 3]);
        let chroma = 32..=224;
        let planes = [(&mut frame.luma, 20, 0..=255), (&mut frame.cb, 10, chroma.clone()), (&mut frame.cr, 10, chroma)];
        for (plane, block, range) in planes {
            let codes: Vec<u8> = std::iter::repeat_with(|| random.u8(range.clone())).take(16 * 9).collect();
            for (index, code) in plane.codes.iter_mut().enumerate() {
                let (x, y) = (index % plane.width_px, index / plane.width_px);
                *code = codes[y / block * 16 + x / block];
            }
        }
        check(&mut theatre, folder.path(), &frame, color, (0.3, 4.0));
    }
}

fn plain(size: [usize; 2], rgb: [u8; 3]) -> Arc<PlanarPicture> {
    let color = YuvColor::default();
    Arc::new(PlanarPicture::of_planes(&YuvFrame::filled(size[0], size[1], color.codes_of_rgb(rgb)), color))
}

#[test]
fn pictures_lie_where_they_are_put() {
    let mut theatre = Theatre::new();
    let (red, blue) = (plain([64, 32], [200, 20, 20]), plain([64, 32], [20, 20, 200]));
    let mut check = |pictures, layout, expected: &[([usize; 2], Option<[u8; 3]>)]| {
        let seen = theatre.look(pictures, [128, 64], layout);
        for ([x, y], color) in expected {
            let pixel: [u8; 4] = seen[(y * 128 + x) * 4..][..4].try_into().unwrap();
            match color {
                None => assert_eq!(pixel, [0; 4], "{x}, {y}: {layout:?}"),
                Some(rgb) => {
                    let far = pixel.iter().zip(rgb).map(|(left, right)| left.abs_diff(*right)).max().unwrap();
                    assert!(far <= 2 && pixel[3] == 255, "{x}, {y}: {pixel:?} for {rgb:?}, {layout:?}");
                }
            }
        }
    };
    let (r, b) = (Some([200, 20, 20]), Some([20, 20, 200]));
    let at = |corner_px, picture_px, split_px| ScreenLayout { corner_px, picture_px, split_px };
    // Fitted, beside the middle, enlarged beyond the screen.
    check([Some(&red), None], at([0.0, 0.0], [128.0, 64.0], None), &[([0, 0], r), ([127, 63], r)]);
    check(
        [Some(&red), None],
        at([30.0, 10.0], [32.0, 16.0], None),
        &[([29, 12], None), ([30, 10], r), ([61, 25], r), ([62, 12], None)],
    );
    check([Some(&red), None], at([-300.0, -100.0], [640.0, 320.0], None), &[([0, 0], r), ([127, 63], r)]);
    // Two takes, and a line that means nothing without a second one.
    let half = at([0.0, 0.0], [128.0, 64.0], Some(40.0));
    check([Some(&red), Some(&blue)], half, &[([0, 5], r), ([39, 5], r), ([40, 5], b), ([127, 63], b)]);
    check([Some(&red), None], half, &[([0, 5], r), ([127, 63], r)]);
    check([None, None], half, &[([0, 5], None), ([127, 63], None)]);
    // Of another shape than the film: wholly seen, in the middle.
    let square = plain([32, 32], [90, 90, 90]);
    let grey = Some([90, 90, 90]);
    check(
        [Some(&square), None],
        at([0.0, 0.0], [128.0, 64.0], None),
        &[([31, 30], None), ([33, 30], grey), ([95, 30], grey), ([97, 30], None)],
    );
}

#[test]
fn shrunk_pictures_are_means_and_enlarged_ones_are_squares() {
    let mut theatre = Theatre::new();
    let mut frame = YuvFrame::filled(128, 64, [128; 3]);
    for (index, code) in frame.luma.codes.iter_mut().enumerate() {
        *code = if (index % 128 + index / 128).is_multiple_of(2) { 16 } else { 235 };
    }
    let board = Arc::new(PlanarPicture::of_planes(&frame, YuvColor::default()));
    let layout = |picture_px| ScreenLayout { picture_px, ..ScreenLayout::default() };
    let small = theatre.look([Some(&board), None], [64, 32], layout([64.0, 32.0]));
    assert!(small.as_chunks::<4>().0.iter().all(|pixel| pixel[0].abs_diff(127) <= 3), "{:?}", &small[..16]);
    let large = theatre.look([Some(&board), None], [128, 64], layout([512.0, 256.0]));
    for (index, pixel) in large.as_chunks::<4>().0.iter().enumerate() {
        let is_light = (index % 128 / 4 + index / 128 / 4) % 2 == 1;
        assert_eq!(pixel[0], if is_light { 255 } else { 0 }, "pixel {index}");
    }
}

#[test]
fn a_picture_that_stays_is_neither_sent_nor_painted_again() {
    let mut theatre = Theatre::new();
    let [first, second] = [plain([64, 32], [10, 200, 10]), plain([64, 32], [200, 10, 10])];
    let layout = ScreenLayout { picture_px: [64.0, 32.0], ..ScreenLayout::default() };
    theatre.look([Some(&first), None], [64, 32], layout);
    let before = theatre.screen().counts();
    assert_eq!(before.uploads, 1);
    for _ in 0..5 {
        theatre.screen().set_changed();
        theatre.0.update();
    }
    assert_eq!(theatre.screen().counts(), before, "the same picture at the same place");
    let seen = theatre.look([Some(&second), None], [64, 32], layout);
    let after = theatre.screen().counts();
    assert!(after.uploads == 2 && after.paints > before.paints && seen[0] > 190, "{after:?}");
    // Another place is painted, but not sent.
    theatre.look([Some(&second), None], [64, 32], ScreenLayout { corner_px: [5.0, 0.0], ..layout });
    assert_eq!(theatre.screen().counts().uploads, 2);
}

#[test]
fn a_storm_of_sizes_and_pictures_ends_with_the_last_of_each() {
    let mut theatre = Theatre::new();
    let pictures = [plain([64, 32], [200, 20, 20]), plain([32, 64], [20, 20, 200]), plain([2, 2], [90, 90, 90])];
    let mut random = fastrand::Rng::with_seed(11);
    for round in 0..120_usize {
        // As a window is dragged: nothing at all, narrow, larger than any texture.
        let side = |random: &mut fastrand::Rng| [0, 1, random.u32(1..700), 20_000][random.usize(0..4)];
        let size_px = match [side(&mut random), side(&mut random)] {
            // Two such sides would only take memory.
            [width, 20_000] => [width.min(64), 20_000],
            [20_000, height] => [20_000, height.min(64)],
            size_px => size_px,
        };
        let picture = random.bool().then(|| pictures[random.usize(0..3)].clone());
        theatre.0.world_mut().resource_scope::<Assets<Image>, _>(|world, mut images| {
            let mut screen = world.resource_mut::<Screen>();
            let right = round.is_multiple_of(3).then(|| pictures[round % 2].clone());
            screen.show(picture, right);
            let side_px = || -> f32 { [0.0, -40.0, 1e-6, 300.0, f32::MAX][round % 5] };
            let split_px = round.is_multiple_of(2).then_some(size_px[0] as f32 / 2.0);
            screen.lay_out(ScreenLayout { corner_px: [side_px(), 0.0], picture_px: [side_px(), 90.0], split_px });
            screen.image(size_px, &mut images);
            let [width, height] = screen.size_px();
            assert!((1..=8192).contains(&width) && (1..=8192).contains(&height), "{width} by {height}");
        });
        // Now and then several sizes come before a frame is drawn.
        if random.bool() {
            theatre.0.update();
        }
    }
    let seen = theatre.look_at(&plain([64, 32], [20, 200, 20]));
    assert_eq!(seen.len(), 64 * 32 * 4);
    assert!(seen.as_chunks::<4>().0.iter().all(|pixel| pixel[1] > 195 && pixel[0] < 25 && pixel[3] == 255));
}
