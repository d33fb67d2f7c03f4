//! Publication: the draft becomes a version, which is never changed again, and the people concerned are named.

use careweave_solver::problem::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    super::{Precondition, Refusal, attendance, caldav, compute, json, prescribed::Prescribed, stored, webhooks},
    Key, Known, changes,
    draft::{self, Judged},
    known::sessions,
    row,
};
use crate::{
    failure::Failure,
    store::{On, Store, Tx, args, now},
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

/// What was published.
#[derive(Debug)]
pub struct Published {
    pub version: Version,
    pub revision: i64,
    /// The version before it.
    pub since: Option<i64>,
    /// Who must be told what.
    pub items: Vec<Value>,
}

/// Makes the draft the published calendar, if it breaks no rule.
pub async fn publish(store: &Store, key: Key<'_>, seen: &Precondition, actor: &str) -> Result<Published, Refusal> {
    let mut tx = store.begin().await?;
    let parts = row::lock(&mut tx, key).await?;
    let known = Known::read(&mut On::Inside(&mut tx), parts, key).await?;
    seen.holds(Some(known.row.revision))?;
    let Some(draft) = known.row.draft.clone() else {
        return Err(Refusal::Clash("no-draft", "This week has no draft; solve it or put one.".into()));
    };
    let (known, check, calendar, items, prescribed) = compute(move || -> Result<_, Failure> {
        let judged = Judged::of(&known, &draft)?;
        let calendar = complete(stored(&draft)?, &judged);
        let before = known.published.as_deref().map_or(Ok(Vec::new()), sessions)?;
        let items = changes::difference(before, calendar["sessions"].as_array().cloned().unwrap_or_default());
        let prescribed = Prescribed::of(&judged.instance.problem, &known.origins(&known.seen()?)?).stored()?;
        Ok((known, judged.check, calendar, items, prescribed))
    })
    .await??;
    if !check.feasible {
        return Err(Refusal::RulesBroken(check.violations));
    }
    let sql = "SELECT COALESCE(MAX(version), CAST(0 AS BIGINT)) FROM week_versions WHERE tenant = $1 AND program = $2 AND week = $3";
    let last = tx.run(sql, key.args()).await?.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    let version = Version { version: last + 1, at: now(), actor: actor.to_owned() };
    let sql = "INSERT INTO week_versions (tenant, program, week, version, at, actor, calendar, prescribed) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let bytes = calendar.to_string().into_bytes();
    tx.run(sql, key.and(args![version.version, version.at, actor, bytes, prescribed])).await?;
    // From here on the publication is this week so far; what was brought in as such is taken over.
    let mut given = known.row.given.clone();
    if let Some(previous) = given.remove("previous") {
        attendance::take_over(&mut tx, key, &previous).await?;
    }
    let sql = "UPDATE weeks SET published = $4, given = $5, revision = revision + 1 \
               WHERE tenant = $1 AND program = $2 AND week = $3 RETURNING revision";
    let rows = tx.run(sql, key.and(args![version.version, json(&given)?])).await?;
    let revision = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    webhooks::week_published(&mut tx, key.tenant, key.program, &key.date.to_string(), version.version).await?;
    caldav::published(&mut tx, key.tenant, key.program).await?;
    tx.commit().await?;
    Ok(Published { version, revision, since: known.row.published, items })
}

/// The calendar with all that its sessions leave to be derived: whoever reads it later may not have the problem.
fn complete(mut calendar: Value, judged: &Judged) -> Value {
    let (instance, problem) = (&judged.instance, &judged.instance.problem);
    let written = calendar["sessions"].as_array_mut().into_iter().flatten();
    for (session, given) in written.zip(&judged.sessions) {
        let booked = instance.book(given);
        let mut put = |name: &str, value: Value| {
            if session[name].is_null() {
                session[name] = value;
            }
        };
        put("service", booked.service.map_or(Value::Null, |s| json!(problem.services[s.i()].id)));
        put("modality", json!(booked.modality));
        put("room", booked.room.map_or(Value::Null, |r| json!(problem.rooms[r.i()].id)));
        if let Some(site) = booked.site {
            put("site", json!(problem.sites[site.i()].id));
            put("time_zone", json!(problem.sites[site.i()].time_zone));
            put("end", json!(instance.axis.instant(booked.end, instance.site_zone(site))));
        }
    }
    calendar
}

/// All versions of a week.
pub async fn versions(store: &Store, key: Key<'_>) -> Result<Vec<Version>, Failure> {
    let sql = "SELECT version, at, actor FROM week_versions WHERE tenant = $1 AND program = $2 AND week = $3 ORDER BY version";
    let version = |row: &crate::store::Row| Ok(Version { version: row.int(0)?, at: row.int(1)?, actor: row.text(2)? });
    store.read(sql, key.args()).await?.iter().map(version).collect()
}

/// The calendar of a version.
pub async fn version_of(on: &mut On<'_>, key: Key<'_>, version: Option<i64>) -> Result<Option<String>, Failure> {
    let Some(version) = version else { return Ok(None) };
    let sql = "SELECT calendar FROM week_versions WHERE tenant = $1 AND program = $2 AND week = $3 AND version = $4";
    let rows = on.read(sql, key.and(args![version])).await?;
    rows.first().map(|row| row::text(row.bytes(0)?)).transpose()
}

/// The weeks that begin from one day to another, each with what it prescribed when it was published; nothing is kept of a week
/// that was not, or was brought in since.
pub async fn prescribed(
    on: &mut On<'_>,
    (tenant, program): (&str, &str),
    (from, to): (&str, &str),
) -> Result<Vec<(Date, Option<Vec<u8>>)>, Failure> {
    let sql = "SELECT w.week, v.prescribed, w.given FROM weeks w LEFT JOIN week_versions v ON v.tenant = w.tenant \
               AND v.program = w.program AND v.week = w.week AND v.version = w.published \
               WHERE w.tenant = $1 AND w.program = $2 AND w.week >= $3 AND w.week <= $4 ORDER BY w.week LIMIT 105";
    let mut weeks = Vec::new();
    for row in on.read(sql, args![tenant, program, from, to]).await? {
        let Ok(date) = row.text(0)?.parse() else { continue };
        let given: Map<String, Value> = stored(&row.text(2)?)?;
        weeks.push((date, row.maybe_bytes(1)?.filter(|_| !given.contains_key("previous"))));
    }
    Ok(weeks)
}

/// What is told where there is no such version.
pub const NO_VERSION: Refusal = Refusal::Missing("There is no such version of this week.");

/// Takes the calendar of an earlier version as the draft, to be published as a new one.
pub async fn restore(
    store: &Store,
    key: Key<'_>,
    seen: &Precondition,
    actor: &str,
    version: i64,
) -> Result<(i64, Value), Refusal> {
    let mut tx: Tx = store.begin().await?;
    row::lock(&mut tx, key).await?;
    let row = super::WeekRow::read(&mut On::Inside(&mut tx), key).await?;
    let calendar = version_of(&mut On::Inside(&mut tx), key, Some(version)).await?.ok_or(NO_VERSION)?;
    seen.holds(Some(row.revision))?;
    let draft: Value = stored(&calendar)?;
    let revision = draft::write(&mut tx, key, actor, &draft).await?;
    tx.commit().await?;
    Ok((revision, draft))
}
