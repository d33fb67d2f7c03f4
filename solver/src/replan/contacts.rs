//! Who must be called after a replan, and what to tell them: each person once, however many of their sessions change.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    calendar::Session,
    problem::{Id, Modality, Problem},
    rules::names::{date_and_hour, lower},
};

/// A person for whom something changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct Contact {
    /// A participant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<Id>,
    /// or a clinician.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clinician: Option<Id>,
    /// What changes, ready to be read on the telephone.
    pub text: String,
    /// Ids of the sessions that change, as they were called before or are called now.
    pub sessions: Vec<String>,
}

/// Everybody for whom a session is new, gone, or at another hour, in another room, held otherwise or by somebody else:
/// participants first, then clinicians, in the order of the problem.
pub(crate) fn contacts(problem: &Problem, before: &[Session], after: &[Session]) -> Vec<Contact> {
    let names = Names { problem };
    let mut contacts = Vec::new();
    for (id, zone) in names.participants(before, after) {
        let own = |s: &&Session| s.participants.contains(&id);
        let side = Side { names: &names, zone, clinician: false };
        if let Some((text, sessions)) = side.changes(before.iter().filter(own), after.iter().filter(own)) {
            contacts.push(Contact { participant: Some(id), clinician: None, text, sessions });
        }
    }
    for (id, zone) in names.clinicians(before, after) {
        let own = |s: &&Session| s.clinicians.contains(&id);
        let side = Side { names: &names, zone, clinician: true };
        if let Some((text, sessions)) = side.changes(before.iter().filter(own), after.iter().filter(own)) {
            contacts.push(Contact { participant: None, clinician: Some(id), text, sessions });
        }
    }
    contacts
}

/// What things are called when one speaks of them.
struct Names<'a> {
    problem: &'a Problem,
}

impl Names<'_> {
    fn service(&self, id: &str) -> String {
        self.problem.services.iter().find(|s| *s.id == *id).map_or_else(|| id.to_owned(), |s| s.name.clone())
    }

    fn clinician(&self, id: &str) -> String {
        self.problem.clinicians.iter().find(|c| *c.id == *id).map_or_else(|| id.to_owned(), |c| c.name.clone())
    }

    fn clinicians_of(&self, session: &Session) -> String {
        let names: Vec<String> = session.clinicians.iter().map(|c| self.clinician(c)).collect();
        names.join(" and ")
    }

    fn site(&self, id: &str) -> String {
        self.problem.sites.iter().find(|s| *s.id == *id).map_or_else(|| id.to_owned(), |s| s.name.clone())
    }

    fn zone_of_site(&self, id: &str) -> Tz {
        let zone = self.problem.sites.iter().find(|s| *s.id == *id).map(|s| &s.time_zone);
        zone.and_then(|z| z.parse().ok()).unwrap_or(Tz::UTC)
    }

    /// Participants of the problem, then those whom only the calendars know; each with a zone.
    fn participants(&self, before: &[Session], after: &[Session]) -> Vec<(Id, Tz)> {
        let zone = |own: &Option<String>, home: &str| {
            own.as_ref().and_then(|z| z.parse().ok()).unwrap_or_else(|| self.zone_of_site(home))
        };
        let known = self.problem.participants.iter().map(|p| (p.id.clone(), zone(&p.time_zone, &p.home_site)));
        self.with_others(known.collect(), before.iter().chain(after), |s| &s.participants)
    }

    fn clinicians(&self, before: &[Session], after: &[Session]) -> Vec<(Id, Tz)> {
        let zone = |own: &Option<String>, home: &str| {
            own.as_ref().and_then(|z| z.parse().ok()).unwrap_or_else(|| self.zone_of_site(home))
        };
        let known = self.problem.clinicians.iter().map(|c| (c.id.clone(), zone(&c.time_zone, &c.home_site)));
        self.with_others(known.collect(), before.iter().chain(after), |s| &s.clinicians)
    }

    fn with_others<'s>(
        &self,
        mut known: Vec<(Id, Tz)>,
        sessions: impl Iterator<Item = &'s Session>,
        of: fn(&Session) -> &Vec<Id>,
    ) -> Vec<(Id, Tz)> {
        let mut others: BTreeMap<Id, Tz> = BTreeMap::new();
        for session in sessions {
            others.extend(of(session).iter().map(|id| (id.clone(), self.zone_of_site(&session.site))));
        }
        others.retain(|id, _| !known.iter().any(|k| k.0 == *id));
        known.extend(others);
        known
    }
}

/// How a change is told to one kind of person.
struct Side<'a> {
    names: &'a Names<'a>,
    zone: Tz,
    clinician: bool,
}

