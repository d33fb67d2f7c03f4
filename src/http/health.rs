//! `/healthz`: whether the service lives; `/`: where to go from here.

use std::sync::Arc;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::App;

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(start))
}

#[derive(Serialize, ToSchema)]
struct Health {
    /// Always `ok`: who can't answer is not asked.
    status: &'static str,
    /// Version of Careweave.
    version: &'static str,
}

/// Whether the service lives.
#[utoipa::path(get, path = "/healthz", operation_id = "health", tag = "service", responses((status = 200, description = "It does", body = Health)))]
async fn healthz() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Where to go from here.
#[utoipa::path(get, path = "/", operation_id = "start", tag = "service", responses((status = 200, description = "A few lines of text", body = String)))]
async fn start() -> &'static str {
    concat!(
        "Careweave ",
        env!("CARGO_PKG_VERSION"),
        ": the weekly schedule of an intensive outpatient programme.\n",
        "POST a problem to /v1/solves; /openapi.json says all of it.\n"
    )
}
