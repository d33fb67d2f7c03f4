//! What it would cost to take a place that nothing forbids, everything else left as it is.

use super::{standing::Standing, tally::Place};
use crate::{
    instance::{Booked, OrderIx, Owner},
    rules::{
        costs_of_change, costs_of_week,
        h01_identity::numbers,
        names,
        verdict::listed,
        view::{Seen, Week},
    },
};

/// By how much each penalty would rise, or fall where it is negative; those that stay are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rise(Vec<(&'static str, i64)>);

impl Rise {
    /// By how much the objective would rise.
    pub fn total(&self) -> i64 {
        self.0.iter().map(|part| part.1).fold(0, i64::saturating_add)
    }

    /// What rises and falls, the most first: `waiting between sessions 300 more`.
    pub fn told(&self) -> String {
        let mut parts = self.0.clone();
        parts.sort_by_key(|&(name, rise)| (std::cmp::Reverse(rise), name));
        let told: Vec<String> = parts
            .into_iter()
            .map(|(name, rise)| {
                let way = if rise > 0 { "more" } else { "less" };
                format!("{} {} {way}", called(name), rise.unsigned_abs())
            })
            .collect();
        listed(told.iter().map(String::as_str))
    }

    fn add(&mut self, name: &'static str, rise: i64) {
        match self.0.iter_mut().find(|part| part.0 == name) {
            Some(part) => part.1 = part.1.saturating_add(rise),
            None => self.0.push((name, rise)),
        }
        self.0.retain(|part| part.1 != 0);
    }
}

/// What a penalty is about, in plain words.
fn called(penalty: &'static str) -> &'static str {
    match penalty {
        "unmet" => "missing sessions",
        "shortfall" => "minutes short of the week's dose",
        "short_day" => "days that are too short",
        "missing_day" => "days too few",
        "attended_day" => "days to come",
        "wait" => "waiting between sessions",
        "soft_commitment" => "time on soft commitments",
        "not_preferred_clinician" => "clinicians who are not preferred",
        "away_site" => "sessions away from the home site",
        "group_switch" => "changes of group",
        "clinician_switch" => "changes of clinician",
        "shifted" => "unusual hours",
        "moved" => "moved sessions",
        "clinician_changed" => "sessions with another clinician than planned",
        "room_changed" => "sessions in another room than planned",
        "dropped" => "sessions taken away",
        other => other,
    }
}

/// What would rise with a session of the order at this place.
pub(super) fn individual(standing: &Standing, order: OrderIx, place: Place) -> Rise {
    let instance = standing.instance;
    let data = &instance.orders[order.i()];
    let name = names::order(instance, order);
    let ids = (1..=numbers(instance, Owner::Order(order))).map(|k| (k as u32, format!("{name}/{k}")));
    let Some((number, id)) = ids.into_iter().find(|(_, id)| standing.view.named(id).is_none()) else {
        return Rise::default();
    };
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
    let mut rise = rise(standing, week, &[session]);
    if let Some(old) = before.filter(|p| !p.kept()) {
        let old = Seen::new(instance, &old.booked, Some(old));
        // Its room may stay the same; a place has none yet.
        let mut kept = booked.clone();
        kept.room = old.room;
        let now = Seen::new(instance, &kept, before);
        costs_of_change(instance, &old, Some(&now)).for_each(|(name, cost)| rise.add(name, cost));
        costs_of_change(instance, &old, None).for_each(|(name, cost)| rise.add(name, cost.saturating_neg()));
    }
    rise
}

/// What would rise with the participant in these meetings too.
pub(super) fn meetings<'a>(standing: &Standing<'a>, order: OrderIx, joined: &[Seen<'a>]) -> Rise {
    rise(standing, &standing.view.weeks[standing.instance.orders[order.i()].participant.i()], joined)
}

fn rise<'a>(standing: &Standing, week: &Week<'a>, more: &[Seen<'a>]) -> Rise {
    let after = more.iter().fold(week.clone(), |week, s| week.with(standing.instance, *s));
    let mut rise = Rise::default();
    costs_of_week(standing.instance, &after).for_each(|(name, cost)| rise.add(name, cost));
    costs_of_week(standing.instance, week).for_each(|(name, cost)| rise.add(name, cost.saturating_neg()));
    rise
}
