//! The jobs of a service: asked for, found again, moved along, forgotten. Pure: the time is passed in.

use super::job::{Job, JobKind, JobProgress, JobState, Trigger};
use crate::lake::Holder;

/// How long a job can be asked about after it ended.
const KEPT_SECONDS: i64 = 3_600;
/// Jobs kept at most.
const MOST_KEPT: usize = 200;

/// All jobs there are to tell about, in the order they were asked for.
#[derive(Debug)]
pub(super) struct Jobs {
    pid: u32,
    made: u64,
    jobs: Vec<Job>,
}

impl Jobs {
    pub(super) const fn new(pid: u32) -> Self {
        Self { pid, made: 0, jobs: Vec::new() }
    }

    /// Adds a job, or finds the one that does the same; tells whether it is new.
    pub(super) fn ask(&mut self, kind: JobKind, trigger: Trigger, now: i64) -> (Job, bool) {
        self.expire(now);
        let same = |job: &&mut Job| !job.state.is_over() && job.kind.covers(job.asked_at, kind);
        if let Some(job) = self.jobs.iter_mut().find(same) {
            job.trigger = job.trigger.max(trigger);
            return (job.clone(), false);
        }
        self.made += 1;
        let job = Job {
            id: format!("sync-{}-{}", self.pid, self.made),
            kind,
            trigger,
            state: JobState::Waiting,
            asked_at: now,
            started_at: None,
            finished_at: None,
            progress: JobProgress::default(),
            waits_for: None,
            summary: None,
            error: None,
        };
        self.jobs.push(job.clone());
        (job, true)
    }

    /// The job under way.
    pub(super) fn current(&self) -> Option<&Job> {
        self.jobs.iter().find(|job| job.state == JobState::Running)
    }

    /// Jobs that are over and not forgotten, in the order they were asked for.
    pub(super) fn over(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| job.state.is_over())
    }

    /// Jobs that wait, the next one first.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| job.state == JobState::Waiting)
    }

    /// A job by its handle.
    pub(super) fn get(&mut self, id: &str, now: i64) -> Option<Job> {
        self.expire(now);
        self.jobs.iter().find(|job| job.id == id).cloned()
    }

    /// Changes a job, if it is still there.
    pub(super) fn update(&mut self, id: &str, change: impl FnOnce(&mut Job)) {
        if let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) {
            change(job);
        }
    }

    /// Somebody else writes the lake: a job waits for that, unless nobody asked for it; then it is decided anew.
    pub(super) fn block(&mut self, id: &str, holder: Holder) {
        self.jobs.retain(|job| job.id != id || job.trigger != Trigger::Schedule);
        self.update(id, |job| job.waits_for = Some(holder));
    }

    /// Ends every job that waits.
    pub(super) fn stop_waiting(&mut self, now: i64) {
        for job in self.jobs.iter_mut().filter(|job| job.state == JobState::Waiting) {
            (job.state, job.finished_at, job.waits_for) = (JobState::Stopped, Some(now), None);
        }
    }

    fn expire(&mut self, now: i64) {
        self.jobs.retain(|job| job.finished_at.is_none_or(|at| now - at <= KEPT_SECONDS));
        let spare = self.jobs.len().saturating_sub(MOST_KEPT);
        let mut over = 0;
        self.jobs.retain(|job| {
            over += usize::from(job.state.is_over());
            !job.state.is_over() || over > spare
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_176_000;
    const DAY: i64 = 86_400;

    fn end(jobs: &mut Jobs, id: &str, at: i64) {
        jobs.update(id, |job| (job.state, job.finished_at) = (JobState::Completed, Some(at)));
    }

    #[test]
    fn what_is_under_way_is_not_started_twice() {
        let mut jobs = Jobs::new(7);
        let (first, is_new) = jobs.ask(JobKind::New, Trigger::Schedule, NOW);
        assert_eq!((first.id.as_str(), is_new), ("sync-7-1", true));
        let (again, is_new) = jobs.ask(JobKind::New, Trigger::Request, NOW + 5);
        assert_eq!((again.id.as_str(), is_new, again.trigger), ("sync-7-1", false, Trigger::Request));
        end(&mut jobs, "sync-7-1", NOW + 10);
        assert_eq!(jobs.ask(JobKind::New, Trigger::Request, NOW + 11).0.id, "sync-7-2");
    }

    #[test]
    fn a_larger_job_does_the_work_of_a_smaller_one_and_not_the_other_way_round() {
        let range = |from, to| JobKind::Range { from, to };
        let covers = |one: JobKind, other| one.covers(NOW, other);
        assert!(covers(range(0, NOW), JobKind::New) && covers(JobKind::Full, range(0, 9)));
        assert!(covers(JobKind::Days(7), JobKind::Days(3)) && !covers(JobKind::Days(3), JobKind::Days(7)));
        assert!(covers(JobKind::Days(7), range(NOW - 7 * DAY, NOW)));
        assert!(!covers(JobKind::Days(7), range(NOW - 8 * DAY, NOW)));
        assert!(!covers(JobKind::New, range(0, 9)) && !covers(JobKind::Days(9), JobKind::Full));
        assert!(covers(range(0, NOW), range(0, NOW + 60)), "until now, asked a minute later");
        assert!(covers(range(10, 20), range(12, 20)) && !covers(range(10, 20), range(12, 21)));
    }

    #[test]
    fn a_job_is_forgotten_an_hour_after_it_ended_and_not_while_it_runs() {
        let mut jobs = Jobs::new(7);
        let id = jobs.ask(JobKind::New, Trigger::Request, NOW).0.id;
        assert!(jobs.get(&id, NOW + DAY).is_some());
        end(&mut jobs, &id, NOW + DAY);
        assert!(jobs.get(&id, NOW + DAY + 3_600).is_some());
        assert!(jobs.get(&id, NOW + DAY + 3_601).is_none());
    }

    #[test]
    fn of_very_many_jobs_the_oldest_that_ended_are_forgotten_first() {
        let mut jobs = Jobs::new(7);
        for _ in 0..MOST_KEPT + 50 {
            let id = jobs.ask(JobKind::New, Trigger::Request, NOW).0.id;
            end(&mut jobs, &id, NOW);
        }
        jobs.ask(JobKind::New, Trigger::Request, NOW);
        assert!(jobs.get("sync-7-50", NOW).is_none() && jobs.get("sync-7-250", NOW).is_some());
        assert!(jobs.get("sync-7-251", NOW).is_some_and(|job| job.state == JobState::Waiting));
    }

    #[test]
    fn a_job_waits_for_a_lock_only_if_somebody_waits_for_it() {
        let mut jobs = Jobs::new(7);
        let other = Holder { pid: 9, purpose: "fi sync".to_owned(), since_seconds: NOW };
        let id = jobs.ask(JobKind::New, Trigger::Schedule, NOW).0.id;
        jobs.block(&id, other.clone());
        assert!(jobs.get(&id, NOW).is_none());
        let id = jobs.ask(JobKind::New, Trigger::Schedule, NOW).0.id;
        jobs.ask(JobKind::New, Trigger::Question, NOW);
        jobs.block(&id, other.clone());
        let job = jobs.get(&id, NOW).unwrap();
        assert_eq!((job.trigger, job.waits_for), (Trigger::Question, Some(other)));
    }

    #[test]
    fn stopping_ends_what_waits() {
        let mut jobs = Jobs::new(7);
        jobs.ask(JobKind::New, Trigger::Request, NOW);
        jobs.stop_waiting(NOW);
        assert_eq!(jobs.waiting().count(), 0);
    }
}
