//! When the next sync begins: a pure function of what is known, so that it can be tried without a clock.

use std::time::Duration;

/// Questions so recent mean that somebody is at work.
const BUSY_SECONDS: i64 = 10 * 60;
/// After so long without a question nobody is.
const IDLE_SECONDS: i64 = 60 * 60;
/// How much rarer syncs are then.
const IDLE_FACTOR: u32 = 4;
/// A sync that began so recently is not begun again for any question.
const AT_LEAST_SECONDS: i64 = 30;
/// The first pause after a failure; doubles with every further one.
const BACKOFF_SECONDS: i64 = 30;
/// Doublings after which it stays.
const MOST_DOUBLINGS: u32 = 6;

/// How often syncs begin by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Time between syncs.
    pub usual: Duration,
    /// Time between syncs while questions come.
    pub busy: Duration,
    /// Time between syncs when nobody asked for long.
    pub idle: Duration,
}

impl Pace {
    /// The pace of a usual interval: more often while questions come, and more rarely while none do.
    pub fn every(usual: Duration) -> Self {
        Self { usual, busy: usual.min(Duration::from_secs(120)), idle: usual.saturating_mul(IDLE_FACTOR) }
    }

    /// Always the same interval, for a process that hears no questions.
    pub fn steady(usual: Duration) -> Self {
        Self { usual, busy: usual, idle: usual }
    }
}

/// What the decision depends on. All times are in seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Situation {
    /// The present.
    pub(super) now: i64,
    /// When the last sync began, of whatever process.
    pub(super) last_sync_at: Option<i64>,
    /// When this process was last asked something.
    pub(super) last_question_at: Option<i64>,
    /// Whether what was asked reaches further beyond what is held than it may.
    pub(super) is_wanted: bool,
    /// Syncs of this process that failed one after the other.
    pub(super) failures: u32,
    /// When the last of them ended.
    pub(super) failed_at: Option<i64>,
    /// Between 0 and 1, by chance: processes that failed together do not come back together.
    pub(super) spread: f64,
}

/// When the next sync begins, in seconds since 1970; what is past is due.
pub(super) fn next_sync(situation: &Situation, pace: &Pace) -> i64 {
    let now = situation.now;
    if let (Some(failed_at), 1..) = (situation.failed_at, situation.failures) {
        return failed_at.min(now) + backoff(situation.failures, situation.spread);
    }
    let Some(last) = situation.last_sync_at else { return now };
    let pause = match situation.is_wanted {
        true => AT_LEAST_SECONDS,
        false => interval(situation, pace),
    };
    // A clock that was put back makes no sync wait for the time it showed before.
    last.min(now) + pause
}

fn interval(situation: &Situation, pace: &Pace) -> i64 {
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 8);
    match situation.last_question_at.map(|at| situation.now - at) {
        Some(ago) if ago < BUSY_SECONDS => seconds(pace.busy),
        Some(ago) if ago < IDLE_SECONDS => seconds(pace.usual),
        _ => seconds(pace.idle),
    }
}

/// From half of what the failures come to up to all of it.
fn backoff(failures: u32, spread: f64) -> i64 {
    let whole = BACKOFF_SECONDS << failures.saturating_sub(1).min(MOST_DOUBLINGS);
    let half = whole / 2;
    half + (half as f64 * spread.clamp(0.0, 1.0)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_176_000;

    fn pace() -> Pace {
        Pace::every(Duration::from_secs(600))
    }

    fn asked(ago: i64) -> Situation {
        let (last_sync_at, last_question_at) = (Some(NOW - 60), Some(NOW - ago));
        Situation { now: NOW, last_sync_at, last_question_at, ..Situation::default() }
    }

    fn waits(situation: &Situation) -> i64 {
        next_sync(situation, &pace()) - situation.now
    }

    #[test]
    fn a_lake_that_was_never_synced_is_due() {
        assert_eq!(waits(&Situation { now: NOW, ..Situation::default() }), 0);
    }

    #[test]
    fn syncs_are_frequent_while_questions_come_and_sparse_when_none_do() {
        assert_eq!([asked(0), asked(599)].map(|at| waits(&at)), [60, 60]);
        assert_eq!([asked(600), asked(3_599)].map(|at| waits(&at)), [540, 540]);
        assert_eq!(waits(&asked(3_600)), 2_340);
        assert_eq!(waits(&Situation { last_question_at: None, ..asked(0) }), 2_340);
    }

    #[test]
    fn a_steady_pace_does_not_depend_on_questions() {
        let pace = Pace::steady(Duration::from_secs(600));
        let unasked = Situation { last_question_at: None, ..asked(0) };
        assert_eq!([asked(0), asked(7_200), unasked].map(|at| next_sync(&at, &pace) - NOW), [540; 3]);
    }

    #[test]
    fn an_interval_shorter_than_the_busy_one_stays_as_it_is() {
        let pace = Pace::every(Duration::from_secs(60));
        assert_eq!(next_sync(&asked(0), &pace), NOW);
        assert_eq!(next_sync(&asked(700), &pace), NOW);
    }

    #[test]
    fn a_question_beyond_what_is_held_makes_a_sync_due() {
        assert!(waits(&Situation { is_wanted: true, ..asked(0) }) <= 0);
        let begun_now = Situation { is_wanted: true, last_sync_at: Some(NOW), ..asked(0) };
        assert_eq!(waits(&begun_now), 30, "what one sync does not make fresh, the next will not at once");
    }

    #[test]
    fn failures_double_the_pause_up_to_about_half_an_hour_whatever_is_wanted() {
        let failed = |failures, spread| Situation {
            failures,
            failed_at: Some(NOW),
            spread,
            is_wanted: true,
            ..asked(0)
        };
        assert_eq!([1, 2, 3, 7, 8, 99].map(|n| waits(&failed(n, 1.0))), [30, 60, 120, 1_920, 1_920, 1_920]);
        assert_eq!([0.0, 0.5, 1.0].map(|spread| waits(&failed(2, spread))), [30, 45, 60]);
    }

    #[test]
    fn a_clock_put_back_does_not_hold_syncs_up() {
        let ahead = Situation { last_sync_at: Some(NOW + 86_400), ..asked(0) };
        assert_eq!(waits(&ahead), 120);
        let failed = Situation { failures: 1, failed_at: Some(NOW + 86_400), spread: 0.0, ..asked(0) };
        assert_eq!(waits(&failed), 15);
    }
}
