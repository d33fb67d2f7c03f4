//! Weeks of a programme: the problem derived, a draft that is worked on, versions that were published.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use careweave_solver::{
    instance::Instance,
    problem::{Date, read_calendar},
    rules::{self, CheckReport},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{NO_PROGRAM, Parts, Precondition, Refusal, assemble, compute, stored, table};
use crate::{
    failure::{Document, Failure},
    store::{Store, Tx, args, now},
};

/// A published version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Version {
    /// 1 for the first.
    pub version: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Id of the key that published it; `local` where none was needed.
    pub actor: String,
}

/// A week.
#[derive(Debug, Clone)]
pub struct Week {
    pub week_start: Date,
    pub revision: i64,
    /// The derived problem, as JSON.
    pub problem: String,
    pub draft: Option<String>,
    pub published: Option<String>,
    pub versions: Vec<Version>,
    /// The solve under way.
    pub solve: Option<String>,
}

struct Row {
    revision: i64,
    given: Map<String, Value>,
    draft: Option<String>,
    published: Option<i64>,
    solve: Option<String>,
}

const COLUMNS: &str = "revision, given, draft, published, solve";

fn row(rows: &[crate::store::Row]) -> Result<Row, Failure> {
    let Some(row) = rows.first() else {
        return Ok(Row { revision: 0, given: Map::new(), draft: None, published: None, solve: None });
    };
    let draft = row.maybe_bytes(2)?.map(text).transpose()?;
    let (revision, given) = (row.int(0)?, stored(&row.text(1)?)?);
    Ok(Row { revision, given, draft, published: row.maybe_int(3)?, solve: row.maybe_text(4)? })
}

fn text(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::Internal("A stored calendar is no text.".into()))
}

fn select() -> String {
    format!("SELECT {COLUMNS} FROM weeks WHERE tenant = $1 AND program = $2 AND week = $3")
}

/// A week of a programme, whether or not anything was done in it.
pub async fn week(store: &Store, tenant: &str, program: &str, date: Date) -> Result<Week, Refusal> {
    let parts = table::parts(store, tenant, program).await?;
    let key = || args![tenant, program, date.to_string()];
    let row = row(&store.read(&select(), key()).await?)?;
    let problem = parts.problem_of(date, &row.given)?;
    let sql = "SELECT version, at, actor FROM week_versions WHERE tenant = $1 AND program = $2 AND week = $3 ORDER BY version";
    let versions = store.read(sql, key()).await?;
    let version = |row: &crate::store::Row| Ok(Version { version: row.int(0)?, at: row.int(1)?, actor: row.text(2)? });
    let versions = versions.iter().map(version).collect::<Result<_, Failure>>()?;
    let published = published(store, tenant, program, date, row.published).await?;
    let solve = running(store, row.solve).await?;
    Ok(Week { week_start: date, revision: row.revision, problem, draft: row.draft, published, versions, solve })
}

/// The id, if that solve is still under way.
async fn running(store: &Store, solve: Option<String>) -> Result<Option<String>, Failure> {
    let Some(solve) = solve else { return Ok(None) };
    let sql = "SELECT id FROM solves WHERE id = $1 AND status IN ('queued', 'running')";
    let rows = store.read(sql, args![&solve]).await?;
    Ok(if rows.is_empty() { None } else { Some(solve) })
}

async fn published(
    store: &Store,
    tenant: &str,
    program: &str,
    date: Date,
    version: Option<i64>,
) -> Result<Option<String>, Failure> {
    let Some(version) = version else { return Ok(None) };
    let sql = "SELECT calendar FROM week_versions WHERE tenant = $1 AND program = $2 AND week = $3 AND version = $4";
    let rows = store.read(sql, args![tenant, program, date.to_string(), version]).await?;
    rows.first().map(|row| text(row.bytes(0)?)).transpose()
}

/// The week's row inside a change, which it is certain to be there for.
async fn lock(tx: &mut Tx, tenant: &str, program: &str, date: Date) -> Result<(Parts, Row), Refusal> {
    let parts = table::lock(tx, tenant, program).await?;
    let key = || args![tenant, program, date.to_string()];
    let sql = "INSERT INTO weeks (tenant, program, week, revision, given) VALUES ($1, $2, $3, 0, '{}') ON CONFLICT DO NOTHING";
    tx.run(sql, key()).await?;
    Ok((parts, row(&tx.run(&select(), key()).await?)?))
}

/// A draft that was edited by hand, and what the rules say of it.
#[derive(Debug)]
pub struct Drafted {
    pub revision: i64,
    pub draft: Value,
    pub check: CheckReport,
}

