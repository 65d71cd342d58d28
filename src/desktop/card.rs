//! What becomes of a graphics card that is lost: its driver was updated or reset, a laptop changed its card, the machine slept.
//!
//! A new device is asked for, and everything is put there again: Bevy's renderer and the monitor's screen make their part
//! anew by themselves, egui's part is made here, and small pictures come from the cache (`strips`, `preview`). What is asked
//! of a card between its loss and the news of it fails, so a few errors are passed over. A card that is lost again and again,
//! and a renderer that goes on failing, end the window: the journal has every edit.

use crate::ui::{
    ask::{Notice, Weight},
    state::UiState,
};
use bevy::{
    prelude::*,
    render::{
        GpuResourceAppExt, RenderApp,
        error_handler::{ErrorType, RenderError, RenderErrorHandler, RenderErrorPolicy},
        render_resource::{PollType, SpecializedRenderPipelines},
        renderer::RenderDevice,
        settings::RenderCreation,
    },
    window::RequestRedraw,
};
use bevy_egui::{
    EguiPlugin,
    render::{
        EguiPipeline,
        systems::{EguiRenderData, EguiTransforms},
    },
};
use std::time::{Duration, Instant};

/// More losses than this within [`SOON`] are no accident.
const MOST_LOSSES: usize = 3;
/// More errors of another kind than this within [`SOON`] are not those of a card that was lost a moment ago.
const MOST_ERRORS: usize = 30;
const SOON: Duration = Duration::from_secs(60);
/// Frames of the window until everything is there again, and some more: a window that sleeps would stay black.
const FRAMES_AFTER: u32 = 12;

/// Brings the picture back after the graphics card was lost. Comes after the renderer and egui.
#[derive(Debug, Clone, Copy, Default)]
pub struct CardRecoveryPlugin;

/// Graphics cards that were lost.
#[derive(Resource, Debug, Clone, Default)]
pub struct CardLosses {
    /// Those of the last minute.
    recent: Vec<Instant>,
    /// Other errors of the last minute, since the last loss.
    errors: Vec<Instant>,
    count: u32,
    /// Another card was asked for and is not there yet.
    awaits_card: bool,
    frames_to_draw: u32,
}

impl Plugin for CardRecoveryPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<CardLosses>().insert_resource(RenderErrorHandler(on_error)).add_systems(Last, keep_awake);
        let has_egui = app.is_plugin_added::<EguiPlugin>();
        if let Some(render_app) = app.get_sub_app_mut(RenderApp).filter(|_| has_egui) {
            // Whatever of egui's lies on the card, or is a number in the old card's list of pipelines.
            render_app
                .init_gpu_resource::<EguiPipeline>()
                .init_gpu_resource::<SpecializedRenderPipelines<EguiPipeline>>()
                .init_gpu_resource::<EguiTransforms>()
                .init_gpu_resource::<EguiRenderData>();
        }
    }
}

impl CardLosses {
    /// How often a card was lost since the window was opened.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Takes a loss down. Answers whether another card is worth asking for.
    fn note(&mut self, now: Instant) -> bool {
        self.recent.retain(|loss| now.saturating_duration_since(*loss) < SOON);
        self.recent.push(now);
        self.errors.clear();
        self.count += 1;
        self.frames_to_draw = FRAMES_AFTER;
        self.awaits_card = self.recent.len() <= MOST_LOSSES;
        self.awaits_card
    }

    /// Takes another error down. Answers whether it may be passed over.
    fn note_error(&mut self, now: Instant) -> bool {
        self.errors.retain(|error| now.saturating_duration_since(*error) < SOON);
        self.errors.push(now);
        self.errors.len() <= MOST_ERRORS
    }
}

