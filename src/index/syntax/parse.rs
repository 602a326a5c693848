//! Pieces put together to an expression.

use std::ops::Range;

use super::error::SyntaxError;
use super::expr::{Expr, Leaf, Match, Scope};
use super::lex::{Ending, Piece, PieceKind, pieces};
use super::{DEEPEST, LONGEST_QUERY, MOST_LEAVES};
use crate::index::schema::{HAS_FILE, HAS_NOTE};
use crate::index::words::asked_words;

/// What can be asked for whether a conversation has it.
const HAVINGS: [&str; 2] = [HAS_FILE, HAS_NOTE];
/// Letters a word needs for a slip to be tolerated, and for two.
const LETTERS_FOR_SLIPS: [usize; 2] = [3, 6];

/// Reads a query.
pub(super) fn parse(query: &str) -> Result<Expr, SyntaxError> {
    if let Some((end, _)) = query.char_indices().nth(LONGEST_QUERY) {
        let message = format!("a query has at most {LONGEST_QUERY} characters");
        return Err(SyntaxError::new(query, end..query.len(), message));
    }
    if query.trim().is_empty() {
        return Ok(Expr::All);
    }
    let pieces = pieces(query)?;
    let mut parser = Parser { query, pieces: &pieces, next: 0, depth: 0, leaves: 0 };
    let expr = parser.all()?;
    match parser.peek() {
        Some(piece) => Err(parser.error(piece.range.clone(), "this bracket closes nothing")),
        None => expr.ok_or_else(|| {
            parser
                .error(0..query.len(), "there is no word in this query: search looks for letters and digits")
        }),
    }
}

