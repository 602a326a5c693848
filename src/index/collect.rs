//! What is taken of the documents that a query finds: a page in order, all of them, or their fingerprints.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::columns::Columns;
use super::key::KeyHashing;
use super::parts::Parts;

/// How hits are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The best first.
    #[default]
    Relevance,
    /// The latest begun first.
    Newest,
    /// The earliest begun first.
    Oldest,
    /// The latest changed first.
    Updated,
    /// Those whose customer waits longest first; nobody waits in the last ones.
    LongestWait,
    /// The longest first.
    MostParts,
}

/// The place of a hit in an order: the greater the earlier. It stays the same while a conversation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(pub i64, pub i64, pub u64);

/// Scores that differ by less than one part of so many are the same: sums of floats depend on their order.
const SCORE_STEPS: f32 = 1_000.0;

/// Conversations by their keys (see [`key_of`](super::key_of)), each with the time since when somebody waits for an
/// answer in it, in microseconds, if anybody does.
pub type Within = Arc<HashMap<u64, Option<i64>, KeyHashing>>;

/// Takes the first hits behind a place, and counts all.
pub(super) struct Page {
    /// Where columns are.
    pub(super) parts: Parts,
    pub(super) sort: Sort,
    /// So many are taken.
    pub(super) take: usize,
    /// Only what comes behind this one.
    pub(super) after: Option<Place>,
    /// Only these.
    pub(super) within: Option<Within>,
}

/// The first hits, and how many there are.
pub(super) struct Taken {
    pub(super) total: u64,
    /// How many come behind the place.
    pub(super) behind: u64,
    pub(super) hits: Vec<(Place, Score, DocAddress)>,
}

type Ordered = Reverse<(Place, u32, DocId)>;

pub(super) struct PageOf {
    sort: Sort,
    take: usize,
    after: Option<Place>,
    segment: SegmentOrdinal,
    ordering: Ordering,
    within: Option<Within>,
    total: u64,
    behind: u64,
    heap: BinaryHeap<Ordered>,
}

/// The columns an order needs.
struct Ordering {
    created_at: Column<i64>,
    id_key: Column<u64>,
    by: Option<Column<i64>>,
}

impl Ordering {
    fn of(sort: Sort, columns: &Columns) -> Self {
        let by = match sort {
            Sort::Relevance | Sort::Newest | Sort::Oldest | Sort::LongestWait => None,
            Sort::Updated => Some(columns.updated_at.clone()),
            // None where it is not known of any conversation.
            Sort::MostParts => columns.part_count.clone(),
        };
        Self { created_at: columns.created_at.clone(), id_key: columns.id_key.clone(), by }
    }

    /// The first number of a place, which most often is all that counts.
    fn first(&self, sort: Sort, doc: DocId, score: Score, waits: Option<i64>) -> i64 {
        match sort {
            Sort::Relevance => (score * SCORE_STEPS).round() as i64,
            Sort::Newest => self.created_at(doc),
            Sort::Oldest => -self.created_at(doc),
            Sort::Updated | Sort::MostParts => {
                self.by.as_ref().and_then(|column| column.first(doc)).unwrap_or_default()
            }
            Sort::LongestWait => waits.map_or(i64::MIN, |since| -since),
        }
    }

    fn created_at(&self, doc: DocId) -> i64 {
        self.created_at.first(doc).unwrap_or_default()
    }

    fn id_key(&self, doc: DocId) -> u64 {
        self.id_key.first(doc).unwrap_or_default()
    }
}

impl PageOf {
    /// The last place of a full page.
    fn last(&self) -> Option<Place> {
        let last = self.heap.peek().filter(|_| self.heap.len() >= self.take);
        last.map(|Reverse((place, ..))| *place)
    }
}

impl SegmentCollector for PageOf {
    type Fruit = (u64, u64, Vec<(Place, DocAddress, Score)>);

