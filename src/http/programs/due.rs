//! `/v1/programs/{program}/due`: reviews, ends of orders and licences, and other days on which something is to be done.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use careweave_solver::problem::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{App, Error, caller::Caller, error::ProblemDetails, params::Params};
use crate::programs::{self, Due};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(due))
}

/// What falls due.
#[derive(Serialize, ToSchema)]
struct DueList {
    /// By day.
    items: Vec<Due>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Span {
    /// The first day; today by default
    from: Option<String>,
    /// How many days after it, at most 366; 30 by default
    #[param(maximum = 366)]
    days: Option<u32>,
}

/// What falls due within some days, and what is overdue.
#[utoipa::path(
    get, path = "/v1/programs/{program}/due", operation_id = "get_due", tag = "programs",
    params(("program" = String, Path, description = "Id of the programme"), Span),
    responses(
        (status = 200, description = "By day", body = DueList),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "No date, or an unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn due(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    Params(Span { from, days }): Params<Span>,
) -> Result<Json<DueList>, Error> {
    let from = match from {
        Some(text) => text.parse().map_err(|()| Error::InvalidQuery("`from` is a date such as 2026-11-30.".into()))?,
        None => Date(crate::clock::now().date_naive()),
    };
    let days = days.unwrap_or(30);
    if days > 366 {
        return Err(Error::InvalidQuery("`days` is a whole number of 0 to 366.".into()));
    }
    let items = programs::due(app.jobs.store(), (&caller.tenant, &program), from, days).await?;
    Ok(Json(DueList { items }))
}
