//! When and how newer data comes into a home: by a server that syncs by itself, or by a command.

use serde::Serialize;

use super::{Context, demo, sync, words};
use crate::program;
use crate::sync::SyncState;

/// How newer data comes.
#[derive(Debug, Serialize)]
pub(super) struct NextSync {
    /// The command that fetches it at once.
    pub(super) command: String,
    /// How often servers sync by themselves; none where none can.
    pub(super) every_minutes: Option<u64>,
    /// From when on a server would sync; none before anything was fetched, and where none can.
    pub(super) due_at: Option<String>,
    /// Whether that time has come.
    pub(super) is_due: bool,
}

/// What the settings of a home and its last sync come to.
pub(super) fn of(context: &Context, held: &SyncState) -> NextSync {
    let config = &context.config;
    let command = match &config.token {
        _ if demo::has_no_server(config) => "fi demo",
        None => "fi init",
        Some(_) => return by_itself(context, held),
    };
    NextSync {
        command: program::typed(command).into_owned(),
        every_minutes: None,
        due_at: None,
        is_due: false,
    }
}

fn by_itself(context: &Context, held: &SyncState) -> NextSync {
    let interval = context.config.sync_interval.as_secs();
    let due = sync::data_as_of(held).map(|as_of| as_of.saturating_add_unsigned(interval));
    NextSync {
        command: program::typed("fi sync").into_owned(),
        every_minutes: Some(interval / 60),
        due_at: due.map(words::moment),
        is_due: due.is_some_and(|due| due <= context.clock.now().timestamp()),
    }
}
