//! Changes of a participant's own: their order, their week, their plan; and another session that moves.

use serde_json::json;

use super::kind::{Kind, Look, Part, called, unless_empty};
use crate::{
    instance::{Instance, OrderIx},
    problem::{Minutes, Problem},
    rules::names,
    scenario::edits::Edit,
};

/// Nothing changes: there is a place.
pub(super) const FREE: Kind = Kind {
    name: "free-place",
    tried: "a place where nothing changes",
    helps: &["TRADE_OFF"],
    look: Look::AsItIs,
    last_resort: false,
    widen: |_, _, _| (),
    narrow: |case| case.way.moved.is_empty().then(Vec::new),
};

/// Another session moves.
pub(super) const MOVE: Kind = Kind {
    name: "move-session",
    tried: "moving one other session",
    helps: &[],
    look: Look::Displacing,
    last_resort: false,
    widen: |_, _, _| (),
    narrow: |case| (!case.way.moved.is_empty()).then(Vec::new),
};

/// Other sessions of the same participant move.
pub(super) const REARRANGE: Kind = Kind {
    name: "move-own-sessions",
    tried: "moving other sessions of the participant",
    helps: &[],
    look: Look::Rearranging,
    last_resort: false,
    widen: |_, _, _| (),
    narrow: |case| (!case.way.moved.is_empty()).then(Vec::new),
};

/// Two sessions on a day.
pub(super) const ONE_PER_DAY: Kind = Kind {
    name: "two-on-a-day",
    tried: "two sessions of the order on one day",
    helps: &["ONE_PER_DAY"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| each_order(problem, instance, orders, |order, _| order.one_per_day = false),
    narrow: |case| {
        if !case.instance.orders[case.order.i()].one_per_day {
            return None;
        }
        let edit = Edit::set(format!("{}/one_per_day", case.order_path()), false);
        Part::one(vec![edit], format!("{} may have two sessions on one day", names::order(case.instance, case.order)))
    },
};

/// Any hour that suits.
pub(super) const WINDOWS: Kind = Kind {
    name: "wider-windows",
    tried: "other hours than the order's windows",
    helps: &["OUTSIDE_WINDOW"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| each_order(problem, instance, orders, |order, _| order.windows = None),
    narrow: |case| {
        case.instance.order_wire(case.order).windows.as_ref()?;
        let windows = &case.instance.orders[case.order.i()].windows;
        case.way.gained.iter().find(|s| !windows.contains(s.span()))?;
        let edit = Edit::set(format!("{}/windows", case.order_path()), json!(null));
        Part::one(vec![edit], format!("{} may be at other hours", names::order(case.instance, case.order)))
    },
};

/// Another clinician of the same credential.
pub(super) const NAMED: Kind = Kind {
    name: "other-clinician",
    tried: "another clinician of the same credential",
    helps: &["NAMED_CLINICIAN"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| each_order(problem, instance, orders, |order, _| order.clinician = None),
    narrow: |case| {
        let named = case.instance.order_wire(case.order).clinician.clone()?;
        let known = case.instance.clinician_named(&named);
        if case.way.gained.iter().all(|s| known.is_some_and(|c| s.clinicians.contains(&c))) {
            return None;
        }
        let path = case.order_path();
        let mut edits = vec![Edit::set(format!("{path}/clinician"), json!(null))];
        if !case.instance.order_wire(case.order).prefer.contains(&named) {
            edits.push(Edit::add(format!("{path}/prefer"), json!(named)));
        }
        let order = names::order(case.instance, case.order);
        Part::one(edits, format!("{order} may be with somebody else than {}", called(case.instance, &named)))
    },
};

/// A limit of the plan of care.
pub(super) const LIMITS: Kind = Kind {
    name: "plan-limit",
    tried: "one more day, or more minutes, than the plan of care allows",
    helps: &["DAY_LIMIT", "MINUTES_LIMIT", "WEEK_LIMIT"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        for &o in orders {
            let data = &instance.orders[o.i()];
            let minutes = instance.services[data.service.i()].minutes.unsigned_abs();
            let plan = problem.participants[data.participant.i()].plan.as_mut();
            let Some(plan) = plan else { continue };
            plan.max_days = plan.max_days.map(|d| d + 1);
            plan.max_minutes_per_day = plan.max_minutes_per_day.map(|m| Minutes(m.0.saturating_add(minutes)));
            plan.max_minutes_per_week = plan.max_minutes_per_week.map(|m| Minutes(m.0.saturating_add(minutes)));
        }
    },
    narrow: |case| {
        let (old, new) = (
            case.instance.problem.participants[case.participant().i()].plan.as_ref()?,
            case.wide.problem.participants[case.participant().i()].plan.as_ref()?,
        );
        let who = names::participant(case.instance, case.participant());
        let path = format!("{}/plan", case.person());
        let mut parts = Vec::new();
        if let (true, Some(days)) = (new.max_days != old.max_days, new.max_days) {
            let edit = Edit::set(format!("{path}/max_days"), days);
            parts.push(Part::new(vec![edit], format!("{who} may attend {days} days")));
        }
        if let (true, Some(most)) = (new.max_minutes_per_day != old.max_minutes_per_day, new.max_minutes_per_day) {
            let edit = Edit::set(format!("{path}/max_minutes_per_day"), most.0);
            parts.push(Part::new(vec![edit], format!("{who} may have {} minutes on a day", most.0)));
        }
        if let (true, Some(most)) = (new.max_minutes_per_week != old.max_minutes_per_week, new.max_minutes_per_week) {
            let edit = Edit::set(format!("{path}/max_minutes_per_week"), most.0);
            parts.push(Part::new(vec![edit], format!("{who} may have {} minutes in the week", most.0)));
        }
        unless_empty(parts)
    },
};

/// Without the family.
pub(super) const FAMILY: Kind = Kind {
    name: "without-family",
    tried: "holding it without the family member who has no time",
    helps: &["FAMILY_NOT_AVAILABLE"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| each_order(problem, instance, orders, |order, _| order.family.clear()),
    narrow: |case| {
        let session = case.session()?;
        let wire = case.instance.order_wire(case.order);
        let data = &case.instance.orders[case.order.i()];
        let person = &case.instance.participants[case.participant().i()];
        let family = &case.instance.problem.participants[case.participant().i()].family;
        let absent: Vec<&str> = data
            .family
            .iter()
            .filter(|k| !person.family[**k].contains(session.span()))
            .map(|k| &*family[*k].id)
            .collect();
        let there: Vec<&str> = wire.family.iter().map(|id| &**id).filter(|id| !absent.contains(id)).collect();
        let edit = Edit::set(format!("{}/family", case.order_path()), json!(there));
        if absent.is_empty() {
            return None;
        }
        Part::one(vec![edit], format!("it is held without {}", absent.join(" and ")))
    },
};

fn each_order(
    problem: &mut Problem,
    instance: &Instance,
    orders: &[OrderIx],
    change: impl Fn(&mut crate::problem::Order, &Instance),
) {
    for &o in orders {
        let data = &instance.orders[o.i()];
        change(&mut problem.participants[data.participant.i()].orders[data.position], instance);
    }
}
