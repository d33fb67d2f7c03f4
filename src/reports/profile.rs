//! Rules of states and payers as data: a profile says what a plan of care and a calendar should be, each rule with its
//! citation; what is not so becomes a warning.

use std::collections::{BTreeMap, BTreeSet};

use careweave_solver::{
    instance::Instance,
    problem::{Date, Fault, GivenSession, Participant, Problem, ServiceKind},
};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Deserializer, de::Error};

/// A profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub name: String,
    pub rules: Vec<Rule>,
}

/// A rule, for whom, and where it stands.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub rule: What,
    pub at_least: Option<u32>,
    pub at_most: Option<u32>,
    /// Of a rule on a kind of service: which, such as `family_therapy`.
    #[serde(default, deserialize_with = "kind")]
    pub kind: Option<ServiceKind>,
    /// Only for plans of this level.
    pub level_of_care: Option<String>,
    pub citation: String,
    /// Only for weeks from this day on, which the warnings name.
    #[serde(default, deserialize_with = "day")]
    pub since: Option<Date>,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Participants of a meeting.
    GroupSize,
    /// Counted minutes of a participant's week.
    WeeklyMinutes,
    /// Counted minutes of an attended day.
    DailyMinutes,
    /// Attended days of a participant's week.
    Days,
    /// Days without a session between two with one; the last of the week before is one of these, where it is known.
    DaysBetween,
    /// Days since the last session of a kind of service, at the end of the week.
    DaysSince,
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    text.parse().map(Some).map_err(|()| D::Error::custom("a date such as \"2026-11-30\" is expected"))
}

/// All kinds of services.
const KINDS: [ServiceKind; 9] = [
    ServiceKind::GroupTherapy,
    ServiceKind::IndividualTherapy,
    ServiceKind::Psychoeducation,
    ServiceKind::FamilyTherapy,
    ServiceKind::SkillsBuilding,
    ServiceKind::CaseManagement,
    ServiceKind::MedicationManagement,
    ServiceKind::Assessment,
    ServiceKind::ProgressReview,
];

fn name(kind: ServiceKind) -> String {
    serde_json::json!(kind).as_str().unwrap_or_default().to_owned()
}

fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ServiceKind>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let found = KINDS.into_iter().find(|kind| name(*kind) == text);
    found.map(Some).ok_or_else(|| D::Error::custom(format!("`kind` is one of {}", KINDS.map(name).join(", "))))
}

/// A calendar that is held against a profile, and those of earlier weeks.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    pub instance: &'a Instance,
    pub sessions: &'a [GivenSession],
    pub earlier: &'a [GivenSession],
}

impl Rule {
    fn applies(&self, problem: &Problem, person: Option<&Participant>) -> bool {
        let level = person.and_then(|p| p.plan.as_ref()?.level_of_care.as_deref());
        self.since.is_none_or(|since| since <= problem.week_start)
            && (person.is_none() || self.level_of_care.as_deref().is_none_or(|wanted| level == Some(wanted)))
    }

    /// What is wrong with a number, in words.
    fn breach(&self, n: u32) -> Option<String> {
        match (self.at_least, self.at_most) {
            (Some(least), _) if n < least => Some(format!("{n}, at least {least}")),
            (_, Some(most)) if n > most => Some(format!("{n}, at most {most}")),
            _ => None,
        }
    }

    fn warning(&self, profile: &str, (pointer, path): (String, String), what: &str, breach: &str) -> Fault {
        let since = self.since.map_or(String::new(), |since| format!(", since {since}"));
        let detail = format!("{what}: {breach} ({profile}: {}{since}).", self.citation);
        Fault { pointer, path, code: "profile", detail, hint: None }
    }
}

/// What of a problem, and of a calendar of it, is not as a profile says.
pub fn warnings(profile: &Profile, problem: &Problem, calendar: Option<Kept<'_>>) -> Vec<Fault> {
    let mut found = Vec::new();
    for rule in &profile.rules {
        of_problem(profile, rule, problem, &mut found);
        if let Some(kept) = calendar {
            of_calendar(profile, rule, kept, &mut found);
        }
    }
    found
}

fn of_problem(profile: &Profile, rule: &Rule, problem: &Problem, found: &mut Vec<Fault>) {
    let mut warn = |list: &str, k: usize, id: &str, field: &str, what: String, breach: String| {
        let place = (format!("/{list}/{k}/{field}"), format!("/{list}/{id}/{field}"));
        found.push(rule.warning(&profile.name, place, &what, &breach));
    };
    if rule.rule == What::GroupSize && rule.applies(problem, None) {
        for (k, service) in problem.services.iter().enumerate() {
            let breach = service.group.as_ref().and_then(|g| rule.breach(g.max));
            if let Some(breach) = breach {
                warn("services", k, &service.id, "group/max", format!("Groups of {}", service.id), breach);
            }
        }
    }
    for (k, person) in problem.participants.iter().enumerate().filter(|(_, p)| rule.applies(problem, Some(p))) {
        let Some(plan) = &person.plan else { continue };
        let lacks = |n: Option<u32>, wanted: Option<u32>| match (n, wanted) {
            (n, Some(wanted)) if n.is_none_or(|n| n < wanted) => {
                Some(n.map_or(format!("none, at least {wanted}"), |n| format!("{n}, at least {wanted}")))
            }
            _ => None,
        };
        let (field, asked) = match rule.rule {
            What::WeeklyMinutes => ("plan/min_minutes_per_week", plan.min_minutes_per_week.map(|m| m.0)),
            What::DailyMinutes => ("plan/min_minutes_per_day", plan.min_minutes_per_day.map(|m| m.0)),
            What::Days => ("plan/min_days", plan.min_days),
            What::GroupSize | What::DaysBetween | What::DaysSince => continue,
        };
        if let Some(breach) = lacks(asked, rule.at_least) {
            warn("participants", k, &person.id, field, format!("What the plan of {} asks for", person.id), breach);
        }
    }
}

