//! `/v1/censuses`: how many more can be taken, counted beside the service.

use std::sync::Arc;

use careweave_solver::{
    problem::{Fault, Problem},
    scenario::{self, Profiles, WhatIf},
    search::Stop,
};
use utoipa::ToSchema;

use super::{
    json::{Findings, Reading},
    polled::polled,
    runs::{self, Kind},
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

polled! {
    /// How many more people of given profiles can be taken with a level of service held, and what stops the next one.
    ///
    /// Queued, polled and stopped like a solve. While it runs `GET` gives `steps`, every number that was tried; at its end
    /// what `careweave census` prints.
    kind: CENSUSES, body: CensusRequest, tag: "whatifs",
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
