//! A replaced file keeps the pages of the version before where they were: readers that took its footer a moment
//! ago find what that footer says.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;

use fastintercom::lake::{DataFile, Disk, Files, Layout, Partitioning, Reader, Writer, decode, verify};
use fastintercom::model::{Row, Tag};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::rows::synced_at;

/// A lake whose table of tags is replaced again and again.
struct Tags {
    _home: TempDir,
    layout: Layout,
    writer: Writer,
}

impl Tags {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("there is room for a directory");
        let layout = Layout::new(&home.path().join("home"));
        let writer = open(&layout);
        writer.create_tables(Partitioning::Month).expect("works");
        Self { _home: home, layout, writer }
    }

    fn path(&self) -> PathBuf {
        self.layout.data_file(&DataFile::whole(Tag::TABLE))
    }

    /// Replaces every tag by `count` whose names say which version they are of.
    fn replace(&self, version: usize, count: usize) -> Vec<Tag> {
        let tags: Vec<_> = (0..count).map(|id| tag(id, version)).collect();
        let mut commit = self.writer.begin().expect("works");
        let old: Vec<Tag> = self.read();
        let ids = old.iter().map(|tag| tag.tag_id.to_string()).collect();
        let mut edit = commit.edit::<Tag>(DataFile::whole(Tag::TABLE), Arc::new(ids)).expect("works");
        tags.iter().for_each(|tag| edit.push(tag).expect("in order"));
        commit.add(edit).expect("works");
        commit.finish(|_| {}).expect("works");
        tags
    }

    fn read(&self) -> Vec<Tag> {
        Reader::new(&Disk::default(), &self.layout).rows(&DataFile::whole(Tag::TABLE)).expect("readable")
    }

    /// The footer as a reader holds it.
    fn footer(&self) -> ArrowReaderMetadata {
        let file = File::open(self.path()).expect("it is there");
        ArrowReaderMetadata::load(&file, Default::default()).expect("it has a footer")
    }

    /// What the pages of the file now are by a footer from before.
    fn read_by(&self, footer: &ArrowReaderMetadata) -> Result<Vec<Tag>, String> {
        let file = File::open(self.path()).expect("it is there");
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer.clone());
        let batches = builder.build().map_err(|error| error.to_string())?;
        let mut tags = Vec::new();
        for batch in batches {
            tags.extend(decode(&batch.map_err(|error| error.to_string())?).map_err(|e| e.to_string())?);
        }
        Ok(tags)
    }

    fn is_whole(&self) -> bool {
        let state = self.writer.state().expect("whole");
        verify(&Disk::default(), &self.layout, &state, |_| {}).expect("the disk works").is_empty()
    }
}

fn open(layout: &Layout) -> Writer {
    Writer::open(Arc::new(Disk::default()), layout.clone(), None).expect("the disk works")
}

fn tag(id: usize, version: usize) -> Tag {
    let json = format!(r#"{{"type": "tag", "id": "{id:07}", "name": "{id} of version {version}"}}"#);
    Tag::parse(json.as_bytes(), synced_at()).expect("a tag")
}

/// Makes a file look as if it had been written a while ago.
fn age(path: &std::path::Path) {
    let file = File::options().write(true).open(path).expect("it is there");
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    file.set_modified(then).expect("works");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of sizes from nothing to several row groups, in any order.
    #[test]
    fn a_footer_of_the_version_before_finds_its_own_rows(
        counts in prop::collection::vec(prop_oneof![0..20_usize, 5_000..35_000_usize], 2..7),
    ) {
        let tags = Tags::new();
        let mut before = (tags.footer(), Vec::new());
        for (version, count) in counts.into_iter().enumerate() {
            let rows = tags.replace(version, count);
            prop_assert_eq!(tags.read_by(&before.0), Ok(before.1));
            prop_assert_eq!(&tags.read(), &rows);
            prop_assert!(tags.is_whole());
            before = (tags.footer(), rows);
        }
    }
}

#[test]
fn a_file_replaced_many_times_stays_about_as_long_as_two_versions() {
    let tags = Tags::new();
    tags.replace(0, 15_000);
    let one = fs::metadata(tags.path()).unwrap().len();
    // Versions further apart than readers take: each replacement is a new process, a while later.
    let mut longest = 0;
    for version in 1..12 {
        let again =
            Tags { writer: open(&tags.layout), layout: tags.layout.clone(), _home: TempDir::new().unwrap() };
        again.replace(version, 15_000 + version * 10);
        longest = longest.max(fs::metadata(tags.path()).unwrap().len());
    }
    assert!(longest < one * 7 / 2, "{longest} bytes, one version has {one}");
    let state = open(&tags.layout).state().unwrap();
    let entry = &state.files["tags/data.parquet"];
    assert!(entry.bytes - entry.unused_bytes < one * 11 / 10, "{entry:?}");
}

#[test]
fn versions_of_the_last_moments_are_all_kept() {
    let tags = Tags::new();
    let footers: Vec<_> = (0..5).map(|version| (tags.replace(version, 300), tags.footer())).collect();
    for (rows, footer) in footers {
        assert_eq!(tags.read_by(&footer), Ok(rows));
    }
}

#[test]
fn what_was_kept_is_erased_once_no_reader_needs_it_and_the_file_stays_what_it_was() {
    let tags = Tags::new();
    tags.replace(0, 12_000);
    let old = tags.footer();
    let rows = tags.replace(1, 11_000);
    // Fresh: a reader may be at it.
    tags.writer.settle();
    assert!(tags.read_by(&old).is_ok());
    assert!(!tags.writer.state().unwrap().files["tags/data.parquet"].kept.is_empty());
    // A sync of another process, later.
    age(&tags.path());
    let later = open(&tags.layout);
    assert!(later.state().unwrap().files["tags/data.parquet"].kept.is_empty());
    let bytes = fs::read(tags.path()).unwrap();
    assert!(!bytes.windows(9).any(|window| window == b"version 0"), "replaced rows are still there");
    assert_eq!(tags.read(), rows);
    // By the state before and after.
    assert!(tags.is_whole());
    assert_eq!(verify(&Disk::default(), &tags.layout, &later.state().unwrap(), |_| {}).unwrap(), []);
    // Who comes with a footer that old is told, instead of being given something else.
    assert!(tags.read_by(&old).is_err());
}

#[test]
fn erasing_that_was_cut_off_leaves_a_lake_that_is_whole() {
    let tags = Tags::new();
    tags.replace(0, 12_000);
    let rows = tags.replace(1, 300);
    let kept = tags.writer.state().unwrap().files["tags/data.parquet"].kept.clone();
    let half = kept.iter().map(|range| range.start..u64::midpoint(range.start, range.end));
    let half = fastintercom::lake::ByteRanges::new(half);
    Disk::default().erase(&tags.path(), &half).unwrap();
    assert!(tags.is_whole());
    assert_eq!(tags.read(), rows);
    // Anything else that changes is found.
    let mut bytes = fs::read(tags.path()).unwrap();
    let first_kept = kept.iter().next().unwrap().start as usize;
    let last_kept = kept.iter().last().unwrap().end as usize;
    let live = (4..bytes.len()).find(|at| !(first_kept..last_kept).contains(at)).unwrap();
    bytes[live] ^= 1;
    fs::write(tags.path(), bytes).unwrap();
    assert!(!tags.is_whole());
}
