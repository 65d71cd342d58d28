//! The table and its figures.

use crate::{cases::Case, methods::Shown, score::Score};
use kinora_core::{
    planes::YuvFrame,
    smoothing::{Evenness, evenness},
};
use serde_json::{Value, json};

/// A way's figures on a case.
struct MethodResult {
    method: String,
    score: Score,
    evenness: Evenness,
    note: String,
}

/// Every way's figures on a case.
pub(crate) struct CaseResult {
    name: String,
    held: usize,
    gain: f64,
    truth: Evenness,
    methods: Vec<MethodResult>,
}

impl CaseResult {
    pub(crate) fn new(case: &Case, shown: &[Shown]) -> Self {
        let window = case.context..case.context + 2 * case.side;
        let measured = |frames: &[YuvFrame]| {
            let (before, after) = (&case.first[..case.context], &case.second[case.side..]);
            let joined: Vec<YuvFrame> = before.iter().chain(frames).chain(after).cloned().collect();
            evenness(&joined, window.clone())
        };
        let methods = shown
            .iter()
            .map(|shown| MethodResult {
                method: shown.method.clone(),
                score: Score::of(&shown.frames, &case.truth),
                evenness: measured(&shown.frames),
                note: shown.report.as_ref().map_or_else(String::new, |report| {
                    let dropped: Vec<i64> = report.dropped.iter().map(|&at| at as i64 - case.side as i64).collect();
                    let alone = report.left_alone.map_or_else(String::new, |reason| format!(" {reason:?}"));
                    let instants: Vec<String> = report.instants.iter().map(|at| format!("{at:.2}")).collect();
                    format!(
                        "gain {:.3} dropped {dropped:?} nearest {}{alone} at [{}]",
                        report.light_step.luma_gain,
                        report.nearest_frames,
                        instants.join(" ")
                    )
                }),
            })
            .collect();
        let truth = measured(&case.truth);
        Self { name: case.name.clone(), held: case.held, gain: case.gain, truth, methods }
    }

    /// A few lines for a person.
    pub(crate) fn line(&self) -> String {
        let mut text = format!(
            "{:<15} held {} gain {:.2} truth jump {:.2} stall {}",
            self.name, self.held, self.gain, self.truth.largest_jump, self.truth.longest_stall_frames
        );
        for MethodResult { method, score, evenness, note } in &self.methods {
            text += &format!(
                "\n    {method:<13} {:6.2} dB  chroma {:6.2} dB  ssim {:.4}  stall {}  jump {:4.2}  {note}",
                score.psnr_db, score.chroma_db, score.ssim, evenness.longest_stall_frames, evenness.largest_jump
            );
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let methods: serde_json::Map<String, Value> = self
            .methods
            .iter()
            .map(|result| {
                let MethodResult { method, score, evenness, note } = result;
                let figures = json!({
                    "psnr_db": score.psnr_db, "chroma_psnr_db": score.chroma_db, "ssim": score.ssim,
                    "longest_stall_frames": evenness.longest_stall_frames, "largest_jump": evenness.largest_jump,
                    "note": note,
                });
                (method.clone(), figures)
            })
            .collect();
        let truth =
            json!({ "longest_stall_frames": self.truth.longest_stall_frames, "largest_jump": self.truth.largest_jump });
        json!({ "name": self.name, "held": self.held, "gain": self.gain, "truth": truth, "methods": methods })
    }
}

/// A way's figures over all cases.
struct Total {
    method: String,
    psnr_db: f64,
    chroma_db: f64,
    ssim: f64,
    /// The least that PSNR rose over the plain cut in any case.
    least_gain_db: f64,
    longest_stall: usize,
    largest_jump: f64,
    jumps_above: usize,
}

/// Differences above this multiple of the neighbourhood's median are jumps.
const JUMP: f64 = 1.5;

fn totals(results: &[CaseResult]) -> Vec<Total> {
    let count = results.len() as f64;
    let methods = results.first().map_or(0, |result| result.methods.len());
    (0..methods)
        .map(|place| {
            let of = |value: &dyn Fn(&MethodResult) -> f64| {
                results.iter().map(|result| value(&result.methods[place])).collect::<Vec<f64>>()
            };
            let mean = |values: Vec<f64>| values.iter().sum::<f64>() / count;
            let most = |values: Vec<f64>| values.into_iter().fold(f64::MIN, f64::max);
            let gains = results.iter().map(|r| r.methods[place].score.psnr_db - r.methods[0].score.psnr_db);
            let jumps = of(&|result| result.evenness.largest_jump);
            Total {
                method: results[0].methods[place].method.clone(),
                psnr_db: mean(of(&|result| result.score.psnr_db)),
                chroma_db: mean(of(&|result| result.score.chroma_db)),
                ssim: mean(of(&|result| result.score.ssim)),
                least_gain_db: gains.fold(f64::MAX, f64::min),
                longest_stall: most(of(&|result| result.evenness.longest_stall_frames as f64)) as usize,
                largest_jump: most(jumps.clone()),
                jumps_above: jumps.into_iter().filter(|&jump| jump > JUMP).count(),
            }
        })
        .collect()
}

pub(crate) fn print_summary(results: &[CaseResult]) {
    println!("\nmean of {} cases", results.len());
    println!(
        "{:<14}{:>9}{:>9}{:>9}{:>16}{:>7}{:>7}{:>11}",
        "", "PSNR dB", "chroma", "SSIM", "least over cut", "stall", "jump", "jumps >1.5"
    );
    for total in totals(results) {
        println!(
            "{:<14}{:>9.2}{:>9.2}{:>9.4}{:>+16.2}{:>7}{:>7.2}{:>11}",
            total.method,
            total.psnr_db,
            total.chroma_db,
            total.ssim,
            total.least_gain_db,
            total.longest_stall,
            total.largest_jump,
            total.jumps_above
        );
    }
    let jumps = results.iter().map(|result| result.truth.largest_jump);
    let above = jumps.clone().filter(|&jump| jump > JUMP).count();
    println!("the truth itself: jump {:.2}, {above} cases above {JUMP}", jumps.fold(0.0, f64::max));
}

pub(crate) fn summary_json(results: &[CaseResult]) -> Value {
    let totals = totals(results).into_iter().map(|total| {
        let figures = json!({
            "psnr_db": total.psnr_db, "chroma_psnr_db": total.chroma_db, "ssim": total.ssim,
            "least_psnr_over_plain_db": total.least_gain_db, "longest_stall_frames": total.longest_stall,
            "largest_jump": total.largest_jump, "cases_with_jump_above_1_5": total.jumps_above,
        });
        (total.method, figures)
    });
    Value::Object(totals.collect())
}
