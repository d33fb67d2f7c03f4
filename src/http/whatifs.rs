//! `/v1/whatifs`: scenarios compared beside the service.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Instant as Moment,
};

use careweave_solver::{
    calendar::Calendar,
    problem::{Problem, read_calendar},
    scenario::{self, Kept, Observer, Outcome, Scenario, Solved, Step, WhatIf, uncertainty},
    search::{Progress, Stop},
};
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};
use utoipa::ToSchema;

use super::{
    json::{Findings, Reading},
    polled::polled,
    runs::{self, Kind},
    solves::{request::number, view::SolveView},
};
use crate::{
    failure::Failure,
    jobs::{Answer, Audience, Report, Work},
};

/// What the queue knows a comparison by.
pub const KIND: &str = "whatif";
const WHATIFS: Kind = Kind { name: KIND, path: "/v1/whatifs", check: |body| read(body).map(drop) };

/// A problem, and what is to be changed of it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct WhatIfRequest {
    /// The problem.
    problem: Problem,
    /// The scenarios, as `careweave schema scenarios` says, or the list in them: `[{id, name, edits}]`; at most 100.
    #[schema(value_type = Value)]
    scenarios: Vec<Scenario>,
    /// How to solve them.
    options: Option<WhatIfOptions>,
    /// How often people stay away, clinicians fall ill and people arrive, as `careweave schema rates` says: what becomes of
    /// each calendar is drawn, too.
    uncertainty: Option<Value>,
}

/// How to solve scenarios.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
pub struct WhatIfOptions {
    /// Budget of each solve in seconds; 30 by default, none where `rounds` are given.
    #[schema(exclusive_minimum = 0, maximum = 3600)]
    seconds: Option<f64>,
    /// Budget of the whole in seconds; where it is short, each solve gets less.
    #[schema(exclusive_minimum = 0, maximum = 3600)]
    total_seconds: Option<f64>,
    /// Rounds of each solve; with them nothing depends on the clock unless seconds are given too.
    #[schema(maximum = 1_000_000_000)]
    rounds: Option<u64>,
    /// Solves at once, 1 by default; no more than there are cores are used.
    #[schema(minimum = 1, maximum = 256)]
    threads: Option<u16>,
    /// Seed of every random choice; 1 by default.
    seed: Option<u64>,
}

/// How far a comparison is, as a solve, and what it has found.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes an answer that is put together member by member")]
struct WhatIfView {
    #[serde(flatten)]
    solve: SolveView,
    /// While it runs: the last step of each scenario.
    #[schema(nullable = false)]
    steps: Option<Vec<Step>>,
    /// At its end: the problem as it is.
    #[schema(nullable = false)]
    base: Option<Solved>,
    /// At its end: the problem with things changed.
    #[schema(nullable = false)]
    scenarios: Option<Vec<Outcome>>,
}

polled! {
    /// Solves scenarios beside the base, and compares them.
    ///
    /// Queued, polled and stopped like a solve. While it runs `GET` gives `steps`, how far each scenario is; at its end
    /// `base` and `scenarios`, as `careweave whatif` prints them.
    kind: WHATIFS, body: WhatIfRequest, answer: WhatIfView, tag: "whatifs",
    paths: "/v1/whatifs", "/v1/whatifs/{id}", "/v1/whatifs/{id}/events",
    names: "submit_whatif", "get_whatif", "watch_whatif", "stop_whatif",
}

/// What is asked for.
struct Asked {
    problem: Arc<Problem>,
    scenarios: Vec<Scenario>,
    options: WhatIf,
}

/// Reads the request; everything that is wrong with it is told at once.
fn read(body: &[u8]) -> Result<Asked, Failure> {
    let mut reading = Reading::body(body, &["problem", "scenarios", "options", "uncertainty"])?;
    let mut findings = Findings::default();
    let problem = reading.required("problem").map(|p| findings.problem(p)).transpose()?.flatten();
    let given = reading.required("scenarios");
    let scenarios =
        given.map(|s| findings.other("/scenarios", scenario::read(s.get().as_bytes()))).transpose()?.flatten();
    let options = reading.optional("options").map(|o| options(o, &mut findings));
    let rates = reading.optional("uncertainty").map(|r| uncertainty::read(r.get().as_bytes()));
    let rates = rates.map(|read| findings.other("/uncertainty", read)).transpose()?.flatten();
    findings.request(reading.faults());
    if let (Some(problem), Some(rates)) = (&problem, &rates) {
        findings.request(rates.faults(problem).inside("/uncertainty").0);
    }
    match (problem, scenarios, findings.failure()) {
        (Some(problem), Some(scenarios), None) => {
            let options = WhatIf { uncertainty: rates, ..options.unwrap_or_default() };
            Ok(Asked { problem: runs::without_contradictions(problem)?, scenarios, options })
        }
        (.., failure) => Err(failure.unwrap_or(Failure::Internal("Nothing was read.".into()))),
    }
}

