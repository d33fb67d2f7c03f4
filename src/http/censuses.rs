//! `/v1/censuses`: how many more can be taken, counted beside the service.

use std::sync::Arc;

use careweave_solver::{
    calendar::Calendar,
    problem::{Fault, Problem},
    scenario::{self, Next, Profiles, Reached, ServiceLevel, Step, Tried, WhatIf, edits::Edit},
    search::Stop,
};
use utoipa::ToSchema;

use super::{
    json::{Findings, Reading},
    polled::polled,
    runs::{self, Kind},
    solves::view::SolveView,
    whatifs::{Told, WhatIfOptions, options},
};
use crate::{
    failure::Failure,
    jobs::{Answer, Audience, Report, Work},
};

/// What the queue knows a census by.
pub const KIND: &str = "census";
const CENSUSES: Kind = Kind { name: KIND, path: "/v1/censuses", check: |body| read(body).map(drop) };

/// A problem, and whom to take more of.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct CensusRequest {
    /// The problem.
    problem: Problem,
    /// Whom to take more of, and what must hold: `{profiles?, site?, service_level?, most?}`.
    #[schema(value_type = serde_json::Value)]
    profiles: Profiles,
    /// How to solve each number of them.
    options: Option<WhatIfOptions>,
}

/// How far a census is, as a solve; at its end what it has found.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes an answer that is put together member by member")]
struct CensusView {
    #[serde(flatten)]
    solve: SolveView,
    /// While it runs: every number that was tried.
    #[schema(nullable = false)]
    steps: Option<Vec<Step>>,
    /// How many more can be taken.
    #[schema(nullable = false)]
    additional: Option<u64>,
    /// What must hold.
    #[schema(nullable = false)]
    service_level: Option<ServiceLevel>,
    /// What is reached with nobody more.
    #[schema(nullable = false)]
    today: Option<Reached>,
    /// What is reached with all of them.
    #[schema(nullable = false)]
    reached: Option<Reached>,
    /// The edits that add them.
    #[schema(nullable = false)]
    edits: Option<Vec<Edit>>,
    /// The calendar with all of them.
    #[schema(nullable = false)]
    calendar: Option<Calendar>,
    /// What stops the next one; null where the most that was asked for can be taken, or where it was stopped.
    next: Option<Next>,
    /// Every number that was tried, in turn.
    #[schema(nullable = false)]
    tried: Option<Vec<Tried>>,
}

polled! {
    /// How many more people of given profiles can be taken with a level of service held, and what stops the next one.
    ///
    /// Queued, polled and stopped like a solve. While it runs `GET` gives `steps`, every number that was tried; at its end
    /// what `careweave census` prints.
    kind: CENSUSES, body: CensusRequest, answer: CensusView, tag: "whatifs",
    paths: "/v1/censuses", "/v1/censuses/{id}", "/v1/censuses/{id}/events",
    names: "submit_census", "get_census", "watch_census", "stop_census",
}

/// Reads the request; everything that is wrong with it is told at once.
fn read(body: &[u8]) -> Result<(Arc<Problem>, Profiles, WhatIf), Failure> {
    let mut reading = Reading::body(body, &["problem", "profiles", "options"])?;
    let mut findings = Findings::default();
    let problem = reading.required("problem").map(|p| findings.problem(p)).transpose()?.flatten();
    let given = reading.required("profiles");
    let profiles = given.map(|p| findings.other("/profiles", scenario::read_profiles(p.get().as_bytes())));
    let profiles = profiles.transpose()?.flatten();
    let options = reading.optional("options").map(|o| options(o, &mut findings));
    findings.request(reading.faults());
    if let (Some(problem), Some(profiles)) = (&problem, &profiles) {
        let faults: Vec<Fault> = profiles.faults(problem).inside("/profiles").0;
        findings.request(faults);
    }
    match (problem, profiles, findings.failure()) {
        (Some(problem), Some(profiles), None) => {
            Ok((runs::without_contradictions(problem)?, profiles, options.unwrap_or_default()))
        }
        (.., failure) => Err(failure.unwrap_or(Failure::Internal("Nothing was read.".into()))),
    }
}

/// What a worker does with a census.
pub fn run(work: &Work, audience: &dyn Audience, stop: &Stop) -> Result<Answer, Failure> {
    let (problem, profiles, options) = read(&work.body)?;
    let census = scenario::census(&problem, &profiles, &options, &Told::new(audience), stop)?;
    let json = serde_json::to_vec(&census).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
    Ok(Answer::Report(Report { json, objective: Some(census.calendar.objective) }))
}
