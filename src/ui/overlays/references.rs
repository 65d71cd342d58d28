//! Every reference frame: its picture, where it came from, where it is used, and another one in its place.

use super::{list, modal_ui, named_button_ui, nothing_ui, title_ui};
use crate::{
    generation::FrameEnd,
    ui::{
        ask::Ask,
        desk::Desk,
        drops::{self, FileKind, Flying, Outcome, each_file, refused_file},
        model::{FilmModel, ShotName, ShotSpan},
        pictures::{PictureOf, PictureState},
    },
};
use bevy_egui::egui::{
    self, Align2, Color32, Context, FontId, Margin, Rect, RichText, ScrollArea, Sense, Ui, WidgetInfo, WidgetType,
    pos2, vec2,
};
use egui_phosphor::regular as icon;
use kinora_core::film::{ContinuitySource, ReferenceMoment};
use serde_json::json;

const WIDTH_PX: f32 = 720.0;
const ROW_PX: f32 = 92.0;
/// Most shots that a row names itself.
const MOST_NAMED: usize = 8;

/// A picture that shots start from, or end on.
#[derive(Debug, Clone, PartialEq)]
struct Reference {
    /// Which end of them.
    end: FrameEnd,
    /// The picture; none until the source has a take.
    picture: Option<PictureOf>,
    /// The shot and moment it was taken from; none for a picture of its own.
    source: Option<ContinuitySource>,
    /// The shots that are asked for with it, as places in the film.
    used_in: Vec<usize>,
}

/// Every reference frame in the order of the film; shots of a scene that share a picture share an entry.
fn collect(model: &FilmModel) -> Vec<Reference> {
    let mut found: Vec<(String, Reference)> = Vec::new();
    let mut scene_start = 0;
    for (index, span) in model.shot_spans.iter().enumerate() {
        if span.shot_index == 0 {
            scene_start = found.len();
        }
        let shot = model.shot_of(span);
        let scene_id = &model.scenes[span.scene_index].scene_id;
        for end in FrameEnd::ALL {
            let source = shot.continuity_source.as_ref().filter(|_| end == FrameEnd::First);
            // Until the frame of a new source is taken, the file is the picture of an older one.
            let file = end.path_in(shot).filter(|_| source.is_none_or(|source| source.take_id.is_some()));
            let key = match (file, source) {
                (Some(file), _) => file.as_str().to_owned(),
                (None, Some(source)) => format!("{}/{} {:?}", source.scene_id, source.shot_id, source.moment),
                (None, None) => continue,
            };
            let is_same = |(other, known): &&mut (String, Reference)| *other == key && known.end == end;
            if let Some((_, known)) = found[scene_start..].iter_mut().find(is_same) {
                known.used_in.push(index);
                continue;
            }
            let own = file.and_then(|file| model.scene_file(scene_id, file)).map(PictureOf::Image);
            let picture = own.or_else(|| picture_of(model, source?));
            found.push((key, Reference { end, picture, source: source.cloned(), used_in: vec![index] }));
        }
    }
    found.into_iter().map(|(_, reference)| reference).collect()
}

/// The picture that a shot will start from, as far as its source has one.
fn picture_of(model: &FilmModel, source: &ContinuitySource) -> Option<PictureOf> {
    let name = (source.scene_id.clone(), source.shot_id.clone());
    let earlier = model.shot(&name)?;
    match source.moment {
        ReferenceMoment::Last => {
            let file = model.scene_file(&source.scene_id, earlier.last_frame_path.as_ref()?)?;
            Some(PictureOf::Image(file))
        }
        ReferenceMoment::Frame(frame) => {
            let clip = model.clip_of_take(&name, earlier.chosen_take()?)?;
            let frame = frame.min(clip.out_frame.saturating_sub(1));
            Some(PictureOf::Frame(clip, frame))
        }
    }
}

/// Kept until the film changes.
#[derive(Clone, Default)]
struct Kept(u64, std::sync::Arc<Vec<Reference>>);

pub(super) fn references_ui(ctx: &Context, desk: &mut Desk<'_>) {
    let id = egui::Id::new(("references", &desk.model.root));
    let mut kept = ctx.data(|data| data.get_temp::<Kept>(id)).unwrap_or_default();
    if kept.0 != desk.model.stamp {
        kept = Kept(desk.model.stamp, collect(desk.model).into());
        ctx.data_mut(|data| data.insert_temp(id, kept.clone()));
    }
    let references = kept.1;
    let room = ctx.content_rect().size() - vec2(64.0, 140.0);
    modal_ui(ctx, desk, "Reference frames", |ui, desk| {
        ui.set_width(WIDTH_PX.min(room.x));
        title_ui(ui, desk, "Reference frames");
        if references.is_empty() {
            let to_do = "Let a shot continue the one before it, in the inspector, or choose a picture for its first or \
                         last frame there.";
            nothing_ui(ui, desk.theme, icon::LINK, "No shot is asked for with a reference frame", to_do);
            return;
        }
        ui.spacing_mut().item_spacing.y = 8.0;
        list(room.y.min(560.0)).show_rows(ui, ROW_PX, references.len(), |ui, rows| {
            for index in rows {
                ui.push_id(index, |ui| row_ui(ui, desk, &references[index]));
            }
        });
    });
}

