//! The clips of the set, each either for choosing parameters or held out.

use crate::sources::{Recipe, Source};
use std::{
    error::Error,
    path::{Path, PathBuf},
};

/// A clip and its part in the set.
pub(crate) struct Entry {
    pub(crate) name: String,
    held_out: bool,
    /// A move so slow that a permitted crop explains it.
    ambiguous: bool,
    recipe: Recipe,
}

impl Entry {
    /// Makes the clip.
    pub(crate) fn make(self) -> Result<Source, Box<dyn Error>> {
        let (frames, clean) = self.recipe.frames()?;
        Ok(Source { name: self.name, rate: 25, held_out: self.held_out, ambiguous: self.ambiguous, frames, clean })
    }
}

/// Every clip: the footage, what FFmpeg generates, what is made from the footage, and the files of `clips`.
pub(crate) fn entries(footage: &Path, clips: Option<&Path>) -> Result<Vec<Entry>, Box<dyn Error>> {
    let (bikes, bunny) = (footage.join("bikes.mp4"), footage.join("bigbuckbunny.mp4"));
    let mut list = Vec::new();
    let mut add = |name: &str, held_out, recipe| {
        list.push(Entry { name: name.to_owned(), held_out, ambiguous: name.starts_with("slow"), recipe });
    };
    add("bikes", false, Recipe::File(bikes.clone()));
    add("bunny", true, Recipe::File(bunny.clone()));
    for (name, held_out, graph) in GENERATED {
        add(name, *held_out, Recipe::Lavfi(format!("{graph},trim=end_frame=100")));
    }
    let file = |name: &str| if name.contains("bikes") { bikes.clone() } else { bunny.clone() };
    for (name, frame, zoom, x, y) in MOVES {
        let size = if name.contains("bikes") { "640x272" } else { "960x540" };
        let camera = format!("scale=2560:-2,zoompan=z='{zoom}':x='{x}':y='{y}':d=1:s={size}:fps=25");
        add(name, !name.contains("bikes"), Recipe::Still(file(name), *frame, camera));
    }
    for (name, frame, width, noise) in HEADS {
        let recipe = Recipe::Head(file(name), *frame, *width);
        let recipe = if *noise > 0.0 { Recipe::Graded(Box::new(recipe), 1.0, *noise) } else { recipe };
        add(name, !name.contains("bikes"), recipe);
    }
    for (name, gain, noise) in GRADED {
        let recipe = Recipe::Graded(Box::new(Recipe::File(file(name))), *gain, *noise);
        add(name, !name.contains("bikes"), recipe);
    }
    for path in clips.map(files).transpose()?.unwrap_or_default() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        add(&name, true, Recipe::File(path));
    }
    Ok(list)
}

/// FFmpeg's sources: name, held out, graph.
const GENERATED: &[(&str, bool, &str)] = &[
    ("mandelbrot", false, "mandelbrot=s=640x360:rate=25"),
    ("testsrc2", false, "testsrc2=s=640x360:rate=25"),
    (
        "life",
        true,
        "life=s=160x90:rate=25:mold=10:ratio=0.3:seed=3:death_color=#203040:life_color=#e0d0a0,scale=640:360:flags=bicubic",
    ),
    ("gradients", true, "gradients=s=640x360:rate=25:speed=0.02:seed=5"),
    ("radial gradients", false, "gradients=s=640x360:rate=25:speed=0.03:seed=11:type=radial"),
    ("cellauto", false, "cellauto=s=160x90:rate=25:rule=110:seed=4,scale=640:360:flags=bicubic"),
];

/// Camera moves over stills: name, frame, zoom, x and y of zoompan. A second changes each side by more than 2.25
/// percent or leaves the picture at one side, but for the slow one.
const MOVES: &[(&str, usize, &str, &str, &str)] = &[
    ("push-in bikes", 20, "1+0.1*on/25", "(iw-iw/zoom)/2", "(ih-ih/zoom)/2"),
    ("pan bikes", 120, "1.4", "100+6*on", "(ih-ih/zoom)/2"),
    ("pull-out bunny", 30, "1.4-0.08*on/25", "(iw-iw/zoom)/2", "(ih-ih/zoom)/2"),
    ("drift bunny", 90, "1.2", "200+1.2*on", "100+0.6*on"),
    ("slow push bunny", 60, "1.1+0.025*on/25", "(iw-iw/zoom)/2", "(ih-ih/zoom)/2"),
];

/// Stills in which only a head moves: name, frame, width in frame widths, deviation of noise in codes.
const HEADS: &[(&str, usize, f64, f64)] = &[
    ("head bikes", 60, 0.06, 0.0),
    ("head bunny", 40, 0.05, 0.0),
    ("small head bunny", 120, 0.035, 0.0),
    ("grainy head bunny", 20, 0.06, 6.0),
    ("grainy head bikes", 200, 0.08, 4.0),
];

/// Darker and noisier footage: name, gain of luma, deviation of noise in codes.
const GRADED: &[(&str, f64, f64)] = &[
    ("dark bikes", 0.18, 0.0),
    ("dark bunny", 0.12, 0.0),
    ("dark grainy bunny", 0.2, 2.0),
    ("dark grainy bikes", 0.25, 3.0),
    ("grainy bikes", 1.0, 6.0),
    ("grainy bunny", 1.0, 8.0),
];

fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    found.retain(|path| {
        path.extension().is_some_and(|end| ["mp4", "mov", "mkv", "webm"].iter().any(|known| end == *known))
    });
    found.sort();
    Ok(found)
}
