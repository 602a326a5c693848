//! Colours of a line while it is typed.

use reedline::{Color, Highlighter, StyledText};

use super::is_command;
use super::lex::{Kind, Token, tokens};
use super::words::{is_function, is_keyword};
use crate::engine::view;

/// Colours SQL and dot-commands.
pub struct SqlHighlighter;

/// What a piece of a line is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    Keyword,
    Function,
    View,
    Text,
    Number,
    Comment,
    Command,
    /// A text that is not closed yet.
    Open,
}

impl Highlighter for SqlHighlighter {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        for (look, text) in pieces(line) {
            let style = match look {
                Look::Plain => Color::Default.normal(),
                Look::Keyword => Color::LightBlue.bold(),
                Look::Function => Color::Cyan.normal(),
                Look::View => Color::Default.bold(),
                Look::Text => Color::Green.normal(),
                Look::Number => Color::Yellow.normal(),
                Look::Comment => Color::DarkGray.normal(),
                Look::Command => Color::Purple.bold(),
                Look::Open => Color::Red.normal(),
            };
            styled.push((style, text.to_owned()));
        }
        styled
    }
}

fn pieces(line: &str) -> Vec<(Look, &str)> {
    if is_command(line) {
        let begin = line.len() - line.trim_start().len();
        let end = line[begin..].find(char::is_whitespace).map_or(line.len(), |at| begin + at);
        let mut pieces = vec![(Look::Command, &line[..end])];
        pieces.extend(sql(&line[end..]));
        return pieces;
    }
    sql(line)
}

fn sql(text: &str) -> Vec<(Look, &str)> {
    tokens(text).iter().map(|token| (look(token), token.text)).collect()
}

fn look(token: &Token<'_>) -> Look {
    match token.kind {
        Kind::Text | Kind::QuotedName if !token.is_closed => Look::Open,
        Kind::Text => Look::Text,
        Kind::Comment => Look::Comment,
        Kind::Number => Look::Number,
        Kind::Word if view(token.text).is_some() => Look::View,
        Kind::Word if is_keyword(token.text) => Look::Keyword,
        Kind::Word if is_function(token.text) => Look::Function,
        _ => Look::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_statement_looks_like_what_it_is() {
        use Look::{Comment, Function, Keyword, Number, Open, Text, View};
        let looks = |line| -> Vec<(Look, &str)> {
            pieces(line).into_iter().filter(|(look, _)| *look != Look::Plain).collect()
        };
        assert_eq!(
            looks("SELECT count(*) FROM conversations WHERE state = 'open' LIMIT 3 -- x"),
            [
                (Keyword, "SELECT"),
                (Function, "count"),
                (Keyword, "FROM"),
                (View, "conversations"),
                (Keyword, "WHERE"),
                (Text, "'open'"),
                (Keyword, "LIMIT"),
                (Number, "3"),
                (Comment, "-- x"),
            ]
        );
        assert_eq!(looks("'open"), [(Open, "'open")]);
        assert_eq!(
            looks(".explain FROM tags"),
            [(Look::Command, ".explain"), (Keyword, "FROM"), (View, "tags")]
        );
    }

    #[test]
    fn nothing_of_a_line_is_lost() {
        for line in ["  .mode  box", "SELECT\n 1;", "\\d x", "é", ""] {
            assert_eq!(pieces(line).iter().map(|(_, text)| *text).collect::<String>(), line);
        }
    }
}
