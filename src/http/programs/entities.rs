//! `/v1/programs/{program}/{list}[/{id}]`: the entities of a problem. What the six lists do is the same.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    super::{
        App, Error,
        caller::Caller,
        error::ProblemDetails,
        listing::Page,
        params::{self, Params},
    },
    stored::{StoredClinician, StoredGroup, StoredParticipant, StoredRoom, StoredService, StoredSite},
};
use crate::{
    auth::{Role, Scope},
    failure::Failure,
    programs::{
        self, Change, Edited, Kind,
        records::{self, Whose},
        seen_by,
    },
    store::On,
};

/// The handlers of one list: utoipa wants a function for each operation.
macro_rules! list {
    ($module:ident, $kind:ident, $type:ty, $all:literal, $one:literal, $names:expr, $list:literal, $get:literal, $put:literal, $patch:literal, $delete:literal) => {
        mod $module {
            use super::*;

            pub fn router() -> OpenApiRouter<Arc<App>> {
                OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, put, patch, delete))
            }

            /// A list of the programme, page by page.
            #[utoipa::path(
                get, path = $all, operation_id = $list, tag = "programs",
                params(
                    ("program" = String, Path, description = "Id of the programme"),
                    ("limit" = Option<u16>, Query, description = "How many, 1 to 1000; 100 by default"),
                    ("cursor" = Option<String>, Query, description = "Where the page before said that this one begins"),
                    ("filter" = Option<BTreeMap<String, String>>, Query, style = Form, explode, description = $names),
                ),
                responses(
                    (status = 200, description = "Entities, in their order", body = Page<$type>),
                    (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 422, description = "Unknown parameter", body = ProblemDetails, content_type = "application/problem+json"),
                )
            )]
            async fn list(
                State(app): State<Arc<App>>,
                caller: Caller,
                Path(program): Path<String>,
                Params(query): Params<BTreeMap<String, String>>,
            ) -> Result<Response, Error> {
                super::list(&app, &caller, &program, Kind::$kind, query).await
            }

            /// An entity.
            #[utoipa::path(
                get, path = $one, operation_id = $get, tag = "programs",
                params(("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the entity")),
                responses(
                    (status = 200, description = "The entity", body = $type, headers(("ETag" = String, description = "Its state"))),
                    (status = 304, description = "It is as `If-None-Match` says"),
                    (status = 404, description = "No such entity or programme", body = ProblemDetails, content_type = "application/problem+json"),
                )
            )]
            async fn get(
                State(app): State<Arc<App>>,
                caller: Caller,
                Path((program, id)): Path<(String, String)>,
                headers: HeaderMap,
            ) -> Result<Response, Error> {
                super::get(&app, &caller, &program, Kind::$kind, &id, &headers).await
            }

            /// Puts an entity: changes it, or makes it.
            #[utoipa::path(
                put, path = $one, operation_id = $put, tag = "programs", request_body = $type,
                params(
                    ("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the entity"),
                    ("If-Match" = Option<String>, Header, description = "The state that was seen"),
                    ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is none"),
                ),
                responses(
                    (status = 200, description = "It is so", body = $type, headers(("ETag" = String, description = "Its state"))),
                    (status = 201, description = "It is made", body = $type, headers(("ETag" = String, description = "Its state"))),
                    (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 404, description = "No such programme", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 412, description = "It is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
                )
            )]
            async fn put(
                State(app): State<Arc<App>>,
                caller: Caller,
                Path((program, id)): Path<(String, String)>,
                headers: HeaderMap,
                body: Body,
            ) -> Result<Response, Error> {
                let body = app.bodies.read(body).await?;
                let change = super::super::text(body.bytes).map(Change::Put);
                super::edit(&app, &caller, &program, Kind::$kind, &id, &headers, change).await
            }

            /// Changes an entity by a merge patch (RFC 7396).
            #[utoipa::path(
                patch, path = $one, operation_id = $patch, tag = "programs",
                request_body(content((Value = "application/merge-patch+json"), (Value = "application/json"))),
                params(
                    ("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the entity"),
                    ("If-Match" = Option<String>, Header, description = "The state that was seen"),
                ),
                responses(
                    (status = 200, description = "It is so", body = $type, headers(("ETag" = String, description = "Its state"))),
                    (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 404, description = "No such entity or programme", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 412, description = "It is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 415, description = "Not a merge patch", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
                )
            )]
            async fn patch(
                State(app): State<Arc<App>>,
                caller: Caller,
                Path((program, id)): Path<(String, String)>,
                headers: HeaderMap,
                body: Body,
            ) -> Result<Response, Error> {
                super::super::is_merge_patch(&headers)?;
                let body = app.bodies.read(body).await?;
                let change = super::super::value(&body.bytes).map(Change::Patch);
                super::edit(&app, &caller, &program, Kind::$kind, &id, &headers, change).await
            }

            /// Removes an entity that nothing uses.
            #[utoipa::path(
                delete, path = $one, operation_id = $delete, tag = "programs",
                params(
                    ("program" = String, Path, description = "Id of the programme"), ("id" = String, Path, description = "Id of the entity"),
                    ("If-Match" = Option<String>, Header, description = "The state that was seen"),
                ),
                responses(
                    (status = 204, description = "It is gone"),
                    (status = 404, description = "No such entity or programme", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 409, description = "It is still in use (`in-use`): `uses` says where", body = ProblemDetails, content_type = "application/problem+json"),
                    (status = 412, description = "It is no longer what was seen", body = ProblemDetails, content_type = "application/problem+json"),
                )
            )]
            async fn delete(
                State(app): State<Arc<App>>,
                caller: Caller,
                Path((program, id)): Path<(String, String)>,
                headers: HeaderMap,
            ) -> Result<Response, Error> {
                super::edit(&app, &caller, &program, Kind::$kind, &id, &headers, Ok(Change::Delete)).await
            }
        }
    };
}

