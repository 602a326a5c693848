//! Decides whether one more request may be sent now. A pure state machine over local time and what the
//! responses say; no timer, no lock, no network.
//!
//! The rule that keeps every server window within the budget, whatever the latency: requests known to be
//! in the current window, plus all under way, never exceed it. A request is known to be in the window its
//! response names. When the budget is used up, the first request after the estimated end of the window is
//! sent alone, from a slot kept for it, and opens the next window when its response confirms it.

use std::time::Duration;

use super::clock::{ServerClock, Sighting, WINDOW};
use super::delay::Delay;
use super::headers::RateHeaders;
use super::storm::Storm;
use super::{LimiterState, Micros};

const SECOND: Micros = 1_000_000;
/// What is assumed until a response names the limit: the smallest one known to be in use.
const ASSUMED_LIMIT: u32 = 83;
/// How long after its estimated end a window is taken to be over although no response confirms it.
const GRACE: Micros = SECOND;
/// How far behind schedule requests may catch up at once.
const CREDIT: Micros = 20_000;
/// When every `Reset` has been unbelievable for this long, the server's windows are unknown.
const DOUBT: Micros = 3 * SECOND;
/// How long `Reset` is ignored once it made no sense; longer each time.
const DISTRUST: Micros = 60 * SECOND;
/// The longest that is.
const LONGEST_DISTRUST: Micros = 960 * SECOND;

/// What to do with the request that is next.
#[derive(Debug)]
pub(super) enum Decision {
    /// Send it.
    Send(Ticket),
    /// Ask again then, or when something changed.
    Wait(Micros),
}

/// A request under way.
#[derive(Debug)]
pub(super) struct Ticket {
    sent: Micros,
    /// The window this request is to open.
    opens: Option<i64>,
    /// Sent alone to see whether a 429 is over.
    tests_storm: bool,
}

/// A server window as far as it is known.
#[derive(Debug, Default)]
struct Window {
    /// Its `Reset`; without a clock, nothing.
    reset: i64,
    /// Whether `reset` is a guess from the clock rather than from a response.
    guessed: bool,
    /// Requests known to be in it.
    counted: u32,
    /// Those of the window before.
    before: u32,
    /// Requests of other apps in the window before.
    others_before: u32,
    /// Requests without an answer: they may turn up in the next window as well.
    lost: u32,
    /// The least the server said is left for all apps.
    remaining: Option<u32>,
    /// When it said so.
    remaining_at: Micros,
    /// The window a request has been sent to open.
    opening: Option<i64>,
}

#[derive(Debug)]
pub(super) struct Budget {
    share: f64,
    limit: Option<u32>,
    /// Whether any response has arrived; until then requests go one at a time.
    heard: bool,
    in_flight: u32,
    window: Window,
    clock: Option<ServerClock>,
    /// Since when every `Reset` has been unbelievable.
    doubted_since: Option<Micros>,
    distrusted_until: Micros,
    distrust: Micros,
    /// When the last request was sent, by the schedule.
    last_slot: Micros,
    /// Without a clock: requests that may be sent, refilled evenly.
    tokens: f64,
    /// Without a clock: since when `window` counts.
    local_since: Micros,
    delay: Delay,
    storm: Option<Storm>,
}

impl Budget {
    pub(super) fn new(share: f64) -> Self {
        let share = if share > 0.0 { share.min(1.0) } else { 0.8 };
        let mut budget = Self {
            share,
            limit: None,
            heard: false,
            in_flight: 0,
            window: Window::default(),
            clock: None,
            doubted_since: None,
            distrusted_until: 0,
            distrust: DISTRUST,
            last_slot: 0,
            tokens: 0.0,
            local_since: 0,
            delay: Delay::default(),
            storm: None,
        };
        budget.tokens = f64::from(budget.burst());
        budget
    }

