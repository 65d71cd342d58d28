//! The error rates of the match, on labelled pairs of frames.
//!
//! `cargo bench -p kinora-core --bench matches -- --footage DIR [--clips DIR] [--json OUT] [--only NAME]
//! [--sample]`
//!
//! Same pictures are a frame and the first frame of a short clip that an encoder made from it; different ones are
//! other shots, other moments and rearranged frames, encoded likewise. Parameters were chosen on one part of the
//! sources; the others are held out. `--clips` adds the files of a folder, all held out. `--sample`
//! takes a quarter of each clip's treatments, another for each clip, and of each kind every fifth pair: always the same.
//! Needs the `ffmpeg` program.
#![expect(clippy::print_stdout, reason = "a bench answers on stdout")]

mod catalog;
mod pairs;
mod report;
mod sources;
mod treatments;

use pairs::{Pool, Share, judge};
use report::Report;
use std::{error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let (mut footage, mut json, mut clips, mut only) = (None, None, None, None);
    let mut share = Share::All;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let slot = match arg.as_str() {
            "--footage" => &mut footage,
            "--clips" => &mut clips,
            "--json" => &mut json,
            "--only" => &mut only,
            // Cargo adds this one.
            "--bench" => continue,
            "--sample" => {
                share = Share::Sample;
                continue;
            }
            other => return Err(format!("unknown argument {other}").into()),
        };
        *slot = Some(args.next().ok_or_else(|| format!("{arg} needs a value"))?);
    }
    let Some(footage) = footage.map(PathBuf::from) else {
        println!("matches: nothing measured; give --footage with a folder of clips");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let mut pool = Pool::new(share);
    let mut report = Report::default();
    for (index, entry) in catalog::entries(&footage, clips.map(PathBuf::from).as_deref())?.into_iter().enumerate() {
        if only.as_ref().is_some_and(|only| !entry.name.contains(only.as_str())) {
            continue;
        }
        let source = entry.make()?;
        let before = report.pairs.len();
        judge(&source, index, folder.path(), &mut pool, &mut report.pairs)?;
        println!("{}: {} pairs", source.name, report.pairs.len() - before);
    }
    report.time(&footage)?;
    report.print();
    if let Some(json) = json {
        kinora_core::store::write_atomic(std::path::Path::new(&json), &serde_json::to_vec_pretty(&report.json())?)?;
    }
    Ok(())
}
