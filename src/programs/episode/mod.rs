//! Episodes of care: from admission to discharge, in phases, with orders that recur; seen week by week.

mod fields;
mod week;

pub use self::{
    fields::{Episode, Recurrence, bare, faults, kept, may_have},
    week::{Held, History, clinician, participant},
};
