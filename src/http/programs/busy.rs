//! `/v1/programs/{program}/busy`: calendars of clinicians and participants, uploaded or subscribed to, and when they say
//! that somebody is busy.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use careweave_solver::problem::Fault;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{App, Error, caller::Caller, error::ProblemDetails, json::Reading, listing::Page, params::Params};
use crate::{
    failure::{Document, Failure},
    outbound::Outbound,
    programs::{
        self,
        busy::{self, BusyTime, MOST_WEEKS, Report, Source, Weeks, Whose},
    },
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, upload))
        .routes(routes!(subscribe))
        .routes(routes!(get, delete))
        .routes(routes!(refresh))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Upload {
    /// Id of the clinician whose calendar it is
    clinician: Option<String>,
    /// Id of the participant whose calendar it is
    participant: Option<String>,
    /// Whether it is only told what was read
    #[serde(default)]
    dry_run: bool,
    /// The first day for which it is read; by default four weeks before this one
    from: Option<String>,
    /// For how many weeks, at most 160; 56 by default
    #[param(minimum = 1, maximum = 160)]
    weeks: Option<u32>,
}

/// Takes a calendar of a clinician or participant, in the place of the one that was uploaded before.
///
/// Only when it takes time is kept: no titles, no places. Whatever can't be read with certainty is left out and told in
/// `not_understood`. Events that are ours are passed over.
#[utoipa::path(
    post, path = "/v1/programs/{program}/busy", operation_id = "upload_busy", tag = "busy",
    request_body(content = String, content_type = "text/calendar"),
    params(("program" = String, Path, description = "Id of the programme"), Upload),
    responses(
        (status = 200, description = "What was read, or would be", body = Report),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "The programme has too many calendars (`too-many`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Larger than 10 MiB", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Of nobody who is there, or no calendar (`no-calendar`, `cut-off`, `wrong-encoding`, `too-many-times`, …)", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    Params(asked): Params<Upload>,
    body: Body,
) -> Result<Json<Report>, Error> {
    let store = app.jobs.store();
    programs::is_there(store, &caller.tenant, &program).await?;
    let whose = match (asked.clinician, asked.participant) {
        (Some(id), None) => Whose::Clinician(id),
        (None, Some(id)) => Whose::Participant(id),
        _ => return Err(Error::InvalidQuery("A calendar is of one `clinician` or `participant`.".into())),
    };
    let mut weeks = Weeks::default();
    if let Some(from) = asked.from {
        weeks.from = from.parse().map_err(|()| Error::InvalidQuery("`from` is a date such as 2026-11-30.".into()))?;
    }
    if let Some(count) = asked.weeks {
        if !(1..=MOST_WEEKS).contains(&count) {
            return Err(Error::InvalidQuery(format!("`weeks` is a whole number of 1 to {MOST_WEEKS}.")));
        }
        weeks.count = count;
    }
    let body = app.bodies.read(body).await?;
    let key = (&*caller.tenant, &*program);
    let report = busy::upload(store, key, &caller.actor, (&whose, weeks), body.bytes, asked.dry_run).await?;
    Ok(Json(report))
}

/// Whose calendar is subscribed to, and where it is.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct NewSubscription {
    /// Id of a clinician: one of the two.
    clinician: Option<String>,
    /// Id of a participant.
    participant: Option<String>,
    /// Where the calendar is: https (or webcal), a public address.
    url: String,
}

