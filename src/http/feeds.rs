//! `/feeds/{token}.ics`: a calendar feed, for who knows its address; `/v1/programs/{program}/feeds`: made, listed, ended.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{App, Error, caller::Caller, error::ProblemDetails, listing::Page};
use crate::{
    auth::audit::Entry,
    programs::feeds::{self, Feed},
    store::now,
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke)).routes(routes!(read))
}

/// Whose feed is to be made: one of the four.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct NewFeed {
    /// Id of a participant: needs `consent`.
    participant: Option<String>,
    /// Of a participant's family: who; the feed has only sessions to which they come too.
    family: Option<String>,
    /// Id of a clinician.
    clinician: Option<String>,
    /// Id of a room.
    room: Option<String>,
    /// Id of a group.
    group: Option<String>,
    /// That consent is recorded.
    consent: Option<bool>,
}

/// A feed that was made.
#[derive(Serialize, ToSchema)]
struct MadeFeed {
    /// Its id, by which it is ended.
    id: String,
    /// Its address, which is shown this once: who knows it reads the feed.
    url: String,
}

/// Makes a private calendar feed of one participant, clinician, room or group.
#[utoipa::path(
    post, path = "/v1/programs/{program}/feeds", operation_id = "create_feed", tag = "feeds", request_body = NewFeed,
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 201, description = "It is made", body = MadeFeed),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Not of one who is there, or without consent (`consent-needed`)", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    let key = (&*caller.tenant, &*program);
    let (id, token) = feeds::create(app.jobs.store(), key, &caller.actor, &body.bytes).await?;
    let url = format!("{}/feeds/{token}.ics", app.seen_at(&headers));
    let location = [(header::LOCATION, format!("/v1/programs/{program}/feeds/{id}"))];
    Ok((StatusCode::CREATED, location, Json(MadeFeed { id, url })).into_response())
}

/// The programme's feeds.
#[utoipa::path(
    get, path = "/v1/programs/{program}/feeds", operation_id = "list_feeds", tag = "feeds",
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 200, description = "The feeds", body = Page<Feed>),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
) -> Result<Json<Page<Feed>>, Error> {
    Ok(Page::whole(feeds::list(app.jobs.store(), &caller.tenant, &program).await?))
}

/// Ends a feed: from now on its address leads nowhere.
#[utoipa::path(
    delete, path = "/v1/programs/{program}/feeds/{id}", operation_id = "revoke_feed", tag = "feeds",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the feed")),
    responses(
        (status = 204, description = "It is ended"),
        (status = 404, description = "No such feed", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    feeds::revoke(app.jobs.store(), &caller.tenant, &program, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A feed, as iCalendar: `/feeds/TOKEN.ics`. Needs no key.
#[utoipa::path(
    get, path = "/feeds/{token}", operation_id = "read_feed", tag = "feeds",
    params(
        ("token" = String, Path, description = "The token and `.ics`, as the address that was shown has it"),
        ("If-None-Match" = Option<String>, Header, description = "The state that is known"),
    ),
    responses(
        (status = 200, description = "The calendar", content((String = "text/calendar")), headers(("ETag" = String, description = "Its state"))),
        (status = 304, description = "It is as `If-None-Match` says"),
        (status = 404, description = "No such feed, or no longer", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn read(State(app): State<Arc<App>>, Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Error> {
    let store = app.jobs.store();
    let token = file.strip_suffix(".ics").unwrap_or(&file);
    let Some((feed, state)) = feeds::reach(store, token).await? else {
        return Err(Error::NotFound("There is no such feed."));
    };
    let tag = format!("\"{state}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let known = known.flat_map(|v| v.split(',')).any(|t| t.trim().trim_start_matches("W/") == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let text = feeds::show(store, &feed).await?;
        ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
    };
    // The token is in no record: the feed's id stands for it.
    let record = format!("/v1/programs/{}/feeds/{}", feed.program, feed.id);
    let (actor, action) = (format!("feed:{}", feed.id), "GET /feeds/{token}".to_owned());
    let status = response.status().as_u16();
    app.audit.note(Entry { at: now(), tenant: feed.tenant, actor, action, record, status }).await;
    let told = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        told.insert(header::ETAG, tag);
    }
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}
