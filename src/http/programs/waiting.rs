//! `/v1/programs/{program}/waiting`: who waits, and whether a week has room; `…/weeks/{date}/makeups`: what a week can still
//! do for somebody.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use careweave_solver::recommend::Admission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{App, Error, caller::Caller, error::ProblemDetails, params::Params};
use crate::programs::{self, Waiter};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(waiting)).routes(routes!(makeups))
}

/// The waiting list.
#[derive(Serialize, ToSchema)]
struct WaitingList {
    /// By priority; with verdicts then by fit; then by how long they wait.
    items: Vec<Waiter>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// First day of the week for which each one's verdict is wanted
    week: Option<String>,
    /// Whether each verdict is with those before already there
    #[serde(default)]
    in_turn: bool,
}

/// Who waits: participants with `waiting` and without `admitted`; with `week` each one's verdict.
#[utoipa::path(
    get, path = "/v1/programs/{program}/waiting", operation_id = "get_waiting", tag = "programs",
    params(("program" = String, Path, description = "Id of the programme"), Asked),
    responses(
        (status = 200, description = "The list", body = WaitingList),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "No date, or an unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn waiting(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    Params(Asked { week, in_turn }): Params<Asked>,
) -> Result<Json<WaitingList>, Error> {
    let store = app.jobs.store();
    let items = match week {
        None => programs::waiting_list(store, (&caller.tenant, &program)).await?,
        Some(week) => {
            let date = week.parse().map_err(|()| Error::InvalidQuery("`week` is a date such as 2026-11-30.".into()))?;
            let key = programs::Key { tenant: &caller.tenant, program: &program, date };
            programs::verdicts(store, key, in_turn).await?
        }
    };
    Ok(Json(WaitingList { items }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// Who
    participant: String,
}

/// What a week can still do for a participant: make-ups of what was missed, and all else that is missing.
#[utoipa::path(
    get, path = "/v1/programs/{program}/weeks/{date}/makeups", operation_id = "get_makeups", tag = "weeks",
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"), Whose),
    responses(
        (status = 200, description = "As an admission of `POST /v1/recommend`", body = Admission),
        (status = 404, description = "No such programme, or nobody of that id in this week", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn makeups(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    Params(Whose { participant }): Params<Whose>,
) -> Result<Json<Admission>, Error> {
    let key = super::key(&caller, &program, &date)?;
    let found = programs::makeups(app.jobs.store(), key, participant).await?;
    found.map(Json).ok_or(Error::NotFound("There is no such participant in this week."))
}
