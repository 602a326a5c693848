//! What a run did, and what it could not: the report never claims completeness it has not got.

use serde::Serialize;

use super::forget::{Erased, Forgotten};
use super::plan::Scope;
use crate::model::{Json, SyncRun, Timestamp};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything asked for is held.
    Completed,
    /// Something is missing; the report says what.
    Incomplete,
    /// The user stopped it; the next run goes on.
    Stopped,
    /// It could not go on; the next run does.
    Failed,
}

impl Outcome {
    /// The word for it in `sync_runs`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Incomplete => "incomplete",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

/// Something a run could not get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "missing", rename_all = "snake_case")]
pub enum Missing {
    /// A conversation's thread.
    Conversation {
        /// Its id.
        conversation_id: String,
        /// Why.
        reason: String,
    },
    /// Conversations Intercom counts in a stretch of time and does not list.
    Listed {
        /// `created_at` or `updated_at`.
        field: &'static str,
        /// The first second; none for "since ever".
        from_seconds: Option<i64>,
        /// The last second.
        to_seconds: i64,
        /// How many Intercom counts.
        counted: u64,
        /// How many it listed.
        listed: u64,
    },
    /// A stretch of time that could not be listed.
    Window {
        /// `created_at` or `updated_at`.
        field: &'static str,
        /// The first second; none for "since ever".
        from_seconds: Option<i64>,
        /// The last second.
        to_seconds: i64,
        /// Why.
        reason: String,
    },
    /// A whole kind of objects, for now.
    Table {
        /// The table.
        table: &'static str,
        /// Why.
        reason: String,
    },
    /// An object that came and cannot be stored as a row.
    Unreadable {
        /// The table.
        table: &'static str,
        /// Its id.
        id: String,
        /// Why.
        reason: String,
    },
}

impl Missing {
    /// Whether what is missing is of somebody forgotten: then nothing is.
    pub(super) fn is_of(&self, forgotten: &Forgotten) -> bool {
        match self {
            Self::Conversation { conversation_id: id, .. } => forgotten.has_conversation(id),
            Self::Unreadable { id, .. } => forgotten.has_conversation(id) || forgotten.has_contact(id),
            Self::Listed { .. } | Self::Window { .. } | Self::Table { .. } => false,
        }
    }
}

/// A kind of objects this token, plan or API version does not give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The table.
    pub table: &'static str,
    /// Why.
    pub reason: String,
    /// What to do about it, if anything.
    pub hint: Option<String>,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Its number.
    pub run_id: i64,
    /// full, range, incremental or conversations.
    pub kind: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether the lake held nothing before.
    pub is_first: bool,
    /// When it began, seconds since 1970.
    pub started_at_seconds: i64,
    /// When it ended, seconds since 1970.
    pub finished_at_seconds: i64,
    /// Conversations Intercom listed.
    pub listed_count: u64,
    /// Conversations that were new or had changed.
    pub changed_count: u64,
    /// Threads retrieved.
    pub thread_count: u64,
    /// Messages written.
    pub message_count: u64,
    /// Contacts written.
    pub contact_count: u64,
    /// Conversations removed because Intercom deleted them.
    pub deleted_count: u64,
    /// Objects that came and are not held, because they are of somebody forgotten.
    pub forgotten_count: u64,
    /// Rows that had been held until what came told that they are of somebody forgotten.
    pub erased: Erased,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// What this token, plan or version does not give.
    pub skipped: Vec<Skipped>,
    /// Requests sent.
    pub request_count: u64,
    /// Requests sent again after a fault.
    pub retry_count: u64,
    /// Answers that said the rate limit was reached.
    pub rate_limited_count: u64,
    /// Bytes written to disk.
    pub written_bytes: u64,
}

/// How many missing things a run's row names; the count is always exact.
const NAMED_IN_ROW: usize = 1_000;

impl Report {
    /// An empty report.
    pub fn new(run_id: i64, scope: &Scope, is_first: bool, started_at_seconds: i64) -> Self {
        Self {
            run_id,
            kind: scope.kind(),
            outcome: Outcome::Completed,
            is_first,
            started_at_seconds,
            finished_at_seconds: started_at_seconds,
            listed_count: 0,
            changed_count: 0,
            thread_count: 0,
            message_count: 0,
            contact_count: 0,
            deleted_count: 0,
            forgotten_count: 0,
            erased: Erased::default(),
            missing: Vec::new(),
            skipped: Vec::new(),
            request_count: 0,
            retry_count: 0,
            rate_limited_count: 0,
            written_bytes: 0,
        }
    }

    /// The run's row in `sync_runs`.
    pub fn row(&self, error: Option<String>) -> SyncRun {
        let named = &self.missing[..self.missing.len().min(NAMED_IN_ROW)];
        let missing = serde_json::to_value(named).ok().filter(|_| !named.is_empty());
        SyncRun {
            run_id: self.run_id,
            kind: self.kind.to_owned(),
            outcome: self.outcome.as_str().to_owned(),
            started_at: Timestamp::from_seconds(self.started_at_seconds),
            finished_at: Timestamp::from_seconds(self.finished_at_seconds),
            listed_count: self.listed_count as i64,
            changed_count: self.changed_count as i64,
            thread_count: self.thread_count as i64,
            message_count: self.message_count as i64,
            contact_count: self.contact_count as i64,
            deleted_count: self.deleted_count as i64,
            missing_count: self.missing.len() as i64,
            missing: missing.map(|value| Json::from_value(&value)),
            request_count: self.request_count as i64,
            retry_count: self.retry_count as i64,
            rate_limited_count: self.rate_limited_count as i64,
            written_bytes: self.written_bytes as i64,
            error,
        }
    }
}
