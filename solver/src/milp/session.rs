//! A call of HiGHS on a thread of its own: one that does not come back in time is left behind and its result dropped.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant as Moment},
};

use good_lp::Variable;

use super::{
    answer::{Answer, Limits},
    highs::{self, Method},
    program::Program,
};
use crate::search::Stop;

/// How long after its deadline, or a stop, a call may still come back.
const PATIENCE: Duration = Duration::from_millis(300);

/// How often a waiting call looks at the stop.
const TICK: Duration = Duration::from_millis(20);

/// Most calls that may be left behind at a time; each holds a core until HiGHS looks up.
const MOST_CALLS: usize = 4;

/// Most bytes that calls which are left behind may hold together; no call is begun while they hold more.
const MOST_MEMORY: usize = 512 << 20;

/// Stack of the calls: HiGHS recurses deeply in its heuristics.
const STACK: usize = 16 << 20;

static BEHIND: Behind = Behind { calls: AtomicUsize::new(0), memory: AtomicUsize::new(0) };

/// Calls that are left behind, and what they hold.
struct Behind {
    calls: AtomicUsize,
    memory: AtomicUsize,
}

impl Behind {
    /// Whether no further call should be begun.
    fn is_full(&self) -> bool {
        self.calls.load(Ordering::SeqCst) >= MOST_CALLS || self.memory.load(Ordering::SeqCst) > MOST_MEMORY
    }

    fn left(&self, memory: usize) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.memory.fetch_add(memory, Ordering::SeqCst);
    }

    fn back(&self, memory: usize) {
        self.calls.fetch_sub(1, Ordering::SeqCst);
        self.memory.fetch_sub(memory, Ordering::SeqCst);
    }
}

/// Whether either side, the caller or the thread of a call, has left it, and what the call holds. Who leaves second takes it
/// off the count.
#[derive(Clone)]
struct Leaving {
    left: Arc<AtomicBool>,
    behind: &'static Behind,
    memory: usize,
}

impl Leaving {
    fn leave(&self) {
        if self.left.swap(true, Ordering::SeqCst) {
            self.behind.back(self.memory);
        }
    }
}

/// Leaves on the way out, also by a panic.
struct OnTheWayOut(Leaving);

impl Drop for OnTheWayOut {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Solves `program` within `limits`, from a partial `start` where one is given. With a deadline, comes back at most 0.3 s
/// after it, or after a stop; answers [`Failed`](super::Status::Failed) where HiGHS does not, or where earlier calls that are
/// still left behind are too many or hold too much. Without a deadline it waits for those, so that its answer depends on
/// no other solve.
pub fn solve(
    program: &Arc<Program>,
    method: Method,
    start: &[(Variable, f64)],
    limits: &Limits,
    stop: &Stop,
) -> Answer {
    let (program, start, given, stopped) = (program.clone(), start.to_vec(), limits.clone(), stop.clone());
    call(&BEHIND, program.memory(), limits.deadline, stop, move |abandoned| {
        highs::run(&program, method, &start, &given, &stopped, abandoned)
    })
}

/// Does `work`, which holds so many bytes, on a thread of its own; it is told when nobody waits for it any more.
fn call(
    behind: &'static Behind,
    memory: usize,
    deadline: Option<Moment>,
    stop: &Stop,
    work: impl FnOnce(&AtomicBool) -> Answer + Send + 'static,
) -> Answer {
    while behind.is_full() {
        if deadline.is_some() || stop.stopped() {
            return Answer::failed();
        }
        thread::sleep(TICK);
    }
    let abandoned = Arc::new(AtomicBool::new(false));
    let leaving = Leaving { left: Arc::default(), behind, memory };
    let (send, receive) = mpsc::channel();
    let thread = {
        let (abandoned, way_out) = (abandoned.clone(), OnTheWayOut(leaving.clone()));
        move || {
            let _way_out = way_out;
            // Nobody hears it where the call was left behind.
            let _ = send.send(work(&abandoned));
        }
    };
    if thread::Builder::new().name("highs".to_owned()).stack_size(STACK).spawn(thread).is_err() {
        return Answer::failed();
    }
    let mut last = deadline.map(|d| d + PATIENCE);
    loop {
        let now = Moment::now();
        if stop.stopped() {
            last = Some(last.map_or(now + PATIENCE, |l| l.min(now + PATIENCE)));
        }
        let Some(wait) = last.map_or(Some(TICK), |l| l.checked_duration_since(now)) else { break };
        match receive.recv_timeout(wait.min(TICK)) {
            Ok(answer) => return answer,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Answer::failed(),
        }
    }
    behind.left(memory);
    abandoned.store(true, Ordering::SeqCst);
    leaving.leave();
    Answer::failed()
}

#[cfg(test)]
mod tests {
    use super::{super::Status, *};
    use good_lp::{Expression, constraint};

    /// A knapsack of `n` things whose optimum takes some branching.
    fn knapsack(n: i64) -> (Arc<Program>, Vec<Variable>) {
        let mut program = Program::default();
        let things: Vec<Variable> = (0..n).map(|k| program.binary(-(100 + (k * 37) % 61))).collect();
        let weight: Expression = things.iter().enumerate().map(|(k, &x)| (50 + (k as i32 * 53) % 47) * x).sum();
        program.hold(constraint!(weight <= 25 * n as i32));
        (Arc::new(program), things)
    }

