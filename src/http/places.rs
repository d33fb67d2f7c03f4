//! `/v1/places`: where a session of a calendar could stand instead.

use std::sync::Arc;

use axum::{body::Body, extract::State, response::Response};
use careweave_solver::{
    instance::{Booked, Instance},
    moves::{self, Held, Place},
    problem::{Fault, GivenCalendar, GivenSession, Problem},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    App, Error,
    asked::answer,
    error::ProblemDetails,
    json::{Findings, Reading},
};
use crate::failure::{Document, Failure};

/// The routes.
pub fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(places))
}

/// A problem, any calendar of its week, and one of its sessions.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct PlacesRequest {
    /// The problem.
    problem: Problem,
    /// The calendar: Careweave's or a person's.
    calendar: GivenCalendar,
    /// Id of the session.
    session: String,
    /// Ask about columns of a board instead.
    columns: Option<Vec<ColumnAsked>>,
}

/// What is held while the session is tried at every start: a room or a clinician.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ColumnAsked {
    /// Id of the room in which the session would be, in person; null for none, by telehealth.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    room: Option<Option<String>>,
    /// Id of the clinician who would give it.
    clinician: Option<String>,
    /// In whose place that clinician would; without, in that of the first.
    instead_of: Option<String>,
}

/// A member that is there, be it null.
fn given<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Columns that are asked about at once, at most.
const COLUMNS: usize = 8;

/// The places of a session, or those in each column that was asked about.
#[derive(Serialize, ToSchema)]
#[schema(as = Places)]
struct Found {
    /// Id of the session.
    session: String,
    /// In the order of time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    places: Option<Vec<Place>>,
    /// A list for each column, in the order in which they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    columns: Option<Vec<Vec<Place>>>,
}

/// Where a session of a calendar could stand instead.
///
/// One place for each start of the week while its site is open: in the session's own room and with its own clinicians where
/// that breaks no rule, else with others that are free. A place that is forbidden says why. With `columns`, each start in
/// each of these rooms, or with each of these clinicians; what else is the session's own may be another's that is free.
#[utoipa::path(
    post, path = "/v1/places", operation_id = "places", tag = "check", request_body = PlacesRequest,
    responses(
        (status = 200, description = "Its `places`; or, where columns were asked about, `columns`", body = Found),
        (status = 400, description = "Not JSON", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "Invalid; all errors at once", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn places(State(app): State<Arc<App>>, body: Body) -> Result<Response, Error> {
    let body = app.bodies.read(body).await?;
    answer(&app, move || {
        let Asked { problem, sessions, id, columns } = read(&body.bytes)?;
        let instance = Instance::new(Arc::new(problem));
        let sessions: Vec<Booked> = sessions.iter().map(|s| instance.book(s)).collect();
        let Some(columns) = columns else {
            let found = moves::moves(&instance, &sessions, &id).ok_or_else(|| unknown(&id))?;
            return Ok(Found { session: found.session, places: Some(found.places), columns: None });
        };
        let held = held(&instance, &columns)?;
        let columns = moves::columns(&instance, &sessions, &id, &held).ok_or_else(|| unknown(&id))?;
        Ok(Found { session: id, places: None, columns: Some(columns) })
    })
    .await
}

struct Asked {
    problem: Problem,
    sessions: Vec<GivenSession>,
    id: String,
    columns: Option<Vec<ColumnAsked>>,
}

/// Reads what is asked; everything that is wrong with it is told at once.
fn read(body: &[u8]) -> Result<Asked, Failure> {
    let mut reading = Reading::body(body, &["problem", "calendar", "session", "columns"])?;
    let mut findings = Findings::default();
    let (problem, calendar) = (reading.required("problem"), reading.required("calendar"));
    let session = reading.required("session").and_then(|session| {
        let read = serde_json::from_str::<String>(session.get()).ok();
        if read.is_none() {
            reading.fault("session", "wrong-type", "`session` must be the id of a session.".into(), None);
        }
        read
    });
    let columns = reading.optional("columns").map(|list| {
        let read = serde_json::from_str::<Vec<ColumnAsked>>(list.get()).ok();
        let one =
            |c: &ColumnAsked| c.room.is_some() != c.clinician.is_some() && (c.room.is_none() || c.instead_of.is_none());
        let read = read.filter(|list| (1..=COLUMNS).contains(&list.len()) && list.iter().all(one));
        if read.is_none() {
            let detail =
                format!("`columns` must be a list of 1 to {COLUMNS} objects, each with a `room` or a `clinician`.");
            let hint =
                r#"such as {"room": "r1"}, {"room": null} for telehealth, {"clinician": "c1", "instead_of": "c2"}"#;
            reading.fault("columns", "wrong-type", detail, Some(hint.into()));
        }
        read.unwrap_or_default()
    });
    let problem = problem.map(|p| findings.problem(p)).transpose()?.flatten();
    let calendar = calendar.map(|c| findings.calendar("/calendar", c)).transpose()?.flatten();
    findings.request(reading.faults());
    match (problem, calendar, session, findings.failure()) {
        (Some(problem), Some(sessions), Some(id), None) => Ok(Asked { problem, sessions, id, columns }),
        (.., failure) => Err(failure.unwrap_or(Failure::Internal("Nothing was read.".into()))),
    }
}

/// The columns in terms of the instance; every id that the problem does not have is told at once.
fn held(instance: &Instance, columns: &[ColumnAsked]) -> Result<Vec<Held>, Failure> {
    let mut faults = Vec::new();
    let mut known = |k: usize, name: &str, id: &str, found: bool| {
        if !found {
            faults.push(fault(
                format!("/columns/{k}/{name}"),
                format!("The problem has no {} `{}`.", kind(name), shown(id)),
            ));
        }
    };
    let held = columns.iter().enumerate().filter_map(|(k, column)| {
        if let Some(room) = &column.room {
            let Some(id) = room else { return Some(Held::Room(None)) };
            let found = instance.room_named(id);
            known(k, "room", id, found.is_some());
            return found.map(|room| Held::Room(Some(room)));
        }
        let id = column.clinician.as_deref()?;
        let gives = instance.clinician_named(id);
        known(k, "clinician", id, gives.is_some());
        let instead_of = column.instead_of.as_deref().and_then(|id| {
            let found = instance.clinician_named(id);
            known(k, "instead_of", id, found.is_some());
            found
        });
        gives.map(|gives| Held::Clinician { gives, instead_of })
    });
    let held = held.collect();
    if faults.is_empty() { Ok(held) } else { Err(Failure::Invalid { document: Document::Request, faults }) }
}

fn kind(name: &str) -> &str {
    if name == "room" { "room" } else { "clinician" }
}

fn unknown(id: &str) -> Failure {
    let fault = fault("/session".into(), format!("The calendar has no session `{}`.", shown(id)));
    Failure::Invalid { document: Document::Request, faults: vec![fault] }
}

fn fault(pointer: String, detail: String) -> Fault {
    Fault { path: pointer.clone(), pointer, code: "unknown-id", detail, hint: None }
}

/// An id that a client sent, as it is told back.
fn shown(id: &str) -> String {
    id.chars().filter(|c| !c.is_control()).take(80).collect()
}
