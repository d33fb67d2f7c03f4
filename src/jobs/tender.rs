//! Beside each search a task that writes down what it finds, shows that its worker lives, and sees who wants it to end.
//! Each write names the attempt: once the solve was given to another worker, nothing of this one is written any more.

use std::{sync::Arc, time::Duration};

use careweave_solver::{calendar::Calendar, search::Stop};

use super::{
    Cause, Figures, Jobs, Runner, State, bell,
    claim::Claim,
    work::{self, Answer, Desk, News, Report, Work},
};
use crate::{
    failure::Failure,
    store::{args, now},
    traces,
};

/// Between two signs of life.
const BEAT: Duration = bell::LOOK;
/// Seconds after which a solve is stopped: what has rounds and no deadline shall not hold its worker for ever.
const LONGEST: f64 = 3600.0;
/// What has become of a solve that another worker has by now, as a trace tells it.
const LOST: &str = "lost";
/// Progress events of a solve that are kept.
const EVENTS: i64 = 500;

/// Runs a claimed solve to its end, or until it is no longer ours.
pub async fn tend(jobs: &Jobs, claim: Claim, work: Work, runner: Arc<Runner>) {
    let trace = traces::attempt(work.trace.as_deref(), claim.id, &work.kind, claim.attempt);
    let (work, desk, stop) = (Arc::new(work), Arc::new(Desk::default()), Stop::default());
    tracing::info!(solve = %claim.id, attempt = claim.attempt, bytes = work.body.len(), "solve begins");
    jobs.bell.ring(claim.id);
    let mut tender = Tender { jobs, claim, work: work.clone(), stop: stop.clone(), ..Tender::new(jobs, claim) };
    let mut ended = work::run(work, runner, desk.clone(), stop.clone());
    let mut ear = jobs.bell.listen(claim.id);
    let result = loop {
        tokio::select! {
            result = &mut ended => {
                break result.unwrap_or_else(|_| Err(Failure::Internal("The search has vanished.".into())));
            }
            () = tokio::time::sleep(BEAT) => {}
            () = desk.news.notified() => {}
            () = ear.heard() => {}
        }
        if jobs.is_closing() {
            stop.stop();
        }
        tender.notice(desk.take());
        match tender.beat().await {
            Ok(Held::Yes) => {}
            Ok(Held::Cancelled) => stop.stop(),
            Ok(Held::Lost) => {
                stop.stop();
                tracing::warn!(solve = %claim.id, attempt = claim.attempt, "solve is no longer ours; nothing more is written");
                traces::outcome(&trace, "careweave.solve.outcome", LOST);
                // Its thread is waited for, so that there are never more than there are places.
                let _ = ended.await;
                return;
            }
            // What is to be written stays, and the search goes on: the database may come back.
            Err(failure) => tracing::warn!(solve = %claim.id, detail = %failure, "progress is not written"),
        }
    };
    tender.notice(desk.take());
    let outcome = tender.end(result).await;
    traces::outcome(&trace, "careweave.solve.outcome", outcome);
    jobs.bell.ring(claim.id);
}

/// Whether a solve is still ours.
enum Held {
    Yes,
    /// It is, and shall end.
    Cancelled,
    /// It was given to another worker, or erased.
    Lost,
}

struct Tender<'j> {
    jobs: &'j Jobs,
    claim: Claim,
    work: Arc<Work>,
    stop: Stop,
    cancelled: bool,
    figures: Option<Figures>,
    /// Whether `figures` are not written yet.
    untold: bool,
    /// The best answer that is not written yet.
    answer: Option<Answer>,
    /// The least objective of all that was written or found.
    best: Option<u64>,
}

impl<'j> Tender<'j> {
    fn new(jobs: &'j Jobs, claim: Claim) -> Self {
        Tender {
            jobs,
            claim,
            work: Arc::new(Work::default()),
            stop: Stop::default(),
            cancelled: false,
            figures: None,
            untold: false,
            answer: None,
            best: None,
        }
    }

