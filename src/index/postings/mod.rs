//! Which words are in which documents, and where: kept by ourselves beside what the index library writes, in a quarter less
//! space, and through its segments, commits and merges.
//!
//! A document is a row of words with gaps between texts; a place is a number in that row. The library packs numbers in
//! blocks of as many bits as the largest needs. Here each number takes as many as it needs itself: gaps between
//! documents and frequencies as Rice codes, places as numbers below the length of their document.

mod bits;
mod block;
mod cursor;
mod lengths;
mod list;
mod merge;
mod part;
mod writer;

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::directory::error::OpenReadError;
use tantivy::schema::Field;
use tantivy::{PluginMergeContext, PluginWriter, PluginWriterContext, SegmentPlugin, TantivyError};

pub(super) use cursor::Cursor;
pub(super) use part::Part;
use writer::DocumentWriter;

use super::search::caught;

/// Whether a segment was found damaged when it was to go into another one. The library only notes that a merge failed, and
/// tries again at the next opportunity.
#[derive(Debug, Clone, Default)]
pub(super) struct Damage(Arc<AtomicBool>);

impl Damage {
    fn notice(&self, error: &TantivyError) {
        let kind = match error {
            TantivyError::IoError(error) => error.kind(),
            TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => io_error.kind(),
            TantivyError::DataCorruption(_) => ErrorKind::InvalidData,
            _ => return,
        };
        // What else goes wrong is the disk's fault.
        if matches!(kind, ErrorKind::InvalidData | ErrorKind::UnexpectedEof) {
            self.0.store(true, Ordering::Release);
        }
    }

    /// Fails if there was any.
    pub(super) fn check(&self) -> tantivy::Result<()> {
        match self.0.load(Ordering::Acquire) {
            true => Err(part::damaged("segments could not be merged")),
            false => Ok(()),
        }
    }
}

/// Writes words beside what the library writes of a segment.
struct WordsPlugin {
    texts: Field,
    damage: Damage,
}

/// What indexes have to be told to write the texts in a field as words.
pub(super) fn plugin(texts: Field, damage: &Damage) -> Arc<dyn SegmentPlugin> {
    Arc::new(WordsPlugin { texts, damage: damage.clone() })
}

impl SegmentPlugin for WordsPlugin {
    fn extensions(&self) -> &[&str] {
        &[part::EXTENSION]
    }

    fn create_writer(&self, _: &PluginWriterContext<'_>) -> tantivy::Result<Box<dyn PluginWriter>> {
        Ok(Box::new(DocumentWriter::new(self.texts)))
    }

