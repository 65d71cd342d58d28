//! Filmstrips, waveforms and the timeline that they lie in, drawn by a graphics card (here a software one) and read back.

use bevy::{
    app::PluginsState,
    asset::RenderAssetUsages,
    camera::RenderTarget,
    ecs::system::SystemParam,
    prelude::*,
    render::{
        RenderPlugin,
        pipelined_rendering::PipelinedRenderingPlugin,
        render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages},
        view::screenshot::{Screenshot, ScreenshotCaptured},
    },
    tasks::tick_global_task_pools_on_main_thread,
    window::ExitCondition,
    winit::WinitPlugin,
};
use bevy_egui::{
    EguiContexts, EguiGlobalSettings, EguiPlugin, EguiPrimaryContextPass, PrimaryEguiContext,
    egui::{self, Color32, Rect, Shape, Ui, UiBuilder, pos2},
};
use kinora::{
    preview::{PreviewPlugin, ScrubPicture, ScrubPlace},
    strips::{DrawCounts, Strips, StripsPlugin, TilePlace},
    ui::{
        ask::Asks,
        desk::{Desk, HistoryModel},
        jobs_model::JobsModel,
        model::FilmModel,
        pictures::{MonitorShown, MonitorWish, NoPictures, PictureOf, PictureState, Pictures, Strip, Wave},
        state::UiState,
        theme::{Look, Theme, install_fonts},
        timeline::timeline_ui,
    },
};
use kinora_core::{
    film::{AudioLane, Film, FilmScene, Metadata, ProjectPath, Shot},
    ids::{SceneId, ShotId},
    preview::{Peaks, PeaksBuilder, ScrubShape, encode_bc1},
};
use std::{path::Path, sync::Arc};

const SHAPE: ScrubShape = ScrubShape { width_px: 160, height_px: 92 };
/// Pictures of a page of the atlas at this shape: 12 by 22 in each of 8 layers.
const PAGE: u32 = 12 * 22 * 8;

#[derive(Resource)]
struct Seen(Handle<Image>, Option<Image>);

/// An app that draws into an image, without a window.
fn studio(size_px: [u32; 2]) -> App {
    let mut app = App::new();
    app.add_plugins(
        DefaultPlugins
            .set(WindowPlugin {
                primary_window: None,
                exit_condition: ExitCondition::DontExit,
                ..WindowPlugin::default()
            })
            .set(RenderPlugin { synchronous_pipeline_compilation: true, ..RenderPlugin::default() })
            .disable::<WinitPlugin>()
            .disable::<PipelinedRenderingPlugin>(),
    )
    .add_plugins(EguiPlugin::default())
    .add_plugins((PreviewPlugin::default(), StripsPlugin))
    .insert_resource(EguiGlobalSettings { auto_create_primary_context: false, ..default() })
    .insert_resource(ClearColor(Color::BLACK));
    while app.plugins_state() == PluginsState::Adding {
        tick_global_task_pools_on_main_thread();
    }
    app.finish();
    app.cleanup();
    let size = Extent3d { width: size_px[0], height: size_px[1], depth_or_array_layers: 1 };
    let format = TextureFormat::Rgba8UnormSrgb;
    let mut image = Image::new_fill(size, TextureDimension::D2, &[0, 0, 0, 255], format, RenderAssetUsages::default());
    image.texture_descriptor.usage |= TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC;
    let handle = app.world_mut().resource_mut::<Assets<Image>>().add(image);
    app.world_mut().spawn((Camera2d, PrimaryEguiContext, RenderTarget::Image(handle.clone().into())));
    app.insert_resource(Seen(handle, None));
    app
}