fn shot_number(model: &FilmModel, name: &ShotName) -> Option<String> {
    let span = model.span(name)?;
    Some(format!("{}.{}", span.scene_index + 1, span.shot_index + 1))
}

fn row_ui(ui: &mut Ui, desk: &mut Desk<'_>, reference: &Reference) {
    let theme = desk.theme;
    let frame = egui::Frame::new().fill(theme.raised).corner_radius(6).inner_margin(Margin::same(8));
    let names: Vec<ShotName> = reference
        .used_in
        .iter()
        .filter_map(|index| desk.model.shot_spans.get(*index))
        .map(|span| desk.model.name_of(span))
        .collect();
    let row = frame.show(ui, |ui| {
        ui.set_width(ui.available_width() - 8.0);
        ui.set_height(ROW_PX - 16.0);
        ui.horizontal_top(|ui| {
            picture_ui(ui, desk, reference);
            ui.add_space(4.0);
            ui.vertical(|ui| words_ui(ui, desk, reference, &names));
        });
    });
    drops::offer_framed(ui, desk, row.response.rect, |_, flying| dropped_on(&names, reference.end, flying));
}

/// A picture file takes the place of a reference.
fn dropped_on(names: &[ShotName], end: FrameEnd, flying: &Flying) -> Option<Vec<Outcome>> {
    let Flying::Files(paths) = flying else { return None };
    each_file(paths, |index, path, kind| match kind {
        FileKind::Picture if index == 0 => {
            Outcome::becomes("Takes the place of this picture", Ask::bring_frame(names.to_vec(), end, path))
        }
        FileKind::Picture => refused_file(&path, "One picture takes the place of one: drop one."),
        other => refused_file(&path, format!("It is {}: a picture takes the place of a picture.", other.words())),
    })
}

fn picture_ui(ui: &mut Ui, desk: &mut Desk<'_>, reference: &Reference) {
    let theme = desk.theme;
    let height = ROW_PX - 16.0;
    let (rect, response) = ui.allocate_exact_size(vec2(height * 16.0 / 9.0, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, "Reference frame"));
    ui.painter().rect_filled(rect, 4, theme.backdrop);
    let state = reference.picture.as_ref().map(|of| desk.pictures.small(of));
    if let Some(PictureState::Ready(picture)) = state {
        let width = rect.width().min(rect.height() * picture.aspect);
        let place = Rect::from_center_size(rect.center(), vec2(width, width / picture.aspect.max(0.01)));
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter_at(rect).image(picture.texture, place, uv, Color32::WHITE);
    } else {
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon::IMAGE, FontId::proportional(20.0), theme.faint);
    }
}

fn words_ui(ui: &mut Ui, desk: &mut Desk<'_>, reference: &Reference, names: &[ShotName]) {
    let theme = desk.theme;
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.horizontal(|ui| {
        let is = match reference.end {
            FrameEnd::First => "Start, from",
            FrameEnd::Last => "End, from",
        };
        ui.label(RichText::new(is).color(theme.quiet));
        match &reference.source {
            Some(source) => {
                let name = (source.scene_id.clone(), source.shot_id.clone());
                ui.label(match source.moment {
                    ReferenceMoment::Last => "the last frame of".to_owned(),
                    ReferenceMoment::Frame(frame) => format!("frame {frame} of"),
                });
                shot_ui(ui, desk, &name, "Came from shot");
            }
            None => drop(ui.label("a picture of its own")),
        }
    });
    ui.horizontal(|ui| {
        ui.label(RichText::new("Used in").color(theme.quiet));
        for name in names.iter().take(MOST_NAMED) {
            shot_ui(ui, desk, name, "Used in shot");
        }
        if names.len() > MOST_NAMED {
            more_ui(ui, desk, names);
        }
    });
    ui.horizontal(|ui| {
        replace_ui(ui, desk, reference.end, names);
        let hint = match reference.end {
            FrameEnd::First => "These shots start from no picture",
            FrameEnd::Last => "These shots end on no picture",
        };
        if named_button_ui(ui, icon::X, "Clear", "Clear the reference", hint) {
            desk.asks.push(Ask::set_frame(names, reference.end, None));
        }
    });
}

/// Says how many more shots there are, and lists all of them when it is pressed.
fn more_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName]) {
    let more = format!("and {} more", names.len() - MOST_NAMED);
    let response = ui.menu_button(RichText::new(&more).color(desk.theme.quiet), |ui| {
        ui.set_min_width(120.0);
        ui.label(RichText::new(format!("Used in {} shots", names.len())).color(desk.theme.quiet));
        ScrollArea::vertical().max_height(280.0).show_rows(ui, 20.0, names.len(), |ui, rows| {
            for name in &names[rows] {
                shot_ui(ui, desk, name, "Also used in shot");
            }
        });
    });
    response.response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &more));
    response.response.on_hover_text("Click to see all of them");
}

