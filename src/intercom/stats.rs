//! Counts what the client does, per endpoint. Counting never waits and never fails.

use std::sync::atomic::{AtomicU64, Ordering};

use super::endpoint::{ENDPOINTS, Endpoint};

/// What happened on one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointStats {
    /// The endpoint.
    pub endpoint: &'static Endpoint,
    /// Requests sent, each try counted.
    pub requests: u64,
    /// Tries after the first.
    pub retries: u64,
    /// Answers 429.
    pub rate_limited: u64,
    /// Bytes of bodies, decompressed.
    pub bytes_received: u64,
}

/// What a client has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Requests sent, each try counted.
    pub requests: u64,
    /// Tries after the first.
    pub retries: u64,
    /// Answers 429.
    pub rate_limited: u64,
    /// Bytes of bodies, decompressed.
    pub bytes_received: u64,
    /// The same by endpoint, those in use only.
    pub by_endpoint: Vec<EndpointStats>,
}

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    rate_limited: AtomicU64,
    bytes_received: AtomicU64,
}

#[derive(Debug)]
pub(super) struct Recorder(Vec<Counters>);

impl Recorder {
    pub(super) fn new() -> Self {
        Self(ENDPOINTS.iter().map(|_| Counters::default()).collect())
    }

    pub(super) fn request(&self, endpoint: &Endpoint) {
        self.0[endpoint.index].requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retry(&self, endpoint: &Endpoint) {
        self.0[endpoint.index].retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn rate_limited(&self, endpoint: &Endpoint) {
        self.0[endpoint.index].rate_limited.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn received(&self, endpoint: &Endpoint, bytes: usize) {
        self.0[endpoint.index].bytes_received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut stats = Stats::default();
        for (endpoint, counters) in ENDPOINTS.iter().zip(&self.0) {
            let one = EndpointStats {
                endpoint,
                requests: read(&counters.requests),
                retries: read(&counters.retries),
                rate_limited: read(&counters.rate_limited),
                bytes_received: read(&counters.bytes_received),
            };
            stats.requests += one.requests;
            stats.retries += one.retries;
            stats.rate_limited += one.rate_limited;
            stats.bytes_received += one.bytes_received;
            if one.requests > 0 {
                stats.by_endpoint.push(one);
            }
        }
        stats
    }
}
