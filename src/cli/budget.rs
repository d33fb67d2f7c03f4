//! Flags of commands that solve several weeks.

use std::thread;

use careweave_solver::scenario::WhatIf;
use clap::Args;

use super::solve::seconds;

/// How much is spent, and how.
#[derive(Debug, Args)]
pub struct Budget {
    /// Budget of each solve, at most 3600 [default: 30; none with --rounds]
    #[arg(long, value_parser = seconds)]
    seconds: Option<f64>,
    /// Budget of the whole; where it is short, each solve gets less
    #[arg(long, value_parser = seconds)]
    total_seconds: Option<f64>,
    /// Rounds of each solve; with them nothing depends on the clock unless seconds are given too
    #[arg(long)]
    rounds: Option<u64>,
    /// Threads [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Seed of every random choice
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Budget {
    /// As the solver takes it.
    pub fn options(&self) -> WhatIf {
        WhatIf {
            seconds: self.seconds.or(if self.rounds.is_some() { None } else { Some(30.0) }),
            total_seconds: self.total_seconds,
            rounds: self.rounds,
            threads: self.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from),
            seed: self.seed,
            ..WhatIf::default()
        }
    }
}