    fn collect(&mut self, doc: DocId, score: Score) {
        let (mut key, mut waits) = (None, None);
        if let Some(within) = &self.within {
            let id_key = self.ordering.id_key(doc);
            let Some(since) = within.get(&id_key) else { return };
            (key, waits) = (Some(id_key), *since);
        }
        self.total += 1;
        let first = self.ordering.first(self.sort, doc, score, waits);
        let last = self.last();
        let is_behind_page = last.is_some_and(|last| first < last.0);
        if is_behind_page && self.after.is_none_or(|after| first < after.0) {
            self.behind += 1;
            return;
        }
        let key = key.unwrap_or_else(|| self.ordering.id_key(doc));
        let place = Place(first, self.ordering.created_at(doc), key);
        if self.after.is_some_and(|after| place >= after) {
            return;
        }
        self.behind += 1;
        if self.heap.len() < self.take {
            self.heap.push(Reverse((place, score.to_bits(), doc)));
        } else if last.is_some_and(|last| place > last) {
            self.heap.pop();
            self.heap.push(Reverse((place, score.to_bits(), doc)));
        }
    }

    fn harvest(self) -> Self::Fruit {
        let segment = self.segment;
        let hits = self.heap.into_iter().map(|Reverse((place, score, doc))| {
            (place, DocAddress::new(segment, doc), Score::from_bits(score))
        });
        (self.total, self.behind, hits.collect())
    }
}

impl Collector for Page {
    type Fruit = Taken;
    type Child = PageOf;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<PageOf> {
        Ok(PageOf {
            sort: self.sort,
            take: self.take,
            after: self.after,
            segment,
            ordering: Ordering::of(self.sort, &self.parts.of(reader)?.columns),
            within: self.within.clone(),
            total: 0,
            behind: 0,
            heap: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, segments: Vec<<PageOf as SegmentCollector>::Fruit>) -> tantivy::Result<Taken> {
        let mut taken = Taken { total: 0, behind: 0, hits: Vec::new() };
        for (total, behind, hits) in segments {
            taken.total += total;
            taken.behind += behind;
            taken.hits.extend(hits.into_iter().map(|(place, at, score)| (place, score, at)));
        }
        taken.hits.sort_by_key(|(place, ..)| Reverse(*place));
        taken.hits.truncate(self.take);
        Ok(taken)
    }
}

/// Takes everything: keys and scores.
pub(super) struct Everything;

/// Takes keys and fingerprints.
pub(super) struct Fingerprints;

pub(super) struct Numbers {
    segment: SegmentOrdinal,
    id_key: Column<u64>,
    fingerprint: Option<Column<u64>>,
    taken: Vec<(u64, u64, DocAddress)>,
}

impl Numbers {
    fn of(segment: SegmentOrdinal, reader: &SegmentReader, has_fingerprint: bool) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        let fingerprint = has_fingerprint.then(|| fast.u64("fingerprint")).transpose()?;
        Ok(Self { segment, id_key: fast.u64("id_key")?, fingerprint, taken: Vec::new() })
    }
}

impl SegmentCollector for Numbers {
    type Fruit = Vec<(u64, u64, DocAddress)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let number = match &self.fingerprint {
            Some(column) => column.first(doc).unwrap_or_default(),
            None => u64::from(score.to_bits()),
        };
        self.taken.push((
            self.id_key.first(doc).unwrap_or_default(),
            number,
            DocAddress::new(self.segment, doc),
        ));
    }

    fn harvest(self) -> Self::Fruit {
        self.taken
    }
}

impl Collector for Fingerprints {
    type Fruit = Vec<(u64, u64, DocAddress)>;
    type Child = Numbers;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Numbers> {
        Numbers::of(segment, reader, true)
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(segments.into_iter().flatten().collect())
    }
}

impl Collector for Everything {
    type Fruit = Vec<(u64, Score, DocAddress)>;
    type Child = Numbers;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Numbers> {
        Numbers::of(segment, reader, false)
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Vec<(u64, u64, DocAddress)>>) -> tantivy::Result<Self::Fruit> {
        let all = segments.into_iter().flatten();
        Ok(all.map(|(key, score, at)| (key, Score::from_bits(score as u32), at)).collect())
    }
}