/// Reads the options of a comparison, or of what else solves several weeks.
pub fn options(value: &RawValue, findings: &mut Findings) -> WhatIf {
    let known = ["seconds", "total_seconds", "rounds", "threads", "seed"];
    let mut reading = Reading::object("/options", value, &known);
    let long = |v: &Value| v.as_f64().filter(|s| *s > 0.0 && *s <= 3600.0);
    let seconds = number(&mut reading, "seconds", "a number above 0 and at most 3600", long);
    let total_seconds = number(&mut reading, "total_seconds", "a number above 0 and at most 3600", long);
    let rounds = number(&mut reading, "rounds", "a whole number of 0 to 1000000000", |v| {
        v.as_u64().filter(|n| *n <= 1_000_000_000)
    });
    let threads =
        number(&mut reading, "threads", "a whole number of 1 to 256", |v| v.as_u64().filter(|n| (1..=256).contains(n)));
    let seed = number(&mut reading, "seed", "a whole number of 0 to 18446744073709551615", Value::as_u64);
    findings.request(reading.faults());
    let default = WhatIf::default();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    WhatIf {
        seconds: seconds.or(if rounds.is_some() { None } else { default.seconds }),
        total_seconds,
        rounds,
        threads: threads.map_or(default.threads, |n| (n as usize).min(cores)),
        seed: seed.unwrap_or(default.seed),
        ..default
    }
}

/// What a worker does with a comparison.
pub fn run(work: &Work, audience: &dyn Audience, stop: &Stop) -> Result<Answer, Failure> {
    let Asked { problem, scenarios, mut options } = read(&work.body)?;
    if let Some(best) = &work.best {
        options.kept = kept(best);
        options.total_seconds = options.total_seconds.map(|s| (s - work.before.seconds).max(LEAST));
        tracing::info!(calendars = options.kept.len(), "a comparison goes on from what was solved before");
    }
    let observer = Told::new(audience);
    let comparison = scenario::what_if(&problem, &scenarios, &options, &observer, stop)?;
    let json = serde_json::to_vec(&comparison).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
    Ok(Answer::Report(Report { json, objective: Some(comparison.base.objective) }))
}

/// Seconds that an attempt gets at least.
const LEAST: f64 = 1.0;
/// Bytes of calendars that are kept at most while a comparison runs; what is beyond is solved again by another attempt.
const KEPT: usize = 16 << 20;

/// The calendars that the attempts before have kept.
fn kept(report: &[u8]) -> BTreeMap<String, Kept> {
    let report: Value = serde_json::from_slice(report).unwrap_or_default();
    let one = |(what, kept): (&String, &Value)| {
        let sessions = read_calendar(json!({ "sessions": kept["sessions"] }).to_string().as_bytes()).ok()?.sessions;
        let (bound, seconds) = (kept["bound"].as_u64()?, kept["seconds"].as_f64()?);
        Some((what.clone(), Kept { sessions, bound, seconds }))
    };
    report["kept"].as_object().into_iter().flatten().filter_map(one).collect()
}

/// Passes the steps of a comparison on to who reads the job.
pub struct Told<'a> {
    audience: &'a dyn Audience,
    begin: Moment,
    /// The last step of each scenario.
    steps: Mutex<Vec<Step>>,
    /// Calendars that another attempt can go on from, as JSON.
    kept: Mutex<BTreeMap<String, Box<RawValue>>>,
}

impl<'a> Told<'a> {
    /// Begins now.
    pub fn new(audience: &'a dyn Audience) -> Self {
        Told { audience, begin: Moment::now(), steps: Mutex::default(), kept: Mutex::default() }
    }
}

/// The report while a comparison runs. What is kept is for the next attempt and not shown.
#[derive(Serialize)]
struct SoFar<'a> {
    steps: &'a [Step],
    kept: &'a BTreeMap<String, Box<RawValue>>,
}

impl Observer for Told<'_> {
    fn solved(&self, what: &str, calendar: &Calendar) {
        let (bound, seconds) = (calendar.bound, calendar.seconds);
        let kept = json!({ "bound": bound, "seconds": seconds, "sessions": calendar.sessions });
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let size: usize = all.values().map(|kept| kept.get().len()).sum();
        if let Ok(kept) = serde_json::value::to_raw_value(&kept)
            && size + kept.get().len() <= KEPT
        {
            all.insert(what.to_owned(), kept);
        }
    }

    fn progress(&self, progress: &Progress) {
        self.audience.progress(progress);
    }

    fn step(&self, step: &Step) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        match steps.iter_mut().find(|s| s.id == step.id) {
            Some(before) => *before = step.clone(),
            None => steps.push(step.clone()),
        }
        let base = steps.iter().find_map(|s| s.objective.map(|o| (o, s.bound.unwrap_or(0))));
        self.audience.progress(&Progress {
            seconds: self.begin.elapsed().as_secs_f64(),
            stage: "compare",
            objective: base.map(|b| b.0),
            bound: base.map_or(0, |b| b.1),
            gap: base.map(|(objective, bound)| objective.saturating_sub(bound) as f64 / objective.max(1) as f64),
            rounds: 0,
        });
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(json) = serde_json::to_vec(&SoFar { steps: &steps, kept: &kept }) {
            self.audience.report(Report { json, objective: base.map(|b| b.0) });
        }
    }
}
