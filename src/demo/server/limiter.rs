//! The rate limit: so many requests per 10-second window, windows aligned to unix time.
//!
//! Owns the count and the header values; knows nothing of HTTP.

/// Length of a window in seconds.
pub(crate) const WINDOW: i64 = 10;
/// What the headers say when there is no limit.
const UNLIMITED: u32 = 1_000_000;

/// What the three headers say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Budget {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Unix seconds.
    pub(crate) reset: i64,
    pub(crate) exceeded: bool,
}

pub(crate) struct Limiter {
    limit: u32,
    window: i64,
    used: u32,
}

impl Limiter {
    pub(crate) fn new(limit: Option<u32>) -> Self {
        Self { limit: limit.unwrap_or(UNLIMITED), window: i64::MIN, used: 0 }
    }

    pub(crate) fn limit(&self) -> u32 {
        self.limit
    }

    /// Counts a request.
    pub(crate) fn take(&mut self, now: i64) -> Budget {
        let window = now.div_euclid(WINDOW);
        if window != self.window {
            self.window = window;
            self.used = 0;
        }
        let exceeded = self.used >= self.limit;
        if !exceeded {
            self.used += 1;
        }
        let remaining = self.limit - self.used;
        Budget { limit: self.limit, remaining, reset: (window + 1) * WINDOW, exceeded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_on_a_multiple_of_ten_seconds() {
        let mut limiter = Limiter::new(Some(2));
        assert_eq!(limiter.take(109), Budget { limit: 2, remaining: 1, reset: 110, exceeded: false });
        assert_eq!(limiter.take(109), Budget { limit: 2, remaining: 0, reset: 110, exceeded: false });
        assert!(limiter.take(109).exceeded);
        assert_eq!(limiter.take(110), Budget { limit: 2, remaining: 1, reset: 120, exceeded: false });
    }
}
