//! Threads that solve, apart from those that serve. A solve that panics fails; its worker goes on.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::{self, JoinHandle},
};

use careweave_solver::{
    calendar::Calendar,
    instance::Instance,
    search::{Options, SolveError, Stop, Watcher},
};

use super::{Kept, queue::Queue, solve::Solve};
use crate::failure::Failure;

/// What solves: the solver's own `solve`, or a test's.
pub type Solver = dyn Fn(&Arc<Instance>, &Options, &dyn Watcher, &Stop) -> Result<Calendar, SolveError> + Send + Sync;

/// Starts a worker; it ends when the queue is closed.
pub fn start(n: usize, queue: Arc<dyn Queue>, kept: Arc<Kept>, solver: Arc<Solver>) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new().name(format!("solver-{n}")).spawn(move || {
        while let Some(solve) = queue.take() {
            run(&solve, &solver);
            kept.retire(solve.id);
        }
    })
}

fn run(solve: &Arc<Solve>, solver: &Arc<Solver>) {
    let Some((instance, options)) = solve.begin() else { return };
    tracing::info!(solve = %solve.id, bytes = solve.bytes, "solve begins");
    let result = catch_unwind(AssertUnwindSafe(|| solver(&instance, &options, &**solve, &solve.stop)));
    let result = match result {
        Ok(result) => result.map_err(Failure::from),
        Err(_) => Err(Failure::Internal("The search ended unexpectedly; another seed may help.".into())),
    };
    match &result {
        Ok(c) => {
            tracing::info!(solve = %solve.id, objective = c.objective, bound = c.bound, seconds = c.seconds, "solve ends");
        }
        Err(failure) => tracing::error!(solve = %solve.id, code = failure.code(), "solve fails"),
    }
    solve.end(result);
}
