//! How evenly something is spread over people: the mean, the largest share and whose it is, the Gini coefficient.

use serde::Serialize;
use utoipa::ToSchema;

/// How evenly something is spread.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Spread {
    /// What, as the field is called.
    pub measure: &'static str,
    /// Over whom: `participants` or `clinicians`.
    pub over: &'static str,
    /// What each has on average.
    pub mean: f64,
    /// What the one has who has most.
    pub largest: f64,
    /// Who that is; the first of several.
    pub who: String,
    /// Gini coefficient: 0 where all have alike, near 1 where one has all. Values below 0 count as 0.
    pub gini: f64,
}

impl Spread {
    /// The spread of what each has; none where there is nobody.
    pub fn of<'i>(
        measure: &'static str,
        over: &'static str,
        each: impl Iterator<Item = (&'i str, f64)>,
    ) -> Option<Spread> {
        let all: Vec<(&str, f64)> = each.collect();
        let first = all.first()?;
        let most = all.iter().fold(first, |most, one| if one.1 > most.1 { one } else { most });
        let mean = all.iter().map(|one| one.1).sum::<f64>() / all.len() as f64;
        let gini = gini(all.iter().map(|one| one.1.max(0.0)).collect());
        Some(Spread { measure, over, mean, largest: most.1, who: most.0.to_owned(), gini })
    }
}

/// The mean difference of two, over twice the mean: Σᵢ (2i − n − 1)·xᵢ / (n·Σ x), the xᵢ in ascending order, i from 1.
fn gini(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (n, sum) = (values.len() as f64, values.iter().sum::<f64>());
    if sum <= 0.0 {
        return 0.0;
    }
    let weighted: f64 = values.iter().enumerate().map(|(i, x)| (2.0 * (i as f64 + 1.0) - n - 1.0) * x).sum();
    weighted / (n * sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_is_zero_and_one_who_has_all_is_near_one() {
        assert_eq!(gini(vec![3.0, 3.0, 3.0]), 0.0);
        assert_eq!(gini(vec![0.0, 0.0, 0.0, 8.0]), 0.75);
        assert_eq!(gini(vec![0.0, 0.0]), 0.0);
        let spread = Spread::of("days", "participants", [("a", 1.0), ("b", 3.0), ("c", 3.0)].into_iter()).unwrap();
        assert_eq!((spread.largest, &*spread.who), (3.0, "b"));
        assert_eq!(Spread::of("days", "participants", std::iter::empty()), None);
    }
}
