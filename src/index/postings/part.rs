//! The words of one segment as a file: lists, the words with the place of each one's list, and lengths.

use std::io::{self, Write};

use tantivy::directory::{FileSlice, OwnedBytes, TerminatingWrite, WritePtr};
use tantivy::error::DataCorruption;
use tantivy::index::SegmentComponent;
use tantivy::postings::TermInfo;
use tantivy::termdict::{TermDictionary, TermDictionaryBuilder};
use tantivy::{HasLen, Segment, SegmentReader, TantivyError};

use super::cursor::Cursor;
use super::lengths::{Lengths, total};
use super::list::ListWriter;

/// How the file's name ends.
pub(super) const EXTENSION: &str = "words";
/// Bytes of lists that are written at once.
const TOGETHER: usize = 1 << 16;
/// At the end of the file, eight bytes each: bytes of the lists, of the words, and how long documents are together.
const FOOTER: usize = 24;

fn component() -> SegmentComponent {
    SegmentComponent::Custom(EXTENSION.to_owned())
}

/// Writes the words of a segment, in their order.
pub(super) struct PartWriter<'a> {
    file: WritePtr,
    lengths: &'a [u8],
    words: TermDictionaryBuilder<Vec<u8>>,
    list: ListWriter,
    lists: Vec<u8>,
    /// Bytes of lists in the file.
    written: usize,
}

impl<'a> PartWriter<'a> {
    /// Of a segment whose documents are so long.
    pub(super) fn create(segment: &Segment, lengths: &'a [u8]) -> io::Result<Self> {
        let file = segment.open_write(component()).map_err(io::Error::other)?;
        let words = TermDictionaryBuilder::create(Vec::new())?;
        let (list, lists) = (ListWriter::default(), Vec::new());
        Ok(Self { file, lengths, words, list, lists, written: 0 })
    }

    /// Adds a document to the word that is written; documents and places rise.
    pub(super) fn push(&mut self, doc: u32, places: &[u32]) {
        self.list.push(doc, places, Lengths(self.lengths));
    }

    /// Ends the word; one without documents is none.
    pub(super) fn end(&mut self, word: &[u8]) -> io::Result<()> {
        let start = self.written + self.lists.len();
        let doc_freq = self.list.end(Lengths(self.lengths), &mut self.lists);
        if doc_freq == 0 {
            return Ok(());
        }
        let postings_range = start..self.written + self.lists.len();
        self.words.insert(word, &TermInfo { doc_freq, postings_range, positions_range: 0..0 })?;
        if self.lists.len() >= TOGETHER {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.lists)?;
        self.written += self.lists.len();
        self.lists.clear();
        Ok(())
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        let words = self.words.finish()?;
        self.file.write_all(&words)?;
        self.file.write_all(self.lengths)?;
        for number in [self.written as u64, words.len() as u64, total(self.lengths)] {
            self.file.write_all(&number.to_le_bytes())?;
        }
        self.file.terminate()
    }
}

/// The words of a segment.
pub(in crate::index) struct Part {
    lists: FileSlice,
    words: TermDictionary,
    lengths: OwnedBytes,
    total: u64,
}

impl Part {
    /// Of a segment.
    pub(in crate::index) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        Self::read(segment.open_read(component())?, segment.max_doc())
    }

    /// Of a file with the words of so many documents.
    fn read(file: FileSlice, documents: u32) -> tantivy::Result<Self> {
        if file.len() < FOOTER {
            return Err(damaged("a file of words is too short"));
        }
        let (rest, footer) = file.split_from_end(FOOTER);
        let footer = footer.read_bytes()?;
        let number =
            |index: usize| u64::from_le_bytes(footer[index * 8..][..8].try_into().unwrap_or_default());
        let length = number(0).checked_add(number(1)).and_then(|sum| sum.checked_add(u64::from(documents)));
        if length != Some(rest.len() as u64) {
            return Err(damaged("a file of words is of another length than it says"));
        }
        let (lists, rest) = rest.split(number(0) as usize);
        let (words, lengths) = rest.split(number(1) as usize);
        let words = TermDictionary::open(words)?;
        Ok(Self { lists, words, lengths: lengths.read_bytes()?, total: number(2) })
    }

    /// The words, in their order.
    pub(in crate::index) fn words(&self) -> &TermDictionary {
        &self.words
    }

    /// The documents of a word.
    pub(in crate::index) fn list(&self, word: &str) -> tantivy::Result<Cursor> {
        match self.words.get(word)? {
            Some(info) => self.list_of(&info),
            None => Ok(self.no_list()),
        }
    }

    /// The documents of a word that the dictionary tells about.
    pub(in crate::index) fn list_of(&self, info: &TermInfo) -> tantivy::Result<Cursor> {
        let mut cursor = self.no_list();
        self.go_to(info, &mut cursor)?;
        Ok(cursor)
    }

    /// No documents; what takes those of one word after the other.
    pub(in crate::index) fn no_list(&self) -> Cursor {
        Cursor::new(OwnedBytes::empty(), 0, self.lengths.clone())
    }

    /// The same, in the place of the documents of another word of this segment.
    pub(in crate::index) fn go_to(&self, info: &TermInfo, cursor: &mut Cursor) -> tantivy::Result<()> {
        if info.doc_freq as usize > self.lengths.len() {
            return Err(damaged("a word is in more documents than there are"));
        }
        cursor.reset(self.lists.read_bytes_slice(info.postings_range.clone())?, info.doc_freq);
        Ok(())
    }

    /// A byte for each document that tells about how long it is, as
    /// [`FieldNormReader`](tantivy::fieldnorm::FieldNormReader) has it.
    pub(in crate::index) fn lengths(&self) -> &OwnedBytes {
        &self.lengths
    }

    /// How long all documents are together: about, as it is known of each, and with the gaps between texts.
    pub(in crate::index) fn total(&self) -> u64 {
        self.total
    }
}

pub(super) fn damaged(comment: &str) -> TantivyError {
    TantivyError::DataCorruption(DataCorruption::comment_only(comment))
}
