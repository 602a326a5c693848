//! A request on its way into the audit log: it is noted when its answer is sent, or given up.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use super::Shared;
use crate::audit::{Event, Happened};
use crate::server::asked::Asked;

/// A request of somebody with a key; it is noted when this is dropped.
pub(super) struct Audited {
    pub(super) shared: Arc<Shared>,
    pub(super) asked: Asked,
    pub(super) address: Option<IpAddr>,
    pub(super) method: String,
    pub(super) path: &'static str,
    pub(super) status: u16,
    pub(super) started: Instant,
}

impl Drop for Audited {
    fn drop(&mut self) {
        let Some(log) = self.shared.app.audit() else { return };
        let noted = self.asked.noted().clone();
        let owned = |text: Option<&'static str>| text.map(str::to_owned);
        log.record(Event {
            key_name: noted.key.map(|key| key.to_string()),
            client_address: self.address.map(|address| address.to_string()),
            method: Some(std::mem::take(&mut self.method)),
            path: Some(self.path.to_owned()),
            status: Some(self.status),
            tool: owned(noted.tool),
            arguments: noted.tool.map(|_| noted.arguments.join(", ")),
            outcome: owned(noted.outcome),
            row_count: noted.row_count,
            duration_ms: Some(self.started.elapsed().as_millis() as u64),
            request_id: Some(self.asked.id().to_owned()),
            ..Event::new(Happened::Request, log.clock().now())
        });
    }
}