    /// Takes over what the search has said.
    fn notice(&mut self, news: News) {
        if let Some(progress) = news.progress {
            let figures = Figures::of_progress(&progress, &self.work.before);
            if figures.seconds > LONGEST {
                self.cancelled = true;
                self.stop.stop();
            }
            self.untold |= self.figures.as_ref() != Some(&figures);
            self.figures = Some(figures);
        }
        if let Some(calendar) = news.calendar {
            self.keep(&calendar);
        }
        if let Some(report) = news.report {
            self.keep_report(report);
        }
    }

    /// What the search has proved so far.
    fn bound(&self) -> u64 {
        self.figures.as_ref().map_or(0, |f| f.bound)
    }

    /// Keeps a calendar if none was better.
    fn keep(&mut self, calendar: &Calendar) {
        self.best = self.best.or(self.work.best_objective);
        // One that follows further goals may cost more than the best: that was asked for.
        if calendar.goals.is_some() || self.best.is_none_or(|best| calendar.objective <= best) {
            self.best = Some(calendar.objective);
            self.answer = Some(self.work.complete(calendar, self.bound()).into());
        }
    }

    /// Keeps a report: the last one says most.
    fn keep_report(&mut self, report: Report) {
        self.best = report.objective.or(self.best);
        self.answer = Some(Answer::Report(report));
    }

    /// Writes what is new and that the worker lives.
    async fn beat(&mut self) -> Result<Held, Failure> {
        let id = self.claim.id.to_string();
        let told = if self.untold { self.figures.as_ref().and_then(|f| serde_json::to_string(f).ok()) } else { None };
        let spent = self.figures.as_ref().map(|f| (f.seconds * 1000.0) as i64);
        let mut tx = self.jobs.store.begin().await?;
        let sql = "UPDATE solves SET beat = beat + 1, progress = COALESCE($3, progress), spent = COALESCE($4, spent), \
                   events = events + $5 WHERE id = $1 AND attempt = $2 AND status = 'running' RETURNING cancel, events";
        let row = args![&id, self.claim.attempt, told.clone(), spent, i64::from(told.is_some())];
        let rows = tx.run(sql, row).await?;
        let Some(row) = rows.first() else { return Ok(Held::Lost) };
        let (cancel, seq) = (row.int(0)?, row.int(1)?);
        if let Some(told) = &told {
            let sql = "INSERT INTO solve_events (solve, seq, name, data) VALUES ($1, $2, 'progress', $3)";
            tx.run(sql, args![&id, seq, told]).await?;
            if seq % 100 == 0 {
                tx.run("DELETE FROM solve_events WHERE solve = $1 AND seq <= $2", args![&id, seq - EVENTS]).await?;
            }
        }
        if let Some(answer) = &self.answer {
            write_answer(&mut tx, &id, answer).await?;
        }
        tx.commit().await?;
        if self.untold || self.answer.is_some() {
            self.jobs.bell.ring(self.claim.id);
        }
        (self.untold, self.answer) = (false, None);
        self.cancelled |= cancel != 0;
        Ok(if cancel != 0 { Held::Cancelled } else { Held::Yes })
    }

