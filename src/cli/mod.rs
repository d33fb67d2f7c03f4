//! The command line: one file a command, each a struct of its arguments and a `run`.

mod backup;
mod budget;
mod buy;
mod census;
mod check;
mod completions;
mod explain;
mod export;
mod generate;
mod input;
mod keys;
mod login;
mod man;
mod output;
mod progress;
mod quality;
mod recommend;
mod rekey;
mod replan;
mod schema;
mod serve;
mod service;
mod show;
mod simulate;
mod solve;
mod steps;
mod validate;
mod whatif;
mod worker;
mod worth;

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum, error::ErrorKind};

use crate::failure::Failure;

/// Weekly schedules for intensive outpatient programmes: solved, checked, explained.
#[derive(Debug, Parser)]
#[command(name = "careweave", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How errors are written on standard error: sentences, or an RFC 9457 object
    #[arg(long, global = true, value_enum, default_value = "text", value_name = "FORM")]
    errors: ErrorForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ErrorForm {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    Solve(solve::Solve),
    Check(check::Check),
    Validate(validate::Validate),
    Show(show::Show),
    Export(export::Export),
    Explain(explain::Explain),
    Recommend(recommend::Recommend),
    Quality(quality::Quality),
    Replan(replan::Replan),
    Whatif(whatif::Whatif),
    Simulate(simulate::Simulate),
    Census(census::Census),
    Buy(buy::Buy),
    Worth(worth::Worth),
    Generate(generate::Generate),
    Schema(schema::Schema),
    Serve(Box<serve::Serve>),
    Worker(worker::Worker),
    Keys(keys::Keys),
    Backup(backup::Backup),
    Rekey(rekey::Rekey),
    Completions(completions::Completions),
    Man(man::Man),
}

/// How a command ended that did what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    /// `check`: the calendar breaks a rule.
    RuleBroken,
    /// `validate`: the problem is invalid.
    ProblemInvalid,
}

/// Parses, calls, prints; the exit status is that of the contract.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return wrong_command_line(&error),
    };
    match cli.command.run() {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::RuleBroken) => ExitCode::from(1),
        Ok(Outcome::ProblemInvalid) => ExitCode::from(3),
        Err(failure) => {
            tell(&failure, cli.errors);
            ExitCode::from(status(&failure))
        }
    }
}

impl Command {
    fn run(self) -> Result<Outcome, Failure> {
        match self {
            Command::Solve(c) => c.run(),
            Command::Check(c) => c.run(),
            Command::Validate(c) => c.run(),
            Command::Show(c) => c.run(),
            Command::Export(c) => c.run(),
            Command::Explain(c) => c.run(),
            Command::Recommend(c) => c.run(),
            Command::Quality(c) => c.run(),
            Command::Replan(c) => c.run(),
            Command::Whatif(c) => c.run(),
            Command::Simulate(c) => c.run(),
            Command::Census(c) => c.run(),
            Command::Buy(c) => c.run(),
            Command::Worth(c) => c.run(),
            Command::Generate(c) => c.run(),
            Command::Schema(c) => c.run(),
            Command::Serve(c) => c.run(),
            Command::Worker(c) => c.run(),
            Command::Keys(c) => c.run(),
            Command::Backup(c) => c.run(),
            Command::Rekey(c) => c.run(),
            Command::Completions(c) => c.run(),
            Command::Man(c) => c.run(),
        }
    }
}

fn status(failure: &Failure) -> u8 {
    match failure {
        Failure::Usage(_) => 2,
        Failure::Syntax { .. } | Failure::Invalid { .. } => 3,
        Failure::PinsContradict(_) => 4,
        Failure::TooLarge(_) | Failure::Outside(_) | Failure::Unavailable(_) | Failure::Internal(_) => 5,
    }
}

fn tell(failure: &Failure, form: ErrorForm) {
    let text = match form {
        ErrorForm::Text => format!("error: {failure}"),
        ErrorForm::Json => failure.problem_details().to_string(),
    };
    // Nobody is left to be told that standard error is gone.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What clap says: help and version are no errors; `--errors json` holds though the line could not be read.
fn wrong_command_line(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let args: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let json = args.iter().any(|a| a == "--errors=json")
        || args.iter().zip(args.iter().skip(1)).any(|(a, b)| a == "--errors" && b == "json");
    if json {
        let text = error.render().to_string();
        tell(&Failure::Usage(text.trim_start_matches("error: ").trim_end().to_owned()), ErrorForm::Json);
    } else {
        let _ = error.print();
    }
    ExitCode::from(2)
}
