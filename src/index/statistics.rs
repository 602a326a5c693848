//! What scores are computed from, apart from a conversation itself: how often words occur.
//!
//! A list of hits that is continued later takes these numbers along, so that what did not change keeps its place
//! although other conversations came.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::parts::Parts;
use super::syntax::{Expr, Leaf, Match, Scope};

/// How often words occur.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Conversations.
    #[serde(rename = "d")]
    documents: u64,
    /// How long they are together, in words.
    #[serde(rename = "w")]
    words: u64,
    /// Conversations with each word of the query.
    #[serde(rename = "f")]
    with_word: BTreeMap<String, u64>,
}

impl Statistics {
    /// As the index has it now.
    pub(super) fn of(searcher: &Searcher, parts: &Parts, expr: &Expr) -> tantivy::Result<Self> {
        let is_ranked = |leaf: &&Leaf| leaf.scope == Scope::Anywhere && leaf.matching == Match::Exact;
        let ranked = expr.leaves().into_iter().filter(is_ranked);
        let words = ranked.flat_map(|leaf| leaf.words.iter().map(|(_, word)| (word.clone(), 0)));
        let (mut with_word, mut total) = (words.collect::<BTreeMap<String, u64>>(), 0);
        for part in parts.words() {
            total += part.total();
            for (word, count) in &mut with_word {
                *count += part.words().get(word)?.map_or(0, |info| u64::from(info.doc_freq));
            }
        }
        Ok(Self { documents: searcher.total_num_docs()?, words: total, with_word })
    }
}

impl Bm25StatisticsProvider for Statistics {
    fn total_num_tokens(&self, _: Field) -> tantivy::Result<u64> {
        Ok(self.words)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let count = term.value().as_str().and_then(|word| self.with_word.get(word)).copied();
        // From outside: never more than there are.
        Ok(count.unwrap_or_default().min(self.documents))
    }
}
