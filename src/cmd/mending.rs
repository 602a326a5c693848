//! What is shown while the search index is brought up to date.

use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;

use super::words;
use crate::index::Mending;
use crate::printer::Printer;

/// Conversations that are read so quickly that nothing needs to be said.
const FEW: u64 = 20_000;

/// Shows it: a bar on a terminal, a line elsewhere.
pub(super) struct Shown<'a> {
    printer: &'a Printer,
    bar: Mutex<Option<ProgressBar>>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(printer: &'a Printer) -> Self {
        Self { printer, bar: Mutex::new(None) }
    }

    /// Takes note of what happens.
    pub(super) fn hear(&self, event: Mending) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Mending::Begun { why, conversations } => {
                if conversations > FEW {
                    let count = words::many(conversations, "conversation");
                    self.printer
                        .note(format!("Bringing the search index up to date, since {why}: {count} to read"));
                }
                *bar = Some(self.printer.progress(Some(conversations), "Indexing"));
            }
            Mending::Read(more) => bar.iter().for_each(|bar| bar.inc(more)),
            Mending::Ended => bar.take().iter().for_each(ProgressBar::finish_and_clear),
        }
    }
}
