//! `…/participants/{id}/records`: everything that is kept about a participant, given out or erased; `…/names`: whom ids stand for.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{App, Error, caller::Caller, error::ProblemDetails};
use crate::programs::{self, records::Named};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get, erase)).routes(routes!(names))
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

/// Whom the ids of a programme stand for.
#[derive(Serialize, ToSchema)]
struct Names {
    /// Those who have a record with a name, by id.
    items: Vec<Named>,
}

/// Whom ids stand for: initials and names, of each participant whose record has a name.
#[utoipa::path(
    get, path = "/v1/programs/{program}/names", operation_id = "get_names", tag = "programs",
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 200, description = "The names", body = Names),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn names(State(app): State<Arc<App>>, caller: Caller, Path(program): Path<String>) -> Result<Json<Names>, Error> {
    let store = app.jobs.store();
    programs::get_program(store, &caller.tenant, &program).await?;
    Ok(Json(Names { items: programs::records::names(store, &caller.tenant, &program).await? }))
}
