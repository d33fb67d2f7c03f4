//! `/v1/session`: the page's session, a cookie that stands for a key. `/v1/audit`: who did what.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, Error,
    caller::{self, Caller},
    error::ProblemDetails,
    json::Reading,
    params::{self, Params},
};
use crate::{
    auth::{
        Role, Scope,
        audit::{self, Entry},
        keys, sessions,
    },
    failure::{Document, Failure},
    store::now,
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(begin, show, end)).routes(routes!(list))
}

/// What a session is begun with.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct SessionRequest {
    /// An API key.
    key: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
struct SessionView {
    /// Who, as the audit tells it; `local` where nobody has to say who they are.
    actor: String,
    /// Whose data.
    tenant: String,
    /// The key's role.
    role: Role,
    /// What may be done.
    scopes: Vec<Scope>,
    /// Whose calendar a clinician's key shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    clinician: Option<String>,
}

impl From<Caller> for SessionView {
    fn from(caller: Caller) -> Self {
        let Caller { tenant, actor, role, scopes, clinician } = caller;
        SessionView { actor, tenant, role, scopes, clinician }
    }
}

/// Begins a session of the page: a key becomes an HttpOnly cookie.
#[utoipa::path(
    post, path = "/v1/session", operation_id = "begin_session", tag = "service", request_body = SessionRequest,
    responses(
        (status = 200, description = "The session", body = SessionView, headers(("Set-Cookie" = String, description = "The cookie"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "No such key", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn begin(State(app): State<Arc<App>>, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let key = key_of(&body.bytes)?;
    // Guesses from everywhere share one bucket.
    if !app.rates.take("session") {
        return Err(Error::TooMany);
    }
    let caller = keys::holder(app.jobs.store(), &key).await?.ok_or(Error::Unauthorized)?;
    let secret = sessions::begin(app.jobs.store(), &caller).await?;
    let (tenant, actor) = (caller.tenant.clone(), caller.actor.clone());
    let (action, record) = ("POST /v1/session".to_owned(), "/v1/session".to_owned());
    app.audit.note(Entry { at: now(), tenant, actor, action, record, status: 200 }).await;
    let cookie = app.cookie(&secret, sessions::SECONDS);
    Ok(([(header::SET_COOKIE, cookie)], Json(SessionView::from(caller))).into_response())
}

fn key_of(body: &[u8]) -> Result<String, Failure> {
    let mut reading = Reading::body(body, &["key"])?;
    let key = reading.required("key").and_then(|k| serde_json::from_str::<String>(k.get()).ok());
    if key.is_none() {
        reading.fault("key", "wrong-type", "`key` must be a text: an API key.".into(), None);
    }
    match (key, reading.faults()) {
        (Some(key), faults) if faults.is_empty() => Ok(key),
        (_, faults) => Err(Failure::Invalid { document: Document::Request, faults }),
    }
}

/// Who asks.
#[utoipa::path(
    get, path = "/v1/session", operation_id = "show_session", tag = "service",
    responses(
        (status = 200, description = "The caller's tenant, role and scopes", body = SessionView),
        (status = 401, description = "Nobody who is known", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn show(caller: Caller) -> Json<SessionView> {
    Json(caller.into())
}

/// Ends the session of the cookie.
#[utoipa::path(
    delete, path = "/v1/session", operation_id = "end_session", tag = "service",
    responses(
        (status = 204, description = "It is over"),
        (status = 401, description = "Nobody who is known", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn end(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Error> {
    if let Some(secret) = caller::cookie(&headers, sessions::COOKIE) {
        sessions::end(app.jobs.store(), secret).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, app.cookie("", 0))]).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Before {
    /// Only entries before this, in milliseconds since 1970
    before: Option<i64>,
    /// How many, at most 1000; 100 by default
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// Entries of the audit.
#[derive(Serialize, ToSchema)]
struct AuditPage {
    /// The latest first.
    items: Vec<Entry>,
    /// What `before` gives the page after this; null on the last.
    next: Option<i64>,
}

/// Who saw or changed which record, the latest first.
#[utoipa::path(
    get, path = "/v1/audit", operation_id = "audit", tag = "service", params(Before),
    responses(
        (status = 200, description = "Entries", body = AuditPage),
        (status = 401, description = "Nobody who is known", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Only owners see it", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(Before { before, limit }): Params<Before>,
) -> Result<Json<AuditPage>, Error> {
    let limit = params::limit(limit)?;
    let items = audit::list(app.jobs.store(), &caller.tenant, before, limit).await?;
    let next = items.last().filter(|_| items.len() as i64 == limit).map(|e| e.at);
    Ok(Json(AuditPage { items, next }))
}
