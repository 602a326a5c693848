//! The index of one lake: opened when it is needed, followed as the lake changes, and mended where it is not what it
//! should be.
//!
//! It is derived: whoever holds the lake's lock may write it, after the lake. A reader that finds it behind, missing
//! or damaged takes the lock and mends it; when somebody else has the lock, that one keeps the index, and the reader
//! waits a moment and then answers from what is there, saying so. So does a replica, which never may write.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tantivy::{Executor, Index, IndexReader, ReloadPolicy, TantivyError};

use super::disk::{DAMAGED, OnDisk, Wrong, is_gone, is_io, made, on_disk, remove};
use super::error::Error;
use super::names::Names;
use super::parts::Parts;
use super::replica::IndexCopy;
use super::schema::Fields;
use super::search::{Failed, Hits, Moment, PageParams, caught, unexpected};
use super::sources::Sources;
use super::syntax::Expr;
use super::update::{Beside, Lake, Updated, update};
use crate::cancel::Cancel;
use crate::lake::{self, Disk, Holder, LastState, Layout, Reader, State, Writer, WriterLock};
use crate::model::{Admin, Conversation, Row, Team};

/// Documents from which segments are searched side by side: fewer take no longer than to hand them over.
const MANY: u64 = 200_000;
/// Threads at most that search segments.
const MOST_THREADS: usize = 4;
/// How long a reader waits for whoever has the lock to bring the index up to date.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);
/// How often it is opened because files were removed meanwhile.
const ATTEMPTS: u32 = 10;

/// Searches segments on as many threads as there are processors.
static SIDE_BY_SIDE: LazyLock<Executor> = LazyLock::new(|| {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    Executor::multi_thread(threads, "search-").unwrap_or_else(|_| Executor::single_thread())
});

/// Who a process is when it takes the lake's lock to mend the index.
pub type WhoAmI = Arc<dyn Fn() -> Holder + Send + Sync>;

/// The full-text index of one lake. Cheap to share.
pub struct TextIndex {
    layout: Layout,
    who: WhoAmI,
    last_state: LastState,
    opened: Mutex<Option<Arc<Opened>>>,
    /// What a replica opens in its place.
    copy: Mutex<Option<IndexCopy>>,
    /// Names, and the versions of the files they are from.
    names: Mutex<Option<(String, Arc<Names>)>>,
}

/// The index as it was opened.
pub(super) struct Opened {
    moment: Moment,
    sources: Sources,
}

impl Opened {
    /// Conversations in it.
    pub(super) fn count(&self) -> u64 {
        self.moment.count()
    }
}

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

const ASKED: &str = "it was asked for";

impl TextIndex {
    /// Of the lake below a home. Nothing is opened or written yet.
    pub fn new(layout: Layout, who: WhoAmI) -> Self {
        Self {
            layout,
            who,
            last_state: LastState::default(),
            opened: Mutex::new(None),
            copy: Mutex::new(None),
            names: Mutex::new(None),
        }
    }

    /// A page of what a query finds.
    ///
    /// # Errors
    /// When the query cannot be read, or there is no index to ask.
    pub fn page(&self, query: &str, params: &PageParams, wait: &Wait<'_>) -> Result<(Hits, Standing), Error> {
        let expr = Expr::parse(query)?;
        let names = self.names()?;
        self.ask(wait, |opened| opened.moment.page(query, &expr, &names, params))
    }

    /// Ids and scores of all that a query finds.
    ///
    /// # Errors
    /// As for [`page`](Self::page).
    pub fn all(&self, query: &str, wait: &Wait<'_>) -> Result<(Vec<(String, f32)>, Standing), Error> {
        let expr = Expr::parse(query)?;
        let names = self.names()?;
        self.ask(wait, |opened| opened.moment.all(query, &expr, &names))
    }

    /// In how many conversations each part of a query is found by itself.
    ///
    /// # Errors
    /// As for [`page`](Self::page).
    pub fn counts(&self, query: &str, parts: &[Expr], wait: &Wait<'_>) -> Result<Vec<u64>, Error> {
        let names = self.names()?;
        Ok(self.ask(wait, |opened| opened.moment.counts(query, parts, &names))?.0)
    }

