//! The kinds of small changes, smallest first: for which codes each may help, what it widens to see what would be possible,
//! and the least change that a way found so needs.

use super::{commitment, group, person, place, staff, telehealth};
use crate::{
    calendar::{Session, Unmet},
    instance::{Booked, ClinicianIx, Instance, OrderIx, ParticipantIx},
    problem::{Id, Problem},
    rules::{names, verdict::listed},
    scenario::edits::Edit,
    search::places::Way,
};

/// A part of a change, which may turn out not to be needed: edits, and what they say in words (`Ana stays until 18:00 on
/// Tuesday`).
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub edits: Vec<Edit>,
    pub words: String,
    /// The order that the single session by telehealth is of, where it becomes one of its own.
    pub apart: Option<Id>,
}

impl Part {
    /// One part.
    pub fn new(edits: Vec<Edit>, words: String) -> Self {
        Part { edits, words, apart: None }
    }

    /// A change of one part.
    pub fn one(edits: Vec<Edit>, words: String) -> Option<Change> {
        Some(vec![Part::new(edits, words)])
    }
}

/// What a way needs.
pub(super) type Change = Vec<Part>;

/// A change, if there is anything in it.
pub(super) fn unless_empty(change: Change) -> Option<Change> {
    if change.is_empty() { None } else { Some(change) }
}

/// A kind of change.
pub(super) struct Kind {
    /// Its name.
    pub name: &'static str,
    /// What was tried, in words.
    pub tried: &'static str,
    /// Codes for which it may help; none listed: for all.
    pub helps: &'static [&'static str],
    /// Where it looks.
    pub look: Look,
    /// Whether it is tried only where nothing smaller helps.
    pub last_resort: bool,
    /// Widens all of its kind for these orders.
    pub widen: fn(&mut Problem, &Instance, &[OrderIx]),
    /// The change that the way needs; none where it needs another kind of change.
    pub narrow: fn(&Case) -> Option<Change>,
}

/// Where a kind of change looks for places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// In the calendar at hand.
    AsItIs,
    /// In the calendar at hand, where one other session moves.
    Displacing,
    /// In the widened problem.
    Widened,
    /// In the widened problem, where other sessions of the same participant move.
    Rearranging,
}

impl Kind {
    /// Whether it may help an order with these reasons.
    pub fn may_help(&self, unmet: &Unmet) -> bool {
        self.helps.is_empty() || unmet.reasons.iter().any(|r| self.helps.contains(&r.code))
    }
}

/// A way for an order, found in the widened problem.
pub(super) struct Case<'a> {
    /// The problem as it is.
    pub instance: &'a Instance,
    /// The widened one; what both have is at the same position.
    pub wide: &'a Instance,
    /// The calendar at hand.
    pub standing: &'a [Booked],
    /// The order.
    pub order: OrderIx,
    /// The way.
    pub way: &'a Way,
}

impl Case<'_> {
    /// Whose order it is.
    pub fn participant(&self) -> ParticipantIx {
        self.instance.orders[self.order.i()].participant
    }

    /// The path of the participant.
    pub fn person(&self) -> String {
        format!("/participants/{}", names::participant(self.instance, self.participant()))
    }

    /// The path of the order.
    pub fn order_path(&self) -> String {
        format!("{}/orders/{}", self.person(), names::order(self.instance, self.order))
    }

    /// Sessions that are gained or move.
    pub fn changed(&self) -> impl Iterator<Item = &Booked> {
        self.way.gained.iter().chain(&self.way.moved)
    }

    /// Whether it is one of the clinicians that there are.
    pub fn knows(&self, c: ClinicianIx) -> bool {
        c.i() < self.instance.clinicians.len()
    }

    /// The only session that is gained; none where it is several.
    pub fn session(&self) -> Option<&Booked> {
        match self.way.gained.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Hour and weekday of a session, as its site says it.
    pub fn when(&self, s: &Booked) -> String {
        s.site.map_or(String::new(), |site| names::hour_at(self.wide, site, s.start))
    }
}

/// All kinds, smallest first.
pub(super) const KINDS: [Kind; 28] = [
    person::FREE,
    person::MOVE,
    person::REARRANGE,
    person::ONE_PER_DAY,
    person::WINDOWS,
    telehealth::TELEHEALTH,
    person::NAMED,
    commitment::MOVED,
    commitment::GIVES_WAY,
    group::MAXIMUM,
    place::CAPACITY,
    group::MINIMUM,
    group::HOURS,
    group::LEADERS,
    staff::LONGER_SHIFT,
    place::HOURS,
    place::FEATURES,
    person::LIMITS,
    staff::LIMITS,
    person::FAMILY,
    staff::INTERPRETER,
    SEVERAL,
    REARRANGED,
    staff::MUCH_LONGER_SHIFT,
    group::NEW,
    place::NEW,
    staff::NEW,
    STAFFED,
];

