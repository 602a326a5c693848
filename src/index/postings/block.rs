//! Some documents with a word, and where in them it stands, as bits.
//!
//! Documents are gaps. Places are either numbers below the length of their document, or gaps too, whatever takes less:
//! words that stand anywhere are of the first kind, names and greetings of the second.

use super::bits::{BitReader, BitWriter, below_cost, rice_cost};
use super::lengths::Lengths;

/// Documents of a block at most.
pub(super) const BLOCK: usize = 128;
/// Documents of a block that are worth numbers of their own for how it is written.
const WORTH_WIDTHS: usize = 4;
/// Stands for places that are numbers below what is left of their document.
const BY_LENGTH: u32 = 15;

/// Documents with a word, and its places in them.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) docs: Vec<u32>,
    /// For each document, how many places it has.
    pub(super) counts: Vec<u32>,
    /// The places of all of them, in order.
    pub(super) places: Vec<u32>,
}

/// How the numbers of a block are written: the bits of each that are written as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Widths {
    gap: u32,
    count: u32,
    /// Of the first place in a document, or [`BY_LENGTH`].
    first: u32,
    /// Of the others, or [`BY_LENGTH`].
    other: u32,
}

impl Block {
    pub(super) fn clear(&mut self) {
        self.docs.clear();
        self.counts.clear();
        self.places.clear();
    }

    /// Adds a document with its places.
    pub(super) fn push(&mut self, doc: u32, places: &[u32]) {
        self.docs.push(doc);
        self.counts.push(places.len() as u32);
        self.places.extend_from_slice(places);
    }

    /// Writes it; documents are counted from `from`.
    pub(super) fn write(&self, from: u32, lengths: Lengths<'_>, writer: &mut BitWriter) {
        let widths = match self.docs.len() < WORTH_WIDTHS {
            true => Widths::usual(self.docs.len(), from, lengths),
            false => {
                let widths = self.best_widths(from, lengths);
                widths.write(writer);
                widths
            }
        };
        self.gaps(from).for_each(|gap| writer.rice(gap, widths.gap));
        self.counts.iter().for_each(|count| writer.rice(count - 1, widths.count));
        self.each_place(lengths, |place| match place.width(widths) {
            BY_LENGTH => place.write_by_length(writer),
            width => writer.rice(place.gap, width),
        });
    }

    /// The documents, each as what lies between it and the one before.
    fn gaps(&self, from: u32) -> impl Iterator<Item = u32> + Clone {
        let before = std::iter::once(from).chain(self.docs.iter().map(|doc| doc + 1));
        self.docs.iter().zip(before).map(|(doc, before)| doc - before)
    }

    fn each_place(&self, lengths: Lengths<'_>, mut each: impl FnMut(Place)) {
        let mut places = self.places.iter();
        for (doc, count) in self.docs.iter().zip(&self.counts) {
            let (mut next, limit) = (0, lengths.limit(*doc));
            for number in 0..*count {
                let place = places.next().copied().unwrap_or(next);
                let (left, others) = (limit - next, count - 1 - number);
                each(Place { gap: place - next, left, others, is_first: number == 0 });
                next = place + 1;
            }
        }
    }

    fn best_widths(&self, from: u32, lengths: Lengths<'_>) -> Widths {
        let (mut firsts, mut others) = (Vec::new(), Vec::new());
        let (mut first_cost, mut other_cost) = (0, 0);
        self.each_place(lengths, |place| {
            let (gaps, cost) = match place.is_first {
                true => (&mut firsts, &mut first_cost),
                false => (&mut others, &mut other_cost),
            };
            gaps.push(place.gap);
            *cost += place.cost_by_length();
        });
        let of_places = |gaps: &[u32], by_length: u64| {
            let (width, cost) = best_width(gaps.iter().copied(), BY_LENGTH - 1);
            if cost < by_length { width } else { BY_LENGTH }
        };
        Widths {
            gap: best_width(self.gaps(from), 31).0,
            count: best_width(self.counts.iter().map(|count| count - 1), 7).0,
            first: of_places(&firsts, first_cost),
            other: of_places(&others, other_cost),
        }
    }
}

/// A place, as it is written.
struct Place {
    /// Places between it and the one before.
    gap: u32,
    /// What is left of the document.
    left: u32,
    /// Places of the word behind it.
    others: u32,
    is_first: bool,
}

impl Place {
    fn width(&self, widths: Widths) -> u32 {
        if self.is_first { widths.first } else { widths.other }
    }

    fn write_by_length(&self, writer: &mut BitWriter) {
        match self.others {
            0 => writer.below(self.gap, self.left),
            others => writer.rice(self.gap, width_of(self.left, others)),
        }
    }

    fn cost_by_length(&self) -> u64 {
        match self.others {
            0 => below_cost(self.gap, self.left),
            others => rice_cost(self.gap, width_of(self.left, others)),
        }
    }
}

/// The width for the first of several places in what is left of a document.
fn width_of(left: u32, others: u32) -> u32 {
    // About ln 2 of the mean.
    (left * 2 / (3 * (others + 1))).max(1).ilog2()
}

