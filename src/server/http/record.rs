//! What is told of a request in the log, the figures and the audit log: when its answer is sent, or given up.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::http::{Method, StatusCode};

use super::webhooks::WEBHOOK_PATH;
use super::{Shared, metrics};
use crate::audit::{Event, Happened};
use crate::server::asked::Asked;

/// The status of a request whose client hung up before there was an answer, as proxies know it.
const HUNG_UP: u16 = 499;

/// A request under way; what became of it is told when this is dropped.
pub(super) struct Record {
    shared: Arc<Shared>,
    asked: Asked,
    address: Option<IpAddr>,
    method: Method,
    path: &'static str,
    status: u16,
    started: Instant,
}

impl Record {
    /// Of a request that is there now.
    pub(super) fn begin(
        shared: &Arc<Shared>,
        asked: &Asked,
        address: Option<IpAddr>,
        method: &Method,
        path: &'static str,
    ) -> Self {
        shared.requests.begin();
        Self {
            shared: Arc::clone(shared),
            asked: asked.clone(),
            address,
            method: method.clone(),
            path,
            status: HUNG_UP,
            started: Instant::now(),
        }
    }

    /// It is answered, though the answer may not be whole yet.
    pub(super) fn answered(&mut self, status: StatusCode) {
        self.status = status.as_u16();
        self.shared.requests.answered(self.path, &self.method, self.status);
    }

    /// Tells of it in the log: nothing that came from outside but the method. What monitors ask, and what comes without a
    /// key, which may be any number, only to those who want every detail.
    fn log(&self, key: Option<&str>) {
        let (method, path, status) = (&self.method, self.path, self.status);
        let milliseconds = self.started.elapsed().as_millis() as u64;
        let refused = (status == StatusCode::UNAUTHORIZED.as_u16() && path != WEBHOOK_PATH)
            .then(|| self.shared.requests.refused());
        if let Some(count) = refused.filter(|count| count.is_power_of_two()) {
            tracing::warn!(%method, path, count, "refused a request without a key that is known");
        }
        let is_often = matches!(path, "/health" | "/ready" | metrics::PATH | WEBHOOK_PATH);
        let key = key.unwrap_or("none");
        if is_often || refused.is_some() {
            tracing::debug!(%method, path, status, milliseconds, key, "answered a request");
        } else if status == HUNG_UP {
            tracing::info!(%method, path, status, milliseconds, key, "a client hung up");
        } else {
            tracing::info!(%method, path, status, milliseconds, key, "answered a request");
        }
    }

    /// Notes it in the audit log, if it came with a key.
    fn audit(&self) {
        let Some(log) = self.shared.app.audit() else { return };
        let noted = self.asked.noted().clone();
        if noted.key.is_none() || self.path == metrics::PATH {
            return;
        }
        let outcome = noted.outcome.or((self.status == HUNG_UP).then_some("given_up"));
        let owned = |text: Option<&'static str>| text.map(str::to_owned);
        log.record(Event {
            key_name: noted.key.map(|key| key.to_string()),
            client_address: self.address.map(|address| address.to_string()),
            method: Some(self.method.to_string()),
            path: Some(self.path.to_owned()),
            status: Some(self.status),
            tool: owned(noted.tool),
            arguments: Some(noted.arguments.join(", ")).filter(|names| !names.is_empty()),
            outcome: owned(outcome),
            row_count: noted.row_count,
            duration_ms: Some(self.started.elapsed().as_millis() as u64),
            request_id: Some(self.asked.id().to_owned()),
            ..Event::new(Happened::Request, log.clock().now())
        });
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.shared.requests.ended();
        if self.status == HUNG_UP {
            self.shared.requests.answered(self.path, &self.method, HUNG_UP);
        }
        let key = self.asked.noted().key.clone();
        self.asked.span().in_scope(|| self.log(key.as_deref()));
        self.audit();
    }
}
