//! The independent referee, one Python process for many calendars.

use std::{io::Write, process::Command};

use careweave_solver::{calendar::Calendar, problem::Problem};
use serde::Deserialize;
use serde_json::json;

/// A problem and the calendar that the solver gave.
pub struct Case {
    pub name: String,
    pub problem: Problem,
    pub calendar: Calendar,
}

#[derive(Deserialize)]
struct Verdict {
    violations: Vec<String>,
    objective: u64,
    disagreements: Vec<String>,
}

/// Fails unless the referee passes every calendar and finds the objective, the penalties, the bound's place and the
/// unmet orders as the calendar tells them.
pub fn passes(cases: &[Case]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for case in cases {
        let line = json!({ "problem": case.problem, "calendar": case.calendar });
        writeln!(file, "{line}").unwrap();
    }
    file.flush().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/solved/verdicts.py");
    let output = Command::new("python3").arg(script).arg(file.path()).output().expect("python3 is installed");
    assert!(output.status.success(), "the referee ended with {}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<Verdict> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(verdicts.len(), cases.len());
    let mut wrong = Vec::new();
    for (case, verdict) in cases.iter().zip(verdicts) {
        if !verdict.violations.is_empty() || !verdict.disagreements.is_empty() {
            wrong.push(format!("{}: {:?} {:?}", case.name, verdict.violations, verdict.disagreements));
        }
        if case.calendar.bound > verdict.objective {
            wrong.push(format!("{}: bound {} above {}", case.name, case.calendar.bound, verdict.objective));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
