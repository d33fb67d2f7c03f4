//! H10, whereabouts: the participant's sites, one a day, telehealth from home, and time for the way between.

use super::{
    Rule,
    facts::{all_facts, by_day, clashes},
    names,
    verdict::Verdict,
    view::{Seen, View, Week},
};
use crate::{
    instance::{Instance, Owner, ParticipantIx, SiteIx, Span},
    problem::Modality,
};

pub(super) const RULE: Rule = Rule {
    name: "H10",
    title: "whereabouts",
    sentence: "In person only at the participant's sites; one physical site a day (participant's local date); telehealth \
               only if telehealth, booked under the home site (individual) or the group's site; at least commute_minutes \
               between an in-person and a telehealth session.",
    check,
};

fn check(view: &View, verdict: &mut Verdict) {
    for s in view.fresh() {
        if let Owner::Order(o) = s.owner {
            individual(view.instance, s, view.instance.orders[o.i()].participant, verdict);
        }
    }
    for week in &view.weeks {
        site_of_day(view.instance, week, verdict);
        commute(view.instance, week, verdict);
    }
}

fn individual(instance: &Instance, s: &Seen, p: ParticipantIx, verdict: &mut Verdict) {
    let id = names::participant(instance, p);
    for site in s.names("site") {
        verdict.breaks("H10", &[*s], format!("{}: the problem has no site {site}.", s.id)).participant(p);
    }
    let Some(site) = s.site else { return };
    if attends(instance, p, s.modality, site) {
        return;
    }
    let place = names::site(instance, site);
    let detail = match s.modality {
        Modality::InPerson => format!("{}: {id} does not attend {place}.", s.id),
        Modality::Telehealth if instance.participants[p.i()].telehealth => {
            format!("{}: telehealth of {id} is booked under the home site, not {place}.", s.id)
        }
        Modality::Telehealth => format!("{}: telehealth is not possible for {id}.", s.id),
    };
    verdict.breaks("H10", &[*s], detail).participant(p);
}

/// Whether the participant may have an individual session held so and booked there.
pub(crate) fn attends(instance: &Instance, p: ParticipantIx, modality: Modality, site: SiteIx) -> bool {
    let participant = &instance.participants[p.i()];
    match modality {
        Modality::InPerson => participant.sites.contains(&site),
        Modality::Telehealth => participant.telehealth && participant.home == site,
    }
}

fn site_of_day(instance: &Instance, week: &Week, verdict: &mut Verdict) {
    let there: Vec<Seen> = week.seats.iter().filter(|s| s.in_person()).copied().collect();
    if there.windows(2).all(|two| two[0].same_site(&two[1])) {
        return;
    }
    for (day, sessions) in by_day(&there, |s| instance.participant_day(week.participant, s.start)) {
        if sessions.windows(2).any(|two| !two[0].same_site(&two[1])) && !all_facts(&sessions) {
            let (id, date) = (names::participant(instance, week.participant), instance.axis.date(day));
            let detail = format!("{id} is at two sites on {date}.");
            verdict.breaks("H10", &sessions, detail).participant(week.participant);
        }
    }
}

fn commute(instance: &Instance, week: &Week, verdict: &mut Verdict) {
    if week.seats.iter().all(|s| s.in_person()) || !week.seats.iter().any(|s| s.in_person()) {
        return;
    }
    let minutes = instance.participants[week.participant.i()].commute;
    // Sorted by start, so what starts later may still end before: both sides are compared.
    clashes(
        verdict,
        &week.seats,
        |u| u.end.saturating_add(minutes),
        |verdict, u, v| {
            if u.modality != v.modality && too_close(u.span(), v.span(), minutes) {
                let id = names::participant(instance, week.participant);
                let detail = format!(
                    "{id} has less than {minutes} minutes between {} and {}, one of them by telehealth.",
                    u.id, v.id
                );
                verdict.breaks("H10", &[*u, *v], detail).participant(week.participant);
            }
        },
    );
}

/// Whether fewer than so many minutes lie between an in-person and a telehealth session.
pub(crate) fn too_close(a: Span, b: Span, minutes: i32) -> bool {
    a.widened(minutes).overlaps(b)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::*;

    #[test]
    fn in_person_is_only_at_the_participants_sites_and_telehealth_from_home() {
        let away = but(session("p1-talk/1", TUE), json!({ "site": "s2", "room": "q1" }));
        Case::new().keeps(std::slice::from_ref(&away));
        Case::new().breaks("H10", &[but(tele("p1-talk/1", TUE), json!({ "site": "s2" }))]);
        let case = Case::new().having("participants", "p1", json!({ "sites": ["s1"], "telehealth": false }));
        case.breaks("H10", &[away]).breaks("H10", &[tele("p1-talk/1", TUE)]);
    }

    #[test]
    fn a_day_has_one_physical_site() {
        let case = Case::new().having("orders", "p1-talk", json!({ "one_per_day": false }));
        let there =
            |start| but(session("p1-talk/2", start), json!({ "site": "s2", "room": "q1", "clinicians": ["t2"] }));
        case.breaks("H10", &[session("p1-talk/1", TUE), there("2026-12-01T14:00:00-05:00")]);
        case.keeps(&[session("p1-talk/1", TUE), there(WED)]);
    }

    #[test]
    fn the_way_lies_between_an_in_person_and_a_telehealth_session() {
        let case = Case::new().having("orders", "p1-talk", json!({ "one_per_day": false })).having(
            "participants",
            "p1",
            json!({ "commute_minutes": 25 }),
        );
        let day = |at: &str| [session("p1-talk/1", TUE), tele("p1-talk/2", &format!("2026-12-01T{at}:00-05:00"))];
        case.breaks("H10", &day("11:00")).keeps(&day("11:15")).breaks("H10", &day("09:00"));
    }
}
