//! The course of care: all episodes of a participant, one after the other, and which of them holds on a day.

use careweave_solver::problem::Date;
use serde_json::Value;

use super::{
    earlier::Earlier,
    fields::{Episode, plus},
    share::{Open, Part, Share},
    waiting::Waiting,
};

/// All episodes of a participant in order: those that are over, then the present one; none of the present of who waits.
#[derive(Debug, Clone)]
pub struct Course(Vec<Episode>);

impl Course {
    /// Of a stored participant.
    pub fn of(body: &Value) -> Self {
        let mut all: Vec<Episode> = Earlier::noted(body).into_iter().map(|earlier| earlier.episode(body)).collect();
        if Waiting::of(body).is_none() {
            all.push(Episode::of(body));
        }
        Course(all)
    }

    /// The episodes, each with the day from which it is the one that holds; none for the first, which is asked about the days
    /// before it too.
    pub fn episodes(&self) -> impl Iterator<Item = (Option<Date>, &Episode)> {
        self.0.iter().enumerate().map(|(k, episode)| (self.begins(k), episode))
    }

    /// From when an episode is the one that holds.
    fn begins(&self, k: usize) -> Option<Date> {
        let before = self.0.get(k.checked_sub(1)?)?;
        let next = before.discharged.map(|day| plus(day.0, 1));
        self.0.get(k)?.admitted.map(|day| day.0).or(next)
    }

    /// The episode that holds on a day.
    pub fn on(&self, day: Date) -> Option<&Episode> {
        let begun = self.episodes().filter(|(begins, _)| begins.is_none_or(|begins| begins <= day));
        begun.last().map(|(_, episode)| episode)
    }

    /// The parts of a week; nothing where the participant is in treatment on no day of it.
    pub fn share(&self, week: Date, open: Open) -> Option<Share<'_>> {
        let away = self.away(week)?;
        let open = if open.contains(&true) { open } else { [true; 7] };
        let mut parts: Vec<Part> = Vec::new();
        for (k, open) in (0..7).zip(open) {
            let day = plus(week, k);
            let episode = self.on(day)?;
            let phase = episode.phase(day);
            let same = |part: &Part| {
                std::ptr::eq(part.episode, episode)
                    && match (part.phase, phase) {
                        (Some(a), Some(b)) => std::ptr::eq(a, b),
                        (a, b) => a.is_none() && b.is_none(),
                    }
            };
            if !parts.last().is_some_and(same) {
                parts.push(Part { episode, phase, from: day, to: day, days: Vec::new() });
            }
            let Some(part) = parts.last_mut() else { continue };
            part.to = day;
            if open && !away.iter().any(|(from, to)| (*from..*to).contains(&day)) {
                part.days.push(day);
            }
        }
        Some(Share { parts, of: open.iter().filter(|o| **o).count(), away })
    }

    /// The days of a week on which the participant does not come, each up to the first day on which that is over; nothing
    /// where that is all of it.
    fn away(&self, week: Date) -> Option<Vec<(Date, Date)>> {
        // A session may end after the week.
        let end = plus(week, 8);
        let mut away = Vec::new();
        for (k, (begins, episode)) in self.episodes().enumerate() {
            let first = begins.map_or(week, |begins| begins.max(week));
            let next = self.begins(k + 1).map_or(end, |begins| begins.min(end));
            let clipped = episode.away(week, end).into_iter().map(|(from, to)| (from.max(first), to.min(next)));
            away.extend(clipped.filter(|(from, to)| from < to));
        }
        let comes = |day: Date| !away.iter().any(|(from, to)| (*from..*to).contains(&day));
        let ever = !self.0.is_empty() && (0..7).any(|k| comes(plus(week, k)));
        ever.then_some(away)
    }
}
