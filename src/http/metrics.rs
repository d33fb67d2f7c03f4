//! Numbers for Prometheus: requests of this process, solves of the whole database.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
    time::Instant as Moment,
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};

use super::App;
use crate::{
    failure::Failure,
    jobs::{Jobs, State as Stand},
    programs::outbox,
    store::{args, now},
};

/// Upper ends of the ranges by which times are counted, in seconds.
const RANGES: [f64; 8] = [0.005, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0, 60.0];

/// How requests went, by method, route and status.
#[derive(Default)]
pub struct Metrics(Mutex<BTreeMap<(String, String, u16), Times>>);

#[derive(Default)]
struct Times {
    count: u64,
    sum: f64,
    up_to: [u64; RANGES.len()],
}

/// Counts a request.
pub async fn each_request(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("-".to_owned(), |p| p.as_str().to_owned());
    let method = request.method().as_str();
    // A made-up method is not a label.
    let method =
        if method.len() <= 7 && method.bytes().all(|b| b.is_ascii_uppercase()) { method } else { "-" }.to_owned();
    let begun = Moment::now();
    let response = next.run(request).await;
    app.metrics.count((method, route, response.status().as_u16()), begun.elapsed().as_secs_f64());
    response
}

impl Metrics {
    fn count(&self, what: (String, String, u16), seconds: f64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Methods are the caller's to invent: past any honest number of them nothing new is counted.
        if all.len() > 1000 && !all.contains_key(&what) {
            return;
        }
        let times = all.entry(what).or_default();
        times.count += 1;
        times.sum += seconds;
        RANGES.iter().zip(&mut times.up_to).filter(|(range, _)| seconds <= **range).for_each(|(_, n)| *n += 1);
    }

    /// Everything in Prometheus' text format.
    pub async fn text(&self, jobs: &Jobs) -> Result<String, Failure> {
        let mut text = String::new();
        self.requests(&mut text);
        let begun = Moment::now();
        let by_status = "SELECT status, COUNT(*), MIN(created), CAST(COALESCE(SUM(spent), 0) AS BIGINT), \
                         CAST(COALESCE(SUM(lost), 0) AS BIGINT) FROM solves GROUP BY status";
        let rows = jobs.store().read(by_status, args![]).await?;
        let answered = begun.elapsed().as_secs_f64();
        let mut found = BTreeMap::new();
        for row in &rows {
            found.insert(row.text(0)?, (row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?));
        }
        let of = |state: Stand| found.get(state.name()).copied().unwrap_or_default();
        head(&mut text, "careweave_solves", "gauge", "Solves that are stored, by where they stand");
        for state in Stand::ALL {
            let _ = writeln!(text, "careweave_solves{{status=\"{}\"}} {}", state.name(), of(state).0);
        }
        head(&mut text, "careweave_solve_seconds", "gauge", "Seconds spent on the solves that are stored");
        for state in Stand::ALL {
            let seconds = of(state).2 as f64 / 1000.0;
            let _ = writeln!(text, "careweave_solve_seconds{{status=\"{}\"}} {seconds}", state.name());
        }
        let (waiting, oldest, ..) = of(Stand::Queued);
        let age = if waiting > 0 { (now() - oldest).max(0) as f64 / 1000.0 } else { 0.0 };
        single(&mut text, "careweave_queue_oldest_seconds", "How long the oldest queued solve waits", age);
        let lost: i64 = found.values().map(|v| v.3).sum();
        single(
            &mut text,
            "careweave_workers_lost",
            "Workers that were lost to the solves that are stored",
            lost as f64,
        );
        single(&mut text, "careweave_gap", "Mean gap of the latest 100 finished solves", gap(jobs).await?);
        let (failing, failed) = outbox::troubles(jobs.store()).await?;
        let help = "Things outside that failed and are tried again: webhooks, subscribed calendars, CalDAV collections";
        single(&mut text, "careweave_outbox_failing", help, failing as f64);
        single(&mut text, "careweave_outbox_failed", "Things outside that failed for good", failed as f64);
        single(&mut text, "careweave_database_seconds", "How long the database took to answer just now", answered);
        Ok(text)
    }

    fn requests(&self, text: &mut String) {
        let name = "careweave_request_seconds";
        head(text, name, "histogram", "Requests of this process, until the head of the answer");
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, route, status), times) in all.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            for (range, n) in RANGES.iter().zip(times.up_to) {
                let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{range}\"}} {n}");
            }
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", times.count);
            let _ = writeln!(text, "{name}_sum{{{labels}}} {}", times.sum);
            let _ = writeln!(text, "{name}_count{{{labels}}} {}", times.count);
        }
    }
}

async fn gap(jobs: &Jobs) -> Result<f64, Failure> {
    let sql = "SELECT c.objective, c.bound FROM solves s JOIN solve_calendars c ON c.solve = s.id \
               WHERE s.status = 'finished' ORDER BY s.ended DESC LIMIT 100";
    let mut gaps = Vec::new();
    for row in jobs.store().read(sql, args![]).await? {
        let (objective, bound) = (row.int(0)?, row.int(1)?);
        gaps.push((objective - bound) as f64 / objective.max(1) as f64);
    }
    Ok(gaps.iter().sum::<f64>() / gaps.len().max(1) as f64)
}

// Writing to a string can't fail.
fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} {kind}");
}

fn single(text: &mut String, name: &str, help: &str, value: f64) {
    head(text, name, "gauge", help);
    let _ = writeln!(text, "{name} {value}");
}
