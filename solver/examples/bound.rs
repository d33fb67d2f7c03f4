//! Proves lower bounds for problems given as files: `cargo run -p careweave-solver --example bound -- SECONDS FILE…`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use careweave_solver::{
    bound,
    instance::{Instance, Placements},
    problem::{Faults, Problem},
    search::Stop,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: f64 = arguments.next().ok_or("first the seconds, then the files")?.parse()?;
    for file in arguments {
        let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
        let problem = deserr::deserialize::<Problem, _, Faults>(json).map_err(|f| format!("{f:?}"))?;
        let instance = Instance::new(Arc::new(problem));
        let begin = Instant::now();
        let placements = Placements::new(&instance);
        let told = |bound| println!("{file} {:.2} s: {bound}", begin.elapsed().as_secs_f64());
        if let Ok(u) = std::env::var("EXACT") {
            struct W(String, Instant);
            impl bound::exact::Witness for W {
                fn proven(&self, b: u64) {
                    println!("{} {:.2} s: {b}", self.0, self.1.elapsed().as_secs_f64())
                }
                fn found(&self, s: &[careweave_solver::instance::Booked]) {
                    println!("found {} sessions", s.len())
                }
            }
            let n = std::env::var("N").map_or(2, |n| n.parse().unwrap());
            println!(
                "{}",
                bound::exact::prove(
                    &instance,
                    &placements,
                    u.parse().unwrap(),
                    n,
                    Some(begin + Duration::from_secs_f64(seconds)),
                    &Stop::default(),
                    &W(file.clone(), begin)
                )
            );
            println!("{:.2} s", begin.elapsed().as_secs_f64());
            continue;
        }
        bound::prove(
            &instance,
            &placements,
            Some(begin + Duration::from_secs_f64(seconds)),
            &Stop::default(),
            bound::LEVELS,
            &|| {},
            &told,
        );
    }
    Ok(())
}
