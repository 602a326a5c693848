//! When the server's windows end, in local time. Every response that names its window bounds that moment
//! from both sides; the bounds close in on it, and clocks need not agree. Decides nothing.

use super::Micros;

const SECOND: Micros = 1_000_000;
/// The server's window.
pub(super) const WINDOW: Micros = 10 * SECOND;
/// Added to every estimate, for servers that do not turn over all at once.
const MARGIN: Micros = 100_000;
/// Bounds that contradict each other by more than this mean that `Reset` is not what it should be.
const CONTRADICTION: Micros = 3 * SECOND;
/// A `Reset` this far from where the clock expects it is not believed.
const TOLERANCE: Micros = 11 * SECOND;
/// Bounds are taken afresh after this long, since clocks drift.
const AGE: Micros = 600 * SECOND;

/// Local times at which the server's clock reads a certain second.
#[derive(Debug, Clone)]
pub(super) struct ServerClock {
    /// The `Reset` all bounds are about.
    reset: i64,
    /// It has not ended before this.
    not_before: Micros,
    /// It has ended by this.
    not_after: Micros,
    /// It ends about then, by the `Date` header; believed until contradicted.
    by_date: Option<Micros>,
    /// When the bounds were begun.
    since: Micros,
    /// When the first response was received.
    anchored_at: Micros,
}

/// One response that named its window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting {
    /// `Reset` of the response.
    pub(super) reset: i64,
    /// Local time at which the request was sent.
    pub(super) sent: Micros,
    /// Local time at which the response was received.
    pub(super) received: Micros,
    /// Seconds left by the server's own clock, rounded up, if it told the time.
    pub(super) until_reset: Option<i64>,
}

impl ServerClock {
    /// A clock from the first response.
    pub(super) fn new(seen: Sighting) -> Self {
        Self {
            reset: seen.reset,
            not_before: seen.sent,
            not_after: seen.received + WINDOW,
            by_date: dated(seen),
            since: seen.received,
            anchored_at: seen.received,
        }
    }

    /// Local time at which the window with this reset has ended.
    pub(super) fn end(&self, reset: i64) -> Micros {
        self.end_of_own().saturating_add(self.shift(reset))
    }

    /// Whether a response's window is about where it should be.
    pub(super) fn believes(&self, seen: Sighting) -> bool {
        let elapsed = seen.received - self.anchored_at;
        (self.shift(seen.reset).saturating_sub(elapsed)).abs() <= TOLERANCE
    }

    /// Narrows the bounds. `false` when they contradict each other beyond repair.
    pub(super) fn observe(&mut self, seen: Sighting) -> bool {
        if seen.received - self.since > AGE {
            self.renew(seen);
            return true;
        }
        let shift = self.shift(seen.reset);
        self.not_before = self.not_before.max(seen.sent - shift);
        self.not_after = self.not_after.min(seen.received + WINDOW - shift);
        let date = dated(seen).map(|end| end - shift);
        self.by_date = match (self.by_date, date) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, _) => old,
        };
        // A `Date` from another clock than the limiter's: caught, and not listened to again.
        self.by_date = self.by_date.filter(|end| *end + MARGIN >= self.not_before);
        self.not_before <= self.not_after + CONTRADICTION
    }

    fn end_of_own(&self) -> Micros {
        let latest = self.by_date.map_or(self.not_after, |date| date.min(self.not_after));
        latest.max(self.not_before) + MARGIN
    }

    /// Starts new bounds, with the old estimate as a guess that can be refuted.
    fn renew(&mut self, seen: Sighting) {
        let guess = self.end(seen.reset) - MARGIN;
        *self = Self { by_date: Some(guess), ..Self::new(seen) };
    }

    fn shift(&self, reset: i64) -> Micros {
        reset.saturating_sub(self.reset).saturating_mul(SECOND)
    }
}

fn dated(seen: Sighting) -> Option<Micros> {
    let left = seen.until_reset.filter(|left| *left <= WINDOW / SECOND)?;
    Some(seen.received + left * SECOND)
}
