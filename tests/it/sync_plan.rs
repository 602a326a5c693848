//! What a sync decides to list, from what is remembered: no network, no clock, no disk.

use fastintercom::sync::{OVERLAP_SECONDS, Progress, Scope, Survey, SyncState, Window, WindowField, plan};
use proptest::prelude::*;

const DAY: i64 = 86_400;
/// 2026-11-21 12:00 UTC.
const NOW: i64 = 1_795_262_400;

fn survey(oldest: i64, newest: i64) -> Survey {
    Survey { now: NOW, newest_update: Some(newest), oldest_creation: Some(oldest) }
}

fn planned(state: &SyncState, scope: &Scope, survey: &Survey) -> SyncState {
    let mut state = state.clone();
    plan(&mut state, scope, survey);
    state
}

fn finish_all(state: &mut SyncState) {
    for window in state.windows.clone() {
        state.apply(&Progress::WindowDone { id: window.id });
    }
}

const EVERYTHING: Scope = Scope::Incremental { initial_days: None };

#[test]
fn the_first_sync_lists_all_of_history_newest_month_first_and_back_to_the_beginning_of_time() {
    let state = planned(&SyncState::default(), &EVERYTHING, &survey(NOW - 70 * DAY, NOW - 30));
    let windows = &state.windows;
    assert_eq!(windows.len(), 3, "November, October, September");
    assert!(windows.iter().all(|window| window.field == WindowField::CreatedAt));
    assert_eq!(windows[0].to, NOW);
    assert_eq!(windows[2].from, None, "whatever is older than the oldest known is listed too");
    for pair in windows.windows(2) {
        assert_eq!(pair[0].from.unwrap() - 1, pair[1].to, "no second lies between two windows, none in both");
    }
    assert_eq!(state.updated_through, Some(NOW - 30), "changes from the newest one on are for the next run");
}

#[test]
fn the_next_sync_lists_changes_from_before_the_newest_known_one() {
    let mut state = planned(&SyncState::default(), &EVERYTHING, &survey(NOW - 70 * DAY, NOW - 30));
    finish_all(&mut state);
    let later =
        Survey { now: NOW + 600, newest_update: Some(NOW + 500), oldest_creation: Some(NOW - 70 * DAY) };
    plan(&mut state, &EVERYTHING, &later);
    assert_eq!(state.windows.len(), 1);
    let window = &state.windows[0];
    assert_eq!(window.field, WindowField::UpdatedAt);
    assert_eq!((window.from, window.to), (Some(NOW - 30 - OVERLAP_SECONDS), NOW + 500));
    finish_all(&mut state);
    assert_eq!(state.updated_through, Some(NOW + 500));
    assert_eq!(state.coverage.gaps(i64::MIN, NOW + 600), [], "history and the time since are one stretch");
    assert_eq!(state.coverage.as_of(i64::MIN, NOW + 600), Some(NOW + 600));
}

#[test]
fn a_clock_ahead_of_intercoms_loses_nothing_between_two_runs() {
    // Our clock says NOW, theirs is ten minutes behind: the newest change is what the next run starts from.
    let state = planned(&SyncState::default(), &EVERYTHING, &survey(NOW - DAY, NOW - 600));
    assert_eq!(state.updated_through, Some(NOW - 600));
}

#[test]
fn a_clock_behind_intercoms_still_lists_the_newest_conversations() {
    let state = planned(&SyncState::default(), &EVERYTHING, &survey(NOW - DAY, NOW + 600));
    assert_eq!(state.windows[0].to, NOW + 600);
}

#[test]
fn changes_whose_listing_was_interrupted_are_taken_up_where_it_stopped() {
    let mut state =
        SyncState { updated_through: Some(NOW - 10 * DAY), swept_at: Some(NOW), ..SyncState::default() };
    plan(&mut state, &EVERYTHING, &survey(NOW - 100 * DAY, NOW - DAY));
    let id = state.windows[0].id;
    state.apply(&Progress::Window { id, resume_at: NOW - 5 * DAY });
    plan(&mut state, &EVERYTHING, &survey(NOW - 100 * DAY, NOW));
    let windows: Vec<&Window> = state.windows.iter().filter(|window| window.is_changes()).collect();
    assert_eq!(windows.len(), 1);
    assert_eq!(windows[0].from, Some(NOW - 5 * DAY - OVERLAP_SECONDS));
    assert_eq!(windows[0].covers.unwrap().from_seconds, NOW - 10 * DAY, "what it covers began earlier");
}

#[test]
fn an_interrupted_full_sync_is_continued_rather_than_begun_again() {
    let mut state = planned(&SyncState::default(), &EVERYTHING, &survey(NOW - 70 * DAY, NOW - 30));
    let first = state.windows[0].id;
    state.apply(&Progress::WindowDone { id: first });
    let left = state.windows.clone();
    plan(&mut state, &Scope::Full, &survey(NOW - 70 * DAY, NOW - 10));
    let history: Vec<Window> = state.windows.iter().filter(|window| !window.is_changes()).cloned().collect();
    assert_eq!(history, left);
}

