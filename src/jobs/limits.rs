//! How much runs, waits and is kept, and when a worker counts as gone.

use std::time::Duration;

/// Bounds on the solves of a process.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Solves at once in this process.
    pub workers: usize,
    /// Solves that wait, of all tenants.
    pub waiting: i64,
    /// Bytes of the requests that wait, of all tenants.
    pub waiting_bytes: i64,
    /// A running solve whose row nobody has touched for so long is given to another worker.
    pub lease: Duration,
    /// Workers that a solve may lose before it counts as the cause.
    pub losses: i64,
    /// Ended solves that belong to no programme are forgotten after this.
    pub keep: Duration,
}

impl Limits {
    /// The limits of a service with so many workers.
    pub fn of_workers(workers: usize) -> Self {
        Limits {
            workers,
            waiting: 1000,
            waiting_bytes: 1 << 30,
            lease: Duration::from_secs(15),
            losses: 3,
            keep: Duration::from_secs(30 * 24 * 3600),
        }
    }
}
