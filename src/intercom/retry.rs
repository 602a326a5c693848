//! How long to pause before the next try: exponential with full jitter. Pure but for the dice.

use std::time::Duration;

use rand::RngExt;

use super::options::RetryPolicy;

/// The pause after `failed` tries: evenly random up to `base` × 2^(failed − 1), at most `cap`.
pub(super) fn pause(policy: &RetryPolicy, failed: u32) -> Duration {
    let doublings = failed.saturating_sub(1).min(30);
    let ceiling = policy.base.saturating_mul(1 << doublings).min(policy.cap);
    ceiling.mul_f64(rand::rng().random::<f64>())
}
