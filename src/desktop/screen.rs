//! The monitor's screen in the window: asks for frames, hands them to the graphics card, and keeps count.

use crate::{
    gpu::{Screen, ScreenLayout},
    jobs::{Job, JobKind, JobState},
    preview::{Monitor, MonitorAsk, MonitorPicture, PictureSource, PlayDirection, Tally, WipeAsk},
    ui::{
        model::FilmModel,
        pictures::{MonitorNumbers, MonitorShown, MonitorWish, Picture, PictureState},
        state::UiState,
    },
};
use bevy::{
    ecs::system::SystemParam,
    prelude::*,
    window::{MonitorSelection, PrimaryWindow, WindowMode},
};
use bevy_egui::{EguiContexts, EguiTextureHandle, egui};
use kinora_core::preview::ShownFilm;
use std::{path::PathBuf, sync::Arc};

/// Played faster than this, the film is skimmed: a picture of each group instead of every one.
const MOST_DENSE_SPEED: f64 = 2.0;

/// What the window knows of the monitor.
#[derive(Resource, Default)]
pub(super) struct MonitorDesk {
    texture: Option<egui::TextureId>,
    asked: Option<MonitorAsk>,
    shown: Option<MonitorPicture>,
    film: u64,
    root: PathBuf,
    tally: Tally,
}

/// Where frames come from and go to.
#[derive(SystemParam)]
pub(super) struct Screens<'w> {
    monitor: Res<'w, Monitor>,
    screen: ResMut<'w, Screen>,
    images: ResMut<'w, Assets<Image>>,
    desk: ResMut<'w, MonitorDesk>,
}

impl Screens<'_> {
    /// Gives the panels a texture to draw: once for every window.
    pub(super) fn hang(&mut self, contexts: &mut EguiContexts<'_, '_>) {
        if self.desk.texture.is_none() {
            let image = self.screen.image([1, 1], &mut self.images);
            self.desk.texture = Some(contexts.add_image(EguiTextureHandle::Strong(image)));
        }
    }

    /// Says which film is shown, if it is another one.
    pub(super) fn follow(&mut self, model: &FilmModel) {
        if self.desk.film == model.stamp {
            return;
        }
        self.desk.film = model.stamp;
        self.desk.asked = None;
        if self.desk.root != model.root {
            self.desk.root.clone_from(&model.root);
            self.desk.shown = None;
            self.screen.show(None, None);
        }
        self.monitor.show_film(Arc::new(ShownFilm {
            map: Arc::clone(&model.map),
            metadata: model.metadata.clone(),
            settings: model.settings.clone(),
            scenes: model.scenes.clone(),
        }));
    }

    /// The frame of the film that is shown.
    pub(super) fn monitor_frame(&self) -> Option<u64> {
        self.desk.monitor_frame()
    }

    /// Shows what is wished for, or the last picture until it is there.
    pub(super) fn show(&mut self, wish: &MonitorWish, ctx: &egui::Context) -> MonitorShown {
        let ask = ask_of(wish);
        if self.desk.asked.as_ref() != Some(&ask) {
            self.monitor.ask(ask.clone());
            self.desk.asked = Some(ask);
        }
        if let Some(picture) = self.monitor.take() {
            // Where nothing can be shown, the last picture would be a lie.
            self.screen.show(picture.picture.clone(), picture.right.clone());
            self.desk.shown = Some(picture);
        }
        let layout = ScreenLayout {
            corner_px: wish.corner_px,
            picture_px: wish.picture_px,
            split_px: wish.wipe.as_ref().map(|(_, split_px)| *split_px),
        };
        if self.screen.layout() != layout {
            self.screen.lay_out(layout);
        }
        let before = self.screen.size_px();
        if before != wish.room_px {
            self.screen.image(wish.room_px, &mut self.images);
        }
        // A room larger than any texture stays larger: that alone must not keep the window awake.
        if before != self.screen.size_px() {
            // The new texture is there in the next frame.
            ctx.request_repaint();
        }
        // A shot without a take shows nothing in time, too.
        let frame = self.desk.shown.as_ref().map(|shown| shown.film_frame);
        // egui may draw a frame in two passes.
        if ctx.current_pass_index() == 0 {
            self.desk.tally.note(wish.frame, frame, wish.speed);
        }
        let shown = self.desk.shown.as_ref();
        let notice = shown.and_then(|shown| shown.notice.as_ref()).map(|text| text.to_string());
        let aspect = wish.room_px[0] as f32 / wish.room_px[1].max(1) as f32;
        let picture = match (self.desk.texture, shown) {
            (_, Some(MonitorPicture { picture: None, right: None, notice: Some(why), .. })) => {
                PictureState::Broken(why.to_string())
            }
            (Some(texture), Some(_)) => PictureState::Ready(Picture { texture, aspect }),
            _ => PictureState::Waiting,
        };
        let notice = notice.filter(|_| !matches!(picture, PictureState::Broken(_)));
        let source = shown.map_or(PictureSource::None, |shown| shown.source);
        MonitorShown { picture, source, notice, numbers: self.numbers() }
    }

    fn numbers(&self) -> MonitorNumbers {
        let (counts, screen) = (self.monitor.counts(), self.screen.counts());
        MonitorNumbers {
            decode_ms: counts.decode_micros as f32 / 1000.0,
            upload_ms: screen.upload_micros as f32 / 1000.0,
            play: self.desk.tally.counts(),
            memory_bytes: counts.memory_bytes,
            decoded: counts.decoded,
            to_make: self.monitor.making().left,
        }
    }
}

