//! What to list, decided from what is known: a pure function, without network, clock or disk.
//!
//! History is listed by `created_at`, which never changes, so that no page shifts while others are read; changes
//! are listed by `updated_at`. Both overlap what is known already: listing twice is harmless, a gap is not.

use chrono::{DateTime, Datelike, NaiveTime};

use super::coverage::Span;
use super::state::{SyncState, Window, WindowField};

/// How far a run looks back behind what is known, in seconds: Intercom's search may lag.
pub const OVERLAP_SECONDS: i64 = 300;
/// How often recent days are listed again, in seconds.
const SWEEP_EVERY_SECONDS: i64 = 24 * 3_600;
/// How many days a sweep lists again.
const SWEEP_DAYS: i64 = 7;

/// What the user asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// What changed; everything (or the last `initial_days`) when nothing is held yet.
    Incremental {
        /// How far back a first sync goes; everything when not set.
        initial_days: Option<u32>,
    },
    /// Everything, again.
    Full,
    /// Everything created or changed in the last days.
    Days(u32),
    /// Everything created in `from..to`, in seconds since 1970.
    Range {
        /// The first second.
        from: i64,
        /// The first second after it.
        to: i64,
    },
}

impl Scope {
    /// The word for it in `sync_runs`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Incremental { .. } => "incremental",
            Self::Full => "full",
            Self::Days(_) | Self::Range { .. } => "range",
        }
    }
}

/// What Intercom says before a run is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survey {
    /// The present, in seconds since 1970.
    pub now: i64,
    /// The latest `updated_at` of any conversation, by Intercom's clock; `None` when there is none.
    pub newest_update: Option<i64>,
    /// The earliest `created_at` of any conversation.
    pub oldest_creation: Option<i64>,
}

impl Survey {
    /// The latest second anything can have: the two clocks may differ.
    fn present(&self) -> i64 {
        self.newest_update.map_or(self.now, |newest| newest.max(self.now))
    }
}

/// Adds to the state what a run has to list. Windows left over from an earlier run come first.
pub fn plan(state: &mut SyncState, scope: &Scope, survey: &Survey) {
    let is_first = state.updated_through.is_none();
    let scope = match scope {
        Scope::Incremental { initial_days: Some(days) } if is_first => &Scope::Days(*days),
        Scope::Incremental { initial_days: None } if is_first => &Scope::Full,
        scope => scope,
    };
    plan_changes(state, survey);
    match *scope {
        Scope::Full if !continues_full(state) => plan_history(state, None, survey.present(), survey),
        Scope::Full => {}
        Scope::Days(days) => {
            let from = survey.now - i64::from(days) * 86_400;
            plan_history(state, Some(from), survey.present(), survey);
            plan_older_changes(state, from, survey);
        }
        Scope::Range { from, to } => {
            plan_history(state, Some(from), to.min(survey.present() + 1) - 1, survey);
        }
        Scope::Incremental { .. } => plan_sweep(state, survey),
    }
}

/// Whether windows of an interrupted full sync are still there to be worked on.
fn continues_full(state: &SyncState) -> bool {
    state.windows.iter().any(|window| window.field == WindowField::CreatedAt && window.from.is_none())
}

/// Changes since what is known, up to the newest there is.
fn plan_changes(state: &mut SyncState, survey: &Survey) {
    let newest = survey.newest_update.unwrap_or(survey.now);
    let Some(known) = state.updated_through else {
        // Nothing is known: what changes from here on will be found from here on.
        state.updated_through = Some(newest);
        state.swept_at = Some(survey.now);
        return;
    };
    // An interrupted listing of changes is listed again from where it stopped, up to the new end.
    let stopped = state.windows.iter().position(Window::is_changes).map(|index| state.windows.remove(index));
    let resumed = stopped.as_ref().and_then(|window| window.resume_at).unwrap_or(known);
    let covered_from = stopped.and_then(|window| window.covers).map_or(known, |span| span.from_seconds);
    let from = Some(resumed.max(known) - OVERLAP_SECONDS);
    let covers = Span {
        from_seconds: covered_from,
        to_seconds: survey.now.max(covered_from + 1),
        as_of_seconds: survey.now,
    };
    push(state, Window { from, to: newest.max(known), covers: Some(covers), ..changes() });
}

fn changes() -> Window {
    Window {
        id: 0,
        field: WindowField::UpdatedAt,
        from: None,
        to: 0,
        created_before: None,
        covers: None,
        is_sweep: false,
        resume_at: None,
    }
}

fn push(state: &mut SyncState, window: Window) {
    let id = state.next_window_id;
    state.next_window_id += 1;
    state.windows.push(Window { id, ..window });
}

/// One window a calendar month, newest first; the first one reaches back to "since ever" without a `from`.
fn plan_history(state: &mut SyncState, from: Option<i64>, to: i64, survey: &Survey) {
    let oldest = survey.oldest_creation.unwrap_or(survey.now).min(to);
    let first = from.unwrap_or(oldest);
    let mut end = to;
    loop {
        let start = month_start(end).max(first);
        let is_last = start <= first;
        let window_from = if is_last { from } else { Some(start) };
        let covers = Span {
            from_seconds: window_from.unwrap_or(i64::MIN),
            to_seconds: (end + 1).min(survey.now.max(start + 1)),
            as_of_seconds: survey.now,
        };
        let window = Window { field: WindowField::CreatedAt, from: window_from, to: end, ..changes() };
        push(state, Window { covers: Some(covers), ..window });
        if is_last {
            return;
        }
        end = start - 1;
    }
}

/// What was created before a period and changed in it.
fn plan_older_changes(state: &mut SyncState, from: i64, survey: &Survey) {
    let to = survey.newest_update.unwrap_or(survey.now);
    if from < to {
        push(state, Window { from: Some(from), to, created_before: Some(from), ..changes() });
    }
}

/// Once a day, recent days again: tags on parts and late ratings do not show as changes (API section 5.1).
fn plan_sweep(state: &mut SyncState, survey: &Survey) {
    let is_due = state.swept_at.is_none_or(|at| survey.now - at >= SWEEP_EVERY_SECONDS);
    let is_busy = state.windows.iter().any(|window| window.field == WindowField::CreatedAt);
    if is_due && !is_busy {
        let from = Some(survey.now - SWEEP_DAYS * 86_400);
        let window = Window { field: WindowField::CreatedAt, from, to: survey.now, ..changes() };
        push(state, Window { is_sweep: true, ..window });
    }
}

fn month_start(seconds: i64) -> i64 {
    let date = DateTime::from_timestamp(seconds, 0).unwrap_or_default().date_naive();
    let midnight = date.with_day(1).unwrap_or(date).and_time(NaiveTime::MIN);
    midnight.and_utc().timestamp()
}
