//! The calendar at hand, prepared for asking about thousands of places: who and what is busy when.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use super::{clinician, code::Code, held};
use crate::{
    instance::{Booked, ClinicianIx, GroupIx, Instance, Minute, RoomIx, ServiceIx, SiteIx, Span, Spans},
    problem::Modality,
    rules::{
        facts::facts,
        h02_time::{in_week, on_grid},
        h16_travel::{Worked, worked},
        h17_workload::minutes,
        view::{Seen, View},
    },
};

/// Starts by grid minutes and zone, each list made once.
type StartLists = HashMap<(i32, usize), Rc<[Minute]>>;

/// What of a clinician's week forbids each start of a list: for each service, modality, place (the site, or for telehealth
/// the zone) and clinician that was asked for.
type Hours = HashMap<(ServiceIx, Modality, usize, ClinicianIx), Rc<[Option<Code>]>>;

/// Minutes used: all, and those of facts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Used {
    pub all: i64,
    pub facts: i64,
}

impl Used {
    pub fn of(sessions: &[Seen]) -> Self {
        Used { all: minutes(sessions), facts: minutes(&facts(sessions)) }
    }
}

/// A clinician's week as it stands.
pub(super) struct Staff<'a> {
    /// In session or documenting.
    pub busy: Spans,
    /// Session minutes of each day that has any.
    pub days: HashMap<i32, Used>,
    /// Session minutes of the week.
    pub week: Used,
    /// Shifts worked in person.
    pub worked: Vec<Worked<'a>>,
}

/// The calendar at hand.
pub(super) struct Standing<'a> {
    pub instance: &'a Instance,
    pub view: View<'a>,
    pub staff: Vec<Staff<'a>>,
    /// When each room is in use or turned over.
    pub rooms: Vec<Spans>,
    starts: RefCell<StartLists>,
    hours: RefCell<Hours>,
    /// What keeps groups from meeting, of those that were asked about.
    held: RefCell<HashMap<GroupIx, Rc<str>>>,
}

impl<'a> Standing<'a> {
    pub fn new(instance: &'a Instance, sessions: &'a [Booked]) -> Self {
        let view = View::new(instance, sessions);
        let staff = view.staff().map(|(c, sessions)| one(instance, c, sessions)).collect();
        let rooms = view.room_use().map(|(room, sessions)| {
            let turnover = instance.rooms[room.i()].turnover;
            Spans::merged(sessions.iter().map(|s| Span::new(s.start, s.end.saturating_add(turnover))))
        });
        Standing {
            instance,
            rooms: rooms.collect(),
            staff,
            view,
            starts: RefCell::default(),
            hours: RefCell::default(),
            held: RefCell::default(),
        }
    }

    /// The starts on the grid of a service inside the week of a site.
    pub fn starts(&self, service: ServiceIx, site: SiteIx) -> Rc<[Minute]> {
        let instance = self.instance;
        let key = (instance.services[service.i()].every, instance.sites[site.i()].zone);
        let mut known = self.starts.borrow_mut();
        let list = known.entry(key).or_insert_with(|| {
            // The week of any zone, whose midnight is at most a day off that of the axis.
            let minutes = -1440..9 * 1440;
            minutes.filter(|&t| in_week(instance, site, t) && on_grid(instance, service, site, t)).collect()
        });
        list.clone()
    }

    /// What of a clinician's week forbids a session of a service at each of its starts (see [`Self::starts`]).
    pub fn hours(&self, service: ServiceIx, modality: Modality, site: SiteIx, c: ClinicianIx) -> Rc<[Option<Code>]> {
        let place = match modality {
            Modality::InPerson => site.i(),
            Modality::Telehealth => self.instance.sites[site.i()].zone,
        };
        let key = (service, modality, place, c);
        if let Some(known) = self.hours.borrow().get(&key) {
            return known.clone();
        }
        let kind = &self.instance.services[service.i()];
        let starts = self.starts(service, site);
        let code = |&start: &Minute| {
            let span = Span::new(start, start.saturating_add(kind.minutes));
            let busy = Span::new(start, span.end.saturating_add(kind.documentation));
            clinician::week(self, c, span, busy, modality, site)
        };
        let hours: Rc<[Option<Code>]> = starts.iter().map(code).collect();
        self.hours.borrow_mut().insert(key, hours.clone());
        hours
    }

    /// What keeps a group from meeting, in a few words.
    pub fn why_not_held(&self, g: GroupIx) -> Rc<str> {
        if let Some(known) = self.held.borrow().get(&g) {
            return known.clone();
        }
        let words: Rc<str> = held::words(self, g).into();
        self.held.borrow_mut().insert(g, words.clone());
        words
    }

    /// When a session in this room would be in its way.
    pub fn room_taken(&self, room: RoomIx, span: Span) -> bool {
        let turnover = self.instance.rooms[room.i()].turnover;
        self.rooms[room.i()].touches(Span::new(span.start, span.end.saturating_add(turnover)))
    }
}

fn one<'a>(instance: &Instance, c: ClinicianIx, sessions: &[Seen<'a>]) -> Staff<'a> {
    let mut days: HashMap<i32, Vec<Seen>> = HashMap::new();
    for s in sessions {
        days.entry(instance.clinician_day(c, s.start)).or_default().push(*s);
    }
    Staff {
        busy: Spans::merged(sessions.iter().map(Seen::busy)),
        days: days.into_iter().map(|(day, sessions)| (day, Used::of(&sessions))).collect(),
        week: Used::of(sessions),
        worked: worked(instance, c, sessions),
    }
}
