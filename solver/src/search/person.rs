//! A participant's week as the search sees it: the sessions attended, day by day, and what one more of them would cost.

use super::tables::{Costs, SlotIx};
use crate::instance::{Minute, OrderIx, PlanData, SiteIx};

/// Days that are told apart: the horizon and one day on either side, for participants in other zones.
pub const DAYS: usize = 9;

/// The position of a local day among [`DAYS`].
pub fn day_slot(day: i32) -> usize {
    (day + 1).clamp(0, DAYS as i32 - 1) as usize
}

/// One attendance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// From.
    pub start: Minute,
    /// To.
    pub end: Minute,
    /// The session's slot.
    pub slot: SlotIx,
    /// The order it serves; none for a fact without order.
    pub order: Option<OrderIx>,
    /// Position of its local day.
    pub day: usize,
    /// By telehealth.
    pub telehealth: bool,
    /// The site where it is booked.
    pub site: SiteIx,
    /// Minutes that count towards the dose.
    pub dose: i32,
    /// What it costs by itself.
    pub own_cost: i64,
    /// The participant missed it: it holds the time, and counts for nothing else.
    pub missed: bool,
    /// It is a fact, which breaks no rule by itself.
    pub fact: bool,
}

/// One day of a participant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    /// Sessions attended.
    pub count: u32,
    /// First start.
    pub first: Minute,
    /// Last end.
    pub last: Minute,
    /// Session minutes.
    pub minutes: i32,
    /// Counted minutes.
    pub dose: i32,
    /// Session minutes of facts.
    pub fact_minutes: i32,
}

impl Day {
    /// The day with one more attendance.
    pub fn with(self, seat: &Seat) -> Day {
        let length = seat.end - seat.start;
        Day {
            count: self.count + 1,
            first: if self.count == 0 { seat.start } else { self.first.min(seat.start) },
            last: if self.count == 0 { seat.end } else { self.last.max(seat.end) },
            minutes: self.minutes + length,
            dose: self.dose + seat.dose,
            fact_minutes: self.fact_minutes + if seat.fact { length } else { 0 },
        }
    }

    /// Attended day, short day and waiting.
    pub fn cost(&self, plan: &PlanData, costs: &Costs) -> i64 {
        if self.count == 0 {
            return 0;
        }
        costs.attended_day
            + costs.short_day * i64::from((plan.min_day - self.dose).max(0))
            + costs.wait * i64::from(self.last - self.first - self.minutes)
    }
}

/// What a participant's week adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// The days.
    pub days: [Day; DAYS],
    /// Counted minutes of the week.
    pub dose: i32,
    /// Counted minutes of the week that are facts.
    pub fact_dose: i32,
    /// Days attended.
    pub attended: i32,
    /// Days attended by facts.
    pub fact_days: i32,
}

/// A participant's week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Attendances by start.
    pub seats: Vec<Seat>,
    /// What they add up to.
    pub tally: Tally,
}

impl Tally {
    /// Shortfall and missing days.
    pub fn week_cost(dose: i32, days: i32, plan: &PlanData, costs: &Costs) -> i64 {
        costs.shortfall * i64::from((plan.min_week - dose).max(0))
            + costs.missing_day * i64::from((plan.min_days - days).max(0))
    }

    /// What one more attendance adds to days and week.
    pub fn cost_of(&self, seat: &Seat, plan: &PlanData, costs: &Costs) -> i64 {
        let day = self.days[seat.day];
        let attended = self.attended + i32::from(day.count == 0);
        day.with(seat).cost(plan, costs) - day.cost(plan, costs)
            + Tally::week_cost(self.dose + seat.dose, attended, plan, costs)
            - Tally::week_cost(self.dose, self.attended, plan, costs)
    }

    /// What one more attendance like `seat` would add on each day, waiting aside; see [`Tally::wait_of`].
    pub fn day_costs(&self, seat: &Seat, plan: &PlanData, costs: &Costs) -> [i64; DAYS] {
        let week = |attended| {
            Tally::week_cost(self.dose + seat.dose, attended, plan, costs)
                - Tally::week_cost(self.dose, self.attended, plan, costs)
        };
        let (new, old) = (week(self.attended + 1), week(self.attended));
        std::array::from_fn(|d| {
            let day = &self.days[d];
            let short = |dose: i32| costs.short_day * i64::from((plan.min_day - dose).max(0));
            let after = short(day.dose + seat.dose);
            if day.count == 0 { costs.attended_day + after + new } else { after - short(day.dose) + old }
        })
    }

