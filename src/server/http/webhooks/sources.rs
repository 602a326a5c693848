//! Addresses that sent forged deliveries: beyond a few a minute, one body of each is looked at at a time. An address that
//! also brought genuine ones, as a proxy does, is never made to wait.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Forged deliveries of an address within [`MINUTE`] that cost it nothing.
const FORGIVEN: u32 = 20;
const MINUTE: Duration = Duration::from_secs(60);
/// How long an address is trusted for a genuine delivery.
const TRUSTED: Duration = Duration::from_secs(24 * 3_600);
/// Addresses remembered at most.
const MOST_SOURCES: usize = 4_096;

/// Where deliveries came from.
#[derive(Debug, Default)]
pub(super) struct Sources(Mutex<HashMap<IpAddr, Source>>);

#[derive(Debug, Clone, Copy)]
struct Source {
    /// Forged ones since `since`.
    forged: u32,
    since: Instant,
    genuine_at: Option<Instant>,
    is_busy: bool,
}

/// A delivery that is looked at, until this is dropped.
#[derive(Debug)]
pub(super) struct Looking<'a> {
    sources: &'a Sources,
    /// The address whose only one it may be.
    alone: Option<IpAddr>,
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        if let Some(address) = self.alone {
            self.sources.with(|sources| sources.get_mut(&address).map(|source| source.is_busy = false));
        }
    }
}

impl Source {
    fn is_suspect(&self, now: Instant) -> bool {
        let is_recent = |at: Instant, within| now.saturating_duration_since(at) < within;
        let is_trusted = self.genuine_at.is_some_and(|at| is_recent(at, TRUSTED));
        !is_trusted && self.forged > FORGIVEN && is_recent(self.since, MINUTE)
    }

    fn matters(&self, now: Instant) -> bool {
        self.is_busy || self.is_suspect(now) || self.genuine_at.is_some()
    }
}

impl Sources {
    /// Begins to look at a delivery; none when the address has to wait.
    pub(super) fn begin(&self, address: IpAddr, now: Instant) -> Option<Looking<'_>> {
        let alone = self.with(|sources| match sources.get_mut(&address) {
            Some(source) if source.is_suspect(now) => {
                let was_busy = std::mem::replace(&mut source.is_busy, true);
                (!was_busy).then_some(Some(address))
            }
            _ => Some(None),
        })?;
        Some(Looking { sources: self, alone })
    }

    /// Remembers whether a delivery of an address was genuine.
    pub(super) fn judged(&self, address: IpAddr, is_genuine: bool, now: Instant) {
        self.with(|sources| {
            if sources.len() >= MOST_SOURCES && !sources.contains_key(&address) {
                sources.retain(|_, source| source.matters(now));
                if sources.len() >= MOST_SOURCES {
                    return;
                }
            }
            let new = Source { forged: 0, since: now, genuine_at: None, is_busy: false };
            let source = sources.entry(address).or_insert(new);
            if is_genuine {
                source.genuine_at = Some(now);
            } else if now.saturating_duration_since(source.since) >= MINUTE {
                (source.forged, source.since) = (1, now);
            } else {
                source.forged += 1;
            }
        });
    }

    fn with<T>(&self, look: impl FnOnce(&mut HashMap<IpAddr, Source>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const FORGER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
    const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 8));

    #[test]
    fn who_forges_much_is_looked_at_once_at_a_time_and_for_a_minute() {
        let (sources, now) = (Sources::default(), Instant::now());
        for _ in 0..FORGIVEN {
            let both = (sources.begin(FORGER, now), sources.begin(FORGER, now));
            assert!(both.0.is_some() && both.1.is_some());
            sources.judged(FORGER, false, now);
        }
        sources.judged(FORGER, false, now);
        let first = sources.begin(FORGER, now);
        assert!(first.is_some() && sources.begin(FORGER, now).is_none());
        assert!(sources.begin(PROXY, now).is_some(), "others do not wait for it");
        drop(first);
        assert!(sources.begin(FORGER, now).is_some());
        let later = now + MINUTE;
        let both = (sources.begin(FORGER, later), sources.begin(FORGER, later));
        assert!(both.0.is_some() && both.1.is_some());
    }

    #[test]
    fn a_proxy_that_forged_ones_come_through_goes_on_bringing_genuine_ones() {
        let (sources, now) = (Sources::default(), Instant::now());
        (0..1_000).for_each(|_| sources.judged(PROXY, false, now));
        let only = sources.begin(PROXY, now);
        sources.judged(PROXY, true, now);
        drop(only);
        (0..1_000).for_each(|_| sources.judged(PROXY, false, now));
        let both = (sources.begin(PROXY, now), sources.begin(PROXY, now));
        assert!(both.0.is_some() && both.1.is_some());
    }

    #[test]
    fn no_more_addresses_are_remembered_than_there_is_room_for() {
        let (sources, now) = (Sources::default(), Instant::now());
        for number in 0..2 * MOST_SOURCES as u32 {
            sources.judged(IpAddr::V4(Ipv4Addr::from_bits(number)), false, now);
        }
        assert!(sources.with(|sources| sources.len()) <= MOST_SOURCES);
    }
}
