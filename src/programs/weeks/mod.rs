//! Weeks of a programme: the problem derived, a draft that is worked on, versions that were published.

mod changes;
mod draft;
mod held;
mod known;
mod publish;
mod pulse;
mod roll;
mod row;

use std::collections::BTreeSet;

use careweave_solver::problem::Date;

use self::changes::people;
pub use self::{
    changes::changes,
    draft::{Step, draft, solving, step, take_answer},
    held::{histories, so_far},
    known::{For, Known, sessions},
    publish::{NO_VERSION, Version, prescribed, publish, restore, version_of, versions},
    pulse::{Pulse, pulse},
    row::{Key, WeekRow, lock, text},
};
use super::{Refusal, compute, episode::Origin, table};
use crate::{
    failure::Failure,
    store::{On, Store, args},
};

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
    /// The calendar from which a solve starts.
    pub start: Option<String>,
    /// Where each order comes from.
    pub origins: Vec<Origin>,
}

/// A week of a programme, whether or not anything was done in it.
pub async fn week(store: &Store, key: Key<'_>) -> Result<Week, Refusal> {
    let known = known(store, key).await?;
    let versions = versions(store, key).await?;
    let solve = running(store, known.row.solve.clone()).await?;
    let (problem, start, origins, known) = compute(move || -> Result<_, Failure> {
        let seen = known.seen()?;
        let (problem, origins) = (known.problem_of(&seen, For::Standing)?, known.origins(&seen)?);
        Ok((problem, known.start()?, origins, known))
    })
    .await??;
    let Known { row, published, .. } = known;
    Ok(Week {
        week_start: key.date,
        revision: row.revision,
        problem,
        draft: row.draft,
        published,
        versions,
        solve,
        start,
        origins,
    })
}

/// What is known of a week.
pub async fn known(store: &Store, key: Key<'_>) -> Result<Known, Refusal> {
    let parts = table::parts(store, key.tenant, key.program).await?;
    Ok(Known::read(&mut On::Alone(store), parts, key).await?)
}

/// The id, if that solve is still under way.
async fn running(store: &Store, solve: Option<String>) -> Result<Option<String>, Failure> {
    let Some(solve) = solve else { return Ok(None) };
    let sql = "SELECT id FROM solves WHERE id = $1 AND status IN ('queued', 'running')";
    let rows = store.read(sql, args![&solve]).await?;
    Ok(if rows.is_empty() { None } else { Some(solve) })
}

/// Ids of the participants whom a clinician sees in the calendars that are published.
pub async fn seen_by(store: &Store, tenant: &str, program: &str, clinician: &str) -> Result<BTreeSet<String>, Failure> {
    let sql = "SELECT v.calendar FROM weeks w JOIN week_versions v ON v.tenant = w.tenant AND v.program = w.program \
               AND v.week = w.week AND v.version = w.published WHERE w.tenant = $1 AND w.program = $2 \
               ORDER BY w.week DESC LIMIT 8";
    let mut seen = BTreeSet::new();
    for row in store.read(sql, args![tenant, program]).await? {
        for session in sessions(&text(row.bytes(0)?)?)? {
            let people = people(&session);
            if people.contains(&("clinician", clinician.to_owned())) {
                seen.extend(people.into_iter().filter(|p| p.0 == "participant").map(|p| p.1));
            }
        }
    }
    Ok(seen)
}
