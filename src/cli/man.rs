//! `careweave man`: the manual pages, one a command.

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use super::{Cli, Outcome, output::Output};
use crate::failure::Failure;

/// Write the manual pages into a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave man ~/.local/share/man/man1")]
pub struct Man {
    /// The folder, which must be there
    folder: PathBuf,
}

impl Man {
    pub fn run(self) -> Result<Outcome, Failure> {
        let mut main = Cli::command();
        main.build();
        self.page(&main, "careweave")?;
        for command in main.get_subcommands().filter(|c| c.get_name() != "help") {
            let name = format!("careweave-{}", command.get_name());
            self.page(command, &name)?;
        }
        Ok(Outcome::Done)
    }

    fn page(&self, command: &clap::Command, name: &str) -> Result<(), Failure> {
        // clap wants names that live as long as the program.
        let command = command.clone().name(&*Box::leak(name.to_owned().into_boxed_str()));
        let mut page = Vec::new();
        let fault = |e: std::io::Error| Failure::Internal(format!("A manual page can't be made: {e}."));
        clap_mangen::Man::new(command).render(&mut page).map_err(fault)?;
        Output::open(Some(&self.folder.join(format!("{name}.1"))))?.write(&page)
    }
}
