//! The dose: minutes prescribed, scheduled and attended, per participant and week, against the plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use careweave_solver::{
    instance::{Booked, Instance},
    problem::{Date, Modality, Problem, read_calendar},
    recommend::{self, Recommendation},
    rules,
};
use chrono::DateTime;
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    Refusal, assemble, attendance, compute,
    prescribed::{Order, Person, Prescribed, Service, takes_newcomers},
    table,
    weeks::{self, Key},
};
use crate::{
    failure::{Document, Failure},
    store::{On, Store},
};

/// A participant's week. Minutes are those that count towards the dose.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Dose {
    /// First day of the week.
    pub week_start: String,
    pub participant: String,
    /// Ordered.
    pub prescribed_minutes: i64,
    /// In the calendar, whether or not somebody came.
    pub scheduled_minutes: i64,
    /// Of which it is known that the participant came.
    pub attended_minutes: i64,
    /// Attended, and scheduled where nothing is noted yet.
    pub expected_minutes: i64,
    /// What the plan asks for at least.
    pub minimum_minutes: Option<i64>,
    /// What the plan allows at most.
    pub maximum_minutes: Option<i64>,
    /// By how much the participant will fall below the minimum, as it stands.
    pub short_minutes: i64,
    /// Whether the participant will fall below the minimum, as it stands.
    pub below_minimum: bool,
    /// Sessions ordered, in the calendar, attended.
    pub prescribed_sessions: i64,
    pub scheduled_sessions: i64,
    pub attended_sessions: i64,
    /// Days of attendance, in order.
    pub days: Vec<Day>,
    /// Days on which the participant came and got less than the plan's minimum of a day.
    #[schema(value_type = Vec<String>)]
    pub short_days: Vec<Date>,
    /// Sessions that the participant missed.
    pub missed: Vec<Missed>,
    /// Where sessions that are missing could go, of who falls below the minimum; only where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<Vec<Recommendation>>,
}

/// A day with sessions in a participant's week.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Day {
    /// Local to the participant.
    #[schema(value_type = String)]
    pub date: Date,
    pub scheduled_minutes: i64,
    pub attended_minutes: i64,
    /// Ids of the services that were attended, each once.
    pub services: BTreeSet<String>,
}

/// A missed session.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Missed {
    pub session: String,
    pub service: String,
    /// The service's kind, such as `medication_management`.
    pub kind: String,
    /// `no_show` or `cancelled`.
    pub status: String,
    /// Who called it off, where that was noted.
    pub cancelled_by: Option<String>,
}

/// What is asked of the dose.
#[derive(Debug, Clone, Default)]
pub struct Question {
    pub participant: Option<String>,
    /// Only who will fall below the minimum.
    pub below: bool,
    /// Only who missed a session of this kind of service.
    pub missed: Option<String>,
    /// Only who had a day below the least of a day.
    pub short_days: bool,
    /// How many places for each order of who falls below it.
    pub places: Option<usize>,
}

/// The doses of a week.
pub async fn of_week(store: &Store, key: Key<'_>, question: Question) -> Result<Vec<Dose>, Refusal> {
    let known = weeks::known(store, key).await?;
    let date = key.date.to_string();
    let kept = weeks::prescribed(&mut On::Alone(store), (key.tenant, key.program), (&date, &date)).await?;
    let kept = kept.into_iter().find_map(|(_, kept)| kept);
    Ok(compute(move || -> Result<_, Failure> {
        let mut doses = of_known(&known, kept.as_deref())?;
        keep(&mut doses, &question);
        if let Some(top) = question.places {
            let problem = assemble::read(&known.problem(weeks::For::Standing)?)?;
            find_places(problem, &known.so_far()?, &mut doses, top)?;
        }
        Ok(doses)
    })
    .await??)
}

/// The doses of all weeks that begin from one day to another and have a calendar.
pub async fn of_weeks(
    store: &Store,
    (tenant, program): (&str, &str),
    (from, to): (&str, &str),
    question: Question,
) -> Result<Vec<Dose>, Refusal> {
    let parts = table::parts(store, tenant, program).await?;
    let dates = weeks::prescribed(&mut On::Alone(store), (tenant, program), (from, to)).await?;
    // What was held before counts only where what is prescribed has yet to be derived.
    let open: Vec<Date> =
        dates.iter().filter(|(date, kept)| kept.is_none() || takes_newcomers(*date)).map(|(date, _)| *date).collect();
    let mut histories = match open.split_first() {
        Some((&date, later)) => {
            weeks::histories(&mut On::Alone(store), &parts, Key { tenant, program, date }, later).await?
        }
        None => BTreeMap::new(),
    };
    let mut weeks = Vec::new();
    for (date, kept) in dates {
        let key = Key { tenant, program, date };
        let history = histories.remove(&date).unwrap_or_default();
        weeks.push((weeks::Known::with(&mut On::Alone(store), parts.clone(), key, history).await?, kept));
    }
    Ok(compute(move || -> Result<_, Failure> {
        let mut all = Vec::new();
        for (known, kept) in weeks {
            let mut doses = of_known(&known, kept.as_deref())?;
            keep(&mut doses, &question);
            all.append(&mut doses);
        }
        Ok(all)
    })
    .await??)
}

