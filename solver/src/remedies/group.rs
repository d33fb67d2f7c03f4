//! Changes of a group: more seats, a lower minimum, other hours or leaders, one more group.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    kind::{Case, Change, Kind, Look, Part, called, unless_empty},
    staff::copied,
};
use crate::{
    instance::{GroupIx, Instance, OrderIx, Owner, ServiceIx},
    problem::{Group, Problem},
    rules::names,
    scenario::edits::Edit,
};

/// Some more participants; where they are more than its clinicians may have at once, that too.
pub(super) const MAXIMUM: Kind = Kind {
    name: "larger-group",
    tried: "a group with up to two people more than its maximum",
    helps: &["GROUP_FULL"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        each(problem, instance, orders, |group, service_max, _| {
            group.max = Some(group.max.unwrap_or(service_max).saturating_add(2));
        });
        for service in services(instance, orders) {
            let size = problem.services[service.i()].group.as_mut();
            let each = size.and_then(|size| size.participants_per_clinician.as_mut());
            each.into_iter().for_each(|each| *each = each.saturating_add(2));
        }
    },
    narrow: |case| {
        changed(case, |case, g, old, _| {
            let people =
                case.way.gained.iter().filter(|s| s.owner == Owner::Group(g)).map(|s| s.participants.len()).max()?;
            let data = &case.instance.groups[g.i()];
            let mut parts = Vec::new();
            if people > data.max {
                let edit = Edit::set(format!("/groups/{}/max", old.id), people);
                parts.push(Part::new(
                    vec![edit],
                    format!("{} takes {people} participants instead of {}", old.id, data.max),
                ));
            }
            let service = &case.instance.problem.services[data.service.i()];
            let most = service.group.as_ref().and_then(|size| size.participants_per_clinician);
            let needed = u32::try_from(people).ok()?.div_ceil(service.clinicians.max(1));
            if let Some(most) = most.filter(|most| service.clinicians > 0 && needed > *most) {
                let path = format!("/services/{}/group/participants_per_clinician", service.id);
                let what = names::service_called(case.instance, data.service);
                let words = format!("a clinician may have {needed} participants of {what} at once instead of {most}");
                parts.push(Part::new(vec![Edit::set(path, needed)], words));
            }
            unless_empty(parts)
        })
    },
};

/// Some fewer participants.
pub(super) const MINIMUM: Kind = Kind {
    name: "smaller-group",
    tried: "a group with up to two people fewer than its minimum",
    helps: &["GROUP_NOT_HELD", "GROUP_BELOW_MINIMUM"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        each(problem, instance, orders, |group, _, service_min| {
            group.min = Some(group.min.unwrap_or(service_min).saturating_sub(2).max(1));
        });
    },
    narrow: |case| {
        changed(case, |case, g, old, _| {
            let people =
                case.way.gained.iter().filter(|s| s.owner == Owner::Group(g)).map(|s| s.participants.len()).min()?;
            (people < case.instance.groups[g.i()].min).then(|| {
                let edit = Edit::set(format!("/groups/{}/min", old.id), people);
                let least = case.instance.groups[g.i()].min;
                vec![Part::new(
                    vec![edit],
                    format!("{} may be held with {people} instead of {least} participants", old.id),
                )]
            })
        })
    },
};

