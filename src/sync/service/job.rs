//! Syncs as jobs: what is asked for, by whom, and how far it is. Plain data; `queue` moves it along.

use crate::lake::Holder;
use crate::sync::{Phase, Report, Scope};

/// What a job is to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// What changed; everything when nothing is held yet.
    New,
    /// What webhooks told of.
    Hinted,
    /// Everything, again.
    Full,
    /// Everything created or changed in the last days, again.
    Days(u32),
    /// Everything created in `from..to`, again, in seconds since 1970.
    Range {
        /// The first second.
        from: i64,
        /// The first second after it.
        to: i64,
    },
}

impl JobKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Hinted => "hinted",
            Self::Full => "full",
            Self::Days(_) | Self::Range { .. } => "range",
        }
    }

    /// What to plan for. A lake that holds nothing yet gets its first sync, whatever was asked for: a range alone
    /// would look like all there is.
    pub(super) const fn scope(self, is_first: bool, initial_days: Option<u32>) -> Scope {
        match self {
            Self::Full if !is_first => Scope::Full,
            Self::Days(days) if !is_first => Scope::Days(days),
            Self::Range { from, to } if !is_first => Scope::Range { from, to },
            _ => Scope::Incremental { initial_days },
        }
    }

    /// Whether a job of this kind asked for at a time also does the work of another.
    pub(super) const fn covers(self, asked_at: i64, other: Self) -> bool {
        match (self, other) {
            (Self::Hinted, other) => matches!(other, Self::Hinted),
            (_, Self::New | Self::Hinted) | (Self::Full, _) => true,
            (Self::Days(days), Self::Days(fewer)) => days >= fewer,
            (Self::Days(days), Self::Range { from, .. }) => from >= asked_at - days as i64 * 86_400,
            // What began after it was asked for comes with the changes, which every job fetches.
            (Self::Range { from, to }, Self::Range { from: first, to: last }) => {
                from <= first && (to >= last || to >= asked_at)
            }
            _ => false,
        }
    }
}

/// Why a job was started, the weakest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    /// It was time.
    Schedule,
    /// A webhook told of something.
    Webhook,
    /// A question reached beyond what is held.
    Question,
    /// Somebody asked for it.
    Request,
}

impl Trigger {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Webhook => "webhook",
            Self::Question => "question",
            Self::Request => "request",
        }
    }
}

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It has not begun: another job, or another process, is at it.
    Waiting,
    /// It is under way.
    Running,
    /// Everything asked for is held.
    Completed,
    /// Something is missing; the next sync tries again.
    Incomplete,
    /// It was stopped; the next sync goes on.
    Stopped,
    /// It could not go on; the next sync does.
    Failed,
}

impl JobState {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Incomplete => "incomplete",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more happens.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// A job as it is now. All times are in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its handle.
    pub id: String,
    /// What it is to fetch.
    pub kind: JobKind,
    /// Why it was started.
    pub trigger: Trigger,
    /// How it stands.
    pub state: JobState,
    /// When it was asked for.
    pub asked_at: i64,
    /// When it began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// How far it is.
    pub progress: JobProgress,
    /// Who writes the lake while it waits.
    pub waits_for: Option<Holder>,
    /// What it came to.
    pub summary: Option<JobSummary>,
    /// Why it ended early.
    pub error: Option<String>,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobProgress {
    /// The part of the run it is at.
    pub phase: Option<Phase>,
    /// Things of that part that are done.
    pub done: u64,
    /// How many there are, when known.
    pub total: Option<u64>,
    /// Rows stored so far.
    pub stored_rows: u64,
}

/// What a job came to, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobSummary {
    /// Conversations that were new or had changed.
    pub changed_count: u64,
    /// Threads retrieved.
    pub thread_count: u64,
    /// Messages written.
    pub message_count: u64,
    /// Conversations removed because Intercom deleted them.
    pub deleted_count: u64,
    /// Things that could not be had.
    pub missing_count: u64,
    /// Requests sent.
    pub request_count: u64,
}

impl JobSummary {
    /// Of a report.
    pub(super) fn of(report: &Report) -> Self {
        Self {
            changed_count: report.changed_count,
            thread_count: report.thread_count,
            message_count: report.message_count,
            deleted_count: report.deleted_count,
            missing_count: report.missing.len() as u64,
            request_count: report.request_count,
        }
    }
}
