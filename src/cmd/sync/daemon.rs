//! `fi sync --daemon`: syncs now and then until it is stopped, for servers over stdin and stdout to answer from.

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::cmd::{Context, background, demo, words};
use crate::error::{CommandError, Explain, Kind};
use crate::printer::Printer;
use crate::sync::service::{Job, JobState, Service, SyncAvailability, SyncControl};

/// What the lock's file says about this command.
const PURPOSE: &str = "fi sync --daemon";
/// How often it is looked what there is to tell.
const LOOK: Duration = Duration::from_millis(200);
/// How long a sync has to end in good order.
const LAST_COMMIT: Duration = Duration::from_secs(9);

/// Syncs until it is stopped, and tells what comes of it.
pub(super) fn run(context: &Context) -> Result<(), CommandError> {
    demo::refuse_sync(context)?;
    // Without a token there is nothing to wait for.
    super::assemble::token(&context.config)?;
    let service = background::steady_service(context, PURPOSE);
    context.stop_on_interrupt();
    let minutes = words::many(context.config.sync_interval.as_secs() / 60, "minute");
    context.printer.note(format!("Syncing every {minutes} until Ctrl-C; `fi status` tells how it stands"));
    let syncing = service.in_background().explain(Kind::Failed, || "could not start background syncing")?;
    let mut told =
        Told { printer: &context.printer, jobs: HashSet::new(), availability: SyncAvailability::Ready };
    while !context.cancel.is_cancelled() {
        told.look(&service)?;
        thread::sleep(LOOK);
    }
    let has_stopped = syncing.stop(LAST_COMMIT);
    told.look(&service)?;
    if !has_stopped {
        context.printer.warn("a sync did not stop in time; what it committed is kept");
    }
    Ok(())
}

/// What was told so far.
struct Told<'a> {
    printer: &'a Printer,
    /// Jobs that ended.
    jobs: HashSet<String>,
    availability: SyncAvailability,
}

impl Told<'_> {
    fn look(&mut self, service: &Service) -> Result<(), CommandError> {
        let ended = service.ended();
        for job in ended.iter().filter(|job| !self.jobs.contains(&job.id)) {
            // One that never began was done by another process.
            if job.started_at.is_some() || job.state == JobState::Failed {
                self.tell(job)?;
            }
        }
        self.jobs = ended.into_iter().map(|job| job.id).collect();
        let availability = service.availability();
        if availability != self.availability {
            if !availability.is_ready() {
                self.printer.warn(availability.to_string());
            }
            self.availability = availability;
        }
        Ok(())
    }

    /// Tells what a sync came to: a line for people, or a document a line.
    fn tell(&self, job: &Job) -> Result<(), CommandError> {
        let summary = job.summary.unwrap_or_default();
        if self.printer.is_json() {
            return Ok(self.printer.json_line(&json!({
                "job_id": job.id,
                "outcome": job.state.as_str(),
                "started_at_seconds": job.started_at,
                "finished_at_seconds": job.finished_at,
                "changed_count": summary.changed_count,
                "message_count": summary.message_count,
                "deleted_count": summary.deleted_count,
                "missing_count": summary.missing_count,
                "request_count": summary.request_count,
                "error": job.error,
            }))?);
        }
        let at = words::moment(job.finished_at.unwrap_or(job.asked_at));
        let changed = words::many(summary.changed_count, "conversation");
        match (job.state, &job.error) {
            (JobState::Failed, Some(error)) => self.printer.warn(format!("{at}: {error}")),
            (JobState::Incomplete, _) => {
                let missing = summary.missing_count;
                self.printer.warn(format!("{at}: {changed} new or changed, {missing} things missing"));
            }
            (JobState::Stopped, _) => self.printer.note(format!("{at}: stopped; the next sync goes on")),
            _ => self.printer.note(format!("{at}: {changed} new or changed")),
        }
        Ok(())
    }
}