    /// Writes the end, as often as it takes: the answer is there, and shall not be lost. Gives what has become of the solve.
    async fn end(&mut self, result: Result<Answer, Failure>) -> &'static str {
        let cause = result.as_ref().err().map(Cause::from);
        let state = match &result {
            Err(_) => State::Failed,
            Ok(_) if self.cancelled => State::Stopped,
            Ok(_) if self.jobs.is_closing() && self.stop.stopped() => State::Queued,
            Ok(_) => State::Finished,
        };
        match &result {
            Ok(Answer::Calendar(calendar)) => {
                self.keep(calendar);
                let complete = self.work.complete(calendar, self.bound());
                let mut figures = Figures::of_calendar(&complete, self.figures.as_ref());
                // An attempt that ends early may not reach again what one before it had found.
                if let Some(best) = self.best.filter(|best| *best < calendar.objective) {
                    figures.objective = Some(best);
                    figures.gap = Some(best.saturating_sub(figures.bound) as f64 / best.max(1) as f64);
                }
                self.figures = Some(figures);
            }
            Ok(Answer::Report(report)) => {
                self.keep_report(report.clone());
                let mut figures = self.figures.take().unwrap_or_default();
                figures.stage = "finished".to_owned();
                figures.objective = report.objective.or(figures.objective);
                self.figures = Some(figures);
            }
            Err(_) => {}
        }
        let mut pause = Duration::from_millis(100);
        loop {
            match self.write_end(state, cause.as_ref()).await {
                Ok(true) => break,
                Ok(false) => {
                    tracing::warn!(solve = %self.claim.id, attempt = self.claim.attempt, "solve was no longer ours at its end");
                    return LOST;
                }
                Err(failure) => tracing::warn!(solve = %self.claim.id, detail = %failure, "the end is not written yet"),
            }
            tokio::time::sleep(pause).await;
            // When the database is back, this shall be written before others think that the worker is gone.
            pause = (pause * 2).min(self.jobs.limits.lease / 4);
        }
        match (&result, state) {
            (Ok(_), State::Queued) => tracing::info!(solve = %self.claim.id, "solve is handed on"),
            (Ok(Answer::Report(_)), _) => tracing::info!(solve = %self.claim.id, "solve ends with its report"),
            (Ok(Answer::Calendar(c)), _) => {
                tracing::info!(solve = %self.claim.id, objective = c.objective, bound = c.bound, seconds = c.seconds, "solve ends");
            }
            (Err(failure), _) => tracing::error!(solve = %self.claim.id, code = failure.code(), "solve fails"),
        }
        state.name()
    }

    /// False if the solve is no longer ours.
    async fn write_end(&self, state: State, cause: Option<&Cause>) -> Result<bool, Failure> {
        let id = self.claim.id.to_string();
        let json =
            |text: Result<String, _>| text.map_err(|e: serde_json::Error| Failure::Internal(format!("No JSON: {e}.")));
        let figures = self.figures.as_ref().map(serde_json::to_string).map(json).transpose()?;
        let cause = cause.map(serde_json::to_string).map(json).transpose()?;
        let spent = self.figures.as_ref().map(|f| (f.seconds * 1000.0) as i64);
        let ended = if state.ended() { Some(now()) } else { None };
        let mut tx = self.jobs.store.begin().await?;
        let sql = "UPDATE solves SET status = CASE WHEN cancel = 1 AND $3 = 'queued' THEN 'stopped' ELSE $3 END, \
                   progress = COALESCE($4, progress), failure = $5, spent = COALESCE($6, spent), \
                   ended = CASE WHEN cancel = 1 THEN COALESCE($7, $8) ELSE $7 END, beat = beat + 1 \
                   WHERE id = $1 AND attempt = $2 AND status = 'running' RETURNING program, week, tenant";
        let row = args![&id, self.claim.attempt, state.name(), figures, cause, spent, ended, now()];
        let rows = tx.run(sql, row).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        if let Some(answer) = &self.answer {
            write_answer(&mut tx, &id, answer).await?;
        }
        crate::programs::take_answer(&mut tx, &id).await?;
        crate::programs::webhooks::solve_ended(&mut tx, &id).await?;
        tx.commit().await?;
        Ok(true)
    }
}

async fn write_answer(tx: &mut crate::store::Tx, id: &str, answer: &Answer) -> Result<(), Failure> {
    let (objective, bound, json) = match answer {
        Answer::Calendar(calendar) => {
            let json = serde_json::to_vec(calendar).map_err(|e| Failure::Internal(format!("No JSON: {e}.")))?;
            (calendar.objective as i64, calendar.bound as i64, json)
        }
        Answer::Report(report) => (report.objective.unwrap_or(0) as i64, 0, report.json.clone()),
    };
    let sql = "INSERT INTO solve_calendars (solve, objective, bound, calendar) VALUES ($1, $2, $3, $4) ON CONFLICT (solve) \
               DO UPDATE SET objective = excluded.objective, bound = excluded.bound, calendar = excluded.calendar";
    tx.run(sql, args![id, objective, bound, json]).await?;
    Ok(())
}
