//! Where results go: whole or not at all, and without a panic when nobody listens.

use std::process::{Command, Stdio};

use super::{Desk, careweave, read};

#[test]
fn a_file_is_written_whole_and_nothing_else_is_left_in_its_folder() {
    let desk = Desk::new();
    let out = desk.path("out.json").display().to_string();
    let solved = careweave(["solve", &desk.problem, "--rounds", "1", "--out", &out]).assert().success();
    assert!(solved.get_output().stdout.is_empty());
    assert_eq!(read(&out)["version"], 1);
    let mut names: Vec<_> = desk.folder.path().read_dir().unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["calendar.json", "out.json"]);
}

#[test]
fn a_failed_command_leaves_the_earlier_file_as_it_was() {
    let desk = Desk::new();
    let before = std::fs::read(&desk.calendar).unwrap();
    careweave(["solve", &desk.contradiction(), "--out", &desk.calendar]).assert().code(4);
    assert_eq!(std::fs::read(&desk.calendar).unwrap(), before);
}

#[test]
fn a_folder_that_does_not_exist_is_told_before_the_search() {
    let desk = Desk::new();
    let out = desk.path("no/such/folder.json").display().to_string();
    careweave(["solve", &desk.problem, "--seconds", "3600", "--out", &out]).assert().code(2);
}

#[cfg(unix)]
#[test]
fn a_new_file_has_the_permissions_that_the_umask_leaves() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let script = r#"umask 027 && exec "$0" generate --per-site 2 --out "$1""#;
    let out = desk.path("drawn.json");
    let binary = env!("CARGO_BIN_EXE_careweave");
    assert!(Command::new("sh").args(["-c", script, binary]).arg(&out).status().unwrap().success());
    assert_eq!(out.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_reader_that_has_gone_away_is_no_failure() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_careweave"));
    // More than a pipe holds.
    let mut child =
        command.args(["generate", "--per-site", "200"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success());
    assert_eq!(super::text(&ended.stderr), "");
}
