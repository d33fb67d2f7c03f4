//! What `serve` and `worker` have in common: the database, the workers, the log.

use std::{path::PathBuf, thread, time::Duration};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::{
    failure::Failure,
    jobs::Limits,
    outbound::{Allowed, Outbound},
    store::without_password,
    traces::Traces,
};

/// The database where none is named.
pub const DATABASE: &str = "sqlite://careweave.db";

/// Which database.
#[derive(Debug, Args)]
pub struct Database {
    /// The database: `sqlite://FILE`, or `postgres://USER@HOST/NAME` for many machines
    #[arg(long, env = "CAREWEAVE_DATABASE", default_value = DATABASE, value_name = "ADDRESS", hide_env_values = true)]
    database: String,
    /// A file with the database's address, which may have a password in it; goes before `--database`
    #[arg(long, env = "CAREWEAVE_DATABASE_FILE", value_name = "FILE")]
    database_file: Option<PathBuf>,
}

impl Database {
    /// The address.
    pub fn address(&self) -> Result<String, Failure> {
        let Some(file) = &self.database_file else { return Ok(self.database.clone()) };
        let fault = |e: std::io::Error| Failure::Outside(format!("{} can't be read: {e}.", file.display()));
        Ok(std::fs::read_to_string(file).map_err(fault)?.trim().to_owned())
    }
}

/// Arguments of every long-running process.
#[derive(Debug, Args)]
pub struct Shared {
    #[command(flatten)]
    database: Database,
    /// Solves at once; 0 leaves them to other processes [default: one for each core]
    #[arg(long, env = "CAREWEAVE_WORKERS", value_parser = clap::value_parser!(u16).range(0..=256))]
    workers: Option<u16>,
    /// Solves that may wait, of all tenants
    #[arg(long, env = "CAREWEAVE_QUEUE", default_value_t = 1000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    queue: u32,
    /// Days for which ended solves are kept that belong to no programme
    #[arg(long, env = "CAREWEAVE_KEEP_SOLVES", default_value_t = 30, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=36_500))]
    keep_solves: u32,
    /// Seconds of silence after which a solve is taken from its worker
    #[arg(long, env = "CAREWEAVE_LEASE", default_value_t = 15, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(2..=3600))]
    lease: u32,
    /// Hosts, each with its port, that may be reached though they are in a private network or without TLS
    #[arg(long, env = "CAREWEAVE_OUTBOUND_ALLOW", value_name = "HOST:PORT", value_delimiter = ',', num_args = 1..)]
    outbound_allow: Vec<Allowed>,
    /// How the log is written on standard error
    #[arg(long, env = "CAREWEAVE_LOG", value_enum, default_value = "text", value_name = "FORM")]
    log: LogForm,
    /// Where traces are sent by OTLP over HTTP, such as `http://127.0.0.1:4318`; they hold ids and nothing else
    #[arg(long, env = "CAREWEAVE_OTLP", value_name = "URL", value_parser = collector)]
    otlp: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogForm {
    Text,
    Json,
}

impl Shared {
    /// What the jobs are bounded by.
    pub fn limits(&self) -> Limits {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Limits {
            waiting: i64::from(self.queue),
            lease: Duration::from_secs(self.lease.into()),
            keep: Duration::from_secs(u64::from(self.keep_solves) * 24 * 3600),
            ..Limits::of_workers(self.workers.map_or(cores, usize::from))
        }
    }

    /// How requests are sent to others.
    pub fn outbound(&self) -> Result<Outbound, Failure> {
        Outbound::new(self.outbound_allow.clone())
    }

    /// The database's address.
    pub fn address(&self) -> Result<String, Failure> {
        self.database.address()
    }

    /// What is in force, without secrets.
    pub fn shown(&self) -> Result<Value, Failure> {
        let limits = self.limits();
        Ok(json!({
            "database": without_password(&self.address()?),
            "workers": limits.workers,
            "queue": limits.waiting,
            "keep_solves": self.keep_solves,
            "lease": self.lease,
            "outbound_allow": self.outbound_allow.iter().map(Allowed::to_string).collect::<Vec<_>>(),
            "log": format!("{:?}", self.log).to_lowercase(),
            "otlp": self.otlp.as_deref().map(without_password),
        }))
    }

    /// Starts the log.
    pub fn log(&self) {
        let filter = tracing_subscriber::EnvFilter::try_from_default_env()
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
        match self.log {
            LogForm::Text => log.with_ansi(console::colors_enabled_stderr()).init(),
            LogForm::Json => log.json().init(),
        }
    }
}

/// What a process still has to send when it ends.
const FAREWELL: Duration = Duration::from_secs(5);

impl Shared {
    /// Does the work of a process called `service`, which is traced where that is asked for.
    pub async fn traced<T>(
        &self,
        service: &'static str,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let traces = self.otlp.as_deref().map(|collector| Traces::start(collector, service)).transpose()?;
        let done = work.await;
        if let Some(traces) = traces {
            traces.close(FAREWELL).await;
        }
        done
    }
}

fn collector(text: &str) -> Result<String, String> {
    match text.split_once("://") {
        Some(("http" | "https", rest)) if !rest.is_empty() => Ok(text.to_owned()),
        _ => Err("a collector's address begins with http:// or https://".to_owned()),
    }
}

/// The runtime of a long-running process.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::Outside(format!("The service can't start: {e}.")))
}