/// Any hour.
pub(super) const HOURS: Kind = Kind {
    name: "group-hours",
    tried: "other hours for a group",
    helps: &["GROUP_NOT_HELD"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| each(problem, instance, orders, |group, _, _| group.hours = None),
    narrow: |case| {
        changed(case, |case, g, old, _| {
            let outside = |s: &&crate::instance::Booked| {
                s.owner == Owner::Group(g) && !case.instance.groups[g.i()].hours.contains(s.span())
            };
            case.way.gained.iter().find(outside)?;
            let edit = Edit::set(format!("/groups/{}/hours", old.id), json!(null));
            Part::one(vec![edit], format!("{} may meet at other hours", old.id))
        })
    },
};

/// Any clinician with the credential.
pub(super) const LEADERS: Kind = Kind {
    name: "group-clinicians",
    tried: "another clinician of the same credential for a group",
    helps: &["GROUP_NOT_HELD"],
    look: Look::Widened,
    last_resort: false,
    widen: |problem, instance, orders| {
        each(problem, instance, orders, |group, _, _| {
            group.clinicians.clear();
            group.same_clinician = false;
        });
    },
    narrow: |case| {
        changed(case, |case, g, old, _| {
            let meetings = case.way.gained.iter().filter(|s| s.owner == Owner::Group(g));
            let leaders: BTreeSet<_> =
                meetings.flat_map(|s| s.clinicians.iter().map(|c| names::clinician(case.wide, *c).clone())).collect();
            let others: Vec<_> =
                leaders.iter().filter(|c| !old.clinicians.is_empty() && !old.clinicians.contains(c)).collect();
            let lead = |c: &&crate::problem::Id| {
                let edit = Edit::add(format!("/groups/{}/clinicians", old.id), json!(c));
                Part::new(vec![edit], format!("{} may be led by {}", old.id, called(case.wide, c)))
            };
            let mut parts: Change = others.into_iter().map(|c| lead(&c)).collect();
            if old.same_clinician && leaders.len() > 1 {
                let edit = Edit::set(format!("/groups/{}/same_clinician", old.id), false);
                let words = format!("{} may change its clinician from meeting to meeting", old.id);
                parts.push(Part::new(vec![edit], words));
            }
            unless_empty(parts)
        })
    },
};

/// One more like a group that there is.
pub(super) const NEW: Kind = Kind {
    name: "new-group",
    tried: "one more group",
    helps: &[
        "GROUP_FULL",
        "GROUP_NOT_HELD",
        "COMMITTED",
        "PARTICIPANT_BUSY",
        "NOT_AVAILABLE",
        "GROUP_BELOW_MINIMUM",
        "NOT_ELIGIBLE",
    ],
    look: Look::Widened,
    last_resort: true,
    widen: |problem: &mut Problem, instance, orders| {
        let services = services(instance, orders);
        let of_service = |g: &GroupIx| services.contains(&instance.groups[g.i()].service);
        for g in GroupIx::all(instance.groups.len()).filter(of_service) {
            let group = problem.groups[g.i()].clone();
            let twin = Group { id: copied(&group.id), members: Vec::new(), ..group };
            for order in problem.participants.iter_mut().flat_map(|p| &mut p.orders) {
                if order.groups.contains(&problem.groups[g.i()].id) {
                    order.groups.push(twin.id.clone());
                }
            }
            problem.groups.push(twin);
        }
    },
    narrow: |case| {
        let known = case.instance.groups.len();
        let group = case.way.gained.iter().find_map(|s| match s.owner {
            Owner::Group(g) if g.i() >= known => Some(g),
            _ => None,
        })?;
        let id = names::group(case.wide, group).to_string();
        let like = id.strip_suffix(".c1")?;
        let mut edits = vec![Edit::Copy { copy: format!("/groups/{like}"), count: 1 }];
        for person in &case.instance.problem.participants {
            for order in person.orders.iter().filter(|o| o.groups.iter().any(|g| **g == *like)) {
                edits.push(Edit::add(format!("/participants/{}/orders/{}/groups", person.id, order.id), json!(id)));
            }
        }
        Part::one(edits, format!("there is one more group like {like}"))
    },
};

fn services(instance: &Instance, orders: &[OrderIx]) -> BTreeSet<ServiceIx> {
    orders.iter().map(|o| instance.orders[o.i()].service).collect()
}

/// Changes each group of the orders' services; with it come its service's maximum and minimum.
fn each(problem: &mut Problem, instance: &Instance, orders: &[OrderIx], change: impl Fn(&mut Group, u32, u32)) {
    let services = services(instance, orders);
    for g in GroupIx::all(instance.groups.len()) {
        let service = instance.groups[g.i()].service;
        if let Some(size) =
            services.contains(&service).then(|| instance.problem.services[service.i()].group.as_ref()).flatten()
        {
            change(&mut problem.groups[g.i()], size.max, size.min);
        }
    }
}

/// The change of each group that the way uses; none where none of them needs one.
fn changed(case: &Case, change: impl Fn(&Case, GroupIx, &Group, &Group) -> Option<Change>) -> Option<Change> {
    let groups: BTreeSet<GroupIx> =
        case.way.gained.iter().filter_map(|s| if let Owner::Group(g) = s.owner { Some(g) } else { None }).collect();
    let of = |g: GroupIx| change(case, g, &case.instance.problem.groups[g.i()], &case.wide.problem.groups[g.i()]);
    unless_empty(groups.into_iter().filter(|g| g.i() < case.instance.groups.len()).filter_map(of).flatten().collect())
}
