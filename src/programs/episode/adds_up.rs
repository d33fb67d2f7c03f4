//! What is derived for the weeks of an episode, one after another, adds up to what was prescribed: drawn episodes, with
//! weeks that begin on any day, over both DST changes, New Year and leap days.

use std::collections::BTreeMap;

use careweave_solver::problem::Date;
use serde_json::{Map, Value, json};

use super::{Held, History, InWeek, Open, entity, fields::plus, share::weekday};
use crate::programs::Kind;

/// Chance from a seed: xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// First days near both DST changes, New Year, a leap day, and none of them; each of another weekday.
const STARTS: [&str; 7] =
    ["2026-10-05", "2026-03-03", "2026-12-02", "2028-02-03", "2027-12-31", "2027-03-06", "2028-10-01"];
const WORKDAYS: [&str; 5] = ["mon", "tue", "wed", "thu", "fri"];

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn open(week: Date) -> Open {
    std::array::from_fn(|k| WORKDAYS.contains(&&*weekday(plus(week, k as u64))))
}

fn seen(body: &Value, week: Date, history: &History) -> Option<InWeek> {
    entity(Kind::Participants, body.clone(), week, (&Map::new(), &|_| open(week)), history)
}

/// How many sessions of an order a week has.
fn sessions(seen: &Option<InWeek>, order: &str) -> u32 {
    let orders = seen.iter().flat_map(|s| s.body["orders"].as_array().unwrap());
    orders.filter(|o| o["id"] == order).map(|o| o["sessions"].as_u64().unwrap() as u32).sum()
}

/// Days of a week on which an order may be held: in its windows, and not away.
fn days(seen: &InWeek, week: Date, order: &str) -> Vec<Date> {
    let order = seen.body["orders"].as_array().unwrap().iter().find(|o| o["id"] == order).unwrap();
    let inside = |windows: &Value, day: Date| {
        let at = |window: &Value, name: &str| date(&window[name].as_str().unwrap()[..10]);
        windows.as_array().unwrap().iter().any(|w| at(w, "from") <= day && day < at(w, "to"))
    };
    let away = |day| seen.body["commitments"].as_array().into_iter().flatten().any(|c| inside(&c["windows"], day));
    let may = |day: &Date| (order["windows"].is_null() || inside(&order["windows"], *day)) && !away(*day);
    (0..7).map(|k| plus(week, k)).zip(open(week)).filter(|(_, open)| *open).map(|(day, _)| day).filter(may).collect()
}

/// An episode with two phases and perhaps a hold, its order as said, and the weeks that it lies in.
fn draw(dice: &mut Dice, recurrence: &Value) -> (Value, Vec<Date>) {
    let first = date(STARTS[dice.below(7) as usize]);
    let admitted = plus(first, dice.below(7));
    let steps = plus(admitted, 14 + dice.below(30));
    let discharged = plus(steps, 7 + dice.below(40));
    let (many, few) = (1 + dice.below(5), 1 + dice.below(3));
    let order = |n: u64| json!({ "id": "o", "service": "s", "sessions": n, "recurrence": recurrence });
    let mut body = json!({
        "id": "p", "home_site": "s1", "admitted": admitted, "discharged": discharged, "orders": [order(many)],
        "phases": [{ "from": steps, "orders": [order(few), { "id": "aftercare", "service": "t", "sessions": 1 }] }],
    });
    if dice.below(2) == 0 {
        let from = plus(admitted, dice.below(30));
        body["hold"] = json!([{ "from": from, "to": plus(from, dice.below(12)) }]);
    }
    (body, (0..20).map(|k| plus(first, 7 * k)).collect())
}

