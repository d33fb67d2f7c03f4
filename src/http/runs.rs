//! What runs beside the service and ends with a report: queued, looked at, watched and stopped in the same way, whatever it
//! is.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use careweave_solver::{instance::Instance, problem::Problem, search};
use serde_json::{Map, Value};

use super::{
    App, Error,
    caller::Caller,
    solves::{self, FAREWELL, events, prefer, view::SolveView},
};
use crate::{
    failure::Failure,
    jobs::{New, Solve},
};

/// A kind of what runs.
pub struct Kind {
    /// What the runner knows it by.
    pub name: &'static str,
    /// Where it is.
    pub path: &'static str,
    /// Sees whether a request is valid; the runner reads it again.
    pub check: fn(&[u8]) -> Result<(), Failure>,
}

/// The problem, unless its pins contradict the hard rules: that is told before anything is queued.
pub fn without_contradictions(problem: Problem) -> Result<Arc<Problem>, Failure> {
    let problem = Arc::new(problem);
    let contradictions = search::contradictions(&Instance::new(problem.clone()));
    if contradictions.is_empty() { Ok(problem) } else { Err(Failure::PinsContradict(contradictions)) }
}

/// Queues a request; `Prefer: wait` and `Idempotency-Key` as for solves.
pub async fn create(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    body: Body,
    kind: &'static Kind,
) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let once = solves::once(headers, kind.path, &body.bytes)?;
    let repeated = match &once {
        Some((key, fingerprint)) => app.jobs.repeated(&caller.tenant, key, fingerprint).await?,
        None => None,
    };
    let mut solve = match repeated {
        Some(solve) => solve,
        None => {
            let body = app.cpu.run(move || (kind.check)(&body.bytes).map(|()| body)).await?;
            let (tenant, priority) = (caller.tenant.clone(), prefer::priority(headers));
            let new = New { tenant, kind: kind.name, body: body.bytes, priority, week: None, once };
            let solve = app.jobs.submit(new).await?;
            tracing::info!(solve = %solve.id, kind = kind.name, "request is queued");
            solve
        }
    };
    if let Some(wait) = prefer::wait(headers) {
        let ended = app.jobs.wait(&caller.tenant, solve.id, wait).await?;
        solve = ended.ok_or(Error::NotFound("It was erased while it was waited for."))?;
    }
    let (location, ended) = (format!("{}/{}", kind.path, solve.id), solve.state.ended());
    Ok(solves::accepted(headers, &location, ended, Json(view(app, solve).await?).into_response()))
}

/// How far it is, with the report so far.
pub async fn get(app: &App, caller: &Caller, kind: &Kind, id: &str) -> Result<Response, Error> {
    let solve = solves::of_kind(app, caller, kind.name, id).await?;
    Ok(Json(view(app, solve).await?).into_response())
}

/// How it goes, as events.
pub async fn watch(
    app: Arc<App>,
    caller: Caller,
    headers: &HeaderMap,
    kind: &Kind,
    id: &str,
) -> Result<Response, Error> {
    let solve = solves::of_kind(&app, &caller, kind.name, id).await?;
    Ok(events::told(app, caller, headers, solve))
}

/// Stops it and keeps the report so far, or erases all of it.
pub async fn delete(app: &App, caller: &Caller, kind: &Kind, id: &str, erase: bool) -> Result<Response, Error> {
    let solve = solves::of_kind(app, caller, kind.name, id).await?;
    if erase {
        app.jobs.erase(solve.id).await?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    app.jobs.stop(solve.id).await?;
    let solve = app.jobs.wait(&caller.tenant, solve.id, FAREWELL).await?;
    let solve = solve.ok_or(Failure::Internal("The request is gone.".into()))?;
    let status = if solve.state.ended() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(view(app, solve).await?)).into_response())
}

/// As a solve, with the members of the report beside it.
async fn view(app: &App, solve: Solve) -> Result<Map<String, Value>, Error> {
    let unreadable = |e: serde_json::Error| Failure::Internal(format!("A stored report can't be read: {e}."));
    let report = app.jobs.answer(solve.id).await?;
    let mut members = match serde_json::to_value(SolveView::from(solve)).map_err(unreadable)? {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    if let Some(report) = report {
        members.extend(serde_json::from_slice::<Map<String, Value>>(&report).map_err(unreadable)?);
        // For the next attempt, not for the reader.
        members.remove("kept");
    }
    Ok(members)
}