/// Takes a calendar as the draft, whatever the rules say of it: a person may be in the middle of something.
pub async fn draft(
    store: &Store,
    (tenant, program): (&str, &str),
    date: Date,
    seen: &Precondition,
    body: Vec<u8>,
) -> Result<Drafted, Refusal> {
    let mut tx = store.begin().await?;
    let (parts, row) = lock(&mut tx, tenant, program, date).await?;
    seen.holds(Some(row.revision))?;
    let problem = parts.problem_of(date, &row.given)?;
    let (draft, check) = compute(move || judged(&problem, &body)).await??;
    // A solve that is under way was of another draft: its answer is not put over this one.
    let sql = "UPDATE weeks SET draft = $4, solve = NULL, revision = revision + 1 \
               WHERE tenant = $1 AND program = $2 AND week = $3 RETURNING revision";
    let bytes = draft.to_string().into_bytes();
    let rows = tx.run(sql, args![tenant, program, date.to_string(), bytes]).await?;
    let revision = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    tx.commit().await?;
    Ok(Drafted { revision, draft, check })
}

fn judged(problem: &str, calendar: &[u8]) -> Result<(Value, CheckReport), Failure> {
    let given = read_calendar(calendar).map_err(|e| Failure::reading(Document::Calendar, e))?;
    let value = serde_json::from_slice(calendar).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
    let instance = Instance::new(Arc::new(assemble::read(problem)?));
    Ok((value, rules::check(&instance, &given.sessions)))
}

/// What was published.
#[derive(Debug)]
pub struct Published {
    pub version: Version,
    pub revision: i64,
}

/// Makes the draft the published calendar, if it breaks no rule.
pub async fn publish(
    store: &Store,
    (tenant, program): (&str, &str),
    date: Date,
    seen: &Precondition,
    actor: &str,
) -> Result<Published, Refusal> {
    let mut tx = store.begin().await?;
    let (parts, row) = lock(&mut tx, tenant, program, date).await?;
    seen.holds(Some(row.revision))?;
    let Some(draft) = row.draft else {
        return Err(Refusal::Clash("no-draft", "This week has no draft; solve it or put one.".into()));
    };
    let problem = parts.problem_of(date, &row.given)?;
    let bytes = draft.clone().into_bytes();
    let (_, check) = compute(move || judged(&problem, &bytes)).await??;
    if !check.feasible {
        return Err(Refusal::RulesBroken(check.violations));
    }
    let key = || args![tenant, program, date.to_string()];
    let sql = "SELECT COALESCE(MAX(version), CAST(0 AS BIGINT)) FROM week_versions WHERE tenant = $1 AND program = $2 AND week = $3";
    let last = tx.run(sql, key()).await?.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    let version = Version { version: last + 1, at: now(), actor: actor.to_owned() };
    let sql = "INSERT INTO week_versions (tenant, program, week, version, at, actor, calendar) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let mut all = key();
    all.extend(args![version.version, version.at, actor, draft.into_bytes()]);
    tx.run(sql, all).await?;
    let sql = "UPDATE weeks SET published = $4, revision = revision + 1 WHERE tenant = $1 AND program = $2 AND week = $3 \
               RETURNING revision";
    let mut all = key();
    all.extend(args![version.version]);
    let rows = tx.run(sql, all).await?;
    let revision = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    tx.commit().await?;
    Ok(Published { version, revision })
}

/// Notes that a solve is under way, whose answer will be the draft.
pub async fn solving(store: &Store, tenant: &str, program: &str, date: Date, solve: &str) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    lock(&mut tx, tenant, program, date).await?;
    let sql = "UPDATE weeks SET solve = $4 WHERE tenant = $1 AND program = $2 AND week = $3";
    tx.run(sql, args![tenant, program, date.to_string(), solve]).await?;
    // A short solve may have ended before it was noted.
    take_answer(&mut tx, solve).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts the calendar of an ended solve into the draft of the week that waits for it.
pub async fn take_answer(tx: &mut Tx, solve: &str) -> Result<(), Failure> {
    let sql = "UPDATE weeks SET draft = (SELECT calendar FROM solve_calendars WHERE solve = $1), solve = NULL, \
               revision = revision + 1 WHERE solve = $1 \
               AND EXISTS (SELECT 1 FROM solve_calendars WHERE solve = $1) \
               AND EXISTS (SELECT 1 FROM solves WHERE id = $1 AND status IN ('finished', 'stopped'))";
    tx.run(sql, args![solve]).await?;
    Ok(())
}