#[test]
fn weekly_orders_of_all_weeks_are_what_was_prescribed_for_the_days_of_treatment() {
    let mut dice = Dice(7);
    for _ in 0..300 {
        let (body, weeks) = draw(&mut dice, &Value::Null);
        let day = |name: &str| date(body[name].as_str().unwrap());
        let (admitted, discharged) = (day("admitted"), day("discharged"));
        let step = date(body["phases"][0]["from"].as_str().unwrap());
        let hold = &body["hold"][0];
        let held = |d: Date| {
            hold["from"].is_string()
                && (date(hold["from"].as_str().unwrap())..=date(hold["to"].as_str().unwrap())).contains(&d)
        };
        let there = |d: Date| (admitted..=discharged).contains(&d) && !held(d);
        let (mut derived, mut fifths) = (0_i64, 0_i64);
        for &week in &weeks {
            let seen = seen(&body, week, &History::new());
            let working: Vec<Date> =
                (0..7).map(|k| plus(week, k)).zip(open(week)).filter(|d| d.1).map(|d| d.0).collect();
            let each = |d: &Date| match (there(*d), *d < step) {
                (false, _) => 0,
                (true, true) => body["orders"][0]["sessions"].as_i64().unwrap(),
                (true, false) => body["phases"][0]["orders"][0]["sessions"].as_i64().unwrap(),
            };
            let exact: i64 = working.iter().map(each).sum();
            let has = i64::from(sessions(&seen, "o"));
            // Whole weeks have exactly what is ordered, others the nearest number.
            assert!((has * 5 - exact).abs() * 2 <= 5, "{body} {week}: {has}, not {exact}/5");
            derived += has * 5;
            fifths += exact;
            if let Some(seen) = seen.filter(|s| sessions(&Some(s.clone()), "aftercare") > 0) {
                assert!(days(&seen, week, "aftercare").iter().all(|d| *d >= step), "{body} {week}");
            }
        }
        // At most five weeks are parts of weeks: the first, the last, that of the step, both ends of the hold.
        assert!((derived - fifths).abs() * 2 <= 5 * 5, "{body}: {derived} of {fifths}");
    }
}

#[test]
fn every_other_week_and_two_of_the_first_three_come_as_often_as_they_are_prescribed() {
    let mut dice = Dice(11);
    for k in 0..200 {
        let every = 2 + 2 * (k % 2);
        let (mut body, weeks) = draw(&mut dice, &json!({ "every_weeks": every }));
        body.as_object_mut().unwrap().remove("hold");
        body.as_object_mut().unwrap().remove("phases");
        let has = |body: &Value| -> Vec<u32> {
            weeks.iter().map(|week| sessions(&seen(body, *week, &History::new()), "o")).collect()
        };
        let inside = weeks.iter().filter(|week| seen(&body, **week, &History::new()).is_some()).count();
        let each = body["orders"][0]["sessions"].as_u64().unwrap() as u32;
        let all = has(&body);
        assert_eq!(all.iter().sum::<u32>(), inside.div_ceil(every) as u32 * each, "{body} {all:?}");
        body["orders"][0]["recurrence"] = json!({ "weeks": [1, 3] });
        assert_eq!(has(&body).iter().sum::<u32>(), 2 * each, "{body}");
        assert_eq!(has(&body)[1], 0);
    }
}

#[test]
fn reviews_are_never_further_apart_than_they_may_be_and_none_is_lost_to_a_hold() {
    let mut dice = Dice(13);
    for k in 0..200 {
        let every = [7, 14, 30, 60][k % 4];
        let (body, weeks) = draw(&mut dice, &json!({ "every_days": every }));
        let (mut held, mut before) = (Held::default(), date(body["admitted"].as_str().unwrap()));
        for &week in &weeks {
            let history = History::from([("o".to_owned(), held.clone())]);
            let Some(seen) = seen(&body, week, &history) else { continue };
            if sessions(&Some(seen.clone()), "o") == 0 {
                // It is not due in this week.
                assert!(plus(held.last.unwrap(), every) > plus(week, 6), "{body} {week}");
                continue;
            }
            let days = days(&seen, week, "o");
            let Some(&day) = days.get(dice.below(days.len().max(1) as u64) as usize) else { continue };
            let due = held.last.map_or(before, |last| plus(last, every));
            assert!(day <= due || due < week, "{body}: {day}, though it was due by {due}");
            before = day;
            held.last = Some(day);
        }
        assert!(held.last.is_some(), "{body}");
    }
}

#[test]
fn units_are_never_exceeded_and_all_used_where_there_is_time() {
    let mut dice = Dice(17);
    for _ in 0..200 {
        let total = 1 + dice.below(6) as u32;
        let (mut body, weeks) = draw(&mut dice, &json!({ "total": total, "until": "2029-12-31" }));
        body.as_object_mut().unwrap().remove("discharged");
        let (mut used, mut order) = (0, BTreeMap::new());
        for &week in &weeks {
            let history = History::from([("o".to_owned(), Held { sessions: used, ..Held::default() })]);
            let has = sessions(&seen(&body, week, &history), "o");
            // Some are missed, and cost no unit.
            let missed = (0..has).filter(|_| dice.below(4) == 0).count() as u32;
            used += has - missed;
            order.insert(week, has);
            assert!(used <= total, "{body} {order:?}");
        }
        assert_eq!(used, total, "{body} {order:?}");
    }
}

