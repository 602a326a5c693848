//! The rate limit, shared by every request of the process: who may send now, who waits and until when.
//!
//! `headers` reads what the server says, `clock` estimates when its windows end, `delay` how long answers
//! take, `storm` handles 429, `budget` decides; this file gives the decision a queue, a timer and a lock.
//! Knows no endpoint and makes no request.

mod budget;
mod clock;
mod delay;
mod headers;
mod storm;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::RngExt;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use budget::{Budget, Decision, Ticket};
pub(super) use headers::RateHeaders;

/// Microseconds since the limiter was made; the only clock the decision knows.
type Micros = i64;

/// Paces requests to a share of the server's limit and waits out 429.
#[derive(Debug)]
pub struct Limiter {
    budget: Mutex<Budget>,
    /// Held by the one request that is next; the others queue here in order of arrival.
    turn: tokio::sync::Mutex<()>,
    changed: Notify,
    started: Instant,
    rate_limited_for: Duration,
}

/// What the limiter knows at this moment, for a progress display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimiterState {
    /// Requests the server allows per 10-second window; `None` until a response has said so.
    pub limit: Option<u32>,
    /// Requests this process allows itself per window.
    pub budget: u32,
    /// Requests made in the current window, those under way included.
    pub used: u32,
    /// What the server said is left in the window, for all apps together.
    pub remaining: Option<u32>,
    /// Requests under way.
    pub in_flight: u32,
    /// How long all requests wait because of a 429.
    pub blocked_for: Option<Duration>,
}

/// The server answered 429 for longer than is waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LimitedTooLong {
    pub(super) waited: Duration,
}

impl Limiter {
    /// A limiter that uses `share` of whatever the server allows, and gives up after 429 without
    /// interruption for `rate_limited_for`.
    #[must_use]
    pub fn new(share: f64, rate_limited_for: Duration) -> Self {
        Self {
            budget: Mutex::new(Budget::new(share)),
            turn: tokio::sync::Mutex::new(()),
            changed: Notify::new(),
            started: Instant::now(),
            rate_limited_for,
        }
    }

    /// What is known now.
    #[must_use]
    pub fn state(&self) -> LimiterState {
        let now = self.now();
        self.lock().state(now)
    }

    /// Waits until a request may be sent. `since` is when the caller first asked for this request; it
    /// bounds how long 429 is waited out.
    pub(super) async fn acquire(&self, since: Instant) -> Result<Permit<'_>, LimitedTooLong> {
        let _turn = self.turn.lock().await;
        loop {
            let changed = self.changed.notified();
            let now = self.now();
            let (decision, storm) = {
                let mut budget = self.lock();
                (budget.decide(now), budget.storm_since())
            };
            let until = match decision {
                Decision::Send(ticket) => return Ok(Permit { limiter: self, ticket: Some(ticket) }),
                Decision::Wait(until) => until,
            };
            let give_up = storm.map(|storm| self.instant(storm).max(since) + self.rate_limited_for);
            if give_up.is_some_and(|at| Instant::now() >= at) {
                return Err(LimitedTooLong { waited: since.elapsed() });
            }
            // Should a decision ever name the past, it is asked again a little later and not at once.
            let wake = self.instant(until.max(now + 1_000));
            let wake = give_up.map_or(wake, |at| at.min(wake));
            tokio::select! {
                () = sleep_until(wake) => {}
                () = changed => {}
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Budget> {
        // A panic elsewhere cannot leave the numbers half changed: they are plain assignments.
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Micros {
        i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX)
    }

    fn instant(&self, at: Micros) -> Instant {
        self.started + Duration::from_micros(at.max(0).unsigned_abs())
    }
}

/// Leave to send one request. Dropped without an answer it counts as sent.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    limiter: &'a Limiter,
    ticket: Option<Ticket>,
}

impl Permit<'_> {
    /// A response arrived.
    pub(super) fn answered(mut self, headers: &RateHeaders) {
        if let Some(ticket) = self.ticket.take() {
            let jitter = rand::rng().random::<f64>();
            let now = self.limiter.now();
            self.limiter.lock().answered(ticket, now, headers, jitter);
            self.limiter.changed.notify_one();
        }
    }

    /// The request never reached the server.
    pub(super) fn never_sent(mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.limiter.lock().never_sent(ticket);
            self.limiter.changed.notify_one();
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.limiter.lock().lost(ticket);
            self.limiter.changed.notify_one();
        }
    }
}
