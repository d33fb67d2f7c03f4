//! Participants and what is ordered for them, in one problem beside another. More or fewer people, orders or sessions are
//! never comparable: who is added can fill a group that would not be held without.

use super::{Pair, allowed_within, inside, no_lower, no_stricter, within};
use crate::{
    instance::{CommitmentData, Instance, OrderIx, ParticipantIx, SiteIx},
    problem::{Minutes, Order, Participant, Plan},
};

/// Whether each participant of the narrow problem is in the wide one, no less free and with no more to ask.
pub fn covered(pair: &Pair) -> bool {
    let (n, w) = pair.problems();
    n.participants.len() == w.participants.len()
        && ParticipantIx::all(n.participants.len())
            .all(|p| pair.wide.participant_named(&n.participants[p.i()].id).is_some_and(|q| person(pair, p, q)))
}

fn person(pair: &Pair, p: ParticipantIx, q: ParticipantIx) -> bool {
    let (n, w) = pair.problems();
    let (narrow, wide) = (&n.participants[p.i()], &w.participants[q.i()]);
    let (data, other) = (&pair.narrow.participants[p.i()], &pair.wide.participants[q.i()]);
    let same = Participant {
        sites: narrow.sites.clone(),
        telehealth: narrow.telehealth,
        commute_minutes: narrow.commute_minutes,
        languages: narrow.languages.clone(),
        not_with: narrow.not_with.clone(),
        available: narrow.available.clone(),
        family: narrow.family.clone(),
        apart_from: narrow.apart_from.clone(),
        commitments: narrow.commitments.clone(),
        plan: narrow.plan.clone(),
        orders: narrow.orders.clone(),
        ..wide.clone()
    };
    let sites = |instance: &Instance, of: &[SiteIx]| {
        of.iter().map(|s| instance.problem.sites[s.i()].id.clone()).collect::<Vec<_>>()
    };
    // Whom the narrow problem does not have nobody can meet in it.
    let mut kept_from = wide.not_with.iter().filter(|id| pair.narrow.clinician_named(id).is_some());
    let family = narrow.family.iter().zip(&data.family).all(|(member, spans)| {
        let k = wide.family.iter().position(|m| m.id == member.id);
        k.and_then(|k| other.family.get(k)).is_some_and(|free| inside(spans, free))
    });
    let kinder = |c: &CommitmentData| data.commitments.iter().any(|d| no_harder(d, c));
    same == *narrow
        && within(&sites(pair.narrow, &data.sites), &sites(pair.wide, &other.sites))
        && (wide.telehealth || !narrow.telehealth)
        && wide.commute_minutes <= narrow.commute_minutes
        && within(&narrow.languages, &wide.languages)
        && kept_from.all(|id| narrow.not_with.contains(id))
        && inside(&data.available, &other.available)
        && family
        && within(&wide.apart_from, &narrow.apart_from)
        && other.commitments.iter().all(kinder)
        && plan(narrow.plan.as_ref(), wide.plan.as_ref())
        && narrow.orders.len() == wide.orders.len()
        && narrow.orders.iter().all(|order| wide.orders.iter().any(|o| o.id == order.id && one_order(pair, order, o)))
}

/// Whether the second commitment forbids and costs nothing that the first does not.
fn no_harder(narrow: &CommitmentData, wide: &CommitmentData) -> bool {
    (wide.soft || !narrow.soft) && wide.travel <= narrow.travel && inside(&wide.spans, &narrow.spans)
}

fn plan(narrow: Option<&Plan>, wide: Option<&Plan>) -> bool {
    let (n, w) = (narrow.cloned().unwrap_or_default(), wide.cloned().unwrap_or_default());
    let least = |n: Option<u32>, w: Option<u32>| w.unwrap_or(0) <= n.unwrap_or(0);
    let minutes = |m: Option<Minutes>| m.map(|m| m.0);
    n.counts_modalities == w.counts_modalities
        && least(minutes(n.min_minutes_per_week), minutes(w.min_minutes_per_week))
        && least(minutes(n.min_minutes_per_day), minutes(w.min_minutes_per_day))
        && least(n.min_days, w.min_days)
        && no_lower(n.max_minutes_per_week, w.max_minutes_per_week)
        && no_lower(n.max_minutes_per_day, w.max_minutes_per_day)
        && no_lower(n.max_days, w.max_days)
}

fn one_order(pair: &Pair, narrow: &Order, wide: &Order) -> bool {
    let same = Order {
        priority: narrow.priority,
        clinician: narrow.clinician.clone(),
        prefer: narrow.prefer.clone(),
        groups: narrow.groups.clone(),
        modality: narrow.modality,
        family: narrow.family.clone(),
        windows: narrow.windows.clone(),
        one_per_day: narrow.one_per_day,
        ..wide.clone()
    };
    let windows =
        |order: Option<OrderIx>, of: &Instance| order.map(|o| of.orders[o.i()].windows.clone()).unwrap_or_default();
    let (n, w) = (pair.narrow.order_named(&narrow.id), pair.wide.order_named(&wide.id));
    same == *narrow
        && wide.priority <= narrow.priority
        && no_stricter(&narrow.clinician, &wide.clinician)
        && allowed_within(&narrow.prefer, &wide.prefer)
        && allowed_within(&narrow.groups, &wide.groups)
        && no_stricter(&narrow.modality, &wide.modality)
        && within(&wide.family, &narrow.family)
        && inside(&windows(n, pair.narrow), &windows(w, pair.wide))
        && (narrow.one_per_day || !wide.one_per_day)
}
