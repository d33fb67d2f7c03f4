//! The referee in a process of its own, fed with many cases at once.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

/// What the referee says of a calendar.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub rules: Vec<String>,
    pub details: Vec<String>,
    pub penalties: BTreeMap<String, i64>,
    /// Sessions that are missing, by order.
    pub missing: BTreeMap<String, i64>,
}

/// One of the referee's own examples.
pub struct Example {
    pub test: String,
    pub problem: Value,
    pub calendar: Value,
    pub verdict: Verdict,
}

/// Cases for the referee.
pub struct Referee {
    cases: String,
}

impl Referee {
    pub fn start() -> Self {
        Referee { cases: String::new() }
    }

    /// The calendars that follow are of this problem.
    pub fn problem(&mut self, problem: &Value) {
        self.cases += &format!("{}\n", json!({ "problem": problem }));
    }

    /// A calendar to judge.
    pub fn calendar(&mut self, calendar: &Value) {
        self.cases += &format!("{}\n", json!({ "calendar": calendar }));
    }

    /// The verdicts, in order.
    pub fn verdicts(self) -> Vec<Verdict> {
        run("verdicts.py", self.cases).iter().map(verdict).collect()
    }
}

/// The referee's own examples with their verdicts.
pub fn examples() -> Vec<Example> {
    let example = |line: &Value| Example {
        test: line["test"].as_str().unwrap_or_default().to_owned(),
        problem: line["problem"].clone(),
        calendar: line["calendar"].clone(),
        verdict: verdict(line),
    };
    run("examples.py", String::new()).iter().map(example).collect()
}

fn verdict(line: &Value) -> Verdict {
    let texts = |field: &str| -> Vec<String> {
        let list = line[field].as_array().into_iter().flatten();
        list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let penalties = line["penalties"].as_object().into_iter().flatten();
    // Each as [participant, order, number].
    let missing = line["missing"].as_array().into_iter().flatten();
    let mut rules = texts("rules");
    rules.sort_unstable();
    Verdict {
        rules,
        details: texts("details"),
        penalties: penalties.map(|(name, cost)| (name.clone(), cost.as_i64().unwrap_or(i64::MIN))).collect(),
        missing: missing
            .map(|m| (m[1].as_str().unwrap_or_default().to_owned(), m[2].as_i64().unwrap_or(i64::MAX)))
            .collect(),
    }
}

fn run(script: &str, input: String) -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/judge");
    let mut process = Command::new("python3")
        .arg(script)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs the referee");
    let mut stdin = process.stdin.take().expect("a pipe");
    let mut stdout = process.stdout.take().expect("a pipe");
    let feeding = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let mut answer = String::new();
    stdout.read_to_string(&mut answer).expect("text");
    feeding.join().expect("no panic").expect("the referee reads all cases");
    assert!(process.wait().expect("an exit status").success(), "the referee failed");
    answer.lines().map(|line| serde_json::from_str(line).expect("a verdict")).collect()
}
