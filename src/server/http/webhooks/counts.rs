//! What became of deliveries, counted. A line in the log comes with the first of a kind, the second, the fourth and so
//! on: whoever sends nonsense fills no disk.

use std::sync::atomic::{AtomicU64, Ordering};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// What it names is stored.
    Stored,
    /// It came before.
    Known,
    /// It only tried.
    Ping,
    /// It names nothing that is synced.
    Ignored,
    /// Its signature is missing or wrong.
    Forged,
    /// Its address sent many with wrong signatures, and one of them is looked at.
    Suspect,
    /// It is signed and no notification.
    Unreadable,
    /// Its body broke off.
    Broken,
    /// Its body is too large.
    TooLarge,
    /// Its body did not come in time.
    TooSlow,
    /// More came than can be stored.
    Busy,
    /// The disk is full or refuses.
    Full,
}

/// How many deliveries came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WebhookCounts {
    /// Stored, to be fetched.
    pub stored: u64,
    /// Delivered again.
    pub known: u64,
    /// Pings, and what is not synced.
    pub ignored: u64,
    /// Refused for their signature, or for those of others from their address.
    pub forged: u64,
    /// Refused for their body.
    pub unreadable: u64,
    /// Not stored, for lack of room or for the disk.
    pub not_stored: u64,
}

/// The same while it is counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    stored: AtomicU64,
    known: AtomicU64,
    ignored: AtomicU64,
    forged: AtomicU64,
    unreadable: AtomicU64,
    not_stored: AtomicU64,
}

impl Counts {
    pub(super) fn add(&self, ending: Ending) {
        let (counter, is_trouble) = match ending {
            Ending::Stored => (&self.stored, false),
            Ending::Known => (&self.known, false),
            Ending::Ping | Ending::Ignored => (&self.ignored, false),
            Ending::Forged | Ending::Suspect => (&self.forged, true),
            Ending::Unreadable | Ending::Broken | Ending::TooLarge | Ending::TooSlow => {
                (&self.unreadable, true)
            }
            Ending::Busy | Ending::Full => (&self.not_stored, true),
        };
        let count = counter.fetch_add(1, Ordering::Relaxed) + 1;
        if is_trouble && count.is_power_of_two() {
            tracing::warn!(why = ?ending, count, "a webhook was refused");
        }
    }

    pub(super) fn now(&self) -> WebhookCounts {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        WebhookCounts {
            stored: of(&self.stored),
            known: of(&self.known),
            ignored: of(&self.ignored),
            forged: of(&self.forged),
            unreadable: of(&self.unreadable),
            not_stored: of(&self.not_stored),
        }
    }
}
