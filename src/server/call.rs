//! One call of a tool: what it needs to know of the outside.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::app::App;
use crate::cancel::Cancel;
use crate::engine::QueryOptions;
use crate::index::{Mending, Wait};

/// How long one query of a tool may take.
const QUERY_TIMEOUT: Duration = Duration::from_secs(30);

/// One call.
pub struct Call<'a> {
    /// What all calls share.
    pub app: &'a App,
    /// The present, for the whole of it.
    pub now: DateTime<Utc>,
    /// Raised when nobody waits for the answer any more.
    pub cancel: Cancel,
    /// What it is doing, for whoever waits.
    pub doing: Doing,
    /// Whether who asks may see what others asked.
    pub is_admin: bool,
}

impl Call<'_> {
    /// The zone of days unless the question names one.
    pub(super) fn zone(&self) -> Tz {
        self.app.zone()
    }

    /// The limits of its queries.
    pub(super) fn options(&self) -> QueryOptions {
        QueryOptions { cancel: self.cancel.clone(), timeout: QUERY_TIMEOUT, ..QueryOptions::default() }
    }

    /// How it waits for the search index to be made.
    pub(super) fn wait<'a>(&self, progress: &'a (dyn Fn(Mending) + Sync)) -> Wait<'a> {
        Wait { cancel: self.cancel.clone(), progress }
    }

    /// Tells of the search index being made.
    pub(super) fn hear(&self, event: Mending) {
        match event {
            Mending::Begun { why, conversations } => self.doing.begin(why, conversations),
            Mending::Read(more) => self.doing.advance(more),
            Mending::Ended => self.doing.end(),
        }
    }
}

/// What a call is doing, told to whoever waits. Copies share it.
#[derive(Debug, Clone, Default)]
pub struct Doing(Arc<Mutex<Option<Work>>>);

#[derive(Debug, Clone)]
struct Work {
    why: String,
    done: u64,
    total: u64,
}

impl Doing {
    fn begin(&self, why: &str, total: u64) {
        *self.lock() = Some(Work { why: why.to_owned(), done: 0, total });
    }

    fn advance(&self, more: u64) {
        if let Some(work) = self.lock().as_mut() {
            work.done += more;
        }
    }

    fn end(&self) {
        *self.lock() = None;
    }

    /// In words, if there is anything to tell.
    pub(super) fn words(&self) -> Option<String> {
        let work = self.lock().clone()?;
        Some(format!("making the search index ({}): {} of {} conversations", work.why, work.done, work.total))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Work>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
