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

    /// The numbers in it, rising.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(k, &word)| {
            std::iter::successors(Some(word), |w| Some(w & w.wrapping_sub(1)))
                .take_while(|w| *w != 0)
                .map(move |w| k * 64 + w.trailing_zeros() as usize)
        })
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
        assert_eq!(bits.both(&Bits::of(200, |k| k > 100)).iter().collect::<Vec<_>>(), [126, 189]);
    }
}
