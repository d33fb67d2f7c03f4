//! Solves on both databases, by runners of the tests' own: they panic, wait, or answer at once, as the request says.

use std::collections::BTreeMap;

use careweave_solver::{
    calendar::{Calendar, CalendarStatus},
    goals::Told,
    search::{Progress, Stop},
};

use super::*;
use crate::store::testing::{Scratch, both};

fn calendar(objective: u64) -> Calendar {
    Calendar {
        version: 1,
        status: CalendarStatus::Feasible,
        objective,
        bound: 0,
        gap: 1.0,
        seconds: 1.0,
        penalties: BTreeMap::new(),
        sessions: Vec::new(),
        unmet: Vec::new(),
        warnings: Vec::new(),
        goals: None,
    }
}

/// `panic` panics; `long` finds a calendar of 100 and searches on until it is stopped, `fair` then gives a dearer one that follows
/// other goals; a number is answered at once.
fn run(work: &Work, watcher: &dyn Audience, stop: &Stop) -> Result<Answer, Failure> {
    match &*work.body {
        b"panic" => panic!("as the test asks"),
        body @ (b"long" | b"fair") => {
            let progress =
                Progress { seconds: 2.0, stage: "improve", objective: Some(100), bound: 7, gap: None, rounds: 5 };
            watcher.progress(&progress);
            watcher.improved(Arc::new(calendar(100)));
            while !stop.stopped() {
                std::thread::sleep(Duration::from_millis(1));
            }
            let goals = Told { within: 0.05, best_objective: 100, follow: Vec::new() };
            let fair = Calendar { goals: Some(goals), ..calendar(105) };
            Ok(if body == b"fair" { fair } else { calendar(100) }.into())
        }
        number => Ok(calendar(String::from_utf8_lossy(number).parse().unwrap()).into()),
    }
}

fn limits() -> Limits {
    let lease = Duration::from_secs(2);
    Limits { waiting: 2, waiting_bytes: 1000, lease, losses: 2, ..Limits::of_workers(1) }
}

async fn jobs(scratch: &Scratch, limits: Limits) -> Arc<Jobs> {
    Jobs::start(Store::open(&scratch.address).await.unwrap(), limits, Arc::new(run))
}

fn new(body: &str) -> New {
    New { tenant: "t".into(), kind: "solve", body: body.into(), priority: 4, week: None, once: None }
}

