//! The tables: by kind, by source, and the trade-off over thresholds.

use crate::{
    pairs::{Label, Pair},
    sources::{decode, text},
};
use kinora_core::continuity::{DEFAULT_THRESHOLD, FrameMatch, compare};
use serde_json::{Value, json};
use std::{collections::BTreeMap, error::Error, path::Path, time::Instant};

/// Everything that was compared.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) pairs: Vec<Pair>,
    /// Milliseconds of a comparison at 1920x1080: of a match, and of other moments.
    hd_millis: [f64; 2],
}

/// Errors among pairs of one label.
#[derive(Default, Clone, Copy)]
struct Rate {
    count: usize,
    errors: usize,
}

impl Rate {
    fn percent(self) -> f64 {
        100.0 * self.errors as f64 / self.count.max(1) as f64
    }
}

impl Report {
    fn rate(&self, label: Label, threshold: f64, keep: impl Fn(&Pair) -> bool) -> Rate {
        let mut rate = Rate::default();
        for pair in self.pairs.iter().filter(|pair| pair.label == label && keep(pair)) {
            rate.count += 1;
            rate.errors += usize::from((pair.found.score >= threshold) != (label == Label::Same));
        }
        rate
    }

    fn grouped(&self, key: impl Fn(&Pair) -> String) -> Vec<(Label, String, Rate)> {
        let mut rows: BTreeMap<(u8, String), Rate> = BTreeMap::new();
        for pair in &self.pairs {
            let row = rows.entry((pair.label as u8, key(pair))).or_default();
            row.count += 1;
            row.errors += usize::from((pair.found.score >= DEFAULT_THRESHOLD) != (pair.label == Label::Same));
        }
        let label = |order| [Label::Same, Label::Different, Label::Apart][usize::from(order)];
        rows.into_iter().map(|((order, name), rate)| (label(order), name, rate)).collect()
    }

    /// Prints the tables.
    pub(crate) fn print(&self) {
        for (title, rows) in [("kind of pair", self.by_kind()), ("source", self.by_source())] {
            println!("\n| {title} | label | pairs | wrong | % |\n|---|---|---|---|---|");
            for (label, name, rate) in rows {
                let (word, percent) = (word(label), rate.percent());
                println!("| {name} | {word} | {} | {} | {percent:.2} |", rate.count, rate.errors);
            }
        }
        println!("\n| threshold | missed % | false % | missed % held out | false % held out |\n|---|---|---|---|---|");
        for row in self.trade_off() {
            let [threshold, missed, wrong, missed_held, wrong_held] = row;
            println!("| {threshold:.2} | {missed:.2} | {wrong:.2} | {missed_held:.2} | {wrong_held:.2} |");
        }
        for (name, held) in [("sources of choice", Some(false)), ("held out", Some(true)), ("all", None)] {
            let part = |pair: &Pair| held.is_none_or(|held| pair.held_out == held);
            let [missed, wrong] =
                [Label::Same, Label::Different].map(|label| self.rate(label, DEFAULT_THRESHOLD, part));
            println!(
                "{name}: missed {} of {} ({:.2} %), false {} of {} ({:.2} %) at {DEFAULT_THRESHOLD}",
                missed.errors,
                missed.count,
                missed.percent(),
                wrong.errors,
                wrong.count,
                wrong.percent()
            );
        }
        println!(
            "a comparison at 1920x1080: {:.1} ms of a match, {:.1} ms of others",
            self.hd_millis[0], self.hd_millis[1]
        );
        println!("not counted: half a second; moments alike in every part (over 40 dB); moves that a crop explains");
    }

    fn by_kind(&self) -> Vec<(Label, String, Rate)> {
        self.grouped(|pair| pair.kind.clone())
    }

    fn by_source(&self) -> Vec<(Label, String, Rate)> {
        self.grouped(|pair| format!("{}{}", pair.source, if pair.held_out { " (held out)" } else { "" }))
    }

    /// Threshold, missed and false percent over all, then over what was held out.
    fn trade_off(&self) -> Vec<[f64; 5]> {
        let rows = (1..20).map(|step| f64::from(step) * 0.05);
        rows.map(|threshold| {
            let percent = |label, held: bool| self.rate(label, threshold, |pair| pair.held_out || !held).percent();
            [
                threshold,
                percent(Label::Same, false),
                percent(Label::Different, false),
                percent(Label::Same, true),
                percent(Label::Different, true),
            ]
        })
        .collect()
    }

    /// Measures the time of comparisons at 1920x1080: the middle of several.
    pub(crate) fn time(&mut self, footage: &Path) -> Result<(), Box<dyn Error>> {
        let scaled = "scale=1920:1080:flags=bicubic";
        let frames = decode(&["-i", text(&footage.join("bigbuckbunny.mp4"))?, "-vf", scaled, "-frames:v", "40"])?;
        let soft = decode(&[
            "-i",
            text(&footage.join("bigbuckbunny.mp4"))?,
            "-vf",
            "scale=960:540,scale=1920:1080",
            "-frames:v",
            "1",
        ])?;
        for (slot, first) in [(0, soft.first()), (1, frames.last())] {
            let (Some(last), Some(first)) = (frames.first(), first) else {
                return Err("too few frames to time".into());
            };
            let mut times: Vec<f64> = (0..21)
                .map(|_| {
                    let start = Instant::now();
                    std::hint::black_box(compare(last, first));
                    start.elapsed().as_secs_f64() * 1e3
                })
                .collect();
            times.sort_unstable_by(f64::total_cmp);
            self.hd_millis[slot] = times[times.len() / 2];
        }
        Ok(())
    }

    /// All of it, down to the single pair.
    pub(crate) fn json(&self) -> Value {
        let rows = |rows: Vec<(Label, String, Rate)>| -> Vec<Value> {
            let row = |(label, name, rate): (Label, String, Rate)| json!({"name": name, "label": word(label), "pairs": rate.count, "wrong": rate.errors, "percent": rate.percent()});
            rows.into_iter().map(row).collect()
        };
        let pairs: Vec<Value> = self.pairs.iter().map(pair_json).collect();
        json!({
            "threshold": DEFAULT_THRESHOLD,
            "by_kind": rows(self.by_kind()),
            "by_source": rows(self.by_source()),
            "trade_off": self.trade_off().iter().map(|[threshold, missed, wrong, missed_held, wrong_held]| json!({
                "threshold": threshold, "missed_percent": missed, "false_percent": wrong,
                "missed_percent_held_out": missed_held, "false_percent_held_out": wrong_held,
            })).collect::<Vec<_>>(),
            "millis_1080p": {"same": self.hd_millis[0], "different": self.hd_millis[1]},
            "pairs": pairs,
        })
    }
}

const fn word(label: Label) -> &'static str {
    match label {
        Label::Same => "same",
        Label::Different => "different",
        Label::Apart => "not counted",
    }
}

fn pair_json(pair: &Pair) -> Value {
    let FrameMatch { score, structure, color, luma_residual, local_moves, chroma_residual, crop, tone, .. } =
        pair.found;
    json!({
        "source": pair.source, "held_out": pair.held_out, "kind": pair.kind, "label": word(pair.label),
        "score": score, "structure": structure, "color": color,
        "luma_residual": luma_residual, "local_moves": local_moves, "chroma_residual": chroma_residual,
        "crop": [crop.left, crop.right, crop.top, crop.bottom], "tone": [tone.offset, tone.slope, tone.bend],
    })
}
