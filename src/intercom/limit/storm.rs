//! A time in which the server answers 429: everyone waits, then one request of the process finds out
//! whether it is over. Pure; told the time and what the refusals say.

use super::Micros;
use super::clock::WINDOW;
use super::headers::RateHeaders;

const SECOND: Micros = 1_000_000;
/// The pause after a 429 that says nothing useful.
const BLIND_WAIT: Micros = WINDOW;
/// The longest pause a clock may ask for.
const LONGEST_WAIT: Micros = 60 * SECOND;

/// Requests refused without interruption.
#[derive(Debug)]
pub(super) struct Storm {
    /// Since when.
    pub(super) since: Micros,
    /// Until when nothing is sent.
    pub(super) blocked_until: Micros,
    refusals: u32,
    test_under_way: bool,
}

impl Storm {
    /// The first refusal.
    pub(super) fn new(now: Micros) -> Self {
        Self { since: now, blocked_until: now, refusals: 0, test_under_way: false }
    }

    /// `None` to send the one request that tests whether it is over, or how long to wait.
    pub(super) fn decide(&mut self, now: Micros) -> Option<Micros> {
        if now < self.blocked_until {
            return Some(self.blocked_until);
        }
        if self.test_under_way {
            return Some(now + WINDOW);
        }
        self.test_under_way = true;
        None
    }

    /// The test has ended, one way or another.
    pub(super) fn test_landed(&mut self) {
        self.test_under_way = false;
    }

    /// A refusal: wait as long as it says, or until the window's end by our clock, and `jitter` (in
    /// [0, 1)) of a second more. Repeated refusals are answered more slowly whatever they say.
    pub(super) fn refused(
        &mut self,
        now: Micros,
        said: &RateHeaders,
        window_end: Option<Micros>,
        jitter: f64,
        tested: bool,
    ) {
        let told = said.retry_after().and_then(|wait| Micros::try_from(wait.as_micros()).ok());
        let by_header = said.until_reset().map(|seconds| seconds * SECOND);
        let by_clock = window_end.map(|end| end - now).filter(|left| (0..=LONGEST_WAIT).contains(left));
        let floor = (SECOND / 2 * (1 << self.refusals.min(5))).min(WINDOW);
        let wait = told.or(by_header).or(by_clock).unwrap_or(BLIND_WAIT).max(floor);
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let until = now + wait + (jitter * SECOND as f64) as Micros;
        self.refusals += u32::from(tested);
        self.blocked_until = self.blocked_until.max(until);
    }
}
