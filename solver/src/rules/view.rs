//! What the rules look at: the sessions of a calendar, sorted out once by room, clinician, participant and group, with
//! what is known of each from the week so far. Read-only.

use std::{collections::HashMap, ops::Deref};

use crate::instance::{
    Booked, ClinicianIx, DAY, GroupIx, Instance, Owner, ParticipantIx, Previous, RoomIx, ServiceIx, Span,
};
use crate::problem::Modality;

/// Sessions further from the week than this are not judged any further: they break H2.
const FAR_AWAY: i32 = 60 * DAY;

/// A session of the calendar, with what it was in `previous`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    booked: &'a Booked,
    /// The session of this id in the week so far.
    pub previous: Option<&'a Previous>,
    /// Its service; its owner's where it names one that is unknown.
    pub service: Option<ServiceIx>,
    /// Minutes that its clinicians stay busy afterwards.
    documentation: i32,
}

impl Deref for Seen<'_> {
    type Target = Booked;
    fn deref(&self) -> &Booked {
        self.booked
    }
}

impl<'a> Seen<'a> {
    /// The session as the rules see it.
    pub fn new(instance: &Instance, booked: &'a Booked, previous: Option<&'a Previous>) -> Self {
        let service = booked.service.or_else(|| own_service(instance, booked.owner));
        let documentation = service.map_or(0, |s| instance.services[s.i()].documentation);
        Seen { booked, previous, service, documentation }
    }

    /// The booking itself.
    pub fn booking(&self) -> &'a Booked {
        self.booked
    }

    /// Whether it has begun: what it does breaks no rule.
    pub fn fact(&self) -> bool {
        self.previous.is_some_and(|p| p.frozen)
    }

    /// Whether it must stay as it is: a fact, or pinned.
    pub fn kept(&self) -> bool {
        self.previous.is_some_and(|p| p.kept())
    }

    /// How long its clinicians are busy: with documentation.
    pub fn busy(&self) -> Span {
        Span::new(self.start, self.end.saturating_add(self.documentation))
    }

    /// Minutes in session.
    pub fn minutes(&self) -> i64 {
        i64::from(self.end) - i64::from(self.start)
    }

    /// Whether it is held at a site.
    pub fn in_person(&self) -> bool {
        self.modality == Modality::InPerson
    }

    /// Whether it is a meeting of a group, be it one that is gone.
    pub fn meeting(&self) -> bool {
        match self.owner {
            Owner::Group(_) => true,
            Owner::Order(_) => false,
            Owner::Gone => self.names("group").next().is_some(),
        }
    }

    /// What it names in a field and the problem does not have.
    pub fn names(&self, field: &'static str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.booked.unknown.iter().filter(move |u| u.0 == field).map(|u| u.1.as_str())
    }

    /// How many people it seats, known or not.
    pub fn people(&self) -> usize {
        self.participants.len() + self.names("participant").count()
    }

    /// How many clinicians it names, known or not.
    pub fn staff(&self) -> usize {
        self.clinicians.len() + self.names("clinician").count()
    }

    /// Its clinicians as a set, known or not.
    pub fn team(&self) -> (Vec<ClinicianIx>, Vec<&'a str>) {
        (set(self.clinicians.iter().copied()), set(self.names("clinician")))
    }

    /// Whether both are held at the same site, known or not.
    pub fn same_site(&self, other: &Seen) -> bool {
        self.site == other.site && (self.site.is_some() || self.names("site").eq(other.names("site")))
    }

    /// Whether both are held in the same room, known or not, or both in none.
    pub fn same_room(&self, other: &Seen) -> bool {
        self.room == other.room && (self.room.is_some() || self.names("room").eq(other.names("room")))
    }
}

/// Something that may be a fact.
pub(crate) trait MaybeFact {
    /// Whether it has begun.
    fn is_fact(&self) -> bool;
}

impl MaybeFact for Seen<'_> {
    fn is_fact(&self) -> bool {
        self.fact()
    }
}

/// A session as one participant attends it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attended<'a> {
    /// The session.
    pub session: Seen<'a>,
    /// The participant's local day of its start.
    pub day: i32,
    /// Minutes that the participant gets from it.
    pub got: i64,
}

impl<'a> Deref for Attended<'a> {
    type Target = Seen<'a>;
    fn deref(&self) -> &Seen<'a> {
        &self.session
    }
}

impl MaybeFact for Attended<'_> {
    fn is_fact(&self) -> bool {
        self.fact()
    }
}

/// The week of one participant.
#[derive(Debug, Clone)]
pub(crate) struct Week<'a> {
    /// Whose.
    pub participant: ParticipantIx,
    /// Every session with a seat for the participant, by start.
    pub seats: Vec<Seen<'a>>,
    /// Those that the participant came to or will come to, by day and start.
    pub attended: Vec<Attended<'a>>,
}

