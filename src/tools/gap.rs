//! Stretches of time that are not held, and why, told from what is covered rather than from the last run.

use schemars::JsonSchema;
use serde::Serialize;

use super::moment::Moment;
use crate::sync::{SyncState, Window, WindowField};

/// A stretch of time of which conversations may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Gap {
    /// Its first moment (UTC); none is the beginning.
    pub start: Option<Moment>,
    /// The first moment after it (UTC).
    pub end: Moment,
    /// How long it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
    /// Why it is not held.
    pub why: Why,
}

/// Why a stretch of time is not held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Why {
    /// A sync is to list it still.
    NotListedYet,
    /// It is newer than the last sync.
    NewerThanLastSync,
    /// It is older than what was asked for.
    OlderThanFetched,
    /// Nobody asked for it.
    NeverFetched,
}

impl Why {
    /// In words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::NotListedYet => "still to be listed by a sync",
            Self::NewerThanLastSync => "newer than the last sync",
            Self::OlderThanFetched => "older than what was fetched",
            Self::NeverFetched => "never fetched",
        }
    }
}

/// The stretches of `from..to` that are not covered, oldest first.
pub(super) fn gaps(sync: &SyncState, from: i64, to: i64) -> Vec<Gap> {
    let gap = |(start, end)| {
        let (shown, end_shown) = (Moment::from_seconds(start), Moment::from_seconds(end)?);
        let seconds = shown.map(|_| end - start);
        Some(Gap { start: shown, end: end_shown, seconds, why: why(sync, start, end) })
    };
    sync.coverage.gaps(from, to).into_iter().filter_map(gap).collect()
}

fn why(sync: &SyncState, start: i64, end: i64) -> Why {
    let is_due = |window: &Window| {
        let (from, to) = window.remaining();
        window.field == WindowField::CreatedAt && from.is_none_or(|from| from < end) && to >= start
    };
    let spans = sync.coverage.spans();
    match (spans.first(), spans.last()) {
        _ if sync.windows.iter().any(is_due) => Why::NotListedYet,
        (_, Some(last)) if start >= last.to_seconds => Why::NewerThanLastSync,
        (Some(first), _) if end <= first.from_seconds => Why::OlderThanFetched,
        _ => Why::NeverFetched,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::Span;

    fn sync(spans: &[(i64, i64)]) -> SyncState {
        let mut sync = SyncState::default();
        for (from_seconds, to_seconds) in spans {
            let (from_seconds, to_seconds) = (*from_seconds, *to_seconds);
            sync.coverage.add(Span { from_seconds, to_seconds, as_of_seconds: to_seconds });
        }
        sync
    }

    fn whys(sync: &SyncState, from: i64, to: i64) -> Vec<Why> {
        gaps(sync, from, to).into_iter().map(|gap| gap.why).collect()
    }

    #[test]
    fn each_gap_says_why_it_is_there() {
        let held = sync(&[(100, 200), (300, 400)]);
        assert_eq!(whys(&held, 0, 500), [Why::OlderThanFetched, Why::NeverFetched, Why::NewerThanLastSync]);
        assert_eq!(whys(&held, 100, 200), []);
        assert_eq!(whys(&sync(&[]), 0, 500), [Why::NeverFetched]);
        assert_eq!(gaps(&held, 0, 150)[0].seconds, Some(100));
        assert_eq!(gaps(&held, i64::MIN, 150)[0].start, None);
    }

    #[test]
    fn what_a_sync_has_still_to_list_is_told_apart() {
        let mut held = sync(&[(300, 400)]);
        held.windows.push(Window {
            id: 1,
            field: WindowField::CreatedAt,
            from: None,
            to: 299,
            created_before: None,
            covers: None,
            is_sweep: false,
            resume_at: None,
        });
        assert_eq!(whys(&held, 0, 400), [Why::NotListedYet]);
        held.windows[0].field = WindowField::UpdatedAt;
        assert_eq!(whys(&held, 0, 400), [Why::OlderThanFetched]);
    }
}
