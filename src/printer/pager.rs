//! Long texts on a terminal: through the user's pager, so that they can be read from their beginning.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{OutputError, Printer};
use crate::config::Environment;

/// The pager where none is set: it shows colours, and ends by itself when everything fits.
const USUAL: &str = "less -FRX";
/// What a `less` of the user's own is told, unless its variable says something else.
const LESS: &str = "FRX";

impl Printer {
    /// Writes data, through a pager where it is longer than the terminal it goes to.
    pub fn paged(&self, text: impl AsRef<str>, environment: &Environment) -> Result<(), OutputError> {
        let height = terminal_size::terminal_size().map(|(_, rows)| usize::from(rows.0));
        self.paged_at(height, text.as_ref(), environment)
    }

    /// The same for a terminal of so many lines.
    fn paged_at(
        &self,
        height: Option<usize>,
        text: &str,
        environment: &Environment,
    ) -> Result<(), OutputError> {
        let is_longer = height.is_some_and(|height| text.lines().count() >= height);
        if self.look().terminal && !self.is_json() && is_longer && through(environment, text) {
            return Ok(());
        }
        self.data(text)
    }
}

/// Shows a text in a pager; tells whether there is one.
fn through(environment: &Environment, text: &str) -> bool {
    let mut words = environment.get("PAGER").unwrap_or(USUAL).split_whitespace();
    let Some(program) = words.next() else { return false };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if environment.get("LESS").is_none() {
        command.env("LESS", LESS);
    }
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut stdin) = child.stdin.take() {
        // Whoever has read enough ends the pager before all is written.
        let _ = stdin.write_all(text.as_bytes());
    }
    // What was shown was shown, however the pager ended.
    let _ = child.wait();
    true
}

#[cfg(test)]
mod tests {
    use super::super::Options;
    use super::*;

    fn environment(pager: impl AsRef<str>) -> Environment {
        [("PAGER", pager.as_ref())].into_iter().collect()
    }

    #[test]
    fn what_goes_to_no_terminal_passes_no_pager() {
        let dir = tempfile::tempdir().unwrap();
        let mark = dir.path().join("mark");
        let environment = environment(format!("dd status=none of={}", mark.display()));
        let (printer, captured) = Printer::captured(Options::default());
        let text = "line\n".repeat(100);
        printer.paged_at(Some(24), &text, &environment).unwrap();
        assert_eq!(captured.stdout(), text);
        assert!(!mark.exists(), "the pager ran");
        assert!(through(&environment, &text));
        assert_eq!(std::fs::read_to_string(&mark).unwrap(), text, "it would have left a mark");
    }

    #[test]
    fn without_the_program_there_is_no_pager() {
        assert!(!through(&environment("a-pager-that-is-not-there -R"), "text"));
    }
}
