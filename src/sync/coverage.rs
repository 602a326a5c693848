//! Which stretches of time are held completely, and as of when.
//!
//! A span says: every conversation created in it is held, as Intercom had it at `as_of_seconds`. Questions
//! about completeness are answered from spans, never from what the last run happened to do.

use serde::{Deserialize, Serialize};

/// One stretch of creation times, all in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first second in it; `i64::MIN` for "since ever".
    pub from_seconds: i64,
    /// The first second after it.
    pub to_seconds: i64,
    /// The moment its content is known for.
    pub as_of_seconds: i64,
}

/// The spans held, oldest first, never overlapping.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Coverage {
    spans: Vec<Span>,
}

impl Coverage {
    /// The spans, oldest first.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Whether nothing is covered.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Adds a span; where it overlaps others the later knowledge counts.
    pub fn add(&mut self, new: Span) {
        if new.from_seconds >= new.to_seconds {
            return;
        }
        let mut edges: Vec<i64> = self.spans.iter().flat_map(|s| [s.from_seconds, s.to_seconds]).collect();
        edges.extend([new.from_seconds, new.to_seconds]);
        edges.sort_unstable();
        edges.dedup();
        let all: Vec<Span> = self.spans.iter().copied().chain([new]).collect();
        let pieces = edges.windows(2).filter_map(|edge| {
            let over = all.iter().filter(|s| s.from_seconds <= edge[0] && edge[1] <= s.to_seconds);
            let as_of_seconds = over.map(|span| span.as_of_seconds).max()?;
            Some(Span { from_seconds: edge[0], to_seconds: edge[1], as_of_seconds })
        });
        let mut spans: Vec<Span> = Vec::new();
        for piece in pieces {
            match spans.last_mut() {
                Some(last)
                    if last.to_seconds == piece.from_seconds && last.as_of_seconds == piece.as_of_seconds =>
                {
                    last.to_seconds = piece.to_seconds;
                }
                _ => spans.push(piece),
            }
        }
        self.spans = spans;
    }

    /// Every change up to this moment is known now: what is covered is covered as of then.
    pub fn refresh(&mut self, as_of_seconds: i64) {
        let mut refreshed = Self::default();
        for span in &self.spans {
            let as_of_seconds = span.as_of_seconds.max(as_of_seconds);
            refreshed.add(Span { as_of_seconds, ..*span });
        }
        *self = refreshed;
    }

    /// The stretches of `from..to` that are not covered.
    pub fn gaps(&self, from_seconds: i64, to_seconds: i64) -> Vec<(i64, i64)> {
        let mut gaps = Vec::new();
        let mut at = from_seconds;
        for span in self.spans.iter().filter(|span| span.to_seconds > from_seconds) {
            if span.from_seconds >= to_seconds {
                break;
            }
            if span.from_seconds > at {
                gaps.push((at, span.from_seconds));
            }
            at = at.max(span.to_seconds);
        }
        if at < to_seconds {
            gaps.push((at, to_seconds));
        }
        gaps
    }

    /// The moment for which everything covered is known.
    pub fn known_at(&self) -> Option<i64> {
        self.spans.iter().map(|span| span.as_of_seconds).min()
    }

    /// The moment for which all of `from..to` is known; `None` when part of it is not covered.
    pub fn as_of(&self, from_seconds: i64, to_seconds: i64) -> Option<i64> {
        if !self.gaps(from_seconds, to_seconds).is_empty() {
            return None;
        }
        let over = self.spans.iter().filter(|s| s.from_seconds < to_seconds && s.to_seconds > from_seconds);
        over.map(|span| span.as_of_seconds).min()
    }
}