fn on_error(error: &RenderError, main_world: &mut World, render_world: &mut World) -> RenderErrorPolicy {
    let mut losses = main_world.get_resource_or_init::<CardLosses>();
    let awaits_card = losses.awaits_card;
    if matches!(error.ty, ErrorType::DeviceLost) {
        if losses.note(Instant::now()) {
            tracing::warn!("the graphics card was lost and is asked for again: {}", error.description);
            main_world.write_message(RequestRedraw);
            return RenderErrorPolicy::Recover(RenderCreation::default());
        }
    } else if losses.note_error(Instant::now()) {
        main_world.write_message(RequestRedraw);
        if awaits_card {
            // The last words of the lost card. Passing them over would make the renderer go on with it, and the new one
            // would never be taken in: it is asked for once more.
            return RenderErrorPolicy::Recover(RenderCreation::default());
        }
        // If this is because the card was lost, that comes to light when it is looked after.
        if let Some(device) = render_world.get_resource::<RenderDevice>() {
            let _ = device.poll(PollType::Poll);
        }
        return RenderErrorPolicy::Ignore;
    }
    tracing::error!("the renderer failed ({:?}): {}", error.ty, error.description);
    main_world.write_message(AppExit::error());
    RenderErrorPolicy::StopRendering
}

fn keep_awake(
    mut losses: ResMut<'_, CardLosses>,
    device: Option<Res<'_, RenderDevice>>,
    mut redraw: MessageWriter<'_, RequestRedraw>,
) {
    if losses.awaits_card && device.is_some_and(|device| device.is_changed()) {
        losses.awaits_card = false;
    }
    // A card that is asked for takes as long as it takes: nothing else would wake the window for it.
    if losses.awaits_card || losses.frames_to_draw > 0 {
        losses.frames_to_draw = losses.frames_to_draw.saturating_sub(u32::from(!losses.awaits_card));
        redraw.write(RequestRedraw);
    }
}

/// Says it to the maker, who saw the window go black for a moment.
pub(super) fn tell(losses: Res<'_, CardLosses>, mut state: ResMut<'_, UiState>, mut told: Local<'_, u32>) {
    if losses.count != *told {
        *told = losses.count;
        let detail = "Its driver was reset or changed. Everything is drawn again; the film is as it was.";
        state.tell(Notice::new(Weight::Warn, "The graphics card was lost for a moment", detail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_that_is_lost_now_and_then_is_asked_for_again_and_one_that_never_stays_is_not() {
        let mut losses = CardLosses::default();
        let began = Instant::now();
        let mut lose = |secs: u64| losses.note(began + Duration::from_secs(secs));
        assert!((0..20).all(|hour| lose(hour * 3600)));
        assert!([100_000, 100_010, 100_020].into_iter().all(&mut lose));
        assert!(!lose(100_030), "the fourth within a minute");
        assert!(lose(100_200), "long after it stayed");
        assert_eq!(losses.count(), 25);
    }

    #[test]
    fn until_the_new_card_is_there_an_error_of_the_old_one_asks_for_it_again() {
        let (mut main_world, mut render_world) = (World::new(), World::new());
        let mut answer = |ty: ErrorType, is_there: bool| {
            if is_there {
                main_world.resource_mut::<CardLosses>().awaits_card = false;
            }
            on_error(&RenderError { ty, description: String::new(), source: None }, &mut main_world, &mut render_world)
        };
        assert!(matches!(answer(ErrorType::DeviceLost, false), RenderErrorPolicy::Recover(_)));
        assert!(matches!(answer(ErrorType::Validation, false), RenderErrorPolicy::Recover(_)));
        assert!(matches!(answer(ErrorType::Validation, true), RenderErrorPolicy::Ignore));
    }

    #[test]
    fn a_few_errors_are_passed_over_and_a_renderer_that_goes_on_failing_is_not() {
        let mut losses = CardLosses::default();
        let began = Instant::now();
        let at = |millis: usize| began + Duration::from_millis(millis as u64);
        assert!((0..MOST_ERRORS).all(|frame| losses.note_error(at(frame * 16))));
        assert!(!losses.note_error(at(1000)));
        assert!(losses.note(at(1001)), "it was a loss after all");
        assert!(losses.note_error(at(1002)));
    }
}
