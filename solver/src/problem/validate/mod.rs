//! What a problem must be beyond its shape: every breach at once, each with its place. One file an entity.

mod calendar;
mod clinician;
mod doubts;
mod entities;
mod group;
mod orders;
mod participant;
mod service;
mod site;
mod window;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use self::entities::Entities;
use super::{Fault, Faults, Problem, Weights, limits, place::Place, text::nearest};
use crate::instance::Axis;

/// What is wrong with a problem, and what is suspicious about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validation {
    /// Breaches of the contract: such a problem is not solved.
    pub errors: Faults,
    /// Legal, but probably not what was meant.
    pub warnings: Faults,
}

impl Validation {
    /// Whether there is no error.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }
}

impl From<Faults> for Validation {
    fn from(errors: Faults) -> Self {
        Validation { errors, warnings: Faults::default() }
    }
}

impl Serialize for Validation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Validation", 3)?;
        fields.serialize_field("valid", &self.is_valid())?;
        fields.serialize_field("errors", &self.errors)?;
        fields.serialize_field("warnings", &self.warnings)?;
        fields.end()
    }
}

/// Everything that is wrong with a problem, and what is suspicious.
pub fn validate(problem: &Problem) -> Validation {
    let mut check = Check::new(problem);
    check.problem();
    check.report
}

/// A validation under way.
struct Check<'p> {
    problem: &'p Problem,
    axis: Axis,
    entities: Entities<'p>,
    zones: window::Zones,
    report: Validation,
}

impl<'p> Check<'p> {
    fn new(problem: &'p Problem) -> Self {
        let axis = Axis { first: problem.week_start.0 };
        Check {
            problem,
            axis,
            entities: Entities::new(problem),
            zones: window::Zones::default(),
            report: Validation::default(),
        }
    }

    fn error(&mut self, place: Place, code: &'static str, detail: String) {
        self.report.errors.push(fault(place, code, detail, None));
    }

    fn error_with_hint(&mut self, place: Place, code: &'static str, detail: String, hint: impl Into<Option<String>>) {
        self.report.errors.push(fault(place, code, detail, hint.into()));
    }

    fn warn(&mut self, place: Place, code: &'static str, detail: String) {
        self.report.warnings.push(fault(place, code, detail, None));
    }

    /// "did you mean" among `known`, where these and the faults are not too many to compare.
    fn did_you_mean<'a>(&self, given: &str, known: impl ExactSizeIterator<Item = &'a str>) -> Option<String> {
        if known.len() > 2_000 || self.report.errors.0.len() > 100 {
            return None;
        }
        // Another number is no better guess than any other.
        let skeleton = |id: &str| id.replace(|c: char| c.is_ascii_digit(), "");
        let given_skeleton = skeleton(given);
        let known = known.filter(|id| skeleton(id) != given_skeleton);
        nearest(given, known).map(|id| format!("Did you mean `{id}`?"))
    }

    /// Tells a list that is longer than its limit.
    fn at_most<T>(&mut self, place: Place, list: &[T], most: usize) {
        if list.len() > most {
            let detail = format!("There are {} entries here; at most {most} are read.", list.len());
            self.error(place, "too-large", detail);
        }
    }

    /// Tells a number that is above its limit.
    fn up_to(&mut self, place: Place, number: u32, most: u32) {
        if number > most {
            self.error(place, "too-large", format!("This is {number}; it can be {most} at most."));
        }
    }

    /// Tells a number that is 0 where it must not be.
    fn positive(&mut self, place: Place, number: u32) {
        if number == 0 {
            self.error(place, "out-of-range", "This must be at least 1.".to_owned());
        }
    }

    fn problem(&mut self) {
        let problem = self.problem;
        let root = Place::Root;
        if problem.version != 1 {
            let detail = format!("Version {} of the contract is not known.", problem.version);
            self.error_with_hint(root.field("version"), "unsupported-version", detail, "Use `1`.".to_owned());
        }
        use chrono::Datelike;
        if !(1980..=2200).contains(&problem.week_start.0.year()) {
            let detail = format!("The week starts on {}; it must lie between 1980 and 2200.", problem.week_start);
            self.error(root.field("week_start"), "out-of-range", detail);
        }
        self.positive(root.field("grid_minutes"), problem.grid_minutes.0);
        self.ids();
        self.sites();
        self.rooms();
        self.services();
        self.clinicians();
        self.groups();
        self.participants();
        self.at_most(root.field("separate"), &problem.separate, limits::SEPARATE);
        self.previous();
        self.at_most(root.field("reference"), &problem.reference, limits::CALENDAR_SESSIONS);
        self.objective();
        self.doubts();
    }

    /// The objective is a sum in 64 bits: no calendar of the problem may cost more than that holds.
    fn objective(&mut self) {
        let problem = self.problem;
        let w = &problem.weights;
        let n = |value: u32| u128::from(value);
        let mut most = 0u128;
        for person in &problem.participants {
            for order in &person.orders {
                let minutes = self.entities.service(&order.service).map_or(1, |s| n(s.minutes.0));
                let each = n(w.unmet_minute.0) * n(order.priority) * minutes
                    + n(w.soft_commitment_minute.0) * minutes
                    + [&w.not_preferred_clinician, &w.away_site, &w.group_switch, &w.clinician_switch, &w.shifted]
                        .iter()
                        .map(|weight| n(weight.0))
                        .sum::<u128>();
                most = most.saturating_add(each.saturating_mul(n(order.sessions)));
            }
            let plan = person.plan.clone().unwrap_or_default();
            let minutes = |limit: Option<super::Minutes>| n(limit.unwrap_or_default().0);
            most = most
                .saturating_add(n(w.shortfall_minute.0) * minutes(plan.min_minutes_per_week))
                .saturating_add(n(w.short_day_minute.0) * minutes(plan.min_minutes_per_day) * 9)
                .saturating_add(n(w.missing_day.0) * n(plan.min_days.unwrap_or(0)))
                .saturating_add((n(w.attended_day.0) + n(w.wait_minute.0) * 2880) * 9);
        }
        for group in &problem.groups {
            let clinicians = self.entities.service(&group.service).map_or(1, |s| n(s.clinicians));
            most = most.saturating_add(n(w.held_meeting.0) * n(group.meetings) * clinicians);
        }
        for old in &problem.previous {
            let changes = n(w.moved.0) + n(w.clinician_changed.0) + n(w.room_changed.0);
            most = most.saturating_add(changes + n(w.dropped.0) * old.participants.len() as u128);
        }
        if most > i64::MAX as u128 {
            let detail = "With these weights, priorities and minutes a calendar could cost more than 64 bits hold.";
            let hint = "Use smaller weights and priorities: only their ratios matter.".to_owned();
            let root = Place::Root;
            let place = if *w == Weights::default() { root } else { root.field("weights") };
            self.error_with_hint(place, "too-large", detail.to_owned(), hint);
        }
    }
}

fn fault(place: Place, code: &'static str, detail: String, hint: Option<String>) -> Fault {
    Fault { pointer: place.pointer(), path: place.path(), code, detail, hint }
}
