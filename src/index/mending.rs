//! Bringing the index up to date: by whoever syncs, or by whoever asks and finds it behind, missing or damaged.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tantivy::TantivyError;

use super::disk::{OnDisk, Wrong, is_io, made, on_disk, remove};
use super::error::Error;
use super::handle::TextIndex;
use super::opened::Opened;
use super::search::unexpected;
use super::sources::Sources;
use super::update::{Beside, Lake, Updated, update};
use crate::cancel::Cancel;
use crate::lake::{self, Disk, Holder, State, Writer, WriterLock};
use crate::model::{Conversation, Row};

/// How long a reader waits for whoever has the lock to bring the index up to date.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);
const ASKED: &str = "it was asked for";

/// How the index stands to the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is of the lake as it is.
    Current,
    /// It was not, and is now.
    Mended {
        /// What was wrong.
        why: &'static str,
        /// What mending it came to.
        updated: Updated,
    },
    /// It lacks the latest changes, which who has the lake's lock will put in.
    Behind {
        /// Who; a replica does not know.
        holder: Option<Holder>,
        /// Conversations in it.
        indexed: u64,
        /// Conversations of the lake.
        conversations: u64,
    },
}

/// What waits while the index is mended.
#[derive(Clone)]
pub struct Wait<'a> {
    /// Gives up when it is raised.
    pub cancel: Cancel,
    /// Hears what is wrong and how many conversations will be read, then of each that was.
    pub progress: &'a (dyn Fn(Mending) + Sync),
}

/// Something about an index being mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mending {
    /// It begins: why, and how many conversations there are.
    Begun {
        /// What was wrong.
        why: &'static str,
        /// Conversations of the lake.
        conversations: u64,
    },
    /// So many more conversations were read.
    Read(u64),
    /// It is over.
    Ended,
}

impl TextIndex {
    /// Makes the index anew.
    ///
    /// # Errors
    /// When somebody else has the lake's lock, or it cannot be written.
    pub fn rebuild(&self, wait: &Wait<'_>) -> Result<Updated, Error> {
        let writer = self.writer(WriterLock::take(&self.layout, &(self.who)())?)?;
        self.remove()?;
        self.make(&writer, wait)
    }

    /// Removes the index with every byte of it; the caller has the lake's lock.
    ///
    /// # Errors
    /// When its files cannot be removed.
    pub fn remove(&self) -> Result<(), Error> {
        self.forget_opened();
        remove(&self.layout.index_dir())
    }