#[test]
fn what_was_missed_and_is_made_up_adds_up_to_what_was_ordered() {
    let mut dice = Dice(19);
    for _ in 0..200 {
        let (body, weeks) = draw(&mut dice, &json!({ "make_up": true }));
        let (mut ordered, mut came, mut owed) = (0, 0, 0);
        for &week in &weeks {
            let base = sessions(&seen(&body, week, &History::new()), "o");
            let history = History::from([("o".to_owned(), Held { missed: owed, ..Held::default() })]);
            let seen = seen(&body, week, &history);
            if seen.is_none() {
                continue;
            }
            let has = sessions(&seen, "o");
            assert_eq!(has, base + owed, "{body} {week}");
            let made_up = seen.unwrap().origins.iter().find(|o| o.order == "o").map_or(0, |o| o.made_up);
            assert_eq!(made_up, owed);
            let missed = (0..has).filter(|_| dice.below(3) == 0).count() as u32;
            ordered += base;
            came += has - missed;
            owed = missed;
        }
        assert_eq!(came + owed, ordered, "{body}");
    }
}

#[test]
fn what_is_held_once_is_in_every_week_of_its_days_until_it_was_held() {
    let mut dice = Dice(23);
    for k in 0..400 {
        let n = [0, 3, 10, 30][k / 2 % 4];
        let field = ["within_days", "before_discharge"][k % 2];
        let (mut body, weeks) = draw(&mut dice, &json!({ field: n }));
        body.as_object_mut().unwrap().remove("hold");
        body.as_object_mut().unwrap().remove("phases");
        let day = |name: &str| date(body[name].as_str().unwrap());
        let (admitted, discharged) = (day("admitted"), day("discharged"));
        let ordered = body["orders"][0]["sessions"].as_u64().unwrap() as u32;
        // From when it may be held, and by when it is due.
        let (opens, due) = match field {
            "within_days" => (admitted, plus(admitted, n)),
            _ => (Date(discharged.0 - chrono::Days::new(n)), discharged),
        };
        let mut came = 0;
        for &week in &weeks {
            let history = History::from([("o".to_owned(), Held { sessions: came, ..Held::default() })]);
            let seen = seen(&body, week, &history);
            let open = week <= discharged && plus(week, 6) >= admitted.max(opens);
            let has = sessions(&seen, "o");
            assert_eq!(has, if open { ordered - came } else { 0 }, "{body} {week}");
            if has == 0 {
                continue;
            }
            for day in days(&seen.unwrap(), week, "o") {
                assert!(day >= opens && (day <= due || due < week), "{body}: {day}");
            }
            came += dice.below(u64::from(has) + 1) as u32;
        }
    }
}

#[test]
fn two_episodes_have_in_each_week_what_each_of_them_ordered_for_its_own_days() {
    let mut dice = Dice(29);
    for _ in 0..300 {
        let first = date(STARTS[dice.below(7) as usize]);
        let admitted = plus(first, dice.below(7));
        let discharged = plus(admitted, dice.below(40));
        let again = plus(discharged, 1 + dice.below(20));
        let over = plus(again, dice.below(40));
        let (many, few) = (1 + dice.below(5), 1 + dice.below(3));
        let order = |n: u64| json!([{ "id": "o", "service": "s", "sessions": n }]);
        let body = json!({
            "id": "p", "home_site": "s1", "admitted": again, "discharged": over, "orders": order(few),
            "plan": { "min_minutes_per_week": 60 * few },
            "episodes": [{ "admitted": admitted, "discharged": discharged, "orders": order(many),
                "plan": { "min_minutes_per_week": 60 * many } }],
        });
        let (mut derived, mut fifths) = (0_i64, 0_i64);
        for week in (0..20).map(|k| plus(first, 7 * k)) {
            let each = |day: Date| match ((admitted..=discharged).contains(&day), (again..=over).contains(&day)) {
                (true, _) => many,
                (_, true) => few,
                _ => 0,
            };
            let working = (0..7).map(|k| plus(week, k)).zip(open(week)).filter(|day| day.1);
            let exact = working.map(|(day, _)| each(day)).sum::<u64>() as i64;
            let seen = seen(&body, week, &History::new());
            let has = i64::from(sessions(&seen, "o"));
            assert!((has * 5 - exact).abs() * 2 <= 5, "{body} {week}: {has}, not {exact}/5");
            if let Some(seen) = &seen {
                assert_eq!(seen.body["plan"]["min_minutes_per_week"], 60 * exact / 5, "{body} {week}");
                // On no other day than one of treatment.
                let there = has == 0 || days(seen, week, "o").into_iter().all(|day| each(day) > 0);
                assert!(there, "{body} {week}: {}", seen.body);
            }
            derived += has * 5;
            fifths += exact;
        }
        // At most four weeks are parts of weeks: in which an episode begins or ends.
        assert!((derived - fifths).abs() * 2 <= 4 * 5, "{body}: {derived} of {fifths}");
    }
}
