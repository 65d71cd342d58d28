//! A small disk that can be filled, for tests of what happens then. Shared by the test binaries.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// Set for a test that already runs in a namespace of its own.
const INSIDE: &str = "KINORA_TEST_INSIDE";

/// A disk in memory, unmounted when dropped.
pub(crate) struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// Mounts a disk of `size` (as `mount` writes it: `1m`) for a test, named with its modules. Where the user may not
    /// mount, the test runs again in a namespace where it may; where that is not allowed either, the reason is printed.
    /// `None` in both cases: there is nothing left to do here.
    pub(crate) fn mount(size: &str, test: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let option = format!("size={size}");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &option, "tmpfs"]).arg(folder.path()).output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Some(Self { folder });
        }
        let inside = || {
            let mut command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "--mount"]);
            command
        };
        let is_inside = env::var_os(INSIDE).is_some();
        if is_inside || !inside().arg("true").output().is_ok_and(|output| output.status.success()) {
            println!("skipped: this user can mount no small disk, not even in a namespace of its own");
            return None;
        }
        let status = inside()
            .arg(env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(INSIDE, "1")
            .status()
            .unwrap();
        assert!(status.success(), "{test} failed in its namespace");
        None
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills the disk until `left_bytes` are left, to the last block if that is 0.
    pub(crate) fn fill(&self, left_bytes: u64) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = fs::File::create(&path).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        let full_bytes = file.metadata().unwrap().len();
        file.set_len(full_bytes.saturating_sub(left_bytes)).unwrap();
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}
