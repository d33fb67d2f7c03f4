//! `/v1/places`: where a session of a calendar could stand instead.

use std::sync::Arc;

use axum::{body::Body, extract::State, response::Response};
use careweave_solver::{
    instance::{Booked, Instance},
    moves,
    problem::{Fault, GivenCalendar, GivenSession, Problem},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, Error,
    asked::answer,
    error::ProblemDetails,
    json::{Findings, Reading},
};
use crate::failure::{Document, Failure};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(places))
}

/// A problem, any calendar of its week, and one of its sessions.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct PlacesRequest {
    /// The problem.
    problem: Problem,
    /// The calendar: Careweave's or a person's.
    calendar: GivenCalendar,
    /// Id of the session.
    session: String,
}

/// Where a session of a calendar could stand instead.
///
/// One place for each start of the week while its site is open: in the session's own room and with its own clinicians where
/// that breaks no rule, else with others that are free. A place that is forbidden says why.
#[utoipa::path(
    post, path = "/v1/places", operation_id = "places", tag = "check", request_body = PlacesRequest,
    responses(
        (status = 200, description = "The places in the order of time: `{session, places: [{session, cost_difference, breaks}]}`", body = serde_json::Value),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn places(State(app): State<Arc<App>>, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    answer(&app, move || {
        let (problem, sessions, id) = read(&body.bytes)?;
        let instance = Instance::new(Arc::new(problem));
        let sessions: Vec<Booked> = sessions.iter().map(|s| instance.book(s)).collect();
        moves::moves(&instance, &sessions, &id).ok_or_else(|| unknown(&id))
    })
    .await
}

/// Reads what is asked; everything that is wrong with it is told at once.
fn read(body: &[u8]) -> Result<(Problem, Vec<GivenSession>, String), Failure> {
    let mut reading = Reading::body(body, &["problem", "calendar", "session"])?;
    let mut findings = Findings::default();
    let (problem, calendar) = (reading.required("problem"), reading.required("calendar"));
    let session = reading.required("session").and_then(|session| {
        let read = serde_json::from_str::<String>(session.get()).ok();
        if read.is_none() {
            reading.fault("session", "wrong-type", "`session` must be the id of a session.".into(), None);
        }
        read
    });
    let problem = problem.map(|p| findings.problem(p)).transpose()?.flatten();
    let calendar = calendar.map(|c| findings.calendar("/calendar", c)).transpose()?.flatten();
    findings.request(reading.faults());
    match (problem, calendar, session, findings.failure()) {
        (Some(problem), Some(sessions), Some(session), None) => Ok((problem, sessions, session)),
        (.., failure) => Err(failure.unwrap_or(Failure::Internal("Nothing was read.".into()))),
    }
}

fn unknown(id: &str) -> Failure {
    let shown: String = id.chars().filter(|c| !c.is_control()).take(80).collect();
    let fault = Fault {
        pointer: "/session".into(),
        path: "/session".into(),
        code: "unknown-id",
        detail: format!("The calendar has no session `{shown}`."),
        hint: None,
    };
    Failure::Invalid { document: Document::Request, faults: vec![fault] }
}
