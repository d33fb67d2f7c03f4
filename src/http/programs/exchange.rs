//! `…/import`, `…/export`: a whole problem into a programme and out of it.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use careweave_solver::problem::{Date, Problem};
use chrono::{Datelike, Days};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{App, Error, caller::Caller, error::ProblemDetails, params::Params},
    listed,
};
use crate::programs::{self, Report, Table};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(import)).routes(routes!(export))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DryRun {
    /// Whether it is only told what would change
    #[serde(default)]
    dry_run: bool,
    /// The body is this table as CSV, and takes the place of that list alone: `sites`, `rooms`, `services`, `clinicians`,
    /// `shifts`, `groups`, `participants`, `commitments`, `orders`
    table: Option<String>,
}

/// Makes the programme what a problem says, all of it or nothing.
///
/// What the problem does not have is removed. Its orders stand weekly from its `week_start`; `previous`, `freeze_until`
/// and `reference` stay with its week.
#[utoipa::path(
    post, path = "/v1/programs/{program}/import", operation_id = "import_program", tag = "programs", request_body(content((Problem = "application/json"), (String = "text/csv"))),
    params(("program" = String, Path, description = "Id of the programme"), DryRun),
    responses(
        (status = 200, description = "What changed", body = Report),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn import(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    Params(DryRun { dry_run, table }): Params<DryRun>,
    body: Body,
) -> Result<Json<Report>, Error> {
    let body = app.bodies.read(body).await?;
    let store = app.jobs.store();
    // A programme that is not there is told before its problem's faults.
    programs::get_program(store, &caller.tenant, &program).await?;
    if let Some(name) = table {
        let key = (&*caller.tenant, &*program);
        let made = programs::import_table(store, key, named(&name)?, body.bytes, (this_week(), dry_run)).await?;
        return Ok(Json(made));
    }
    Ok(Json(programs::import(store, &caller.tenant, &program, body.bytes, dry_run).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfWeek {
    /// First day of the week; the Monday of this week by default
    #[param(value_type = Option<String>)]
    week: Option<String>,
    /// Only this table, as CSV: `sites`, `rooms`, `services`, `clinicians`, `shifts`, `groups`, `participants`, `commitments`, `orders`
    table: Option<String>,
}

/// The problem of a week.
#[utoipa::path(
    get, path = "/v1/programs/{program}/export", operation_id = "export_program", tag = "programs",
    params(("program" = String, Path, description = "Id of the programme"), OfWeek),
    responses(
        (status = 200, description = "A bare problem, or a table", content((Problem = "application/json"), (String = "text/csv"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "No date, or an unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    Params(OfWeek { week, table }): Params<OfWeek>,
) -> Result<Response, Error> {
    if let Some(name) = table {
        let table = programs::export_table(app.jobs.store(), &caller.tenant, &program, named(&name)?).await?;
        return Ok((listed::CSV, table).into_response());
    }
    let date = match week {
        Some(text) => text.parse().map_err(|()| Error::InvalidQuery("`week` is a date such as 2026-11-30.".into()))?,
        None => this_week(),
    };
    let week =
        programs::week(app.jobs.store(), programs::Key { tenant: &caller.tenant, program: &program, date }).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], week.problem).into_response())
}

fn named(table: &str) -> Result<&'static Table, Error> {
    Table::named(table).ok_or_else(|| Error::InvalidQuery("`table` is the name of none.".into()))
}

/// The Monday of this week.
fn this_week() -> Date {
    let today = crate::clock::now().date_naive();
    Date(today - Days::new(u64::from(today.weekday().num_days_from_monday())))
}