    /// Requests this process allows itself per window.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn budget(&self) -> u32 {
        let limit = self.limit.unwrap_or(ASSUMED_LIMIT);
        ((f64::from(limit) * self.share) as u32).max(1)
    }

    /// The part of it that is sent in the ordinary way: one slot is kept for opening the next window.
    fn ordinary(&self) -> u32 {
        (self.budget() - 1).max(1)
    }

    /// Left to other apps even when they take more than our share leaves them.
    fn reserve(&self) -> u32 {
        let limit = self.limit.unwrap_or(ASSUMED_LIMIT);
        (limit - self.budget().min(limit)) / 4
    }

    /// What other apps are known to have taken of the current window.
    fn others_so_far(&self) -> u32 {
        let Some(remaining) = self.window.remaining else { return 0 };
        let used = self.limit.unwrap_or(ASSUMED_LIMIT).saturating_sub(remaining);
        used.saturating_sub(self.window.counted + self.in_flight)
    }

    /// What other apps take of the whole current window, by what was seen of it.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    fn others_in_all(&self) -> u32 {
        let Some(clock) = self.clock.as_ref().filter(|_| self.window.remaining.is_some()) else { return 0 };
        let unseen = (clock.end(self.window.reset) - self.window.remaining_at) as f64 / WINDOW as f64;
        (f64::from(self.others_so_far()) / (1.0 - unseen).clamp(0.3, 1.0)) as u32
    }

    /// What to leave to other apps: as much as they took of the last window, and never nothing.
    fn others_to_come(&self) -> u32 {
        self.reserve().max(self.window.others_before.saturating_sub(self.others_so_far()))
    }

    pub(super) fn state(&self, now: Micros) -> LimiterState {
        let blocked = self.storm.as_ref().map_or(0, |storm| storm.blocked_until - now);
        LimiterState {
            limit: self.limit,
            budget: self.budget(),
            used: self.window.counted + self.in_flight,
            remaining: self.window.remaining,
            in_flight: self.in_flight,
            blocked_for: (blocked > 0).then(|| Duration::from_micros(blocked.unsigned_abs())),
        }
    }

    /// Since when the server answers nothing but 429.
    pub(super) fn storm_since(&self) -> Option<Micros> {
        self.storm.as_ref().map(|storm| storm.since)
    }

    pub(super) fn decide(&mut self, now: Micros) -> Decision {
        if let Some(storm) = &mut self.storm {
            return match storm.decide(now) {
                Some(until) => Decision::Wait(until),
                None => self.send(Ticket { sent: now, opens: None, tests_storm: true }),
            };
        }
        if !self.heard && self.in_flight > 0 {
            return Decision::Wait(now + WINDOW);
        }
        match &self.clock {
            Some(clock) => {
                let end = clock.end(self.window.reset);
                self.decide_in_window(now, end)
            }
            None => self.decide_blindly(now),
        }
    }

    fn send(&mut self, ticket: Ticket) -> Decision {
        self.in_flight += 1;
        Decision::Send(ticket)
    }

    /// With the server's windows known: spread what is left of the budget over what is left of the time.
    fn decide_in_window(&mut self, now: Micros, mut end: Micros) -> Decision {
        if now >= end + GRACE {
            let windows = 1 + (now - end) / WINDOW;
            end += windows * WINDOW;
            self.turn_over(self.window.reset + windows * (WINDOW / SECOND), now);
            self.window.guessed = true;
        } else if now >= end {
            return self.decide_between(now, end);
        }
        let used = self.window.counted + self.in_flight;
        let mut room = self.ordinary().saturating_sub(used);
        if let Some(remaining) = self.window.remaining {
            room = room.min(remaining.saturating_sub(self.in_flight + self.others_to_come()));
        }
        if room == 0 {
            return Decision::Wait(end);
        }
        let stop = end - self.delay.guard();
        let nominal = WINDOW / Micros::from(self.budget()) / 2;
        let interval = if now < stop { (stop - self.last_slot).max(0) / Micros::from(room) } else { nominal };
        self.send_in_slot(now, interval)
    }

    /// After the estimated end of the window and before the next is confirmed: one request finds out.
    fn decide_between(&mut self, now: Micros, end: Micros) -> Decision {
        let next = self.window.reset + WINDOW / SECOND;
        let room = self.window.counted + self.in_flight < self.budget();
        if room && self.window.opening != Some(next) {
            self.window.opening = Some(next);
            self.last_slot = now;
            return self.send(Ticket { sent: now, opens: Some(next), tests_storm: false });
        }
        Decision::Wait(end + GRACE)
    }

    fn send_in_slot(&mut self, now: Micros, interval: Micros) -> Decision {
        let slot = self.last_slot + interval;
        if slot > now {
            return Decision::Wait(slot);
        }
        self.last_slot = slot.max(now - CREDIT);
        self.send(Ticket { sent: now, opens: None, tests_storm: false })
    }

    /// Requests that may be sent at once while the windows are unknown.
    fn burst(&self) -> u32 {
        (self.budget() / 8).max(1)
    }

    /// Without the server's windows: evenly, so that no ten seconds anywhere hold more than the budget.
    fn decide_blindly(&mut self, now: Micros) -> Decision {
        if now - self.local_since >= WINDOW {
            self.window =
                Window { counted: self.window.lost, before: self.window.counted, ..Window::default() };
            self.local_since = now;
        }
        if self.window.remaining.is_some_and(|left| left <= self.in_flight + self.reserve()) {
            return Decision::Wait(self.local_since + WINDOW);
        }
        let burst = f64::from(self.burst());
        #[allow(clippy::cast_precision_loss)]
        let per_micro = (f64::from(self.budget()) - burst).max(0.5) / WINDOW as f64;
        #[allow(clippy::cast_precision_loss)]
        let refill = (now - self.last_slot).max(0) as f64 * per_micro;
        self.tokens = (self.tokens + refill).min(burst);
        self.last_slot = now;
        if self.tokens < 1.0 {
            #[allow(clippy::cast_possible_truncation)]
            let missing = ((1.0 - self.tokens) / per_micro).ceil() as Micros;
            return Decision::Wait(now + missing.max(1));
        }
        self.tokens -= 1.0;
        self.send(Ticket { sent: now, opens: None, tests_storm: false })
    }

    /// A new window has begun.
    fn turn_over(&mut self, reset: i64, now: Micros) {
        self.window = Window {
            reset,
            guessed: false,
            counted: self.window.lost,
            before: self.window.counted,
            others_before: self.others_in_all(),
            lost: 0,
            remaining: None,
            remaining_at: now,
            opening: None,
        };
        self.last_slot = now - WINDOW / Micros::from(self.budget());
    }

    /// The request never reached the server: as if it had not been.
    pub(super) fn never_sent(&mut self, ticket: Ticket) {
        self.land(&ticket);
    }

    /// No answer will come: it may have been counted in this window or turn up in the next.
    pub(super) fn lost(&mut self, ticket: Ticket) {
        self.never_sent(ticket);
        self.window.counted += 1;
        self.window.lost += 1;
    }

    fn land(&mut self, ticket: &Ticket) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if ticket.opens.is_some() && ticket.opens == self.window.opening {
            self.window.opening = None;
        }
        if let Some(storm) = self.storm.as_mut().filter(|_| ticket.tests_storm) {
            storm.test_landed();
        }
    }

    /// A response arrived. `jitter` is a random number in [0, 1).
    pub(super) fn answered(&mut self, ticket: Ticket, now: Micros, said: &RateHeaders, jitter: f64) {
        self.land(&ticket);
        self.heard = true;
        self.delay.record(now - ticket.sent);
        if said.limit.is_some() {
            self.limit = said.limit;
        }
        match said.reset {
            Some(reset) if now >= self.distrusted_until => {
                let seen =
                    Sighting { reset, sent: ticket.sent, received: now, until_reset: said.until_reset() };
                self.place(seen, said.remaining);
            }
            _ => self.count_here(now, said.remaining),
        }
        if said.limited {
            let window_end = self.clock.as_ref().map(|clock| clock.end(self.window.reset));
            let storm = self.storm.get_or_insert_with(|| Storm::new(now));
            storm.refused(now, said, window_end, jitter, ticket.tests_storm);
        } else if self.storm.as_ref().is_some_and(|storm| ticket.sent >= storm.since) {
            self.storm = None;
            self.last_slot = self.last_slot.max(now - CREDIT);
        }
    }

    fn count_here(&mut self, now: Micros, remaining: Option<u32>) {
        self.window.counted += 1;
        if let Some(left) = remaining
            && self.window.remaining.is_none_or(|least| left <= least)
        {
            self.window.remaining = Some(left);
            self.window.remaining_at = now;
        }
    }

    /// Puts a response into the window it names.
    fn place(&mut self, seen: Sighting, remaining: Option<u32>) {
        let Some(clock) = &mut self.clock else {
            return self.learn_windows(seen, remaining);
        };
        if !clock.believes(seen) {
            // Headers that are wrong about the window are not believed about what is left in it either.
            self.count_here(seen.received, None);
            if seen.received - *self.doubted_since.get_or_insert(seen.received) > DOUBT {
                self.forget_windows(seen.received);
            }
            return;
        }
        self.doubted_since = None;
        let late = seen.sent > clock.end(seen.reset);
        if !clock.observe(seen) {
            self.count_here(seen.received, remaining);
            return self.forget_windows(seen.received);
        }
        let length = WINDOW / SECOND;
        let current = self.window.reset;
        if seen.reset >= current + length {
            self.turn_over(seen.reset, seen.received);
            self.count_here(seen.received, remaining);
        } else if seen.reset >= current {
            if self.window.guessed {
                (self.window.reset, self.window.guessed) = (seen.reset, false);
            }
            self.count_here(seen.received, remaining);
        } else if late {
            self.turn_back(seen, remaining);
        }
    }

    /// The window that seemed over is not: what was sent since belongs to it.
    fn turn_back(&mut self, seen: Sighting, remaining: Option<u32>) {
        let window = &mut self.window;
        (window.reset, window.guessed, window.opening) = (seen.reset, false, None);
        window.counted += window.before;
        window.before = 0;
        self.count_here(seen.received, remaining);
    }

    /// The first `Reset`, or the first after a time without.
    fn learn_windows(&mut self, seen: Sighting, remaining: Option<u32>) {
        self.clock = Some(ServerClock::new(seen));
        self.doubted_since = None;
        let window = &mut self.window;
        (window.reset, window.guessed, window.opening) = (seen.reset, false, None);
        window.counted += window.before;
        window.before = 0;
        self.last_slot = seen.received - WINDOW / Micros::from(self.budget());
        self.count_here(seen.received, remaining);
    }

    /// `Reset` is not to be relied on; pace without it for a while.
    fn forget_windows(&mut self, now: Micros) {
        self.distrusted_until = now + self.distrust;
        self.distrust = (2 * self.distrust).min(LONGEST_DISTRUST);
        (self.clock, self.doubted_since) = (None, None);
        self.local_since = now;
        self.last_slot = now;
        self.tokens = 0.0;
    }
}