#[test]
fn a_full_sync_of_a_complete_lake_lists_everything_again() {
    let mut state = planned(&SyncState::default(), &EVERYTHING, &survey(NOW - 70 * DAY, NOW - 30));
    finish_all(&mut state);
    plan(&mut state, &Scope::Full, &survey(NOW - 70 * DAY, NOW - 10));
    assert_eq!(state.windows.iter().filter(|window| window.field == WindowField::CreatedAt).count(), 3);
}

#[test]
fn the_last_days_are_what_was_created_in_them_and_what_changed_in_them() {
    let state = planned(&SyncState::default(), &Scope::Days(7), &survey(NOW - 700 * DAY, NOW));
    let from = NOW - 7 * DAY;
    assert!(state.windows.iter().any(|w| w.field == WindowField::CreatedAt && w.from == Some(from)));
    let older: Vec<&Window> = state.windows.iter().filter(|w| w.created_before == Some(from)).collect();
    assert_eq!(older.len(), 1);
    assert_eq!((older[0].from, older[0].field), (Some(from), WindowField::UpdatedAt));
    let mut done = state.clone();
    finish_all(&mut done);
    assert_eq!(done.coverage.gaps(from, NOW), []);
    assert_eq!(done.coverage.gaps(from - 1, NOW), [(from - 1, from)]);
}

#[test]
fn a_range_covers_exactly_what_it_names() {
    let scope = Scope::Range { from: NOW - 40 * DAY, to: NOW - 10 * DAY };
    let mut state = planned(&SyncState::default(), &scope, &survey(NOW - 700 * DAY, NOW));
    finish_all(&mut state);
    assert_eq!(
        state.coverage.gaps(NOW - 50 * DAY, NOW),
        [(NOW - 50 * DAY, NOW - 40 * DAY), (NOW - 10 * DAY, NOW)]
    );
}

#[test]
fn recent_days_are_listed_again_once_a_day() {
    let mut state = planned(&SyncState::default(), &EVERYTHING, &survey(NOW - 70 * DAY, NOW - 30));
    finish_all(&mut state);
    let at = |hours: i64| Survey { now: NOW + hours * 3_600, ..survey(NOW - 70 * DAY, NOW) };
    plan(&mut state, &EVERYTHING, &at(1));
    assert!(!state.windows.iter().any(|window| window.is_sweep), "not after an hour");
    plan(&mut state, &EVERYTHING, &at(25));
    assert_eq!(state.windows.iter().filter(|window| window.is_sweep).count(), 1, "after a day");
    finish_all(&mut state);
    plan(&mut state, &EVERYTHING, &at(26));
    assert!(!state.windows.iter().any(|window| window.is_sweep), "and not again right away");
}

#[test]
fn an_empty_workspace_can_be_planned() {
    let survey = Survey { now: NOW, newest_update: None, oldest_creation: None };
    let mut state = planned(&SyncState::default(), &EVERYTHING, &survey);
    finish_all(&mut state);
    assert_eq!(state.updated_through, Some(NOW));
    assert_eq!(state.coverage.gaps(i64::MIN, NOW), []);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Airbyte lost the second at every edge; here every second belongs to a window.
    #[test]
    fn every_second_of_history_is_in_exactly_one_window(
        age in 0i64..4_000 * DAY, second in any::<prop::sample::Index>(), ahead in -3_600i64..3_600,
    ) {
        let oldest = NOW - age;
        let state = planned(&SyncState::default(), &EVERYTHING, &survey(oldest, NOW + ahead));
        let at = oldest + second.index((age + 1) as usize) as i64;
        let inside = |w: &&Window| w.from.is_none_or(|from| from <= at) && at <= w.to;
        prop_assert_eq!(state.windows.iter().filter(inside).count(), 1);
    }

    /// A change at any moment after a run is in the window of the next one, whatever the clocks say.
    #[test]
    fn no_change_falls_between_two_runs(
        newest in 0i64..DAY, pause in 0i64..30 * DAY, when in any::<prop::sample::Index>(), skew in -7_200i64..7_200,
    ) {
        let mut state = planned(&SyncState::default(), &EVERYTHING, &survey(NOW - 100 * DAY, NOW - newest));
        finish_all(&mut state);
        // A change that the first run could not see: it is not older than the newest one it saw.
        let change = NOW - newest + when.index((pause + 1) as usize) as i64;
        let later = Survey {
            now: NOW + pause + skew,
            newest_update: Some(change.max(NOW - newest)),
            oldest_creation: Some(NOW - 100 * DAY),
        };
        plan(&mut state, &EVERYTHING, &later);
        let window = state.windows.iter().find(|window| window.is_changes()).unwrap();
        prop_assert!(window.from.unwrap() <= change && change <= window.to);
    }
}
