//! Runs the WaveSpeed simulator until it is ended; with `--attached`, until its standard input ends.
//!
//! ```text
//! cargo run -p kinora-wavespeed --example wavespeed_simulator -- --port 0 [--key KEY] [--polls N] [--output CLIP] [--fault SCRIPT].. [--attached]
//! ```
//! The first line printed is its base URL, for `WAVESPEED_BASE_URL`. Faults are added while it runs by
//! `POST /simulator/script`, one a line (see `simulator::Script`); `GET /simulator/counts` tells what was asked.

use kinora_wavespeed::simulator::{Settings, Simulator};
use std::{
    error::Error,
    io::{self, Write as _},
    thread,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut settings = Settings::default();
    let mut faults = Vec::new();
    let mut is_attached = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--attached" {
            is_attached = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--port" => settings.port = value.parse()?,
            "--key" => settings.key = value,
            "--polls" => settings.polls = value.parse()?,
            "--output" => settings.output = Some(value.into()),
            "--fault" => faults.push(value),
            _ => return Err(format!("{name} is no option").into()),
        }
    }
    let simulator = Simulator::with(settings)?;
    for fault in &faults {
        simulator.script(fault)?;
    }
    let mut out = io::stdout();
    writeln!(out, "{}", simulator.url())?;
    out.flush()?;
    if is_attached {
        io::copy(&mut io::stdin(), &mut io::sink())?;
        return Ok(());
    }
    loop {
        thread::park();
    }
}
