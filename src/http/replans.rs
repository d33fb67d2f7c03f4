//! `/v1/replans`: plans after events, made beside the service.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use careweave_solver::{
    problem::{GivenCalendar, Problem},
    replan::{self, Events, Plan, Replan, Task},
    search::{Options, Progress, Stop},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, Error,
    caller::Caller,
    error::ProblemDetails,
    json::{Findings, Reading},
    params::Params,
    runs::{self, Kind},
    solves::{
        Erase,
        request::{SolveOptions, options},
        view::SolveView,
    },
};
use crate::{
    failure::{Document, Failure},
    jobs::{Answer, Audience, Report, Work},
    reports::replan::task,
};

/// What the queue knows a replan by.
pub const KIND: &str = "replan";
const REPLANS: Kind = Kind { name: KIND, path: "/v1/replans", check: |body| read(body).map(drop) };
/// Seconds that a replan gets by default.
const SECONDS: f64 = 10.0;

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(get, delete)).routes(routes!(watch))
}

/// A calendar in force, and what has happened since.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct ReplanRequest {
    /// The problem.
    problem: Problem,
    /// The calendar in force.
    calendar: GivenCalendar,
    /// What has happened.
    events: Events,
    /// How to search; 10 seconds by default.
    options: Option<SolveOptions>,
}

/// How far a replan is, as a solve, and what it has found.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes an answer that is put together member by member")]
struct ReplanView {
    #[serde(flatten)]
    solve: SolveView,
    /// The plans so far, fewest contacts first; absent before the first.
    #[schema(nullable = false)]
    plans: Option<Vec<Plan>>,
    /// The problem after the events; what the plans are judged against.
    #[schema(nullable = false)]
    problem: Option<Problem>,
}

/// Plans after events, fewest calls first.
///
/// Queued, polled and stopped like a solve. `GET` gives `plans` as soon as there are some, better ones later.
#[utoipa::path(
    post, path = "/v1/replans", operation_id = "submit_replan", tag = "replans", request_body = ReplanRequest,
    params(
        ("Prefer" = Option<String>, Header, description = "`wait=SECONDS`, at most 600"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible characters; a repeat with the same key and body is the same request"),
    ),
    responses(
        (status = 200, description = "It has ended within the wait: as `GET`", body = ReplanView),
        (status = 202, description = "It is queued", body = ReplanView,
            headers(("Location" = String, description = "Where it is"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "The `Idempotency-Key` came with another body before (`idempotency-key-reused`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid, all errors at once; or what is to be kept contradicts the hard rules", body = ProblemDetails, content_type = "application/problem+json"),
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
    runs::create(&app, &caller, &headers, body, &REPLANS).await
}

/// How far it is, and the plans so far.
#[utoipa::path(
    get, path = "/v1/replans/{id}", operation_id = "get_replan", tag = "replans", params(("id" = String, Path, description = "Id of the replan")),
    responses(
        (status = 200, description = "As a solve, with the plans beside it", body = ReplanView),
        (status = 404, description = "No such replan", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Response, Error> {
    runs::get(&app, &caller, &REPLANS, &id).await
}

/// How it goes, as server-sent events `progress` and `finished`.
#[utoipa::path(
    get, path = "/v1/replans/{id}/events", operation_id = "watch_replan", tag = "replans",
    params(
        ("id" = String, Path, description = "Id of the replan"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was seen"),
    ),
    responses(
        (status = 200, description = "Events `progress` and `finished`", body = Progress, content_type = "text/event-stream"),
        (status = 204, description = "`finished` was seen already"),
        (status = 404, description = "No such replan", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn watch(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    runs::watch(app, caller, &headers, &REPLANS, &id).await
}

/// Stops it and keeps the plans so far.
#[utoipa::path(
    delete, path = "/v1/replans/{id}", operation_id = "stop_replan", tag = "replans",
    params(("id" = String, Path, description = "Id of the replan"), Erase),
    responses(
        (status = 200, description = "It has ended", body = ReplanView),
        (status = 202, description = "It was told to end", body = ReplanView),
        (status = 204, description = "It is erased"),
        (status = 404, description = "No such replan", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Params(Erase { erase }): Params<Erase>,
) -> Result<Response, Error> {
    runs::delete(&app, &caller, &REPLANS, &id, erase).await
}

/// Reads the request; everything that is wrong with it is told at once, as far as the parts can be read.
fn read(body: &[u8]) -> Result<(Task, Options), Failure> {
    let mut reading = Reading::body(body, &["problem", "calendar", "events", "options"])?;
    let mut findings = Findings::default();
    let problem = reading.required("problem").map(|p| findings.problem(p)).transpose()?.flatten();
    let calendar = reading.required("calendar").map(|c| findings.calendar("/calendar", c)).transpose()?.flatten();
    let events = reading.required("events").map(|e| findings.events(e)).transpose()?.flatten();
    let given = reading.optional("options");
    let mut options = given.map(|o| options(o, &mut findings)).unwrap_or_default();
    let says_how_long = given.is_some_and(|o| o.get().contains("\"seconds\""));
    if options.rounds.is_none() && !says_how_long {
        options.seconds = Some(SECONDS);
    }
    findings.request(reading.faults());
    match (problem, calendar, events, findings.failure()) {
        (Some(problem), Some(calendar), Some(events), None) => {
            Ok((task(Arc::new(problem), &calendar, &events, Document::Request, "/events")?, options))
        }
        (.., failure) => Err(failure.unwrap_or(Failure::Internal("Nothing was read.".into()))),
    }
}

/// What a worker does with a replan.
pub fn run(work: &Work, audience: &dyn Audience, stop: &Stop) -> Result<Answer, Failure> {
    let (task, options) = read(&work.body)?;
    let begin = std::time::Instant::now();
    let tell = |plans: &Replan| {
        let objective = plans.plans.iter().map(|p| p.objective).min();
        let seconds = begin.elapsed().as_secs_f64();
        audience.progress(&Progress { seconds, stage: "improve", objective, bound: 0, gap: None, rounds: 0 });
        if let Ok(report) = report(plans) {
            audience.report(report);
        }
    };
    let plans = replan::replan(&task, &options, &tell, stop)?;
    Ok(Answer::Report(report(&plans)?))
}

fn report(plans: &Replan) -> Result<Report, Failure> {
    let json = serde_json::to_vec(plans).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
    Ok(Report { json, objective: plans.plans.iter().map(|p| p.objective).min() })
}
