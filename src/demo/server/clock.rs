//! The server's clock, so that tests decide what time it is. Owns nothing else.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Unix milliseconds from wherever they come.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// A clock from any source of unix milliseconds.
    pub fn new(now_ms: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now_ms))
    }

    /// The machine's clock.
    pub fn system() -> Self {
        Self::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64))
    }

    /// A clock that stands still.
    pub fn fixed(unix_ms: i64) -> Self {
        Self::new(move || unix_ms)
    }

    /// A clock that starts at a moment and runs with tokio's time, which tests can pause and advance.
    pub fn tokio(start_unix_ms: i64) -> Self {
        let start = tokio::time::Instant::now();
        Self::new(move || start_unix_ms + start.elapsed().as_millis() as i64)
    }

    /// Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        (self.0)()
    }

    /// Unix seconds.
    pub fn now(&self) -> i64 {
        self.now_ms().div_euclid(1_000)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now_ms())
    }
}