/// Some small changes together.
const SEVERAL: Kind = Kind {
    name: "several-changes",
    tried: "two or three of these changes together",
    helps: &[],
    look: Look::Widened,
    last_resort: true,
    widen: |problem, instance, orders| TOGETHER.iter().for_each(|kind| (kind.widen)(problem, instance, orders)),
    narrow: together,
};

/// Some small changes together, the limits of the plan of care too, and other sessions of the participant that move.
const REARRANGED: Kind = Kind {
    tried: "these changes with other sessions of the participant moved and more than the plan of care allows",
    look: Look::Rearranging,
    widen: |problem, instance, orders| {
        (SEVERAL.widen)(problem, instance, orders);
        (person::LIMITS.widen)(problem, instance, orders);
    },
    narrow: |case| {
        let parts = [together(case), (person::LIMITS.narrow)(case)];
        unless_empty(parts.into_iter().flatten().flatten().collect())
    },
    ..SEVERAL
};

/// A new clinician, and what else it takes; a new group too.
const STAFFED: Kind = Kind {
    tried: "one more clinician with some of these changes, or with one more group",
    widen: |problem, instance, orders| {
        (SEVERAL.widen)(problem, instance, orders);
        staff::hire(problem, instance, staff::likely(instance, orders));
        (group::NEW.widen)(problem, instance, orders);
    },
    narrow: |case| {
        let mut change = (staff::NEW.narrow)(case)?;
        change.extend([(group::NEW.narrow)(case), together(case)].into_iter().flatten().flatten());
        Some(change)
    },
    ..staff::NEW
};

fn together(case: &Case) -> Option<Change> {
    unless_empty(TOGETHER.iter().filter_map(|kind| (kind.narrow)(case)).flatten().collect())
}

/// The small changes that are tried together.
const TOGETHER: [Kind; 16] = [
    person::ONE_PER_DAY,
    person::WINDOWS,
    telehealth::TELEHEALTH,
    person::NAMED,
    commitment::GIVES_WAY,
    group::MAXIMUM,
    place::CAPACITY,
    group::MINIMUM,
    group::HOURS,
    group::LEADERS,
    staff::LONGER_SHIFT,
    place::HOURS,
    place::FEATURES,
    staff::LIMITS,
    person::FAMILY,
    staff::INTERPRETER,
];

/// The change and what becomes possible, as a sentence.
pub(super) fn sentence(case: &Case, change: &[Part], sessions: &[Session], moves: &[Session]) -> String {
    let when = Session::when;
    let place = |s: &Session| s.room.as_ref().map_or("by telehealth".to_owned(), |room| format!("in {room}"));
    let team = |s: &Session| listed(s.clinicians.iter().map(|c| called(case.wide, c)));
    let order = names::order(case.instance, case.order);
    let group = sessions.iter().find_map(|s| s.group.as_ref());
    let gained: Vec<String> = sessions
        .iter()
        .map(|s| match &s.group {
            Some(_) => when(s),
            None => format!("{} with {} {}", when(s), team(s), place(s)),
        })
        .collect();
    let gained = listed(gained.iter().map(String::as_str));
    let then = match group {
        Some(group) => format!("{order} gets a seat in {group} on {gained}"),
        None => format!("{order} has a place on {gained}"),
    };
    let moved: Vec<String> = moves
        .iter()
        .map(|s| {
            let people: Vec<&str> = s.participants.iter().map(|p| &**p).collect();
            format!("{} ({}) moves to {} with {} {}", s.id, people.join(", "), when(s), team(s), place(s))
        })
        .collect();
    let conditions: Vec<&str> =
        change.iter().map(|part| part.words.as_str()).chain(moved.iter().map(String::as_str)).collect();
    match conditions.is_empty() {
        true => format!("{then}."),
        false => format!("If {}, {then}.", listed(conditions)),
    }
}

/// The name of a clinician.
pub(super) fn called<'a>(instance: &'a Instance, id: &'a str) -> &'a str {
    instance.clinician_named(id).map_or(id, |c| names::called(instance, c))
}
