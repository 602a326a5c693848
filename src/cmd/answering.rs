//! What servers answer with, put together from the settings: the same over stdio and HTTP.

use std::error::Error;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use super::show::Live;
use super::{Context, assemble, demo};
use crate::audit::AuditLog;
use crate::error::{CommandError, Explain, Kind};
use crate::model::ConversationId;
use crate::server::{App, AppParts, CacheLimits};
use crate::sync::service::SyncControl;
use crate::tools::conversation::{Fetch, Fetched};

/// Threads that answer calls at most.
const ANSWERING: usize = 32;

/// The threads of a server.
pub(super) fn runtime() -> Result<Runtime, CommandError> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(ANSWERING)
        .enable_all()
        .build()
        .explain(Kind::Failed, || "could not start the threads of the server")
}

/// What calls are answered with.
pub(super) fn app(context: &Context, sync: Arc<dyn SyncControl>, audit: Option<Arc<AuditLog>>) -> App {
    let config = &context.config;
    let may_ask = config.token.is_some() && !demo::has_no_server(config);
    let fetch = may_ask.then(|| Box::new(Fetching(context.clone())) as Box<dyn Fetch + Send + Sync>);
    let (layout, index) = (assemble::layout(&config.home), assemble::text_index(context));
    App::new(AppParts {
        zone: config.timezone,
        fetch,
        max_staleness: config.max_staleness,
        audit,
        cache: CacheLimits { most_bytes: config.cache_bytes, most_age: config.cache_age },
        ..AppParts::over(layout, context.clock, index, context.cancel.clone(), sync)
    })
}

/// Fetches what is not held, as `fi show` does.
struct Fetching(Context);

impl Fetch for Fetching {
    fn fetch(&self, id: &ConversationId) -> Result<Fetched, Box<dyn Error + Send + Sync>> {
        Live { context: &self.0 }.fetch(id)
    }
}
