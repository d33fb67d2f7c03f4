//! A participant's week: days put together by dynamic programming over (single sessions done, days attended).

use super::{NEVER, person::Person};

impl Person {
    /// How many numbers of days a state may have: 0 to the most.
    fn counts(&self) -> usize {
        self.most_days + 1
    }

    /// Nothing done yet.
    pub fn monday(&self) -> Vec<i64> {
        let mut states = vec![NEVER; self.minutes.len() * self.counts()];
        if let Some(first) = states.first_mut() {
            *first = 0;
        }
        states
    }

    /// What is still charged at the end, by state, where the meetings attended count `dose` minutes.
    pub fn sunday(&self, dose: i64) -> Vec<i64> {
        let n = self.counts();
        let mut states = vec![NEVER; self.minutes.len() * n];
        for (at, cost) in states.iter_mut().enumerate() {
            let (set, days) = (at / n, at % n);
            let short = (self.dose - dose - self.counted[set]).max(0);
            let missing = self.least_days.saturating_sub(days) as i64;
            *cost = self.unmet[set] + self.prices.shortfall * short + self.prices.missing_day * missing;
        }
        states
    }

    /// Calls `step` with each way to spend a day: state before, state after, cost.
    fn each(&self, day: &[i64], seated: bool, mut step: impl FnMut(usize, usize, i64)) {
        let n = self.counts();
        let all = self.minutes.len() - 1;
        for (added, &cost) in day.iter().enumerate().filter(|d| *d.1 < NEVER) {
            let attended = usize::from(seated || added != 0);
            let rest = all & !added;
            // All sets without `added`, falling.
            let mut set = rest;
            loop {
                for days in 0..n - attended.min(n) {
                    step(set * n + days, (set | added) * n + days + attended, cost);
                }
                if set == 0 {
                    break;
                }
                set = (set - 1) & rest;
            }
        }
    }

    /// States after a day.
    pub fn after(&self, before: &[i64], day: &[i64], seated: bool) -> Vec<i64> {
        let mut states = vec![NEVER; before.len()];
        self.each(day, seated, |from, to, cost| states[to] = states[to].min(before[from] + cost));
        states
    }

    /// What a day and the rest of the week cost at least, by state before the day.
    pub fn ahead(&self, day: &[i64], seated: bool, rest: &[i64]) -> Vec<i64> {
        let mut states = vec![NEVER; rest.len()];
        self.each(day, seated, |from, to, cost| states[from] = states[from].min(cost + rest[to]));
        states
    }

    /// The cheapest week of days whose costs are scaled: its scaled cost and the sets of single sessions of its days.
    pub fn choose(&self, days: &[(&[i64], bool)], dose: i64, scale: i64) -> Option<(i64, Vec<usize>)> {
        let mut ahead: Vec<Vec<i64>> = vec![self.sunday(dose).into_iter().map(|cost| cost * scale).collect()];
        for (day, seated) in days.iter().rev() {
            let next = self.ahead(day, *seated, ahead.last()?);
            ahead.push(next);
        }
        ahead.reverse();
        let cost = *ahead.first()?.first()?;
        let n = self.counts();
        let mut at = 0;
        let mut chosen = Vec::with_capacity(days.len());
        for ((day, seated), pair) in days.iter().zip(ahead.windows(2)) {
            let [here, next] = pair else { return None };
            let set = (0..day.len()).find(|&added| {
                let attended = usize::from(*seated || added != 0);
                let (done, count) = (at / n, at % n + attended);
                day[added] < NEVER
                    && done & added == 0
                    && count < n
                    && day[added] + next[(done | added) * n + count] == here[at]
            })?;
            at = ((at / n) | set) * n + at % n + usize::from(*seated || set != 0);
            chosen.push(set);
        }
        Some((cost, chosen))
    }
}

/// The least sum of what was spent and what is ahead.
pub fn meet(spent: &[i64], ahead: &[i64]) -> i64 {
    spent.iter().zip(ahead).map(|(a, b)| a + b).min().unwrap_or(NEVER).min(NEVER)
}
