//! What it would cost to take a place that nothing forbids, everything else left as it is.

use super::{standing::Standing, tally::Place};
use crate::{
    instance::{Booked, OrderIx, Owner},
    rules::{
        cost_of_change, cost_of_week,
        h01_identity::numbers,
        names,
        view::{Seen, Week},
    },
};

/// By how much the objective would rise with a session of the order at this place.
pub(super) fn individual(standing: &Standing, order: OrderIx, place: Place) -> i64 {
    let instance = standing.instance;
    let data = &instance.orders[order.i()];
    let name = names::order(instance, order);
    let ids = (1..=numbers(instance, Owner::Order(order))).map(|k| (k as u32, format!("{name}/{k}")));
    let Some((number, id)) = ids.into_iter().find(|(_, id)| standing.view.named(id).is_none()) else { return 0 };
    let before = instance.previous_named(&id);
    let booked = Booked {
        id,
        owner: Owner::Order(order),
        number: Some(number),
        service: Some(data.service),
        modality: place.modality,
        site: Some(place.site),
        room: None,
        clinicians: place.clinician.into_iter().collect(),
        participants: vec![data.participant],
        start: place.span.start,
        end: place.span.end,
        unknown: Vec::new(),
    };
    let session = Seen::new(instance, &booked, before);
    let week = &standing.view.weeks[data.participant.i()];
    let change = before.filter(|p| !p.kept()).map_or(0, |old| {
        let old = Seen::new(instance, &old.booked, Some(old));
        // Its room may stay the same; a place has none yet.
        let mut kept = booked.clone();
        kept.room = old.room;
        let now = Seen::new(instance, &kept, before);
        cost_of_change(instance, &old, Some(&now)).saturating_sub(cost_of_change(instance, &old, None))
    });
    rise(standing, week, &[session]).saturating_add(change)
}

/// By how much the objective would rise with the participant in these meetings too.
pub(super) fn meetings<'a>(standing: &Standing<'a>, order: OrderIx, joined: &[Seen<'a>]) -> i64 {
    rise(standing, &standing.view.weeks[standing.instance.orders[order.i()].participant.i()], joined)
}

fn rise<'a>(standing: &Standing, week: &Week<'a>, more: &[Seen<'a>]) -> i64 {
    let after = more.iter().fold(week.clone(), |week, s| week.with(standing.instance, *s));
    cost_of_week(standing.instance, &after).saturating_sub(cost_of_week(standing.instance, week))
}
