//! The documents of a segment that have some words in a row, with how often they do.

use tantivy::directory::OwnedBytes;
use tantivy::query::{Bm25Weight, Scorer};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SeekDangerResult, TERMINATED};

use super::postings::Cursor;
use super::zone::Bounds;

/// How many times as long a word takes whose places count.
const PLACES_COST: u32 = 10;

/// One of some words in a row.
struct Member {
    /// Its place among them.
    offset: u32,
    list: Cursor,
}

/// Documents with some words in a row, one by one.
pub(super) struct Row {
    /// Those in the fewest documents first.
    members: Vec<Member>,
    bounds: Option<Bounds>,
    /// Where the row begins in the document it is at; not told of a single word that may stand anywhere.
    starts: Vec<u32>,
}

impl Row {
    /// Of words, each with its place among them. Before it is asked for its document it has to be settled, or one has to
    /// be found.
    pub(super) fn new(words: impl Iterator<Item = (u32, Cursor)>, bounds: Option<Bounds>) -> Self {
        let mut members: Vec<Member> = words.map(|(offset, list)| Member { offset, list }).collect();
        members.sort_by_key(|member| member.list.count());
        Self { members, bounds, starts: Vec::new() }
    }

    /// The document it is at.
    pub(super) fn doc(&self) -> DocId {
        self.members[0].list.doc()
    }

    /// Goes to the next document.
    pub(super) fn advance(&mut self) -> DocId {
        self.members[0].list.advance();
        self.settle()
    }

    /// Goes to the first document that is not before `target`.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() >= target {
            return self.doc();
        }
        self.members[0].list.seek(target);
        self.settle()
    }

    /// Looks whether the row is in a document, and only there: when it is not, it is at no document until one is found.
    /// Tells then from where on the next one may be.
    pub(super) fn find(&mut self, target: DocId) -> SeekDangerResult {
        if target >= TERMINATED {
            return SeekDangerResult::SeekLowerBound(TERMINATED);
        }
        for member in &mut self.members {
            let doc = member.list.seek(target);
            if doc > target {
                return SeekDangerResult::SeekLowerBound(doc);
            }
        }
        match self.is_plain() || self.is_in_a_row(target) {
            true => SeekDangerResult::Found,
            false => SeekDangerResult::SeekLowerBound(target + 1),
        }
    }

    /// Documents, about: words are not often in a row.
    fn likely(&self) -> u32 {
        let count = self.members[0].list.count();
        if self.is_plain() { count } else { count / PLACES_COST / self.members.len() as u32 }
    }

    /// What it takes to go through all documents, against one word anywhere: places take longer than documents.
    fn cost(&self) -> u64 {
        let count = u64::from(self.members[0].list.count());
        if self.is_plain() { count } else { count * u64::from(PLACES_COST) * self.members.len() as u64 }
    }

    /// How often the row is in the document.
    fn frequency(&mut self) -> u32 {
        if self.is_plain() { self.members[0].list.frequency() } else { self.starts.len() as u32 }
    }

    /// Where the row begins in the document.
    pub(super) fn starts(&mut self) -> &[u32] {
        if self.is_plain() { self.members[0].list.places() } else { &self.starts }
    }

    /// Whether to be in a document is all that counts.
    fn is_plain(&self) -> bool {
        self.members.len() == 1 && self.bounds.is_none()
    }

    /// Goes on until all words are in the document, and in a row.
    pub(super) fn settle(&mut self) -> DocId {
        loop {
            let doc = self.doc();
            if doc == TERMINATED {
                return doc;
            }
            let others = self.members[1..].iter_mut();
            let beyond = others.map(|member| member.list.seek(doc)).find(|other| *other > doc);
            if let Some(beyond) = beyond {
                self.members[0].list.seek(beyond);
            } else if self.is_plain() || self.is_in_a_row(doc) {
                return doc;
            } else {
                self.members[0].list.advance();
            }
        }
    }

    fn is_in_a_row(&mut self, doc: DocId) -> bool {
        let bounds = self.bounds.as_ref().map_or(0..u32::MAX, |bounds| bounds.of(doc));
        let [first, others @ ..] = &mut self.members[..] else { return false };
        self.starts.clear();
        let starts = first.list.places().iter().filter_map(|place| place.checked_sub(first.offset));
        self.starts.extend(starts.filter(|start| bounds.contains(start)));
        for other in others {
            if self.starts.is_empty() {
                break;
            }
            keep_common(&mut self.starts, other.list.places(), other.offset);
        }
        !self.starts.is_empty()
    }
}

/// Keeps those of some starts behind which, so far away, one of some places is; both rise.
pub(super) fn keep_common(starts: &mut Vec<u32>, places: &[u32], offset: u32) {
    let mut places = places.iter().copied().peekable();
    starts.retain(|start| {
        let wanted = start.saturating_add(offset);
        while places.next_if(|place| *place < wanted).is_some() {}
        places.peek() == Some(&wanted)
    });
}

/// A row with scores.
pub(super) struct RowScorer {
    pub(super) row: Row,
    /// None where scores are not asked for.
    pub(super) weight: Option<Bm25Weight>,
    pub(super) lengths: OwnedBytes,
}

impl DocSet for RowScorer {
    fn advance(&mut self) -> DocId {
        self.row.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.row.seek(target)
    }

    fn doc(&self) -> DocId {
        self.row.doc()
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        self.row.find(target)
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        if self.row.is_plain() {
            return self.row.members[0].list.take(buffer);
        }
        let mut filled = 0;
        while filled < buffer.len() && self.doc() != TERMINATED {
            buffer[filled] = self.doc();
            filled += 1;
            self.advance();
        }
        filled
    }

    fn size_hint(&self) -> u32 {
        self.row.likely()
    }

    fn cost(&self) -> u64 {
        self.row.cost()
    }
}

impl Scorer for RowScorer {
    fn score(&mut self) -> Score {
        let Some(weight) = &self.weight else { return 1.0 };
        let length = self.lengths.get(self.row.doc() as usize).copied().unwrap_or_default();
        weight.score(length, self.row.frequency())
    }
}
