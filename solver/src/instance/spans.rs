//! Half-open intervals of minutes on the UTC axis, and sorted, merged sets of them.

/// A point on the axis: minutes since `week_start` 00:00 UTC.
pub type Minute = i32;

/// The half-open interval `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First minute inside.
    pub start: Minute,
    /// First minute behind it.
    pub end: Minute,
}

impl Span {
    /// `[start, end)`.
    pub const fn new(start: Minute, end: Minute) -> Self {
        Span { start, end }
    }

    /// Its length in minutes; negative spans have none.
    pub fn minutes(self) -> i32 {
        (self.end - self.start).max(0)
    }

    /// Whether the two share a minute.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies inside.
    pub fn covers(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same, longer by `minutes` on both sides.
    pub fn widened(self, minutes: i32) -> Self {
        Span::new(self.start - minutes, self.end + minutes)
    }
}

/// A set of minutes as sorted intervals that neither overlap nor touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// Everything near the week; far outside it nothing happens.
    pub fn always() -> Self {
        Spans(vec![Span::new(-FAR, FAR)])
    }

    /// No minute.
    pub fn never() -> Self {
        Spans(Vec::new())
    }

    /// The union of `spans`; empty ones are left out.
    pub fn merged(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut sorted: Vec<Span> = spans.into_iter().filter(|s| s.start < s.end).collect();
        sorted.sort_unstable();
        let mut out: Vec<Span> = Vec::with_capacity(sorted.len());
        for s in sorted {
            match out.last_mut() {
                Some(last) if s.start <= last.end => last.end = last.end.max(s.end),
                _ => out.push(s),
            }
        }
        Spans(out)
    }

    /// The intervals, in order.
    pub fn iter(&self) -> impl Iterator<Item = Span> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is no minute in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one interval covers all of `span`.
    pub fn contains(&self, span: Span) -> bool {
        // Of the intervals that start early enough, the last reaches furthest.
        let behind = self.0.partition_point(|s| s.start <= span.start);
        behind > 0 && self.0[behind - 1].covers(span)
    }

    /// Whether any minute of `span` is in the set.
    pub fn touches(&self, span: Span) -> bool {
        let first = self.0.partition_point(|s| s.end <= span.start);
        self.0.get(first).is_some_and(|s| s.overlaps(span))
    }

    /// How many minutes of `span` are in the set.
    pub fn overlap(&self, span: Span) -> i32 {
        self.0.iter().map(|s| (span.end.min(s.end) - span.start.max(s.start)).max(0)).sum()
    }

    /// The minutes of this set that are not in `holes`.
    pub fn minus(&self, holes: &Spans) -> Spans {
        let mut out = Vec::new();
        for &s in &self.0 {
            let mut from = s.start;
            for h in holes.0.iter().filter(|h| h.overlaps(s)) {
                if h.start > from {
                    out.push(Span::new(from, h.start));
                }
                from = from.max(h.end);
            }
            out.push(Span::new(from, s.end));
        }
        Spans::merged(out)
    }

    /// The minutes in both sets.
    pub fn and(&self, other: &Spans) -> Spans {
        Spans::merged(
            self.0.iter().flat_map(|a| other.0.iter().map(|b| Span::new(a.start.max(b.start), a.end.min(b.end)))),
        )
    }
}

/// Far outside any week, in minutes.
pub const FAR: Minute = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(items: &[(i32, i32)]) -> Spans {
        Spans::merged(items.iter().map(|&(a, b)| Span::new(a, b)))
    }

    #[test]
    fn touching_intervals_become_one() {
        assert_eq!(spans(&[(10, 20), (0, 10), (15, 18)]), spans(&[(0, 20)]));
    }

    #[test]
    fn minus_and_and_cut_at_the_edges() {
        assert_eq!(spans(&[(0, 100)]).minus(&spans(&[(10, 20), (90, 120)])), spans(&[(0, 10), (20, 90)]));
        assert_eq!(spans(&[(0, 50), (60, 70)]).and(&spans(&[(40, 65)])), spans(&[(40, 50), (60, 65)]));
    }

    #[test]
    fn half_open_intervals_that_meet_do_not_overlap() {
        assert!(!Span::new(0, 10).overlaps(Span::new(10, 20)));
        assert_eq!(spans(&[(0, 10), (20, 30)]).overlap(Span::new(5, 25)), 10);
    }
}
