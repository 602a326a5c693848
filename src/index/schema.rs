//! The fields of the index and how they are written; the version that tells an index of before.

use std::sync::Arc;

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Index, IndexSettings, SegmentPlugin};

use super::postings;
use super::tokenizer::WordTokenizer;

/// Rises when fields, words or what is put into them change: an index of another version is made anew.
pub(super) const VERSION: u32 = 4;
/// The name under which indexes know our words.
const TOKENIZER: &str = "fi_words";

/// The fields of a conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Everything words are looked for in: see [`postings`].
    pub(super) anywhere: Field,
    /// Where among the words the title and subject end, which come first; then the contact's name and address; then
    /// internal notes.
    pub(super) title_end: Field,
    pub(super) contact_end: Field,
    pub(super) note_end: Field,
    /// Names and addresses of those who wrote, but for the contact's.
    pub(super) from: Field,
    /// Names of tags.
    pub(super) tag: Field,
    /// Whom it is assigned to: `a` and a teammate's id, `t` and a team's, or [`NOBODY`].
    pub(super) assignee: Field,
    /// What it has: see [`HAS_FILE`] and [`HAS_NOTE`].
    pub(super) has: Field,
    /// The conversation's id, where its key does not tell it.
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
    /// What else a list of hits shows: see [`Card`](super::card::Card).
    pub(super) state: Field,
    pub(super) priority: Field,
    pub(super) source_type: Field,
    pub(super) rating: Field,
    pub(super) waiting_since_at: Field,
    pub(super) is_listed_only: Field,
    /// A hash of all that the document is made of.
    pub(super) fingerprint: Field,
}

/// Bits of a fingerprint that are kept: that a change gives the same ones is less likely than one in 10^14.
pub(super) const FINGERPRINT_BITS: u32 = 48;

/// The word for having an attachment.
pub(super) const HAS_FILE: &str = "attachment";
/// The word for having an internal note.
pub(super) const HAS_NOTE: &str = "note";
/// The word for being assigned to no teammate.
pub(super) const NOBODY: &str = "nobody";

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = || {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_fieldnorms(false)
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
    let fast_text = || TextOptions::default().set_fast("raw");
    let fields = Fields {
        anywhere: builder.add_custom_field("anywhere", TOKENIZER, serde_json::Value::Null),
        title_end: builder.add_u64_field("title_end", fast()),
        contact_end: builder.add_u64_field("contact_end", fast()),
        note_end: builder.add_u64_field("note_end", fast()),
        from: builder.add_text_field("from", words()),
        tag: builder.add_text_field("tag", words().set_fast("raw")),
        assignee: builder.add_text_field("assignee", exact().set_fast("raw")),
        has: builder.add_text_field("has", exact()),
        id: builder.add_text_field("id", STORED),
        partition: builder.add_text_field("partition", exact()),
        id_key: builder.add_u64_field("id_key", fast()),
        created_at: builder.add_i64_field("created_at", fast()),
        updated_at: builder.add_i64_field("updated_at", fast()),
        part_count: builder.add_i64_field("part_count", fast()),
        state: builder.add_text_field("state", fast_text()),
        priority: builder.add_text_field("priority", fast_text()),
        source_type: builder.add_text_field("source_type", fast_text()),
        rating: builder.add_i64_field("rating", fast()),
        waiting_since_at: builder.add_i64_field("waiting_since_at", fast()),
        is_listed_only: builder.add_bool_field("is_listed_only", fast()),
        fingerprint: builder.add_u64_field("fingerprint", fast()),
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

/// What an index writes beside what the library does.
pub(super) fn plugin(fields: &Fields, damage: &postings::Damage) -> Arc<dyn SegmentPlugin> {
    postings::plugin(fields.anywhere, damage)
}

/// Whether an index on the disk is one of this version's.
pub(super) fn is_ours(index: &Index) -> bool {
    index.schema() == schema().0
}
