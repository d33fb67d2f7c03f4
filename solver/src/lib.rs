//! The week of an intensive outpatient programme as one problem: read, checked, solved, explained.
//!
//! Data moves one way: [`problem`] (what comes in) → [`instance`] (the same in integers) → [`search`] with its
//! sub-models in [`milp`] → [`calendar`] (what goes out), judged by [`rules`] before anybody sees it.
//! The crate is pure: no files, no sockets, no clock but a deadline.
#![warn(missing_docs)]

pub mod bound;
pub mod calendar;
pub mod explain;
pub mod generate;
pub mod goals;
pub mod instance;
pub mod milp;
pub mod moves;
pub mod problem;
pub mod quality;
pub mod recommend;
pub mod remedies;
pub mod replan;
pub mod rules;
pub mod scenario;
pub mod search;
