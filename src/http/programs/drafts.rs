//! `…/weeks/{date}/draft`: a draft edited by hand, checked at once; `…/undo`, `…/redo`: its history.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use careweave_solver::{
    problem::GivenCalendar,
    rules::{CheckReport, Violation},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{App, Error, caller::Caller, error::ProblemDetails},
    weeks::WeekCalendar,
};
use crate::programs::{self, Step};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(put)).routes(routes!(undo)).routes(routes!(redo))
}

/// A draft, and what the rules say of it.
#[derive(Serialize, ToSchema)]
struct DraftView {
    /// The draft as it was put; what was left out of a session is derived.
    #[schema(value_type = WeekCalendar)]
    draft: Value,
    /// Whether it breaks no hard rule.
    feasible: bool,
    /// The hard rules that it breaks.
    violations: Vec<Violation>,
    /// What it costs.
    objective: u64,
    /// What it costs more than the draft, or else the publication, that was there; null where there was neither.
    cost_difference: Option<i64>,
    /// All of that as `/v1/check` says it.
    check: CheckReport,
}

/// Puts a draft by hand; it may break rules, and the answer says which.
///
/// The draft before stays in the history: `…/undo` brings it back.
#[utoipa::path(
    put, path = "/v1/programs/{program}/weeks/{date}/draft", operation_id = "put_draft", tag = "weeks", request_body = GivenCalendar,
    params(
        ("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"),
        ("If-Match" = Option<String>, Header, description = "The state that was seen"),
    ),
    responses(
        (status = 200, description = "The draft, and what the rules say of it", body = DraftView, headers(("ETag" = String, description = "State of the week's draft and versions"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "The week is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let key = super::key(&caller, &program, &date)?;
    let (store, compiled) = (app.jobs.store(), app.compiled.clone());
    let done = programs::draft(store, compiled, key, &super::seen(&headers), &caller.actor, body.bytes).await?;
    let (check, cost_difference) = (done.check, done.cost_difference);
    let (feasible, violations, objective) = (check.feasible, check.violations.clone(), check.objective);
    let view = DraftView { draft: done.draft, feasible, violations, objective, cost_difference, check };
    Ok(([super::etag(done.revision)], Json(view)).into_response())
}

/// A draft after a step back or forth.
#[derive(Serialize, ToSchema)]
pub(super) struct StepView {
    /// The draft as it is now; null before the first.
    #[schema(value_type = Option<WeekCalendar>)]
    pub draft: Option<Value>,
}

async fn step(
    app: &App,
    caller: &Caller,
    (program, date): (String, String),
    headers: &HeaderMap,
    step: Step,
) -> Result<Response, Error> {
    let key = super::key(caller, &program, &date)?;
    let (revision, draft) = programs::step(app.jobs.store(), key, &super::seen(headers), step).await?;
    Ok(([super::etag(revision)], Json(StepView { draft })).into_response())
}

/// Takes the last change of the draft back, a person's or a solve's.
#[utoipa::path(
    post, path = "/v1/programs/{program}/weeks/{date}/undo", operation_id = "undo_draft", tag = "weeks",
    params(
        ("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"),
        ("If-Match" = Option<String>, Header, description = "The state that was seen"),
    ),
    responses(
        (status = 200, description = "The draft before", body = StepView, headers(("ETag" = String, description = "State of the week's draft and versions"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "There is none before (`nothing-to-undo`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "The week is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn undo(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(week): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    step(&app, &caller, week, &headers, Step::Undo).await
}

/// Does again what was taken back last.
#[utoipa::path(
    post, path = "/v1/programs/{program}/weeks/{date}/redo", operation_id = "redo_draft", tag = "weeks",
    params(
        ("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"),
        ("If-Match" = Option<String>, Header, description = "The state that was seen"),
    ),
    responses(
        (status = 200, description = "The draft after", body = StepView, headers(("ETag" = String, description = "State of the week's draft and versions"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Nothing was taken back (`nothing-to-redo`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "The week is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn redo(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(week): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    step(&app, &caller, week, &headers, Step::Redo).await
}
