//! Help, completions, schemas, made-up problems.

use super::{careweave, json, text};

const COMMANDS: [&str; 15] = [
    "solve",
    "check",
    "validate",
    "show",
    "export",
    "quality",
    "simulate",
    "generate",
    "schema",
    "serve",
    "worker",
    "keys",
    "backup",
    "completions",
    "man",
];

#[test]
fn the_help_of_every_command_shows_an_example() {
    for command in COMMANDS {
        let help = careweave([command, "--help"]).assert().success();
        let page = text(&help.get_output().stdout);
        let example = format!("careweave {command}");
        assert!(page.split("Examples:").nth(1).is_some_and(|e| e.contains(&example)), "{page}");
    }
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let done = careweave(["completions", shell]).assert().success();
        let script = text(&done.get_output().stdout);
        assert!(COMMANDS.iter().all(|c| script.contains(c)), "{shell}");
    }
}

#[test]
fn the_schemas_are_of_draft_2020_12() {
    for document in ["problem", "calendar"] {
        let done = careweave(["schema", document]).assert().success();
        let schema = json(&done.get_output().stdout);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
}

#[test]
fn a_made_up_problem_is_valid_and_the_same_for_the_same_seed() {
    let draw = |seed: &str| {
        let drawn = careweave(["generate", "--sites", "2", "--per-site", "6", "--seed", seed]).assert().success();
        drawn.get_output().stdout.clone()
    };
    let problem = draw("3");
    assert_eq!(problem, draw("3"));
    assert_ne!(problem, draw("4"));
    assert_eq!(json(&problem)["participants"].as_array().unwrap().len(), 12);
    careweave(["validate", "-"]).write_stdin(problem).assert().success();
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::TempDir::new().unwrap();
    careweave(["man", &folder.path().display().to_string()]).assert().success();
    for command in COMMANDS {
        let page = std::fs::read_to_string(folder.path().join(format!("careweave-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS") && page.contains("EXAMPLES") || page.contains("Examples"), "{command}");
    }
}

#[test]
fn the_configuration_in_force_is_shown_by_flag_then_environment_then_default_and_without_secrets() {
    let folder = tempfile::TempDir::new().unwrap();
    let secret = folder.path().join("database");
    std::fs::write(&secret, "postgres://careweave:hush@db/careweave\n").unwrap();
    let shown = |args: &[&str], env: &[(&str, &str)]| {
        let done = careweave(["serve", "--print-config"]).args(args).envs(env.iter().copied()).assert().success();
        json(&done.get_output().stdout)
    };
    assert_eq!(shown(&[], &[])["lease"], 15);
    assert_eq!(shown(&[], &[("CAREWEAVE_LEASE", "20")])["lease"], 20);
    assert_eq!(shown(&["--lease", "30"], &[("CAREWEAVE_LEASE", "20")])["lease"], 30);
    let file = secret.display().to_string();
    assert_eq!(shown(&["--database-file", &file], &[])["database"], "postgres://…@db/careweave");
}

#[test]
fn a_backup_is_a_database_of_its_own() {
    let folder = tempfile::TempDir::new().unwrap();
    let at = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let copy = folder.path().join("copy.db").display().to_string();
    careweave(["keys", "create", "--role", "viewer", "--database", &at("a.db")]).assert().success();
    careweave(["backup", "--database", &at("a.db"), &copy]).assert().success();
    let listed = careweave(["keys", "list", "--database", &at("copy.db")]).assert().success();
    assert_eq!(json(&listed.get_output().stdout)["keys"].as_array().unwrap().len(), 1);
    careweave(["backup", "--database", &at("a.db"), &copy]).assert().code(2);
}

#[test]
fn two_that_open_a_new_database_at_once_both_find_it() {
    for round in 0..100 {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}", folder.path().join("new.db").display());
        let started: Vec<_> = (0..2)
            .map(|_| {
                std::process::Command::new(env!("CARGO_BIN_EXE_careweave"))
                    .args(["keys", "list", "--database", &address])
                    .stdout(std::process::Stdio::null())
                    .stderr(std::process::Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for process in started {
            let ended = process.wait_with_output().unwrap();
            assert!(ended.status.success(), "round {round}: {}", text(&ended.stderr));
        }
    }
}