    /// What waiting one more attendance on a day would add.
    pub fn wait_of(&self, day: usize, start: Minute, end: Minute, costs: &Costs) -> i64 {
        let day = &self.days[day];
        if day.count == 0 {
            return 0;
        }
        let longer = (day.last.max(end) - day.first.min(start)) - (day.last - day.first);
        costs.wait * i64::from(longer - (end - start))
    }

    /// Whether no limit of the participant forbids one more attendance (H19, H20).
    pub fn allows(&self, seat: &Seat, plan: &PlanData) -> bool {
        self.day_allows(seat.day, seat.end - seat.start, plan) && self.week_allows(seat.dose, plan)
    }

    /// Whether one more session of so many minutes may be attended on a day.
    pub fn day_allows(&self, day: usize, minutes: i32, plan: &PlanData) -> bool {
        let day = &self.days[day];
        plan.max_day.is_none_or(|m| day.minutes + minutes <= m.max(day.fact_minutes))
            && plan.max_days.is_none_or(|m| day.count > 0 || self.attended < m.max(self.fact_days))
    }

    /// Whether so many more counted minutes may be attended in the week.
    pub fn week_allows(&self, dose: i32, plan: &PlanData) -> bool {
        plan.max_week.is_none_or(|m| dose == 0 || self.dose + dose <= m.max(self.fact_dose))
    }

    /// Counts one more attendance, which was not missed.
    pub fn add(&mut self, seat: &Seat) {
        let day = &mut self.days[seat.day];
        if day.count == 0 {
            self.attended += 1;
            self.fact_days += i32::from(seat.fact);
        }
        *day = day.with(seat);
        self.dose += seat.dose;
        if seat.fact {
            self.fact_dose += seat.dose;
        }
    }
}

impl Person {
    /// Whether the time is free and no limit of the participant forbids one more attendance (H8, H10, H11's one a day,
    /// H19, H20). What holds whatever else happens is not looked at.
    pub fn can_take(&self, seat: &Seat, commute: i32, one_per_day: bool, plan: &PlanData) -> bool {
        self.tally.allows(seat, plan) && self.seats.iter().all(|s| !s.clashes(seat, commute, one_per_day))
    }

    /// Takes a seat.
    pub fn add(&mut self, seat: Seat) {
        if !seat.missed {
            self.tally.add(&seat);
        }
        let at = self.seats.partition_point(|s| (s.start, s.slot) < (seat.start, seat.slot));
        self.seats.insert(at, seat);
    }

    /// Gives up the seat in a session.
    pub fn remove(&mut self, slot: SlotIx) -> Option<Seat> {
        let at = self.seats.iter().position(|s| s.slot == slot && !s.fact)?;
        let seat = self.seats.remove(at);
        let on_day = self.seats.iter().filter(|s| s.day == seat.day && !s.missed);
        let day = on_day.fold(Day::default(), |day, s| day.with(s));
        if day.count == 0 {
            self.tally.attended -= 1;
        }
        self.tally.days[seat.day] = day;
        self.tally.dose -= seat.dose;
        Some(seat)
    }
}

impl Seat {
    /// Whether both cannot be attended: they overlap, leave too little time for the way between in-person and
    /// telehealth, are at two sites on one day, or serve an order that wants one session a day.
    pub fn clashes(&self, other: &Seat, commute: i32, one_per_day: bool) -> bool {
        if self.start < other.end && other.start < self.end {
            return true;
        }
        if self.telehealth != other.telehealth {
            if self.start < other.end + commute && other.start - commute < self.end {
                return true;
            }
        } else if !self.telehealth && self.day == other.day && self.site != other.site {
            return true;
        }
        one_per_day && self.day == other.day && self.order.is_some() && self.order == other.order && !self.missed
    }
}
