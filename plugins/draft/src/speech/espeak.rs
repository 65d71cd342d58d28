//! Runs espeak-ng: text on its standard input, a WAV in the job's folder, a limit on its time.

use super::DraftVoice;
use crate::{
    DraftError,
    sound::{Mono, Report, read_wav},
};
use std::{
    ffi::{OsStr, OsString},
    io::{ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const NAME: &str = "espeak-ng";
/// How to get it, for a person.
const HOW_TO_INSTALL: &str = "Install espeak-ng: `apt install espeak-ng` (Debian, Ubuntu), \
     `dnf install espeak-ng` (Fedora), `pacman -S espeak-ng` (Arch), `brew install espeak-ng` (macOS), \
     or the installer of the eSpeak NG project on Windows.";
/// Speaking 5000 characters takes espeak-ng well under ten seconds on a slow machine.
const LIMIT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Where it may be when a desktop starts us without the shell's search path.
const ELSEWHERE: &[&str] =
    &["/opt/homebrew/bin/espeak-ng", "/usr/local/bin/espeak-ng", "C:\\Program Files\\eSpeak NG\\espeak-ng.exe"];

/// Speaks into memory, at the synthesiser's own rate.
pub(super) fn speak(text: &str, voice: &DraftVoice, work_dir: &Path, progress: Report<'_>) -> Result<Mono, DraftError> {
    let wav = work_dir.join("espeak.wav");
    let arguments: [&OsStr; 11] = [
        "-v".as_ref(),
        voice.espeak.as_ref(),
        "-p".as_ref(),
        &OsString::from(voice.pitch.to_string()),
        "-s".as_ref(),
        &OsString::from(voice.words_per_minute.to_string()),
        "-g".as_ref(),
        &OsString::from(voice.word_gap.to_string()),
        "--stdin".as_ref(),
        "-w".as_ref(),
        wav.as_os_str(),
    ];
    let mut child = start(&arguments)?;
    let fed = feed(&mut child, text);
    let ended = wait(&mut child, LIMIT, progress);
    let spoken = ended.and_then(|said| fed.map_err(|error| broken(&said, &error))).and_then(|()| read_wav(&wav));
    // The raw file is no output; when it cannot be removed it lies in the job's own folder and harms nothing.
    let _ = std::fs::remove_file(&wav);
    spoken
}

/// Which version is installed.
///
/// # Errors
/// [`DraftError::MissingTool`], or [`DraftError::Tool`] when it does not run.
pub(crate) fn version() -> Result<String, DraftError> {
    let program = program().ok_or(DraftError::MissingTool { name: NAME, how_to_install: HOW_TO_INSTALL })?;
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| DraftError::Tool { name: NAME, what: error.to_string() })?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().split("Data at").next().unwrap_or_default().trim().to_owned())
}

fn program() -> Option<PathBuf> {
    let file_name = if cfg!(windows) { "espeak-ng.exe" } else { NAME };
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&paths).map(|folder| folder.join(file_name));
    on_path.chain(ELSEWHERE.iter().map(PathBuf::from)).find(|candidate| candidate.is_file())
}

fn start(arguments: &[&OsStr]) -> Result<Child, DraftError> {
    let missing = DraftError::MissingTool { name: NAME, how_to_install: HOW_TO_INSTALL };
    let Some(program) = program() else { return Err(missing) };
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => missing,
            _ => DraftError::Tool { name: NAME, what: error.to_string() },
        })
}

/// Gives it the text and closes its input. At most 20 kB, which a pipe holds whether or not anyone reads.
fn feed(child: &mut Child, text: &str) -> std::io::Result<()> {
    match child.stdin.take() {
        Some(mut input) => input.write_all(text.as_bytes()),
        None => Ok(()),
    }
}

/// Waits for the end; gives what it said on its error output.
fn wait(child: &mut Child, limit: Duration, progress: Report<'_>) -> Result<String, DraftError> {
    let started = Instant::now();
    let failed = |what: String| DraftError::Tool { name: NAME, what };
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() > limit => {
                stop(child);
                return Err(failed(format!("did not finish within {} s", limit.as_secs())));
            }
            Ok(None) => {
                if progress(0.0).is_break() {
                    stop(child);
                    return Err(DraftError::Cancelled);
                }
                std::thread::sleep(LOOK_EVERY);
            }
            Err(error) => {
                stop(child);
                return Err(failed(error.to_string()));
            }
        }
    };
    let mut said = String::new();
    if let Some(errors) = child.stderr.take() {
        // Not readable as text is the same as having said nothing.
        let _ = errors.take(2000).read_to_string(&mut said);
    }
    if status.success() { Ok(said) } else { Err(failed(format!("ended with {status}: {}", said.trim()))) }
}

fn broken(said: &str, error: &std::io::Error) -> DraftError {
    DraftError::Tool { name: NAME, what: format!("did not take the text ({error}): {}", said.trim()) }
}

fn stop(child: &mut Child) {
    // Either fails only when it is gone already, which is what we want.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    #[expect(clippy::unwrap_used, reason = "a helper of tests, outside a test function")]
    fn sleeper() -> Child {
        Command::new("sleep").arg("30").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    #[test]
    fn a_hanging_program_is_stopped() {
        let mut child = sleeper();
        let answer = wait(&mut child, Duration::ZERO, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(answer, Err(DraftError::Tool { what, .. }) if what.contains("did not finish")));
        assert!(child.try_wait().unwrap().is_some(), "it still runs");
    }

    #[test]
    fn a_cancelled_program_is_stopped() {
        let mut child = sleeper();
        let answer = wait(&mut child, LIMIT, &mut |_| ControlFlow::Break(()));
        assert!(matches!(answer, Err(DraftError::Cancelled)));
        assert!(child.try_wait().unwrap().is_some(), "it still runs");
    }
}
