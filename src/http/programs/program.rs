//! `/v1/programs`, `/v1/programs/{program}`: programmes themselves.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use careweave_solver::problem::{Travel, Weights};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{
    App, Error,
    caller::Caller,
    error::ProblemDetails,
    params::{self, Params},
};
use crate::programs::{self, Program};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, put, patch, delete))
}

/// A programme: what its weeks have in common beside their entities.
#[derive(Serialize, ToSchema)]
#[schema(as = Program)]
#[allow(dead_code, reason = "describes what is kept as it came")]
struct ProgramView {
    /// Its id, which the client chooses.
    #[schema(pattern = r"^[A-Za-z0-9._:-]{1,64}$")]
    id: String,
    /// Its name.
    #[schema(min_length = 1, max_length = 1000)]
    name: String,
    /// Starts are multiples of this past local midnight; 15 by default.
    grid_minutes: Option<u32>,
    /// How long it takes from site to site.
    travel: Option<Travel>,
    /// Pairs of attributes that never meet.
    separate: Option<Vec<Vec<String>>>,
    /// Weights of the penalties.
    weights: Option<Weights>,
}

/// Some of a list.
#[derive(Serialize, ToSchema)]
struct ProgramPage {
    /// The programmes, by id.
    #[schema(value_type = Vec<ProgramView>)]
    items: Vec<Value>,
    /// What `cursor` gives the rest; null at the end.
    next: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Paging {
    /// How many, at most 1000; 100 by default
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// Where the page before said that this one begins
    cursor: Option<String>,
}

/// The tenant's programmes.
#[utoipa::path(
    get, path = "/v1/programs", operation_id = "list_programs", tag = "programs", params(Paging),
    responses(
        (status = 200, description = "Programmes, by id", body = ProgramPage),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(Paging { limit, cursor }): Params<Paging>,
) -> Result<Json<ProgramPage>, Error> {
    let limit = params::limit(limit)?;
    let after = cursor.unwrap_or_default();
    let mut found = programs::list(app.jobs.store(), &caller.tenant, &after, limit + 1).await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|p| p.id.clone());
    Ok(Json(ProgramPage { items: found.iter().map(Program::view).collect(), next }))
}

/// Makes a programme; the client chooses its id.
#[utoipa::path(
    post, path = "/v1/programs", operation_id = "create_program", tag = "programs", request_body = ProgramView,
    responses(
        (status = 201, description = "It is made", body = ProgramView, headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "Its state"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "It is there already (`already-exists`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn create(State(app): State<Arc<App>>, caller: Caller, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let program = programs::create(app.jobs.store(), &caller.tenant, &super::value(&body.bytes)?).await?;
    Ok(made(&program, true))
}

fn made(program: &Program, created: bool) -> Response {
    let body = Json(program.view());
    let etag = super::etag(program.revision);
    if created {
        let location = (header::LOCATION, format!("/v1/programs/{}", program.id));
        return (StatusCode::CREATED, [etag], [location], body).into_response();
    }
    ([etag], body).into_response()
}

/// A programme.
#[utoipa::path(
    get, path = "/v1/programs/{program}", operation_id = "get_program", tag = "programs",
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 200, description = "The programme", body = ProgramView, headers(("ETag" = String, description = "Its state"))),
        (status = 304, description = "It is as `If-None-Match` says"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let program = programs::get_program(app.jobs.store(), &caller.tenant, &id).await?;
    if super::unchanged(&headers, program.revision) {
        return Ok((StatusCode::NOT_MODIFIED, [super::etag(program.revision)]).into_response());
    }
    Ok(made(&program, false))
}

/// Puts a programme's name and defaults, or makes it.
#[utoipa::path(
    put, path = "/v1/programs/{program}", operation_id = "put_program", tag = "programs", request_body = ProgramView,
    params(("program" = String, Path, description = "Id of the programme"), ("If-Match" = Option<String>, Header, description = "The state that was seen")),
    responses(
        (status = 200, description = "It is so", body = ProgramView, headers(("ETag" = String, description = "Its state"))),
        (status = 201, description = "It is made", body = ProgramView, headers(("ETag" = String, description = "Its state"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "It is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let (store, seen) = (app.jobs.store(), super::seen(&headers));
    let key = (&*caller.tenant, &*id);
    let (program, created) = programs::update(store, key, &seen, false, super::value(&body.bytes)).await?;
    Ok(made(&program, created))
}

/// Changes a programme by a merge patch (RFC 7396).
#[utoipa::path(
    patch, path = "/v1/programs/{program}", operation_id = "patch_program", tag = "programs",
    request_body(content((Value = "application/merge-patch+json"), (Value = "application/json"))),
    params(("program" = String, Path, description = "Id of the programme"), ("If-Match" = Option<String>, Header, description = "The state that was seen")),
    responses(
        (status = 200, description = "It is so", body = ProgramView, headers(("ETag" = String, description = "Its state"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "It is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 415, description = "Not a merge patch", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn patch(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    super::is_merge_patch(&headers)?;
    let body = app.bodies.read(body).await?;
    let (store, seen) = (app.jobs.store(), super::seen(&headers));
    let key = (&*caller.tenant, &*id);
    let (program, _) = programs::update(store, key, &seen, true, super::value(&body.bytes)).await?;
    Ok(made(&program, false))
}

/// Removes a programme with everything in it: entities, weeks, solves.
#[utoipa::path(
    delete, path = "/v1/programs/{program}", operation_id = "delete_program", tag = "programs",
    params(("program" = String, Path, description = "Id of the programme"), ("If-Match" = Option<String>, Header, description = "The state that was seen")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "It is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    programs::delete(app.jobs.store(), &caller.tenant, &id, &super::seen(&headers)).await?;
    Ok(StatusCode::NO_CONTENT)
}
