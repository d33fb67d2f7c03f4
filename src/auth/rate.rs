//! How many requests a key may make: a bucket that fills steadily and holds two seconds' worth.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant as Moment,
};

/// The buckets of a process.
pub struct Rates {
    per_second: f64,
    buckets: Mutex<HashMap<String, (f64, Moment)>>,
}

/// Buckets that are remembered; full ones are forgotten first, which changes nothing.
const MOST: usize = 10_000;

impl Rates {
    /// So many requests a second for each key.
    pub fn new(per_second: u32) -> Self {
        Rates { per_second: f64::from(per_second), buckets: Mutex::default() }
    }

    /// Takes one request out of a key's bucket; false if it is empty.
    pub fn take(&self, key: &str) -> bool {
        let most = self.per_second * 2.0;
        let now = Moment::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, (left, at)| *left + now.duration_since(*at).as_secs_f64() * self.per_second < most);
        }
        let (left, at) = buckets.entry(key.to_owned()).or_insert((most, now));
        *left = (*left + now.duration_since(*at).as_secs_f64() * self.per_second).min(most);
        *at = now;
        let fits = *left >= 1.0;
        if fits {
            *left -= 1.0;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_burst_of_two_seconds_and_others_are_not_touched() {
        let rates = Rates::new(5);
        let taken = (0..100).filter(|_| rates.take("a")).count();
        assert!((10..20).contains(&taken), "{taken}");
        assert!(rates.take("b"));
    }
}