    #[test]
    fn an_optimum_has_values_and_an_equal_bound() {
        let (program, _) = knapsack(20);
        let answer = solve(&program, Method::Branch, &[], &Limits::default(), &Stop::default());
        assert_eq!(answer.status, Status::Optimal);
        assert!((answer.objective - answer.bound).abs() < 1e-4, "{answer:?}");
        assert_eq!(answer.values.unwrap().len(), 20);
    }

    #[test]
    fn a_cut_off_below_the_optimum_leaves_nothing() {
        let (program, _) = knapsack(20);
        let best = solve(&program, Method::Branch, &[], &Limits::default(), &Stop::default()).objective;
        let limits = Limits { cutoff: Some(best - 1.0), ..Limits::default() };
        assert_eq!(solve(&program, Method::Branch, &[], &limits, &Stop::default()).status, Status::Infeasible);
    }

    #[test]
    fn an_infeasible_program_is_told() {
        let mut program = Program::default();
        let x = program.binary(1);
        program.hold(constraint!(x >= 2));
        let answer = solve(&Arc::new(program), Method::Branch, &[], &Limits::default(), &Stop::default());
        assert_eq!(answer.status, Status::Infeasible);
    }

    #[test]
    fn a_partial_start_is_completed_and_kept_where_no_node_may_be_searched() {
        let (program, things) = knapsack(60);
        let start: Vec<(Variable, f64)> = things.iter().take(10).map(|&x| (x, 1.0)).collect();
        let limits = Limits { nodes: Some(0), ..Limits::default() };
        let answer = solve(&program, Method::Branch, &start, &limits, &Stop::default());
        assert!(answer.values.is_some(), "{answer:?}");
    }

    #[test]
    fn a_stop_ends_a_call() {
        let stop = Stop::default();
        stop.stop();
        let (program, _) = knapsack(60);
        let answer = solve(&program, Method::Branch, &[], &Limits::default(), &stop);
        assert!(matches!(answer.status, Status::NoneFound | Status::Failed), "{answer:?}");
    }

    #[test]
    fn a_call_that_does_not_come_back_is_left_behind_and_counted_until_it_ends() {
        static HERE: Behind = Behind { calls: AtomicUsize::new(0), memory: AtomicUsize::new(0) };
        let (release, released) = mpsc::channel::<()>();
        let begin = Moment::now();
        // It hears neither a deadline nor that it was left.
        let deaf = move |_: &AtomicBool| {
            let _ = released.recv();
            Answer::failed()
        };
        let answer = call(&HERE, 1000, Some(begin + Duration::from_millis(50)), &Stop::default(), deaf);
        assert_eq!(answer.status, Status::Failed);
        assert!(begin.elapsed() >= PATIENCE, "it is given some time after its deadline");
        let counted = || (HERE.calls.load(Ordering::SeqCst), HERE.memory.load(Ordering::SeqCst));
        assert_eq!(counted(), (1, 1000));
        drop(release);
        while counted() != (0, 0) {
            thread::sleep(TICK);
        }
    }

    #[test]
    fn no_call_is_begun_while_many_or_large_ones_are_left_behind() {
        let behind = Behind { calls: AtomicUsize::new(0), memory: AtomicUsize::new(0) };
        for _ in 0..MOST_CALLS {
            assert!(!behind.is_full());
            behind.left(1000);
        }
        assert!(behind.is_full(), "as many as there may be");
        behind.back(1000);
        assert!(!behind.is_full());
        behind.left(MOST_MEMORY);
        behind.back(1000);
        assert!(behind.is_full(), "few, but they hold too much");
        behind.back(MOST_MEMORY);
        assert!(!behind.is_full());
        // The memory of a program grows with what stands in its rows.
        assert!(knapsack(2000).0.memory() > 10 * knapsack(20).0.memory());
    }

    #[test]
    fn a_call_without_a_deadline_waits_for_those_left_behind_and_one_with_a_deadline_does_not() {
        static HERE: Behind = Behind { calls: AtomicUsize::new(MOST_CALLS), memory: AtomicUsize::new(0) };
        let done = |_: &AtomicBool| Answer { status: Status::Optimal, ..Answer::failed() };
        let (stop, soon) = (Stop::default(), Moment::now() + Duration::from_secs(3600));
        assert_eq!(call(&HERE, 0, Some(soon), &stop, done).status, Status::Failed);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| call(&HERE, 0, None, &stop, done).status);
            thread::sleep(3 * TICK);
            assert!(!waiting.is_finished());
            HERE.back(0);
            assert_eq!(waiting.join().unwrap(), Status::Optimal);
        });
        HERE.left(0);
        stop.stop();
        assert_eq!(call(&HERE, 0, None, &stop, done).status, Status::Failed);
    }

    #[test]
    fn interior_point_gives_multipliers_of_the_rows() {
        let mut program = Program::default();
        let (x, y) = (program.real(10, 2), program.real(10, 3));
        program.hold(constraint!(x + y >= 4));
        let answer = solve(&Arc::new(program), Method::InteriorPoint, &[], &Limits::default(), &Stop::default());
        assert_eq!(answer.status, Status::Optimal);
        assert!((answer.duals[0].abs() - 2.0).abs() < 1e-5, "{answer:?}");
    }
}
