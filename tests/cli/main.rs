//! The command line, by running the binary: every command, every exit status.

mod capacity;
mod check;
mod commands;
mod errors;
mod explain;
mod export;
mod output;
mod quality;
mod replan;
mod show;
mod simulate;
mod solve;
mod validate;
mod whatif;

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The binary, its colours off and its log quiet.
fn careweave<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_careweave"));
    command.args(args).env_remove("CLICOLOR_FORCE");
    command
}

/// A file of the fixtures.
fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).display().to_string()
}

/// A folder with `tiny.json` of the fixtures, solved, and what a test puts there.
struct Desk {
    folder: TempDir,
    problem: String,
    calendar: String,
}

/// The calendar of `tiny.json`, solved once.
static TINY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let solved = careweave(["solve", &fixture("tiny.json"), "--rounds", "5", "--threads", "1"]).assert().success();
    solved.get_output().stdout.clone()
});

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let calendar = folder.path().join("calendar.json").display().to_string();
        std::fs::write(&calendar, &*TINY).unwrap();
        Desk { folder, problem: fixture("tiny.json"), calendar }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a document and tells its path.
    fn put(&self, name: &str, value: &Value) -> String {
        let path = self.path(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path.display().to_string()
    }

    fn problem(&self) -> Value {
        read(&self.problem)
    }

    fn calendar(&self) -> Value {
        read(&self.calendar)
    }

    /// A problem whose pinned sessions need one room and one clinician at once.
    fn contradiction(&self) -> String {
        let mut problem = self.problem();
        let pin = |id: &str, order: &str, participant: &str| {
            serde_json::json!({
                "id": id, "order": order, "participants": [participant], "clinicians": ["ana"], "room": "office",
                "start": "2026-11-30T10:00:00-05:00", "pinned": true,
            })
        };
        problem["previous"] = serde_json::json!([
            pin("p1-individual/1", "p1-individual", "p1"),
            pin("p3-individual/1", "p3-individual", "p3"),
        ]);
        self.put("contradiction.json", &problem)
    }
}

fn read(path: impl AsRef<Path>) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(bytes)))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
