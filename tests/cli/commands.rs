//! Help, completions, schemas, made-up problems.

use super::{careweave, json, text};

const COMMANDS: [&str; 11] =
    ["solve", "check", "validate", "show", "export", "generate", "schema", "serve", "worker", "keys", "completions"];

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