fn keep(doses: &mut Vec<Dose>, question: &Question) {
    doses.retain(|d| {
        question.participant.as_ref().is_none_or(|p| *p == d.participant)
            && (d.below_minimum || !question.below)
            && question.missed.as_ref().is_none_or(|kind| d.missed.iter().any(|m| m.kind == *kind))
            && (!d.short_days.is_empty() || !question.short_days)
    });
}

/// The doses of a week: by what it prescribed when it was published, or else by what the records say now. While a week lasts,
/// those who were admitted after its publication belong to it, too.
fn of_known(known: &weeks::Known, kept: Option<&[u8]>) -> Result<Vec<Dose>, Failure> {
    let now = if kept.is_none() || takes_newcomers(known.date) {
        Some(assemble::read(&known.bare_problem()?)?)
    } else {
        None
    };
    let now = now.as_ref().map(|problem| Prescribed::of(problem, &[])).unwrap_or_default();
    let prescribed = match kept {
        Some(kept) => Prescribed::read(kept)?.and(now),
        None => now,
    };
    Ok(week(&prescribed, known.date, known.so_far()?, &known.attendance))
}

/// The doses of a week, of everybody to whom something is prescribed.
fn week(prescribed: &Prescribed, date: Date, mut sessions: Vec<Value>, noted: &[attendance::Attended]) -> Vec<Dose> {
    attendance::attach(&mut sessions, noted);
    let Prescribed { services, groups, people } = prescribed;
    let called_off: BTreeMap<(&str, &str), &str> =
        noted.iter().filter_map(|n| Some(((&*n.session, &*n.participant), n.cancelled_by.as_deref()?))).collect();
    let mut of: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for session in &sessions {
        for who in session["participants"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            of.entry(who).or_default().push(session);
        }
    }
    let person = |p: &Person| {
        let counts = |s: &Service, how: Option<Modality>| {
            s.counts && how.map_or(s.modalities.iter().any(|m| p.counted.contains(m)), |how| p.counted.contains(&how))
        };
        let zone = p.zone.parse().ok();
        let mut dose = Dose {
            week_start: date.to_string(),
            participant: p.id.to_string(),
            minimum_minutes: p.least.map(Into::into),
            maximum_minutes: p.most.map(Into::into),
            ..Dose::default()
        };
        for order in &p.orders {
            let Some(service) = services.get(&*order.service) else { continue };
            dose.prescribed_sessions += i64::from(order.sessions);
            if counts(service, order.modality) {
                dose.prescribed_minutes += i64::from(order.sessions) * i64::from(service.minutes);
            }
        }
        let mut days: BTreeMap<Date, Day> = BTreeMap::new();
        for session in of.get(&*p.id).into_iter().flatten() {
            let group = session["group"].as_str().and_then(|g| groups.get(g));
            let order: Option<&Order> = session["order"].as_str().and_then(|o| p.orders.iter().find(|x| *x.id == *o));
            let named = session["service"].as_str().or(group.map(|g| &*g.service)).or(order.map(|o| &*o.service));
            let Some((id, service)) = named.and_then(|s| services.get_key_value(s)) else { continue };
            let how = match session["modality"].as_str() {
                Some("telehealth") => Modality::Telehealth,
                Some(_) => Modality::InPerson,
                None => group.map(|g| g.modality).or(order.and_then(|o| o.modality)).unwrap_or_default(),
            };
            let length = attendance::written_length(session).unwrap_or(service.minutes.into());
            let counted = if counts(service, Some(how)) { length } else { 0 };
            dose.scheduled_sessions += 1;
            dose.scheduled_minutes += counted;
            let note = &session["attendance"][&*p.id];
            let got = match note["status"].as_str() {
                None => None,
                Some("no_show" | "cancelled") => Some(0),
                Some(_) => Some(note["minutes"].as_i64().unwrap_or(length)),
            };
            let attended = got.unwrap_or(0).min(counted);
            dose.attended_minutes += attended;
            dose.expected_minutes += got.map_or(counted, |_| attended);
            let start = session["start"].as_str().and_then(|s| DateTime::parse_from_rfc3339(s).ok());
            let day = start.map(|s| Date(zone.map_or(s.date_naive(), |z: Tz| s.with_timezone(&z).date_naive())));
            let held = session["id"].as_str().unwrap_or_default();
            match (got, note["status"].as_str()) {
                (Some(0), Some(status @ ("no_show" | "cancelled"))) => dose.missed.push(Missed {
                    session: held.to_owned(),
                    service: id.clone(),
                    kind: json!(service.kind).as_str().unwrap_or_default().to_owned(),
                    status: status.to_owned(),
                    cancelled_by: called_off.get(&(held, &*p.id)).map(|who| (*who).to_owned()),
                }),
                (Some(_), _) => dose.attended_sessions += 1,
                (None, _) => {}
            }
            if let Some(date) = day {
                let empty = Day { date, scheduled_minutes: 0, attended_minutes: 0, services: BTreeSet::new() };
                let day = days.entry(date).or_insert(empty);
                day.scheduled_minutes += counted;
                day.attended_minutes += attended;
                if got.is_some_and(|got| got > 0) {
                    day.services.insert(id.clone());
                }
            }
        }
        let least = p.least_of_day.map_or(0, i64::from);
        dose.short_days =
            days.values().filter(|d| !d.services.is_empty() && d.attended_minutes < least).map(|d| d.date).collect();
        dose.days = days.into_values().collect();
        dose.short_minutes = (dose.minimum_minutes.unwrap_or(0) - dose.expected_minutes).max(0);
        dose.below_minimum = dose.short_minutes > 0;
        dose
    };
    people.iter().map(person).collect()
}

