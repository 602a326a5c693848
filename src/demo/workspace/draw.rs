//! Chance, the same on every machine: integer arithmetic on ChaCha, no floating point, no hash order.
//!
//! Owns the random stream and the shapes drawn from it; knows nothing of what is being decided.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Quantiles of a log-normal distribution with median 1000 and sigma 1.15: how waiting times spread.
const SPREAD: [i64; 64] = [
    62, 102, 132, 159, 184, 208, 231, 255, 278, 301, 325, 349, 373, 397, 422, 447, 473, 500, 528, 556, 585,
    614, 645, 677, 710, 744, 779, 816, 854, 893, 935, 978, 1023, 1070, 1119, 1171, 1226, 1284, 1344, 1409,
    1477, 1550, 1628, 1711, 1800, 1896, 1999, 2112, 2235, 2370, 2518, 2684, 2869, 3079, 3319, 3597, 3926,
    4322, 4812, 5444, 6304, 7583, 9831, 16122,
];

/// A stream of decisions. Every conversation and every contact has a stream of its own, so that adding
/// one more does not change the others.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream with the number `stream` of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..n`; 0 if `n` is 0.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low).max(0) as u64 + 1) as i64
    }

    /// True in `permille` of a thousand cases.
    pub(crate) fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    /// An index, each with the likelihood of its weight.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = u64> + Clone) -> usize {
        let total: u64 = weights.clone().sum();
        let mut left = self.below(total.max(1));
        for (index, weight) in weights.enumerate() {
            if left < weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// A waiting time around `median`: half are shorter, a few are very much longer.
    pub(crate) fn around(&mut self, median: i64) -> i64 {
        let quantile = self.pick(&SPREAD);
        let jitter = self.between(900, 1100);
        (median * quantile * jitter / 1_000_000).max(1)
    }
}