    fn merge(&self, context: PluginMergeContext<'_>) -> tantivy::Result<()> {
        caught(|| merge::merge(&context)).inspect_err(|error| self.damage.notice(error))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use tantivy::fieldnorm::FieldNormReader;
    use tantivy::indexer::NoMergePolicy;
    use tantivy::schema::{FAST, INDEXED, Schema};
    use tantivy::{Directory, Index, IndexWriter, Searcher, TERMINATED, TantivyDocument, Term};

    use super::*;
    use crate::index::words::words;

    /// For each word the numbers of its documents, in order, each with the places of the word.
    type Lists = BTreeMap<String, Vec<(u32, Vec<u32>)>>;

    /// The texts of a document, as if by chance: few words, some of them often.
    fn texts(number: u32) -> Vec<String> {
        let word = |place: u32| format!("w{}", (number * 7 + place * place) % (3 + number % 40));
        let text = |from: u32| (from..from + number % 9).map(word).collect::<Vec<_>>().join(" ");
        (0..1 + number % 4).map(|part| text(part * 10)).collect()
    }

    /// What should be in an index of these documents.
    fn expected(documents: impl Iterator<Item = u32>) -> Lists {
        let mut lists = Lists::new();
        for number in documents {
            let mut start = 0;
            for text in texts(number) {
                let words = words(&text);
                for word in &words {
                    let list = lists.entry(word.text.clone()).or_default();
                    let place = start + word.position as u32;
                    match list.last_mut() {
                        Some((last, places)) if *last == number => places.push(place),
                        _ => list.push((number, vec![place])),
                    }
                }
                start += words.len() as u32 + 1;
            }
        }
        lists
    }

    fn lists(searcher: &Searcher) -> Lists {
        let [segment] = searcher.segment_readers() else { panic!("several segments") };
        let (part, numbers) = (Part::open(segment).unwrap(), segment.fast_fields().u64("number").unwrap());
        let (mut lists, mut stream) = (Lists::new(), part.words().stream().unwrap());
        while stream.advance() {
            let mut list = part.list_of(stream.value()).unwrap();
            let read = lists.entry(String::from_utf8(stream.key().to_vec()).unwrap()).or_default();
            while list.doc() != TERMINATED {
                read.push((numbers.first(list.doc()).unwrap() as u32, list.places().to_vec()));
                list.advance();
            }
            // The library puts segments one behind the other in an order of its own.
            read.sort_unstable();
        }
        // As long as documents are said to be: their places, and gaps between texts.
        let length = |one: u32| texts(one).iter().map(|text| words(text).len() as u32 + 1).sum();
        let numbers = (0..segment.max_doc()).map(|doc| numbers.first(doc).unwrap() as u32);
        let about = |one| u64::from(FieldNormReader::id_to_fieldnorm(lengths::byte_of(length(one))));
        assert_eq!(part.total(), numbers.map(about).sum::<u64>());
        lists
    }

    /// An index in memory of documents in segments of so many.
    fn index(segments: &[std::ops::Range<u32>]) -> (Index, Damage, IndexWriter, Field) {
        let mut builder = Schema::builder();
        let number = builder.add_u64_field("number", INDEXED | FAST);
        let field = builder.add_custom_field("texts", "words", serde_json::Value::Null);
        let damage = Damage::default();
        let builder = Index::builder().schema(builder.build()).register_plugin(plugin(field, &damage));
        let index = builder.create_in_ram().unwrap();
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for segment in segments {
            for one in segment.clone() {
                let mut document = TantivyDocument::default();
                document.add_u64(number, u64::from(one));
                texts(one).iter().for_each(|text| document.add_custom(field, text.as_bytes()));
                writer.add_document(document).unwrap();
            }
            writer.commit().unwrap();
        }
        (index, damage, writer, number)
    }

    #[test]
    fn segments_become_one_without_what_was_deleted_and_places_stay() {
        let (index, damage, mut writer, number) = index(&[0..700, 700..703, 703..1_500]);
        let is_deleted = |one: u32| one % 5 == 2 || one == 701;
        for one in (0..1_500).filter(|one| is_deleted(*one)) {
            writer.delete_term(Term::from_field_u64(number, u64::from(one)));
        }
        writer.commit().unwrap();
        writer.merge(&index.searchable_segment_ids().unwrap()).wait().unwrap();
        damage.check().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let mut found = lists(&searcher);
        for (word, list) in expected((0..1_500).filter(|one| !is_deleted(*one))) {
            assert_eq!(found.remove(&word), Some(list), "{word}");
        }
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_damaged_segment_goes_into_no_other_one_and_is_noticed() {
        for place in [0, 40, 90] {
            let (index, damage, mut writer, _) = index(&[0..300, 300..600]);
            let ids = index.searchable_segment_ids().unwrap();
            let path = format!("{}.{}", ids[1].uuid_string(), part::EXTENSION);
            let directory = index.directory();
            let mut bytes = directory.atomic_read(Path::new(&path)).unwrap();
            let at = bytes.len() * place / 100;
            bytes[at] ^= 0x10;
            directory.atomic_write(Path::new(&path), &bytes).unwrap();
            assert!(writer.merge(&ids).wait().is_err());
            assert!(damage.check().is_err(), "{place}");
            assert_eq!(index.searchable_segment_ids().unwrap().len(), 2);
        }
    }

    #[test]
    fn only_what_is_on_the_disk_is_damage_and_not_what_the_disk_does() {
        let noticed = |error: TantivyError| {
            let damage = Damage::default();
            damage.notice(&error);
            damage.check().is_err()
        };
        assert!(noticed(part::damaged("a list")));
        assert!(noticed(std::io::Error::from(ErrorKind::UnexpectedEof).into()));
        assert!(!noticed(std::io::Error::from(ErrorKind::StorageFull).into()));
        assert!(!noticed(TantivyError::OpenReadError(OpenReadError::FileDoesNotExist("words".into()))));
    }
}
