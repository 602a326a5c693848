//! What is known of a line while it is typed into the shell of `fi query`: where statements end, what a dot-command
//! means, what could come next, how it is coloured, and what of it is remembered.
//!
//! Knows the views and the line editor; runs nothing and prints nothing.

mod ask;
mod commands;
mod complete;
mod highlight;
mod history;
mod lex;
mod scope;
mod secrets;
mod statements;
mod words;

pub use ask::{Ask, Complaint, Mode, Width};
pub use commands::{COMMANDS, DotCommand};
pub use complete::SqlCompleter;
pub use highlight::SqlHighlighter;
pub use history::History;
pub use statements::{EndOfStatement, ends_statement, statements};

/// Whether a line is for the shell itself rather than SQL: it begins with a dot or a backslash, or is one of the words
/// everybody tries first.
pub fn is_command(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(['.', '\\']) || plain_word(line).is_some()
}

/// The dot-command that a bare `quit` or `help` means.
fn plain_word(line: &str) -> Option<&'static str> {
    match line.trim_end_matches(';').trim_end().to_ascii_lowercase().as_str() {
        "quit" | "exit" => Some(".quit"),
        "help" => Some(".help"),
        _ => None,
    }
}
