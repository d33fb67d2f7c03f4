//! What a clinician's or a room's week holds: minutes in use, limits, shifts at sites, breaks.

use crate::instance::{ClinicianData, DAY, Minute, SiteIx, Span};

use super::{
    person::{DAYS, day_slot},
    tables::SlotIx,
};

/// First minute of a timeline.
const FIRST: Minute = -2 * DAY;
/// Words of a timeline: eleven days.
const WORDS: usize = (11 * DAY as usize).div_ceil(64);

/// The minutes around the week, each free or in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline(Box<[u64]>);

impl Default for Timeline {
    fn default() -> Self {
        Timeline(vec![0; WORDS].into_boxed_slice())
    }
}

impl Timeline {
    fn words(span: Span) -> impl Iterator<Item = (usize, u64)> {
        let from = (span.start - FIRST).clamp(0, WORDS as i32 * 64) as usize;
        let to = (span.end - FIRST).clamp(from as i32, WORDS as i32 * 64) as usize;
        (from / 64..to.div_ceil(64)).map(move |w| {
            let low = from.saturating_sub(w * 64).min(63);
            let high = (to - w * 64).min(64);
            (w, (u64::MAX << low) & (u64::MAX >> (64 - high)))
        })
    }

    /// Whether no minute of the span is in use.
    pub fn is_free(&self, span: Span) -> bool {
        Timeline::words(span).all(|(w, mask)| self.0[w] & mask == 0)
    }

    /// Marks the span as in use.
    pub fn take(&mut self, span: Span) {
        Timeline::words(span).for_each(|(w, mask)| self.0[w] |= mask);
    }

    /// Marks the span as free.
    pub fn give_back(&mut self, span: Span) {
        Timeline::words(span).for_each(|(w, mask)| self.0[w] &= !mask);
    }
}

/// A clinician's week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Minutes in use, documentation included.
    pub timeline: Timeline,
    /// Session minutes of each local day.
    pub day_minutes: [i32; DAYS],
    /// Session minutes of the week.
    pub week_minutes: i32,
    /// Most session minutes of each day: the limit, or what facts use already.
    pub day_limits: [i32; DAYS],
    /// Most session minutes of the week.
    pub week_limit: i32,
    /// For each shift: the site where it is worked in person, and by how many sessions.
    pub shift_sites: Vec<(SiteIx, u32)>,
    /// Shifts in which facts are at two sites already: nothing may be added in person.
    pub spoilt_shifts: Vec<bool>,
    /// For each break: whether facts have taken it already, so that nothing is demanded.
    pub lost_breaks: Vec<bool>,
    /// Sessions held, documentation included, with their slots.
    pub sessions: Vec<(Span, SlotIx)>,
}

impl Desk {
    /// A week without sessions.
    pub fn new(data: &ClinicianData) -> Self {
        Desk {
            timeline: Timeline::default(),
            day_minutes: [0; DAYS],
            week_minutes: 0,
            day_limits: [data.max_day.unwrap_or(i32::MAX); DAYS],
            week_limit: data.max_week.unwrap_or(i32::MAX),
            shift_sites: vec![(SiteIx(u32::MAX), 0); data.shifts.len()],
            spoilt_shifts: vec![false; data.shifts.len()],
            lost_breaks: vec![false; data.breaks.len()],
            sessions: Vec::new(),
        }
    }

    /// Whether one more session of `span`, busy until `until`, on local day `day`, at `site` (none: telehealth), in
    /// `shift`, breaks nothing (H7, H16, H17, H18).
    pub fn can_take(
        &self,
        data: &ClinicianData,
        span: Span,
        until: Minute,
        day: i32,
        site: Option<SiteIx>,
        travel: impl Fn(SiteIx, SiteIx) -> i32,
    ) -> bool {
        let busy = Span::new(span.start, until);
        if !self.timeline.is_free(busy) {
            return false;
        }
        let minutes = span.minutes();
        let d = day_slot(day);
        if self.day_minutes[d] + minutes > self.day_limits[d] || self.week_minutes + minutes > self.week_limit {
            return false;
        }
        if let Some(site) = site {
            let Some(k) = data.shift_for(busy, Some(site)) else { return false };
            if self.spoilt_shifts[k] {
                return false;
            }
            let (at, count) = self.shift_sites[k];
            if count > 0 && at != site {
                return false;
            }
            if count == 0 && !self.can_travel(data, k, site, travel) {
                return false;
            }
        }
        data.breaks
            .iter()
            .zip(&self.lost_breaks)
            .all(|(b, lost)| *lost || !b.span.overlaps(busy) || self.has_break(b.span, b.minutes, busy))
    }

