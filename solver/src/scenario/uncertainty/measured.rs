//! What was counted in each draw, told as a distribution, and beside that of another calendar draw by draw.

use serde::Serialize;
use utoipa::ToSchema;

/// What is told of a count: its name, and how it is read.
pub(super) type Measure<T> = (&'static str, fn(&T) -> f64);

/// 97.5 % quantile of the normal distribution.
const NORMAL: f64 = 1.96;

/// How something is distributed over the draws.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Measured {
    /// What.
    pub measure: &'static str,
    /// On average.
    pub mean: f64,
    /// The 95 % interval of the mean.
    pub interval: [f64; 2],
    /// One draw in twenty has less.
    pub p5: f64,
    /// Half of the draws have less.
    pub median: f64,
    /// One draw in twenty has more.
    pub p95: f64,
    /// By how much it is more than in the base, in the same draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// A difference between two calendars in the same draws.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// On average.
    pub mean: f64,
    /// The 95 % interval of the mean.
    pub interval: [f64; 2],
}

/// Each measure over the draws, beside those of a base.
pub(super) fn of<T>(measures: &[Measure<T>], draws: &[T], base: Option<&[T]>) -> Vec<Measured> {
    let each = measures.iter().map(|(measure, read)| {
        let values: Vec<f64> = draws.iter().map(read).collect();
        let (mean, interval) = mean(&values);
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let difference = base.map(|base| {
            let differences: Vec<f64> = values.iter().zip(base).map(|(value, base)| value - read(base)).collect();
            let (mean, interval) = self::mean(&differences);
            Difference { mean, interval }
        });
        let [p5, median, p95] = [0.05, 0.5, 0.95].map(|share| quantile(&sorted, share));
        Measured { measure, mean, interval, p5, median, p95, difference }
    });
    each.collect()
}

/// The mean and its 95 % interval, by the normal approximation.
fn mean(values: &[f64]) -> (f64, [f64; 2]) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    let reach = NORMAL * (variance / n).sqrt();
    (mean, [mean - reach, mean + reach])
}

/// The value that this share of the sorted ones does not exceed.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let k = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(k.saturating_sub(1).min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_is_told_with_its_difference_to_the_base() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let base: Vec<f64> = values.iter().map(|v| v - 2.0).collect();
        let told = &of(&[("x", |v: &f64| *v)], &values, Some(&base))[0];
        assert_eq!((told.mean, told.p5, told.median, told.p95), (50.5, 5.0, 50.0, 95.0));
        // s = √(99·101/12 · 100/99) = 29.01, 1.96 · s / 10
        assert!((told.interval[1] - told.mean - 5.686).abs() < 0.01, "{told:?}");
        assert_eq!(told.difference, Some(Difference { mean: 2.0, interval: [2.0, 2.0] }));
    }
}
