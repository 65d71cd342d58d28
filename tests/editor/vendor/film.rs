//! A scene of the sample film once, with every vendor simulated: pictures, voices, music, lips, and the render. The built
//! program is driven from outside, as a person would, and the simulators are those that the vendors' own clients judge;
//! no key is ever written down.

use super::bench::files_with;
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const SAMPLE: &str = include_str!("../../../assets/samples/the-vampyre.fountain");
const REPLICATE_KEY: &str = "r8_keyOfTheSampleFilm0123456789abcdef";
const WAVESPEED_KEY: &str = "ws_keyOfTheSampleFilm0123456789abcdef";

/// A simulator in a process of its own. Ended with the test.
struct Vendor {
    process: Child,
    url: String,
    key: String,
}

impl Vendor {
    /// Starts an example of a vendor's crate; `None` if it is not built, as it is by `cargo test --workspace`.
    fn start(name: &str, arguments: &[&str], key: Option<&str>) -> Option<Self> {
        let program = Path::new(env!("CARGO_BIN_EXE_kinora")).parent().unwrap().join("examples").join(name);
        if !program.is_file() {
            assert!(std::env::var_os("CI").is_none(), "{} is built by `make test`", program.display());
            return None;
        }
        let mut process = Command::new(program)
            .args(["--port", "0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url = said.next().expect("its address");
        let key = key.map_or_else(|| said.next().expect("the key it takes"), str::to_owned);
        Some(Self { process, url, key })
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The vendors of the film, each with the start of its variables.
struct Vendors([(&'static str, &'static str, Vendor); 3]);

impl Vendors {
    fn start(folder: &Path) -> Option<Self> {
        let clip = folder.join("vendors-clip.mp4");
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24", "-f", "lavfi", "-i", "sine"])
            .args(["-t", "8", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"])
            .arg(&clip)
            .status()
            .expect("ffmpeg is installed by `make setup`");
        assert!(made.success());
        let clip = clip.to_str().unwrap();
        let of = |name, arguments: &[&str], key| Vendor::start(name, arguments, key);
        Some(Self([
            (
                "REPLICATE_BASE_URL",
                "REPLICATE_API_TOKEN",
                of("replicate_simulator", &["--token", REPLICATE_KEY, "--video", clip], Some(REPLICATE_KEY))?,
            ),
            ("ELEVENLABS_BASE_URL", "ELEVENLABS_API_KEY", of("elevenlabs_simulator", &[], None)?),
            (
                "WAVESPEED_BASE_URL",
                "WAVESPEED_API_KEY",
                of("wavespeed_simulator", &["--key", WAVESPEED_KEY, "--output", clip], Some(WAVESPEED_KEY))?,
            ),
        ]))
    }

    /// Runs a command with `--json` and everything the program thinks on standard error, which is kept.
    fn run(&self, folder: &Path, log: &mut Vec<u8>, words: &[&str]) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kinora"));
        // From the folder itself: paths are said as a person says them.
        command.current_dir(folder).args(words).arg("--json");
        command.env("KINORA_LOG", "trace").env("RUST_BACKTRACE", "full").env("XDG_CONFIG_HOME", folder);
        for (url, key, vendor) in &self.0 {
            command.env(url, &vendor.url).env(key, &vendor.key);
        }
        let output = command.output().unwrap();
        log.extend(&output.stdout);
        log.extend(&output.stderr);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{words:?}: {said}");
        serde_json::from_str(&said).unwrap()
    }
}

/// The first scene of the sample, with voices of the vendor.
fn screenplay() -> String {
    let end = SAMPLE.find("# Greece").unwrap();
    let voices =
        [("baritone", "JBFqnCBsd6RMkjVDRZzb"), ("tenor", "TX3LPaxmHKxFdv7VOQHJ"), ("alto", "EXAVITQu4vr4xnSDxMaL")];
    voices.into_iter().fold(SAMPLE[..end].to_owned(), |text, (draft, vendors)| {
        text.replace(&format!("voice draft:{draft}"), &format!("voice elevenlabs:{vendors}"))
    })
}

#[test]
fn the_sample_film_is_made_with_every_vendor() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let Some(vendors) = Vendors::start(folder) else {
        return eprintln!("left out: `cargo test --workspace` builds the simulators");
    };
    kinora_core::store::write_atomic(&folder.join("sample.fountain"), screenplay().as_bytes()).unwrap();
    let mut log = Vec::new();
    let mut run = |words: &[&str]| vendors.run(folder, &mut log, words);
    run(&["new", "film", "--fps", "24", "--size", "320x180"]);
    run(&["import", "film", "sample.fountain"]);
    run(&["settings", "set", "film", "default_model=replicate:google/veo-3.1", "budget_usd=50"]);
    for vendor in ["replicate", "elevenlabs", "wavespeed"] {
        assert_eq!(run(&["keys", "test", vendor])["accepted"], true);
    }
    run(&["generate", "music", "film", "1", "--model", "elevenlabs:music_v1"]);
    run(&["generate", "film", "film"]);
    run(&["generate", "lipsync", "film", "1", "3", "--model", "wavespeed:sync/lipsync-2"]);
    run(&["render", "film", "film"]);
    let probe = run(&["check", "film"]);
    assert_eq!(probe["problems"].as_array().map(Vec::len), Some(0), "{probe}");
    assert!(folder.join("film/film_render.mp4").is_file());

    let shots = run(&["shot", "list", "film", "1"]);
    let shots = shots["shots"].as_array().unwrap().len();
    let spend = run(&["spend", "film"]);
    let paid = |vendor: &str| {
        let all = spend["vendors"].as_array().unwrap();
        all.iter().find(|one| one["provider"] == vendor).unwrap_or_else(|| panic!("no {vendor} in {spend}"))
    };
    assert_eq!(paid("replicate")["succeeded"], shots, "a take for each shot, and none twice: {spend}");
    assert_eq!(paid("wavespeed")["succeeded"], 1, "{spend}");
    assert!(paid("elevenlabs")["succeeded"].as_u64().unwrap() >= 2, "lines and music: {spend}");
    for stray in ["failed", "open", "unanswered", "refused"] {
        assert_eq!(spend["total"][stray], 0, "{spend}");
    }
    let jobs = run(&["jobs", "list", "film", "--all"]);
    assert!(jobs["jobs"].as_array().unwrap().iter().all(|job| job["stands"] == "in the film"), "{jobs}");
    for (_, variable, vendor) in &vendors.0 {
        let key = vendor.key.as_bytes();
        assert_eq!(files_with(folder, key), Vec::<PathBuf>::new(), "{variable} is in a file");
        assert!(!log.windows(key.len()).any(|window| window == key), "{variable} was said");
    }
}
