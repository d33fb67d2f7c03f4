//! How long a request may take. Streams are bounded until they begin, and a `Prefer: wait` gets its wait on top.

use std::time::Duration;

use axum::{extract::Request, middleware::Next, response::Response};

use super::{Error, solves::prefer};

/// Time for reading, working and answering.
const PATIENCE: Duration = Duration::from_secs(120);

/// Ends a request that takes too long.
pub async fn in_time(request: Request, next: Next) -> Result<Response, Error> {
    let patience = PATIENCE + prefer::wait(request.headers()).unwrap_or_default();
    tokio::time::timeout(patience, next.run(request)).await.map_err(|_| Error::Timeout)
}