/// Draws a few frames and reads the last one back.
fn look(app: &mut App) -> Image {
    for _ in 0..4 {
        app.update();
    }
    let handle = app.world().resource::<Seen>().0.clone();
    app.world_mut()
        .spawn(Screenshot::image(handle))
        .observe(|shot: On<'_, '_, ScreenshotCaptured>, mut seen: ResMut<'_, Seen>| seen.1 = Some(shot.image.clone()));
    for _ in 0..200 {
        app.update();
        if let Some(image) = app.world_mut().resource_mut::<Seen>().1.take() {
            return image;
        }
    }
    panic!("the picture does not come back");
}

fn pixel(image: &Image, x: u32, y: u32) -> [u8; 3] {
    let at = ((y * image.width() + x) * 4) as usize;
    let data = image.data.as_ref().unwrap();
    [data[at], data[at + 1], data[at + 2]]
}

fn is_near(found: [u8; 3], expected: [u8; 3]) -> bool {
    found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= 8)
}

/// Puts a picture of one colour into the atlas.
fn put(app: &App, slot: u32, rgb: [u8; 3]) {
    let memory = app.world().resource::<ScrubPlace>().0.clone().expect("a graphics card");
    let pixels = [rgb[0], rgb[1], rgb[2], 255].repeat((SHAPE.width_px * SHAPE.height_px) as usize);
    let mut blocks = Vec::new();
    encode_bc1(&pixels, SHAPE.size_px(), &mut blocks);
    memory.put(slot, &blocks);
    memory.flush();
}

fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
    Rect::from_min_max(pos2(left, top), pos2(right, bottom))
}

/// One second of a tone at a quarter of full scale, one of silence.
fn tone_and_silence() -> Arc<Peaks> {
    let mut builder = PeaksBuilder::new(48_000);
    for sample in 0..96_000 {
        let level = if sample % 2 == 0 { 0.25 } else { -0.25 };
        builder.push(if sample < 48_000 { level } else { 0.0 });
    }
    Arc::new(builder.finish())
}

#[derive(Resource)]
struct Sound(Arc<Peaks>);

#[expect(clippy::needless_pass_by_value, reason = "a system is handed what it reads by value")]
fn draw_strips(mut contexts: EguiContexts<'_, '_>, mut strips: ResMut<'_, Strips>, sound: Res<'_, Sound>) -> Result {
    let ctx = contexts.ctx_mut()?;
    let painter = ctx.layer_painter(egui::LayerId::background());
    strips.begin_pass();
    painter.rect_filled(rect(0.0, 0.0, 256.0, 64.0), 0, Color32::from_rgb(40, 40, 40));
    let tiles = [
        (0, rect(10.0, 10.0, 70.0, 44.5), 0.0),
        (PAGE, rect(80.0, 10.0, 140.0, 44.5), 0.0),
        (263, rect(150.0, 10.0, 210.0, 44.5), 0.0),
        (264, rect(216.0, 10.0, 276.0, 44.5), 12.0),
    ];
    for (slot, rect, radius) in tiles {
        let frame = if radius > 0.0 { rect.with_max_x(246.0) } else { rect };
        strips.push_tile(ScrubPicture { frame: 0, slot }, TilePlace { rect, frame, radius, line: 0.0 });
    }
    let look = (rect(10.0, 70.0, 210.0, 110.0), Color32::from_rgb(0, 255, 0));
    strips.push_wave(&sound.0, look, 0.0, 0.01);
    painter.extend(strips.take_shape(rect(0.0, 0.0, 256.0, 128.0)));
    painter.rect_filled(rect(20.0, 20.0, 30.0, 30.0), 0, Color32::WHITE);
    Ok(())
}