    /// Whether a run of free minutes is left in a break's span once `but` is taken.
    fn has_break(&self, span: Span, minutes: i32, but: Span) -> bool {
        let mut taken: smallvec::SmallVec<[Span; 8]> =
            self.sessions.iter().map(|s| s.0).filter(|s| s.overlaps(span)).collect();
        taken.push(but);
        taken.sort_unstable();
        let mut from = span.start;
        for s in taken {
            if s.start - from >= minutes {
                return true;
            }
            from = from.max(s.end);
        }
        span.end - from >= minutes
    }

    /// Demands no break any more where the sessions so far (facts) leave none.
    pub fn lose_broken_breaks(&mut self, data: &ClinicianData) {
        for (k, b) in data.breaks.iter().enumerate() {
            self.lost_breaks[k] = !self.has_break(b.span, b.minutes, Span::new(b.span.start, b.span.start));
        }
    }

    fn can_travel(&self, data: &ClinicianData, k: usize, site: SiteIx, travel: impl Fn(SiteIx, SiteIx) -> i32) -> bool {
        let shift = &data.shifts[k];
        data.shifts.iter().zip(&self.shift_sites).enumerate().all(|(j, (other, &(at, count)))| {
            if j == k || count == 0 || other.day != shift.day || at == site {
                return true;
            }
            let gap = if j < k { shift.span.start - other.span.end } else { other.span.start - shift.span.end };
            gap >= travel(at, site)
        })
    }

    /// Takes a session that [`Desk::can_take`] allows, or a fact.
    pub fn add(
        &mut self,
        data: &ClinicianData,
        slot: SlotIx,
        span: Span,
        until: Minute,
        day: i32,
        site: Option<SiteIx>,
    ) {
        let busy = Span::new(span.start, until);
        self.timeline.take(busy);
        self.sessions.push((busy, slot));
        self.day_minutes[day_slot(day)] += span.minutes();
        self.week_minutes += span.minutes();
        if let Some(site) = site
            && let Some(k) = data.shift_for(busy, Some(site))
        {
            let (at, count) = self.shift_sites[k];
            self.spoilt_shifts[k] |= count > 0 && at != site;
            self.shift_sites[k] = (if count > 0 { at.min(site) } else { site }, count + 1);
        }
    }

    /// Gives a session back.
    pub fn remove(
        &mut self,
        data: &ClinicianData,
        slot: SlotIx,
        span: Span,
        until: Minute,
        day: i32,
        site: Option<SiteIx>,
    ) {
        let busy = Span::new(span.start, until);
        self.timeline.give_back(busy);
        if let Some(at) = self.sessions.iter().position(|s| s.1 == slot) {
            self.sessions.swap_remove(at);
        }
        self.day_minutes[day_slot(day)] -= span.minutes();
        self.week_minutes -= span.minutes();
        if let Some(site) = site
            && let Some(k) = data.shift_for(busy, Some(site))
        {
            self.shift_sites[k].1 -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeline_tells_free_from_taken_to_the_minute() {
        let mut t = Timeline::default();
        t.take(Span::new(100, 175));
        assert!(t.is_free(Span::new(40, 100)) && t.is_free(Span::new(175, 300)));
        assert!(!t.is_free(Span::new(174, 175)) && !t.is_free(Span::new(90, 101)));
        t.give_back(Span::new(100, 175));
        assert!(t.is_free(Span::new(0, 5000)));
        t.take(Span::new(-100_000, -50_000));
        assert!(t.is_free(Span::new(0, 64)));
    }
}
