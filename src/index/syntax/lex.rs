//! A query cut into pieces: brackets, signs, and things to find.

use std::ops::Range;

use super::error::SyntaxError;
use super::expr::Scope;
use crate::nearest::nearest;

/// A piece of a query, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: PieceKind,
    pub(super) range: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PieceKind {
    Open,
    Close,
    Or,
    /// A `-` right before something, or NOT.
    Not,
    /// Something to find.
    Find {
        scope: Scope,
        text: String,
        is_quoted: bool,
        ending: Ending,
    },
}

/// What stands behind a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Nothing,
    Star,
    Typo(Option<u8>),
}

/// Cuts a query into pieces.
pub(super) fn pieces(query: &str) -> Result<Vec<Piece>, SyntaxError> {
    let mut lexer = Lexer { query, at: 0, pieces: Vec::new() };
    while let Some(char) = lexer.rest().chars().next() {
        lexer.piece(char)?;
    }
    Ok(lexer.pieces)
}

struct Lexer<'a> {
    query: &'a str,
    at: usize,
    pieces: Vec<Piece>,
}

/// Quotation marks that open, and those that close them.
const QUOTES: &[(char, &[char])] =
    &[('"', &['"']), ('“', &['”', '“', '"']), ('„', &['“', '”', '"']), ('«', &['»']), ('「', &['」'])];

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.query[self.at..]
    }

    fn push(&mut self, kind: PieceKind, start: usize) {
        self.pieces.push(Piece { kind, range: start..self.at });
    }

    fn error<T>(&self, range: Range<usize>, message: impl Into<String>) -> Result<T, SyntaxError> {
        Err(SyntaxError::new(self.query, range, message))
    }

    fn piece(&mut self, char: char) -> Result<(), SyntaxError> {
        let start = self.at;
        let sign = match char {
            '(' => Some(PieceKind::Open),
            ')' => Some(PieceKind::Close),
            '|' => Some(PieceKind::Or),
            '-' | '−' if self.is_sign(char) => Some(PieceKind::Not),
            _ => None,
        };
        if let Some(kind) = sign {
            self.at += char.len_utf8();
            self.push(kind, start);
        } else if char.is_whitespace() || char == '-' {
            self.at += char.len_utf8();
        } else {
            return self.find(start);
        }
        Ok(())
    }

    /// Whether a dash excludes what follows: right before it, and not inside of a word.
    fn is_sign(&self, dash: char) -> bool {
        let next = self.rest()[dash.len_utf8()..].chars().next();
        next.is_some_and(|next| !next.is_whitespace() && !matches!(next, '-' | ')' | '|'))
    }

    /// A word with its qualifier, or a phrase.
    fn find(&mut self, start: usize) -> Result<(), SyntaxError> {
        let scope = self.qualifier()?;
        if let Some(closing) = self.rest().chars().next().and_then(closing) {
            return self.phrase(start, scope, closing);
        }
        let from = self.at;
        let rest = self.rest();
        let is_end =
            |char: char| char.is_whitespace() || matches!(char, '(' | ')' | '|') || closing(char).is_some();
        let word = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        self.at += word.len();
        match (word, scope) {
            ("OR", Scope::Anywhere) => self.push(PieceKind::Or, start),
            ("NOT", Scope::Anywhere) => self.push(PieceKind::Not, start),
            ("AND", Scope::Anywhere) => {}
            _ => {
                let (text, ending) = self.ending(word, from)?;
                let kind = PieceKind::Find { scope, text, is_quoted: false, ending };
                self.push(kind, start);
            }
        }
        Ok(())
    }

    /// `from:` and the like, taken off what follows.
    fn qualifier(&mut self) -> Result<Scope, SyntaxError> {
        let rest = self.rest();
        let Some((name, value)) = rest.split_once(':') else { return Ok(Scope::Anywhere) };
        let is_name = !name.is_empty() && name.chars().all(|char| char.is_ascii_alphabetic() || char == '_');
        let next = value.chars().next();
        let is_address = value.starts_with("//");
        if !is_name || is_address || (next.is_none_or(char::is_whitespace) && !is_known(name)) {
            return Ok(Scope::Anywhere);
        }
        let range = self.at..self.at + name.len() + 1;
        let Some((_, scope)) = Scope::QUALIFIERS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known))
        else {
            return self.error(range, unknown(name, value));
        };
        self.at = range.end;
        if next.is_none_or(char::is_whitespace) {
            return self.error(
                range,
                format!("nothing follows {name}: — write it like {name}:word, without a space"),
            );
        }
        Ok(*scope)
    }

    fn phrase(&mut self, start: usize, scope: Scope, closing: &[char]) -> Result<(), SyntaxError> {
        let opening = self.at..self.at + self.rest().chars().next().map_or(0, char::len_utf8);
        let inside = &self.query[opening.end..];
        let Some((length, end)) = inside.char_indices().find(|(_, char)| closing.contains(char)) else {
            return self.error(opening, "this quotation mark is never closed");
        };
        let text = inside[..length].to_owned();
        self.at = opening.end + length + end.len_utf8();
        if text.trim().is_empty() {
            return self.error(start..self.at, "there is nothing between these quotation marks");
        }
        let ending = match self.rest().starts_with('*') {
            true => Ending::Star,
            false => Ending::Nothing,
        };
        self.at += usize::from(ending == Ending::Star);
        self.push(PieceKind::Find { scope, text, is_quoted: true, ending }, start);
        Ok(())
    }

    /// A word without the sign behind it.
    fn ending(&self, word: &str, from: usize) -> Result<(String, Ending), SyntaxError> {
        let range = from..from + word.len();
        let stem = word.strip_suffix('*');
        if stem.unwrap_or(word).contains('*') {
            return self.error(range, STAR_ELSEWHERE);
        }
        if let Some(stem) = stem {
            return Ok((stem.to_owned(), Ending::Star));
        }
        let Some((stem, slips)) = word.rsplit_once('~') else {
            return Ok((word.to_owned(), Ending::Nothing));
        };
        match slips {
            "" => Ok((stem.to_owned(), Ending::Typo(None))),
            "1" => Ok((stem.to_owned(), Ending::Typo(Some(1)))),
            "2" => Ok((stem.to_owned(), Ending::Typo(Some(2)))),
            _ if slips.chars().all(|char| char.is_ascii_digit()) => {
                self.error(range, "at most two slips can be tolerated: write it like recieve~ or recieve~2")
            }
            // A ~ inside of an address.
            _ => Ok((word.to_owned(), Ending::Nothing)),
        }
    }
}

const STAR_ELSEWHERE: &str = "a * can only stand at the end: ship* finds shipping and shipment; to find the text \
                              itself, quote it";

fn closing(char: char) -> Option<&'static [char]> {
    QUOTES.iter().find(|(opening, _)| *opening == char).map(|(_, closing)| *closing)
}

fn is_known(name: &str) -> bool {
    Scope::QUALIFIERS.iter().any(|(known, _)| name.eq_ignore_ascii_case(known))
}

fn unknown(name: &str, value: &str) -> String {
    let known = || Scope::QUALIFIERS.iter().map(|(known, _)| *known);
    let value: String = value.chars().take_while(|char| !char.is_whitespace()).take(40).collect();
    let list = known().map(|known| format!("{known}:")).collect::<Vec<_>>().join(", ");
    let meant = nearest(&name.to_lowercase(), known());
    let meant = meant.map(|meant| format!("; did you mean {meant}:{value}?")).unwrap_or_default();
    format!(
        "there is no {name}: in a query{meant} — there are {list}; to find the text itself, quote it: \"{name}:{value}\""
    )
}
