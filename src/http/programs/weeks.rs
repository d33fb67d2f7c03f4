//! `…/weeks/{date}`: a week's problem, its draft, what is published; and its solve.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use careweave_solver::{calendar::Session, goals, problem::Problem};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{
    App, Error,
    caller::Caller,
    error::ProblemDetails,
    json::Reading,
    solves::{self, request, view::SolveView},
};
use crate::{
    auth::Role,
    calendars::Part,
    failure::{Document, Failure},
    programs::{self, Key, Origin, Version},
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(solve))
}

/// A week.
#[derive(Serialize, ToSchema)]
struct WeekView {
    /// Its first day.
    week_start: String,
    /// The problem that the programme makes; null for a clinician.
    #[schema(value_type = Option<Problem>)]
    problem: Option<Box<RawValue>>,
    /// The calendar that is worked on.
    #[schema(value_type = Option<WeekCalendar>)]
    draft: Option<Box<RawValue>>,
    /// The calendar that is published.
    #[schema(value_type = Option<WeekCalendar>)]
    published: Option<Box<RawValue>>,
    /// Everything that was published.
    versions: Vec<Version>,
    /// Id of the solve under way.
    solve: Option<String>,
    /// Where each order comes from, and what of it this week has; none for a clinician.
    origins: Vec<Origin>,
}

/// A calendar of a week: solved, or put by hand.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a calendar that is stored as text")]
pub(super) struct WeekCalendar {
    /// Its sessions; what was left out of one that was put by hand is derived.
    sessions: Vec<Session>,
    /// Sum of the penalties, where it was solved.
    #[schema(nullable = false)]
    objective: Option<f64>,
    /// Proven lower bound on the objective, where it was solved.
    #[schema(nullable = false)]
    bound: Option<f64>,
    /// What became of the further goals, where the solve followed some.
    #[schema(nullable = false)]
    goals: Option<goals::Told>,
}

fn raw(text: String) -> Result<Box<RawValue>, Failure> {
    RawValue::from_string(text).map_err(|e| Failure::Internal(format!("What is stored is no JSON: {e}.")))
}

/// A week: its problem, its draft, what is published.
///
/// A clinician's key sees the own part of what is published.
#[utoipa::path(
    get, path = "/v1/programs/{program}/weeks/{date}", operation_id = "get_week", tag = "weeks",
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week")),
    responses(
        (status = 200, description = "The week", body = WeekView, headers(("ETag" = String, description = "State of its draft and versions"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
) -> Result<Response, Error> {
    let week = programs::week(app.jobs.store(), super::key(&caller, &program, &date)?).await?;
    let own = if caller.role == Role::Clinician { caller.clinician.map(Part::Clinician) } else { None };
    let revision = week.revision;
    let view = match own {
        Some(own) => {
            let own = |text: String| -> Result<_, Failure> {
                let part = String::from_utf8(own.of_json(text.as_bytes())?);
                raw(part.map_err(|_| Failure::Internal("A stored calendar is no text.".into()))?)
            };
            WeekView {
                week_start: week.week_start.to_string(),
                problem: None,
                draft: None,
                published: week.published.map(own).transpose()?,
                versions: week.versions,
                solve: None,
                origins: Vec::new(),
            }
        }
        None => WeekView {
            week_start: week.week_start.to_string(),
            problem: Some(raw(week.problem)?),
            draft: week.draft.map(raw).transpose()?,
            published: week.published.map(raw).transpose()?,
            versions: week.versions,
            solve: week.solve,
            origins: week.origins,
        },
    };
    Ok(([super::etag(revision)], Json(view)).into_response())
}

/// How a week is solved.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct WeekSolveRequest {
    /// As of a solve.
    options: Option<request::SolveOptions>,
}

/// Solves a week into its draft.
///
/// The solve starts from the draft or the publication that is there, or else from the hours of the week before. Answers as
/// `POST /v1/solves`. A draft that is edited by hand meanwhile stays.
#[utoipa::path(
    post, path = "/v1/programs/{program}/weeks/{date}/solve", operation_id = "solve_week", tag = "weeks", request_body = Option<WeekSolveRequest>,
    params(
        ("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"),
        ("Prefer" = Option<String>, Header, description = "`wait=SECONDS`, at most 600"),
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key and body is the same solve"),
    ),
    responses(
        (status = 200, description = "The solve has ended within the wait", body = SolveView),
        (status = 202, description = "The solve is queued", body = SolveView, headers(("Location" = String, description = "Where the solve is"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "The week is being solved (`already-solving`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; or the pins contradict the hard rules", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "The queue is full", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn solve(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let date = super::date(&date)?;
    let once = solves::once(&headers, &format!("/v1/programs/{program}/weeks/{date}/solve"), &body.bytes)?;
    if let Some(answer) = solves::repeated(&app, &caller, &headers, once.as_ref()).await? {
        return Ok(answer);
    }
    let week = programs::week(app.jobs.store(), Key { tenant: &caller.tenant, program: &program, date }).await?;
    if let Some(id) = &week.solve {
        return Err(Error::Clash("already-solving", format!("The week is being solved already, by {id}.")));
    }
    let request = app.cpu.run(move || request(&week, &options(&body.bytes)?)).await?;
    let of_week = Some((program, date));
    solves::submit(&app, &caller, &headers, request, of_week, once).await
}

/// The solve of a week, checked before it is queued.
pub fn request(week: &programs::Week, options: &str) -> Result<Vec<u8>, Failure> {
    let start = week.start.as_deref().unwrap_or("null");
    let request = format!("{{\"problem\":{},\"options\":{options},\"start\":{start}}}", week.problem);
    request::read(request.as_bytes()).map(|_| request.into_bytes())
}

/// The `options` of a body that may be empty, as JSON.
fn options(body: &[u8]) -> Result<String, Failure> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok("null".into());
    }
    let reading = Reading::body(body, &["options"])?;
    let options = reading.optional("options").map_or("null".to_owned(), |o| o.get().to_owned());
    let faults = reading.faults();
    if faults.is_empty() { Ok(options) } else { Err(Failure::Invalid { document: Document::Request, faults }) }
}
