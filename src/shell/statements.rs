//! Where statements end.

use reedline::{ValidationResult, Validator};

use super::is_command;
use super::lex::{Kind, tokens};

/// The statements of a text, without the semicolons between them; what is only comments is none.
pub fn statements(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut has_code) = (0, false);
    for token in tokens(text) {
        match token.kind {
            Kind::Semicolon => {
                if has_code {
                    found.push(text[start..token.start].trim());
                }
                (start, has_code) = (token.end(), false);
            }
            _ => has_code |= token.is_code(),
        }
    }
    if has_code {
        found.push(text[start..].trim());
    }
    found
}

/// Whether Enter runs what was typed: a command for the shell always, SQL when it ends with a semicolon.
pub(super) fn is_complete(text: &str) -> bool {
    if text.trim().is_empty() || is_command(text) {
        return true;
    }
    ends_statement(text)
}

/// Whether a text ends where a statement does.
pub fn ends_statement(text: &str) -> bool {
    let all = tokens(text);
    let is_closed = all.last().is_none_or(|token| token.is_closed);
    is_closed && all.iter().rfind(|token| token.is_code()).is_none_or(|token| token.kind == Kind::Semicolon)
}

/// Tells the editor when Enter ends a statement, and when it only ends a line of it.
pub struct EndOfStatement;

impl Validator for EndOfStatement {
    fn validate(&self, line: &str) -> ValidationResult {
        if is_complete(line) { ValidationResult::Complete } else { ValidationResult::Incomplete }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semicolon_ends_a_statement_where_it_is_one() {
        let all = statements("SELECT ';'; -- one; more\n;\n  FROM tags\n/* end; */");
        assert_eq!(all, ["SELECT ';'", "FROM tags\n/* end; */"]);
        assert_eq!(statements(" -- nothing\n;;"), Vec::<&str>::new());
    }

    #[test]
    fn enter_runs_whole_statements_and_commands() {
        for text in
            ["", "  ", "SELECT 1;", "SELECT 1; -- done", ".help", "  \\d", "quit", "EXIT;", "-- only", ";"]
        {
            assert!(is_complete(text), "{text}");
        }
        for text in ["SELECT 1", "SELECT ';", "SELECT 1; SELECT 2", "SELECT 1 -- ;", "/* ;", "quit now"] {
            assert!(!is_complete(text), "{text}");
        }
    }
}
