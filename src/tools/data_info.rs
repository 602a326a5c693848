//! `get_data_info`: what is held, how old it is, and what is still arriving.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::gap::{Gap, gaps};
use super::holdings::{Held, Holdings};
use super::moment::Moment;
use crate::sync::service::ServiceStatus;

/// Nothing to choose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataInfoParams {}

/// What is held.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DataInfo {
    /// Whether anything is.
    pub has_data: bool,
    /// What to know about it, in words.
    pub message: String,
    /// Everything covered is known as of then (UTC).
    pub data_as_of: Option<Moment>,
    /// The same, by its older name.
    pub last_sync: Option<Moment>,
    /// Minutes since then.
    pub data_age_minutes: Option<i64>,
    /// Whether it is older than it may be.
    pub is_stale: bool,
    /// Conversations that began from then on are held (UTC).
    pub coverage_start: Option<Moment>,
    /// Those that began before then are (UTC).
    pub coverage_end: Option<Moment>,
    /// Stretches of time that are not held.
    pub gaps: Vec<Gap>,
    /// Conversations held.
    pub total_conversations: u64,
    /// Messages held.
    pub total_messages: u64,
    /// When the oldest conversation began (UTC).
    pub first_created_at: Option<Moment>,
    /// When the newest one did (UTC).
    pub last_created_at: Option<Moment>,
    /// Conversations whose messages are still to come.
    pub conversations_without_messages_count: u64,
    /// Whether the first sync is under way: figures of older times still change.
    pub is_first_sync_running: bool,
    /// Whether any sync is.
    pub is_syncing: bool,
    /// The last run: full, range, incremental or conversations.
    pub sync_type: Option<String>,
    /// Size of the data on disk.
    pub database_size_mb: f64,
    /// Whose data it is.
    pub workspace: Option<WorkspaceInfo>,
    /// The time zone of days unless a question names one.
    pub timezone: String,
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkspaceInfo {
    /// Its id, part of links into the inbox.
    pub id: String,
    /// Its name.
    pub name: String,
    /// US, EU or AU.
    pub region: Option<String>,
    /// Its time zone.
    pub timezone: Option<String>,
}

impl Holdings<'_> {
    /// What is held.
    ///
    /// # Errors
    /// When the lake's state cannot be read.
    pub fn data_info(&self, _: &DataInfoParams) -> Result<DataInfo, ToolError> {
        let held = self.held()?;
        let status = self.control.status();
        let age = held.sync.coverage.known_at().map(|at| (self.now.timestamp() - at).max(0));
        let end = held.sync.coverage.spans().last().map(|span| span.to_seconds);
        let workspace = held.sync.workspace.clone();
        Ok(DataInfo {
            has_data: held.has_data(),
            message: message(&held, &status),
            data_as_of: held.data_as_of(),
            last_sync: held.data_as_of(),
            data_age_minutes: age.map(|seconds| seconds / 60),
            is_stale: age.is_none_or(|seconds| seconds > self.staleness_seconds()),
            coverage_start: held.coverage_start(),
            coverage_end: held.coverage_end(),
            gaps: end.map(|end| gaps(&held.sync, i64::MIN, end)).unwrap_or_default(),
            total_conversations: held.state.rows_of("conversations"),
            total_messages: held.state.rows_of("messages"),
            first_created_at: held.first_created_at(),
            last_created_at: held.last_created_at(),
            conversations_without_messages_count: held.state.without_thread(),
            is_first_sync_running: held.is_first_running(&status),
            is_syncing: status.is_syncing(),
            sync_type: held.sync.last_run.as_ref().and_then(|run| run.kind.clone()),
            database_size_mb: held.size_mb(),
            workspace: workspace.map(|one| WorkspaceInfo {
                id: one.id,
                name: one.name,
                region: one.region,
                timezone: one.timezone,
            }),
            timezone: self.zone.name().to_owned(),
        })
    }
}

fn message(held: &Held, status: &ServiceStatus) -> String {
    let mut sentences = Vec::new();
    let is_first_running = held.is_first_running(status);
    match (held.data_as_of(), held.has_data()) {
        (Some(at), _) => sentences.push(format!("Known as of {at}.")),
        (None, true) => sentences.push("What is held was not listed completely yet.".to_owned()),
        (None, false) if is_first_running => {}
        (None, false) => sentences.push("Nothing was synced yet.".to_owned()),
    }
    if is_first_running {
        sentences.push("The first sync is under way, newest conversations first.".to_owned());
    } else if held.has_data() && held.is_first_unfinished() {
        sentences.push("The first sync did not get through all of history; the next one goes on.".to_owned());
    }
    if !status.availability.is_ready() {
        sentences.push(super::sentence(&status.availability.to_string()));
    }
    sentences.join(" ")
}
