//! H13, series: how the meetings of a group belong together.

use super::{
    Rule,
    facts::{beyond, twice_a_day},
    names,
    verdict::Verdict,
    view::{Seen, View, set},
};
use crate::instance::{GroupIx, Instance, Span};

pub(super) const RULE: Rule = Rule {
    name: "H13",
    title: "series",
    sentence: "A group's meetings fall on different days (site's local date), inside its hours. closed: it holds all its \
               meetings or none, all with the same participants. open: it holds up to meetings, each with its own \
               participants. same_clinician: all meetings have the same clinicians (those not frozen, with the frozen \
               ones where these agree). A group with a frozen or pinned meeting has begun: it may stop, go on below its \
               min (H12), and people may leave, but nobody joins a closed one; its meetings neither frozen nor pinned \
               have one roster.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for (g, meetings) in view.series().filter(|(_, meetings)| !meetings.is_empty()) {
        let data = &view.instance.groups[g.i()];
        let id = names::group(view.instance, g);
        for s in meetings.iter().filter(|s| !s.fact() && !in_hours(view.instance, g, s.span())) {
            verdict.breaks("H13", &[*s], format!("{} is outside the hours of {id}.", s.id));
        }
        for (day, same) in twice_a_day(meetings, |s| view.instance.site_day(data.site, s.start)) {
            let date = view.instance.axis.date(day);
            verdict.breaks("H13", &same, format!("{id} meets {} times on {date}.", same.len()));
        }
        if beyond(meetings, Some(data.meetings as i64), |s| s.len() as i64) {
            let detail = format!("{id} meets {} times, not {}.", meetings.len(), data.meetings);
            verdict.breaks("H13", meetings, detail);
        }
        if data.closed {
            closed(view.instance, g, meetings, verdict);
        }
        if view.instance.problem.groups[g.i()].same_clinician {
            one_team(view.instance, g, meetings, verdict);
        }
    }
}

fn closed(instance: &Instance, g: GroupIx, meetings: &[Seen], verdict: &mut Verdict) {
    let data = &instance.groups[g.i()];
    let id = names::group(instance, g);
    if meetings.len() != data.meetings && !data.begun {
        let detail = format!("The closed group {id} holds {} of its {} meetings.", meetings.len(), data.meetings);
        verdict.breaks("H13", meetings, detail);
    }
    let later: Vec<Seen> = meetings.iter().filter(|s| !s.kept()).copied().collect();
    let roster = |s: &Seen| set(s.participants.iter().copied());
    if later.windows(2).any(|two| roster(&two[0]) != roster(&two[1])) {
        verdict.breaks("H13", &later, format!("The closed group {id} changes its roster."));
    }
    if data.begun {
        let before = &data.begun_roster;
        for s in meetings {
            let joined: Vec<_> = s.participants.iter().copied().filter(|p| before.binary_search(p).is_err()).collect();
            if let Some(&who) = joined.first() {
                let who = names::participant(instance, who);
                let detail = format!("{who} joins {id} in {}, but it is closed and has begun.", s.id);
                verdict.breaks("H13", &[*s], detail).participants(&joined);
            }
        }
    }
}

fn one_team(instance: &Instance, g: GroupIx, meetings: &[Seen], verdict: &mut Verdict) {
    let id = names::group(instance, g);
    let teams = |facts: bool| set(meetings.iter().filter(|s| s.fact() == facts).map(Seen::team));
    let (before, mut now) = (teams(true), teams(false));
    if now.is_empty() {
        return;
    }
    if before.len() == 1 {
        now = set(now.into_iter().chain(before));
    }
    if now.len() > 1 {
        let concerned = set(meetings.iter().flat_map(|s| s.clinicians.iter().copied()));
        verdict.breaks("H13", meetings, format!("{id} changes its clinicians.")).clinicians(&concerned);
    }
}

/// Whether the group may meet then.
pub(crate) fn in_hours(instance: &Instance, g: GroupIx, span: Span) -> bool {
    instance.groups[g.i()].hours.contains(span)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn meetings_fall_on_different_days_inside_the_hours_of_the_group() {
        let case = Case::new().having("orders", "p1-circle", json!({ "one_per_day": false })).having(
            "orders",
            "p2-circle",
            json!({ "one_per_day": false }),
        );
        case.breaks("H13", &[session("h/1", TUE), session("h/2", "2026-12-01T14:00:00-05:00")]);
        let case = case.having("groups", "h", json!({ "hours": [on_tuesday("10:00", "11:00")] }));
        case.keeps(&[session("h/1", TUE)]).breaks("H13", &[session("h/1", "2026-12-01T10:15:00-05:00")]);
    }

    #[test]
    fn a_closed_group_holds_all_its_meetings_with_one_roster() {
        let more = |id, start| but(session(id, start), json!({ "participants": ["p1", "p2", "p3"] }));
        let case = Case::new();
        case.keeps(&[session("g/1", TUE), session("g/2", WED)]).breaks("H13", &[session("g/1", TUE)]);
        case.breaks("H13", &[session("g/1", TUE), more("g/2", WED)]);
        case.keeps(&[session("h/1", TUE)]).keeps(&[session("h/1", TUE), more("h/2", WED)]);
    }

    #[test]
    fn same_clinician_gives_all_meetings_the_same_clinicians() {
        let by_t2 = but(session("g/2", WED), json!({ "clinicians": ["t2"] }));
        Case::new().keeps(&[session("g/1", TUE), by_t2.clone()]);
        let case = Case::new().having("groups", "g", json!({ "same_clinician": true }));
        case.breaks("H13", &[session("g/1", TUE), by_t2]).keeps(&[session("g/1", TUE), session("g/2", WED)]);
    }

    #[test]
    fn a_group_that_has_begun_may_stop_and_lose_people_but_nobody_joins_a_closed_one() {
        let three = json!({ "participants": ["p1", "p2", "p3"] });
        let (first, second) = (but(session("g/1", TUE), three.clone()), but(session("g/2", WED), three));
        let pinned = but(first.clone(), json!({ "pinned": true }));
        let case = Case::new().with(json!({ "previous": [pinned, second] }));
        case.keeps(&[first.clone(), second.clone()]).keeps(std::slice::from_ref(&first));
        case.keeps(&[first.clone(), but(second.clone(), json!({ "participants": ["p2"] }))]);
        case.breaks("H13", &[first, but(second, json!({ "participants": ["p2", "p4"] }))]);
    }
}
