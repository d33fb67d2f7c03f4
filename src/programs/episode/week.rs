//! Somebody's week: what of an episode of care a problem sees in it; and any entity as it is in that week.

use std::collections::BTreeMap;

use careweave_solver::problem::Date;
use serde_json::{Map, Value, json};

use super::{
    Held, Origin,
    course::Course,
    dated,
    fields::{self, Episode, Licence, plus},
    orders,
    share::{Open, Part, Share, midnight},
};
use crate::programs::Kind;

/// What was held, by order.
pub type History = BTreeMap<String, Held>;

/// An entity as it is in a week.
#[derive(Debug, Clone, PartialEq)]
pub struct InWeek {
    /// As a problem has it.
    pub body: Value,
    /// Of a participant: where each order comes from.
    pub origins: Vec<Origin>,
}

/// When a site is open, by its id.
type OpenAt<'a> = &'a dyn Fn(&Value) -> Open;

/// An entity as in the week that begins on `week`; nothing of who is not in treatment in it.
pub fn entity(
    kind: Kind,
    mut body: Value,
    week: Date,
    (since, open): (&Map<String, Value>, OpenAt<'_>),
    history: &History,
) -> Option<InWeek> {
    dated::changed(kind, &mut body, week);
    match kind {
        Kind::Participants => {
            let open = open(&body["home_site"]);
            participant(body, week, (since, open), history)
        }
        Kind::Clinicians => Some(InWeek { body: clinician(body, week), origins: Vec::new() }),
        _ => Some(InWeek { body, origins: Vec::new() }),
    }
}

/// A clinician as in the week that begins on `week`: with the licences and credentials that hold throughout it.
fn clinician(mut body: Value, week: Date) -> Value {
    let last = plus(week, 6);
    for (dated, field) in [("licences", "licensed_in"), ("certificates", "credentials")] {
        let list: Vec<Licence> = serde_json::from_value(body[dated].clone()).unwrap_or_default();
        if list.is_empty() {
            continue;
        }
        let mut holding: Vec<Value> = body[field].as_array().cloned().unwrap_or_default();
        // What is dated holds as long as it says, whatever stands in the list without dates.
        holding.retain(|of| !list.iter().any(|l| *of == *l.of));
        for licence in list {
            let holds = licence.from.is_none_or(|d| d.0 <= week) && licence.until.is_none_or(|d| d.0 >= last);
            if holds && !holding.iter().any(|of| *of == *licence.of) {
                holding.push(licence.of.into());
            }
        }
        body[field] = holding.into();
    }
    fields::bare(Kind::Clinicians, &mut body);
    body
}

/// A participant as in a week; nothing where the participant is not in treatment in it.
fn participant(
    mut body: Value,
    week: Date,
    (since, open): (&Map<String, Value>, Open),
    history: &History,
) -> Option<InWeek> {
    let course = Course::of(&body);
    let share = course.share(week, open)?;
    let (orders, origins) = orders::of_week(&body["id"], &share, (week, since), history);
    match plan(&share, week) {
        Some(plan) => body["plan"] = plan,
        None => drop(body.as_object_mut().and_then(|members| members.remove("plan"))),
    }
    body["orders"] = orders.into();
    dated::commitments(&mut body, week);
    if !share.away.is_empty() {
        let window = |(from, to): &(Date, Date)| json!({ "from": midnight(*from), "to": midnight(*to) });
        let windows: Vec<Value> = share.away.iter().map(window).collect();
        let out = json!({ "kind": "other", "windows": windows });
        match body["commitments"].as_array_mut() {
            Some(list) => list.push(out),
            None => body["commitments"] = json!([out]),
        }
    }
    if let Some(members) = body.as_object_mut() {
        members.remove("phases");
    }
    fields::bare(Kind::Participants, &mut body);
    Some(InWeek { body, origins })
}

/// How many sessions of each order a week has, whatever was missed or held before.
pub fn bases(course: &Course, week: Date, (since, open): (&Map<String, Value>, Open)) -> BTreeMap<String, u32> {
    let Some(share) = course.share(week, open) else { return BTreeMap::new() };
    let seen = orders::seen(&share, (week, since), &History::new());
    seen.into_iter().map(|seen| (seen.origin.order, seen.origin.sessions)).collect()
}

/// The plan of a week: that of the phase in which its fourth day lies, but for the least minutes and days, of which each
/// part of the week has its part; the most minutes are in between where all its plans have such a limit.
fn plan(share: &Share, week: Date) -> Option<Value> {
    let of = |part: &Part| {
        let own = part.phase.and_then(|p| p.plan.clone());
        let mut plan = own.map_or_else(|| part.episode.plan.clone(), Value::Object);
        if let Some(level) = part.phase.and_then(|p| p.level_of_care.clone()) {
            plan["level_of_care"] = level.into();
        }
        plan
    };
    let middle = plus(week, 3);
    let of_most = share.parts.iter().find(|part| (part.from..=part.to).contains(&middle)).or(share.parts.last())?;
    let mut plan = of(of_most);
    let days = share.days();
    if plan.is_null() || (share.parts.len() == 1 && days == share.of) {
        return (!plan.is_null()).then_some(plan);
    }
    let each = |name: &str| share.parts.iter().map(|part| of(part)[name].as_u64()).collect::<Vec<_>>();
    let at = |list: &[Option<u64>], part: &Part| {
        let k = share.parts.iter().position(|p| std::ptr::eq(p, part)).unwrap_or(0);
        (list.get(k).copied().flatten().unwrap_or(0), part.days.len())
    };
    let mut put = |name: &str, n: Option<u64>| match n {
        Some(n) => plan[name] = n.into(),
        None => drop(plan.as_object_mut().and_then(|plan| plan.remove(name))),
    };
    let least = each("min_minutes_per_week");
    if least.iter().any(Option::is_some) {
        put("min_minutes_per_week", Some(share.whole(|part| at(&least, part))));
    }
    let most = each("max_minutes_per_week");
    if share.parts.len() > 1 && days > 0 {
        let sum: u64 = share.parts.iter().map(|part| at(&most, part)).map(|(n, days)| n * days as u64).sum();
        put("max_minutes_per_week", most.iter().all(Option::is_some).then(|| sum.div_ceil(days as u64)));
    }
    let least = each("min_days");
    let most = plan["max_days"].as_u64();
    if least.iter().any(Option::is_some) {
        let n = share.rounded(|part| at(&least, part)).min(days as u64);
        plan["min_days"] = most.map_or(n, |most| n.min(most)).into();
    }
    Some(plan)
}

impl Episode {
    /// Of a stored participant.
    pub fn of(body: &Value) -> Self {
        let mut own = Map::new();
        for name in ["admitted", "discharged", "hold", "phases"] {
            match body.get(name) {
                Some(Value::Null) | None => {}
                Some(value) => drop(own.insert(name.to_owned(), value.clone())),
            }
        }
        let read: Episode = serde_json::from_value(Value::Object(own)).unwrap_or_default();
        // These are taken as they are, for they are the most of a record.
        Episode { plan: body["plan"].clone(), orders: body["orders"].as_array().cloned().unwrap_or_default(), ..read }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// A participant's week, in a programme that is open on all days.
    fn participant(body: Value, week: Date, history: &History) -> Option<Value> {
        Some(super::participant(body, week, (&Map::new(), [true; 7]), history)?.body)
    }

    fn orders(recurrence: Value, week: &str, held: Held) -> Vec<Value> {
        let body = json!({ "id": "p", "admitted": "2026-11-04", "orders": [
            { "id": "o", "service": "s", "sessions": 2, "recurrence": recurrence }
        ] });
        let history = History::from([("o".to_owned(), held)]);
        let seen = participant(body, date(week), &history).unwrap();
        assert!(seen.get("admitted").is_none());
        seen["orders"].as_array().unwrap().clone()
    }

    #[test]
    fn an_order_recurs_every_other_week_from_the_week_of_the_admission() {
        let every = json!({ "every_weeks": 2 });
        let weeks = ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"];
        let count = |week: &str| orders(every.clone(), week, Held::default()).len();
        assert_eq!(weeks.map(count), [1, 0, 1, 0, 1]);
        let some = json!({ "weeks": [1, 3] });
        let count = |week: &str| orders(some.clone(), week, Held::default()).len();
        assert_eq!(weeks.map(count), [1, 0, 1, 0, 0]);
        assert_eq!(orders(json!("weekly"), "2026-11-09", Held::default())[0]["sessions"], 2);
    }

    #[test]
    fn a_review_is_due_days_after_the_last_one_and_may_not_be_later() {
        let every = json!({ "every_days": 30, "from": "2026-11-10" });
        let seen = |week: &str, last: Option<&str>| {
            orders(every.clone(), week, Held { last: last.map(date), ..Held::default() })
        };
        assert_eq!(seen("2026-11-02", None).len(), 0);
        let window = json!([{ "from": "2026-11-09T00:00", "to": "2026-11-11T00:00" }]);
        assert_eq!(seen("2026-11-09", None)[0]["windows"], window);
        assert_eq!(seen("2026-11-30", Some("2026-11-10")).len(), 0);
        assert_eq!(seen("2026-12-07", Some("2026-11-10"))[0]["windows"][0]["to"], "2026-12-11T00:00");
        // Overdue: in any hour of the week.
        assert_eq!(seen("2026-12-14", Some("2026-11-10"))[0].get("windows"), None);
    }

    #[test]
    fn what_is_held_once_is_so_within_days_of_the_admission_or_before_the_discharge() {
        let held = |sessions| Held { sessions, ..Held::default() };
        let seen =
            |recurrence: &str, week: &str, sessions| orders(json!(recurrence), week, held(sessions)).first().cloned();
        // Both sessions, up to seven days after the admission on a Wednesday.
        let first = seen("within 7 days", "2026-11-02", 0).unwrap();
        assert_eq!((&first["sessions"], first.get("windows")), (&json!(2), None));
        let second = seen("within 7 days", "2026-11-09", 1).unwrap();
        assert_eq!((&second["sessions"], &second["windows"][0]["to"]), (&json!(1), &json!("2026-11-12T00:00")));
        assert_eq!(seen("within 7 days", "2026-11-16", 0).unwrap().get("windows"), None);
        assert_eq!(seen("within 7 days", "2026-11-16", 2), None);
        assert_eq!(seen("14 days before discharge", "2026-11-16", 0), None);
        for wrong in [
            json!({ "within_days": 3, "every_days": 30 }),
            json!({ "within_days": 3, "before_discharge": 3 }),
            json!("within some days"),
        ] {
            assert!(crate::programs::episode::Recurrence::read(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_authorisation_has_so_many_units_up_to_a_day_and_what_was_missed_is_made_up() {
        let units = json!({ "total": 5, "until": "2026-12-02" });
        let seen = |sessions| orders(units.clone(), "2026-11-30", Held { sessions, ..Held::default() });
        assert_eq!(seen(0)[0]["sessions"], 2);
        assert_eq!(seen(0)[0]["windows"][0]["to"], "2026-12-03T00:00");
        assert_eq!(seen(4)[0]["sessions"], 1);
        assert_eq!(seen(5).len(), 0);
        assert_eq!(orders(units.clone(), "2026-12-07", Held::default()).len(), 0);
        let again = json!({ "make_up": true });
        assert_eq!(orders(again, "2026-11-30", Held { missed: 1, ..Held::default() })[0]["sessions"], 3);
    }

    #[test]
    fn who_is_admitted_on_hold_or_discharged_is_there_on_the_days_of_treatment_only() {
        let body = json!({ "id": "p", "admitted": "2026-11-04", "discharged": "2026-12-01", "orders": [],
            "hold": [{ "from": "2026-11-12", "to": "2026-11-24" }] });
        let seen = |week: &str| participant(body.clone(), date(week), &History::new());
        let out = |week: &str| seen(week).unwrap()["commitments"][0]["windows"].clone();
        assert!(seen("2026-10-26").is_none() && seen("2026-11-16").is_none() && seen("2026-12-07").is_none());
        assert_eq!(out("2026-11-02"), json!([{ "from": "2026-11-02T00:00", "to": "2026-11-04T00:00" }]));
        assert_eq!(out("2026-11-09"), json!([{ "from": "2026-11-12T00:00", "to": "2026-11-17T00:00" }]));
        assert_eq!(out("2026-11-23"), json!([{ "from": "2026-11-23T00:00", "to": "2026-11-25T00:00" }]));
        assert_eq!(out("2026-11-30"), json!([{ "from": "2026-12-02T00:00", "to": "2026-12-08T00:00" }]));
        // Admitted again: no hold, and no end.
        let again = json!({ "id": "p", "admitted": "2026-11-04", "orders": [] });
        assert!(participant(again, date("2026-11-09"), &History::new()).unwrap().get("commitments").is_none());
    }

    #[test]
    fn a_phase_has_its_own_plan_and_orders_from_its_day_on() {
        let body = json!({ "id": "p", "admitted": "2026-11-02", "plan": { "min_minutes_per_week": 540 },
            "orders": [{ "id": "o", "service": "s", "sessions": 3 }],
            "phases": [
                { "after_weeks": 2, "level_of_care": "2.1", "plan": { "min_minutes_per_week": 360 } },
                { "from": "2026-12-02", "orders": [{ "id": "o", "service": "s", "sessions": 1 }, { "id": "a", "service": "s", "sessions": 1 }] }
            ] });
        let seen = |week: &str| {
            let seen = participant(body.clone(), date(week), &History::new()).unwrap();
            (
                seen["plan"]["min_minutes_per_week"].clone(),
                seen["orders"].as_array().unwrap().len(),
                seen["orders"][0]["sessions"].clone(),
            )
        };
        assert_eq!(seen("2026-11-09"), (json!(540), 1, json!(3)));
        assert_eq!(seen("2026-11-16"), (json!(360), 1, json!(3)));
        // Two days of seven in the one phase, five in the other.
        assert_eq!(seen("2026-11-30"), (json!(488), 2, json!(2)));
        assert_eq!(seen("2026-11-23"), (json!(360), 1, json!(3)));
    }

    #[test]
    fn a_licence_counts_only_in_weeks_throughout_which_it_holds() {
        let body = json!({ "id": "c", "licensed_in": ["US-NY", "US-VT"],
            "licences": [{ "jurisdiction": "US-NY", "until": "2026-12-04" }, { "jurisdiction": "US-NJ", "from": "2026-12-01" }] });
        let seen = |week: &str| clinician(body.clone(), date(week))["licensed_in"].clone();
        assert_eq!(seen("2026-11-23"), json!(["US-VT", "US-NY"]));
        assert_eq!(seen("2026-11-30"), json!(["US-VT"]));
        assert_eq!(seen("2026-12-07"), json!(["US-VT", "US-NJ"]));
    }
}
