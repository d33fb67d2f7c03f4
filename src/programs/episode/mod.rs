//! Episodes of care: from admission to discharge, in phases, with orders that recur; seen week by week.

#[cfg(test)]
mod adds_up;
mod course;
mod dated;
mod earlier;
mod fields;
mod orders;
mod recurrence;
mod share;
#[cfg(test)]
mod tests;
mod waiting;
mod week;

pub use self::{
    course::Course,
    dated::{changed, changes},
    earlier::{follow, may_be_over},
    fields::{Day, Episode, bare, faults, kept, may_have, plus},
    orders::Origin,
    recurrence::{Held, Recurrence},
    share::{Open, open},
    waiting::{Contact, Waiting},
    week::{History, InWeek, bases, entity},
};
