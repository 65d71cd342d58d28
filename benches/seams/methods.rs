//! The ways over a cut that are compared.

use crate::{Outcome, cases::Case, footage::through_ffmpeg};
use kinora_core::{
    planes::{Plane, YuvFrame},
    progress::CancelToken,
    smoothing::{
        BlendInterpolator, DisInterpolator, Interpolator, MinterpolateInterpolator, NearestInterpolator, SeamContext,
        SeamReport, SeamSpec, smooth_window,
    },
};

/// What a way makes of a case's window.
pub(crate) struct Shown {
    pub(crate) method: String,
    pub(crate) frames: Vec<YuvFrame>,
    pub(crate) report: Option<SeamReport>,
}

/// Every way, the plain cut first.
pub(crate) fn run_all(case: &Case, engines: &[String]) -> Outcome<Vec<Shown>> {
    let mut shown = vec![
        Shown { method: "plain".to_owned(), frames: plain(case), report: None },
        Shown { method: "dissolve".to_owned(), frames: dissolve(case), report: None },
        Shown { method: "whole-clip".to_owned(), frames: whole_clip(case)?, report: None },
    ];
    for name in engines {
        shown.push(smoothed(case, name)?);
    }
    Ok(shown)
}

/// An engine by its name.
pub(crate) fn engine(name: &str) -> Outcome<Box<dyn Interpolator>> {
    Ok(match name {
        "dis" => Box::new(DisInterpolator::default()),
        "minterpolate" => Box::new(MinterpolateInterpolator),
        "blend" => Box::new(BlendInterpolator),
        "nearest" => Box::new(NearestInterpolator),
        other => return Err(format!("no engine is called {other}").into()),
    })
}

fn plain(case: &Case) -> Vec<YuvFrame> {
    case.joined()[case.context..case.context + 2 * case.side].to_vec()
}

/// From the first part to the second over the whole window, each held where it has no frames.
fn dissolve(case: &Case) -> Vec<YuvFrame> {
    let last = &case.first[case.first.len() - 1];
    (0..2 * case.side)
        .map(|place| {
            let first = if place < case.side { &case.first[case.context + place] } else { last };
            let second = &case.second[place.saturating_sub(case.side)];
            mix(first, second, (place + 1) as f64 / (2 * case.side + 1) as f64)
        })
        .collect()
}

fn mix(first: &YuvFrame, second: &YuvFrame, share: f64) -> YuvFrame {
    let plane = |a: &Plane, b: &Plane| Plane {
        width_px: a.width_px,
        height_px: a.height_px,
        codes: a
            .codes
            .iter()
            .zip(&b.codes)
            .map(|(&a, &b)| (f64::from(a) * (1.0 - share) + f64::from(b) * share).round() as u8)
            .collect(),
    };
    YuvFrame {
        luma: plane(&first.luma, &second.luma),
        cb: plane(&first.cb, &second.cb),
        cr: plane(&first.cr, &second.cr),
    }
}

/// The mission's command on both clips joined, at the film's rate, so that its frames stand at the window's times.
fn whole_clip(case: &Case) -> Outcome<Vec<YuvFrame>> {
    let filters = ["-vf", "mpdecimate,minterpolate=fps=25:mi_mode=mci", "-vsync", "cfr", "-r", "25", "-f", "rawvideo"];
    let joined = case.joined();
    let mut frames = through_ffmpeg(&joined, &filters)?;
    // It ends some frames early: the clip's own last frame stands for them.
    frames.resize(joined.len().max(frames.len()), joined[joined.len() - 1].clone());
    Ok(frames[case.context..case.context + 2 * case.side].to_vec())
}

fn smoothed(case: &Case, name: &str) -> Outcome<Shown> {
    let context = SeamContext { before: &case.first[..case.context], after: &case.second[case.side..] };
    let mut engine = engine(name)?;
    let (spec, cancel) = (SeamSpec::default(), CancelToken::default());
    let (before, after) = (&case.first[case.context..], &case.second[..case.side]);
    let seam = smooth_window(before, after, context, engine.as_mut(), &spec, &cancel)?;
    Ok(Shown { method: name.to_owned(), frames: seam.frames, report: Some(seam.report) })
}
