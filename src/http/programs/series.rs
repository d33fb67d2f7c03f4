//! `…/weeks/{date}/series`: this week and those after it, solved into their drafts one after the other, each at the hours of
//! the one before.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::StatusCode,
};
use careweave_solver::problem::{Date, Fault};
use chrono::Days;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{
    App, Error,
    caller::Caller,
    error::ProblemDetails,
    json::Reading,
    solves::request::{KIND, SolveOptions},
};
use crate::{
    failure::{Document, Failure},
    jobs::New,
    programs::{self, series::Next},
};

/// Weeks at most.
const MOST: u64 = 13;
/// How often it is looked at how far series are.
const LOOK: Duration = Duration::from_millis(500);

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(series))
}

/// Which weeks are solved, and how.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct SeriesRequest {
    /// How many weeks; 4 by default.
    #[schema(minimum = 1, maximum = 13)]
    weeks: Option<u8>,
    /// As of a solve, for each week.
    options: Option<SolveOptions>,
}

/// A series under way.
#[derive(Serialize, ToSchema)]
struct Series {
    /// The weeks that are solved, by their first day: those that have neither a draft nor a publication.
    #[schema(value_type = Vec<String>)]
    weeks: Vec<Date>,
    /// Those that are left as they are.
    #[schema(value_type = Vec<String>)]
    kept: Vec<Date>,
}

/// Solves this week and the weeks after it into their drafts, each at the hours of the one before.
///
/// Weeks that have a draft or a publication stay as they are. What is asked is kept: after an end of the service, even a
/// sudden one, the series goes on; a week for which nothing is found ends it.
/// How far it is, each week tells: its `solve`, then its `draft`.
#[utoipa::path(
    post, path = "/v1/programs/{program}/weeks/{date}/series/solve", operation_id = "solve_series", tag = "weeks", request_body = Option<SeriesRequest>,
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the first week")),
    responses(
        (status = 202, description = "They are solved one after the other", body = Series),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn series(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    body: Body,
) -> Result<(StatusCode, Json<Series>), Error> {
    let body = app.bodies.read(body).await?;
    let first = super::date(&date)?;
    let (weeks, options) = read(&body.bytes)?;
    let mut asked = Series { weeks: Vec::new(), kept: Vec::new() };
    for k in 0..weeks {
        let Some(day) = first.0.checked_add_days(Days::new(7 * k)) else { break };
        let date = Date(day);
        let week = programs::week(app.jobs.store(), key(&caller, &program, date)).await?;
        let free = week.draft.is_none() && week.published.is_none();
        if asked.weeks.is_empty() && free {
            // What is wrong with the options is told now.
            let options = options.clone();
            app.cpu.run(move || super::weeks::request(&week, &options)).await?;
        }
        (if free { &mut asked.weeks } else { &mut asked.kept }).push(date);
    }
    programs::series::ask(app.jobs.store(), (&caller.tenant, &program), &asked.weeks, &options).await?;
    app.changed();
    Ok((StatusCode::ACCEPTED, Json(asked)))
}

fn key<'a>(caller: &'a Caller, program: &'a str, date: Date) -> programs::Key<'a> {
    programs::Key { tenant: &caller.tenant, program, date }
}

/// How many weeks, and the options as JSON.
fn read(body: &[u8]) -> Result<(u64, String), Failure> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok((4, "null".into()));
    }
    let reading = Reading::body(body, &["weeks", "options"])?;
    let weeks = reading.optional("weeks").map_or(Some(4), |n| n.get().parse().ok());
    let options = reading.optional("options").map_or("null".to_owned(), |o| o.get().to_owned());
    let mut faults = reading.faults();
    let Some(weeks) = weeks.filter(|n| (1..=MOST).contains(n)) else {
        let (pointer, detail) = ("/weeks".to_owned(), format!("`weeks` is a whole number of 1 to {MOST}."));
        faults.push(Fault { path: pointer.clone(), pointer, code: "out-of-range", detail, hint: None });
        return Err(Failure::Invalid { document: Document::Request, faults });
    };
    if faults.is_empty() { Ok((weeks, options)) } else { Err(Failure::Invalid { document: Document::Request, faults }) }
}

/// Tends the series of the database until the service ends: of each programme the first week that is left is solved, then
/// the next. Whoever sees it does it, so a series goes on after the process that was asked for it is gone.
pub async fn tend(app: Arc<App>) {
    while !app.is_draining() {
        match programs::series::claim(app.jobs.store()).await {
            Ok(Some(next)) => {
                if let Err(error) = one(&app, &next).await {
                    tracing::warn!(program = next.program, date = %next.date, detail = ?error, "a week of a series waits");
                }
            }
            Ok(None) => app.heard(LOOK).await,
            Err(failure) => {
                tracing::debug!(detail = %failure, "the series can't be seen");
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

/// What the first week of a series needs: nothing while it is solved, a solve, or to be taken off the series.
async fn one(app: &App, next: &Next) -> Result<(), Error> {
    let store = app.jobs.store();
    let key = programs::Key { tenant: &next.tenant, program: &next.program, date: next.date };
    let week = programs::week(store, key).await?;
    if week.solve.is_some() {
        return Ok(());
    }
    if week.draft.is_some() || week.published.is_some() {
        programs::series::done(store, key).await?;
        app.changed();
        return Ok(());
    }
    if next.solve.is_some() {
        // It was solved and there is no draft of it: the next weeks would have no hours to go by.
        tracing::warn!(program = next.program, date = %next.date, "a series of weeks is broken off: there is no calendar");
        programs::series::break_off(store, key).await?;
        return Ok(());
    }
    let options = next.options.clone();
    let body = app.cpu.run(move || super::weeks::request(&week, &options)).await;
    let body = match body {
        Ok(body) => body,
        Err(failure) => {
            tracing::warn!(program = next.program, date = %next.date, detail = ?failure, "a series of weeks is broken off");
            programs::series::break_off(store, key).await?;
            return Ok(());
        }
    };
    let of_week = Some((next.program.clone(), next.date.to_string()));
    let new = New { tenant: next.tenant.clone(), kind: KIND, body, priority: 3, week: of_week, once: None };
    let solve = app.jobs.submit(new).await?.id.to_string();
    programs::solving(store, key, &solve).await?;
    programs::series::solving(store, key, &solve).await?;
    Ok(())
}
