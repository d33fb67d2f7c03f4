//! Somebody's week: what of an episode of care a problem sees in it.

use std::collections::BTreeMap;

use careweave_solver::problem::Date;
use chrono::{Days, Duration};
use serde_json::{Map, Value, json};

use super::fields::{self, Day, Episode, Licence, Phase, Recurrence};
use crate::programs::Kind;

/// What was held of an order in the weeks before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// How many sessions that were not missed.
    pub sessions: u32,
    /// The day of the last of them.
    pub last: Option<Date>,
    /// How many were missed in the week before, and not made up in it.
    pub missed: u32,
}

/// What was held, by order.
pub type History = BTreeMap<String, Held>;

fn plus(date: Date, days: u64) -> Date {
    Date(date.0.checked_add_days(Days::new(days)).unwrap_or(date.0))
}

/// Midnight at which a day begins.
fn midnight(date: Date) -> String {
    format!("{date}T00:00")
}

/// A clinician as in the week that begins on `week`: with the licences and credentials that hold throughout it.
pub fn clinician(mut body: Value, week: Date) -> Value {
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
pub fn participant(mut body: Value, week: Date, since: &Map<String, Value>, history: &History) -> Option<Value> {
    let episode = Episode::of(&body);
    let away = episode.away(week)?;
    let phase = episode.phase(week).cloned();
    let mut orders = body["orders"].as_array().cloned().unwrap_or_default();
    if let Some(phase) = phase {
        if let Some(plan) = phase.plan {
            body["plan"] = plan.into();
        }
        if let Some(level) = phase.level_of_care {
            body["plan"]["level_of_care"] = level.into();
        }
        // An order of the phase goes before one of the same id that always stands.
        let own = phase.orders.unwrap_or_default();
        orders.retain(|o| !own.iter().any(|p| p["id"] == o["id"]));
        orders.extend(own);
    }
    orders.retain_mut(|order| {
        let id = order["id"].as_str().unwrap_or_default().to_owned();
        let since = since.get(&id).and_then(|d| d.as_str()?.parse::<Date>().ok());
        let from = since.or(episode.admitted.map(|d| d.0));
        let recurrence = Recurrence::read(&order["recurrence"]).unwrap_or_default();
        let stands = since.is_none_or(|since| since <= plus(week, 6));
        stands && recurrence.in_week(order, week, from, history.get(&id).unwrap_or(&Held::default()))
    });
    body["orders"] = orders.into();
    if !away.is_empty() {
        let windows: Vec<Value> =
            away.iter().map(|(from, to)| json!({ "from": midnight(*from), "to": midnight(*to) })).collect();
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
    Some(body)
}

impl Episode {
    /// Of a stored participant.
    pub fn of(body: &Value) -> Self {
        let mut own = Map::new();
        for name in fields::names(Kind::Participants) {
            match body.get(*name) {
                Some(Value::Null) | None => {}
                Some(value) => drop(own.insert((*name).to_owned(), value.clone())),
            }
        }
        serde_json::from_value(Value::Object(own)).unwrap_or_default()
    }

    /// The days of a week on which the participant does not come, each up to the first day on which that is over; nothing
    /// where that is all of it.
    fn away(&self, week: Date) -> Option<Vec<(Date, Date)>> {
        // A session may end after the week.
        let end = plus(week, 8);
        let mut away = Vec::new();
        if let Some(Day(admitted)) = self.admitted
            && admitted > week
        {
            away.push((week, admitted));
        }
        if let Some(Day(discharged)) = self.discharged
            && discharged < plus(week, 6)
        {
            away.push((plus(discharged, 1).max(week), end));
        }
        for hold in &self.hold {
            let (from, to) = (hold.from.0.max(week), hold.to.map_or(end, |to| plus(to.0, 1).min(end)));
            if from < to {
                away.push((from, to));
            }
        }
        let comes = |day: Date| !away.iter().any(|(from, to)| (*from..*to).contains(&day));
        if (0..7).any(|k| comes(plus(week, k))) { Some(away) } else { None }
    }

    /// The day on which a phase begins.
    pub fn begin(&self, phase: &Phase) -> Option<Date> {
        match (phase.from, phase.after_weeks, self.admitted) {
            (Some(Day(from)), ..) => Some(from),
            (None, Some(weeks), Some(Day(admitted))) => Some(plus(admitted, 7 * u64::from(weeks))),
            _ => None,
        }
    }

    /// The phase in which most of a week lies: that of its fourth day.
    pub fn phase(&self, week: Date) -> Option<&Phase> {
        let middle = plus(week, 3);
        let begun = self.phases.iter().filter_map(|p| Some((self.begin(p)?, p))).filter(|(from, _)| *from <= middle);
        // Of those that begin on the same day the last.
        begun.max_by_key(|(from, _)| *from).map(|(_, phase)| phase)
    }
}

impl Recurrence {
    /// Whether an order is in a week; makes it what it is there.
    fn in_week(&self, order: &mut Value, week: Date, since: Option<Date>, held: &Held) -> bool {
        let last = plus(week, 6);
        let from = self.from.map(|d| d.0).or(since);
        if from.is_some_and(|from| from > last) || self.until.is_some_and(|until| until.0 < week) {
            return false;
        }
        // The first week is the one that `from` lies in.
        let days = from.map_or(0, |from| (week.0 - from.0).num_days().max(0));
        let number = (days + 6) / 7;
        if self.every_weeks.is_some_and(|n| number % i64::from(n) != 0)
            || self.weeks.as_ref().is_some_and(|weeks| !weeks.iter().any(|k| i64::from(*k) == number + 1))
        {
            return false;
        }
        let mut sessions = order["sessions"].as_u64().unwrap_or(1);
        let mut latest = self.until.map(|d| d.0).filter(|until| *until < last);
        if let Some(due) = self.due(from, held) {
            if due > last {
                return false;
            }
            // What is overdue may be at any time.
            if due >= week {
                latest = Some(latest.map_or(due, |l| l.min(due)));
            }
        }
        if self.make_up {
            sessions += u64::from(held.missed);
        }
        if let Some(total) = self.total {
            sessions = sessions.min(u64::from(total.saturating_sub(held.sessions)));
        }
        if sessions == 0 {
            return false;
        }
        if order["sessions"].as_u64() != Some(sessions) {
            order["sessions"] = sessions.into();
        }
        if let Some(latest) = latest
            && order["windows"].is_null()
        {
            let window = json!({ "from": midnight(week), "to": midnight(plus(latest, 1)) });
            order["windows"] = json!([window]);
        }
        true
    }

    /// By when it is to be held next, where it recurs after days.
    pub fn due(&self, from: Option<Date>, held: &Held) -> Option<Date> {
        let every = Duration::days(self.every_days?.into());
        Some(match held.last {
            Some(last) => Date(last.0 + every),
            None => from.unwrap_or(Date(chrono::NaiveDate::MIN)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn orders(recurrence: Value, week: &str, held: Held) -> Vec<Value> {
        let body = json!({ "id": "p", "admitted": "2026-11-04", "orders": [
            { "id": "o", "service": "s", "sessions": 2, "recurrence": recurrence }
        ] });
        let history = History::from([("o".to_owned(), held)]);
        let seen = participant(body, date(week), &Map::new(), &history).unwrap();
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
        let seen = |week: &str| participant(body.clone(), date(week), &Map::new(), &History::new());
        let out = |week: &str| seen(week).unwrap()["commitments"][0]["windows"].clone();
        assert!(seen("2026-10-26").is_none() && seen("2026-11-16").is_none() && seen("2026-12-07").is_none());
        assert_eq!(out("2026-11-02"), json!([{ "from": "2026-11-02T00:00", "to": "2026-11-04T00:00" }]));
        assert_eq!(out("2026-11-09"), json!([{ "from": "2026-11-12T00:00", "to": "2026-11-17T00:00" }]));
        assert_eq!(out("2026-11-23"), json!([{ "from": "2026-11-23T00:00", "to": "2026-11-25T00:00" }]));
        assert_eq!(out("2026-11-30"), json!([{ "from": "2026-12-02T00:00", "to": "2026-12-08T00:00" }]));
        // Admitted again: no hold, and no end.
        let again = json!({ "id": "p", "admitted": "2026-11-04", "orders": [] });
        assert!(
            participant(again, date("2026-11-09"), &Map::new(), &History::new()).unwrap().get("commitments").is_none()
        );
    }

    #[test]
    fn a_phase_has_its_own_plan_and_orders_from_the_week_that_mostly_lies_in_it() {
        let body = json!({ "id": "p", "admitted": "2026-11-02", "plan": { "min_minutes_per_week": 540 },
            "orders": [{ "id": "o", "service": "s", "sessions": 3 }],
            "phases": [
                { "after_weeks": 2, "level_of_care": "2.1", "plan": { "min_minutes_per_week": 360 } },
                { "from": "2026-12-02", "orders": [{ "id": "o", "service": "s", "sessions": 1 }, { "id": "a", "service": "s", "sessions": 1 }] }
            ] });
        let seen = |week: &str| {
            let seen = participant(body.clone(), date(week), &Map::new(), &History::new()).unwrap();
            (
                seen["plan"]["min_minutes_per_week"].clone(),
                seen["orders"].as_array().unwrap().len(),
                seen["orders"][0]["sessions"].clone(),
            )
        };
        assert_eq!(seen("2026-11-09"), (json!(540), 1, json!(3)));
        assert_eq!(seen("2026-11-16"), (json!(360), 1, json!(3)));
        assert_eq!(seen("2026-11-30"), (json!(540), 2, json!(1)));
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
