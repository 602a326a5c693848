//! The words of the documents of a segment that is being made: documents as rows of numbers of words, turned into
//! lists when the segment is written.

use std::any::Any;
use std::collections::HashMap;

use tantivy::indexer::DocIdMapping;
use tantivy::schema::document::ErasedDocument;
use tantivy::schema::{Field, Schema, Value};
use tantivy::{DocId, PluginWriter, Segment, TantivyDocument, TantivyError};

use super::lengths::byte_of;
use super::part::PartWriter;
use crate::index::words::{Word, Words};

/// In the place of a word: nothing, so that words before and behind are not in a row.
const GAP: u32 = u32::MAX;
/// Memory for each place, also while lists are made, and for each word.
const PLACE_BYTES: usize = 12;
const WORD_BYTES: usize = 80;

/// Collects the words of documents.
pub(super) struct DocumentWriter {
    field: Field,
    numbers: HashMap<Box<str>, u32>,
    /// The words of all documents, or [`GAP`].
    places: Vec<u32>,
    /// Where each document ends.
    ends: Vec<usize>,
    word: Word,
}

impl DocumentWriter {
    /// Of texts in a field.
    pub(super) fn new(field: Field) -> Self {
        Self { field, numbers: HashMap::new(), places: Vec::new(), ends: Vec::new(), word: Word::default() }
    }

    fn add_text(&mut self, text: &str) {
        let mut words = Words::of(text);
        while words.advance(&mut self.word) {
            let next = self.numbers.len() as u32;
            let number = match self.numbers.get(self.word.text.as_str()) {
                Some(number) => *number,
                None => *self.numbers.entry(self.word.text.as_str().into()).or_insert(next),
            };
            self.places.push(number);
        }
        self.places.push(GAP);
    }

    /// For each place its document and where it is there, those of a word together and in order; and where the ones of
    /// each word begin.
    fn by_word(&self) -> (Vec<(DocId, u32)>, Vec<usize>) {
        let mut starts = vec![0; self.numbers.len() + 1];
        for number in self.places.iter().filter(|number| **number != GAP) {
            starts[*number as usize + 1] += 1;
        }
        for number in 1..starts.len() {
            starts[number] += starts[number - 1];
        }
        let mut next = starts.clone();
        let mut all = vec![(0, 0); starts.last().copied().unwrap_or_default()];
        let mut start = 0;
        for (doc, end) in self.ends.iter().enumerate() {
            for (place, number) in self.places[start..*end].iter().enumerate() {
                if *number != GAP {
                    let at = &mut next[*number as usize];
                    all[*at] = (doc as DocId, place as u32);
                    *at += 1;
                }
            }
            start = *end;
        }
        (all, starts)
    }

    fn lengths(&self) -> Vec<u8> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| byte_of((end - start) as u32)).collect()
    }
}

impl PluginWriter for DocumentWriter {
    fn add_document(&mut self, _: DocId, document: &dyn ErasedDocument, _: &Schema) -> tantivy::Result<()> {
        let document = document.as_any().downcast_ref::<TantivyDocument>();
        let document =
            document.ok_or_else(|| TantivyError::InternalError("another kind of document".to_owned()))?;
        for value in document.get_all(self.field) {
            if let Some(text) = value.as_custom().and_then(|bytes| std::str::from_utf8(bytes).ok()) {
                self.add_text(text);
            }
        }
        self.ends.push(self.places.len());
        Ok(())
    }

    fn serialize(self: Box<Self>, segment: &Segment, _: Option<&DocIdMapping>) -> tantivy::Result<()> {
        let lengths = self.lengths();
        let (all, starts) = self.by_word();
        let mut part = PartWriter::create(segment, &lengths)?;
        let mut words: Vec<(&str, usize)> =
            self.numbers.iter().map(|(word, number)| (&**word, *number as usize)).collect();
        words.sort_unstable();
        let mut places = Vec::new();
        for (word, number) in words {
            for of_document in
                all[starts[number]..starts[number + 1]].chunk_by(|(one, _), (other, _)| one == other)
            {
                places.clear();
                places.extend(of_document.iter().map(|(_, place)| *place));
                part.push(of_document[0].0, &places);
            }
            part.end(word.as_bytes())?;
        }
        Ok(part.finish()?)
    }

    fn mem_usage(&self) -> usize {
        self.places.len() * PLACE_BYTES + self.numbers.len() * WORD_BYTES
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