/// The last day of the week before the problem's on which somebody came, as calendars of earlier weeks or the problem's
/// `reference` say; nothing where neither knows of any.
fn last_before(problem: &Problem, id: &str, earlier: &[GivenSession]) -> Option<NaiveDate> {
    let begins = problem.week_start.0;
    let former = |day: &NaiveDate| *day < begins && *day >= begins - Days::new(7);
    let own = earlier.iter().chain(&problem.reference).filter(|s| s.participants.iter().any(|p| **p == *id));
    own.map(|s| s.start.0.date_naive()).filter(former).max()
}

fn of_calendar(profile: &Profile, rule: &Rule, kept: Kept<'_>, found: &mut Vec<Fault>) {
    let Kept { instance, sessions, earlier } = kept;
    let problem = &instance.problem;
    if rule.rule == What::GroupSize && rule.applies(problem, None) {
        for (k, session) in sessions.iter().enumerate().filter(|(_, s)| s.group.is_some()) {
            if let Some(breach) = rule.breach(session.participants.len() as u32) {
                let place = (format!("/sessions/{k}"), format!("/sessions/{}", session.id));
                found.push(rule.warning(&profile.name, place, &format!("People in {}", session.id), &breach));
            }
        }
        return;
    }
    for (k, person) in problem.participants.iter().enumerate().filter(|(_, p)| rule.applies(problem, Some(p))) {
        let plan = person.plan.clone().unwrap_or_default();
        // By local day: counted minutes.
        let mut days: BTreeMap<NaiveDate, u32> = BTreeMap::new();
        for session in sessions.iter().filter(|s| s.participants.iter().any(|p| **p == *person.id)) {
            let booked = instance.book(session);
            let counts = booked.service.is_some_and(|s| problem.services[s.i()].counts)
                && plan.counts_modalities.contains(&booked.modality);
            let minutes = if counts { (booked.end - booked.start).max(0) as u32 } else { 0 };
            *days.entry(session.start.0.date_naive()).or_default() += minutes;
        }
        let mut warn = |what: String, breach: String| {
            let place = (format!("/participants/{k}"), format!("/participants/{}", person.id));
            found.push(rule.warning(&profile.name, place, &what, &breach));
        };
        let id = &person.id;
        match rule.rule {
            What::WeeklyMinutes => {
                if let Some(breach) = rule.breach(days.values().sum()) {
                    warn(format!("Minutes of {id} in the calendar"), breach);
                }
            }
            What::Days => {
                if let Some(breach) = rule.breach(days.len() as u32) {
                    warn(format!("Days of {id} in the calendar"), breach);
                }
            }
            What::DailyMinutes => {
                for (day, minutes) in &days {
                    if let Some(breach) = rule.breach(*minutes) {
                        warn(format!("Minutes of {id} on {day}"), breach);
                    }
                }
            }
            What::DaysBetween => {
                let last = last_before(problem, &person.id, earlier);
                let all: BTreeSet<_> = days.keys().copied().chain(last).collect();
                for (one, next) in all.iter().zip(all.iter().skip(1)) {
                    let between = ((*next - *one).num_days() - 1).max(0) as u32;
                    if let Some(breach) = rule.breach(between) {
                        warn(format!("Days between {one} and {next} on which {id} does not come"), breach);
                    }
                }
            }
            What::DaysSince => {
                let of_kind = |s: &&GivenSession| {
                    instance.book(s).service.is_some_and(|k| Some(problem.services[k.i()].kind) == rule.kind)
                };
                let own = |s: &&GivenSession| s.participants.iter().any(|p| **p == *person.id);
                let day = |s: &GivenSession| s.start.0.date_naive();
                let all = || sessions.iter().chain(earlier).filter(own);
                let last = all().filter(of_kind).map(day).max();
                let end = problem.week_start.0 + Days::new(6);
                // Of somebody who has come for less than that nothing is known yet.
                let first = all().map(day).min();
                let Some(since) = last.or(first) else { continue };
                let days = (end - since).num_days().max(0) as u32;
                if let Some(breach) = rule.breach(days) {
                    let what = if last.is_some() { "the last" } else { "the first day without any" };
                    warn(
                        format!("Days of {id} since {what} {} of {since}", rule.kind.map(name).unwrap_or_default()),
                        breach,
                    );
                }
            }
            What::GroupSize => {}
        }
    }
}
