//! `…/weeks/{date}/publish`, `…/changes`, `…/versions/{version}`: what was published, and who must be told what.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use careweave_solver::{calendar::Session, problem::Date};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{App, Error, caller::Caller, error::ProblemDetails, params::Params},
    drafts::StepView,
    weeks::WeekCalendar,
};
use crate::{
    programs::{self, Version},
    store::On,
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(publish))
        .routes(routes!(changes))
        .routes(routes!(version))
        .routes(routes!(restore))
}

/// What one calendar changes of another.
#[derive(Serialize, ToSchema)]
struct Changes {
    /// The week.
    #[schema(value_type = String)]
    week_start: Date,
    /// The version compared with; null where there was none.
    since: Option<i64>,
    /// Everybody concerned.
    #[schema(value_type = Vec<PersonChanges>)]
    items: Vec<Value>,
}

/// What changes for a participant or a clinician.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is put together as JSON")]
struct PersonChanges {
    /// A participant,
    #[schema(nullable = false)]
    participant: Option<String>,
    /// or a clinician.
    #[schema(nullable = false)]
    clinician: Option<String>,
    /// Sessions that are new.
    added: Vec<Session>,
    /// Sessions that are gone.
    removed: Vec<Session>,
    /// Sessions at another time or place, or with another clinician.
    changed: Vec<ChangedSession>,
    /// All of it in words.
    text: String,
}

/// A session before and after.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is put together as JSON")]
struct ChangedSession {
    /// As it was.
    from: Session,
    /// As it is.
    to: Session,
}

/// What was published.
#[derive(Serialize, ToSchema)]
struct PublishedView {
    #[serde(flatten)]
    version: Version,
    /// Who must be told what, against the version before.
    changes: Changes,
}

/// Publishes the draft, if it breaks no rule.
///
/// The version is never changed again.
#[utoipa::path(
    post, path = "/v1/programs/{program}/weeks/{date}/publish", operation_id = "publish_week", tag = "weeks",
    params(
        ("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"),
        ("If-Match" = Option<String>, Header, description = "The state that was seen"),
    ),
    responses(
        (status = 200, description = "The version that was published, and who must be told what", body = PublishedView, headers(("ETag" = String, description = "State of the week's draft and versions"))),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "There is no draft (`no-draft`), or it breaks rules (`rules-broken`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "The week is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn publish(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let key = super::key(&caller, &program, &date)?;
    let done = programs::publish(app.jobs.store(), key, &super::seen(&headers), &caller.actor).await?;
    let changes = Changes { week_start: key.date, since: done.since, items: done.items };
    Ok(([super::etag(done.revision)], Json(PublishedView { version: done.version, changes })).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Since {
    /// The version to compare with; the last by default
    since: Option<i64>,
}

/// What the draft changes of what was published last, person by person.
#[utoipa::path(
    get, path = "/v1/programs/{program}/weeks/{date}/changes", operation_id = "get_changes", tag = "weeks",
    params(("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"), Since),
    responses(
        (status = 200, description = "The changes", body = Changes),
        (status = 404, description = "No such programme or version", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn changes(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date)): Path<(String, String)>,
    Params(Since { since }): Params<Since>,
) -> Result<Json<Value>, Error> {
    let key = super::key(&caller, &program, &date)?;
    Ok(Json(programs::changes(app.jobs.store(), key, since).await?))
}

/// The number of a version in a path.
fn number(text: &str) -> Result<i64, Error> {
    text.parse().map_err(|_| programs::NO_VERSION.into())
}

/// The calendar of a version.
#[utoipa::path(
    get, path = "/v1/programs/{program}/weeks/{date}/versions/{version}", operation_id = "get_version", tag = "weeks",
    params(
        ("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"),
        ("version" = String, Path, description = "1 for the first"),
    ),
    responses(
        (status = 200, description = "The calendar, as it was published", body = WeekCalendar),
        (status = 404, description = "No such version", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn version(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date, version)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let key = super::key(&caller, &program, &date)?;
    let calendar = programs::version_of(&mut On::Alone(app.jobs.store()), key, Some(number(&version)?)).await?;
    let calendar = calendar.ok_or(Error::from(programs::NO_VERSION))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], calendar).into_response())
}

/// Takes an earlier version as the draft; published, it is a new version.
#[utoipa::path(
    post, path = "/v1/programs/{program}/weeks/{date}/versions/{version}/restore", operation_id = "restore_version", tag = "weeks",
    params(
        ("program" = String, Path, description = "Id of the programme"), ("date" = String, Path, description = "First day of the week"),
        ("version" = String, Path, description = "1 for the first"),
        ("If-Match" = Option<String>, Header, description = "The state that was seen"),
    ),
    responses(
        (status = 200, description = "The draft, which is that version", body = StepView, headers(("ETag" = String, description = "State of the week's draft and versions"))),
        (status = 404, description = "No such version", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "The week is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn restore(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, date, version)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let key = super::key(&caller, &program, &date)?;
    let (store, seen) = (app.jobs.store(), super::seen(&headers));
    let (revision, draft) = programs::restore(store, key, &seen, &caller.actor, number(&version)?).await?;
    Ok(([super::etag(revision)], Json(StepView { draft: Some(draft) })).into_response())
}
