//! What `fi init` leaves behind: the settings, and an empty lake that every query can already be asked of.

use secrecy::SecretString;

use super::connect::Connected;
use crate::cmd::{Context, assemble};
use crate::config::{Changes, Config, Home, Source};
use crate::error::CommandError;
use crate::lake::Partitioning;
use crate::sync::Error;

/// With more conversations the first sync decides how tables are split, since it knows over how many months they are
/// spread.
const SMALL: u64 = 100_000;

/// Refuses a home that holds another workspace.
pub(super) fn check_lake(home: &Home, connected: &Connected) -> Result<(), CommandError> {
    let held = assemble::lake_state(home)?.and_then(|(_, sync)| sync.workspace);
    match (held, &connected.workspace) {
        (Some(held), Some(found)) if held.id != found.id => {
            Err(Error::OtherWorkspace { held: held.id, found: found.id.clone() }.into())
        }
        _ => Ok(()),
    }
}

/// The settings to write.
pub(super) fn settings(config: &Config, connected: &Connected, token: Option<&SecretString>) -> Changes {
    let mut changes = Changes::new().set("region", connected.region);
    if let Some(token) = token {
        changes = changes.set_secret("token", token);
    }
    if let Some(workspace) = &connected.workspace {
        changes = changes.set("workspace_id", &workspace.id);
    }
    let is_flag = |name| matches!(config.source(name), Source::Flag(_));
    if let Some(url) = config.api_url.as_ref().filter(|_| is_flag("api_url")) {
        changes = changes.set("api_url", url);
    }
    if is_flag("initial_sync_days") {
        changes = changes.set("initial_sync_days", config.initial_sync);
    }
    let zone = match config.timezone {
        Some(zone) => is_flag("timezone").then_some(zone),
        None => {
            connected.workspace.as_ref().and_then(|workspace| workspace.timezone.as_deref()?.parse().ok())
        }
    };
    match zone {
        Some(zone) => changes.set("timezone", zone.name()),
        None => changes,
    }
}

/// Lays down the tables, empty, so that everything can be asked before anything was fetched.
pub(super) fn lay_down(context: &Context, connected: &Connected) -> Result<(), CommandError> {
    if connected.conversations.is_none_or(|count| count > SMALL) {
        return Ok(());
    }
    let lock = assemble::lock(context, "fi init", false)?;
    let (writer, _) = assemble::open_writer(context, lock)?;
    writer.create_tables(Partitioning::Month)?;
    assemble::write_catalog(&writer)
}
