//! The draft: put by hand and judged, found by a solve, taken back and done again.

use std::sync::Arc;

use careweave_solver::{
    calendar::Session,
    instance::Instance,
    problem::{GivenSession, read_calendar},
    rules::{self, CheckReport},
};
use serde_json::Value;

use super::{
    super::{Precondition, Refusal, assemble, compute},
    Key, Known,
    known::For,
    row,
};
use crate::{
    compiled::Compiled,
    failure::{Document, Failure},
    store::{Arg, On, Store, Tx, args, now},
};

/// Steps of a draft's history that are kept.
const STEPS: i64 = 100;

/// A draft that was edited by hand, and what the rules say of it.
#[derive(Debug)]
pub struct Drafted {
    pub revision: i64,
    pub draft: Value,
    pub check: CheckReport,
    /// What it costs more than the draft, or else the publication, that was there.
    pub cost_difference: Option<i64>,
}

/// Takes a calendar as the draft, whatever the rules say of it: a person may be in the middle of something.
pub async fn draft(
    store: &Store,
    compiled: Arc<Compiled>,
    key: Key<'_>,
    seen: &Precondition,
    actor: &str,
    body: Vec<u8>,
) -> Result<Drafted, Refusal> {
    let mut tx = store.begin().await?;
    let parts = row::lock(&mut tx, key).await?;
    let known = Known::read(&mut On::Inside(&mut tx), parts, key).await?;
    seen.holds(Some(known.row.revision))?;
    let tenant = key.tenant.to_owned();
    let (draft, check, before) = compute(move || -> Result<_, Failure> {
        let text = row::text(body).map_err(|_| Failure::Syntax {
            document: Document::Calendar,
            line: 0,
            column: 0,
            detail: "it is not UTF-8".into(),
        })?;
        let sessions = |calendar: &str| -> Result<Vec<GivenSession>, Failure> {
            let given = read_calendar(calendar.as_bytes()).map_err(|e| Failure::reading(Document::Calendar, e))?;
            Ok(given.sessions)
        };
        let new = sessions(&text)?;
        let mut draft = serde_json::from_str(&text).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
        // Both are judged by the problem that the new one makes, which is made once.
        let problem = known.problem(For::Calendar(&text))?;
        complete(&mut draft, &new, || Ok(Instance::new(Arc::new(assemble::read(&problem)?))))?;
        let judged = |given| compiled.check(&tenant, &problem, given, || assemble::read(&problem));
        // The old one first: mostly it is the one that was judged last, and the new one is judged by what differs.
        let old = known.row.draft.as_deref().or(known.published.as_deref());
        let before = old.map(|old| judged(sessions(old)?)).transpose()?;
        let check = judged(new)?;
        Ok((draft, check, before))
    })
    .await??;
    let revision = write(&mut tx, key, actor, &draft).await?;
    tx.commit().await?;
    let cost_difference = before.map(|before| check.objective.cast_signed() - before.objective.cast_signed());
    Ok(Drafted { revision, draft, check, cost_difference })
}

/// What a session that is brought in may leave to be derived.
const DERIVED: [&str; 7] = ["service", "modality", "site", "room", "end", "time_zone", "pinned"];

/// Adds to the sessions of a calendar what they left to be derived, so that whoever reads the draft finds whole ones; and
/// takes away what a solve told of its goals, which is of another calendar.
fn complete(
    calendar: &mut Value,
    given: &[GivenSession],
    instance: impl FnOnce() -> Result<Instance, Failure>,
) -> Result<(), Failure> {
    calendar.as_object_mut().map(|members| members.remove("goals"));
    let Some(sessions) = calendar["sessions"].as_array_mut() else { return Ok(()) };
    let has = |session: &Value, name: &str| session.get(name).is_some_and(|v| name == "room" || !v.is_null());
    if sessions.iter().all(|session| DERIVED.iter().all(|name| has(session, name))) {
        return Ok(());
    }
    let instance = instance()?;
    for (session, given) in sessions.iter_mut().zip(given) {
        let whole = serde_json::to_value(Session::write(&instance, &instance.book(given)));
        let mut whole = whole.map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
        for name in DERIVED {
            if !has(session, name) {
                session[name] = whole[name].take();
            }
        }
    }
    Ok(())
}

/// Writes a draft as the next step of its history.
pub async fn write(tx: &mut Tx, key: Key<'_>, actor: &str, draft: &Value) -> Result<i64, Failure> {
    let bytes = draft.to_string().into_bytes();
    // A solve that is under way was of another draft: its answer is not put over this one.
    let sql = "UPDATE weeks SET draft = $4, solve = NULL, step = step + 1, revision = revision + 1 \
               WHERE tenant = $1 AND program = $2 AND week = $3 RETURNING revision, step";
    let rows = tx.run(sql, key.and(args![bytes.clone()])).await?;
    let Some(row) = rows.first() else { return Err(Failure::Internal("A week has no row.".into())) };
    let step = row.int(1)?;
    remember(tx, key, step, actor, bytes).await?;
    row.int(0)
}

