//! The history of syncs, as a table like any other.

use super::cell::Json;
use super::table::row;
use super::time::Timestamp;

row! {
    /// One row per sync that ended; the latest 5,000.
    pub struct SyncRun in "sync_runs", version 1, partitioned false, key ["run_id"] {
        /// A number that grows with every sync of this lake.
        [public] run_id: i64,
        /// full, range, incremental or conversations.
        [public] kind: String,
        /// completed, incomplete, stopped or failed.
        [public] outcome: String,
        /// When it began (UTC).
        [public] started_at: Timestamp,
        /// When it ended (UTC).
        [public] finished_at: Timestamp,
        /// Conversations Intercom listed.
        [public, "conversations"] listed_count: i64,
        /// Conversations that were new or had changed.
        [public, "conversations"] changed_count: i64,
        /// Threads retrieved.
        [public, "conversations"] thread_count: i64,
        /// Messages written.
        [public, "messages"] message_count: i64,
        /// Contacts written.
        [public, "contacts"] contact_count: i64,
        /// Conversations removed because Intercom deleted them.
        [public, "conversations"] deleted_count: i64,
        /// Conversations that could not be read; `missing` names them.
        [public, "conversations"] missing_count: i64,
        /// What is missing and why, as JSON.
        [public] missing: Option<Json>,
        /// Requests sent.
        [public, "requests"] request_count: i64,
        /// Requests sent again after a fault.
        [public, "requests"] retry_count: i64,
        /// Answers that said the rate limit was reached.
        [public, "requests"] rate_limited_count: i64,
        /// Bytes written to disk.
        [public, "bytes"] written_bytes: i64,
        /// Why it stopped or failed.
        [public] error: Option<String>,
    }
}
