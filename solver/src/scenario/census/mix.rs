//! Who comes next: profiles in the proportion of their weights, or participants of this week, drawn.

use std::collections::BTreeMap;

use rand::{SeedableRng, seq::SliceRandom};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::Profiles;
use crate::{
    problem::{Id, Problem},
    scenario::edits::Edit,
};

/// An endless row of people: whoever is taken first stays so, however many more are taken.
pub struct Mix {
    /// Whom to copy, each with a weight.
    profiles: Vec<(Id, u64)>,
    /// Whether they come one after the other, as drawn.
    drawn: bool,
}

impl Mix {
    /// The row of these profiles, or one drawn by the seed.
    pub fn new(problem: &Problem, asked: &Profiles, seed: u64) -> Self {
        if !asked.profiles.is_empty() {
            let profiles = asked.profiles.iter().map(|p| (p.participant.clone(), p.weight)).collect();
            return Mix { profiles, drawn: false };
        }
        let here = problem.participants.iter().filter(|p| asked.site.as_ref().is_none_or(|site| p.home_site == *site));
        let mut profiles: Vec<(Id, u64)> = here.map(|p| (p.id.clone(), 1)).collect();
        profiles.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
        Mix { profiles, drawn: true }
    }

    /// Whether there is nobody to copy.
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    /// How often each is copied among the first so many.
    fn counts(&self, first: u64) -> Vec<u64> {
        let mut counts = vec![0; self.profiles.len()];
        if self.is_empty() {
            return counts;
        }
        for k in 0..first {
            let next = match self.drawn {
                true => (k % self.profiles.len() as u64) as usize,
                // The one that is furthest behind its share; of equals the first.
                false => (0..counts.len())
                    .min_by(|&a, &b| {
                        let (x, y) = ((counts[a] + 1) * self.profiles[b].1, (counts[b] + 1) * self.profiles[a].1);
                        x.cmp(&y).then(a.cmp(&b))
                    })
                    .unwrap_or(0),
            };
            counts[next] += 1;
        }
        counts
    }

    /// The edits that add the first so many.
    pub fn edits(&self, first: u64) -> Vec<Edit> {
        let mut of: BTreeMap<&Id, u64> = BTreeMap::new();
        for ((id, _), count) in self.profiles.iter().zip(self.counts(first)) {
            *of.entry(id).or_default() += count;
        }
        let copied = of.into_iter().filter(|(_, count)| *count > 0);
        copied.map(|(id, count)| Edit::Copy { copy: format!("/participants/{id}"), count: count as u32 }).collect()
    }

    /// Whose copy comes after so many.
    pub fn at(&self, position: u64) -> String {
        let (before, after) = (self.counts(position), self.counts(position + 1));
        let next = before.iter().zip(&after).position(|(b, a)| a > b);
        next.map_or(String::new(), |k| self.profiles[k].0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(weights: [u64; 2], n: u64) -> Vec<String> {
        let profiles = vec![("a".parse().unwrap(), weights[0]), ("b".parse().unwrap(), weights[1])];
        let mix = Mix { profiles, drawn: false };
        (0..n).map(|k| mix.at(k)).collect()
    }

    #[test]
    fn profiles_come_in_the_proportion_of_their_weights() {
        assert_eq!(row([1, 1], 4), ["a", "b", "a", "b"]);
        assert_eq!(row([2, 1], 6), ["a", "a", "b", "a", "a", "b"]);
        assert_eq!(row([1, 3], 4), ["b", "b", "a", "b"]);
    }
}
