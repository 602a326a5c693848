//! The only place that writes to stdout and stderr: data on stdout, talk on stderr.
//!
//! It decides about colour, width and progress bars, and knows when the reader of stdout has gone away. What the
//! text says is decided elsewhere.

mod ask;
mod look;
mod pager;
mod sink;
mod talk;

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

pub use look::Look;
pub use sink::Captured;
pub use talk::Paint;

use crate::config::Environment;
use crate::error::CommandError;
use crate::program;
use look::Looks;
use sink::Sink;

/// What the command line says about output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// `--json`: data as JSON, errors too.
    pub json: bool,
    /// `-q`: no talk but warnings and errors.
    pub quiet: bool,
    /// `-v`, counted.
    pub verbose: u8,
    /// `--no-color`.
    pub no_color: bool,
}

/// Stdout could not be written to.
#[derive(Debug, thiserror::Error)]
#[error("could not write the output")]
pub struct OutputError(#[from] io::Error);

impl From<OutputError> for CommandError {
    fn from(error: OutputError) -> Self {
        Self::failed(error.to_string()).because(error.0)
    }
}

impl From<OutputError> for io::Error {
    fn from(error: OutputError) -> Self {
        error.0
    }
}

/// Writes data and talk. Copies share the same streams.
#[derive(Clone)]
pub struct Printer(Arc<Shared>);

struct Shared {
    options: Options,
    looks: Looks,
    stdout: Sink,
    stderr: Sink,
    bars: MultiProgress,
    reader_gone: AtomicBool,
}

impl Printer {
    /// A printer on the process's own streams.
    pub fn new(options: Options, environment: &Environment) -> Self {
        let looks = Looks::detect(options.no_color, environment);
        let bars =
            MultiProgress::with_draw_target(if looks.stderr.terminal && !options.quiet && !options.json {
                ProgressDrawTarget::stderr()
            } else {
                ProgressDrawTarget::hidden()
            });
        Self::with(options, looks, Sink::Stdout, Sink::Stderr, bars)
    }

    /// A printer into memory, for tests: plain, and not a terminal.
    pub fn captured(options: Options) -> (Self, Captured) {
        Self::captured_as(options, Look::PLAIN)
    }

    /// The same with streams that look so.
    pub fn captured_as(options: Options, look: Look) -> (Self, Captured) {
        let captured = Captured::default();
        let looks = Looks { stdout: look, stderr: look, can_ask: false };
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let (stdout, stderr) = captured.sinks();
        (Self::with(options, looks, stdout, stderr, bars), captured)
    }

    fn with(options: Options, looks: Looks, stdout: Sink, stderr: Sink, bars: MultiProgress) -> Self {
        Self(Arc::new(Shared { options, looks, stdout, stderr, bars, reader_gone: AtomicBool::new(false) }))
    }

    /// How stdout looks: tables and charts fit themselves to it.
    pub fn look(&self) -> Look {
        self.0.looks.stdout
    }

    /// Columns of a line now: whoever talks for long sees the terminal change.
    pub fn width_now(&self, environment: &Environment) -> usize {
        look::width(environment)
    }

    /// How stderr looks.
    pub fn talk_look(&self) -> Look {
        self.0.looks.stderr
    }

    /// Whether data is wanted as JSON.
    pub fn is_json(&self) -> bool {
        self.0.options.json
    }

    /// Whether talk is unwanted.
    pub fn is_quiet(&self) -> bool {
        self.0.options.quiet
    }

    /// How many times `-v` was given.
    pub fn verbosity(&self) -> u8 {
        self.0.options.verbose
    }

    /// Whether the program reading stdout has gone away (`fi … | head`). That is a success, not a failure.
    pub fn reader_is_gone(&self) -> bool {
        self.0.reader_gone.load(Ordering::Relaxed)
    }

    /// Writes data as it is.
    pub fn data(&self, text: impl fmt::Display) -> Result<(), OutputError> {
        self.stream(|out| Ok(write!(out, "{text}")?))
    }

    /// Writes one line of data.
    pub fn line(&self, text: impl fmt::Display) -> Result<(), OutputError> {
        self.stream(|out| Ok(writeln!(out, "{text}")?))
    }

    /// Writes data that is words of ours: commands in it as they can be typed here.
    pub fn words(&self, text: impl fmt::Display) -> Result<(), OutputError> {
        self.data(program::typed(&text.to_string()))
    }

    /// Writes a value as JSON, indented, with a line break at its end.
    pub fn json(&self, value: &impl Serialize) -> Result<(), OutputError> {
        self.stream(|out| {
            serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
            Ok(writeln!(out)?)
        })
    }

    /// Writes a value as JSON on one line, for streams of values.
    pub fn json_line(&self, value: &impl Serialize) -> Result<(), OutputError> {
        self.stream(|out| {
            serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
            Ok(writeln!(out)?)
        })
    }

    /// Lends stdout to a writer of data: buffered, and flushed at the end. Talking meanwhile is fine.
    pub fn stream<T, E: From<OutputError>>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut out = io::BufWriter::with_capacity(64 << 10, Watched { shared: &self.0 });
        let result = write(&mut out)?;
        out.flush().map_err(OutputError)?;
        Ok(result)
    }

    /// A progress bar over so many steps, or a spinner if their number is not known. It is hidden where nobody watches.
    pub fn progress(&self, steps: Option<u64>, message: impl Into<String>) -> ProgressBar {
        let template = match steps {
            Some(_) => "{msg} {wide_bar} {human_pos}/{human_len} {eta}",
            None => "{spinner} {msg} {human_pos} {elapsed}",
        };
        self.progress_in(self.progress_style(template), steps, message)
    }

    /// The same in a style of its own.
    pub fn progress_in(
        &self,
        style: ProgressStyle,
        steps: Option<u64>,
        message: impl Into<String>,
    ) -> ProgressBar {
        let bar = self.0.bars.add(ProgressBar::no_length()).with_style(style).with_message(message.into());
        match steps {
            Some(steps) => bar.set_length(steps),
            None if !bar.is_hidden() => bar.enable_steady_tick(std::time::Duration::from_millis(100)),
            None => {}
        }
        bar
    }

    /// The style of a bar with a template of its own, in marks the terminal can show.
    pub fn progress_style(&self, template: &str) -> ProgressStyle {
        let marks = if self.0.looks.stderr.unicode {
            ("━╸─", "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
        } else {
            ("=> ", "|/-\\ ")
        };
        ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars(marks.0)
            .tick_chars(marks.1)
    }
}

impl fmt::Debug for Printer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Printer").field("options", &self.0.options).finish_non_exhaustive()
    }
}

