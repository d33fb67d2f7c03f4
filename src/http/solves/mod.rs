//! `/v1/solves`: solves that run beside the service.

mod calendar;
mod events;
pub mod prefer;
mod request;
mod view;

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::{request::SolveRequest, view::SolveView};
use super::{App, Error, error::ProblemDetails, params::Params};
use crate::jobs::Solve;

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(get, delete))
        .routes(routes!(calendar::get))
        .routes(routes!(events::get))
}

/// Time that a stopped solve gets to end before its `DELETE` is answered.
const FAREWELL: Duration = Duration::from_secs(2);

/// The solve of a path.
fn find(app: &App, id: &str) -> Result<Arc<Solve>, Error> {
    id.parse()
        .ok()
        .and_then(|id| app.jobs.get(id))
        .ok_or(Error::NotFound("There is no such solve; ended ones are kept for a while only."))
}

/// Waits until a solve has ended.
async fn ended(solve: &Solve) {
    // The sender lives in the solve, which is borrowed: the wait can't fail.
    let _ = solve.watch().wait_for(|s| s.state.ended()).await;
}

/// Solves a week beside the service.
///
/// `Prefer: wait=20` answers 200 with the finished solve if it ends in time.
#[utoipa::path(
    post, path = "/v1/solves", operation_id = "submit_solve", tag = "solves", request_body = SolveRequest,
    params(("Prefer" = Option<String>, Header, description = "`wait=SECONDS`, at most 600")),
    responses(
        (status = 200, description = "The solve has ended within the wait", body = SolveView,
            headers(("Preference-Applied" = String, description = "The wait that was granted"))),
        (status = 202, description = "The solve is queued", body = SolveView,
            headers(("Location" = String, description = "Where the solve is"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid, all errors at once; or the pins contradict the hard rules", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "The queue is full", body = ProblemDetails, content_type = "application/problem+json",
            headers(("Retry-After" = String, description = "Seconds"))),
    )
)]
async fn create(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let request = app.cpu.run(move || request::read(&body.bytes)).await?;
    let solve = app.jobs.submit(request).map_err(|_| Error::QueueFull)?;
    let wait = prefer::wait(&headers);
    if let Some(wait) = wait {
        // What counts is whether it has ended, not which of the two came first.
        let _ = tokio::time::timeout(wait, ended(&solve)).await;
    }
    let snapshot = solve.snapshot();
    let status = if wait.is_some() && snapshot.state.ended() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let mut response = (status, Json(SolveView::of(&solve, &snapshot))).into_response();
    let told = response.headers_mut();
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/solves/{}", solve.id)) {
        told.insert(header::LOCATION, location);
    }
    if let Some(Ok(applied)) = wait.map(|w| HeaderValue::from_str(&format!("wait={}", w.as_secs()))) {
        told.insert("preference-applied", applied);
    }
    Ok(response)
}

/// How far a solve is.
#[utoipa::path(
    get, path = "/v1/solves/{id}", operation_id = "get_solve", tag = "solves", params(("id" = String, Path, description = "Id of the solve")),
    responses(
        (status = 200, description = "The solve, without its calendar", body = SolveView),
        (status = 404, description = "No such solve", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<SolveView>, Error> {
    let solve = find(&app, &id)?;
    Ok(Json(SolveView::of(&solve, &solve.snapshot())))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Erase {
    /// Whether problem, calendar and progress are removed, too
    #[serde(default)]
    erase: bool,
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
    Path(id): Path<String>,
    Params(Erase { erase }): Params<Erase>,
) -> Result<Response, Error> {
    let solve = find(&app, &id)?;
    if erase {
        app.jobs.erase(&solve);
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    app.jobs.stop(&solve);
    let _ = tokio::time::timeout(FAREWELL, ended(&solve)).await;
    let snapshot = solve.snapshot();
    let status = if snapshot.state.ended() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(SolveView::of(&solve, &snapshot))).into_response())
}
