//! Comparisons of small problems, by rounds.

mod capacity;
mod compare;
mod covers;
mod documents;
mod uncertainty;
mod worth;

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::{
    problem::{self, Problem},
    search::Stop,
};

/// `tiny.json` of the fixtures: one therapist, one group, three participants.
fn tiny() -> Arc<Problem> {
    let text = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/tiny.json"));
    Arc::new(problem::read(text).unwrap())
}

fn scenarios(edits: Value) -> Vec<Scenario> {
    let all = edits.as_object().unwrap().iter();
    let list: Vec<Value> = all.map(|(id, edits)| json!({ "id": id, "name": id, "edits": edits })).collect();
    read_value(&Value::Array(list)).unwrap()
}

fn by_rounds(rounds: u64) -> WhatIf {
    WhatIf { seconds: None, rounds: Some(rounds), ..WhatIf::default() }
}

fn compared(edits: Value) -> Comparison {
    what_if(&tiny(), &scenarios(edits), &by_rounds(20), &Unobserved, &Stop::default()).unwrap()
}