impl Side<'_> {
    /// What changes between the two weeks of a person; none where nothing does.
    fn changes<'s>(
        &self,
        before: impl Iterator<Item = &'s Session>,
        after: impl Iterator<Item = &'s Session>,
    ) -> Option<(String, Vec<String>)> {
        let mut series: BTreeMap<&str, (Vec<&Session>, Vec<&Session>)> = BTreeMap::new();
        before.for_each(|s| series.entry(self.series(s)).or_default().0.push(s));
        after.for_each(|s| series.entry(self.series(s)).or_default().1.push(s));
        let mut told: Vec<(chrono::DateTime<chrono::FixedOffset>, String, String)> = Vec::new();
        for (mut old, mut new) in series.into_values() {
            // What has an equal on the other side is as it was, whichever its number.
            old.retain(|s| match new.iter().position(|n| self.same(s, n)) {
                Some(k) => {
                    new.remove(k);
                    false
                }
                None => true,
            });
            for (s, n) in pairs(old, new) {
                let text = match (s, n) {
                    (Some(s), Some(n)) => self.moved(s, n),
                    (Some(s), None) => self.lost(s),
                    (None, Some(n)) => self.gained(n),
                    (None, None) => continue,
                };
                let Some(first) = s.or(n) else { continue };
                told.push((first.start.0, first.id.clone(), text));
            }
        }
        if told.is_empty() {
            return None;
        }
        told.sort();
        let text: Vec<&str> = told.iter().map(|t| t.2.as_str()).collect();
        let mut ids: Vec<String> = Vec::new();
        told.iter().for_each(|t| {
            if !ids.contains(&t.1) {
                ids.push(t.1.clone())
            }
        });
        Some((text.join(" "), ids))
    }

    /// What may stand for one another: sessions of an order, and for a participant all groups of a service.
    fn series<'s>(&self, s: &'s Session) -> &'s str {
        match &s.group {
            Some(_) if !self.clinician => &s.service,
            Some(group) => group,
            None => s.order.as_deref().unwrap_or(&s.id),
        }
    }

    /// Whether nothing changes for this person between two sessions.
    fn same(&self, a: &Session, b: &Session) -> bool {
        let team = |s: &Session| {
            let mut team = s.clinicians.clone();
            team.sort();
            team
        };
        let place = |s: &Session| (s.start.0, s.end.0, s.modality, s.site.clone(), s.room.clone(), s.group.clone());
        place(a) == place(b) && (self.clinician || team(a) == team(b))
    }

    fn when(&self, s: &Session) -> String {
        let zone = if s.modality == Modality::Telehealth { self.zone } else { self.names.zone_of_site(&s.site) };
        date_and_hour(s.start, zone)
    }

    fn place(&self, s: &Session) -> String {
        match &s.room {
            Some(room) => format!("in room {room} at {}", self.names.site(&s.site)),
            None => "by telehealth".to_owned(),
        }
    }

    /// What the session is to this person: `Your individual therapy`, `Individual therapy with s1-p3`.
    fn what(&self, s: &Session) -> String {
        let service = self.names.service(&s.service);
        match (self.clinician, &s.group) {
            (false, _) => format!("Your {}", lower(&service)),
            (true, Some(group)) => format!("{service} ({group})"),
            (true, None) => {
                let people: Vec<&str> = s.participants.iter().map(|p| &**p).collect();
                format!("{service} with {}", people.join(" and "))
            }
        }
    }

    fn with(&self, s: &Session) -> String {
        let names = self.names.clinicians_of(s);
        if self.clinician || names.is_empty() { String::new() } else { format!(" with {names}") }
    }

    fn lost(&self, s: &Session) -> String {
        let (what, when, with) = (self.what(s), self.when(s), self.with(s));
        match self.clinician {
            true => format!("{what} on {when} is off your calendar."),
            false => format!("{what} on {when}{with} cannot take place."),
        }
    }

    fn gained(&self, n: &Session) -> String {
        let (when, with, place) = (self.when(n), self.with(n), self.place(n));
        match self.clinician {
            true => format!("New for you: {} on {when}, {place}.", lower(&self.what(n))),
            false => {
                format!(
                    "There is a place for your {} on {when}{with}, {place}.",
                    lower(&self.names.service(&n.service))
                )
            }
        }
    }

    fn moved(&self, s: &Session, n: &Session) -> String {
        let what = self.what(s);
        if s.start.0 != n.start.0 {
            return format!(
                "{what} moves from {} to {}{}, {}.",
                self.when(s),
                self.when(n),
                self.with(n),
                self.place(n)
            );
        }
        let mut parts = Vec::new();
        if self.place(s) != self.place(n) {
            parts.push(format!("is {} instead of {}", self.place(n), self.place(s)));
        }
        let (old, new) = (self.names.clinicians_of(s), self.names.clinicians_of(n));
        if !self.clinician && old != new {
            parts.push(format!("is with {new} instead of {old}"));
        }
        if s.group != n.group
            && let Some(group) = &n.group
        {
            parts.push(format!("is with the group {group}"));
        }
        if s.end.0 != n.end.0 {
            parts.push(format!("lasts {} minutes", (n.end.0 - n.start.0).num_minutes()));
        }
        if parts.is_empty() {
            parts.push("stays at its hour".to_owned());
        }
        format!("{what} on {} {}.", self.when(s), parts.join(" and "))
    }
}

/// Old and new sessions of one series side by side: those of one number or hour first, then by hour.
fn pairs<'s>(old: Vec<&'s Session>, mut new: Vec<&'s Session>) -> Vec<(Option<&'s Session>, Option<&'s Session>)> {
    new.sort_by_key(|n| n.start.0);
    let mut pairs = Vec::new();
    let mut left = Vec::new();
    for s in old {
        let partner = new.iter().position(|n| n.start.0 == s.start.0).or_else(|| new.iter().position(|n| n.id == s.id));
        match partner {
            Some(k) => pairs.push((Some(s), Some(new.remove(k)))),
            None => left.push(s),
        }
    }
    left.sort_by_key(|s| s.start.0);
    let mut rest = new.into_iter();
    pairs.extend(left.into_iter().map(|s| (Some(s), rest.next())));
    pairs.extend(rest.map(|n| (None, Some(n))));
    pairs
}
