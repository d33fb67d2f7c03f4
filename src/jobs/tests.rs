//! Solves by solvers of the tests' own: they panic, wait, or answer at once, as each test needs.

use std::collections::BTreeMap;

use careweave_solver::{
    calendar::{Calendar, CalendarStatus},
    generate::{Draw, generate},
    instance::Instance,
    search::{Options, Stop, Watcher},
};

use super::*;

fn calendar(objective: u64) -> Calendar {
    Calendar {
        version: 1,
        status: CalendarStatus::Feasible,
        objective,
        bound: 0,
        gap: 1.0,
        seconds: 0.0,
        penalties: BTreeMap::new(),
        sessions: Vec::new(),
        unmet: Vec::new(),
        warnings: Vec::new(),
    }
}

/// A request with this seed: what the tests' solvers go by.
fn request(seed: u64) -> Request {
    let problem = generate(&Draw { per_site: 2, ..Draw::default() });
    let instance = Arc::new(Instance::new(Arc::new(problem)));
    Request { instance, options: Options { seed, ..Options::default() }, bytes: 10 }
}

/// Seed 0 panics; seed 1 finds a calendar and searches on until it is stopped; others answer at once.
fn jobs(limits: Limits) -> Jobs {
    let solver = |_: &Arc<Instance>, options: &Options, watcher: &dyn Watcher, stop: &Stop| {
        match options.seed {
            0 => panic!("as the test asks"),
            1 => {
                watcher.improved(Arc::new(calendar(100)));
                while !stop.stopped() {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            _ => {}
        }
        Ok(calendar(options.seed))
    };
    Jobs::start(limits, Arc::new(solver)).unwrap()
}

fn limits() -> Limits {
    Limits { workers: 1, waiting: 2, waiting_bytes: 1000, kept: 2, kept_bytes: 1000 }
}

fn wait(solve: &Solve, until: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let mut changes = solve.watch();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { changes.wait_for(until).await.unwrap().clone() })
}

fn wait_ended(solve: &Solve) -> Snapshot {
    wait(solve, |s| s.state.ended())
}

#[test]
fn a_solve_that_panics_fails_and_the_next_one_is_solved() {
    let jobs = jobs(limits());
    let (bad, good) = (jobs.submit(request(0)).unwrap(), jobs.submit(request(7)).unwrap());
    let failed = wait_ended(&bad);
    assert_eq!(failed.state, State::Failed);
    assert_eq!(failed.failure.unwrap().code(), "internal");
    let solved = wait_ended(&good);
    assert_eq!((solved.state, solved.calendar.unwrap().objective), (State::Finished, 7));
}

#[test]
fn a_stopped_solve_keeps_its_best() {
    let jobs = jobs(limits());
    let solve = jobs.submit(request(1)).unwrap();
    assert_eq!(wait(&solve, |s| s.calendar.is_some()).state, State::Running);
    jobs.stop(&solve);
    let stopped = wait_ended(&solve);
    assert_eq!((stopped.state, stopped.calendar.unwrap().objective), (State::Stopped, 1));
}

#[test]
fn a_solve_stopped_while_it_waits_ends_at_once_and_makes_room() {
    let jobs = jobs(limits());
    let first = jobs.submit(request(1)).unwrap();
    wait(&first, |s| s.state == State::Running);
    let waiting = jobs.submit(request(7)).unwrap();
    jobs.submit(request(8)).unwrap();
    assert!(matches!(jobs.submit(request(9)), Err(Full)));
    jobs.stop(&waiting);
    let stopped = waiting.snapshot();
    assert_eq!((stopped.state, stopped.calendar), (State::Stopped, None));
    assert!(jobs.submit(request(9)).is_ok());
    jobs.stop(&first);
}

#[test]
fn the_queue_is_bounded_in_bytes_but_takes_one_of_any_size() {
    let jobs = jobs(limits());
    let running = jobs.submit(request(1)).unwrap();
    wait(&running, |s| s.state == State::Running);
    let large = || Request { bytes: 2000, ..request(7) };
    assert!(jobs.submit(large()).is_ok());
    assert!(matches!(jobs.submit(large()), Err(Full)));
    jobs.stop(&running);
}

#[test]
fn of_ended_solves_the_oldest_are_forgotten_first() {
    let jobs = jobs(limits());
    let solves: Vec<_> = (2..5)
        .map(|seed| {
            let solve = jobs.submit(request(seed)).unwrap();
            wait_ended(&solve);
            solve
        })
        .collect();
    // The worker retires a solve just after its end; a further one shows that it has.
    let last = jobs.submit(request(1)).unwrap();
    wait(&last, |s| s.state == State::Running);
    let kept: Vec<bool> = solves.iter().map(|s| jobs.get(s.id).is_some()).collect();
    assert_eq!(kept, [false, true, true]);
    assert!(jobs.get(last.id).is_some());
    jobs.stop(&last);
}

#[test]
fn an_erased_solve_is_gone_and_its_search_ends() {
    let jobs = jobs(limits());
    let solve = jobs.submit(request(1)).unwrap();
    wait(&solve, |s| s.state == State::Running);
    jobs.erase(&solve);
    assert!(jobs.get(solve.id).is_none());
    assert_eq!(wait_ended(&solve).state, State::Stopped);
}

#[test]
fn closing_stops_all_keeps_the_best_and_takes_no_more() {
    let jobs = jobs(limits());
    let (running, waiting) = (jobs.submit(request(1)).unwrap(), jobs.submit(request(7)).unwrap());
    wait(&running, |s| s.state == State::Running);
    jobs.close(Duration::from_secs(60));
    assert_eq!((running.snapshot().state, waiting.snapshot().state), (State::Stopped, State::Stopped));
    assert!(running.snapshot().calendar.is_some());
    assert!(jobs.submit(request(7)).is_err());
}
