//! A screen, the window on it, and the hands of a person.

use super::picture::{Picture, screen_of};
use bevy_egui::egui::Pos2;
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(40);

/// Runs the command line to its end.
pub(super) fn kinora(words: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_kinora")).args(words).output().unwrap();
    assert!(output.status.success(), "kinora {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A window on a screen of its own.
pub(super) struct WindowDesk {
    screen: Child,
    editor: Child,
    display: String,
    log: PathBuf,
    /// Where the screen keeps its picture.
    frame: PathBuf,
}

impl WindowDesk {
    /// Opens a project and waits until the window takes keys.
    pub(super) fn open(project: &Path) -> Self {
        Self::start(project.parent().unwrap(), Some(project))
    }

    /// Opens the window on the welcome screen of a maker whose films lie in `folder/documents`.
    pub(super) fn welcome(folder: &Path) -> Self {
        Self::start(folder, None)
    }

    fn start(folder: &Path, project: Option<&Path>) -> Self {
        let (home, documents) = (folder.join("home"), folder.join("documents"));
        for folder in [&home, &documents] {
            std::fs::create_dir_all(folder).unwrap();
        }
        let places = format!("XDG_DOCUMENTS_DIR=\"{}\"\n", documents.display());
        std::fs::write(home.join("user-dirs.dirs"), places).unwrap();
        let (screen, display) = screen(&home);
        let (log, started) = (home.join("log"), home.join("started.json"));
        let _ = std::fs::remove_file(&started);
        let editor = Command::new(env!("CARGO_BIN_EXE_kinora"))
            .arg("edit")
            .args(project)
            .args(["--size", "1280x800", "--scale", "1", "--note-start"])
            .arg(&started)
            .env("DISPLAY", &display)
            .env_remove("WAYLAND_DISPLAY")
            // The maker's own preferences are no part of a test.
            .env("XDG_CONFIG_HOME", &home)
            .env("XDG_RUNTIME_DIR", &home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let frame = home.join("Xvfb_screen0");
        let mut desk = Self { screen, editor, display, log, frame };
        let began = Instant::now();
        while !desk.xdotool(&["search", "--onlyvisible", "--name", "^Kinora", "windowfocus", "--sync"]) {
            desk.must_live("before its window was there");
            assert!(began.elapsed() < PATIENCE, "no window: {}", desk.said());
            thread::sleep(Duration::from_millis(200));
        }
        // Shown is not yet drawn: the first frames build pipelines on software Vulkan.
        if project.is_some() {
            desk.until("the window shows the film", || started.is_file());
            thread::sleep(Duration::from_secs(1));
        } else {
            thread::sleep(Duration::from_secs(3));
        }
        desk
    }

    /// Presses a key, with the keys before it held down: `ctrl+z`.
    pub(super) fn key(&mut self, keys: &str) {
        self.press(keys);
        self.must_live(keys);
    }

    /// Presses a key after which the window may be gone.
    pub(super) fn press(&self, keys: &str) {
        // The whole chord comes at once, and within one frame of a loaded machine.
        assert!(self.xdotool(&["key", keys]), "xdotool key {keys}");
        // A few frames of software Vulkan.
        thread::sleep(Duration::from_millis(300));
    }

    /// Moves the pointer to a place and presses there.
    pub(super) fn click(&mut self, at: Pos2) {
        self.point(at);
        self.hand(&["click", "1"]);
        self.must_live("a click");
    }

    /// Presses at a place after which the window may be gone.
    pub(super) fn click_last(&self, at: Pos2) {
        self.point(at);
        self.hand(&["click", "1"]);
    }

    /// Drags from a place to another, as a hand does it: by way of places between.
    pub(super) fn drag(&mut self, from: Pos2, to: Pos2) {
        self.point(from);
        self.hand(&["mousedown", "1"]);
        for step in 1..=6_u8 {
            self.point(from.lerp(to, f32::from(step) / 6.0));
        }
        self.hand(&["mouseup", "1"]);
        self.must_live("a drag");
    }

    /// Types a text, a letter after the other.
    pub(super) fn write(&mut self, text: &str) {
        self.hand(&["type", "--delay", "60", text]);
        self.must_live(text);
    }

    fn point(&self, at: Pos2) {
        self.hand(&["mousemove", &at.x.round().to_string(), &at.y.round().to_string()]);
    }

    fn hand(&self, words: &[&str]) {
        assert!(self.xdotool(words), "xdotool {words:?}");
        // A few frames of software Vulkan.
        thread::sleep(Duration::from_millis(200));
    }

    /// What the screen shows now.
    pub(super) fn picture(&self) -> Picture {
        Picture::of_screen(&screen_of(&std::fs::read(&self.frame).unwrap()))
    }

    /// Waits until the window looks like a picture that was looked at. With `KINORA_UPDATE_GOLDENS` set, the picture is
    /// made anew instead: look at it before you commit it.
    pub(super) fn looks_like(&mut self, name: &str) {
        // Away from everything that lights up under the pointer.
        self.point(Pos2::new(1279.0, 799.0));
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/editor/window/goldens/{name}.png"));
        if std::env::var_os("KINORA_UPDATE_GOLDENS").is_some() {
            thread::sleep(Duration::from_secs(12));
            self.picture().save(&golden);
            return;
        }
        let (golden, began) = (Picture::load(&golden), Instant::now());
        loop {
            self.must_live(name);
            let difference = self.picture().difference(&golden);
            if difference.is_small() {
                return;
            }
            if began.elapsed() > PATIENCE {
                let found = std::env::temp_dir().join(format!("kinora-{name}.png"));
                self.picture().save(&found);
                panic!("{name} looks otherwise: {difference:?}; what was seen is {}", found.display());
            }
            thread::sleep(Duration::from_millis(500));
        }
    }

    /// Waits until the project's files say what is meant.
    pub(super) fn until(&mut self, what: &str, done: impl Fn() -> bool) {
        self.until_within(what, PATIENCE, done);
    }

    /// The same with another patience.
    pub(super) fn until_within(&mut self, what: &str, patience: Duration, done: impl Fn() -> bool) {
        let began = Instant::now();
        while !done() {
            self.must_live(what);
            if began.elapsed() > patience {
                let seen = std::env::temp_dir().join(format!("kinora-{}.png", what.replace(' ', "-")));
                screen_of(&std::fs::read(&self.frame).unwrap()).save(&seen).unwrap();
                panic!("not within {patience:?}: {what}; the screen is {}\n{}", seen.display(), self.said());
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits for the end that was asked for.
    pub(super) fn ends_well(&mut self) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.editor.try_wait().unwrap() {
                assert!(status.success(), "the editor ended with {status}: {}", self.said());
                return;
            }
            assert!(began.elapsed() < PATIENCE, "the editor does not end: {}", self.said());
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self) {
        self.editor.kill().unwrap();
        self.editor.wait().unwrap();
    }

    fn must_live(&mut self, when: &str) {
        let ended = self.editor.try_wait().unwrap();
        assert!(ended.is_none(), "the editor ended ({ended:?}) at: {when}\n{}", self.said());
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn xdotool(&self, words: &[&str]) -> bool {
        let mut run = Command::new("xdotool");
        run.args(words).env("DISPLAY", &self.display).stdout(Stdio::null()).stderr(Stdio::null());
        run.status().expect("xdotool is installed by `make setup`").success()
    }
}

impl Drop for WindowDesk {
    fn drop(&mut self) {
        // Ended already, or ended here: nothing may outlive the test.
        for child in [&mut self.editor, &mut self.screen] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts a screen. It takes a number that nobody has, and says it when it takes windows.
fn screen(folder: &Path) -> (Child, String) {
    let mut screen = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-fbdir"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb is installed by `make setup`");
    let mut number = String::new();
    BufReader::new(screen.stdout.take().unwrap()).read_line(&mut number).unwrap();
    assert!(!number.trim().is_empty(), "no screen could be started: {:?}", screen.wait());
    (screen, format!(":{}", number.trim()))
}
