//! `sync_conversations` and `force_sync`: start a sync and return at once with a handle to ask about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::ToolError;
use super::holdings::Holdings;
use super::job_view::JobView;
use super::timeframe::TimeframeInput;
use crate::sync::service::JobKind;

/// Days fetched again when no period is given.
const FORCED_DAYS: u32 = 7;
/// Days that can be asked for.
const MOST_DAYS: u32 = 3_650;
/// No conversation is older than Intercom: 2011 began.
const FIRST_SECONDS: i64 = 1_293_840_000;

/// How much to fetch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SyncConversationsParams {
    /// Whether the last 7 days are fetched again, and not only what changed.
    pub force: bool,
}

/// A period to fetch again; the last 7 days without one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ForceSyncParams {
    /// When conversations began: text such as "last 30 days" or "2026-03", or an object with start and end; "all" for
    /// everything.
    #[serde(alias = "time_filter")]
    pub timeframe: Option<TimeframeInput>,
    /// Instead of that, a number of days back from now.
    pub days: Option<u32>,
}

/// A sync that was started, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SyncStarted {
    /// Whether a sync is under way now.
    pub success: bool,
    /// In words.
    pub message: String,
    /// The same, by its older name.
    pub output: String,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The handle get_sync_status takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// The job as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<JobView>,
}

impl Holdings<'_> {
    /// Fetches what changed.
    pub fn sync_conversations(&self, params: &SyncConversationsParams) -> SyncStarted {
        self.started(if params.force { JobKind::Days(FORCED_DAYS) } else { JobKind::New })
    }

    /// Fetches a period again.
    ///
    /// # Errors
    /// When the period makes no sense.
    pub fn force_sync(&self, params: &ForceSyncParams) -> Result<SyncStarted, ToolError> {
        let kind = match (&params.timeframe, params.days) {
            (Some(_), Some(_)) => {
                return Err(ToolError::Refused("give timeframe or days, and not both".to_owned()));
            }
            (None, Some(days)) if !(1..=MOST_DAYS).contains(&days) => {
                return Err(ToolError::Refused(format!(
                    "days is from 1 to {MOST_DAYS}, such as 30, not {days}; for everything, timeframe \"all\""
                )));
            }
            (None, days) => JobKind::Days(days.unwrap_or(FORCED_DAYS)),
            (Some(timeframe), None) => self.range(timeframe)?,
        };
        Ok(self.started(kind))
    }

    fn range(&self, timeframe: &TimeframeInput) -> Result<JobKind, ToolError> {
        let period = timeframe.resolve(self.zone, self.now)?;
        Ok(match period.start {
            None if period.until_now => JobKind::Full,
            start => {
                let from = start.map_or(FIRST_SECONDS, |start| start.timestamp().max(FIRST_SECONDS));
                JobKind::Range { from, to: period.end.timestamp() }
            }
        })
    }

    fn started(&self, kind: JobKind) -> SyncStarted {
        match self.control.start(kind) {
            Ok(started) => {
                let job = self.view(&started.job);
                let is_first = self.held().is_ok_and(|held| held.sync.updated_through.is_none());
                let message = match (started.is_new, is_first) {
                    (true, true) => {
                        "The first sync was started; it fetches everything, newest first.".to_owned()
                    }
                    (true, false) => "A sync was started.".to_owned(),
                    (false, _) => format!("A sync that does this is there already. {}", job.words()),
                };
                let output =
                    format!("{message} get_sync_status with job_id {} tells how far it is.", job.job_id);
                SyncStarted {
                    success: true,
                    message: output.clone(),
                    output,
                    error: None,
                    job_id: Some(job.job_id.clone()),
                    job: Some(job),
                }
            }
            Err(availability) => {
                let message = super::sentence(&availability.to_string());
                let output = message.clone();
                SyncStarted {
                    success: false,
                    error: Some(message.clone()),
                    message,
                    output,
                    job_id: None,
                    job: None,
                }
            }
        }
    }
}
