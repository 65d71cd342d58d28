//! Smoothed seams against the truth that was held back.
//!
//! `cargo bench --bench seams -- --footage DIR [--cases N] [--engines dis,minterpolate,blend] [--truth eased|even]
//! [--seed N] [--json OUT] [--sheets DIR] [--speed] [--clip-secs S]`
//!
//! Each case is a cut between a shot and its continuation whose content is known at any instant. The second part repeats
//! its first frame one to four times, is brighter or darker by 2 to 6 percent, and is encoded at CRF 23. The truth for
//! every frame of the window is defined by the case alone: the same content without the stall, its time running on at
//! the speed of the untouched frames at both borders and evenly slower between, and the light going over in a straight
//! line. Footage is known at quarter frames only, so there the nearest one is the truth, for every method alike.
//! Parameters were chosen on the cuts of seed 0. Any other seed draws cuts at other places of the footage, other stills
//! and other ways of the camera.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod camera;
mod cases;
mod footage;
mod methods;
mod places;
mod report;
mod score;
mod sheets;
mod speed;

use std::{error::Error, path::PathBuf};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What was asked for.
struct Options {
    footage: Option<PathBuf>,
    json: Option<PathBuf>,
    sheets: Option<PathBuf>,
    cases: usize,
    engines: Vec<String>,
    truth: cases::Ideal,
    is_speed: bool,
    clip_secs: u32,
    seed: u64,
    only: Option<String>,
}

impl Options {
    fn parse() -> Outcome<Self> {
        let mut options = Self {
            footage: None,
            json: None,
            sheets: None,
            cases: usize::MAX,
            engines: ["dis", "minterpolate", "blend"].map(str::to_owned).to_vec(),
            truth: cases::Ideal::Eased,
            is_speed: false,
            clip_secs: 6,
            seed: 0,
            only: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--bench" => {}
                "--footage" => options.footage = Some(value()?.into()),
                "--json" => options.json = Some(value()?.into()),
                "--sheets" => options.sheets = Some(value()?.into()),
                "--cases" => options.cases = value()?.parse()?,
                "--engines" => options.engines = value()?.split(',').map(str::to_owned).collect(),
                "--truth" => options.truth = cases::Ideal::parse(&value()?)?,
                "--speed" => options.is_speed = true,
                "--clip-secs" => options.clip_secs = value()?.parse()?,
                "--seed" => options.seed = value()?.parse()?,
                "--only" => options.only = Some(value()?),
                other => return Err(format!("unknown argument {other}").into()),
            }
        }
        Ok(options)
    }
}

fn main() -> Outcome<()> {
    let options = Options::parse()?;
    let Some(footage) = options.footage.as_deref().filter(|folder| folder.is_dir()) else {
        println!("seams: no footage here; give a folder with bigbuckbunny.mp4 and bikes.mp4 by --footage DIR");
        return Ok(());
    };
    let mut json = serde_json::Map::new();
    if options.cases > 0 {
        let mut results = Vec::new();
        for spec in places::all(footage, options.seed)? {
            let is_wanted = options.only.as_ref().is_none_or(|only| spec.name.contains(only.as_str()));
            if results.len() >= options.cases || !is_wanted {
                continue;
            }
            let case = spec.build(options.truth)?;
            let shown = methods::run_all(&case, &options.engines)?;
            if let Some(folder) = &options.sheets {
                sheets::save(folder, &case, &shown)?;
            }
            let result = report::CaseResult::new(&case, &shown);
            println!("{}", result.line());
            results.push(result);
        }
        report::print_summary(&results);
        json.insert("cases".to_owned(), results.iter().map(report::CaseResult::json).collect());
        json.insert("summary".to_owned(), report::summary_json(&results));
    }
    if options.is_speed {
        let speeds = speed::measure(footage, options.clip_secs, &options.engines)?;
        json.insert("speed".to_owned(), speeds);
    }
    if let Some(path) = &options.json {
        kinora_core::store::write_atomic(path, serde_json::to_string_pretty(&json)?.as_bytes())?;
    }
    Ok(())
}
