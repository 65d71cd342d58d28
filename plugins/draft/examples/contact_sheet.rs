//! Paints a contact sheet of draft pictures: one row a prompt, frames from the first to the last across.
//!
//! ```text
//! cargo run --release -p kinora-draft --example contact_sheet -- sheet.png [FRAMES_ACROSS] [FRAME_WIDTH_PX] [WORD]
//! ```
//! `WORD` keeps the prompts that contain it; a `WORD` with a space in it is a prompt of its own.

use image::{RgbaImage, imageops};
use kinora_core::time::FrameRate;
use kinora_draft::picture::{CharacterSketch, FramePainter, VideoJob};
use std::error::Error;

/// Scene label, prompt, and characters as `Name: style; Name: style`.
const PROMPTS: &[(&str, &str, &str)] = &[
    (
        "1 London drawing room",
        "Wide shot. A London drawing room by candlelight, winter night. Lord Ruthven stands apart from the guests by the mantel; young Aubrey watches him. Slow dolly in.",
        RUTHVEN_AUBREY,
    ),
    ("1 London drawing room", "Medium shot: Aubrey bows to Lord Ruthven. Pan right.", RUTHVEN_AUBREY),
    (
        "1 London drawing room",
        "Close-up of Lord Ruthven, dead grey eye, candlelight on his pale face. Slow push in.",
        RUTHVEN_AUBREY,
    ),
    (
        "1 London drawing room",
        "Close-up on Aubrey as he understands, candlelight.",
        "Aubrey: young, romantic, brown hair",
    ),
    (
        "2 Greek forest",
        "EXT. A Greek forest in a violent storm, lightning. Aubrey approaches a hut among the trees. Handheld.",
        "Aubrey: young, romantic, cloak",
    ),
    (
        "2 Greek forest",
        "Inside the hut, firelight. Aubrey finds Ianthe lying still. Crane down.",
        "Aubrey: young; Ianthe: young woman, long hair, white dress",
    ),
    ("2 Greek forest", "Insert: the dagger on the floor of the hut, firelight. Static.", ""),
    (
        "3 The oath",
        "Bedchamber at night. Lord Ruthven lies on his deathbed, Aubrey swears the oath. Orbit.",
        RUTHVEN_AUBREY,
    ),
    ("4 Neon", "Neon city street at night in rain. A woman in a red coat walks alone. Truck left.", ""),
    ("5 Dunes", "A robot in a desert under a huge sun, wide shot. Dolly out.", ""),
    (
        "6 Kitchen",
        "A kitchen in the morning, sunlight through the window. Mara pours coffee. Pan left.",
        "Mara: woman, bob, green dress",
    ),
    ("7 Church", "A cathedral at dusk, shafts of light, a monk with a candle. Tilt up.", ""),
    ("8 Sea", "A ship at sea at dawn. Zoom in.", ""),
    ("9 Mountains", "Mountains at sunset, fog in the valleys, a traveller on a cliff. Crane up.", ""),
    ("10 London", "A London street at night in fog, gas lamps, a carriage. Truck right.", ""),
    ("11 Graveyard", "A graveyard under the moon, mist, a woman in a cloak. Dolly in.", ""),
    ("12 Castle", "A castle on a hill at night under a full moon. Zoom out.", ""),
    ("13 Space", "A spaceship above a planet in deep space. Pan right.", ""),
    ("14 Library", "A library at night, an old man with a beard and glasses reads by lamplight, medium shot.", ""),
    ("15 Office", "A detective's office at dusk, blinds, noir. The detective in a hat. Dolly in.", ""),
    ("16 Meadow", "A meadow on a summer day, a child runs to a tree. Pan left.", ""),
    ("17 Ruins", "Greek ruins at sunset above the sea, two lovers.", ""),
    ("18 Corridor", "A spaceship corridor, an astronaut walks towards the light. Dolly in.", ""),
    ("19 Snow", "A pine forest in snow at dusk, a man in a hood. Static.", ""),
    ("20", "Something nobody has a word for.", ""),
    ("21", "Close-up of a robot face, neon.", ""),
    ("22", "Insert: a letter with a red seal on the table by candle. Static.", ""),
    ("23", "Close-up of Mara laughing in the morning kitchen.", "Mara: woman, long hair, blonde"),
];
const RUTHVEN_AUBREY: &str =
    "Lord Ruthven: pale, uncanny, aristocratic, tall, black, cloak; Aubrey: young, romantic, brown hair, blue";

fn cast(text: &str) -> Vec<CharacterSketch> {
    let sketch = |one: &str| {
        let (name, style) = one.split_once(':').unwrap_or((one, ""));
        CharacterSketch { name: name.trim().into(), style_tokens: style.trim().into(), portraits: Vec::new() }
    };
    text.split(';').filter(|one| !one.trim().is_empty()).map(sketch).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().unwrap_or_else(|| "contact_sheet.png".into());
    let across: u32 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let width_px: u32 = arguments.next().map_or(Ok(480), |text| text.parse())?;
    let word = arguments.next().unwrap_or_default();
    let (ratio_w, ratio_h) = arguments
        .next()
        .and_then(|text| text.split_once(':').map(|(w, h)| (w.parse().unwrap_or(16), h.parse().unwrap_or(9))))
        .unwrap_or((16_u32, 9_u32));
    let own = [("", word.as_str(), "")];
    let prompts: Vec<_> = if word.contains(' ') {
        own.to_vec()
    } else {
        PROMPTS.iter().copied().filter(|(scene, prompt, _)| prompt.contains(&word) || scene.contains(&word)).collect()
    };
    let height_px = width_px * ratio_h / ratio_w;
    let mut sheet = RgbaImage::new(across * (width_px + 4), prompts.len() as u32 * (height_px + 4));
    for (row, (scene, prompt, characters)) in prompts.iter().enumerate() {
        let job = VideoJob {
            prompt: (*prompt).into(),
            slate_scene: (*scene).into(),
            slate_shot: format!("Shot {}", row + 1),
            setting: String::new(),
            characters: cast(characters),
            reference_first_frame: None,
            reference_last_frame: None,
            width_px,
            height_px,
            rate: FrameRate::FPS_24,
            duration_secs: 5.0,
            seed: 7,
            camera: None,
        };
        let mut painter = FramePainter::new(&job)?;
        let mut rgba = vec![0; painter.frame_bytes()];
        let last = painter.frame_count() - 1;
        for column in 0..across {
            let frame = if across == 1 { last / 2 } else { last * u64::from(column) / u64::from(across - 1) };
            painter.paint(frame, &mut rgba)?;
            let picture = RgbaImage::from_raw(width_px, height_px, rgba.clone()).ok_or("a frame of the wrong size")?;
            let at = (i64::from(column * (width_px + 4)), i64::from(row as u32 * (height_px + 4)));
            imageops::replace(&mut sheet, &picture, at.0, at.1);
        }
    }
    sheet.save(&out)?;
    Ok(())
}
