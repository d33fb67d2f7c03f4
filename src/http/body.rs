//! Request bodies: bounded one by one, in time, and all together.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Error;
use crate::failure::Failure;

/// Most bytes of one body.
const LARGEST: usize = 64 << 20;
/// Most bytes of all bodies that are being read or parsed, in KiB.
const ALL_KIB: usize = 256 << 10;
/// Time to send a body.
const PATIENCE: Duration = Duration::from_secs(60);

/// The memory that bodies may take together.
pub struct Bodies(Arc<Semaphore>);

impl Default for Bodies {
    fn default() -> Self {
        Bodies(Arc::new(Semaphore::new(ALL_KIB)))
    }
}

/// A body in memory; dropping it makes room for others.
pub struct Read {
    pub bytes: Vec<u8>,
    _room: OwnedSemaphorePermit,
}

impl Bodies {
    /// Reads a body whole.
    pub async fn read(&self, body: Body) -> Result<Read, Error> {
        tokio::time::timeout(PATIENCE, self.collect(body)).await.unwrap_or(Err(Error::Timeout))
    }

    async fn collect(&self, mut body: Body) -> Result<Read, Error> {
        let mut room = self.0.clone().try_acquire_many_owned(0).map_err(|_| Error::Busy)?;
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|e| Failure::Syntax {
                document: crate::failure::Document::Request,
                line: 0,
                column: 0,
                detail: format!("the body ended early: {e}"),
            })?;
            let Ok(data) = frame.into_data() else { continue };
            if bytes.len() + data.len() > LARGEST {
                return Err(Failure::TooLarge(format!("The body is larger than {} MiB.", LARGEST >> 20)).into());
            }
            let kib = (bytes.len() + data.len()).div_ceil(1 << 10) - room.num_permits();
            let more = self.0.clone().try_acquire_many_owned(kib as u32).map_err(|_| Error::Busy)?;
            room.merge(more);
            bytes.extend_from_slice(&data);
        }
        Ok(Read { bytes, _room: room })
    }
}
