//! A sync job in an answer.

use schemars::JsonSchema;
use serde::Serialize;

use super::holdings::Holdings;
use super::moment::Moment;
use crate::lake::Holder;
use crate::sync::service::{Job, JobKind};

/// A sync job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobView {
    /// Its handle, good until an hour after it ended.
    pub job_id: String,
    /// waiting, running, completed, incomplete, stopped or failed.
    pub state: &'static str,
    /// What it fetches: new (what changed), hinted (what webhooks told of), range or full.
    pub kind: &'static str,
    /// The period it fetches again (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<JobPeriod>,
    /// Why it began: schedule, webhook, question or request.
    pub trigger: &'static str,
    /// What it is at: directory, conversations, messages, contacts, companies, tickets or deletions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<&'static str>,
    /// Things of that phase that are done.
    pub done: u64,
    /// How many there are, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// When it began (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Moment>,
    /// When it ended (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Moment>,
    /// Seconds from its beginning until its end, or until now.
    pub elapsed_seconds: i64,
    /// Who writes the lake while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<LockView>,
    /// What it came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<JobResult>,
    /// Why it ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A period of creation times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobPeriod {
    /// Its first moment.
    pub start: Option<Moment>,
    /// The first moment after it.
    pub end: Option<Moment>,
}

/// What a job came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobResult {
    /// Conversations that were new or had changed.
    pub changed_count: u64,
    /// Messages written.
    pub message_count: u64,
    /// Conversations removed, since Intercom deleted them.
    pub deleted_count: u64,
    /// Things that could not be had; the next sync tries again.
    pub missing_count: u64,
    /// Requests sent to Intercom.
    pub request_count: u64,
}

/// Who writes the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LockView {
    /// Its process id.
    pub pid: u32,
    /// What it does, like `fi sync`.
    pub purpose: String,
    /// Since when (UTC).
    pub since: Option<Moment>,
}

impl From<&Holder> for LockView {
    fn from(holder: &Holder) -> Self {
        let since = Moment::from_seconds(holder.since_seconds);
        Self { pid: holder.pid, purpose: holder.purpose.clone(), since }
    }
}

impl Holdings<'_> {
    /// A job as it is shown.
    pub(super) fn view(&self, job: &Job) -> JobView {
        let now = self.now.timestamp();
        let until = job.finished_at.unwrap_or(now);
        JobView {
            job_id: job.id.clone(),
            state: job.state.as_str(),
            kind: job.kind.as_str(),
            period: period(job),
            trigger: job.trigger.as_str(),
            phase: job.progress.phase.map(crate::sync::Phase::as_str),
            done: job.progress.done,
            total: job.progress.total,
            started_at: job.started_at.and_then(Moment::from_seconds),
            finished_at: job.finished_at.and_then(Moment::from_seconds),
            elapsed_seconds: job.started_at.map_or(0, |start| (until - start).max(0)),
            waits_for: job.waits_for.as_ref().map(LockView::from),
            result: job.summary.map(|summary| JobResult {
                changed_count: summary.changed_count,
                message_count: summary.message_count,
                deleted_count: summary.deleted_count,
                missing_count: summary.missing_count,
                request_count: summary.request_count,
            }),
            error: job.error.clone(),
        }
    }
}

fn period(job: &Job) -> Option<JobPeriod> {
    let (from, to) = match job.kind {
        JobKind::New | JobKind::Hinted | JobKind::Full => return None,
        JobKind::Days(days) => (job.asked_at - i64::from(days) * 86_400, job.asked_at),
        JobKind::Range { from, to } => (from, to),
    };
    Some(JobPeriod { start: Moment::from_seconds(from), end: Moment::from_seconds(to) })
}

impl JobView {
    /// How it stands, in a sentence.
    pub(super) fn words(&self) -> String {
        match (self.state, self.phase, &self.error, &self.result) {
            ("waiting", ..) => match &self.waits_for {
                Some(other) => format!("Waiting for `{}` (process {}).", other.purpose, other.pid),
                None => "About to begin.".to_owned(),
            },
            ("running", None, ..) => "Syncing.".to_owned(),
            ("running", Some(phase), ..) => match self.total {
                Some(total) => format!("Syncing {phase}: {} of {total}.", self.done),
                None => format!("Syncing {phase}: {} so far.", self.done),
            },
            (state, _, Some(error), _) => super::sentence(&format!("the sync {state}: {error}")),
            (state, _, None, Some(result)) => format!(
                "The sync is {state}: {} conversations changed, {} messages written, {} missing.",
                result.changed_count, result.message_count, result.missing_count
            ),
            ("completed", ..) => "Another sync did this already.".to_owned(),
            (state, ..) => format!("The sync is {state}; what was fetched is kept."),
        }
    }
}
