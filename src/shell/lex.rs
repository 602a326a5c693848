//! SQL cut into tokens, as far as an editor needs it: what is a text, a comment, a name, a number. Nothing is refused;
//! a text that does not end goes on to the end.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// White space.
    Space,
    /// `-- …` or `/* … */`.
    Comment,
    /// A keyword, a name, a function.
    Word,
    /// `"A name"`.
    QuotedName,
    /// `'A text'` or `$$a text$$`.
    Text,
    /// Digits.
    Number,
    /// The end of a statement.
    Semicolon,
    /// Anything else, one character.
    Symbol,
}

/// A piece of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// Where it begins, in bytes.
    pub(super) start: usize,
    pub(super) text: &'a str,
    /// Whether the mark that ends it is there.
    pub(super) is_closed: bool,
}

impl Token<'_> {
    /// Where it ends, in bytes.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it means something to DuckDB.
    pub(super) fn is_code(&self) -> bool {
        !matches!(self.kind, Kind::Space | Kind::Comment)
    }

    /// Whether it is this word, in any case.
    pub(super) fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    /// The name it stands for, if it is one.
    pub(super) fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_owned()),
            Kind::QuotedName => Some(self.text.trim_matches('"').replace("\"\"", "\"")),
            _ => None,
        }
    }
}

/// All of a text, in pieces that follow each other without gaps.
pub(super) fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        let (kind, length, is_closed) = token(rest, first);
        tokens.push(Token { kind, start: at, text: &rest[..length], is_closed });
        at += length;
    }
    tokens
}

fn token(rest: &str, first: char) -> (Kind, usize, bool) {
    let open = |kind, end: Option<usize>| (kind, end.unwrap_or(rest.len()), end.is_some());
    let run =
        |kind, is_part: fn(char) -> bool| (kind, rest.find(|c| !is_part(c)).unwrap_or(rest.len()), true);
    match first {
        c if c.is_whitespace() => run(Kind::Space, char::is_whitespace),
        '-' if rest.starts_with("--") => (Kind::Comment, rest.find('\n').unwrap_or(rest.len()), true),
        '/' if rest.starts_with("/*") => open(Kind::Comment, block_comment(rest)),
        '\'' => open(Kind::Text, quoted(rest, 1, '\'', false)),
        'e' | 'E' if rest[1..].starts_with('\'') => open(Kind::Text, quoted(rest, 2, '\'', true)),
        '"' => open(Kind::QuotedName, quoted(rest, 1, '"', false)),
        '$' if dollar_tag(rest).is_some() => open(Kind::Text, dollar_text(rest)),
        ';' => (Kind::Semicolon, 1, true),
        c if c.is_ascii_digit() => run(Kind::Number, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')),
        c if is_word(c) => run(Kind::Word, is_word),
        c => (Kind::Symbol, c.len_utf8(), true),
    }
}

/// Whether a character can be part of a name.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a text between such marks ends; a mark that is doubled is part of it.
fn quoted(rest: &str, from: usize, mark: char, has_escapes: bool) -> Option<usize> {
    let mut characters = rest[from..].char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c == '\\' && has_escapes {
            characters.next();
        } else if c == mark && characters.next_if(|(_, next)| *next == mark).is_none() {
            return Some(from + at + mark.len_utf8());
        }
    }
    None
}

/// Where a comment ends, with those inside it.
fn block_comment(rest: &str) -> Option<usize> {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The `$tag$` a text begins with.
fn dollar_tag(rest: &str) -> Option<&str> {
    let end = 1 + rest[1..].find(|c| !is_word(c))?;
    let starts_with_digit = rest[1..].starts_with(|c: char| c.is_ascii_digit());
    (rest[end..].starts_with('$') && !starts_with_digit).then(|| &rest[..=end])
}

fn dollar_text(rest: &str) -> Option<usize> {
    let tag = dollar_tag(rest)?;
    rest[tag.len()..].find(tag).map(|at| tag.len() + at + tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(sql: &str) -> Vec<(Kind, &str)> {
        tokens(sql).iter().filter(|token| token.kind != Kind::Space).map(|t| (t.kind, t.text)).collect()
    }

    #[test]
    fn marks_inside_texts_names_and_comments_mean_nothing() {
        use Kind::{Comment, QuotedName, Semicolon, Symbol, Text, Word};
        assert_eq!(
            kinds("a 'it''s;' \"b\"\";\" -- c;\n/* /* d; */ */ ;"),
            [
                (Word, "a"),
                (Text, "'it''s;'"),
                (QuotedName, "\"b\"\";\""),
                (Comment, "-- c;"),
                (Comment, "/* /* d; */ */"),
                (Semicolon, ";"),
            ]
        );
        assert_eq!(
            kinds("e'a\\';' $$x;'$$ $t$ $$ ;$t$"),
            [(Text, "e'a\\';'"), (Text, "$$x;'$$"), (Text, "$t$ $$ ;$t$")]
        );
        assert_eq!(kinds("a.b"), [(Word, "a"), (Symbol, "."), (Word, "b")]);
    }

    #[test]
    fn what_is_open_goes_on_to_the_end() {
        for sql in ["'a;", "\"a;", "/* a;", "$$a;", "e'a\\'"] {
            let all = tokens(sql);
            assert_eq!((all.len(), all[0].is_closed, all[0].text), (1, false, sql));
        }
    }

    #[test]
    fn the_pieces_make_the_whole() {
        for sql in ["", "é'ü$", "$1 $ä$", "SELECT 1e3+x::INT[]—;", "'", "$", "/", "--"] {
            let all: String = tokens(sql).iter().map(|token| token.text).collect();
            assert_eq!(all, sql);
        }
    }
}
