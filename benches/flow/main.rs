//! Interpolation engines against frames that were held back.
//!
//! `cargo bench -p kinora-core --bench flow -- --footage DIR [--json OUT] [--opencv PYTHON]`
//!
//! Of every clip in the folder, each second frame is made anew from its neighbours and compared with itself. With
//! `--opencv`, that Python (which has OpenCV and NumPy) does the same to the same frames with OpenCV's flow.
#![expect(clippy::print_stdout, reason = "a bench answers on stdout")]

mod clip;
mod engines;
mod opencv;

use serde_json::{Value, json};
use std::{error::Error, path::PathBuf};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let (mut footage, mut json_path, mut python) = (None, None, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let slot = match arg.as_str() {
            "--footage" => &mut footage,
            "--json" => &mut json_path,
            "--opencv" => &mut python,
            // Cargo adds this one.
            "--bench" => continue,
            other => return Err(format!("unknown argument {other}").into()),
        };
        *slot = Some(PathBuf::from(args.next().ok_or_else(|| format!("{arg} needs a value"))?));
    }
    let Some(footage) = footage else {
        println!("flow: nothing measured; give --footage with a folder of clips");
        return Ok(());
    };
    let mut rows = Vec::new();
    for path in clip::clips(&footage)? {
        let clip = clip::Clip::decode(&path)?;
        println!("{} {}x{}, {} frames held back", clip.name, clip.width_px(), clip.height_px(), clip.held().count());
        println!("  {:<24} {:>9} {:>11} {:>11}", "engine", "PSNR dB", "ms, 1 core", "ms, all");
        let mut show = |row: Value| {
            let all = row["ms_all"].as_f64().map_or_else(String::new, |ms| format!("{ms:.1}"));
            let name = row["engine"].as_str().unwrap_or_default();
            println!("  {name:<24} {:>9.2} {:>11.1} {all:>11}", number(&row, "psnr_db"), number(&row, "ms_one"));
            rows.push(row);
        };
        for engine in engines::all() {
            show(clip.measure(&engine)?);
        }
        if let Some(python) = &python {
            opencv::measure(python, &clip)?.into_iter().for_each(&mut show);
        }
    }
    if let Some(path) = json_path {
        kinora_core::store::write_atomic(&path, &serde_json::to_vec_pretty(&json!({ "flow": rows }))?)?;
    }
    Ok(())
}

fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or(f64::NAN)
}
