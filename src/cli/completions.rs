//! `careweave completions`: what a shell needs to complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Outcome, output::Output};
use crate::failure::Failure;

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave completions bash > ~/.local/share/bash-completion/completions/careweave
  careweave completions zsh > ~/.zfunc/_careweave")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> Result<Outcome, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "careweave", &mut script);
        Output::Standard.write(&script)?;
        Ok(Outcome::Done)
    }
}
