//! Work that takes the processor (parsing, validating, judging): off the threads that serve, few at once.

use std::{sync::Arc, thread};

use tokio::sync::Semaphore;

use super::Error;
use crate::failure::Failure;

/// As many at once as there are cores.
pub struct Cpu(Arc<Semaphore>);

impl Default for Cpu {
    fn default() -> Self {
        Cpu(Arc::new(Semaphore::new(thread::available_parallelism().map_or(1, usize::from))))
    }
}

impl Cpu {
    /// Runs `work` once there is room; a panic in it is an internal fault.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Error> {
        let fault = || Failure::Internal("The request could not be worked on.".into());
        let room = self.0.clone().acquire_owned().await.map_err(|_| fault())?;
        let done = tokio::task::spawn_blocking(move || {
            let _room = room;
            work()
        });
        Ok(done.await.map_err(|_| fault())??)
    }
}
