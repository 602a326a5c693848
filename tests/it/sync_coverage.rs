//! Spans of time held completely: adding, joining, asking.

use fastintercom::sync::{Coverage, Span};
use proptest::prelude::*;

fn span(from_seconds: i64, to_seconds: i64, as_of_seconds: i64) -> Span {
    Span { from_seconds, to_seconds, as_of_seconds }
}

#[test]
fn spans_that_touch_and_are_known_alike_become_one() {
    let mut coverage = Coverage::default();
    coverage.add(span(0, 10, 5));
    coverage.add(span(10, 20, 5));
    assert_eq!(coverage.spans(), [span(0, 20, 5)]);
}

#[test]
fn later_knowledge_counts_where_spans_overlap() {
    let mut coverage = Coverage::default();
    coverage.add(span(0, 20, 5));
    coverage.add(span(5, 10, 9));
    coverage.add(span(12, 14, 1));
    assert_eq!(coverage.spans(), [span(0, 5, 5), span(5, 10, 9), span(10, 20, 5)]);
}

#[test]
fn the_answer_for_a_period_is_as_old_as_its_oldest_part() {
    let mut coverage = Coverage::default();
    coverage.add(span(0, 10, 5));
    coverage.add(span(10, 20, 9));
    assert_eq!(coverage.as_of(2, 18), Some(5));
    assert_eq!(coverage.as_of(12, 18), Some(9));
    assert_eq!(coverage.as_of(12, 21), None, "a period with a gap is not known");
}

#[test]
fn an_empty_span_changes_nothing() {
    let mut coverage = Coverage::default();
    coverage.add(span(10, 10, 5));
    assert!(coverage.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn coverage_equals_a_second_by_second_account(
        spans in prop::collection::vec((0i64..60, 0i64..60, 0i64..9), 0..12), from in 0i64..60, len in 1i64..30,
    ) {
        let mut coverage = Coverage::default();
        let mut account: [Option<i64>; 100] = [None; 100];
        for (a, b, as_of) in spans {
            coverage.add(span(a.min(b), a.max(b), as_of));
            for second in &mut account[a.min(b) as usize..a.max(b) as usize] {
                *second = (*second).max(Some(as_of));
            }
        }
        let to = from + len;
        let asked = &account[from as usize..to as usize];
        let expected = asked.iter().copied().collect::<Option<Vec<i64>>>().and_then(|known| known.into_iter().min());
        prop_assert_eq!(coverage.as_of(from, to), expected);
        let gap_seconds: i64 = coverage.gaps(from, to).iter().map(|(a, b)| b - a).sum();
        prop_assert_eq!(gap_seconds as usize, asked.iter().filter(|second| second.is_none()).count());
        for pair in coverage.spans().windows(2) {
            prop_assert!(pair[0].to_seconds <= pair[1].from_seconds);
        }
    }
}
