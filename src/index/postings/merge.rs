//! Several segments as one: the lists of each word one behind the other, without the documents that were deleted.

use tantivy::indexer::doc_id_mapping::MappingType;
use tantivy::termdict::TermMerger;
use tantivy::{Directory, DocId, Index, PluginMergeContext, SegmentReader, TERMINATED, TantivyError};

use super::part::{Part, PartWriter, damaged};

/// A segment that goes into another one.
struct Source {
    part: Part,
    /// For each document its number in the other; none of one that was deleted.
    numbers: Vec<Option<DocId>>,
}

impl Source {
    /// Of a segment; `next` is the number of its first document in the other one, then of what comes behind.
    fn of(reader: &SegmentReader, next: &mut DocId) -> tantivy::Result<Self> {
        let alive = reader.alive_bitset();
        let numbers = (0..reader.max_doc()).map(|doc| {
            alive.is_none_or(|alive| alive.is_alive(doc)).then(|| {
                *next += 1;
                *next - 1
            })
        });
        Ok(Self { numbers: numbers.collect(), part: Part::open(reader)? })
    }

    /// The number of a document in the other one, if it is to be there.
    fn number(&self, doc: DocId) -> tantivy::Result<Option<DocId>> {
        let number = self.numbers.get(doc as usize);
        number.copied().ok_or_else(|| damaged("a word is in a document that is not there"))
    }

    /// The lengths of the documents that stay.
    fn lengths(&self) -> impl Iterator<Item = u8> {
        let all = self.part.lengths().iter().zip(&self.numbers);
        all.filter(|(_, number)| number.is_some()).map(|(length, _)| *length)
    }
}

/// Compares the files of a segment with their checksums: what was damaged would be as good as new in the other one.
fn check(index: &Index, reader: &SegmentReader) -> tantivy::Result<()> {
    let (directory, name) = (index.directory(), format!("{}.", reader.segment_id().uuid_string()));
    for path in directory.list_managed_files() {
        let is_of_segment = path.to_str().is_some_and(|path| path.starts_with(&name));
        if is_of_segment && directory.exists(&path)? && !directory.validate_checksum(&path)? {
            return Err(damaged("a segment was changed"));
        }
    }
    Ok(())
}

/// Writes the words of several segments as those of one.
pub(super) fn merge(context: &PluginMergeContext<'_>) -> tantivy::Result<()> {
    if context.doc_id_mapping.mapping_type() == MappingType::Shuffled {
        return Err(TantivyError::InternalError("documents are kept in their order".to_owned()));
    }
    for reader in context.readers {
        check(context.target_segment.index(), reader)?;
    }
    let mut next = 0;
    let sources = context.readers.iter().map(|reader| Source::of(reader, &mut next));
    let sources: Vec<Source> = sources.collect::<tantivy::Result<_>>()?;
    let lengths: Vec<u8> = sources.iter().flat_map(Source::lengths).collect();
    let mut target = PartWriter::create(context.target_segment, &lengths)?;
    let streams = sources.iter().map(|source| source.part.words().stream());
    let mut words = TermMerger::new(streams.collect::<Result<_, _>>()?);
    while words.advance() {
        for (number, info) in words.current_segment_ords_and_term_infos() {
            let source = &sources[number];
            let mut list = source.part.list_of(&info)?;
            while list.doc() != TERMINATED {
                if let Some(doc) = source.number(list.doc())? {
                    target.push(doc, list.places());
                }
                list.advance();
            }
        }
        target.end(words.key())?;
    }
    Ok(target.finish()?)
}
