//! `…/weeks/{date}/sign-in`: sheets to sign at the door, by first name and initial.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{App, Error, caller::Caller, error::ProblemDetails, params::Params},
    listed,
};
use crate::programs::sign_in::{self, Sheet, Which};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(sheets))
}

/// Sheets to sign.
#[derive(Serialize, ToSchema)]
struct Sheets {
    /// By start.
    items: Vec<Sheet>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Of {
    /// Only sessions of this day
    day: Option<String>,
    /// Only this session
    session: Option<String>,
    /// Only sessions at this site
    site: Option<String>,
    /// Only sessions in this room
    room: Option<String>,
    /// `json` (the default) or `csv`
    format: Option<String>,
}

/// Who is expected in each session, by first name and initial, with a place to sign.
#[utoipa::path(
    get, path = "/v1/programs/{program}/weeks/{date}/sign-in", operation_id = "get_sign_in", tag = "weeks",
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"), Of),
    responses(
        (status = 200, description = "The sheets", content((Sheets = "application/json"), (String = "text/csv"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "No date, or an unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn sheets(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    Params(Of { day, session, site, room, format }): Params<Of>,
) -> Result<Response, Error> {
    let day = day.map(|text| text.parse()).transpose();
    let day = day.map_err(|()| Error::InvalidQuery("`day` is a date such as 2026-11-30.".into()))?;
    let key = super::key(&caller, &program, &date)?;
    let items = sign_in::of_week(app.jobs.store(), key, &Which { day, session, site, room }).await?;
    listed::answer(format.as_deref(), Sheets { items }, |sheets| sign_in::table(&sheets.items))
}
