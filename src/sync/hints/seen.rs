//! Which notifications were stored of late, so that a repeated delivery costs nothing.
//!
//! Kept as hashes of 16 bytes, in two generations that take turns: what is asked about was stored within the last day
//! or among the last half a million, and no more than a million are remembered.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

/// How long a generation takes new ones, in seconds.
const FOR_SECONDS: i64 = 24 * 3_600;
/// How many a generation takes.
const MOST: usize = 500_000;

/// Notifications that were stored.
#[derive(Debug, Default)]
pub(super) struct Seen {
    new: HashSet<u128>,
    old: HashSet<u128>,
    since_seconds: i64,
}

impl Seen {
    /// Whether a notification was stored.
    pub(super) fn has(&self, id: &str) -> bool {
        let hash = hash(id);
        self.new.contains(&hash) || self.old.contains(&hash)
    }

    /// Remembers a notification that is stored now.
    pub(super) fn add(&mut self, id: &str, now_seconds: i64) {
        if self.new.is_empty() {
            self.since_seconds = now_seconds;
        }
        if self.new.len() >= MOST || now_seconds - self.since_seconds >= FOR_SECONDS {
            self.old = std::mem::take(&mut self.new);
            self.since_seconds = now_seconds;
        }
        self.new.insert(hash(id));
    }
}

fn hash(id: &str) -> u128 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(16).fold(0, |hash, byte| hash << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = FOR_SECONDS;

    #[test]
    fn a_notification_is_known_for_a_day_and_forgotten_after_two() {
        let mut seen = Seen::default();
        seen.add("notif_1", 0);
        seen.add("notif_2", DAY - 1);
        assert!(seen.has("notif_1") && seen.has("notif_2") && !seen.has("notif_3"));
        seen.add("notif_3", DAY);
        assert!(seen.has("notif_1") && seen.has("notif_3"), "a day later");
        seen.add("notif_4", 2 * DAY);
        assert!(!seen.has("notif_1") && seen.has("notif_3") && seen.has("notif_4"));
    }

    #[test]
    fn never_more_than_a_million_are_remembered() {
        let mut seen = Seen::default();
        let count = 2 * MOST + 10;
        (0..count).for_each(|number| seen.add(&number.to_string(), 0));
        assert_eq!(seen.new.len() + seen.old.len(), MOST + 10);
        assert!(seen.has(&(count - MOST).to_string()) && !seen.has("0"));
    }
}