/// Stdout, noting when its reader has gone away. Progress bars stand aside for each write, and not for longer: they
/// hold a lock meanwhile, and whoever talked would wait for it for ever.
struct Watched<'a> {
    shared: &'a Shared,
}

impl Watched<'_> {
    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            self.shared.reader_gone.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.note(self.shared.bars.suspend(|| self.shared.stdout.write(bytes)))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.note(self.shared.stdout.flush())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_goes_to_stdout_and_talk_to_stderr() {
        let (printer, captured) = Printer::captured(Options::default());
        printer.line("id,count").unwrap();
        printer.json_line(&[1, 2]).unwrap();
        printer.note("2 rows");
        assert_eq!(captured.stdout(), "id,count\n[1,2]\n");
        assert_eq!(captured.stderr(), "2 rows\n");
    }

    #[test]
    fn a_reader_that_goes_away_is_noticed() {
        let (printer, captured) = Printer::captured(Options::default());
        captured.close();
        assert!(printer.line("x").is_err());
        assert!(printer.reader_is_gone());
    }

    #[test]
    fn talking_while_data_is_written_is_fine() {
        let (printer, captured) = Printer::captured(Options::default());
        let written = printer.stream(|out| {
            writeln!(out, "one")?;
            printer.warn("odd");
            printer.line("two")
        });
        assert!(written.is_ok());
        assert_eq!(captured.stderr(), "warning: odd\n");
        assert_eq!(captured.stdout(), "two\none\n");
    }

    #[test]
    fn bars_are_hidden_where_nobody_watches() {
        let (printer, captured) = Printer::captured(Options::default());
        let bar = printer.progress(Some(3), "threads");
        bar.inc(3);
        bar.finish();
        assert!(bar.is_hidden());
        assert_eq!(captured.stderr(), "");
    }
}
