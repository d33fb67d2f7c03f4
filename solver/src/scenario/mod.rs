//! What if: a problem with some things changed, solved beside the problem as it is, and compared with it honestly.

mod census;
pub mod edits;
mod form;
mod given;
mod grid;
mod kpis;
mod level;
mod monotony;
mod paired;
mod purchase;
mod schema;
#[cfg(test)]
mod tests;
pub mod uncertainty;
mod verdict;
mod whatif;
mod worth;

pub use self::{
    census::{
        AtSite, Bottleneck, Census, Next, Profile, Profiles, Tried, census, read as read_profiles,
        schema as profiles_schema,
    },
    given::{MOST, Scenario, read, read_value},
    kpis::{Hour, Kpis, Share, Use},
    level::{Reached, ServiceLevel},
    monotony::{Monotony, covers},
    paired::{LEAST_PAIRS, PAIRS, Paired},
    purchase::{Bought, Item, Prices, Purchase, Shop, TriedSet, buy, read as read_prices, schema as prices_schema},
    schema::schema,
    verdict::{Effect, Evidence, Intervals, Kind, Verdict},
    whatif::{Comparison, Failed, Kept, Observer, Outcome, Solved, Stage, Step, Unobserved, WhatIf, what_if},
    worth::{Values, Worth, worth},
};
