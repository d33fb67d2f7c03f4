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

/// Gives what an ended solve has freed back to the system, HiGHS' share too; glibc's allocator keeps much of it in an arena for
/// each thread that there was. How soon is set in `.cargo/config.toml`.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    cli::run()
}
