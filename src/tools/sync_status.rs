//! `get_sync_status`: whether a sync is under way, how far it is, and when the next one is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::holdings::Holdings;
use super::job_view::{JobView, LockView};
use super::moment::Moment;
use crate::sync::service::{Job, ServiceStatus};

/// Which sync: the one under way, unless a handle names another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SyncStatusParams {
    /// The job_id that starting a sync gave.
    pub job_id: Option<String>,
}

/// How syncing stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SyncStatus {
    /// Whether a sync is under way, in this process or another.
    pub is_syncing: bool,
    /// In words.
    pub message: String,
    /// When it began (UTC).
    pub sync_started_at: Option<Moment>,
    /// Minutes since then.
    pub duration_minutes: Option<i64>,
    /// From when to when conversations are held.
    pub coverage_dates: Option<CoverageDates>,
    /// The job asked about, else the one under way or next.
    pub job: Option<JobView>,
    /// Jobs that wait behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<JobView>,
    /// When the next sync begins by itself (UTC).
    pub next_sync_at: Option<Moment>,
    /// Everything covered is known as of then (UTC).
    pub data_as_of: Option<Moment>,
    /// The last run that ended, of whatever process.
    pub last_run: Option<RunView>,
    /// Why the last sync failed, if it did.
    pub last_error: Option<String>,
    /// Whether anything new can arrive: ready, replica, no_token, no_server or refused.
    pub availability: &'static str,
    /// Who writes the lake now.
    pub lock: Option<LockView>,
}

/// From when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CoverageDates {
    /// The first moment (UTC).
    pub start: Option<Moment>,
    /// The first moment after it (UTC).
    pub end: Option<Moment>,
}

/// A run that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunView {
    /// completed, incomplete, stopped or failed.
    pub outcome: String,
    /// full, range, incremental or conversations.
    pub kind: Option<String>,
    /// When it began (UTC).
    pub started_at: Option<Moment>,
    /// When it ended (UTC).
    pub finished_at: Option<Moment>,
}

impl Holdings<'_> {
    /// How syncing stands.
    ///
    /// # Errors
    /// When the handle is unknown, or the lake's state cannot be read.
    pub fn sync_status(&self, params: &SyncStatusParams) -> Result<SyncStatus, ToolError> {
        let asked = params.job_id.as_deref().map(|id| self.job(id)).transpose()?;
        let held = self.held()?;
        let status = self.control.status();
        let shown = asked.or_else(|| status.current.clone()).or_else(|| status.waiting.first().cloned());
        let others = status.waiting.iter().filter(|job| shown.as_ref().is_none_or(|one| one.id != job.id));
        let started_at = started_at(&status);
        let end = held.coverage_end();
        let last_run = held.sync.last_run.as_ref();
        let run_error = last_run.filter(|run| run.outcome == "failed").and_then(|run| run.error.clone());
        let job = shown.as_ref().map(|job| self.view(job));
        Ok(SyncStatus {
            is_syncing: status.is_syncing(),
            message: message(&status, job.as_ref()),
            sync_started_at: started_at.and_then(Moment::from_seconds),
            duration_minutes: started_at.map(|at| self.minutes_since(at)),
            coverage_dates: end.is_some().then(|| CoverageDates { start: held.coverage_start(), end }),
            waiting: others.map(|job| self.view(job)).collect(),
            job,
            next_sync_at: status.next_sync_at.and_then(Moment::from_seconds),
            data_as_of: held.data_as_of(),
            last_run: last_run.map(|run| RunView {
                outcome: run.outcome.clone(),
                kind: run.kind.clone(),
                started_at: Moment::from_seconds(run.started_at),
                finished_at: Moment::from_seconds(run.finished_at),
            }),
            last_error: status.last_error.clone().or(run_error),
            availability: status.availability.as_str(),
            lock: status.lock_holder.as_ref().map(LockView::from),
        })
    }

    fn job(&self, id: &str) -> Result<Job, ToolError> {
        self.control.job(id).ok_or_else(|| {
            let id: String = id.chars().filter(char::is_ascii_graphic).take(40).collect();
            ToolError::Refused(format!(
                "there is no sync job '{id}': a job_id, such as sync-4711-1, is good until an hour after the sync \
                 ended, and only in the server that gave it; leave job_id out for the sync under way"
            ))
        })
    }
}

/// When the sync under way began.
fn started_at(status: &ServiceStatus) -> Option<i64> {
    let here = status.current.as_ref().map(|job| job.started_at.unwrap_or(job.asked_at));
    let elsewhere = status.lock_holder.as_ref().filter(|_| status.is_syncing());
    here.or_else(|| elsewhere.map(|holder| holder.since_seconds))
}

fn message(status: &ServiceStatus, job: Option<&JobView>) -> String {
    let doing = match (job, &status.lock_holder) {
        (Some(job), _) => job.words(),
        (None, Some(holder)) => {
            format!("The data is being changed by `{}` (process {}).", holder.purpose, holder.pid)
        }
        (None, None) => "No sync is under way.".to_owned(),
    };
    match (status.availability.is_ready(), &status.last_error) {
        (false, _) => format!("{doing} {}", super::sentence(&status.availability.to_string())),
        (true, Some(error)) if job.is_none() => {
            format!("{doing} {}", super::sentence(&format!("the last one failed: {error}")))
        }
        (true, _) => doing,
    }
}
