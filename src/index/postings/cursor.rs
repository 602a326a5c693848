//! Reads the documents of one word, forwards and with jumps.

use tantivy::TERMINATED;
use tantivy::directory::OwnedBytes;

use super::block::{BLOCK, Open};
use super::lengths::Lengths;

/// A block of a list.
#[derive(Debug, Clone, Copy)]
struct Jump {
    /// The first document it may have.
    from: u32,
    /// The first document that the one behind it may have.
    next: u32,
    /// Where its bytes are.
    start: usize,
    end: usize,
}

/// The documents of a word one by one.
#[derive(Clone)]
pub(in crate::index) struct Cursor {
    list: OwnedBytes,
    lengths: OwnedBytes,
    count: u32,
    jumps: Vec<Jump>,
    /// Which block is open, and which of its documents it is at.
    block: usize,
    at: usize,
    open: Box<Open>,
    places: Places,
}

/// The places of the documents of a block, once somebody asked for them.
#[derive(Clone, Default)]
struct Places {
    are_read: bool,
    all: Vec<u32>,
    /// The document they were last asked for, and where its places begin.
    at: usize,
    start: usize,
}

impl Cursor {
    /// At the first document of a list of so many.
    pub(super) fn new(list: OwnedBytes, count: u32, lengths: OwnedBytes) -> Self {
        let jumps = jumps(&list, count as usize);
        let (open, places) = (Box::new(Open::empty()), Places::default());
        let mut cursor = Self { list, lengths, count, jumps, block: 0, at: 0, open, places };
        cursor.open();
        cursor
    }

    /// Of a word that is in no document.
    pub(super) fn empty() -> Self {
        Self::new(OwnedBytes::empty(), 0, OwnedBytes::empty())
    }

    /// How many documents there are.
    pub(in crate::index) fn count(&self) -> u32 {
        self.count
    }

    fn open(&mut self) {
        (self.at, self.places.are_read) = (0, false);
        let Some(jump) = self.jumps.get(self.block) else {
            self.open.length = 0;
            return;
        };
        let before = self.block * BLOCK;
        let length = (self.count as usize - before).min(BLOCK);
        self.open.read(&self.list[jump.start..jump.end], length, jump.from, Lengths(&self.lengths));
    }

    /// The document it is at; [`TERMINATED`] behind the last one.
    pub(in crate::index) fn doc(&self) -> u32 {
        if self.at < self.open.length { self.open.docs[self.at] } else { TERMINATED }
    }

    /// Goes to the next document.
    pub(in crate::index) fn advance(&mut self) -> u32 {
        self.at += 1;
        if self.at >= self.open.length && self.block < self.jumps.len() {
            self.block += 1;
            self.open();
        }
        self.doc()
    }

    /// Goes to the first document that is not before `target`.
    pub(in crate::index) fn seek(&mut self, target: u32) -> u32 {
        if self.doc() >= target {
            return self.doc();
        }
        let is_before = |jump: &Jump| jump.next <= target;
        if self.jumps.get(self.block).is_some_and(is_before) {
            self.block += self.jumps[self.block..].partition_point(is_before);
            self.open();
        }
        self.at += self.open.docs[self.at..self.open.length].partition_point(|doc| *doc < target);
        self.doc()
    }

    /// How often the word is in the document.
    pub(in crate::index) fn frequency(&self) -> u32 {
        self.open.counts[self.at.min(BLOCK - 1)]
    }

    /// Where in the document the word is.
    pub(in crate::index) fn places(&mut self) -> &[u32] {
        let places = &mut self.places;
        if !places.are_read {
            let Some(jump) = self.jumps.get(self.block) else { return &[] };
            self.open.places(&self.list[jump.start..jump.end], Lengths(&self.lengths), &mut places.all);
            (places.are_read, places.at, places.start) = (true, 0, 0);
        }
        let passed = &self.open.counts[places.at..self.at];
        places.start += passed.iter().map(|count| *count as usize).sum::<usize>();
        places.at = self.at;
        &places.all[places.start..places.start + self.open.counts[self.at] as usize]
    }
}

/// The blocks of a list of so many documents.
fn jumps(list: &[u8], count: usize) -> Vec<Jump> {
    if count <= BLOCK {
        let whole = Jump { from: 0, next: TERMINATED, start: 0, end: list.len() };
        return if count == 0 { Vec::new() } else { vec![whole] };
    }
    let (mut at, mut from, mut start) = (0, 0_u32, 0);
    let mut jumps = Vec::with_capacity(count.div_ceil(BLOCK));
    for _ in 0..count.div_ceil(BLOCK) {
        let (documents, bytes) = (take(list, &mut at), take(list, &mut at) as usize);
        let next = from.saturating_add(documents);
        jumps.push(Jump { from, next, start, end: start + bytes });
        (from, start) = (next, start + bytes);
    }
    for jump in &mut jumps {
        (jump.start, jump.end) = (jump.start + at, jump.end + at);
    }
    jumps
}

