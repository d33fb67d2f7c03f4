//! `/v1/check`: what the rules say of a calendar.

use std::sync::Arc;

use axum::{body::Body, extract::State, response::Response};
use careweave_solver::{
    problem::{self, GivenCalendar, Problem},
    rules,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, Error,
    asked::{Asked, answer},
    caller::Caller,
    error::ProblemDetails,
    json::{Findings, Reading},
};
use crate::failure::{Document, Failure};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(check))
}

/// A problem and any calendar of its week.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct CheckRequest {
    /// The problem.
    problem: Problem,
    /// The calendar: Careweave's or a person's.
    calendar: GivenCalendar,
}

/// What `careweave check` prints.
#[utoipa::path(
    post, path = "/v1/check", operation_id = "check", tag = "check", request_body = CheckRequest,
    responses(
        (status = 200, description = "Every hard rule that the calendar breaks, and what it costs", body = rules::CheckReport),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn check(State(app): State<Arc<App>>, caller: Caller, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let compiled = app.compiled.clone();
    answer(&app, move || {
        let (tenant, members) = (&caller.tenant, ["problem", "calendar"]);
        let mut reading = Reading::body(&body.bytes, &members)?;
        let (problem, calendar) = (reading.required("problem"), reading.required("calendar"));
        let text = problem.map_or("", |problem| problem.get());
        // A problem that is known was valid; then only the calendar is read.
        if let Some(calendar) = calendar.filter(|_| compiled.knows(tenant, text))
            && reading.faults().is_empty()
            && let Some(sessions) = Findings::default().calendar("/calendar", calendar)?
        {
            let again = || problem::read(text.as_bytes()).map_err(|e| Failure::reading(Document::Problem, e));
            return compiled.check(tenant, text, sessions, again);
        }
        let asked = Asked::read(&body.bytes, &members, false)?;
        compiled.check(tenant, text, asked.sessions, || Ok(asked.problem))
    })
    .await
}
