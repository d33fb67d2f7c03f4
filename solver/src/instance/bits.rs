//! Sets of small numbers as words of 64 bits.

/// A fixed-size set of numbers below its length.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The empty subset of `0..n`.
    pub fn none(n: usize) -> Self {
        Bits(vec![0; n.div_ceil(64)])
    }

    /// The subset of `0..n` for which `holds`.
    pub fn of(n: usize, holds: impl Fn(usize) -> bool) -> Self {
        let mut bits = Bits::none(n);
        for k in (0..n).filter(|&k| holds(k)) {
            bits.insert(k);
        }
        bits
    }

    /// Adds `k`, which must be below the length.
    pub fn insert(&mut self, k: usize) {
        self.0[k / 64] |= 1 << (k % 64);
    }

    /// Takes `k` out.
    pub fn remove(&mut self, k: usize) {
        self.0[k / 64] &= !(1 << (k % 64));
    }

    /// Whether `k` is in it; nothing beyond its length is.
    pub fn has(&self, k: usize) -> bool {
        self.0.get(k / 64).is_some_and(|w| w >> (k % 64) & 1 == 1)
    }

    /// How many are in it.
    pub fn count(&self) -> usize {
        self.0.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&w| w == 0)
    }

    /// How many are in both.
    pub fn count_both(&self, other: &Bits) -> usize {
        self.0.iter().zip(&other.0).map(|(a, b)| (a & b).count_ones() as usize).sum()
    }

    /// Whether something is in both.
    pub fn meets(&self, other: &Bits) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    /// Keeps what is also in `other`.
    pub fn keep(&mut self, other: &Bits) {
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a &= b;
        }
    }

    /// Adds what is in `other`.
    pub fn add(&mut self, other: &Bits) {
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a |= b;
        }
    }

    /// What is in both.
    pub fn both(&self, other: &Bits) -> Bits {
        Bits(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    /// The numbers in both, rising.
    pub fn common<'a>(&'a self, other: &'a Bits) -> impl Iterator<Item = usize> + 'a {
        let words = self.0.iter().zip(&other.0).map(|(a, b)| a & b).enumerate();
        words.flat_map(|(at, word)| {
            let rest = |w: &u64| Some(w & (w - 1)).filter(|w| *w != 0);
            std::iter::successors(Some(word).filter(|w| *w != 0), rest)
                .map(move |w| at * 64 + w.trailing_zeros() as usize)
        })
    }

    /// Takes everything out that is in `other`.
    pub fn clear(&mut self, other: &Bits) {
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a &= !b;
        }
    }

    /// Takes out what is from `from` to below `to`; both at most the length.
    pub fn clear_range(&mut self, from: usize, to: usize) {
        for w in from / 64..to.div_ceil(64) {
            let low = from.saturating_sub(w * 64).min(64);
            let high = (to - w * 64).min(64);
            if let Some(word) = self.0.get_mut(w).filter(|_| low < high) {
                *word &= !((u64::MAX << low) & (u64::MAX >> (64 - high)));
            }
        }
    }

    /// The numbers in it, rising.
    pub fn iter(&self) -> Members<'_> {
        Members { words: &self.0, at: 0, word: self.0.first().copied().unwrap_or(0) }
    }
}

/// The numbers of a set, rising.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    words: &'a [u64],
    at: usize,
    word: u64,
}

impl Iterator for Members<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            self.at += 1;
            self.word = *self.words.get(self.at)?;
        }
        let bit = self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(self.at * 64 + bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_gives_back_what_was_put_in() {
        let bits = Bits::of(200, |k| k % 63 == 0);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 126, 189]);
        assert_eq!(bits.count(), 4);
        assert!(bits.has(126) && !bits.has(127) && !bits.has(5000));
        let above = Bits::of(200, |k| k > 100);
        assert_eq!(bits.both(&above).iter().collect::<Vec<_>>(), [126, 189]);
        assert_eq!(bits.common(&above).collect::<Vec<_>>(), [126, 189]);
    }

    #[test]
    fn a_range_is_cleared_and_nothing_else() {
        for (from, to) in [(0, 0), (0, 200), (5, 6), (60, 70), (63, 128), (64, 64), (64, 128), (100, 199), (200, 200)] {
            let mut bits = Bits::of(200, |_| true);
            bits.clear_range(from, to);
            assert_eq!(bits, Bits::of(200, |k| !(from..to).contains(&k)), "{from} to {to}");
        }
        assert_eq!(Bits::none(0).iter().count(), 0);
    }
}