/// A number as lists have it before their blocks: seven bits a byte, the last one marked.
fn take(bytes: &[u8], at: &mut usize) -> u32 {
    let mut number = 0_u32;
    for shift in (0..32).step_by(7) {
        let byte = bytes.get(*at).copied().unwrap_or(0x80);
        *at += 1;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 != 0 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::index::postings::lengths::byte_of;
    use crate::index::postings::list::ListWriter;

    /// Numbers as if by chance.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, limit: u32) -> u32 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) % u64::from(limit.max(1))) as u32
        }
    }

    type Documents = Vec<(u32, Vec<u32>)>;

    /// How long documents are, and some of them with places of a word.
    fn made(chance: &mut Chance, docs: u32, one_in: u32, most_places: u32) -> (Vec<u8>, Documents) {
        let lengths = (0..docs).map(|_| {
            let most = 1 << chance.below(12);
            1 + chance.below(most)
        });
        let lengths: Vec<u32> = lengths.collect();
        let mut documents = Documents::new();
        for (doc, length) in lengths.iter().enumerate() {
            if chance.below(one_in) > 0 {
                continue;
            }
            let mut places: Vec<u32> =
                (0..=chance.below(most_places)).map(|_| chance.below(*length)).collect();
            places.sort_unstable();
            places.dedup();
            documents.push((doc as u32, places));
        }
        (lengths.into_iter().map(byte_of).collect(), documents)
    }

    fn written(lengths: &[u8], documents: &Documents) -> Cursor {
        let (mut writer, mut list) = (ListWriter::default(), Vec::new());
        // What was written before leaves no trace.
        writer.push(0, &[0], Lengths(lengths));
        writer.end(Lengths(lengths), &mut list);
        list.clear();
        documents.iter().for_each(|(doc, places)| writer.push(*doc, places, Lengths(lengths)));
        let count = writer.end(Lengths(lengths), &mut list);
        Cursor::new(OwnedBytes::new(list), count, OwnedBytes::new(lengths.to_vec()))
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let mut chance = Chance(7);
        for round in 0..300 {
            let (one_in, most) = (1 + chance.below(1 + round), 1 + chance.below(9));
            let (lengths, documents) = made(&mut chance, 1 + round * 7, one_in, most);
            let mut cursor = written(&lengths, &documents);
            assert_eq!(cursor.count() as usize, documents.len());
            for (doc, places) in &documents {
                assert_eq!((cursor.doc(), cursor.frequency() as usize), (*doc, places.len()));
                if chance.below(3) > 0 {
                    assert_eq!(cursor.places(), places);
                }
                cursor.advance();
            }
            assert_eq!(cursor.doc(), TERMINATED);
        }
    }

    #[test]
    fn a_jump_leads_to_the_first_document_that_is_not_before() {
        let mut chance = Chance(11);
        for one_in in [1, 2, 5, 60] {
            let (lengths, documents) = made(&mut chance, 5_000, one_in, 4);
            let whole = written(&lengths, &documents);
            for _ in 0..200 {
                let (mut cursor, mut target) = (whole.clone(), 0);
                while target < 5_100 {
                    let expected = documents.iter().find(|(doc, _)| *doc >= target);
                    let doc = cursor.seek(target);
                    assert_eq!(doc, expected.map_or(TERMINATED, |(doc, _)| *doc), "{target}");
                    if let Some((_, places)) = expected {
                        assert_eq!(cursor.places(), places);
                    }
                    target = target.max(doc.min(5_000)) + chance.below(900);
                }
            }
        }
    }

    #[test]
    fn damaged_bytes_give_something_or_a_panic_and_come_to_an_end() {
        let mut chance = Chance(13);
        let (lengths, documents) = made(&mut chance, 3_000, 3, 5);
        let whole = written(&lengths, &documents);
        for _ in 0..200 {
            let mut bytes = whole.list.as_slice().to_vec();
            for _ in 0..20 {
                let at = chance.below(bytes.len() as u32) as usize;
                bytes[at] = chance.below(256) as u8;
            }
            let lengths = OwnedBytes::new(lengths.clone());
            let _ = catch_unwind(AssertUnwindSafe(|| {
                let mut cursor = Cursor::new(OwnedBytes::new(bytes), documents.len() as u32, lengths);
                for _ in 0..documents.len() {
                    let _ = cursor.places().len();
                    cursor.advance();
                }
                assert_eq!(cursor.doc(), TERMINATED);
            }));
        }
    }
}
