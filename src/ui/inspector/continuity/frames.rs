//! The pictures a shot is asked to start from and to end on, and the first and last frame of its take.

use crate::{
    generation::FrameEnd,
    jobs::JobAsk,
    ui::{
        ask::Ask,
        desk::Desk,
        drops::{self, on_frame},
        inspector::{form, picture::picture_ui, request},
        model::ShotName,
        pictures::PictureOf,
    },
};
use bevy_egui::egui::{self, RichText, Ui, Vec2, vec2};
use egui_phosphor::regular as icon;
use kinora_core::film::{ProjectPath, Shot};

/// Width of a picture of what is asked for.
const SLOT_PX: f32 = 84.0;
const GAP_PX: f32 = 6.0;

pub(super) fn frames_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot) {
    let size = desk.model.metadata.size;
    let shape = size.height as f32 / size.width.max(1) as f32;
    ui.add_space(2.0);
    for end in FrameEnd::ALL {
        slot_ui(ui, desk, name, shot, end, vec2(SLOT_PX, SLOT_PX * shape));
    }
    let width = ((ui.available_width() - GAP_PX) / 2.0).min(150.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GAP_PX;
        for (label, path) in
            [("First frame", shot.first_frame_path.as_ref()), ("Last frame", shot.last_frame_path.as_ref())]
        {
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 2.0;
                file_ui(ui, desk, (name, path), vec2(width, width * shape), (label, "no take yet"));
                ui.label(RichText::new(label).size(11.0).color(desk.theme.quiet));
            });
        }
    });
    let why = shot.file_path.is_none().then_some("The shot has no take yet: generate it first");
    let help = "Makes the first and the last frame of the take again";
    if form::button_ui(ui, icon::IMAGES, "Extract frames", help, why) {
        desk.asks.push(Ask::Start(JobAsk::ExtractFrames { scene_id: name.0.clone(), shot_id: name.1.clone() }));
    }
}

/// A picture that a model is asked to start from, or to end on: chosen, dropped on it, taken away.
fn slot_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, shot: &Shot, end: FrameEnd, size: Vec2) {
    let (model, theme) = (desk.model, desk.theme);
    let source = shot.continuity_source.as_ref().filter(|_| end == FrameEnd::First);
    let is_continued = source.is_some();
    // Until the frame of a new source is taken, the file is the picture of an older one.
    let path = end.path_in(shot).filter(|_| source.is_none_or(|source| source.take_id.is_some()));
    let (label, missing) = match end {
        FrameEnd::First if is_continued => ("Starts from", "made with the take"),
        FrameEnd::First => ("Starts from", "words alone"),
        FrameEnd::Last => ("Ends on", "anything"),
    };
    let response = ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GAP_PX;
        file_ui(ui, desk, (name, path), size, (label, missing));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(RichText::new(label).size(11.0).color(theme.quiet));
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let change = |shot: &mut Shot| {
                    let picture = ProjectPath::new("frames/picture.png").ok();
                    match end {
                        FrameEnd::First => (shot.continuity_source, shot.reference_first_frame_path) = (None, picture),
                        FrameEnd::Last => shot.reference_last_frame_path = picture,
                    }
                };
                let why = request::why_not(model, desk.providers, std::slice::from_ref(name), &change);
                let help = match end {
                    FrameEnd::First if is_continued => {
                        "Brings a picture of your own to start from; the shot then continues no other one"
                    }
                    FrameEnd::First => "Brings a picture of your own to start from. Or drop one here",
                    FrameEnd::Last => "Brings a picture of your own to end on. Or drop one here",
                };
                let choose = format!("Choose {} picture", end.words());
                if button_ui(ui, "Choose picture…", &choose, help, why.as_deref()) {
                    desk.state.overlays.browse_frame(vec![name.clone()], end);
                }
                let why = (path.is_none() && !is_continued).then_some("There is none");
                let help = match end {
                    FrameEnd::First => "The model starts from words alone again",
                    FrameEnd::Last => "The model ends as it will again",
                };
                if button_ui(ui, "Clear", &format!("Clear {}", end.words()), help, why) {
                    desk.asks.push(Ask::set_frame(std::slice::from_ref(name), end, None));
                }
            });
        });
    });
    let place = response.response.rect.expand(2.0);
    drops::offer_framed(ui, desk, place, |desk, flying| on_frame(desk, name, end, flying));
}

/// A button whose name says more than what is written on it.
fn button_ui(ui: &mut Ui, text: &str, name: &str, help: &str, unavailable: Option<&str>) -> bool {
    let response = ui.add_enabled(unavailable.is_none(), egui::Button::new(RichText::new(text).size(12.0)));
    form::named(&response, unavailable.is_none(), name);
    let hint = unavailable.unwrap_or(help);
    response.on_hover_text(hint).on_disabled_hover_text(hint).clicked()
}

/// A picture of a shot's scene; a click opens its file. Where there is none, its place says why.
fn file_ui(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    (name, path): (&ShotName, Option<&ProjectPath>),
    size: Vec2,
    (label, missing): (&str, &str),
) {
    let file = path.and_then(|path| desk.model.scene_file(&name.0, path));
    let of = file.clone().map(PictureOf::Image);
    let response = picture_ui(ui, desk, of.as_ref(), size, label, missing);
    if let Some(file) = file {
        if response.clicked() {
            desk.asks.push(Ask::OpenFile(file.clone()));
        }
        response.on_hover_text(format!("{}\nClick to open it", file.display()));
    }
}
