//! Single sessions of one day at one site, all or some: waits, rooms and clinicians of the day fall into place anew.

use super::{Neighbourhood, people::somebody};
use crate::search::{random::Chance, rebuild::Rebuild, state::State, tables::SlotIx};

/// See the module.
pub struct Day;

impl Neighbourhood for Day {
    fn name(&self) -> &'static str {
        "day"
    }

    fn ruin(&self, state: &mut State<'_>, chance: &mut Chance) -> Option<Rebuild> {
        let p = somebody(state, chance)?;
        let home = state.t.instance.participants[p.i()].home;
        let day = chance.below(7) as i32;
        let share = (12.0 / state.t.site_people[home.i()].len().max(1) as f64).min(1.0) * (0.3 + chance.unit());
        let mut orders = Vec::new();
        let people = state.t.site_people[home.i()].clone();
        for p in people.into_iter().filter(|_| chance.chance(share)).collect::<Vec<_>>() {
            let at = crate::search::person::day_slot(day);
            let slots: Vec<SlotIx> =
                state.people[p.i()].seats.iter().filter(|s| s.day == at && !s.fact).map(|s| s.slot).collect();
            for slot in slots {
                if let Some(o) = state.loose_order(slot) {
                    state.remove_session(slot);
                    orders.push(o);
                }
            }
        }
        for _ in 0..3 {
            orders.extend(state.some_unmet(chance));
        }
        Some(Rebuild { orders, ..Rebuild::default() })
    }
}