impl MonitorDesk {
    /// The frame of the film that is shown, if any is, and not one that is only near it.
    pub(super) fn monitor_frame(&self) -> Option<u64> {
        let is_it = |shown: &&MonitorPicture| !matches!(shown.source, PictureSource::None | PictureSource::Near);
        let shown = self.shown.as_ref().filter(is_it);
        shown.map(|shown| shown.film_frame)
    }

    /// Media were made anew: what could not be shown is asked for again.
    pub(super) fn ask_again(&mut self) {
        self.asked = None;
    }
}

fn ask_of(wish: &MonitorWish) -> MonitorAsk {
    let is_dense = wish.speed.abs() <= MOST_DENSE_SPEED;
    let direction = match wish.speed {
        speed if speed > 0.0 && is_dense => PlayDirection::Forward,
        speed if speed < 0.0 && is_dense => PlayDirection::Backward,
        0.0 => PlayDirection::Still,
        _ => PlayDirection::Skim,
    };
    let wipe = wish.wipe.as_ref().map(|([left, right], _)| WipeAsk { left: left.clone(), right: right.clone() });
    MonitorAsk { film_frame: wish.frame, direction, wipe }
}

/// Renders come first: while one runs, nothing is made ahead.
pub(super) fn give_way(monitor: Res<'_, Monitor>, jobs: Query<'_, '_, (&Job, &JobState)>) {
    let renders =
        jobs.iter().any(|(job, state)| job.kind == JobKind::Render && matches!(state, JobState::Running { .. }));
    monitor.hold_making(renders);
}

/// The window fills the screen while the picture does.
pub(super) fn follow_fullscreen(
    state: Res<'_, UiState>,
    film: Res<'_, super::Film>,
    mut windows: Query<'_, '_, &mut Window, With<PrimaryWindow>>,
) {
    let Ok(mut window) = windows.single_mut() else { return };
    let mode = if state.monitor.fullscreen && film.model.is_open() {
        WindowMode::BorderlessFullscreen(MonitorSelection::Current)
    } else {
        WindowMode::Windowed
    };
    if window.mode != mode {
        window.mode = mode;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_twice_its_speed_every_frame_is_asked_for_and_faster_it_is_skimmed() {
        for (speed, direction) in [
            (0.0, PlayDirection::Still),
            (1.0, PlayDirection::Forward),
            (2.0, PlayDirection::Forward),
            (4.0, PlayDirection::Skim),
            (8.0, PlayDirection::Skim),
            (-1.0, PlayDirection::Backward),
            (-2.0, PlayDirection::Backward),
            (-8.0, PlayDirection::Skim),
        ] {
            let (corner_px, picture_px) = ([0.0; 2], [1.0; 2]);
            let wish = MonitorWish { frame: 7, speed, wipe: None, room_px: [1, 1], corner_px, picture_px };
            assert_eq!(ask_of(&wish), MonitorAsk { film_frame: 7, direction, wipe: None }, "at {speed}");
        }
    }

    #[test]
    fn a_frame_that_is_only_near_is_not_the_one_that_is_shown() {
        for (source, shown) in [
            (PictureSource::Film, Some(7)),
            (PictureSource::Plain, Some(7)),
            (PictureSource::Near, None),
            (PictureSource::None, None),
        ] {
            let picture = MonitorPicture { film_frame: 7, picture: None, right: None, source, notice: None };
            let desk = MonitorDesk { shown: Some(picture), ..MonitorDesk::default() };
            assert_eq!(desk.monitor_frame(), shown, "{source:?}");
        }
    }
}
