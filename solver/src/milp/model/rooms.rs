//! Rooms: those that nothing tells apart form a class, in which a session takes one of so many; which one is settled
//! afterwards, as intervals are coloured.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use good_lp::{Expression, Variable, constraint};

use super::fixed::Fixed;
use crate::{
    instance::{Booked, Instance, Minute, RoomIx, Span},
    milp::Program,
};

/// Position in the table of classes.
pub type ClassIx = usize;

/// Rooms that nothing tells apart.
pub struct Class {
    pub rooms: Vec<RoomIx>,
    pub turnover: i32,
    pub capacity: u32,
}

/// A session that may take a room of a class.
struct Stay {
    span: Span,
    variable: Variable,
}

/// The classes and what may use them.
pub struct Rooms {
    pub classes: Vec<Class>,
    of: HashMap<RoomIx, ClassIx>,
    /// When fixed sessions hold rooms of a class, by class.
    fixed: Vec<Vec<Span>>,
    stays: Vec<Vec<Stay>>,
}

impl Rooms {
    /// The classes of an instance. With a calendar of this week so far each room is its own: it matters which one it is.
    pub fn new(instance: &Instance, fixed: &Fixed) -> Self {
        let mut classes: Vec<Class> = Vec::new();
        let mut of = HashMap::new();
        for r in RoomIx::all(instance.rooms.len()) {
            let (data, wire) = (&instance.rooms[r.i()], &instance.problem.rooms[r.i()]);
            let features: BTreeSet<&String> = wire.features.iter().collect();
            let same = |c: &Class| {
                let Some(first) = c.rooms.first() else { return false };
                let (other, theirs) = (&instance.rooms[first.i()], &instance.problem.rooms[first.i()]);
                instance.previous.is_empty()
                    && other.site == data.site
                    && other.capacity == data.capacity
                    && other.turnover == data.turnover
                    && other.open == data.open
                    && theirs.features.iter().collect::<BTreeSet<_>>() == features
            };
            let class = classes.iter().position(same).unwrap_or_else(|| {
                classes.push(Class { rooms: Vec::new(), turnover: data.turnover, capacity: data.capacity });
                classes.len() - 1
            });
            if let Some(c) = classes.get_mut(class) {
                c.rooms.push(r);
            }
            of.insert(r, class);
        }
        let busy = |c: &Class| c.rooms.iter().flat_map(|r| fixed.stays.get(r).into_iter().flatten()).copied().collect();
        let fixed = classes.iter().map(busy).collect();
        let stays = classes.iter().map(|_| Vec::new()).collect();
        Rooms { classes, of, fixed, stays }
    }

    /// The class of a room.
    pub fn class(&self, room: RoomIx) -> Option<ClassIx> {
        self.of.get(&room).copied()
    }

    /// How many rooms of a class are free of fixed sessions throughout a session of `span`.
    pub fn left(&self, class: ClassIx, span: Span) -> usize {
        let (Some(data), Some(fixed)) = (self.classes.get(class), self.fixed.get(class)) else { return 0 };
        let span = Span::new(span.start, span.end + data.turnover);
        let within = || fixed.iter().filter(|f| f.overlaps(span));
        let peak = within()
            .map(|f| f.start.max(span.start))
            .map(|at| within().filter(|f| f.start <= at && at < f.end).count())
            .max();
        data.rooms.len().saturating_sub(peak.unwrap_or(0))
    }

    /// Notes that `variable` takes a room of the class.
    pub fn note(&mut self, class: ClassIx, span: Span, variable: Variable) {
        let turnover = self.classes.get(class).map_or(0, |c| c.turnover);
        if let Some(stays) = self.stays.get_mut(class) {
            stays.push(Stay { span: Span::new(span.start, span.end + turnover), variable });
        }
    }

    /// At no moment more sessions in a class than it has rooms left (H7).
    pub fn constrain(&self, program: &mut Program) {
        for ((class, fixed), stays) in self.classes.iter().zip(&self.fixed).zip(&self.stays) {
            let moments: BTreeSet<Minute> =
                stays.iter().map(|s| s.span.start).chain(fixed.iter().map(|f| f.start)).collect();
            let mut seen = BTreeSet::new();
            for at in moments {
                let active: Vec<usize> = (0..stays.len()).filter(|&k| holds(stays[k].span, at)).collect();
                let left = class.rooms.len().saturating_sub(fixed.iter().filter(|f| holds(**f, at)).count());
                if active.len() > left && seen.insert((active.clone(), left)) {
                    let sum: Expression = active.iter().map(|&k| stays[k].variable).sum();
                    program.hold(constraint!(sum <= left as f64));
                }
            }
        }
    }

    /// Gives every session of a calendar a room of its class; `wanted` holds the class of those that are not fixed. Fixed
    /// sessions may change to a room that nothing tells apart from theirs.
    pub fn settle(&self, calendar: &mut [Booked], wanted: &BTreeMap<usize, ClassIx>) -> bool {
        let mut order: Vec<usize> = (0..calendar.len()).collect();
        order.sort_by_key(|&k| calendar[k].start);
        let mut busy: HashMap<RoomIx, Minute> = HashMap::new();
        for k in order {
            let class = match wanted.get(&k) {
                Some(&class) => class,
                None => match calendar[k].room.and_then(|r| self.class(r)) {
                    Some(class) => class,
                    None => continue,
                },
            };
            let Some(data) = self.classes.get(class) else { return false };
            let (start, end) = (calendar[k].start, calendar[k].end + data.turnover);
            // A class of one room holds what it holds: facts may overlap in it.
            let free = match data.rooms.as_slice() {
                [only] => Some(only),
                rooms => rooms.iter().find(|r| busy.get(r).is_none_or(|&until| until <= start)),
            };
            let Some(&room) = free else { return false };
            busy.insert(room, end);
            calendar[k].room = Some(room);
        }
        true
    }
}

fn holds(span: Span, at: Minute) -> bool {
    span.start <= at && at < span.end
}
