//! What `POST /v1/solves` asks for: a problem, options, a calendar to start from.

use std::{sync::Arc, thread};

use careweave_solver::{
    goals::{self, Goal, Goals},
    instance::Instance,
    problem::{GivenCalendar, Problem, read_calendar},
    search::{self, Options, SolveError, Stop, Watcher},
};
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;

use super::super::{
    censuses,
    json::{Findings, Reading},
    purchases, replans, whatifs,
};
use crate::{
    failure::{Document, Failure},
    jobs::{Answer, Audience, Runner, Work},
};

/// What the queue knows a solve by.
pub const KIND: &str = "solve";

/// What is to be solved.
pub struct Request {
    /// The week.
    pub instance: Arc<Instance>,
    /// How.
    pub options: Options,
    /// What to follow beside the objective.
    pub goals: Goals,
}

/// What solves an instance: the solver's own `solve`.
type Search =
    fn(&Arc<Instance>, &Options, &dyn Watcher, &Stop) -> Result<careweave_solver::calendar::Calendar, SolveError>;

/// What workers do: read the request again, go on from the best calendar so far, within what is left of the budget.
pub fn runner(search: Search) -> Arc<Runner> {
    Arc::new(move |work: &Work, audience: &dyn Audience, stop: &Stop| match work.kind.as_str() {
        KIND => solve(search, work, audience, stop),
        replans::KIND => replans::run(work, audience, stop),
        whatifs::KIND => whatifs::run(work, audience, stop),
        censuses::KIND => censuses::run(work, audience, stop),
        purchases::KIND => purchases::run(work, audience, stop),
        kind => Err(Failure::Internal(format!("Solves of the kind `{kind}` are not known here."))),
    })
}

fn solve(search: Search, work: &Work, audience: &dyn Audience, stop: &Stop) -> Result<Answer, Failure> {
    let Request { instance, mut options, goals } = read(&work.body)?;
    if let Some(best) = &work.best {
        let best = read_calendar(best).map_err(|e| Failure::reading(Document::Calendar, e))?;
        options.start = Some(best.sessions);
    }
    options.seconds = options.seconds.map(|s| (s - work.before.seconds).max(LEAST));
    options.rounds = options.rounds.map(|n| n.saturating_sub(work.before.rounds));
    if goals.follow.is_empty() {
        return Ok(search(&instance, &options, audience, stop)?.into());
    }
    Ok(goals::solve(&instance, &options, &goals, audience, stop)?.into())
}

/// Seconds that an attempt gets at least, so that it can take up what was found before.
const LEAST: f64 = 1.0;

/// A week to solve.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
pub struct SolveRequest {
    /// The problem.
    problem: Problem,
    /// How to solve it.
    options: Option<SolveOptions>,
    /// A calendar to start from; what of it breaks a rule is repaired or left out.
    start: Option<GivenCalendar>,
}

/// How to solve a week.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
pub struct SolveOptions {
    /// Budget in seconds; 30 by default, where only `rounds` are given an hour.
    #[schema(exclusive_minimum = 0, maximum = 3600)]
    seconds: Option<f64>,
    /// Rounds of improvement; with them nothing depends on the clock unless `seconds` is given too.
    #[schema(maximum = 1_000_000_000)]
    rounds: Option<u64>,
    /// Threads, 1 by default; no more than there are cores are used.
    #[schema(minimum = 1, maximum = 256)]
    threads: Option<u16>,
    /// Seed of every random choice; 1 by default.
    seed: Option<u64>,
    /// Stop once the gap is at most this; 0 by default.
    #[schema(minimum = 0, maximum = 1)]
    target_gap: Option<f64>,
    /// What to follow beside the objective; the calendar tells in `goals` what became of it.
    goals: Option<SolveGoals>,
}

/// What to follow beside the objective.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a body that is read member by member")]
struct SolveGoals {
    /// `few_contacts`, `largest_burden`, `quadratic_burden`, the most important first.
    follow: Vec<String>,
    /// By which share the objective may be above the best one found; 0.02 by default.
    #[schema(minimum = 0, maximum = 1)]
    within: Option<f64>,
}

