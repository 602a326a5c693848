//! Which stretches of time can be compared with Intercom, cut by day, and which conversations are held in them.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;

use crate::cmd::words;
use crate::error::CommandError;
use crate::lake::{Disk, Layout, Reader, State};
use crate::model::{Conversation, Row};
use crate::sync::{Coverage, OVERLAP_SECONDS};

const DAY: i64 = 86_400;

/// A stretch of creation times within one day, in seconds since 1970; the end is not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stretch {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// What is held completely, cut by day. The last minutes before a sync are left out: Intercom's search may have
/// lagged. What lies before the first conversation held is one stretch.
pub(super) fn stretches(coverage: &Coverage, first_held: Option<i64>) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for span in coverage.spans() {
        let end = span.to_seconds.min(span.as_of_seconds - OVERLAP_SECONDS);
        let mut from = span.from_seconds.max(0);
        if let Some(first) = first_held.filter(|first| span.from_seconds == i64::MIN && *first < end) {
            let first_day = first - first.rem_euclid(DAY);
            stretches.push(Stretch { from, to: first_day });
            from = first_day;
        }
        while from < end {
            let to = (from - from.rem_euclid(DAY) + DAY).min(end);
            stretches.push(Stretch { from, to });
            from = to;
        }
    }
    stretches.retain(|stretch| stretch.from < stretch.to);
    stretches
}

/// Why the rest is not compared.
pub(super) fn left_out(coverage: &Coverage) -> Vec<String> {
    let spans = coverage.spans();
    let mut reasons = Vec::new();
    if let Some(first) = spans.first().filter(|span| span.from_seconds != i64::MIN) {
        reasons
            .push(format!("conversations begun before {}: never fetched", words::minute(first.from_seconds)));
    }
    for pair in spans.windows(2).filter(|pair| pair[0].to_seconds < pair[1].from_seconds) {
        let (from, to) = (words::minute(pair[0].to_seconds), words::minute(pair[1].from_seconds));
        reasons.push(format!("conversations begun from {from} to {to}: not fetched completely"));
    }
    if let Some(as_of) = spans.iter().map(|span| span.as_of_seconds).max() {
        let since = words::minute(as_of - OVERLAP_SECONDS);
        reasons.push(format!("conversations begun after {since}: `fi sync` fetches them"));
    }
    reasons.push(String::from("messages, contacts and tickets: Intercom does not count them by day"));
    reasons
}

/// How many conversations are held in each stretch.
pub(super) fn counts(
    layout: &Layout,
    state: &State,
    stretches: &[Stretch],
) -> Result<BTreeMap<Stretch, u64>, CommandError> {
    let mut counts: BTreeMap<Stretch, u64> = stretches.iter().map(|stretch| (*stretch, 0)).collect();
    each(layout, state, |at, _| {
        if let Some(count) = stretch_of(stretches, at).and_then(|stretch| counts.get_mut(&stretch)) {
            *count += 1;
        }
    })?;
    Ok(counts)
}

/// The ids of the conversations held in each of these stretches.
pub(super) fn ids(
    layout: &Layout,
    state: &State,
    stretches: &[Stretch],
) -> Result<BTreeMap<Stretch, BTreeSet<String>>, CommandError> {
    let mut ids: BTreeMap<Stretch, BTreeSet<String>> = BTreeMap::new();
    if stretches.is_empty() {
        return Ok(ids);
    }
    each(layout, state, |at, id| {
        if let Some(stretch) = stretch_of(stretches, at) {
            ids.entry(stretch).or_default().insert(id.to_owned());
        }
    })?;
    Ok(ids)
}

fn stretch_of(stretches: &[Stretch], at: i64) -> Option<Stretch> {
    let index = stretches.partition_point(|stretch| stretch.to <= at);
    stretches.get(index).copied().filter(|stretch| stretch.from <= at)
}

/// Calls with the creation time and the id of every conversation held.
fn each(layout: &Layout, state: &State, mut call: impl FnMut(i64, &str)) -> Result<(), CommandError> {
    let disk = Disk::default();
    let reader = Reader::new(&disk, layout);
    for (file, _) in state.files_of(Conversation::TABLE.name) {
        for batch in reader.columns::<Conversation>(&file, &["conversation_id", "created_at"])? {
            each_of(&batch?, &mut call);
        }
    }
    Ok(())
}

fn each_of(batch: &RecordBatch, call: &mut impl FnMut(i64, &str)) {
    let (Some(ids), Some(times)) =
        (batch.column_by_name("conversation_id"), batch.column_by_name("created_at"))
    else {
        return;
    };
    let (ids, times) = (ids.as_string::<i32>(), times.as_primitive::<TimestampMicrosecondType>());
    for row in 0..batch.num_rows() {
        call(times.value(row).div_euclid(1_000_000), ids.value(row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::Span;

    fn coverage(spans: &[(i64, i64, i64)]) -> Coverage {
        let mut coverage = Coverage::default();
        for (from_seconds, to_seconds, as_of_seconds) in spans.iter().copied() {
            coverage.add(Span { from_seconds, to_seconds, as_of_seconds });
        }
        coverage
    }

    #[test]
    fn what_is_covered_is_cut_by_day_and_ends_before_the_search_lags() {
        let covered = coverage(&[(i64::MIN, 3 * DAY + 100, 3 * DAY + 100)]);
        let days = stretches(&covered, Some(DAY + 5));
        let at = |from, to| Stretch { from, to };
        assert_eq!(days, [at(0, DAY), at(DAY, 2 * DAY), at(2 * DAY, 3 * DAY - 200)]);
        assert_eq!(stretch_of(&days, DAY + 7), Some(at(DAY, 2 * DAY)));
        assert_eq!(stretch_of(&days, 3 * DAY), None);
    }

    #[test]
    fn nothing_covered_is_nothing_compared() {
        assert_eq!(stretches(&Coverage::default(), Some(5)), []);
        assert_eq!(left_out(&Coverage::default()).len(), 1);
    }

    #[test]
    fn gaps_are_named() {
        let covered = coverage(&[(0, DAY, 9 * DAY), (2 * DAY, 3 * DAY, 9 * DAY)]);
        let reasons = left_out(&covered);
        assert_eq!(reasons[0], "conversations begun before 1970-01-01 00:00: never fetched");
        assert!(reasons[1].starts_with("conversations begun from 1970-01-02 00:00 to 1970-01-03 00:00"));
        assert_eq!(reasons.len(), 4);
    }
}
