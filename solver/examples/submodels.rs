//! Which sub-models does HiGHS solve in two seconds? `cargo run --release -p careweave-solver --example submodels -- FILE`:
//! draws sub-models of growing size around a calendar of a short solve, and prints a table of Markdown.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use careweave_solver::{
    instance::{Booked, GroupIx, Instance, OrderIx, Owner, ParticipantIx, Placements},
    milp::{Free, Limits, Status, SubModel, Thinning},
    problem, rules,
    search::{Options, Stop, Unwatched, solve},
};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Sub-models drawn of each size.
const DRAWN: u64 = 10;
/// Time for each.
const SECONDS: u64 = 2;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("the problem, a file")?;
    let problem = problem::read(&std::fs::read(&file)?).map_err(|e| format!("{e:?}"))?;
    let instance = Arc::new(Instance::new(Arc::new(problem)));
    let placements = Placements::new(&instance);
    let options = Options { seconds: None, rounds: Some(20), prove: false, ..Options::default() };
    let calendar = solve(&instance, &options, &Unwatched, &Stop::default()).map_err(|e| format!("{e:?}"))?;
    let given = problem::read_calendar(&serde_json::to_vec(&calendar)?).map_err(|e| format!("{e:?}"))?;
    let sessions: Vec<_> = given.sessions.iter().map(|s| instance.book(s)).collect();
    let objective = rules::judge(&instance, &sessions).objective;
    println!("| people | groups | thinned | columns | rows | build ms | optimal | better | seconds, median |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (people, groups) in [(1, 0), (2, 0), (4, 0), (8, 0), (2, 1), (4, 1), (4, 2), (8, 2), (8, 4), (16, 4)] {
        for thinned in [true, false] {
            let mut tries = Vec::new();
            for seed in 0..DRAWN {
                let free = draw(&instance, &sessions, people, groups, seed);
                let thinning = Thinning { starts: Some(30), clinicians: Some(4), seed, ..Thinning::default() };
                let begin = Instant::now();
                let model =
                    SubModel::new(&instance, &placements, &sessions, objective, free, thinned.then_some(&thinning));
                let built = begin.elapsed();
                let begin = Instant::now();
                let deadline = Some(begin + Duration::from_secs(SECONDS));
                let limits = Limits { deadline, cutoff: Some(objective as f64 - 0.5), ..Limits::default() };
                let outcome = model.solve(&limits, &Stop::default());
                let ended = matches!(outcome.status, Status::Optimal | Status::Infeasible);
                tries.push((model.size(), built, ended, outcome.sessions.is_some(), begin.elapsed()));
            }
            let middle = |mut numbers: Vec<f64>| {
                numbers.sort_by(f64::total_cmp);
                numbers[numbers.len() / 2]
            };
            println!(
                "| {people} | {groups} | {} | {:.0} | {:.0} | {:.1} | {} of {DRAWN} | {} of {DRAWN} | {:.2} |",
                if thinned { "30 starts, 4 clinicians" } else { "no" },
                middle(tries.iter().map(|t| t.0.0 as f64).collect()),
                middle(tries.iter().map(|t| t.0.1 as f64).collect()),
                middle(tries.iter().map(|t| t.1.as_secs_f64() * 1e3).collect()),
                tries.iter().filter(|t| t.2).count(),
                tries.iter().filter(|t| t.3).count(),
                middle(tries.iter().map(|t| t.4.as_secs_f64()).collect()),
            );
        }
    }
    Ok(())
}

/// Some people with all their orders, and some groups, those first in which these people are.
fn draw(instance: &Instance, sessions: &[Booked], people: usize, groups: usize, seed: u64) -> Free {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut all: Vec<ParticipantIx> = ParticipantIx::all(instance.participants.len()).collect();
    all.shuffle(&mut random);
    all.truncate(people);
    let orders: Vec<OrderIx> = all.iter().flat_map(|p| instance.participants[p.i()].orders.clone()).collect();
    let theirs = |s: &&Booked| s.participants.iter().any(|p| all.contains(p));
    let mut free: Vec<GroupIx> = sessions
        .iter()
        .filter(theirs)
        .filter_map(|s| if let Owner::Group(g) = s.owner { Some(g) } else { None })
        .collect();
    free.sort_unstable();
    free.dedup();
    while free.len() > groups {
        free.swap_remove(random.random_range(0..free.len()));
    }
    Free { groups: free, people: all, orders }
}
