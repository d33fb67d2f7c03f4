//! The meetings of a participant's day, at one of several starts: a tree whose paths are the ways to attend them.

use crate::instance::{Minute, SiteIx, Span};

/// A meeting that the participant attends, as far as it matters to the participant's day.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seat {
    /// When it begins.
    pub start: Minute,
    /// Its length.
    pub minutes: i32,
    /// In person or by telehealth.
    pub in_person: bool,
    /// Where.
    pub site: SiteIx,
    /// What attending it costs by itself.
    pub cost: i64,
    /// Minutes that count.
    pub counted: i64,
}

/// A meeting attended, and where that leads.
pub struct Sitting {
    /// The meeting.
    pub seat: Seat,
    /// Nodes before and after it.
    pub from: usize,
    /// See `from`.
    pub to: usize,
}

/// All meetings of a day at one of several starts. What was attended so far is a node; the first is before all meetings. All
/// ways end in the same last node: what follows does not depend on the starts any more.
pub struct Sittings {
    /// In order of time.
    pub steps: Vec<Sitting>,
    /// By node, the time between the meetings before it and those after it.
    pub within: Vec<Span>,
    /// Minutes of the meetings, at least.
    pub minutes: i32,
    /// Those that count, at most.
    pub counted: i64,
}

impl Sittings {
    /// Several ways to attend as many meetings, each in order of time.
    pub fn of(ways: &[&[Seat]]) -> Self {
        let all = || ways.iter().copied();
        let mut before: Vec<&[Seat]> =
            all().filter(|w| !w.is_empty()).flat_map(|w| (0..w.len()).map(|n| &w[..n])).collect();
        before.sort_by_key(|b| b.len());
        let mut nodes: Vec<&[Seat]> = Vec::new();
        for path in before {
            if !nodes.contains(&path) {
                nodes.push(path);
            }
        }
        let done = nodes.len();
        let mut within = vec![Span::new(Minute::MAX, Minute::MIN); done + 1];
        let mut steps: Vec<Sitting> = Vec::new();
        for way in all() {
            for (n, seat) in way.iter().enumerate() {
                let node = |n: usize| nodes.iter().position(|p| n < way.len() && *p == &way[..n]).unwrap_or(done);
                let (from, to) = (node(n), node(n + 1));
                if steps.iter().all(|s| (s.from, s.seat) != (from, *seat)) {
                    within[from].end = within[from].end.max(seat.start);
                    within[to].start = within[to].start.min(seat.start + seat.minutes);
                    steps.push(Sitting { seat: *seat, from, to });
                }
            }
        }
        steps.sort_by_key(|s| s.seat.start);
        within[0].start = Minute::MIN;
        within[done].end = Minute::MAX;
        let sums = |of: fn(&Seat) -> i64| all().map(move |w| w.iter().map(of).sum::<i64>());
        Sittings {
            steps,
            within,
            minutes: sums(|s| s.minutes.into()).min().unwrap_or(0) as i32,
            counted: sums(|s| s.counted).max().unwrap_or(0),
        }
    }

    /// The node after all of them.
    pub fn done(&self) -> usize {
        self.within.len() - 1
    }

    /// Whether there are any.
    pub fn seated(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Whether a day with them can be spent at a site.
    pub fn may_be_at(&self, site: SiteIx) -> bool {
        self.steps.iter().all(|s| !s.seat.in_person || s.seat.site == site)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        bound::exact::{
            compile,
            day::{PLAIN, Scratch, day},
            gatherings::Gathering,
            person::WEEK,
        },
        generate::{Draw, generate},
        instance::{Instance, Placements},
    };

    #[test]
    fn a_day_of_several_starts_costs_what_the_best_of_them_costs() {
        let mut looked = 0;
        for seed in 1..6 {
            let problem = generate(&Draw { per_site: 4, seed, ..Draw::default() });
            let instance = Instance::new(Arc::new(problem));
            let (people, groups) = compile(&instance, &Placements::new(&instance)).unwrap();
            for (p, d) in (0..people.len()).flat_map(|p| (0..WEEK).map(move |d| (p, d))) {
                let seats =
                    |g: &Gathering| g.starts_for(d, 1 << p).step_by(5).map(|s| g.seat(p, s.at)).collect::<Vec<Seat>>();
                let [first, second] = [0, 1].map(|k| groups.get(k).map_or(Vec::new(), seats));
                let pairs = first.iter().flat_map(|a| second.iter().map(|b| [*a, *b]));
                let apart =
                    |w: &[Seat; 2]| w[0].start + w[0].minutes <= w[1].start || w[1].start + w[1].minutes <= w[0].start;
                let mut pairs: Vec<[Seat; 2]> = pairs.filter(apart).collect();
                pairs.iter_mut().for_each(|w| w.sort_by_key(|s| s.start));
                let singly: Vec<&[Seat]> = first.iter().map(std::slice::from_ref).collect();
                for ways in [singly, pairs.iter().map(|w| &w[..]).collect()] {
                    let mut scratch = Scratch::default();
                    let mut costs =
                        |ways: &[&[Seat]]| day(&people[p], d, &Sittings::of(ways), &PLAIN, &mut scratch).costs;
                    let alone: Vec<Vec<i64>> = ways.iter().map(|w| costs(&[w])).collect();
                    if let Some(best) =
                        alone.into_iter().reduce(|a, b| a.into_iter().zip(b).map(|(a, b)| a.min(b)).collect())
                    {
                        assert_eq!(costs(&ways), best);
                        looked += 1;
                    }
                }
            }
        }
        assert!(looked > 40, "{looked}");
    }
}
