//! HiGHS. The only file with unsafe code: good_lp and highs give neither an interrupt nor a partial start, which are
//! calls of HiGHS' C interface on the pointer that they hand out.
#![allow(unsafe_code)]

use std::{
    ffi::{c_char, c_int, c_void},
    sync::atomic::{AtomicBool, Ordering},
    time::Instant as Moment,
};

use good_lp::{SolverModel, Variable, solvers::highs::HighsProblem};
use highs::{HighsModelStatus, Model, SolvedModel};
use highs_sys::{HighsCallbackDataIn, HighsCallbackDataOut, HighsInt};

use super::{
    answer::{Answer, Limits, Status},
    program::Program,
};
use crate::search::Stop;

/// Which algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Branch and cut.
    Branch,
    /// Interior point without crossover, of the LP: rows get multipliers.
    InteriorPoint,
}

/// When HiGHS should give up.
struct Watch<'a> {
    stop: &'a Stop,
    abandoned: &'a AtomicBool,
    deadline: Option<Moment>,
    iterations: i64,
}

impl Watch<'_> {
    fn over(&self, iterations: i64) -> bool {
        self.stop.stopped()
            || self.abandoned.load(Ordering::Relaxed)
            || iterations >= self.iterations
            || self.deadline.is_some_and(|d| Moment::now() >= d)
    }
}

/// Asks [`Watch`] whether to go on. Does nothing that could panic. Only branch and cut counts iterations: HiGHS leaves their
/// number uninitialised elsewhere, and whatever stands there must not end a call.
unsafe extern "C" fn ask(
    kind: c_int,
    _message: *const c_char,
    out: *const HighsCallbackDataOut,
    into: *mut HighsCallbackDataIn,
    watch: *mut c_void,
) {
    if out.is_null() || into.is_null() || watch.is_null() {
        return;
    }
    // SAFETY: HiGHS calls this only while `run` waits in `Highs_run`, on the thread of that call; `watch` is the `Watch`
    // that `run` registered and keeps alive, `out` and `into` are HiGHS' own for the length of this call.
    unsafe {
        let watch = &*watch.cast::<Watch>();
        let counted = kind == highs_sys::kHighsCallbackMipInterrupt;
        if watch.over(if counted { (*out).mip_total_lp_iterations } else { 0 }) {
            (*into).user_interrupt = 1;
        }
    }
}

/// Solves on this thread. `start` gives values of some of the variables of a solution to start from.
pub(super) fn run(
    program: &Program,
    method: Method,
    start: &[(Variable, f64)],
    limits: &Limits,
    stop: &Stop,
    abandoned: &AtomicBool,
) -> Answer {
    let Some(mut model) = build(program) else { return Answer::failed() };
    if !configure(&mut model, method, limits) {
        return Answer::failed();
    }
    hint(&mut model, program, start);
    let watch = Watch { stop, abandoned, deadline: limits.deadline, iterations: limits.iterations.unwrap_or(i64::MAX) };
    if watch.over(0) {
        return Answer { status: Status::NoneFound, ..Answer::failed() };
    }
    let highs = model.as_mut_ptr();
    // SAFETY: `highs` is a live HiGHS object that `model` owns; `ask` has the type that HiGHS expects, and `watch` lives
    // until `try_solve` below has returned, after which HiGHS calls it no more.
    unsafe {
        highs_sys::Highs_setCallback(highs, Some(ask), (&raw const watch).cast_mut().cast());
        for kind in [
            highs_sys::kHighsCallbackSimplexInterrupt,
            highs_sys::kHighsCallbackIpmInterrupt,
            highs_sys::kHighsCallbackMipInterrupt,
        ] {
            highs_sys::Highs_startCallback(highs, kind);
        }
    }
    match model.try_solve() {
        Ok(solved) => Answer { nodes: nodes(highs, &solved), ..read(program, &solved, method, limits) },
        Err(_) => Answer::failed(),
    }
}

/// The program as HiGHS holds it.
fn build(program: &Program) -> Option<Model> {
    let unsolved = program.variables.clone().minimise(program.objective.clone());
    let mut problem: HighsProblem = unsolved.using(good_lp::solvers::highs::highs);
    for row in &program.rows {
        problem.add_constraint(row.clone());
    }
    problem.try_into_inner().ok()
}

/// Sets the options; false where HiGHS refuses one.
fn configure(model: &mut Model, method: Method, limits: &Limits) -> bool {
    let mut fine = true;
    let mut set = |result: Result<(), highs::TrySetOptionError>| fine &= result.is_ok();
    model.make_quiet();
    set(model.try_set_option("threads", 1));
    set(model.try_set_option("parallel", "off"));
    set(model.try_set_option("random_seed", limits.seed.max(0)));
    set(model.try_set_option("presolve", if limits.plain { "off" } else { "choose" }));
    set(model.try_set_option("mip_rel_gap", 0.0));
    set(model.try_set_option("mip_abs_gap", 1e-6));
    if method == Method::InteriorPoint {
        set(model.try_set_option("solver", "ipm"));
        set(model.try_set_option("run_crossover", "off"));
    }
    if let Some(deadline) = limits.deadline {
        set(model.try_set_option("time_limit", deadline.saturating_duration_since(Moment::now()).as_secs_f64()));
    }
    if let Some(nodes) = limits.nodes {
        set(model.try_set_option("mip_max_nodes", nodes));
    }
    if let Some(cutoff) = limits.cutoff {
        set(model.try_set_option("objective_bound", cutoff));
    }
    fine
}

