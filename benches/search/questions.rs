//! What is searched for: words, phrases and the like as they occur in the lake, frequent ones and rare ones.

use fastintercom::engine::{Engine, QueryOptions};
use fastintercom::index::words_of;

use crate::figures::texts;

/// Messages that words are taken from.
const MESSAGES: usize = 200;

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    TwoWords,
    Phrase,
    Prefix,
    Either,
    Without,
    Misspelt,
    Address,
}

/// A question, and the nearest that others can answer.
pub(crate) struct Question {
    pub(crate) query: String,
    pub(crate) fts5: Option<String>,
    pub(crate) like: Option<String>,
}

/// Words of the lake.
pub(crate) struct Sample {
    messages: Vec<Vec<String>>,
    addresses: Vec<String>,
    conversation: String,
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::Word,
        Self::TwoWords,
        Self::Phrase,
        Self::Prefix,
        Self::Either,
        Self::Without,
        Self::Misspelt,
        Self::Address,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Word => "a word",
            Self::TwoWords => "two words",
            Self::Phrase => "a phrase of three",
            Self::Prefix => "a beginning",
            Self::Either => "either of two",
            Self::Without => "one without another",
            Self::Misspelt => "a misspelt word",
            Self::Address => "an e-mail address",
        }
    }
}

impl Sample {
    pub(crate) fn of(engine: &Engine) -> Self {
        let ask = |sql: &str| texts(&engine.query(sql, &QueryOptions::default()).unwrap().batches);
        // Words as FTS5 cuts them too: of scripts that put spaces between them.
        let bodies = ask(&format!(
            "SELECT body_text FROM messages
             WHERE is_visible AND length(body_text) > 40 AND regexp_full_match(body_text, '[\\x00-\\x7f]*')
             ORDER BY hash(message_id) LIMIT {MESSAGES}"
        ));
        let messages = bodies.iter().map(|row| words_of(&row[0])).filter(|words| words.len() > 6).collect();
        let addresses = ask("SELECT contact_email FROM conversation_metrics WHERE contact_email IS NOT NULL
             ORDER BY hash(conversation_id) LIMIT 100");
        let conversation =
            ask("SELECT conversation_id FROM conversation_metrics ORDER BY hash(conversation_id) LIMIT 1");
        Self {
            messages,
            addresses: addresses.into_iter().map(|row| row[0].clone()).collect(),
            conversation: conversation[0][0].clone(),
        }
    }

    /// A conversation somewhere.
    pub(crate) fn conversation(&self) -> &str {
        &self.conversation
    }

    /// Questions of a kind: one of each message.
    pub(crate) fn questions(&self, kind: Kind) -> Vec<Question> {
        if kind == Kind::Address {
            return self.addresses.iter().map(|address| plain(address.clone(), None, None)).collect();
        }
        let questions = self.messages.iter().enumerate().filter_map(|(number, words)| {
            // A different place in each message, and long words as well as short ones.
            let at = number % (words.len() - 3);
            let (one, two, three) = (&words[at], &words[at + 1], &words[at + 2]);
            let quoted =
                |words: &[&String]| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>();
            Some(match kind {
                Kind::Word => plain(one.clone(), Some(format!("\"{one}\"")), Some(one.clone())),
                Kind::TwoWords => {
                    plain(format!("{one} {three}"), Some(quoted(&[one, three]).join(" AND ")), None)
                }
                Kind::Phrase => {
                    let phrase = format!("\"{one} {two} {three}\"");
                    plain(phrase.clone(), Some(phrase), Some(format!("{one} {two} {three}")))
                }
                Kind::Prefix => {
                    let stem: String = one.chars().take(3).collect();
                    (stem.len() == 3).then_some(())?;
                    plain(format!("{stem}*"), Some(format!("\"{stem}\" *")), None)
                }
                Kind::Either => {
                    plain(format!("{one} OR {three}"), Some(quoted(&[one, three]).join(" OR ")), None)
                }
                Kind::Without => {
                    (one != three).then_some(())?;
                    plain(format!("{one} -{three}"), Some(quoted(&[one, three]).join(" NOT ")), None)
                }
                Kind::Misspelt => {
                    (one.chars().count() > 4).then_some(())?;
                    let slip: String =
                        one.chars().enumerate().filter(|(at, _)| *at != 2).map(|(_, char)| char).collect();
                    plain(format!("{slip}~"), None, None)
                }
                Kind::Address => return None,
            })
        });
        questions.collect()
    }
}

fn plain(query: String, fts5: Option<String>, like: Option<String>) -> Question {
    Question { query, fts5, like }
}
