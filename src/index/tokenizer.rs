//! Our words, as the index library asks for them.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::words::{Word, Words};

/// Cuts texts into words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WordTokenizer;

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream { words: Words::of(text), word: Word::default(), token: Token::default() }
    }
}

/// The words of one text.
pub(super) struct WordStream<'a> {
    words: Words<'a>,
    word: Word,
    token: Token,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        std::mem::swap(&mut self.word.text, &mut self.token.text);
        let is_there = self.words.advance(&mut self.word);
        std::mem::swap(&mut self.word.text, &mut self.token.text);
        (self.token.offset_from, self.token.offset_to) = (self.word.start, self.word.end);
        self.token.position = self.word.position;
        is_there
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
