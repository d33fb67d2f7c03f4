//! `serve --demo`: a made-up programme of two sites, whose week is solved and published while one watches.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use careweave_solver::problem::Date;
use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};

use crate::{
    auth::{Caller, DEFAULT_TENANT},
    clock,
    failure::Failure,
    http::solves::request,
    jobs::{Jobs, New},
    programs::{
        self, Key, Precondition, Refusal,
        records::{self, Whose},
    },
    store::Store,
};

/// Id of the programme.
const PROGRAM: &str = "demo";
const NAME: &str = "Riverside & Broad Street";
/// The first of its weeks.
const FIRST: &str = "2026-11-30";
const PROBLEM: &str = include_str!("../fixtures/two-sites.json");
/// Made-up records of its participants, by id.
const RECORDS: &str = include_str!("../fixtures/demo/records.json");
/// How the first calendar is solved: it is published well within a minute.
const OPTIONS: &str = r#"{"seconds":30,"threads":2}"#;
/// Before all others.
const PRIORITY: i64 = 7;
/// How long the first calendar is waited for.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Stores the programme, if it is not there, and has its week solved, if it has none. The calendar that comes out is
/// published, unless somebody has edited the draft meanwhile.
pub async fn prepare(jobs: &Arc<Jobs>) -> Result<(), Failure> {
    let store = jobs.store();
    match programs::get_program(store, DEFAULT_TENANT, PROGRAM).await {
        Ok(_) => {}
        Err(Refusal::Missing(_)) => {
            programs::create(store, DEFAULT_TENANT, &json!({ "id": PROGRAM, "name": NAME })).await.map_err(told)?;
            let problem = PROBLEM.as_bytes().to_vec();
            programs::import(store, DEFAULT_TENANT, PROGRAM, problem, false).await.map_err(told)?;
            keep_records(store).await?;
        }
        Err(refusal) => return Err(told(refusal)),
    }
    let first: Date = FIRST.parse().map_err(|()| Failure::Internal("The demo's week is no date.".into()))?;
    let date = Date(first.0.max(next_monday(clock::now().date_naive())));
    let key = Key { tenant: DEFAULT_TENANT, program: PROGRAM, date };
    let week = programs::week(store, key).await.map_err(told)?;
    let solve = match week.solve.as_deref().map(str::parse) {
        Some(Ok(solve)) => solve,
        _ if week.published.is_none() && week.draft.is_none() => {
            let body = format!("{{\"problem\":{},\"options\":{OPTIONS}}}", week.problem);
            let new = New {
                tenant: DEFAULT_TENANT.into(),
                kind: request::KIND,
                body: body.into_bytes(),
                priority: PRIORITY,
                week: Some((PROGRAM.into(), date.to_string())),
                once: None,
            };
            let refused = |why| Failure::Internal(format!("The demo's week can't be solved: {why:?}."));
            let solve = jobs.submit(new).await.map_err(refused)?.id;
            programs::solving(store, key, &solve.to_string()).await.map_err(told)?;
            solve
        }
        _ => return Ok(()),
    };
    let jobs = jobs.clone();
    tokio::spawn(async move {
        if let Err(failure) = publish(&jobs, solve, key).await {
            tracing::warn!(detail = %failure, "the demo's first calendar is not published");
        }
    });
    Ok(())
}

/// Names for the ids.
async fn keep_records(store: &Store) -> Result<(), Failure> {
    let records: BTreeMap<String, Value> =
        serde_json::from_str(RECORDS).map_err(|error| Failure::Internal(format!("The demo's records: {error}.")))?;
    let mut tx = store.begin().await?;
    for (participant, record) in records {
        let whose = Whose { tenant: DEFAULT_TENANT, program: PROGRAM, participant: &participant };
        records::change(&mut tx, whose, record, false).await?;
    }
    tx.commit().await
}

/// The Monday after a day: of the week that comes nothing has happened yet.
fn next_monday(day: NaiveDate) -> NaiveDate {
    day + Days::new(7 - u64::from(day.weekday().num_days_from_monday()))
}

/// Publishes what a solve found, once it has ended.
async fn publish(jobs: &Jobs, solve: uuid::Uuid, key: Key<'_>) -> Result<(), Failure> {
    let ended = jobs.wait(DEFAULT_TENANT, solve, PATIENCE).await?.is_some_and(|s| s.state.ended());
    let (Some(found), true) = (jobs.answer(solve).await?, ended) else { return Ok(()) };
    let week = programs::week(jobs.store(), key).await.map_err(told)?;
    if week.published.is_some() || week.draft.as_deref().map(str::as_bytes) != Some(&found) {
        return Ok(());
    }
    let seen = Precondition { only: Some(vec![programs::tag(week.revision)]), absent: false };
    let actor = Caller::default().actor;
    programs::publish(jobs.store(), key, &seen, &actor).await.map_err(told)?;
    tracing::info!("the demo's first calendar is published");
    Ok(())
}

fn told(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Failure(failure) => failure,
        other => Failure::Internal(format!("The demo can't be stored: {other}.")),
    }
}
