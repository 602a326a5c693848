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
}

/// Documents that are looked at one by one before the rest of a block is searched.
const NEAR: usize = 4;

impl Cursor {
    /// At the first document of a list of so many.
    pub(super) fn new(list: OwnedBytes, count: u32, lengths: OwnedBytes) -> Self {
        let (jumps, open) = (Vec::new(), Box::new(Open::empty()));
        let mut cursor = Self { list: OwnedBytes::empty(), lengths, count: 0, jumps, block: 0, at: 0, open };
        cursor.reset(list, count);
        cursor
    }

    /// At the first document of another list of the same segment.
    pub(super) fn reset(&mut self, list: OwnedBytes, count: u32) {
        read_jumps(&list, count as usize, &mut self.jumps);
        (self.list, self.count, self.block) = (list, count, 0);
        self.open();
    }

    /// How many documents there are.
    pub(in crate::index) fn count(&self) -> u32 {
        self.count
    }

    fn open(&mut self) {
        self.at = 0;
        let Some(jump) = self.jumps.get(self.block) else {
            self.open.length = 0;
            return;
        };
        let before = self.block * BLOCK;
        let length = (self.count as usize - before).min(BLOCK);
        let next = (self.jumps.len() > 1).then_some(jump.next);
        self.open.read(&self.list[jump.start..jump.end], length, jump.from, next, Lengths(&self.lengths));
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
        let left = &self.open.docs[self.at..self.open.length];
        let (near, far) = left.split_at(left.len().min(NEAR));
        self.at += match near.iter().position(|doc| *doc >= target) {
            Some(place) => place,
            None => near.len() + far.partition_point(|doc| *doc < target),
        };
        self.doc()
    }

    /// How often the word is in the document.
    pub(in crate::index) fn frequency(&mut self) -> u32 {
        let Some(jump) = self.jumps.get(self.block) else { return 0 };
        self.open.count(&self.list[jump.start..jump.end], self.at, Lengths(&self.lengths))
    }

    /// Where in the document the word is.
    pub(in crate::index) fn places(&mut self) -> &[u32] {
        let Some(jump) = self.jumps.get(self.block) else { return &[] };
        self.open.places(&self.list[jump.start..jump.end], self.at, Lengths(&self.lengths))
    }

    /// Puts documents from the one it is at in a buffer, as many as there is room for, and goes behind them; tells how
    /// many.
    pub(in crate::index) fn take(&mut self, buffer: &mut [u32]) -> usize {
        let mut taken = 0;
        while taken < buffer.len() && self.doc() != TERMINATED {
            let docs = &self.open.docs[self.at..self.open.length];
            let count = docs.len().min(buffer.len() - taken);
            buffer[taken..taken + count].copy_from_slice(&docs[..count]);
            taken += count;
            self.at += count - 1;
            self.advance();
        }
        taken
    }
}

/// Puts the blocks of a list of so many documents in the place of those of another.
fn read_jumps(list: &[u8], count: usize, jumps: &mut Vec<Jump>) {
    jumps.clear();
    if count <= BLOCK {
        let whole = Jump { from: 0, next: TERMINATED, start: 0, end: list.len() };
        jumps.extend((count > 0).then_some(whole));
        return;
    }
    let (mut at, mut from, mut start) = (0, 0_u32, 0);
    jumps.reserve(count.div_ceil(BLOCK));
    for _ in 0..count.div_ceil(BLOCK) {
        let (documents, bytes) = (take(list, &mut at), take(list, &mut at) as usize);
        let next = from.saturating_add(documents);
        jumps.push(Jump { from, next, start, end: start + bytes });
        (from, start) = (next, start + bytes);
    }
    for jump in jumps {
        (jump.start, jump.end) = (jump.start + at, jump.end + at);
    }
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
                assert_eq!(cursor.doc(), *doc);
                // In either order, once, twice or not at all.
                for _ in 0..2 {
                    if chance.below(3) > 0 {
                        assert_eq!(cursor.places(), places);
                    }
                    if chance.below(3) > 0 {
                        assert_eq!(cursor.frequency() as usize, places.len());
                    }
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
    fn documents_are_taken_as_many_as_there_is_room_for() {
        let (lengths, documents) = made(&mut Chance(17), 3_000, 2, 3);
        let (mut cursor, mut taken) = (written(&lengths, &documents), Vec::new());
        let mut buffer = [0; 50];
        loop {
            let count = cursor.take(&mut buffer);
            taken.extend_from_slice(&buffer[..count]);
            if let Some((_, places)) = documents.get(taken.len()) {
                assert_eq!((count, cursor.frequency() as usize), (50, places.len()));
            } else {
                break;
            }
        }
        assert_eq!(taken, documents.iter().map(|(doc, _)| *doc).collect::<Vec<_>>());
        assert_eq!((cursor.doc(), cursor.take(&mut buffer)), (TERMINATED, 0));
    }

    #[test]
    fn one_cursor_reads_list_after_list() {
        let mut chance = Chance(19);
        let lengths = made(&mut chance, 2_000, 2, 3).0;
        let mut cursor = Cursor::new(OwnedBytes::empty(), 0, OwnedBytes::new(lengths.clone()));
        for one_in in [1, 900, 3, 2] {
            let mut documents = made(&mut chance, 2_000, one_in, 1).1;
            documents.iter_mut().for_each(|(_, places)| *places = vec![0]);
            let other = written(&lengths, &documents);
            cursor.reset(other.list, other.count);
            for (doc, places) in &documents {
                assert_eq!((cursor.doc(), cursor.places()), (*doc, &places[..]));
                cursor.advance();
            }
            assert_eq!(cursor.doc(), TERMINATED);
        }
    }

    /// What reading a list with all its places comes to, if to anything.
    fn read_whole(mut cursor: impl FnMut() -> Cursor) -> Option<Documents> {
        catch_unwind(AssertUnwindSafe(|| {
            let (mut cursor, mut read) = (cursor(), Documents::new());
            while cursor.doc() != TERMINATED {
                read.push((cursor.doc(), cursor.places().to_vec()));
                cursor.advance();
            }
            read
        }))
        .ok()
    }

    #[test]
    fn a_document_beyond_the_segment_or_its_block_is_damage() {
        let mut chance = Chance(23);
        let (lengths, documents) = made(&mut chance, 2_000, 2, 3);
        let whole = written(&lengths, &documents);
        // The same list of a segment with fewer documents, and with the first block's end told wrong.
        let shorter =
            || Cursor::new(whole.list.clone(), whole.count, OwnedBytes::new(lengths[..1_500].to_vec()));
        assert_eq!(read_whole(shorter), None);
        let mut bytes = whole.list.as_slice().to_vec();
        bytes[0] ^= 1;
        let lengths = OwnedBytes::new(lengths);
        let other = || Cursor::new(OwnedBytes::new(bytes.clone()), whole.count, lengths.clone());
        assert_eq!(read_whole(other), None);
        assert_eq!(read_whole(|| whole.clone()), Some(documents));
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
                    assert!(cursor.doc() < 3_000);
                    let _ = cursor.places().len();
                    cursor.advance();
                }
                assert_eq!(cursor.doc(), TERMINATED);
            }));
        }
    }
}
