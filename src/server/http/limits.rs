//! How much one caller may ask: requests a minute, and at the same time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Callers remembered at most; beyond, those who were quiet for a minute are forgotten.
const MOST_CALLERS: usize = 4_096;

/// How much one caller may ask.
#[derive(Debug, Clone, Copy)]
pub struct CallerLimits {
    /// Requests a minute; as many may come at once.
    pub requests_per_minute: u32,
    /// Requests that are answered or wait at the same time.
    pub at_once: usize,
}

impl Default for CallerLimits {
    fn default() -> Self {
        Self { requests_per_minute: 1_200, at_once: 20 }
    }
}

/// Why a request has to wait.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TooMuch {
    /// Too many in a minute: after so long there is room.
    Often(Duration),
    /// Too many at the same time.
    AtOnce,
}

/// What callers asked of late.
#[derive(Debug)]
pub(super) struct Callers {
    limits: CallerLimits,
    by_name: Mutex<HashMap<Arc<str>, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    /// Requests it may still make, up to `at`.
    left: f64,
    at: Instant,
    running: Arc<AtomicUsize>,
}

/// A request under way; it is not when this is dropped.
#[derive(Debug)]
pub(super) struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Callers {
    pub(super) fn new(limits: CallerLimits) -> Self {
        Self { limits, by_name: Mutex::default() }
    }

    /// Counts a request of a caller at a time.
    pub(super) fn begin(&self, name: &Arc<str>, now: Instant) -> Result<Running, TooMuch> {
        let most = f64::from(self.limits.requests_per_minute);
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        if by_name.len() >= MOST_CALLERS {
            let minute = Duration::from_secs(60);
            by_name.retain(|_, bucket| now.saturating_duration_since(bucket.at) < minute);
        }
        let bucket = by_name.entry(Arc::clone(name)).or_insert_with(|| Bucket {
            left: most,
            at: now,
            running: Arc::default(),
        });
        let elapsed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + elapsed * most / 60.0).min(most);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(TooMuch::Often(Duration::from_secs_f64((1.0 - bucket.left) * 60.0 / most)));
        }
        if bucket.running.load(Ordering::Relaxed) >= self.limits.at_once {
            return Err(TooMuch::AtOnce);
        }
        bucket.left -= 1.0;
        bucket.running.fetch_add(1, Ordering::Relaxed);
        Ok(Running(Arc::clone(&bucket.running)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_so_many_requests_a_minute_and_others_have_theirs() {
        let callers = Callers::new(CallerLimits { requests_per_minute: 3, at_once: 10 });
        let (one, other) = (Arc::from("one"), Arc::from("other"));
        let start = Instant::now();
        let ask = |name, seconds| callers.begin(name, start + Duration::from_secs(seconds)).map(drop);
        assert_eq!([ask(&one, 0), ask(&one, 0), ask(&one, 0)], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(ask(&one, 0), Err(TooMuch::Often(Duration::from_secs(20))));
        assert_eq!(ask(&other, 0), Ok(()));
        assert_eq!(ask(&one, 15), Err(TooMuch::Often(Duration::from_secs(5))));
        assert_eq!(ask(&one, 20), Ok(()));
        assert!(ask(&one, 20).is_err());
    }

    #[test]
    fn so_many_run_at_once_until_they_end() {
        let callers = Callers::new(CallerLimits { requests_per_minute: 100, at_once: 2 });
        let (name, now) = (Arc::from("one"), Instant::now());
        let first = callers.begin(&name, now).unwrap();
        let second = callers.begin(&name, now).unwrap();
        assert_eq!(callers.begin(&name, now).map(drop), Err(TooMuch::AtOnce));
        drop(first);
        let third = callers.begin(&name, now);
        assert!(third.is_ok() && callers.begin(&name, now).is_err());
        drop(second);
        assert!(callers.begin(&name, now).is_ok());
    }
}