#[test]
fn pictures_and_sounds_lie_where_they_belong_in_few_draw_calls() {
    let mut app = studio([256, 128]);
    let memory = app.world().resource::<ScrubPlace>().0.clone().expect("a graphics card");
    assert_eq!(memory.begin(SHAPE, 40 << 20), 2 * PAGE, "whole pages within the limit");
    for (slot, rgb) in [(0, [200, 30, 20]), (PAGE, [20, 180, 40]), (263, [30, 60, 220]), (264, [230, 210, 40])] {
        put(&app, slot, rgb);
    }
    app.insert_resource(Sound(tone_and_silence())).add_systems(EguiPrimaryContextPass, draw_strips);
    let image = look(&mut app);
    let check = |x: u32, y: u32, expected: [u8; 3], what: &str| {
        let found = pixel(&image, x, y);
        assert!(is_near(found, expected), "{what} at {x}, {y}: {found:?} for {expected:?}");
    };
    // To the very border: nothing of the neighbours in the atlas, which are black, leaks in.
    for (left, right, rgb) in [(10, 70, [200, 30, 20]), (80, 140, [20, 180, 40]), (150, 210, [30, 60, 220])] {
        for (x, y) in [(left, 10), (right - 1, 10), (left, 43), (right - 1, 43), ((left + right) / 2, 16)] {
            check(x, y, rgb, "a picture");
        }
        check(left - 2, 20, [40, 40, 40], "beside it");
        check(left, 47, [40, 40, 40], "under it");
    }
    check(245, 12, [230, 210, 40], "a picture that is cut off");
    check(247, 12, [40, 40, 40], "where it is cut off");
    check(217, 43, [40, 40, 40], "its round corner");
    check(217, 11, [230, 210, 40], "its upper corner, which is not round");
    check(25, 25, [255, 255, 255], "what is painted later lies over it");
    // A quarter of full scale reaches half the height, silence is a line.
    for (x, y, is_lit) in
        [(60, 82, true), (60, 98, true), (60, 77, false), (60, 103, false), (160, 90, true), (160, 88, false)]
    {
        check(x, y, if is_lit { [0, 255, 0] } else { [0, 0, 0] }, "the sound");
    }
    let counts = *app.world().resource::<DrawCounts>();
    assert_eq!((counts.strip_draws, counts.tiles, counts.waves), (3, 4, 1), "{counts:?}");
    assert_eq!(counts.atlas_bytes, 2 * (16 << 20));
    // A film that is closed leaves nothing behind on the card.
    let mut strips = app.world_mut().resource_mut::<Strips>();
    assert!(strips.sound_bytes() > 0);
    strips.forget_sounds();
    assert_eq!(strips.sound_bytes(), 0);
    memory.end();
    app.update();
    assert_eq!(app.world().resource::<DrawCounts>().atlas_bytes, 0);
    // What is asked for again comes back.
    app.update();
    assert!(app.world().resource::<Strips>().sound_bytes() > 0);
}

/// Ten thousand shots with a take each, and music under every scene.
fn long_film(root: &Path) -> FilmModel {
    let scenes = (1..=100)
        .map(|scene| {
            let mut made = FilmScene::new(SceneId::numbered(scene), "A scene");
            made.shots = (1..=100)
                .map(|number| {
                    let mut shot = Shot::new(ShotId::numbered(number), "Rain on a window", 2.0);
                    shot.file_path = ProjectPath::new(format!("shots/{number}.mp4")).ok();
                    shot
                })
                .collect();
            *made.audio_tracks.lane_mut(AudioLane::Music) = ProjectPath::new("audio/music.wav").ok();
            made
        })
        .collect();
    FilmModel::of(Film { metadata: Metadata::default(), scenes, ..Film::default() }, root)
}

/// Every take has one picture, every file one sound.
struct OnePicture<'a> {
    strips: &'a mut Strips,
    sound: &'a Arc<Peaks>,
}

