//! Chance, the same on every platform and for every release of a library: integers only, from one seed and a stream.

use rand::Rng;
use rand_xoshiro::{Xoshiro256PlusPlus, rand_core::SeedableRng};

/// A source of chance.
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The stream called `stream` of a seed: what one part of a problem draws does not disturb another.
    pub fn new(seed: u64, stream: &str) -> Self {
        // FNV-1a over the name keeps streams of neighbouring seeds apart.
        let salt =
            stream.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        Dice(Xoshiro256PlusPlus::seed_from_u64(seed ^ salt))
    }

    /// A number below `n`; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * n as u128;
        (wide >> 64) as usize
    }

    /// True in `percent` of 100 cases.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent as usize
    }

    /// One of a fixed choice.
    pub fn one<T: Copy, const N: usize>(&mut self, of: [T; N]) -> T {
        of[self.below(N)]
    }

    /// One of a list; none of an empty one.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// `n` of a list, or all where there are fewer, in the list's order.
    pub fn some<T: Clone>(&mut self, of: &[T], n: usize) -> Vec<T> {
        let mut wanted = n.min(of.len());
        let mut chosen = Vec::with_capacity(wanted);
        for (k, item) in of.iter().enumerate() {
            if self.below(of.len() - k) < wanted {
                chosen.push(item.clone());
                wanted -= 1;
            }
        }
        chosen
    }
}