/// The width with which numbers take the fewest bits, and these.
fn best_width(numbers: impl Iterator<Item = u32> + Clone, most: u32) -> (u32, u64) {
    let (sum, count) =
        numbers.clone().fold((0_u64, 0_u64), |(sum, count), one| (sum + u64::from(one), count + 1));
    let near = (sum / count.max(1)).max(1).ilog2().min(most);
    let cost = |width: u32| numbers.clone().map(|number| rice_cost(number, width)).sum::<u64>();
    let widths = near.saturating_sub(2)..=(near + 1).min(most);
    widths.map(|width| (width, cost(width))).min_by_key(|(_, cost)| *cost).unwrap_or((0, 0))
}

impl Widths {
    /// For so few documents that it is not worth to say.
    fn usual(count: usize, from: u32, lengths: Lengths<'_>) -> Self {
        let mean = (lengths.docs().saturating_sub(from)) / (count as u32 + 1);
        Self { gap: mean.max(1).ilog2(), count: 0, first: BY_LENGTH, other: BY_LENGTH }
    }

    fn write(self, writer: &mut BitWriter) {
        writer.bits(self.gap, 5);
        writer.bits(self.count, 3);
        writer.bits(self.first, 4);
        writer.bits(self.other, 4);
    }

    fn read(reader: &mut BitReader<'_>) -> Self {
        Self { gap: reader.bits(5), count: reader.bits(3), first: reader.bits(4), other: reader.bits(4) }
    }

    /// Reads the places of a document that are below a limit.
    #[inline]
    fn each_place(self, reader: &mut BitReader<'_>, limit: u32, count: u32, mut each: impl FnMut(u32)) {
        let (mut next, mut width) = (0_u32, self.first);
        for others in (0..count).rev() {
            let left = limit.saturating_sub(next);
            let gap = match (width, others) {
                (BY_LENGTH, 0) => reader.below(left),
                (BY_LENGTH, others) => reader.rice(width_of(left, others)),
                (width, _) => reader.rice(width),
            };
            let place = next.saturating_add(gap);
            each(place);
            (next, width) = (place.saturating_add(1), self.other);
        }
    }
}

/// A block being read: documents at once, how often the word is in them and where when that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) docs: [u32; BLOCK],
    /// How many documents there are.
    pub(super) length: usize,
    widths: Widths,
    counts: [u32; BLOCK],
    are_counted: bool,
    /// Where counts begin, then where places do that were not read yet, in bits.
    at: usize,
    /// Documents whose places were read.
    read: usize,
    /// The places of the last one of them.
    places: Vec<u32>,
}

impl Open {
    /// No documents.
    pub(super) fn empty() -> Self {
        let widths = Widths { gap: 0, count: 0, first: 0, other: 0 };
        let (docs, counts) = ([0; BLOCK], [0; BLOCK]);
        Self { docs, length: 0, widths, counts, are_counted: false, at: 0, read: 0, places: Vec::new() }
    }

    /// Reads the documents of a block; the next one begins at `next`, if there is one.
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        length: usize,
        from: u32,
        next: Option<u32>,
        lengths: Lengths<'_>,
    ) {
        let mut reader = BitReader::new(bytes, 0);
        self.widths = match length < WORTH_WIDTHS {
            true => Widths::usual(length, from, lengths),
            false => Widths::read(&mut reader),
        };
        self.length = length;
        let mut end = from;
        for doc in &mut self.docs[..length] {
            *doc = end.saturating_add(reader.rice(self.widths.gap));
            end = doc.saturating_add(1);
        }
        assert!(
            end <= lengths.docs() && next.is_none_or(|next| next == end),
            "a list of documents is damaged"
        );
        (self.are_counted, self.at, self.read) = (false, reader.at(), 0);
    }

    /// How often the word is in one of the documents.
    pub(super) fn count(&mut self, bytes: &[u8], document: usize, lengths: Lengths<'_>) -> u32 {
        if !self.are_counted {
            self.read_counts(bytes, lengths);
        }
        self.counts[document]
    }

    fn read_counts(&mut self, bytes: &[u8], lengths: Lengths<'_>) {
        let mut reader = BitReader::new(bytes, self.at);
        let mut total = 0;
        for (count, doc) in self.counts[..self.length].iter_mut().zip(&self.docs) {
            // A damaged one says anything; there are never more places than the document has.
            *count = reader.rice(self.widths.count).saturating_add(1).min(lengths.limit(*doc));
            total += *count as usize;
        }
        // Of a document only the last place may take no bits, and that it is there takes some.
        assert!(total <= 8 * bytes.len() + 1, "a list of places is damaged");
        (self.are_counted, self.at) = (true, reader.at());
    }

    /// Where the word is in one of the documents, which is none before the last one that was asked for.
    pub(super) fn places(&mut self, bytes: &[u8], document: usize, lengths: Lengths<'_>) -> &[u32] {
        if !self.are_counted {
            self.read_counts(bytes, lengths);
        }
        let mut reader = BitReader::new(bytes, self.at);
        while self.read <= document {
            let (doc, count) = (self.docs[self.read], self.counts[self.read]);
            self.places.clear();
            if self.read < document {
                self.widths.each_place(&mut reader, lengths.limit(doc), count, |_| {});
            } else {
                let places = &mut self.places;
                self.widths.each_place(&mut reader, lengths.limit(doc), count, |place| places.push(place));
            }
            self.read += 1;
        }
        self.at = reader.at();
        &self.places
    }
}
