//! How the tone of messages was told, and of which conversations it could be.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::{Engine, QueryOptions};
use crate::sentiment::LANGUAGES;
use crate::tools::error::ToolError;

/// What must be known to read a tone rightly.
const METHOD: &str = "Word lists score each customer message; no model reads it. They miss irony, and a plain \
                      description of a problem (\"the export does not work\") is often neutral to them. Compare \
                      groups and periods rather than single conversations, and read the ratings beside it.";

/// How the tone was told, and of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tones {
    /// How messages are scored, and what that misses.
    pub method: &'static str,
    /// Conversations by the language of the customer's first message, of those with a word list.
    pub languages: Vec<LanguageCount>,
    /// Conversations whose first message by a customer is in another language, or too short to tell.
    pub other_conversation_count: i64,
}

/// A language with a word list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LanguageCount {
    /// Its code, such as en.
    pub language: &'static str,
    /// Its English name.
    pub name: &'static str,
    /// How many conversations it is.
    pub conversation_count: i64,
    /// The word list.
    pub lexicon: &'static str,
    /// How well it does, as measured.
    pub measured: &'static str,
}

/// The languages of the conversations that meet a condition.
pub(in crate::tools::analyze) fn tones(
    engine: &Engine,
    options: &QueryOptions,
    meant: &str,
    earliest_message: &str,
) -> Result<Tones, ToolError> {
    let sql = format!(
        "WITH\n\nchosen AS (\n    SELECT conversation_id\n    FROM conversation_metrics\n    WHERE {meant}\n),\n\n\
         firsts AS (\n    SELECT arg_min(body_text, position) AS body_text\n    FROM messages\n    WHERE \
         author_class = 'customer' AND body_text <> '' AND {earliest_message}\n        AND conversation_id IN \
         (FROM chosen)\n    GROUP BY conversation_id\n)\n\nSELECT language(body_text) AS language, \
         count(*)::BIGINT AS conversation_count\nFROM firsts\nGROUP BY language\n"
    );
    let table = engine.ask(&sql, options)?;
    let mut other_conversation_count = 0;
    let mut languages: Vec<LanguageCount> = LANGUAGES
        .iter()
        .map(|note| LanguageCount {
            language: note.language.code(),
            name: note.language.name(),
            conversation_count: 0,
            lexicon: note.lexicon,
            measured: note.measured,
        })
        .collect();
    for batch in &table.batches {
        let (codes, counts) =
            (batch.column(0).as_string::<i32>(), batch.column(1).as_primitive::<Int64Type>());
        for row in 0..batch.num_rows() {
            let code = (!codes.is_null(row)).then(|| codes.value(row));
            match languages.iter_mut().find(|count| Some(count.language) == code) {
                Some(language) => language.conversation_count = counts.value(row),
                None => other_conversation_count += counts.value(row),
            }
        }
    }
    Ok(Tones { method: METHOD, languages, other_conversation_count })
}