impl Pictures for OnePicture<'_> {
    fn small(&mut self, _: &PictureOf) -> PictureState {
        panic!("a strip was drawn the old way")
    }

    fn monitor(&mut self, wish: &MonitorWish) -> MonitorShown {
        NoPictures.monitor(wish)
    }

    fn levels(&mut self, _: &Path, _: (f64, f64), _: usize) -> Vec<(f32, f32)> {
        panic!("a sound was drawn the old way")
    }

    fn put_strip(&mut self, strip: &Strip<'_>) -> bool {
        let mut left = strip.rect.left();
        while left < strip.rect.right() {
            let place =
                Rect::from_min_size(pos2(left, strip.rect.top()), egui::vec2(strip.tile_px, strip.rect.height()));
            let slot = (left.abs() as u32) % 3 * PAGE;
            let place = TilePlace { rect: place, frame: strip.rect, radius: strip.radius, line: 1.0 };
            self.strips.push_tile(ScrubPicture { frame: 0, slot }, place);
            left += strip.tile_px;
        }
        true
    }

    fn put_wave(&mut self, wave: &Wave<'_>) -> bool {
        self.strips.push_wave(self.sound, (wave.rect, wave.colour), wave.start_secs, wave.secs_per_px);
        true
    }

    fn pile(&mut self, rect: Rect) -> Option<Shape> {
        self.strips.take_shape(rect)
    }
}

#[derive(Resource)]
struct Stage {
    film: FilmModel,
    state: UiState,
}

#[derive(SystemParam)]
struct Sources<'w> {
    strips: ResMut<'w, Strips>,
    sound: Res<'w, Sound>,
}

fn draw_timeline(
    mut contexts: EguiContexts<'_, '_>,
    mut stage: ResMut<'_, Stage>,
    mut sources: Sources<'_>,
    mut dressed: Local<'_, bool>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    let theme = Theme::new(Look::default());
    if !std::mem::replace(&mut *dressed, true) {
        install_fonts(&ctx);
        theme.apply(&ctx);
        ctx.request_discard("fonts");
        return Ok(());
    }
    let Stage { film, state } = &mut *stage;
    sources.strips.begin_pass();
    let mut pictures = OnePicture { strips: &mut sources.strips, sound: &sources.sound.0 };
    let mut desk = Desk {
        model: film,
        state,
        asks: &mut Asks::default(),
        theme: &theme,
        pictures: &mut pictures,
        jobs: &JobsModel::default(),
        history: &HistoryModel::default(),
        providers: &[],
    };
    let builder = UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(ctx.viewport_rect());
    let mut ui = Ui::new(ctx, "window".into(), builder);
    timeline_ui(&mut ui, &mut desk);
    Ok(())
}

#[test]
fn a_timeline_of_ten_thousand_clips_takes_few_draw_calls_at_any_zoom() {
    let mut app = studio([1440, 320]);
    let memory = app.world().resource::<ScrubPlace>().0.clone().expect("a graphics card");
    memory.begin(SHAPE, 64 << 20);
    for slot in [0, PAGE, 2 * PAGE] {
        put(&app, slot, [120, 90, 60]);
    }
    let folder = tempfile::tempdir().unwrap();
    let film = long_film(folder.path());
    let frames = film.frames;
    assert_eq!(film.shot_spans.len(), 10_000);
    app.insert_resource(Sound(tone_and_silence()))
        .insert_resource(Stage { film, state: UiState::default() })
        .add_systems(EguiPrimaryContextPass, draw_timeline);
    look(&mut app);
    let mut most_clips = 0;
    for px_per_frame in [0.0029, 0.05, 0.106, 0.17, 0.3, 1.0, 4.0, 24.0, 48.0] {
        for part in [0.0, 0.37, 0.98] {
            let mut stage = app.world_mut().resource_mut::<Stage>();
            stage.state.timeline.px_per_frame = px_per_frame;
            stage.state.timeline.scroll_frames = part * frames as f64;
            for _ in 0..3 {
                app.update();
            }
            let counts = *app.world().resource::<DrawCounts>();
            let clips = (1440.0 / (px_per_frame * 48.0)).min(10_000.0);
            most_clips = most_clips.max(counts.tiles);
            // Three pages of pictures and one draw of sounds; egui's are its text and what lies between our parts.
            assert!(counts.strip_draws <= 4, "{clips:.0} clips in sight: {counts:?}");
            assert!(counts.egui_draws <= 60, "{clips:.0} clips in sight: {counts:?}");
        }
    }
    // The narrowest clips with pictures are eight points wide; narrower ones are bars.
    assert!(most_clips > 140, "strips were drawn: {most_clips}");
}