async fn until(jobs: &Jobs, solve: &Solve, awaited: impl Fn(&Solve) -> bool) -> Solve {
    loop {
        let now = jobs.get("t", solve.id).await.unwrap().unwrap();
        if awaited(&now) {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn ended(jobs: &Jobs, solve: &Solve) -> Solve {
    jobs.wait("t", solve.id, Duration::from_secs(60)).await.unwrap().unwrap()
}

fn objective(solve: &Solve) -> Option<u64> {
    solve.figures.as_ref().and_then(|f| f.objective)
}

#[tokio::test]
async fn a_solve_that_panics_fails_and_the_next_one_is_solved() {
    for scratch in both() {
        let jobs = jobs(&scratch, limits()).await;
        let (bad, good) = (jobs.submit(new("panic")).await.unwrap(), jobs.submit(new("7")).await.unwrap());
        let failed = ended(&jobs, &bad).await;
        assert_eq!((failed.state, failed.cause.unwrap().code.as_str()), (State::Failed, "internal"));
        let solved = ended(&jobs, &good).await;
        assert_eq!((solved.state, objective(&solved)), (State::Finished, Some(7)));
        let calendar: serde_json::Value =
            serde_json::from_slice(&jobs.answer(good.id).await.unwrap().unwrap()).unwrap();
        assert_eq!(calendar["objective"], 7);
    }
}

#[tokio::test]
async fn a_calendar_that_follows_other_goals_is_the_answer_though_it_costs_more() {
    for scratch in both() {
        let jobs = jobs(&scratch, limits()).await;
        let solve = jobs.submit(new("fair")).await.unwrap();
        until(&jobs, &solve, |s| objective(s) == Some(100)).await;
        jobs.stop(solve.id).await.unwrap();
        let stopped = ended(&jobs, &solve).await;
        assert_eq!((stopped.state, objective(&stopped)), (State::Stopped, Some(105)));
        let calendar: serde_json::Value =
            serde_json::from_slice(&jobs.answer(solve.id).await.unwrap().unwrap()).unwrap();
        assert_eq!((&calendar["objective"], &calendar["goals"]["best_objective"]), (&105.into(), &100.into()));
    }
}

#[tokio::test]
async fn a_stopped_solve_keeps_its_best_and_a_waiting_one_ends_at_once() {
    for scratch in both() {
        let jobs = jobs(&scratch, limits()).await;
        let solve = jobs.submit(new("long")).await.unwrap();
        until(&jobs, &solve, |s| objective(s) == Some(100)).await;
        let waiting = jobs.submit(new("7")).await.unwrap();
        jobs.submit(new("8")).await.unwrap();
        assert!(matches!(jobs.submit(new("9")).await, Err(Refused::Full)));
        jobs.stop(waiting.id).await.unwrap();
        assert_eq!(jobs.get("t", waiting.id).await.unwrap().unwrap().state, State::Stopped);
        assert!(jobs.answer(waiting.id).await.unwrap().is_none());
        assert!(jobs.submit(new("9")).await.is_ok());
        jobs.stop(solve.id).await.unwrap();
        let stopped = ended(&jobs, &solve).await;
        assert_eq!((stopped.state, objective(&stopped)), (State::Stopped, Some(100)));
        assert!(jobs.answer(solve.id).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn the_queue_is_bounded_in_bytes_but_takes_one_of_any_size() {
    for scratch in both() {
        let jobs = jobs(&scratch, limits()).await;
        let running = jobs.submit(new("long")).await.unwrap();
        until(&jobs, &running, |s| s.state == State::Running).await;
        let large = || new(&format!("{:2000}", 7));
        assert!(jobs.submit(large()).await.is_ok());
        assert!(matches!(jobs.submit(large()).await, Err(Refused::Full)));
    }
}

#[tokio::test]
async fn an_erased_solve_is_gone_with_all_of_it_and_its_search_ends() {
    for scratch in both() {
        let jobs = jobs(&scratch, limits()).await;
        let solve = jobs.submit(new("long")).await.unwrap();
        until(&jobs, &solve, |s| s.events > 0).await;
        jobs.erase(solve.id).await.unwrap();
        for table in ["solves", "solve_requests", "solve_calendars", "solve_events"] {
            assert!(jobs.store.read(&format!("SELECT * FROM {table}"), args![]).await.unwrap().is_empty(), "{table}");
        }
        // The only place is free again.
        let next = jobs.submit(new("7")).await.unwrap();
        assert_eq!(ended(&jobs, &next).await.state, State::Finished);
    }
}

#[tokio::test]
async fn closing_hands_on_what_runs_and_the_next_process_resumes_from_its_best() {
    for scratch in both() {
        let first = jobs(&scratch, limits()).await;
        let solve = first.submit(new("long")).await.unwrap();
        until(&first, &solve, |s| objective(s) == Some(100)).await;
        first.close(Duration::from_secs(30)).await;
        let handed = first.get("t", solve.id).await.unwrap().unwrap();
        assert_eq!((handed.state, objective(&handed)), (State::Queued, Some(100)));
        assert!(first.submit(new("7")).await.is_err());

        let seen = Arc::new(std::sync::Mutex::new(None));
        let told = seen.clone();
        let resume = move |work: &Work, _: &dyn Audience, _: &Stop| {
            *told.lock().unwrap() = Some((work.best_objective, work.best.is_some(), work.before));
            Ok(calendar(150).into())
        };
        let second = Jobs::start(Store::open(&scratch.address).await.unwrap(), limits(), Arc::new(resume));
        let solved = ended(&second, &solve).await;
        let (best, has_calendar, before) = seen.lock().unwrap().take().unwrap();
        assert_eq!((best, has_calendar, before.bound, before.rounds), (Some(100), true, 7, 5));
        assert!(before.seconds >= 1.0, "{before:?}");
        // What the second found is worse than what there was.
        assert_eq!((solved.state, objective(&solved)), (State::Finished, Some(100)));
    }
}

/// Makes a running solve look as if another process had claimed it and died.
async fn orphan(jobs: &Jobs) -> Solve {
    let solve = jobs.submit(new("7")).await.unwrap();
    jobs.store.write("UPDATE solves SET status = 'running', attempt = 1", args![]).await.unwrap();
    solve
}

#[tokio::test]
async fn a_lost_solve_is_taken_over_and_fails_when_it_costs_too_many_workers() {
    for scratch in both() {
        let idle = jobs(&scratch, Limits { workers: 0, ..limits() }).await;
        let solve = orphan(&idle).await;
        assert_eq!(until(&idle, &solve, |s| s.state != State::Running).await.state, State::Queued);
        idle.store.write("UPDATE solves SET status = 'running', attempt = 2", args![]).await.unwrap();
        let failed = ended(&idle, &solve).await;
        assert_eq!((failed.state, failed.cause.unwrap().code.as_str()), (State::Failed, "worker-lost"));
    }
}

#[tokio::test]
async fn who_lost_its_solve_writes_nothing_any_more() {
    for scratch in both() {
        let jobs = jobs(&scratch, limits()).await;
        let solve = jobs.submit(new("long")).await.unwrap();
        until(&jobs, &solve, |s| s.events > 0).await;
        // Another worker has it now; that one is far from a calendar.
        let take = "UPDATE solves SET attempt = attempt + 1, progress = NULL";
        jobs.store.write(take, args![]).await.unwrap();
        jobs.store.write("DELETE FROM solve_calendars", args![]).await.unwrap();
        let next = jobs.submit(new("7")).await.unwrap();
        ended(&jobs, &next).await; // so the first search has ended
        let row = jobs.get("t", solve.id).await.unwrap().unwrap();
        assert_eq!((row.state, row.figures), (State::Running, None));
        assert!(jobs.answer(solve.id).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn tenants_take_turns_and_a_person_goes_before_a_batch() {
    for scratch in both() {
        let idle = jobs(&scratch, Limits { workers: 0, waiting: 100, ..limits() }).await;
        let mut expected = Vec::new();
        for (tenant, priority) in [("a", 4), ("a", 4), ("a", 4), ("b", 4), ("c", 4), ("b", 5)] {
            let new = New { tenant: tenant.into(), priority, ..new("7") };
            expected.push(idle.submit(new).await.unwrap().id);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let mut taken = Vec::new();
        while let Some((claim, _)) = claim::claim(&idle.store).await.unwrap() {
            taken.push(expected.iter().position(|id| *id == claim.id).unwrap());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(taken, [5, 0, 4, 3, 1, 2]);
    }
}

#[tokio::test]
async fn a_repeat_with_the_same_key_is_the_same_solve_and_another_request_is_refused() {
    for scratch in both() {
        let idle = jobs(&scratch, Limits { workers: 0, ..limits() }).await;
        let with = |print: &str| New { once: Some(("k".into(), print.into())), ..new("7") };
        let same = futures_util::future::join_all((0..5).map(|_| idle.submit(with("x")))).await;
        let ids: Vec<_> = same.into_iter().map(|s| s.unwrap().id).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert!(matches!(idle.submit(with("y")).await, Err(Refused::KeyReused)));
        assert_eq!(idle.repeated("other", "k", "y").await.unwrap(), None);
        idle.erase(ids[0]).await.unwrap();
        assert!(idle.submit(with("y")).await.is_ok());
    }
}

#[tokio::test]
async fn a_solve_is_its_tenants_alone() {
    for scratch in both() {
        let idle = jobs(&scratch, Limits { workers: 0, ..limits() }).await;
        let solve = idle.submit(new("7")).await.unwrap();
        assert!(idle.get("t", solve.id).await.unwrap().is_some());
        assert_eq!(idle.get("u", solve.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn old_solves_are_forgotten_unless_a_programme_has_them() {
    for scratch in both() {
        let idle = jobs(&scratch, Limits { workers: 0, ..limits() }).await;
        let old = idle.submit(new("7")).await.unwrap();
        let kept = idle.submit(New { week: Some(("p".into(), "2026-11-30".into())), ..new("7") }).await.unwrap();
        idle.store.write("UPDATE solves SET status = 'finished', ended = 1", args![]).await.unwrap();
        reaper::sweep(&idle).await.unwrap();
        assert_eq!(idle.get("t", old.id).await.unwrap(), None);
        assert!(idle.get("t", kept.id).await.unwrap().is_some());
    }
}
