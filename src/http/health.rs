//! `/healthz`: whether the service lives; `/readyz`: whether it serves; `/metrics`: how it does.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{App, Error, error::ProblemDetails};
use crate::store::args;

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// Time that the database gets to show that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize, ToSchema)]
struct Health {
    /// Always `ok`: who can't answer is not asked.
    status: &'static str,
    /// Version of Careweave.
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Whether the service lives.
#[utoipa::path(get, path = "/healthz", operation_id = "health", tag = "service", responses((status = 200, description = "It does", body = Health)))]
async fn healthz() -> Json<Health> {
    Json(OK)
}

/// What `/healthz` says before there is anything else.
pub async fn alive() -> Response {
    Json(OK).into_response()
}

/// Whether the service serves: not while it migrates its database, can't reach it, or is about to end.
#[utoipa::path(
    get, path = "/readyz", operation_id = "ready", tag = "service",
    responses(
        (status = 200, description = "It does", body = Health),
        (status = 503, description = "It does not, for now", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn readyz(State(app): State<Arc<App>>) -> Result<Json<Health>, Error> {
    let asked = app.jobs.store().read("SELECT version FROM versions", args![]);
    let there = tokio::time::timeout(PATIENCE, asked).await.is_ok_and(|answer| answer.is_ok());
    if there && !app.is_draining() { Ok(Json(OK)) } else { Err(Error::NotReady) }
}

/// How the service does, for Prometheus: counts and times, nothing of anybody.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "service", responses((status = 200, description = "Prometheus' text format", body = String, content_type = "text/plain")))]
async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Error> {
    let text = app.metrics.text(&app.jobs).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
