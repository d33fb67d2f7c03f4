//! What a programme has as FHIR resources: its directory, and what was published.

use std::{collections::BTreeMap, sync::Arc};

use careweave_solver::{instance::Instance, problem::Problem};
use chrono::{DateTime, Days};
use serde_json::{Map, Value, json};

use super::{
    Parts, Refusal,
    assemble::{self, Around},
    compute,
    episode::History,
    history::{self, Occasion, Span},
    table,
};
use crate::{
    calendars::{Appointment, fhir},
    failure::Failure,
    store::{Store, args},
};

/// The types of resources.
pub const TYPES: [&str; 7] =
    ["Appointment", "HealthcareService", "Location", "Patient", "Practitioner", "Schedule", "Slot"];

/// All resources of a type; those of time are of the weeks in a span, or of those published last.
pub async fn resources(
    store: &Store,
    (tenant, program): (&str, &str),
    kind: &'static str,
    span: Option<Span>,
) -> Result<Vec<fhir::Resource>, Refusal> {
    let parts = table::parts(store, tenant, program).await?;
    if !matches!(kind, "Appointment" | "Schedule" | "Slot") {
        let all = compute(move || -> Result<_, Failure> { Ok(fhir::directory(&assemble::read(&parts.whole()?)?)) });
        let mut all = all.await??;
        all.retain(|r| r.key().0 == kind);
        return Ok(all);
    }
    let span = match span {
        Some(span) => Some(span),
        None => history::latest(store, tenant, program).await?,
    };
    let Some(span) = span else { return Ok(Vec::new()) };
    let versions = history::versions(store, tenant, program, span).await?;
    let came = came(store, tenant, program, span).await?;
    Ok(compute(move || match kind {
        "Appointment" => appointments(&parts, versions, &came),
        "Slot" => slots(&parts, versions),
        _ => schedules(&parts, &versions),
    })
    .await??)
}

/// What is noted of attendance, by week and session.
type Came = BTreeMap<(String, String), Vec<String>>;

async fn came(store: &Store, tenant: &str, program: &str, span: Span) -> Result<Came, Failure> {
    let sql =
        "SELECT week, session, status FROM attendance WHERE tenant = $1 AND program = $2 AND week >= $3 AND week <= $4";
    let mut came = Came::new();
    let (from, to) = span.bounds();
    for row in store.read(sql, args![tenant, program, from, to]).await? {
        came.entry((row.text(0)?, row.text(1)?)).or_default().push(row.text(2)?);
    }
    Ok(came)
}

/// How an appointment stands: fulfilled if anybody came.
fn status(occasion: &Occasion, came: Option<&Vec<String>>) -> &'static str {
    let people = occasion.session["participants"].as_array().map_or(0, Vec::len);
    match came {
        _ if occasion.cancelled => "cancelled",
        Some(came) if came.iter().any(|s| s == "attended" || s == "late") => "fulfilled",
        Some(came) if came.len() < people => "booked",
        Some(came) if came.iter().all(|s| s == "cancelled") => "cancelled",
        Some(_) => "noshow",
        None => "booked",
    }
}

/// A published session, whose service and site the programme still has.
fn of_session<'a>(problem: &'a Problem, session: &'a Value) -> Option<Appointment<'a>> {
    let text = |name: &str| session[name].as_str();
    let at = |name: &str| DateTime::parse_from_rfc3339(text(name)?).ok().map(|t| t.to_utc());
    let list = |name: &str| session[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    Some(Appointment {
        session: text("id")?,
        service: problem.services.iter().find(|s| Some(&*s.id) == text("service"))?,
        site: problem.sites.iter().find(|s| Some(&*s.id) == text("site"))?,
        group: text("group"),
        room: text("room"),
        clinicians: list("clinicians"),
        participants: list("participants"),
        start: at("start")?,
        end: at("end")?,
    })
}

type Versions = Vec<(String, i64, Vec<u8>)>;

fn appointments(parts: &Parts, versions: Versions, came: &Came) -> Result<Vec<fhir::Resource>, Failure> {
    let problem = assemble::read(&parts.whole()?)?;
    let mut occasions = history::occasions(versions, |_| true, |s| json!([s["start"], s["end"]]))?;
    occasions.sort_by_key(|o| o.session["start"].as_str().and_then(|s| DateTime::parse_from_rfc3339(s).ok()));
    let resource = |o: &Occasion| {
        let id = o.session["id"].as_str()?.to_owned();
        let status = status(o, came.get(&(o.week.clone(), id)));
        let appointment = of_session(&problem, &o.session)?;
        Some(fhir::Resource::Appointment(fhir::appointment(&problem, &o.week, &appointment, status)))
    };
    Ok(occasions.iter().filter_map(resource).collect())
}

/// The last version of each week.
fn last(versions: Versions) -> BTreeMap<String, Vec<u8>> {
    versions.into_iter().map(|(week, _, calendar)| (week, calendar)).collect()
}

fn slots(parts: &Parts, versions: Versions) -> Result<Vec<fhir::Resource>, Failure> {
    let mut all = Vec::new();
    for (week, calendar) in last(versions) {
        let Ok(date) = week.parse() else { continue };
        let problem =
            assemble::read(&parts.problem_of(&parts.seen(date, &History::new())?, &Map::new(), &Around::default())?)?;
        let instance = Instance::new(Arc::new(problem));
        let sessions = super::weeks::sessions(&super::weeks::text(calendar)?)?;
        let own: Vec<Appointment> = sessions.iter().filter_map(|s| of_session(&instance.problem, s)).collect();
        all.extend(fhir::slots(&instance, &own));
    }
    Ok(all)
}

fn schedules(parts: &Parts, versions: &Versions) -> Result<Vec<fhir::Resource>, Failure> {
    let problem = assemble::read(&parts.whole()?)?;
    let weeks = versions.iter().filter_map(|(week, ..)| week.parse::<careweave_solver::problem::Date>().ok());
    let (Some(first), Some(last)) = (weeks.clone().min(), weeks.max()) else { return Ok(Vec::new()) };
    let end = last.0.checked_add_days(Days::new(6)).unwrap_or(last.0);
    Ok(fhir::schedules(&problem, &first.to_string(), &end.to_string()))
}
