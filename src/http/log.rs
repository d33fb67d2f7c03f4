//! A line for each request: its id, method, route, status, time. Never a query string, a body or a header.

use std::time::Instant as Moment;

use axum::{
    extract::{MatchedPath, Request},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use opentelemetry::trace::FutureExt;
use tracing::Instrument;
use uuid::Uuid;

use crate::traces;

/// Gives a request an id, logs it, and answers with the id in `X-Request-Id`.
pub async fn each_request(request: Request, next: Next) -> Response {
    let id = Uuid::new_v4();
    let begun = Moment::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-".to_owned(), |p| p.as_str().to_owned());
    let span = tracing::info_span!("request", %id);
    let trace = traces::request(request.headers(), id, method.as_str(), &route);
    let mut response = next.run(request).instrument(span.clone()).with_context(trace.clone()).await;
    let milliseconds = begun.elapsed().as_millis() as u64;
    let status = response.status().as_u16();
    traces::outcome(&trace, "http.response.status_code", i64::from(status));
    span.in_scope(|| tracing::info!(%method, route, status, milliseconds, "answered"));
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}
