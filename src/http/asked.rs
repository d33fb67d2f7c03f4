//! What is asked about a calendar: a problem, any calendar of its week, perhaps one order.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use careweave_solver::problem::{GivenSession, Problem, Stamp};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    App, Error,
    json::{Findings, Reading},
};
use crate::{failure::Failure, reports::explain::SECONDS};

/// Participants that are asked about at once, at most.
const PEOPLE: usize = 100;

/// Does what was asked on a thread for work, and answers with it as JSON.
pub async fn answer<T: Serialize>(
    app: &App,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<Response, Error> {
    let bytes = app
        .cpu
        .run(move || serde_json::to_vec(&work()?).map_err(|e| Failure::Internal(format!("No JSON: {e}."))))
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// What was asked.
pub struct Asked {
    /// The problem.
    pub problem: Problem,
    /// The calendar's sessions.
    pub sessions: Vec<GivenSession>,
    /// The order that it is about.
    pub order: Option<String>,
    /// How many answers at most.
    pub top: usize,
    /// How many seconds it may take.
    pub seconds: f64,
    /// The participants that it is about, instead of an order.
    pub participants: Vec<String>,
    /// Whether each of them comes after those before.
    pub in_turn: bool,
    /// Of the order only places that begin then.
    pub at: Option<Stamp>,
    /// Of the order only places with this clinician.
    pub clinician: Option<String>,
    /// The group that it is about, instead of orders.
    pub group: Option<String>,
}

impl Asked {
    /// Reads a body that may have the members `known`; everything that is wrong with it is told at once.
    pub fn read(body: &[u8], known: &[&str], needs_order: bool) -> Result<Self, Failure> {
        let mut reading = Reading::body(body, known)?;
        let mut findings = Findings::default();
        let (problem, calendar) = (reading.required("problem"), reading.required("calendar"));
        let people = reading.optional("participants").map(|list| {
            let read = serde_json::from_str::<Vec<String>>(list.get()).ok();
            let read = read.filter(|ids| (1..=PEOPLE).contains(&ids.len()));
            if read.is_none() {
                let detail = format!("`participants` must be a list of 1 to {PEOPLE} ids of participants.");
                reading.fault("participants", "wrong-type", detail, None);
            }
            read.unwrap_or_default()
        });
        let in_turn = reading.optional("in_turn").is_some_and(|value| match value.get() {
            "true" => true,
            "false" => false,
            _ => {
                reading.fault("in_turn", "wrong-type", "`in_turn` must be true or false.".into(), None);
                false
            }
        });
        if people.is_some() && reading.optional("order").is_some() {
            reading.fault(
                "participants",
                "invalid-value",
                "It is asked of an `order`, or of `participants`.".into(),
                None,
            );
        }
        let needs_order = needs_order && people.is_none();
        let order = if needs_order { reading.required("order") } else { reading.optional("order") };
        let order = order.and_then(|order| id(&mut reading, "order", order));
        let clinician = reading.optional("clinician").and_then(|c| id(&mut reading, "clinician", c));
        let group = reading.optional("group").and_then(|g| id(&mut reading, "group", g));
        if group.is_some() && order.is_some() {
            let detail = "It is asked of an `order`, or of a `group`.".to_owned();
            reading.fault("group", "invalid-value", detail, None);
        }
        let at = reading.optional("at").and_then(|at| {
            let read = serde_json::from_str::<String>(at.get()).ok().and_then(|text| text.parse::<Stamp>().ok());
            if read.is_none() {
                let detail = "`at` must be a date and time such as \"2026-12-01T15:00\".".to_owned();
                reading.fault("at", "invalid-value", detail, None);
            }
            read
        });
        if (at.is_some() || clinician.is_some()) && reading.optional("order").is_none() {
            reading.fault("", "missing-field", "`at` and `clinician` ask about the places of an `order`.".into(), None);
        }
        let top = reading.optional("top").map_or(Some(10), top);
        if top.is_none() {
            reading.fault("top", "out-of-range", "`top` must be a whole number of 1 to 1000.".into(), None);
        }
        let seconds = reading.optional("seconds").map_or(Some(SECONDS), seconds);
        if seconds.is_none() {
            reading.fault("seconds", "out-of-range", "`seconds` must be a number of 0 to 60.".into(), None);
        }
        let problem = problem.map(|p| findings.problem(p)).transpose()?.flatten();
        let calendar = calendar.map(|c| findings.calendar("/calendar", c)).transpose()?.flatten();
        findings.request(reading.faults());
        match (problem, calendar, top.zip(seconds), findings.failure()) {
            (Some(problem), Some(sessions), Some((top, seconds)), None) => {
                let participants = people.unwrap_or_default();
                Ok(Asked { problem, sessions, order, top, seconds, participants, in_turn, at, clinician, group })
            }
            (.., failure) => Err(failure.unwrap_or(Failure::Internal("Nothing was read.".into()))),
        }
    }
}

/// A member that is the id of what it is called for.
fn id(reading: &mut Reading, name: &'static str, value: &RawValue) -> Option<String> {
    let read = serde_json::from_str::<String>(value.get()).ok();
    if read.is_none() {
        reading.fault(name, "wrong-type", format!("`{name}` must be the id of {}.", indefinite(name)), None);
    }
    read
}

fn indefinite(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {name}")
}

fn top(value: &RawValue) -> Option<usize> {
    value.get().parse::<usize>().ok().filter(|n| (1..=1000).contains(n))
}

fn seconds(value: &RawValue) -> Option<f64> {
    value.get().parse::<f64>().ok().filter(|s| (0.0..=60.0).contains(s))
}