/// Reads the request; everything that is wrong with it is told at once. Contradicting pins are found here, before
/// anything is queued.
pub fn read(body: &[u8]) -> Result<Request, Failure> {
    let mut reading = Reading::body(body, &["problem", "options", "start"])?;
    let mut findings = Findings::default();
    let problem = reading.required("problem").map(|p| findings.problem(p)).transpose()?.flatten();
    let start = reading.optional("start").map(|s| findings.calendar("/start", s)).transpose()?.flatten();
    let (options, goals) = reading.optional("options").map(|o| options_and_goals(o, &mut findings)).unwrap_or_default();
    findings.request(reading.faults());
    if let Some(failure) = findings.failure() {
        return Err(failure);
    }
    let Some(problem) = problem else { return Err(Failure::Internal("Nothing was read.".into())) };
    let instance = Arc::new(Instance::new(Arc::new(problem)));
    let contradictions = search::contradictions(&instance);
    if !contradictions.is_empty() {
        return Err(Failure::PinsContradict(contradictions));
    }
    Ok(Request { instance, options: Options { start, ..options }, goals })
}

/// The members of options.
const OPTIONS: [&str; 5] = ["seconds", "rounds", "threads", "seed", "target_gap"];

/// Reads options, and what to follow beside the objective.
fn options_and_goals(value: &RawValue, findings: &mut Findings) -> (Options, Goals) {
    let reading = Reading::object("/options", value, &[&OPTIONS[..], &["goals"]].concat());
    let goals = reading.optional("goals").map(|g| goals_of(g, findings)).unwrap_or_default();
    (of_object(reading, findings), goals)
}

fn goals_of(value: &RawValue, findings: &mut Findings) -> Goals {
    let mut reading = Reading::object("/options/goals", value, &["follow", "within"]);
    let named = |v: &Value| -> Option<Vec<Goal>> {
        let names = v.as_array()?.iter().map(|name| Goal::ALL.into_iter().find(|g| Some(g.name()) == name.as_str()));
        names.collect::<Option<Vec<Goal>>>().filter(|goals| goals.len() <= Goal::ALL.len())
    };
    let names = Goal::ALL.map(Goal::name).join(", ");
    let follow = number(&mut reading, "follow", &format!("a list of {names}, each once"), named);
    let within =
        number(&mut reading, "within", "a number of 0 to 1", |v| v.as_f64().filter(|w| (0.0..=1.0).contains(w)));
    findings.request(reading.faults());
    let default = Goals::default();
    Goals { follow: follow.unwrap_or_default(), within: within.unwrap_or(default.within) }
}

/// Reads options.
pub fn options(value: &RawValue, findings: &mut Findings) -> Options {
    of_object(Reading::object("/options", value, &OPTIONS), findings)
}

fn of_object(mut reading: Reading, findings: &mut Findings) -> Options {
    let seconds = number(&mut reading, "seconds", "a number above 0 and at most 3600", |v| {
        v.as_f64().filter(|s| *s > 0.0 && *s <= 3600.0)
    });
    let rounds = number(&mut reading, "rounds", "a whole number of 0 to 1000000000", |v| {
        v.as_u64().filter(|n| *n <= 1_000_000_000)
    });
    let threads =
        number(&mut reading, "threads", "a whole number of 1 to 256", |v| v.as_u64().filter(|n| (1..=256).contains(n)));
    let seed = number(&mut reading, "seed", "a whole number of 0 to 18446744073709551615", Value::as_u64);
    let target_gap =
        number(&mut reading, "target_gap", "a number of 0 to 1", |v| v.as_f64().filter(|g| (0.0..=1.0).contains(g)));
    findings.request(reading.faults());
    let default = Options::default();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    Options {
        seconds: seconds.or(if rounds.is_some() { None } else { default.seconds }),
        rounds,
        threads: threads.map_or(default.threads, |n| (n as usize).min(cores)),
        seed: seed.unwrap_or(default.seed),
        target_gap: target_gap.unwrap_or(default.target_gap),
        ..default
    }
}

/// An optional member that `fits` turns into a number.
pub fn number<T>(reading: &mut Reading, name: &str, expected: &str, fits: impl Fn(&Value) -> Option<T>) -> Option<T> {
    let text = reading.optional(name)?.get();
    let fitting = serde_json::from_str(text).ok().and_then(|v| fits(&v));
    if fitting.is_none() {
        let shown: String = text.chars().take(80).collect();
        reading.fault(name, "invalid-value", format!("`{name}` is {shown}; it must be {expected}."), None);
    }
    fitting
}
