//! `…/weeks/{date}/openings`: meetings with free seats, and who may take them, of the waiting list too.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{App, Error, caller::Caller, error::ProblemDetails, params::Params};
use crate::programs::{self, Opening, Waiter};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(openings))
}

/// Meetings with free seats.
#[derive(Serialize, ToSchema)]
struct Openings {
    /// By group and start.
    items: Vec<Opening>,
    /// Those who wait with whom the week can't be looked at, each with the `errors` and a `text` that says so; the others are judged
    /// all the same.
    not_judged: Vec<Waiter>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Of {
    /// Only of this group
    group: Option<String>,
}

/// The meetings of a week with free seats, and who of those with missing sessions, and of those who wait, may take them.
#[utoipa::path(
    get, path = "/v1/programs/{program}/weeks/{date}/openings", operation_id = "get_openings", tag = "weeks",
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"), Of),
    responses(
        (status = 200, description = "The meetings", body = Openings),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn openings(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    Params(Of { group }): Params<Of>,
) -> Result<Json<Openings>, Error> {
    let key = super::key(&caller, &program, &date)?;
    let (items, not_judged) = programs::openings(app.jobs.store(), key, group).await?;
    Ok(Json(Openings { items, not_judged }))
}