/// Notes a step; those that were taken back, and the oldest, are forgotten.
async fn remember(tx: &mut Tx, key: Key<'_>, step: i64, actor: &str, bytes: Vec<u8>) -> Result<(), Failure> {
    let sql = "DELETE FROM week_drafts WHERE tenant = $1 AND program = $2 AND week = $3 AND (step >= $4 OR step <= $5)";
    tx.run(sql, key.and(args![step, step - STEPS])).await?;
    let sql = "INSERT INTO week_drafts (tenant, program, week, step, at, actor, calendar) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(sql, key.and(args![step, now(), actor, bytes])).await?;
    Ok(())
}

/// A calendar of the week, and what the rules say of it.
pub struct Judged {
    pub instance: Instance,
    pub sessions: Vec<GivenSession>,
    pub check: CheckReport,
}

impl Judged {
    /// Judges a calendar.
    pub fn of(known: &Known, calendar: &str) -> Result<Self, Failure> {
        let given = read_calendar(calendar.as_bytes()).map_err(|e| Failure::reading(Document::Calendar, e))?;
        let problem = known.problem(For::Calendar(calendar))?;
        let instance = Instance::new(Arc::new(assemble::read(&problem)?));
        let check = rules::check(&instance, &given.sessions);
        Ok(Judged { instance, sessions: given.sessions, check })
    }
}

/// A step of a draft's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Back to what was before.
    Undo,
    /// Forth again.
    Redo,
}

/// Goes back or forth in the history of the draft.
pub async fn step(
    store: &Store,
    key: Key<'_>,
    seen: &Precondition,
    step: Step,
) -> Result<(i64, Option<Value>), Refusal> {
    let mut tx = store.begin().await?;
    row::lock(&mut tx, key).await?;
    let row = super::WeekRow::read(&mut On::Inside(&mut tx), key).await?;
    seen.holds(Some(row.revision))?;
    let (to, nothing) = match step {
        Step::Undo => (row.step - 1, ("nothing-to-undo", "There is no earlier draft of this week.")),
        Step::Redo => (row.step + 1, ("nothing-to-redo", "Nothing was taken back that could be done again.")),
    };
    let sql = "SELECT calendar FROM week_drafts WHERE tenant = $1 AND program = $2 AND week = $3 AND step = $4";
    let rows = tx.run(sql, key.and(args![to])).await?;
    let calendar = rows.first().map(|row| row.bytes(0)).transpose()?;
    // Before the first step there was no draft.
    if calendar.is_none() && to != 0 {
        return Err(Refusal::Clash(nothing.0, nothing.1.into()));
    }
    let sql = "UPDATE weeks SET draft = $4, solve = NULL, step = $5, revision = revision + 1 \
               WHERE tenant = $1 AND program = $2 AND week = $3 RETURNING revision";
    let rows = tx.run(sql, key.and(vec![Arg::Bytes(calendar.clone()), to.into()])).await?;
    let revision = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    tx.commit().await?;
    let draft = calendar.map(|c| serde_json::from_slice(&c)).transpose();
    Ok((revision, draft.map_err(|e| Failure::Internal(format!("A stored calendar can't be read: {e}.")))?))
}

/// Notes that a solve is under way, whose answer will be the draft.
pub async fn solving(store: &Store, key: Key<'_>, solve: &str) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    row::lock(&mut tx, key).await?;
    let sql = "UPDATE weeks SET solve = $4 WHERE tenant = $1 AND program = $2 AND week = $3";
    tx.run(sql, key.and(args![solve])).await?;
    // A short solve may have ended before it was noted.
    take_answer(&mut tx, solve).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts the calendar of an ended solve into the draft of the week that waits for it.
pub async fn take_answer(tx: &mut Tx, solve: &str) -> Result<(), Failure> {
    let sql = "UPDATE weeks SET draft = (SELECT calendar FROM solve_calendars WHERE solve = $1), solve = NULL, \
               step = step + 1, revision = revision + 1 WHERE solve = $1 \
               AND EXISTS (SELECT 1 FROM solve_calendars WHERE solve = $1) \
               AND EXISTS (SELECT 1 FROM solves WHERE id = $1 AND status IN ('finished', 'stopped')) \
               RETURNING tenant, program, week, step, draft";
    for row in tx.run(sql, args![solve]).await? {
        let (tenant, program, week) = (row.text(0)?, row.text(1)?, row.text(2)?);
        let Ok(date) = week.parse() else { continue };
        let key = Key { tenant: &tenant, program: &program, date };
        remember(tx, key, row.int(3)?, &format!("solve:{solve}"), row.bytes(4)?).await?;
    }
    Ok(())
}
