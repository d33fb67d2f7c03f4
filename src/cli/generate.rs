//! `careweave generate`: a made-up programme, drawn by seed.

use std::path::PathBuf;

use careweave_solver::{
    generate::{Draw, Region, generate, in_progress},
    problem::Date,
};
use clap::Args;

use super::{Outcome, input, output::Output};
use crate::failure::Failure;

/// Draw a made-up problem; the same seed gives the same problem
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave generate --sites 1 --per-site 48 --seed 1 --out week.json
  careweave generate --per-site 12 | careweave solve - --seconds 10
  careweave generate --per-site 12 --week 2026-03-23 --region Europe/London=GB --nights")]
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
    /// First day of the week
    #[arg(long, value_name = "DATE", value_parser = date, default_value = "2026-11-30")]
    week: Date,
    /// Time zone and jurisdiction of the sites, in turn [default: the two sides of a river]
    #[arg(long, value_name = "ZONE=JURISDICTION", value_parser = region)]
    region: Vec<Region>,
    /// How many of 100 people have a job by day, and time only in the evening
    #[arg(long, value_name = "PERCENT", default_value_t = 35, value_parser = clap::value_parser!(u32).range(0..=100))]
    day_jobs: u32,
    /// Therapists and offices, as a percentage of what is usual
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    staff: u32,
    /// Run around the clock at the weekend, when DST changes
    #[arg(long)]
    nights: bool,
    /// Make of the problem and this calendar of it the week's third day at noon: attendance, pins, an ill clinician
    #[arg(long, value_name = "CALENDAR")]
    in_progress: Option<PathBuf>,
    /// Where the problem goes [default: standard output]
    #[arg(long, value_name = "PROBLEM")]
    out: Option<PathBuf>,
}

impl Generate {
    pub fn run(self) -> Result<Outcome, Failure> {
        let so_far = self.in_progress.as_deref().map(|path| input::sessions(&input::bytes(path)?)).transpose()?;
        let out = Output::open(self.out.as_deref())?;
        let mut problem = generate(&Draw {
            sites: self.sites as usize,
            per_site: self.per_site as usize,
            seed: self.seed,
            week_start: self.week,
            regions: if self.region.is_empty() { Draw::default().regions } else { self.region },
            day_jobs: self.day_jobs,
            staff: self.staff,
            nights: self.nights,
            ..Draw::default()
        });
        if let Some(sessions) = so_far {
            problem = in_progress(&problem, &sessions, self.seed);
        }
        out.write_json(&problem)?;
        Ok(Outcome::Done)
    }
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|()| format!("{text:?} is no date; write it as 2026-11-30"))
}

fn region(text: &str) -> Result<Region, String> {
    let (zone, jurisdiction) = text
        .split_once('=')
        .filter(|(zone, _)| zone.parse::<chrono_tz::Tz>().is_ok())
        .ok_or_else(|| format!("{text:?} is no IANA zone with its jurisdiction, such as Europe/London=GB"))?;
    Ok(Region::new(zone, jurisdiction))
}
