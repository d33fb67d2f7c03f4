//! How much of the ordered care a calendar gives, and what is missing.

use std::collections::BTreeSet;

use super::{DoseMet, Share, UnmetBy};
use crate::{
    calendar::Calendar,
    instance::ParticipantIx,
    problem::{CommitmentKind, Flexibility, Participant},
    rules::view::View,
};

/// Orders, minutes and people served.
pub fn dose_met(view: &View, calendar: &Calendar) -> DoseMet {
    let instance = view.instance;
    let ordered: u64 =
        instance.orders.iter().map(|o| o.sessions as u64 * minutes(instance.services[o.service.i()].minutes)).sum();
    let missing: u64 = calendar.unmet.iter().map(|u| u.missing_minutes).sum();
    let short: BTreeSet<&str> = calendar.unmet.iter().map(|u| &*u.participant).collect();
    let people = &instance.problem.participants;
    let of = |who: &dyn Fn(&Participant) -> bool| {
        let all = people.iter().filter(|p| who(p)).count() as u64;
        Share::new(people.iter().filter(|p| who(p) && !short.contains(&*p.id)).count() as u64, all)
    };
    let (mut asked, mut reached) = (0, 0);
    for p in ParticipantIx::all(people.len()) {
        let least = i64::from(instance.participants[p.i()].plan.min_week);
        if least > 0 {
            asked += 1;
            let week = &view.weeks[p.i()];
            reached += u64::from(week.dose(instance, &week.attended) >= least);
        }
    }
    let orders = instance.orders.len() as u64;
    DoseMet {
        orders: Share::new(orders.saturating_sub(calendar.unmet.len() as u64), orders),
        minutes: Share::new(ordered.saturating_sub(missing), ordered),
        participants: of(&|_| true),
        minimum: Share::new(reached, asked),
        working: of(&works),
    }
}

fn minutes(minutes: i32) -> u64 {
    u64::try_from(minutes).unwrap_or(0)
}

/// Whether somebody has work that can't give way.
fn works(participant: &Participant) -> bool {
    participant.commitments.iter().any(|c| c.kind == CommitmentKind::Work && c.flexibility == Flexibility::Hard)
}

/// What is missing, by service and by reason.
pub fn unmet(calendar: &Calendar) -> UnmetBy {
    let mut by = UnmetBy { by_service: Default::default(), by_reason: Default::default() };
    for order in &calendar.unmet {
        let missing = by.by_service.entry(order.service.to_string()).or_default();
        missing.sessions += u64::from(order.missing_sessions);
        missing.minutes += order.missing_minutes;
        for reason in &order.reasons {
            let forbidden = by.by_reason.entry(reason.code).or_default();
            forbidden.orders += 1;
            forbidden.places += reason.count;
        }
    }
    by
}
