//! Words customers used more in a period than else, with conversations that show it.

use arrow::array::{AsArray, RecordBatch};

use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::moment;
use crate::distinctive::{Counter, has_term};
use crate::engine::{Engine, QueryOptions};
use crate::tools::error::ToolError;
use crate::tools::untrusted::Untrusted;

/// Conversations read at most, of the period and of the rest; of more, as many are read, chosen by their ids alone.
const READ_OF_PERIOD: u64 = 10_000;
const READ_OF_REST: u64 = 20_000;
/// Characters read of one conversation at most.
const READ_CHARS: usize = 2_000;
const WORDS: usize = 20;
/// Chance alone hardly reaches it, however many words are looked at.
const LEAST_Z_SCORE: f64 = 2.0;
const EXAMPLES: usize = 3;
const EXCERPT_CHARS: usize = 160;

/// Words customers used more in a period than else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct DistinctiveWords {
    /// What the words are, or why there are none.
    pub definition: String,
    /// Conversations of the period that were read.
    pub conversation_count: i64,
    /// Conversations of the rest that were read.
    pub rest_conversation_count: i64,
    /// Whether there are more, of which these are a sample.
    pub is_sampled: bool,
    /// The words, the most distinctive first.
    pub words: Vec<DistinctiveWord>,
}

/// A word, or two that go together.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DistinctiveWord {
    /// The word, as customers wrote it but in lower case.
    pub untrusted_word: Untrusted,
    /// Conversations of the period in which customers used it.
    pub conversation_count: u64,
    /// Their share of those read.
    pub share: f64,
    /// Conversations of the rest in which customers used it.
    pub rest_conversation_count: u64,
    /// Their share of those read.
    pub rest_share: f64,
    /// How sure the difference is: its log odds ratio in standard errors, with an informative prior.
    pub z_score: f64,
    /// The newest conversations of the period with it.
    pub examples: Vec<Example>,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Example {
    /// Its id.
    pub conversation_id: String,
    /// When it began (UTC).
    pub created_at: Option<DateTime<Utc>>,
    /// How the customer's first message begins.
    pub untrusted_excerpt: Untrusted,
}

/// Which conversations are compared.
pub(in crate::tools::analyze) struct Compared<'a> {
    /// The condition of those of the period.
    pub(in crate::tools::analyze) meant: &'a str,
    /// The condition of those they are compared with.
    pub(in crate::tools::analyze) rest: &'a str,
    /// Of which period those are, in words.
    pub(in crate::tools::analyze) rest_words: &'a str,
}

/// The words of a period against the rest.
pub(in crate::tools::analyze) fn distinctive_words(
    engine: &Engine,
    options: &QueryOptions,
    compared: &Compared<'_>,
) -> Result<DistinctiveWords, ToolError> {
    let period = texts(engine, options, compared.meant, READ_OF_PERIOD)?;
    let rest = texts(engine, options, compared.rest, READ_OF_REST)?;
    let mut counter = Counter::default();
    period.each(|text| counter.add(text, true));
    rest.each(|text| counter.add(text, false));
    let found = counter.distinctive(WORDS).into_iter().filter(|found| found.z_score >= LEAST_Z_SCORE);
    let words = found.map(|found| DistinctiveWord {
        examples: period.examples(&found.term),
        untrusted_word: Untrusted::new(&found.term, EXCERPT_CHARS),
        conversation_count: found.focus_count,
        share: share(found.focus_count, found.focus_total),
        rest_conversation_count: found.rest_count,
        rest_share: share(found.rest_count, found.rest_total),
        z_score: found.z_score,
    });
    let words: Vec<DistinctiveWord> = words.collect();
    let definition = match (period.rows(), rest.rows()) {
        (0, _) => "No customer wrote anything in the conversations of this period.".to_owned(),
        (_, 0) => format!("There is nothing to compare with in {}.", compared.rest_words),
        _ if words.is_empty() => {
            format!("No word stands out from {} more than chance would have it.", compared.rest_words)
        }
        _ => format!(
            "Words in customers' messages of more conversations of this period than of {}, by weighted log odds; \
             each conversation counts a word once.",
            compared.rest_words
        ),
    };
    Ok(DistinctiveWords {
        definition,
        conversation_count: period.rows(),
        rest_conversation_count: rest.rows(),
        is_sampled: period.is_sampled || rest.is_sampled,
        words,
    })
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What customers wrote, a row for each conversation, the newest first.
struct Texts {
    batches: Vec<RecordBatch>,
    is_sampled: bool,
}

fn texts(engine: &Engine, options: &QueryOptions, meant: &str, most: u64) -> Result<Texts, ToolError> {
    let count = format!("SELECT count(*)::BIGINT AS n\nFROM conversation_metrics\nWHERE {meant}\n");
    let count = engine.ask(&count, options)?;
    let count = count.batches.first().map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0));
    // One of so many, evenly over all times: ids say nothing about what was written.
    let every = count.max(1).unsigned_abs().div_ceil(most);
    let sql = format!(
        "WITH\n\nchosen AS (\n    SELECT conversation_id, created_at\n    FROM conversation_metrics\n    \
         WHERE {meant}\n        AND hash(conversation_id) % {every} = 0\n),\n\nbeginning AS (\n    \
         SELECT min(created_at) AS began_at FROM chosen\n)\n\nSELECT conversation_id, any_value(chosen.created_at) AS \
         created_at,\n    string_agg(left(body_text, {READ_CHARS}), chr(10) ORDER BY position)[:{READ_CHARS}] AS \
         written\nFROM messages\nJOIN chosen USING (conversation_id)\nWHERE author_class = 'customer' AND \
         body_text <> ''\n    AND messages.created_at >= (SELECT began_at FROM beginning)\nGROUP BY conversation_id\n\
         ORDER BY created_at DESC, conversation_id\n"
    );
    Ok(Texts { batches: engine.ask(&sql, options)?.batches, is_sampled: every > 1 })
}

impl Texts {
    fn rows(&self) -> i64 {
        self.batches.iter().map(|batch| batch.num_rows() as i64).sum()
    }

    fn each(&self, mut with: impl FnMut(&str)) {
        for batch in &self.batches {
            batch.column(2).as_string::<i32>().iter().flatten().for_each(&mut with);
        }
    }

    /// The newest conversations in which a word is used.
    fn examples(&self, term: &str) -> Vec<Example> {
        let mut examples = Vec::new();
        for batch in &self.batches {
            let (ids, texts) = (batch.column(0).as_string::<i32>(), batch.column(2).as_string::<i32>());
            let times = batch.column(1).as_primitive::<TimestampMicrosecondType>();
            for row in (0..batch.num_rows()).filter(|row| has_term(texts.value(*row), term)) {
                examples.push(Example {
                    conversation_id: ids.value(row).to_owned(),
                    created_at: moment(times, row),
                    untrusted_excerpt: Untrusted::new(texts.value(row), EXCERPT_CHARS),
                });
                if examples.len() == EXAMPLES {
                    return examples;
                }
            }
        }
        examples
    }
}
