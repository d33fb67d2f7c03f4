//! `/v1/check`: what the rules say of a calendar.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use careweave_solver::{
    instance::Instance,
    problem::{GivenCalendar, Problem},
    rules,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, Error,
    error::ProblemDetails,
    json::{Findings, Reading},
};
use crate::failure::Failure;

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
async fn check(State(app): State<Arc<App>>, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let report = app.cpu.run(move || judge(&body.bytes)).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], report).into_response())
}

fn judge(body: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut reading = Reading::body(body, &["problem", "calendar"])?;
    let mut findings = Findings::default();
    let (problem, calendar) = (reading.required("problem"), reading.required("calendar"));
    let problem = problem.map(|p| findings.problem(p)).transpose()?.flatten();
    let calendar = calendar.map(|c| findings.calendar("/calendar", c)).transpose()?.flatten();
    findings.request(reading.faults());
    let (Some(problem), Some(sessions)) = (problem, calendar) else {
        return Err(findings.failure().unwrap_or(Failure::Internal("Nothing was read.".into())));
    };
    if let Some(failure) = findings.failure() {
        return Err(failure);
    }
    let report = rules::check(&Instance::new(Arc::new(problem)), &sessions);
    serde_json::to_vec(&report).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))
}
