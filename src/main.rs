//! The week of an intensive outpatient programme: solved, checked, shown, by command line and over HTTP.
#![forbid(unsafe_code)]

mod auth;
mod calendars;
mod cli;
mod client;
mod clock;
mod compiled;
mod delivery;
mod demo;
#[cfg(test)]
mod drawn;
mod failure;
mod http;
mod jobs;
mod outbound;
mod programs;
mod reports;
mod signals;
mod store;
mod traces;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