impl<'a> Week<'a> {
    /// The same week with one more session.
    pub fn with(&self, instance: &Instance, session: Seen<'a>) -> Week<'a> {
        let mut week = self.clone();
        week.take_in(instance, session);
        week.sort();
        week
    }

    fn take_in(&mut self, instance: &Instance, session: Seen<'a>) {
        self.seats.push(session);
        let before = session.previous;
        if !before.is_some_and(|p| p.missed(self.participant)) {
            let late = before.and_then(|p| p.minutes(self.participant));
            self.attended.push(Attended {
                session,
                day: instance.participant_day(self.participant, session.start),
                got: late.map_or_else(|| session.minutes(), i64::from),
            });
        }
    }

    fn sort(&mut self) {
        self.seats.sort_by_key(|s| s.start);
        self.attended.sort_by_key(|s| (s.day, s.start));
    }

    /// The attended days, each with its sessions, in order.
    pub fn days(&self) -> impl Iterator<Item = &[Attended<'a>]> {
        self.attended.chunk_by(|a, b| a.day == b.day)
    }

    /// What the participant attends that serves an order.
    pub fn serving(&self, instance: &Instance, order: crate::instance::OrderIx) -> Vec<Attended<'a>> {
        let data = &instance.orders[order.i()];
        let serves = |s: &&Attended| match instance.services[data.service.i()].is_group {
            true => s.meeting() && s.service == Some(data.service),
            false => s.owner == Owner::Order(order),
        };
        self.attended.iter().filter(serves).copied().collect()
    }

    /// Minutes of some of its sessions that count towards the dose.
    pub fn dose(&self, instance: &Instance, sessions: &[Attended]) -> i64 {
        let counted = |s: &&Attended| s.service.is_some_and(|v| instance.counts(self.participant, v, s.modality));
        sessions.iter().filter(counted).map(|s| s.got).sum()
    }
}

/// A calendar, sorted out.
pub(crate) struct View<'a> {
    /// The problem, compiled.
    pub instance: &'a Instance,
    /// The sessions, as given.
    pub sessions: Vec<Seen<'a>>,
    /// Sessions far from the week, judged no further.
    pub far: Vec<Seen<'a>>,
    /// The sessions of each room, by start.
    pub rooms: Vec<Vec<Seen<'a>>>,
    /// The sessions of each clinician, by start.
    pub clinicians: Vec<Vec<Seen<'a>>>,
    /// The meetings of each group, as given.
    pub groups: Vec<Vec<Seen<'a>>>,
    /// The weeks of the participants.
    pub weeks: Vec<Week<'a>>,
    /// Where in `sessions` each id stands, the last time.
    by_id: HashMap<&'a str, usize>,
}

impl<'a> View<'a> {
    /// Sorts out a calendar.
    pub fn new(instance: &'a Instance, booked: &'a [Booked]) -> Self {
        let mut view = View {
            instance,
            sessions: Vec::with_capacity(booked.len()),
            far: Vec::new(),
            rooms: vec![Vec::new(); instance.rooms.len()],
            clinicians: vec![Vec::new(); instance.clinicians.len()],
            groups: vec![Vec::new(); instance.groups.len()],
            weeks: ParticipantIx::all(instance.participants.len())
                .map(|participant| Week { participant, seats: Vec::new(), attended: Vec::new() })
                .collect(),
            by_id: HashMap::with_capacity(booked.len()),
        };
        for b in booked {
            let session = Seen::new(instance, b, instance.previous_named(&b.id));
            let near = |at: i32| (-FAR_AWAY..=FAR_AWAY).contains(&at);
            if !(session.fact() || near(b.start) && near(b.end)) {
                view.far.push(session);
                continue;
            }
            view.by_id.insert(&b.id, view.sessions.len());
            view.sessions.push(session);
            if let Some(room) = b.room {
                view.rooms[room.i()].push(session);
            }
            if let Owner::Group(group) = b.owner {
                view.groups[group.i()].push(session);
            }
            for clinician in set(b.clinicians.iter().copied()) {
                view.clinicians[clinician.i()].push(session);
            }
            for participant in set(b.participants.iter().copied()) {
                view.weeks[participant.i()].take_in(instance, session);
            }
        }
        for list in view.rooms.iter_mut().chain(&mut view.clinicians) {
            list.sort_by_key(|s| s.start);
        }
        view.weeks.iter_mut().for_each(Week::sort);
        view
    }

    /// The session with this id; the last of several.
    pub fn named(&self, id: &str) -> Option<&Seen<'a>> {
        self.by_id.get(id).map(|&k| &self.sessions[k])
    }

    /// The sessions that are not facts.
    pub fn fresh(&self) -> impl Iterator<Item = &Seen<'a>> {
        self.sessions.iter().filter(|s| !s.fact())
    }

    /// Each clinician with its sessions.
    pub fn staff(&self) -> impl Iterator<Item = (ClinicianIx, &[Seen<'a>])> {
        ClinicianIx::all(self.clinicians.len()).zip(&self.clinicians).map(|(c, s)| (c, s.as_slice()))
    }

    /// Each room with its sessions.
    pub fn room_use(&self) -> impl Iterator<Item = (RoomIx, &[Seen<'a>])> {
        RoomIx::all(self.rooms.len()).zip(&self.rooms).map(|(r, s)| (r, s.as_slice()))
    }

    /// Each group with its meetings.
    pub fn series(&self) -> impl Iterator<Item = (GroupIx, &[Seen<'a>])> {
        GroupIx::all(self.groups.len()).zip(&self.groups).map(|(g, s)| (g, s.as_slice()))
    }
}

/// The service of a group or order.
pub(crate) fn own_service(instance: &Instance, owner: Owner) -> Option<ServiceIx> {
    match owner {
        Owner::Group(g) => Some(instance.groups[g.i()].service),
        Owner::Order(o) => Some(instance.orders[o.i()].service),
        Owner::Gone => None,
    }
}

/// Sorted, each once.
pub(crate) fn set<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}
