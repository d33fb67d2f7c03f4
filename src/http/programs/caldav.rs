//! `/v1/programs/{program}/caldav`: collections on CalDAV servers into which what is published is written.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{App, Error, caller::Caller, error::ProblemDetails, json::Reading, listing::Page};
use crate::{
    failure::{Document, Failure},
    outbound::Outbound,
    programs::{
        self,
        caldav::{self, Collection, Standing, Wish},
    },
};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, delete)).routes(routes!(sync))
}

/// A collection that is to be written into.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct NewCollection {
    /// Where it is: https, a public address. It is there already, and for our events alone.
    url: String,
    /// As whom we write.
    username: String,
    /// The password, best one for this alone; it is never shown.
    password: String,
    /// Id of a clinician whose sessions are written; those of all, where nobody is named.
    clinician: Option<String>,
}

/// Letters of a user's name or password.
const LONGEST: usize = 1000;

fn read(body: &[u8], outbound: &Outbound) -> Result<Wish, Failure> {
    let mut reading = Reading::body(body, &["url", "username", "password", "clinician"])?;
    let mut text = |name: &'static str, required: bool| {
        let value = if required { reading.required(name) } else { reading.optional(name) }?;
        let read = serde_json::from_str::<String>(value.get()).ok().filter(|t| t.len() <= LONGEST * 2);
        if read.is_none() {
            reading.fault(name, "wrong-type", format!("A text of at most {LONGEST} letters is expected here."), None);
        }
        read
    };
    let (url, username, password) = (text("url", true), text("username", true), text("password", true));
    let clinician = text("clinician", false);
    if username.as_ref().is_some_and(|name| name.contains(':')) {
        reading.fault("username", "invalid-value", "The name of a user has no colon.".into(), None);
    }
    let url = url.and_then(|text| match outbound.address(&text) {
        Ok(url) => Some(url.to_string()),
        Err(why) => {
            reading.fault("url", "invalid-address", why, None);
            None
        }
    });
    match (url, username, password, reading.faults()) {
        (Some(url), Some(username), Some(password), faults) if faults.is_empty() => {
            Ok(Wish { clinician, url, username, password })
        }
        (.., faults) => Err(Failure::Invalid { document: Document::Request, faults }),
    }
}

/// Has what is published written into a collection on a CalDAV server, from now on.
///
/// Each publication puts what is new and changed, and takes away what is called off. A server that is away is tried again;
/// the publication stands. What is written tells no more than a feed.
#[utoipa::path(
    post, path = "/v1/programs/{program}/caldav", operation_id = "create_collection", tag = "caldav", request_body = NewCollection,
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 201, description = "It is known", body = Collection, headers(("Location" = String, description = "Where it is"))),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "The programme has no such clinician (`unknown-id`), or too many collections (`too-many`)", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once (`invalid-address`: not https, or not public)", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
    body: Body,
) -> Result<Response, Error> {
    let (store, body) = (app.jobs.store(), app.bodies.read(body).await?);
    programs::is_there(store, &caller.tenant, &program).await?;
    let wish = read(&body.bytes, app.delivery.outbound())?;
    let made = caldav::create(store, (&caller.tenant, &program), &caller.actor, wish).await?;
    let location = [(header::LOCATION, format!("/v1/programs/{program}/caldav/{}", made.id))];
    Ok((StatusCode::CREATED, location, Json(made)).into_response())
}

/// The collections that are written into.
#[utoipa::path(
    get, path = "/v1/programs/{program}/caldav", operation_id = "list_collections", tag = "caldav",
    params(("program" = String, Path, description = "Id of the programme")),
    responses(
        (status = 200, description = "The collections", body = Page<Collection>),
        (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(program): Path<String>,
) -> Result<Json<Page<Collection>>, Error> {
    Ok(Page::whole(caldav::list(app.jobs.store(), &caller.tenant, &program).await?))
}

/// A collection, and how the writing goes.
#[utoipa::path(
    get, path = "/v1/programs/{program}/caldav/{id}", operation_id = "get_collection", tag = "caldav",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the collection")),
    responses(
        (status = 200, description = "The collection", body = Standing),
        (status = 404, description = "No such collection", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<Json<Standing>, Error> {
    Ok(Json(caldav::get(app.jobs.store(), &caller.tenant, &program, &id).await?))
}

/// Forgets a collection; what was written there stays there.
#[utoipa::path(
    delete, path = "/v1/programs/{program}/caldav/{id}", operation_id = "delete_collection", tag = "caldav",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the collection")),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = 404, description = "No such collection", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    caldav::delete(app.jobs.store(), &caller.tenant, &program, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has all that is published written at once, also after it has failed for good.
#[utoipa::path(
    post, path = "/v1/programs/{program}/caldav/{id}/sync", operation_id = "sync_collection", tag = "caldav",
    params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the collection")),
    responses(
        (status = 202, description = "It is written soon"),
        (status = 404, description = "No such collection", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn sync(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((program, id)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    caldav::sync(app.jobs.store(), &caller.tenant, &program, &id).await?;
    Ok(StatusCode::ACCEPTED)
}