    /// Compares every file of the index with its checksum; tells what is wrong. One that is not there, or behind, is
    /// none the worse: the next question makes it or brings it up to date.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn verify(&self) -> Result<Vec<String>, Error> {
        let mut attempts = ATTEMPTS;
        loop {
            let index = match on_disk(&self.layout.index_dir()) {
                Ok(there) => there.index,
                Err(Wrong::Missing | Wrong::OtherVersion | Wrong::Behind(_)) => return Ok(Vec::new()),
                Err(Wrong::Damaged(error)) => return Ok(vec![error.to_string()]),
            };
            attempts -= 1;
            match catch_unwind(AssertUnwindSafe(|| index.validate_checksum())) {
                Ok(Ok(files)) => {
                    let changed = files.iter().map(|file| format!("{} was changed", file.display()));
                    let mut changed: Vec<String> = changed.collect();
                    changed.sort();
                    return Ok(changed);
                }
                // Its writer merged segments meanwhile.
                Ok(Err(error)) if is_gone(&error) && attempts > 0 => {}
                Ok(Err(error)) => return Ok(vec![error.to_string()]),
                Err(_) => return Ok(vec!["its files cannot be read".to_owned()]),
            }
        }
    }

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

    pub(super) fn state(&self) -> Result<Arc<State>, Error> {
        let state = self.last_state.load(&Disk::default(), &self.layout)?;
        state.ok_or_else(|| Error::NoLake(self.layout.lake_dir()))
    }

    /// Asks the index as it should be; damage that shows only then is mended once.
    fn ask<T>(
        &self,
        wait: &Wait<'_>,
        question: impl Fn(&Opened) -> Result<T, Failed>,
    ) -> Result<(T, Standing), Error> {
        let (opened, standing) = self.ready(wait)?;
        match question(&opened) {
            Ok(answer) => return Ok((answer, standing)),
            Err(Failed::Syntax(error)) => return Err(error.into()),
            Err(Failed::Index(error)) => {
                tracing::warn!(%error, "the search index is damaged and is made anew");
            }
        }
        self.forget_opened();
        let writer = self.writer(WriterLock::take(&self.layout, &(self.who)())?)?;
        self.remove()?;
        let (opened, standing) = self.mended(&writer, DAMAGED, wait)?;
        match question(&opened) {
            Ok(answer) => Ok((answer, standing)),
            Err(Failed::Syntax(error)) => Err(error.into()),
            Err(Failed::Index(source)) => Err(Error::Index { path: self.layout.index_dir(), source }),
        }
    }

    /// The index of the lake as it is, if need be after mending it.
    fn ready(&self, wait: &Wait<'_>) -> Result<(Arc<Opened>, Standing), Error> {
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
    fn mended(
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
            Wrong::Behind(opened) if opened.moment.count() > 0 => {
                let indexed = opened.moment.count();
                Ok((opened, Standing::Behind { holder, indexed, conversations }))
            }
            _ => Err(Error::BeingMade { holder, conversations }),
        }
    }

    /// The lake opened for writing, which finishes what a crash interrupted.
    fn writer(&self, lock: WriterLock) -> Result<Writer, Error> {
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

    /// Teammates and teams as the lake has them; read again only when they changed.
    fn names(&self) -> Result<Arc<Names>, Error> {
        let state = self.state()?;
        let digest =
            |name: &str| state.files_of(name).map(|(_, entry)| entry.sha256.as_str()).collect::<String>();
        let version = digest(Admin::TABLE.name) + &digest(Team::TABLE.name);
        let mut held = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, names)) = held.as_ref().filter(|(of, _)| *of == version) {
            return Ok(Arc::clone(names));
        }
        let names = Arc::new(Names::read(Reader::new(&Disk::default(), &self.layout), &state)?);
        *held = Some((version, Arc::clone(&names)));
        Ok(names)
    }

    fn failed(&self, wrong: Wrong) -> Error {
        let source = match wrong {
            Wrong::Damaged(source) => source,
            other => TantivyError::InternalError(format!("it was mended, and yet {}", other.why())),
        };
        Error::Index { path: self.layout.index_dir(), source }
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
