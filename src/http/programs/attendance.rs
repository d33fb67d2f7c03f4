//! `…/weeks/{date}/attendance`: who came; `…/weeks/{date}/dose`, `…/dose`: minutes prescribed, scheduled and attended.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::Response,
};
use careweave_solver::problem::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{App, Error, caller::Caller, error::ProblemDetails, params::Params},
    listed,
};
use crate::{
    programs::{self, Attended, Dose, Question},
    store::On,
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get, post)).routes(routes!(dose)).routes(routes!(doses))
}

/// Notes of attendance.
#[derive(Serialize, ToSchema)]
struct Notes {
    /// The notes, by session and participant.
    items: Vec<Attended>,
}

/// One note, or a list of them.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "describes a body that is read entry by entry")]
enum OneOrMany {
    One(Attended),
    Many(Vec<Attended>),
}

/// Notes who came to sessions of a week, all of it or nothing.
///
/// What was noted before of the same session and participant is corrected. The week's next solve takes what was noted for
/// a fact, and makes up what was missed.
#[utoipa::path(
    post, path = "/v1/programs/{program}/weeks/{date}/attendance", operation_id = "note_attendance", tag = "weeks", request_body = OneOrMany,
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week")),
    responses(
        (status = 200, description = "It is noted", body = Notes),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid, or not of this week's calendar; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn post(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    body: Body,
) -> Result<Json<Notes>, Error> {
    let body = app.bodies.read(body).await?;
    let key = super::key(&caller, &program, &date)?;
    let items = programs::note_attendance(app.jobs.store(), key, &caller.actor, body.bytes).await?;
    Ok(Json(Notes { items }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Of {
    /// Only of this session
    session: Option<String>,
    /// Only this participant's
    participant: Option<String>,
    /// Only `attended`, `late`, `no_show` or `cancelled`
    status: Option<String>,
    /// `json` (the default) or `csv`
    format: Option<String>,
}

impl Of {
    fn keeps(&self, note: &Attended) -> bool {
        let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        is(&self.session, &note.session) && is(&self.participant, &note.participant) && is(&self.status, &note.status)
    }
}

/// What is noted of a week.
#[utoipa::path(
    get, path = "/v1/programs/{program}/weeks/{date}/attendance", operation_id = "get_attendance", tag = "weeks",
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"), Of),
    responses(
        (status = 200, description = "The notes", content((Notes = "application/json"), (String = "text/csv"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    Params(of): Params<Of>,
) -> Result<Response, Error> {
    let key = super::key(&caller, &program, &date)?;
    programs::get_program(app.jobs.store(), key.tenant, key.program).await?;
    let mut items = programs::list_attendance(&mut On::Alone(app.jobs.store()), key).await?;
    items.retain(|note| of.keeps(note));
    listed::answer(of.format.as_deref(), Notes { items }, |notes| programs::attendance_table(&notes.items))
}

/// The doses of participants.
#[derive(Serialize, ToSchema)]
struct Doses {
    /// Per week and participant.
    items: Vec<Dose>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only this participant's
    participant: Option<String>,
    /// Only who will fall below the minimum of the plan
    #[serde(default)]
    below: bool,
    /// Only who missed a session of this kind, such as `medication_management`
    missed: Option<String>,
    /// Only who had a day below the plan's least minutes of a day
    #[serde(default)]
    short_days: bool,
    /// So many places for each order of which something is missing, of who falls below the minimum
    #[param(minimum = 1, maximum = 100)]
    places: Option<usize>,
    /// `json` (the default) or `csv`
    format: Option<String>,
}

fn shown(items: Vec<Dose>, format: Option<&str>) -> Result<Response, Error> {
    listed::answer(format, Doses { items }, |doses| programs::dose_table(&doses.items))
}

/// Minutes prescribed, scheduled and attended in a week, per participant.
#[utoipa::path(
    get, path = "/v1/programs/{program}/weeks/{date}/dose", operation_id = "get_dose", tag = "weeks",
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"), Which),
    responses(
        (status = 200, description = "The doses", content((Doses = "application/json"), (String = "text/csv"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn dose(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    Params(Which { participant, below, missed, short_days, places, format }): Params<Which>,
) -> Result<Response, Error> {
    if places.is_some_and(|n| !(1..=100).contains(&n)) {
        return Err(Error::InvalidQuery("`places` is a whole number of 1 to 100.".into()));
    }
    let key = super::key(&caller, &program, &date)?;
    let doses =
        programs::dose_of_week(app.jobs.store(), key, Question { participant, below, missed, short_days, places })
            .await?;
    shown(doses, format.as_deref())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Span {
    /// First day of the first week
    from: Option<String>,
    /// The last day on which a week begins
    to: Option<String>,
    /// Only this participant's
    participant: Option<String>,
    /// Only who fell below the minimum of the plan
    #[serde(default)]
    below: bool,
    /// Only who missed a session of this kind, such as `medication_management`
    missed: Option<String>,
    /// Only who had a day below the plan's least minutes of a day
    #[serde(default)]
    short_days: bool,
    /// `json` (the default) or `csv`
    format: Option<String>,
}

/// Minutes prescribed, scheduled and attended, per week and participant; of 105 weeks at most.
#[utoipa::path(
    get, path = "/v1/programs/{program}/dose", operation_id = "get_doses", tag = "weeks",
    params(("program" = String, Path, description = "Id of the programme"), Span),
    responses(
        (status = 200, description = "The doses", content((Doses = "application/json"), (String = "text/csv"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "No date, or an unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn doses(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    Params(Span { from, to, participant, below, missed, short_days, format }): Params<Span>,
) -> Result<Response, Error> {
    let date = |text: Option<String>, or: &str| {
        let text = text.unwrap_or_else(|| or.to_owned());
        let parsed = text.parse::<Date>().map(|d| d.to_string());
        parsed.map_err(|()| Error::InvalidQuery("`from` and `to` are dates such as 2026-11-30.".into()))
    };
    let (from, to) = (date(from, "0001-01-01")?, date(to, "9999-12-31")?);
    let question = Question { participant, below, missed, short_days, places: None };
    let key = (&*caller.tenant, &*program);
    let doses = programs::dose_of_weeks(app.jobs.store(), key, (&from, &to), question).await?;
    shown(doses, format.as_deref())
}
