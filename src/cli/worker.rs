//! `careweave worker`: solves jobs of a shared database.

use std::time::Duration;

use careweave_solver::search;
use clap::Args;

use super::{Outcome, service};
use crate::{
    delivery::Delivery, failure::Failure, http::solves::request::runner, jobs::Jobs, signals::Signals, store::Store,
};

/// Solve jobs of a shared database, on any number of machines
///
/// Ctrl-C and SIGTERM end it: what it solves is handed on to another worker, with the best calendar so far.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  careweave worker --database postgres://careweave@db.example/careweave
  careweave worker --database postgres://careweave@db.example/careweave --workers 8 --log json")]
pub struct Worker {
    #[command(flatten)]
    shared: service::Shared,
}

/// Time that running solves get to be handed on.
const FAREWELL: Duration = Duration::from_secs(10);

impl Worker {
    pub fn run(self) -> Result<Outcome, Failure> {
        self.shared.log();
        let work = async {
            let fault = |e: std::io::Error| Failure::Outside(format!("Signals can't be listened to: {e}."));
            let mut signals = Signals::listen().map_err(fault)?;
            let limits = self.shared.limits();
            let store = Store::open(&self.shared.address()?).await?;
            let delivery = Delivery::start(store.clone(), self.shared.outbound()?);
            let jobs = Jobs::start(store, limits, runner(search::solve));
            tracing::info!(workers = limits.workers, "working");
            signals.next().await;
            tracing::info!("ending: running solves are handed on with their best");
            jobs.close(FAREWELL).await;
            delivery.close(FAREWELL).await;
            tracing::info!("ended");
            Ok::<_, Failure>(Outcome::Done)
        };
        service::runtime()?.block_on(self.shared.traced("careweave-worker", work))
    }
}
