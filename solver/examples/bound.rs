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
