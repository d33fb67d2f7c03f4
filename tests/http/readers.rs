//! Independent readers of calendars, each a script of `tests/readers` that prints what it finds as JSON.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::Value;
use tempfile::TempDir;

/// What a script prints, given these arguments.
pub fn reader(script: &str, args: &[&str]) -> Value {
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/run.sh");
    let read = Command::new(run).arg(script).args(args).output().unwrap();
    assert!(read.status.success(), "{script}: {}", String::from_utf8_lossy(&read.stderr));
    serde_json::from_slice(&read.stdout).unwrap()
}

/// The events that a script found.
pub fn list(told: &Value) -> Vec<Value> {
    told["events"].as_array().unwrap().clone()
}

/// The events of a calendar by UID, as a script reads them from a file.
pub fn events(script: &str, text: &str) -> BTreeMap<String, Value> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("calendar.ics");
    std::fs::write(&file, text).unwrap();
    let told = reader(script, &[file.to_str().unwrap()]);
    assert_eq!(told["errors"].as_array().map_or(0, Vec::len), 0, "{told}");
    let events = list(&told);
    let by_uid: BTreeMap<_, _> = events.iter().map(|e| (e["uid"].as_str().unwrap().to_owned(), e.clone())).collect();
    assert_eq!(by_uid.len(), events.len(), "each event has a UID of its own");
    by_uid
}
