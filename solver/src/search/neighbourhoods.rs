//! Ruin: each neighbourhood takes a part of the calendar out, chosen so that a better one may grow in its place.

mod convene;
mod day;
mod desk;
mod displace;
mod eject;
mod group;
mod host;
mod people;
mod retime;
mod staff;

pub use self::people::{companion, somebody};
use super::{random::Chance, rebuild::Rebuild, state::State};

/// A way to take a part of the calendar out.
pub trait Neighbourhood: Sync {
    /// Its name in traces.
    fn name(&self) -> &'static str;
    /// Plans drawn for each group that is opened again, of which the best is taken.
    fn plans(&self) -> usize {
        3
    }
    /// Takes something out and says what to put in again; none where there was nothing to take.
    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild>;
}

/// All of them. A new one is added here.
pub const ALL: [&dyn Neighbourhood; 10] = [
    &people::People,
    &desk::Desk,
    &group::Group,
    &host::Host,
    &convene::Convene,
    &retime::Retime,
    &staff::Staff,
    &eject::Eject,
    &day::Day,
    &displace::Displace,
];
