//! Talk: notes, warnings, hints and errors on stderr. Talk that cannot be written is lost, and fails nothing.

use std::fmt;
use std::io::{self, Write};

use super::Printer;
use super::sink::Sink;
use crate::error::CommandError;
use crate::program;

/// How a piece of text stands out where colours are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Headings.
    Bold,
    /// Less important.
    Dim,
    /// Failures.
    Red,
    /// Successes.
    Green,
    /// Warnings.
    Yellow,
    /// Hints.
    Cyan,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "1;31",
            Self::Green => "32",
            Self::Yellow => "1;33",
            Self::Cyan => "36",
        }
    }

    fn on(self, colour: bool, text: &str) -> String {
        if colour { format!("\x1b[{}m{text}\x1b[0m", self.code()) } else { text.to_owned() }
    }
}

impl Printer {
    /// Colours a piece of data, where stdout shows colours.
    pub fn paint(&self, paint: Paint, text: impl fmt::Display) -> String {
        paint.on(self.0.looks.stdout.colour, &text.to_string())
    }

    /// Colours a piece of talk, where stderr shows colours.
    pub fn paint_talk(&self, paint: Paint, text: impl fmt::Display) -> String {
        paint.on(self.0.looks.stderr.colour, &text.to_string())
    }

    /// Says something, unless `-q` was given or a program reads: all it needs is in the document.
    pub fn note(&self, text: impl fmt::Display) {
        if !self.is_quiet() && !self.is_json() {
            self.say(&format!("{}\n", program::typed(&text.to_string())));
        }
    }

    /// Says something only `-v` asks for.
    pub fn detail(&self, text: impl fmt::Display) {
        if self.verbosity() > 0 && !self.is_quiet() {
            self.say(&format!("{text}\n"));
        }
    }

    /// Says what to do next, unless `-q` was given or a program reads.
    pub fn hint(&self, text: impl fmt::Display) {
        if !self.is_quiet() && !self.is_json() {
            self.labelled("", "hint", Paint::Cyan, &text.to_string());
        }
    }

    /// Says what is odd.
    pub fn warn(&self, text: impl fmt::Display) {
        self.labelled("", "warning", Paint::Yellow, &text.to_string());
    }

    /// Says what failed, why, and what to do next.
    pub fn error(&self, error: &CommandError) {
        if self.is_json() {
            return self.say(&format!("{}\n", program::typed(&error.to_json().to_string())));
        }
        self.labelled("", "error", Paint::Red, error.message());
        for cause in error.causes() {
            self.labelled("  ", "because", Paint::Dim, &cause);
        }
        for hint in error.hints() {
            self.labelled("  ", "hint", Paint::Cyan, hint);
        }
    }

    /// Says something as it is, whatever was asked for: for text that has its own form.
    pub fn talk(&self, text: impl fmt::Display) {
        self.say(&program::typed(&text.to_string()));
    }

    /// A writer to stderr that gets progress bars out of the way; what cannot be written is lost.
    pub fn talk_writer(&self) -> TalkWriter {
        TalkWriter(self.clone())
    }

    fn labelled(&self, indent: &str, label: &str, paint: Paint, text: &str) {
        let continued = format!("\n{indent}{}", " ".repeat(label.len() + 2));
        let text = harmless(&program::typed(text.trim_end())).replace('\n', &continued);
        self.say(&format!("{indent}{} {text}\n", self.paint_talk(paint, format!("{label}:"))));
    }

    pub(super) fn say(&self, text: &str) {
        let stderr: &Sink = &self.0.stderr;
        self.0.bars.suspend(|| write_all(stderr, text.as_bytes()));
    }
}

fn write_all(sink: &Sink, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match sink.write(bytes) {
            Ok(0) => return,
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// Text from elsewhere without what could steer the terminal: control characters show as `\u{1b}`.
fn harmless(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut safe, c| {
        if c.is_control() && c != '\n' && c != '\t' {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
        safe
    })
}

/// Writes log lines and the like to stderr.
#[derive(Clone)]
pub struct TalkWriter(Printer);

impl Write for TalkWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let shared = &self.0.0;
        shared.bars.suspend(|| write_all(&shared.stderr, bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Options;
    use super::*;

    fn told(options: Options, tell: impl FnOnce(&Printer)) -> String {
        let (printer, captured) = Printer::captured(options);
        tell(&printer);
        assert_eq!(captured.stdout(), "");
        captured.stderr()
    }

    fn failure() -> CommandError {
        CommandError::failed("could not sync\nthe workspace")
            .because(io::Error::other("no network"))
            .hint("try again")
    }

    #[test]
    fn an_error_says_what_why_and_what_next() {
        insta::assert_snapshot!(told(Options::default(), |printer| printer.error(&failure())), @r"
        error: could not sync
               the workspace
          because: no network
          hint: try again
        ");
    }

    #[test]
    fn with_json_an_error_is_one_object() {
        let json = Options { json: true, ..Options::default() };
        let text =
            told(json, |printer| printer.error(&CommandError::usage("bad date").hint("write 2026-11-01")));
        assert_eq!(
            text,
            "{\"error\":{\"causes\":[],\"hints\":[\"write 2026-11-01\"],\"kind\":\"usage\",\"message\":\"bad date\"}}\n"
        );
    }

    #[test]
    fn quiet_and_programs_get_warnings_and_errors_only() {
        let all = |printer: &Printer| {
            printer.note("a note");
            printer.hint("a hint");
            printer.detail("a detail");
            printer.warn("odd");
            printer.error(&CommandError::failed("broken"));
        };
        let quiet = Options { quiet: true, verbose: 1, ..Options::default() };
        assert_eq!(told(quiet, all), "warning: odd\nerror: broken\n");
        let json = told(Options { json: true, ..Options::default() }, all);
        assert!(json.starts_with("warning: odd\n{\"error\":"), "{json}");
    }

    #[test]
    fn details_are_for_verbose() {
        assert_eq!(told(Options::default(), |printer| printer.detail("x")), "");
        assert_eq!(told(Options { verbose: 1, ..Options::default() }, |printer| printer.detail("x")), "x\n");
    }

    #[test]
    fn text_from_elsewhere_cannot_steer_the_terminal() {
        let text = told(Options::default(), |printer| printer.warn("a\x1b]0;title\x07b\rc"));
        assert_eq!(text, "warning: a\\u{1b}]0;title\\u{7}b\\rc\n");
    }
}