/// Reads whose calendar is subscribed to, and where it is.
fn read(body: &[u8], outbound: &Outbound) -> Result<(Whose, Url), Failure> {
    let mut reading = Reading::body(body, &["clinician", "participant", "url"])?;
    let mut text = |name: &'static str, required: bool| {
        let value = if required { reading.required(name) } else { reading.optional(name) }?;
        let read = serde_json::from_str::<String>(value.get()).ok();
        if read.is_none() {
            reading.fault(name, "wrong-type", "A text is expected here.".into(), None);
        }
        read
    };
    let (clinician, participant, url) = (text("clinician", false), text("participant", false), text("url", true));
    let whose = match (clinician, participant) {
        (Some(id), None) => Some(Whose::Clinician(id)),
        (None, Some(id)) => Some(Whose::Participant(id)),
        _ => {
            reading.fault("", "one-of", "A calendar is of one `clinician` or `participant`.".into(), None);
            None
        }
    };
    let url = url.and_then(|text| {
        let refused = |why| reading.fault("url", "invalid-address", why, None);
        outbound.address(&text).map_err(refused).ok()
    });
    match (whose, url, reading.faults()) {
        (Some(whose), Some(url), faults) if faults.is_empty() => Ok((whose, url)),
        (_, _, faults) => Err(Failure::Invalid { document: Document::Request, faults }),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Preview {
    /// Whether it is only told what would be read
    #[serde(default)]
    dry_run: bool,
}

/// Subscribes to a calendar of a clinician or participant.
///
/// It is read at once and then each hour; `GET …/busy/{id}` tells when, and what is the matter if it could not be. What it
/// said last holds until it can. With `dry_run` it is read this once, and nothing is kept.
#[utoipa::path(
    post, path = "/v1/programs/{program}/busy/subscriptions", operation_id = "subscribe_busy", tag = "busy", request_body = NewSubscription,
    params(("program" = String, Path, description = "Id of the programme"), Preview),
    responses(
        (status = 200, description = "What would be read", body = Report),
        (status = 201, description = "It is subscribed to", body = Source, headers(("Location" = String, description = "Where it is"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "The programme has too many calendars (`too-many`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Of nobody who is there, or at no address that may be read (`invalid-address`); with `dry_run` also what could not be fetched (`not-fetched`) or is no calendar", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn subscribe(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    Params(Preview { dry_run }): Params<Preview>,
    body: Body,
) -> Result<Response, Error> {
    let (store, body) = (app.jobs.store(), app.bodies.read(body).await?);
    programs::is_there(store, &caller.tenant, &program).await?;
    let (whose, url) = read(&body.bytes, app.delivery.outbound())?;
    let key = (&*caller.tenant, &*program);
    if dry_run {
        let fetched = app.delivery.look(url).await.map_err(|trouble| {
            let pointer = "/url".to_owned();
            let fault =
                Fault { path: pointer.clone(), pointer, code: "not-fetched", detail: trouble.to_string(), hint: None };
            Failure::Invalid { document: Document::Request, faults: vec![fault] }
        })?;
        let report = busy::upload(store, key, &caller.actor, (&whose, Weeks::default()), fetched, true).await?;
        return Ok(Json(report).into_response());
    }
    let made = busy::subscribe(store, key, &caller.actor, &whose, url.as_str()).await?;
    let location = [(header::LOCATION, format!("/v1/programs/{program}/busy/{}", made.id))];
    Ok((StatusCode::CREATED, location, Json(made)).into_response())
}

/// The calendars of clinicians and participants that are known.
#[utoipa::path(
    get, path = "/v1/programs/{program}/busy", operation_id = "list_busy", tag = "busy",
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 200, description = "The calendars", body = Page<Source>),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
) -> Result<Json<Page<Source>>, Error> {
    Ok(Page::whole(busy::list(app.jobs.store(), &caller.tenant, &program).await?))
}

/// A calendar with all of its times.
#[derive(Serialize, ToSchema)]
struct SourceView {
    #[serde(flatten)]
    source: Source,
    /// When somebody is busy.
    busy: Vec<BusyTime>,
}

/// When a calendar says that somebody is busy.
#[utoipa::path(
    get, path = "/v1/programs/{program}/busy/{id}", operation_id = "get_busy", tag = "busy",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the calendar")),
    responses(
        (status = 200, description = "The calendar", body = SourceView),
        (status = 404, description = "No such calendar", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<Json<SourceView>, Error> {
    let (source, busy) = busy::get(app.jobs.store(), &caller.tenant, &program, &id).await?;
    Ok(Json(SourceView { source, busy }))
}

/// Forgets a calendar; whose it is, is no longer busy then.
#[utoipa::path(
    delete, path = "/v1/programs/{program}/busy/{id}", operation_id = "delete_busy", tag = "busy",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the calendar")),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = 404, description = "No such calendar", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    busy::delete(app.jobs.store(), &caller.tenant, &program, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has a subscribed calendar read at once.
#[utoipa::path(
    post, path = "/v1/programs/{program}/busy/{id}/refresh", operation_id = "refresh_busy", tag = "busy",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the calendar")),
    responses(
        (status = 202, description = "It is read soon"),
        (status = 404, description = "No such calendar", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "It was uploaded (`not-subscribed`)", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn refresh(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    busy::refresh(app.jobs.store(), &caller.tenant, &program, &id).await?;
    Ok(StatusCode::ACCEPTED)
}