/// Finds places for what is missing of who falls below the minimum.
fn find_places(problem: Problem, sessions: &[Value], doses: &mut [Dose], top: usize) -> Result<(), Failure> {
    let text = json!({ "sessions": sessions }).to_string();
    let given = read_calendar(text.as_bytes()).map_err(|e| Failure::reading(Document::Calendar, e))?;
    let instance = Arc::new(Instance::new(Arc::new(problem)));
    let booked: Vec<Booked> = given.sessions.iter().map(|s| instance.book(s)).collect();
    let missing = rules::judge(&instance, &booked).missing;
    for dose in doses.iter_mut().filter(|d| d.below_minimum) {
        let theirs = missing.iter().filter(|(order, _)| {
            let of = instance.orders[order.i()].participant;
            *instance.problem.participants[of.i()].id == *dose.participant
        });
        dose.places = Some(theirs.map(|(order, _)| recommend::recommend(&instance, &booked, *order, top)).collect());
    }
    Ok(())
}

/// The doses as a table.
pub fn table(doses: &[Dose]) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let fault = |e: csv::Error| Failure::Internal(format!("No table: {e}."));
    let head = [
        "week_start",
        "participant",
        "prescribed_minutes",
        "scheduled_minutes",
        "attended_minutes",
        "expected_minutes",
        "minimum_minutes",
        "short_minutes",
        "days",
        "short_days",
        "missed",
        "services",
    ];
    writer.write_record(head).map_err(fault)?;
    for d in doses {
        let attended = d.days.iter().filter(|day| !day.services.is_empty()).count();
        let short = d.short_days.iter().map(Date::to_string).collect::<Vec<_>>().join("; ");
        let missed = d.missed.iter().map(|m| format!("{} {}", m.session, m.status)).collect::<Vec<_>>().join("; ");
        let of_day = |day: &Day| format!("{} {}", day.date, day.services.iter().cloned().collect::<Vec<_>>().join(" "));
        let services = d.days.iter().filter(|day| !day.services.is_empty()).map(of_day).collect::<Vec<_>>().join("; ");
        let minimum = d.minimum_minutes.map_or(String::new(), |m| m.to_string());
        let row = [
            d.week_start.clone(),
            d.participant.clone(),
            d.prescribed_minutes.to_string(),
            d.scheduled_minutes.to_string(),
            d.attended_minutes.to_string(),
            d.expected_minutes.to_string(),
            minimum,
            d.short_minutes.to_string(),
            attended.to_string(),
            short,
            missed,
            services,
        ];
        writer.write_record(row).map_err(fault)?;
    }
    writer.into_inner().map_err(|e| Failure::Internal(format!("No table: {e}.")))
}
