//! A whole problem into a programme: the programme becomes what the problem says, all of it or nothing.

use std::collections::{BTreeMap, HashMap};

use careweave_solver::problem::{self, Date};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    Kind, Parts, Refusal, Stored, compute, episode, json,
    program::DEFAULTS,
    stored,
    table::{self, Written},
};
use crate::{
    failure::{Document, Failure},
    store::{Store, Tx, args},
};

/// Fields of a problem that belong to one week.
const OF_WEEK: [&str; 3] = ["previous", "freeze_until", "reference"];

/// What an import changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Report {
    /// The week that the problem was of.
    #[schema(value_type = String)]
    week_start: String,
    /// Whether nothing was changed: it was only asked what would be.
    dry_run: bool,
    /// Counts, by list.
    lists: BTreeMap<&'static str, Counts>,
    /// The first 1000 changes, by list and id.
    changes: Vec<Changed>,
}

/// How much of a list changes.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Counts {
    created: u64,
    updated: u64,
    deleted: u64,
    unchanged: u64,
}

/// One change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Changed {
    /// Where, by ids: `/participants/s1-p3`.
    path: String,
    /// `created`, `updated` or `deleted`.
    change: &'static str,
}

/// Changes that a report names one by one.
const NAMED: usize = 1000;

/// Reads a problem, and makes a programme what it says.
pub async fn import(
    store: &Store,
    tenant: &str,
    program: &str,
    body: Vec<u8>,
    dry_run: bool,
) -> Result<Report, Refusal> {
    let (week, document) = compute(move || read(&body)).await??;
    let mut tx = store.begin().await?;
    let old = table::lock(&mut tx, tenant, program).await?;
    apply(tx, (tenant, program), old, document, Of::Week(week), dry_run).await
}

/// What is brought in.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// The problem of a week: its orders stand from then on.
    Week(Date),
    /// One list alone; new orders stand from this week on.
    Table(Date),
}

/// Makes a programme what a valid problem says.
pub async fn apply(
    mut tx: Tx,
    (tenant, program): (&str, &str),
    old: Parts,
    document: Map<String, Value>,
    of: Of,
    dry_run: bool,
) -> Result<Report, Refusal> {
    let clock = old.clock;
    let (Of::Week(week) | Of::Table(week)) = of;
    let (new, given, report) = compute(move || compare(&old, document, of, dry_run)).await??;
    if dry_run {
        return Ok(report);
    }
    for change in &new.changes {
        match change {
            Step::Put(kind, entity) => table::put(&mut tx, tenant, program, *kind, entity).await?,
            Step::Remove(kind, id) => table::remove(&mut tx, tenant, program, *kind, id).await?,
        }
    }
    if let Of::Week(_) = of {
        let sql = "UPDATE programs SET body = $3, revision = $4 WHERE tenant = $1 AND id = $2";
        tx.run(sql, args![tenant, program, json(&new.defaults)?, clock]).await?;
        let sql = "INSERT INTO weeks (tenant, program, week, revision, given, imported) VALUES ($1, $2, $3, 1, $4, 1) \
                   ON CONFLICT (tenant, program, week) DO UPDATE SET given = excluded.given, imported = 1";
        tx.run(sql, args![tenant, program, week.to_string(), json(&given)?]).await?;
    }
    tx.commit().await?;
    Ok(report)
}

/// A valid problem, as it is written.
fn read(body: &[u8]) -> Result<(Date, Map<String, Value>), Failure> {
    let problem = problem::read(body).map_err(|e| Failure::reading(Document::Problem, e))?;
    let document =
        serde_json::from_slice(body).map_err(|e| Failure::Internal(format!("A valid problem is no object: {e}.")))?;
    Ok((problem.week_start, document))
}

enum Step {
    Put(Kind, Written),
    Remove(Kind, String),
}

struct New {
    defaults: Map<String, Value>,
    changes: Vec<Step>,
}

type Compared = (New, Map<String, Value>, Report);