list!(
    sites,
    Sites,
    StoredSite,
    "/v1/programs/{program}/sites",
    "/v1/programs/{program}/sites/{id}",
    "By `jurisdiction`, `time_zone`",
    "list_sites",
    "get_site",
    "put_site",
    "patch_site",
    "delete_site"
);
list!(
    rooms,
    Rooms,
    StoredRoom,
    "/v1/programs/{program}/rooms",
    "/v1/programs/{program}/rooms/{id}",
    "By `site`, `features`",
    "list_rooms",
    "get_room",
    "put_room",
    "patch_room",
    "delete_room"
);
list!(
    services,
    Services,
    StoredService,
    "/v1/programs/{program}/services",
    "/v1/programs/{program}/services/{id}",
    "By `kind`, `modalities`",
    "list_services",
    "get_service",
    "put_service",
    "patch_service",
    "delete_service"
);
list!(
    clinicians,
    Clinicians,
    StoredClinician,
    "/v1/programs/{program}/clinicians",
    "/v1/programs/{program}/clinicians/{id}",
    "By `home_site`, `credentials`, `languages`, `licensed_in`",
    "list_clinicians",
    "get_clinician",
    "put_clinician",
    "patch_clinician",
    "delete_clinician"
);
list!(
    groups,
    Groups,
    StoredGroup,
    "/v1/programs/{program}/groups",
    "/v1/programs/{program}/groups/{id}",
    "By `site`, `service`, `modality`",
    "list_groups",
    "get_group",
    "put_group",
    "patch_group",
    "delete_group"
);
list!(
    participants,
    Participants,
    StoredParticipant,
    "/v1/programs/{program}/participants",
    "/v1/programs/{program}/participants/{id}",
    "By `home_site`, `attributes`, `languages`, `telehealth`",
    "list_participants",
    "get_participant",
    "put_participant",
    "patch_participant",
    "delete_participant"
);

/// The routes of all lists.
pub fn router() -> OpenApiRouter<Arc<App>> {
    sites::router()
        .merge(rooms::router())
        .merge(services::router())
        .merge(clinicians::router())
        .merge(groups::router())
        .merge(participants::router())
}

async fn list(
    app: &App,
    caller: &Caller,
    program: &str,
    kind: Kind,
    query: BTreeMap<String, String>,
) -> Result<Response, Error> {
    let (mut limit, mut after, mut filters) = (params::limit(None)?, 0, Vec::new());
    for (name, value) in query {
        match name.as_str() {
            "limit" => {
                limit = params::limit(Some(value.parse().unwrap_or(0)))?;
            }
            "cursor" => {
                after = value.parse().map_err(|_| Error::InvalidQuery("`cursor` is none that a page gave.".into()))?;
            }
            name if kind.filters().contains(&name) => filters.push((name.to_owned(), value)),
            _ => {
                let known = [&["limit", "cursor"], kind.filters()].concat().join(", ");
                return Err(Error::InvalidQuery(format!("An unknown parameter; there are {known}.")));
            }
        }
    }
    let own = match (caller.role, &caller.clinician) {
        (Role::Clinician, Some(id)) => Some(seen_by(app.jobs.store(), &caller.tenant, program, id).await?),
        _ => None,
    };
    let fits = |entity: &Value| {
        let own = own.as_ref().is_none_or(|own| entity["id"].as_str().is_some_and(|id| own.contains(id)));
        own && filters.iter().all(|(name, value)| has(&entity[name], name, value))
    };
    let (found, more) =
        programs::page(app.jobs.store(), &caller.tenant, program, kind, after, limit as usize, fits).await?;
    let next = found.last().filter(|_| more).map(|(position, _)| position.to_string());
    let items = found.into_iter().map(|(_, entity)| entity).collect::<Vec<_>>();
    Ok(Json(serde_json::json!({ "items": items, "next": next })).into_response())
}

