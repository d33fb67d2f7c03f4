//! Paired solves: the base and a scenario solved again and again from the same start, with the same seeds and budget; what
//! differs within a pair comes from the edit, what differs between pairs from chance.

use serde::Serialize;
use utoipa::ToSchema;

/// Pairs of a comparison.
pub const PAIRS: usize = 6;
/// Fewest pairs from which anything is concluded.
pub const LEAST_PAIRS: usize = 5;

/// Two-sided 95 % quantiles of Student's t, by degrees of freedom from 1.
const STUDENT: [f64; 12] = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179];

/// What paired solves say of a difference.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Paired {
    /// How many pairs.
    pub n: usize,
    /// Objective of the scenario less that of the base, pair by pair.
    pub differences: Vec<i64>,
    /// Their mean.
    pub mean: f64,
    /// The 95 % interval of the mean (Student's t).
    pub interval: [f64; 2],
}

impl Paired {
    /// What these pairs of objectives (base, scenario) say; nothing where they are too few.
    pub fn of(pairs: &[(u64, u64)]) -> Option<Self> {
        let n = pairs.len();
        if n < LEAST_PAIRS {
            return None;
        }
        let difference = |&(base, scenario): &(u64, u64)| i64::try_from(i128::from(scenario) - i128::from(base));
        let differences: Vec<i64> = pairs.iter().map(|pair| difference(pair).unwrap_or(i64::MAX)).collect();
        let mean = differences.iter().map(|d| *d as f64).sum::<f64>() / n as f64;
        let variance = differences.iter().map(|d| (*d as f64 - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
        let reach = STUDENT[(n - 2).min(STUDENT.len() - 1)] * (variance / n as f64).sqrt();
        Some(Paired { n, differences, mean, interval: [mean - reach, mean + reach] })
    }

    /// The sign of the difference where it exceeds the spread: the interval lies on one side of 0, and so does each pair.
    pub fn sign(&self) -> Option<i64> {
        let sign = if self.mean < 0.0 { -1 } else { 1 };
        let one_side = self.interval[0] > 0.0 || self.interval[1] < 0.0;
        (one_side && self.differences.iter().all(|d| d.signum() == sign)).then_some(sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(differences: &[i64]) -> Paired {
        let pairs: Vec<(u64, u64)> = differences.iter().map(|d| (1000, (1000 + d) as u64)).collect();
        Paired::of(&pairs).unwrap()
    }

    #[test]
    fn a_difference_beyond_its_spread_has_a_sign() {
        let clear = paired(&[-100, -120, -90, -110, -80]);
        assert_eq!((clear.n, clear.mean, clear.sign()), (5, -100.0, Some(-1)));
        // s = √250, 2.776 · s / √5 = 19.63
        assert!((clear.interval[0] + 119.63).abs() < 0.01 && (clear.interval[1] + 80.37).abs() < 0.01, "{clear:?}");
        assert_eq!(paired(&[50; 6]).sign(), Some(1));
    }

    #[test]
    fn a_difference_within_its_spread_has_none() {
        assert_eq!(paired(&[-100, 50, -20, 30, 10]).sign(), None);
        assert_eq!(paired(&[0; 6]).sign(), None);
        // One pair the other way is enough, however small.
        assert_eq!(paired(&[-1000, -1000, -1000, -1000, -1000, 1]).sign(), None);
    }

    #[test]
    fn fewer_than_five_pairs_say_nothing() {
        assert_eq!(Paired::of(&[(10, 1); 4]), None);
    }
}
