//! The week of an intensive outpatient programme: solved, checked, shown, by command line and over HTTP.
#![forbid(unsafe_code)]

mod auth;
mod calendars;
mod cli;
mod compiled;
mod delivery;
mod demo;
mod failure;
mod http;
mod jobs;
mod outbound;
mod programs;
mod reports;
mod signals;
mod store;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