/// Whether a field, or its default, is or contains a value.
fn has(field: &Value, name: &str, wanted: &str) -> bool {
    match field {
        Value::Null => match name {
            "languages" => wanted == "en",
            "telehealth" => wanted == "false",
            "modality" | "modalities" => wanted == "in_person",
            _ => false,
        },
        Value::String(text) => text == wanted,
        Value::Array(list) => list.iter().any(|item| item == wanted),
        other => serde_json::from_str::<Value>(wanted).is_ok_and(|wanted| wanted == *other),
    }
}

async fn get(
    app: &App,
    caller: &Caller,
    program: &str,
    kind: Kind,
    id: &str,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    if let (Role::Clinician, Some(own)) = (caller.role, &caller.clinician) {
        let theirs = match kind {
            Kind::Clinicians => id == own,
            _ => seen_by(app.jobs.store(), &caller.tenant, program, own).await?.contains(id),
        };
        if !theirs {
            return Err(Error::NotFound("There is no such entity in this clinician's calendar."));
        }
    }
    let entity = programs::get(app.jobs.store(), &caller.tenant, program, kind, id).await?;
    if super::unchanged(headers, entity.revision) {
        return Ok((StatusCode::NOT_MODIFIED, [super::etag(entity.revision)]).into_response());
    }
    let body = with_record(app, caller, program, (kind, id), entity.body).await?;
    Ok(shown(body, entity.revision))
}

/// A participant with the record, for who may see it.
async fn with_record(
    app: &App,
    caller: &Caller,
    program: &str,
    (kind, id): (Kind, &str),
    body: String,
) -> Result<String, Error> {
    if kind != Kind::Participants || !caller.scopes.contains(&Scope::Record) {
        return Ok(body);
    }
    let whose = Whose { tenant: &caller.tenant, program, participant: id };
    let Some(record) = records::get(&mut On::Alone(app.jobs.store()), whose).await? else { return Ok(body) };
    let mut value = super::value(body.as_bytes())?;
    value["record"] = record;
    Ok(value.to_string())
}

/// Takes what is said of a record out of a change: it is kept apart.
fn record_of(change: &mut Result<Change, Failure>) -> Option<Value> {
    match change {
        Ok(Change::Put(text)) if text.contains("\"record\"") => {
            let mut value: Value = serde_json::from_str(text).ok()?;
            let record = value.as_object_mut()?.remove("record")?;
            *text = value.to_string();
            Some(record)
        }
        Ok(Change::Patch(patch)) => patch.as_object_mut()?.remove("record"),
        _ => None,
    }
}

fn shown(body: String, revision: i64) -> Response {
    ([super::etag(revision)], [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn edit(
    app: &App,
    caller: &Caller,
    program: &str,
    kind: Kind,
    id: &str,
    headers: &HeaderMap,
    mut change: Result<Change, Failure>,
) -> Result<Response, Error> {
    let (store, seen) = (app.jobs.store(), super::seen(headers));
    let deleted = matches!(change, Ok(Change::Delete));
    let record = if kind == Kind::Participants { record_of(&mut change) } else { None };
    if record.is_some() && !caller.scopes.contains(&Scope::Record) {
        return Err(Error::Forbidden);
    }
    let edited = programs::edit(store, (&caller.tenant, program), (kind, id), &seen, change, record).await?;
    let Edited { created, revision, body } = edited;
    if deleted {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let body = with_record(app, caller, program, (kind, id), body).await?;
    if created {
        let location = [(header::LOCATION, format!("/v1/programs/{program}/{}/{id}", kind.name()))];
        return Ok((StatusCode::CREATED, location, shown(body, revision)).into_response());
    }
    Ok(shown(body, revision))
}
