//! The index as it is open: kept while it is of the lake as that is, and opened anew otherwise.

use std::sync::{Arc, LazyLock, PoisonError};

use tantivy::{Executor, Index, IndexReader, ReloadPolicy};

use super::disk::{OnDisk, Wrong, is_gone, on_disk};
use super::handle::TextIndex;
use super::parts::Parts;
use super::replica::IndexCopy;
use super::schema::Fields;
use super::search::{Moment, caught};
use super::sources::Sources;
use crate::lake;

/// Documents from which segments are searched side by side: fewer take no longer than to hand them over.
const MANY: u64 = 200_000;
/// Threads at most that search segments.
const MOST_THREADS: usize = 4;
/// How often it is opened because files were removed meanwhile.
pub(super) const ATTEMPTS: u32 = 10;

/// Searches segments on as many threads as there are processors.
static SIDE_BY_SIDE: LazyLock<Executor> = LazyLock::new(|| {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    Executor::multi_thread(threads, "search-").unwrap_or_else(|_| Executor::single_thread())
});

/// The index as it was opened.
pub(super) struct Opened {
    pub(super) moment: Moment,
    sources: Sources,
}

impl Opened {
    /// Conversations in it.
    pub(super) fn count(&self) -> u64 {
        self.moment.count()
    }
}

impl TextIndex {
    /// Closes what is open; with it goes the copy of a replica.
    pub fn forget_opened(&self) {
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.copy.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The index, if it is of these versions of the lake's files.
    pub(super) fn opened(&self, wanted: &Sources) -> Result<Arc<Opened>, Wrong> {
        let mut held = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = held.as_ref().filter(|opened| opened.sources == *wanted) {
            return Ok(Arc::clone(opened));
        }
        *held = None;
        let opened = Arc::new(self.open()?);
        *held = Some(Arc::clone(&opened));
        match opened.sources == *wanted {
            true => Ok(opened),
            false => Err(Wrong::Behind(opened)),
        }
    }

    fn open(&self) -> Result<Opened, Wrong> {
        let mut attempts = ATTEMPTS;
        loop {
            let OnDisk { index, fields, sources, .. } = self.on_disk()?;
            attempts -= 1;
            match caught(|| moment(index, fields)) {
                Ok(moment) => return Ok(Opened { moment, sources }),
                // Its writer merged segments after it was opened: there is a newer one.
                Err(error) if is_gone(&error) && attempts > 0 => {}
                Err(error) => return Err(Wrong::Damaged(error)),
            }
        }
    }

    /// What there is to open: the index itself, or the copy of a replica after it was brought up to date.
    fn on_disk(&self) -> Result<OnDisk, Wrong> {
        let dir = self.layout.index_dir();
        if !lake::is_read_only(&self.layout) {
            return on_disk(&dir);
        }
        let mut held = self.copy.lock().unwrap_or_else(PoisonError::into_inner);
        let mut copy = match held.take() {
            Some(copy) => copy,
            None => IndexCopy::empty().map_err(|error| Wrong::Damaged(error.into()))?,
        };
        // What is not there any more is let go of: it may have been removed for somebody who wants to be forgotten.
        copy.follow(&dir)?;
        on_disk(held.insert(copy).path())
    }
}

fn moment(mut index: Index, fields: Fields) -> tantivy::Result<Moment> {
    let documents: u64 =
        index.load_metas()?.segments.iter().map(|segment| u64::from(segment.num_docs())).sum();
    if documents >= MANY {
        index.set_executor(SIDE_BY_SIDE.clone());
    }
    let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    let searcher = reader.searcher();
    Ok(Moment { parts: Parts::open(&searcher)?, searcher, fields })
}
