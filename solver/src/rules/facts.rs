//! How facts are reckoned with: what they do among themselves breaks nothing, and where they exceed a limit, the limit
//! is what they already use.

use super::verdict::Verdict;
use super::view::{MaybeFact, Seen};
use crate::instance::Minute;

/// Whether there is nothing but facts.
pub(crate) fn all_facts<T: MaybeFact>(items: &[T]) -> bool {
    items.iter().all(T::is_fact)
}

/// Whether `all` exceeds a limit, and what the facts already use.
pub(crate) fn over(all: i64, facts: i64, limit: Option<i64>) -> bool {
    limit.is_some_and(|limit| all > limit.max(facts))
}

/// Whether `items` exceed a limit by more than the facts among them do.
pub(crate) fn beyond<T: MaybeFact + Clone>(items: &[T], limit: Option<i64>, measure: impl Fn(&[T]) -> i64) -> bool {
    let all = measure(items);
    // Facts are weighed only where it matters.
    over(all, i64::MIN, limit) && over(all, measure(&facts(items)), limit)
}

/// The facts among `items`.
pub(crate) fn facts<T: MaybeFact + Clone>(items: &[T]) -> Vec<T> {
    items.iter().filter(|s| s.is_fact()).cloned().collect()
}

/// The groups of `items`, not all facts, that fall on one day.
pub(crate) fn twice_a_day<T: MaybeFact + Clone>(items: &[T], day: impl Fn(&T) -> i32) -> Vec<(i32, Vec<T>)> {
    if items.len() < 2 {
        return Vec::new();
    }
    by_day(items, day).into_iter().filter(|(_, same)| same.len() > 1 && !all_facts(same)).collect()
}

/// The items of each day, in the order of the days.
pub(crate) fn by_day<T: Clone>(items: &[T], day: impl Fn(&T) -> i32) -> Vec<(i32, Vec<T>)> {
    let mut dated: Vec<(i32, T)> = items.iter().map(|s| (day(s), s.clone())).collect();
    dated.sort_by_key(|s| s.0);
    dated.chunk_by(|a, b| a.0 == b.0).map(|same| (same[0].0, same.iter().map(|s| s.1.clone()).collect())).collect()
}

/// Tells `clash` each two of `items` (by start), not both facts, of which the later starts before `until` the earlier.
pub(crate) fn clashes<'a>(
    verdict: &mut Verdict,
    items: &[Seen<'a>],
    until: impl Fn(&Seen<'a>) -> Minute,
    mut clash: impl FnMut(&mut Verdict, &Seen<'a>, &Seen<'a>),
) {
    if items.len() < 2 {
        return;
    }
    // A fact is compared only with what is none: thousands of facts at one time cost nothing.
    let fresh: Vec<usize> = (0..items.len()).filter(|&k| !items[k].fact()).collect();
    for (k, u) in items.iter().enumerate() {
        let until = until(u);
        let begin = fresh.partition_point(|&j| j <= k);
        let mut meets = |v: &Seen<'a>| {
            let near = v.start < until && !verdict.plenty();
            if near {
                clash(verdict, u, v);
            }
            near
        };
        if u.fact() {
            fresh[begin..].iter().map(|&j| &items[j]).all(&mut meets);
        } else {
            items[k + 1..].iter().all(&mut meets);
        }
    }
}
