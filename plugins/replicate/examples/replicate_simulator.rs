//! The simulator on its own: `cargo run -p kinora-replicate --example replicate_simulator -- --port 0`.
//!
//! Prints its base address, then serves until it is ended. `--video`, `--image` and `--audio` name files to hand out in
//! place of made-up bytes; `--token` is the only key taken. Faults are set over `/_sim/faults` and `/_sim/plan`.

#[path = "../tests/simulator/mod.rs"]
mod simulator;

use std::{io::Write as _, process::ExitCode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut port = 0;
    let mut settings = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        match (name.as_str(), arguments.next()) {
            ("--port", Some(value)) if value.parse::<u16>().is_ok() => port = value.parse().unwrap_or(0),
            ("--token" | "--video" | "--image" | "--audio", Some(value)) => settings.push((name, value)),
            _ => return complain("use: simulator [--port N] [--token KEY] [--video F] [--image F] [--audio F]"),
        }
    }
    let simulator = match simulator::Simulator::start(port).await {
        Ok(simulator) => simulator,
        Err(error) => return complain(&format!("port {port}: {error}")),
    };
    for (name, value) in settings {
        match name.as_str() {
            "--token" => simulator.state().token = value,
            kind => drop(simulator.state().media.insert(kind.trim_start_matches('-').into(), value.into())),
        }
    }
    let mut out = std::io::stdout();
    if writeln!(out, "{}", simulator.base_url()).and_then(|()| out.flush()).is_err() {
        return ExitCode::FAILURE;
    }
    std::future::pending::<()>().await;
    ExitCode::SUCCESS
}

fn complain(words: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{words}");
    ExitCode::FAILURE
}
