//! `careweave serve`: the HTTP service.

use std::{net::SocketAddr, sync::Arc, thread, time::Duration};

use careweave_solver::search;
use clap::{Args, ValueEnum};
use tokio::net::TcpListener;

use super::Outcome;
use crate::{
    failure::Failure,
    http::{self, App},
    jobs::{Jobs, Limits},
    signals::Signals,
};

/// Serve the HTTP API on a loopback address
///
/// Ctrl-C and SIGTERM end it: running solves stop and keep their best until it has ended.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave serve\n  careweave serve --listen 127.0.0.1:9000 --workers 4
  curl localhost:8080/healthz")]
pub struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Solves at once [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// How the log is written on standard error
    #[arg(long, value_enum, default_value = "text", value_name = "FORM")]
    log: LogForm,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogForm {
    Text,
    Json,
}

/// Time that running solves get to end.
const FAREWELL: Duration = Duration::from_secs(10);

impl Serve {
    pub fn run(self) -> Result<Outcome, Failure> {
        if !self.listen.ip().is_loopback() {
            return Err(Failure::Usage(format!(
                "{} is not a loopback address; without keys the service listens on 127.0.0.1 or [::1] only.",
                self.listen
            )));
        }
        self.log();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::Outside(format!("The service can't start: {e}.")))?;
        runtime.block_on(self.serve())?;
        Ok(Outcome::Done)
    }

    async fn serve(&self) -> Result<(), Failure> {
        let fault = |what: &'static str| move |e: std::io::Error| Failure::Outside(format!("{what}: {e}."));
        let mut signals = Signals::listen().map_err(fault("Signals can't be listened to"))?;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let limits = Limits::of_workers(self.workers.map_or(cores, usize::from));
        let jobs = Jobs::start(limits, Arc::new(search::solve)).map_err(fault("Worker threads can't start"))?;
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|e| Failure::Outside(format!("{} can't be listened on: {e}.", self.listen)))?;
        let address = listener.local_addr().map_err(fault("The address can't be told"))?;
        let app = Arc::new(App::new(jobs));
        tracing::warn!("no keys: every request from this machine is allowed");
        tracing::info!(workers = limits.workers, "listening on http://{address}");
        let closing = || async {
            tracing::info!("ending: running solves stop and keep their best");
            let app = app.clone();
            let closed = tokio::task::spawn_blocking(move || app.jobs().close(FAREWELL)).await;
            if closed.is_err() {
                tracing::error!("the solves could not be stopped");
            }
        };
        http::server::serve(listener, http::router(app.clone()), signals.next(), closing).await;
        tracing::info!("ended");
        Ok(())
    }

    fn log(&self) {
        let filter = tracing_subscriber::EnvFilter::try_from_default_env()
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
        match self.log {
            LogForm::Text => log.with_ansi(console::colors_enabled_stderr()).init(),
            LogForm::Json => log.json().init(),
        }
    }
}