/// What the draft changes of what was published, person by person.
pub async fn changes(store: &Store, tenant: &str, program: &str, date: Date) -> Result<Value, Refusal> {
    if store.read("SELECT id FROM programs WHERE tenant = $1 AND id = $2", args![tenant, program]).await?.is_empty() {
        return Err(NO_PROGRAM);
    }
    let row = row(&store.read(&select(), args![tenant, program, date.to_string()]).await?)?;
    let before = published(store, tenant, program, date, row.published).await?;
    let after = row.draft.clone().or_else(|| before.clone());
    let items = difference(&sessions(before.as_deref())?, &sessions(after.as_deref())?);
    Ok(json!({ "week_start": date, "since": row.published, "items": items }))
}

type Sessions = BTreeMap<String, Value>;

fn sessions(calendar: Option<&str>) -> Result<Sessions, Failure> {
    let Some(calendar) = calendar else { return Ok(Sessions::new()) };
    let calendar: Value = stored(calendar)?;
    let list = calendar["sessions"].as_array().cloned().unwrap_or_default();
    Ok(list.into_iter().map(|s| (s["id"].as_str().unwrap_or_default().to_owned(), s)).collect())
}

/// Who is in a session, participants and clinicians.
fn people(session: &Value) -> BTreeSet<(&'static str, String)> {
    let of = |list: &str, role: &'static str| {
        let ids = session[list].as_array().into_iter().flatten().filter_map(Value::as_str);
        ids.map(|id| (role, id.to_owned())).collect::<Vec<_>>()
    };
    of("participants", "participant").into_iter().chain(of("clinicians", "clinician")).collect()
}

fn difference(before: &Sessions, after: &Sessions) -> Vec<Value> {
    let mut by_person: BTreeMap<(&str, String), Map<String, Value>> = BTreeMap::new();
    let mut note = |who: (&'static str, String), what: &str, value: Value| {
        let entry = by_person.entry(who).or_default().entry(what).or_insert_with(|| json!([]));
        if let Some(list) = entry.as_array_mut() {
            list.push(value);
        }
    };
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for id in ids {
        let (old, new) = (before.get(id), after.get(id));
        let (was, is) = (old.map(people).unwrap_or_default(), new.map(people).unwrap_or_default());
        let same = match (old, new) {
            (Some(old), Some(new)) => {
                ["start", "end", "site", "room", "modality", "clinicians"].iter().all(|f| old.get(f) == new.get(f))
            }
            _ => true,
        };
        for who in is.difference(&was) {
            note(who.clone(), "added", new.cloned().unwrap_or_default());
        }
        for who in was.difference(&is) {
            note(who.clone(), "removed", old.cloned().unwrap_or_default());
        }
        for who in is.intersection(&was).filter(|_| !same) {
            note(who.clone(), "changed", json!({ "from": old, "to": new }));
        }
    }
    let person = |((role, id), changes): ((&str, String), Map<String, Value>)| {
        let mut item = json!({ role: id, "added": [], "removed": [], "changed": [] });
        changes.into_iter().for_each(|(what, list)| item[what] = list);
        item
    };
    by_person.into_iter().map(person).collect()
}

/// Ids of the participants whom a clinician sees in the calendars that are published.
pub async fn seen_by(store: &Store, tenant: &str, program: &str, clinician: &str) -> Result<BTreeSet<String>, Failure> {
    let sql = "SELECT v.calendar FROM weeks w JOIN week_versions v ON v.tenant = w.tenant AND v.program = w.program \
               AND v.week = w.week AND v.version = w.published WHERE w.tenant = $1 AND w.program = $2 \
               ORDER BY w.week DESC LIMIT 8";
    let mut seen = BTreeSet::new();
    for row in store.read(sql, args![tenant, program]).await? {
        for session in sessions(Some(&text(row.bytes(0)?)?))?.values() {
            let people = people(session);
            if people.contains(&("clinician", clinician.to_owned())) {
                seen.extend(people.into_iter().filter(|p| p.0 == "participant").map(|p| p.1));
            }
        }
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_person_by_person() {
        let session = |id: &str, start: &str, who: &[&str]| {
            (id.to_owned(), json!({ "id": id, "start": start, "clinicians": ["c"], "participants": who }))
        };
        let before = Sessions::from([session("g/1", "9", &["a", "b"]), session("o/1", "10", &["a"])]);
        let after = Sessions::from([session("g/1", "9", &["a", "d"]), session("o/1", "11", &["a"])]);
        let told = difference(&before, &after);
        let of = |role: &str, id: &str| told.iter().find(|t| t[role] == id).unwrap();
        assert_eq!(told.len(), 4);
        assert_eq!(of("participant", "b")["removed"][0]["id"], "g/1");
        assert_eq!(of("participant", "d")["added"][0]["id"], "g/1");
        assert_eq!(of("participant", "a")["changed"][0]["to"]["start"], "11");
        assert_eq!(of("clinician", "c")["changed"].as_array().unwrap().len(), 1);
    }
}
