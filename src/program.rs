//! The name this program was called by, in what it tells people to type. It is `fi`, and the same program is
//! `fastintercom` where a line cannot begin with the word `fi`.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::OnceLock;

/// Its usual name: what texts in the program are written with.
pub const NAME: &str = "fi";
/// Its whole name.
pub const WHOLE_NAME: &str = "fastintercom";
/// What a command may follow in a text; it also stands at the beginning of a line.
const BEFORE: [&str; 8] = ["`", "| ", "-- ", "$ ", "$(", ": ", "&& ", "\""];

static CALLED: OnceLock<&'static str> = OnceLock::new();

/// Remembers how the program was called, once: the first word of its command line.
pub fn remember(argument: &OsStr) {
    let is_whole = Path::new(argument).file_stem() == Some(OsStr::new(WHOLE_NAME));
    CALLED.get_or_init(|| if is_whole { WHOLE_NAME } else { NAME });
}

/// How it was called.
pub fn name() -> &'static str {
    CALLED.get().copied().unwrap_or(NAME)
}

/// A text of ours with its commands as they can be typed here: `fi sync` becomes `fastintercom sync` for whoever
/// called the program so. Not for texts of customers.
pub fn typed(text: &str) -> Cow<'_, str> {
    match name() {
        NAME => Cow::Borrowed(text),
        name => Cow::Owned(called(text, name)),
    }
}

fn called(text: &str, name: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(NAME) {
        let (before, after) = (&rest[..at], &rest[at + NAME.len()..]);
        told += before;
        told += if is_begun(&told) && is_command(after) { name } else { NAME };
        rest = after;
    }
    told + rest
}

/// Whether a command may begin behind a text.
fn is_begun(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default();
    let is_behind_a_variable =
        line.ends_with(' ') && line.split_whitespace().last().is_some_and(|word| word.contains('='));
    is_behind_a_variable || line.trim_start().is_empty() || BEFORE.iter().any(|before| line.ends_with(before))
}

/// Whether what follows the name is what follows it in a command.
fn is_command(after: &str) -> bool {
    let mut chars = after.chars();
    match (chars.next(), chars.next()) {
        (Some('`'), _) => true,
        (Some(' '), Some(next)) => next.is_ascii_lowercase() || matches!(next, '-' | '[' | '<' | '\\'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_by_the_name_that_was_typed_and_nothing_else_is_changed() {
        for (written, told) in [
            ("run `fi sync` again", "run `fastintercom sync` again"),
            ("`fi` alone", "`fastintercom` alone"),
            (
                "Examples:\n  fi status --json\n  fi --home /x show 12",
                "Examples:\n  fastintercom status --json\n  fastintercom --home /x show 12",
            ),
            ("Usage: fi [OPTIONS]", "Usage: fastintercom [OPTIONS]"),
            ("$ fi analyze", "$ fastintercom analyze"),
            ("open \"$(fi show 12 --open)\"", "open \"$(fastintercom show 12 --open)\""),
            ("echo x | fi query", "echo x | fastintercom query"),
            ("claude mcp add x -- fi mcp", "claude mcp add x -- fastintercom mcp"),
            ("A=1 B=2 fi sync", "A=1 B=2 fastintercom sync"),
            ("`fi reset --yes && fi sync`", "`fastintercom reset --yes && fastintercom sync`"),
            (r#"{"hints":["fi query 'x'"]}"#, r#"{"hints":["fastintercom query 'x'"]}"#),
        ] {
            assert_eq!(called(written, WHOLE_NAME), told);
        }
        for text in [
            "a bug of fi; report it",
            "hi-fi search",
            "the first file",
            "/x/fi sync",
            "config `file`",
            "fi, the tool",
            ".fi\n",
        ] {
            assert_eq!(called(text, WHOLE_NAME), text);
        }
    }

    #[test]
    fn texts_are_left_alone_where_nobody_was_called() {
        assert!(matches!(typed("`fi sync`"), Cow::Borrowed("`fi sync`")));
    }
}
