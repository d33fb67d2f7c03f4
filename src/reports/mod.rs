//! What is told of a calendar, the same at every door: explanations, recommendations, plans, comparisons, profiles.

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
    instance.order_named(id).ok_or_else(|| {
        let shown: String = id.chars().filter(|c| !c.is_control()).take(80).collect();
        Failure::Invalid {
            document: Document::Request,
            faults: vec![Fault {
                pointer: "/order".into(),
                path: "/order".into(),
                code: "unknown-id",
                detail: format!("The problem has no order `{shown}`."),
                hint: None,
            }],
        }
    })
}
