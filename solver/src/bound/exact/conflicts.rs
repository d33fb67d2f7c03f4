//! What clinicians and rooms forbid: where the best weeks around settled meetings want a clinician or a room twice at a time,
//! the search branches on who gives way.

use std::{cmp::Reverse, collections::BTreeMap, rc::Rc};

use super::{
    NEVER, Proof,
    attendance::Meeting,
    crowds::crowd,
    day::{Bar, Chosen, From, Terms},
    meetings::{Choice, Starts, Way},
    person::WEEK,
    tolls::{Minutes, Tolls},
    walks::Walked,
};
use crate::instance::{ClinicianIx, Minute, OrderIx, ParticipantIx, Span};

/// Nodes before tolls are looked for: with tolls at hand a look or two settle more than many nodes without.
const FEW: usize = 3;

/// Nodes without tolls where tolls alone do not settle it.
const SOME: usize = 60;

/// Most nodes for one choice of starts before its bound is taken as it is.
const MOST: usize = 20_000;

/// Conflicts of a node of which the one is taken whose branches cost most.
const TRIED: usize = 6;

/// Costs are multiplied by it where sessions in each other's way are shunned, or tolls paid.
pub const SCALE: i64 = 4096;

/// A node: what is forbidden to whom, and which leaders are settled.
#[derive(Clone)]
pub struct Node {
    /// By person.
    bars: Vec<Vec<Bar>>,
    /// By busy day: its leaders, as a position among its ways, where they are settled.
    pub led: Vec<Option<usize>>,
    /// By person: the best week, where the bars are those under which it was found.
    weeks: Vec<Option<Rc<Week>>>,
}

impl Node {
    /// Nothing forbidden or settled.
    pub fn root(people: usize, busy: usize) -> Self {
        Node { bars: vec![Vec::new(); people], led: vec![None; busy], weeks: vec![None; people] }
    }
}

/// What a node costs at least, and the sessions of its best weeks.
pub struct Look {
    /// At least: a multiple of the unit of costs.
    pub bound: i64,
    /// The same, scaled and not rounded.
    pub value: i64,
    /// The single sessions.
    pub stints: Vec<Stint>,
    /// Who leads meetings when, by the ways with the least tolls; of days whose starts are open only with tolls.
    pub duties: Vec<Duty>,
}

/// A person's best week.
struct Week {
    /// Scaled.
    cost: i64,
    /// The single sessions.
    stints: Vec<Stint>,
}

/// A single session of a week in the making.
#[derive(Clone, Copy)]
pub struct Stint {
    /// Whose.
    pub person: usize,
    /// Who gives it, where that is looked at.
    pub clinician: Option<ClinicianIx>,
    /// Its order.
    pub order: OrderIx,
    /// When its clinician is busy.
    pub span: Span,
    /// When its room is.
    pub in_room: Span,
    /// The rooms that it could use, as a set.
    pub rooms: u64,
}

/// Who leads a meeting, and when.
type Duty = (ClinicianIx, Span);

/// Nodes that branches lead to: the least that they cost, how many, themselves.
type Children = (i64, usize, Vec<(Node, Look)>);

/// Something that is wanted twice.
struct Conflict {
    /// On which day.
    day: usize,
    /// Nodes that cover all weeks in which it is not.
    nodes: Vec<Node>,
}

/// How a search over nodes ended.
enum End {
    /// All that is left costs at least the limit.
    Settled,
    /// Nothing known here forbids weeks of this cost, and the rest costs as much.
    Found(Node, Look),
    /// Too many nodes; all that is left costs at least this.
    TooMany(i64),
}