    /// Makes the index of what is in the lake, or brings it up to date; `writer` has the lake's lock.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn make(&self, writer: &Writer, wait: &Wait<'_>) -> Result<Updated, Error> {
        self.mend(writer, ASKED, wait)
    }

    /// The index of the lake as it is, if need be after mending it.
    pub(super) fn ready(&self, wait: &Wait<'_>) -> Result<(Arc<Opened>, Standing), Error> {
        let started = Instant::now();
        loop {
            let state = self.state()?;
            let wrong = match self.opened(&Sources::of(&state)) {
                Ok(opened) => return Ok((opened, Standing::Current)),
                Err(wrong) => wrong,
            };
            match WriterLock::take(&self.layout, &(self.who)()) {
                Ok(lock) => return self.readied(lock, wait),
                Err(error) => {
                    let holder = other_writer(error)?;
                    if started.elapsed() >= PATIENCE {
                        return self.behind(&state, holder, wrong);
                    }
                }
            }
            if wait.cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            sleep(PAUSE);
        }
    }

    /// The same with the lock: who had it before may have made the index meanwhile.
    fn readied(&self, lock: WriterLock, wait: &Wait<'_>) -> Result<(Arc<Opened>, Standing), Error> {
        let writer = self.writer(lock)?;
        let wrong = match self.opened(&Sources::of(&writer.state()?)) {
            Ok(opened) => return Ok((opened, Standing::Current)),
            Err(wrong) => wrong,
        };
        if !matches!(wrong, Wrong::Behind(_)) {
            // What it says of itself cannot be trusted.
            self.remove()?;
        }
        self.mended(&writer, wrong.why(), wait)
    }

    /// The index after it was brought up to date.
    pub(super) fn mended(
        &self,
        writer: &Writer,
        why: &'static str,
        wait: &Wait<'_>,
    ) -> Result<(Arc<Opened>, Standing), Error> {
        let updated = self.mend(writer, why, wait)?;
        let opened = self.opened(&Sources::of(&writer.state()?)).map_err(|wrong| self.failed(wrong))?;
        Ok((opened, Standing::Mended { why, updated }))
    }

    fn behind(
        &self,
        state: &State,
        holder: Option<Holder>,
        wrong: Wrong,
    ) -> Result<(Arc<Opened>, Standing), Error> {
        let conversations = state.rows_of(Conversation::TABLE.name);
        match wrong {
            Wrong::Behind(opened) if opened.count() > 0 => {
                let indexed = opened.count();
                Ok((opened, Standing::Behind { holder, indexed, conversations }))
            }
            _ => Err(Error::BeingMade { holder, conversations }),
        }
    }

    /// The lake opened for writing, which finishes what a crash interrupted.
    pub(super) fn writer(&self, lock: WriterLock) -> Result<Writer, Error> {
        Ok(Writer::open(Arc::new(Disk::default()), self.layout.clone(), Some(lock))?)
    }

    fn mend(&self, writer: &Writer, why: &'static str, wait: &Wait<'_>) -> Result<Updated, Error> {
        let state = writer.state()?;
        let conversations = state.rows_of(Conversation::TABLE.name);
        (wait.progress)(Mending::Begun { why, conversations });
        let updated = self.write(writer, &state, Beside::Nothing, &wait.cancel, &|more| {
            (wait.progress)(Mending::Read(more));
        });
        (wait.progress)(Mending::Ended);
        if let Ok(updated) = &updated {
            tracing::info!(
                why,
                written = updated.written,
                removed = updated.removed,
                "mended the search index"
            );
        }
        updated
    }

    /// Brings what is on the disk up to date, or makes it anew where it cannot be.
    fn write(
        &self,
        writer: &Writer,
        state: &State,
        beside: Beside,
        cancel: &Cancel,
        tell: &dyn Fn(u64),
    ) -> Result<Updated, Error> {
        let dir = self.layout.index_dir();
        let lake = Lake { files: &**writer.files(), layout: &self.layout, state };
        let there = match on_disk(&dir) {
            Ok(there) => there,
            Err(_) => made(&dir)?,
        };
        let updated = |there: &OnDisk| {
            let updated = catch_unwind(AssertUnwindSafe(|| update(there, &lake, beside, cancel, tell)));
            updated.unwrap_or_else(|_| Err(Error::Index { path: dir.clone(), source: unexpected() }))
        };
        match updated(&there) {
            Err(Error::Index { source, .. }) if !is_io(&source) => {
                tracing::warn!(error = %source, "the search index is damaged and is made anew");
                drop(there);
                self.forget_opened();
                updated(&made(&dir)?)
            }
            outcome => outcome,
        }
    }

    fn failed(&self, wrong: Wrong) -> Error {
        let source = match wrong {
            Wrong::Damaged(source) => source,
            other => TantivyError::InternalError(format!("it was mended, and yet {}", other.why())),
        };
        Error::Index { path: self.layout.index_dir(), source }
    }
}

/// Who writes in place of whoever could not take the lock: nobody knows whom a replica follows.
fn other_writer(error: lake::Error) -> Result<Option<Holder>, Error> {
    match error {
        lake::Error::Locked { holder } => Ok(Some(holder)),
        lake::Error::ReadOnly(_) => Ok(None),
        error => Err(error.into()),
    }
}

impl lake::Follower for TextIndex {
    /// Brings the index up to date after a commit. What goes wrong is logged: the next question mends it.
    fn follow(&self, writer: &Writer) {
        let followed = writer
            .state()
            .map_err(Error::from)
            .and_then(|state| self.write(writer, &state, Beside::Sync, &Cancel::new(), &|_| {}));
        if let Err(error) = followed {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the search index could not follow the lake"
            );
        }
    }

    fn clear(&self) -> io::Result<()> {
        self.remove().map_err(io::Error::other)
    }
}
