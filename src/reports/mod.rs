//! What is told of a calendar, the same at every door: explanations, recommendations, plans, comparisons, censuses,
//! profiles.

pub mod census;
pub mod explain;
pub mod page;
pub mod profile;
pub mod quality;
pub mod recommend;
pub mod replan;
pub mod uncertainty;
pub mod whatif;

use careweave_solver::{
    instance::{Instance, OrderIx},
    problem::Fault,
};

use crate::failure::{Document, Failure};

/// The order of this id, or why there is none.
fn order(instance: &Instance, id: &str) -> Result<OrderIx, Failure> {
    instance.order_named(id).ok_or_else(|| unknown("order", id))
}

/// A member of the request that names something of its kind which the problem does not have.
fn unknown(kind: &str, id: &str) -> Failure {
    let shown: String = id.chars().filter(|c| !c.is_control()).take(80).collect();
    let pointer = format!("/{kind}");
    let detail = format!("The problem has no {kind} `{shown}`.");
    let fault = Fault { path: pointer.clone(), pointer, code: "unknown-id", detail, hint: None };
    Failure::Invalid { document: Document::Request, faults: vec![fault] }
}