impl Proof<'_> {
    /// Looks for weeks below the limit in which no clinician and no room is wanted twice at a time; what is found lowers the
    /// limit. Where neither a few nodes settle it, nor tolls, beginning with those that are given, nor more nodes, the nodes go on
    /// under the tolls.
    pub(super) fn resolve(&mut self, starts: Starts, tolls: &Rc<Minutes>) {
        let first = self.first();
        if self.settled(starts, first) {
            return;
        }
        let Some(minutes) = self.tolls(starts, tolls) else { return };
        if first < SOME && self.settled(starts, SOME) {
            return;
        }
        let tolls = Tolls::new(&minutes);
        self.walks.under(&minutes, &self.midnights, self.reach);
        if let End::TooMany(least) = self.branch(Starts { tolls: Some(&tolls), ..starts }, MOST) {
            match &mut self.left {
                // The search after the short one may not come here.
                Some(left) => *left = 0,
                // It is left at that: what is below costs at least as much.
                None => self.lower(least),
            }
        }
    }

    /// How many nodes come before tolls: few, but for the short search, which is there to see who is in whose way.
    fn first(&self) -> usize {
        if self.left.is_some() { SOME } else { FEW }
    }

    /// Whether so many nodes without tolls tell all; what is found lowers the limit.
    fn settled(&mut self, starts: Starts, most: usize) -> bool {
        let end = self.branch(starts, most);
        if let End::Found(node, look) = &end {
            self.found(starts, node, look);
        }
        !matches!(end, End::TooMany(_))
    }

    /// Whether weeks below the limit may be possible where only the first days' starts are settled, and everybody may have the
    /// other days' meetings at the starts that suit; if so, with the tolls that were found.
    pub(super) fn possible(&mut self, starts: Starts, tolls: &Rc<Minutes>) -> Option<Rc<Minutes>> {
        let first = self.first();
        let tolls = match self.branch(starts, first) {
            End::Settled => return None,
            End::Found(..) => return Some(tolls.clone()),
            End::TooMany(_) => self.tolls(starts, tolls)?,
        };
        if first < SOME && matches!(self.branch(starts, SOME), End::Settled) {
            return None;
        }
        Some(tolls)
    }

    /// Takes note of weeks in which nobody is wanted twice, and offers them.
    fn found(&mut self, starts: Starts, node: &Node, look: &Look) {
        self.lower(look.bound);
        self.witness.found(&self.sessions(starts, node, &look.stints));
    }

    /// Searches nodes, the cheapest first.
    fn branch(&mut self, starts: Starts, most: usize) -> End {
        let root = Node::root(self.people.len(), starts.choice.busy.len());
        // Of equals the latest: the first without a conflict is the cheapest there is.
        let mut open: BTreeMap<(i64, Reverse<usize>), (Node, Look)> = BTreeMap::new();
        let mut looked = 0;
        let mut fresh = self.viable(starts, vec![root]);
        loop {
            for (node, look) in fresh.drain(..) {
                looked += 1;
                open.insert((look.bound, Reverse(looked)), (node, look));
            }
            let Some(((bound, _), (node, look))) = open.pop_first() else { return End::Settled };
            if bound >= self.limit() || self.is_over() {
                return End::Settled;
            }
            if looked > most {
                return End::TooMany(bound);
            }
            let mut conflicts = self.branches(starts, &node, &look.stints);
            if conflicts.is_empty() && starts.tolls.is_none() {
                return End::Found(node, look);
            }
            if conflicts.is_empty() {
                // Nobody is wanted twice who costs toll; whether anybody is for nothing, weeks without tolls tell.
                let plain = Node { weeks: vec![None; self.people.len()], ..node.clone() };
                let untolled = Starts { tolls: None, ..starts };
                let Some((plain, look)) = self.viable(untolled, vec![plain]).pop() else { continue };
                conflicts = self.branches(starts, &plain, &look.stints);
                if conflicts.is_empty() {
                    self.found(untolled, &plain, &look);
                    continue;
                }
                // Its weeks are those without tolls.
                for next in conflicts.iter_mut().flat_map(|c| &mut c.nodes) {
                    next.weeks.fill(None);
                }
            }
            let mut dearest: Option<Children> = None;
            for conflict in conflicts {
                self.clashes[conflict.day] += 1;
                let children = self.viable(starts, conflict.nodes);
                let least = children.iter().map(|c| c.1.bound).min().unwrap_or(NEVER);
                if dearest.as_ref().is_none_or(|d| (least, Reverse(children.len())) > (d.0, Reverse(d.1))) {
                    dearest = Some((least, children.len(), children));
                }
                if least >= NEVER {
                    break;
                }
            }
            fresh = dearest.map_or(Vec::new(), |d| d.2);
        }
    }

    /// The nodes that may cost less than the limit.
    fn viable(&mut self, starts: Starts, nodes: Vec<Node>) -> Vec<(Node, Look)> {
        let mut viable = Vec::with_capacity(nodes.len());
        for mut node in nodes {
            if let Some(look) = self.look(starts, &mut node)
                && look.bound < self.limit()
            {
                viable.push((node, look));
            }
        }
        viable
    }

    /// The best weeks of all under the node's bars. Without tolls, among weeks of the same cost those are preferred in which a
    /// clinician is wanted least often twice.
    pub(super) fn look(&mut self, starts: Starts, node: &mut Node) -> Option<Look> {
        let tolls = starts.tolls;
        let mut value = starts.choice.fixed * SCALE - tolls.map_or(0, Tolls::all);
        let toll = |duties: &[Duty]| tolls.map_or(0, |tolls| duties.iter().map(|&(c, span)| tolls.of(c, span)).sum());
        let mut duties: Vec<Duty> = Vec::new();
        for (k, busy) in starts.choice.busy.iter().enumerate() {
            let led = |way: &Way| self.duties(&busy.meetings, way);
            let today: Vec<Vec<Duty>> = match (starts.chosen.get(k), node.led[k]) {
                (Some(&t), Some(way)) => vec![led(&busy.timings[t].ways[way])],
                (Some(&t), None) => busy.timings[t].ways.iter().map(led).collect(),
                (None, _) if tolls.is_some() => busy.timings.iter().flat_map(|t| &t.ways).map(led).collect(),
                (None, _) => continue,
            };
            let (least, led) = today.into_iter().map(|duties| (toll(&duties), duties)).min_by_key(|d| d.0)?;
            value += least;
            duties.extend(led);
        }
        for p in 0..self.people.len() {
            if node.weeks[p].is_none() {
                let mut shunned: Vec<Bar> = Vec::new();
                if tolls.is_none() {
                    let others = node.weeks.iter().enumerate().filter(|o| o.0 != p).filter_map(|o| o.1.as_ref());
                    let stints = others.flat_map(|w| &w.stints);
                    shunned.extend(stints.filter_map(|s| Some(self.bar(None, From::Clinician(s.clinician?), s.span))));
                    shunned.extend(duties.iter().map(|&(c, span)| self.bar(None, From::Clinician(c), span)));
                }
                let terms = Terms { bars: &node.bars[p], shunned: &shunned, scale: SCALE, tolls };
                node.weeks[p] = Some(Rc::new(self.week(starts, p, &terms)?));
            }
            // What shunning added is no cost.
            let cost = node.weeks[p].as_ref().map_or(0, |w| w.cost);
            value += if tolls.is_some() { cost } else { cost.div_euclid(SCALE) * SCALE };
        }
        let stints = node.weeks.iter().flatten().flat_map(|w| w.stints.iter().copied()).collect();
        let unit = SCALE * self.unit;
        let bound = (value.div_euclid(unit) + i64::from(value.rem_euclid(unit) != 0)) * self.unit;
        Some(Look { bound, value, stints, duties })
    }

    /// A person's best week; none where there is none.
    fn week(&mut self, starts: Starts, p: usize, terms: &Terms<'_>) -> Option<Week> {
        let busy = &starts.choice.busy;
        let mut days: Vec<(Rc<Walked>, bool)> = Vec::with_capacity(WEEK);
        for d in 0..WEEK {
            let seats = match busy.iter().position(|b| b.day == d) {
                None => Vec::new(),
                Some(k) => match starts.chosen.get(k) {
                    Some(&t) => self.seats(p, &Choice::met(&busy[k].meetings, &busy[k].timings[t].starts, p)),
                    None if busy[k].open[p].seated() => {
                        days.push((self.open(p, d, &busy[k].open[p], terms), true));
                        continue;
                    }
                    None => Vec::new(),
                },
            };
            let seated = !seats.is_empty();
            days.push((self.walked(p, d, seats, terms), seated));
        }
        let costs: Vec<(&[i64], bool)> = days.iter().map(|d| (d.0.costs.as_slice(), d.1)).collect();
        let (cost, sets) = self.people[p].choose(&costs, starts.choice.dose[p], terms.scale)?;
        if cost >= NEVER {
            return None;
        }
        let sessions = days.iter().zip(sets).flat_map(|(day, set)| day.0.sessions(set));
        Some(Week { cost, stints: sessions.map(|c| self.stint(p, *c)).collect() })
    }

    fn stint(&self, p: usize, c: Chosen) -> Stint {
        let single = &self.people[p].singles[c.single];
        let span = |minutes: i32| Span::new(c.start, c.start + minutes);
        Stint {
            person: p,
            clinician: c.clinician,
            order: single.order,
            span: span(single.busy),
            in_room: span(single.minutes),
            rooms: c.rooms,
        }
    }

    /// What follows from a clinician or a room wanted twice: for each conflict nodes that cover all weeks in which it is not
    /// there.
    fn branches(&self, starts: Starts, node: &Node, stints: &[Stint]) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for (k, a) in stints.iter().enumerate() {
            for b in &stints[..k] {
                // Sessions of one order can't be told apart by their order; they are left as they are.
                if let Some(c) = a.clinician.filter(|_| a.clinician == b.clinician)
                    && a.order != b.order
                    && a.span.overlaps(b.span)
                {
                    let minute = a.span.start.max(b.span.start);
                    let nodes = [a, b].map(|s| self.without(node, s, From::Clinician(c), minute)).into();
                    conflicts.push(Conflict { day: self.day_of(minute), nodes });
                }
                if conflicts.len() >= TRIED {
                    return conflicts;
                }
            }
        }
        for (k, (busy, timing)) in starts.settled().enumerate() {
            if node.led[k].is_some() {
                continue;
            }
            if timing.ways.iter().any(|way| self.is_free(&busy.meetings, way, stints)) {
                continue;
            }
            // Whoever leads is not there for single sessions.
            let lead = |(w, way): (usize, &Way)| {
                let mut next = node.clone();
                next.led[k] = Some(w);
                for (clinician, span) in self.duties(&busy.meetings, way) {
                    for p in 0..self.people.len() {
                        next.weeks[p] = None;
                        next.bars[p].push(self.bar(None, From::Clinician(clinician), span));
                    }
                }
                next
            };
            conflicts.push(Conflict { day: busy.day, nodes: timing.ways.iter().enumerate().map(lead).collect() });
        }
        if conflicts.is_empty() {
            conflicts.extend(self.crowded(starts, node, stints));
        }
        conflicts
    }

    /// The day of a minute; all calendars here are in one time zone.
    pub(super) fn day_of(&self, minute: Minute) -> usize {
        let anybody = self.people.first().map_or(ParticipantIx(0), |p| p.ix);
        self.instance.participant_day(anybody, minute).clamp(0, WEEK as i32 - 1) as usize
    }

    /// The first minute at which the rooms do not suffice: one of the single sessions there has to leave it, or its rooms.
    fn crowded(&self, starts: Starts, node: &Node, stints: &[Stint]) -> Option<Conflict> {
        let mut held: Vec<(Span, u64, Option<&Stint>)> = stints.iter().map(|s| (s.in_room, s.rooms, Some(s))).collect();
        for (busy, timing) in starts.settled() {
            for (m, &start) in busy.meetings.iter().zip(&timing.starts) {
                let group = &self.groups[m.group];
                held.push((Span::new(start, start + group.minutes), group.rooms(busy.day, start), None));
            }
        }
        held.retain(|h| h.1 != 0);
        held.iter().find_map(|&(Span { start: minute, .. }, ..)| {
            let there: Vec<_> = held.iter().filter(|h| h.0.overlaps(Span::new(minute, minute + 1))).collect();
            let (who, rooms) = crowd(&there.iter().map(|h| h.1).collect::<Vec<_>>())?;
            let leave = who.into_iter().filter_map(|w| there[w].2);
            let nodes = leave.map(|s| self.without(node, s, From::Rooms(rooms), minute)).collect();
            Some(Conflict { day: self.day_of(minute), nodes })
        })
    }

    /// The node in which a session's order leaves a minute of a clinician, or of rooms.
    fn without(&self, node: &Node, s: &Stint, from: From, minute: Minute) -> Node {
        let mut next = node.clone();
        next.weeks[s.person] = None;
        next.bars[s.person].push(self.bar(Some(s.order), from, Span::new(minute, minute + 1)));
        next
    }

    /// The longest that a single session keeps anybody or anything.
    pub(super) fn longest(&self) -> Minute {
        let singles = self.people.iter().flat_map(|p| &p.singles);
        singles.map(|s| s.busy.max(s.minutes)).max().unwrap_or(0)
    }

    /// A bar.
    fn bar(&self, order: Option<OrderIx>, from: From, span: Span) -> Bar {
        let days = (self.day_of(span.start - self.longest())..=self.day_of(span.end)).fold(0, |set, d| set | 1 << d);
        Bar { order, from, span, days }
    }

    /// Whether all who lead a day's meetings that way give none of these sessions meanwhile.
    pub fn is_free(&self, meetings: &[Meeting], way: &Way, stints: &[Stint]) -> bool {
        let gives = |(c, span): &Duty| stints.iter().any(|s| s.clinician == Some(*c) && s.span.overlaps(*span));
        !self.duties(meetings, way).iter().any(gives)
    }

    /// Who is busy when with a day's meetings.
    fn duties(&self, meetings: &[Meeting], (starts, leaders): &Way) -> Vec<Duty> {
        let each = meetings.iter().zip(starts).zip(leaders);
        each.filter_map(|((m, &start), c)| Some(((*c)?, Span::new(start, start + self.groups[m.group].busy)))).collect()
    }
}
