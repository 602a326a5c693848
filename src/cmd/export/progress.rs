//! Shows an export while it runs: a bar on a terminal, a line now and then elsewhere, nothing with `--json` and `-q`.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use crate::cmd::words;
use crate::export::Observer;
use crate::printer::Printer;

/// Time between two lines.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// What is under way, shown as it goes.
pub(super) struct Progress {
    printer: Printer,
    is_shown: bool,
    state: Mutex<State>,
}

struct State {
    title: String,
    rows: u64,
    said: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of one export.
    pub(super) fn new(printer: &Printer) -> Self {
        let is_shown = !printer.is_json() && !printer.is_quiet();
        let state = State { title: String::new(), rows: 0, said: Instant::now(), bar: None };
        Self { printer: printer.clone(), is_shown, state: Mutex::new(state) }
    }

    /// There is nothing more to show.
    pub(super) fn end(&self) {
        if let Some(bar) = self.state().bar.take() {
            bar.finish_and_clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bar(&self, count: usize) -> ProgressBar {
        let style = self.printer.progress_style("  {msg:40} {wide_bar} {pos}/{len}");
        self.printer.progress_in(style, Some(count as u64), "")
    }
}

impl Observer for Progress {
    fn table(&self, name: &'static str, number: usize, count: usize) {
        if !self.is_shown {
            return;
        }
        let mut state = self.state();
        state.title = format!("Writing {name} ({number} of {count})");
        state.rows = 0;
        if self.printer.talk_look().terminal {
            let bar = state.bar.get_or_insert_with(|| self.bar(count));
            bar.set_position(number as u64 - 1);
            bar.set_message(format!("Writing {name}"));
        }
    }

    fn rows(&self, count: u64) {
        if !self.is_shown {
            return;
        }
        let mut state = self.state();
        state.rows += count;
        let line = format!("{}: {}", state.title, words::many(state.rows, "row"));
        if let Some(bar) = &state.bar {
            bar.set_message(line);
        } else if state.said.elapsed() >= LINE_EVERY {
            state.said = Instant::now();
            drop(state);
            self.printer.note(line);
        }
    }

    fn restarted(&self) {
        self.printer.note("A sync changed the lake: the export begins anew");
    }
}
