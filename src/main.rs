//! The door of the command line: arguments in, one answer or one error out.

use clap::{CommandFactory, error::ErrorKind};
use kinora::cli::{Answer, Cli, Failure};
use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    start_log();
    let asks_json = std::env::args_os().skip(1).take_while(|arg| arg != "--").any(|arg| arg == "--json");
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, asks_json),
    };
    let json = cli.json;
    match cli.run() {
        Ok(answer) => {
            let code = if answer.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS };
            if !answer.silent {
                show(&answer, json);
            }
            code
        }
        Err(failure) => {
            fail(&failure, json);
            if &*failure.kind == "usage" { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// What happens inside, on standard error, when `KINORA_LOG` asks for it.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("KINORA_LOG").unwrap_or_else(|_| "error".into());
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(!plain && std::io::stderr().is_terminal())
        .init();
}

fn show(answer: &Answer, json: bool) {
    let text = if json { answer.json.to_string() } else { answer.text.clone() };
    print_line(&mut std::io::stdout(), &text);
}

fn fail(failure: &Failure, json: bool) {
    print_line(&mut std::io::stderr(), &failure.to_string());
    if json {
        print_line(&mut std::io::stdout(), &failure.to_json().to_string());
    }
}

/// Help and version are answers; everything else the parser says is wrong usage, exit code 2.
fn refuse(error: &clap::Error, json: bool) -> ExitCode {
    // A closed pipe is the reader's choice.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => {
            if json {
                let why = error.render().to_string();
                let name = Cli::command().get_name().to_owned();
                let failure = Failure {
                    kind: "usage".into(),
                    what: "understand the command".to_owned(),
                    why: why.trim().to_owned(),
                    fix: Some(format!("`{name} --help` shows how it is written")),
                    problems: Box::default(),
                    money: None,
                };
                print_line(&mut std::io::stdout(), &failure.to_json().to_string());
            }
            ExitCode::from(2)
        }
    }
}

/// A closed pipe (`kinora … | head`) is no error.
fn print_line(out: &mut dyn Write, text: &str) {
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
