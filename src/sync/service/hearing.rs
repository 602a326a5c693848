//! What a running sync tells goes into its job, where whoever asks finds it.

use std::sync::Arc;

use super::Inner;
use super::job::JobProgress;
use crate::sync::{Event, Observer};

/// Hears for one job.
pub(super) struct Hearing {
    pub(super) service: Arc<Inner>,
    pub(super) job_id: String,
}

impl Observer for Hearing {
    fn event(&self, event: Event) {
        self.service.shared().jobs.update(&self.job_id, |job| hear(&mut job.progress, &event));
        if !matches!(event, Event::Advanced { .. }) {
            self.service.tell();
        }
    }
}

fn hear(progress: &mut JobProgress, event: &Event) {
    match *event {
        Event::Started { phase, total } => {
            *progress = JobProgress { phase: Some(phase), done: 0, total, ..*progress };
        }
        Event::Advanced { phase, by } if progress.phase == Some(phase) => progress.done += by,
        Event::Committed { rows, .. } => progress.stored_rows += rows,
        Event::Advanced { .. } | Event::Finished { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::Phase;

    #[test]
    fn progress_is_that_of_the_part_begun_last() {
        let mut progress = JobProgress::default();
        for event in [
            Event::Started { phase: Phase::Conversations, total: None },
            Event::Advanced { phase: Phase::Conversations, by: 150 },
            Event::Committed { rows: 150, lake_bytes: 9 },
            Event::Started { phase: Phase::Threads, total: Some(150) },
            Event::Advanced { phase: Phase::Conversations, by: 1 },
            Event::Advanced { phase: Phase::Threads, by: 2 },
        ] {
            hear(&mut progress, &event);
        }
        let expected =
            JobProgress { phase: Some(Phase::Threads), done: 2, total: Some(150), stored_rows: 150 };
        assert_eq!(progress, expected);
    }
}