struct Parser<'a> {
    query: &'a str,
    pieces: &'a [Piece],
    next: usize,
    depth: usize,
    leaves: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Piece> {
        self.pieces.get(self.next)
    }

    fn take(&mut self, kind: &PieceKind) -> Option<&'a Piece> {
        let piece = self.peek().filter(|piece| piece.kind == *kind)?;
        self.next += 1;
        Some(piece)
    }

    fn error(&self, range: Range<usize>, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.query, range, message)
    }

    /// Everything up to a closing bracket or the end; none if there is no word in it.
    fn all(&mut self) -> Result<Option<Expr>, SyntaxError> {
        let mut parts = Vec::new();
        while self.peek().is_some_and(|piece| piece.kind != PieceKind::Close) {
            parts.extend(self.either()?);
        }
        Ok(one_of(parts, Expr::And))
    }

    /// Things with OR between them.
    fn either(&mut self) -> Result<Option<Expr>, SyntaxError> {
        let mut parts = Vec::new();
        if let Some(or) = self.take(&PieceKind::Or) {
            return Err(self.error(or.range.clone(), "nothing stands before this OR"));
        }
        parts.extend(self.one()?);
        while let Some(or) = self.take(&PieceKind::Or) {
            if self.peek().is_none_or(|next| matches!(next.kind, PieceKind::Close | PieceKind::Or)) {
                return Err(self.error(or.range.clone(), "nothing follows this OR"));
            }
            parts.extend(self.one()?);
        }
        Ok(one_of(parts, Expr::Or))
    }

    fn one(&mut self) -> Result<Option<Expr>, SyntaxError> {
        let Some(piece) = self.peek() else { return Ok(None) };
        self.next += 1;
        match &piece.kind {
            PieceKind::Not => {
                let next = self.peek();
                if next.is_none_or(|next| matches!(next.kind, PieceKind::Close | PieceKind::Or)) {
                    return Err(self.error(piece.range.clone(), "nothing follows that could be excluded"));
                }
                self.deeper(piece, |parser| Ok(parser.one()?.map(|part| Expr::Not(Box::new(part)))))
            }
            PieceKind::Open => self.deeper(piece, |parser| {
                let inside = parser.all()?;
                match parser.take(&PieceKind::Close) {
                    Some(_) => Ok(inside),
                    None => Err(parser.error(piece.range.clone(), "this bracket is never closed")),
                }
            }),
            PieceKind::Find { scope, text, is_quoted, ending } => {
                self.leaf(piece, *scope, text, *is_quoted, *ending)
            }
            PieceKind::Or | PieceKind::Close => Ok(None),
        }
    }

    fn deeper(
        &mut self,
        piece: &Piece,
        read: impl FnOnce(&mut Self) -> Result<Option<Expr>, SyntaxError>,
    ) -> Result<Option<Expr>, SyntaxError> {
        if self.depth >= DEEPEST {
            let message = format!("at most {DEEPEST} groups can stand within each other");
            return Err(self.error(piece.range.clone(), message));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Something to find; none where there is no word, as in a dash between spaces.
    fn leaf(
        &mut self,
        piece: &Piece,
        scope: Scope,
        text: &str,
        is_quoted: bool,
        ending: Ending,
    ) -> Result<Option<Expr>, SyntaxError> {
        let (words, is_open) = asked_words(text);
        let is_nothing = words.is_empty();
        if is_nothing && (ending != Ending::Nothing || scope != Scope::Anywhere || is_quoted) {
            return Err(self.error(
                piece.range.clone(),
                "there is no word in this: search looks for letters and digits",
            ));
        }
        if is_nothing {
            return Ok(None);
        }
        if scope == Scope::Has && !HAVINGS.contains(&text.to_lowercase().as_str()) {
            let message = format!("has: is followed by {}", HAVINGS.join(" or "));
            return Err(self.error(piece.range.clone(), message));
        }
        self.leaves += 1;
        if self.leaves > MOST_LEAVES {
            let message = format!("a query has at most {MOST_LEAVES} words and phrases");
            return Err(self.error(piece.range.clone(), message));
        }
        let matching = match ending {
            Ending::Star => Match::Prefix,
            Ending::Nothing if is_open => Match::Prefix,
            Ending::Nothing => Match::Exact,
            Ending::Typo(slips) => self.typo(piece, &words, slips)?,
        };
        let leaf = Leaf { scope, matching, words, typed: text.to_owned(), range: piece.range.clone() };
        Ok(Some(Expr::Leaf(leaf)))
    }

    fn typo(
        &self,
        piece: &Piece,
        words: &[(usize, String)],
        slips: Option<u8>,
    ) -> Result<Match, SyntaxError> {
        let [(_, word)] = words else {
            return Err(
                self.error(piece.range.clone(), "only a single word can be misspelt: write it like recieve~")
            );
        };
        let letters = word.chars().count();
        let most = LETTERS_FOR_SLIPS.iter().filter(|needed| letters >= **needed).count() as u8;
        match slips.unwrap_or(1) {
            slips if slips > 0 && slips <= most => Ok(Match::Typo(slips)),
            _ => {
                let [one, two] = LETTERS_FOR_SLIPS;
                let message =
                    format!("this word is too short for that: one slip needs {one} letters, two need {two}");
                Err(self.error(piece.range.clone(), message))
            }
        }
    }
}

fn one_of(mut parts: Vec<Expr>, together: fn(Vec<Expr>) -> Expr) -> Option<Expr> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(together(parts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An expression in few characters.
    fn shown(expr: &Expr) -> String {
        let list = |parts: &[Expr], sign: &str| parts.iter().map(shown).collect::<Vec<_>>().join(sign);
        match expr {
            Expr::All => "*".to_owned(),
            Expr::And(parts) => format!("({})", list(parts, " ")),
            Expr::Or(parts) => format!("({})", list(parts, "|")),
            Expr::Not(part) => format!("-{}", shown(part)),
            Expr::Leaf(leaf) => {
                let words: Vec<&str> = leaf.words.iter().map(|(_, word)| word.as_str()).collect();
                let scope =
                    if leaf.scope == Scope::Anywhere { String::new() } else { format!("{:?}:", leaf.scope) };
                let ending = match leaf.matching {
                    Match::Exact => String::new(),
                    Match::Prefix => "*".to_owned(),
                    Match::Typo(slips) => format!("~{slips}"),
                };
                format!("{scope}{}{ending}", words.join("+"))
            }
        }
    }

    fn read(query: &str) -> String {
        shown(&parse(query).unwrap_or_else(|error| panic!("{error}")))
    }

    #[test]
    fn queries_as_people_type_them() {
        for (query, expected) in [
            ("refund", "refund"),
            ("Refund  SHIPPING", "(refund shipping)"),
            ("\"not received\"", "not+received"),
            ("“not received”", "not+received"),
            ("refund -shipping", "(refund -shipping)"),
            ("refund NOT shipping AND late", "(refund -shipping late)"),
            ("refund OR return late", "((refund|return) late)"),
            ("a|b", "(a|b)"),
            ("(a b) OR -(c d)", "((a b)|-(c d))"),
            ("ship*", "ship*"),
            ("\"not rec\"*", "not+rec*"),
            ("recieve~ acount~2", "(recieve~1 acount~2)"),
            ("wrng~", "wrng~1"),
            ("from:ana@example.com", "From:ana+example+com"),
            ("FROM:\"Ana López\"", "From:ana+lopez"),
            ("-tag:vip assignee:ben", "(-Tag:vip Assignee:ben)"),
            ("order ORD-12345", "(order ord+12345)"),
            ("https://x.io/~ana", "https+x+io+ana"),
            ("12:30", "12+30"),
            ("error: 500", "(error 500)"),
            ("refund - shipping ???", "(refund shipping)"),
            ("猫", "猫*"),
            ("返金", "返金"),
            ("  ", "*"),
            ("-spam", "-spam"),
        ] {
            assert_eq!(read(query), expected, "{query}");
        }
    }

    #[test]
    fn errors_say_what_is_wrong_and_where() {
        for (query, at, length, said) in [
            ("refund \"not rec", 7, 1, "never closed"),
            ("a (b", 2, 1, "never closed"),
            ("a) b", 1, 1, "closes nothing"),
            ("OR b", 0, 2, "before this OR"),
            ("a OR", 2, 2, "follows this OR"),
            ("a -(", 3, 1, "never closed"),
            ("a NOT", 2, 3, "excluded"),
            ("*fund", 0, 5, "at the end"),
            ("a sh*p*", 2, 5, "at the end"),
            ("a sh*p", 2, 4, "at the end"),
            ("!!! ???", 0, 7, "no word"),
            ("tag: vip", 0, 4, "nothing follows"),
            ("vip tag:", 4, 4, "nothing follows"),
            ("tag:!", 0, 5, "no word"),
            ("a asignee:ben", 2, 8, "did you mean assignee:ben?"),
            ("state:open", 0, 6, "quote it: \"state:open\""),
            ("has:rating", 0, 10, "attachment or note"),
            ("ab~", 0, 3, "too short"),
            ("recieve~3", 0, 9, "at most two"),
            ("é \"\"", 2, 2, "nothing between"),
        ] {
            let error = parse(query).expect_err(query);
            assert_eq!((error.at, error.length), (at, length), "{query}: {error}");
            assert!(error.message.contains(said), "{query}: {error}");
        }
        let error = parse("日本 \"ab").unwrap_err();
        assert_eq!(error.to_string(), "this quotation mark is never closed\n  日本 \"ab\n       ^");
    }

    #[test]
    fn limits_are_told() {
        assert!(parse(&"a ".repeat(65)).unwrap_err().message.contains("64 words"));
        assert!(parse(&"a".repeat(1_001)).unwrap_err().message.contains("1000 characters"));
        assert!(
            parse(&format!("{}a{}", "(".repeat(20), ")".repeat(20)))
                .unwrap_err()
                .message
                .contains("16 groups")
        );
    }
}
