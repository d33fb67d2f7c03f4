//! How much is run, waits and is kept at once.

/// Bounds on the solves of a process. Bytes are those of the requests.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Solves at once.
    pub workers: usize,
    /// Solves that wait.
    pub waiting: usize,
    /// Bytes of the solves that wait.
    pub waiting_bytes: usize,
    /// Ended solves that are kept.
    pub kept: usize,
    /// Bytes of the ended solves that are kept; the latest is kept whatever its size.
    pub kept_bytes: usize,
}

impl Limits {
    /// The limits of a service with so many workers.
    pub fn of_workers(workers: usize) -> Self {
        Limits { workers, waiting: 100, waiting_bytes: 128 << 20, kept: 500, kept_bytes: 128 << 20 }
    }
}