/// Hands over a start. HiGHS completes a partial one by solving for the rest; a wrong one it drops.
fn hint(model: &mut Model, program: &Program, start: &[(Variable, f64)]) {
    let (columns, values): (Vec<HighsInt>, Vec<f64>) =
        start.iter().filter_map(|&(v, value)| Some((program.column(v)? as HighsInt, value))).unzip();
    if columns.is_empty() {
        return;
    }
    // SAFETY: the two arrays have the length that is passed and outlive the call, which copies them.
    unsafe {
        highs_sys::Highs_setSparseSolution(
            model.as_mut_ptr(),
            columns.len() as HighsInt,
            columns.as_ptr(),
            values.as_ptr(),
        );
    }
}

/// HiGHS's number for a feasible primal solution (`kSolutionStatusFeasible`).
const FEASIBLE: i64 = 2;

/// Nodes of the search tree; 0 where there was none. HiGHS counts them in 64 bits, which the highs crate does not read.
fn nodes(highs: *const c_void, _alive: &SolvedModel) -> i64 {
    let mut count = 0;
    // SAFETY: `highs` is the object that `_alive` owns, the name ends in a zero byte, and HiGHS writes one `i64`.
    unsafe { highs_sys::Highs_getInt64InfoValue(highs, c"mip_node_count".as_ptr(), &raw mut count) };
    count.max(0)
}

/// What HiGHS found.
fn read(program: &Program, solved: &SolvedModel, method: Method, limits: &Limits) -> Answer {
    // Read as a number: interrupted early, HiGHS has none yet, and the binding would panic over that.
    let found = solved.int_info_value(c"primal_solution_status").is_ok_and(|s| s == FEASIBLE);
    let solution = solved.get_solution();
    // Interrupted early, HiGHS may tell another objective than that of the values it hands out.
    let objective = program.value(solution.columns());
    let status = match solved.status() {
        HighsModelStatus::Optimal | HighsModelStatus::ModelEmpty => Status::Optimal,
        HighsModelStatus::Infeasible | HighsModelStatus::ObjectiveBound => Status::Infeasible,
        _ if found => Status::Feasible,
        HighsModelStatus::ReachedTimeLimit
        | HighsModelStatus::ReachedIterationLimit
        | HighsModelStatus::ReachedSolutionLimit
        | HighsModelStatus::ReachedInterrupt
        | HighsModelStatus::ReachedMemoryLimit
        | HighsModelStatus::Unknown => Status::NoneFound,
        _ => Status::Failed,
    };
    // HiGHS may still hand out a solution at or above the cut-off.
    let status = match status {
        Status::Optimal if limits.cutoff.is_some_and(|c| objective >= c) => Status::Infeasible,
        Status::Feasible if limits.cutoff.is_some_and(|c| objective >= c) => Status::NoneFound,
        other => other,
    };
    let bound = match (method, status) {
        (_, Status::Infeasible) => limits.cutoff.unwrap_or(f64::INFINITY),
        (Method::Branch, _) => solved.double_info_value(c"mip_dual_bound").unwrap_or(f64::NEG_INFINITY),
        (Method::InteriorPoint, _) => f64::NEG_INFINITY, // the multipliers say it, once made safe
    };
    let usable = matches!(status, Status::Optimal | Status::Feasible);
    Answer {
        status,
        values: usable.then(|| solution.columns().to_vec()),
        objective: if usable { objective } else { f64::INFINITY },
        bound,
        duals: if method == Method::InteriorPoint { solution.dual_rows().to_vec() } else { Vec::new() },
        nodes: 0,
    }
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;

    use super::*;

    #[test]
    fn iterations_end_a_call_of_branch_and_cut_alone() {
        let (stop, abandoned) = (Stop::default(), AtomicBool::new(false));
        let watch = Watch { stop: &stop, abandoned: &abandoned, deadline: None, iterations: i64::MAX };
        let interrupted = |kind| {
            // SAFETY: numbers and pointers, of which all bits zero are values.
            let (mut out, mut into): (HighsCallbackDataOut, HighsCallbackDataIn) =
                unsafe { (MaybeUninit::zeroed().assume_init(), MaybeUninit::zeroed().assume_init()) };
            out.mip_total_lp_iterations = i64::MAX;
            // SAFETY: all of them live on this stack, and `watch` is the `Watch` that is expected.
            unsafe { ask(kind, std::ptr::null(), &raw const out, &raw mut into, (&raw const watch).cast_mut().cast()) };
            into.user_interrupt != 0
        };
        assert!(interrupted(highs_sys::kHighsCallbackMipInterrupt));
        assert!(!interrupted(highs_sys::kHighsCallbackIpmInterrupt));
        assert!(!interrupted(highs_sys::kHighsCallbackSimplexInterrupt));
    }
}
