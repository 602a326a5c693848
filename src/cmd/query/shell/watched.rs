//! A query while it runs: the keyboard is quiet, and there is a sign of life when it takes long.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::keyboard::Quiet;
use crate::printer::Printer;

/// How long nobody has to be told anything.
const PATIENCE: Duration = Duration::from_millis(700);
/// How often it moves.
const TICK: Duration = Duration::from_millis(100);
/// Goes back to the beginning of the line and clears it.
const CLEAR: &str = "\r\x1b[2K";

/// Shows that something goes on, from a while after its beginning until it is dropped.
pub(super) struct Watched {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _keyboard: Quiet,
}

impl Watched {
    /// From now on.
    pub(super) fn begin(printer: &Printer) -> Self {
        let (done, ended) = channel();
        let printer = printer.clone();
        let watch = move || {
            if !printer.is_quiet() {
                show(&printer, &ended);
            }
        };
        // Without the thread nothing is shown, which is no reason not to ask.
        let thread = thread::Builder::new().name(String::from("sign of life")).spawn(watch).ok();
        Self { done: Some(done), thread, _keyboard: Quiet::begin() }
    }
}

/// Until the sender is dropped.
fn show(printer: &Printer, ended: &Receiver<()>) {
    let begun = Instant::now();
    let marks = if printer.talk_look().unicode { "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" } else { "|/-\\" };
    let mut wait = PATIENCE;
    let mut is_shown = false;
    for mark in marks.chars().cycle() {
        if ended.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
            break;
        }
        printer.talk(format!("{CLEAR}{mark} {} s, Ctrl-C stops the query", begun.elapsed().as_secs()));
        (wait, is_shown) = (TICK, true);
    }
    if is_shown {
        printer.talk(CLEAR);
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.done = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
