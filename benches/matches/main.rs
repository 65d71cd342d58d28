//! The error rates of the match, on labelled pairs of frames.
//!
//! `cargo bench -p kinora-core --bench matches -- --footage DIR [--clips DIR] [--json OUT]`
#![expect(clippy::print_stdout, reason = "a bench answers on stdout")]

mod sources;
mod treatments;

use kinora_core::{continuity, planes::YuvFrame};
use sources::{Recipe, Source};
use std::{error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (mut footage, mut json, mut clips, mut only) = (None, None, None, None);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--footage" => footage = args.next().map(PathBuf::from),
            "--clips" => clips = args.next().map(PathBuf::from),
            "--json" => json = args.next().map(PathBuf::from),
            "--only" => only = args.next(),
            _ => {}
        }
    }
    let Some(footage) = footage else { return Ok(()) };
    let _ = clips;
    let bikes = footage.join("bikes.mp4");
    let bunny = footage.join("bigbuckbunny.mp4");
    let lavfi = |graph: &str| Recipe::Lavfi(graph.to_owned());
    let still = |path: &PathBuf, n, f: &str| Recipe::Still(path.clone(), n, f.to_owned());
    let list: Vec<(&str, bool, bool, Recipe)> = vec![
        ("bikes", false, false, Recipe::File(bikes.clone())),
        ("bunny", true, false, Recipe::File(bunny.clone())),
        ("mandelbrot", false, false, lavfi("mandelbrot=s=640x360:rate=25,trim=end_frame=100")),
        ("testsrc2", false, false, lavfi("testsrc2=s=640x360:rate=25,trim=end_frame=100")),
        (
            "life",
            true,
            false,
            lavfi(
                "life=s=160x90:rate=25:mold=10:ratio=0.3:seed=3:death_color=#203040:life_color=#e0d0a0,scale=640:360:flags=bicubic,trim=end_frame=100",
            ),
        ),
        ("gradients", true, false, lavfi("gradients=s=640x360:rate=25:speed=0.02:seed=5,trim=end_frame=100")),
        (
            "gradients b",
            false,
            false,
            lavfi("gradients=s=640x360:rate=25:speed=0.03:seed=11:type=radial,trim=end_frame=100"),
        ),
        (
            "cellauto",
            false,
            false,
            lavfi("cellauto=s=160x90:rate=25:rule=110:seed=4,scale=640:360:flags=bicubic,trim=end_frame=100"),
        ),
        (
            "push-in bikes",
            false,
            false,
            still(
                &bikes,
                20,
                "scale=2560:-2,zoompan=z='1+0.1*on/25':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':d=1:s=640x272:fps=25",
            ),
        ),
        (
            "pan bikes",
            false,
            false,
            still(&bikes, 120, "scale=2560:-2,zoompan=z=1.4:x='100+6*on':y='(ih-ih/zoom)/2':d=1:s=640x272:fps=25"),
        ),
        (
            "pull-out bunny",
            true,
            false,
            still(
                &bunny,
                30,
                "scale=2560:-2,zoompan=z='1.4-0.05*on/25':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':d=1:s=1280x720:fps=25",
            ),
        ),
        (
            "drift bunny",
            true,
            false,
            still(&bunny, 90, "scale=2560:-2,zoompan=z=1.2:x='200+1.2*on':y='100+0.6*on':d=1:s=1280x720:fps=25"),
        ),
        (
            "slow push bunny",
            true,
            true,
            still(
                &bunny,
                60,
                "scale=2560:-2,zoompan=z='1.1+0.025*on/25':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':d=1:s=1280x720:fps=25",
            ),
        ),
        ("head bikes", false, false, Recipe::Head(bikes.clone(), 60, 0.06)),
        ("head bunny", true, false, Recipe::Head(bunny.clone(), 5, 0.05)),
        ("small head bunny", true, false, Recipe::Head(bunny.clone(), 100, 0.03)),
        ("dark bikes", false, false, Recipe::Graded(Box::new(Recipe::File(bikes.clone())), 0.18, 0.0)),
        ("dark bunny", true, false, Recipe::Graded(Box::new(Recipe::File(bunny.clone())), 0.12, 0.0)),
        ("dark grainy bunny", true, false, Recipe::Graded(Box::new(Recipe::File(bunny.clone())), 0.2, 2.0)),
        ("dark grainy bikes", false, false, Recipe::Graded(Box::new(Recipe::File(bikes.clone())), 0.25, 3.0)),
        ("grainy bikes", false, false, Recipe::Graded(Box::new(Recipe::File(bikes.clone())), 1.0, 6.0)),
        ("grainy head bunny", true, false, Recipe::Graded(Box::new(Recipe::Head(bunny.clone(), 70, 0.06)), 1.0, 6.0)),
        ("grainy head bikes", false, false, Recipe::Graded(Box::new(Recipe::Head(bikes, 200, 0.08)), 1.0, 4.0)),
        ("grainy bunny", true, false, Recipe::Graded(Box::new(Recipe::File(bunny)), 1.0, 8.0)),
    ];
    let folder = tempfile::tempdir()?;
    let mut pool: Vec<(String, YuvFrame)> = Vec::new();
    let mut out: Vec<serde_json::Value> = Vec::new();
    for (index, (name, held_out, ambiguous, recipe)) in list.into_iter().enumerate() {
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        let (frames, clean) = recipe.frames()?;
        let source = Source { name: name.to_owned(), rate: 25, held_out, ambiguous, frames, clean };
        one(&source, index as u64, folder.path(), &mut pool, &mut out)?;
        println!("{name} {} {}", source.frames.len(), out.len());
    }
    if let Some(json) = json {
        kinora_core::store::write_atomic(&json, &serde_json::to_vec(&out)?)?;
    }
    Ok(())
}