fn compare(old: &Parts, mut document: Map<String, Value>, of: Of, dry_run: bool) -> Result<Compared, Failure> {
    let (Of::Week(week) | Of::Table(week)) = of;
    let mut report = Report { week_start: week.to_string(), dry_run, lists: BTreeMap::new(), changes: Vec::new() };
    let mut changes = Vec::new();
    for kind in Kind::ALL {
        let mut before: HashMap<&str, &Stored> = old.list(kind).iter().map(|e| (&*e.id, e)).collect();
        let mut counts = Counts::default();
        let list = document.remove(kind.name()).unwrap_or_default();
        for (position, body) in (1..).zip(list.as_array().into_iter().flatten()) {
            let id = body["id"].as_str().unwrap_or_default().to_owned();
            let before = before.remove(&*id);
            let aside = since(kind, body, before, of)?;
            let kept = match (of, before) {
                // A table says nothing of what no problem has.
                (Of::Table(_), Some(before)) if episode::may_have(kind, &before.body) => {
                    json(&episode::kept(kind, body, &stored(&before.body)?))?
                }
                _ => json(body)?,
            };
            let new = Stored { body: kept, aside, position, revision: old.clock, id };
            let new = Written::new(kind, new, before, Some(week))?;
            let change = match before {
                None => "created",
                Some(b) if b.body != new.body => "updated",
                Some(b) => {
                    counts.unchanged += 1;
                    if (b.position, &b.aside) != (new.position, &new.aside) {
                        changes.push(Step::Put(kind, new.at(b.revision)));
                    }
                    continue;
                }
            };
            *(if change == "created" { &mut counts.created } else { &mut counts.updated }) += 1;
            note(&mut report, kind, &new.id, change);
            changes.push(Step::Put(kind, new));
        }
        let mut gone: Vec<&str> = before.into_keys().collect();
        gone.sort_unstable();
        for id in gone {
            counts.deleted += 1;
            note(&mut report, kind, id, "deleted");
            changes.push(Step::Remove(kind, id.to_owned()));
        }
        report.lists.insert(kind.name(), counts);
    }
    let mut of = |names: &[&str]| names.iter().filter_map(|n| Some(((*n).to_owned(), document.remove(*n)?))).collect();
    let (defaults, given) = (of(&DEFAULTS), of(&OF_WEEK));
    Ok((New { defaults, changes }, given, report))
}

fn note(report: &mut Report, kind: Kind, id: &str, change: &'static str) {
    if report.changes.len() < NAMED {
        report.changes.push(Changed { path: format!("/{}/{id}", kind.name()), change });
    }
}

/// Since when a participant's orders stand: since this week, where they did not before.
fn since(kind: Kind, body: &Value, before: Option<&Stored>, of: Of) -> Result<String, Failure> {
    let (Of::Week(week) | Of::Table(week)) = of;
    if kind != Kind::Participants {
        return Ok("{}".into());
    }
    let had: Value = before.map_or(Ok(Value::Null), |b| stored(&b.body))?;
    // Who was discharged before this week begins anew with it.
    let over = matches!(of, Of::Week(_))
        && had["discharged"].as_str().and_then(|d| d.parse::<Date>().ok()).is_some_and(|day| day < week);
    let (known, had) = match before.filter(|_| !over) {
        Some(before) => (stored::<Map<String, Value>>(&before.aside)?, had),
        None => (Map::new(), Value::Null),
    };
    let had = |id: &str| had["orders"].as_array().is_some_and(|orders| orders.iter().any(|o| o["id"] == id));
    let mut since = Map::new();
    for id in body["orders"].as_array().into_iter().flatten().filter_map(|order| order["id"].as_str()) {
        let earlier = known.get("since").and_then(|s| s.get(id)?.as_str()?.parse::<Date>().ok());
        match earlier {
            Some(earlier) => since.insert(id.to_owned(), json!(earlier.min(week))),
            // It was put in by hand, and stands always.
            None if had(id) => None,
            None => since.insert(id.to_owned(), json!(week)),
        };
    }
    Ok(json!({ "since": since }).to_string())
}
