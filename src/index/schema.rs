//! The fields of the index and how they are written; the version that tells an index of before.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Index, IndexSettings};

use super::tokenizer::WordTokenizer;

/// Rises when fields, words or what is put into them change: an index of another version is made anew.
pub(super) const VERSION: u32 = 2;
/// The name under which indexes know our words.
const TOKENIZER: &str = "fi_words";

/// The fields of a conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Everything words are looked for in.
    pub(super) anywhere: Field,
    /// The title and subject.
    pub(super) title: Field,
    /// Internal notes.
    pub(super) note: Field,
    /// Names and addresses of those who wrote.
    pub(super) from: Field,
    /// Names of tags.
    pub(super) tag: Field,
    /// Whom it is assigned to: `a` and a teammate's id, `t` and a team's, or [`NOBODY`].
    pub(super) assignee: Field,
    /// What it has: see [`HAS_FILE`] and [`HAS_NOTE`].
    pub(super) has: Field,
    /// The conversation's id.
    pub(super) id: Field,
    /// The directory of the partition it is in.
    pub(super) partition: Field,
    /// The id as a number: see [`super::key::id_key`].
    pub(super) id_key: Field,
    /// When it began, in microseconds.
    pub(super) created_at: Field,
    /// When it last changed, in microseconds.
    pub(super) updated_at: Field,
    /// How many parts it has.
    pub(super) part_count: Field,
    /// A hash of all that the document is made of.
    pub(super) fingerprint: Field,
    /// What a list of hits shows.
    pub(super) card: Field,
}

/// The word for having an attachment.
pub(super) const HAS_FILE: &str = "attachment";
/// The word for having an internal note.
pub(super) const HAS_NOTE: &str = "note";
/// The word for being assigned to no teammate.
pub(super) const NOBODY: &str = "nobody";

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = |has_lengths: bool| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_fieldnorms(has_lengths)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing)
    };
    let exact = || {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        TextOptions::default().set_indexing_options(indexing)
    };
    let fast = || NumericOptions::default().set_fast();
    let fields = Fields {
        anywhere: builder.add_text_field("anywhere", words(true)),
        title: builder.add_text_field("title", words(false)),
        note: builder.add_text_field("note", words(false)),
        from: builder.add_text_field("from", words(false)),
        tag: builder.add_text_field("tag", words(false)),
        assignee: builder.add_text_field("assignee", exact()),
        has: builder.add_text_field("has", exact()),
        id: builder.add_text_field("id", exact()),
        partition: builder.add_text_field("partition", exact()),
        id_key: builder.add_u64_field("id_key", fast()),
        created_at: builder.add_i64_field("created_at", fast()),
        updated_at: builder.add_i64_field("updated_at", fast()),
        part_count: builder.add_i64_field("part_count", fast()),
        fingerprint: builder.add_u64_field("fingerprint", fast()),
        card: builder.add_bytes_field("card", STORED),
    };
    (builder.build(), fields)
}

/// How indexes are written.
pub(super) fn settings() -> IndexSettings {
    IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() }
}

/// Tells an index how texts become words.
pub(super) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(TOKENIZER, TextAnalyzer::from(WordTokenizer));
    tokenizers
}

/// Whether an index on the disk is one of this version's.
pub(super) fn is_ours(index: &Index) -> bool {
    index.schema() == schema().0
}