fn psnr(a: &YuvFrame, b: &YuvFrame) -> f64 {
    let (mut sum, mut n) = (0_u64, 0);
    for (p, q) in a.planes().into_iter().zip(b.planes()) {
        for (&x, &y) in p.codes.iter().zip(&q.codes) {
            sum += u64::from(x.abs_diff(y)).pow(2);
            n += 1;
        }
    }
    10.0 * (255.0 * 255.0 * n as f64 / (sum as f64).max(1.0)).log10()
}

fn hflip(f: &YuvFrame) -> YuvFrame {
    let mut f = f.clone();
    for p in [&mut f.luma, &mut f.cb, &mut f.cr] {
        for row in p.codes.chunks_exact_mut(p.width_px) {
            row.reverse();
        }
    }
    f
}

fn one(
    source: &Source,
    seed: u64,
    folder: &std::path::Path,
    pool: &mut Vec<(String, YuvFrame)>,
    out: &mut Vec<serde_json::Value>,
) -> Result<(), Box<dyn Error>> {
    let n = source.frames.len();
    let rate = source.rate;
    let bases: Vec<usize> = (0..4).map(|i| (n - rate - 6) * i / 3).collect();
    let starts: Vec<usize> = bases.iter().flat_map(|&t| [t, t + rate / 2, t + rate]).collect();
    let clean = source.clean.as_ref().unwrap_or(&source.frames);
    let mut push = |label: &str, kind: &str, a: &YuvFrame, b: &YuvFrame, psnr: f64| {
        let start = std::time::Instant::now();
        let m = continuity::compare(a, b);
        let ms = start.elapsed().as_secs_f64() * 1e3;
        let mut v = serde_json::json!({"source": source.name, "held": source.held_out, "amb": source.ambiguous, "label": label, "kind": kind, "psnr": psnr, "ms": ms,
            "l": m.crop.left, "r": m.crop.right, "t": m.crop.top, "b": m.crop.bottom, "to": m.tone.offset, "ts": m.tone.slope, "tb": m.tone.bend});
        for (k, x) in [
            ("score", m.score),
            ("structure", m.structure),
            ("color", m.color),
            ("zl", m.luma_residual),
            ("zc", m.chroma_residual),
        ] {
            v[k] = x.into();
        }
        out.push(v);
    };
    let first = &source.frames[0];
    for t in treatments::treatments(seed, first.width_px(), first.height_px()) {
        let back = t.apply(&source.frames, &starts, folder)?;
        for (i, &s) in starts.iter().enumerate() {
            push("same", t.kind, &source.frames[s], &back[i], 0.0);
        }
        for (i, &s) in bases.iter().enumerate() {
            for (da, db, label) in [(0, 2, "1s"), (2, 0, "1s"), (0, 1, "half")] {
                let (fa, fb) = (starts[3 * i + da], starts[3 * i + db]);
                push(label, t.kind, &source.frames[fa], &back[3 * i + db], psnr(&clean[fa], &clean[fb]));
            }
            let _ = s;
        }
        if t.kind == "crf 20" || t.kind == "crf 28" {
            for (i, &s) in starts.iter().enumerate() {
                let m = hflip(&back[i]);
                push("mirror", t.kind, &source.frames[s], &m, psnr(&source.frames[s], &m));
            }
            for (_, other) in pool.iter() {
                push("other", t.kind, &back[0], other, 0.0);
                push("other", t.kind, other, &back[3], 0.0);
            }
        }
    }
    pool.push((source.name.clone(), source.frames[10].clone()));
    pool.push((source.name.clone(), source.frames[60].clone()));
    Ok(())
}
