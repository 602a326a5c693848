//! The audit log of a home, as the settings have it.

use super::{Context, assemble};
use crate::audit::{self, AuditLog, Event, Happened, Keeping};
use crate::engine::Beside;
use crate::error::{CommandError, Explain, Kind};
use crate::lake;

/// How long events are kept.
fn keeping(context: &Context) -> Keeping {
    Keeping { days: context.config.audit_days }
}

/// The log of a server that is about to begin; none where nothing is kept, or nothing can be.
pub(super) fn log(context: &Context) -> Result<Option<AuditLog>, CommandError> {
    let (keeping, home) = (keeping(context), &context.config.home);
    if keeping.is_on() && lake::is_read_only(&assemble::layout(home)) {
        tracing::warn!("the audit log does not tell who asks a replica, which may not write it");
        return Ok(None);
    }
    let start = || AuditLog::start(home.audit_dir(), keeping, context.clock);
    keeping.is_on().then(start).transpose().explain(Kind::Failed, || "could not start the audit log")
}

/// The table, for whoever may read the home anyway.
pub(super) fn table(context: &Context) -> Beside {
    let (directory, keeping, clock) = (context.config.home.audit_dir(), keeping(context), context.clock);
    let files = directory.clone();
    audit::table(directory, move || match files.is_dir() && keeping.is_on() {
        true => audit::settle(&files, keeping, clock.now()).map_err(|error| error.to_string()),
        false => Ok(()),
    })
}

/// Notes that a key was made or revoked; where that fails it is said, since it happened all the same.
pub(super) fn note_key(context: &Context, happened: Happened, name: &str, scopes: &[&str]) {
    if !keeping(context).is_on() {
        return;
    }
    let event = Event {
        key_name: Some(name.to_owned()),
        arguments: (!scopes.is_empty()).then(|| scopes.join(", ")),
        ..Event::new(happened, context.clock.now())
    };
    if let Err(error) = audit::record(&context.config.home.audit_dir(), &event) {
        tracing::error!(%error, "the audit log could not be written");
        context.printer.warn(format!("the audit log does not tell of this: {error}"));
    }
}
