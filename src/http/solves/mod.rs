//! `/v1/solves`: solves that run beside the service.

mod calendar;
pub mod events;
pub mod prefer;
pub mod request;
pub mod view;

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use careweave_solver::problem::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use self::{request::SolveRequest, view::SolveView};
use super::{App, Error, caller::Caller, error::ProblemDetails, params::Params};
use crate::{
    failure::Failure,
    jobs::{New, Solve},
    programs,
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(get, delete))
        .routes(routes!(calendar::get))
        .routes(routes!(events::get))
}

/// Time that a stopped solve gets to end before its `DELETE` is answered.
pub const FAREWELL: Duration = Duration::from_secs(2);

/// The caller's solve of a path.
async fn find(app: &App, caller: &Caller, id: &str) -> Result<Solve, Error> {
    of_kind(app, caller, request::KIND, id).await
}

/// The caller's solve, or what else runs, of this kind and id.
pub async fn of_kind(app: &App, caller: &Caller, kind: &str, id: &str) -> Result<Solve, Error> {
    let missing = || Error::NotFound("There is nothing with this id; what has ended is kept for a while only.");
    let id = id.parse::<Uuid>().map_err(|_| missing())?;
    app.jobs.get(&caller.tenant, id).await?.filter(|solve| solve.kind == kind).ok_or_else(missing)
}

/// Solves a week beside the service.
///
/// `Prefer: wait=20` answers 200 with the finished solve if it ends in time. An `Idempotency-Key` makes a repeat the same
/// solve.
#[utoipa::path(
    post, path = "/v1/solves", operation_id = "submit_solve", tag = "solves", request_body = SolveRequest,
    params(
        ("Prefer" = Option<String>, Header, description = "`wait=SECONDS`, at most 600"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible characters; a repeat with the same key and body is the same solve"),
        ("Priority" = Option<String>, Header, description = "`u=0` (first) to `u=7` (last), RFC 9218; 3 by default, 2 with `Prefer: wait`"),
    ),
    responses(
        (status = 200, description = "The solve has ended within the wait", body = SolveView,
            headers(("Preference-Applied" = String, description = "The wait that was granted"))),
        (status = 202, description = "The solve is queued", body = SolveView,
            headers(("Location" = String, description = "Where the solve is"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "The `Idempotency-Key` came with another body before (`idempotency-key-reused`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid, all errors at once; or the pins contradict the hard rules", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "The queue is full", body = ProblemDetails, content_type = "application/problem+json",
            headers(("Retry-After" = String, description = "Seconds"))),
    )
)]
async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let once = once(&headers, "/v1/solves", &body.bytes)?;
    if let Some(answer) = repeated(&app, &caller, &headers, once.as_ref()).await? {
        return Ok(answer);
    }
    let body = app.cpu.run(move || request::read(&body.bytes).map(|_| body)).await?;
    submit(&app, &caller, &headers, body.bytes, None, once).await
}

/// The answer to a request that is a repeat.
pub async fn repeated(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    once: Option<&(String, String)>,
) -> Result<Option<Response>, Error> {
    let Some((key, fingerprint)) = once else { return Ok(None) };
    match app.jobs.repeated(&caller.tenant, key, fingerprint).await? {
        Some(solve) => Ok(Some(answer(app, caller, headers, solve).await?)),
        None => Ok(None),
    }
}

/// Queues a request that was found valid, and answers as `POST /v1/solves`.
pub async fn submit(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    body: Vec<u8>,
    of_week: Option<(String, Date)>,
    once: Option<(String, String)>,
) -> Result<Response, Error> {
    let priority = prefer::priority(headers);
    let week = of_week.as_ref().map(|(program, date)| (program.clone(), date.to_string()));
    let new = New { tenant: caller.tenant.clone(), kind: request::KIND, body, priority, week, once };
    let solve = app.jobs.submit(new).await?;
    // Inside the request's span: from here on the log knows the one by the other.
    tracing::info!(solve = %solve.id, "solve is queued");
    if let Some((program, date)) = of_week {
        let key = programs::Key { tenant: &caller.tenant, program: &program, date };
        programs::solving(app.jobs.store(), key, &solve.id.to_string()).await?;
    }
    answer(app, caller, headers, solve).await
}

/// The `Idempotency-Key` of a request, with what the request is.
pub fn once(headers: &HeaderMap, route: &str, body: &[u8]) -> Result<Option<(String, String)>, Error> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().filter(|k| (1..=255).contains(&k.len()) && k.bytes().all(|b| b.is_ascii_graphic()));
    let Some(key) = key else {
        return Err(Error::InvalidQuery("An `Idempotency-Key` has 1 to 255 visible ASCII characters.".into()));
    };
    let fingerprint = Sha256::new().chain_update(route).chain_update([0]).chain_update(body).finalize();
    Ok(Some((key.to_owned(), format!("{fingerprint:x}"))))
}

async fn answer(app: &App, caller: &Caller, headers: &HeaderMap, mut solve: Solve) -> Result<Response, Error> {
    let id = solve.id;
    if let Some(wait) = prefer::wait(headers) {
        let ended = app.jobs.wait(&caller.tenant, id, wait).await?;
        solve = ended.ok_or(Error::NotFound("The solve was erased while it was waited for."))?;
    }
    let ended = solve.state.ended();
    Ok(accepted(headers, &format!("/v1/solves/{id}"), ended, Json(SolveView::from(solve)).into_response()))
}

/// The answer to what was queued, where it now is: 202, or 200 where its end was waited for.
pub fn accepted(headers: &HeaderMap, location: &str, ended: bool, mut response: Response) -> Response {
    let wait = prefer::wait(headers);
    *response.status_mut() = if wait.is_some() && ended { StatusCode::OK } else { StatusCode::ACCEPTED };
    let told = response.headers_mut();
    if let Ok(location) = HeaderValue::from_str(location) {
        told.insert(header::LOCATION, location);
    }
    if let Some(Ok(applied)) = wait.map(|w| HeaderValue::from_str(&format!("wait={}", w.as_secs()))) {
        told.insert("preference-applied", applied);
    }
    response
}

/// How far a solve is.
#[utoipa::path(
    get, path = "/v1/solves/{id}", operation_id = "get_solve", tag = "solves", params(("id" = String, Path, description = "Id of the solve")),
    responses(
        (status = 200, description = "The solve, without its calendar", body = SolveView),
        (status = 404, description = "No such solve", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Json<SolveView>, Error> {
    Ok(Json(find(&app, &caller, &id).await?.into()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Erase {
    /// Whether problem, calendar and progress are removed, too
    #[serde(default)]
    pub erase: bool,
}

/// Stops a solve and keeps its best calendar.
#[utoipa::path(
    delete, path = "/v1/solves/{id}", operation_id = "stop_solve", tag = "solves",
    params(("id" = String, Path, description = "Id of the solve"), Erase),
    responses(
        (status = 200, description = "It has ended", body = SolveView),
        (status = 202, description = "It was told to end", body = SolveView),
        (status = 204, description = "It is erased"),
        (status = 404, description = "No such solve", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Params(Erase { erase }): Params<Erase>,
) -> Result<Response, Error> {
    let solve = find(&app, &caller, &id).await?;
    if erase {
        app.jobs.erase(solve.id).await?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    app.jobs.stop(solve.id).await?;
    let solve = app.jobs.wait(&caller.tenant, solve.id, FAREWELL).await?;
    let solve = solve.ok_or(Failure::Internal("The solve is gone.".into()))?;
    let status = if solve.state.ended() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(SolveView::from(solve))).into_response())
}
