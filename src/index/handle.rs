//! The index of one lake: opened when it is needed, followed as the lake changes, and mended where it is not what it
//! should be.
//!
//! It is derived: whoever holds the lake's lock may write it, after the lake. A reader that finds it behind, missing
//! or damaged takes the lock and mends it; when somebody else has the lock, that one keeps the index, and the reader
//! waits a moment and then answers from what is there, saying so. So does a replica, which never may write.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::disk::{DAMAGED, Wrong, is_gone, on_disk};
use super::error::Error;
use super::mending::{Standing, Wait};
use super::names::Names;
use super::opened::{ATTEMPTS, Opened};
use super::replica::IndexCopy;
use super::search::{Failed, Hits, PageParams};
use super::syntax::Expr;
use crate::lake::{Disk, Holder, LastState, Layout, Reader, State, WriterLock};
use crate::model::{Admin, Row, Team};

/// Who a process is when it takes the lake's lock to mend the index.
pub type WhoAmI = Arc<dyn Fn() -> Holder + Send + Sync>;

/// The full-text index of one lake. Cheap to share.
pub struct TextIndex {
    pub(super) layout: Layout,
    pub(super) who: WhoAmI,
    last_state: LastState,
    pub(super) opened: Mutex<Option<Arc<Opened>>>,
    /// What a replica opens in its place.
    pub(super) copy: Mutex<Option<IndexCopy>>,
    /// Names, and the versions of the files they are from.
    names: Mutex<Option<(String, Arc<Names>)>>,
}

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
}
