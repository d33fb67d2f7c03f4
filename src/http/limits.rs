//! How long a request may take. Streams are bounded until they begin, and a `Prefer: wait` gets its wait on top.

use std::time::Duration;

use axum::{extract::Request, http::HeaderMap, middleware::Next, response::Response};

use super::{Error, solves::prefer};

/// Time for reading, working and answering.
const PATIENCE: Duration = Duration::from_secs(120);

/// Ends a request that takes too long.
pub async fn in_time(request: Request, next: Next) -> Result<Response, Error> {
    let patience = patience(request.headers());
    within(patience, request, next).await
}

fn patience(headers: &HeaderMap) -> Duration {
    PATIENCE + prefer::wait(headers).unwrap_or_default()
}

async fn within(patience: Duration, request: Request, next: Next) -> Result<Response, Error> {
    tokio::time::timeout(patience, next.run(request)).await.map_err(|_| Error::Timeout)
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::StatusCode, middleware, routing::get};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_request_that_is_not_answered_in_time_is_told_so() {
        let short = Duration::from_millis(100);
        let service = Router::new()
            .route("/soon", get(|| async { "answered" }))
            .route("/never", get(|| tokio::time::sleep(Duration::MAX)))
            .layer(middleware::from_fn(move |request, next| within(short, request, next)));
        let status = async |uri: &str| {
            let request = Request::builder().uri(uri).body(Body::empty()).unwrap();
            service.clone().oneshot(request).await.unwrap().status()
        };
        assert_eq!(status("/soon").await, StatusCode::OK);
        assert_eq!(status("/never").await, StatusCode::REQUEST_TIMEOUT);
    }

    #[test]
    fn a_wait_that_was_asked_for_comes_on_top() {
        let mut headers = HeaderMap::new();
        assert_eq!(patience(&headers), PATIENCE);
        headers.insert("prefer", "wait=20".parse().unwrap());
        assert_eq!(patience(&headers), PATIENCE + Duration::from_secs(20));
    }
}
