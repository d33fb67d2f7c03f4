//! `…/participants/{id}/records`: everything that is kept about a participant, given out or erased.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{App, Error, caller::Caller, error::ProblemDetails};
use crate::programs;

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get, erase))
}

/// Everything that is kept about a participant.
#[utoipa::path(
    get, path = "/v1/programs/{program}/participants/{id}/records", operation_id = "get_records", tag = "programs",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the participant")),
    responses(
        (status = 200, description = "The `participant`; the sessions of `weeks` and of what was `published`, without others in them", body = Value),
        (status = 404, description = "No such participant or programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<Json<Value>, Error> {
    Ok(Json(programs::record(app.jobs.store(), &caller.tenant, &program, &id).await?))
}

/// Erases everything that is kept about a participant, in every week and version.
///
/// The programme's solves are forgotten; what is known of the others stays. The audit keeps the ids of who asked for what.
#[utoipa::path(
    delete, path = "/v1/programs/{program}/participants/{id}/records", operation_id = "erase_records", tag = "programs",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the participant")),
    responses(
        (status = 204, description = "Nothing is kept any more"),
        (status = 404, description = "No such participant or programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn erase(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    programs::erase(app.jobs.store(), &caller.tenant, &program, &id).await?;
    app.compiled.forget(&caller.tenant);
    Ok(StatusCode::NO_CONTENT)
}
