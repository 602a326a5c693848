//! What a sync must remember between runs: cursors, windows not finished, coverage, failures.
//!
//! It is stored inside the lake's state, so it moves exactly when the rows it speaks of do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::coverage::Coverage;
use super::forget::Forgotten;

/// Everything a sync remembers. All times are in seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncState {
    /// The workspace, as `/me` described it.
    pub workspace: Option<Workspace>,
    /// The number of the next run.
    pub next_run_id: i64,
    /// The number of the next window.
    pub next_window_id: u64,
    /// Creation times held completely.
    pub coverage: Coverage,
    /// Changes up to this `updated_at`, by Intercom's clock, are known.
    pub updated_through: Option<i64>,
    /// Windows listed only in part, in the order they are worked on.
    pub windows: Vec<Window>,
    /// Deletions up to this time are known.
    pub deleted_through: Option<i64>,
    /// Ticket changes up to this `updated_at` are known.
    pub tickets_through: Option<i64>,
    /// Contact changes up to this `updated_at` are known, when all contacts are synced.
    pub contacts_through: Option<i64>,
    /// When companies were last read.
    pub companies_at: Option<i64>,
    /// When recent days were last listed again.
    pub swept_at: Option<i64>,
    /// Conversation files whose contacts may not be held yet.
    pub contacts_due: BTreeSet<String>,
    /// Conversations that could not be retrieved.
    pub failures: BTreeMap<String, Failure>,
    /// When the last run ended, and how.
    pub last_run: Option<LastRun>,
    /// Who was forgotten, and is kept out.
    #[serde(skip_serializing_if = "Forgotten::is_empty")]
    pub forgotten: Forgotten,
}

/// The workspace a lake belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Its id, part of links into the inbox.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region: US, EU or AU.
    pub region: Option<String>,
    /// Its time zone, like `Europe/Berlin`.
    pub timezone: Option<String>,
}

/// How the last run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    /// Its number.
    pub run_id: i64,
    /// completed, incomplete, stopped or failed.
    pub outcome: String,
    /// full, range, incremental or conversations; not noted by older versions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<String>,
    /// Why it ended early, if it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// When it began.
    pub started_at: i64,
    /// When it ended.
    pub finished_at: i64,
}

/// A conversation that could not be retrieved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Why, the last time.
    pub reason: String,
    /// Runs that tried.
    pub attempts: u32,
    /// When the first of them did.
    pub first_failed_at: i64,
}

/// The time a window is cut by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowField {
    /// `created_at`: never changes, so pages cannot shift while they are read. Listed newest first.
    CreatedAt,
    /// `updated_at`: finds what changed. Listed oldest change first.
    UpdatedAt,
}

impl WindowField {
    /// The field's name in searches.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
        }
    }
}

/// A stretch of time whose conversations are listed, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its number; progress refers to it.
    pub id: u64,
    /// What it is cut by.
    pub field: WindowField,
    /// Its first second; `None` for "since ever".
    pub from: Option<i64>,
    /// Its last second.
    pub to: i64,
    /// For changes: only conversations created before this second (the rest is in other windows).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_before: Option<i64>,
    /// What is covered once it is listed: creation times `from..to`, and as of when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub covers: Option<super::coverage::Span>,
    /// Whether it only repeats, to find what changes do not tell.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub is_sweep: bool,
    /// What is left of it, as a new inclusive end on the side it is worked towards.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resume_at: Option<i64>,
}

impl Window {
    /// Whether it lists all that changed, so that its end is what is known afterwards.
    pub fn is_changes(&self) -> bool {
        self.field == WindowField::UpdatedAt && self.created_before.is_none()
    }

    /// The part not listed yet.
    pub fn remaining(&self) -> (Option<i64>, i64) {
        match (self.field, self.resume_at) {
            (_, None) => (self.from, self.to),
            (WindowField::CreatedAt, Some(bound)) => (self.from, bound),
            (WindowField::UpdatedAt, Some(bound)) => (Some(bound), self.to),
        }
    }
}

/// A step forward, stored in the spool right behind the rows it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// A window is listed up to here.
    Window {
        /// The window.
        id: u64,
        /// The new inclusive end of what is left.
        resume_at: i64,
    },
    /// A window is listed completely.
    WindowDone {
        /// The window.
        id: u64,
    },
    /// Tickets are listed up to this `updated_at`.
    Tickets {
        /// In seconds since 1970.
        through: i64,
    },
    /// All contacts are listed up to this `updated_at`.
    Contacts {
        /// In seconds since 1970.
        through: i64,
    },
    /// All companies are listed.
    Companies {
        /// When, in seconds since 1970.
        at: i64,
    },
}

impl SyncState {
    /// From the document in the lake's state; nothing there means nothing synced.
    pub fn from_value(value: &serde_json::Value) -> Result<Self, serde_json::Error> {
        match value {
            serde_json::Value::Null => Ok(Self::default()),
            value => serde_json::from_value(value.clone()),
        }
    }

    /// As the document for the lake's state.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Takes a step; taking it twice changes nothing.
    pub fn apply(&mut self, progress: &Progress) {
        match progress {
            Progress::Window { id, resume_at } => {
                if let Some(window) = self.windows.iter_mut().find(|window| window.id == *id) {
                    window.resume_at = Some(*resume_at);
                }
            }
            Progress::WindowDone { id } => {
                let done = self.windows.iter().position(|window| window.id == *id);
                if let Some(window) = done.map(|index| self.windows.remove(index)) {
                    self.finish(&window);
                }
            }
            Progress::Tickets { through } => {
                self.tickets_through = self.tickets_through.max(Some(*through));
            }
            Progress::Contacts { through } => {
                self.contacts_through = self.contacts_through.max(Some(*through));
            }
            Progress::Companies { at } => self.companies_at = self.companies_at.max(Some(*at)),
        }
    }

    fn finish(&mut self, window: &Window) {
        if let Some(span) = window.covers {
            self.coverage.add(span);
            if window.is_changes() {
                self.coverage.refresh(span.as_of_seconds);
            }
        }
        if window.is_changes() {
            self.updated_through = self.updated_through.max(Some(window.to));
        }
        if window.is_sweep {
            self.swept_at = self.swept_at.max(Some(window.to));
        }
    }
}
