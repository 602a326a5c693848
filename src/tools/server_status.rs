//! `get_server_status`: whether the server works, its version and sizes.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::holdings::Holdings;
use super::moment::Moment;
use crate::index::{Look, TextIndex};
use crate::sync::service::{ServiceStatus, SyncAvailability};

/// Nothing to choose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ServerStatusParams {}

/// What a server knows of itself.
pub struct ServerFacts<'a> {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// The search index, if it has one.
    pub index: Option<&'a TextIndex>,
}

/// How the server is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ServerStatus {
    /// active, syncing, inactive (nothing new can arrive) or error.
    pub status: &'static str,
    /// In words.
    pub message: String,
    /// Always fastintercom.
    pub backend_type: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Name and version.
    pub server_info: ServerInfo,
    /// Seconds since it was started.
    pub uptime_seconds: i64,
    /// Conversations held.
    pub total_conversations: u64,
    /// The same, by its older name.
    pub conversation_count: u64,
    /// Messages held.
    pub total_messages: u64,
    /// Everything covered is known as of then (UTC).
    pub last_sync: Option<Moment>,
    /// Where the data lies.
    pub database_path: String,
    /// Size of the data on disk.
    pub database_size_mb: f64,
    /// The same in bytes.
    pub lake_bytes: u64,
    /// How the search index stands: current, behind, missing, damaged or none.
    pub index: &'static str,
    /// Conversations in it.
    pub indexed_conversations: Option<u64>,
}

/// Name and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServerInfo {
    /// The server's name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl Holdings<'_> {
    /// How the server is.
    ///
    /// # Errors
    /// When the lake's state cannot be read.
    pub fn server_status(
        &self,
        _: &ServerStatusParams,
        facts: &ServerFacts<'_>,
    ) -> Result<ServerStatus, ToolError> {
        let held = self.held()?;
        let sync = self.control.status();
        let (status, message) = standing(&sync);
        let (index, indexed_conversations) = indexed(facts.index);
        let conversations = held.state.rows_of("conversations");
        Ok(ServerStatus {
            status,
            message,
            backend_type: "fastintercom",
            version: facts.version,
            server_info: ServerInfo { name: facts.name, version: facts.version },
            uptime_seconds: (self.now - facts.started_at).num_seconds().max(0),
            total_conversations: conversations,
            conversation_count: conversations,
            total_messages: held.state.rows_of("messages"),
            last_sync: held.data_as_of(),
            database_path: self.layout.lake_dir().display().to_string(),
            database_size_mb: held.size_mb(),
            lake_bytes: held.state.lake_bytes(),
            index,
            indexed_conversations,
        })
    }
}

fn standing(sync: &ServiceStatus) -> (&'static str, String) {
    let unavailable = || super::sentence(&sync.availability.to_string());
    match (&sync.availability, &sync.last_error) {
        _ if sync.is_syncing() => {
            ("syncing", "A sync is under way; answers come from what is held.".to_owned())
        }
        (SyncAvailability::Refused { .. }, _) => ("error", unavailable()),
        (SyncAvailability::Replica, _) => ("active", unavailable()),
        (SyncAvailability::NoToken | SyncAvailability::NoServer { .. }, _) => ("inactive", unavailable()),
        (SyncAvailability::Ready, Some(error)) => {
            ("error", super::sentence(&format!("the last sync failed: {error}")))
        }
        (SyncAvailability::Ready, None) => ("active", "Ready.".to_owned()),
    }
}

fn indexed(index: Option<&TextIndex>) -> (&'static str, Option<u64>) {
    match index.map(TextIndex::look) {
        None => ("none", None),
        Some(Look::Missing) => ("missing", None),
        Some(Look::Damaged) => ("damaged", None),
        Some(Look::Current(count)) => ("current", Some(count)),
        Some(Look::Behind(count)) => ("behind", Some(count)),
    }
}
