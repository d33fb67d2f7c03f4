//! `careweave generate`: a made-up programme, drawn by seed.

use std::path::PathBuf;

use careweave_solver::generate::{Draw, generate};
use clap::Args;

use super::{Outcome, output::Output};
use crate::failure::Failure;

/// Draw a made-up problem; the same seed gives the same problem
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave generate --sites 1 --per-site 48 --seed 1 --out week.json
  careweave generate --per-site 12 | careweave solve - --seconds 10")]
pub struct Generate {
    /// Sites
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=200))]
    sites: u32,
    /// Participants of each site
    #[arg(long, default_value_t = 48, value_parser = clap::value_parser!(u32).range(1..=500))]
    per_site: u32,
    /// Seed of every random choice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the problem goes [default: standard output]
    #[arg(long, value_name = "PROBLEM")]
    out: Option<PathBuf>,
}

impl Generate {
    pub fn run(self) -> Result<Outcome, Failure> {
        let out = Output::open(self.out.as_deref())?;
        out.write_json(&generate(&Draw {
            sites: self.sites as usize,
            per_site: self.per_site as usize,
            seed: self.seed,
            ..Draw::default()
        }))?;
        Ok(Outcome::Done)
    }
}