/// A shot as a link: a click shows it in the timeline.
fn shot_ui(ui: &mut Ui, desk: &mut Desk<'_>, name: &ShotName, role: &str) {
    let Some(number) = shot_number(desk.model, name) else {
        ui.label(RichText::new(format!("{}/{} (gone)", name.0, name.1)).color(desk.theme.warn));
        return;
    };
    let response = ui.link(&number);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Link, true, format!("{role} {number}")));
    let prompt: String = desk.model.shot(name).map_or("", |shot| &shot.prompt).chars().take(240).collect();
    if response.on_hover_text(format!("{prompt}\nClick to show it in the timeline").trim_start()).clicked() {
        desk.asks.push(Ask::Reveal(name.clone()));
        desk.state.overlay = None;
    }
}

/// What can take its place: a picture file; and for what shots start from, the frame at the playhead or the last frame
/// of a shot that has a take.
fn replace_ui(ui: &mut Ui, desk: &mut Desk<'_>, end: FrameEnd, names: &[ShotName]) {
    let response = ui.menu_button(format!("{}  Replace", icon::SWAP), |ui| {
        ui.set_min_width(280.0);
        if ui.button("A picture file…").clicked() {
            desk.state.overlays.browse_frame(names.to_vec(), end);
            ui.close();
        }
        if end == FrameEnd::First {
            ui.separator();
            frames_ui(ui, desk, names);
        }
    });
    response.response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Replace the reference"));
    response.response.on_hover_text(match end {
        FrameEnd::First => "Start from a picture file, or from another frame of the film",
        FrameEnd::Last => "End on another picture file",
    });
}

/// Frames of the film to start from.
fn frames_ui(ui: &mut Ui, desk: &mut Desk<'_>, names: &[ShotName]) {
    let model = desk.model;
    let fits = |name: &ShotName| !names.contains(name) && model.shot(name).is_some_and(|shot| shot.file_path.is_some());
    let shots: Vec<_> = model.shot_spans.iter().filter(|span| fits(&model.name_of(span))).collect();
    if shots.is_empty() {
        ui.label("No other shot has a take yet");
        return;
    }
    let here = desk.state.transport.frame;
    if let Some(span) = model.shot_at(here).filter(|span| fits(&model.name_of(span))) {
        let title = format!("The frame at the playhead, {}", model.timecode(here));
        if ui.button(title).clicked() {
            let frame = model.shot_of(span).in_frame + here - span.start_frame;
            start_from(desk, names, span, Some(frame));
            ui.close();
        }
    }
    ui.label(RichText::new("The last frame of").color(desk.theme.quiet));
    ScrollArea::vertical().max_height(280.0).show_rows(ui, 24.0, shots.len(), |ui, rows| {
        for span in &shots[rows] {
            let prompt: String = model.shot_of(span).prompt.chars().take(44).collect();
            let title = format!("{}.{}  {}", span.scene_index + 1, span.shot_index + 1, prompt.replace('\n', " "));
            if ui.button(title.trim_end()).clicked() {
                start_from(desk, names, span, None);
                ui.close();
            }
        }
    });
}

/// Lets shots continue another one, from a frame of its take or from its last one: one step, whatever their number.
fn start_from(desk: &mut Desk<'_>, names: &[ShotName], span: &ShotSpan, frame: Option<u64>) {
    let (scene_id, shot_id) = desk.model.name_of(span);
    let mut from = json!({ "scene_id": scene_id, "shot_id": shot_id });
    if let Some(frame) = frame {
        from["frame"] = json!(frame);
    }
    let group = desk.state.new_group();
    for (scene_id, shot_id) in names {
        let params = json!({ "scene_id": scene_id, "shot_id": shot_id, "continue_from": from });
        desk.asks.run_in("shot.set", params, group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::{
        film::{ExtraFields, Film, FilmScene, Shot},
        ids::{SceneId, ShotId},
    };

    #[test]
    fn a_reference_shows_the_frame_it_is_taken_from() {
        let take = serde_json::from_value(json!({ "take_id": "take_001", "file_path": "shots/shot_001.mp4",
            "model": "previs", "provider": "draft", "seed": 7, "created_at": "2026-03-04T05:06:07Z" }));
        let take: kinora_core::film::Take = take.unwrap();
        let mut earlier = Shot::new(ShotId::numbered(1), "A storm", 4.0);
        earlier.file_path = Some(take.file_path.clone());
        earlier.takes = vec![take];
        let mut next = Shot::new(ShotId::numbered(2), "He waits", 4.0);
        next.continuity_source = Some(ContinuitySource {
            scene_id: SceneId::numbered(1),
            shot_id: ShotId::numbered(1),
            take_id: None,
            take_blake3: String::new(),
            moment: ReferenceMoment::Frame(7),
            extra: ExtraFields::new(),
        });
        let mut scene = FilmScene::new(SceneId::numbered(1), "The Hut");
        scene.shots = vec![earlier, next];
        let model = FilmModel::of(Film { scenes: vec![scene], ..Film::default() }, "/film");
        let pictures: Vec<_> = collect(&model).into_iter().map(|reference| reference.picture).collect();
        assert!(matches!(&pictures[..], [Some(PictureOf::Frame(_, 7))]), "{pictures:?}");
    }
}
