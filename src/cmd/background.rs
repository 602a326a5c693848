//! The sync service of a server, put together from the settings.

use std::sync::Arc;

use super::{Context, assemble, demo, sync};
use crate::config::Source;
use crate::error::CommandError;
use crate::intercom::Client;
use crate::lake::{self, Writer, WriterLock};
use crate::sync::service::{
    Equipment, Pace, Patience, Service, ServiceSettings, SyncAvailability, Workplace,
};

/// A service for a process that does `purpose`, like `fi mcp`. It does nothing before it runs.
pub fn service(context: &Context, purpose: &str) -> Service {
    paced(context, purpose, Pace::every(context.config.sync_interval))
}

/// The same for a process that syncs and answers nobody.
pub(super) fn steady_service(context: &Context, purpose: &str) -> Service {
    paced(context, purpose, Pace::steady(context.config.sync_interval))
}

fn paced(context: &Context, purpose: &str, pace: Pace) -> Service {
    let (config, clock) = (&context.config, context.clock);
    let settings = ServiceSettings {
        layout: assemble::layout(&config.home),
        pid: std::process::id(),
        purpose: purpose.to_owned(),
        options: assemble::sync_options(config),
        initial_days: sync::initial_days(config.initial_sync),
        pace,
        max_staleness: config.max_staleness,
        waits_for_fresh: *config.source("max_staleness_minutes") != Source::Default,
    };
    Service::new(Arc::new(Ours(context.clone())), settings, Arc::new(move || clock.now()))
}

/// What a service of these settings works with.
struct Ours(Context);

impl Equipment for Ours {
    fn bar(&self) -> Option<SyncAvailability> {
        let config = &self.0.config;
        if lake::is_read_only(&assemble::layout(&config.home)) {
            return Some(SyncAvailability::Replica);
        }
        match config.token {
            None => Some(SyncAvailability::NoToken),
            Some(_) if demo::has_no_server(config) => {
                Some(SyncAvailability::NoServer { address: config.api_base().to_string() })
            }
            Some(_) => None,
        }
    }

    fn client(&self, patience: Patience) -> Result<Client, SyncAvailability> {
        let config = &self.0.config;
        let client = match patience {
            Patience::Long => assemble::client(config),
            Patience::Short => {
                let token = config.token.clone().ok_or(SyncAvailability::NoToken)?;
                assemble::quick_client(config, token)
            }
        };
        client.map_err(|error| refused(&error))
    }

    fn workplace(&self, lock: WriterLock) -> Result<Workplace, lake::Error> {
        let (writer, disk) = assemble::open_writer(&self.0, lock)?;
        Ok(Workplace { writer, written_bytes: Arc::new(move || disk.written_bytes()) })
    }

    fn done(&self, writer: &Writer) {
        if let Err(error) = assemble::write_catalog(writer) {
            tracing::warn!(%error, "the views for other tools were not written");
        }
    }
}

fn refused(error: &CommandError) -> SyncAvailability {
    SyncAvailability::Refused { reason: error.to_string(), hint: error.hints().first().cloned() }
}
