//! What takes webhooks in `fi serve`, put together from the settings.

use std::sync::Arc;

use crate::cmd::{Context, assemble};
use crate::error::{CommandError, Explain, Kind};
use crate::server::http::{WEBHOOK_PATH, Webhooks};
use crate::sync::hints::HintLog;
use crate::sync::service::Service;

/// Takes webhooks for a service, where there is a secret to know them by.
pub(super) fn receiver(context: &Context, service: &Service) -> Result<Option<Webhooks>, CommandError> {
    let config = &context.config;
    let secrets = [&config.webhook_secret, &config.webhook_secret_previous];
    let secrets: Vec<_> = secrets.into_iter().flatten().cloned().collect();
    if secrets.is_empty() {
        return Ok(None);
    }
    let (clock, service) = (context.clock, service.clone());
    let dir = assemble::layout(&config.home).hints_dir();
    let log = HintLog::open(&dir, clock.now().timestamp(), move || service.note_hints());
    let log = log.explain(Kind::Failed, || format!("could not read {}", dir.display()))?;
    context.printer.note(format!("Taking webhooks at {WEBHOOK_PATH}; `fi webhooks check` tries that"));
    Ok(Some(Webhooks::new(secrets, log, Arc::new(move || clock.now()))))
}
